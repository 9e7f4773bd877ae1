import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acquit, bordereau } from '../unit/helios/retours.ts';
import { Atelier as Etabli, type Contenus, fautes, toutRefaire } from '../unit/preuve/atelier.ts';
import { enOctets } from '../unit/preuve/decor.ts';
import { creerAtelier, CTX, SIREN, siretDe } from './atelier.ts';

/** The proof of a PES whose acquittement a person settled: the word of that person stands in its journal, or it is false. */

let etabli: Etabli;
let bonne: string;
let contenus: Contenus;
beforeAll(async () => {
  etabli = await Etabli.ouvrir();
  const a = await creerAtelier();
  const { id } = await a.deposePes('F1');
  await a.jusqua(id, 'transmis');
  const elements = bordereau('1') + bordereau('1', '0');
  const octets = acquit({ entetes: { NomFic: 'F1', IdColl: siretDe(SIREN) }, elements });
  a.passerelle.sortie.set('034079_260310100500-ACK-A0000001_A0000001_KO.xml', octets);
  await a.relever();
  await a.calme();
  const [retour] = await a.gestes.retours.lister(CTX, { limite: 1 });
  const ordre = { flux: id, issue: 'accepte', motif: 'dit par le comptable' } as const;
  await a.gestes.retours.trancher(CTX, retour?.id as never, ordre);
  const { contenu } = await a.gestes.exporterPreuve(CTX, id);
  bonne = await etabli.poser(await enOctets(contenu), 'tranchee.asice');
  contenus = await etabli.contenus(bonne);
  await a.fermer();
});
afterAll(() => etabli.fermer());

/** Text of one file changed, and every list and digest with it. */
async function gater(nom: string, faire: (texte: string) => string): Promise<string> {
  const faux = new Map(contenus);
  const avant = faux.get(nom)?.toString() ?? '';
  const apres = faire(avant);
  expect(apres).not.toBe(avant);
  faux.set(nom, Buffer.from(apres));
  toutRefaire(faux);
  return (await fautes(await etabli.refaire(faux))).join('\n');
}

describe('settled by a person', () => {
  test('it verifies, by ours and by the script of the container', async () => {
    expect((await readFile(bonne)).length).toBeGreaterThan(0);
    expect(await fautes(bonne)).toEqual([]);
    expect((await etabli.parLeShell(bonne)).code).toBe(0);
  });

  test.each<[string, string, (texte: string) => string, string]>([
    [
      'the journal does not know that it was',
      'journal/lignes.jsonl',
      (t) => t.replace('"ev":"ACCUSE_TRANCHE"', '"ev":"ACCUSE_RECU"'),
      'le journal n’en dit rien',
    ],
    [
      'said otherwise than the state',
      'flux.json',
      (t) => t.replace(/"tranche": ?"accepte"/, '"tranche":"refuse"'),
      'l’état du flux le contredit',
    ],
    [
      'not said to be: an answer that contradicts itself accepts nothing',
      'flux.json',
      (t) => t.replace(/"tranche": ?"accepte"/, '"tranche":null'),
      'l’état du flux le contredit',
    ],
    [
      'the fates changed',
      'flux.json',
      (t) => t.replace(/"sort": ?"accepte"/, '"sort":"refuse"'),
      'flux.json ne dit pas ce qu’il répond',
    ],
    [
      'the counts changed',
      'flux.json',
      (t) => t.replace(/"accepte": ?1/, '"accepte":2'),
      'flux.json ne dit pas ce qu’il répond',
    ],
  ])('%s: false', async (...[, nom, faire, dit]) => {
    expect(await gater(nom, faire)).toContain(dit);
  });
});
