import { ecrireXml, type Noeud } from '../../formats/xml/ecrire.ts';
import { erreurActes } from '../../metier/catalogue/actes.ts';
import type { FicheActes } from '../../metier/collectivite.ts';
import type { Flux, Piece } from '../../metier/flux.ts';
import type { Jour } from '../../metier/identifiants.ts';
import type { EnveloppeFaite, FaitsEnveloppe, FichierEnvoi } from '../protocole.ts';
import { lireResume, type ResumeActe } from './depot.ts';
import { DECLARATIONS, formulaireActe } from './formulaire.ts';
import { baseEnveloppe, EXTENSIONS, jourCompact, nomDocument, nomMessage } from './noms.ts';

/** Name of the schema set that envelope and message must satisfy. */
const SCHEMA = 'actes';

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
function enveloppeXml(faits: FaitsEnveloppe, fiche: FicheActes, formulaire: string): Noeud {
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
        enfants: [{ nom: 'actes:Formulaire', enfants: [{ nom: 'actes:NomFichier', texte: formulaire }] }],
      },
    ],
  };
}

/** The pieces that leave: the document, then the annexes in the order they were deposited. */
function piecesEnvoyees({ flux, pieces }: FaitsEnveloppe, resume: ResumeActe): readonly Piece[] {
  const documents = pieces.filter((p) => p.role === 'document');
  const partants = [...documents, ...pieces.filter((p) => p.role === 'annexe')];
  const { length: typologies } = resume.typologies;
  if (documents.length !== 1 || partants.length !== typologies) {
    throw erreurActes('VGM-ACT-002', { flux: flux.id, pieces: partants.length, typologies });
  }
  return partants;
}

function nommer(resume: ResumeActe, pieces: readonly Piece[]): FichierEnvoi[] {
  return pieces.map((piece, i) => {
    const extension = EXTENSIONS.get(piece.type);
    if (extension === undefined) throw erreurActes('VGM-ACT-005', { piece: piece.nom, type: piece.type });
    const typologie = resume.typologies[i] ?? '';
    return { nom: nomDocument(resume.idActe, { typologie, rang: i + 1, extension }), piece };
  });
}

function ficheDe({ collectivite }: FaitsEnveloppe, resume: ResumeActe): FicheActes {
  const { actes: fiche, siren } = collectivite;
  if (fiche === null) throw erreurActes('VGM-ACT-003', { siren });
  if (!resume.idActe.startsWith(`${fiche.departement}-`)) {
    throw erreurActes('VGM-ACT-004', { identite: resume.idActe, departement: fiche.departement });
  }
  return fiche;
}

/**
 * Composes what leaves for the State, in the order of the archive: envelope, message, document, annexes.
 * The same facts always give the same names and bytes.
 * @throws VGM-ACT-001 to -005 when the flux cannot be composed.
 */
export function composer(faits: FaitsEnveloppe): EnveloppeFaite {
  const resume = lireResume(faits.flux);
  const { classification } = resume;
  if (classification === null) throw erreurActes('VGM-ACT-001', { flux: faits.flux.id });
  const fiche = ficheDe(faits, resume);
  const documents = nommer(resume, piecesEnvoyees(faits, resume));
  const { application, trigramme } = faits.emetteur;
  const siren = faits.flux.collectivite;
  const base = baseEnveloppe({ application, siren, jour: faits.jour, numero: faits.numero });
  const enveloppe = `${base}.xml`;
  const message = nomMessage(resume.idActe);
  const formulaire = formulaireActe(
    { ...resume, classification },
    documents.map((d) => d.nom),
  );
  return {
    nom: `${trigramme}-${base}.tar.gz`,
    fichiers: [
      { nom: enveloppe, octets: ecrireXml(enveloppeXml(faits, fiche, message)) },
      { nom: message, octets: ecrireXml(formulaire) },
      ...documents,
    ],
    aValider: [
      { nom: enveloppe, schema: SCHEMA },
      { nom: message, schema: SCHEMA },
    ],
  };
}
