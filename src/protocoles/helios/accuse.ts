import type { PartieRetour } from '../protocole.ts';
import { type BilanAck, bilanAcquit, bilanRefusEntier } from './accuse/bilan.ts';
import type { AcquitLu, FichierEtatLu, NonAcquitLu, RetourLu } from './accuse/faits.ts';
import { lireFichierEtat, lireFichierEtatAuFil } from './accuse/lire.ts';
import { type PresentationAck, presenterAck } from './accuse/presentation.ts';

/** PES_ACQUIT, of either form, or PES_NonAcquit: it answers one file, to be found by `rapprocher`. */
export interface MessageAcquit extends PresentationAck {
  readonly type: 'acquit';
  readonly nom: string;
  readonly lu: AcquitLu | NonAcquitLu;
  readonly bilan: BilanAck;
}

/** A PES Retour: it answers no file, and goes to a collectivité (`destinataire`). */
export interface MessageRetour {
  readonly type: 'retour';
  readonly nom: string;
  readonly lu: RetourLu;
  readonly libelle: string;
}

export interface RetourHelios {
  readonly messages: readonly (MessageAcquit | MessageRetour)[];
  /** Files that only a person can place, each with the reason in French. */
  readonly restes: readonly { readonly nom: string; readonly motif: string }[];
}

function acquit(nom: string, lu: AcquitLu | NonAcquitLu): MessageAcquit {
  const bilan = lu.type === 'acquit' ? bilanAcquit(lu) : bilanRefusEntier(lu);
  return { type: 'acquit', nom, lu, bilan, ...presenterAck(bilan, null) };
}

const DOMAINES_RETOUR: Readonly<Record<string, string>> = {
  PES_DepenseRetour: 'dépense',
  PES_RecetteRetour: 'recette',
  PES_ClientRetour: 'restes à recouvrer',
  PES_AsapRetour: 'avis des sommes à payer',
};

function libelleRetour({ domaines }: RetourLu): string {
  const dits = domaines.map(({ nom, pieces }) => {
    const compte = `${pieces.toLocaleString('fr-FR')} ${pieces > 1 ? 'pièces' : 'pièce'}`;
    return `${DOMAINES_RETOUR[nom] ?? nom} (${compte})`;
  });
  return `PES Retour de la DGFiP : ${dits.length === 0 ? 'sans contenu' : dits.join(', ')}.`;
}

type Sort = RetourHelios['messages'][number] | { readonly motif: string };

function comprendre(nom: string, lu: FichierEtatLu): Sort {
  switch (lu.type) {
    case 'acquit':
    case 'nonAcquit':
      return acquit(nom, lu);
    case 'retour':
      return { type: 'retour', nom, lu, libelle: libelleRetour(lu) };
    case 'autre':
      return {
        motif: `Ce fichier (racine « ${lu.racine} ») n’est ni un acquittement ni un PES Retour : il est gardé tel quel.`,
      };
    case 'illisible':
      return { motif: lu.motif };
    default:
      return lu satisfies never;
  }
}

function trier(sorts: readonly (readonly [string, Sort])[]): RetourHelios {
  const messages: RetourHelios['messages'][number][] = [];
  const restes: { nom: string; motif: string }[] = [];
  for (const [nom, sort] of sorts) {
    if ('motif' in sort) restes.push({ nom, motif: sort.motif });
    else messages.push(sort);
  }
  return { messages, restes };
}

/** Understands files of the State by their content; their names say nothing sure. Never throws on foreign content. */
export function lire(parties: readonly PartieRetour[]): RetourHelios {
  return trier(parties.map(({ nom, octets }) => [nom, comprendre(nom, lireFichierEtat(octets))]));
}

/** The same for one file too big to be held. */
export async function lireAuFil(nom: string, source: AsyncIterable<Uint8Array>): Promise<RetourHelios> {
  return trier([[nom, comprendre(nom, await lireFichierEtatAuFil(source))]]);
}
