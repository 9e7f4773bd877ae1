import { ESPACES_XADES, type VersionXades } from '../../formats/xades/espaces.ts';
import {
  type LignePolitique,
  oidNu,
  POLITIQUES_HELIOS,
  politiquesA,
} from '../../formats/xades/politiques.ts';
import { signerXades } from '../../formats/xades/signer.ts';
import type {
  CiblesSignature,
  DemandeSignature,
  ResultatSignature,
} from '../../formats/xades/signer-types.ts';
import { erreurHorsLigne } from '../../metier/catalogue/hors-ligne.ts';
import type { Instant } from '../../metier/identifiants.ts';
import { PreparationSignature } from '../../protocoles/helios/signature/preparation.ts';
import { type Annonce, annoncer, avisDe } from '../annonce-signature.ts';
import { type CleOuverte, ouvrirCle, type Qualite, qualiteDe } from '../cle-signature.ts';
import { ErreurDocument, erreurUsage } from '../erreurs.ts';
import { enIso, lireInstant } from '../instants.ts';
import { type Appel, type CodeSortie, drapeau, liste, type Options, texte } from '../monde.ts';
import { confianceDesReglages } from '../reglages-confiance.ts';
import { json, octetsExacts, peindre, sur } from '../rendu.ts';
import { type DemandeSortie, ecrireSortie, exigerInscriptible } from '../sortie.ts';
import { memeFichier, ouvrirSource, type Source } from '../source.ts';
import { fiche, tableau } from '../tableau.ts';

/** What the options ask, once understood. */
interface Commande {
  readonly fichier: string;
  readonly cles: { readonly p12: string; readonly secret: string };
  readonly cibles: CiblesSignature;
  readonly politique: LignePolitique;
  readonly version: VersionXades;
  readonly instant: Instant;
  readonly sortie: DemandeSortie;
  /** Makes the identifiers of this signature different from those of any other. */
  readonly marque: string;
}

function lireCibles({ options, verbe }: Appel): CiblesSignature {
  const ids = liste(options, 'id');
  const donnes = [drapeau(options, 'bordereaux'), drapeau(options, 'fichier'), ids.length > 0];
  if (donnes.filter(Boolean).length > 1) {
    throw erreurUsage('Il faut choisir entre --bordereaux, --fichier et --id.', verbe);
  }
  if (ids.length > 0 && drapeau(options, 'annoncer')) {
    // the elements named may be of one domain, and the other would be announced without being signed
    throw erreurUsage('--annoncer ne va pas avec --id.', verbe);
  }
  if (ids.length > 0) return { type: 'ids', ids };
  // crypto.md § 7: the bordereau is what an ordonnateur signs; the whole file only when it is asked
  return drapeau(options, 'fichier') ? { type: 'fichier' } : { type: 'bordereaux' };
}

async function lirePolitique(appel: Appel, instant: Instant): Promise<LignePolitique> {
  const { options, verbe } = appel;
  const table = (await confianceDesReglages(appel))?.politiques ?? POLITIQUES_HELIOS;
  const ouvertes = politiquesA(table, instant).filter((l) => l.hachage !== 'SHA-1');
  const demandee = texte(options, 'politique');
  const ligne =
    demandee === undefined ? ouvertes[0] : ouvertes.find((l) => oidNu(l.identifiant) === oidNu(demandee));
  if (ligne !== undefined) return ligne;
  const oids = ouvertes.map((l) => oidNu(l.identifiant)).join(', ') || 'aucune';
  throw erreurUsage(`La politique « ${demandee ?? ''} » n’est pas connue ; le sont : ${oids}.`, verbe);
}

function lireVersion({ options, verbe }: Appel): VersionXades {
  const versions = Object.keys(ESPACES_XADES) as VersionXades[];
  const demandee = texte(options, 'xades') ?? '1.1.1';
  const version = versions.find((v) => v === demandee);
  if (version !== undefined) return version;
  throw erreurUsage(`XAdES « ${demandee} » n’est pas écrit ici ; le sont : ${versions.join(', ')}.`, verbe);
}

async function lireCommande(appel: Appel): Promise<Commande> {
  const { options, monde } = appel;
  // XAdES writes whole seconds: what is told is what is written
  const voulu = lireInstant(appel, 'instant') ?? (await monde.maintenant());
  const instant = (Math.floor(voulu / 1000) * 1000) as Instant;
  const marque = await monde.hasard();
  return {
    fichier: appel.arguments[0] ?? '',
    cles: { p12: texte(options, 'p12') ?? '', secret: texte(options, 'secretFichier') ?? '' },
    cibles: lireCibles(appel),
    politique: await lirePolitique(appel, instant),
    version: lireVersion(appel),
    instant,
    sortie: {
      fichier: texte(options, 'sortie') ?? '',
      remplacer: drapeau(options, 'remplacer'),
      marque,
      interruption: () => monde.interruption(),
    },
    marque,
  };
}

function lieuDe(options: Options): DemandeSignature['lieu'] {
  const ville = texte(options, 'ville') ?? '';
  const codePostal = texte(options, 'codePostal') ?? '';
  const pays = texte(options, 'pays') ?? '';
  return ville + codePostal + pays === '' ? null : { ville, codePostal, pays };
}

/** Replacing one of the files that the command reads would lose it. */
function exigerDistincte({ verbe }: Appel, { fichier, cles, sortie }: Commande): void {
  const lus = [fichier, cles.p12, cles.secret];
  const meme = lus.find((lu) => memeFichier(lu, sortie.fichier));
  if (meme === undefined) return;
  throw erreurUsage(`La sortie serait écrite par-dessus ${meme}, que la commande lit.`, verbe);
}

function exigerQualite({ options, verbe }: Appel, { certificat }: CleOuverte): Qualite {
  const qualite = qualiteDe(certificat, texte(options, 'role'));
  if (qualite !== null) return qualite;
  const detail = 'La qualité du signataire manque, et son certificat ne la dit pas : la donner avec --role.';
  throw erreurUsage(detail, verbe);
}

type Signe = Extract<ResultatSignature, { type: 'signe' }>;

interface Travail {
  readonly appel: Appel;
  readonly commande: Commande;
  readonly source: Source;
  readonly annonce: Annonce;
  /** Hears what is signed. */
  readonly preparation: PreparationSignature;
  readonly cle: CleOuverte;
  readonly qualite: Qualite;
}

function demandeDe(travail: Travail): Omit<DemandeSignature, 'ecrire'> {
  const { appel, commande, annonce, cle, qualite } = travail;
  const { cibles, politique, version, instant, marque } = commande;
  const ajouter = drapeau(appel.options, 'ajouterId');
  return {
    source: annonce.source,
    cibles,
    signataire: cle.signataire,
    instant,
    politique,
    role: qualite.texte,
    lieu: lieuDe(appel.options),
    version,
    auditeur: travail.preparation,
    identifiants: (rang) => `SIG_${marque}_${rang}`,
    ...(ajouter ? { idManquant: (rang) => `ID_${marque}_${rang}` } : {}),
  };
}

/** What a refusal of the engine becomes on the command line, where the remedy has the name of an option. */
const REMEDES: Readonly<Record<string, string>> = {
  'XDS-202': 'Signer le fichier entier avec --fichier, s’il n’a pas de bordereau.',
  'XDS-204': 'Ajouter l’option --ajouter-id, ou corriger le fichier à sa source.',
  'XDS-213': 'Donner la qualité du signataire avec --role (« Maire », « Ordonnateur »…).',
};

async function signer(travail: Travail): Promise<Signe> {
  const { commande, source } = travail;
  return ecrireSortie(commande.sortie, async ({ ecrire, respirer }) => {
    const resultat = await signerXades({
      ...demandeDe(travail),
      ecrire: (morceau) => {
        ecrire(morceau);
        return respirer();
      },
    });
    source.exigerInchange();
    if (resultat.type === 'signe') return resultat;
    const anomalies = resultat.motifs.map(({ code, message, remede }) => ({
      code,
      gravite: 'bloquante' as const,
      message,
      remede: REMEDES[code] ?? remede,
    }));
    throw new ErreurDocument(erreurHorsLigne('VGM-HLG-001', { fichier: commande.fichier }), anomalies);
  });
}

function enJson(travail: Travail, { signatures, avant, apres }: Signe): object {
  const { commande, annonce, preparation, cle, qualite } = travail;
  const { sujet, emetteur, serie, sha256, debut, fin } = cle.certificat;
  return {
    fichier: commande.fichier,
    sortie: commande.sortie.fichier,
    cibles: commande.cibles.type,
    signatures,
    signataire: {
      sujet: sujet.texte,
      emetteur: emetteur.texte,
      serie: serie.decimal,
      sha256,
      debut: enIso(debut),
      fin: enIso(fin),
    },
    qualite,
    instant: enIso(commande.instant),
    algorithme: cle.signataire.algorithme,
    xades: commande.version,
    politique: oidNu(commande.politique.identifiant),
    annonces: annonce.annonces,
    avis: avisDe(preparation, commande.cibles),
    avant: annonce.avant ?? avant,
    apres,
  };
}

const CIBLES = { fichier: 'Fichier entier', bordereaux: 'Bordereau', ids: 'Élément' } as const;

function raconter(travail: Travail, { signatures, avant, apres }: Signe): void {
  const { appel, commande, annonce, cle, qualite } = travail;
  const { sha256, octets } = annonce.avant ?? avant;
  const { sorties } = appel.monde;
  sorties.ecrire(`${peindre(sorties, 'green', 'Signé')} : ${sur(commande.sortie.fichier)}`);
  const origine = qualite.origine === 'option' ? '' : ` (${qualite.origine})`;
  fiche(sorties, [
    ['Signataire', cle.certificat.sujet.texte],
    ['Qualité', `${qualite.texte}${origine}`],
    ['Date', enIso(commande.instant)],
    ['Algorithme', `${cle.signataire.algorithme}, XAdES ${commande.version}`],
    ['Politique', oidNu(commande.politique.identifiant)],
    ...(annonce.annonces.length === 0 ? [] : [['InfoDematerialisee', 'passé à 1'] as const]),
    ['SHA-256 avant', `${sha256}  ${octetsExacts(octets)}`],
    ['SHA-256 après', `${apres.sha256}  ${octetsExacts(apres.octets)}`],
  ]);
  sorties.ecrire('');
  tableau(
    sorties,
    [CIBLES[commande.cibles.type], 'Élément signé (Id)', 'Signature (Id)'],
    signatures.map((s) => [s.etiquette === '' ? '-' : s.etiquette, s.cible, s.id]),
  );
  const avis = avisDe(travail.preparation, commande.cibles);
  if (avis.length > 0) sorties.ecrire('');
  for (const a of avis) sorties.ecrire(`${peindre(sorties, 'yellow', 'Attention')} : ${a}`);
}

/** `vaguemestre signer`: exit 3 when the document or the certificate is refused; nothing is then written. */
export async function executer(appel: Appel): Promise<CodeSortie> {
  const commande = await lireCommande(appel);
  const source = ouvrirSource(commande.fichier);
  try {
    exigerDistincte(appel, commande);
    exigerInscriptible(commande.sortie);
    const { p12, secret } = commande.cles;
    const cle = ouvrirCle(p12, secret, commande.instant);
    const qualite = exigerQualite(appel, cle);
    const annonce = drapeau(appel.options, 'annoncer')
      ? await annoncer(source, commande.cibles)
      : { source: source.lire, avant: null, annonces: [] };
    const preparation = new PreparationSignature();
    const travail: Travail = { appel, commande, source, annonce, preparation, cle, qualite };
    const fait = await signer(travail);
    if (drapeau(appel.options, 'json')) json(appel.monde.sorties, [enJson(travail, fait)]);
    else raconter(travail, fait);
    return 0;
  } finally {
    source.fermer();
  }
}
