import { ETATS } from '../../metier/etats.ts';
import { SORTS_LIGNE } from '../../metier/lots.ts';
import { TYPES_EVENEMENT } from '../../metier/notifications.ts';

/** JSON Schemas of what the API answers, for its OpenAPI document. Held equal to `vues.ts` by test. */

type Schema = Readonly<Record<string, unknown>>;

const texte: Schema = { type: 'string' };
const texteOuNul: Schema = { type: ['string', 'null'] };
const entier: Schema = { type: 'integer' };
const instant: Schema = { type: 'string', format: 'date-time' };
const instantOuNul: Schema = { type: ['string', 'null'], format: 'date-time' };
const uuid: Schema = { type: 'string', format: 'uuid' };
const libre: Schema = { type: 'object', additionalProperties: true };

export function renvoi(nom: string): Schema {
  return { $ref: `#/components/schemas/${nom}` };
}

export function listeDe(items: Schema): Schema {
  return { type: 'array', items };
}

/** Every property is always present: what is absent is null. */
export function objet(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, required: Object.keys(properties) };
}

const Erreur = objet({ code: texte, nature: texte, message: texte, cause: texte, remede: texte });

const ErreurAck = objet({
  niveau: { enum: ['element', 'piece', 'ligne'] },
  piece: texteOuNul,
  ligne: texteOuNul,
  code: texteOuNul,
  libelle: { type: ['string', 'null'], description: 'les mots d’Hélios' },
  sens: { enum: ['doublon', 'passager', 'a_corriger'] },
  explication: { type: 'string', description: 'ce que dit le code' },
});

const jugement: Readonly<Record<string, Schema>> = {
  nom: texte,
  sort: { enum: ['accepte', 'refuse', 'doublon', 'indecis', 'sans_reponse'] },
  conduite: { enum: ['retirer', 'corriger', 'renvoyer', 'renumeroter', 'trancher'] },
  erreurs: listeDe(ErreurAck),
};

const Correction = objet({
  flux: uuid,
  identite: texte,
  etat: { enum: ['acquitte', 'acquitte_partiel', 'anomalie'] },
  nomFic: texte,
  codCol: texte,
  codBud: texte,
  sha256: texte,
  issue: texte,
  departs: entier,
  conduite: { enum: ['rien', 'renvoyer', 'corriger', 'trancher'] },
  consigne: texte,
  autreNom: { type: 'boolean', description: 'le fichier corrigé doit porter un autre NomFic' },
  complete: { type: 'boolean', description: 'faux : le fichier a plus de parties qu’il n’en est nommé ici' },
  generales: listeDe(objet(jugement)),
  bordereaux: listeDe(
    objet({
      ...jugement,
      domaine: texte,
      exercice: texte,
      type: texte,
      numero: texte,
      pieces: listeDe(texte),
      consigne: texte,
    }),
  ),
  pieces: listeDe(objet({ ...jugement, idUnique: texte, bordereaux: listeDe(texte), consigne: texte })),
});

const Message = {
  ...objet({ code: texte, libelle: texte }),
  description: 'message de la norme d’échange ACTES : 1-1, 3-1…',
};
const messageOuNul: Schema = { anyOf: [renvoi('Message'), { type: 'null' }] };

const Classification = objet({
  date: { type: 'string', format: 'date' },
  matieres: {
    type: 'object',
    description: 'code (« 7.10 ») → libellé',
    additionalProperties: texte,
  },
  natures: {
    type: 'object',
    description: 'code de la nature → ce qu’elle est, et ses types de pièces',
    additionalProperties: objet({
      abrege: texte,
      libelle: texte,
      types: { type: 'object', description: 'code (« 99_DE ») → libellé', additionalProperties: texte },
    }),
  },
});

export const SCHEMAS: Readonly<Record<string, Schema>> = {
  Correction,
  Message,
  Classification,
  Flux: objet({
    id: uuid,
    protocole: { enum: ['ACTES', 'HELIOS'] },
    collectivite: texte,
    etat: { enum: ETATS },
    libelle: texte,
    message: messageOuNul,
    identite: texte,
    resume: libre,
    nomEnvoi: texteOuNul,
    cite: { type: ['string', 'null'], format: 'uuid' },
    depose: instant,
    modifie: instant,
    transmis: instantOuNul,
    solde: instantOuNul,
    prochaine: instantOuNul,
    tentatives: entier,
    alerte: texteOuNul,
    erreur: { anyOf: [Erreur, { type: 'null' }] },
    ver: entier,
  }),
  Jalon: objet({
    code: texte,
    titre: texte,
    date: { type: ['string', 'null'], format: 'date', description: 'null : pas encore connue' },
    provisoire: { type: 'boolean', description: 'un fait encore attendu peut la déplacer' },
    reference: texte,
    phrase: texte,
  }),
  Citant: objet({
    id: uuid,
    message: messageOuNul,
    etat: { enum: ETATS },
    libelle: texte,
    depose: instant,
    dateCourrier: { type: ['string', 'null'], format: 'date' },
    expose: texteOuNul,
  }),
  Piece: objet({
    rang: entier,
    role: texte,
    nom: texte,
    type: texte,
    taille: entier,
    sha256: texte,
    sha512: texte,
    ajoutee: instant,
  }),
  LigneJournal: objet({
    n: entier,
    t: instant,
    ev: texte,
    res: texte,
    motif: texte,
    acteur: texte,
    obj: texte,
  }),
  Livraison: objet({
    id: uuid,
    collectivite: texte,
    flux: uuid,
    point: texte,
    canal: { enum: ['webhook', 'courriel'] },
    type: { enum: TYPES_EVENEMENT },
    charge: libre,
    etat: { enum: ['a_faire', 'livree', 'abandonnee'] },
    prochaine: instantOuNul,
    tentatives: entier,
    creee: instant,
  }),
  Essai: objet({
    quand: instant,
    resultat: { enum: ['livree', 'echec'] },
    statut: entier,
    duree: entier,
    motif: texte,
  }),
  Lot: objet({
    id: uuid,
    collectivite: texte,
    etat: { enum: ['en_cours', 'termine', 'abandonne'] },
    manifeste: { type: 'string', description: 'son chemin dans le ZIP' },
    taille: entier,
    sha256: texte,
    sha512: texte,
    acteur: texte,
    recu: instant,
    termine: instantOuNul,
    abandon: { type: ['string', 'null'], description: 'motif' },
    erreur: {
      anyOf: [Erreur, { type: 'null' }],
      description: 'ce qui retient le lot, qui est repris de lui-même',
    },
    lignes: entier,
    comptes: objet({ deposes: entier, deja: entier, refuses: entier, restants: entier }),
  }),
  LigneDeLot: objet({
    ligne: { type: 'integer', description: 'rang dans le manifeste, la ligne de titres étant la première' },
    numero: texte,
    date: texte,
    nature: texte,
    objet: texte,
    sort: {
      enum: SORTS_LIGNE,
      description: 'deja : le même acte, octet pour octet, est déjà dans le flux nommé',
    },
    flux: { type: ['string', 'null'], format: 'uuid' },
    anomalies: listeDe(renvoi('Anomalie')),
  }),
  Retour: objet({
    id: uuid,
    etat: { enum: ['recu', 'attribue', 'a_trancher', 'classe'] },
    source: texte,
    nom: texteOuNul,
    recu: instant,
    taille: entier,
    sha256: texte,
    sha512: texte,
    motif: texteOuNul,
    flux: listeDe(uuid),
    tentatives: entier,
    prochaine: instantOuNul,
  }),
  Collectivite: objet({
    siren: texte,
    nom: texte,
    actif: { type: 'boolean' },
    actes: { type: ['object', 'null'] },
    helios: { type: ['object', 'null'] },
    points: listeDe(libre),
    creee: instant,
    ver: entier,
  }),
  Destination: objet({
    nom: texte,
    suspension: {
      anyOf: [objet({ motif: texte, acteur: texte, depuis: instant }), { type: 'null' }],
    },
  }),
  Jeton: objet({ nom: texte, collectivite: texteOuNul, cree: instant }),
  Anomalie: {
    type: 'object',
    properties: {
      code: texte,
      gravite: { enum: ['bloquante', 'avertissement'] },
      message: texte,
      remede: texte,
      ou: texte,
    },
    required: ['code', 'gravite', 'message', 'remede'],
  },
  Evenement: objet({ quand: instant, ev: texte, flux: renvoi('Flux') }),
  Probleme: {
    type: 'object',
    properties: {
      type: { type: 'string', description: 'urn:vaguemestre:erreur:VGM-…' },
      title: texte,
      status: entier,
      detail: texte,
      code: texte,
      nature: { enum: ['passagere', 'incertaine', 'definitive'] },
      cause: texte,
      remede: texte,
      sortie: { enum: [1, 2, 3], description: 'code de sortie pour un script' },
      anomalies: listeDe(renvoi('Anomalie')),
    },
    required: ['type', 'title', 'status', 'detail', 'code', 'nature', 'cause', 'remede', 'sortie'],
  },
};
