import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** One call of the system that went well. Ranks are those of the lines of the recording: time. */
export interface Appel {
  readonly nom: string;
  /** Its arguments, as strace writes them. */
  readonly texte: string;
  readonly retour: number;
  /** Path of the descriptor returned. */
  readonly ouvert: string;
  readonly debut: number;
  readonly fin: number;
}

const CHAINE = /"((?:\\x[0-9a-f]{2})*)"/g;
const DESCRIPTEUR = /(?:^|, )(?:AT_FDCWD|\d+)<((?:\\x[0-9a-f]{2})*)>/g;
const ENTIERE = /^(\d+) +(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+)(?:<((?:\\x[0-9a-f]{2})*)>)?/s;
const COMMENCEE = /^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$/s;
const REPRISE = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+|0x[0-9a-f]+)(?:<((?:\\x[0-9a-f]{2})*)>)?/s;

export function decoder(hexa: string): Buffer {
  return Buffer.from(hexa.replaceAll('\\x', ''), 'hex');
}

/** The character strings among the arguments; bytes of files as well as paths. */
export function chaines({ texte }: Appel): Buffer[] {
  return [...texte.matchAll(CHAINE)].map(([, hexa = '']) => decoder(hexa));
}

/** Paths of the descriptors among the arguments. */
export function descripteurs({ texte }: Appel): string[] {
  return [...texte.matchAll(DESCRIPTEUR)].map(([, hexa = '']) => decoder(hexa).toString());
}

/** Paths named by the arguments, each resolved against the folder named before it. */
export function chemins(appel: Appel): string[] {
  const [courant = '/'] = descripteurs(appel);
  return chaines(appel).map((c) => resolve(courant, c.toString()));
}

/** The number that ends the arguments: a place, a length. */
export function dernierNombre({ texte }: Appel): number {
  return Number(/(\d+)$/.exec(texte)?.[1]);
}

/** Calls in the order in which they end, and those that never did. A call that failed changed nothing. */
export async function lireAppels(journal: string, voir: (appel: Appel) => void): Promise<number> {
  const enCours = new Map<string, { nom: string; texte: string; debut: number }>();
  let rang = 0;
  const finir = (appel: Appel): void => {
    if (appel.retour >= 0) voir(appel);
  };
  for await (const ligne of createInterface({ input: createReadStream(journal, 'latin1') })) {
    rang += 1;
    const entiere = ENTIERE.exec(ligne);
    if (entiere !== null) {
      const [, , nom = '', texte = '', retour, ouvert = ''] = entiere;
      finir({
        nom,
        texte,
        retour: Number(retour),
        ouvert: decoder(ouvert).toString(),
        debut: rang,
        fin: rang,
      });
      continue;
    }
    const commencee = COMMENCEE.exec(ligne);
    if (commencee !== null) {
      const [, pid = '', nom = '', texte = ''] = commencee;
      enCours.set(pid, { nom, texte, debut: rang });
      continue;
    }
    const reprise = REPRISE.exec(ligne);
    const commence = reprise === null ? undefined : enCours.get(reprise[1] ?? '');
    if (reprise === null || commence === undefined) continue;
    const [, pid = '', , suite = '', retour, ouvert = ''] = reprise;
    enCours.delete(pid);
    const texte = `${commence.texte}${suite}`;
    finir({ ...commence, texte, retour: Number(retour), ouvert: decoder(ouvert).toString(), fin: rang });
  }
  // Killed in the middle: it may have been done.
  for (const { nom, texte, debut } of enCours.values())
    voir({ nom, texte, retour: Number.MAX_SAFE_INTEGER, ouvert: '', debut, fin: Number.POSITIVE_INFINITY });
  return rang;
}
