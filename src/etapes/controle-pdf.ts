import type { SignatureActes } from '../config/signature.ts';
import { constater as constaterCms } from '../formats/certificats/cahier.ts';
import { CMS } from '../formats/certificats/cms-constats.ts';
import type { MagasinOuvert } from '../formats/certificats/magasin.ts';
import { signataireRapport } from '../formats/xades/juger.ts';
import { enIncise } from '../formats/xml/faute.ts';
import { erreurSignature } from '../metier/catalogue/signature.ts';
import type { FicheErreur } from '../metier/erreurs.ts';
import type { Flux, ObjetJson, Piece, PieceDuFlux } from '../metier/flux.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Issue } from '../metier/issues.ts';
import type { Clock } from '../ports/clock.ts';
import type { Coffre } from '../ports/coffre.ts';
import type { LecteurPdf } from '../ports/lecteur-pdf.ts';
import { estMarchePublic } from '../protocoles/actes/natures.ts';
import { communs, type ConstatPdf, type DefautHorodatage, trier } from './controle-pdf/constats.ts';
import { type Datation, dater } from './controle-pdf/horodatages.ts';
import { garderRapportPdf } from './controle-pdf/rapport.ts';
import { type PdfVerifies, type SignaturePiece, verifierPieces } from './controle-pdf/verifier.ts';
import type { Poste } from './etape.ts';
import {
  constater,
  type ConfianceJugee,
  type ConstatSignature,
  type Verifiees,
} from './signature/constats.ts';
import { type ConfianceSignatures, Juge } from './signature/examen.ts';
import { alerter } from './signature/issue.ts';

/** The control of the signatures inside the PDFs of an acte (E.5 n° 25): integrity, dates, path, revocation. */

export interface OutilsControlePdf {
  readonly coffre: Coffre;
  readonly clock: Clock;
  readonly lecteur: LecteurPdf;
  readonly confiance: ConfianceSignatures;
  /** Families admitted for time-stamps; null: no trust store. */
  readonly horodatage: MagasinOuvert | null;
  readonly reglage: SignatureActes;
}

export type BilanPdf =
  /** null: nothing is signed. */
  | null
  | {
      readonly type: 'juge';
      readonly pieces: readonly Piece[];
      readonly complement: ObjetJson;
      readonly motif: string;
      /** null: nothing refuses. */
      readonly erreur: FicheErreur | null;
    }
  /** Only a person can remove what stands in the way. */
  | { readonly type: 'attente'; readonly issue: Issue };

export type ControlerPdf = (flux: Flux, pieces: readonly PieceDuFlux[], poste: Poste) => Promise<BilanPdf>;

/** Checks of a PES alone. */
const SANS_OBJET = {
  dematerialisation: 'avertir',
  politique: 'avertir',
  couverture_partielle: 'avertir',
} as const;

const MARCHE =
  'Marché public (nature 4, matière 1.1) : la chaîne des certificats n’est pas jugée, selon les réglages.';
const JAMAIS = 'Les réglages ne font juger la chaîne d’aucun certificat.';

function pourquoiSansChaine({ pdf: { chaine } }: SignatureActes, { resume }: Flux): string | null {
  if (chaine === 'jamais') return JAMAIS;
  return chaine === 'sauf_marches_publics' && estMarchePublic(resume) ? MARCHE : null;
}

/** Signatures of one flux, dated, on their way to a verdict. */
interface Dossier {
  readonly verifies: PdfVerifies;
  readonly datations: ReadonlyMap<number, Datation>;
  readonly chaineNonJugee: string | null;
}

/** Of the piece that bears it, unless it says more. */
const instantDe = ({ datations }: Dossier, { rang, piece }: SignaturePiece): Instant =>
  datations.get(rang)?.instant ?? piece.ajoutee;

/** What the checks of any signature look at; a time-stamp of the document is of nobody. */
function enVerifiees(dossier: Dossier) {
  const signatures = dossier.verifies.signatures.map((s) => {
    const { rang, lue } = s;
    const { etat, constats } = communs(s);
    const certificat = lue.sorte === 'signature' ? lue.signataire : null;
    const instant = instantDe(dossier, s);
    const horsDate = certificat !== null && (instant < certificat.debut || instant > certificat.fin);
    return {
      rang,
      etat,
      signataire: certificat === null ? null : signataireRapport(certificat),
      joints: lue.joints.map((c) => c.der),
      preuves: lue.preuves,
      instant,
      constats: horsDate ? [...constats, constaterCms(CMS.certificatHorsDate)] : constats,
    };
  });
  const faits: Verifiees['faits'] = { domaines: [], globale: false };
  return { rapport: { constats: [], signatures }, faits };
}

type Jugement =
  | {
      readonly type: 'juge';
      readonly constats: readonly ConstatPdf[];
      readonly confiances: ReadonlyMap<number, ConfianceJugee>;
      readonly pieces: readonly Piece[];
    }
  | { readonly type: 'alerte'; readonly detail: string };

function trierDe(
  { reglage }: OutilsControlePdf,
  { verifies, datations, chaineNonJugee }: Dossier,
  lus: readonly ConstatSignature[],
): readonly ConstatPdf[] {
  const horodatages = new Map<number, DefautHorodatage>();
  for (const [rang, { defaut }] of datations) if (defaut !== null) horodatages.set(rang, defaut);
  // what was not asked is said once, by the report
  const tus = chaineNonJugee === null ? lus : lus.filter((c) => c.controle !== 'confiance_absente');
  return trier({ verifies, communs: tus, horodatages, controles: reglage.pdf.controles });
}

/** Nobody is asked anything about what is refused without it. Throws VGM-SIG-001. */
async function juger(
  outils: OutilsControlePdf,
  dossier: Dossier,
  essais: Pick<Flux, 'tentatives'> & Pick<Poste, 'signal'>,
): Promise<Jugement> {
  const { clock, reglage } = outils;
  const { confiance } = outils;
  const controles = { ...reglage.pdf.controles, ...SANS_OBJET };
  const magasin = dossier.chaineNonJugee === null ? confiance.magasin : null;
  const verifiees = enVerifiees(dossier);
  const [premiere] = dossier.verifies.signatures;
  const arrivee = premiere?.piece.ajoutee ?? clock.now();
  const regles = { maintenant: clock.now(), arrivee, magasin: magasin !== null, controles };
  const avant = trierDe(outils, dossier, constater(verifiees, new Map(), regles));
  if (avant.some((c) => c.avis === 'refuser')) {
    return { type: 'juge', constats: avant, confiances: new Map(), pieces: [] };
  }
  const juge = new Juge(
    { ...outils, confiance: { ...confiance, magasin }, reglage: { ...reglage, controles } },
    { essais: essais.tentatives, signal: essais.signal },
  );
  const examen = await juge.juger(verifiees, arrivee);
  if (examen.type === 'alerte') return examen;
  const { confiances, pieces } = examen;
  return { type: 'juge', constats: trierDe(outils, dossier, examen.constats), confiances, pieces };
}

/** `n° 2 de « delib.pdf »`. */
function nommer({ signatures }: PdfVerifies, { rang, piece }: ConstatPdf): string {
  const voisines = signatures.filter((s) => s.piece.nom === piece);
  const numero = voisines.findIndex((s) => s.rang === rang) + 1;
  return voisines.length > 1 ? `n° ${numero} de « ${piece} »` : `de « ${piece} »`;
}

const DU_CONTENU: ReadonlySet<string> = new Set(['structure', 'alteration', 'modification', 'horodatage']);

function refusDe(verifies: PdfVerifies, constats: readonly ConstatPdf[]): FicheErreur | null {
  const premier = constats.find((c) => c.avis === 'refuser');
  if (premier === undefined) return null;
  const { rang, piece, controle, message, remede } = premier;
  const motif = enIncise(message);
  if (rang === null) return erreurSignature('VGM-SIG-072', { quoi: `« ${piece} »`, motif, remede }).fiche;
  const code = DU_CONTENU.has(controle) ? 'VGM-SIG-070' : 'VGM-SIG-071';
  return erreurSignature(code, { quoi: nommer(verifies, premier), motif, remede }).fiche;
}

const compter = (nombre: number, mot: string): string => `${nombre} ${mot}${nombre > 1 ? 's' : ''}`;

async function conclure(
  outils: OutilsControlePdf,
  dossier: Dossier,
  { constats, confiances, pieces }: Extract<Jugement, { type: 'juge' }>,
): Promise<BilanPdf> {
  const { verifies, chaineNonJugee } = dossier;
  const erreur = refusDe(verifies, constats);
  const { length: nombre } = verifies.signatures;
  const avertissements = constats.filter((c) => c.controle !== 'reserve').length;
  const suite = avertissements === 0 ? '' : `, ${compter(avertissements, 'avertissement')}`;
  const motif = `${compter(nombre, 'signature')} dans les PDF${suite}`;
  const rapport = await garderRapportPdf(outils.coffre, {
    verdict: erreur === null ? 'favorable' : 'defavorable',
    resume: erreur?.message ?? `Chaque signature trouvée dans les PDF est intacte (${motif}).`,
    controle: outils.clock.now(),
    verifies,
    constats,
    confiances,
    instants: new Map(verifies.signatures.map((s) => [s.rang, instantDe(dossier, s)])),
    chaineNonJugee,
  });
  const complement = { signaturesPdf: nombre, avertissementsPdf: avertissements };
  return { type: 'juge', pieces: [rapport, ...pieces], complement, motif, erreur };
}

/**
 * Throws what stops it for a while, and is never a verdict: VGM-SIG-001 (servers of revocation), VGM-SIG-002, VGM-CTL-005;
 * VGM-NOY-006 when the bytes are not those that were deposited.
 */
export function creerControlePdf(outils: OutilsControlePdf): ControlerPdf {
  const { reglage, clock, horodatage, confiance } = outils;
  return async (flux, pieces, { signal }) => {
    const aLire = pieces.filter(
      (p) => ['document', 'annexe'].includes(p.role) && p.type === 'application/pdf',
    );
    if (!reglage.pdf.verifier || aLire.length === 0) return null;
    const verifies = await verifierPieces(outils, aLire, signal);
    if (verifies.pieces.length === 0) return null;
    const regles = { magasin: horodatage, ageMax: confiance.ageMax, maintenant: clock.now() };
    const datations = new Map(verifies.signatures.map((s) => [s.rang, dater(s.lue, regles)]));
    const dossier: Dossier = { verifies, datations, chaineNonJugee: pourquoiSansChaine(reglage, flux) };
    const jugement = await juger(outils, dossier, { tentatives: flux.tentatives, signal });
    if (jugement.type === 'juge') return conclure(outils, dossier, jugement);
    const { fiche } = erreurSignature('VGM-SIG-001', { detail: jugement.detail });
    return { type: 'attente', issue: alerter(outils, fiche) };
  };
}
