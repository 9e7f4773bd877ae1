import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { ouvrirImap } from '../../src/adapters/mailbox/imap.ts';
import { ouvrirMaildir } from '../../src/adapters/mailbox/maildir.ts';
import type { Config } from '../../src/config/manifest.ts';
import type { Log } from '../../src/ports/log.ts';
import { lireSource } from './mailbox.lecture.ts';

/** Run as a process of its own: files the first message for good, then dies as by kill -9. */

type Demande =
  | { readonly type: 'imap'; readonly config: Config['reception']['imap'][number]; readonly sortie: string }
  | {
      readonly type: 'maildir';
      readonly config: Config['reception']['maildir'][number];
      readonly sortie: string;
    };

const muet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const demande = JSON.parse(process.argv[2] ?? '{}') as Demande;
const boite =
  demande.type === 'imap'
    ? ouvrirImap(demande.config, { log: muet })
    : ouvrirMaildir(demande.config, { log: muet });

await boite.relever(async (brut) => {
  const octets = await lireSource(brut);
  const fichier = openSync(demande.sortie, 'w');
  writeSync(fichier, octets);
  fsyncSync(fichier);
  closeSync(fichier);
  process.kill(process.pid, 'SIGKILL');
});
