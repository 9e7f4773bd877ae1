import type { Etat } from '../../metier/etats.ts';
import type { ClientApi } from '../client.ts';
import type { EvenementMinistere } from '../registre.ts';
import { ACCUSES, type CodeCourrier, COURRIERS, ENVOIS, estEnvoi } from './codes.ts';

/** What a daemon says of its exchanges, held against what the register of the préfecture says. */

/** A flux of transactions 2 to 7, as the API shows it. */
export interface EchangeVu {
  readonly id: string;
  readonly message: { readonly code: string };
  readonly etat: Etat;
  readonly nomEnvoi: string | null;
  readonly resume: { readonly idActe?: string; readonly dateCourrier?: string | null };
}

export interface ComptesEchanges {
  /** Letters of the préfecture received. */
  readonly courriers: number;
  /** Their receipts, gone by themselves. */
  readonly accuses: number;
  readonly reponses: number;
  readonly annulations: number;
  readonly classifications: number;
}

export interface Confrontation {
  /** Of what came to its end, as the daemon tells it. */
  readonly comptes: ComptesEchanges;
  /** Code, acte and date of what one side has and the other has not, or of what did not come to its end. */
  readonly perdus: readonly string[];
  /** The same, of what one side has once too often. */
  readonly doubles: readonly string[];
}

/** Every flux of transactions 2 to 7 that the daemon has, page after page. */
export async function listerEchanges(client: Pick<ClientApi, 'lire'>): Promise<EchangeVu[]> {
  const echanges: EchangeVu[] = [];
  let avant = '';
  for (;;) {
    const { corps } = await client.lire(`/flux?protocole=ACTES&limite=1000${avant}`);
    const { flux, suite } = corps as unknown as { flux: EchangeVu[]; suite: string | null };
    echanges.push(...flux.filter((f) => f.message.code !== '1-1'));
    if (suite === null) return echanges;
    avant = `&avant=${suite}`;
  }
}

const estCourrier = (code: string): code is CodeCourrier => Object.hasOwn(COURRIERS, code);

/** A letter is at its end when it is here; a sending, when its receipt is, if it has one. */
function abouti({ message: { code }, etat }: EchangeVu): boolean {
  if (estCourrier(code)) return etat === 'recu';
  return estEnvoi(code) && etat === (ENVOIS[code].accuse === null ? 'transmis' : 'acquitte');
}

const cle = (code: string, idActe = '', date: string | null = ''): string =>
  [code, idActe, date ?? ''].filter((mot) => mot !== '').join(' ');
const cleVue = ({ message, resume }: EchangeVu): string =>
  cle(message.code, resume.idActe, resume.dateCourrier);

/** What is in the first and not in the second, each as many times as it is. */
function enPlus(premiers: readonly string[], seconds: readonly string[]): string[] {
  const restants = [...seconds];
  return premiers.filter((p) => {
    const rang = restants.indexOf(p);
    if (rang >= 0) restants.splice(rang, 1);
    return rang < 0;
  });
}

const place = (code: string): string | undefined => (estEnvoi(code) ? ENVOIS[code].suite?.comme : undefined);

function compter(aboutis: readonly EchangeVu[]): ComptesEchanges {
  const nombre = (garde: (code: string) => boolean): number =>
    aboutis.filter(({ message: { code } }) => garde(code)).length;
  return {
    courriers: nombre(estCourrier),
    accuses: nombre((code) => place(code) === 'accuse'),
    reponses: nombre((code) => place(code) === 'reponse'),
    annulations: nombre((code) => code === '6-1'),
    classifications: nombre((code) => code === '7-1'),
  };
}

export function confronterEchanges(
  flux: readonly EchangeVu[],
  evenements: readonly EvenementMinistere[],
): Confrontation {
  const aboutis = flux.filter(abouti);
  const cites = (type: EvenementMinistere['type']): string[] =>
    evenements.filter((e) => e.type === type).map((e) => cle(e.message, e.idActe, e.date));
  const [ecrits, ranges] = [cites('courrier'), cites('message')];
  const recus = aboutis.filter((f) => estCourrier(f.message.code)).map(cleVue);
  const partis = aboutis.filter((f) => !estCourrier(f.message.code)).map(cleVue);
  const dus = evenements.flatMap(({ type, message, idActe, date }) => {
    const accuse = type === 'courrier' && estCourrier(message) ? ACCUSES[message] : undefined;
    return accuse === undefined ? [] : [cle(accuse, idActe, date)];
  });
  const inacheves = flux.filter((f) => !abouti(f)).map((f) => `${cleVue(f)} (${f.etat})`);
  return {
    comptes: compter(aboutis),
    perdus: [...enPlus(ecrits, recus), ...enPlus(partis, ranges), ...enPlus(dus, ranges), ...inacheves],
    doubles: [...enPlus(recus, ecrits), ...enPlus(ranges, partis)],
  };
}
