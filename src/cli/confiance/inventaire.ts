import { basename, dirname, resolve } from 'node:path';
import { chargerDossier } from '../../adapters/confiance/charger.ts';
import { empreintes, etatDe, type LigneRegistre, lireRegistre } from '../../adapters/confiance/registre.ts';
import { type Certificat, lireCertificat } from '../../formats/certificats/certificat.ts';
import { situation } from '../../formats/certificats/comparaison.ts';
import type { Ancre, FaitsListe, Famille, ListeDesListes } from '../../formats/certificats/magasin.ts';
import { erreurConfiance } from '../../metier/catalogue/confiance.ts';
import type { Instant } from '../../metier/identifiants.ts';
import type { Lieu } from './contexte.ts';

/** What the trust store holds at an instant, and what the operator must look after. */

export interface AncreVue {
  readonly nom: string;
  readonly sujet: string;
  readonly sha256: string;
  /** ISO. */
  readonly debut: string;
  readonly fin: string;
  /** French: `en vigueur (cachet)`. */
  readonly situation: string;
  readonly niveaux: readonly { readonly politique: string; readonly niveau: string }[];
}

export interface FamilleVue {
  readonly nom: string;
  readonly libelle: string;
  readonly lecture: Famille['lecture'];
  readonly origine: string;
  readonly liste: FaitsListe | null;
  readonly ancres: readonly AncreVue[];
  /** Rows that no anchor of the family carries: an issuing authority under one of them, or any. */
  readonly autresNiveaux: Famille['niveaux'];
}

export interface Inventaire {
  readonly dossier: string;
  readonly familles: readonly FamilleVue[];
  readonly listeDesListes: ListeDesListes | null;
  /** French, the most pressing first. */
  readonly alertes: readonly string[];
  readonly derniere: LigneRegistre | null;
}

/** What ends within this time is said. */
const PREAVIS_MS = 60 * 86_400_000;
const JOUR_MS = 86_400_000;

interface Lue {
  readonly ancre: Ancre;
  readonly certificat: Certificat;
}

function voirAncre({ ancre, certificat }: Lue, famille: Famille, instant: Instant): AncreVue {
  const { sujet, sha256, debut, fin, cle } = certificat;
  const lignes = famille.niveaux.filter((r) => r.emetteur === cle.sha256);
  return {
    nom: ancre.nom,
    sujet: sujet.texte,
    sha256,
    debut: new Date(debut).toISOString(),
    fin: new Date(fin).toISOString(),
    situation: situation(ancre, instant),
    niveaux: lignes.map(({ politique, niveau }) => ({ politique, niveau })),
  };
}

function lireAncres({ ancres }: Famille): Lue[] {
  return ancres.flatMap((ancre) => {
    const lu = lireCertificat(Buffer.from(ancre.certificat, 'base64'));
    return lu.type === 'lu' ? [{ ancre, certificat: lu.certificat }] : [];
  });
}

function voirFamille(famille: Famille, instant: Instant): FamilleVue {
  const lues = lireAncres(famille);
  const cles = new Set<string>(lues.map((l) => l.certificat.cle.sha256));
  const { nom, libelle, lecture, origine, liste = null } = famille;
  const ancres = lues.map((l) => voirAncre(l, famille, instant));
  const autresNiveaux = famille.niveaux.filter((r) => !cles.has(r.emetteur));
  return { nom, libelle, lecture, origine, liste, ancres, autresNiveaux };
}

function echeance(quoi: string, iso: string | null, instant: Instant): string[] {
  if (iso === null) return [];
  const reste = Date.parse(iso) - instant;
  if (reste > PREAVIS_MS) return [];
  if (reste < 0) return [`${quoi} : dépassée depuis ${Math.ceil(-reste / JOUR_MS)} j.`];
  return [`${quoi} : dans ${Math.floor(reste / JOUR_MS)} j.`];
}

function alertesFamille(famille: FamilleVue, instant: Instant): string[] {
  const vivantes = famille.ancres.filter((a) => a.situation.startsWith('en vigueur'));
  const faible = vivantes.length === 0 ? [`Famille ${famille.nom} : aucune autorité en vigueur.`] : [];
  const suite = `Famille ${famille.nom}, liste à remplacer`;
  return [
    ...faible,
    ...(famille.liste === null ? [] : echeance(suite, famille.liste.prochaine, instant)),
    ...vivantes.flatMap((a) =>
      echeance(`Famille ${famille.nom}, fin du certificat de ${a.nom}`, a.fin, instant),
    ),
    ...(famille.lecture === 'tableau' && famille.ancres.length > 0 && sansNiveau(famille)
      ? [`Famille ${famille.nom} : aucun niveau dans sa table, aucun certificat n’y est admis.`]
      : []),
  ];
}

function sansNiveau({ ancres, autresNiveaux }: FamilleVue): boolean {
  return autresNiveaux.length === 0 && ancres.every((a) => a.niveaux.length === 0);
}

/** What the register says against what is there. */
function alertesRegistre(
  etat: string,
  { lignes, rupture }: Awaited<ReturnType<typeof lireRegistre>>,
  vide: boolean,
): string[] {
  const derniere = lignes.at(-1);
  const casse = rupture === null ? [] : [`Registre des modifications : ${rupture}.`];
  if (derniere === undefined) {
    return vide || rupture !== null
      ? casse
      : [...casse, 'Dossier rempli sans la commande : aucune trace de qui l’a fait.'];
  }
  if (derniere.apres === etat) return casse;
  return derniere.avant === etat
    ? [...casse, `La dernière modification (n° ${derniere.n}) n’a pas abouti : la refaire.`]
    : [...casse, `Dossier modifié hors de la commande depuis la modification n° ${derniere.n}.`];
}

/** Throws VGM-CNF-001. A folder that is not there yet is empty. */
export async function inventorier({ dossier, autres }: Lieu, instant: Instant): Promise<Inventaire> {
  const racine = resolve(dossier);
  const charge = await chargerDossier(racine, autres);
  if (charge.type === 'refuse') {
    throw erreurConfiance('VGM-CNF-001', { problemes: charge.problemes.map((p) => `- ${p}`).join('\n') });
  }
  const familles = charge.donnees.familles.map((f) => voirFamille(f, instant));
  const siens = charge.fichiers.filter((f) => dirname(resolve(f.fichier)) === racine);
  const registre = await lireRegistre(racine);
  const { listeDesListes = null } = charge.donnees;
  const union = 'Liste des listes à remplacer';
  return {
    dossier: racine,
    familles,
    listeDesListes,
    derniere: registre.lignes.at(-1) ?? null,
    alertes: [
      ...alertesRegistre(etatDe(empreintes(siens)), registre, siens.length === 0),
      ...familles.flatMap((f) => alertesFamille(f, instant)),
      ...(listeDesListes === null ? [] : echeance(union, listeDesListes.prochaine, instant)),
      ...charge.ignores.map(
        (f) => `Fichier laissé de côté : ${basename(f)}. L’importer, ou le retirer du dossier.`,
      ),
    ],
  };
}
