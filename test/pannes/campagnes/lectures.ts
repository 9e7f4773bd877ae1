import type { ClientApi } from '../../../src/banc/client.ts';
import type { Etat } from '../../../src/metier/etats.ts';
import type { NomProtocole } from '../../../src/metier/flux.ts';

/** What the API shows, as the campaigns read it. */

export interface FluxVu {
  readonly id: string;
  readonly protocole: NomProtocole;
  readonly collectivite: string;
  readonly etat: Etat;
  readonly nomEnvoi: string | null;
  readonly message: { readonly code: string };
  readonly resume: Readonly<Record<string, unknown>>;
  readonly alerte: string | null;
  readonly ver: number;
}

export interface PieceVue {
  readonly rang: number;
  readonly role: string;
  readonly sha256: string;
  readonly taille: number;
}

export interface FluxMontre {
  readonly flux: FluxVu;
  readonly pieces: readonly PieceVue[];
}

export interface RetourVu {
  readonly id: string;
  readonly nom: string | null;
  readonly etat: string;
  readonly source: string;
  readonly sha256: string;
  readonly motif: string | null;
}

const PAGE = 1_000;

export interface Choix {
  /** Of the API: `&etat=incertain`. */
  readonly filtre?: string;
  /** Identifiers are in the order of time: older ones are left aside. */
  readonly plancher?: string;
}

/** Everything that a list of the API holds, page after page. */
export async function tout<T extends FluxVu | RetourVu>(
  client: ClientApi,
  liste: 'flux' | 'retours',
  { filtre = '', plancher = '' }: Choix = {},
): Promise<T[]> {
  const lus: T[] = [];
  for (let suite = ''; ; ) {
    const { statut, corps } = await client.lire(`/${liste}?limite=${PAGE}${filtre}${suite}`);
    if (statut !== 200) throw new TypeError(`${liste} : ${statut} ${JSON.stringify(corps)}`);
    const page = corps[liste] as unknown as T[];
    lus.push(...page.filter(({ id }) => id >= plancher));
    const derniere = page.at(-1)?.id ?? '';
    if (page.length < PAGE || derniere < plancher) return lus;
    suite = `&avant=${derniere}`;
  }
}

export async function montrer(client: ClientApi, id: string): Promise<FluxMontre> {
  return (await client.lire(`/flux/${id}`)).corps as unknown as FluxMontre;
}

export async function compterEtats(client: ClientApi): Promise<Partial<Record<Etat, number>>> {
  return (await client.lire('/etats')).corps['etats'] as Partial<Record<Etat, number>>;
}

/** What `vaguemestre diagnostiquer` says of a subject. */
export interface ConstatVu {
  readonly sujet: string;
  readonly etat: 'bon' | 'attention' | 'panne';
  readonly detail: string;
}

export async function diagnostiquer(client: ClientApi): Promise<readonly ConstatVu[]> {
  return (await client.lire('/diagnostic')).corps['sujets'] as unknown as ConstatVu[];
}
