import type { SignatureActes } from '../config/signature.ts';
import { enIncise } from '../formats/xml/faute.ts';
import { erreurSignature } from '../metier/catalogue/signature.ts';
import type { FicheErreur } from '../metier/erreurs.ts';
import type { Flux, Piece } from '../metier/flux.ts';
import type { Instant, Siren } from '../metier/identifiants.ts';
import type { Issue } from '../metier/issues.ts';
import type { Clock } from '../ports/clock.ts';
import type { Coffre } from '../ports/coffre.ts';
import type { Signataire } from '../ports/signataire.ts';
import { type LectureFlux, OPERATEUR } from '../ports/store.ts';
import { nomCachet } from '../protocoles/actes/noms.ts';
import { type CachetDemande, demanderCachet, sansSignature } from '../protocoles/actes/signature.ts';
import type { SignaturePlacee } from '../protocoles/actes/signature/verifier.ts';
import type { EnveloppeArchive, MessagePrepare, SignaturesEnvoi } from '../protocoles/protocole.ts';
import type { Annuaire } from './annuaire.ts';
import { verifierEnvoi } from './cachet/examen.ts';
import { lireApportees } from './cachet/lire.ts';
import { garderRapport } from './cachet/rapport.ts';
import { signerEnvoi } from './cachet/signer.ts';
import { premierRefus } from './cachet/verdict.ts';
import type { Etape, Poste } from './etape.ts';
import { constater, type Verifiees } from './signature/constats.ts';
import { type ConfianceSignatures, type Examen, Juge } from './signature/examen.ts';
import { alerter, refuser } from './signature/issue.ts';

export interface OutilsCachet {
  readonly flux: LectureFlux;
  readonly coffre: Coffre;
  readonly annuaire: Annuaire;
  readonly clock: Clock;
  /** By the name that a card writes. */
  readonly cles: ReadonlyMap<string, Signataire>;
  readonly confiance: ConfianceSignatures;
  readonly reglage: SignatureActes;
}

/** One flux at this step. */
interface Affaire {
  readonly flux: Flux;
  readonly message: MessagePrepare;
  readonly demande: CachetDemande;
  readonly apportees: SignaturesEnvoi;
  readonly juge: Juge;
}

/** Signatures in their places, and what was found of them. */
interface Dossier {
  readonly affaire: Affaire;
  readonly cachets: SignaturesEnvoi;
  readonly signatures: readonly SignaturePlacee[];
  readonly examen: Extract<Examen, { type: 'juge' }>;
}

const AUCUN: SignaturesEnvoi = new Map();

/** A detached signature says nothing of these. */
const SANS_OBJET = {
  dematerialisation: 'avertir',
  politique: 'avertir',
  couverture_partielle: 'avertir',
} as const;

/**
 * Signature step of ACTES: verifies the detached signatures that came with the pieces, makes ours where the card of the
 * collectivité or the operator asks for it, and verifies them as anybody's. An acte without any goes straight to its envelope.
 *
 * What happens if we die: nothing has left yet, and state, pieces and journal land together, so the step is run again.
 *
 * | we die                                               | what is left                   | what the next try does        |
 * |------------------------------------------------------|--------------------------------|-------------------------------|
 * | while verifying, or asking servers                   | nothing                        | verifies and asks again       |
 * | while signing                                        | nothing                        | signs again, at another instant |
 * | signatures in the coffre, the outcome not yet landed | files that hang on no flux     | signs again: others, the only ones believed |
 * | the outcome landed                                   | `signe`, our signatures are pieces | the envelope is made of them, always the same bytes |
 */
export function creerEtapeCachet(enveloppe: EnveloppeArchive, outils: OutilsCachet, suite: Etape): Etape {
  return async (flux, poste) => {
    const collectivite = await outils.annuaire.exiger(flux.collectivite);
    const nue = sansSignature(flux, collectivite.actes, outils.reglage);
    // what will not leave is not signed
    if (nue || enveloppe.perimer({ flux, collectivite }) !== null) return suite(flux, poste);
    const pieces = await outils.flux.pieces(OPERATEUR, flux.id);
    const message = enveloppe.preparer({ flux, pieces, collectivite });
    const demande = demanderCachet(message, collectivite.actes, outils.reglage);
    const rien = !demande.formulaire && demande.fichiers.length === 0;
    if (rien && message.fichiers.every((f) => f.apportee === null)) return suite(flux, poste);
    return traiter(outils, poste, { flux, message, demande });
  };
}

async function traiter(
  outils: OutilsCachet,
  { signal }: Poste,
  lu: Pick<Affaire, 'flux' | 'message' | 'demande'>,
): Promise<Issue> {
  const { flux, message, demande } = lu;
  const apportees = await lireApportees(outils.coffre, message.fichiers);
  const controles = { ...outils.reglage.controles, ...SANS_OBJET };
  const reglage = { ...outils.reglage, controles };
  const juge = new Juge({ ...outils, reglage }, { essais: flux.tentatives, signal });
  const affaire: Affaire = { ...lu, apportees, juge };
  if (demande.fichiers.length === 0 && !demande.formulaire) return juger(outils, affaire, AUCUN);
  const refus = apportees.size === 0 ? null : await refusImmediat(outils, affaire, controles);
  return refus ?? signer(outils, affaire);
}

function serveursMuets(outils: OutilsCachet, detail: string): Issue {
  return alerter(outils, erreurSignature('VGM-SIG-001', { detail }).fiche);
}

/** A signature without date is judged as it came. */
function verifiees(signatures: readonly SignaturePlacee[], arrivee: Instant) {
  const datees = signatures.map((s) => ({ ...s, instant: s.instant ?? arrivee }));
  const faits: Verifiees['faits'] = { domaines: [], globale: false };
  return { rapport: { constats: [], signatures: datees }, faits };
}

function illisible(motif: string): Issue {
  return refuser(erreurSignature('VGM-SIG-064', { motif: enIncise(motif) }).fiche);
}

/** What is refused without asking anybody, before we sign for nothing. */
async function refusImmediat(
  outils: OutilsCachet,
  affaire: Affaire,
  controles: Parameters<typeof constater>[2]['controles'],
): Promise<Issue | null> {
  const { flux, message, apportees } = affaire;
  const verdict = await verifierEnvoi(outils.coffre, message, apportees);
  if (verdict.type === 'illisible') return illisible(verdict.motif);
  const { signatures } = verdict;
  const regles = {
    maintenant: outils.clock.now(),
    arrivee: flux.depose,
    magasin: outils.confiance.magasin !== null,
  };
  const constats = constater(verifiees(signatures, flux.depose), new Map(), { ...regles, controles });
  const refus = premierRefus(signatures, constats);
  if (refus === null) return null;
  const examen = { type: 'juge', constats, confiances: new Map(), pieces: [] } as const;
  return refuserAvecRapport(outils, { affaire, cachets: AUCUN, signatures, examen }, refus.erreur);
}

function cleDe(outils: OutilsCachet, { flux, demande }: Affaire): Signataire | FicheErreur {
  const signataire = outils.cles.get(demande.cle);
  if (signataire !== undefined) return signataire;
  const siren: Siren = flux.collectivite;
  const detail =
    demande.cle === '' ? 'aucune n’est nommée' : `« ${demande.cle} » n’est pas dans les réglages`;
  return erreurSignature('VGM-SIG-062', { siren, detail }).fiche;
}

async function signer(outils: OutilsCachet, affaire: Affaire): Promise<Issue> {
  const { coffre, clock } = outils;
  const signataire = cleDe(outils, affaire);
  if (!('signer' in signataire)) return alerter(outils, signataire);
  // XAdES writes whole seconds
  const instant = (Math.floor(clock.now() / 1000) * 1000) as Instant;
  const muets = await affaire.juge.sonder([signataire.certificat, ...signataire.chaine], instant);
  if (muets !== null) return serveursMuets(outils, muets);
  const signees = await signerEnvoi({ ...affaire, signataire, instant }, coffre);
  if (signees.type === 'empeche') return alerter(outils, signees.erreur);
  return juger(outils, affaire, signees.cachets);
}

/** Every signature, ours as anybody's. A fault of ours is never held against the document. */
async function juger(outils: OutilsCachet, affaire: Affaire, cachets: SignaturesEnvoi): Promise<Issue> {
  const { flux, message, apportees, juge } = affaire;
  const douter = (detail: string): Issue =>
    alerter(outils, erreurSignature('VGM-SIG-042', { detail: enIncise(detail) }).fiche);
  const verdict = await verifierEnvoi(outils.coffre, message, new Map([...apportees, ...cachets]));
  if (verdict.type === 'illisible')
    return cachets.size > 0 ? douter(verdict.motif) : illisible(verdict.motif);
  const { signatures } = verdict;
  const examen = await juge.juger(verifiees(signatures, flux.depose), flux.depose);
  if (examen.type === 'alerte') return serveursMuets(outils, examen.detail);
  const dossier: Dossier = { affaire, cachets, signatures, examen };
  const refus = premierRefus(signatures, examen.constats);
  if (refus === null) return approuver(outils, dossier);
  const notre = refus.signature === undefined || cachets.has(refus.signature.fichier);
  return notre ? douter(refus.erreur.message) : refuserAvecRapport(outils, dossier, refus.erreur);
}

function rapporter(
  { coffre, clock }: OutilsCachet,
  { signatures, examen, cachets }: Dossier,
  dit: { readonly verdict: 'favorable' | 'defavorable'; readonly resume: string },
): Promise<Piece> {
  const { constats, confiances } = examen;
  const origineDe = ({ fichier }: SignaturePlacee) => (cachets.has(fichier) ? 'vaguemestre' : 'deposant');
  return garderRapport(coffre, {
    ...dit,
    controle: clock.now(),
    signatures,
    origineDe,
    constats,
    confiances,
  });
}

async function refuserAvecRapport(
  outils: OutilsCachet,
  dossier: Dossier,
  erreur: FicheErreur,
): Promise<Issue> {
  const rapport = await rapporter(outils, dossier, { verdict: 'defavorable', resume: erreur.message });
  return refuser(erreur, [rapport, ...dossier.examen.pieces]);
}

/** `3 signatures`, `1 cachet`. */
const compter = (nombre: number, mot: string): string => `${nombre} ${mot}${nombre > 1 ? 's' : ''}`;

async function approuver(outils: OutilsCachet, dossier: Dossier): Promise<Issue> {
  const { cachets, examen, affaire } = dossier;
  const gardes: Piece[] = [];
  for (const [nom, octets] of cachets) {
    const depot = await outils.coffre.ajouter(octets);
    gardes.push({ role: 'cachet', nom: nomCachet(nom), type: 'application/xml', ...depot });
  }
  const { size: jointes } = affaire.apportees;
  const { length: avertissements } = examen.constats;
  const motif = [
    ...(jointes === 0 ? [] : [compter(jointes, 'signature')]),
    ...(cachets.size === 0 ? [] : [compter(cachets.size, 'cachet')]),
    ...(avertissements === 0 ? [] : [compter(avertissements, 'avertissement')]),
  ].join(', ');
  const resume = `Chaque signature se vérifie à sa place (${motif}).`;
  const rapport = await rapporter(outils, dossier, { verdict: 'favorable', resume });
  return {
    type: 'avance',
    evenement: 'signature_favorable',
    pieces: [...gardes, rapport, ...examen.pieces],
    complement: { signatures: jointes, cachets: cachets.size, avertissementsSignature: avertissements },
    motif,
  };
}
