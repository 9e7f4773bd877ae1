import { libelleEvenement } from '../../metier/evenements.ts';
import { createInterface } from 'node:readline';
import type { IncomingMessage } from 'node:http';
import { estTerminal, ETATS } from '../../metier/etats.ts';
import { erreurCli } from '../../metier/catalogue/cli.ts';
import { type Client, clientDe } from '../client.ts';
import { fluxDesigne } from '../designer.ts';
import { type Appel, type CodeSortie, drapeau } from '../monde.ts';
import { date, etat, peindre, sur } from '../rendu.ts';
import type { FluxVu } from '../vues.ts';

interface Evenement {
  readonly quand: string;
  readonly ev: string;
  readonly flux: FluxVu;
}

function fini(f: FluxVu): boolean {
  const connu = ETATS.find((e) => e === f.etat);
  return connu !== undefined && estTerminal(connu);
}

function dire({ monde: { sorties }, options }: Appel, e: Evenement): void {
  if (drapeau(options, 'json')) {
    sorties.ecrire(JSON.stringify(e));
    return;
  }
  const libelle = etat(sorties, e.flux.etat, e.flux.libelle);
  const suite = e.flux.alerte === null ? '' : ` ${peindre(sorties, 'yellow', sur(e.flux.alerte))}`;
  sorties.ecrire(
    `${date(e.quand)}  ${libelleEvenement(e.ev).padEnd(22)}  ${libelle}  ${sur(e.flux.identite)}${suite}`,
  );
}

/** Already over when asked: no event will come any more. */
async function dejaFini(appel: Appel, client: Client, id: string): Promise<FluxVu | undefined> {
  const { flux } = await client.json<{ flux: FluxVu }>({ methode: 'GET', chemin: `/flux/${id}` });
  if (!fini(flux)) return undefined;
  dire(appel, { quand: flux.solde ?? flux.depose, ev: 'ETAT', flux });
  return flux;
}

async function* lignes(reponse: IncomingMessage, signal: AbortSignal): AsyncGenerator<Evenement> {
  try {
    for await (const ligne of createInterface({ input: reponse, crlfDelay: Infinity })) {
      if (ligne !== '') yield JSON.parse(ligne) as Evenement;
    }
  } catch (e) {
    if (!signal.aborted) throw erreurCli('VGM-CLI-006', {}, e);
  }
}

/**
 * `vaguemestre suivre [ID]`: until Ctrl-C, or until the end of the one flux named
 * (exit 0 when acquitté, 1 otherwise).
 */
export async function executer(appel: Appel): Promise<CodeSortie> {
  const [designation] = appel.arguments;
  const client = await clientDe(appel);
  const signal = appel.monde.interruption();
  const id = designation === undefined ? undefined : await fluxDesigne(client, designation);
  const reponse = await client.flux({ methode: 'GET', chemin: '/evenements', signal });
  try {
    const avant = id === undefined ? undefined : await dejaFini(appel, client, id);
    if (avant !== undefined) return avant.etat === 'acquitte' ? 0 : 1;
    for await (const e of lignes(reponse, signal)) {
      if (id !== undefined && e.flux.id !== id) continue;
      dire(appel, e);
      if (id !== undefined && fini(e.flux)) return e.flux.etat === 'acquitte' ? 0 : 1;
    }
  } finally {
    reponse.on('error', () => undefined).destroy();
  }
  if (signal.aborted) return 0;
  throw erreurCli('VGM-CLI-006');
}
