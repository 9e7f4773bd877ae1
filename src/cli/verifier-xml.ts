import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { MagasinOuvert } from '../formats/certificats/magasin.ts';
import { parcourir, type SourceOctets } from '../formats/xades/flux.ts';
import type { ReglesJugement } from '../formats/xades/juger.ts';
import { PROFIL_PES } from '../formats/xades/profil.ts';
import type { RapportSignature } from '../formats/xades/rapport.ts';
import { verifierXades } from '../formats/xades/verifier.ts';
import type { Balise, SessionXml } from '../formats/xml/evenements.ts';
import { Muet } from '../formats/xml/muet.ts';
import { erreurConfiance } from '../metier/catalogue/confiance.ts';
import { erreurHorsLigne } from '../metier/catalogue/hors-ligne.ts';
import { erreurUsage } from './erreurs.ts';
import { lireInstant } from './instants.ts';
import { type Appel, type CodeSortie, drapeau, liste, texte } from './monde.ts';
import { confianceDesReglages, type ReglagesConfiance } from './reglages-confiance.ts';
import { json, peindre, sur } from './rendu.ts';
import { montrerRapport, type Rapport } from './rendu-signatures.ts';
import { lirePetit, ouvrirSource, type Source } from './source.ts';
import {
  conclurePasse,
  lireMontrees,
  montrerFautes,
  resumer,
  validerSelon,
  valideurEnPasse,
  verdictEnJson,
  type VerdictXml,
} from './validation.ts';
import { xmlRefuse } from './xml-refuse.ts';

/** `vaguemestre verifier` on an XML file: every signature that it carries. */

/** Lists of revoked certificates of large authorities weigh some megabytes. */
const PREUVE_MAX = 64_000_000;

/** Whether the root is the one of a PES; stops at once. */
class Racine extends Muet {
  attendue = false;
  #session: SessionXml | null = null;

  override commencer(session: SessionXml): void {
    this.#session = session;
  }

  override ouvrir(balise: Balise): void {
    const { espace, local } = PROFIL_PES.racine;
    this.attendue = balise.nom === this.#session?.noms.nom(espace, local);
    this.#session?.arreter('', '', balise.debut);
  }
}

async function estPes(source: Source): Promise<boolean> {
  const racine = new Racine();
  await parcourir(source.lire, racine);
  return racine.attendue;
}

export type Regles = Pick<ReglesJugement, 'instant' | 'controle' | 'magasin' | 'ageMax' | 'preuves'> &
  Partial<Pick<ReglesJugement, 'politiques'>>;

async function ouvrirMagasin(chemins: readonly string[]): Promise<MagasinOuvert> {
  const { chargerMagasin } = await import('../adapters/confiance/charger.ts');
  const charge = await chargerMagasin(chemins);
  if (charge.type === 'charge') return charge.magasin;
  throw erreurConfiance('VGM-CNF-001', { problemes: charge.problemes.map((p) => `- ${p}`).join('\n') });
}

/** The store given, else the one of the settings. */
async function magasinDe(
  { options }: Appel,
  confiance: ReglagesConfiance | null,
  pes: boolean,
): Promise<MagasinOuvert | undefined> {
  if (drapeau(options, 'sansMagasin')) return undefined;
  const chemins = liste(options, 'magasin');
  if (chemins.length > 0) return ouvrirMagasin(chemins);
  return confiance?.magasin(pes ? 'pes' : 'actes');
}

export async function lireRegles(appel: Appel, pes: boolean): Promise<Regles> {
  const { options, monde, verbe } = appel;
  const instant = lireInstant(appel, 'instant');
  const confiance = await confianceDesReglages(appel);
  const magasin = await magasinDe(appel, confiance, pes);
  const commun = {
    ...(instant === undefined ? {} : { instant }),
    ...(confiance === null ? {} : { politiques: confiance.politiques, ageMax: confiance.ageMax }),
  };
  const [crl, ocsp] = [liste(options, 'crl'), liste(options, 'ocsp')];
  if (magasin === undefined) {
    if (crl.length + ocsp.length === 0) return commun;
    throw erreurUsage('Les preuves de --crl et --ocsp ne se lisent qu’avec un magasin (--magasin).', verbe);
  }
  const maintenant = await monde.maintenant();
  return {
    ...commun,
    // evidence made since an instant of the past speaks of it; one to come is judged with what is known now
    controle: instant !== undefined && instant > maintenant ? instant : maintenant,
    magasin,
    preuves: {
      crl: crl.map((f) => lirePetit(f, PREUVE_MAX)),
      ocsp: ocsp.map((f) => ({ reponse: lirePetit(f, PREUVE_MAX), nonce: null })),
    },
  };
}

/** What the options ask, once understood. */
interface Demande {
  readonly source: Source;
  readonly regles: Regles;
  readonly schema: string | undefined;
  /** By the name that the signature gives them. */
  readonly documents: ReadonlyMap<string, Source>;
}

interface Reponse {
  readonly rapport: Rapport;
  readonly validation: VerdictXml | null;
}

/** A report, or the error of a file that could not be judged. Throws VGM-HLG-002 and -006. */
function exigerLu<R extends Rapport>(
  source: Source,
  verdict: R | { type: 'illisible'; refus: Parameters<typeof xmlRefuse>[1] } | { type: 'source_changee' },
): R {
  source.exigerInchange();
  if (verdict.type === 'lu') return verdict;
  if (verdict.type === 'illisible') throw xmlRefuse(source.fichier, verdict.refus);
  throw erreurHorsLigne('VGM-HLG-002', { fichier: source.fichier });
}

/** A PES: validation listens to the pass that verifies, when it is ours. */
async function verifierPes({ source, regles, schema }: Demande): Promise<Reponse> {
  const valideur = schema === undefined ? null : await valideurEnPasse(schema);
  const options = valideur === null ? regles : { ...regles, aussi: valideur };
  const rapport = exigerLu(source, await verifierXades(source.lire, options));
  if (valideur !== null) return { rapport, validation: await conclurePasse(valideur, rapport) };
  return { rapport, validation: schema === undefined ? null : await validerSelon(schema, source) };
}

/** Any other XML: XAdES baseline, detached or not. */
async function verifierAutre({ source, regles, schema, documents }: Demande): Promise<Reponse> {
  const { verifierBase } = await import('../formats/xades/base/verifier.ts');
  const fichiers = new Map<string, SourceOctets>([...documents].map(([nom, { lire }]) => [nom, lire]));
  const rapport = exigerLu(source, await verifierBase(source.lire, { ...regles, fichiers }));
  for (const document of documents.values()) document.exigerInchange();
  return { rapport, validation: schema === undefined ? null : await validerSelon(schema, source) };
}

type Signature = Pick<RapportSignature, 'confiance' | 'constats'>;

/** Outside the dates of its certificate: no trust store is needed to see it. */
const HORS_DATE = 'XDS-104';

/** Why the whole is not good, one French sentence each; empty when it is. */
function reproches({ rapport, validation }: Reponse, { magasin }: Regles): string[] {
  const signatures: readonly Signature[] = rapport.signatures;
  const nonFiables = signatures.filter((s) => magasin !== undefined && s.confiance.type !== 'confiance');
  const horsDate = signatures.some((s) => s.constats.some((c) => c.code === HORS_DATE));
  const faux = validation !== null && validation.fautes.length > 0;
  return [
    ...(rapport.conclusion === 'valide' ? [] : [rapport.resume]),
    ...(horsDate ? ['Un certificat n’était pas en cours de validité à la date examinée.'] : []),
    ...(nonFiables.length > 0 ? ['La confiance n’est pas établie pour chaque signature.'] : []),
    ...(faux ? ['Le fichier n’est pas conforme au schéma.'] : []),
  ];
}

const NON_JUGEE =
  'La chaîne des certificats n’est pas jugée, faute de magasin de confiance : rien ne prouve ici l’identité du ' +
  'signataire. Donner --magasin pour qu’elle le soit.';

function raconter(appel: Appel, { source, regles }: Demande, reponse: Reponse): void {
  const { rapport, validation } = reponse;
  const { sorties } = appel.monde;
  montrerRapport(sorties, source.fichier, rapport);
  if (validation !== null) {
    const montrees = lireMontrees(appel);
    montrerFautes(sorties, validation, montrees);
    sorties.ecrire(`Schéma : ${resumer(validation, montrees)}.`);
  }
  const torts = reproches(reponse, regles);
  if (torts.length === 0) sorties.ecrire(peindre(sorties, 'green', rapport.resume));
  for (const tort of torts) sorties.ecrire(`${peindre(sorties, 'red', 'À REFUSER')} : ${sur(tort)}`);
  if (regles.magasin === undefined && rapport.signatures.length > 0) {
    sorties.ecrire(`${peindre(sorties, 'yellow', 'Attention')} : ${NON_JUGEE}`);
  }
}

async function repondreEnJson(appel: Appel, { source, regles }: Demande, reponse: Reponse): Promise<void> {
  const { rapportEnJson } = await import('./json-signatures.ts');
  const { rapport, validation } = reponse;
  const torts = reproches(reponse, regles);
  json(appel.monde.sorties, [
    {
      fichier: source.fichier,
      bonne: torts.length === 0,
      torts,
      ...rapportEnJson(rapport),
      schema: validation === null ? null : verdictEnJson(validation, lireMontrees(appel)),
    },
  ]);
}

/** `nom=chemin`, or the path of a file whose last name is the one that the signature gives. */
function ouvrirDocuments(designations: readonly string[], ouverts: Source[]): ReadonlyMap<string, Source> {
  const documents = new Map<string, Source>();
  for (const designation of designations) {
    const coupe = designation.indexOf('=');
    const [nom, chemin] =
      coupe > 0 && !existsSync(designation)
        ? [designation.slice(0, coupe), designation.slice(coupe + 1)]
        : [basename(designation), designation];
    const source = ouvrirSource(chemin);
    ouverts.push(source);
    documents.set(nom, source);
  }
  return documents;
}

/**
 * Every signature of an XML file. @returns 0 when all is good, 3 otherwise: no signature at all included, for what was
 * asked is whether the file is signed.
 */
export async function verifierXml(appel: Appel, source: Source): Promise<CodeSortie> {
  const { options } = appel;
  lireMontrees(appel);
  const ouverts: Source[] = [];
  try {
    const pes = await estPes(source);
    const regles = await lireRegles(appel, pes);
    const documents = ouvrirDocuments(liste(options, 'document'), ouverts);
    const schema = texte(options, 'schema');
    if (schema !== undefined) ouvrirSource(schema).fermer();
    const demande: Demande = { source, regles, schema, documents };
    if (pes && documents.size > 0) {
      throw erreurUsage(
        'Un PES signe ce qu’il contient : « --document » ne vaut que pour un autre XML.',
        appel.verbe,
      );
    }
    const reponse = pes ? await verifierPes(demande) : await verifierAutre(demande);
    if (drapeau(options, 'json')) await repondreEnJson(appel, demande, reponse);
    else raconter(appel, demande, reponse);
    return reproches(reponse, regles).length === 0 ? 0 : 3;
  } finally {
    for (const ouvert of ouverts) ouvert.fermer();
  }
}
