import { type Auteur, changerDossier, type EtatDossier } from '../../adapters/confiance/dossier.ts';
import { placerFamille, placerListeDesListes, retirerFamille } from '../../adapters/confiance/placement.ts';
import { lireCertificat } from '../../formats/certificats/certificat.ts';
import type { Ancre, Famille } from '../../formats/certificats/magasin.ts';
import { erreurConfiance } from '../../metier/catalogue/confiance.ts';

/** An authority, or a whole family, that is trusted no more. */

export interface DemandeRetrait {
  readonly famille: string;
  /** SHA-256 of the certificate (its first 8 digits at least) or the name shown; absent: the whole family. */
  readonly ancre?: string;
  readonly dossier: string;
  readonly auteur: Auteur;
}

export interface RetraitFait {
  readonly famille: string;
  readonly retirees: readonly string[];
  /** French. */
  readonly avis: readonly string[];
}

/** Name under which the list of lists is shown and taken away. */
export const NOM_LISTE_DES_LISTES = 'liste-des-listes';

function refuser(detail: string): Error {
  return erreurConfiance('VGM-CNF-007', { detail });
}

interface Identifiee {
  readonly ancre: Ancre;
  readonly sha256: string;
  readonly cle: string;
}

function identifier(ancre: Ancre): Identifiee {
  const lu = lireCertificat(Buffer.from(ancre.certificat, 'base64'));
  const { sha256 = '', cle } = lu.type === 'lu' ? lu.certificat : {};
  return { ancre, sha256, cle: cle?.sha256 ?? '' };
}

/** Every anchor that the word names; two certificates under one word are refused. */
function designer(famille: Famille, mot: string): Identifiee[] {
  const toutes = famille.ancres.map(identifier);
  const empreinte = mot.replaceAll(':', '').toLowerCase();
  const parEmpreinte = /^[0-9a-f]{8,64}$/.test(empreinte)
    ? toutes.filter((a) => a.sha256.startsWith(empreinte))
    : [];
  const trouvees = parEmpreinte.length > 0 ? parEmpreinte : toutes.filter((a) => a.ancre.nom === mot);
  if (trouvees.length === 0) throw refuser(`aucune autorité « ${mot} » dans la famille « ${famille.nom} ».`);
  const certificats = new Set(trouvees.map((a) => a.sha256));
  if (certificats.size > 1) {
    throw refuser(`« ${mot} » désigne plusieurs autorités : ${[...certificats].join(', ')}.`);
  }
  return trouvees;
}

function retirerAncre(famille: Famille, mot: string): { famille: Famille; retirees: string[] } {
  const visees = designer(famille, mot);
  const certificats = new Set(visees.map((v) => v.ancre.certificat));
  const ancres = famille.ancres.filter((a) => !certificats.has(a.certificat));
  // A renewed certificate of the same key still leans on the rows of that key.
  const cles = new Set(ancres.map((a) => identifier(a).cle));
  const perdues = new Set(visees.map((v) => v.cle).filter((cle) => !cles.has(cle)));
  const niveaux = famille.niveaux.filter((r) => !perdues.has(r.emetteur));
  return { famille: { ...famille, ancres, niveaux }, retirees: visees.map((v) => v.ancre.nom) };
}

function avisDe(famille: Famille): string[] {
  return famille.liste === undefined
    ? []
    : [
        'Cette famille vient d’une liste de confiance : le prochain import remettra ce que la liste contient.',
      ];
}

function retirerDe(etat: EtatDossier, { famille: nom, ancre }: DemandeRetrait) {
  if (nom === NOM_LISTE_DES_LISTES && etat.donnees.listeDesListes !== undefined && ancre === undefined) {
    const avis = ['Une liste de confiance ne s’importera plus sans --signataire.'];
    return { fichiers: placerListeDesListes(etat, undefined), retirees: ['la liste des listes'], avis };
  }
  const famille = etat.donnees.familles.find((f) => f.nom === nom);
  if (famille === undefined) throw refuser(`aucune famille « ${nom} » dans ce dossier.`);
  if (ancre === undefined) {
    const retirees = famille.ancres.map((a) => a.nom);
    return { fichiers: retirerFamille(etat, nom), retirees, avis: avisDe(famille) };
  }
  const reste = retirerAncre(famille, ancre);
  const vide = reste.famille.ancres.length === 0;
  const fichiers = vide ? retirerFamille(etat, nom) : placerFamille(etat, reste.famille);
  return { fichiers, retirees: reste.retirees, avis: avisDe(famille) };
}

/** Throws VGM-CNF-007 (nothing by that name), and what `changerDossier` throws. */
export async function retirer(demande: DemandeRetrait): Promise<RetraitFait> {
  const { famille, dossier, auteur } = demande;
  return changerDossier(dossier, auteur, (etat) => {
    const { fichiers, retirees, avis } = retirerDe(etat, demande);
    const resume = `retrait de ${retirees.length === 1 ? (retirees[0] ?? '') : `${retirees.length} autorités`}`;
    const ligne = { geste: 'retirer' as const, objet: famille, resume };
    return { fichiers, ligne, rendu: { famille, retirees, avis } };
  });
}
