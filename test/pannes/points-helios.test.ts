import { expect, test } from 'vitest';
import type { FluxId } from '../../src/metier/identifiants.ts';
import { type Atelier, CTX, SIREN, siretDe } from '../parcours/atelier.ts';
import { pes } from '../unit/helios/generateur.ts';
import { acquit, bordereau, erreur, fichier, fixtureEtat } from '../unit/helios/retours.ts';
import { eprouver, HEURE, type Histoire, mener } from './histoires.ts';
import type { Monde } from './monde.ts';

/** The steps of HELIOS, request by request at the gateway: what if we die after this one? */

const PES = 'VALMONCEL_1';
const entetes = { NomFic: PES, IdColl: siretDe(SIREN) };
/** Acquittements of Hélios, under names that bear the hour of their making. */
const nomAck = (n: number) => `034079_26031110${String(n).padStart(2, '0')}00-ACK-A0000001_A0000001_OK.xml`;
const OK = acquit({ entetes });
const PANNE = acquit({ entetes, elements: fichier('0', '0', erreur('ERREUR_TIMEOUT')) });

async function parti(m: Monde, octets?: Buffer): Promise<FluxId> {
  const id = await m.deposerPes(PES, octets === undefined ? {} : { octets });
  await mener(m, id);
  return id;
}

async function jusquAuxAcquittements(m: Monde, ...acks: readonly Buffer[]): Promise<FluxId> {
  const id = await parti(m);
  for (const [n, ack] of acks.entries()) m.dgfip.publier(nomAck(n), ack);
  await m.relever();
  await m.calme();
  return id;
}

/** The DGFiP holds the first sending; a person asks it about the second. */
async function jusquAuSecond(m: Monde, id: FluxId): Promise<void> {
  for (let tour = 0; tour < 12; tour += 1) {
    await m.calme();
    const flux = (await m.flux()).find((f) => f.id === id) ?? expect.fail('gone');
    if (m.compte(flux).prises === 2) return;
    if (flux.etat === 'incertain') {
      const reponse = { decision: 'non_recu', motif: 'la DGFiP n’en a qu’un' } as const;
      await m.ordonner(id, 'TRANCHE_NON_RECU', (a) => a.gestes.trancher(CTX, id, reponse));
    }
    await m.passer(HEURE / 4);
  }
  expect.fail('the second sending never left');
}

/** Published by the DGFiP, and fetched. */
async function repondu(m: Monde, id: FluxId, ack: Buffer): Promise<FluxId> {
  m.dgfip.publier(nomAck(9), ack);
  await m.relever();
  await m.calme();
  return id;
}

const HISTOIRES: readonly Histoire[] = [
  { nom: 'PES → acknowledged', jouer: (m) => jusquAuxAcquittements(m, OK), fin: 'acquitte' },
  {
    nom: 'PES refused by trouble of Hélios, deposited again, the same words again, then taken',
    avant: (m) => parti(m),
    jouer: async (m, premier) => {
      await repondu(m, premier, PANNE);
      await m.passer(24 * HEURE);
      const second = await m.deposerPes(PES, { cle: 'encore' });
      await mener(m, second);
      m.dgfip.publier(nomAck(0).replace('260311', '260310'), PANNE);
      m.dgfip.publier(nomAck(1).replace('260311', '260312'), OK);
      await m.relever();
      await m.calme();
      return second;
    },
    fin: 'acquitte',
  },
  {
    nom: 'PES, the receipt under two names, and a file of nobody',
    jouer: (m) => jusquAuxAcquittements(m, OK, OK, acquit({ entetes: { ...entetes, NomFic: 'AUTRE' } })),
    fin: 'acquitte',
  },
  {
    nom: 'PES, the line cut once the name was asked: the gateway shows it',
    dgfip: { accidents: ['sans_reponse'] },
    jouer: (m) => jusquAuxAcquittements(m, OK),
    fin: 'acquitte',
  },
  {
    nom: 'PES, a gateway that takes files away: only the answer or a person settles',
    dgfip: { emporte: true, accidents: ['sans_reponse'] },
    jouer: (m) => jusquAuxAcquittements(m, OK),
    fin: 'acquitte',
  },
  {
    nom: 'PES, the gateway out of reach, full, cut, then sound',
    dgfip: { accidents: ['injoignable', 'plein', 'coupe'] },
    jouer: (m) => jusquAuxAcquittements(m, OK),
    fin: 'acquitte',
  },
  {
    nom: 'PES held back on order, then let go',
    jouer: async (m) => {
      await ordonnerDestination(m, 'DESTINATION_SUSPENDUE', (a) =>
        a.gestes.destinations.suspendre(CTX, 'HELIOS', 'essai'),
      );
      const id = await m.deposerPes(PES);
      await m.calme();
      expect(m.dgfip.registre.size).toBe(0);
      await ordonnerDestination(m, 'DESTINATION_REPRISE', (a) =>
        a.gestes.destinations.reprendre(CTX, 'HELIOS'),
      );
      await mener(m, id);
      m.dgfip.publier(nomAck(0), OK);
      await m.relever();
      await m.calme();
      return id;
    },
    fin: 'acquitte',
  },
  {
    nom: 'the answer to a PES taken in part',
    avant: (m) => parti(m, pes({ entetes, depense: [{ idBord: '1' }, { idBord: '2' }] })),
    jouer: (m, id) => {
      const elements = bordereau('1') + bordereau('2', '0', erreur('ERREUR_AUTRE', '2559 - Code'));
      return repondu(m, id, acquit({ entetes, elements }));
    },
    fin: 'acquitte_partiel',
  },
  {
    nom: 'the answer to a PES refused as a whole',
    avant: (m) => parti(m),
    jouer: (m, id) =>
      repondu(m, id, acquit({ entetes, elements: fichier('0', '0', erreur('ERREUR_SIRET')) })),
    fin: 'anomalie',
  },
  {
    nom: 'PES that we sign → acknowledged',
    helios: { signature: 'signer' },
    jouer: (m) => jusquAuxAcquittements(m, OK),
    fin: 'acquitte',
  },
  {
    nom: 'PES that we sign once an agent agrees → acknowledged',
    helios: { signature: 'confirmer' },
    jouer: async (m) => {
      const id = await m.deposerPes(PES);
      await m.calme();
      expect(await m.etatDe(id)).toBe('a_signer');
      await m.ordonner(id, 'SIGNATURE_APPORTEE', (a) => a.gestes.confirmer(CTX, id));
      await mener(m, id);
      return repondu(m, id, OK);
    },
    fin: 'acquitte',
  },
  {
    nom: 'a second PES of the day: its number follows',
    avant: (m) => jusquAuxAcquittements(m, OK),
    jouer: async (m) => {
      const id = await m.deposerPes('VALMONCEL_2');
      await mener(m, id);
      return repondu(m, id, acquit({ entetes: { ...entetes, NomFic: 'VALMONCEL_2' } }));
    },
    fin: 'acquitte',
  },
  {
    nom: 'an answer at a gateway that forgets once we have hung up',
    dgfip: { oublie: 'lu' },
    avant: (m) => parti(m),
    jouer: (m, id) => repondu(m, id, OK),
    fin: 'acquitte',
  },
  {
    nom: 'an answer at a gateway that forgets before we have it: the DGFiP publishes it again when asked',
    dgfip: { oublie: 'parti' },
    avant: (m) => parti(m),
    jouer: async (m, id) => {
      await repondu(m, id, OK);
      return (await m.etatDe(id)) === 'acquitte' ? id : repondu(m, id, OK);
    },
    fin: 'acquitte',
  },
  {
    nom: 'PES sent again on order, answered as a double: it proves the first sending',
    dgfip: { emporte: true },
    avant: (m) => parti(m),
    jouer: async (m, id) => {
      await m.ordonner(id, 'RENVOI_DEMANDE', (a) => a.gestes.renvoyer(CTX, id));
      await jusquAuSecond(m, id);
      await m.passer(24 * HEURE);
      const elements = bordereau('1', '0', erreur('ERREUR_DOUBLON_BORDEREAU'));
      m.dgfip.publier(nomAck(0).replace('260311', '260312'), acquit({ entetes, elements }));
      await m.relever();
      await m.calme();
      return id;
    },
    fin: 'acquitte',
  },
  {
    nom: 'a PES Retour, twice',
    jouer: async (m) => {
      const texte = fixtureEtat('retour/depense').toString('latin1');
      const octets = Buffer.from(texte.replace('00000001800010', siretDe(SIREN)), 'latin1');
      const nom = 'PES2R_DEP_R_123_00_034079_20260310_20260310_20260310090000.xml';
      for (let fois = 0; fois < 2; fois += 1) {
        m.dgfip.publier(nom, octets);
        await m.relever();
        await m.calme();
      }
      const recus = (await m.flux()).filter((f) => f.etat === 'recu');
      expect(recus).toHaveLength(1);
      return recus[0]?.id ?? expect.fail('nothing came');
    },
    fin: 'recu',
  },
];

/** As a person does: looks whether the order is written before giving it again. */
async function ordonnerDestination(
  m: Monde,
  ev: string,
  ordre: (a: Atelier) => Promise<unknown>,
): Promise<void> {
  const ecrit = async () =>
    (await m.sol.store.journal.lignes('operateur', 1, 1000)).some((l) => l.includes(`"ev":"${ev}"`));
  while ((await m.essayer(async (a) => ordre(a).then(() => true))) === null && !(await ecrit()));
}

test.each(HISTOIRES)('dying before or after any effect: $nom', eprouver, 240_000);
