import { join } from 'node:path';
import { creerRandomSysteme } from '../../src/adapters/random/system.ts';
import { ouvrirAcces, porteFtp, porteSftp, reglagesPasserelles } from '../../src/banc/dgfip/acces.ts';
import { type Dgfip, demarrerDgfip } from '../../src/banc/dgfip/dgfip.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { ouvrirRelais, type Panne } from '../serveurs/relais.ts';
import { ouvrirRelaisFtp } from '../serveurs/relais-ftp.ts';

export type NomBout = 'sftp' | 'ftp';

/** One gateway of the DGFiP, at the end of a line that may be cut. */
export interface Bout {
  readonly nom: NomBout;
  readonly dgfip: Dgfip;
  /** A row of `helios.passerelles`, that leads through the line. */
  readonly reglage: object;
  /** Cuts the line, by a number drawn between 0 and 1: everything now, or what comes after so many bytes. */
  couper(tirage: number): void;
  /** The line is sound again. */
  retablir(): void;
  fermer(): Promise<void>;
}

export interface OptionsBouts {
  readonly dossier: string;
  readonly clock: Clock;
  readonly graine: number;
}

interface Ligne {
  readonly port: number;
  regler(panne: Panne | null): void;
  trancher(): void;
  fermer(): Promise<void>;
}

/** A PES of the campaign and its protocol are some ten thousand bytes; the heavy ones fifteen times that. */
const LOIN = 40_000;

/** Half-open lines are few: each costs a time-out. */
function panneDe(tirage: number): Panne {
  const [dixieme, reste] = [Math.floor(tirage * 10), (tirage * 10) % 1];
  return {
    sens: dixieme % 2 === 0 ? 'aller' : 'retour',
    apres: Math.floor(reste * reste * LOIN),
    geste: dixieme === 9 ? 'figer' : 'couper',
  };
}

function boutDe(nom: NomBout, ligne: Ligne, suite: Pick<Bout, 'dgfip' | 'reglage'>): Bout {
  return {
    nom,
    ...suite,
    couper: (tirage) => {
      if (tirage < 0.4) ligne.trancher();
      else ligne.regler(panneDe((tirage - 0.4) / 0.6));
    },
    retablir: () => ligne.regler(null),
    fermer: async () => {
      await ligne.fermer();
      await suite.dgfip.arreter();
    },
  };
}

/** The waits of a real gateway are minutes. */
const IMPATIENCE = {
  concurrence: 4,
  periode_s: 0.3,
  stabilite_s: 0,
  repos_s: 1,
  delai_connexion_s: 3,
  delai_reponse_s: 3,
  delai_silence_s: 3,
};

/**
 * The DGFiP twice: over SFTP, where it shows what was left until it treats it; over FTP, where it takes it away at once and
 * forgets an answer as soon as it has left.
 */
export async function ouvrirBouts(options: OptionsBouts): Promise<readonly Bout[]> {
  return Promise.all([ouvrirSftp(options), ouvrirFtp(options)]);
}

const COMMUN = { delaiReponseMs: [0, 80], tardMs: 1_500 } as const;

async function ouvrirSftp({ dossier, clock, graine }: OptionsBouts): Promise<Bout> {
  const acces = await ouvrirAcces(join(dossier, 'acces-sftp'), { random: creerRandomSysteme(clock) });
  const ou = { dossier: join(dossier, 'dgfip-sftp'), clock, graine, ...COMMUN };
  const dgfip = await demarrerDgfip({ ...ou, sftp: porteSftp(acces, 0) });
  const ligne = await ouvrirRelais({ cible: { hote: '127.0.0.1', port: dgfip.portSftp } });
  const portes = { portSftp: ligne.port, portFtp: 0, portFtps: 0 };
  const [lue] = reglagesPasserelles({ acces, portes, autorites: '', chemin: (f) => f });
  return boutDe('sftp', ligne, { dgfip, reglage: { ...lue, ...IMPATIENCE } });
}

async function ouvrirFtp({ dossier, clock, graine }: OptionsBouts): Promise<Bout> {
  const acces = await ouvrirAcces(join(dossier, 'acces-ftp'), { random: creerRandomSysteme(clock) });
  const ou = { dossier: join(dossier, 'dgfip-ftp'), clock, graine, emporte: true, ...COMMUN };
  const dgfip = await demarrerDgfip({ ...ou, ftp: porteFtp(acces, { port: 0, tls: null }) });
  const ligne = await ouvrirRelaisFtp({ hote: '127.0.0.1', port: dgfip.portFtp });
  const portes = { portSftp: 0, portFtp: ligne.port, portFtps: 0 };
  const [lue] = reglagesPasserelles({ acces, portes, autorites: '', chemin: (f) => f });
  return boutDe('ftp', ligne, { dgfip, reglage: { ...lue, ...IMPATIENCE } });
}
