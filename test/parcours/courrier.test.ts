import { chown, mkdir, mkdtemp, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer as creerHttps, type Server } from 'node:https';
import { type AddressInfo, connect, createServer, type Server as NetServer, type Socket } from 'node:net';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { simpleParser } from 'mailparser';
import { parse, stringify } from 'smol-toml';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Laboratoire } from '../../src/banc/laboratoire.ts';
import { type Dovecot, demarrerDovecot } from '../serveurs/dovecot.ts';
import { clock, demande, document, type Monde, ouvrirMonde, SIREN } from './monde.ts';

/** The whole circuit with real mail: returns fetched by IMAP and from a Maildir, news pushed by webhook and e-mail. */

const AUTRES = ['213400024', '213400032', '213400040', '213400057', '213400065'];

async function ecouter(serveur: NetServer, port = 0): Promise<number> {
  await new Promise<void>((r) => void serveur.listen(port, '127.0.0.1', r));
  return (serveur.address() as AddressInfo).port;
}

async function ecouterSmtp(serveur: SMTPServer, port = 0): Promise<number> {
  await new Promise<void>((r) => void serveur.listen(port, '127.0.0.1', r));
  return (serveur.server.address() as AddressInfo).port;
}

/** A line between the daemon and dovecot that can be cut, and that looks at what passes. */
class Ligne {
  readonly #prises = new Set<Socket>();
  readonly #serveur;
  port = 0;
  coupee = false;
  /** Bytes still let through from the server, then the line is cut for good. */
  budget = Number.POSITIVE_INFINITY;
  coupures = 0;
  avantDepart: (commande: string) => Promise<void> = () => Promise.resolve();

  constructor(vers: number) {
    this.#serveur = createServer((client) => {
      if (this.coupee) return void client.destroy();
      const serveur = connect(vers, '127.0.0.1');
      for (const p of [client, serveur]) {
        this.#prises.add(p);
        p.on('error', () => undefined).on('close', () => {
          this.#prises.delete(p);
          client.destroy();
          serveur.destroy();
        });
      }
      let suite = Promise.resolve();
      client.on('data', (octets: Buffer) => {
        const commande = octets.toString('latin1');
        const depart = /\b(MOVE|COPY|EXPUNGE)\b/.test(commande);
        suite = suite
          .then(() => (depart ? this.avantDepart(commande) : undefined))
          .then(() => void serveur.write(octets));
      });
      serveur.on('data', (octets: Buffer) => {
        this.budget -= octets.length;
        if (this.budget >= 0) return void client.write(octets);
        this.coupures += 1;
        this.couper();
      });
    });
  }

  async ouvrir(): Promise<void> {
    this.port = await ecouter(this.#serveur, this.port);
  }
  couper(): void {
    this.coupee = true;
    for (const p of this.#prises) p.destroy();
  }
  retablir(): void {
    this.budget = Number.POSITIVE_INFINITY;
    this.coupee = false;
  }
  fermer(): void {
    this.couper();
    this.#serveur.close();
  }
}

interface Recu {
  readonly chemin: string;
  readonly corps: string;
  readonly entetes: IncomingHttpHeaders;
  readonly quand: number;
}

/** A real HTTPS receiver; under `/muet` it takes the request and never answers. */
async function ouvrirReceveur(labo: Laboratoire): Promise<{ serveur: Server; url: string; recus: Recu[] }> {
  const { certificat, cle } = labo.pki.paires.ministere;
  const recus: Recu[] = [];
  const serveur = creerHttps(
    { cert: await readFile(certificat), key: await readFile(cle) },
    (requete, reponse) => {
      void text(requete).then((corps) => {
        recus.push({ chemin: requete.url ?? '', corps, entetes: requete.headers, quand: clock.now() });
        if (requete.url?.startsWith('/muet') !== true) reponse.writeHead(204).end();
      });
    },
  );
  return { serveur, url: `https://127.0.0.1:${await ecouter(serveur)}`, recus };
}

let dovecot: Dovecot;
let ligne: Ligne;
let m: Monde;
let maildir: string;
let receveur: Awaited<ReturnType<typeof ouvrirReceveur>>;
let postes: Buffer[];
let poste: SMTPServer;
let relais: SMTPServer;
let versMaildir = (_brut: Buffer): boolean => false;
const deposes: { ou: 'imap' | 'maildir'; sha256: string }[] = [];

async function livrer(racine: string, brut: Buffer, proprietaire?: number): Promise<void> {
  const nom = `${clock.now()}.${deposes.length}.${createHash('sha256').update(brut).digest('hex').slice(0, 8)}`;
  for (const sous of ['', 'tmp', 'new', 'cur']) {
    await mkdir(join(racine, sous), { recursive: true });
    if (proprietaire !== undefined) await chown(join(racine, sous), proprietaire, proprietaire);
  }
  await writeFile(join(racine, 'tmp', nom), brut);
  if (proprietaire !== undefined) await chown(join(racine, 'tmp', nom), proprietaire, proprietaire);
  await rename(join(racine, 'tmp', nom), join(racine, 'new', nom));
}

function serveurSmtp(recevoir: (brut: Buffer) => Promise<void>): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onData: (flot, _session, suite) => {
      void buffer(flot)
        .then(recevoir)
        .then(() => suite(), suite);
    },
  });
}

beforeAll(async () => {
  dovecot = await demarrerDovecot();
  ligne = new Ligne(dovecot.port);
  await ligne.ouvrir();
  const dossier = await mkdtemp(join(tmpdir(), 'vaguemestre-courrier-'));
  maildir = join(dossier, 'Maildir');
  for (const sous of ['tmp', 'new', 'cur']) await mkdir(join(maildir, sous), { recursive: true });
  postes = [];
  poste = serveurSmtp(async (brut) => void postes.push(brut));
  const portPoste = await ecouterSmtp(poste);
  relais = serveurSmtp(async (brut) => {
    const ou = versMaildir(brut) ? 'maildir' : 'imap';
    deposes.push({ ou, sha256: createHash('sha256').update(brut).digest('hex') });
    const nobody = process.getuid?.() === 0 ? 65534 : undefined;
    if (ou === 'maildir') await livrer(maildir, brut);
    else await livrer(dovecot.boite, brut, nobody);
  });
  m = await ouvrirMonde({
    dossier,
    sirens: [SIREN, ...AUTRES],
    reglages: {
      reception: {
        imap: [
          {
            nom: 'etat',
            hote: '127.0.0.1',
            port: ligne.port,
            tls: 'aucun',
            utilisateur: dovecot.utilisateur,
            secret_fichier: dovecot.secretFichier,
            periode_s: 0.2,
          },
        ],
        maildir: [{ nom: 'local', dossier: maildir, periode_s: 0.2 }],
      },
      notification: {
        webhook: { reseaux_permis: ['127.0.0.0/8'], autorites: join(dossier, 'pki', 'ca.pem'), delai_s: 20 },
        courriel: {
          hote: '127.0.0.1',
          port: portPoste,
          tls: 'aucun',
          expediteur: 'ne-pas-repondre@tdt.example.fr',
        },
      },
    },
    // The ministry mails to the port of the laboratory: ours, instead of the daemon's own receiver.
    avantDemarrage: async (labo) => {
      const config = parse(await readFile(labo.configFichier, 'utf8')) as {
        reception: { smtp: { actif: boolean; port: number } };
      };
      await ecouterSmtp(relais, config.reception.smtp.port);
      config.reception.smtp.actif = false;
      await writeFile(labo.configFichier, stringify(config));
    },
  });
  receveur = await ouvrirReceveur(m.labo);
});

afterAll(async () => {
  receveur.serveur.closeAllConnections();
  receveur.serveur.close();
  await m.fermer();
  ligne.fermer();
  await new Promise<void>((r) => relais.close(r));
  await new Promise<void>((r) => poste.close(r));
  await dovecot.arreter();
});

async function deposer(numero: string, siren = SIREN, objet = 'Budget primitif'): Promise<string> {
  const r = await m.deposer([demande({ numero, objet }, siren), document()]);
  expect(r.statut, r.texte.slice(0, 500)).toBe(201);
  return (r.json['flux'] as { id: string }).id;
}

async function fichiersDe(dossier: string): Promise<string[]> {
  const listes = await Promise.all(
    ['new', 'cur'].map((sous) => readdir(join(dossier, sous)).catch(() => [])),
  );
  return listes.flat();
}

/** `UID MOVE 1:3,7 Traites` → 1, 2, 3, 7. */
function uidsDe(commande: string): number[] {
  const plages = /UID (?:MOVE|COPY) ([0-9:,]+)/.exec(commande)?.[1] ?? '';
  return plages.split(',').flatMap((plage) => {
    const [debut = 0, fin = debut] = plage.split(':').map(Number);
    return Array.from({ length: fin - debut + 1 }, (_, i) => debut + i);
  });
}

/** Digest of the file that dovecot knows under this UID. */
async function empreinteUid(uid: number): Promise<string> {
  const liste = await readFile(join(dovecot.boite, 'dovecot-uidlist'), 'utf8');
  const nom = new RegExp(`^${uid} .*:(\\S+)$`, 'm').exec(liste)?.[1]?.split(':')[0] ?? '?';
  for (const sous of ['new', 'cur']) {
    const trouve = (await readdir(join(dovecot.boite, sous))).find((f) => f.split(':')[0] === nom);
    if (trouve !== undefined)
      return createHash('sha256')
        .update(await readFile(join(dovecot.boite, sous, trouve)))
        .digest('hex');
  }
  return `${nom} absent`;
}

async function ajouterPoint(siren: string, canal: 'webhook' | 'courriel', cible: string): Promise<string> {
  const r = await m.labo.client.envoyer('POST', `/collectivites/${siren}/points`, {
    canal,
    cible,
    evenements: [],
  });
  expect(r.statut, JSON.stringify(r.corps)).toBe(201);
  return String(r.corps['secret']);
}

describe('returns fetched from real mailboxes', () => {
  test('forty actes: half the receipts by IMAP, half by Maildir; mail leaves its folder only once filed', async () => {
    let pairs = 0;
    versMaildir = () => (pairs += 1) % 2 === 0;
    const departs = { vus: 0, tropTot: [] as string[] };
    ligne.avantDepart = async (commande) => {
      // The command has not reached the server yet: every message that it names must be ours already.
      for (const uid of uidsDe(commande)) {
        departs.vus += 1;
        const sha256 = await empreinteUid(uid);
        if (!(await m.retours()).some((r) => r.sha256 === sha256)) departs.tropTot.push(`${uid} ${sha256}`);
      }
    };
    const ids = await Promise.all(Array.from({ length: 40 }, (_, i) => deposer(`LOT${i}`)));
    for (const id of ids) await m.jusqua(id, 'acquitte');
    ligne.avantDepart = () => Promise.resolve();
    const sources = new Set((await m.retours()).map((r) => r.source));
    expect([...sources].toSorted()).toEqual(['imap:etat', 'maildir:local']);
    await expect.poll(() => fichiersDe(dovecot.boite), { timeout: 5_000 }).toEqual([]);
    await expect.poll(() => fichiersDe(maildir), { timeout: 5_000 }).toEqual([]);
    const ranges = [
      ...(await fichiersDe(join(dovecot.boite, '.Traites'))),
      ...(await fichiersDe(join(maildir, '.Traites'))),
    ];
    expect(ranges).toHaveLength(deposes.length);
    expect(departs).toEqual({ vus: deposes.filter((d) => d.ou === 'imap').length, tropTot: [] });
    expect(await m.intact()).toBe(true);
  });

  test('the IMAP server dies in the middle of a fetch, then comes back: nothing lost, nothing twice', async () => {
    versMaildir = () => false;
    ligne.couper();
    const avant = deposes.length;
    const ids = await Promise.all(Array.from({ length: 12 }, (_, i) => deposer(`COUPE${i}X`)));
    await expect.poll(() => deposes.length - avant, { timeout: 20_000 }).toBe(12);
    // Each life of the line ends a little further on: greeting, login, list, body, move.
    for (const budget of [50, 400, 2_000, 9_000, 25_000]) {
      ligne.retablir();
      ligne.budget = budget;
      const coupures = ligne.coupures;
      await expect
        .poll(
          () => ligne.coupures > coupures || m.flux().then((f) => f.every((x) => x.etat === 'acquitte')),
          { timeout: 5_000 },
        )
        .toBeTruthy();
    }
    ligne.retablir();
    for (const id of ids) await m.jusqua(id, 'acquitte');
    await expect.poll(() => fichiersDe(dovecot.boite), { timeout: 5_000 }).toEqual([]);
    const retours = await m.retours();
    expect(new Set(retours.map((r) => r.sha256)).size).toBe(retours.length);
    expect(retours.length).toBe(deposes.length);
    expect(retours.every((r) => r.etat === 'attribue')).toBe(true);
    expect(await m.journalTechnique()).not.toMatch(/TypeError|inattendue/);
  });
});

/** From the deposit to the third piece of news, milliseconds. */
async function delaiDe(siren: string, numero: string): Promise<number> {
  const debut = clock.now();
  const avant = receveur.recus.filter((r) => r.chemin === '/sain').length;
  await deposer(numero, siren);
  await expect
    .poll(() => receveur.recus.filter((r) => r.chemin === '/sain').length - avant, {
      timeout: 30_000,
      interval: 20,
    })
    .toBe(3);
  return clock.now() - debut;
}

describe('news of the flux, to the collectivité', () => {
  test('webhooks that the reference library verifies; an e-mail with the receipt and a discreet subject', async () => {
    const secret = await ajouterPoint(SIREN, 'webhook', `${receveur.url}/hook`);
    await ajouterPoint(SIREN, 'courriel', 'assemblees@mairie.example.fr');
    const objet = 'Licenciement de Madame Zinedine Dupont-Ézéchiel';
    const id = await deposer('NOUVELLES', SIREN, objet);
    await m.jusqua(id, 'acquitte');
    await expect
      .poll(() => receveur.recus.filter((r) => r.chemin === '/hook').length, { timeout: 5_000 })
      .toBe(3);
    const recus = receveur.recus.filter((r) => r.chemin === '/hook');
    for (const r of recus) {
      const charge = new Webhook(secret).verify(r.corps, r.entetes as Record<string, string>) as {
        data: { flux: string };
      };
      expect(charge.data.flux).toBe(id);
      expect(() => new Webhook(secret).verify(`${r.corps} `, r.entetes as Record<string, string>)).toThrow();
      expect(r.corps).not.toMatch(/Dupont|Licenciement/);
    }
    expect(new Set(recus.map((r) => (JSON.parse(r.corps) as { type: string }).type))).toEqual(
      new Set(['flux.depose', 'flux.transmis', 'flux.acquitte']),
    );
    await expect.poll(() => postes.length, { timeout: 5_000 }).toBe(3);
    const lus = await Promise.all(postes.map((p) => simpleParser(p)));
    for (const lu of lus)
      expect(`${lu.subject} ${JSON.stringify([...lu.headers])}`).not.toMatch(/Dupont|Licenciement|Madame/);
    const [avec] = lus.filter((lu) => lu.attachments.length > 0);
    const { corps } = await m.labo.client.lire(`/flux/${id}`);
    const accuse = (corps['pieces'] as unknown as { role: string; sha256: string }[]).find(
      (p) => p.role === 'accuse',
    );
    expect(lus.filter((lu) => lu.attachments.length > 0)).toHaveLength(1);
    expect(avec?.attachments.map((a) => createHash('sha256').update(a.content).digest('hex'))).toEqual([
      accuse?.sha256,
    ]);
    expect(avec?.text).toMatch(/accus/i);
  });

  test('a receiver that hangs delays its own collectivité only, even with a long queue and four more like it', async () => {
    const [sain = '', ...muets] = AUTRES;
    await ajouterPoint(sain, 'webhook', `${receveur.url}/sain`);
    for (const siren of muets) await ajouterPoint(siren, 'webhook', `${receveur.url}/muet/${siren}`);
    // One dead endpoint alone, with far more debts than there are places.
    const [premier = ''] = muets;
    for (let i = 0; i < 30; i += 1) await deposer(`MUET${i}`, premier);
    await expect
      .poll(() => receveur.recus.some((r) => r.chemin.startsWith('/muet')), { timeout: 5_000 })
      .toBe(true);
    await clock.sleep(300);
    expect(await delaiDe(sain, 'SAIN1')).toBeLessThan(3_000);
    for (const siren of muets.slice(1)) await deposer('AUSSI', siren);
    await clock.sleep(300);
    expect(await delaiDe(sain, 'SAIN2')).toBeLessThan(3_000);
  });
});
