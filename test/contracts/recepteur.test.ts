import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterEach, describe, expect, it } from 'vitest';
import { creerRecepteurSmtp, type DependancesSmtp } from '../../src/adapters/recepteur/smtp.ts';
import type { Config } from '../../src/config/manifest.ts';
import type { Consigner, Recepteur } from '../../src/ports/mailbox.ts';
import { ClientSmtp } from '../serveurs/client-smtp.ts';
import { lireSource, logEssai } from './mailbox.lecture.ts';

const TDT = 'tdt@vaguemestre.example';
const ouverts: Recepteur[] = [];

async function ouvrir(
  consigner: Consigner,
  changements: Partial<Config['reception']['smtp']> = {},
  deps: Partial<DependancesSmtp> = {},
): Promise<Recepteur> {
  const config = {
    actif: true,
    adresse: '127.0.0.1',
    port: 0,
    taille_max_octets: 1_000_000,
    certificat: '',
    cle: '',
    destinataires: [],
    ...changements,
  };
  const recepteur = creerRecepteurSmtp(config, {
    destinataires: [TDT],
    log: logEssai(),
    delaiArret: 2000,
    ...deps,
  });
  await recepteur.demarrer(consigner);
  ouverts.push(recepteur);
  return recepteur;
}

/** A filing in memory. */
function registre(): { readonly recus: string[]; readonly consigner: Consigner } {
  const recus: string[] = [];
  return {
    recus,
    consigner: async (brut, source) => {
      expect(source).toBe('smtp');
      recus.push((await lireSource(brut)).toString('latin1'));
    },
  };
}

const portDe = (recepteur: Recepteur): number => Number(recepteur.adresse.split(':')[1]);

function nodemailer(recepteur: Recepteur, options: object = {}): ReturnType<typeof createTransport> {
  return createTransport({ host: '127.0.0.1', port: portDe(recepteur), ignoreTLS: true, ...options });
}

const enveloppe = { from: 'etat@interieur.example', to: TDT };

afterEach(async () => {
  await Promise.all(ouverts.splice(0).map((r) => r.arreter()));
});

describe('SMTP receiver', () => {
  it('says 250 only once the message is durable (RFC 5321 §6.1)', async () => {
    const durable = Promise.withResolvers<void>();
    const lu = Promise.withResolvers<void>();
    const recepteur = await ouvrir(async (brut) => {
      await lireSource(brut);
      lu.resolve();
      await durable.promise;
    });
    const client = await ClientSmtp.ouvrir(recepteur.adresse);
    let repondu = false;
    const reponse = client.envoyer(TDT, 'Subject: essai\r\n\r\ncorps').then((r) => {
      repondu = true;
      return r;
    });
    await lu.promise;
    await new Promise((r) => setImmediate(r));
    expect(repondu).toBe(false);
    durable.resolve();
    expect(await reponse).toMatch(/^250 /);
    client.prise.destroy();
  });

  it('files the bytes as sent, leading dots and eight-bit characters included', async () => {
    const { recus, consigner } = registre();
    const recepteur = await ouvrir(consigner);
    const raw = 'Subject: dots\r\n\r\n.une ligne\r\n..deux\r\n.\r\né\r\n';
    await nodemailer(recepteur).sendMail({ envelope: enveloppe, raw });
    expect(recus).toEqual([Buffer.from(raw).toString('latin1')]);
  });

  it('filing failure: 451 in French, and the retry of the same message gets 250', async () => {
    const { recus, consigner } = registre();
    let panne = true;
    const recepteur = await ouvrir(async (brut, source) => {
      if (panne) throw new Error('disque plein');
      await consigner(brut, source);
    });
    const client = nodemailer(recepteur);
    const raw = `Subject: gros\r\n\r\n${'ligne\r\n'.repeat(50_000)}`;
    const refus: unknown = await client.sendMail({ envelope: enveloppe, raw }).catch((e: unknown) => e);
    expect(refus).toMatchObject({ responseCode: 451 });
    expect(String((refus as Error).message)).toContain('Consignation impossible');
    expect(recus).toEqual([]);
    panne = false;
    await client.sendMail({ envelope: enveloppe, raw });
    expect(recus).toEqual([raw]);
  });

  it('after a refusal in the middle of a message the dialogue stays in step', async () => {
    const { recus, consigner } = registre();
    let n = 0;
    const recepteur = await ouvrir(async (brut, source) => {
      n += 1;
      if (n > 1) return consigner(brut, source);
      if (brut instanceof Uint8Array) return;
      for await (const morceau of brut) throw new Error(`panne après ${morceau.length} octets`);
    });
    const client = await ClientSmtp.ouvrir(recepteur.adresse);
    const piege = 'RCPT TO:<intrus@ailleurs.example>\r\n'.repeat(20_000);
    expect(await client.envoyer(TDT, `Subject: 1\r\n\r\n${piege}`)).toMatch(/^451 /);
    expect(await client.envoyer(TDT, 'Subject: 2\r\n\r\ndeux')).toMatch(/^250 /);
    expect(recus).toEqual(['Subject: 2\r\n\r\ndeux\r\n']);
    client.prise.destroy();
  });

  it('too large: 552, announced (RFC 1870) or found while reading, and nothing is filed', async () => {
    const { recus, consigner } = registre();
    const recepteur = await ouvrir(consigner, { taille_max_octets: 100_000 });
    const client = await ClientSmtp.ouvrir(recepteur.adresse);
    expect(await client.dire('MAIL FROM:<etat@interieur.example> SIZE=100001')).toMatch(/^552 /);
    expect(await client.envoyer(TDT, `Subject: gros\r\n\r\n${'x'.repeat(70)}\r\n`.repeat(3000))).toMatch(
      /^552 Courriel trop volumineux/,
    );
    expect(recus).toEqual([]);
    expect(await client.envoyer(TDT, 'Subject: petit\r\n\r\nok')).toMatch(/^250 /);
    expect(recus).toHaveLength(1);
    client.prise.destroy();
  });

  it('unknown recipient: 550; a served one in other letter case: 250', async () => {
    const { recus, consigner } = registre();
    const recepteur = await ouvrir(consigner, { destinataires: ['Retour@Tdt.example'] });
    const client = await ClientSmtp.ouvrir(recepteur.adresse);
    await client.dire('MAIL FROM:<>');
    expect(await client.dire(`RCPT TO:<${TDT}>`)).toMatch(/^550 /);
    expect(await client.dire('RCPT TO:<retour@tdt.EXAMPLE>')).toMatch(/^250 /);
    await client.dire('RSET');
    expect(await client.envoyer('retour@tdt.example', 'Subject: x\r\n\r\nx')).toMatch(/^250 /);
    expect(recus).toHaveLength(1);
    client.prise.destroy();
  });

  it('replies hold US-ASCII only (RFC 5321 §4.2), and no authentication is offered', async () => {
    const recepteur = await ouvrir(() => Promise.reject(new Error('x')));
    const client = await ClientSmtp.ouvrir(recepteur.adresse);
    const capacites = await client.dire('EHLO essai.example');
    expect(capacites).not.toMatch(/AUTH|STARTTLS/);
    const refus = await client.envoyer(TDT, 'Subject: x\r\n\r\nx');
    expect(refus).toMatch(/^451 [\x20-\x7e]+$/);
    client.prise.destroy();
  });

  for (const [titre, couper] of [
    ['reset', (c: ClientSmtp) => c.prise.resetAndDestroy()],
    ['closed', (c: ClientSmtp) => c.prise.destroy()],
    ['half-closed', (c: ClientSmtp) => c.prise.end()],
  ] as const) {
    it(`line ${titre} before the final dot: nothing is filed, the cut does not pass for the end`, async () => {
      const issue = Promise.withResolvers<string>();
      const recepteur = await ouvrir(async (brut) => {
        await lireSource(brut).then(
          () => issue.resolve('consigné'),
          () => issue.resolve('coupé'),
        );
      });
      const client = await ClientSmtp.ouvrir(recepteur.adresse);
      await client.jusquaDonnees(TDT);
      client.prise.write('Subject: moitié\r\n\r\nligne\r\nlig', () => couper(client));
      expect(await issue.promise).toBe('coupé');
    });
  }

  it('a client that falls silent in the middle of a message is dropped; others are not delayed', async () => {
    const issue = Promise.withResolvers<string>();
    let premier = true;
    const recepteur = await ouvrir(
      async (brut) => {
        const celui = premier;
        premier = false;
        await lireSource(brut).catch(() => celui && issue.resolve('abandonné'));
      },
      {},
      { inactivite: 300 },
    );
    const lent = await ClientSmtp.ouvrir(recepteur.adresse);
    await lent.jusquaDonnees(TDT);
    lent.prise.write('Subject: lent\r\n\r\nje r');
    const autre = await ClientSmtp.ouvrir(recepteur.adresse);
    expect(await autre.envoyer(TDT, 'Subject: vite\r\n\r\nx')).toMatch(/^250 /);
    expect(await issue.promise).toBe('abandonné');
    await lent.fermee();
    autre.prise.destroy();
  });

  it('STARTTLS with the given certificate', async () => {
    const dossier = mkdtempSync(join(tmpdir(), 'vaguemestre-tls-'));
    const [cle, certificat] = [join(dossier, 'cle.pem'), join(dossier, 'cert.pem')];
    const args = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost';
    execFileSync('openssl', [...args.split(' '), '-keyout', cle, '-out', certificat], { stdio: 'ignore' });
    const { recus, consigner } = registre();
    const recepteur = await ouvrir(consigner, { certificat, cle });
    const client = nodemailer(recepteur, {
      ignoreTLS: false,
      requireTLS: true,
      tls: { rejectUnauthorized: false },
    });
    await client.sendMail({ envelope: enveloppe, raw: 'Subject: chiffré\r\n\r\nx\r\n' });
    expect(recus).toHaveLength(1);
    rmSync(dossier, { recursive: true });
  });

  it('stop: the message in progress gets its 250, idle clients 421, newcomers nothing', async () => {
    const { recus, consigner } = registre();
    const enTrain = Promise.withResolvers<void>();
    const recepteur = await ouvrir(async (brut, source) => {
      enTrain.resolve();
      await consigner(brut, source);
    });
    const oisif = await ClientSmtp.ouvrir(recepteur.adresse);
    const actif = await ClientSmtp.ouvrir(recepteur.adresse);
    await actif.jusquaDonnees(TDT);
    actif.prise.write('Subject: fin\r\n\r\nfi');
    await enTrain.promise;
    const arret = recepteur.arreter();
    expect(await oisif.reponse()).toMatch(/^421 /);
    expect(await actif.dire('n\r\n.')).toMatch(/^250 /);
    expect(await actif.reponse()).toMatch(/^421 /);
    await arret;
    expect(recus).toEqual(['Subject: fin\r\n\r\nfin\r\n']);
    await expect(ClientSmtp.ouvrir(recepteur.adresse)).rejects.toThrow('ECONNREFUSED');
  });

  it('a port already taken is told in French with its remedy', async () => {
    const premier = await ouvrir(() => Promise.resolve());
    const refus: unknown = await ouvrir(() => Promise.resolve(), { port: portDe(premier) }).catch(
      (e: unknown) => e,
    );
    expect(refus).toMatchObject({ fiche: { code: 'VGM-ACC-018' } });
  });

  it('takes 2000 small messages over 8 lasting connections, none lost (figure printed)', async () => {
    const { recus, consigner } = registre();
    const recepteur = await ouvrir(consigner);
    const client = nodemailer(recepteur, { pool: true, maxConnections: 8, maxMessages: Infinity });
    const debut = performance.now();
    const corps = 'ligne de corps\r\n'.repeat(200);
    await Promise.all(
      Array.from({ length: 2000 }, (_, n) =>
        client.sendMail({ envelope: enveloppe, raw: `Subject: ${n}\r\n\r\n${corps}` }),
      ),
    );
    const secondes = (performance.now() - debut) / 1000;
    console.log(`SMTP : ${Math.round(2000 / secondes)} courriels/s (client compris)`);
    expect(new Set(recus).size).toBe(2000);
    client.close();
  });
});
