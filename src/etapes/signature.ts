import type { SourceOctets } from '../formats/xades/flux.ts';
import { enIncise } from '../formats/xml/faute.ts';
import { territoireDe } from '../metier/calendrier/feries.ts';
import { ajouterJoursOuvres } from '../metier/calendrier/ouvres.ts';
import { erreurEnveloppe } from '../metier/catalogue/enveloppe.ts';
import { erreurSignature } from '../metier/catalogue/signature.ts';
import type { Collectivite } from '../metier/collectivite.ts';
import { instantDe, jourDe } from '../metier/echeances.ts';
import type { Flux, Piece, PieceDuFlux } from '../metier/flux.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Issue } from '../metier/issues.ts';
import type { Coffre } from '../ports/coffre.ts';
import { OPERATEUR, type LectureFlux } from '../ports/store.ts';
import { demanderSignature } from '../protocoles/helios/signature.ts';
import type { Annuaire } from './annuaire.ts';
import { fichierCourant } from './enveloppe-fichier.ts';
import type { Etape, Poste } from './etape.ts';
import { relire } from './relire.ts';
import { Juge, type OutilsExamen, type Verification, verifierSignatures } from './signature/examen.ts';
import {
  alerter,
  approuver,
  conclure,
  type Dossier,
  type OutilsIssue,
  refuser,
  refuserAvecRapport,
} from './signature/issue.ts';
import {
  type FichierSigne,
  octetsDe,
  type OutilsSigner,
  reunirMoyens,
  signerIci,
} from './signature/signer-ici.ts';
import { refusDe } from './signature/verdict.ts';

export interface OutilsSignature extends Omit<OutilsExamen, 'reglage'>, OutilsSigner, OutilsIssue {
  readonly flux: LectureFlux;
  readonly coffre: Coffre;
  readonly annuaire: Annuaire;
  readonly confiance: OutilsExamen['confiance'];
}

type Lue = Extract<Verification, { type: 'lue' }>;
type Signe = Extract<FichierSigne, { type: 'signe' }>;

/** Hour of the working day at which a wait that lasts is told. */
const HEURE_ALERTE = 9;

/** One flux at this step. */
interface Affaire {
  readonly flux: Flux;
  readonly poste: Poste;
  readonly collectivite: Collectivite;
  readonly fichier: PieceDuFlux;
  readonly juge: Juge;
}

/**
 * Signature step of HELIOS (arrêté du 27 juin 2007, annexe 1, 2-9 and 2-10; policy § 4.4). Verifies once every signature of
 * the file as it stands, at the time that it claims; signs a file that bears none when the card asks for it.
 *
 * What happens if we die: nothing has left yet, and state, pieces and journal land together, so the step is run again from
 * the file as it was deposited or brought.
 *
 * | we die                                             | what is left                   | what the next try does          |
 * |----------------------------------------------------|--------------------------------|---------------------------------|
 * | while verifying, or asking servers                 | nothing                        | verifies and asks again         |
 * | while signing                                      | a draft, swept at the opening  | signs again, at another instant |
 * | our file in the coffre, the outcome not yet landed | a file that hangs on no flux   | signs again: another file, the only one believed |
 * | the outcome landed                                 | `signe`, `refuse`, `a_signer`  | another step, or a person       |
 */
export function creerEtapeSignature(outils: OutilsSignature): Etape {
  return async (flux, poste) => {
    const collectivite = await outils.annuaire.exiger(flux.collectivite);
    const fichier = fichierCourant(await outils.flux.pieces(OPERATEUR, flux.id));
    if (fichier === undefined) throw erreurEnveloppe('VGM-ENV-004', { flux: flux.id });
    const juge = new Juge(outils, { essais: flux.tentatives, signal: poste.signal });
    const affaire: Affaire = { flux, poste, collectivite, fichier, juge };
    const octets: SourceOctets = async function* lire() {
      yield* (await outils.coffre.ouvrir(fichier.sha256)) as AsyncIterable<Uint8Array>;
    };
    const lu = { octets, sha256: fichier.sha256 };
    const verification = await verifierSignatures(lu, outils.confiance.politiques, poste.signal);
    if (verification.type === 'illisible') {
      const motif = enIncise(verification.refus.message);
      return refuser(erreurSignature('VGM-SIG-030', { motif }).fiche);
    }
    return verification.rapport.signatures.length > 0
      ? jugerFichier(outils, affaire, verification)
      : sansSignature(outils, affaire, verification);
  };
}

function serveursMuets(outils: OutilsSignature, detail: string): Issue {
  return alerter(outils, erreurSignature('VGM-SIG-001', { detail }).fiche);
}

async function jugerFichier(outils: OutilsSignature, affaire: Affaire, verification: Lue): Promise<Issue> {
  const { fichier, juge } = affaire;
  const examen = await juge.juger(verification, fichier.ajoutee);
  if (examen.type === 'alerte') return serveursMuets(outils, examen.detail);
  const origine = fichier.role === 'pes_signe' ? 'apporte' : 'deposant';
  return conclure(outils, { nouveau: null, fichier, verification, examen, origine, complement: {} });
}

/** Nobody signed it: the card of the collectivité says what becomes of it. */
async function sansSignature(outils: OutilsSignature, affaire: Affaire, verification: Lue): Promise<Issue> {
  const { flux, fichier, collectivite } = affaire;
  const fiche = { signature: collectivite.helios?.signature ?? 'refuser' } as const;
  const demande = demanderSignature(verification.faits, fiche, (flux.resume['accord'] ?? null) !== null);
  const dossier: Dossier = {
    nouveau: null,
    fichier,
    verification,
    examen: { type: 'juge', constats: [], confiances: new Map(), pieces: [] },
    origine: 'aucune',
    complement: {},
  };
  switch (demande.type) {
    case 'aucune':
      return approuver(outils, dossier, demande.motif);
    case 'manquante':
      return refuserAvecRapport(outils, dossier, erreurSignature('VGM-SIG-033').fiche);
    case 'attendue': {
      const motif = demande.attendu === 'accord' ? 'accord de la collectivité' : 'fichier signé';
      const complement = { signatureAttendue: demande.attendu };
      const { alerte_jours_ouvres: jours } = outils.reglage;
      const territoire = territoireDe(collectivite.actes?.departement ?? '') ?? 'metropole';
      const jour = ajouterJoursOuvres(jourDe(outils.clock.now()), jours, territoire);
      const due = instantDe(jour, HEURE_ALERTE);
      return { type: 'avance', evenement: 'signature_attendue', complement, motif, due };
    }
    case 'ici':
      return signer(outils, affaire, verification);
    default:
      return demande satisfies never;
  }
}

async function signer(outils: OutilsSignature, affaire: Affaire, { preparation }: Lue): Promise<Issue> {
  const { flux, collectivite, fichier, juge } = affaire;
  // XAdES writes whole seconds
  const instant = (Math.floor(outils.clock.now() / 1000) * 1000) as Instant;
  const lecture = reunirMoyens(outils, collectivite, instant);
  if (lecture.type === 'manquants') return alerter(outils, lecture.erreur);
  const { certificat, chaine } = lecture.moyens.signataire;
  const muets = await juge.sonder([certificat, ...chaine], instant);
  if (muets !== null) return serveursMuets(outils, muets);
  const octets: SourceOctets = () => relire(outils.coffre, fichier);
  const signe = await signerIci(outils, lecture.moyens, { flux, octets, preparation, instant });
  if (signe.type === 'refuse') return refuser(signe.erreur);
  if (signe.type === 'empeche') return alerter(outils, signe.erreur);
  try {
    return await croire(outils, affaire, signe);
  } finally {
    await signe.attente.jeter();
  }
}

/** Our own signature, verified as anybody's before it is believed. A fault there is ours, not the document's. */
async function croire(outils: OutilsSignature, affaire: Affaire, signe: Signe): Promise<Issue> {
  const { fichier, poste, juge } = affaire;
  const { sha256, sha512, taille } = signe.attente;
  const douter = (detail: string): Issue =>
    alerter(outils, erreurSignature('VGM-SIG-042', { detail: enIncise(detail) }).fiche);
  const lu = { octets: octetsDe(signe.attente), sha256 };
  const verification = await verifierSignatures(lu, outils.confiance.politiques, poste.signal);
  if (verification.type === 'illisible') return douter(verification.refus.message);
  const { conclusion, signatures, resume } = verification.rapport;
  if (conclusion !== 'valide' || signatures.length !== signe.signatures) return douter(resume);
  const examen = await juge.juger(verification, outils.clock.now());
  if (examen.type === 'alerte') return serveursMuets(outils, examen.detail);
  const refus = refusDe(verification.rapport, examen.constats);
  if (refus !== null) return douter(refus.message);
  const { nom, type } = fichier;
  const nouveau: Piece = { role: 'pes_signe', nom, type, sha256, sha512, taille };
  const complement = { sha1: signe.sha1 };
  const issue = await conclure(outils, {
    nouveau,
    fichier: nouveau,
    verification,
    examen,
    origine: 'vaguemestre',
    complement,
  });
  if (issue.type === 'avance' && issue.evenement === 'signature_favorable') await signe.attente.garder();
  return issue;
}
