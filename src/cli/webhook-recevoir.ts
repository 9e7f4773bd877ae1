import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lireCle, verifier } from '../formats/webhook/signature.ts';
import { erreurNotification } from '../metier/catalogue/notification.ts';
import { LIBELLE_ETAT } from '../metier/etats.ts';
import type { Clock } from '../ports/clock.ts';

/** A local receiver for developers: shows what arrives and says whether it is signed. Loopback only, plain HTTP. */

export interface OptionsReception {
  /** 0 = any free port. */
  readonly port: number;
  /** `whsec_…`; without it signatures are shown as not checked. */
  readonly secret?: string;
  /** Answer given to every delivery; 204 by default. */
  readonly statut?: number;
  /** One JSON object per line instead of sentences. */
  readonly json?: boolean;
  /** With it, a delivery older than five minutes is shown as bad, as a real receiver would. */
  readonly clock?: Clock;
}

export interface Sorties {
  ecrire(ligne: string): void;
}

/** A delivery is under 20 kB; this bound only protects the terminal. */
const CORPS_MAX = 1_000_000;
const TOLERANCE_S = 300;

interface LivraisonVue {
  readonly id: string;
  readonly type: string;
  readonly flux: string;
  readonly identite: string;
  readonly etat: string;
  readonly signature: 'bonne' | 'mauvaise' | 'non vérifiée';
  readonly motif: string;
  readonly dejaVu: boolean;
}

/** @returns the body, or undefined when it is beyond the bound. */
async function lireCorps(requete: IncomingMessage): Promise<string | undefined> {
  const blocs: Buffer[] = [];
  let taille = 0;
  for await (const bloc of requete) {
    taille += (bloc as Buffer).length;
    if (taille > CORPS_MAX) return undefined;
    blocs.push(bloc as Buffer);
  }
  return Buffer.concat(blocs).toString('utf8');
}

function lireJson(corps: string): unknown {
  try {
    return JSON.parse(corps);
  } catch {
    return undefined;
  }
}

function champ(objet: unknown, nom: string): unknown {
  return typeof objet === 'object' && objet !== null ? Reflect.get(objet, nom) : undefined;
}

/** One line, without control characters: what arrives must not be able to drive the terminal. */
function texte(valeur: unknown): string {
  return typeof valeur === 'string' ? valeur.replace(/\p{Cc}/gu, ' ').slice(0, 200) : '';
}

function jugerSignature(
  requete: IncomingMessage,
  corps: string,
  options: OptionsReception,
): Pick<LivraisonVue, 'signature' | 'motif'> {
  if (options.secret === undefined) return { signature: 'non vérifiée', motif: 'aucun secret donné' };
  const entete = (nom: string): string => texte(requete.headers[nom]);
  const quandS = Number(entete('webhook-timestamp') || Number.NaN);
  const verdict = verifier({
    id: entete('webhook-id'),
    quandS,
    corps,
    // Not shortened: several signatures stand side by side during a rotation.
    signature: String(requete.headers['webhook-signature'] ?? ''),
    secrets: [options.secret],
    maintenantS: options.clock === undefined ? quandS : Math.floor(options.clock.now() / 1000),
    toleranceS: TOLERANCE_S,
  });
  return verdict.type === 'bonne'
    ? { signature: 'bonne', motif: '' }
    : { signature: 'mauvaise', motif: verdict.motif };
}

function enPhrase(vue: LivraisonVue): string {
  const etat = Object.entries(LIBELLE_ETAT).find(([nom]) => nom === vue.etat)?.[1] ?? (vue.etat || 'inconnu');
  const motif = vue.motif === '' ? '' : ` (${vue.motif})`;
  return [
    `Livraison ${vue.id || 'sans identifiant'}`,
    vue.type || 'type inconnu',
    `flux ${vue.flux || 'inconnu'}${vue.identite === '' ? '' : ` (${vue.identite})`}`,
    `état : ${etat}`,
    `signature ${vue.signature}${motif}`,
    ...(vue.dejaVu ? ['double, déjà vu'] : []),
  ].join(' | ');
}

function faireGuichet(options: OptionsReception, sorties: Sorties) {
  const vus = new Set<string>();
  return async (requete: IncomingMessage, reponse: ServerResponse): Promise<void> => {
    if (requete.method !== 'POST') {
      reponse.writeHead(405, { allow: 'POST' }).end();
      return;
    }
    const corps = await lireCorps(requete);
    if (corps === undefined) {
      reponse.writeHead(413, { connection: 'close' }).end();
      return;
    }
    const charge = lireJson(corps);
    const donnees = champ(charge, 'data');
    const id = texte(requete.headers['webhook-id']);
    const vue: LivraisonVue = {
      id,
      type: texte(champ(charge, 'type')),
      flux: texte(champ(donnees, 'flux')),
      identite: texte(champ(donnees, 'identite')),
      etat: texte(champ(donnees, 'etat')),
      ...jugerSignature(requete, corps, options),
      dejaVu: vus.has(id),
    };
    if (id !== '') vus.add(id);
    sorties.ecrire(
      options.json === true ? JSON.stringify({ ...vue, charge: charge ?? null }) : enPhrase(vue),
    );
    reponse.writeHead(options.statut ?? 204).end();
  };
}

/**
 * Listens on the loopback until the signal aborts.
 * @returns the port, and a promise that resolves once the receiver is closed.
 * @throws VGM-NTF-004 when the secret is malformed, VGM-NTF-005 when the port cannot be had.
 */
export async function recevoirWebhooks(
  options: OptionsReception,
  sorties: Sorties,
  signal: AbortSignal,
): Promise<{ readonly port: number; readonly ferme: Promise<void> }> {
  if (options.secret !== undefined && lireCle(options.secret) === undefined)
    throw erreurNotification('VGM-NTF-004');
  const guichet = faireGuichet(options, sorties);
  const serveur = createServer((requete, reponse) => {
    // The sender cut the line in the middle of its body: nothing to show, nobody to answer.
    guichet(requete, reponse).catch(() => reponse.destroy());
  });
  try {
    serveur.listen(options.port, '127.0.0.1');
    await once(serveur, 'listening');
  } catch (origine) {
    throw erreurNotification('VGM-NTF-005', { port: options.port }, origine);
  }
  const ferme = once(serveur, 'close').then(() => undefined);
  const arreter = (): void => {
    serveur.close();
    serveur.closeAllConnections();
  };
  if (signal.aborted) arreter();
  else signal.addEventListener('abort', arreter, { once: true });
  return { port: (serveur.address() as AddressInfo).port, ferme };
}
