import { lireFaitsPdf } from '../formats/pdf/faits.ts';
import { estPkcs7 } from '../formats/certificats/pkcs7-detache.ts';
import { typeParContenu } from '../formats/encodages/types.ts';
import { sonderXml } from '../formats/xml/sonder.ts';
import { erreurDepot } from '../metier/catalogue/depot.ts';
import type { Collectivite } from '../metier/collectivite.ts';
import type { RoleDepot } from '../metier/flux.ts';
import type { FluxId, Jour, Sha256 } from '../metier/identifiants.ts';
import { lireBudget, RACINE_BUDGET } from '../protocoles/actes/budget/scellement.ts';
import type { PieceEnAttente } from '../ports/coffre.ts';
import type {
  DepotFichier,
  DepotPieces,
  FaitsPiece,
  FaitsSignature,
  Protocole,
  ResultatControle,
} from '../protocoles/protocole.ts';

/** A file of a deposit, on disk and not yet kept. */
export interface FichierRecu {
  readonly role: RoleDepot;
  readonly nom: string;
  readonly taille: number;
  readonly attente: PieceEnAttente;
}

/** Below this size a file is read once, whole; above, range by range, those that the facts need. */
const LECTURE_ENTIERE = 256 * 1024;
const TETE = 1024;

type Lecteur = (debut: number, fin: number) => Promise<Uint8Array>;

async function lecteurDe(fichier: FichierRecu): Promise<Lecteur> {
  if (fichier.taille > LECTURE_ENTIERE) return (debut, fin) => fichier.attente.lire(debut, fin);
  const tout = await fichier.attente.lire(0, fichier.taille);
  return (debut, fin) => Promise.resolve(tout.subarray(debut, fin));
}

/** A detached signature beyond which nothing is read of it: what it says is too large to be one. */
const SIGNATURE_LUE_MAX = 4 * 1024 * 1024;

/** Which form a deposited signature has; what it is worth is told later, by the bytes that it goes with. */
async function formeDe({ taille, attente }: FichierRecu): Promise<FaitsSignature['forme']> {
  if (taille > SIGNATURE_LUE_MAX) return null;
  const octets = await attente.lire(0, taille);
  if (typeParContenu(octets.subarray(0, TETE)) !== 'application/xml')
    return estPkcs7(octets) ? 'PKCS#7' : null;
  const { racine, faute } = await sonderXml(async (debut, fin) => octets.subarray(debut, fin), taille);
  return racine === 'Signature' && faute === null ? 'XAdES' : null;
}

async function faitsSignature(fichier: FichierRecu): Promise<FaitsSignature> {
  const { nom, taille } = fichier;
  return { nom, taille, forme: await formeDe(fichier) };
}

const TYPES_SIGNATURE = { XAdES: 'application/xml', 'PKCS#7': 'application/pkcs7-signature' } as const;

/** Takes the facts of one piece from its stored bytes: type by content, soundness of a PDF, of an XML and its root. */
async function faitsDe(fichier: FichierRecu): Promise<FaitsPiece> {
  const lire = await lecteurDe(fichier);
  const tete = await lire(0, Math.min(TETE, fichier.taille));
  const type = typeParContenu(tete);
  const xml = type === 'application/xml' ? await sonderXml(lire, fichier.taille) : null;
  return {
    role: fichier.role === 'document' ? 'document' : 'annexe',
    nom: fichier.nom,
    taille: fichier.taille,
    type,
    pdf: type === 'application/pdf' ? await lireFaitsPdf(lire, fichier.taille) : null,
    xml,
    budget: xml?.racine === RACINE_BUDGET ? await lireBudget(lire, fichier.taille) : null,
  };
}

/** Facts of the documents of one deposit, in order. */
export async function faitsPieces(fichiers: readonly FichierRecu[]): Promise<readonly FaitsPiece[]> {
  const pieces: FaitsPiece[] = [];
  for (const fichier of fichiers) pieces.push(await faitsDe(fichier));
  return pieces;
}

export interface DemandeControle {
  readonly protocole: Protocole;
  readonly collectivite: Collectivite;
  readonly metadonnees: unknown;
  readonly fichiers: readonly FichierRecu[];
  readonly jour: Jour;
  /** Flux of the collectivité that may stand at the State's under this identity, or with these bytes. */
  readonly homonymes: (identite: string) => Promise<readonly FluxId[]>;
  readonly jumeaux: (contenu: Sha256) => Promise<readonly FluxId[]>;
}

export interface Controle {
  /** Media type of each file, in order. */
  readonly types: readonly string[];
  readonly resultat: ResultatControle;
  /** Digest that may not stand twice; null when only the identity counts. */
  readonly contenu: Sha256 | null;
}

/**
 * Facts → rules → verdict: every control that needs no service, answered before the depositor is.
 * Throws VGM-DEP-007 when the files are not those of the protocol.
 */
export function controlerDepot(demande: DemandeControle): Promise<Controle> {
  const { depot } = demande.protocole;
  return depot.forme === 'pieces' ? controlerPieces(depot, demande) : controlerFichier(depot, demande);
}

function exigerRoles({ protocole, fichiers }: DemandeControle, roles: readonly RoleDepot[]): void {
  const intrus = fichiers.find((f) => !roles.includes(f.role));
  if (intrus === undefined) return;
  const { nom } = protocole;
  throw erreurDepot('VGM-DEP-007', { protocole: nom, attendu: roles.map((r) => `« ${r} »`).join(' ou ') });
}

async function controlerPieces(depot: DepotPieces, demande: DemandeControle): Promise<Controle> {
  exigerRoles(demande, ['document', 'annexe', 'signature']);
  const types: string[] = [];
  const pieces: FaitsPiece[] = [];
  const signatures: FaitsSignature[] = [];
  for (const fichier of demande.fichiers) {
    if (fichier.role === 'signature') {
      const faits = await faitsSignature(fichier);
      signatures.push(faits);
      types.push(faits.forme === null ? 'inconnu' : TYPES_SIGNATURE[faits.forme]);
    } else {
      const faits = await faitsDe(fichier);
      pieces.push(faits);
      types.push(faits.type);
    }
  }
  const { metadonnees, collectivite, jour } = demande;
  const resultat = depot.controler({ metadonnees, pieces, signatures, collectivite, jour });
  return { types, resultat, contenu: null };
}

async function controlerFichier(depot: DepotFichier, demande: DemandeControle): Promise<Controle> {
  exigerRoles(demande, ['pes']);
  const [fichier, ...autres] = demande.fichiers;
  if (fichier === undefined || autres.length > 0) {
    throw erreurDepot('VGM-DEP-007', { protocole: demande.protocole.nom, attendu: 'un seul « pes »' });
  }
  const lu = await depot.lire(octetsDe(fichier));
  const resultat = lu.juger({
    collectivite: demande.collectivite,
    homonymes: lu.identite === null ? [] : await demande.homonymes(lu.identite),
    jumeaux: await demande.jumeaux(fichier.attente.sha256),
  });
  return { types: ['application/xml'], resultat, contenu: fichier.attente.sha256 };
}

async function* octetsDe({ attente, taille }: FichierRecu): AsyncGenerator<Uint8Array> {
  for (let debut = 0; debut < taille; debut += LECTURE_ENTIERE) {
    yield await attente.lire(debut, Math.min(debut + LECTURE_ENTIERE, taille));
  }
}
