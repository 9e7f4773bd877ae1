import { execFile } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ImapFlow } from 'imapflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { creerFakeMailbox } from '../../src/adapters/mailbox/fake.ts';
import { ouvrirImap } from '../../src/adapters/mailbox/imap.ts';
import { ouvrirMaildir } from '../../src/adapters/mailbox/maildir.ts';
import type { Config } from '../../src/config/manifest.ts';
import { type Dovecot, demarrerDovecot } from '../serveurs/dovecot.ts';
import { portLibre } from '../serveurs/processus.ts';
import { contratMailbox, type SujetMailbox } from './mailbox.contract.ts';
import { courriel, empreinte, lireSource, logEssai } from './mailbox.lecture.ts';

type ConfigImap = Config['reception']['imap'][number];
type ConfigMaildir = Config['reception']['maildir'][number];

async function tuer(demande: object): Promise<void> {
  const script = join(import.meta.dirname, 'releve-tuee.ts');
  const mort: unknown = await promisify(execFile)(process.execPath, [script, JSON.stringify(demande)]).catch(
    (e: unknown) => e,
  );
  expect(mort).toMatchObject({ signal: 'SIGKILL' });
}

/** Files nowhere: reads to the end. */
const lire = async (brut: Parameters<typeof lireSource>[0]): Promise<void> => {
  await lireSource(brut);
};

// ---------------------------------------------------------------- in memory

contratMailbox('in memory', async (): Promise<SujetMailbox> => {
  const attente: Uint8Array[] = [];
  return {
    ouvrir: () => creerFakeMailbox('essai', attente),
    deposer: async (octets) => void attente.push(octets),
    attente: async () => attente.length,
    // In memory there is no process to kill: the filing never returns, and the mailbox is opened anew.
    tuerApresConsignation: (sortie) =>
      new Promise((resolve) => {
        void creerFakeMailbox('essai', attente).relever(async (brut) => {
          writeFileSync(sortie, await lireSource(brut));
          resolve();
          await new Promise(() => undefined);
        });
      }),
    fermer: async () => undefined,
  };
});

// ---------------------------------------------------------------- maildir

function sujetMaildir(): SujetMailbox & { readonly dossier: string; readonly config: ConfigMaildir } {
  const dossier = mkdtempSync(join(tmpdir(), 'vaguemestre-maildir-'));
  for (const sous of ['tmp', 'new', 'cur']) mkdirSync(join(dossier, sous));
  const config: ConfigMaildir = { nom: 'essai', dossier, periode_s: 10 };
  let n = 0;
  return {
    dossier,
    config,
    ouvrir: () => ouvrirMaildir(config, { log: logEssai() }),
    async deposer(octets) {
      n += 1;
      // Every other message was already seen by a mail reader: it lives in cur/ with flags.
      writeFileSync(
        join(dossier, n % 2 ? `new/170000000${n}.M1P1.hote` : `cur/170000000${n}.M1P1.hote:2,S`),
        octets,
      );
    },
    attente: async () => readdirSync(join(dossier, 'new')).length + readdirSync(join(dossier, 'cur')).length,
    tuerApresConsignation: (sortie) => tuer({ type: 'maildir', config, sortie }),
    fermer: async () => rmSync(dossier, { recursive: true, force: true }),
  };
}

contratMailbox('maildir', async () => sujetMaildir());

describe('Maildir', () => {
  it('never looks at tmp/: the file there is still being written', async () => {
    const sujet = sujetMaildir();
    writeFileSync(join(sujet.dossier, 'tmp/1700.M1P1.hote'), 'From: x');
    expect(await sujet.ouvrir().relever(lire)).toBe(0);
    expect(existsSync(join(sujet.dossier, 'tmp/1700.M1P1.hote'))).toBe(true);
    await sujet.fermer();
  });

  it('leaves an empty file where it is and reports it once', async () => {
    const sujet = sujetMaildir();
    writeFileSync(join(sujet.dossier, 'new/1700.M1P1.hote'), '');
    const log = logEssai();
    const boite = ouvrirMaildir(sujet.config, { log });
    expect(await boite.relever(lire)).toBe(0);
    expect(await boite.relever(lire)).toBe(0);
    expect(await sujet.attente()).toBe(1);
    expect(log.lignes.filter((l) => l.includes('VGM-ACC-016'))).toHaveLength(1);
    await sujet.fermer();
  });

  it('leaves a message beyond 50 MB, reports it, and takes the others', async () => {
    const sujet = sujetMaildir();
    writeFileSync(join(sujet.dossier, 'new/1700.gros'), '');
    truncateSync(join(sujet.dossier, 'new/1700.gros'), 50_000_001);
    await sujet.deposer(courriel(1));
    const log = logEssai();
    expect(await ouvrirMaildir(sujet.config, { log }).relever(lire)).toBe(1);
    expect(await sujet.attente()).toBe(1);
    expect(log.lignes.some((l) => l.includes('VGM-ACC-015'))).toBe(true);
    await sujet.fermer();
  });

  it('keeps every filed message under .Traites/cur, even when two bear the same name', async () => {
    const sujet = sujetMaildir();
    for (const n of [1, 2]) {
      writeFileSync(join(sujet.dossier, 'new/meme-nom'), courriel(n));
      expect(await sujet.ouvrir().relever(lire)).toBe(1);
    }
    expect(readdirSync(join(sujet.dossier, '.Traites/cur')).toSorted()).toEqual([
      'meme-nom:2,S',
      'meme-nom_1:2,S',
    ]);
    await sujet.fermer();
  });

  it('a crash between the two names of a message leaves no double behind', async () => {
    const sujet = sujetMaildir();
    await sujet.deposer(courriel(1));
    const [nom = ''] = readdirSync(join(sujet.dossier, 'new'));
    await sujet.ouvrir().relever(lire);
    linkSync(join(sujet.dossier, `.Traites/cur/${nom}:2,S`), join(sujet.dossier, 'new', nom));
    expect(await sujet.ouvrir().relever(lire)).toBe(1);
    expect(readdirSync(join(sujet.dossier, '.Traites/cur'))).toHaveLength(1);
    expect(await sujet.attente()).toBe(0);
    await sujet.fermer();
  });

  it('a message that another node took away between the look and the reading is no failure', async () => {
    const sujet = sujetMaildir();
    // One more than what is opened at once.
    for (let n = 0; n <= 50; n += 1) await sujet.deposer(courriel(n));
    const nombre = await sujet.ouvrir().relever(async (brut) => {
      rmSync(join(sujet.dossier, 'cur'), { recursive: true, force: true });
      mkdirSync(join(sujet.dossier, 'cur'));
      await lire(brut);
    });
    expect(nombre).toBeGreaterThanOrEqual(26);
    expect(nombre).toBeLessThan(51);
    expect(await sujet.attente()).toBe(0);
    await sujet.fermer();
  });

  it('a missing folder is a transient failure with its cause and remedy', async () => {
    const boite = ouvrirMaildir({ nom: 'essai', dossier: '/nulle/part', periode_s: 1 }, { log: logEssai() });
    const refus: unknown = await boite.relever(lire).catch((e: unknown) => e);
    expect(refus).toMatchObject({ fiche: { code: 'VGM-ACC-013', nature: 'passagere' } });
  });
});

// ---------------------------------------------------------------- IMAP, real dovecot

describe('IMAP on a real dovecot', () => {
  let dovecot: Dovecot;
  let numero = 0;
  beforeAll(async () => {
    dovecot = await demarrerDovecot();
  });
  afterAll(() => dovecot.arreter());

  function configImap(changements: Partial<ConfigImap> = {}): ConfigImap {
    return {
      nom: 'essai',
      hote: '127.0.0.1',
      port: dovecot.port,
      tls: 'aucun',
      autorites: '',
      utilisateur: `u${numero}`,
      secret_fichier: dovecot.secretFichier,
      dossier: 'INBOX',
      dossier_traite: 'Traites',
      periode_s: 30,
      ...changements,
    };
  }

  async function avecClient<T>(utilisateur: string, faire: (c: ImapFlow) => Promise<T>): Promise<T> {
    const auth = { user: utilisateur, pass: dovecot.motDePasse };
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: dovecot.port,
      secure: false,
      doSTARTTLS: false,
      auth,
      logger: false,
    });
    await client.connect();
    try {
      return await faire(client);
    } finally {
      await client.logout();
    }
  }

  const compter = (utilisateur: string, dossier: string): Promise<number> =>
    avecClient(utilisateur, async (c) => {
      const etat = await c.status(dossier, { messages: true });
      return etat === false ? -1 : (etat.messages ?? -1);
    });

  function sujetImap(changements: Partial<ConfigImap> = {}): SujetMailbox & { readonly config: ConfigImap } {
    numero += 1;
    const config = configImap(changements);
    return {
      config,
      ouvrir: () => ouvrirImap(config, { log: logEssai() }),
      deposer: (octets) =>
        avecClient(config.utilisateur, async (c) => void (await c.append('INBOX', octets))),
      attente: () => compter(config.utilisateur, 'INBOX'),
      tuerApresConsignation: (sortie) => tuer({ type: 'imap', config, sortie }),
      fermer: async () => undefined,
    };
  }

  contratMailbox('IMAP, filed messages moved to a folder', async () => sujetImap());
  contratMailbox('IMAP, filed messages deleted', async () => sujetImap({ dossier_traite: '' }));

  it('moves filed messages to a folder it creates', async () => {
    const sujet = sujetImap();
    for (const n of [1, 2, 3]) await sujet.deposer(courriel(n));
    await sujet.ouvrir().relever(lire);
    expect(await compter(sujet.config.utilisateur, 'Traites')).toBe(3);
  });

  it('reads all messages, those already seen included, in lots', async () => {
    const sujet = sujetImap();
    await avecClient(sujet.config.utilisateur, async (c) => {
      for (let n = 0; n < 120; n += 1) await c.append('INBOX', courriel(n), n % 2 ? ['\\Seen'] : []);
    });
    const vues = new Set<string>();
    const debut = performance.now();
    const total = await sujet
      .ouvrir()
      .relever(async (brut) => void vues.add(empreinte(await lireSource(brut))));
    console.log(`120 courriels relevés par IMAP en ${Math.round(performance.now() - debut)} ms`);
    expect([total, vues.size]).toEqual([120, 120]);
    expect(await compter(sujet.config.utilisateur, 'Traites')).toBe(120);
  });

  it('one message that cannot be filed does not hold back the others', async () => {
    const sujet = sujetImap();
    for (const n of [1, 2, 3]) await sujet.deposer(courriel(n));
    const mauvais = empreinte(courriel(2));
    const consigner = async (brut: Parameters<typeof lireSource>[0]): Promise<void> => {
      if (empreinte(await lireSource(brut)) === mauvais) throw new Error('refusé');
    };
    await expect(sujet.ouvrir().relever(consigner)).rejects.toThrow('refusé');
    expect(await sujet.attente()).toBe(1);
    expect(await compter(sujet.config.utilisateur, 'Traites')).toBe(2);
  });

  it('leaves a message beyond 50 MB at the source and reports it', async () => {
    const sujet = sujetImap();
    await sujet.deposer(courriel(1, 50_100_000));
    await sujet.deposer(courriel(2));
    const log = logEssai();
    expect(await ouvrirImap(sujet.config, { log }).relever(lire)).toBe(1);
    expect(await sujet.attente()).toBe(1);
    expect(log.lignes.some((l) => l.includes('VGM-ACC-015'))).toBe(true);
  });

  it('verifies the certificate: unknown authority refused, known one accepted (TLS and STARTTLS)', async () => {
    const inconnu = sujetImap({ tls: 'tls', port: dovecot.portTls, hote: 'localhost' });
    expect(await codeDe(inconnu.ouvrir().relever(lire))).toBe('VGM-ACC-012');
    for (const [tls, port] of [
      ['tls', dovecot.portTls],
      ['starttls', dovecot.port],
    ] as const) {
      const connu = sujetImap({ tls, port, hote: 'localhost', autorites: dovecot.autorites });
      await connu.deposer(courriel(1));
      expect(await connu.ouvrir().relever(lire)).toBe(1);
    }
  });

  it('tells a wrong password, a missing folder, a missing file and a dead server apart, all transient', async () => {
    const faux = `${dovecot.secretFichier}.faux`;
    writeFileSync(faux, 'faux\n');
    const cas = [
      [sujetImap({ secret_fichier: faux }), 'VGM-ACC-011'],
      [sujetImap({ dossier: 'Absent' }), 'VGM-ACC-013'],
      [sujetImap({ secret_fichier: '/nulle/part' }), 'VGM-ACC-021'],
      [sujetImap({ port: await portLibre() }), 'VGM-ACC-010'],
    ] as const;
    for (const [sujet, code] of cas) {
      expect(await codeDe(sujet.ouvrir().relever(lire))).toBe(code);
      expect(await codeDe(sujet.ouvrir().sonder())).toBe(code);
    }
  });

  it('line cut between filing and moving: transient failure, and the message is read again', async () => {
    const coupures = new Set<Socket>();
    const relais = createServer((entrant) => {
      const sortant = connect(dovecot.port, '127.0.0.1');
      for (const prise of [entrant, sortant]) coupures.add(prise.on('error', () => undefined));
      entrant.pipe(sortant).pipe(entrant);
    }).listen(0, '127.0.0.1');
    await once(relais, 'listening');
    const sujet = sujetImap({ port: (relais.address() as AddressInfo).port });
    await sujet.deposer(courriel(1));
    const vues: string[] = [];
    const couper = async (brut: Parameters<typeof lireSource>[0]): Promise<void> => {
      vues.push(empreinte(await lireSource(brut)));
      for (const prise of coupures) prise.destroy();
    };
    expect(await codeDe(sujet.ouvrir().relever(couper))).toBe('VGM-ACC-010');
    expect(await sujet.attente()).toBe(1);
    await sujet.ouvrir().relever(async (brut) => void vues.push(empreinte(await lireSource(brut))));
    expect(vues).toEqual([empreinte(courriel(1)), empreinte(courriel(1))]);
    relais.close();
  });

  it('refuses to file into the folder it reads', () => {
    expect(() => ouvrirImap(configImap({ dossier_traite: 'INBOX' }), { log: logEssai() })).toThrow(
      'VGM-ACC-020',
    );
  });
});

async function codeDe(promesse: Promise<unknown>): Promise<string> {
  const refus: unknown = await promesse.catch((e: unknown) => e);
  const fiche = (refus as { fiche?: { code: string; nature: string } }).fiche;
  expect(fiche?.nature).toBe('passagere');
  return fiche?.code ?? 'aucune erreur';
}
