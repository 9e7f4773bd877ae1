import { join, resolve } from 'node:path';
import { type EtatReglages, reglagesACopier, type Services } from './aides.ts';
import type { EvenementDgfip } from './dgfip/registre.ts';
import { CHEMIN_ORDRES } from './porte.ts';
import type { EvenementMinistere } from './registre.ts';

/** What the simulator says: where it listens, with what to speak to it, then each thing that happens. */

const ADRESSE = '127.0.0.1';

/** The first line of `--json`. */
export function annonceJson(services: Services, reglages: EtatReglages): object {
  const { dossier, prefecture, dgfip } = services;
  return {
    type: 'ouvert',
    url: prefecture?.url ?? null,
    ordres: prefecture === null ? null : new URL(CHEMIN_ORDRES, prefecture.url).href,
    dossier,
    reglages,
    dgfip:
      dgfip === null
        ? null
        : {
            adresse: ADRESSE,
            sftp: dgfip.portes.portSftp,
            ftps: dgfip.portes.portFtps,
            ftp: dgfip.portes.portFtp,
            utilisateur: dgfip.acces.utilisateur,
            secret_fichier: resolve(dgfip.acces.fichiers.secret),
            cle_fichier: resolve(dgfip.acces.fichiers.cle),
            empreinte: dgfip.acces.empreinte,
          },
    aCopier: reglagesACopier(services),
  };
}

const SIMPLE = /^[\w./:@=-]+$/;

/** One word of a shell, whatever the path holds. */
function mot(texte: string): string {
  return SIMPLE.test(texte) ? texte : `'${texte.replaceAll("'", String.raw`'\''`)}'`;
}

function lignesDgfip({ dgfip, dossier }: Services): string[] {
  if (dgfip === null) return [];
  const { portes, acces } = dgfip;
  const hotes = resolve(join(dossier, 'dgfip', 'acces', 'known_hosts'));
  // ssh cuts its own words after the shell has
  const connus = mot(`UserKnownHostsFile=${SIMPLE.test(hotes) ? hotes : `"${hotes}"`}`);
  return [
    `DGFiP simulée ouverte sur ${ADRESSE} : SFTP ${portes.portSftp}, FTPS ${portes.portFtps}, FTP ${portes.portFtp}.`,
    `  Dépôts dans « entree », réponses dans « sortie » : une réponse lue est oubliée.`,
    `  Compte « ${acces.utilisateur} » ; mot de passe dans ${resolve(acces.fichiers.secret)}`,
    `  Clé privée admise en SFTP : ${resolve(acces.fichiers.cle)}`,
    `  Clé d’hôte SFTP : ${acces.empreinte}`,
    `  À la main : sftp -P ${portes.portSftp} -i ${mot(resolve(acces.fichiers.cle))} -o ${connus} ${acces.utilisateur}@${ADRESSE}`,
  ];
}

function lignesPrefecture({ prefecture, dossier }: Services): string[] {
  if (prefecture === null) return [];
  const { url, smtp } = prefecture;
  const pki = (nom: string): string => mot(resolve(join(dossier, 'pki', nom)));
  const tls = `--cacert ${pki('ca.pem')} --cert ${pki('client.pem')} --key ${pki('client.key')}`;
  const adresse = mot(new URL(CHEMIN_ORDRES, url).href);
  return [
    `Préfecture simulée ouverte sur ${url} ; réponses par SMTP à ${smtp.hote}:${smtp.port}.`,
    `  Classification à importer : ${join(dossier, 'classification-7-2.xml')}`,
    `  Lui faire écrire : curl ${tls} -d '{"ordre":"courrier","code":"3-1","acte":"NUMERO"}' ${adresse}`,
  ];
}

/** For a person: where it listens, how to start a daemon that speaks to it, and the settings to paste elsewhere. */
export function accueil(services: Services, reglages: EtatReglages): string[] {
  const fichier = join(services.dossier, 'vaguemestre.toml');
  const differents = `${fichier} existait et n’est pas réécrit ; il ne nomme pas tout ce qui est ouvert ici : y coller les réglages ci-dessous, ou l’effacer et relancer.`;
  return [
    ...lignesPrefecture(services),
    ...lignesDgfip(services),
    'Scénarios : la fin du numéro d’un acte, ou du NomFic d’un PES ; « vaguemestre simulateur --help » les donne.',
    reglages === 'differents'
      ? differents
      : `Démon prêt à leur parler : vaguemestre demarrer --config ${mot(fichier)}`,
    'Pour un autre démon de cette machine, coller ces réglages dans les siens :',
    '',
    ...reglagesACopier(services).split('\n'),
    '',
  ];
}

const pour = ({ idActe }: EvenementMinistere): string => (idActe === '' ? '' : ` pour ${idActe}`);

const ACTES: Readonly<Record<EvenementMinistere['type'], (e: EvenementMinistere) => string>> = {
  accepte: () => 'archive acceptée',
  double: () => 'archive reçue EN DOUBLE',
  non_pris: () => 'archive non prise (scénario)',
  refuse: () => 'archive refusée',
  verdict: (e) => `réponse ${e.message} décidée${pour(e)}`,
  message: (e) => `message ${e.message}${e.date === '' ? '' : ` (${e.date})`} rangé${pour(e)}`,
  courrier: (e) => `courrier ${e.message} du ${e.date} écrit${pour(e)}`,
  classification: (e) => `classification du ${e.date} en vigueur`,
  courriel: (e) => `courriel ${e.message} envoyé${pour(e)}`,
  courriel_perdu: (e) => `courriel ${e.message} impossible à remettre${pour(e)}`,
};

const PES: Readonly<Record<EvenementDgfip['type'], string>> = {
  pris: 'PES pris',
  double: 'PES reçu EN DOUBLE',
  non_pris: 'PES non pris (scénario)',
  refuse: 'fichier refusé',
  publie: 'réponse prête',
  lu: 'réponse lue, oubliée',
};

/** One line for a person. */
export function phrase(e: EvenementMinistere | EvenementDgfip): string {
  const quoi = 'nomFic' in e ? `${PES[e.type]}${e.nomFic === '' ? '' : ` : ${e.nomFic}`}` : ACTES[e.type](e);
  const scenario = e.scenario === 'NORMAL' ? '' : ` [${e.scenario}]`;
  const detail = e.detail === '' ? '' : ` : ${e.detail}`;
  return `${new Date(e.quand).toISOString()} ${e.nom} ${quoi}${scenario}${detail}`;
}
