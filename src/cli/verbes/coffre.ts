import { ouvrirPieces } from '../../adapters/coffre/pieces.ts';
import { verifierPieces, type Verification } from '../../adapters/coffre/verification.ts';
import { executerMigration, type Migration } from '../coffre/migration.ts';
import { configDe, dossierDe, lireLieu, ouvrirStockage } from '../coffre/ouvrir.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Appel, type CodeSortie, drapeau, type ModuleVerbe } from '../monde.ts';
import { json, octets, peindre, pluriel, sur } from '../rendu.ts';
import { fiche } from '../tableau.ts';

/** `vaguemestre coffre …`: the pieces, without daemon. */

const CITEES = 20;

function citer(appel: Appel, titre: string, empreintes: readonly string[]): void {
  const { sorties } = appel.monde;
  if (empreintes.length === 0) return;
  sorties.ecrire(`${peindre(sorties, 'yellow', titre)} :`);
  for (const empreinte of empreintes.slice(0, CITEES)) sorties.ecrire(`  ${empreinte}`);
  const reste = empreintes.length - CITEES;
  if (reste > 0) sorties.ecrire(`  et ${pluriel(reste, 'autre')} (--json les donne).`);
}

const masse = ({ pieces, octets: taille }: { readonly pieces: number; readonly octets: number }): string =>
  `${pluriel(pieces, 'pièce')}, ${octets(taille)}`;

function direVerification(appel: Appel, lieu: string, v: Verification): void {
  const { sorties } = appel.monde;
  sorties.ecrire(`Coffre : ${sur(lieu)}`);
  sorties.ecrire(`Relu : ${masse(v)}.`);
  citer(appel, 'Pièces altérées', v.alterees);
  const { length } = v.alterees;
  sorties.ecrire(
    length === 0
      ? peindre(sorties, 'green', 'Toutes les pièces sont intactes.')
      : peindre(
          sorties,
          'red',
          `${pluriel(length, 'pièce altérée', 'pièces altérées')} : à restaurer depuis une sauvegarde.`,
        ),
  );
}

async function executerVerification(appel: Appel): Promise<CodeSortie> {
  const config = configDe(appel);
  const lieu = lireLieu(appel, 'sur') ?? config.coffre.type;
  const { sorties } = appel.monde;
  const suivre = (pieces: number, taille: number): void =>
    sorties.avancer?.(`${pluriel(pieces, 'pièce relue', 'pièces relues')}, ${octets(taille)}`);
  let nom = dossierDe(appel, config);
  let verification: Verification;
  if (lieu === 'dossier') verification = await verifierPieces(await ouvrirPieces(nom), suivre);
  else {
    await using stockage = await ouvrirStockage(appel, config);
    verification = await verifierPieces(stockage.pieces, suivre);
    ({ nom } = stockage);
  }
  sorties.avancer?.('');
  if (drapeau(appel.options, 'json')) json(sorties, [{ sur: lieu, lieu: nom, ...verification }]);
  else direVerification(appel, nom, verification);
  return verification.alterees.length === 0 ? 0 : 3;
}

const VERDICTS = {
  complet: ['green', 'Complet : tout ce qui est du premier côté est, intact, du second.'],
  a_jour: [
    'yellow',
    'À jour, pas complet : tout est copié, mais un démon range encore du premier côté. L’arrêter, ou lui faire changer de coffre en réglant coffre.secours, puis recommencer.',
  ],
  incomplet: [
    'red',
    'Incomplet : ne rien changer aux réglages. Remédier à ce qui est dit, puis recommencer.',
  ],
} as const;

function suiteDe({ etat, vers, deja }: Migration): string {
  if (etat !== 'complet') return '';
  return deja ? ' coffre.secours peut être vidé.' : ` coffre.type peut passer à « ${vers} ».`;
}

function direMigration(appel: Appel, migration: Migration): void {
  const { vers, etat, dossier, stockage, bilan } = migration;
  const { sorties } = appel.monde;
  const [ici, la] = vers === 's3' ? [dossier, stockage] : [stockage, dossier];
  const { sorts } = bilan;
  fiche(sorties, [
    ['De', `${ici} : ${masse(bilan.source)}`],
    ['Vers', `${la} : ${masse(bilan.cible)}`],
    ['Copiées', `${masse({ pieces: sorts.copiee + sorts.reparee, octets: bilan.octetsCopies })}`],
    ['Déjà là', pluriel(sorts.presente + sorts.sauvee, 'pièce')],
    ['Seulement là', pluriel(bilan.seulementCible, 'pièce')],
  ]);
  if (sorts.reparee > 0) {
    const quoi = pluriel(
      sorts.reparee,
      'pièce altérée à l’arrivée, remplacée',
      'pièces altérées à l’arrivée, remplacées',
    );
    sorties.ecrire(`${quoi}.`);
  }
  citer(appel, 'Altérées au départ, intactes à l’arrivée', bilan.sauvees);
  citer(appel, 'Altérées au départ, intactes nulle part (à restaurer depuis une sauvegarde)', bilan.alterees);
  citer(appel, 'Absentes ou différentes à l’arrivée', bilan.manquantes);
  const [couleur, verdict] = VERDICTS[etat];
  sorties.ecrire(peindre(sorties, couleur, `${verdict}${suiteDe(migration)}`));
}

async function migrerVers(appel: Appel): Promise<CodeSortie> {
  const vers = lireLieu(appel, 'vers');
  if (vers === undefined) throw erreurUsage('Il manque « --vers ».', appel.verbe);
  const migration = await executerMigration(appel, vers);
  if (drapeau(appel.options, 'json')) {
    const { bilan, deja: _, ...reste } = migration;
    json(appel.monde.sorties, [{ ...reste, ...bilan }]);
  } else direMigration(appel, migration);
  return migration.etat === 'complet' ? 0 : 3;
}

export const verifier: ModuleVerbe = { executer: executerVerification };
export const migrer: ModuleVerbe = { executer: migrerVers };
