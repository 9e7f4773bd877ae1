import type { ConstatXsd } from '../../../formats/xsd/constats.ts';
import type {
  BilanPaquet,
  BilanPaquets,
  FichePaquet,
  OptionsJugement,
} from '../../../formats/xsd/paquets.ts';
import type { Anomalie, Gravite, ReponseControle } from '../../../metier/anomalies.ts';
import { citer, lieu } from './regle.ts';

/**
 * What the schema packs of the operator say of a file: one answer each, then whether all of them could answer. A file does
 * not say which version it follows, and Hélios accepts newer ones: a pack warns unless its policy is `bloquer`.
 */

/** Of each pack: the first findings name the mistake, and nothing is judged after them. */
export const JUGEMENT_PAQUETS: OptionsJugement = { constats: 10 };

const CONFORME = 'HELIOS-SCH-01';
const ENTENDUS = 'HELIOS-SCH-02';

type Juge = Extract<BilanPaquet, { type: 'juge' }>;
type Muet = Extract<BilanPaquet, { type: 'inutilisable' }>;

const graviteDe = ({ politique }: FichePaquet): Gravite =>
  politique === 'bloquer' ? 'bloquante' : 'avertissement';

function nommer({ nom, version }: FichePaquet): string {
  return `${citer(nom)} (version ${version ?? 'inconnue'})`;
}

function ecart(paquet: FichePaquet, { chemin, position, message }: ConstatXsd): Anomalie {
  const remede =
    paquet.politique === 'bloquer'
      ? 'Corriger ce point avec l’éditeur du logiciel, puis déposer à nouveau.'
      : 'Vérifier ce point avec l’éditeur du logiciel : Hélios peut refuser ce bordereau, cette pièce ou ce fichier.';
  return {
    code: CONFORME,
    gravite: graviteDe(paquet),
    message: `Selon le paquet de schémas ${nommer(paquet)} : ${message}`,
    remede,
    ou: lieu(chemin, position),
  };
}

function suite(paquet: FichePaquet): Anomalie {
  return {
    code: CONFORME,
    gravite: graviteDe(paquet),
    message: `Selon le paquet de schémas ${nommer(paquet)}, d’autres écarts suivent, qui n’ont pas été comptés.`,
    remede: 'Corriger les premiers.',
  };
}

function reponse({ paquet, valide, constats, tronque }: Juge): ReponseControle {
  const { politique, empreinte } = paquet;
  return {
    code: CONFORME,
    question: `Le fichier est-il conforme au paquet de schémas ${nommer(paquet)} ?`,
    source: `Schémas PES v2 installés par l’exploitant ; politique ${politique}, empreinte ${empreinte}`,
    reponse: valide ? 'oui' : 'non',
    anomalies: [...constats.map((c) => ecart(paquet, c)), ...(tronque ? [suite(paquet)] : [])],
  };
}

function silence({ paquet, motif }: Muet): Anomalie {
  const remede =
    paquet.politique === 'bloquer'
      ? 'Attendre : le fichier ne part pas tant que l’exploitant n’a pas remis ce paquet en état, ou changé sa politique.'
      : 'Aucun, le fichier suit son cours ; l’exploitant remet ce paquet en état en l’important de nouveau.';
  return {
    code: ENTENDUS,
    gravite: 'avertissement',
    message: `Le paquet de schémas ${nommer(paquet)} ne peut pas être ouvert, et ne dit rien du fichier : ${motif}.`,
    remede,
  };
}

function inventaireIllisible(raison: string): Anomalie {
  return {
    code: ENTENDUS,
    gravite: 'avertissement',
    message: `L’inventaire des paquets de schémas ne peut pas être lu (${raison}) : il en manque peut-être.`,
    remede: 'Aucun, le fichier suit son cours ; l’exploitant remet l’inventaire en état.',
  };
}

const muets = (paquets: readonly BilanPaquet[]): Muet[] => paquets.filter((p) => p.type === 'inutilisable');

function entendus({ paquets, probleme }: BilanPaquets): ReponseControle {
  const anomalies = [
    ...muets(paquets).map(silence),
    ...(probleme === null ? [] : [inventaireIllisible(probleme)]),
  ];
  return {
    code: ENTENDUS,
    question: 'Tous les paquets de schémas en vigueur ont-ils pu répondre ?',
    source: 'Réglages de l’exploitant',
    reponse: anomalies.length === 0 ? 'oui' : 'non',
    anomalies,
  };
}

const SANS_PAQUET: ReponseControle = {
  code: CONFORME,
  question: 'Le fichier est-il conforme aux paquets de schémas en vigueur ?',
  source: 'Schémas PES v2 installés par l’exploitant',
  reponse: 'sans objet',
  anomalies: [],
};

/** @param bilan null: nobody was asked, or the file could not be read. */
export function reponsesPaquets(bilan: BilanPaquets | null): readonly ReponseControle[] {
  const juges = bilan?.paquets.filter((p) => p.type === 'juge') ?? [];
  const conformes = juges.length === 0 ? [SANS_PAQUET] : juges.map(reponse);
  const rien = bilan === null || (bilan.paquets.length === 0 && bilan.probleme === null);
  return rien ? conformes : [...conformes, entendus(bilan)];
}

/** Packs that may refuse the file, and could not be asked: until they are, the file waits (a service down is no verdict). */
export function paquetsAttendus(paquets: readonly BilanPaquet[]): readonly Muet[] {
  return muets(paquets).filter((p) => p.paquet.politique === 'bloquer');
}
