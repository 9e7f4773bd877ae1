import { createHash } from 'node:crypto';
import { erreurCoffre } from '../../metier/catalogue/coffre.ts';
import type { Clock } from '../../ports/clock.ts';
import { refusServeur } from './s3-causes.ts';
import type { ClientS3, Reponse } from './s3-client.ts';
import type { ReglageS3 } from './s3-reglage.ts';
import { estVerrouille } from './s3-reponses.ts';
import { corpsEnMemoire } from './s3-signature.ts';

/** Object lock: until a date, nobody can delete what was written, nor replace it but by another version. */

const JOUR = 86_400_000;

function echeance({ jours }: NonNullable<ReglageS3['retention']>, clock: Clock): number {
  return clock.now() + jours * JOUR;
}

/** Headers of an object to write. */
export function entetesVerrou(retention: ReglageS3['retention'], clock: Clock): Record<string, string> {
  if (retention === null) return {};
  return {
    'x-amz-object-lock-mode': retention.mode,
    'x-amz-object-lock-retain-until-date': new Date(echeance(retention, clock)).toISOString(),
  };
}

interface Outils {
  readonly client: ClientS3;
  readonly reglage: ReglageS3;
  readonly clock: Clock;
}

/**
 * A piece that was there keeps the lock of its first deposit: it is made to last as long as that of a new one, to the day.
 * @param tete answer to HEAD. Throws VGM-COF-003.
 */
export async function prolonger(
  { client, reglage: { retention }, clock }: Outils,
  cle: string,
  tete: Reponse,
): Promise<void> {
  if (retention === null) return;
  const voulue = echeance(retention, clock);
  const tenue = Date.parse(tete.entete('x-amz-object-lock-retain-until-date') ?? '');
  if (tenue >= voulue - JOUR) return;
  // A lock changes its date more readily than its mode: the one that is there stays.
  const mode = tete.entete('x-amz-object-lock-mode') ?? retention.mode;
  const octets = Buffer.from(
    `<Retention xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Mode>${mode}</Mode><RetainUntilDate>${new Date(voulue).toISOString()}</RetainUntilDate></Retention>`,
  );
  const reponse = await client.demander({
    methode: 'PUT',
    cle,
    question: { retention: '' },
    entetes: {
      'content-md5': createHash('md5').update(octets).digest('base64'),
      'content-type': 'application/xml',
    },
    corps: corpsEnMemoire(octets),
  });
  if (reponse.statut >= 300) throw refusServeur(reponse);
}

/** Throws VGM-COF-004 when the compartiment has no object lock, VGM-COF-002 or -003 when it cannot be known. */
export async function exigerVerrou({ client, reglage }: Pick<Outils, 'client' | 'reglage'>): Promise<void> {
  if (reglage.retention === null) return;
  const { compartiment } = reglage;
  const reponse = await client.demander({ methode: 'GET', cle: '', question: { 'object-lock': '' } });
  const { statut, code } = reponse;
  if (statut === 200 && estVerrouille(reponse.octets)) return;
  const sans = ['ObjectLockConfigurationNotFoundError', 'ObjectLockConfigurationNotFound'].includes(code);
  if (statut === 200 || sans)
    throw erreurCoffre('VGM-COF-004', { compartiment, detail: 'il n’est pas activé' });
  if (statut === 501 || statut === 405 || code === 'NotImplemented' || code === 'MethodNotAllowed') {
    throw erreurCoffre('VGM-COF-004', { compartiment, detail: 'ce stockage ne le connaît pas' });
  }
  throw refusServeur(reponse);
}
