import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OptionsFtp } from '../../src/adapters/passerelle/ftp.ts';
import type { NomPaire, PkiEssai } from '../../src/banc/pki.ts';
import type { EnvoiPes, Passerelle } from '../../src/ports/passerelle.ts';
import { demarrerPyftpd, demarrerVsftpd, type Ftpd, type OptionsFtpd } from '../serveurs/ftpd.ts';
import { petitDisque } from './montage.ts';
import { code, dire, envoiDe, recevoir } from './passerelle.contract.ts';
import { contenuDe, DELAIS, dossiersDe, passerelleFtp } from './passerelle.sujets.ts';
import { nouvellePki } from './transport-portes.ts';

const JAMAIS = new AbortController().signal;
const COURTS = { ...DELAIS, connexionMs: 1_500, reponseMs: 600, silenceMs: 600 };

let pki: PkiEssai;
let ca: string;
let ouvertes: Passerelle[] = [];
beforeAll(async () => {
  pki = await nouvellePki();
  ca = readFileSync(pki.ca, 'utf8');
});
afterEach(async () => {
  await Promise.all(ouvertes.map((p) => p.fermer()));
  ouvertes = [];
});

function ouvrir(ftpd: Ftpd, suite: Partial<OptionsFtp> = {}): Passerelle {
  const passerelle = passerelleFtp(ftpd, suite);
  ouvertes.push(passerelle);
  return passerelle;
}

const deposer = (passerelle: Passerelle, envoi: EnvoiPes) => passerelle.deposer(envoi, JAMAIS);
const entree = (ftpd: Ftpd) => contenuDe(join(ftpd.racine, 'entree'));

describe('a peer that says no', () => {
  async function avec(
    options: OptionsFtpd,
    suite: Partial<OptionsFtp>,
    faire: (passerelle: Passerelle, ftpd: Ftpd) => Promise<void>,
  ): Promise<void> {
    const ftpd = await demarrerVsftpd(options);
    try {
      await faire(ouvrir(ftpd, suite), ftpd);
    } finally {
      await ftpd.arreter();
    }
  }

  it('rename refused: definitive, nothing is left aside', () =>
    avec({ refus: ['RNTO'] }, {}, async (passerelle, ftpd) => {
      expect(dire(await deposer(passerelle, envoiDe(randomBytes(100), 1)))).toBe('VGM-PAS-012 definitive');
      expect(entree(ftpd).size).toBe(0);
    }));

  it('a server that tells no size is read by its listing', () =>
    avec({ refus: ['SIZE'] }, {}, async (passerelle) => {
      const envoi = envoiDe(randomBytes(100), 1);
      expect(dire(await deposer(passerelle, envoi))).toBe('prise');
      expect(await passerelle.existe(envoi)).toEqual({ type: 'presente' });
      expect(dire(await deposer(passerelle, envoi))).toBe('prise deja');
    }));

  it('a server that shows nothing of its folder takes the PES all the same, and gives no evidence', () =>
    avec({ refus: ['SIZE', 'LIST'] }, {}, async (passerelle) => {
      const envoi = envoiDe(randomBytes(100), 1);
      expect(dire(await deposer(passerelle, envoi))).toBe('prise');
      expect(await passerelle.existe(envoi)).toEqual({ type: 'inconnue' });
    }));

  it('metadata that the server does not know: definitive, the envoi is at fault', () =>
    avec({}, { metadonnees: 'site' }, async (passerelle, ftpd) => {
      const issue = await deposer(passerelle, envoiDe(randomBytes(100), 1));
      expect(dire(issue)).toBe('VGM-PAS-013 passagere');
      expect(issue).toMatchObject({ enCause: 'envoi' });
      expect(entree(ftpd).size).toBe(0);
    }));

  it('disk full: transient', async () => {
    using disque = petitDisque('1m');
    // vsftpd refuses a root that its account may write to.
    chmodSync(disque.chemin, 0o755);
    await avec({ racine: disque.chemin }, {}, async (passerelle, ftpd) => {
      const envoi = envoiDe(randomBytes(3_000_000), 1);
      expect(dire(await deposer(passerelle, envoi))).toBe('VGM-PAS-010 passagere');
      expect(entree(ftpd).has(envoi.nomDistant)).toBe(false);
      // Its partial file is taken away by the next try of the same identity; the peer may hold the room a moment longer.
      const issues: string[] = [];
      while (issues.length < 20 && issues.at(-1) !== 'prise') {
        issues.push(dire(await deposer(passerelle, envoiDe(randomBytes(300_000), 1))));
      }
      expect(new Set(issues.slice(0, -1)).difference(new Set(['VGM-PAS-010 passagere'])).size).toBe(0);
      expect(issues.at(-1)).toBe('prise');
    });
  });

  it('a folder that is not there: definitive, the gateway is at fault', () =>
    avec({}, { dossierDepot: 'nulle-part', dossierRetrait: 'ailleurs' }, async (passerelle) => {
      const issue = await deposer(passerelle, envoiDe(randomBytes(10), 1));
      expect(dire(issue)).toBe('VGM-PAS-009 definitive');
      expect(issue).toMatchObject({ enCause: 'passerelle' });
    }));

  it('a wrong password: definitive, so that nobody insists', () =>
    avec({}, {}, async (_passerelle, ftpd) => {
      const passerelle = ouvrir(ftpd, { secretFichier: ftpd.mauvaisSecret });
      expect(dire(await deposer(passerelle, envoiDe(randomBytes(10), 1)))).toBe('VGM-PAS-004 definitive');
      expect(await passerelle.sonder()).toMatchObject({ joignable: false });
    }));

  it('a wrong address behind a translation is not believed', () =>
    avec({ adresseFausse: '10.11.12.13' }, {}, async (passerelle) => {
      expect(dire(await deposer(passerelle, envoiDe(randomBytes(1_000), 1)))).toBe('prise');
    }));

  it.each([
    ['ministere-expire', 'certificat expiré'],
    ['ministere-autre-nom', 'il ne porte pas le nom de l’hôte'],
    ['ministere-autre-ca', 'autorité inconnue'],
  ] as const satisfies readonly (readonly [NomPaire, string])[])(
    'certificate %s: transient, nothing is sent, no password either',
    (paire, cause) =>
      avec({ tls: pki.paires[paire] }, { tls: 'explicite', autorites: ca }, async (passerelle) => {
        const issue = await deposer(passerelle, envoiDe(randomBytes(10), 1));
        expect(dire(issue)).toBe('VGM-PAS-003 passagere');
        expect(issue.type === 'echec' && issue.erreur.message).toContain(cause);
      }),
  );

  it('a server that will not protect the data is refused', () =>
    avec(
      { tls: pki.paires.ministere, refus: ['PROT'] },
      { tls: 'explicite', autorites: ca },
      async (passerelle) => {
        expect(dire(await deposer(passerelle, envoiDe(randomBytes(10), 1)))).toBe('VGM-PAS-022 definitive');
      },
    ));

  it('a server without TLS is refused before the login', () =>
    avec({}, { tls: 'explicite' }, async (passerelle) => {
      expect(dire(await deposer(passerelle, envoiDe(randomBytes(10), 1)))).toBe('VGM-PAS-022 definitive');
    }));
});

describe('servers of few words', () => {
  /** Answers each line by a table; what it was told is kept. */
  async function guichet(
    reponses: Readonly<Record<string, string>>,
    faire: (passerelle: Passerelle, dits: readonly string[]) => Promise<void>,
    suite: Partial<OptionsFtp> = {},
  ): Promise<void> {
    const dits: string[] = [];
    const serveur = createServer((prise) => {
      prise.on('error', () => undefined);
      if (reponses['accueil'] !== '') prise.write(`${reponses['accueil'] ?? '220 pret'}\r\n`);
      prise.on('data', (octets) => {
        for (const ligne of octets.toString().split('\r\n').filter(Boolean)) {
          dits.push(ligne);
          const [verbe = ''] = ligne.split(' ');
          prise.write(`${reponses[verbe] ?? '200 bien'}\r\n`);
        }
      });
    }).listen(0, '127.0.0.1');
    await once(serveur, 'listening');
    const { port } = serveur.address() as AddressInfo;
    const secretFichier = join(pki.dossier, 'secret');
    writeFileSync(secretFichier, 'm\u00eal\u00e9');
    const ftpd = {
      port,
      utilisateur: 'essai',
      secretFichier,
      mauvaisSecret: '',
      racine: '',
      arreter: async () => undefined,
    };
    try {
      await faire(ouvrir(ftpd, { delais: COURTS, ...suite }), dits);
    } finally {
      serveur.close();
    }
  }
  const ENVOI = envoiDe(randomBytes(10), 1);

  it('too many connections (421): transient', () =>
    guichet({ accueil: '421 Too many connections' }, async (passerelle) => {
      expect(dire(await deposer(passerelle, ENVOI))).toBe('VGM-PAS-001 passagere');
    }));

  it('a login that the server cannot judge now (4xx): transient', () =>
    guichet({ USER: '331 mot', PASS: '421 plus tard' }, async (passerelle) => {
      expect(dire(await deposer(passerelle, ENVOI))).toBe('VGM-PAS-001 passagere');
    }));

  it('a password goes as UTF-8', () =>
    guichet({ USER: '331 mot', PASS: '530 non' }, async (passerelle, dits) => {
      expect(dire(await deposer(passerelle, ENVOI))).toBe('VGM-PAS-004 definitive');
      expect(dits).toContain('PASS m\u00eal\u00e9');
    }));

  it('TLS refused: definitive, and nothing of ours was said in clear', () =>
    guichet(
      { AUTH: '534 jamais' },
      async (passerelle, dits) => {
        expect(dire(await deposer(passerelle, ENVOI))).toBe('VGM-PAS-022 definitive');
        expect(dits.filter((d) => d !== 'QUIT')).toEqual(['AUTH TLS']);
      },
      { tls: 'explicite' },
    ));

  it('metadata in one command or in three, before any byte (GATEWAY, PASSTRANS_FTPS)', async () => {
    const { dest, appli, msg } = ENVOI.metadonnees;
    const muet = { SIZE: '550 No such file', EPSV: '500 inconnu', PASV: '425 non' };
    await guichet(
      muet,
      async (passerelle, dits) => {
        expect(dire(await deposer(passerelle, ENVOI))).toBe('VGM-PAS-010 passagere');
        const site = [`SITE P_DEST ${dest}`, `SITE P_APPLI ${appli}`, `SITE P_MSG ${msg}`];
        expect(dits.filter((d) => d.startsWith('SITE'))).toEqual(site);
        expect(dits.filter((d) => d.startsWith('STOR'))).toEqual([]);
      },
      { metadonnees: 'site' },
    );
    await guichet(
      muet,
      async (passerelle, dits) => {
        await deposer(passerelle, ENVOI);
        const meta = `SITE META P_DEST=${dest};P_APPLI=${appli};P_MSG=${msg}`;
        expect(dits.filter((d) => d.startsWith('SITE'))).toEqual([meta]);
      },
      { metadonnees: 'site_meta' },
    );
  });

  it('a passive answer that makes no sense: transient', () =>
    guichet({ SIZE: '550 No such file', EPSV: '229 ouvert' }, async (passerelle) => {
      expect(dire(await deposer(passerelle, ENVOI))).toBe('VGM-PAS-007 passagere');
    }));

  it('a data connection that nobody takes: transient', async () => {
    const ferme = createServer().listen(0, '127.0.0.1');
    await once(ferme, 'listening');
    const epsv = `229 (|||${(ferme.address() as AddressInfo).port}|)`;
    ferme.close();
    await guichet({ SIZE: '550 No such file', EPSV: epsv }, async (passerelle) => {
      expect(dire(await deposer(passerelle, ENVOI))).toBe('VGM-PAS-007 passagere');
    });
  });

  it('an empty folder told as an error is an empty folder; a folder that is not there is not', async () => {
    const donnees = createServer((prise) => prise.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(donnees, 'listening');
    const epsv = `229 (|||${(donnees.address() as AddressInfo).port}|)`;
    await guichet({ EPSV: epsv, LIST: '550 No files found' }, async (passerelle) => {
      expect(await passerelle.lister()).toEqual([]);
    });
    await guichet({ EPSV: epsv, LIST: '550 No such directory' }, async (passerelle) => {
      expect(await code(passerelle.lister())).toBe('VGM-PAS-021');
    });
    donnees.close();
  });
});

describe('odd things to fetch', () => {
  let ftpd: Ftpd;
  beforeAll(async () => {
    ftpd = await demarrerVsftpd();
  });
  afterAll(() => ftpd.arreter());
  beforeEach(() => dossiersDe(ftpd.racine).vider());

  it('spaces, accents in UTF-8 or Latin-1 come through, byte for byte; a line feed hides nothing else', async () => {
    const sortie = join(ftpd.racine, 'sortie');
    const noms = ['a b  c.xml', 'été.xml', "l'apostrophe %%#?*"].map((n) => Buffer.from(n));
    noms.push(Buffer.from('\xe9t\xe9-latin1.xml', 'latin1'));
    const tous = [...noms, Buffer.from('deux\nlignes.xml')];
    for (const nom of tous) writeFileSync(Buffer.concat([Buffer.from(`${sortie}/`), nom]), nom);
    const passerelle = ouvrir(ftpd);
    const fichiers = await passerelle.lister();
    for (const nom of noms) {
      const fichier = fichiers.find((f) => f.cle === nom.toString('latin1'));
      if (fichier === undefined) return expect.fail(`${nom.toString('latin1')} is not listed`);
      expect((await recevoir(passerelle, fichier)).octets).toEqual(nom);
    }
    expect(fichiers.map((f) => f.nom)).toContain('été-latin1.xml');
    expect(fichiers.map((f) => f.nom)).toContain('été.xml');
    // The two halves of a name are no file: at worst one that is not there.
    for (const reste of fichiers.filter((f) => !noms.some((n) => n.toString('latin1') === f.cle))) {
      expect((await recevoir(passerelle, reste)).issue).toBe('disparu');
    }
  });

  it('a file that may not be read is told as such, never as gone', async () => {
    const chemin = join(ftpd.racine, 'sortie', 'ferme.xml');
    writeFileSync(chemin, 'secret', { mode: 0o600 });
    const [fichier] = await ouvrir(ftpd).lister();
    if (fichier === undefined) return expect.fail('nothing listed');
    if (process.getuid?.() === 0) chownSync(chemin, 0, 0);
    expect(statSync(chemin).mode & 0o777).toBe(0o600);
    expect(await code(recevoir(ouvrir(ftpd), fichier))).toBe('VGM-PAS-021');
  });

  it('MLSD: the same names, on another server', async () => {
    const autre = await demarrerPyftpd();
    try {
      const sortie = join(autre.racine, 'sortie');
      for (const nom of ['a b  c.xml', 'été.xml']) writeFileSync(join(sortie, nom), nom);
      const passerelle = ouvrir(autre);
      for (const fichier of await passerelle.lister()) {
        expect((await recevoir(passerelle, fichier)).octets.toString()).toBe(fichier.nom);
      }
    } finally {
      await autre.arreter();
    }
  });
});
