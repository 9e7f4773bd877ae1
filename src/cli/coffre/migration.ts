import { ouvrirCoffreDossier } from '../../adapters/coffre/dossier.ts';
import { type Bilan, migrer, versDossier, versS3 } from '../../adapters/coffre/migration.ts';
import { ouvrirPieces } from '../../adapters/coffre/pieces.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import { clientDe } from '../client.ts';
import { type Appel, drapeau } from '../monde.ts';
import { octets, pluriel } from '../rendu.ts';
import { configDe, dossierDe, type Lieu, type StockageOuvert, ouvrirStockage } from './ouvrir.ts';

/** `complet`: the other side may be used instead. `a_jour`: all that was there is copied, and more may be coming. */
export type EtatMigration = 'complet' | 'a_jour' | 'incomplet';

export interface Migration {
  readonly vers: Lieu;
  /** The settings already say that side; the other one is only the `secours`. */
  readonly deja: boolean;
  readonly etat: EtatMigration;
  readonly dossier: string;
  readonly stockage: string;
  readonly bilan: Bilan;
}

/**
 * Does a daemon keep new pieces on that side? The one that answers on the socket of the settings may have been started with others:
 * only a diagnosis that speaks of the object store tells that it uses it.
 */
async function demonSur(appel: Appel, lieu: Lieu): Promise<boolean> {
  try {
    const client = await clientDe(appel);
    const { sujets } = await client.json<{ sujets: readonly { readonly sujet: string }[] }>({
      methode: 'GET',
      chemin: '/diagnostic',
    });
    return sujets.some((s) => s.sujet === 'coffre') === (lieu === 's3');
  } catch (erreur) {
    // Nobody listens.
    if (erreur instanceof ErreurVgm && erreur.fiche.code === 'VGM-CLI-001') return false;
    return true;
  }
}

function suivi(appel: Appel): (vues: number, taille: number) => void {
  const { avancer } = appel.monde.sorties;
  return (vues, taille) => avancer?.(`${pluriel(vues, 'pièce vue', 'pièces vues')}, ${octets(taille)}`);
}

async function copier(
  appel: Appel,
  stockage: StockageOuvert,
  demande: { readonly vers: Lieu; readonly dossier: string },
): Promise<Bilan> {
  const { pieces: s3, taillePartie, random } = stockage;
  const { vers, dossier } = demande;
  if (vers === 's3') {
    await s3.exigerVerrou();
    const relire = drapeau(appel.options, 'relire');
    return migrer(versS3({ dossier: await ouvrirPieces(dossier), s3, taillePartie, relire }), suivi(appel));
  }
  // A daemon may be using this folder: its drafts are left alone.
  const coffre = ouvrirCoffreDossier({ dossier, random, balayer: false });
  try {
    return await migrer(versDossier({ s3, dossier: await ouvrirPieces(dossier), coffre }), suivi(appel));
  } finally {
    await coffre.fermer();
  }
}

/** Throws VGM-CFG-…, VGM-COF-…, VGM-NOY-005: what was copied stays copied. */
export async function executerMigration(appel: Appel, vers: Lieu): Promise<Migration> {
  const config = configDe(appel);
  const dossier = dossierDe(appel, config);
  await using stockage = await ouvrirStockage(appel, config);
  const bilan = await copier(appel, stockage, { vers, dossier });
  appel.monde.sorties.avancer?.('');
  const etat: EtatMigration = !bilan.complet
    ? 'incomplet'
    : (await demonSur(appel, vers === 's3' ? 'dossier' : 's3'))
      ? 'a_jour'
      : 'complet';
  const deja = config.coffre.type === vers;
  return { vers, deja, etat, dossier, stockage: stockage.nom, bilan };
}
