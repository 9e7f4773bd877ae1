import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { afterEach, expect, test } from 'vitest';
import { creerFakeMailer } from '../../src/adapters/mailer/fake.ts';
import { creerMailerAbsent } from '../../src/adapters/mailer/absent.ts';
import { creerMailer } from '../../src/adapters/mailer/smtp.ts';
import {
  DEPART,
  HORLOGE_VRAIE,
  MUET,
  NOTIFICATION_DEFAUT,
  type PaireTls,
  forgerPaire,
} from '../unit/notification/decor.ts';
import { contratMailer, type CourrielRecu } from './mailer.contract.ts';

contratMailer('fake', async () => {
  const mailer = creerFakeMailer();
  return {
    mailer,
    regler: async (statut) => mailer.regler(statut),
    recus: () =>
      mailer.recus.map(({ envoi, jointes }) => ({
        a: envoi.a,
        messageId: envoi.messageId,
        objet: envoi.objet,
        texte: envoi.texte,
        jointes,
      })),
    fermer: async () => {},
  };
});

interface Relais {
  readonly serveur: SMTPServer;
  readonly port: number;
  readonly recus: CourrielRecu[];
  /** Raw headers of each mail. */
  readonly entetes: string[];
  /** Lines of TLS and of accounts seen. */
  readonly sessions: { readonly tls: boolean; readonly compte: string }[];
  refus: { readonly responseCode: number; readonly texte: string } | null;
}

interface GenreRelais {
  readonly paire?: PaireTls;
  readonly compte?: boolean;
}

/** A real SMTP server that keeps what it takes. */
async function ouvrirRelais(genre: GenreRelais = {}): Promise<Relais> {
  const recus: CourrielRecu[] = [];
  const entetes: string[] = [];
  const sessions: { tls: boolean; compte: string }[] = [];
  const tls = genre.paire === undefined ? {} : { key: genre.paire.cle, cert: genre.paire.certificat };
  const serveur = new SMTPServer({
    ...tls,
    disabledCommands: [
      ...(genre.paire === undefined ? ['STARTTLS'] : []),
      ...(genre.compte === true ? [] : ['AUTH']),
    ],
    authOptional: true,
    closeTimeout: 100,
    onAuth: (auth, _session, suite) => suite(null, { user: `${auth.username}:${auth.password}` }),
    onRcptTo: (_adresse, _session, suite) =>
      relais.refus === null
        ? suite()
        : suite(
            Object.assign(new TypeError(relais.refus.texte), { responseCode: relais.refus.responseCode }),
          ),
    onData: (flux, session, suite) => {
      const blocs: Buffer[] = [];
      flux.on('data', (bloc: Buffer) => blocs.push(bloc));
      flux.on('end', () => {
        const brut = Buffer.concat(blocs);
        entetes.push(brut.toString('latin1').split('\r\n\r\n')[0] ?? '');
        sessions.push({ tls: session.secure, compte: typeof session.user === 'string' ? session.user : '' });
        void simpleParser(brut).then((lu) => {
          recus.push({
            a: session.envelope.rcptTo.map((r) => r.address).join(' '),
            messageId: lu.messageId ?? '',
            objet: lu.subject ?? '',
            texte: lu.text ?? '',
            jointes: Object.fromEntries(lu.attachments.map((j) => [j.filename ?? '', j.content])),
          });
          suite();
        });
      });
    },
  });
  const port = await ecouter(serveur, 0);
  const relais: Relais = { serveur, port, recus, entetes, sessions, refus: null };
  return relais;
}

async function ecouter(serveur: SMTPServer, port: number): Promise<number> {
  const net = serveur.listen(port, '127.0.0.1');
  await once(net, 'listening');
  return (net.address() as AddressInfo).port;
}

const fermerRelais = (relais: Relais): Promise<void> =>
  new Promise((fini) => relais.serveur.close(() => fini()));

type Reglage = Partial<typeof NOTIFICATION_DEFAUT.courriel>;

function creer(relais: Relais, change: Reglage = {}, secret: string | null = null) {
  const config = {
    ...NOTIFICATION_DEFAUT.courriel,
    hote: '127.0.0.1',
    port: relais.port,
    expediteur: 'Télétransmission <ne-pas-repondre@tdt.test>',
    ...change,
  };
  return creerMailer(config, { secret, clock: HORLOGE_VRAIE, log: MUET });
}

contratMailer('nodemailer in front of a real SMTP server', async () => {
  const relais = await ouvrirRelais();
  return {
    mailer: creer(relais),
    regler: async (statut) => {
      if (statut === 0) await fermerRelais(relais);
      const texte = 'refus pour mairie@saint-emilion.test';
      relais.refus = statut === 250 ? null : { responseCode: statut, texte };
    },
    recus: () => relais.recus,
    fermer: async () => {},
  };
});

const aFermer: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const fermer of aFermer.splice(0)) await fermer();
});

async function monter(genre: GenreRelais, change: Reglage = {}, secret: string | null = null) {
  const relais = await ouvrirRelais(genre);
  const mailer = creer(relais, change, secret);
  aFermer.push(
    () => mailer.fermer(),
    () => fermerRelais(relais),
  );
  return { relais, mailer };
}

test('a look at the relay: good, then gone, in French', async () => {
  const { relais, mailer } = await monter({});
  expect((await mailer.sonder()).joignable).toBe(true);
  await fermerRelais(relais);
  expect(await mailer.sonder()).toEqual({
    joignable: false,
    detail: expect.stringMatching(/^Le relais de courriel /) as unknown,
  });
  expect(relais.recus).toEqual([]);
});

const LETTRE = {
  a: 'mairie@exemple.test',
  messageId: '<l-2@tdt.test>',
  objet: 'Objet',
  texte: 'Texte',
  jointes: [],
};

test('the mail says that a program wrote it (RFC 3834) and is dated by the clock of the program', async () => {
  const relais = await ouvrirRelais();
  const mailer = creerMailer(
    { ...NOTIFICATION_DEFAUT.courriel, hote: '127.0.0.1', port: relais.port },
    { secret: null, clock: { ...HORLOGE_VRAIE, now: () => DEPART }, log: MUET },
  );
  aFermer.push(
    () => mailer.fermer(),
    () => fermerRelais(relais),
  );
  await mailer.envoyer(LETTRE);
  expect(relais.entetes[0]).toContain('Auto-Submitted: auto-generated');
  expect(relais.entetes[0]).toContain('Date: Thu, 15 Jan 2026 09:30:00 +0000');
  expect(relais.entetes[0]).toMatch(/Content-Type: text\/plain; charset=utf-8/i);
});

test('an address with a comma does not become two recipients', async () => {
  const { relais, mailer } = await monter({});
  await mailer.envoyer({ ...LETTRE, a: 'un@exemple.test, deux@exemple.test' });
  expect(relais.recus.flatMap((c) => c.a.split(' ')).filter((a) => a === 'deux@exemple.test')).toEqual([]);
});

test.each([
  ['5.1.1 unknown mailbox', true],
  ['5.2.1 mailbox disabled', true],
  ['5.2.2 mailbox full', false],
  ['5.7.1 relaying denied', false],
  ['5.4.1 no route', false],
])('550 %s: never again = %s (RFC 3463)', async (texte, jamais) => {
  const { relais, mailer } = await monter({});
  relais.refus = { responseCode: 550, texte };
  expect(await mailer.envoyer(LETTRE)).toMatchObject({ statut: 550, livree: false, jamais });
});

test('starttls and a declared authority: the line is encrypted, the account goes through it', async () => {
  const paire = forgerPaire();
  const { relais, mailer } = await monter(
    { paire, compte: true },
    { tls: 'starttls', autorites: paire.autorite, utilisateur: 'tdt' },
    'motdepasse',
  );
  expect(await mailer.envoyer(LETTRE)).toMatchObject({ livree: true });
  expect(relais.sessions).toEqual([{ tls: true, compte: 'tdt:motdepasse' }]);
});

test('opportunistic TLS takes any certificate when no password is at stake', async () => {
  const { relais, mailer } = await monter({ paire: forgerPaire() });
  expect(await mailer.envoyer(LETTRE)).toMatchObject({ livree: true });
  expect(relais.sessions).toEqual([{ tls: true, compte: '' }]);
});

test('a password never leaves on a line that is not verified', async () => {
  const { relais, mailer } = await monter(
    { paire: forgerPaire(), compte: true },
    { utilisateur: 'tdt' },
    'motdepasse',
  );
  expect(await mailer.envoyer(LETTRE)).toMatchObject({ livree: false, jamais: false });
  const clair = await monter({ compte: true }, { utilisateur: 'tdt' }, 'motdepasse');
  expect(await clair.mailer.envoyer(LETTRE)).toMatchObject({ livree: false, jamais: false });
  expect([...relais.sessions, ...clair.relais.sessions]).toEqual([]);
});

test('without a relay in the settings every sending says so', async () => {
  const mailer = creerMailerAbsent();
  expect((await mailer.envoyer(LETTRE)).motif).toContain('notification.courriel.hote');
});
