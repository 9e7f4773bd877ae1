import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { assurerPaquets } from '../../serveurs/installer.ts';
import type { Demande } from './marques.ts';

/** Calls by which a process changes a disk, says that it must be kept, or could change it behind our back. */
const SUIVIS =
  'openat,open,creat,mkdir,mkdirat,rmdir,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,' +
  'write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,fallocate,' +
  'fsync,fdatasync,mmap,copy_file_range,sendfile,splice';
/** A write longer than that would not be recorded whole. Bytes. */
const TAILLE_MAX = 16 * 1024 * 1024;

export interface Enregistrement {
  /** What strace wrote. */
  readonly journal: string;
  /** Data folder of the daemon, as it was left. */
  readonly donnees: string;
}

/** Records one life of the daemon. Throws when strace may not trace, or when the daemon did not get through. */
export async function enregistrer(demande: Demande): Promise<Enregistrement> {
  await assurerPaquets(['strace']);
  await mkdir(demande.dossier, { recursive: true });
  const journal = join(demande.dossier, 'appels.log');
  const options = ['-f', '-y', '-xx', '-s', String(TAILLE_MAX), '--seccomp-bpf', '-e', 'signal=none'];
  const pilote = [join(import.meta.dirname, 'pilote.ts'), JSON.stringify(demande)];
  const processus = spawn(
    'strace',
    [...options, '-e', `trace=${SUIVIS}`, '-o', journal, process.execPath, ...pilote],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, UV_USE_IO_URING: '0' } },
  );
  const erreurs: Buffer[] = [];
  processus.stderr.on('data', (bloc: Buffer) => erreurs.push(bloc));
  const [code] = (await once(processus, 'close')) as [number | null];
  if (code !== 0) throw new TypeError(`the recording failed (${code}): ${Buffer.concat(erreurs).toString()}`);
  return { journal, donnees: join(demande.dossier, 'donnees') };
}
