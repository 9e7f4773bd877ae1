import { expect, test } from 'vitest';
import { departs } from '../../src/metier/flux.ts';
import type { FluxId } from '../../src/metier/identifiants.ts';
import { OPERATEUR } from '../../src/ports/store.ts';
import { SIREN, siretDe } from '../parcours/atelier.ts';
import { acquit, bordereau, erreur } from '../unit/helios/retours.ts';
import type { OptionsDgfip } from './dgfip-fictive.ts';
import { Monde } from './monde.ts';

/** Deaths around the mark of a sending: what counts as a sending when Hélios then says « doublon ». */

const PES = 'VALMONCEL_1';
const entetes = { NomFic: PES, IdColl: siretDe(SIREN) };
const DOUBLE = acquit({ entetes, elements: bordereau('1', '0', erreur('ERREUR_DOUBLON_BORDEREAU')) });
const HEURE = 3_600_000;

async function mener(m: Monde, id: FluxId): Promise<void> {
  for (let tour = 0; tour < 12; tour += 1) {
    await m.calme();
    const flux = await m.sol.store.flux.trouver(OPERATEUR, id);
    if (flux !== undefined && (flux.etat === 'transmis' || m.tient(flux))) return;
    await m.trancher();
    await m.passer(HEURE / 4);
  }
  expect.fail('it never left');
}

/** Where it dies: at the mark, at the handing over, or at the writing of its answer. */
type Endroit = 'marque' | 'remise' | 'reponse';

/** @returns their ranks among the effects of the world, for the first handing over. */
async function rangs(dgfip: OptionsDgfip): Promise<Readonly<Record<Endroit, number>>> {
  const m = await Monde.ouvrir({ coups: [], dgfip });
  m.viser(null);
  await m.deposerPes(PES);
  await m.calme();
  const remise = m.effets.indexOf('passerelle.deposer') + 1;
  const reponse = m.effets.indexOf('ecriture.ecrire', remise) + 1;
  await m.fermer();
  expect(m.effets[remise - 2]).toBe('ecriture.ecrire');
  expect(reponse).toBeGreaterThan(remise);
  return { marque: remise - 1, remise, reponse };
}

interface Mort {
  readonly nom: string;
  readonly ou: Endroit;
  readonly cote: 'avant' | 'apres';
  readonly dgfip?: OptionsDgfip;
  readonly compte: 1 | 2;
}

const EMPORTE = { emporte: true } as const;

/** The rows of `departs` (metier/flux.ts) that are deaths. With two sendings a double proves the first, with one it is a refusal. */
const MORTS: readonly Mort[] = [
  { nom: 'before the mark is durable: unwritten', ou: 'marque', cote: 'avant', compte: 1 },
  { nom: 'the mark durable, nothing sent: nobody knows, it counts', ou: 'marque', cote: 'apres', compte: 2 },
  { nom: 'before the first byte: nobody knows, it counts', ou: 'remise', cote: 'avant', compte: 2 },
  {
    nom: 'taken and shown, before its answer is written: the only sending',
    ou: 'remise',
    cote: 'apres',
    compte: 1,
  },
  {
    nom: 'taken and taken away, before its answer is written: the only sending',
    ou: 'reponse',
    cote: 'avant',
    dgfip: EMPORTE,
    compte: 1,
  },
  {
    nom: 'taken, its answer written: the only sending',
    ou: 'reponse',
    cote: 'apres',
    dgfip: EMPORTE,
    compte: 1,
  },
  {
    nom: 'nothing taken, before that is written: nobody knows any more, it counts',
    ou: 'reponse',
    cote: 'avant',
    dgfip: { accidents: ['injoignable'] },
    compte: 2,
  },
  {
    nom: 'nothing taken, once that is written: taken back',
    ou: 'reponse',
    cote: 'apres',
    dgfip: { accidents: ['injoignable'] },
    compte: 1,
  },
];

test.each(MORTS)('dead $nom', async ({ ou, cote, dgfip = {}, compte }) => {
  const { [ou]: rang } = await rangs(dgfip);
  const m = await Monde.ouvrir({ coups: [], dgfip });
  m.viser({ rang, cote });
  const id = await m.deposerPes(PES);
  await mener(m, id);
  expect(m.morts).toBe(1);
  await m.passer(24 * HEURE);
  m.dgfip.publier('034079_260312090000-ACK-A0000001_A0000001_KO.xml', DOUBLE);
  await m.relever();
  await m.calme();
  const flux = await m.sol.store.flux.trouver(OPERATEUR, id);
  expect(flux).toMatchObject({ etat: compte > 1 ? 'acquitte' : 'anomalie' });
  expect(flux === undefined ? 0 : departs(flux).length).toBe(compte);
  await m.fermer();
});
