import { readFileSync } from 'node:fs';
import { lire, type MessageAcquit, type MessageRetour } from '../../../src/protocoles/helios/accuse.ts';
import { RACINE } from '../formats/chemins.ts';

/** Files of the State, of our own making. */

const PES = 'http://www.minefi.gouv.fr/cp/helios/pes_v2/';

export interface AcquitEssai {
  readonly entetes?: Readonly<Record<string, string | null>>;
  /** Content of ACQUIT; null: no such block. */
  readonly elements?: string | null;
  readonly racine?: string;
  readonly espace?: string;
}

const ENTETES: Readonly<Record<string, string>> = {
  NomFic: 'VALMONCEL_1',
  DteStr: '2026-03-02',
  IdPost: '034079',
  IdColl: '00000001800010',
  CodCol: '123',
  CodBud: '00',
};

export const bordereau = (numero: string, etat = '1', suite = ''): string =>
  `<ElementACQUIT><DomaineAck V="5"/><EtatAck V="${etat}"/><NumBord V="${numero}"/><ExerciceBord V="2026"/>${suite}</ElementACQUIT>`;
export const pj = (id: string, etat = '1', suite = ''): string =>
  `<ElementACQUIT><DomaineAck V="4"/><EtatAck V="${etat}"/><IdUnique V="${id}"/>${suite}</ElementACQUIT>`;
export const fichier = (domaine: string, etat: string, suite = ''): string =>
  `<ElementACQUIT><DomaineAck V="${domaine}"/><EtatAck V="${etat}"/>${suite}</ElementACQUIT>`;
export const erreur = (code: string, libelle = ''): string =>
  `<Erreur><NumAnoAck V="${code}"/>${libelle === '' ? '' : `<LibelleAnoAck V="${libelle}"/>`}</Erreur>`;

export function texteAcquit(essai: AcquitEssai = {}): string {
  const { racine = 'PES_ACQUIT', espace = 'Rev0/retour/v2', elements = bordereau('1') } = essai;
  const e = (nom: string): string => {
    const valeur = essai.entetes?.[nom];
    return valeur === null ? '' : `<${nom} V="${valeur ?? ENTETES[nom]}"/>`;
  };
  const acquit =
    elements === null
      ? ''
      : `<ACQUIT>\n<EnTeteAcquit><IdVer V="2"/></EnTeteAcquit>\n${elements}\n</ACQUIT>\n`;
  return `<?xml version="1.0" encoding="ISO-8859-1"?>
<n:${racine} xmlns:n="${PES}${espace}">
<Enveloppe><Parametres><Version V="2"/><TypFic V="PESALR2"/>${e('NomFic')}</Parametres><Emetteur><Sigle V="Essai"/><Adresse V="1"/></Emetteur></Enveloppe>
<EnTetePES>${e('DteStr')}${e('IdPost')}${e('IdColl')}${e('CodCol')}${e('CodBud')}</EnTetePES>
${acquit}</n:${racine}>
`;
}

export const acquit = (essai: AcquitEssai = {}): Buffer => Buffer.from(texteAcquit(essai), 'latin1');

export const fixtureEtat = (nom: string): Buffer => readFileSync(`${RACINE}fixtures/helios/${nom}.xml`);

/** The only message of a file. */
export function messageDe(octets: Uint8Array): MessageAcquit | MessageRetour {
  const { messages, restes } = lire([{ nom: 'essai.xml', octets }]);
  const [message] = messages;
  if (message === undefined || messages.length + restes.length !== 1)
    throw new TypeError(JSON.stringify(restes));
  return message;
}

export function acquitDe(octets: Uint8Array): MessageAcquit {
  const message = messageDe(octets);
  if (message.type !== 'acquit') throw new TypeError(message.type);
  return message;
}
