import { ecrireXml, type Noeud } from '../../formats/xml/ecrire.ts';
import type { BordereauLu, PesLu } from './pes.ts';

/** What the guichet XML answers to a PES: one element per bordereau and per attached piece (PES_ACQUIT, d.1). */

const RETOUR = 'http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/retour';

export interface Faute {
  /** NumAnoAck, closed list of the schema. */
  readonly code: string;
  /** `<number> - <label>`. */
  readonly libelle: string;
}

export interface FautePiece {
  readonly numero: string;
  readonly fautes: readonly Faute[];
  readonly lignes: readonly { readonly numero: string; readonly fautes: readonly Faute[] }[];
}

export interface Element {
  /** DomaineAck: 0 technique, 3 signature, 4 PJ, 5 dépense, 6 recette… */
  readonly domaine: string;
  readonly accepte: boolean;
  readonly bordereau?: Pick<BordereauLu, 'exercice' | 'numero'>;
  readonly idUnique?: string;
  readonly fautes?: readonly Faute[];
  readonly pieces?: readonly FautePiece[];
}

export interface Acquit {
  /** 2: current form; 1: flat form, which still comes; 0: PES_NonAcquit, absent from the current schemas. */
  readonly version: 0 | 1 | 2;
  readonly elements: readonly Element[];
}

/** Everything accepted. */
export function toutAccepter(pes: PesLu): Element[] {
  return [
    ...pes.piecesJointes.map((idUnique): Element => ({ domaine: '4', accepte: true, idUnique })),
    ...pes.bordereaux.map((b): Element => ({ domaine: b.domaine, accepte: true, bordereau: b })),
  ];
}

/** @returns the bytes of the answer, ISO-8859-1; it repeats the Enveloppe and the EnTetePES of the aller. */
export function ecrireAcquit(
  pes: Pick<PesLu, 'enveloppe' | 'entete'>,
  { version, elements }: Acquit,
): Buffer {
  const racine = version === 0 ? 'PES_NonAcquit' : 'PES_ACQUIT';
  const espace = version === 2 ? `${RETOUR}/v2` : RETOUR;
  const ecrits = elements.flatMap((e) => (version === 2 ? [enV2(e)] : enV1(e)));
  const enfants = [noeud('EnTeteAcquit', [valeur('IdVer', '2')]), ...ecrits];
  return Buffer.from(
    ecrireXml({
      nom: `n:${racine}`,
      attributs: { 'xmlns:n': espace },
      enfants: [pes.enveloppe, pes.entete, noeud('ACQUIT', enfants)],
    }),
  );
}

function enV2(element: Element): Noeud {
  const { bordereau, idUnique, fautes = [], pieces = [] } = element;
  return noeud('ElementACQUIT', [
    valeur('DomaineAck', element.domaine),
    valeur('EtatAck', element.accepte ? '1' : '0'),
    ...(bordereau === undefined
      ? []
      : [valeur('NumBord', bordereau.numero), valeur('ExerciceBord', bordereau.exercice)]),
    ...(idUnique === undefined ? [] : [valeur('IdUnique', idUnique)]),
    ...fautes.map(erreur),
    ...pieces.map(({ numero, fautes: siennes, lignes }) =>
      noeud('DetailPiece', [
        valeur('NumPiece', numero),
        ...siennes.map(erreur),
        ...lignes.map((l) => noeud('DetailLigne', [valeur('NumLigne', l.numero), ...l.fautes.map(erreur)])),
      ]),
    ),
  ]);
}

/** One element per error: V1 has no levels, and puts ExerciceBord before NumBord. */
function enV1(element: Element): Noeud[] {
  const lieux: { piece?: string; ligne?: string; faute?: Faute }[] = [
    ...(element.fautes ?? []).map((faute) => ({ faute })),
    ...(element.pieces ?? []).flatMap((p) => [
      ...p.fautes.map((faute) => ({ piece: p.numero, faute })),
      ...p.lignes.flatMap((l) => l.fautes.map((faute) => ({ piece: p.numero, ligne: l.numero, faute }))),
    ]),
  ];
  if (lieux.length === 0) lieux.push({});
  const { bordereau, idUnique } = element;
  return lieux.map(({ piece, ligne, faute }) =>
    noeud('ElementACQUIT', [
      valeur('DomaineAck', element.domaine),
      valeur('EtatAck', element.accepte ? '1' : '0'),
      ...(bordereau === undefined
        ? []
        : [valeur('ExerciceBord', bordereau.exercice), valeur('NumBord', bordereau.numero)]),
      ...(piece === undefined ? [] : [valeur('NumPiece', piece)]),
      ...(ligne === undefined ? [] : [valeur('NumLigne', ligne)]),
      ...(idUnique === undefined ? [] : [valeur('IdUnique', idUnique)]),
      ...(faute === undefined ? [] : (erreur(faute).enfants ?? [])),
    ]),
  );
}

function erreur({ code, libelle }: Faute): Noeud {
  return noeud('Erreur', [valeur('NumAnoAck', code), valeur('LibelleAnoAck', libelle)]);
}

function noeud(nom: string, enfants: readonly Noeud[]): Noeud {
  return { nom, enfants };
}

function valeur(nom: string, v: string): Noeud {
  return { nom, attributs: { V: v } };
}
