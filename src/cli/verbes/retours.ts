import { basename } from 'node:path';
import { clientDe } from '../client.ts';
import { erreurUsage } from '../erreurs.ts';
import { ecrire, lire, taille } from '../fichiers.ts';
import { type Appel, type CodeSortie, drapeau, liste, type ModuleVerbe, texte } from '../monde.ts';
import { date, etat, json, octets, sur } from '../rendu.ts';
import { requete, segment } from '../requete.ts';
import { fiche, tableau } from '../tableau.ts';
import { LIBELLES, type RetourMontre, type RetourVu } from '../vues.ts';

const LIGNES_MAX = 12;

function libelle(appel: Appel, r: RetourVu): string {
  return etat(appel.monde.sorties, r.etat, LIBELLES[r.etat] ?? r.etat);
}

async function listerRetours(appel: Appel): Promise<CodeSortie> {
  const { options, monde } = appel;
  const { sorties } = monde;
  const client = await clientDe(appel);
  const parDefaut = !drapeau(options, 'tous') && liste(options, 'etat').length === 0;
  const filtre = requete(parDefaut ? { ...options, etat: 'a_trancher' } : options, [
    'etat',
    'avant',
    'limite',
  ]);
  const { retours, suite } = await client.json<{ retours: readonly RetourVu[]; suite: string | null }>({
    methode: 'GET',
    chemin: `/retours${filtre}`,
  });
  if (drapeau(options, 'json')) {
    json(sorties, retours);
    return 0;
  }
  if (retours.length === 0) {
    sorties.ecrire(parDefaut ? 'Aucun retour à trancher.' : 'Aucun retour.');
    return 0;
  }
  tableau(
    sorties,
    ['Reçu le', 'État', 'Source', 'Taille', 'Retour', 'Fichier', 'Motif'],
    retours.map((r) => [
      date(r.recu),
      libelle(appel, r),
      r.source,
      octets(r.taille),
      r.id,
      r.nom ?? '-',
      r.motif ?? '',
    ]),
  );
  if (suite !== null) sorties.ecrire(`La suite : vaguemestre retours lister --avant ${suite}`);
  return 0;
}

async function montrerRetour(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const client = await clientDe(appel);
  const chemin = `/retours/${segment(appel.arguments[0])}`;
  const sortie = texte(appel.options, 'sortie');
  if (sortie !== undefined) {
    await ecrire(sortie, await client.flux({ methode: 'GET', chemin: `${chemin}/brut` }));
    sorties.ecrire(
      drapeau(appel.options, 'json') ? JSON.stringify({ fichier: sortie }) : `Message écrit dans ${sortie}.`,
    );
    return 0;
  }
  const vu = await client.json<RetourMontre>({ methode: 'GET', chemin });
  if (drapeau(appel.options, 'json')) {
    json(sorties, [vu]);
    return 0;
  }
  raconter(appel, vu);
  return 0;
}

function raconter(appel: Appel, vu: RetourMontre): void {
  const { sorties } = appel.monde;
  const r = vu.retour;
  fiche(sorties, [
    ['Retour', r.id],
    ['État', libelle(appel, r)],
    ...(r.nom === null
      ? ([
          ['Expéditeur', vu.expediteur === '' ? '-' : vu.expediteur],
          ['Objet', vu.objet === '' ? '-' : vu.objet],
        ] as const)
      : ([['Fichier', r.nom]] as const)),
    ['Source', r.source],
    ['Reçu le', date(r.recu)],
    ['Taille', octets(r.taille)],
    ['SHA-256', r.sha256],
    ['Motif', r.motif ?? '-'],
    ['Flux', r.flux.length === 0 ? '-' : r.flux.join(', ')],
  ]);
  if (r.nom === null && vu.parties.length > 0) {
    sorties.ecrire('');
    tableau(
      sorties,
      ['Partie', 'Taille'],
      vu.parties.map((p) => [p.nom, octets(p.taille)]),
    );
  }
  for (const ligne of premieresLignes(vu.texte)) sorties.ecrire(sur(ligne));
}

/** Enough to know what the message is; the whole of it is had with --sortie. */
function premieresLignes(corps: string): readonly string[] {
  const lignes = corps.split(/\r?\n/).map((l) => l.trimEnd());
  const pleines = lignes.filter((l, i) => l !== '' || (i > 0 && lignes[i - 1] !== ''));
  if (pleines.length === 0) return [];
  const coupe = pleines.length > LIGNES_MAX ? ['[…]'] : [];
  return ['', ...pleines.slice(0, LIGNES_MAX), ...coupe];
}

function dire(appel: Appel, r: RetourVu): CodeSortie {
  const { sorties } = appel.monde;
  if (drapeau(appel.options, 'json')) json(sorties, [r]);
  else sorties.ecrire(`Retour ${r.id} : ${libelle(appel, r)}${r.motif === null ? '.' : `, ${sur(r.motif)}`}`);
  return 0;
}

async function ordonner(appel: Appel, ordre: string, corps: object): Promise<CodeSortie> {
  const client = await clientDe(appel);
  const chemin = `/retours/${segment(appel.arguments[0])}/${ordre}`;
  const { retour } = await client.json<{ retour: RetourVu }>({ methode: 'POST', chemin, json: corps });
  return dire(appel, retour);
}

/** A file of the DGFiP is filed under its name, a mail has none. */
function adresseDe(fichier: string): { readonly chemin: string } {
  if (!fichier.toLowerCase().endsWith('.xml')) return { chemin: '/retours' };
  return { chemin: `/retours?${new URLSearchParams({ nom: basename(fichier) }).toString()}` };
}

async function deposerRetour(appel: Appel): Promise<CodeSortie> {
  const fichier = appel.arguments[0] ?? '';
  const longueur = await taille(fichier);
  const client = await clientDe(appel);
  const { retour } = await client.json<{ retour: RetourVu }>({
    methode: 'POST',
    ...adresseDe(fichier),
    corps: { flux: lire(fichier), type: 'application/octet-stream', longueur },
  });
  return dire(appel, retour);
}

export const lister: ModuleVerbe = { executer: listerRetours };
export const montrer: ModuleVerbe = { executer: montrerRetour };
export const deposer: ModuleVerbe = { executer: deposerRetour };
export const retraiter: ModuleVerbe = { executer: (appel) => ordonner(appel, 'retraiter', {}) };
/** `vaguemestre retours rattacher RETOUR FLUX [--issue … --motif …]` */
export const rattacher: ModuleVerbe = {
  executer: (appel) => {
    const [issue, motif] = [texte(appel.options, 'issue'), texte(appel.options, 'motif')];
    if ((issue === undefined) !== (motif === undefined))
      throw erreurUsage('« --issue » et « --motif » vont ensemble.', appel.verbe);
    const flux = (appel.arguments[1] ?? '').toLowerCase();
    return ordonner(appel, 'rattacher', issue === undefined ? { flux } : { flux, issue, motif });
  },
};

/** `vaguemestre retours remettre RETOUR --siren SIREN` */
export const remettre: ModuleVerbe = {
  executer: (appel) => ordonner(appel, 'remettre', { siren: texte(appel.options, 'siren') }),
};
export const classer: ModuleVerbe = {
  executer: (appel) => ordonner(appel, 'classer', { motif: texte(appel.options, 'motif') }),
};
