import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { creerFakeLog } from '../../../src/adapters/log/fake.ts';
import { creerFakeRandom } from '../../../src/adapters/random/fake.ts';
import { creerFakeStore } from '../../../src/adapters/store/fake.ts';
import { manifest } from '../../../src/config/manifest.ts';
import { mouvoir, relire } from '../../../src/engine/avancer.ts';
import { creerBaux } from '../../../src/engine/baux.ts';
import { creerDiffusion } from '../../../src/engine/diffusion.ts';
import { executerFlux } from '../../../src/engine/executer-flux.ts';
import type { OutilsMoteur } from '../../../src/engine/outils.ts';
import { creerAnnuaire } from '../../../src/etapes/annuaire.ts';
import { creerEtapeSignature } from '../../../src/etapes/signature.ts';
import type { Contexte, FichierDepose } from '../../../src/gestes/gestes.ts';
import type { OutilsGestes } from '../../../src/gestes/outils.ts';
import { signatures } from '../../../src/gestes/signatures.ts';
import type { FicheHelios } from '../../../src/metier/collectivite.ts';
import type { Flux } from '../../../src/metier/flux.ts';
import type { FluxId, Instant, Sha256, Siren } from '../../../src/metier/identifiants.ts';
import type { LigneJournal } from '../../../src/metier/journal.ts';
import { OPERATEUR, type Portee, type Store } from '../../../src/ports/store.ts';
import { COLLECTIVITE } from '../helios/epreuve.ts';
import { pes } from '../helios/generateur.ts';
import { type Atelier, type Autorites, creerAutorites, FICHE, monter, pesSigne, sha1 } from './decor.ts';

/** What the collectivité answers to a PES that waits for its signature, on the real engine and the real store. */

const { siren } = COLLECTIVITE;
const NOEUD = 'essai';
const AUTRE = '000000034' as Siren;
const ctx = (portee: Portee = { collectivite: siren }): Contexte => ({
  portee,
  acteur: 'agent:mairie',
  corr: 'essai',
});
const DEPENSE = [{ id: 'B1', idBord: '41' }];

let autorites: Autorites;
beforeAll(() => {
  autorites = creerAutorites();
});
afterAll(() => autorites.pki.fermer());

interface Monde {
  readonly atelier: Atelier;
  readonly store: Store;
  readonly moteur: OutilsMoteur;
  readonly gestes: ReturnType<typeof signatures>;
  /** Deposits a PES and lets the engine work until it rests. */
  deposer(octets: Uint8Array, fiche: Partial<FicheHelios>): Promise<Flux>;
  /** Changes the card. */
  regler(fiche: Partial<FicheHelios>): Promise<void>;
  travailler(flux: Flux): Promise<Flux>;
  flux(id: FluxId): Promise<Flux>;
  roles(id: FluxId): Promise<string[]>;
  journal(id: FluxId): Promise<Pick<LigneJournal, 'ev' | 'acteur' | 'motif' | 'obj' | 'res'>[]>;
  apporter(id: FluxId, octets: Uint8Array, portee?: Portee): Promise<Flux>;
}

async function creerMonde(): Promise<Monde> {
  const atelier = await monter(autorites);
  const { clock, coffre } = atelier;
  const random = creerFakeRandom(clock);
  const store = creerFakeStore({ clock, random });
  const { signal } = new AbortController();
  const moteur: OutilsMoteur = {
    store,
    annuaire: creerAnnuaire(store.collectivites, () => clock.now()),
    clock,
    random,
    log: creerFakeLog(),
    diffusion: creerDiffusion(),
    reglage: manifest.parse({}).moteur,
    signaux: { arret: signal, coupure: signal },
    destinationDe: async () => null,
  };
  const baux = creerBaux(moteur, NOEUD);
  const outils = { ...atelier.outils, flux: store.flux, annuaire: moteur.annuaire };
  const etapes = { HELIOS: { signature: creerEtapeSignature(outils) } };
  const gestes = signatures({ moteur, coffre } as unknown as OutilsGestes);
  const inscrire = async (fiche: Partial<FicheHelios>): Promise<void> => {
    const ver = (await store.collectivites.trouver(siren))?.ver ?? 0;
    const c = { ...COLLECTIVITE, ver, helios: { ...FICHE, ...fiche } };
    await store.collectivites.enregistrer(c, { journal: [], quand: clock.now() });
    moteur.annuaire.oublier(siren);
  };
  const monde: Monde = {
    atelier,
    store,
    moteur,
    gestes,
    regler: inscrire,
    deposer: async (octets, fiche) => {
      await inscrire(fiche);
      const depot = await coffre.ajouter(octets);
      const quand = clock.now();
      const resultat = await store.ecriture.creerFlux(
        {
          id: random.uuid() as FluxId,
          protocole: 'HELIOS',
          collectivite: siren,
          etat: 'depose',
          identite: `123/${depot.sha256.slice(0, 8)}`,
          contenu: depot.sha256,
          resume: { sha1: sha1(octets) },
          cite: null,
          pieces: [{ role: 'pes', nom: 'PES.xml', type: 'application/xml', ...depot }],
          cleIdempotence: null,
          empreinteDemande: depot.sha256,
          due: quand,
        },
        { quand, journal: [] },
      );
      const favorable = { evenement: 'controle_favorable', acteur: 'systeme', corr: '' } as const;
      return monde.travailler(await mouvoir(moteur, resultat.flux, favorable));
    },
    travailler: async (flux) => {
      const quand = Math.max(clock.now(), flux.due ?? 0) as Instant;
      const bail = (quand + 1000) as Instant;
      await store.file.reclamerFlux({ quand, bail, nombre: 1, proprietaire: NOEUD, seuls: [flux.id] });
      const prise = baux.prendre('flux', flux.id, bail);
      await executerFlux(moteur, etapes, { flux, prise, file: 'flux-HELIOS' });
      return relire(moteur, flux.id);
    },
    flux: (id) => relire(moteur, id),
    roles: async (id) => (await store.flux.pieces(OPERATEUR, id)).map((p) => p.role),
    journal: async (id) =>
      (await store.journal.lignesDuFlux(OPERATEUR, id)).map(({ ligne }) => JSON.parse(ligne) as LigneJournal),
    apporter: async (id, octets, portee) => {
      const attente = await coffre.recevoir(octets);
      const { sha256, sha512, taille } = attente;
      const fichier: FichierDepose = { role: 'pes', nom: 'signe.xml', sha256, sha512, taille, attente };
      return gestes.apporterSignature(ctx(portee), id, fichier);
    },
  };
  return monde;
}

let m: Monde;
beforeEach(async () => {
  m = await creerMonde();
});

describe('confirmer', () => {
  test('an agent agrees: who and when are kept and journalled, then we sign', async () => {
    const attend = await m.deposer(pes({ depense: DEPENSE }), { signature: 'confirmer' });
    expect(attend).toMatchObject({ etat: 'a_signer', resume: { signatureAttendue: 'accord' } });
    m.atelier.clock.regler(m.atelier.clock.now() + 3_600_000);
    const accorde = await m.gestes.confirmer(ctx(), attend.id);
    const quand = new Date(m.atelier.clock.now()).toISOString();
    expect(accorde).toMatchObject({ etat: 'controle', resume: { accord: { par: 'agent:mairie', quand } } });
    const signe = await m.travailler(accorde);
    expect(signe).toMatchObject({
      etat: 'signe',
      resume: { signePar: 'vaguemestre', signatureAttendue: null },
    });
    expect(await m.roles(signe.id)).toEqual(['pes', 'pes_signe', 'rapport_signatures', 'preuves_confiance']);
    expect((await m.journal(signe.id)).map((l) => [l.ev, l.acteur, l.motif])).toEqual([
      ['CONTROLE_FAVORABLE', 'systeme', ''],
      ['SIGNATURE_ATTENDUE', 'systeme', 'accord de la collectivité'],
      ['SIGNATURE_APPORTEE', 'agent:mairie', 'accord pour signer'],
      ['SIGNATURE_FAVORABLE', 'systeme', '1 signature'],
    ]);
  });

  test('a collectivité that signs elsewhere has nothing to agree to (VGM-SIG-054)', async () => {
    const { id } = await m.deposer(pes({ depense: DEPENSE }), { signature: 'parapheur' });
    await expect(m.gestes.confirmer(ctx(), id)).rejects.toMatchObject({ fiche: { code: 'VGM-SIG-054' } });
    expect((await m.flux(id)).etat).toBe('a_signer');
  });

  test('the card changed since: an order takes the file up again, as the card now says', async () => {
    const attend = await m.deposer(pes({ depense: DEPENSE, infoDematerialisee: '0' }), {
      signature: 'confirmer',
    });
    await m.regler({ signature: 'transmettre' });
    const repris = await m.gestes.confirmer(ctx(), attend.id);
    expect(await m.travailler(repris)).toMatchObject({ etat: 'signe' });
    expect((await m.journal(attend.id)).map((l) => l.motif)).toContain('repris selon la fiche');
    expect(await m.roles(attend.id)).not.toContain('pes_signe');
  });

  test('nothing is awaited: VGM-NOY-002; another’s flux and no flux look the same: VGM-NOY-003', async () => {
    const { id } = await m.deposer(pes({ depense: DEPENSE }), { signature: 'transmettre' });
    await expect(m.gestes.confirmer(ctx(), id)).rejects.toMatchObject({ fiche: { code: 'VGM-NOY-002' } });
    const autre = ctx({ collectivite: AUTRE });
    await expect(m.gestes.confirmer(autre, id)).rejects.toMatchObject({ fiche: { code: 'VGM-NOY-003' } });
  });
});

describe('apporter', () => {
  const NU = pes({ depense: DEPENSE, infoDematerialisee: '0' });
  const attendre = async (): Promise<FluxId> => (await m.deposer(NU, { signature: 'parapheur' })).id;

  test('the file deposited, signed: it becomes the one that leaves, under its own SHA-1', async () => {
    const id = await attendre();
    const octets = await pesSigne(autorites.cle('maire'), { depense: DEPENSE });
    const apporte = await m.apporter(id, octets);
    expect(apporte).toMatchObject({
      etat: 'controle',
      resume: { sha1: sha1(octets), apport: { par: 'agent:mairie' } },
    });
    const signe = await m.travailler(apporte);
    expect(signe).toMatchObject({ etat: 'signe', resume: { signePar: 'apporte', sha1: sha1(octets) } });
    expect(await m.roles(id)).toEqual(['pes', 'pes_signe', 'rapport_signatures', 'preuves_confiance']);
    const [, , ligne] = await m.journal(id);
    const [, piece] = await m.store.flux.pieces(OPERATEUR, id);
    expect(ligne).toMatchObject({
      ev: 'SIGNATURE_APPORTEE',
      acteur: 'agent:mairie',
      obj: `sha256:${piece?.sha256 ?? ''}`,
    });
    expect(piece).toMatchObject({ role: 'pes_signe', nom: 'signe.xml' });
  });

  test('a broken signature ends the flux, as if it had come so', async () => {
    const id = await attendre();
    const refuse = await m.travailler(
      await m.apporter(id, await pesSigne(autorites.cle('perdu'), { depense: DEPENSE })),
    );
    expect(refuse).toMatchObject({ etat: 'refuse', erreur: { code: 'VGM-SIG-012' } });
  });

  const autres: [string, string, () => Promise<Buffer> | Buffer, RegExp][] = [
    [
      'VGM-SIG-050',
      'an amount changed before signing',
      () =>
        pesSigne(autorites.cle('maire'), { depense: [{ id: 'B1', idBord: '41', montantHT: '99999.00' }] }),
      /ligne 8, colonne \d+/,
    ],
    [
      'VGM-SIG-050',
      'another file',
      () => pesSigne(autorites.cle('maire'), { entetes: { NomFic: 'AUTRE' } }),
      /ligne 3/,
    ],
    [
      'VGM-SIG-051',
      'another encoding',
      () => Buffer.from(NU.toString('latin1').replace('ISO-8859-1', 'UTF-8')),
      /UTF-8/,
    ],
    ['VGM-SIG-052', 'a file cut short', () => NU.subarray(0, 700), /s’arrête/],
    ['VGM-SIG-053', 'the same file, not signed', () => NU, /aucune signature/],
  ];
  // oxlint-disable-next-line max-params -- one row of the table
  test.each(autres)('%s: %s is refused, and the flux still waits', async (code, _, faire, dit) => {
    const id = await attendre();
    const avant = m.atelier.coffre.pieces();
    const fait = m.apporter(id, await faire());
    await expect(fait).rejects.toMatchObject({ fiche: { code }, http: 422, sortie: 3 });
    await expect(fait).rejects.toThrow(dit);
    expect((await m.flux(id)).etat).toBe('a_signer');
    expect(m.atelier.coffre.pieces()).toEqual(avant);
  });

  test('nothing is awaited, or the flux is another’s: nothing is read nor kept', async () => {
    const octets = await pesSigne(autorites.cle('maire'), { depense: DEPENSE });
    const { id } = await m.deposer(NU, { signature: 'transmettre' });
    const avant = m.atelier.coffre.pieces();
    await expect(m.apporter(id, octets)).rejects.toMatchObject({ fiche: { code: 'VGM-NOY-002' } });
    const autre = m.apporter(id, octets, { collectivite: AUTRE });
    await expect(autre).rejects.toMatchObject({ fiche: { code: 'VGM-NOY-003' } });
    expect(m.atelier.coffre.pieces()).toEqual(avant);
  });

  test('two at once: one is taken, the other told of the conflict (VGM-NOY-001 or -002), one file believed', async () => {
    const id = await attendre();
    const octets = await Promise.all(
      ['maire', 'rsa'].map((nom) => pesSigne(autorites.cle(nom), { depense: DEPENSE })),
    );
    const faits = await Promise.allSettled(octets.map((o) => m.apporter(id, o)));
    expect(faits.map((f) => f.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const rejet = faits.find((f) => f.status === 'rejected');
    expect(rejet).toMatchObject({ reason: { fiche: { code: expect.stringMatching(/^VGM-NOY-00[12]$/) } } });
    expect((await m.roles(id)).filter((r) => r === 'pes_signe')).toHaveLength(1);
  });

  test('a PES of the whole, signed by us elsewhere and brought, is judged like any', async () => {
    const id = await attendre();
    const octets = await pesSigne(
      autorites.cle('rsa'),
      { depense: DEPENSE, id: 'P' },
      { cibles: { type: 'fichier' } },
    );
    expect((await m.travailler(await m.apporter(id, octets))).etat).toBe('signe');
  });
});

describe('the engine around the step', () => {
  test('a server that is down: the flux waits its turn, and nothing is said against it', async () => {
    m.atelier.revocation?.regler(false);
    const flux = await m.deposer(await pesSigne(autorites.cle('maire')), {});
    expect(flux).toMatchObject({ etat: 'controle', tentatives: 1, erreur: { code: 'VGM-SIG-001' } });
    expect(flux.due ?? 0).toBeGreaterThan(m.atelier.clock.now());
    m.atelier.revocation?.regler(true);
    expect(await m.travailler(flux)).toMatchObject({ etat: 'signe', tentatives: 0, erreur: null });
  });

  test('a key that is not in the settings: an alert that stands, and the state stays', async () => {
    const flux = await m.deposer(pes({ depense: DEPENSE }), { signature: 'signer', cle: 'absente' });
    expect(flux).toMatchObject({ etat: 'controle', alerte: expect.stringMatching(/« absente »/) });
    expect(flux.due).toBe((m.atelier.clock.now() + 900_000) as Instant);
  });

  test('signed, then waiting for its envelope: the file that leaves is ours', async () => {
    const flux = await m.deposer(pes({ depense: DEPENSE }), { signature: 'signer' });
    expect(flux.etat).toBe('signe');
    const piece = (await m.store.flux.pieces(OPERATEUR, flux.id)).find((p) => p.role === 'pes_signe');
    expect(await m.atelier.coffre.verifier(piece?.sha256 as Sha256)).toBe(true);
  });
});
