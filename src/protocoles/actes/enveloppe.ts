import { ecrireXml, type Noeud } from '../../formats/xml/ecrire.ts';
import { erreurActes } from '../../metier/catalogue/actes.ts';
import type { FicheActes } from '../../metier/collectivite.ts';
import type { FicheErreur } from '../../metier/erreurs.ts';
import type { Flux, Piece } from '../../metier/flux.ts';
import type { Jour } from '../../metier/identifiants.ts';
import type {
  EnveloppeFaite,
  FaitsEnveloppe,
  FichierSignable,
  MessagePrepare,
  SignaturesEnvoi,
} from '../protocole.ts';
import { lireResume, type ResumeActe } from './depot.ts';
import { DECLARATIONS, formulaireActe } from './formulaire.ts';
import { formulaireEchange } from './echanges/formulaires.ts';
import { lireEchange, messageDe } from './echanges/resume.ts';
import {
  baseEnveloppe,
  EXTENSIONS,
  jourCompact,
  nomDemandeClassification,
  nomDocument,
  nomMessage,
} from './noms.ts';
import { dateFrancaise } from './regles/regle.ts';
import { type FichierCite, fichierCite } from './signature/ecrire.ts';

/** Name of the schema set that envelope and message must satisfy. */
const SCHEMA = 'actes';

/** What a message is made of; its envelope asks for more. */
type FaitsMessage = Pick<FaitsEnveloppe, 'flux' | 'pieces' | 'collectivite'>;

/** One counter per collectivité and day: two collectivités never share a name, its SIREN is in it. */
export function nommerSerie(flux: Flux, jour: Jour): string {
  return `ACTES:${flux.collectivite}:${jourCompact(jour)}`;
}

/** The operator's own mailbox first: every answer comes back there; then those of the collectivité, each once. */
function adressesRetour(operateur: string, fiche: FicheActes): string[] {
  const parCle = new Map<string, string>();
  for (const adresse of [operateur, ...fiche.adressesRetour]) {
    const cle = adresse.trim().toLowerCase();
    if (cle !== '' && !parCle.has(cle)) parCle.set(cle, adresse.trim());
  }
  return [...parCle.values()];
}

function referentXml({ referent }: FicheActes): Noeud {
  const courriel = referent.courriel === '' ? [] : [{ nom: 'actes:Email', texte: referent.courriel }];
  return {
    nom: 'actes:Referent',
    enfants: [
      { nom: 'actes:Nom', texte: referent.nom },
      { nom: 'actes:Telephone', texte: referent.telephone },
      ...courriel,
    ],
  };
}

/** `EnveloppeCLMISILL` with one formulaire (actesv1_1.xsd). The Referent, optional there, is always written. */
function enveloppeXml(faits: FaitsEnveloppe, fiche: FicheActes, formulaire: FichierCite): Noeud {
  const idcl: Noeud = {
    nom: 'actes:IDCL',
    attributs: {
      'insee:SIREN': faits.flux.collectivite,
      'actes:Departement': fiche.departement,
      'actes:Arrondissement': fiche.arrondissement,
      'actes:Nature': fiche.nature,
    },
  };
  const adresses = adressesRetour(faits.emetteur.adresseRetour, fiche);
  return {
    nom: 'actes:EnveloppeCLMISILL',
    attributs: DECLARATIONS,
    enfants: [
      { nom: 'actes:Emetteur', enfants: [idcl, referentXml(fiche)] },
      {
        nom: 'actes:AdressesRetour',
        enfants: adresses.map((texte) => ({ nom: 'actes:Email', texte })),
      },
      {
        nom: 'actes:FormulairesEnvoyes',
        enfants: [fichierCite('actes:Formulaire', formulaire)],
      },
    ],
  };
}

/** The pieces that leave: the document, then the annexes in the order they were deposited. */
function piecesEnvoyees({ flux, pieces }: FaitsMessage, resume: ResumeActe): readonly Piece[] {
  const documents = pieces.filter((p) => p.role === 'document');
  const partants = [...documents, ...pieces.filter((p) => p.role === 'annexe')];
  const { length: typologies } = resume.typologies;
  if (documents.length !== 1 || partants.length !== typologies) {
    throw erreurActes('VGM-ACT-002', { flux: flux.id, pieces: partants.length, typologies });
  }
  return partants;
}

interface Nommes {
  readonly idActe: string;
  readonly typologies: readonly string[];
  readonly code: string;
}

function nommer({ idActe, typologies, code }: Nommes, pieces: readonly Piece[]): FichierSignable[] {
  return pieces.map((piece, i) => {
    const extension = EXTENSIONS.get(piece.type);
    if (extension === undefined) throw erreurActes('VGM-ACT-005', { piece: piece.nom, type: piece.type });
    const typologie = typologies[i] ?? '';
    return { nom: nomDocument(idActe, { code, typologie, rang: i + 1, extension }), piece, apportee: null };
  });
}

/** Each with the signature that its depositor gave. */
function accompagner(
  fichiers: readonly FichierSignable[],
  { flux, pieces }: FaitsMessage,
  { signaturesJointes, typologies }: ResumeActe,
): FichierSignable[] {
  return fichiers.map((fichier, rang) => {
    const nom = signaturesJointes?.[rang] ?? null;
    if (nom === null) return fichier;
    const apportee = pieces.find((p) => p.role === 'signature' && p.nom === nom);
    if (apportee !== undefined) return { ...fichier, apportee };
    throw erreurActes('VGM-ACT-002', { flux: flux.id, pieces: pieces.length, typologies: typologies.length });
  });
}

function ficheDe({ collectivite }: FaitsMessage, idActe: string): FicheActes {
  const { actes: fiche, siren } = collectivite;
  if (fiche === null) throw erreurActes('VGM-ACT-003', { siren });
  if (idActe !== '' && !idActe.startsWith(`${fiche.departement}-`)) {
    throw erreurActes('VGM-ACT-004', { identite: idActe, departement: fiche.departement });
  }
  return fiche;
}

/** An acte whose collectivité has received a newer classification since its deposit (actes.md B.8). */
export function perimer({
  flux,
  collectivite,
}: Pick<FaitsEnveloppe, 'flux' | 'collectivite'>): FicheErreur | null {
  const enVigueur = collectivite.actes?.classification?.date;
  if (enVigueur === undefined || messageDe(flux) !== '1-1') return null;
  const { classification, idActe: identite } = lireResume(flux);
  if (classification === null || classification >= enVigueur) return null;
  const [sienne, presente] = [classification, enVigueur].map(dateFrancaise);
  return erreurActes('VGM-ACT-006', { identite, sienne: sienne ?? '', enVigueur: presente ?? '' }).fiche;
}

const NUE: SignaturesEnvoi = new Map();

function citer(nom: string, signatures: SignaturesEnvoi): FichierCite {
  return { nom, signature: signatures.get(nom) ?? null };
}

function messageActe(faits: FaitsMessage): MessagePrepare {
  const resume = lireResume(faits.flux);
  const { classification, idActe } = resume;
  if (classification === null) throw erreurActes('VGM-ACT-001', { flux: faits.flux.id });
  ficheDe(faits, idActe);
  const nommes = nommer({ ...resume, code: '1-1' }, piecesEnvoyees(faits, resume));
  const fichiers = accompagner(nommes, faits, resume);
  return {
    nom: nomMessage(idActe, '1-1'),
    fichiers,
    ecrire: (signatures) => {
      const cites = fichiers.map((f) => citer(f.nom, signatures));
      return ecrireXml(formulaireActe({ ...resume, classification }, cites));
    },
  };
}

/** What is sent after an acte: an answer, a receipt, a cancellation, or the request of a classification. */
function messageEchange(faits: FaitsMessage): MessagePrepare {
  const { flux, pieces } = faits;
  const resume = lireEchange(flux);
  const { idActe, message: code } = resume;
  const fiche = ficheDe(faits, idActe);
  const partants = pieces.filter((p) => p.role === 'document' || p.role === 'annexe');
  const fichiers = nommer({ ...resume, code }, partants);
  const nom =
    code === '7-1'
      ? nomDemandeClassification(fiche.departement, flux.collectivite)
      : nomMessage(idActe, code);
  return {
    nom,
    fichiers,
    ecrire: (signatures) => {
      const cites = fichiers.map((f) => citer(f.nom, signatures));
      return ecrireXml(formulaireEchange(flux.id, resume, cites));
    },
  };
}

/** @throws VGM-ACT-001 to -005 when the flux cannot be composed. */
export function preparer(faits: FaitsMessage): MessagePrepare {
  return messageDe(faits.flux) === '1-1' ? messageActe(faits) : messageEchange(faits);
}

/**
 * Composes what leaves for the State, in the order of the archive: envelope, message, documents.
 * The same facts always give the same names and bytes.
 * @throws VGM-ACT-001 to -005 when the flux cannot be composed.
 */
export function composer(faits: FaitsEnveloppe): EnveloppeFaite {
  const { nom, fichiers, ecrire } = preparer(faits);
  const { signatures = NUE, flux, jour, numero } = faits;
  const { application, trigramme } = faits.emetteur;
  const base = baseEnveloppe({ application, siren: flux.collectivite, jour, numero });
  const enveloppe = `${base}.xml`;
  const fiche = ficheDe(faits, '');
  return {
    nom: `${trigramme}-${base}.tar.gz`,
    fichiers: [
      { nom: enveloppe, octets: ecrireXml(enveloppeXml(faits, fiche, citer(nom, signatures))) },
      { nom, octets: ecrire(signatures) },
      ...fichiers.map(({ nom: document, piece }) => ({ nom: document, piece })),
    ],
    aValider: [
      { nom: enveloppe, schema: SCHEMA },
      { nom, schema: SCHEMA },
    ],
  };
}
