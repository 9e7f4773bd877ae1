import { expect, test } from 'vitest';
import { creerFakeAntivirus } from '../../src/adapters/antivirus/fake.ts';
import { erreurControle } from '../../src/metier/catalogue/controle.ts';
import type { Etat } from '../../src/metier/etats.ts';
import type { FluxId } from '../../src/metier/identifiants.ts';
import type { Antivirus } from '../../src/ports/antivirus.ts';
import { accuseDe, anoDe, anomalieDe, type Atelier, CTX, SIREN, siretDe } from '../parcours/atelier.ts';
import { acquit, erreur, fichier } from '../unit/helios/retours.ts';
import type { OptionsDgfip } from './dgfip-fictive.ts';
import { type Coup, coupee, nonParti, prise, refus } from './etat-fictif.ts';
import { fautes, Monde, type PointDeMort } from './monde.ts';

/** One story: what the State's door does, then what the world does around the engine. */
interface Histoire {
  readonly nom: string;
  readonly coups?: readonly Coup[];
  readonly antivirus?: () => Antivirus;
  readonly dgfip?: OptionsDgfip;
  readonly jouer: (m: Monde) => Promise<FluxId>;
  readonly fin: Etat;
}

const NUMERO = 'DELIB_1';
const HEURE = 3_600_000;

/** Lets time pass, and the person settle, until the flux waits for its receipt and for nothing else. */
async function mener(m: Monde, id: FluxId): Promise<void> {
  for (let tour = 0; tour < 12; tour += 1) {
    await m.calme();
    const etat = await m.etatDe(id);
    const flux = (await m.flux()).find((f) => f.id === id);
    if (etat === 'transmis' || etat === 'echec' || (flux !== undefined && m.tient(flux))) return;
    await m.trancher();
    await m.passer(HEURE / 4);
  }
  expect.fail(`stuck: ${JSON.stringify(await m.flux())}`);
}

async function jusquAuRetour(m: Monde, ...courriels: readonly Buffer[]): Promise<FluxId> {
  const id = await m.deposer(NUMERO);
  await mener(m, id);
  for (const courriel of courriels) await m.recevoir(courriel);
  await m.calme();
  return id;
}

/** Out of reach at the first question, then healthy. */
function antivirusQuiRevient(): Antivirus {
  const bon = creerFakeAntivirus();
  let premiere = true;
  return {
    analyser: async (contenu) => {
      if (!premiere) return bon.analyser(contenu);
      premiere = false;
      contenu.destroy();
      throw erreurControle('VGM-CTL-001', { adresse: 'factice', detail: 'coupé par l’essai' });
    },
  };
}

async function renvoyer(m: Monde, id: FluxId): Promise<void> {
  await m.ordonner(id, 'RENVOI_DEMANDE', (a) => a.gestes.renvoyer(CTX, id));
  await mener(m, id);
}

const HISTOIRES: readonly Histoire[] = [
  { nom: 'deposit → acknowledged', jouer: (m) => jusquAuRetour(m, accuseDe(NUMERO)), fin: 'acquitte' },
  { nom: 'refused by a 1-3', jouer: (m) => jusquAuRetour(m, anomalieDe(NUMERO)), fin: 'anomalie' },
  {
    nom: 'the whole envelope refused (ANO)',
    jouer: async (m) => {
      const id = await m.deposer(NUMERO);
      await mener(m, id);
      const nom = (await m.flux()).find((f) => f.id === id)?.nomEnvoi ?? '';
      await m.recevoir(anoDe(nom));
      await m.calme();
      return id;
    },
    fin: 'anomalie',
  },
  {
    nom: 'connection cut after the archive was taken → uncertain → receipt',
    coups: [coupee(true)],
    jouer: (m) => jusquAuRetour(m, accuseDe(NUMERO)),
    fin: 'acquitte',
  },
  {
    nom: 'uncertain → a person says not received → sent again',
    coups: [coupee(false)],
    jouer: (m) => jusquAuRetour(m, accuseDe(NUMERO)),
    fin: 'acquitte',
  },
  {
    nom: 'the door out of reach, then closed, then open',
    coups: [nonParti, refus(503), prise(200)],
    jouer: (m) => jusquAuRetour(m, accuseDe(NUMERO)),
    fin: 'acquitte',
  },
  {
    nom: 'the same receipt in two mails, one of them given twice',
    jouer: (m) => jusquAuRetour(m, accuseDe(NUMERO), accuseDe(NUMERO, 'bis'), accuseDe(NUMERO)),
    fin: 'acquitte',
  },
  {
    nom: 'a notification whose receiver is down, then back',
    jouer: async (m) => {
      m.sol.webhook.regler({ statut: 500 });
      const id = await jusquAuRetour(m, accuseDe(NUMERO));
      m.sol.webhook.regler({ statut: 204 });
      return id;
    },
    fin: 'acquitte',
  },
  {
    nom: 'the antivirus away, then back',
    antivirus: antivirusQuiRevient,
    jouer: (m) => jusquAuRetour(m, accuseDe(NUMERO)),
    fin: 'acquitte',
  },
  {
    nom: 'a document found infected',
    antivirus: () => creerFakeAntivirus('%PDF'),
    jouer: async (m) => {
      const id = await m.deposer(NUMERO);
      await m.calme();
      return id;
    },
    fin: 'refuse',
  },
  {
    nom: 'refused by the door, then sent again by a person',
    coups: [refus(413)],
    jouer: async (m) => {
      const id = await m.deposer(NUMERO);
      await mener(m, id);
      if ((await m.etatDe(id)) === 'echec') await renvoyer(m, id);
      await m.recevoir(accuseDe(NUMERO));
      await m.calme();
      return id;
    },
    fin: 'acquitte',
  },
  {
    nom: 'transmitted, no receipt, sent again by a person',
    jouer: async (m) => {
      const id = await m.deposer(NUMERO);
      await mener(m, id);
      if ((await m.etatDe(id)) === 'transmis') {
        await renvoyer(m, id);
      }
      await m.recevoir(accuseDe(NUMERO));
      await m.calme();
      return id;
    },
    fin: 'acquitte',
  },
  {
    nom: 'a refusal, the acte deposited again, the first refusal once more, then the receipt',
    jouer: async (m) => {
      await jusquAuRetour(m, anomalieDe(NUMERO));
      const id = await m.essayer((a) => a.depose(NUMERO, { cle: 'encore' }));
      const second = id?.id ?? (await m.essayer((a) => a.depose(NUMERO, { cle: 'encore' })))?.id;
      if (second === undefined) expect.fail('the second deposit was never answered');
      await mener(m, second);
      await m.recevoir(anomalieDe(NUMERO, 'copie'));
      await m.recevoir(accuseDe(NUMERO));
      await m.calme();
      return second;
    },
    fin: 'acquitte',
  },
];

const PES = 'VALMONCEL_1';
const entetes = { NomFic: PES, IdColl: siretDe(SIREN) };
/** Acquittements of Hélios, under names that bear the hour of their making. */
const nomAck = (n: number) => `034079_26031110${String(n).padStart(2, '0')}00-ACK-A0000001_A0000001_OK.xml`;
const OK = acquit({ entetes });
const PANNE = acquit({ entetes, elements: fichier('0', '0', erreur('ERREUR_TIMEOUT')) });

async function jusquAuxAcquittements(m: Monde, ...acks: readonly Buffer[]): Promise<FluxId> {
  const id = await m.deposerPes(PES);
  await mener(m, id);
  for (const [n, ack] of acks.entries()) m.dgfip.publier(nomAck(n), ack);
  await m.relever();
  await m.calme();
  return id;
}

const HISTOIRES_HELIOS: readonly Histoire[] = [
  { nom: 'PES → acknowledged', jouer: (m) => jusquAuxAcquittements(m, OK), fin: 'acquitte' },
  {
    nom: 'PES refused by trouble of Hélios, deposited again, the same words again, then taken',
    jouer: async (m) => {
      await jusquAuxAcquittements(m, PANNE);
      await m.passer(24 * HEURE);
      const second = await m.deposerPes(PES, 'encore');
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

/** Plays a story with one death; @returns whether the point was reached, and the effects seen. */
async function rejouer(h: Histoire, point: PointDeMort): Promise<{ mort: boolean; effets: number }> {
  const m = await Monde.ouvrir({
    coups: h.coups ?? [],
    ...(h.antivirus === undefined ? {} : { antivirus: h.antivirus() }),
    ...(h.dgfip === undefined ? {} : { dgfip: h.dgfip }),
  });
  await m.essayer((a) =>
    a.gestes.collectivites.ajouterPoint(CTX, SIREN, {
      canal: 'webhook',
      cible: 'https://x.example/',
      evenements: [],
    }),
  );
  m.viser(point);
  const id = await h.jouer(m);
  // The longest wait of a debt that failed once or twice.
  for (let tour = 0; tour < 4; tour += 1) await m.passer(HEURE);
  const effets = m.effets.length;
  const ou = `${h.nom}, death ${point.cote} effect ${point.rang} (${m.effets[point.rang - 1] ?? 'none'})`;
  expect(await m.etatDe(id), ou).toBe(h.fin);
  expect(await fautes(m, { livrees: true }), ou).toEqual([]);
  await m.fermer();
  return { mort: m.morts > 0, effets };
}

test.each([...HISTOIRES, ...HISTOIRES_HELIOS])(
  'dying before or after any durable effect: $nom',
  async (h) => {
    const { effets } = await rejouer(h, { rang: 0, cote: 'avant' });
    let points = 0;
    for (const cote of ['avant', 'apres'] as const) {
      for (let rang = 1; ; rang += 1) {
        const { mort } = await rejouer(h, { rang, cote });
        if (!mort) break;
        points += 1;
      }
    }
    console.log(`crash points: ${points} (${effets} durable effects) — ${h.nom}`);
    expect(points).toBeGreaterThanOrEqual(2 * (effets - 2));
  },
  120_000,
);
