import { sha256 } from '../certificats/certificat.ts';
import { type PreuveGardee, type Relecture, relirePiece } from '../certificats/piece-confiance.ts';

/**
 * What the pieces of trust hold, as files that openssl reads: certificates, anchors, lists, answers, and the commands
 * that judge them again. Derived from the pieces alone: the same pieces give the same bytes, which verification compares.
 */

export const DOSSIER_CONFIANCE = 'confiance/';
export const NOM_JUGER = `${DOSSIER_CONFIANCE}juger.sh`;

export interface FichierExtrait {
  readonly nom: string;
  readonly contenu: Uint8Array;
}

/** One certificate of a signer, as it was judged. Names are those of the files. */
export interface Signataire {
  readonly certificat: string;
  readonly ancres: readonly string[];
  readonly intermediaires: readonly string[];
  /** Epoch milliseconds: of the signature. */
  readonly instant: number;
  /** false: no path of its own was found, what is named is all that was seen. */
  readonly ancre: boolean;
}

export interface Extraits {
  /** None: no piece to extract. */
  readonly fichiers: readonly FichierExtrait[];
  /** The first judged, that LISEZMOI takes as an example; null: none can be read. */
  readonly signataire: Signataire | null;
}

/** Bytes of pieces that are held at once, in their order; what is beyond stays in its piece, and is judged from it. */
const EXTRAITS_MAX = 16 * 1024 * 1024;

/** @returns the pieces of trust to be extracted, in their order. */
export function aExtraire<P extends { readonly role: string; readonly taille: number }>(
  pieces: readonly P[],
): readonly P[] {
  let somme = 0;
  return pieces.filter(({ role, taille }) => {
    if (role !== 'preuves_confiance') return false;
    somme += taille;
    return somme <= EXTRAITS_MAX;
  });
}

function pem(titre: string, der: Uint8Array): Buffer {
  const lignes =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return Buffer.from(`-----BEGIN ${titre}-----\n${lignes.join('\n')}\n-----END ${titre}-----\n`);
}

const enSecondes = (ms: number): number => Math.floor(ms / 1000);
/** `2026-06-15 12:00:00`, UTC. */
export const heure = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
const dater = (ms: number): string => `${heure(ms)} UTC`;

/** Files by name, and the lines of the script, each once. */
class Recueil {
  readonly fichiers = new Map<string, Uint8Array>();
  readonly commandes = new Set<string>();

  #poser(genre: string, fin: string, [empreinte, contenu]: readonly [string, Uint8Array]): string {
    const nom = `${genre}-${empreinte.slice(0, 16)}.${fin}`;
    this.fichiers.set(nom, contenu);
    return nom;
  }

  certificat(der: Uint8Array, genre: 'certificat' | 'autorite' = 'certificat'): string {
    return this.#poser(genre, 'pem', [sha256(der), pem('CERTIFICATE', der)]);
  }

  /** Lists came as their servers gave them: DER most often. */
  preuve({ type, octets }: PreuveGardee): string {
    if (type === 'ocsp') return this.#poser('reponse', 'ocsp', [sha256(octets), octets]);
    const enPem = Buffer.from(octets.subarray(0, 5)).toString('latin1') === '-----';
    return this.#poser('liste', 'crl', [sha256(octets), enPem ? octets : pem('X509 CRL', octets)]);
  }

  commande(titre: string, mots: readonly string[]): void {
    this.commandes.add(`juger "${titre}" \\\n  ${mots.join(' ')}`);
  }
}

const options = (nom: string, valeurs: readonly string[]): string[] => valeurs.flatMap((v) => [nom, v]);

/** Path at the hour of the signature. */
function jugerChemin(recueil: Recueil, s: Signataire): void {
  recueil.commande(`${s.certificat} : chemin jusqu’à une autorité admise, le ${dater(s.instant)}`, [
    `openssl verify -attime ${enSecondes(s.instant)} -partial_chain`,
    ...options('-trusted', s.ancres),
    ...options('-untrusted', s.intermediaires),
    s.certificat,
  ]);
}

interface Maillon {
  readonly signataire: Signataire;
  readonly certificat: string;
  readonly controle: number;
}

const aTitre = ({ certificat, controle }: Maillon): string =>
  `${certificat} : non révoqué le ${dater(controle)}`;
const aCetteHeure = ({ controle }: Maillon): string => `-attime ${enSecondes(controle)} -partial_chain`;

/** Revocation at the hour of the control: a list may have come out after the signature. */
function jugerListes(recueil: Recueil, m: Maillon, listes: readonly string[]): void {
  const { ancres, intermediaires } = m.signataire;
  recueil.commande(aTitre(m), [
    `openssl verify ${aCetteHeure(m)} -crl_check`,
    ...options('-trusted', ancres),
    ...options('-untrusted', intermediaires),
    ...options('-CRLfile', listes),
    m.certificat,
  ]);
}

function jugerReponse(
  recueil: Recueil,
  m: Maillon,
  { emetteur, reponse }: { readonly emetteur: string; readonly reponse: string },
): void {
  recueil.commande(aTitre(m), [
    `ocsp ${m.certificat} -respin ${reponse} -issuer ${emetteur} -cert ${m.certificat}`,
    `${aCetteHeure(m)} -no-CApath -no-CAstore`,
    ...options('-CAfile', m.signataire.ancres),
    ...options('-verify_other', [emetteur]),
  ]);
}

type Relue = Extract<Relecture, { readonly type: 'relue' }>;

/** A path that leads to an anchor: each certificate of it under the evidence that it leans on. */
function extraireChemin(
  recueil: Recueil,
  question: Relue['question'],
  { chemin, maillons }: Exclude<Relue['verdict'], { readonly type: 'refuse' }>,
): Signataire {
  const noms = chemin.map((c, rang) => {
    return recueil.certificat(c.der, rang === chemin.length - 1 ? 'autorite' : 'certificat');
  });
  const signataire: Signataire = {
    certificat: recueil.certificat(question.certificat),
    ancres: noms.slice(-1),
    intermediaires: noms.slice(1, -1),
    instant: question.instant,
    ancre: true,
  };
  jugerChemin(recueil, signataire);
  for (const [rang, { revocation }] of maillons.entries()) {
    const preuve = question.preuves.find((p) => sha256(p.octets) === revocation.preuve?.sha256);
    const [certificat, emetteur] = noms.slice(rang, rang + 2);
    if (preuve === undefined || certificat === undefined || emetteur === undefined) continue;
    const maillon = { signataire, certificat, controle: question.controle };
    const fichier = recueil.preuve(preuve);
    if (preuve.type === 'crl') jugerListes(recueil, maillon, [fichier]);
    else jugerReponse(recueil, maillon, { emetteur, reponse: fichier });
  }
  return signataire;
}

/** No path was good enough: everything that was seen, and what openssl makes of it. */
function extraireRefus(recueil: Recueil, question: Relue['question']): Signataire {
  const possibles = question.magasin.flatMap((f) => f.ancres.map((a) => a.certificat.der));
  const signataire: Signataire = {
    certificat: recueil.certificat(question.certificat),
    ancres: possibles.map((der) => recueil.certificat(der, 'autorite')),
    intermediaires: question.intermediaires.map((der) => recueil.certificat(der)),
    instant: question.instant,
    ancre: false,
  };
  const listes = question.preuves.flatMap((p) => {
    const fichier = recueil.preuve(p);
    return p.type === 'crl' ? [fichier] : [];
  });
  if (signataire.ancres.length === 0) return signataire;
  jugerChemin(recueil, signataire);
  const { certificat } = signataire;
  const maillon = { signataire, certificat, controle: question.controle };
  if (listes.length > 0) jugerListes(recueil, maillon, listes);
  return signataire;
}

function extrairePiece(recueil: Recueil, octets: Uint8Array): Signataire | null {
  const relue = relirePiece(octets);
  if (relue.type === 'illisible') return null;
  const { verdict, question } = relue;
  return verdict.type === 'refuse'
    ? extraireRefus(recueil, question)
    : extraireChemin(recueil, question, verdict);
}

/** A revoked certificate is a fact to be read, not a fault of the file: the script has no verdict of its own. */
const juger = (commandes: Iterable<string>): string => `#!/bin/sh
# Juge de nouveau, avec openssl seul, les certificats des signataires : « sh ${NOM_JUGER} ».
# Ce qui est dit « NON » se lit avec le rapport sur les signatures. Les fichiers autorite-*.pem sont ceux que
# l’opérateur admettait alors : les comparer à ceux que publient les autorités.
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")" || exit 1
command -v openssl >/dev/null 2>&1 || { echo "openssl n’est pas installé."; exit 1; }
juger() {
  titre=$1; shift
  if "$@" >/dev/null 2>&1; then echo "OUI  $titre"; else echo "NON  $titre"; fi
}
ocsp() { sujet=$1; shift; openssl ocsp "$@" 2>&1 | tr '\\n' ' ' | grep -q "verify OK.*$sujet: good"; }

${[...commandes].join('\n')}
`;

/** @param pieces of trust, in the order of their ranks. An unreadable one gives nothing: it is told by its own control. */
export function extraireConfiance(pieces: readonly Uint8Array[]): Extraits {
  const recueil = new Recueil();
  const signataires = pieces.map((octets) => extrairePiece(recueil, octets));
  if (recueil.fichiers.size === 0) return { fichiers: [], signataire: null };
  const fichiers = [...recueil.fichiers].map(([nom, contenu]) => ({ nom: DOSSIER_CONFIANCE + nom, contenu }));
  const script = { nom: NOM_JUGER, contenu: Buffer.from(juger(recueil.commandes)) };
  return { fichiers: [script, ...fichiers], signataire: signataires[0] ?? null };
}
