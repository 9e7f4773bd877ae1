import type { ObjetJson } from '../metier/flux.ts';
import { comptesEnMots } from '../protocoles/helios/reponse.ts';
import type { Sorties } from './monde.ts';
import { etat, pluriel } from './rendu.ts';
import { tableau } from './tableau.ts';
import { type FluxVu, objetDe } from './vues.ts';

/** What only a PES has: its headers, its bordereaux, and what Hélios answered unit by unit. */

type Lu = Readonly<Record<string, unknown>>;

/** Lines shown; the whole is had with --json. */
const LIGNES_MAX = 200;

function liste(valeur: unknown): readonly Lu[] {
  return Array.isArray(valeur) ? (valeur as readonly Lu[]) : [];
}

function texte(valeur: unknown): string {
  return typeof valeur === 'string' || typeof valeur === 'number' ? String(valeur) : '';
}

function objet(valeur: unknown): Lu {
  return typeof valeur === 'object' && valeur !== null ? (valeur as Lu) : {};
}

/** Lines of the card; none for an acte. */
export function fichePes({ resume }: FluxVu): readonly (readonly [string, string | null])[] {
  if (typeof resume['genre'] !== 'string') return [];
  const [nomFic, nom] = [texte(resume['nomFic']), texte(resume['nom'])];
  const [codCol, codBud] = [texte(resume['codCol']), texte(resume['codBud'])];
  const poste = texte(resume['idPost']);
  return [
    ['Genre', resume['genre']],
    ['Fichier (NomFic)', nomFic || nom || null],
    ['Budget (CodCol, CodBud)', codCol === '' ? null : [codCol, codBud].join(' ').trim()],
    ['Poste comptable', poste || null],
    ['SIRET', texte(resume['idColl']) || texte(resume['siret']) || null],
  ];
}

/** Colour, and the word of the column « Sort », which agrees with none of the units. */
const SORTS: Readonly<Record<string, readonly [code: string, libelle: string]>> = {
  accepte: ['acquitte', 'accepté'],
  refuse: ['refuse', 'refusé'],
  doublon: ['a_trancher', 'déjà détenu'],
  indecis: ['a_trancher', 'indécis'],
  sans_reponse: ['a_trancher', 'sans réponse'],
};

const DOMAINES: Readonly<Record<string, string>> = { depense: 'dépense', recette: 'recette' };

function lieuDe(erreur: Lu): string {
  const [piece, ligne] = [texte(erreur['piece']), texte(erreur['ligne'])];
  const lieux = [piece === '' ? '' : `pièce ${piece}`, ligne === '' ? '' : `ligne ${ligne}`];
  return lieux.filter((l) => l !== '').join(', ');
}

/** One line per refusal, one for a unit of which nothing is said. */
function lignesDe(sorties: Sorties, unite: string, { sort, erreurs }: Lu): string[][] {
  const [code, libelle] = SORTS[texte(sort)] ?? ['', texte(sort)];
  const dit = etat(sorties, code, libelle);
  const motifs = liste(erreurs);
  if (motifs.length === 0) return [[unite, dit, '', '', '']];
  return motifs.map((e) => [unite, dit, texte(e['code']), lieuDe(e), texte(e['libelle'])]);
}

/** What the file holds and the answer does not name. */
function muettes({ resume }: FluxVu): [string, Lu][] {
  const { bordereaux, pieces } = objet(resume['confrontation']);
  const nommees: [string, Lu][] = [
    ...liste(bordereaux).map((b): [string, Lu] => [
      `bordereau de ${DOMAINES[texte(b['domaine'])] ?? ''} n° ${texte(b['numero'])} (${texte(b['exercice'])})`,
      b,
    ]),
    ...liste(pieces).map((p): [string, Lu] => [`pièce justificative ${texte(p['idUnique'])}`, p]),
  ];
  return nommees.filter(([, u]) => u['sort'] === 'sans_reponse');
}

const TRANCHES: Readonly<Record<string, string>> = {
  accepte: 'accepté',
  partiel: 'accepté en partie',
  refuse: 'refusé',
};

const estAcceptee = ([, u]: [string, Lu]): boolean => u['sort'] === 'accepte';

/** What people look for comes first: what is not accepted, named by the answer or not. */
function montrerAcquittement(sorties: Sorties, flux: FluxVu): void {
  const { unites, tranche } = objet(flux.resume['acquittement']);
  const lues = liste(unites).map((u): [string, Lu] => [texte(u['unite']), u]);
  const rangees = [...lues.filter((u) => !estAcceptee(u)), ...muettes(flux), ...lues.filter(estAcceptee)];
  const lignes = rangees.flatMap(([nom, u]) => lignesDe(sorties, nom, u));
  const dit = TRANCHES[texte(tranche)];
  if (dit !== undefined) sorties.ecrire(`Tranché par une personne : ${dit}.`);
  for (const compte of comptesEnMots({ resume: flux.resume as ObjetJson })) sorties.ecrire(compte);
  tableau(sorties, ['Acquittement', 'Sort', 'Code', 'Où', 'Motif d’Hélios'], lignes.slice(0, LIGNES_MAX));
  if (lignes.length > LIGNES_MAX) {
    sorties.ecrire(`… et ${pluriel(lignes.length - LIGNES_MAX, 'autre ligne', 'autres lignes')} (--json).`);
  }
}

function montrerBordereaux(sorties: Sorties, flux: FluxVu): void {
  const bordereaux = liste(flux.resume['bordereaux']);
  if (bordereaux.length === 0) return;
  sorties.ecrire(`Contenu : ${objetDe(flux)}.`);
  tableau(
    sorties,
    ['Domaine', 'Exercice', 'Bordereau', 'Type', 'Montant HT'],
    bordereaux
      .slice(0, LIGNES_MAX)
      .map((b) => [
        DOMAINES[texte(b['domaine'])] ?? texte(b['domaine']),
        texte(b['exercice']),
        texte(b['numero']),
        texte(b['type']),
        texte(b['montantHT']),
      ]),
  );
}

/** Bordereaux of a PES, then its answer when there is one; nothing for an acte. */
export function montrerPes(sorties: Sorties, flux: FluxVu): void {
  if (typeof flux.resume['genre'] !== 'string') return;
  sorties.ecrire('');
  montrerBordereaux(sorties, flux);
  if (flux.resume['acquittement'] === undefined) return;
  sorties.ecrire('');
  montrerAcquittement(sorties, flux);
}
