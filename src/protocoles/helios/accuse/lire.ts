import { AnalyseurXml } from '../../../formats/xml/analyseur.ts';
import type { Balise, Fermante, SessionXml } from '../../../formats/xml/evenements.ts';
import { enIncise } from '../../../formats/xml/faute.ts';
import { Muet } from '../../../formats/xml/muet.ts';
import { type Transcodeur, transcodeur } from '../../../formats/xml/transcodage.ts';
import { ESPACE_ACQUIT_V2 } from '../codes.ts';
import { type Branche, Marche } from '../lecture/carte.ts';
import { LectureEntetes } from '../lecture/entetes.ts';
import { LectureAcquit } from './acquit.ts';
import type { ErreurAck, FichierEtatLu } from './faits.ts';
import { lireRefusEntier } from './refus-entier.ts';
import { LectureRetour } from './retour.ts';

/** Roots told by their local name: the State breaks its own namespaces. */
const REFUS_ENTIER = /^PES_?(?:NonAcquit|Non_Acquit|Nack|NACQUIT)$/i;

/** One pass over a file of the State, whatever its kind. */
class ReleveEtat extends Muet {
  readonly entetes = new LectureEntetes();
  readonly acquit = new LectureAcquit();
  readonly retour = new LectureRetour();
  racine = '';
  espace = '';
  #session: SessionXml | null = null;
  #marche: Marche | null = null;

  override commencer(session: SessionXml): void {
    this.#session = session;
  }

  override ouvrir(balise: Balise): void {
    if (balise.profondeur === 1) this.#commencerMarche(balise);
    this.#marche?.ouvrir(balise);
  }

  #commencerMarche(balise: Balise): void {
    const session = this.#session as SessionXml;
    const { noms } = session;
    this.racine = noms.localDe(balise.nom);
    this.espace = noms.uri(noms.espaceDe(balise.nom));
    const enfants: Readonly<Record<string, Branche>> = {
      ...this.entetes.branches(),
      ...(this.racine === 'PES_ACQUIT' ? { ACQUIT: this.acquit.branche } : {}),
      ...(this.racine === 'PES_Retour' ? this.retour.branches() : {}),
    };
    this.#marche = new Marche(session, { enfants }, { toutEspace: true });
  }

  override fermer(fermante: Fermante): void {
    this.#marche?.fermer(fermante);
  }
}

function comprendre(releve: ReleveEtat, erreursDuRefus: () => readonly ErreurAck[]): FichierEtatLu {
  const { entetes, repetitions } = releve.entetes;
  const commun = { entetes, repetitions };
  if (releve.racine === 'PES_ACQUIT') {
    const { elements, tronque } = releve.acquit;
    const forme = releve.espace === ESPACE_ACQUIT_V2 ? 'V2' : 'V1';
    return { type: 'acquit', ...commun, forme, elements, tronque };
  }
  if (releve.racine === 'PES_Retour') return { type: 'retour', ...commun, domaines: releve.retour.domaines };
  if (REFUS_ENTIER.test(releve.racine)) {
    return { type: 'nonAcquit', ...commun, erreurs: erreursDuRefus() };
  }
  return { type: 'autre', ...commun, racine: releve.racine.slice(0, 100) };
}

/**
 * Reads a file of the State by its root, leniently: encodings, namespaces and missing parts are forgiven, a DOCTYPE is
 * not. Never throws on content. Memory beside the bytes depends on the number of answers.
 */
export function lireFichierEtat(octets: Uint8Array): FichierEtatLu {
  const releve = new ReleveEtat();
  const analyseur = new AnalyseurXml(releve, { ids: 'libres' });
  analyseur.ecrire(transcodeur(octets, true)?.(octets, true) ?? octets);
  return conclure(releve, analyseur, () => lireRefusEntier(octets));
}

const AUCUN_OCTET = new Uint8Array(0);

/**
 * The same as a stream, for what is too big to be held (a PES Retour of a whole year): the encoding is then the one
 * announced, and a refusal of the whole file is known without its reasons.
 */
export async function lireFichierEtatAuFil(source: AsyncIterable<Uint8Array>): Promise<FichierEtatLu> {
  const releve = new ReleveEtat();
  const analyseur = new AnalyseurXml(releve, { ids: 'libres' });
  let convertir: Transcodeur | null | undefined;
  for await (const bloc of source) {
    if (convertir === undefined) convertir = transcodeur(bloc, false);
    analyseur.ecrire(convertir?.(bloc, false) ?? bloc);
  }
  analyseur.ecrire(convertir?.(AUCUN_OCTET, true) ?? AUCUN_OCTET);
  return conclure(releve, analyseur, () => []);
}

function conclure(
  releve: ReleveEtat,
  analyseur: AnalyseurXml,
  erreursDuRefus: () => readonly ErreurAck[],
): FichierEtatLu {
  const refus = analyseur.finir();
  if (refus === null) return comprendre(releve, erreursDuRefus);
  const { ligne, colonne } = refus.position;
  return {
    type: 'illisible',
    motif: `Ce fichier n’est pas un XML lisible (${enIncise(refus.message)}, ligne ${ligne}, colonne ${colonne}).`,
  };
}
