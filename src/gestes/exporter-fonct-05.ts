import type { Collectivite } from '../metier/collectivite.ts';
import type { Flux } from '../metier/flux.ts';
import type { FluxId, Instant, Siren } from '../metier/identifiants.ts';
import type { LigneJournal } from '../metier/journal.ts';
import type { Portee, Store } from '../ports/store.ts';
import { messageDe } from '../protocoles/actes/echanges/resume.ts';
import { periodeDe, peutEtrePassage, porteeDe } from './exports.ts';
import { ENTETE_FONCT_05, ligneMessage, type MessageTransmis, passageRetenu } from './fonct-05.ts';
import type { Gestes } from './gestes.ts';
import { lignesEntre, type Periode } from './journal-periode.ts';
import type { OutilsGestes } from './outils.ts';

/** Reads what was transmitted to the préfecture off the journal of each collectivité. */

interface Lecture {
  readonly store: Store;
  readonly portee: Portee;
  /** By SIREN, read once. */
  readonly fiches: Map<Siren, Collectivite | undefined>;
}

async function ficheDe({ store, fiches }: Lecture, siren: Siren): Promise<Collectivite | undefined> {
  if (!fiches.has(siren)) fiches.set(siren, await store.collectivites.trouver(siren));
  return fiches.get(siren);
}

/** An answer cites its letter, which cites its acte. */
async function acteDe({ store, portee }: Lecture, flux: Flux): Promise<Flux | null> {
  let ici: Flux | undefined = flux;
  for (let pas = 0; pas < 3 && ici !== undefined; pas += 1) {
    if (messageDe(ici) === '1-1') return ici;
    ici = ici.cite === null ? undefined : await store.flux.trouver(portee, ici.cite);
  }
  return null;
}

/** Null: another protocol, or another passage of the same message. */
async function transmis(lecture: Lecture, ligne: LigneJournal): Promise<MessageTransmis | null> {
  const { store, portee } = lecture;
  const flux = await store.flux.trouver(portee, ligne.tx as FluxId);
  if (flux?.protocole !== 'ACTES') return null;
  const lignes = await store.journal.lignesDuFlux(portee, flux.id);
  const histoire = lignes.map((l) => JSON.parse(l.ligne) as LigneJournal);
  if (passageRetenu(histoire)?.n !== ligne.n) return null;
  return {
    flux,
    acte: await acteDe(lecture, flux),
    collectivite: await ficheDe(lecture, flux.collectivite),
    pieces: await store.flux.pieces(portee, flux.id),
    histoire,
    quand: Date.parse(ligne.t) as Instant,
  };
}

async function* enCsv(lecture: Lecture, periode: Periode): AsyncGenerator<string> {
  const { store, portee } = lecture;
  yield ENTETE_FONCT_05;
  const chaines = 'collectivite' in portee ? [portee.collectivite] : await store.journal.chaines();
  for (const org of chaines) {
    for await (const ligne of lignesEntre(store.journal, org, periode)) {
      const message = peutEtrePassage(ligne) ? await transmis(lecture, ligne) : null;
      if (message !== null) yield ligneMessage(message);
    }
  }
}

export function exportsActes(outils: OutilsGestes): Pick<Gestes, 'exporterFonct05'> {
  const { store } = outils.moteur;
  return {
    exporterFonct05: async (ctx, demande) => {
      const portee = await porteeDe(outils, ctx, demande.collectivite);
      return enCsv({ store, portee, fiches: new Map() }, periodeDe(demande));
    },
  };
}
