import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { creerTransportHttps } from '../../../src/adapters/transport/https.ts';
import type { NomPaire } from '../../../src/banc/pki.ts';
import { creerPostier } from '../../../src/banc/smtp.ts';
import {
  archive,
  type Banc,
  horloge,
  lire,
  nomArchive,
  ouvrirBanc,
  ouvrirRelais,
  type Relais,
} from './decor.ts';

const ouverts: { fermer(): Promise<void> }[] = [];
afterEach(async () => {
  for (const chose of ouverts.splice(0).toReversed()) await chose.fermer();
});
function garder<T extends { fermer(): Promise<void> }>(chose: T): T {
  ouverts.push(chose);
  return chose;
}

async function depuis(banc: Banc, nom: NomPaire) {
  const sujet = garder(
    creerTransportHttps(
      {
        url: banc.ministere.url,
        champ: 'file',
        agentUtilisateur: 'essai',
        certificat: lire(banc.pki.paires[nom].certificat),
        cle: lire(banc.pki.paires[nom].cle),
        autorites: lire(banc.pki.ca),
        delaiConnexionMs: 3_000,
        delaiTotalMs: 5_000,
      },
      { log: { info: () => undefined, warn: () => undefined, error: () => undefined }, clock: horloge },
    ),
  );
  const a = await archive({ nomArchive: nomArchive(1), numero: 'P1' });
  const { Readable } = await import('node:stream');
  const envoi = { nom: a.nom, taille: a.octets.length, ouvrir: async () => Readable.from([a.octets]) };
  return sujet.remettre(envoi, new AbortController().signal);
}

describe('the door', () => {
  it('lets in a client of its authority, whatever the name of the form field', async () => {
    const banc = garder(await ouvrirBanc());
    expect(await depuis(banc, 'client')).toMatchObject({ type: 'reponse', statut: 201 });
    await banc.ministere.attendreVide();
  });

  it.each<NomPaire>(['client-autre-ca', 'client-expire', 'client-pas-encore'])(
    'refuses %s, and the sender knows that nothing left',
    async (nom) => {
      const banc = garder(await ouvrirBanc());
      expect((await depuis(banc, nom)).type).toBe('non_parti');
      expect(banc.ministere.registre.evenements()).toEqual([]);
    },
  );

  it('may answer 200, as before July 2025', async () => {
    const banc = garder(await ouvrirBanc({ statutSucces: 200 }));
    expect(await banc.insister(await archive())).toEqual([200]);
  });

  it('may ignore the ends of the numbers', async () => {
    const banc = garder(await ouvrirBanc({ scenarios: false }));
    expect(await banc.insister(await archive({ numero: 'X_H500' }))).toEqual([201]);
    await banc.ministere.attendreVide();
  });

  it('a port already taken is VGM-BAN-001', async () => {
    const banc = garder(await ouvrirBanc());
    const https = { port: banc.ministere.port, cert: '', key: '', caClients: '' };
    await expect(ouvrirBanc({ https })).rejects.toThrow('VGM-BAN-001');
  });
});

describe('the register', () => {
  it('written to a file, it survives a restart: a name known before is still a double', async () => {
    const registre = join(mkdtempSync(join(tmpdir(), 'vgm-registre-')), 'registre.jsonl');
    const a = await archive();
    const premier = await ouvrirBanc({ registre });
    await premier.insister(a);
    await premier.ministere.attendreVide();
    await premier.fermer();
    const second = garder(await ouvrirBanc({ registre }));
    expect(await second.insister(a)).toEqual([201]);
    expect(second.ministere.registre.compter('accepte')).toBe(1);
    expect(second.ministere.registre.compter('double')).toBe(1);
    const b = await archive({ nomArchive: nomArchive(2) });
    await second.insister(b);
    await second.ministere.attendreVide();
    const verdict = second.ministere.registre.evenements().findLast((e) => e.type === 'verdict');
    expect(verdict).toMatchObject({ message: '1-3', detail: expect.stringContaining('déjà transmis') });
  });
});

const courriel = { de: 'a@b.test', a: 'c@d.test', octets: Buffer.from('Subject: x\r\n\r\n.point\r\n') };
const postierVers = (port: number) =>
  garder(creerPostier({ hote: '127.0.0.1', port, connexions: 2 }, horloge));

describe('the mails', () => {
  it('wait for a relay that is away', async () => {
    const absent = await ouvrirRelais();
    const { port } = absent;
    await absent.fermer();
    const postier = postierVers(port);
    const issue = postier.envoyer(courriel);
    await horloge.sleep(250);
    garder(await ouvrirRelais(port));
    expect(await issue).toEqual({ type: 'remis' });
    await postier.fermer();
  });

  it('are tried again after a 4xx', async () => {
    const relais = garder(await ouvrirRelais());
    relais.repondre(451, 2);
    expect(await postierVers(relais.port).envoyer(courriel)).toEqual({ type: 'remis' });
    expect(relais.bruts.length).toBe(1);
  });

  it('are given up after a 5xx, and the connection still serves', async () => {
    const relais: Relais = garder(await ouvrirRelais());
    const postier = postierVers(relais.port);
    relais.repondre(550, 1);
    expect(await postier.envoyer(courriel)).toMatchObject({
      type: 'refuse',
      motif: expect.stringContaining('550'),
    });
    expect(await postier.envoyer(courriel)).toEqual({ type: 'remis' });
  });

  it('keep their leading dots (RFC 5321, 4.5.2)', async () => {
    const relais = garder(await ouvrirRelais());
    await postierVers(relais.port).envoyer(courriel);
    expect(relais.bruts[0]?.toString()).toBe('Subject: x\r\n\r\n.point\r\n');
  });

  it('are dropped at the end, and the end does not wait for a dead relay', async () => {
    const relais = await ouvrirRelais();
    await relais.fermer();
    const postier = creerPostier({ hote: '127.0.0.1', port: relais.port, connexions: 2 }, horloge);
    const issue = postier.envoyer(courriel);
    await horloge.sleep(20);
    await postier.fermer();
    expect(await issue).toEqual({ type: 'abandonne' });
  });

  it('a refused answer is a courriel_perdu of the register', async () => {
    const banc = garder(await ouvrirBanc());
    banc.relais.repondre(550, 1);
    await banc.insister(await archive());
    await banc.ministere.attendreVide();
    expect(banc.ministere.registre.compter('courriel_perdu')).toBe(1);
  });
});
