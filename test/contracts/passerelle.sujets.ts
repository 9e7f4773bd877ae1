import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Delais } from '../../src/adapters/passerelle/delais.ts';
import { creerFakePasserelle } from '../../src/adapters/passerelle/fake.ts';
import { creerPasserelleFtp, type OptionsFtp } from '../../src/adapters/passerelle/ftp.ts';
import { creerPasserelleSftp, type OptionsSftp } from '../../src/adapters/passerelle/sftp.ts';
import { tirerCleSsh } from '../../src/banc/dgfip/cle-ssh.ts';
import { type Dgfip, demarrerDgfip, type OptionsDgfip } from '../../src/banc/dgfip/dgfip.ts';
import type { PkiEssai } from '../../src/banc/pki.ts';
import type { EnvoiPes, Passerelle } from '../../src/ports/passerelle.ts';
import type { Ftpd } from '../serveurs/ftpd.ts';
import type { Sshd } from '../serveurs/sshd.ts';
import type { SujetPasserelle } from './passerelle.contract.ts';
import { horloge, lirePaire } from './transport-portes.ts';

/** Generous: only the tests of the limits shorten them. Milliseconds. */
export const DELAIS: Delais = {
  connexionMs: 20_000,
  reponseMs: 20_000,
  silenceMs: 20_000,
  debitMin: 1_000,
  reposMs: 5_000,
};

const COMMUNS = {
  nom: 'essai',
  hote: '127.0.0.1',
  dossierDepot: 'entree',
  dossierRetrait: 'sortie',
  provisoire: '{nom}.part',
  retrait: 'client',
  delais: DELAIS,
} as const;

export function optionsSftp(sshd: Sshd, suite: Partial<OptionsSftp> = {}): OptionsSftp {
  return {
    ...COMMUNS,
    port: sshd.port,
    utilisateur: sshd.utilisateur,
    empreintes: [sshd.empreinte],
    metadonnees: 'nom',
    secret: { type: 'cle', fichier: sshd.cle },
    battementMs: 5_000,
    ...suite,
  };
}

export function optionsFtp(ftpd: Ftpd, suite: Partial<OptionsFtp> = {}): OptionsFtp {
  return {
    ...COMMUNS,
    hote: suite.tls === 'explicite' ? 'localhost' : '127.0.0.1',
    port: ftpd.port,
    utilisateur: ftpd.utilisateur,
    secretFichier: ftpd.secretFichier,
    tls: 'aucun',
    autorites: '',
    metadonnees: 'aucune',
    ...suite,
  };
}

export function passerelleSftp(sshd: Sshd, suite: Partial<OptionsSftp> = {}) {
  return creerPasserelleSftp(optionsSftp(sshd, suite), { clock: horloge });
}

export function passerelleFtp(ftpd: Ftpd, suite: Partial<OptionsFtp> = {}) {
  return creerPasserelleFtp(optionsFtp(ftpd, suite), { clock: horloge });
}

export function contenuDe(dossier: string): Map<string, Buffer> {
  return new Map(readdirSync(dossier).map((nom) => [nom, readFileSync(join(dossier, nom))]));
}

export function nomPasstrans({ metadonnees: m, nomDistant }: EnvoiPes): string {
  return `${m.dest}%%${m.appli}%%${m.msg}%%${nomDistant}`;
}

/** What both folders of a real server hold, and the hand of its owner. */
export function dossiersDe(
  racine: string,
): Omit<SujetPasserelle, 'passerelle' | 'nomFinal' | 'oublie' | 'fermer'> {
  const entree = join(racine, 'entree');
  const sortie = join(racine, 'sortie');
  return {
    entree: async () => contenuDe(entree),
    async laisser(nom, octets) {
      writeFileSync(join(entree, nom), octets);
      chmodSync(join(entree, nom), 0o666);
    },
    async offrir(nom, octets) {
      // As a careful peer does: never half a file under its name.
      writeFileSync(join(racine, 'en-cours'), octets);
      renameSync(join(racine, 'en-cours'), join(sortie, nom));
    },
    reprendre: async (nom) => rmSync(join(sortie, nom)),
    attente: async () => readdirSync(sortie),
    async vider() {
      for (const dossier of [entree, sortie]) {
        // As bytes: a test may have left a name that is no text.
        for (const nom of readdirSync(dossier, { encoding: 'buffer' })) {
          rmSync(Buffer.concat([Buffer.from(`${dossier}/`), nom]), { recursive: true });
        }
      }
      mkdirSync(join(sortie, 'un-dossier'));
    },
  };
}

export async function sujetFake(): Promise<SujetPasserelle> {
  const fake = creerFakePasserelle(horloge);
  const poser = (ou: Map<string, Uint8Array>) => async (nom: string, octets: Buffer) =>
    void ou.set(nom, octets);
  return {
    passerelle: fake,
    nomFinal: (envoi) => envoi.nomDistant,
    entree: async () => new Map([...fake.entree].map(([nom, octets]) => [nom, Buffer.from(octets)])),
    laisser: poser(fake.entree),
    offrir: poser(fake.sortie),
    reprendre: async (nom) => void fake.sortie.delete(nom),
    attente: async () => [...fake.sortie.keys()],
    async vider() {
      fake.entree.clear();
      fake.sortie.clear();
    },
    oublie: 'jamais',
    fermer: () => fake.fermer(),
  };
}

/** The simulated DGFiP on both its doors, in its own folder. */
export async function scenePasserelle(
  suite: Partial<OptionsDgfip> = {},
  pki?: PkiEssai,
): Promise<SceneDgfip> {
  const dossier = mkdtempSync(join(tmpdir(), 'vgm-dgfip-'));
  const { privee: cleHote, empreinte } = tirerCleSsh();
  const secretFichier = join(dossier, 'secret');
  writeFileSync(secretFichier, 'secret-d-essai');
  const compte = { utilisateur: 'tdt', motDePasse: 'secret-d-essai' };
  const tls = pki === undefined ? null : lirePaire(pki, 'ministere');
  const dgfip = await demarrerDgfip({
    dossier: join(dossier, 'dgfip'),
    clock: horloge,
    graine: 1,
    delaiReponseMs: 0,
    sftp: { port: 0, cleHote, clePublique: '', ...compte },
    ftp: { port: 0, tls, metadonnees: tls === null ? 'site' : 'site_meta', ...compte },
    ...suite,
  });
  const commun = { ...COMMUNS, utilisateur: compte.utilisateur, retrait: 'passerelle' } as const;
  return {
    dgfip,
    empreinte,
    racine: join(dossier, 'dgfip'),
    sftp: (autres = {}) =>
      creerPasserelleSftp(
        {
          ...commun,
          port: dgfip.portSftp,
          empreintes: [empreinte],
          metadonnees: 'nom',
          secret: { type: 'mot_de_passe', fichier: secretFichier },
          battementMs: 5_000,
          ...autres,
        },
        { clock: horloge },
      ),
    ftp: (autres = {}) =>
      creerPasserelleFtp(
        {
          ...commun,
          hote: tls === null ? '127.0.0.1' : 'localhost',
          port: dgfip.portFtp,
          secretFichier,
          tls: tls === null ? 'aucun' : 'explicite',
          autorites: pki === undefined ? '' : readFileSync(pki.ca, 'utf8'),
          metadonnees: tls === null ? 'site' : 'site_meta',
          ...autres,
        },
        { clock: horloge },
      ),
    async fermer() {
      await dgfip.arreter();
      rmSync(dossier, { recursive: true, force: true });
    },
  };
}

export interface SceneDgfip {
  readonly dgfip: Dgfip;
  /** Of its host key over SFTP. */
  readonly empreinte: string;
  readonly racine: string;
  sftp(suite?: Partial<OptionsSftp>): Passerelle;
  ftp(suite?: Partial<OptionsFtp>): Passerelle;
  fermer(): Promise<void>;
}
