import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OptionsFtp } from '../../src/adapters/passerelle/ftp.ts';
import type { PkiEssai } from '../../src/banc/pki.ts';
import type { EnvoiPes, Passerelle } from '../../src/ports/passerelle.ts';
import { demarrerVsftpd, type Ftpd, type OptionsFtpd } from '../serveurs/ftpd.ts';
import { portLibre, portsSuivis } from '../serveurs/processus.ts';
import { ouvrirEventail, ouvrirRelais, type Relais } from '../serveurs/relais.ts';
import { code, dire, envoiDe, recevoir } from './passerelle.contract.ts';
import { contenuDe, DELAIS, dossiersDe, passerelleFtp } from './passerelle.sujets.ts';
import { nouvellePki } from './transport-portes.ts';

const JAMAIS = new AbortController().signal;
const COURTS = { ...DELAIS, connexionMs: 1_500, reponseMs: 600, silenceMs: 600, debitMin: 1_000_000 };

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

/** vsftpd on an address of its own; the relays stand on 127.0.0.1 at the same ports, where the client goes. */
interface Scene {
  readonly ftpd: Ftpd;
  readonly commande: Relais;
  readonly donnees: Omit<Relais, 'port'>;
  /** Through the relays. */
  readonly detour: Partial<OptionsFtp>;
}

async function monter(tls: OptionsFtpd['tls']): Promise<Scene> {
  const lieu = { hote: '127.0.0.2', port: await portLibre(), donnees: await portsSuivis(12) };
  const ftpd = await demarrerVsftpd({ lieu, ...(tls === undefined ? {} : { tls }) });
  const chiffre = tls === undefined ? {} : ({ tls: 'explicite', autorites: ca } as const);
  return {
    ftpd,
    commande: await ouvrirRelais({ cible: lieu, port: lieu.port }),
    donnees: await ouvrirEventail(lieu.hote, lieu.donnees),
    detour: { ...chiffre, hote: tls === undefined ? '127.0.0.1' : 'localhost', delais: COURTS },
  };
}

/** Cut data look like the end of the file in clear, and are told from it with TLS (`426`). */
describe.each([
  ['in clear', (): OptionsFtpd['tls'] => undefined, 'VGM-PAS-015 passagere'],
  ['with TLS', (): OptionsFtpd['tls'] => pki.paires.ministere, 'VGM-PAS-010 passagere'],
] as const)('a line cut anywhere, %s', (_mode, paire, tronque) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await monter(paire());
  });
  afterAll(async () => {
    await scene.commande.fermer();
    await scene.donnees.fermer();
    await scene.ftpd.arreter();
  });
  beforeEach(async () => {
    for (const relais of [scene.commande, scene.donnees]) {
      relais.trancher();
      relais.regler(null);
    }
    await dossiersDe(scene.ftpd.racine).vider();
  });

  const calme = async () => {
    await scene.commande.calme();
    await scene.donnees.calme();
  };
  /** Through relays that do nothing any more. */
  const sain = () => {
    scene.commande.regler(null);
    scene.donnees.regler(null);
    return ouvrir(scene.ftpd, { ...scene.detour, delais: DELAIS });
  };
  const mesurer = async (octets: Buffer) => {
    expect(dire(await deposer(sain(), envoiDe(octets, 999)))).toBe('prise');
    const mesures = { commande: scene.commande.passes().aller, donnees: scene.donnees.passes().aller };
    await Promise.all(ouvertes.splice(0).map((p) => p.fermer()));
    return mesures;
  };

  it('nothing lost, nothing twice, and the outcome tells the truth', async () => {
    const octets = randomBytes(300_000);
    const total = await mesurer(octets);
    const points = [
      ...[0, 10, total.commande / 2, total.commande - 30, total.commande].map(
        (apres) => ['commande', apres] as const,
      ),
      ...[0, 1, 70_000, 250_000].map((apres) => ['donnees', apres] as const),
    ];
    const vus = new Set<string>();
    for (const [rang, [ou, apres]] of points.entries()) {
      const envoi = envoiDe(octets, rang);
      scene[ou].regler({ sens: 'aller', apres: Math.floor(apres), geste: 'couper' });
      const issue = dire(await deposer(ouvrir(scene.ftpd, scene.detour), envoi));
      vus.add(issue);
      await calme();
      if (issue.endsWith('passagere')) expect(entree(scene.ftpd).has(envoi.nomDistant)).toBe(false);
      const presence = await sain().existe(envoi);
      expect(dire(await deposer(sain(), envoi))).toBe(presence.type === 'presente' ? 'prise deja' : 'prise');
      expect(entree(scene.ftpd).get(envoi.nomDistant)?.equals(octets)).toBe(true);
      await Promise.all(ouvertes.splice(0).map((p) => p.fermer()));
    }
    const attendus = ['VGM-PAS-001 passagere', 'VGM-PAS-007 passagere', 'VGM-PAS-008 incertaine', tronque];
    expect([...vus].toSorted()).toEqual(attendus.toSorted());
    expect(entree(scene.ftpd).size).toBe(points.length + 1);
  });

  it('after the last command, before its answer: uncertain, and the listing settles it', async () => {
    const octets = randomBytes(20_000);
    const { commande } = await mesurer(octets);
    scene.commande.regler({ sens: 'aller', apres: commande, geste: 'couper' });
    const envoi = envoiDe(octets, 1);
    expect(dire(await deposer(ouvrir(scene.ftpd, scene.detour), envoi))).toBe('VGM-PAS-008 incertaine');
    await calme();
    expect(await sain().existe(envoi)).toEqual({ type: 'presente' });
    expect(dire(await deposer(sain(), envoi))).toBe('prise deja');
  });

  it.each([
    [
      'half-open before the greeting',
      'commande',
      { sens: 'retour', apres: 0, geste: 'figer' },
      'VGM-PAS-001',
    ],
    [
      'half-open in the middle of the bytes',
      'donnees',
      { sens: 'aller', apres: 60_000, geste: 'figer' },
      'VGM-PAS-007',
    ],
    ['one byte a second', 'donnees', { sens: 'aller', apres: 60_000, geste: 'goutte' }, 'VGM-PAS-007'],
  ] as const)('%s: given up, nothing taken', async (...[, ou, panne, attendu]) => {
    // More than the buffers of the line between us swallow.
    const envoi = envoiDe(randomBytes(600_000), 1);
    scene[ou].regler(panne);
    expect(dire(await deposer(ouvrir(scene.ftpd, scene.detour), envoi))).toBe(`${attendu} passagere`);
    expect(entree(scene.ftpd).has(envoi.nomDistant)).toBe(false);
  });

  it.each([0, 100_000])('a fetch cut after %i bytes is begun again', async (apres) => {
    const octets = randomBytes(300_000);
    writeFileSync(join(scene.ftpd.racine, 'sortie', 'ack.xml'), octets);
    const passerelle = ouvrir(scene.ftpd, scene.detour);
    const [fichier] = await passerelle.lister();
    if (fichier === undefined) return expect.fail('nothing listed');
    scene.donnees.regler({ sens: 'retour', apres, geste: 'couper' });
    expect(await code(recevoir(passerelle, fichier))).toBe('VGM-PAS-017');
    expect((await recevoir(sain(), fichier)).octets.equals(octets)).toBe(true);
  });

  it('a fetch that stops on the way is given up', async () => {
    writeFileSync(join(scene.ftpd.racine, 'sortie', 'ack.xml'), randomBytes(300_000));
    const passerelle = ouvrir(scene.ftpd, scene.detour);
    const [fichier] = await passerelle.lister();
    if (fichier === undefined) return expect.fail('nothing listed');
    scene.donnees.regler({ sens: 'retour', apres: 100_000, geste: 'figer' });
    expect(await code(recevoir(passerelle, fichier))).toBe('VGM-PAS-017');
  });

  it('without a temporary name, a cut is uncertain from the first byte', async () => {
    const direct = { ...scene.detour, provisoire: '' };
    const envoi = envoiDe(randomBytes(300_000), 1);
    scene.donnees.regler({ sens: 'aller', apres: 100_000, geste: 'couper' });
    expect(dire(await deposer(ouvrir(scene.ftpd, direct), envoi))).toBe('VGM-PAS-008 incertaine');
    await calme();
    expect(await sain().existe(envoi)).toMatchObject({ type: 'differente' });
    expect(dire(await deposer(ouvrir(scene.ftpd, { ...direct, delais: DELAIS }), envoi))).toBe(
      'VGM-PAS-008 incertaine',
    );
  });
});
