import type { Instant } from '../../metier/identifiants.ts';
import { type ElementXml, lireXml } from '../xml/lire.ts';
import { lireCertificat, sha256 } from './certificat.ts';
import { enDate } from './defauts.ts';
import { type Entete, examinerEntete, lireEntete, TAILLE_LISTE_MAX } from './liste-entete.ts';
import { ATTRIBUT, enfant, enfants, texte, texteFrancais } from './liste-xml.ts';
import { lirePeriodes, TYPE_CA_QC } from './liste-service.ts';
import { type Ancre, type Famille, periodeA } from './magasin.ts';

/**
 * Import of a trusted list (ETSI TS 119 612, the French one above all) into a family of the store: the authorities that
 * issue qualified certificates, with the periods and the qualifiers that the list gives them. The list's own signature
 * is verified elsewhere: here it is a fact, given.
 */

export interface DemandeListe {
  /** The file as it was fetched. */
  readonly xml: Uint8Array;
  /** The XAdES signature of these very bytes was verified, by a key that the list of lists names. */
  readonly verifiee: boolean;
  /** Import all the same what is unverified or out of date; it is then said in `reserves`. */
  readonly forcer?: boolean;
  readonly instant: Instant;
}

export type RefusListe = 'illisible' | 'autre_format' | 'non_verifiee' | 'perimee' | 'vide';

export type ImportListe =
  | {
      readonly type: 'importee';
      readonly famille: Famille;
      readonly territoire: string;
      readonly numero: string;
      readonly emise: Instant;
      /** null: a closed list (TS 119 612 § 5.3.15). */
      readonly prochaine: Instant | null;
      /** Anchors in force at `instant`. */
      readonly accordees: number;
      /** French. */
      readonly reserves: readonly string[];
    }
  /** `motif`: French, with the remedy. */
  | { readonly type: 'refusee'; readonly code: RefusListe; readonly motif: string };

function refuser(code: RefusListe, motif: string): ImportListe {
  return { type: 'refusee', code, motif };
}

/** Never throws. */
export function importerListeConfiance(demande: DemandeListe): ImportListe {
  const lecture = lireXml(demande.xml, TAILLE_LISTE_MAX);
  if (lecture.type === 'illisible') {
    return refuser('illisible', `La liste est illisible : ${lecture.motif}. La télécharger de nouveau.`);
  }
  const entete = lireEntete(lecture.racine);
  if (entete?.genre !== 'liste') {
    return refuser(
      'autre_format',
      'Ce fichier n’est pas une liste de confiance ETSI TS 119 612 (version 5 ou 6). Vérifier son adresse.',
    );
  }
  const reserves = examinerEntete(entete, demande);
  const [premiere] = reserves;
  if (premiere !== undefined && demande.forcer !== true) return refuser(premiere.code, premiere.motif);
  return importer(lecture.racine, { entete, demande, reserves: reserves.map((r) => r.motif) });
}

interface Contexte {
  readonly entete: Entete;
  readonly demande: DemandeListe;
  readonly reserves: readonly string[];
}

function importer(racine: ElementXml, { entete, demande, reserves }: Contexte): ImportListe {
  const prestataires = enfants(enfant(racine, 'TrustServiceProviderList'), 'TrustServiceProvider');
  const lus = prestataires.flatMap(lireServices);
  const ancres = lus.flatMap((l) => ('ancre' in l ? [l.ancre] : []));
  const accordees = ancres.filter((a) => periodeA(a, demande.instant) !== null).length;
  if (accordees === 0) {
    const motif =
      'La liste ne contient aucune autorité qualifiée en vigueur. Vérifier que c’est la bonne liste.';
    return refuser('vide', motif);
  }
  const { territoire, numero, emise, prochaine } = entete;
  const famille: Famille = {
    nom: `eidas-${territoire.toLowerCase().replaceAll(/[^a-z0-9]/g, '') || 'inconnu'}`,
    libelle: `Certificats qualifiés eIDAS (${territoire})`,
    lecture: 'eidas',
    ancres,
    niveaux: [],
    origine: `liste de confiance ${territoire} n° ${numero} du ${enDate(emise)}, SHA-256 ${sha256(demande.xml)}`,
  };
  const illisibles = lus.flatMap((l) => ('illisible' in l ? [l.illisible] : []));
  const toutes = [...reserves, ...illisibles];
  return { type: 'importee', famille, territoire, numero, emise, prochaine, accordees, reserves: toutes };
}

type ServiceLu = { readonly ancre: Ancre } | { readonly illisible: string };

/** The CA/QC services of one provider; the same authority may stand under several of them. */
function lireServices(prestataire: ElementXml): ServiceLu[] {
  const porteur = texteFrancais(enfant(enfant(prestataire, 'TSPInformation'), 'TSPName'));
  const services = enfants(enfant(prestataire, 'TSPServices'), 'TSPService');
  return services.flatMap((service) => {
    const infos = enfant(service, 'ServiceInformation');
    const periodes = lirePeriodes(service);
    const estCaQc = texte(enfant(infos, 'ServiceTypeIdentifier')) === TYPE_CA_QC;
    if (!estCaQc || !periodes.some((p) => p.accorde)) return [];
    const nom = `${porteur} – ${texteFrancais(enfant(infos, 'ServiceName'))}`;
    const identites = enfants(enfant(infos, 'ServiceDigitalIdentity'), 'DigitalId');
    const certificats = identites.flatMap((id) => enfants(id, ATTRIBUT.certificat));
    return certificats.map((c) => lireAncre(c, nom, periodes));
  });
}

function lireAncre(element: ElementXml, nom: string, periodes: Ancre['periodes']): ServiceLu {
  const lu = lireCertificat(Uint8Array.from(Buffer.from(element.texte, 'base64')));
  if (lu.type === 'illisible')
    return { illisible: `${nom} : certificat illisible (${lu.motif}), laissé de côté.` };
  return { ancre: { certificat: Buffer.from(lu.certificat.der).toString('base64'), nom, periodes } };
}
