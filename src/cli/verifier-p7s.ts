import { depouillerCms, type RapportCades, verifierCades } from '../formats/certificats/cades.ts';
import { erreurHorsLigne } from '../metier/catalogue/hors-ligne.ts';
import { type Appel, type CodeSortie, drapeau, type Sorties, texte } from './monde.ts';
import { json, octetsExacts, pluriel } from './rendu.ts';
import { montrerConstat } from './rendu-signatures.ts';
import {
  conclure,
  croire,
  montrerSignature,
  reproches,
  type SignatureCli,
  signatureEnJson,
} from './signatures-cms.ts';
import { lirePetit, ouvrirSource, type Source } from './source.ts';
import { lireRegles, type Regles } from './verifier-xml.ts';

/** `vaguemestre verifier` on a signature file (.p7s, .p7m): CAdES or PKCS#7, of a file given beside or carried inside. */

/** Larger, what it carries is to be taken out of it first. */
const STRUCTURE_MAX = 64_000_000;

async function lire(source: Source, contenu: Source | null): Promise<RapportCades> {
  const structure = depouillerCms(lirePetit(source.fichier, STRUCTURE_MAX));
  if (structure === null) throw erreurHorsLigne('VGM-HLG-003', { fichier: source.fichier });
  const rapport = await verifierCades(structure, contenu?.lire() ?? null);
  for (const lu of [source, contenu]) lu?.exigerInchange();
  return rapport;
}

const COUVRE = {
  fourni: 'le fichier donné par --contenu',
  joint: 'le contenu joint à la signature',
  absent: 'un fichier qui n’est pas donné : le désigner avec --contenu',
} as const;

function reprochesDe(
  { constats, contenu }: RapportCades,
  jugees: readonly SignatureCli[],
  regles: Regles,
): string[] {
  const absent = contenu === 'absent' && constats.length === 0;
  return [
    ...constats.map((c) => c.message),
    ...(absent ? ['Le fichier signé n’est pas donné (--contenu) : son intégrité n’est pas vérifiée.'] : []),
    ...reproches(jugees, jugees, regles),
  ];
}

interface Reponse {
  readonly rapport: RapportCades;
  readonly jugees: readonly SignatureCli[];
  readonly torts: readonly string[];
}

function raconter(sorties: Sorties, { rapport, jugees, torts }: Reponse, magasin: boolean): void {
  const { contenu, octets } = rapport;
  const quoi = contenu === 'absent' ? COUVRE.absent : `${COUVRE[contenu]} (${octetsExacts(octets)})`;
  for (const s of jugees) montrerSignature(sorties, s, [['Couvre', quoi]]);
  for (const c of rapport.constats) montrerConstat(sorties, c);
  const bien = `${pluriel(jugees.length, 'signature valide', 'signatures valides')}.`;
  conclure(sorties, { torts, bien, magasin });
}

/** @returns 0 when every signature is good, 3 otherwise: a content that is not given included. */
export async function verifierP7s(appel: Appel, source: Source): Promise<CodeSortie> {
  const { options, monde } = appel;
  const regles = await lireRegles(appel, false);
  const nom = texte(options, 'contenu');
  const contenu = nom === undefined ? null : ouvrirSource(nom);
  try {
    const rapport = await lire(source, contenu);
    const jugees = rapport.signatures.map((s) => croire(s, true, regles));
    const torts = reprochesDe(rapport, jugees, regles);
    if (drapeau(options, 'json')) {
      const { sha256, octets, constats } = rapport;
      const signatures = await Promise.all(jugees.map((s) => signatureEnJson(s)));
      const { fichier } = source;
      const commun = { fichier, bonne: torts.length === 0, torts, profil: 'cades' };
      json(monde.sorties, [{ ...commun, contenu: rapport.contenu, sha256, octets, constats, signatures }]);
    } else raconter(monde.sorties, { rapport, jugees, torts }, regles.magasin !== undefined);
    return torts.length === 0 ? 0 : 3;
  } finally {
    contenu?.fermer();
  }
}
