import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tirerCleSsh } from '../../src/banc/dgfip/cle-ssh.ts';
import { type Dgfip, demarrerDgfip } from '../../src/banc/dgfip/dgfip.ts';
import { creerLaboratoire, type Laboratoire, type ProcessusDemon } from '../../src/banc/laboratoire.ts';
import type { Etat } from '../../src/metier/etats.ts';
import type { ObjetJson } from '../../src/metier/flux.ts';
import { pes } from '../unit/helios/generateur.ts';
import { clock } from './monde.ts';

/** The real daemon before the simulated DGFiP, over SFTP and over FTP. */

const NORD = '213400016';
const SUD = '213400024';
/** Each collectivité leaves by its own gateway. */
const PASSERELLES = { [NORD]: 'sftp', [SUD]: 'ftp' } as const;
const COMPTE = { utilisateur: 'tdt', motDePasse: 'secret-d-essai' } as const;
const PIECES = [{ idUnique: 'P1' }];

interface FluxVu {
  readonly id: string;
  readonly etat: Etat;
  readonly identite: string;
  readonly nomEnvoi: string | null;
  readonly resume: Readonly<Record<string, unknown>>;
  readonly erreur: { readonly code: string; readonly message: string } | null;
}

let dossier: string;
let dgfip: Dgfip;
let labo: Laboratoire;
let demon: ProcessusDemon;
const deposes = new Map<string, { readonly id: string; readonly octets: Buffer }>();

beforeAll(async () => {
  dossier = mkdtempSync(join(tmpdir(), 'vgm-helios-'));
  const { privee: cleHote, empreinte } = tirerCleSsh();
  dgfip = await demarrerDgfip({
    dossier: join(dossier, 'dgfip'),
    clock,
    graine: 7,
    delaiReponseMs: [0, 50],
    tardMs: 1_500,
    sftp: { port: 0, cleHote, clePublique: '', ...COMPTE },
    ftp: { port: 0, tls: null, metadonnees: 'site', ...COMPTE },
  });
  const secret = join(dossier, 'secret');
  writeFileSync(secret, COMPTE.motDePasse);
  const commun = {
    hote: '127.0.0.1',
    utilisateur: COMPTE.utilisateur,
    secret_fichier: secret,
    dossier_depot: 'entree',
    dossier_retrait: 'sortie',
    concurrence: 4,
    stabilite_s: 0,
    periode_s: 0.25,
  };
  const passerelles = [
    { nom: 'sftp', mode: 'passtrans_sftp', port: dgfip.portSftp, empreintes: [empreinte], ...commun },
    // One folder of answers for both doors: fetched by one of them.
    { nom: 'ftp', mode: 'gateway', port: dgfip.portFtp, ...commun, releve: false },
  ];
  labo = await creerLaboratoire({
    dossier,
    clock,
    graine: 7,
    reglages: { helios: { passerelles }, moteur: { reprise_min_s: 0.1, reprise_max_s: 0.5 } },
  });
  demon = await labo.demarrerDemon();
  for (const [siren, passerelle] of Object.entries(PASSERELLES)) {
    const helios = {
      sirets: [`${siren}00012`],
      destination: 'VHPCE11',
      passerelle,
      signature: 'transmettre',
    };
    const r = await labo.client.envoyer('PUT', `/collectivites/${siren}`, { nom: siren, helios, ver: 0 });
    expect(r.statut, JSON.stringify(r.corps)).toBe(201);
  }
});
afterAll(async () => {
  await demon.arreter();
  await labo.fermer();
  await dgfip.arreter();
  rmSync(dossier, { recursive: true, force: true });
});

const empreinteDe = (octets: Buffer): string => createHash('sha256').update(octets).digest('hex');

function pesDe(nomFic: string, siren: string): Buffer {
  return pes({
    entetes: { NomFic: nomFic, IdColl: `${siren}00012` },
    depense: [{ idBord: '41', pieces: 2, pjRef: PIECES }, { idBord: '42' }],
    recette: [{ idBord: '7' }],
    pieces: PIECES,
  });
}

/** As a depositing software must do: the same key until an answer comes. */
async function deposer(nomFic: string, siren: string): Promise<string> {
  const octets = pesDe(nomFic, siren);
  for (let essai = 0; ; essai += 1) {
    const fichiers = [{ role: 'pes', nom: `${nomFic}.xml`, octets }] as const;
    const r = await labo.client
      .deposer({ siren, protocole: 'HELIOS', metadonnees: {}, fichiers, cle: nomFic })
      .catch(() => null);
    if (r !== null && r.statut < 300) {
      const { id } = r.corps['flux'] as unknown as FluxVu;
      deposes.set(nomFic, { id, octets });
      return id;
    }
    if (r !== null && r.statut < 500) throw new TypeError(JSON.stringify(r.corps));
    if (essai > 1_000) throw new TypeError(`deposit of ${nomFic} never answered`);
    await clock.sleep(20);
  }
}

const corps = async (chemin: string): Promise<ObjetJson> => (await labo.client.lire(chemin)).corps;
const voir = async (id: string) => (await corps(`/flux/${id}`))['flux'] as unknown as FluxVu;

async function jusqua(id: string, ...etats: readonly Etat[]): Promise<FluxVu> {
  const limite = clock.now() + 45_000;
  for (;;) {
    const vu = await voir(id);
    if (etats.includes(vu.etat)) return vu;
    if (clock.now() > limite) throw new TypeError(`${vu.identite} is ${vu.etat}: ${JSON.stringify(vu)}`);
    await clock.sleep(50);
  }
}

/** What is expected of each end of NomFic; the code of the first refusal when there is one. */
const FINS: readonly (readonly [fin: string, etat: Etat, code?: string])[] = [
  ['', 'acquitte'],
  ['_V1', 'acquitte'],
  ['_UTF8', 'acquitte'],
  ['_TARD', 'acquitte'],
  ['_DOUBLE', 'acquitte'],
  ['_RETOUR', 'acquitte'],
  ['_KO', 'anomalie', 'ERREUR_CODE_COLLECTIVITE_BUDGET'],
  ['_NACK', 'anomalie', 'ERREUR_CODE_COLLECTIVITE_BUDGET'],
  ['_KOTEMPS', 'anomalie', 'ERREUR_TIMEOUT'],
  ['_KOBORD', 'acquitte_partiel', 'ERREUR_DOUBLON_BORDEREAU'],
  ['_KOPIECE', 'acquitte_partiel', 'ERREUR_AUTRE'],
  ['_KOLIGNE', 'acquitte_partiel', 'ERREUR_AUTRE'],
  ['_KOSIG', 'acquitte_partiel', 'ERREUR_SIGNATURE_BORDEREAU_INVALIDE'],
  ['_KOPJ', 'acquitte_partiel', 'ERREUR_DOUBLON_PJ'],
  ['_PLEIN', 'acquitte'],
  ['_SANSNOM', 'acquitte'],
  ['_COUPE', 'acquitte'],
  ['_COUPEA', 'acquitte'],
  ['_ORPHELIN', 'transmis'],
  ['_MUET', 'transmis'],
];

describe.each([
  ['SFTP', NORD],
  ['FTP', SUD],
])('over %s', (_, siren) => {
  test('each scenario of the DGFiP comes to the state that it calls for', async () => {
    const ids = await Promise.all(FINS.map(([fin]) => deposer(`L${siren}${fin}`, siren)));
    for (const [rang, [fin, etat, code]] of FINS.entries()) {
      const vu = await jusqua(ids[rang] ?? '', etat);
      expect(vu.erreur?.code, fin).toBe(code);
      expect(vu.nomEnvoi, fin).toMatch(new RegExp(`^PESALR2_${siren}_[0-9]{6}_[0-9]{3}\\.xml$`));
    }
    const partiel = await voir(ids[FINS.findIndex(([fin]) => fin === '_KOBORD')] ?? '');
    expect(partiel.resume['confrontation']).toMatchObject({
      bordereaux: [
        { domaine: 'depense', numero: '41', sort: 'doublon' },
        { domaine: 'depense', numero: '42', sort: 'accepte' },
        { domaine: 'recette', numero: '7', sort: 'accepte' },
      ],
      pieces: [{ idUnique: 'P1', sort: 'accepte' }],
    });
  });

  test('the PES Retour reaches its collectivité, and the answer to nobody waits for a person', async () => {
    const { corps: liste } = await labo.client.lire('/flux?protocole=HELIOS&etat=recu&limite=1000');
    const recus = (liste['flux'] as unknown as (FluxVu & { collectivite: string })[]).filter(
      (f) => f.collectivite === siren,
    );
    // One per domain of the PES whose scenario asks for it.
    expect(recus.map((f) => f.resume['genre'])).toEqual(['PES_Retour', 'PES_Retour']);
    const { retours } = await corps('/retours?etat=a_trancher&limite=1000');
    const motifs = (retours as unknown as { motif: string; nom: string }[]).map((r) => r.motif);
    expect(motifs.filter((m) => m.includes('AUTRE_EDITEUR_0001')).length).toBeGreaterThan(0);
  });

  test('deposited again: refused, and the first flux is named', async () => {
    const { id, octets } = deposes.get(`L${siren}`) ?? expect.fail('not deposited');
    const r = await labo.client.deposer({
      siren,
      protocole: 'HELIOS',
      metadonnees: {},
      fichiers: [{ role: 'pes', nom: 'encore.xml', octets }],
    });
    expect(r.statut).toBe(422);
    expect(JSON.stringify(r.corps['anomalies'])).toContain(id);
  });
});

test('held back on order, told by diagnostiquer, then let go', async () => {
  const ordonner = (ordre: string, json: ObjetJson) =>
    labo.client.envoyer('POST', `/destinations/${encodeURIComponent('HELIOS:sftp')}/${ordre}`, json);
  expect((await ordonner('suspendre', { motif: 'demande de la DGFiP' })).statut).toBe(200);
  const id = await deposer('RETENU', NORD);
  const autre = await deposer('AILLEURS', SUD);
  await jusqua(autre, 'acquitte');
  expect(await voir(id)).toMatchObject({ etat: 'pret', erreur: { code: 'VGM-TRA-009' } });
  const { sujets } = await corps('/diagnostic');
  const constats = new Map(
    (sujets as unknown as { sujet: string; etat: string }[]).map((s) => [s.sujet, s.etat]),
  );
  expect([constats.get('émission'), constats.get('passerelle sftp'), constats.get('passerelle ftp')]).toEqual(
    ['attention', 'bon', 'bon'],
  );
  expect(constats.get('boîte dgfip:sftp')).toBe('bon');
  expect((await ordonner('reprendre', {})).statut).toBe(200);
  // Looked at again within a minute: an order is rare, a thousand files that wait are not.
  await labo.client.envoyer('POST', `/flux/${id}/abandonner`, { motif: 'fin de l’essai' });
});

/** As a person does: asks the DGFiP, whose register answers; what it holds is settled by its acquittement. */
async function trancher(id: string, octets: Buffer): Promise<void> {
  if (dgfip.registre.evenements().some((e) => e.type === 'pris' && e.sha256 === empreinteDe(octets))) return;
  const reponse = { decision: 'non_recu', motif: 'la DGFiP n’a rien' };
  await labo.client.envoyer('POST', `/flux/${id}/trancher`, reponse);
}

test('killed five times under load: nothing is lost, nothing is sent twice, by the register of the DGFiP', async () => {
  const frapper = async () => {
    for (let coup = 0; coup < 5; coup += 1) {
      await clock.sleep(120 + coup * 90);
      await demon.tuer();
      demon = await labo.demarrerDemon();
    }
  };
  const noms = Array.from(
    { length: 40 },
    (_, n) => [`K${n}${n % 8 === 5 ? '_COUPEA' : ''}`, n % 2 ? SUD : NORD] as const,
  );
  const file = [...noms];
  const deposant = async () => {
    for (let suivant = file.shift(); suivant !== undefined; suivant = file.shift()) await deposer(...suivant);
  };
  await Promise.all([frapper(), deposant(), deposant(), deposant()]);
  for (const [nom] of noms) {
    const { id, octets } = deposes.get(nom) ?? expect.fail(nom);
    const { etat } = await jusqua(id, 'acquitte', 'incertain');
    if (etat === 'incertain') await trancher(id, octets);
    await jusqua(id, 'acquitte');
  }
  await dgfip.attendreVide();
  await labo.client.envoyer('POST', '/releve', {});
  const envoyes = [...deposes]
    .filter(([nom]) => nom !== 'RETENU')
    .map(([, { octets }]) => empreinteDe(octets));
  expect(dgfip.registre.confronter(envoyes)).toEqual({ perdus: [], doubles: [], inattendus: [], nonLus: [] });
  expect((await corps('/journal/verification'))['intact']).toBe(true);
}, 120_000);
