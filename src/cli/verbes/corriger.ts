import type { Anomalie } from '../../metier/anomalies.ts';
import { LIBELLE_ETAT } from '../../metier/etats.ts';
import type { BordereauJuge, Correction, PieceJugee } from '../../protocoles/helios/correction.ts';
import type { ErreurExpliquee, Jugement } from '../../protocoles/helios/correction/juger.ts';
import { clientDe } from '../client.ts';
import { fluxDesigne } from '../designer.ts';
import { lignesAnomalie } from '../erreurs.ts';
import { type Appel, type CodeSortie, drapeau, type Sorties, texte } from '../monde.ts';
import { json, peindre, pluriel, sur } from '../rendu.ts';
import { ouvrirSource } from '../source.ts';
import { fiche, tableau } from '../tableau.ts';
import { xmlRefuse } from '../xml-refuse.ts';

const SORTS: Readonly<Record<Jugement['sort'], string>> = {
  accepte: 'accepté',
  refuse: 'refusé',
  doublon: 'déjà détenu',
  indecis: 'indécis',
  sans_reponse: 'sans réponse',
};

const CONDUITES: Readonly<Record<Jugement['conduite'], string>> = {
  retirer: 'à retirer',
  corriger: 'à corriger',
  renvoyer: 'à renvoyer tel quel',
  renumeroter: 'à renuméroter',
  trancher: 'à trancher',
};

const COULEURS = {
  retirer: 'green',
  corriger: 'red',
  renvoyer: 'yellow',
  renumeroter: 'red',
  trancher: 'yellow',
} as const;

function colonnes(sorties: Sorties, { sort, conduite, erreurs }: Jugement): string[] {
  return [SORTS[sort], peindre(sorties, COULEURS[conduite], CONDUITES[conduite]), String(erreurs.length)];
}

/** `pièce 7, ligne 3 : 1971 - Compte fonction… (ERREUR_AUTRE : refus d’un autre motif)` */
function motif({ piece, ligne: rang, code, libelle, explication }: ErreurExpliquee): string {
  const ou = [...(piece === null ? [] : [`pièce ${piece}`]), ...(rang === null ? [] : [`ligne ${rang}`])];
  const sens = code === null ? explication : `${code} : ${explication}`;
  const dit = libelle === null ? sens : `${libelle} (${sens})`;
  return ou.length === 0 ? dit : `${ou.join(', ')} : ${dit}`;
}

function detail(sorties: Sorties, u: BordereauJuge | PieceJugee): void {
  sorties.ecrire('');
  sorties.ecrire(peindre(sorties, 'bold', sur(u.nom)));
  sorties.ecrire(`  ${sur(u.consigne)}`);
  for (const e of u.erreurs) sorties.ecrire(`  - ${sur(motif(e))}`);
}

function montrer(sorties: Sorties, c: Correction): void {
  fiche(sorties, [
    ['Flux', c.flux],
    ['Fichier', c.identite],
    ['État', LIBELLE_ETAT[c.etat]],
    ['À faire', c.consigne],
  ]);
  for (const { nom, erreurs } of c.generales)
    for (const e of erreurs) sorties.ecrire(sur(`${nom} : ${motif(e)}`));
  const { bordereaux, pieces } = c;
  if (bordereaux.length > 0) {
    sorties.ecrire('');
    tableau(
      sorties,
      ['Bordereau', 'Sort', 'À faire', 'Motifs', 'PJ citées'],
      bordereaux.map((b) => [b.nom, ...colonnes(sorties, b), b.pieces.join(', ')]),
    );
  }
  if (pieces.length > 0) {
    sorties.ecrire('');
    tableau(
      sorties,
      ['Pièce justificative', 'Sort', 'À faire', 'Motifs', 'Citée par'],
      pieces.map((p) => [p.idUnique, ...colonnes(sorties, p), p.bordereaux.join(', ')]),
    );
  }
  // what simply leaves needs no more words
  for (const u of [...bordereaux, ...pieces]) if (u.conduite !== 'retirer') detail(sorties, u);
  if (!c.complete)
    sorties.ecrire('\nLe fichier contient plus de bordereaux ou de pièces qu’il n’en est montré ici.');
}

async function examiner(correction: Correction, fichier: string): Promise<readonly Anomalie[]> {
  const [{ lireFichierPes }, { verifierCorrection }] = await Promise.all([
    import('../../protocoles/helios/lecture/lire.ts'),
    import('../../protocoles/helios/correction/verifier.ts'),
  ]);
  const source = ouvrirSource(fichier);
  try {
    const lecture = await lireFichierPes(source.lire());
    source.exigerInchange();
    if (lecture.refus !== null) throw xmlRefuse(fichier, lecture.refus);
    return verifierCorrection(correction, lecture);
  } finally {
    source.fermer();
  }
}

/** @returns exit code: 0 the file keeps to what the acquittement asks, 3 it does not. */
async function verifier(appel: Appel, correction: Correction, fichier: string): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const anomalies = await examiner(correction, fichier);
  const fautes = anomalies.filter((a) => a.gravite === 'bloquante').length;
  const bon = fautes === 0;
  if (drapeau(appel.options, 'json')) {
    json(sorties, [{ fichier, flux: correction.flux, bon, anomalies }]);
    return bon ? 0 : 3;
  }
  for (const a of anomalies) for (const l of lignesAnomalie(sorties, a)) sorties.ecrire(l);
  const dit = bon
    ? 'ne contient rien de ce qu’Hélios détient, et rien n’y manque de ce qui est à renvoyer'
    : `${pluriel(fautes, 'point')} à reprendre avant de le déposer`;
  sorties.ecrire(`${peindre(sorties, bon ? 'green' : 'red', sur(fichier))} : ${dit}.`);
  return bon ? 0 : 3;
}

/** `vaguemestre corriger FLUX [--verifier NOUVEAU.xml]` */
export async function executer(appel: Appel): Promise<CodeSortie> {
  const client = await clientDe(appel);
  const id = await fluxDesigne(client, appel.arguments[0]);
  const { correction } = await client.json<{ correction: Correction }>({
    methode: 'GET',
    chemin: `/flux/${id}/correction`,
  });
  const fichier = texte(appel.options, 'verifier');
  if (fichier !== undefined) return verifier(appel, correction, fichier);
  if (drapeau(appel.options, 'json')) json(appel.monde.sorties, [correction]);
  else montrer(appel.monde.sorties, correction);
  return 0;
}
