import { changerDossier, type EtatDossier } from '../../adapters/confiance/dossier.ts';
import { placerFamille, placerListeDesListes } from '../../adapters/confiance/placement.ts';
import { type Comparaison, comparerFamilles } from '../../formats/certificats/comparaison.ts';
import { importerListeConfiance } from '../../formats/certificats/liste-confiance.ts';
import { lirePointeurs, type Pointeur } from '../../formats/certificats/liste-des-listes.ts';
import { type Entete, examinerEntete } from '../../formats/certificats/liste-entete.ts';
import type { FaitsListe, Famille, MagasinConfiance } from '../../formats/certificats/magasin.ts';
import { pluriel } from '../rendu.ts';
import {
  type DemandeImport,
  exigerSignataire,
  exigerSuite,
  faitsDe,
  lireSignee,
  refusDe,
  type Signee,
} from './liste-signee.ts';

/** Import of a trusted list, or of the list of lists: who signed it, whether it is newer, what changes. */

export interface ImportFait {
  readonly genre: Entete['genre'];
  /** The very same file was imported before: nothing changed. */
  readonly inchangee: boolean;
  readonly nom: string;
  readonly faits: FaitsListe;
  readonly numeroPrecedent: number | null;
  /** Subject of the certificate that signed, RFC 2253. */
  readonly signataire: string;
  readonly comparaison: Comparaison;
  /** Authorities in force, or territories that the list of lists names. */
  readonly total: number;
  /** French. */
  readonly reserves: readonly string[];
}

const RIEN: Comparaison = { ajoutees: [], retirees: [], changees: [] };

function resumer({ faits, numeroPrecedent, comparaison, reserves }: ImportFait): string {
  const { ajoutees, retirees, changees } = comparaison;
  const suite = numeroPrecedent === null ? '' : ` après n° ${numeroPrecedent}`;
  const forces = reserves.some((r) => r.startsWith('Forcé')) ? ', forcé' : '';
  return `liste ${faits.territoire} n° ${faits.numero}${suite} : +${ajoutees.length} −${retirees.length} ~${changees.length}${forces}`;
}

/** One may have been taken away by hand since. */
function memesAncres(a: Famille, b: Famille): boolean {
  return JSON.stringify(a.ancres) === JSON.stringify(b.ancres);
}

interface Prepare {
  readonly rendu: ImportFait;
  readonly fichiers: ReadonlyMap<string, MagasinConfiance | null>;
}

/** The list is in force, or the operator passes over it. */
function exigerVigueur({ entete, auteur, forcer, fichier }: Signee): string[] {
  const [premiere, ...autres] = examinerEntete(entete, { verifiee: true, instant: auteur.quand });
  if (premiere === undefined) return [];
  if (!forcer) throw refusDe(fichier)(premiere.motif);
  return [premiere, ...autres].map((r) => `Forcé : ${r.motif}`);
}

function importerListe(signee: Signee, etat: EtatDossier): Prepare {
  const { xml, auteur, fichier } = signee;
  const reserves = [...exigerSignataire(signee, etat.donnees.listeDesListes), ...exigerVigueur(signee)];
  const lue = importerListeConfiance({ xml, verifiee: true, forcer: true, instant: auteur.quand });
  if (lue.type === 'refusee') throw refusDe(fichier)(lue.motif);
  const avant = etat.donnees.familles.find((f) => f.nom === lue.famille.nom) ?? null;
  if (avant !== null && avant.lecture !== 'eidas') {
    throw refusDe(fichier)(
      `la famille « ${avant.nom} » existe et n’est pas celle d’une liste. La renommer ou la retirer.`,
    );
  }
  const faits = faitsDe(signee);
  const famille: Famille = { ...lue.famille, liste: faits };
  const rendu: ImportFait = {
    genre: 'liste',
    inchangee: avant?.liste?.sha256 === faits.sha256 && memesAncres(avant, famille),
    nom: famille.nom,
    faits,
    numeroPrecedent: avant?.liste?.numero ?? null,
    signataire: signee.certificat.sujet.texte,
    comparaison: comparerFamilles(avant, famille, auteur.quand),
    total: lue.accordees,
    reserves: [
      ...reserves,
      ...exigerSuite(signee, avant?.liste),
      ...lue.reserves.filter((r) => !reserves.includes(`Forcé : ${r}`)),
    ],
  };
  return { rendu, fichiers: placerFamille(etat, famille) };
}

function decrirePointeur({ territoire, signataires }: Pointeur): string {
  const debuts = signataires.map((e) => e.slice(0, 8)).join(', ');
  return `${territoire} : ${pluriel(signataires.length, 'signataire')} (${debuts})`;
}

function importerDesListes(signee: Signee, etat: EtatDossier): Prepare {
  const avant = etat.donnees.listeDesListes;
  const reserves = [...exigerSignataire(signee, avant), ...exigerVigueur(signee)];
  const pointeurs = lirePointeurs(signee.racine);
  if (pointeurs.length === 0) {
    throw refusDe(signee.fichier)('elle ne désigne aucune liste. Vérifier que c’est la bonne.');
  }
  const faits = faitsDe(signee);
  const [hier, ceJour] = [
    new Set((avant?.pointeurs ?? []).map(decrirePointeur)),
    new Set(pointeurs.map(decrirePointeur)),
  ];
  const rendu: ImportFait = {
    genre: 'liste_des_listes',
    inchangee: avant?.sha256 === faits.sha256,
    nom: 'liste-des-listes',
    faits,
    numeroPrecedent: avant?.numero ?? null,
    signataire: signee.certificat.sujet.texte,
    comparaison: {
      ...RIEN,
      ajoutees: [...ceJour].filter((c) => !hier.has(c)),
      retirees: [...hier].filter((c) => !ceJour.has(c)),
    },
    total: pointeurs.length,
    reserves: [...reserves, ...exigerSuite(signee, avant)],
  };
  return { rendu, fichiers: placerListeDesListes(etat, { ...faits, pointeurs }) };
}

/**
 * Imports one signed list into the trust folder. Throws VGM-CNF-003 (refused: nothing changed), and what
 * `changerDossier` throws.
 */
export async function importerSignee(demande: DemandeImport): Promise<ImportFait> {
  const signee = await lireSignee(demande);
  return changerDossier(demande.dossier, demande.auteur, (etat) => {
    const fait =
      signee.entete.genre === 'liste' ? importerListe(signee, etat) : importerDesListes(signee, etat);
    const { rendu, fichiers } = fait;
    if (rendu.inchangee) return { fichiers: null, rendu };
    const ligne = { geste: 'importer' as const, objet: rendu.nom, resume: resumer(rendu) };
    return { fichiers, rendu, ligne };
  });
}
