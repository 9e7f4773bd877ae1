import { createHash } from 'node:crypto';
import type { Instant } from '../../metier/identifiants.ts';
import type { Certificat } from '../certificats/certificat.ts';
import type { DemandeConfiance, PreuvesFournies, VerdictConfiance } from '../certificats/confiance.ts';
import type { MagasinOuvert } from '../certificats/magasin.ts';
import type { AgeMax } from '../certificats/revocation.ts';
import { estNcnom } from '../xml/noms.ts';
import { ENVELOPPEE } from './algorithmes.ts';
import { type CertificatsJoints, trouverSignataire, verifierValeur } from './certificats.ts';
import { Cahier } from './constats.ts';
import { lireProprietes, type ProprietesLues } from './lecture-proprietes.ts';
import { lireSignature, type ReferenceLue, type SignatureLue } from './lecture-signature.ts';
import { avisPolitique, type TablePolitiques } from './politiques.ts';
import type { ConfianceRapport, ElementRapport, RapportSignature, SignataireRapport } from './rapport.ts';
import type { Releve } from './releve.ts';
import type { ElementSuivi, SignatureRelevee } from './releve-types.ts';

/** The checklist of crypto.md §9, on one signature as the pass brought it back. */

export interface ReglesJugement {
  /** When the certificate is judged; the time that the signature claims when absent. */
  readonly instant?: Instant;
  /** When it is judged: evidence of revocation made since then is welcome. The instant examined when absent. */
  readonly controle?: Instant;
  readonly magasin?: MagasinOuvert;
  /** `jugerCertificat`; given apart, for it loads ten times what a verification without a store needs. */
  readonly jugerCertificat?: (demande: DemandeConfiance) => VerdictConfiance;
  readonly preuves?: PreuvesFournies;
  /** Of the evidence; without limit when absent. */
  readonly ageMax?: AgeMax;
  readonly politiques: TablePolitiques;
}

interface Affaire {
  readonly relevee: SignatureRelevee;
  readonly releve: Releve;
  readonly lue: SignatureLue;
  readonly proprietes: ProprietesLues | null;
  /** Identifiers of the SignedProperties of every other signature. */
  readonly autrui: ReadonlySet<string>;
  readonly cahier: Cahier;
}

/** Whether each digest is right: null when it could not be computed. */
export type Integrite = boolean | null;

export function rapporter(element: ElementSuivi): ElementRapport {
  const { place, nom, id, etiquette, position } = element;
  return { place, nom, id, etiquette, position };
}

/** True where a signature of the profile may stand. */
export function signable(element: ElementSuivi | null): element is ElementSuivi {
  return element !== null && (element.place === 'racine' || element.place === 'unite');
}

function examinerPlace({ relevee, cahier }: Affaire): void {
  const { parent } = relevee;
  const nom = parent?.nom ?? 'un autre élément';
  if (!signable(parent)) cahier.noter('malPlacee', nom);
  else if (parent.signatures > 1) cahier.noter('plusieurs', parent.signatures);
  if (relevee.imbriquee) cahier.noter('imbriquee');
  if (relevee.suivie) cahier.noter('pasDerniere');
  if (relevee.commentaires > 0) cahier.noter('commentaire');
  if (relevee.instructions > 0) cahier.noter('instruction');
  if (relevee.tropGrosse) cahier.noter('tropGrosse', '1 Mio ou 1 000 éléments');
  if (parent !== null && parent.instructions > 0)
    cahier.noter('instructionsDansContenu', parent.instructions);
  if (parent !== null && parent.commentaires > 0)
    cahier.noter('commentairesDansContenu', parent.commentaires);
}

/** The reference to the element that holds the signature. */
function jugerContenu({ relevee, cahier }: Affaire, reference: ReferenceLue): Integrite {
  const { parent } = relevee;
  const { transformations, hachage } = reference;
  if (
    transformations.length !== 2 ||
    transformations[0] !== ENVELOPPEE ||
    transformations[1] === ENVELOPPEE
  ) {
    cahier.noter('transformationsAbsentes', `contenu : ${transformations.length} transformation(s)`);
    return null;
  }
  const empreinte = parent?.empreintes.get(hachage.node);
  if (empreinte === undefined) return null;
  const juste = Buffer.from(empreinte).equals(reference.empreinte);
  if (!juste) cahier.noter('contenuAltere', parent?.id ?? '');
  return juste;
}

/** The reference to the signature's own SignedProperties. */
function jugerProprietes({ relevee, proprietes, cahier }: Affaire, reference: ReferenceLue): Integrite {
  const utiles = reference.transformations.filter((t) => t !== ENVELOPPEE);
  if (utiles.length !== 1) {
    cahier.noter(
      'transformationsAbsentes',
      `propriétés : ${reference.transformations.length} transformation(s)`,
    );
    return null;
  }
  if (utiles.length !== reference.transformations.length) cahier.noter('enveloppeeSuperflue');
  const forme = relevee.formes.find((f) => f.debut === proprietes?.debut);
  if (forme === undefined) return null;
  const hash = createHash(reference.hachage.node);
  for (const bloc of forme.blocs) hash.update(bloc);
  const juste = hash.digest().equals(reference.empreinte);
  if (!juste) cahier.noter('proprietesAlterees');
  return juste;
}

/** Why a reference designates neither. */
function refuserCible({ releve, autrui, cahier }: Affaire, id: string): void {
  if (autrui.has(id)) cahier.noter('proprietesDAutrui', id);
  else if (releve.ids.has(id)) cahier.noter('cibleAilleurs', id);
  else if (releve.autresIds.has(id)) cahier.noter('cibleAutreAttribut', id);
  else cahier.noter('cibleAbsente', id);
}

function jugerReferences(affaire: Affaire): Integrite {
  const { lue, relevee, proprietes, cahier } = affaire;
  const vus = new Set<string>();
  const idContenu = signable(relevee.parent) ? relevee.parent.id : null;
  const verdicts: Integrite[] = lue.references.map((reference) => {
    if (reference === null) return null;
    if (vus.has(reference.id)) cahier.noter('referenceDouble', reference.id);
    vus.add(reference.id);
    if (!estNcnom(reference.id)) cahier.noter('cibleImpropre', reference.id);
    if (reference.id === idContenu) return jugerContenu(affaire, reference);
    if (reference.id === proprietes?.id) return jugerProprietes(affaire, reference);
    refuserCible(affaire, reference.id);
    return null;
  });
  if (!vus.has(idContenu ?? '')) cahier.noter('contenuNonReference');
  if (!vus.has(proprietes?.id ?? '')) cahier.noter('proprietesNonReferencees');
  if (verdicts.includes(false)) return false;
  return verdicts.length === 2 && !verdicts.includes(null) ? true : null;
}

function jugerValeur(affaire: Affaire, certificat: Certificat | null): Integrite {
  const { lue, relevee, cahier } = affaire;
  const forme = relevee.formes.find((f) => f.debut === lue.signedInfo);
  const { algorithme, valeur } = lue;
  if (certificat === null || forme === undefined || algorithme === null || !lue.c14nAdmise) return null;
  if (valeur === null) return false;
  return verifierValeur({ algorithme, octets: Buffer.concat(forme.blocs), valeur }, certificat, cahier);
}

export function jugerPolitique(
  affaire: Pick<Affaire, 'proprietes' | 'cahier'>,
  table: TablePolitiques,
): RapportSignature['politique'] {
  const politique = affaire.proprietes?.politique ?? null;
  if (politique === null) return null;
  const avis = avisPolitique(table, { ...politique, instant: affaire.proprietes?.instant ?? null });
  if (avis === 'inconnue') affaire.cahier.noter('politiqueInconnue', politique.identifiant);
  if (avis === 'paire_inattendue') affaire.cahier.noter('politiquePaire', politique.identifiant);
  return { ...politique, avis };
}

const SANS_PREUVE: PreuvesFournies = { crl: [], ocsp: [] };

export function jugerConfiance(
  joints: CertificatsJoints,
  affaire: Pick<Affaire, 'proprietes' | 'cahier'>,
  regles: ReglesJugement,
): ConfianceRapport {
  const { signataire } = joints;
  const instant = regles.instant ?? affaire.proprietes?.instant ?? null;
  if (signataire === null || instant === null) {
    return { type: 'non_jugee', motif: 'le certificat ou la date de la signature manque' };
  }
  if (instant < signataire.debut || instant > signataire.fin) affaire.cahier.noter('certificatHorsDate');
  if (regles.magasin === undefined || regles.jugerCertificat === undefined) {
    return { type: 'non_jugee', motif: 'aucun magasin de confiance n’a été fourni' };
  }
  return regles.jugerCertificat({
    certificat: signataire.der,
    intermediaires: joints.intermediaires.map((c) => c.der),
    magasin: regles.magasin,
    instant,
    ...(regles.controle === undefined ? {} : { controle: regles.controle }),
    ...(regles.ageMax === undefined ? {} : { ageMax: regles.ageMax }),
    preuves: regles.preuves ?? SANS_PREUVE,
    emploi: 'signature',
  });
}

export function signataireRapport(certificat: Certificat): SignataireRapport {
  const { sujet, emetteur, serie, sha256, debut, fin, der } = certificat;
  return { sujet: sujet.texte, emetteur: emetteur.texte, serie: serie.decimal, sha256, debut, fin, der };
}

/** Codes that say that KeyInfo, the properties and the key do not speak of one certificate. */
const DISCORDANCES: ReadonlySet<string> = new Set([
  'XDS-075',
  'XDS-076',
  'XDS-077',
  'XDS-080',
  'XDS-082',
  'XDS-143',
]);

export function concordance(
  affaire: Pick<Affaire, 'proprietes' | 'cahier'>,
  certificat: Certificat | null,
): RapportSignature['certificat'] {
  if (affaire.cahier.constats.some((c) => DISCORDANCES.has(c.code))) return 'discordant';
  const designe = affaire.proprietes?.certificat ?? null;
  return certificat === null || designe === null ? 'indetermine' : 'concordant';
}

export function dire(integre: Integrite): RapportSignature['integrite'] {
  if (integre === null) return 'indeterminee';
  return integre ? 'intacte' : 'rompue';
}

/** `etat` is `valide` only when nothing at all was refused. */
export function jugerSignature(
  { relevee, releve, autrui }: Pick<Affaire, 'relevee' | 'releve' | 'autrui'>,
  regles: ReglesJugement,
): RapportSignature {
  const cahier = new Cahier();
  const lue = lireSignature(relevee.racine, cahier);
  const proprietes = lue.proprietes === null ? null : lireProprietes(lue.proprietes, cahier);
  const affaire: Affaire = { relevee, releve, lue, proprietes, autrui, cahier };
  examinerPlace(affaire);
  if (regles.instant !== undefined && (proprietes?.instant ?? 0) > regles.instant) cahier.noter('dateFuture');
  const references = jugerReferences(affaire);
  const joints = trouverSignataire(lue.keyInfo, proprietes?.certificat ?? null, cahier);
  const valeur = jugerValeur(affaire, joints.signataire);
  const integre = references === false || valeur === false ? false : references === true ? valeur : null;
  const politique = jugerPolitique(affaire, regles.politiques);
  const confiance = jugerConfiance(joints, affaire, regles);
  const refusee = cahier.porte('refus') || integre !== true;
  return {
    rang: relevee.rang,
    id: lue.id,
    position: relevee.position,
    etat: refusee ? 'refusee' : cahier.porte('obsolete') ? 'obsolete' : 'valide',
    couvre: refusee || !signable(relevee.parent) ? null : rapporter(relevee.parent),
    integrite: dire(integre),
    certificat: concordance(affaire, joints.signataire),
    confiance,
    signataire: joints.signataire === null ? null : signataireRapport(joints.signataire),
    joints: joints.intermediaires.map((c) => c.der),
    version: proprietes?.version ?? null,
    algorithme: lue.algorithme?.nom ?? null,
    instant: proprietes?.instant ?? null,
    roles: proprietes?.roles ?? [],
    lieu: proprietes?.lieu ?? null,
    politique,
    constats: cahier.constats,
  };
}
