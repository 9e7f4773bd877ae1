import { lieuDe } from '../../formats/xml/faute.ts';
import { type ElementXml, lireXml } from '../../formats/xml/lire.ts';
import type { Classification } from '../../metier/collectivite.ts';
import { attribut, enfant, enfants, jourLu, texte } from './arbre.ts';
import { MESSAGES, NATURES_NATIONALES } from './codes.ts';

const NIVEAUX = 5;

/** Walks down Matiere1 to Matiere5; a code counts without its leading zeros, the first of a double wins. */
function lireMatieres(
  parent: ElementXml | undefined,
  prefixe: readonly string[],
  lues: Map<string, string>,
): void {
  const niveau = prefixe.length + 1;
  if (niveau > NIVEAUX) return;
  for (const element of enfants(parent, `Matiere${niveau}`)) {
    const code = attribut(element, 'CodeMatiere') ?? '';
    if (!/^[0-9]{1,6}$/.test(code)) continue;
    const chemin = [...prefixe, String(Number(code))];
    const cle = chemin.join('.');
    if (!lues.has(cle)) lues.set(cle, attribut(element, 'Libelle') ?? cle);
    lireMatieres(element, chemin, lues);
  }
}

/** `CodeNatureActe` is optional in the schema: the abbreviation then tells which one it is. */
function codeNature(element: ElementXml, abrege: string): string | undefined {
  const code = attribut(element, 'CodeNatureActe');
  if (code !== undefined && /^[0-9]{1,6}$/.test(code)) return String(Number(code));
  return NATURES_NATIONALES.find((n) => n.abrege === abrege)?.code;
}

/** Classifications before 2017 list no type under a nature: an empty list then means « not said ». */
function lireNatures(parent: ElementXml | undefined): Classification['natures'] {
  const lues = enfants(parent, 'NatureActe').flatMap((element) => {
    const abrege = attribut(element, 'TypeAbrege') ?? '';
    const code = codeNature(element, abrege);
    if (code === undefined || abrege === '') return [];
    const types = enfants(element, 'TypePJNatureActe').flatMap((t) => {
      const type = attribut(t, 'CodeTypePJ');
      return type === undefined ? [] : [[type, attribut(t, 'Libelle') ?? type] as const];
    });
    const libelle = attribut(element, 'Libelle') ?? abrege;
    return [[code, { abrege, libelle, types: Object.fromEntries(types) }] as const];
  });
  return Object.fromEntries(lues);
}

function autreRacine(nom: string): string {
  if (nom === 'ReponseClassificationSansChangement') {
    return 'Ce message 7-3 dit seulement que la classification demandée est toujours en vigueur ; il n’en contient pas. Demander un message 7-2 complet.';
  }
  const connu = MESSAGES.get(nom);
  const dit = connu === undefined ? `l’élément « ${nom} »` : `un message ${connu.code} (${connu.libelle})`;
  return `Le fichier contient ${dit}, pas une classification (message 7-2, RetourClassification).`;
}

/**
 * Reads the classification in force from a 7-2 message (RetourClassification), leniently.
 * @returns the classification, or in French why the file is none.
 */
export function lireClassification(octets: Uint8Array): Classification | { readonly motif: string } {
  const lu = lireXml(octets);
  if (lu.type === 'illisible') {
    const lieu = lieuDe(lu);
    return { motif: `Le fichier n’est pas un XML lisible : ${lu.motif}${lieu === '' ? '' : ` (${lieu})`}.` };
  }
  const { racine } = lu;
  return racine.nom === 'RetourClassification'
    ? comprendreClassification(racine)
    : { motif: autreRacine(racine.nom) };
}

/** @param racine a RetourClassification. */
export function comprendreClassification(racine: ElementXml): Classification | { readonly motif: string } {
  const date = jourLu(texte(racine, 'DateClassification'));
  if (date === null) {
    return { motif: 'La classification ne porte pas de date lisible (élément DateClassification).' };
  }
  const matieres = new Map<string, string>();
  lireMatieres(enfant(racine, 'Matieres'), [], matieres);
  if (matieres.size === 0) return { motif: 'La classification ne contient aucune matière lisible.' };
  return {
    date,
    matieres: Object.fromEntries(matieres),
    natures: lireNatures(enfant(racine, 'NaturesActes')),
  };
}
