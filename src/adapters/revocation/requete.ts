import { lookup as resolutionSysteme } from 'node:dns';
import { isIP } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import type { Config } from '../../config/manifest.ts';
import { creerFiltre, type Filtre, type Resolution } from '../../formats/reseau/adresses.ts';
import { erreurConfiance } from '../../metier/catalogue/confiance.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Clock } from '../../ports/clock.ts';
import { motifReseau } from './motifs.ts';

/**
 * One question over HTTP to a server that a certificate names. The certificate was written by somebody else: its
 * addresses lead nowhere private, and nothing they answer is unbounded. Authorities publish over plain HTTP, for what
 * they publish is signed.
 */

export type ReglageRevocation = Config['confiance']['revocation'];

export interface Demande {
  readonly adresse: string;
  readonly methode: 'GET' | 'POST';
  readonly corps?: Uint8Array;
  /** Bytes of the answer. */
  readonly tailleMax: number;
}

export type Reponse =
  | { readonly type: 'recue'; readonly octets: Uint8Array }
  /** `motif`: French clause. */
  | { readonly type: 'echec'; readonly motif: string; readonly passager: boolean };

export interface Guichet {
  /** Never throws. */
  demander(demande: Demande): Promise<Reponse>;
  fermer(): Promise<void>;
}

/** A list may have moved; an address that keeps moving is a trap. */
const REDIRECTIONS_MAX = 2;

/** Connections to one server: an authority serves all of France, we are one of many. */
const CONNEXIONS = 4;

function echec(motif: string, passager: boolean): Reponse {
  return { type: 'echec', motif, passager };
}

/** First gate: the address as written. */
function examiner(adresse: string, filtre: Filtre): URL | string {
  const url = URL.canParse(adresse) ? new URL(adresse) : undefined;
  if (url === undefined) return 'ce n’est pas une adresse';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'seules http et https sont suivies';
  if (url.username !== '' || url.password !== '') return 'l’adresse contient un identifiant';
  const hote = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(hote) !== 0 && !filtre.adressePermise(hote)) {
    return `l’adresse ${hote} est privée, locale ou réservée (réglage confiance.revocation.reseaux_permis)`;
  }
  return url;
}

async function lireCorps(corps: Dispatcher.ResponseData['body'], tailleMax: number): Promise<Buffer | null> {
  const blocs: Buffer[] = [];
  let taille = 0;
  for await (const bloc of corps as AsyncIterable<Buffer>) {
    taille += bloc.length;
    if (taille > tailleMax) return null;
    blocs.push(bloc);
  }
  return Buffer.concat(blocs);
}

interface Poste {
  readonly agent: Agent;
  readonly filtre: Filtre;
  readonly entetes: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Milliseconds for the whole exchange, redirections included. */
  readonly delai: number;
}

const TYPE_OCSP = 'application/ocsp-request';

type Etape = Reponse | { readonly type: 'ailleurs'; readonly adresse: string };

async function suivre(poste: Poste, demande: Demande, signal: AbortSignal): Promise<Etape> {
  const url = examiner(demande.adresse, poste.filtre);
  if (typeof url === 'string') return echec(url, false);
  const { methode, corps, tailleMax } = demande;
  const reponse = await poste.agent.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: methode,
    headers: { ...poste.entetes, ...(corps === undefined ? {} : { 'content-type': TYPE_OCSP }) },
    body: corps ?? null,
    signal,
  });
  const { statusCode, headers, body } = reponse;
  const lieu = headers.location;
  const redirige = statusCode >= 300 && statusCode < 400 && methode === 'GET' && typeof lieu === 'string';
  if (redirige || statusCode !== 200) {
    // Not read: the connection is not worth keeping.
    body.destroy();
    body.on('error', () => undefined);
    if (!redirige) return echec(`le serveur a répondu HTTP ${statusCode}`, true);
    return { type: 'ailleurs', adresse: URL.canParse(lieu, url) ? new URL(lieu, url).href : lieu };
  }
  const octets = await lireCorps(body, tailleMax);
  if (octets === null) return echec(`la réponse dépasse ${tailleMax.toLocaleString('fr-FR')} octets`, true);
  return { type: 'recue', octets };
}

async function tenter(poste: Poste, demande: Demande): Promise<Reponse> {
  const [delai, fin] = [new AbortController(), new AbortController()];
  void poste.clock.sleep(poste.delai, fin.signal).then(() => {
    if (!fin.signal.aborted) delai.abort();
  });
  try {
    let adresse = demande.adresse;
    for (let saut = 0; saut <= REDIRECTIONS_MAX; saut += 1) {
      const etape = await suivre(poste, { ...demande, adresse }, delai.signal);
      if (etape.type !== 'ailleurs') return etape;
      adresse = etape.adresse;
    }
    return echec(`plus de ${REDIRECTIONS_MAX} redirections`, true);
  } catch (origine) {
    if (delai.signal.aborted) {
      return echec(`pas de réponse complète en ${(poste.delai / 1000).toLocaleString('fr-FR')} s`, true);
    }
    if (origine instanceof ErreurVgm) return echec(origine.fiche.message, false);
    return echec(motifReseau(origine), true);
  } finally {
    fin.abort();
  }
}

export interface DependancesGuichet {
  readonly clock: Clock;
  /** Version of the program, for `user-agent`. */
  readonly version?: string;
  /** Resolver of names; the system's by default. */
  readonly resoudre?: Resolution;
}

/** Throws VGM-CNF-009 when the allow-list cannot be read. No proxy is ever used. */
export function ouvrirGuichet(reglage: ReglageRevocation, deps: DependancesGuichet): Guichet {
  const { clock, version, resoudre = resolutionSysteme as Resolution } = deps;
  const filtre = creerFiltre(reglage.reseaux_permis, {
    resoudre,
    refuser: (nom, adresse) => erreurConfiance('VGM-CNF-010', { nom, adresse }),
  });
  if ('illisible' in filtre) throw erreurConfiance('VGM-CNF-009', { valeur: filtre.illisible });
  const delai = reglage.delai_s * 1000;
  const agent = new Agent({
    connect: { lookup: filtre.lookup, timeout: delai },
    allowH2: false,
    connections: CONNEXIONS,
    headersTimeout: delai,
    bodyTimeout: delai,
    keepAliveTimeout: 4_000,
  });
  const entetes = {
    'user-agent': version === undefined ? 'vaguemestre' : `vaguemestre/${version}`,
    'accept-encoding': 'identity',
  };
  const poste: Poste = { agent, filtre, entetes, clock, delai };
  return {
    demander: (demande) => tenter(poste, demande),
    fermer: () => agent.destroy(),
  };
}
