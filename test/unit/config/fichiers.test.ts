import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pairePorte } from '../../../src/adapters/certificats/porte.ts';
import {
  lireReglage,
  preparerDonnees,
  verifierFichiers,
  verifierSchemas,
} from '../../../src/config/fichiers.ts';
import { manifest } from '../../../src/config/manifest.ts';
import { autosigne } from '../../../src/formats/certificats/emettre.ts';
import type { Instant } from '../../../src/metier/identifiants.ts';
import { ErreurVgm } from '../../../src/metier/erreurs.ts';
import { demarrer } from '../../../src/main.ts';

let dossier = '';
const ici = (nom: string): string => join(dossier, nom);

beforeAll(() => {
  dossier = mkdtempSync(join(tmpdir(), 'vgm-fichiers-'));
  writeFileSync(ici('bon.pem'), 'x');
  writeFileSync(ici('ferme.pem'), 'x', { mode: 0o000 });
  mkdirSync(ici('sous'));
});
afterAll(() => rmSync(dossier, { recursive: true, force: true }));

async function refus(promesse: Promise<unknown>): Promise<ErreurVgm> {
  const erreur: unknown = await promesse.then(
    () => undefined,
    (e: unknown) => e,
  );
  return erreur instanceof ErreurVgm ? erreur : expect.fail(`not ours: ${String(erreur)}`);
}

/** Root reads everything: the refusal of rights is met under another account. */
async function sansDroits<T>(faire: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return faire();
  chmodSync(dossier, 0o755);
  process.seteuid?.(65534);
  try {
    return await faire();
  } finally {
    process.seteuid?.(0);
  }
}

describe('files that the settings name', () => {
  test('all those missing or unreadable are told at once: which setting, which file, why', async () => {
    const config = manifest.parse({
      api: { certificat: ici('absent.pem'), cle: ici('sous') },
      actes: {
        ministere: { url: 'https://x.test/', certificat: ici('bon.pem'), cle: ici('ferme.pem') },
      },
      reception: {
        imap: [{ nom: 'a', hote: 'h', utilisateur: 'u', secret_fichier: ici('secret') }],
      },
      notification: { courriel: { hote: 'h', secret_fichier: ici('bon.pem/x') } },
    });
    const { fiche, sortie } = await sansDroits(() => refus(verifierFichiers(config)));
    expect([fiche.code, sortie]).toEqual(['VGM-CFG-004', 1]);
    expect(fiche.message.split('\n').slice(1)).toEqual([
      `- api.certificat : ${ici('absent.pem')} (fichier absent).`,
      `- api.cle : ${ici('sous')} (c’est un dossier).`,
      `- actes.ministere.cle : ${ici('ferme.pem')} (droits insuffisants).`,
      `- reception.imap[0].secret_fichier : ${ici('secret')} (fichier absent).`,
      `- notification.courriel.secret_fichier : ${ici('bon.pem/x')} (un élément du chemin n’est pas un dossier).`,
    ]);
  });
  test('nothing is asked for a door that stays shut', async () => {
    const config = manifest.parse({
      api: { port: 0, certificat: ici('absent'), cle: ici('absent') },
      actes: { ministere: { certificat: ici('absent'), cle: ici('absent') } },
      reception: { smtp: { certificat: ici('absent'), cle: ici('absent') } },
      notification: { courriel: { secret_fichier: ici('absent') } },
    });
    await verifierFichiers(config);
  });
  test('one file read alone says the same', async () => {
    expect(await lireReglage('api.cle', '')).toBe('');
    expect((await refus(lireReglage('api.cle', ici('absent')))).fiche.message).toContain('- api.cle : ');
  });
  test('a certificate and a key that do not go together', async () => {
    const quand = Date.UTC(2026, 0, 1) as Instant;
    const clock = { now: () => quand, sleep: async () => undefined };
    const [un, deux] = await Promise.all(
      [1, 2].map(() => autosigne({ nom: 'x', dns: ['x.test'], ip: [], jours: 1, quand })),
    );
    writeFileSync(ici('un.pem'), un?.certificat ?? '');
    writeFileSync(ici('deux.cle'), deux?.cle ?? '');
    const paire = { certificat: ici('un.pem'), cle: ici('deux.cle'), dossier, clock };
    const { fiche } = await refus(pairePorte(paire));
    expect([fiche.code, fiche.message]).toEqual([
      'VGM-CFG-005',
      expect.stringContaining('la clé n’est pas celle du certificat'),
    ]);
    expect((await refus(pairePorte({ ...paire, cle: ici('bon.pem') }))).fiche.message).toContain('PEM');
  });
});

describe('folders', () => {
  test('data folder: occupied, forbidden, or made at once', async () => {
    await preparerDonnees(ici('donnees/neuves'));
    const occupe = await refus(preparerDonnees(ici('bon.pem')));
    expect([occupe.fiche.code, occupe.fiche.message]).toEqual([
      'VGM-CFG-006',
      expect.stringContaining('un fichier occupe ce chemin'),
    ]);
    for (const nom of ['autre', 'donnees/neuves']) {
      const ferme = await sansDroits(() => refus(preparerDonnees(ici(nom))));
      if (process.getuid?.() !== 0) continue;
      expect(ferme.fiche.message).toContain('droits insuffisants');
    }
  });
  test('schemas: folder missing, folder empty', async () => {
    expect((await refus(verifierSchemas(ici('absent')))).fiche.message).toContain('dossier absent');
    expect((await refus(verifierSchemas(ici('sous')))).fiche.code).toBe('VGM-CFG-007');
  });
});

test('the daemon does not start, and leaves nothing behind', async () => {
  const config = ici('vaguemestre.toml');
  const donnees = ici('jamais');
  writeFileSync(
    config,
    `donnees = "${donnees}"\n[api]\nport = 0\n[actes.ministere]\nurl = "https://x.test/"\ncertificat = "a.pem"\ncle = "a.key"\n`,
  );
  const { fiche } = await refus(demarrer({ configFichier: config }));
  expect(fiche.code).toBe('VGM-CFG-004');
  expect(fiche.message).toContain(`- actes.ministere.cle : ${ici('a.key')} (fichier absent).`);
  writeFileSync(config, `donnees = "${ici('bon.pem')}"\n[api]\nport = 0\n`);
  expect((await refus(demarrer({ configFichier: config }))).fiche.code).toBe('VGM-CFG-006');
});
