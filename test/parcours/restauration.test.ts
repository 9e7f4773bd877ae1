import { afterEach, describe, expect, test } from 'vitest';
import { creerFakeAntivirus } from '../../src/adapters/antivirus/fake.ts';
import type { Etat } from '../../src/metier/etats.ts';
import type { Flux } from '../../src/metier/flux.ts';
import type { FluxId, Instant, Jour, Sha256 } from '../../src/metier/identifiants.ts';
import { verifierChaine } from '../../src/metier/journal.ts';
import { apresRestauration } from '../../src/metier/series.ts';
import type { Orphelin } from '../../src/ports/restauration.ts';
import { OPERATEUR } from '../../src/ports/store.ts';
import { acquit, bordereau, erreur } from '../unit/helios/retours.ts';
import {
  type Atelier,
  accuseDe,
  creerAtelier,
  CTX,
  MARDI,
  type OptionsAtelier,
  SIREN,
  siretDe,
} from './atelier.ts';
import { courrierDe } from './messages-echanges.ts';

/** A base that came back from a backup, state by state (docs/decisions/0018-sauvegarde.md). */

let a: Atelier;
afterEach(() => a.fermer());

const MINUTE = 60_000;
const HEURE = 60 * MINUTE;
const URL = 'https://fake.invalid/';
const refus = { type: 'reponse', statut: 413, extrait: 'non', url: URL } as const;

interface Retour {
  readonly orphelins?: readonly Partial<Orphelin>[];
  readonly options?: OptionsAtelier;
}

function orphelin(partie: Partial<Orphelin>): Orphelin {
  return {
    sha256: 'e'.repeat(64) as Sha256,
    sha512: 'f'.repeat(128),
    taille: 10,
    ajoutee: MARDI as Instant,
    genre: 'autre',
    libelle: 'essai',
    protocole: null,
    collectivite: null,
    identite: null,
    nom: null,
    ...partie,
  };
}

/** The process dies; its base is the one of the backup, put back an hour later; another daemon opens it. */
async function restaurer({ orphelins = [], options = {} }: Retour = {}): Promise<void> {
  const { sol } = a;
  a.abandonner();
  sol.clock.regler(sol.clock.now() + HEURE);
  const restauree = sol.clock.now();
  const id = sol.random.uuid();
  const trouves = orphelins.map(orphelin);
  await sol.store.restaurations.inscrire({
    id,
    sauvegarde: (restauree - HEURE) as Instant,
    restauree,
    orphelins: trouves,
    perdues: trouves.flatMap(({ protocole, identite, sha256 }) =>
      protocole === null || identite === null ? [] : [{ protocole, identite, preuve: `piece ${sha256}` }],
    ),
    numeros: [],
    series: { fin: ':20260310', apres: apresRestauration(restauree) },
    journal: (org, tete) => ({
      org,
      ev: 'RESTAURATION',
      tx: '',
      obj: '',
      acteur: 'agent:local',
      res: 'OK',
      motif: `derniere=${tete.n}`,
      corr: id,
    }),
  });
  a = await creerAtelier({ ...options, sol, inscrire: false });
  await a.calme();
}

/** A person closes; one sweep of the engine follows. */
async function clore(): Promise<void> {
  await a.gestes.reconciliation.clore(CTX, { sansAttendre: ['dgfip:dgfip'], motif: 'essai' });
  await a.passer(0);
}

const nonRecu = (id: FluxId): Promise<Flux> =>
  a.gestes.trancher(CTX, id, { decision: 'non_recu', motif: 'l’État ne l’a pas' });

async function journal(org: string): Promise<string[]> {
  return [...(await a.store.journal.lignes(org, 1, 10_000))];
}

describe('what might have left since the backup', () => {
  /** One flux in each state that is believed not to have left, or not to be at its end. */
  async function dansChaqueEtat(): Promise<Map<Etat, FluxId>> {
    const antivirus = creerFakeAntivirus();
    a = await creerAtelier({ helios: { signature: 'parapheur' }, antivirus });
    const ids = new Map<Etat, FluxId>();
    a.transport.programmer(refus);
    ids.set('echec', (await a.depose('ECHEC')).id);
    await a.jusqua(ids.get('echec') as FluxId, 'echec');
    ids.set('transmis', (await a.depose('TRANSMIS')).id);
    await a.jusqua(ids.get('transmis') as FluxId, 'transmis');
    ids.set('acquitte', (await a.depose('ACQUITTE')).id);
    await a.jusqua(ids.get('acquitte') as FluxId, 'transmis');
    await a.recevoir(accuseDe('ACQUITTE'));
    await a.jusqua(ids.get('acquitte') as FluxId, 'acquitte');
    ids.set('a_signer', (await a.deposePes('ASIGNER')).id);
    await a.jusqua(ids.get('a_signer') as FluxId, 'a_signer');
    await a.gestes.destinations.suspendre(CTX, 'ACTES', 'essai');
    ids.set('pret', (await a.depose('PRET')).id);
    await a.jusqua(ids.get('pret') as FluxId, 'pret');
    antivirus.couper(true);
    ids.set('depose', (await a.depose('DEPOSE')).id);
    await a.calme();
    for (const [etat, id] of ids) expect((await a.flux(id)).etat).toBe(etat);
    return ids;
  }

  test('is uncertain; what was at its end, or known to the State, stays; nothing leaves', async () => {
    const ids = await dansChaqueEtat();
    const envois = a.transport.envois.length;
    await restaurer({ options: { antivirus: creerFakeAntivirus() } });
    const etats = new Map<Etat, Etat>();
    for (const [etat, id] of ids) etats.set(etat, (await a.flux(id)).etat);
    expect(Object.fromEntries(etats)).toEqual({
      echec: 'incertain',
      transmis: 'transmis',
      acquitte: 'acquitte',
      a_signer: 'incertain',
      pret: 'incertain',
      depose: 'incertain',
    });
    await a.passer(3 * HEURE);
    await a.calme();
    expect(a.transport.envois).toHaveLength(envois);
    expect(a.passerelle.entree.size).toBe(0);
    const depose = await a.flux(ids.get('depose') as FluxId);
    // no name was drawn here: people ask about the acte itself
    expect(depose.erreur?.message).toContain(depose.identite);
  });

  test('a person says that the State has none of it: each goes on from where it stood, and leaves once', async () => {
    const ids = await dansChaqueEtat();
    const pret = (await a.flux(ids.get('pret') as FluxId)).nomEnvoi;
    const echec = (await a.flux(ids.get('echec') as FluxId)).nomEnvoi;
    await a.gestes.destinations.reprendre(CTX, 'ACTES');
    await restaurer({ options: { antivirus: creerFakeAntivirus() } });
    for (const etat of ['echec', 'a_signer', 'pret', 'depose'] as const)
      await nonRecu(ids.get(etat) as FluxId);
    await a.calme();
    expect((await a.flux(ids.get('a_signer') as FluxId)).etat).toBe('a_signer');
    // still held: the person has settled a fate, not let sendings go
    expect((await a.flux(ids.get('pret') as FluxId)).etat).toBe('pret');
    await clore();
    await a.calme();
    for (const etat of ['pret', 'echec', 'depose'] as const)
      expect((await a.flux(ids.get(etat) as FluxId)).etat, etat).toBe('transmis');
    expect((await a.flux(ids.get('pret') as FluxId)).nomEnvoi).toBe(pret);
    expect((await a.flux(ids.get('echec') as FluxId)).nomEnvoi).toBe(echec);
    const noms = a.transport.envois.map((e) => e.nom);
    expect(noms.filter((nom) => nom === pret)).toHaveLength(1);
  });

  test('a receipt settles a fate under a name that was never known here', async () => {
    const ids = await dansChaqueEtat();
    await restaurer({ options: { antivirus: creerFakeAntivirus() } });
    for (const [etat, numero] of [
      ['depose', 'DEPOSE'],
      ['pret', 'PRET'],
    ] as const) {
      await a.recevoir(accuseDe(numero));
      const flux = await a.jusqua(ids.get(etat) as FluxId, 'acquitte');
      // the earliest that it can have left
      expect(flux.transmis).toBe(MARDI);
    }
  });

  test('cut short while fates are being doubted, the next start goes on', async () => {
    const ids = await dansChaqueEtat();
    const { sol } = a;
    await restaurer({ options: { antivirus: creerFakeAntivirus() } });
    const premiere = await sol.store.restaurations.derniere();
    a.abandonner();
    a = await creerAtelier({ sol, inscrire: false });
    expect(await sol.store.restaurations.derniere()).toEqual(premiere);
    const lignes = (await journal(SIREN)).filter((l) => l.includes('"ev":"SORT_PERDU"'));
    expect(lignes).toHaveLength(4);
    expect((await a.flux(ids.get('pret') as FluxId)).etat).toBe('incertain');
  });

  test('each chain says that it came back, and holds', async () => {
    await dansChaqueEtat();
    await restaurer();
    for (const org of await a.store.journal.chaines()) {
      const lignes = await journal(org);
      expect(verifierChaine(lignes)).toEqual([]);
      const ligne = lignes.findIndex((l) => l.includes('"ev":"RESTAURATION"'));
      expect(lignes[ligne]).toContain(`"motif":"derniere=${ligne}"`);
    }
  });
});

describe('what was deposited since the backup, and deposited again', () => {
  const PERDU = `034-${SIREN}-20260302-PERDU-DE`;

  test('the coffre still holds its archive: it waits for a person, and its receipt settles it', async () => {
    a = await creerAtelier();
    const nom = `VGM-TACT--${SIREN}--20260310-1.tar.gz`;
    await restaurer({ orphelins: [{ genre: 'archive', protocole: 'ACTES', identite: PERDU, nom }] });
    const [perdu, neuf] = [await a.depose('PERDU'), await a.depose('NEUF')];
    await clore();
    await a.calme();
    expect((await a.flux(neuf.id)).etat).toBe('transmis');
    expect((await a.flux(perdu.id)).etat).toBe('incertain');
    await a.recevoir(accuseDe('PERDU'));
    await a.jusqua(perdu.id, 'acquitte');
    expect(a.transport.envois).toHaveLength(1);
  });

  test('nothing is left of it, but the State answered: the same', async () => {
    a = await creerAtelier();
    await restaurer();
    await a.recevoir(accuseDe('PERDU'));
    await a.calme();
    const perdu = await a.depose('PERDU');
    await clore();
    await a.calme();
    expect((await a.flux(perdu.id)).etat).toBe('incertain');
    await nonRecu(perdu.id);
    await a.calme();
    // a person's word is asked for once
    expect((await a.flux(perdu.id)).etat).toBe('transmis');
  });

  test('a PES that Hélios answered, and that nobody has here any more', async () => {
    a = await creerAtelier();
    await restaurer();
    const entetes = { NomFic: 'PERDU', IdColl: siretDe(SIREN) };
    a.passerelle.sortie.set('ack.xml', acquit({ entetes, elements: bordereau('1', '1') }));
    await a.relever();
    await a.calme();
    const perdu = await a.deposePes('PERDU');
    await clore();
    await a.calme();
    expect((await a.flux(perdu.id)).etat).toBe('incertain');
    expect(a.passerelle.entree.size).toBe(0);
  });
});

test('numbers that the day had not given are not given again, whatever the collectivité', async () => {
  a = await creerAtelier();
  await a.depose('UN');
  await a.calme();
  await restaurer();
  const depart = apresRestauration((MARDI + HEURE) as Instant);
  await clore();
  const noms: string[] = [];
  for (const numero of ['DEUX', 'TROIS']) {
    const { id } = await a.depose(numero);
    noms.push((await a.jusqua(id, 'transmis')).nomEnvoi ?? '');
  }
  expect(noms).toEqual([1, 2].map((n) => `VGM-TACT--${SIREN}--20260310-${depart + n}.tar.gz`));
  // the series of the next day are their own
  await a.passer(24 * HEURE);
  const { id } = await a.depose('DEMAIN');
  expect((await a.jusqua(id, 'transmis')).nomEnvoi).toBe(`VGM-TACT--${SIREN}--20260311-1.tar.gz`);
});

test('what left between the backup and the restoration is in the tables that the State asks for, once it is proved', async () => {
  a = await creerAtelier();
  for (const destination of ['ACTES', 'HELIOS'])
    await a.gestes.destinations.suspendre(CTX, destination, 'essai');
  const [acte, doute, fichier] = [await a.depose('PROUVE'), await a.depose('DOUTE'), await a.deposePes('F2')];
  for (const { id } of [acte, doute, fichier]) await a.jusqua(id, 'pret');
  await restaurer();
  await a.recevoir(accuseDe('PROUVE'));
  await a.jusqua(acte.id, 'acquitte');
  await a.gestes.trancher(CTX, fichier.id, { decision: 'recu', motif: 'dit par la DGFiP' });
  const periode = { du: '2026-03-10', au: '2026-03-10' } as { du: Jour; au: Jour };
  const lire = async (table: AsyncIterable<string>): Promise<string[]> => {
    const lignes: string[] = [];
    for await (const ligne of table) lignes.push(ligne);
    return lignes.slice(1);
  };
  const actes = await lire(await a.gestes.exporterFonct05(CTX, periode));
  expect(actes).toHaveLength(1);
  expect(actes[0]).toContain('PROUVE');
  const trace = await lire(await a.gestes.tracerHelios(CTX, periode));
  expect(trace).toHaveLength(1);
  expect(trace[0]).toContain('parti avant la restauration de la base, à une heure inconnue');
});

test('the archive that a flux had since the backup is found in the coffre: it takes its name back', async () => {
  const antivirus = creerFakeAntivirus();
  a = await creerAtelier({ antivirus });
  antivirus.couper(true);
  const { id, identite } = await a.depose('RETROUVE');
  await a.calme();
  const nom = `VGM-TACT--${SIREN}--20260310-4.tar.gz`;
  const archive = { genre: 'archive', protocole: 'ACTES', identite, nom } as const;
  await restaurer({ orphelins: [archive] });
  expect(await a.flux(id)).toMatchObject({ etat: 'incertain', nomEnvoi: nom });
  const { pieces } = await a.gestes.montrer(CTX, id);
  expect(pieces.find((p) => p.role === 'archive')).toMatchObject({ nom, sha256: 'e'.repeat(64) });
});

test('a number that was given back, and given again since: the flux of the backup does not leave under it', async () => {
  a = await creerAtelier();
  await a.gestes.destinations.suspendre(CTX, 'ACTES', 'essai');
  const { id } = await a.depose('RENDU');
  const { nomEnvoi } = await a.jusqua(id, 'pret');
  await a.gestes.destinations.reprendre(CTX, 'ACTES');
  const autre = `034-${SIREN}-20260302-AUTRE-DE`;
  await restaurer({ orphelins: [{ genre: 'archive', protocole: 'ACTES', identite: autre, nom: nomEnvoi }] });
  await nonRecu(id);
  await clore();
  await a.calme();
  expect(await a.flux(id)).toMatchObject({ etat: 'pret', erreur: { code: 'VGM-TRA-012' } });
  expect(a.transport.envois).toEqual([]);
});

test('the receipt of a letter that was perhaps read in the other life does not leave by itself', async () => {
  a = await creerAtelier();
  const { id } = await a.depose('LETTRE');
  await a.jusqua(id, 'transmis');
  await a.recevoir(accuseDe('LETTRE'));
  await a.jusqua(id, 'acquitte');
  await restaurer();
  await a.recevoir(courrierDe('3-1', 'LETTRE'));
  await a.calme();
  await clore();
  await a.calme();
  const accuses = async () =>
    (await a.gestes.lister(CTX, { limite: 50 }))
      .filter((f) => f.resume['message'] === '3-2')
      .map((f) => f.etat);
  expect(await accuses()).toEqual(['incertain']);
  // one that comes afterwards is new
  await a.recevoir(courrierDe('3-1', 'LETTRE', { sel: 'autre', date: '2026-03-13' }));
  await a.calme();
  expect((await accuses()).toSorted()).toEqual(['incertain', 'transmis']);
});

test('« doublon » answered to a flux whose sendings were forgotten: only a person can say whose it is', async () => {
  a = await creerAtelier();
  await a.gestes.destinations.suspendre(CTX, 'HELIOS', 'essai');
  const { id } = await a.deposePes('F1');
  await a.jusqua(id, 'pret');
  await restaurer();
  const entetes = { NomFic: 'F1', IdColl: siretDe(SIREN) };
  const elements = bordereau('1', '0', erreur('ERREUR_DOUBLON_BORDEREAU'));
  a.passerelle.sortie.set('034079_260310160000-ACK-A0000001_A0000001_KO.xml', acquit({ entetes, elements }));
  await a.relever();
  await a.calme();
  expect((await a.flux(id)).etat).toBe('incertain');
  expect(await a.gestes.retours.lister(CTX, { etats: ['a_trancher'], limite: 9 })).toHaveLength(1);
});

test('a gateway that shows the file settles it', async () => {
  a = await creerAtelier();
  const { id } = await a.deposePes('VU');
  const { nomEnvoi } = await a.jusqua(id, 'transmis');
  const octets = a.passerelle.entree.get(nomEnvoi ?? '');
  expect(octets).toBeDefined();
  await a.fermer();
  a = await creerAtelier();
  await a.gestes.destinations.suspendre(CTX, 'HELIOS', 'essai');
  const meme = await a.deposePes('VU');
  await a.jusqua(meme.id, 'pret');
  a.passerelle.entree.set(nomEnvoi ?? '', octets ?? new Uint8Array());
  await restaurer();
  await a.passer(2 * HEURE);
  await a.calme();
  expect((await a.flux(meme.id)).etat).toBe('transmis');
});

test('closing is refused as long as an answer waits, or a source was not read; a reason is asked for', async () => {
  a = await creerAtelier();
  const { reconciliation } = a.gestes;
  const code = async (p: Promise<unknown>): Promise<string> =>
    p.then(
      () => 'rien',
      (e: { fiche: { code: string } }) => e.fiche.code,
    );
  const ordre = { sansAttendre: [], motif: null };
  expect(await reconciliation.montrer(CTX)).toBeNull();
  expect(await code(reconciliation.clore(CTX, ordre))).toBe('VGM-SAU-020');
  await restaurer();
  const ici = a.gestes.reconciliation;
  expect(await code(ici.clore(CTX, ordre))).toBe('VGM-SAU-021');
  expect(await code(ici.clore(CTX, { sansAttendre: ['imap:x'], motif: 'x' }))).toBe('VGM-SAU-022');
  expect(await code(ici.clore(CTX, { sansAttendre: ['dgfip:dgfip'], motif: ' ' }))).toBe('VGM-SAU-021');
  expect((await ici.montrer(CTX))?.empechements).toHaveLength(1);
  await clore();
  const lignes = (await a.store.journal.lignes('operateur', 1, 1000)).filter((l) =>
    l.includes('RECONCILIATION_CLOSE'),
  );
  expect(lignes).toHaveLength(1);
  expect(lignes[0]).toContain('sans_attendre=dgfip:dgfip : essai');
  expect(await code(ici.clore(CTX, ordre))).toBe('VGM-SAU-020');
  expect(OPERATEUR).toBe(CTX.portee);
});
