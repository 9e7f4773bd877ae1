import { empreinteLigne, PREMIER_PREV, type RuptureJournal, verifierChaine } from '../metier/journal.ts';
import type { LectureJournal } from '../ports/store.ts';
import type { Gestes } from './gestes.ts';
import type { OutilsGestes } from './outils.ts';

const PAGE = 5_000;

async function suivreChaine(journal: LectureJournal, org: string) {
  const ruptures: RuptureJournal[] = [];
  let lignes = 0;
  let prev = PREMIER_PREV;
  for (;;) {
    const page = await journal.lignes(org, lignes + 1, PAGE);
    if (page.length === 0) return { org, lignes, ruptures };
    ruptures.push(...verifierChaine(page, { prev, premier: lignes + 1 }));
    lignes += page.length;
    prev = empreinteLigne(page.at(-1) ?? '');
  }
}

/** Follows the whole chain of each tenant that the caller may see, page by page. */
export function verificationJournal(outils: OutilsGestes): Pick<Gestes, 'verifierJournal'> {
  const { journal } = outils.moteur.store;
  return {
    verifierJournal: async (ctx) => {
      const chaines = 'operateur' in ctx.portee ? await journal.chaines() : [ctx.portee.collectivite];
      const resultats = [];
      for (const org of chaines) resultats.push(await suivreChaine(journal, org));
      return resultats;
    },
  };
}
