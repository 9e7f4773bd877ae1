import { ADMINISTRATION } from './operations-administration.ts';
import { ACTES } from './operations-actes.ts';
import { FILES } from './files.ts';
import { ECHANGES } from './operations-echanges.ts';
import { LOTS } from './operations-lots.ts';
import { RECONCILIATIONS } from './operations-reconciliation.ts';
import type { Operation } from './operation.ts';
import * as formes from './formes.ts';
import { binaire, CLE_IDEMPOTENCE, REPONSE_DEPOT, unFlux } from './operation-parties.ts';
import { listeDe, objet, renvoi } from './schemas.ts';

type Schema = Readonly<Record<string, unknown>>;

const unRetour = objet({ retour: renvoi('Retour') });
const suite: Schema = { type: ['string', 'null'], description: 'à redonner dans « avant » ; null : fin' };
const mot: Schema = { type: 'string' };

const DEPOT: Schema = {
  type: 'object',
  description:
    'ACTES : « document », les « annexe », et les « signature » qu’ils désignent. HELIOS : « pes », seul.',
  required: ['demande'],
  properties: {
    demande: {
      type: 'object',
      description: 'JSON {protocole, collectivite, metadonnees, corrige} ; un PES n’a pas de métadonnées.',
      properties: {
        protocole: { enum: ['ACTES', 'HELIOS'], default: 'ACTES' },
        collectivite: { type: 'string', pattern: '^[0-9]{9}$' },
        metadonnees: { type: 'object' },
        corrige: { type: 'string', format: 'uuid', description: 'flux, déjà répondu, que celui-ci corrige' },
      },
    },
    document: binaire,
    annexe: listeDe(binaire),
    signature: listeDe(binaire),
    pes: binaire,
  },
};

const depot: readonly Operation[] = [
  {
    id: 'deposer',
    famille: 'Flux',
    methode: 'post',
    chemin: '/flux',
    resume: 'Déposer un document. 201 : nouveau flux ; 200 : répétition du même dépôt, ou essai à blanc.',
    requete: formes.optionsDepot,
    entetes: [CLE_IDEMPOTENCE],
    corpsBrut: { types: ['multipart/form-data'], schema: DEPOT },
    statut: 201,
    rend: 'Le flux créé ; les anomalies qui restent sont des avertissements.',
    reponse: REPONSE_DEPOT,
  },
];

const flux: readonly Operation[] = [
  {
    id: 'listerFlux',
    famille: 'Flux',
    methode: 'get',
    chemin: '/flux',
    resume: 'Lister les flux, du plus récent au plus ancien.',
    requete: formes.filtreFlux,
    statut: 200,
    rend: 'Une page de flux.',
    reponse: objet({ flux: listeDe(renvoi('Flux')), suite }),
  },
  {
    id: 'compterFlux',
    famille: 'Flux',
    methode: 'get',
    chemin: '/etats',
    resume: 'Compter les flux par état.',
    statut: 200,
    rend: 'Un nombre par état.',
    reponse: objet({ etats: { type: 'object', additionalProperties: { type: 'integer' } } }),
  },
  {
    id: 'montrerFlux',
    famille: 'Flux',
    methode: 'get',
    chemin: '/flux/{id}',
    resume: 'Montrer un flux : pièces, chronologie, notifications, flux qui le citent.',
    statut: 200,
    rend: 'Le flux et ce qui s’y rattache.',
    reponse: objet({
      flux: renvoi('Flux'),
      pieces: listeDe(renvoi('Piece')),
      chronologie: listeDe(renvoi('LigneJournal')),
      livraisons: listeDe(renvoi('Livraison')),
      citants: listeDe(renvoi('Citant')),
    }),
  },
  {
    id: 'corrigerFlux',
    famille: 'Flux',
    methode: 'get',
    chemin: '/flux/{id}/correction',
    resume:
      'Dire, d’un PES acquitté, ce que le fichier corrigé doit retirer, corriger, renvoyer ou renuméroter.',
    statut: 200,
    rend: 'La conduite à tenir pour le fichier, pour chaque bordereau et pour chaque pièce justificative.',
    reponse: objet({ correction: renvoi('Correction') }),
  },
  {
    id: 'lirePiece',
    famille: 'Flux',
    methode: 'get',
    chemin: '/flux/{id}/pieces/{rang}',
    resume: 'Télécharger une pièce ; ses empreintes sont dans l’en-tête Repr-Digest (RFC 9530).',
    statut: 200,
    rend: 'Les octets de la pièce.',
    typeReponse: '*/*',
  },
  {
    id: 'lirePreuve',
    famille: 'Flux',
    methode: 'get',
    chemin: '/flux/{id}/preuve',
    resume: 'Télécharger la preuve d’un flux.',
    statut: 200,
    rend: 'Un conteneur ASiC-E, vérifiable avec unzip et sha256sum.',
    typeReponse: 'application/vnd.etsi.asic-e+zip',
  },
  {
    id: 'renvoyerFlux',
    famille: 'Flux',
    methode: 'post',
    chemin: '/flux/{id}/renvoyer',
    resume: 'Envoyer de nouveau, sous le même nom, un flux en échec ou sans accusé.',
    statut: 200,
    rend: 'Le flux, prêt à partir.',
    reponse: unFlux,
  },
  {
    id: 'confirmerFlux',
    famille: 'Flux',
    methode: 'post',
    chemin: '/flux/{id}/confirmer',
    resume: 'Donner l’accord de la collectivité pour que son PES soit signé ici.',
    statut: 200,
    rend: 'Le flux, de nouveau contrôlé, qui va être signé.',
    reponse: unFlux,
  },
  {
    id: 'apporterSignature',
    famille: 'Flux',
    methode: 'post',
    chemin: '/flux/{id}/signature',
    resume: 'Apporter le PES signé ailleurs : le même, aux signatures près (422 sinon).',
    corpsBrut: {
      types: ['multipart/form-data'],
      schema: { type: 'object', required: ['pes'], properties: { pes: binaire } },
    },
    statut: 200,
    rend: 'Le flux, dont les signatures vont être vérifiées.',
    reponse: unFlux,
  },
  {
    id: 'abandonnerFlux',
    famille: 'Flux',
    methode: 'post',
    chemin: '/flux/{id}/abandonner',
    resume: 'Renoncer à un flux qui n’est pas parti.',
    corps: formes.ordreMotif,
    statut: 200,
    rend: 'Le flux abandonné.',
    reponse: unFlux,
  },
  {
    id: 'trancherFlux',
    famille: 'Flux',
    methode: 'post',
    chemin: '/flux/{id}/trancher',
    resume: 'Dire si l’État détient un flux au sort incertain.',
    corps: formes.ordreTrancher,
    statut: 200,
    rend: 'Le flux, transmis ou de nouveau prêt à partir.',
    reponse: unFlux,
  },
];

const exports: readonly Operation[] = [
  {
    id: 'exporterTraceHelios',
    famille: 'Exports',
    methode: 'get',
    chemin: '/exports/trace-helios',
    resume: 'Exporter la trace des fichiers échangés avec Hélios, jours « du » et « au » compris.',
    requete: formes.filtreExport,
    statut: 200,
    rend: 'Une table CSV (« ; », UTF-8 avec BOM), une ligne par fichier émis ou reçu.',
    typeReponse: 'text/csv',
  },
  {
    id: 'exporterFonct05',
    famille: 'Exports',
    methode: 'get',
    chemin: '/exports/fonct-05',
    resume: 'Exporter ce qui a été transmis à la préfecture (FONCT-05), jours « du » et « au » compris.',
    requete: formes.filtreExport,
    statut: 200,
    rend: 'Une table CSV (« ; », UTF-8 avec BOM), une ligne par message transmis.',
    typeReponse: 'text/csv',
  },
];

const retours: readonly Operation[] = [
  {
    id: 'listerRetours',
    famille: 'Retours',
    methode: 'get',
    chemin: '/retours',
    resume: 'Lister les messages reçus de l’État.',
    requete: formes.filtreRetours,
    statut: 200,
    rend: 'Une page de retours.',
    reponse: objet({ retours: listeDe(renvoi('Retour')), suite }),
  },
  {
    id: 'deposerRetour',
    famille: 'Retours',
    methode: 'post',
    chemin: '/retours',
    resume: 'Ranger à la main un courriel enregistré, ou un fichier de la DGFiP (avec son nom).',
    requete: formes.optionsRetour,
    corpsBrut: { types: ['message/rfc822', 'application/xml', 'application/octet-stream'], schema: binaire },
    statut: 201,
    rend: 'Le retour rangé.',
    reponse: unRetour,
  },
  {
    id: 'montrerRetour',
    famille: 'Retours',
    methode: 'get',
    chemin: '/retours/{id}',
    resume: 'Montrer un retour : expéditeur, objet, début du texte (d’un fichier : ce qu’il dit), parties.',
    statut: 200,
    rend: 'Le retour.',
    reponse: objet({
      retour: renvoi('Retour'),
      parties: listeDe(objet({ nom: mot, taille: { type: 'integer' } })),
      expediteur: mot,
      objet: mot,
      texte: mot,
    }),
  },
  {
    id: 'lireRetour',
    famille: 'Retours',
    methode: 'get',
    chemin: '/retours/{id}/brut',
    resume: 'Télécharger le message tel que reçu.',
    statut: 200,
    rend: 'Le message brut : un courriel, ou un fichier XML de la DGFiP.',
    typeReponse: '*/*',
  },
  {
    id: 'retraiterRetour',
    famille: 'Retours',
    methode: 'post',
    chemin: '/retours/{id}/retraiter',
    resume: 'Analyser de nouveau un retour en attente.',
    statut: 200,
    rend: 'Le retour.',
    reponse: unRetour,
  },
  {
    id: 'rattacherRetour',
    famille: 'Retours',
    methode: 'post',
    chemin: '/retours/{id}/rattacher',
    resume:
      'Rattacher un retour à un flux. Avec « issue » et « motif » : dire ce que signifie un acquittement d’Hélios, ce qui règle le flux. Sans : l’état du flux ne change pas.',
    corps: formes.ordreRattacher,
    statut: 200,
    rend: 'Le retour.',
    reponse: unRetour,
  },
  {
    id: 'remettreRetour',
    famille: 'Retours',
    methode: 'post',
    chemin: '/retours/{id}/remettre',
    resume: 'Remettre à une collectivité un PES Retour dont le SIRET ne dit pas à qui il est.',
    corps: formes.ordreRemettre,
    statut: 200,
    rend: 'Le retour.',
    reponse: unRetour,
  },
  {
    id: 'classerRetour',
    famille: 'Retours',
    methode: 'post',
    chemin: '/retours/{id}/classer',
    resume: 'Dire qu’un retour n’appelle rien.',
    corps: formes.ordreMotif,
    statut: 200,
    rend: 'Le retour.',
    reponse: unRetour,
  },
  {
    id: 'relever',
    famille: 'Retours',
    methode: 'post',
    chemin: '/releve',
    resume: 'Relever les boîtes maintenant.',
    statut: 200,
    rend: 'Par boîte, le nombre de messages rangés ou la raison de l’échec.',
    reponse: objet({
      sources: listeDe(
        objet({ source: mot, nombre: { type: 'integer' }, erreur: { type: ['string', 'null'] } }),
      ),
    }),
  },
];

export const OPERATIONS: readonly Operation[] = [
  ...depot,
  ...LOTS,
  ...flux,
  ...ECHANGES,
  ...ACTES,
  ...exports,
  ...retours,
  ...RECONCILIATIONS,
  ...FILES,
  ...ADMINISTRATION,
];
