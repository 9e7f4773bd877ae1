import { confronterEchanges, type EchangeVu } from '../../../src/banc/echanges/confrontation.ts';
import type { ClientApi } from '../../../src/banc/client.ts';
import type { Charge } from './charge.ts';
import { suivreJournal } from './journal.ts';
import { type Choix, type FluxVu, montrer, type RetourVu, tout } from './lectures.ts';
import type { Etat } from './etat.ts';
import type { Terrain } from './terrain.ts';
import type { Prise, Reponse, Temoins } from './verdict.ts';

/** Hears the witnesses, once all is over: the daemons last, then what they leave on the disk. */

const DE_FRONT = 8;
/** What came in when the daemons were asked to stop may be cut: swept at the next start. Milliseconds. */
const EN_CHEMIN_MS = 1_000;
/** What the register says of a file that a campaign leaves at a gateway. */
const A_LA_MAIN = 'publié à la main';

/** What is heard, when the store holds other things too. */
export interface Portee extends Pick<Choix, 'plancher'> {
  /** Chains of the journal that are followed. */
  readonly chaines: readonly string[];
}

export async function recueillir(terrain: Terrain, charge: Charge, portee?: Portee): Promise<Temoins> {
  const { etat, magasin } = terrain;
  const { client } = terrain.premier;
  const redits = await redire(charge);
  const flux = await tout<FluxVu>(client, 'flux', portee);
  const store = await enFront(flux, ({ id }) => montrer(client, id));
  const retours = await tout<RetourVu>(client, 'retours');
  const rupturesDites = portee === undefined ? await verifierChaines(client) : [];
  const echanges = (flux as unknown as EchangeVu[]).filter((f) => estEchange(f));
  const arret = terrain.clock.now() - EN_CHEMIN_MS;
  for (const n of terrain.noeuds) await n.arreter();
  return {
    accuses: charge.accuses,
    redits,
    pairs: prisesDe(etat),
    reponses: reponsesDe(etat),
    echanges: confronterEchanges(echanges, etat.ministere.registre.evenements()),
    store,
    retours,
    rupturesDites,
    journal: await suivreJournal(magasin.journal(portee?.chaines)),
    coffre: await magasin.coffre(arret),
  };
}

function estEchange(f: EchangeVu & { readonly protocole?: string }): boolean {
  return f.protocole === 'ACTES' && f.message.code !== '1-1';
}

async function enFront<T, R>(elements: readonly T[], geste: (element: T) => Promise<R>): Promise<R[]> {
  const faits: R[] = [];
  let rang = 0;
  const ouvrier = async (): Promise<void> => {
    while (rang < elements.length) {
      const mien = rang;
      rang += 1;
      faits[mien] = await geste(elements[mien] as T);
    }
  };
  await Promise.all(Array.from({ length: DE_FRONT }, ouvrier));
  return faits;
}

/** The same key must give the first answer again, whatever happened since. */
async function redire(charge: Charge): Promise<Temoins['redits']> {
  const redits: { nom: string; attendu: string; rendu: string | null }[] = [];
  for (const { prevu, id } of charge.gardes)
    redits.push({ nom: prevu.nom, attendu: id, rendu: await charge.insister(prevu) });
  return redits;
}

/** What the daemon itself says of its chains. */
async function verifierChaines(client: ClientApi): Promise<string[]> {
  const { corps } = await client.lire('/journal/verification');
  const chaines = corps['chaines'] as unknown as { org: string; ruptures: { n: number; motif: string }[] }[];
  return chaines.flatMap(({ org, ruptures }) => ruptures.map(({ n, motif }) => `${org} ${n} : ${motif}`));
}

function prisesDe({ ministere, bouts }: Etat): Prise[] {
  const actes = ministere.registre
    .evenements()
    .flatMap(({ type, nom, sha256 }): Prise[] =>
      type === 'accepte' || type === 'double'
        ? [{ pair: 'ministere', type: type === 'accepte' ? 'pris' : 'double', nom, sha256 }]
        : [],
    );
  const pes = bouts.flatMap(({ nom: pair, dgfip }) =>
    dgfip.registre
      .evenements()
      .flatMap(({ type, nom, sha256 }): Prise[] =>
        type === 'pris' || type === 'double' ? [{ pair, type, nom, sha256 }] : [],
      ),
  );
  return [...actes, ...pes];
}

function reponsesDe({ bouts }: Etat): Reponse[] {
  return bouts.flatMap(({ nom: bout, dgfip }) =>
    dgfip.registre
      .evenements()
      .filter((e) => e.type === 'publie' && !e.detail.startsWith(A_LA_MAIN))
      .map(({ nom, detail }) => ({ source: `dgfip:${bout}`, nom, retour: detail.startsWith('PES Retour') })),
  );
}
