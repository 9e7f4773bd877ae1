import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fixturesActes, PARTAGE, partagePresent } from '../unit/formats/chemins.ts';
import { type BilanLecture, comparer, comparerLectures, PLUS_STRICTS } from './lecture-differentiel.ts';
import { tirage } from './mutants.ts';

/** `lireXml` reads messages as libxml2 would, once told the encoding that we believe. `TOURS` and `GRAINE` for longer. */
const TOURS = Number(process.env['TOURS'] ?? 1200);
const GRAINE = Number(process.env['GRAINE'] ?? 20260412);
const EXEMPLES = 'exemples/actes/';

describe('a message of the State says to us what it says to libxml2', () => {
  test('random documents under every kind of announcement, and their accidents', () => {
    const { documents, lus, stricts, desaccords } = comparerLectures(tirage(GRAINE), TOURS);
    console.info(
      `lectures : ${documents} documents, ${lus} lus, graine ${GRAINE} ; plus stricts : ${JSON.stringify(stricts)}`,
    );
    expect(desaccords).toEqual([]);
    expect(lus).toBeGreaterThan(documents / 4);
  });

  test.each(Object.entries(PLUS_STRICTS))('stricter by choice: %s', (code, { exemple }) => {
    const bilan: BilanLecture = { documents: 0, lus: 0, stricts: {}, desaccords: [] };
    comparer(Buffer.from(exemple), bilan);
    expect(bilan).toMatchObject({ stricts: { [code]: 1 }, desaccords: [] });
  });

  test('our own messages, and those of the field when they are there', () => {
    const bilan: BilanLecture = { documents: 0, lus: 0, stricts: {}, desaccords: [] };
    for (const octets of fixturesActes().values()) comparer(Buffer.from(octets), bilan);
    const noms = partagePresent(EXEMPLES)
      ? readdirSync(`${PARTAGE}${EXEMPLES}`, { recursive: true, encoding: 'utf8' })
      : [];
    for (const nom of noms.filter((n) => n.endsWith('.xml'))) {
      comparer(readFileSync(`${PARTAGE}${EXEMPLES}${nom}`), bilan);
    }
    expect(bilan).toMatchObject({ lus: bilan.documents, stricts: {}, desaccords: [] });
  });
});
