import type { ConduiteFichier, Jugement } from './juger.ts';

/** What to do, in French sentences for an agent. */

const CONSIGNES: Readonly<Record<ConduiteFichier, string>> = {
  rien: 'Hélios détient tout ce que ce fichier contenait : ne rien renvoyer.',
  renvoyer:
    'Hélios n’a pas pu traiter le fichier, et n’en a rien gardé : déposer de nouveau le même fichier, tel quel.',
  corriger:
    'Déposer un autre fichier, où ne reste que ce qui est à corriger, à renuméroter ou à renvoyer : ce qui est à retirer y serait refusé comme doublon.',
  trancher:
    'L’acquittement ne dit pas ce qu’Hélios détient : le demander au comptable avant de renvoyer quoi que ce soit.',
};

export function consigneFichier(
  conduite: ConduiteFichier,
  fichier: { readonly autreNom: boolean; readonly signe: boolean },
): string {
  const suites = [
    CONSIGNES[conduite],
    ...(fichier.autreNom ? ['Lui donner un autre nom (NomFic) : le premier reste celui de ce flux.'] : []),
    ...(fichier.signe
      ? ['Refaire les signatures : celle d’un bordereau corrigé, celle du fichier entier.']
      : []),
  ];
  return (conduite === 'corriger' ? suites : suites.slice(0, 1)).join(' ');
}

interface Mots {
  readonly quoi: string;
  /** Name, in the norm, of the number that stands already. */
  readonly numero: string;
  readonly autre: string;
}

const BORDEREAU: Mots = { quoi: 'ce bordereau', numero: 'IdBord', autre: 'un autre bordereau' };
const PIECE: Mots = { quoi: 'cette PJ', numero: 'IdUnique', autre: 'une autre PJ' };

function retirer({ sort }: Jugement, { quoi }: Mots, departs: number): string {
  if (sort === 'doublon')
    return `Le fichier est parti ${departs.toLocaleString('fr-FR')} fois et Hélios détient déjà ${quoi} : le premier envoi a réussi. À retirer.`;
  if (sort === 'sans_reponse')
    return `L’acquittement accepte le fichier sans nommer ${quoi}. À retirer : un second envoi ferait un doublon.`;
  return `Hélios a accepté ${quoi}. À retirer : un second envoi serait refusé comme doublon.`;
}

function trancher({ sort }: Jugement, { quoi }: Mots): string {
  const dit =
    sort === 'indecis'
      ? `L’acquittement se contredit sur ${quoi}, ou ne se lit pas`
      : `L’acquittement ne dit rien de ${quoi}`;
  return `${dit} : demander au comptable si Hélios détient ${quoi}, avant tout renvoi.`;
}

function dire(jugement: Jugement, mots: Mots, departs: number): string {
  const { conduite } = jugement;
  switch (conduite) {
    case 'retirer':
      return retirer(jugement, mots, departs);
    case 'corriger':
      return jugement.sort === 'doublon'
        ? `Le numéro d’une pièce ou d’une ligne de ${mots.quoi} sert déjà chez Hélios : en donner un autre, là où les motifs le disent.`
        : `Corriger ce que les motifs désignent, puis renvoyer ${mots.quoi}.`;
    case 'renvoyer':
      return `Hélios n’a pas pu traiter ${mots.quoi} : à renvoyer sans changement.`;
    case 'renumeroter':
      return `Ce numéro (${mots.numero}) sert déjà chez Hélios, et ce fichier n’était alors parti qu’une fois. Si c’est celui d’${mots.autre}, en donner un nouveau ; si Hélios détient ${mots.quoi} par un autre envoi, retirer ${mots.quoi}.`;
    case 'trancher':
      return trancher(jugement, mots);
    default:
      return conduite satisfies never;
  }
}

const CITEES_MAX = 5;

function enumerer(noms: readonly string[]): string {
  const cites = noms.slice(0, CITEES_MAX).join(', ');
  return noms.length > CITEES_MAX ? `${cites}…` : cites;
}

/** @param dejaPrises pieces it cites that do not go again. */
export function consigneBordereau(
  jugement: Jugement,
  dejaPrises: readonly string[],
  departs: number,
): string {
  const consigne = dire(jugement, BORDEREAU, departs);
  if (jugement.conduite === 'retirer' || dejaPrises.length === 0) return consigne;
  return `${consigne} Y laisser la référence (PJRef) des PJ déjà prises, sans les joindre : ${enumerer(dejaPrises)}.`;
}

/** @param seule no bordereau that cites it goes again. */
export function consignePiece(jugement: Jugement, seule: boolean, departs: number): string {
  const consigne = dire(jugement, PIECE, departs);
  if (jugement.conduite === 'retirer' || jugement.conduite === 'trancher' || !seule) return consigne;
  return `${consigne} Aucun bordereau qui la cite ne repart : elle part seule (PES PJ), en disant à quoi elle se rattache (RefCompta).`;
}
