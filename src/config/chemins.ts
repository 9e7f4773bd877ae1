import { join, resolve } from 'node:path';
import type { Config } from './manifest.ts';

/** Settings that are paths. `[]` stands for each element of a list. Held equal to the manifest by test. */
export const CHEMINS: readonly string[] = [
  'donnees',
  'stockage.postgres.secret_fichier',
  'stockage.postgres.autorites',
  'coffre.secours',
  'coffre.s3.secret_fichier',
  'coffre.s3.autorites',
  'coffre.s3.brouillons',
  'repartition.redis.secret_fichier',
  'repartition.redis.autorites',
  'api.socket',
  'api.certificat',
  'api.cle',
  'actes.ministere.certificat',
  'actes.ministere.cle',
  'actes.ministere.secret_fichier',
  'actes.ministere.autorites',
  'helios.passerelles[].secret_fichier',
  'helios.passerelles[].cle_fichier',
  'helios.passerelles[].autorites',
  'helios.cles[].p12',
  'helios.cles[].secret_fichier',
  'helios.cles[].certificat',
  'helios.cles[].client_certificat',
  'helios.cles[].client_cle',
  'helios.cles[].autorites',
  'reception.smtp.certificat',
  'reception.smtp.cle',
  'reception.imap[].autorites',
  'reception.imap[].secret_fichier',
  'reception.maildir[].dossier',
  'notification.webhook.autorites',
  'notification.courriel.secret_fichier',
  'notification.courriel.autorites',
  'confiance.dossier',
  'confiance.fichiers',
  'confiance.politiques',
];

type Groupe = Record<string, unknown>;

/** Changes in place (the copy made by the caller) the strings found at a dotted name, wherever lists multiply them. */
function changer(groupe: Groupe, noms: readonly string[], f: (texte: string) => string): void {
  const [premier = '', ...suite] = noms;
  const liste = premier.endsWith('[]');
  const nom = liste ? premier.slice(0, -2) : premier;
  const valeur = groupe[nom];
  if (liste) {
    for (const element of valeur as Groupe[]) changer(element, suite, f);
  } else if (suite.length > 0) {
    changer(valeur as Groupe, suite, f);
  } else if (Array.isArray(valeur)) {
    groupe[nom] = valeur.map((texte) => f(String(texte)));
  } else if (typeof valeur === 'string' && valeur !== '') {
    groupe[nom] = f(valeur);
  }
}

/**
 * @param dossier gives the folder that relative paths of a setting start from.
 * @returns a copy whose paths are absolute. Empty ones stay empty: they mean « none ».
 */
export function rendreAbsolus(config: Config, dossier: (cle: string) => string): Config {
  const copie = structuredClone(config);
  for (const cle of CHEMINS) {
    const origine = cle.replace(/\[\].*$/, '');
    changer(copie as Groupe, cle.split('.'), (texte) => resolve(dossier(origine), texte));
  }
  const { adresse } = copie.antivirus;
  if (adresse.startsWith('./')) copie.antivirus.adresse = resolve(dossier('antivirus.adresse'), adresse);
  return copie;
}

/** Folder of the trust store, whose default hangs on the data folder. */
export function dossierConfiance(config: Config): string {
  return config.confiance.dossier === '' ? join(config.donnees, 'confiance') : config.confiance.dossier;
}

/** Folder of the pieces, when they are on this machine. */
export function dossierCoffre(config: Config): string {
  return join(config.donnees, 'coffre');
}

/** Drafts of what an object store will receive, whose default hangs on the data folder. */
export function dossierBrouillons(config: Config): string {
  const { brouillons } = config.coffre.s3;
  return brouillons === '' ? join(config.donnees, 'brouillons') : brouillons;
}

/** Folder of the schema packs of HELIOS. */
export function dossierSchemas(config: Config): string {
  return join(config.donnees, 'schemas', 'helios');
}

/** Path of the operator's socket, whose default hangs on the data folder. */
export function cheminSocket(config: Config): string {
  return config.api.socket === '' ? join(config.donnees, 'vaguemestre.sock') : config.api.socket;
}
