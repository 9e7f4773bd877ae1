import { constants } from 'node:fs';
import { access, readdir, readFile } from 'node:fs/promises';
import { erreurConfig } from '../metier/catalogue/config.ts';
import { creerDossiers } from './dossiers.ts';
import type { Config } from './manifest.ts';

/** Files and folders that the settings name: looked at before anything is opened, and all told at once. */

const RAISONS: Readonly<Record<string, string>> = {
  ENOENT: 'fichier absent',
  EACCES: 'droits insuffisants',
  EPERM: 'droits insuffisants',
  EISDIR: 'c’est un dossier',
  ENOTDIR: 'un élément du chemin n’est pas un dossier',
  EEXIST: 'un fichier occupe ce chemin',
  EROFS: 'volume en lecture seule',
  ENOSPC: 'plus de place sur le volume',
  ELOOP: 'lien symbolique qui tourne en rond',
};

/** French reason of a refusal of the file system; its code when it has no wording here. */
export function raisonDe(erreur: unknown): string {
  const code = erreur instanceof Error && 'code' in erreur ? String(erreur.code) : 'illisible';
  // all that is above was made, or stood (`creerDossiers`)
  if (code === 'ENOENT' && (erreur as NodeJS.ErrnoException).syscall === 'mkdir')
    return 'le système n’y admet aucun dossier';
  return RAISONS[code] ?? code;
}

interface Nomme {
  readonly reglage: string;
  readonly fichier: string;
}

/** Is it in use, its name, its files. */
type Groupe = readonly [boolean, string, Readonly<Record<string, string>>];

/** Servers that keep what several daemons share. */
function partages({ coffre, repartition, stockage }: Config): Groupe[] {
  return [
    [
      stockage.type === 'postgres',
      'stockage.postgres',
      { secret_fichier: stockage.postgres.secret_fichier, autorites: stockage.postgres.autorites },
    ],
    [
      coffre.type === 's3',
      'coffre.s3',
      { secret_fichier: coffre.s3.secret_fichier, autorites: coffre.s3.autorites },
    ],
    [
      repartition.type === 'bullmq',
      'repartition.redis',
      { secret_fichier: repartition.redis.secret_fichier, autorites: repartition.redis.autorites },
    ],
  ];
}

/** What the settings in use name: nothing is asked of a door that stays shut. */
function nommes(config: Config): Nomme[] {
  const { api, actes, helios, reception, notification } = config;
  const { ministere: m } = actes;
  const groupes: Groupe[] = [
    ...partages(config),
    [api.port !== 0, 'api', { certificat: api.certificat, cle: api.cle }],
    [
      m.url !== '',
      'actes.ministere',
      { certificat: m.certificat, cle: m.cle, secret_fichier: m.secret_fichier, autorites: m.autorites },
    ],
    ...helios.passerelles.map(
      (p, i) =>
        [
          true,
          `helios.passerelles[${i}]`,
          { secret_fichier: p.secret_fichier, cle_fichier: p.cle_fichier, autorites: p.autorites },
        ] as const,
    ),
    ...helios.cles.map(({ p12, secret_fichier, certificat, client_certificat, client_cle, autorites }, i) => {
      const fichiers = { p12, secret_fichier, certificat, client_certificat, client_cle, autorites };
      return [true, `helios.cles[${i}]`, fichiers] as const;
    }),
    [
      reception.smtp.actif,
      'reception.smtp',
      { certificat: reception.smtp.certificat, cle: reception.smtp.cle },
    ],
    ...reception.imap.map(
      (b, i) =>
        [true, `reception.imap[${i}]`, { secret_fichier: b.secret_fichier, autorites: b.autorites }] as const,
    ),
    [true, 'notification.webhook', { autorites: notification.webhook.autorites }],
    [
      notification.courriel.hote !== '',
      'notification.courriel',
      {
        secret_fichier: notification.courriel.secret_fichier,
        autorites: notification.courriel.autorites,
      },
    ],
  ];
  return groupes.flatMap(([employe, groupe, fichiers]) =>
    Object.entries(fichiers)
      .filter(([, fichier]) => employe && fichier !== '')
      .map(([nom, fichier]) => ({ reglage: `${groupe}.${nom}`, fichier })),
  );
}

function ligne({ reglage, fichier }: Nomme, cause: unknown): string {
  return `- ${reglage} : ${fichier} (${raisonDe(cause)}).`;
}

/** Throws VGM-CFG-004 with every file that the settings in use name and that cannot be read. */
export async function verifierFichiers(config: Config): Promise<void> {
  const problemes = await Promise.all(
    nommes(config).map((n) =>
      readFile(n.fichier).then(
        () => [],
        (cause: unknown) => [ligne(n, cause)],
      ),
    ),
  );
  if (problemes.flat().length > 0) {
    throw erreurConfig('VGM-CFG-004', { problemes: problemes.flat().join('\n') });
  }
}

/** Text of the file that a setting names; empty when it names none. Throws VGM-CFG-004. */
export async function lireReglage(reglage: string, fichier: string): Promise<string> {
  if (fichier === '') return '';
  try {
    return await readFile(fichier, 'utf8');
  } catch (origine) {
    throw erreurConfig('VGM-CFG-004', { problemes: ligne({ reglage, fichier }, origine) }, origine);
  }
}

/** Makes the data folder when it is not there. Throws VGM-CFG-006 when it cannot be written. */
export async function preparerDonnees(dossier: string): Promise<void> {
  try {
    creerDossiers(dossier, 0o700);
    await access(dossier, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (origine) {
    throw erreurConfig('VGM-CFG-006', { dossier, raison: raisonDe(origine) }, origine);
  }
}

/** Throws VGM-CFG-007 when the folder holds no schema. */
export async function verifierSchemas(dossier: string): Promise<void> {
  const noms = await readdir(dossier, { recursive: true }).catch((origine: NodeJS.ErrnoException) => {
    const raison = origine.code === 'ENOENT' ? 'dossier absent' : raisonDe(origine);
    throw erreurConfig('VGM-CFG-007', { dossier, raison }, origine);
  });
  if (!noms.some((nom) => nom.endsWith('.xsd'))) {
    throw erreurConfig('VGM-CFG-007', { dossier, raison: 'aucun fichier .xsd' });
  }
}
