import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { ouvrirImap } from '../../src/adapters/mailbox/imap.ts';
import { ouvrirMaildir } from '../../src/adapters/mailbox/maildir.ts';
import { ouvrirBoitePasserelle } from '../../src/adapters/mailbox/passerelle.ts';
import { creerPasserelleSftp, type OptionsSftp } from '../../src/adapters/passerelle/sftp.ts';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import type { Config } from '../../src/config/manifest.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Mailbox } from '../../src/ports/mailbox.ts';
import { lireSource } from './mailbox.lecture.ts';

/** Run as a process of its own: files the first message for good, then dies as by kill -9. */

type Demande =
  | { readonly type: 'imap'; readonly config: Config['reception']['imap'][number]; readonly sortie: string }
  | {
      readonly type: 'maildir';
      readonly config: Config['reception']['maildir'][number];
      readonly sortie: string;
    }
  | { readonly type: 'passerelle'; readonly options: OptionsSftp; readonly sortie: string };

const muet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const demande = JSON.parse(process.argv[2] ?? '{}') as Demande;

function ouvrir(d: Demande): Mailbox {
  if (d.type === 'imap') return ouvrirImap(d.config, { log: muet });
  if (d.type === 'maildir') return ouvrirMaildir(d.config, { log: muet });
  const clock = creerClockSysteme();
  const releveur = creerPasserelleSftp(d.options, { clock });
  return ouvrirBoitePasserelle({ nom: 'essai', stabiliteMs: 0 }, { releveur, clock, log: muet });
}

const boite = ouvrir(demande);

await boite.relever(async (brut) => {
  const octets = await lireSource(brut);
  const fichier = openSync(demande.sortie, 'w');
  writeSync(fichier, octets);
  fsyncSync(fichier);
  closeSync(fichier);
  process.kill(process.pid, 'SIGKILL');
});
