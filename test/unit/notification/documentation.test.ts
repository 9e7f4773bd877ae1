import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { nouveauSecret, signer } from '../../../src/formats/webhook/signature.ts';
import { TYPES_EVENEMENT } from '../../../src/metier/notifications.ts';

/** What developers copy from `docs/api/webhooks.md` must work as it is written there. */
const page = readFileSync(new URL('../../../docs/api/webhooks.md', import.meta.url), 'utf8');
const extrait = (langue: string): string => page.split(`\`\`\`${langue}\n`)[1]?.split('```')[0] ?? '';

const dossier = mkdtempSync(join(tmpdir(), 'vgm-doc-'));
afterAll(() => rmSync(dossier, { recursive: true }));

const SECRET = nouveauSecret('11'.repeat(32));
const CORPS = '{"type":"flux.acquitte","note":"é"}';
const quandS = Math.floor(Date.now() / 1000);
const signature = signer({
  id: 'l-1',
  quandS,
  corps: CORPS,
  secrets: [nouveauSecret('22'.repeat(32)), SECRET],
});

describe('docs/api/webhooks.md', () => {
  test('the Node example accepts a delivery of ours and refuses a forged one', async () => {
    const fichier = join(dossier, 'verify.mjs');
    writeFileSync(fichier, extrait('js'));
    const { verify } = (await import(fichier)) as {
      verify: (entetes: Record<string, string>, corps: string, secret: string) => boolean;
    };
    const entetes = {
      'webhook-id': 'l-1',
      'webhook-timestamp': String(quandS),
      'webhook-signature': signature,
    };
    expect(verify(entetes, CORPS, SECRET)).toBe(true);
    expect(verify(entetes, `${CORPS} `, SECRET)).toBe(false);
    expect(verify({ ...entetes, 'webhook-timestamp': String(quandS - 3600) }, CORPS, SECRET)).toBe(false);
  });

  test('the openssl example prints one of our signatures', () => {
    writeFileSync(join(dossier, 'body.json'), CORPS);
    const sortie = execFileSync('sh', ['-c', extrait('sh')], {
      cwd: dossier,
      env: { ...process.env, ID: 'l-1', WHEN: String(quandS), SECRET },
      encoding: 'utf8',
    });
    expect(signature.split(' ')).toContain(`v1,${sortie.trim()}`);
  });

  test('every type of event is described', () => {
    for (const type of TYPES_EVENEMENT) expect(page).toContain(`| \`${type}\` |`);
  });
});
