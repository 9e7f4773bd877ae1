import type { Redis } from 'ioredis';
import { erreurNoeud } from '../../metier/catalogue/noeud.ts';
import type { ErreurVgm } from '../../metier/erreurs.ts';

/** Is this Redis fit to hold announcements? */

const VERSION_MIN = [6, 2] as const;
/** Life of the key that is written again and again; seconds. */
const SIGNE_S = 60;

/** Settings asked for: name, values admitted, wording. */
const EXIGES = [
  { nom: 'appendonly', admis: ['yes'], voulu: '« appendonly yes »' },
  { nom: 'appendfsync', admis: ['everysec', 'always'], voulu: '« appendfsync everysec », ou always' },
  { nom: 'maxmemory-policy', admis: ['noeviction'], voulu: '« maxmemory-policy noeviction »' },
] as const;

/** `redis_version:7.0.15` and its like. */
function champ(info: string, nom: string): string | undefined {
  return new RegExp(`^${nom}:(.*?)\\r?$`, 'm').exec(info)?.[1];
}

function tropAncienne(version: string): boolean {
  const [majeure = 0, mineure = 0] = version.split('.').map(Number);
  return majeure < VERSION_MIN[0] || (majeure === VERSION_MIN[0] && mineure < VERSION_MIN[1]);
}

/** Where `CONFIG` is forbidden (services hosted by others), what `INFO` tells; `appendfsync` stays unknown. */
async function parInfo(redis: Redis): Promise<Map<string, string | undefined>> {
  const [persistance, memoire] = [await redis.info('persistence'), await redis.info('memory')];
  return new Map([
    ['appendonly', champ(persistance, 'aof_enabled') === '1' ? 'yes' : 'no'],
    ['maxmemory-policy', champ(memoire, 'maxmemory_policy')],
  ]);
}

async function reglages(redis: Redis): Promise<Map<string, string | undefined>> {
  const lus = new Map<string, string | undefined>();
  try {
    for (const { nom } of EXIGES) lus.set(nom, ((await redis.config('GET', nom)) as readonly string[])[1]);
    return lus;
  } catch (cause) {
    if (!estRefus(cause)) throw cause;
    return parInfo(redis);
  }
}

/** An answer of the server, as opposed to a line that is cut. */
function estRefus(cause: unknown): cause is Error {
  return cause instanceof Error && cause.name === 'ReplyError';
}

/** A server that does not know us, or does not let us in. */
export function refusDAcces(adresse: string, cause: unknown): ErreurVgm | null {
  if (!estRefus(cause) || !/^(WRONGPASS|NOAUTH|NOPERM|ERR invalid password)/.test(cause.message)) return null;
  const detail = cause.message.startsWith('NOPERM') ? 'droits insuffisants' : 'mot de passe ou compte refusé';
  return erreurNoeud('VGM-REP-003', { adresse, detail }, cause);
}

/** What a server that answers and writes nothing says, by the first word of its answer. */
const REFUS: Readonly<Record<string, string>> = {
  READONLY: 'c’est une réplique',
  OOM: 'sa mémoire est pleine',
  MISCONF: 'il n’arrive plus à écrire sur son disque',
  NOREPLICAS: 'il n’a plus les répliques qu’il exige',
  LOADING: 'il relit ses données',
  MASTERDOWN: 'c’est une réplique, coupée de son serveur',
};

/** A server that answers, and to which announcements cannot be left. */
export function refusDEcrire(adresse: string, cause: unknown): ErreurVgm | null {
  if (!estRefus(cause)) return null;
  const [code = ''] = cause.message.split(' ');
  return erreurNoeud('VGM-REP-004', { adresse, detail: REFUS[code] ?? `réponse « ${code} »` }, cause);
}

/** Proves that announcements pass: a server may answer, and write nothing. */
export async function ecrireSigne(redis: Redis, prefixe: string): Promise<void> {
  await redis.set(`${prefixe}:signe`, '1', 'EX', SIGNE_S);
}

/** @returns what makes it unfit (VGM-REP-001), all at once; null when it is fit. Throws what the line throws. */
export async function verifierRedis(redis: Redis, adresse: string): Promise<ErreurVgm | null> {
  const serveur = await redis.info('server');
  const version = champ(serveur, 'redis_version') ?? '0';
  const lus = await reglages(redis);
  const problemes = [
    ...(tropAncienne(version)
      ? [`- version ${version} : il faut ${VERSION_MIN.join('.')} ou plus récent.`]
      : []),
    ...(champ(serveur, 'redis_mode') === 'cluster'
      ? ['- il est en grappe (« cluster-enabled yes ») : il faut un serveur seul, avec ou sans répliques.']
      : []),
    ...EXIGES.flatMap(({ nom, admis, voulu }) => {
      const lu = lus.get(nom);
      return lu === undefined || (admis as readonly string[]).includes(lu)
        ? []
        : [`- ${nom} vaut « ${lu} » : il faut ${voulu}.`];
    }),
  ];
  return problemes.length === 0
    ? null
    : erreurNoeud('VGM-REP-001', { adresse, problemes: problemes.join('\n') });
}
