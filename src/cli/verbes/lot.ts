import { basename } from 'node:path';
import { erreurLot } from '../../metier/catalogue/lot.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import { type ActeLot, reunir } from '../../protocoles/actes/lot/acte.ts';
import { lireManifeste } from '../../protocoles/actes/lot/manifeste.ts';
import { clientDe } from '../client.ts';
import { erreurUsage } from '../erreurs.ts';
import { deposerLot, nommerLot } from '../lot/deposer.ts';
import { refuserManifeste } from '../lot/fautes.ts';
import { type Lot, ouvrirLot } from '../lot/ouvrir.ts';
import { creerRecit, type Recit } from '../lot/recit.ts';
import { Resultats } from '../lot/resultats.ts';
import { type Appel, type CodeSortie, drapeau, texte } from '../monde.ts';

const CONCURRENCE_MAX = 32;

interface Commande {
  readonly chemin: string;
  readonly siren: string;
  readonly aBlanc: boolean;
  readonly reprendre: boolean;
  readonly concurrence: number;
}

function lireCommande({ arguments: [chemin = ''], options, verbe }: Appel): Commande {
  const siren = texte(options, 'siren') ?? '';
  if (!/^[0-9]{9}$/.test(siren))
    throw erreurUsage(`« ${siren} » n’est pas un SIREN : il faut neuf chiffres.`, verbe);
  const dite = texte(options, 'concurrence') ?? '6';
  const concurrence = /^[0-9]{1,2}$/.test(dite) ? Number(dite) : 0;
  if (concurrence < 1 || concurrence > CONCURRENCE_MAX)
    throw erreurUsage(`--concurrence va de 1 à ${CONCURRENCE_MAX} ; « ${dite} » a été donné.`, verbe);
  const [aBlanc, reprendre] = [drapeau(options, 'aBlanc'), drapeau(options, 'reprendre')];
  if (aBlanc && reprendre) throw erreurUsage('--a-blanc et --reprendre ne vont pas ensemble.', verbe);
  return { chemin, siren, aBlanc, reprendre, concurrence };
}

/** All the faults of the manifest are told at once, and before anything leaves. Throws VGM-LOT-001. */
async function preparer(lot: Lot): Promise<ActeLot[]> {
  const { lignes, fautes: dites } = lireManifeste(lot.manifeste.octets);
  const fautes = [...dites];
  const actes: ActeLot[] = [];
  for (const ligne of lignes) {
    const acte = await reunir(lot.pieces, ligne, fautes);
    if (acte !== null) actes.push(acte);
  }
  if (fautes.length > 0) throw refuserManifeste(lot.manifeste.nom, fautes);
  return actes;
}

/** Why the batch is not finished; null when it is. */
function inachevement(arret: unknown, { recit, total }: { recit: Recit; total: number }): ErreurVgm | null {
  const { faits } = recit;
  if (arret === null) return faits === total ? null : erreurLot('VGM-LOT-004', { faits, total });
  if (!(arret instanceof ErreurVgm)) throw arret;
  const { code, message, remede } = arret.fiche;
  return erreurLot('VGM-LOT-003', { faits, total, code, message, remede }, arret);
}

async function ouvrirResultats(appel: Appel, lot: Lot, nom: string): Promise<Resultats> {
  const { options, monde } = appel;
  const fichier = texte(options, 'sortie') ?? lot.resultats;
  const resultats = await Resultats.ouvrir({ fichier, lot: nom, marque: await monde.hasard() });
  if (resultats.ecartes !== null)
    monde.sorties.erreur(
      `Les résultats du manifeste précédent sont gardés dans ${basename(resultats.ecartes)}.`,
    );
  return resultats;
}

async function mener(appel: Appel, commande: Commande, lot: Lot): Promise<CodeSortie> {
  const { monde, options } = appel;
  const actes = await preparer(lot);
  const { siren, aBlanc } = commande;
  const client = await clientDe(appel);
  const nom = nommerLot(siren, lot.manifeste.octets);
  const total = actes.length;
  const recit = creerRecit(monde.sorties, { total, aBlanc, json: drapeau(options, 'json') });
  const resultats = aBlanc ? null : await ouvrirResultats(appel, lot, nom);
  try {
    const { arret } = await deposerLot(
      {
        ...commande,
        client,
        lot: nom,
        resultats,
        hasard: () => monde.hasard(),
        interruption: monde.interruption(),
        suivre: (r) => recit.suivre(r),
      },
      actes,
    );
    // stopped by the disk itself, the lines appended so far are all that can be written
    if (arret === null) await resultats?.ranger();
    recit.conclure(resultats === null ? null : (texte(options, 'sortie') ?? lot.resultats));
    const erreur = inachevement(arret, { recit, total });
    if (erreur !== null) throw erreur;
  } finally {
    await resultats?.fermer();
  }
  return recit.comptes.refusé + recit.comptes.doublon > 0 ? 3 : 0;
}

/** `vaguemestre lot DOSSIER|ZIP|CSV`: exit 3 when an acte is (or would be) refused, 1 when the batch is not finished. */
export async function executer(appel: Appel): Promise<CodeSortie> {
  const commande = lireCommande(appel);
  const lot = await ouvrirLot(commande.chemin);
  try {
    return await mener(appel, commande, lot);
  } finally {
    await lot.pieces.fermer();
  }
}
