import type { VerdictConfiance } from '../formats/certificats/confiance.ts';
import type { Constat } from '../formats/xades/constats.ts';
import type { ObjetSigne, RapportBase, RapportSignatureBase } from '../formats/xades/base/rapport.ts';
import type { ElementRapport, RapportSignature, RapportXades } from '../formats/xades/rapport.ts';
import { enIso } from './instants.ts';
import type { Sorties } from './monde.ts';
import { octetsExacts, peindre, pluriel, sur } from './rendu.ts';
import { fiche } from './tableau.ts';
import { enLieu } from './xml-refuse.ts';

/** A report of signatures, as people read it. */

export type Rapport = RapportXades | RapportBase;
type Signature = RapportSignature | RapportSignatureBase;
type Ligne = readonly [string, string];
type Couleur = 'green' | 'yellow' | 'red';

export const ETATS: Readonly<Record<Signature['etat'], readonly [Couleur, string]>> = {
  valide: ['green', 'valide'],
  obsolete: ['yellow', 'obsolète'],
  incomplete: ['yellow', 'incomplète'],
  refusee: ['red', 'À REFUSER'],
};

const GRAVITES: Readonly<Record<Constat['gravite'], readonly [Couleur, string]>> = {
  refus: ['red', 'REFUS'],
  obsolete: ['yellow', 'obsolète'],
  reserve: ['yellow', 'réserve'],
};

export const INTEGRITES = { intacte: 'intacte', rompue: 'ROMPUE', indeterminee: 'non établie' } as const;

const PLACES = {
  racine: 'le fichier entier',
  unite: 'bordereau',
  piece: 'pièce jointe',
  ailleurs: 'élément',
} as const;

const OBJETS = {
  fichier: 'fichier',
  objet: 'contenu joint à la signature',
  element: 'élément',
  document: 'le document entier',
} as const;

const ETATS_OBJET = {
  intact: 'intact',
  altere: 'ALTÉRÉ',
  non_fourni: 'non fourni : à donner avec --document',
  indetermine: 'non établi',
} as const;

function nommer({ place, etiquette, id, nom, position }: ElementRapport): string {
  const quoi = place === 'ailleurs' ? `${PLACES.ailleurs} ${nom}` : PLACES[place];
  const titre = etiquette === '' ? quoi : `${quoi} ${etiquette}`;
  return `${titre} (${id === null ? 'sans Id' : `Id ${id}`}, ${enLieu(position)})`;
}

function nommerObjet({ type, nom, mime, etat, octets }: ObjetSigne): string {
  const taille = octets === null ? '' : `, ${octetsExacts(octets)}`;
  const nature = mime === null || mime === '' ? '' : `, ${mime}`;
  return `${`${OBJETS[type]} ${nom}`.trim()}${nature}${taille} : ${ETATS_OBJET[etat]}`;
}

function couvertes(s: Signature): Ligne[] {
  if (!('objets' in s)) return [['Couvre', s.couvre === null ? 'rien' : nommer(s.couvre)]];
  if (s.objets.length === 0) return [['Couvre', 'rien']];
  return s.objets.map((o, rang) => [rang === 0 ? 'Couvre' : '', nommerObjet(o)]);
}

/** The judgement on the certificate, in one line, and what it leans on. */
export function confiance(c: Signature['confiance']): Ligne[] {
  switch (c.type) {
    case 'non_jugee':
      return [['Confiance', `non jugée : ${c.motif}`]];
    case 'refuse':
      return c.defauts.map((d, rang) => [
        rang === 0 ? 'Confiance' : '',
        `REFUSÉE : ${d.message}${d.detail === '' ? '' : ` (${d.detail})`} ${d.remede}`,
      ]);
    case 'confiance':
    case 'sans_niveau':
    case 'indetermine':
      return chaine(c);
    default:
      return c satisfies never;
  }
}

function chaine(c: Exclude<VerdictConfiance, { type: 'refuse' }>): Ligne[] {
  const phrase = {
    confiance: `niveau ${c.niveau ?? ''}, famille ${c.famille}`,
    sans_niveau: `aucun niveau admis pour ce certificat dans la famille ${c.famille}`,
    indetermine: `indéterminée (famille ${c.famille}) : la révocation n’est pas établie`,
  }[c.type];
  const motifs = c.type === 'indetermine' ? c.motifs : [];
  const remede = 'Fournir les preuves de non-révocation avec --crl ou --ocsp.';
  const suite = [...motifs, ...c.reserves, ...(c.type === 'indetermine' ? [remede] : [])];
  return [['Confiance', phrase], ...suite.map((texte): Ligne => ['', texte])];
}

function decrire(s: Signature): Ligne[] {
  const { signataire, politique, lieu } = s;
  const lignes: (Ligne | null)[] = [
    ['Id', `${s.id ?? 'aucun'} (${enLieu(s.position)})`],
    ...couvertes(s),
    ['Intégrité', INTEGRITES[s.integrite]],
    signataire === null ? null : ['Signataire', signataire.sujet],
    signataire === null ? null : ['Émetteur', `${signataire.emetteur}, série ${signataire.serie}`],
    signataire === null ? null : ['Certificat', `du ${enIso(signataire.debut)} au ${enIso(signataire.fin)}`],
    s.roles.length === 0 ? null : ['Qualité', s.roles.join(' ; ')],
    lieu === null ? null : ['Lieu', [lieu.ville, lieu.codePostal, lieu.pays].filter(Boolean).join(' ')],
    s.instant === null ? null : ['Date', `${enIso(s.instant)}, annoncée par le signataire`],
    s.algorithme === null ? null : ['Algorithme', `${s.algorithme}, XAdES ${s.version ?? '?'}`],
    politique === null ? null : ['Politique', politique.identifiant],
    ...confiance(s.confiance),
  ];
  return lignes.filter((l) => l !== null);
}

export function montrerConstat(sorties: Sorties, { gravite, code, message, remede }: Constat): void {
  const [couleur, mot] = GRAVITES[gravite];
  sorties.ecrire(`  ${peindre(sorties, couleur, mot)} ${code} : ${sur(message)}`);
  sorties.ecrire(`    Remède : ${sur(remede)}`);
}

function montrerSignature(sorties: Sorties, s: Signature): void {
  const [couleur, mot] = ETATS[s.etat];
  sorties.ecrire(`${peindre(sorties, 'bold', `Signature ${s.rang}`)} : ${peindre(sorties, couleur, mot)}`);
  fiche(
    sorties,
    decrire(s).map(([nom, valeur]) => [`  ${nom}`, valeur] as const),
  );
  for (const c of s.constats) montrerConstat(sorties, c);
  sorties.ecrire('');
}

/** Beyond, `--json` has them. */
const NON_COUVERTS_MONTRES = 20;

function montrerNonCouverts(sorties: Sorties, noms: readonly string[], total: number): void {
  if (total === 0) return;
  sorties.ecrire(peindre(sorties, 'bold', 'Ce qu’aucune signature ne couvre :'));
  for (const nom of noms.slice(0, NON_COUVERTS_MONTRES)) sorties.ecrire(`  ${sur(nom)}`);
  const reste = total - Math.min(noms.length, NON_COUVERTS_MONTRES);
  if (reste > 0) sorties.ecrire(`  et ${pluriel(reste, 'autre')}`);
  sorties.ecrire('');
}

function nonCouverts({ couverture, signatures }: Rapport): { noms: readonly string[]; total: number } {
  if (signatures.length === 0) return { noms: [], total: 0 };
  if ('bordereaux' in couverture) {
    const { bordereaux, pieces } = couverture;
    const noms = [...bordereaux.nonCouverts, ...pieces.nonCouverts].map(nommer);
    const total = bordereaux.total - bordereaux.couverts + pieces.total - pieces.couverts;
    return { noms, total };
  }
  const document = { separe: [], entier: [], partiel: ['une partie du document'], aucun: ['le document'] };
  const noms = [...document[couverture.document], ...couverture.nonCouverts.map((nom) => `fichier ${nom}`)];
  return { noms, total: noms.length };
}

/** Everything but the conclusion, which is the caller's. */
export function montrerRapport(sorties: Sorties, fichier: string, rapport: Rapport): void {
  fiche(sorties, [
    ['Fichier', `${fichier} (${octetsExacts(rapport.octets)}, ${rapport.encodage})`],
    ['SHA-256', rapport.sha256],
  ]);
  sorties.ecrire('');
  for (const s of rapport.signatures) montrerSignature(sorties, s);
  for (const c of rapport.constats) montrerConstat(sorties, c);
  const { noms, total } = nonCouverts(rapport);
  montrerNonCouverts(sorties, noms, total);
}
