import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { creerFakeMailer } from '../../../src/adapters/mailer/fake.ts';
import { creerFakeWebhook } from '../../../src/adapters/webhook/fake.ts';
import {
  composerCharge,
  executerLivraison,
  expandre,
  type OutilsNotification,
  prochainEssai,
} from '../../../src/etapes/notification.ts';
import type { PointNotification } from '../../../src/metier/collectivite.ts';
import type { Flux, PieceDuFlux } from '../../../src/metier/flux.ts';
import type { Instant } from '../../../src/metier/identifiants.ts';
import { type TypeEvenement, TYPES_EVENEMENT } from '../../../src/metier/notifications.ts';
import type { Random } from '../../../src/ports/random.ts';
import {
  DEPART,
  NOTIFICATION_DEFAUT,
  OBJET,
  SIREN,
  collectiviteDe,
  fluxDe,
  livraisonDe,
  pieceDe,
  pointDe,
} from './decor.ts';

const HEURE = 3_600_000;
const SECRET = 'whsec_MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE=';

interface Scene {
  readonly points?: readonly PointNotification[];
  readonly flux?: Flux | undefined;
  readonly pieces?: readonly PieceDuFlux[];
  readonly secrets?: readonly string[];
  readonly hote?: string;
  /** Draw of the jitter; 0.5 leaves the wait as written. */
  readonly fraction?: number;
}

function monter(scene: Scene = {}) {
  const webhook = creerFakeWebhook();
  const mailer = creerFakeMailer();
  let maintenant = DEPART;
  let numero = 0;
  const random: Random = {
    uuid: () => `0190a0a0-0000-7000-8000-${String((numero += 1)).padStart(12, '0')}`,
    hex: (n) => '0'.repeat(2 * n),
    fraction: () => scene.fraction ?? 0.5,
  };
  const collectivite = collectiviteDe(scene.points ?? [pointDe()]);
  const outils: OutilsNotification = {
    clock: { now: () => maintenant, sleep: async () => {} },
    random,
    webhook,
    mailer,
    flux: {
      trouver: async () => ('flux' in scene ? scene.flux : fluxDe()),
      pieces: async () => scene.pieces ?? [pieceDe(), pieceDe({ role: 'document', nom: 'x.pdf', rang: 1 })],
    },
    collectivites: {
      trouver: async (siren) => (siren === SIREN ? collectivite : undefined),
      secrets: async () => scene.secrets ?? [SECRET],
    },
    coffre: { ouvrir: async () => Readable.from([Buffer.from('<accuse/>')]) },
    config: {
      webhook: NOTIFICATION_DEFAUT.webhook,
      courriel: {
        ...NOTIFICATION_DEFAUT.courriel,
        hote: scene.hote ?? 'relais.test',
        expediteur: 'tdt@tdt.test',
      },
    },
  };
  const allerA = (quand: Instant): void => {
    maintenant = quand;
  };
  return { webhook, mailer, outils, random, allerA };
}

/** Seconds until the first retry of a schedule of 100 s. */
function apres(fraction: number): number {
  return (prochainEssai([100], 1, { quand: 0 as Instant, fraction, patienter: 0 }) ?? 0) / 1000;
}

describe('schedule of tries', () => {
  test('a dead endpoint is tried 10 times over 75 h 35, under one webhook-id, then given up', async () => {
    const { webhook, outils, allerA } = monter();
    webhook.regler({ statut: 500 });
    const instants: number[] = [];
    let due: Instant | null = DEPART;
    let tentatives = 0;
    let fin = '';
    while (due !== null) {
      allerA(due);
      instants.push(due);
      const issue = await executerLivraison(livraisonDe({ tentatives }), outils);
      tentatives += 1;
      ({ due, etat: fin } = issue);
      expect(issue.essai).toMatchObject({ resultat: 'echec', statut: 500 });
    }
    expect(instants).toHaveLength(10);
    expect((instants.at(-1) ?? 0) - DEPART).toBe(272_105_000);
    expect(fin).toBe('abandonnee');
    expect(new Set(webhook.envois.map((e) => e.id)).size).toBe(1);
    // The timestamp is that of the attempt, so that an old signature cannot be replayed.
    expect(webhook.envois.map((e) => e.quand)).toEqual(instants);
  });

  test('the jitter stays within 20 % on either side', () => {
    expect(apres(0)).toBe(80);
    expect(apres(0.5)).toBe(100);
    expect(apres(0.999_999)).toBeCloseTo(120, 3);
  });

  test('Retry-After puts the next try off, up to 24 hours, and never brings it forward', async () => {
    const { webhook, outils } = monter();
    const suivant = async (patienter: number, tentatives: number): Promise<number> => {
      webhook.regler({ statut: 503, patienter });
      return ((await executerLivraison(livraisonDe({ tentatives }), outils)).due ?? 0) - DEPART;
    };
    expect(await suivant(HEURE, 0)).toBe(HEURE);
    expect(await suivant(400 * HEURE, 0)).toBe(24 * HEURE);
    expect(await suivant(1000, 4)).toBe(18_000_000);
  });

  test('Retry-After does not add tries to the schedule', async () => {
    const { webhook, outils } = monter();
    webhook.regler({ statut: 503, patienter: HEURE });
    const issue = await executerLivraison(livraisonDe({ tentatives: 9 }), outils);
    expect(issue).toMatchObject({ etat: 'abandonnee', due: null, desactiver: null });
  });
});

describe('one debt', () => {
  test('a delivery taken is settled', async () => {
    const { webhook, outils } = monter();
    const issue = await executerLivraison(livraisonDe({ charge: { a: 'é' } }), outils);
    expect(issue).toEqual({
      etat: 'livree',
      due: null,
      desactiver: null,
      essai: { quand: DEPART, resultat: 'livree', statut: 204, duree: 0, motif: 'remis' },
    });
    expect(webhook.envois[0]).toMatchObject({ corps: '{"a":"é"}', secrets: [SECRET], url: pointDe().cible });
  });

  test('HTTP 410 gives the debt up and switches the point off, with the reason', async () => {
    const { webhook, outils } = monter();
    webhook.regler({ statut: 410 });
    const issue = await executerLivraison(livraisonDe(), outils);
    expect(issue).toMatchObject({ etat: 'abandonnee', due: null });
    expect(issue.desactiver?.motif).toContain('410');
  });

  test.each([
    ['a point that is gone', { points: [] }, 'n’existe plus'],
    [
      'a point switched off',
      { points: [pointDe({ actif: false, motif: 'HTTP 410' })] },
      'désactivé (HTTP 410)',
    ],
  ])('%s gives the debt up without a word on the network', async (_titre, scene, motif) => {
    const { webhook, outils } = monter(scene);
    const issue = await executerLivraison(livraisonDe(), outils);
    expect(issue).toMatchObject({ etat: 'abandonnee', due: null, desactiver: null });
    expect(issue.essai.motif).toContain(motif);
    expect(webhook.envois).toEqual([]);
  });

  test('both secrets sign during a rotation', async () => {
    const { webhook, outils } = monter({ secrets: ['whsec_B', 'whsec_A'] });
    await executerLivraison(livraisonDe(), outils);
    expect(webhook.envois[0]?.secrets).toEqual(['whsec_B', 'whsec_A']);
  });

  test('without a secret nothing leaves unsigned; it is tried again once there is one', async () => {
    const { webhook, outils } = monter({ secrets: [] });
    expect(await executerLivraison(livraisonDe(), outils)).toMatchObject({ etat: 'a_faire' });
    expect(webhook.envois).toEqual([]);
  });

  test('a fault of our own store is not counted against the receiver', async () => {
    const { outils } = monter();
    const panne = {
      ...outils,
      collectivites: { ...outils.collectivites, trouver: () => Promise.reject(new TypeError()) },
    };
    await expect(executerLivraison(livraisonDe(), panne)).rejects.toThrow(TypeError);
  });
});

describe('e-mail', () => {
  const points = [pointDe({ canal: 'courriel', cible: 'mairie@exemple.test' })];
  const courriel = livraisonDe({ canal: 'courriel' });

  test('the receipt of the State goes with the news of it, under a fixed Message-ID', async () => {
    const { mailer, outils } = monter({ points });
    expect(await executerLivraison(courriel, outils)).toMatchObject({ etat: 'livree' });
    const recu = mailer.recus[0];
    expect(recu?.envoi).toMatchObject({ a: 'mairie@exemple.test', messageId: `<${courriel.id}@tdt.test>` });
    expect(Object.keys(recu?.jointes ?? {})).toEqual(['accusé de réception.xml']);
  });

  const avecAccuse: readonly TypeEvenement[] = ['flux.acquitte', 'flux.acquitte_partiel', 'flux.anomalie'];
  test.each(avecAccuse)('%s carries the message of the State', async (type) => {
    const { mailer, outils } = monter({ points });
    await executerLivraison({ ...courriel, type }, outils);
    expect(mailer.recus[0]?.envoi.jointes.map((j) => j.piece.role)).toEqual(['accuse']);
  });

  test.each(TYPES_EVENEMENT.filter((t) => !avecAccuse.includes(t)))(
    '%s carries no attachment',
    async (type) => {
      const { mailer, outils } = monter({ points });
      await executerLivraison({ ...courriel, type }, outils);
      expect(mailer.recus[0]?.envoi.jointes).toEqual([]);
    },
  );

  test('a relay that refuses follows its own schedule, then the debt is given up', async () => {
    const { mailer, outils } = monter({ points });
    mailer.regler(451);
    const premier = await executerLivraison(courriel, outils);
    expect(premier).toMatchObject({ etat: 'a_faire', due: DEPART + 60_000 });
    const dernier = await executerLivraison({ ...courriel, tentatives: 6 }, outils);
    expect(dernier).toMatchObject({ etat: 'abandonnee', due: null });
  });

  test('a mailbox that refuses gives the debt up but keeps the point: a misconfigured relay refuses them all', async () => {
    const { mailer, outils } = monter({ points });
    mailer.regler(550);
    expect(await executerLivraison(courriel, outils)).toMatchObject({ etat: 'abandonnee', desactiver: null });
  });

  test('without a relay in the settings the debt is given up and says what to do', async () => {
    const { outils } = monter({ points, hote: '' });
    const issue = await executerLivraison(courriel, outils);
    expect(issue).toMatchObject({ etat: 'abandonnee' });
    expect(issue.essai.motif).toContain('notification.courriel.hote');
  });

  test('a flux that is gone gives the debt up', async () => {
    const { outils } = monter({ points, flux: undefined });
    expect(await executerLivraison(courriel, outils)).toMatchObject({ etat: 'abandonnee' });
  });
});

describe('payload and expansion', () => {
  test('the payload is thin, says where the flux stands and holds no personal data', () => {
    const erreur = {
      code: 'VGM-TRA-001',
      nature: 'definitive',
      message: 'Mme Ferrandou',
      cause: 'Mme Ferrandou',
      remede: 'Mme Ferrandou',
    } as const;
    const flux = fluxDe({ etat: 'anomalie', erreur, alerte: 'appeler Mme Ferrandou' });
    const charge = composerCharge('flux.anomalie', flux);
    expect(charge).toEqual({
      type: 'flux.anomalie',
      timestamp: '2026-01-15T09:30:00.000Z',
      data: {
        flux: flux.id,
        protocole: 'ACTES',
        collectivite: SIREN,
        identite: flux.identite,
        etat: 'anomalie',
        message: { code: '1-1', libelle: 'transmission d’un acte' },
        nomEnvoi: flux.nomEnvoi,
        cite: null,
        depose: '2026-01-15T09:30:00.000Z',
        transmis: '2026-01-15T09:30:00.000Z',
        solde: '2026-01-15T09:30:00.000Z',
        alerte: true,
        erreur: { code: 'VGM-TRA-001', nature: 'definitive' },
      },
    });
    const corps = JSON.stringify(charge);
    expect(corps).not.toContain('Ferrandou');
    expect(corps).not.toContain(OBJET);
    expect(Buffer.byteLength(corps)).toBeLessThan(20_000);
  });

  test('one debt per active point that wants this type, each with its own identifier', () => {
    const { random } = monter();
    const collectivite = collectiviteDe([
      pointDe({ id: 'tout' }),
      pointDe({ id: 'choisi', evenements: ['flux.acquitte', 'flux.anomalie'] }),
      pointDe({ id: 'autre', evenements: ['flux.depose'] }),
      pointDe({ id: 'eteint', actif: false }),
      pointDe({ id: 'courriel', canal: 'courriel', cible: 'a@b.test' }),
    ]);
    const dettes = expandre('flux.acquitte', fluxDe(), { collectivite, random, quand: DEPART });
    expect(dettes.map((d) => [d.point, d.canal])).toEqual([
      ['tout', 'webhook'],
      ['choisi', 'webhook'],
      ['courriel', 'courriel'],
    ]);
    expect(new Set(dettes.map((d) => d.id)).size).toBe(3);
    expect(dettes[0]).toMatchObject({
      flux: fluxDe().id,
      collectivite: SIREN,
      type: 'flux.acquitte',
      due: DEPART,
    });
  });
});
