import { join } from 'node:path';
import { erreurBanc } from '../../metier/catalogue/banc.ts';
import type { Clock } from '../../ports/clock.ts';
import { ouvrirCasier } from './casier.ts';
import { ouvrirServeurFtp } from './ftp.ts';
import { Guichet } from './guichet.ts';
import type { PesLu } from './pes.ts';
import { ouvrirRegistre, type RegistreDgfip } from './registre.ts';
import { creerRepondeur } from './repondeur.ts';
import type { NatureRetour } from './retours.ts';
import { type NomScenario, SCENARIOS } from './scenarios.ts';
import type { OptionsServeurFtp, OptionsServeurSftp, ServeurOuvert } from './serveurs.ts';
import { ouvrirServeurSftp } from './sftp.ts';

/** The DGFiP's gateway and Hélios behind it, simulated over real protocols: a file read once is forgotten. */

export interface OptionsDgfip {
  /** Files of the gateway and register; made when absent, taken up again when there. */
  readonly dossier: string;
  readonly clock: Clock;
  /** Same seed, same delays. */
  readonly graine: number;
  /** Between the taking and the answer. */
  readonly delaiReponseMs: number | readonly [number, number];
  /** Absent: that door stays shut. */
  readonly sftp?: OptionsServeurSftp;
  readonly ftp?: OptionsServeurFtp;
  /** A second door over FTP: one speaks TLS, the other in clear. */
  readonly ftps?: OptionsServeurFtp;
  /** P_APPLI accepted. Default: `THELPES2`, the test platform. */
  readonly applis?: readonly string[];
  /** false: the ends of NomFic mean nothing. Default true. */
  readonly scenarios?: boolean;
  /** Delay of `_TARD`. Default 5 000. */
  readonly tardMs?: number;
  /** true: a deposit is taken away at once and can be seen no more. Default false. */
  readonly emporte?: boolean;
}

export interface Dgfip {
  /** 0: that door is shut. */
  readonly portSftp: number;
  readonly portFtp: number;
  readonly portFtps: number;
  readonly registre: RegistreDgfip;
  /** PES taken since the start. */
  pris(): readonly PesLu[];
  /** Plays this scenario for the PES of this NomFic, whatever its end; null = back to the rule. Throws VGM-BAN-002. */
  forcer(nomFic: string, scenario: NomScenario | null): void;
  /** The daily restitution: one PES Retour per PES taken and domain. @returns the names published. */
  restituer(nature: NatureRetour): Promise<string[]>;
  /** Puts any file where the client fetches. */
  publier(nom: string, octets: Uint8Array): Promise<void>;
  /** Publishes again what it published once, as the DGFiP does when asked; nothing under an unknown name. */
  republier(nom: string): Promise<void>;
  /** Resolves when no answer is owed any more. */
  attendreVide(): Promise<void>;
  /** Answers still owed are dropped; lines are hung up; the register is closed. */
  arreter(): Promise<void>;
}

const TARD_MS = 5_000;

/** Opens the doors asked for. Throws VGM-BAN-001 when it cannot. */
export async function demarrerDgfip(options: OptionsDgfip): Promise<Dgfip> {
  const { dossier, clock, graine, delaiReponseMs: delaiMs } = options;
  const casier = await ouvrirCasier(dossier);
  const registre = ouvrirRegistre(join(dossier, 'registre.jsonl'));
  const tardMs = options.tardMs ?? TARD_MS;
  const repondeur = creerRepondeur({ casier, registre, clock, graine, delaiMs, tardMs });
  const guichet = new Guichet({
    casier,
    registre,
    repondeur,
    clock,
    applis: options.applis ?? ['THELPES2'],
    scenarios: options.scenarios ?? true,
    emporte: options.emporte ?? false,
  });
  const portes = await ouvrirPortes(options, guichet);
  return {
    portSftp: portes.sftp?.port ?? 0,
    portFtp: portes.ftp?.port ?? 0,
    portFtps: portes.ftps?.port ?? 0,
    registre,
    pris: () => guichet.pris,
    forcer(nomFic, scenario) {
      if (scenario !== null && !SCENARIOS.some((s) => s.nom === scenario)) {
        throw erreurBanc('VGM-BAN-002', { scenario });
      }
      guichet.forcer(nomFic, scenario);
    },
    restituer: (nature) => repondeur.restituer(guichet.pris, nature),
    publier: (nom, octets) => repondeur.publier(nom, octets),
    republier: (nom) => repondeur.republier(nom),
    attendreVide: () => repondeur.attendreVide(),
    async arreter() {
      await fermerPortes(portes);
      repondeur.arreter();
      await repondeur.attendreVide();
      await registre.fermer();
    },
  };
}

type Portes = Partial<Record<'sftp' | 'ftp' | 'ftps', ServeurOuvert>>;

/** All those asked for, or none. */
async function ouvrirPortes({ sftp, ftp, ftps }: OptionsDgfip, guichet: Guichet): Promise<Portes> {
  const portes: Portes = {};
  try {
    if (sftp !== undefined) portes.sftp = await ouvrirServeurSftp(sftp, guichet);
    if (ftp !== undefined) portes.ftp = await ouvrirServeurFtp(ftp, guichet);
    if (ftps !== undefined) portes.ftps = await ouvrirServeurFtp(ftps, guichet);
  } catch (faute) {
    await fermerPortes(portes);
    throw faute;
  }
  return portes;
}

async function fermerPortes(portes: Portes): Promise<void> {
  await Promise.all(Object.values(portes).map((porte) => porte.fermer()));
}
