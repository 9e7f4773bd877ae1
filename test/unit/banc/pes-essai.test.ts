import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { creerFakeRandom } from '../../../src/adapters/random/fake.ts';
import { creerCleEssai } from '../../../src/banc/cle-essai.ts';
import { ecrirePesEssai, type PesDemande } from '../../../src/banc/pes-essai.ts';
import { pesDuRecit } from '../../../src/banc/recit-pes.ts';
import { creerBancCli } from '../cli/banc-cli.ts';
import { assurerXmlsec, verifierXmlsec } from '../../conformite/xmlsec.ts';
import { PARTAGE } from '../formats/chemins.ts';
import { horloge } from './decor.ts';

/** The PES of the demonstration, judged by what we did not write for it. */

const DEMANDE: PesDemande = {
  nomFic: 'ESSAI_1',
  jour: '2026-03-02',
  siret: '21340001600019',
  bordereaux: 2,
  dematerialise: false,
};

let dossier: string;
beforeAll(() => {
  dossier = mkdtempSync(join(tmpdir(), 'vgm-pes-essai-'));
});
afterAll(() => rmSync(dossier, { recursive: true, force: true }));

function ecrire(nom: string, octets: Uint8Array): string {
  const chemin = join(dossier, nom);
  writeFileSync(chemin, octets);
  return chemin;
}

const PIECES = { nombre: 2, octets: 10_000 };

test.each<[string, PesDemande]>([
  ['small', DEMANDE],
  ['with its pieces', { ...DEMANDE, pieces: PIECES }],
])('%s: our controls find nothing to say of it', async (nom, demande) => {
  const r = await creerBancCli().lancer('controler', ecrire(`${nom}.xml`, ecrirePesEssai(demande)), '--json');
  expect(r).toMatchObject({ code: 0, json: [{ anomalies: [] }] });
});

const OFFICIEL = join(PARTAGE, 'normes/helios/schemas_pes_v5.17/PES_V2/Rev0/PES_Aller.xsd');
test.runIf(existsSync(OFFICIEL))('the schema of the DGFiP takes it, by xmllint', () => {
  const fichier = ecrire('officiel.xml', ecrirePesEssai({ ...DEMANDE, pieces: PIECES }));
  const lu = spawnSync('xmllint', ['--noout', '--nonet', '--huge', '--schema', OFFICIEL, fichier]);
  expect(String(lu.stderr)).toContain('validates');
});

test('weighs what its pieces weigh, a third more in base 64; the same demand gives the same bytes', () => {
  const octets = ecrirePesEssai({ ...DEMANDE, pieces: { nombre: 3, octets: 300_000 } });
  expect(octets.length).toBeGreaterThan((900_000 * 4) / 3);
  expect(octets.length).toBeLessThan(1_250_000);
  expect(ecrirePesEssai({ ...DEMANDE, pieces: { nombre: 3, octets: 300_000 } })).toEqual(octets);
});

test('those that come signed hold under xmlsec1, by bordereau and whole; the last is the first again', async () => {
  const cle = await creerCleEssai(dossier, { clock: horloge, random: creerFakeRandom(horloge) });
  const cadre = {
    jour: '2026-03-02',
    siret: DEMANDE.siret,
    signataire: cle.signataire,
    instant: horloge.now(),
  };
  const depots = await pesDuRecit(cadre);
  const octets = depots.map((d) => Buffer.from(d.fichiers[0]?.octets ?? []));
  const signatures = octets.map((o) => o.toString('latin1').split('<ds:SignedInfo').length - 1);
  expect(signatures).toEqual([2, 0, 1, 2, 2]);
  expect(octets[4]).toEqual(octets[0]);
  expect(octets[2]?.length).toBeGreaterThan(40_000_000);
  await assurerXmlsec();
  for (const rang of [0, 2, 3]) {
    const fichier = ecrire(`signe-${rang}.xml`, octets[rang] ?? Buffer.alloc(0));
    for (let n = 1; n <= (signatures[rang] ?? 0); n += 1) {
      expect(verifierXmlsec(fichier, n)).toMatchObject({ juste: true });
    }
  }
}, 60_000);
