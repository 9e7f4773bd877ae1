import {
  ecrireManifeste,
  type FichierEmpreinte,
  lireEmpreintes,
  MIMETYPE,
  NOM_EMPREINTES,
  NOM_FLUX,
  NOM_EMPREINTES_LIGNES,
  NOM_LIGNES,
  NOM_MANIFESTE,
  NOM_MIMETYPE,
} from './manifeste.ts';
import { citer, type Constat, type Releve } from './releve.ts';

/** Files without which it is not a proof. */
const OBLIGATOIRES = [
  NOM_MIMETYPE,
  NOM_EMPREINTES,
  NOM_MANIFESTE,
  NOM_FLUX,
  NOM_LIGNES,
  NOM_EMPREINTES_LIGNES,
  'LISEZMOI.txt',
  'verifier.sh',
];

/** ETSI EN 319 162-1 annex A.1: first, stored, no extra field, exact content. */
export function controlerMimetype(releves: ReadonlyMap<string, Releve>): Constat {
  const sujet = 'Type du conteneur';
  const premier = releves.values().next().value;
  const r = releves.get(NOM_MIMETYPE);
  if (r === undefined) return { sujet, bon: false, detail: 'le fichier mimetype manque' };
  if (r !== premier) return { sujet, bon: false, detail: 'mimetype n’est pas le premier fichier' };
  if (r.entree.methode !== 0 || r.entree.extra !== 0) {
    return { sujet, bon: false, detail: 'mimetype est compressé ou porte un champ supplémentaire' };
  }
  if (r.octets?.toString('latin1') !== MIMETYPE) {
    return { sujet, bon: false, detail: `mimetype ne vaut pas ${MIMETYPE}` };
  }
  return { sujet, bon: true, detail: 'ASiC-E' };
}

function controlerListe(releves: ReadonlyMap<string, Releve>, liste: readonly FichierEmpreinte[]): Constat {
  const sujet = 'Fichiers présents';
  const noms = liste.map((f) => f.nom);
  const attendus = new Set([...noms, NOM_EMPREINTES, NOM_MANIFESTE]);
  const enTrop = [...releves.keys()].filter((nom) => !attendus.has(nom));
  const manquants = [...new Set([...attendus, ...OBLIGATOIRES])].filter((nom) => !releves.has(nom));
  const fautes = [
    ...(new Set(noms).size === noms.length ? [] : ['un nom figure deux fois dans la liste']),
    ...(enTrop.length === 0 ? [] : [`en trop : ${citer(enTrop)}`]),
    ...(manquants.length === 0 ? [] : [`manquants : ${citer(manquants)}`]),
  ];
  const bien = `${releves.size} fichiers, ni plus ni moins`;
  return { sujet, bon: fautes.length === 0, detail: fautes.length === 0 ? bien : fautes.join(' ; ') };
}

function controlerEmpreintes(
  releves: ReadonlyMap<string, Releve>,
  liste: readonly FichierEmpreinte[],
): Constat {
  const sujet = 'Empreintes';
  const faux = liste.filter(({ nom, sha256 }) => (releves.get(nom)?.sha256 ?? sha256) !== sha256);
  if (faux.length === 0) return { sujet, bon: true, detail: `${liste.length} empreintes SHA-256 exactes` };
  return { sujet, bon: false, detail: `contenu modifié : ${citer(faux.map((f) => f.nom))}` };
}

/** The manifest is written again from what the file really holds, and compared whole. */
function controlerManifeste(releves: ReadonlyMap<string, Releve>): Constat {
  const sujet = 'Manifeste ASiC';
  const reels = [...releves].map(([nom, r]) => ({ nom, sha256: r.sha256 }));
  const bon = releves.get(NOM_MANIFESTE)?.octets?.toString() === ecrireManifeste(reels);
  const detail = bon
    ? 'il cite exactement les fichiers présents'
    : `${NOM_MANIFESTE} ne correspond pas aux fichiers présents`;
  return { sujet, bon, detail };
}

/** @returns the findings about lists and digests. */
export function controlerConteneur(releves: ReadonlyMap<string, Releve>): Constat[] {
  const texte = releves.get(NOM_EMPREINTES)?.octets?.toString();
  const constats = [controlerMimetype(releves), controlerManifeste(releves)];
  if (texte === undefined) {
    return [...constats, { sujet: 'Empreintes', bon: false, detail: `${NOM_EMPREINTES} manque` }];
  }
  const liste = lireEmpreintes(texte);
  if (!Array.isArray(liste)) {
    const detail = `${NOM_EMPREINTES}, ligne ${liste.ligne} : format inconnu`;
    return [...constats, { sujet: 'Empreintes', bon: false, detail }];
  }
  return [...constats, controlerListe(releves, liste), controlerEmpreintes(releves, liste)];
}
