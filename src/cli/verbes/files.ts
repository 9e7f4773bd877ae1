import { clientDe } from '../client.ts';
import { type Appel, type CodeSortie, drapeau, type Sorties } from '../monde.ts';
import { date, json, nombre, peindre, pluriel, sur } from '../rendu.ts';
import { tableau } from '../tableau.ts';
import type { FilesVues } from '../vues.ts';

function files(sorties: Sorties, vues: FilesVues): void {
  tableau(
    sorties,
    ['File', 'Dues', 'En main', 'Plus tard', 'Attend depuis', 'Émission'],
    vues.files.map(({ file, dues, enMain, plusTard, depuis, suspension }) => [
      file,
      nombre(dues),
      nombre(enMain),
      nombre(plusTard),
      date(depuis),
      suspension === null ? '' : `${peindre(sorties, 'yellow', 'suspendue')} : ${sur(suspension.motif)}`,
    ]),
  );
}

function mains(sorties: Sorties, { enMain }: FilesVues): void {
  if (enMain.length === 0) return;
  sorties.ecrire('');
  tableau(
    sorties,
    ['En main', 'Nœud', 'Nombre', 'Jusqu’à'],
    enMain.map((m) => [m.file, m.proprietaire, nombre(m.nombre), date(m.bail)]),
  );
}

function noeuds(sorties: Sorties, vues: FilesVues): void {
  sorties.ecrire('');
  tableau(
    sorties,
    ['Nœud', 'Rôles', 'Version', 'Démarré', 'Vu', ''],
    vues.noeuds.map((n) => [
      n.nom,
      n.roles.join(', '),
      n.version,
      date(n.demarre),
      date(n.vu),
      n.nom === vues.noeud ? 'celui-ci' : '',
    ]),
  );
}

function tours(sorties: Sorties, vues: FilesVues): void {
  if (vues.tours.length === 0) return;
  sorties.ecrire('');
  tableau(
    sorties,
    ['Tour', 'Nœud', 'Jusqu’à'],
    vues.tours.map((t) => [t.nom, t.proprietaire, date(t.bail)]),
  );
}

function repartition(sorties: Sorties, { repartition: { type, erreur, annonces } }: FilesVues): void {
  sorties.ecrire('');
  if (type === 'locale') {
    sorties.ecrire('Répartition locale : chaque nœud cherche lui-même le travail dû.');
    return;
  }
  if (erreur !== null) {
    const message = sur(erreur.message.replaceAll('\n', ' '));
    sorties.ecrire(`${peindre(sorties, 'yellow', 'Redis ne sert pas')} : ${message} ${sur(erreur.remede)}`);
    return;
  }
  const total = annonces.reduce((somme, a) => somme + a.enAttente, 0);
  sorties.ecrire(`Redis répond : ${pluriel(total, 'annonce')} en attente.`);
  if (annonces.length === 0) return;
  tableau(
    sorties,
    ['Annonces', 'En attente', 'En cours', 'Plus tard'],
    annonces.map((a) => [a.file, nombre(a.enAttente), nombre(a.enCours), nombre(a.plusTard)]),
  );
}

/** `vaguemestre files`: what waits in each queue, who works on what, and how the work is shared out. */
export async function executer(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const client = await clientDe(appel);
  const vues = await client.json<FilesVues>({ methode: 'GET', chemin: '/files' });
  if (drapeau(appel.options, 'json')) {
    json(sorties, [vues]);
    return 0;
  }
  for (const montrer of [files, mains, noeuds, tours, repartition]) montrer(sorties, vues);
  return 0;
}
