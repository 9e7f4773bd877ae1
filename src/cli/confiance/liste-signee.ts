import type { Auteur } from '../../adapters/confiance/dossier.ts';
import { type Certificat, lireCertificat, sha256 } from '../../formats/certificats/certificat.ts';
import { enDate } from '../../formats/certificats/defauts.ts';
import { TERRITOIRE_UNION } from '../../formats/certificats/liste-des-listes.ts';
import { type Entete, lireEntete, TAILLE_LISTE_MAX } from '../../formats/certificats/liste-entete.ts';
import type { FaitsListe, ListeDesListes } from '../../formats/certificats/magasin.ts';
import { DERIVE_MS } from '../../formats/certificats/revocation.ts';
import type { VerdictListe } from '../../formats/xades/base/liste.ts';
import { type ElementXml, lireXml } from '../../formats/xml/lire.ts';
import { erreurConfiance } from '../../metier/catalogue/confiance.ts';
import type { Sha256 } from '../../metier/identifiants.ts';

/** A signed list as it comes: what is read of it, who may have signed it, and whether it is newer than the one in place. */

export interface DemandeImport {
  /** For people. */
  readonly fichier: string;
  readonly xml: Uint8Array;
  /** SHA-256 of the certificates that the operator vouches for. */
  readonly signataires: ReadonlySet<Sha256>;
  /** Take all the same what is out of date or older than what stands; never what is ill signed. */
  readonly forcer: boolean;
  readonly dossier: string;
  readonly auteur: Auteur;
  /** `verifierListe`: signature and coverage, no trust. */
  readonly verifier: (xml: Uint8Array) => Promise<VerdictListe>;
}

export interface Signee extends DemandeImport {
  readonly racine: ElementXml;
  readonly entete: Entete;
  readonly numero: number;
  readonly certificat: Certificat;
}

type Refus = (motif: string) => Error;

export function refusDe(fichier: string): Refus {
  return (motif) => erreurConfiance('VGM-CNF-003', { fichier, motif });
}

/** The signature, its certificate and the head: what does not depend on the folder. */
export async function lireSignee(demande: DemandeImport): Promise<Signee> {
  const refuser = refusDe(demande.fichier);
  const { xml, verifier, auteur } = demande;
  const lecture = lireXml(xml, TAILLE_LISTE_MAX);
  if (lecture.type === 'illisible') throw refuser(`${lecture.motif}. La télécharger de nouveau.`);
  const entete = lireEntete(lecture.racine);
  if (entete === null) {
    throw refuser(
      'ce n’est pas une liste de confiance ETSI TS 119 612 (version 5 ou 6). Vérifier son adresse.',
    );
  }
  if (!/^\d{1,15}$/.test(entete.numero))
    throw refuser(`son numéro d’ordre est illisible (« ${entete.numero} »). La télécharger de nouveau.`);
  const verdict = await verifier(xml);
  if (verdict.type === 'refusee') throw refuser(verdict.motif);
  const lu = lireCertificat(verdict.certificat);
  if (lu.type === 'illisible') throw refuser(`le certificat de son signataire est illisible (${lu.motif}).`);
  const { certificat } = lu;
  const signee = verdict.instant ?? auteur.quand;
  if (signee > auteur.quand + DERIVE_MS) {
    throw refuser(
      `sa signature est datée du ${enDate(signee)}, à venir. Vérifier l’horloge de cette machine.`,
    );
  }
  if (signee < certificat.debut || signee >= certificat.fin + 1000) {
    throw refuser(
      `elle est signée le ${enDate(signee)}, hors de la validité du certificat ${certificat.sujet.texte}.`,
    );
  }
  return { ...demande, racine: lecture.racine, entete, numero: Number(entete.numero), certificat };
}

/** The certificate must be vouched for by the operator, or named by the list of lists for this very territory. */
export function exigerSignataire(signee: Signee, liste: ListeDesListes | undefined): string[] {
  const { certificat, signataires, entete, auteur, forcer, fichier } = signee;
  if (signataires.has(certificat.sha256)) return [];
  const refuser = refusDe(fichier);
  const territoire = entete.genre === 'liste_des_listes' ? TERRITOIRE_UNION : entete.territoire;
  const pointeur = liste?.pointeurs.find((p) => p.territoire === territoire);
  if (pointeur?.signataires.includes(certificat.sha256) !== true) {
    const qui = `elle est signée par ${certificat.sujet.texte} (SHA-256 ${certificat.sha256})`;
    const pourquoi =
      liste === undefined
        ? 'que rien ne désigne ici'
        : `que la liste des listes ne désigne pas pour « ${territoire} »`;
    throw refuser(
      `${qui}, ${pourquoi}. Donner --liste-des-listes, ou --signataire après avoir comparé cette empreinte avec celle que publie l’autorité.`,
    );
  }
  if (liste === undefined || liste.prochaine === null || Date.parse(liste.prochaine) >= auteur.quand)
    return [];
  const fin = enDate(Date.parse(liste.prochaine));
  const perimee = `la liste des listes en place devait être remplacée le ${fin}`;
  if (!forcer) throw refuser(`${perimee}. Importer celle en vigueur, avec --signataire.`);
  return [`Forcé : ${perimee}.`];
}

/** Sequence number and date may not go back (TS 119 612 § 5.3.2): an old list would give back what was withdrawn. */
export function exigerSuite(signee: Signee, avant: FaitsListe | undefined): string[] {
  const { entete, numero, forcer, xml, fichier } = signee;
  if (avant === undefined) return [];
  const emise = Date.parse(avant.emise);
  const place = `celle en place est la n° ${avant.numero} du ${enDate(emise)}`;
  const recule = numero < avant.numero || (numero > avant.numero && entete.emise < emise);
  const rivale = numero === avant.numero && sha256(xml) !== avant.sha256;
  const motif = recule
    ? `elle est plus ancienne (n° ${numero} du ${enDate(entete.emise)}) : ${place}`
    : rivale
      ? `une autre liste porte le même n° ${numero} : ${place}`
      : null;
  if (motif === null) return [];
  if (!forcer) throw refusDe(fichier)(`${motif}. L’option --forcer passe outre, en connaissance de cause.`);
  return [`Forcé : ${motif}.`];
}

export function faitsDe({ entete, numero, xml, certificat, auteur }: Signee): FaitsListe {
  return {
    territoire: entete.territoire,
    numero,
    emise: new Date(entete.emise).toISOString(),
    prochaine: entete.prochaine === null ? null : new Date(entete.prochaine).toISOString(),
    sha256: sha256(xml),
    signataire: certificat.sha256,
    importee: new Date(auteur.quand).toISOString(),
  };
}
