import { readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { autosigne } from '../../formats/certificats/emettre.ts';
import type { Clock } from '../../ports/clock.ts';

export interface ReglagePorte {
  /** PEM files of the operator; empty = a self-signed pair is made. */
  readonly certificat: string;
  readonly cle: string;
  /** Data folder, where the self-signed pair is kept. */
  readonly dossier: string;
  readonly clock: Clock;
}

export interface PairePorte {
  readonly cert: string;
  readonly key: string;
}

const JOURS = 825;

async function lirePaire(certificat: string, cle: string): Promise<PairePorte> {
  return { cert: await readFile(certificat, 'utf8'), key: await readFile(cle, 'utf8') };
}

/** The pair of the HTTPS door: the one configured, or a self-signed one made once in the data folder. */
export async function pairePorte(reglage: ReglagePorte): Promise<PairePorte> {
  if (reglage.certificat !== '') return lirePaire(reglage.certificat, reglage.cle);
  const [certificat, cle] = [join(reglage.dossier, 'api.pem'), join(reglage.dossier, 'api.cle.pem')];
  const faite = await lirePaire(certificat, cle).catch(() => null);
  if (faite !== null) return faite;
  const dns = ['localhost', hostname()];
  const quand = reglage.clock.now();
  const paire = await autosigne({ nom: 'vaguemestre', dns, ip: ['127.0.0.1', '::1'], jours: JOURS, quand });
  await writeFile(cle, paire.cle, { mode: 0o600 });
  await writeFile(certificat, paire.certificat);
  return { cert: paire.certificat, key: paire.cle };
}
