import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ecrireAides, portDesReglages } from '../../../src/banc/aides.ts';

let dossier = '';
beforeEach(() => {
  dossier = mkdtempSync(join(tmpdir(), 'vgm-aides-'));
});
afterEach(() => rmSync(dossier, { recursive: true }));

const smtp = { hote: '127.0.0.1', port: 2525 };
const toml = () => join(dossier, 'vaguemestre.toml');

describe('the settings that the simulator leaves in its folder', () => {
  test('written once, kept afterwards, and their port used again', async () => {
    expect(await portDesReglages(dossier)).toBe(0);
    const options = { dossier, smtp, url: 'https://localhost:41234/' };
    expect(await ecrireAides(options)).toBe('ecrits');
    expect(await portDesReglages(dossier)).toBe(41_234);
    const retouche = `# ma note\n${readFileSync(toml(), 'utf8')}`;
    writeFileSync(toml(), retouche);
    expect(await ecrireAides(options)).toBe('gardes');
    expect(await ecrireAides({ ...options, url: 'https://localhost:5/' })).toBe('differents');
    expect(await ecrireAides({ ...options, smtp: { ...smtp, port: 26 } })).toBe('differents');
    expect(readFileSync(toml(), 'utf8')).toBe(retouche);
  });
  test('what is no TOML is left alone too', async () => {
    writeFileSync(toml(), '[[[');
    expect(await portDesReglages(dossier)).toBe(0);
    expect(await ecrireAides({ dossier, smtp, url: 'https://localhost:5/' })).toBe('differents');
  });
});
