import { libelleEvenement } from '../../metier/evenements.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Client, clientDe } from '../client.ts';
import { fluxDesigne } from '../designer.ts';
import { ecrire } from '../fichiers.ts';
import { montrerCalendrier } from '../montrer-calendrier.ts';
import { ficheEchange, montrerEchanges } from '../montrer-echanges.ts';
import { fichePes, montrerPes } from '../montrer-helios.ts';
import { type Appel, type CodeSortie, drapeau, type Sorties, texte } from '../monde.ts';
import { date, etat, json, octets, peindre, sur } from '../rendu.ts';
import { segment } from '../requete.ts';
import { fiche, tableau } from '../tableau.ts';
import {
  type FluxVu,
  LIBELLES,
  type LigneVue,
  type LivraisonVue,
  type MontreVu,
  type PieceVue,
} from '../vues.ts';

function entete(sorties: Sorties, f: FluxVu): void {
  const facultatifs: readonly (readonly [string, string | null])[] = [
    ['Objet', typeof f.resume['objet'] === 'string' ? f.resume['objet'] : null],
    ...ficheEchange(f),
    ...fichePes(f),
    ['Nom d’envoi', f.nomEnvoi],
    ['Cite le flux', f.cite],
    ['Transmis le', f.transmis === null ? null : date(f.transmis)],
    ['Soldé le', f.solde === null ? null : date(f.solde)],
    ['Reprise le', f.prochaine === null ? null : date(f.prochaine)],
    ['Essais', f.tentatives === 0 ? null : String(f.tentatives)],
    ['Alerte', f.alerte],
  ];
  fiche(sorties, [
    ['Flux', f.id],
    ['Identité', f.identite],
    ['État', etat(sorties, f.etat, f.libelle)],
    ['Collectivité', f.collectivite],
    ['Déposé le', date(f.depose)],
    ...facultatifs.flatMap(([nom, valeur]) => (valeur === null ? [] : [[nom, valeur] as const])),
  ]);
  if (f.erreur !== null) {
    const { code, message, remede } = f.erreur;
    // Our own codes begin so; any other is the State's, whose words often repeat it.
    const titre = peindre(sorties, 'red', code.startsWith('VGM-') ? 'Erreur' : 'Refus de l’État');
    const dit = message.startsWith(code) ? message.slice(code.length).replace(/^[\s:]+/, '') : message;
    sorties.ecrire(`${titre} ${sur(code)} : ${sur(dit)}`);
    sorties.ecrire(`  Remède : ${sur(remede)}`);
  }
}

function chronologie(sorties: Sorties, lignes: readonly LigneVue[]): void {
  sorties.ecrire('');
  tableau(
    sorties,
    ['Quand', 'Événement', 'Résultat', 'Acteur', 'Motif'],
    lignes.map((l) => [
      date(l.t),
      libelleEvenement(l.ev),
      l.res === 'OK'
        ? 'bon'
        : peindre(sorties, l.res === 'KO' ? 'red' : 'yellow', l.res === 'KO' ? 'échec' : 'incertain'),
      l.acteur,
      l.motif,
    ]),
  );
}

function pieces(sorties: Sorties, liste: readonly PieceVue[]): void {
  if (liste.length === 0) return;
  sorties.ecrire('');
  tableau(
    sorties,
    ['Rang', 'Rôle', 'Nom', 'Taille', 'SHA-256'],
    liste.map((p) => [String(p.rang), p.role, p.nom, octets(p.taille), p.sha256]),
  );
}

function livraisons(sorties: Sorties, liste: readonly LivraisonVue[]): void {
  if (liste.length === 0) return;
  sorties.ecrire('');
  tableau(
    sorties,
    ['Notification', 'Événement', 'Canal', 'État', 'Essais'],
    liste.map((l) => [
      l.id,
      l.type,
      l.canal,
      etat(sorties, l.etat, LIBELLES[l.etat] ?? l.etat),
      String(l.tentatives),
    ]),
  );
}

async function telecharger(appel: Appel, client: Client, rang: string): Promise<CodeSortie> {
  const sortie = texte(appel.options, 'sortie');
  if (sortie === undefined) {
    const detail = 'L’option « --piece » demande aussi « --sortie <fichier> ».';
    throw erreurUsage(detail, appel.verbe);
  }
  const chemin = `/flux/${await fluxDesigne(client, appel.arguments[0])}/pieces/${segment(rang)}${drapeau(appel.options, 'tampon') ? '/tampon' : ''}`;
  await ecrire(sortie, await client.flux({ methode: 'GET', chemin }));
  if (drapeau(appel.options, 'json')) json(appel.monde.sorties, [{ fichier: sortie }]);
  else appel.monde.sorties.ecrire(`Pièce ${rang} écrite dans ${sortie}.`);
  return 0;
}

/** `vaguemestre montrer ID`: the time-line of a flux with its pieces, digests and fates. */
export async function executer(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const client = await clientDe(appel);
  const rang = texte(appel.options, 'piece');
  if (rang !== undefined) return telecharger(appel, client, rang);
  const id = await fluxDesigne(client, appel.arguments[0]);
  const vu = await client.json<MontreVu>({ methode: 'GET', chemin: `/flux/${id}` });
  if (drapeau(appel.options, 'json')) {
    json(sorties, [vu]);
    return 0;
  }
  entete(sorties, vu.flux);
  montrerPes(sorties, vu.flux);
  await montrerEchanges(sorties, client, vu);
  await montrerCalendrier(sorties, client, vu.flux);
  chronologie(sorties, vu.chronologie);
  pieces(sorties, vu.pieces);
  livraisons(sorties, vu.livraisons);
  return 0;
}
