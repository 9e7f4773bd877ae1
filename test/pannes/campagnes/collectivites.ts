import type { NomBout } from '../lignes-coupees.ts';

/** A collectivité of the campaigns: by which gateway its PES leave, and who signs them. */
export interface CollectiviteEssai {
  readonly siren: string;
  readonly bout: NomBout;
  readonly signe: 'mairie' | 'ici';
}

export const COLLECTIVITES: readonly CollectiviteEssai[] = [
  { siren: '213400016', bout: 'sftp', signe: 'mairie' },
  { siren: '213400024', bout: 'ftp', signe: 'ici' },
  { siren: '213400032', bout: 'sftp', signe: 'ici' },
  { siren: '213400040', bout: 'ftp', signe: 'mairie' },
];

export const siretDe = (siren: string): string => `${siren}00012`;

export function collectiviteDe(rang: number): CollectiviteEssai {
  const collectivite = COLLECTIVITES[rang % COLLECTIVITES.length];
  if (collectivite === undefined) throw new TypeError('no collectivité');
  return collectivite;
}

export function collectiviteDeSiren(siren: string): CollectiviteEssai {
  const collectivite = COLLECTIVITES.find((c) => c.siren === siren);
  if (collectivite === undefined) throw new TypeError(`${siren} is not of the campaign`);
  return collectivite;
}
