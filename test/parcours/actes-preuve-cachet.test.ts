import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { signerSepare } from '../../src/formats/xades/base/separee.ts';
import { verifierPreuve } from '../../src/gestes/verifier-preuve.ts';
import type { Flux } from '../../src/metier/flux.ts';
import { assurerXmlsec } from '../conformite/xmlsec.ts';
import { Atelier as Etabli } from '../unit/preuve/atelier.ts';
import { type Autorites, creerAutorites, INSTANT } from '../unit/signature/decor.ts';
import { accuseDe, type Atelier, type OptionsDepot, PDF } from './atelier.ts';
import { CLE } from './autorite.ts';
import { atelierSignant, commandesDe, fichiersDe, lancer, prouver, remplacerPartout } from './preuves.ts';

/** The proof of an acte that left signed: what it holds, what it says, and that it verifies without us. */

let autorites: Autorites;
let etabli: Etabli;
let a: Atelier;
beforeAll(async () => {
  await assurerXmlsec();
  autorites = creerAutorites();
  etabli = await Etabli.ouvrir();
}, 900_000);
afterEach(() => a.fermer());
afterAll(async () => {
  autorites.pki.fermer();
  await etabli.fermer();
});

async function acquitter(options: OptionsDepot = {}): Promise<Flux> {
  const { id } = await a.depose('DELIB_1', options);
  await a.jusqua(id, 'transmis');
  await a.recevoir(accuseDe('DELIB_1'));
  return a.jusqua(id, 'acquitte');
}

test('our signatures verify with the tools of any machine, by the words of the page', async () => {
  a = await atelierSignant(autorites, { actes: { cachet: 'tout', cle: CLE } });
  const p = await prouver(etabli, a, (await acquitter()).id);
  expect(p.constats.get('Signatures')).toBe('2 vérifiées de nouveau dans l’archive, comme le dit le rapport');
  expect(p.constats.get('Confiance')).toMatch(/verdict rendu de nouveau, le même/);
  const commandes = commandesDe(p.page);
  const xmlsec = commandes.find((c) => c.includes('xmlsec1')) ?? '';
  expect((await lancer(p.dossier, xmlsec)).code).toBe(0);
  const juger = commandes.find((c) => c.startsWith('sh confiance/')) ?? '';
  const { code, sortie } = await lancer(p.dossier, juger);
  expect([code, sortie]).toEqual([0, expect.stringMatching(/OUI|bon|oui/i)]);
  // and the judge is not one that says yes to everything
  const altere = xmlsec
    .replace('mkdir ../acte', 'rm -r ../acte\nmkdir ../acte')
    .replace('\nxmlsec1', '\nfor f in 99_DE-*; do echo >>"$f"; done\nxmlsec1');
  expect((await lancer(p.dossier, altere)).code).not.toBe(0);
});

test('a signature that came with the document is in the proof, and its page says how to verify it', async () => {
  a = await atelierSignant(autorites);
  const objets = [
    { type: 'fichier', nom: 'acte.pdf', mime: 'application/pdf', source: () => [PDF] },
  ] as const;
  const commun = { politique: null, role: null, lieu: null, id: 'SIGNEE' };
  const fait = await signerSepare({
    signataire: autorites.cle('maire'),
    instant: INSTANT,
    objets,
    ...commun,
  });
  if (fait.type !== 'signe') return expect.fail(JSON.stringify(fait.motifs));
  const flux = await acquitter({
    metadonnees: { document: { typologie: '99_DE', signature: 'acte.xml' } },
    fichiers: [{ role: 'signature', nom: 'acte.xml', octets: fait.document }],
  });
  const p = await prouver(etabli, a, flux.id);
  expect(fichiersDe(p, 'signature')).toHaveLength(1);
  expect(p.constats.get('Signatures')).toBe('1 vérifiée de nouveau dans l’archive, comme le dit le rapport');
  expect(p.page).toMatch(/LES SIGNATURES DE L’ACTE/);
});

test('a report that says other than the archive makes the proof false', async () => {
  a = await atelierSignant(autorites, { actes: { cachet: 'documents', cle: CLE } });
  const p = await prouver(etabli, a, (await acquitter()).id);
  const nom = fichiersDe(p, 'rapport_signatures').at(-1) ?? '';
  const contenus = new Map(p.contenus);
  const menteur = (contenus.get(nom) ?? Buffer.alloc(0)).toString().replace('"intacte"', '"rompue"');
  remplacerPartout(contenus, nom, Buffer.from(menteur));
  const { bonne, constats } = await verifierPreuve(await etabli.refaire(contenus));
  expect(bonne).toBe(false);
  expect(constats.filter((c) => !c.bon).map((c) => [c.sujet, c.detail])).toEqual([
    ['Signatures', 'celles de l’archive ne sont pas ce que le rapport en dit'],
  ]);
});

test('an acte that nobody signed has nothing of this in its proof', async () => {
  a = await atelierSignant(autorites);
  const p = await prouver(etabli, a, (await acquitter()).id);
  expect(p.page).not.toMatch(/SIGNATURES DE L’ACTE/);
  expect(p.constats.has('Signatures')).toBe(false);
});
