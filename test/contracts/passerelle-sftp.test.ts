import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OptionsSftp } from '../../src/adapters/passerelle/sftp.ts';
import { tirerCleSsh } from '../../src/banc/dgfip/cle-ssh.ts';
import type { EnvoiPes, Passerelle } from '../../src/ports/passerelle.ts';
import { ouvrirRelais, type Relais } from '../serveurs/relais.ts';
import { demarrerSshd, type Sshd } from '../serveurs/sshd.ts';
import { petitDisque } from './montage.ts';
import { code, dire, envoiDe, recevoir } from './passerelle.contract.ts';
import {
  contenuDe,
  DELAIS,
  dossiersDe,
  nomPasstrans,
  optionsSftp,
  passerelleSftp,
} from './passerelle.sujets.ts';

const JAMAIS = new AbortController().signal;
const COURTS = { ...DELAIS, connexionMs: 1_500, reponseMs: 600, silenceMs: 600 };

let sshd: Sshd;
let relais: Relais;
let ouvertes: Passerelle[] = [];
beforeAll(async () => {
  sshd = await demarrerSshd();
  relais = await ouvrirRelais({ cible: { hote: '127.0.0.1', port: sshd.port } });
});
afterAll(async () => {
  await relais.fermer();
  await sshd.arreter();
});
beforeEach(async () => {
  relais.regler(null);
  await dossiersDe(sshd.racine).vider();
});
afterEach(async () => {
  await Promise.all(ouvertes.map((p) => p.fermer()));
  ouvertes = [];
});

function ouvrir(suite: Partial<OptionsSftp> = {}): Passerelle {
  const passerelle = passerelleSftp(sshd, suite);
  ouvertes.push(passerelle);
  return passerelle;
}

const parRelais = (suite: Partial<OptionsSftp> = {}) =>
  ouvrir({ port: relais.port, delais: COURTS, ...suite });
const deposer = (passerelle: Passerelle, envoi: EnvoiPes) => passerelle.deposer(envoi, JAMAIS);
const entree = () => contenuDe(join(sshd.racine, 'entree'));

/** Bytes that a whole deposit sends, the handshake included. */
async function mesurer(octets: Buffer): Promise<number> {
  relais.regler(null);
  expect(dire(await deposer(parRelais(), envoiDe(octets, 999)))).toBe('prise');
  return relais.passes().aller;
}

/** Bytes that the server sends until it is ready for requests. */
async function mesurerRetour(): Promise<number> {
  relais.regler(null);
  await parRelais().existe(envoiDe(randomBytes(10), 998));
  return relais.passes().retour - 100;
}

describe('a line cut anywhere', () => {
  it('nothing lost, nothing twice, and the outcome tells the truth', async () => {
    const octets = randomBytes(400_000);
    const total = await mesurer(octets);
    const points = [
      0,
      20,
      1_500,
      3_000,
      5_000,
      50_000,
      200_000,
      total - 60_000,
      total - 400,
      total - 100,
      total,
    ];
    const vus = new Set<string>();
    for (const [rang, apres] of points.entries()) {
      const envoi = envoiDe(octets, rang);
      relais.regler({ sens: 'aller', apres, geste: 'couper' });
      const issue = dire(await deposer(parRelais(), envoi));
      vus.add(issue);
      await relais.calme();
      if (issue.endsWith('passagere')) expect(entree().has(nomPasstrans(envoi))).toBe(false);
      const presence = await ouvrir().existe(envoi);
      const suite = dire(await deposer(ouvrir(), envoi));
      expect(suite).toBe(presence.type === 'presente' ? 'prise deja' : 'prise');
      expect(entree().get(nomPasstrans(envoi))?.equals(octets)).toBe(true);
    }
    expect([...vus].toSorted()).toEqual([
      'VGM-PAS-001 passagere',
      'VGM-PAS-007 passagere',
      'VGM-PAS-008 incertaine',
    ]);
    // One file per identity, and nothing aside.
    expect(entree().size).toBe(points.length + 1);
  });

  it('after the last byte, before the answer: uncertain, and the listing settles it', async () => {
    const octets = randomBytes(50_000);
    const apres = await mesurer(octets);
    relais.regler({ sens: 'aller', apres, geste: 'couper' });
    const envoi = envoiDe(octets, 1);
    const issue = await deposer(parRelais(), envoi);
    expect(dire(issue)).toBe('VGM-PAS-008 incertaine');
    expect(issue).toMatchObject({ enCause: 'passerelle' });
    await relais.calme();
    expect(await ouvrir().existe(envoi)).toEqual({ type: 'presente' });
    expect(dire(await deposer(ouvrir(), envoi))).toBe('prise deja');
  });

  it('between the last byte and the closing of the file: the deposit fails, and nothing else does', async () => {
    const octets = randomBytes(1_000);
    const couperApres = async function* () {
      yield octets;
      relais.trancher();
      await relais.calme();
      for (let tour = 0; tour < 100; tour += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    const envoi = envoiDe(octets, 1, { ouvrir: async () => Readable.from(couperApres()) });
    // a rejection that nobody waits for would end the daemon, and fails this run
    expect(dire(await deposer(parRelais(), envoi))).toBe('VGM-PAS-007 passagere');
    expect(entree().has(nomPasstrans(envoi))).toBe(false);
  });

  it('an idle connection that the server closed is not used', async () => {
    const passerelle = parRelais();
    expect(dire(await deposer(passerelle, envoiDe(randomBytes(100), 1)))).toBe('prise');
    await relais.fermer();
    relais = await ouvrirRelais({ cible: { hote: '127.0.0.1', port: sshd.port }, port: relais.port });
    expect(dire(await deposer(passerelle, envoiDe(randomBytes(100), 2)))).toBe('prise');
  });

  it.each([0, 2_000, 100_000, 300_000])('a fetch cut after %i bytes is begun again', async (apres) => {
    const octets = randomBytes(400_000);
    writeFileSync(join(sshd.racine, 'sortie', 'ack.xml'), octets);
    const [fichier] = await ouvrir().lister();
    if (fichier === undefined) return expect.fail('nothing listed');
    relais.regler({ sens: 'retour', apres, geste: 'couper' });
    const attendu = apres < 100_000 ? 'VGM-PAS-001' : 'VGM-PAS-017';
    expect(await code(recevoir(parRelais(), fichier))).toBe(attendu);
    expect((await recevoir(ouvrir(), fichier)).octets.equals(octets)).toBe(true);
  });
});

describe('a peer that says nothing', () => {
  const TROP = randomBytes(2_000_000);

  it.each([
    ['before the handshake', 0, 'VGM-PAS-001 passagere'],
    ['in the middle of the bytes', 500_000, 'VGM-PAS-007 passagere'],
  ])('half-open %s: given up, nothing taken', async (_quand, apres, attendu) => {
    relais.regler({ sens: 'aller', apres, geste: 'figer' });
    const envoi = envoiDe(TROP, 1);
    expect(dire(await deposer(parRelais(), envoi))).toBe(attendu);
    expect(entree().has(nomPasstrans(envoi))).toBe(false);
  });

  it('half-open while we look for evidence: told as out of reach', async () => {
    const passerelle = parRelais();
    const envoi = envoiDe(randomBytes(10), 1);
    relais.regler({ sens: 'retour', apres: (await mesurerRetour()) + 10, geste: 'figer' });
    expect(await code(passerelle.existe(envoi))).toBe('VGM-PAS-001');
  });

  it('half-open when only the last answer is awaited: uncertain', async () => {
    const octets = randomBytes(50_000);
    const apres = await mesurer(octets);
    relais.regler({ sens: 'aller', apres, geste: 'figer' });
    expect(dire(await deposer(parRelais(), envoiDe(octets, 1)))).toBe('VGM-PAS-008 incertaine');
  });

  it('one byte a second is no service', async () => {
    relais.regler({ sens: 'aller', apres: 300_000, geste: 'goutte' });
    expect(dire(await deposer(parRelais(), envoiDe(TROP, 1)))).toBe('VGM-PAS-007 passagere');
  });

  it('a fetch that stops on the way is given up', async () => {
    writeFileSync(join(sshd.racine, 'sortie', 'retour.xml'), TROP);
    const [fichier] = await ouvrir().lister();
    if (fichier === undefined) return expect.fail('nothing listed');
    relais.regler({ sens: 'retour', apres: 800_000, geste: 'figer' });
    expect(await code(recevoir(parRelais(), fichier))).toBe('VGM-PAS-017');
  });

  it('keep-alives find out a dead line long before the limits', async () => {
    relais.regler({ sens: 'aller', apres: 500_000, geste: 'figer' });
    const debut = performance.now();
    const delais = { ...DELAIS, silenceMs: 50_000, reponseMs: 50_000 };
    expect(dire(await deposer(parRelais({ delais, battementMs: 100 }), envoiDe(TROP, 1)))).toBe(
      'VGM-PAS-007 passagere',
    );
    // Well under the silence; this machine may itself pause for seconds.
    expect(performance.now() - debut).toBeLessThan(40_000);
  });
});

describe('a peer that says no', () => {
  it('rename refused: definitive, nothing is left aside', async () => {
    const autre = await demarrerSshd({ refus: ['rename', 'posix-rename'] });
    const passerelle = passerelleSftp(autre);
    try {
      const issue = await deposer(passerelle, envoiDe(randomBytes(1_000), 1));
      expect(dire(issue)).toBe('VGM-PAS-012 definitive');
      expect(issue).toMatchObject({ enCause: 'passerelle' });
      expect(readdirSync(join(autre.racine, 'entree'))).toEqual([]);
    } finally {
      await passerelle.fermer();
      await autre.arreter();
    }
  });

  it('without a temporary name it is taken, and a cut is then uncertain from the first byte', async () => {
    const octets = randomBytes(400_000);
    const direct = { provisoire: '' };
    expect(dire(await deposer(ouvrir(direct), envoiDe(octets, 1)))).toBe('prise');
    relais.regler({ sens: 'aller', apres: 200_000, geste: 'couper' });
    const envoi = envoiDe(octets, 2);
    expect(dire(await deposer(parRelais(direct), envoi))).toBe('VGM-PAS-008 incertaine');
    await relais.calme();
    expect(await ouvrir(direct).existe(envoi)).toMatchObject({ type: 'differente' });
    expect(dire(await deposer(ouvrir(direct), envoi))).toBe('VGM-PAS-008 incertaine');
    relais.regler({ sens: 'aller', apres: 1_000, geste: 'couper' });
    expect(dire(await deposer(parRelais(direct), envoiDe(octets, 3)))).toBe('VGM-PAS-001 passagere');
  });

  it('disk full: transient, and the room is given back', async () => {
    using disque = petitDisque('1m');
    const plein = await demarrerSshd({ racine: disque.chemin });
    const passerelle = passerelleSftp(plein);
    try {
      const envoi = envoiDe(randomBytes(3_000_000), 1);
      expect(dire(await deposer(passerelle, envoi))).toBe('VGM-PAS-010 passagere');
      expect(readdirSync(join(disque.chemin, 'entree'))).toEqual([]);
      expect(dire(await deposer(passerelle, envoiDe(randomBytes(300_000), 2)))).toBe('prise');
    } finally {
      await passerelle.fermer();
      await plein.arreter();
    }
  });

  it('a server that shows nothing of its folder takes the PES all the same, and gives no evidence', async () => {
    const secret = await demarrerSshd({ refus: ['stat', 'lstat', 'opendir'] });
    const passerelle = passerelleSftp(secret);
    try {
      const envoi = envoiDe(randomBytes(1_000), 1);
      expect(dire(await deposer(passerelle, envoi))).toBe('prise');
      expect(await passerelle.existe(envoi)).toEqual({ type: 'inconnue' });
      expect(await code(passerelle.lister())).toBe('VGM-PAS-021');
    } finally {
      await passerelle.fermer();
      await secret.arreter();
    }
  });

  it.each([
    ['another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['an SSH server that means nothing', 'SSH-2.0-rien\r\n\0\0\0\x08\x04\xff\xff\xff\xff\xff\xff\xff'],
  ])('%s at the door: transient, and nothing breaks here', async (_quoi, salut) => {
    const intrus = createServer((prise) => {
      prise.on('error', () => undefined);
      prise.end(salut, 'latin1');
    }).listen(0, '127.0.0.1');
    await once(intrus, 'listening');
    const { port } = intrus.address() as AddressInfo;
    expect(dire(await deposer(ouvrir({ port }), envoiDe(randomBytes(10), 1)))).toBe('VGM-PAS-001 passagere');
    intrus.close();
  });

  it('a server that loses the thread of SFTP: transient, and nothing breaks here', async () => {
    const { privee, empreinte } = tirerCleSsh();
    const serveur = new ssh2.Server({ hostKeys: [privee] }, (client) => {
      client.on('error', () => undefined).on('authentication', (demande) => demande.accept());
      client.on('session', (accepter) => {
        accepter().on('subsystem', (entrer: () => ssh2.ServerChannel) => {
          const canal = entrer();
          // VERSION 3, then a packet of four gigabytes in answer to the first request.
          canal.once('data', () => {
            canal.write(Buffer.from([0, 0, 0, 5, 2, 0, 0, 0, 3]));
            canal.on('data', () => canal.write(Buffer.alloc(8, 0xff)));
          });
        });
      });
    }).listen(0, '127.0.0.1');
    await once(serveur, 'listening');
    const { port } = serveur.address() as AddressInfo;
    const passerelle = ouvrir({ port, empreintes: [empreinte] });
    expect(dire(await deposer(passerelle, envoiDe(randomBytes(10), 1)))).toBe('VGM-PAS-007 passagere');
    await passerelle.fermer();
    serveur.close();
  });

  it('a folder that is not there: definitive, the gateway is at fault', async () => {
    const issue = await deposer(ouvrir({ dossierDepot: 'nulle-part' }), envoiDe(randomBytes(10), 1));
    expect(dire(issue)).toBe('VGM-PAS-009 definitive');
    expect(issue).toMatchObject({ enCause: 'passerelle' });
    expect(await code(ouvrir({ dossierRetrait: 'nulle-part' }).lister())).toBe('VGM-PAS-021');
  });

  it('another key is refused: definitive, so that nobody insists', async () => {
    const passerelle = ouvrir({ secret: { type: 'cle', fichier: sshd.autreCle } });
    expect(dire(await deposer(passerelle, envoiDe(randomBytes(10), 1)))).toBe('VGM-PAS-004 definitive');
    expect(await passerelle.sonder()).toMatchObject({
      joignable: false,
      detail: expect.stringContaining('refuse le compte') as unknown,
    });
  });

  it('the host key changed: definitive, both fingerprints are named, no secret leaves', async () => {
    const attendue = `SHA256:${'A'.repeat(43)}`;
    const issue = await deposer(ouvrir({ empreintes: [attendue] }), envoiDe(randomBytes(10), 1));
    expect(dire(issue)).toBe('VGM-PAS-002 definitive');
    const message = issue.type === 'echec' ? issue.erreur.message : '';
    expect(message).toContain(attendue);
    expect(message).toContain(sshd.empreinte);
  });

  it('during a change of key, both are accepted', async () => {
    const empreintes = [`SHA256:${'A'.repeat(43)}`, sshd.empreinte];
    expect(dire(await deposer(ouvrir({ empreintes }), envoiDe(randomBytes(10), 1)))).toBe('prise');
  });

  it('nobody at the door: transient, the cause in French', async () => {
    const libre = await ouvrirRelais({ cible: { hote: '127.0.0.1', port: 1 } });
    await libre.fermer();
    const issue = await deposer(ouvrir({ port: libre.port }), envoiDe(randomBytes(10), 1));
    expect(dire(issue)).toBe('VGM-PAS-001 passagere');
    expect(issue.type === 'echec' && issue.erreur.message).toContain('connexion refusée par le serveur');
    expect(await code(ouvrir({ port: libre.port }).existe(envoiDe(randomBytes(10), 1)))).toBe('VGM-PAS-001');
  });
});

describe('settings and secrets', () => {
  it.each([
    ['no fingerprint', { empreintes: [] }],
    ['a fingerprint of another form', { empreintes: ['ab:cd:ef'] }],
    ['a temporary name that names nothing', { provisoire: 'attente' }],
    ['a temporary name that is the final one', { provisoire: '{nom}' }],
  ])('%s is refused at once', async (_quoi, suite) => {
    expect(await code(Promise.resolve().then(() => ouvrir(suite)))).toBe('VGM-PAS-005');
  });

  it('a secret is read again at each connection', async () => {
    const fichier = join(sshd.racine, '..', 'cle-a-venir');
    const passerelle = ouvrir({ secret: { type: 'cle', fichier } });
    const envoi = envoiDe(randomBytes(10), 1);
    expect(dire(await deposer(passerelle, envoi))).toBe('VGM-PAS-006 passagere');
    writeFileSync(fichier, 'pas une clé');
    expect(dire(await deposer(passerelle, envoi))).toBe('VGM-PAS-005 definitive');
    copyFileSync(sshd.cle, fichier);
    expect(dire(await deposer(passerelle, envoi))).toBe('prise');
  });
});

describe('odd things to fetch', () => {
  it('spaces, accents, line feeds and dots come through; a name in Latin-1 is shown and left', async () => {
    const sortie = join(sshd.racine, 'sortie');
    const noms = [' début et fin ', 'été.xml', 'deux\nlignes.xml', '.cache', '-option', "l'apostrophe %%#?*"];
    for (const nom of noms) writeFileSync(join(sortie, nom), nom);
    const latin1 = Buffer.concat([Buffer.from(`${sortie}/`), Buffer.from('\xe9t\xe9-latin1.xml', 'latin1')]);
    writeFileSync(latin1, 'latin1');
    const passerelle = ouvrir();
    const fichiers = await passerelle.lister();
    expect(fichiers.map((f) => f.cle).toSorted()).toEqual([...noms, '\ufffdt\ufffd-latin1.xml'].toSorted());
    for (const fichier of fichiers.filter((f) => noms.includes(f.cle))) {
      expect((await recevoir(passerelle, fichier)).octets.toString()).toBe(fichier.cle);
      expect(fichier.nom).not.toMatch(/\p{Cc}/u);
    }
    const etrange = fichiers.find((f) => f.cle.includes('latin1'));
    if (etrange === undefined) return expect.fail('not listed');
    expect(await code(recevoir(passerelle, etrange))).toBe('VGM-PAS-020');
  });

  it('a file that grows while it is read is not taken for whole', async () => {
    const chemin = join(sshd.racine, 'sortie', 'pousse.xml');
    writeFileSync(chemin, randomBytes(900_000));
    const passerelle = ouvrir();
    const [fichier] = await passerelle.lister();
    if (fichier === undefined) return expect.fail('nothing listed');
    const lu = passerelle.telecharger(fichier, async (contenu) => {
      let premier = true;
      for await (const _bloc of contenu) {
        if (premier) appendFileSync(chemin, 'suite');
        premier = false;
      }
    });
    expect(await code(lu)).toBe('VGM-PAS-019');
  });
});

describe('our own death (kill -9)', () => {
  const TAILLE = 400_000;

  async function tuer(envoi: EnvoiPes, mortApres: number): Promise<void> {
    const script = join(import.meta.dirname, 'passerelle-tuee.ts');
    const { nomDistant, metadonnees, taille } = envoi;
    const demande = { options: optionsSftp(sshd), envoi: { nomDistant, metadonnees, taille }, mortApres };
    const mort: unknown = await promisify(execFile)(process.execPath, [
      script,
      JSON.stringify(demande),
    ]).catch((erreur: unknown) => erreur);
    expect(mort).toMatchObject({ signal: 'SIGKILL' });
  }

  it.each([
    ['before the first byte', 0, 'prise'],
    ['in the middle', 200_000, 'prise'],
    ['once taken, before it was written down', TAILLE + 1, 'prise deja'],
  ])('%s: the next try leaves exactly one file', async (_quand, mortApres, attendu) => {
    const octets = Buffer.alloc(TAILLE, 'p');
    const envoi = envoiDe(octets, 1);
    await tuer(envoi, mortApres);
    expect(dire(await deposer(ouvrir(), envoi))).toBe(attendu);
    expect(entree()).toEqual(new Map([[nomPasstrans(envoi), octets]]));
  });
});
