import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { creerFakeLog } from '../../../src/adapters/log/fake.ts';
import { ouvrirPaquets } from '../../../src/adapters/schemas/paquets.ts';
import type { ConstatXsd } from '../../../src/formats/xsd/constats.ts';
import type { BilanPaquets, FichePaquet } from '../../../src/formats/xsd/paquets.ts';
import type { ReponseControle } from '../../../src/metier/anomalies.ts';
import type { Instant } from '../../../src/metier/identifiants.ts';
import { lireFichierPes } from '../../../src/protocoles/helios/lecture/lire.ts';
import { JUGEMENT_PAQUETS } from '../../../src/protocoles/helios/regles/paquets.ts';
import { importerEssai, schemaAller } from '../../parcours/paquets-essai.ts';
import { ALLER } from '../schemas/decor.ts';
import { controle } from './epreuve.ts';
import { pes } from './generateur.ts';

/** What schema packs say of a deposited PES, in its report; and packs as a daemon that runs for months holds them. */

let base: string;
let dossier: string;
beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'vgm-paquets-'));
  dossier = join(base, 'paquets');
  await importerEssai(base, dossier, { nom: '5.16', longueur: 8, politique: 'avertir' });
  await importerEssai(base, dossier, { nom: '5.17', longueur: 20, politique: 'bloquer' });
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

async function juger(nomFic: string, dans = dossier) {
  const essai = { pes: { entetes: { NomFic: nomFic } } };
  const jugement = ouvrirPaquets(dans).juger(JUGEMENT_PAQUETS);
  await lireFichierPes([pes(essai.pes)], { recepteurs: [jugement.recepteur] });
  const paquets = jugement.bilan() ?? expect.fail('not read');
  return controle({ ...essai, faits: { paquets } });
}

async function dire(paquets: BilanPaquets) {
  const { rapport, lu } = await controle({ faits: { paquets } });
  const reponses = rapport.reponses.filter((r) => r.code.startsWith('HELIOS-SCH-'));
  return { rapport, lu, reponses, anomalies: reponses.flatMap((r) => r.anomalies) };
}

const des = (reponses: readonly ReponseControle[]) =>
  reponses
    .filter((r) => r.code.startsWith('HELIOS-SCH-'))
    .map((r) => [r.code, r.reponse, r.anomalies.map((a) => a.gravite)]);

const fiche = (autres: Partial<FichePaquet> = {}): FichePaquet => ({
  nom: '5.17',
  version: '5.17',
  politique: 'avertir',
  empreinte: 'a'.repeat(64),
  importe: { quand: '2026-01-01T00:00:00Z', qui: 'essai' },
  origine: 'jeu',
  fichiers: 1,
  octets: 1,
  racines: [],
  ...autres,
});

const constat = (rang: number): ConstatXsd => ({
  code: 'XSD-006',
  message: `La valeur n° ${rang} n’est pas admise.`,
  position: { octet: 10, ligne: rang, colonne: 3 },
  element: 10,
  chemin: `/n:PES_Aller/Piece[${rang}]/@V`,
  valeur: 'abc',
  attendu: 'une date',
});

describe('one answer per pack', () => {
  test('names the pack, its version, its policy and its content', async () => {
    const { rapport } = await juger('COURT');
    expect(rapport.verdict).toBe('favorable');
    expect(des(rapport.reponses)).toEqual([
      ['HELIOS-SCH-01', 'oui', []],
      ['HELIOS-SCH-01', 'oui', []],
      ['HELIOS-SCH-02', 'oui', []],
    ]);
    const [premiere] = rapport.reponses.filter((r) => r.code === 'HELIOS-SCH-01');
    expect(premiere?.question).toContain('« 5.17 » (version 5.17)');
    expect(premiere?.source).toMatch(/politique bloquer, empreinte [0-9a-f]{64}$/);
  });

  test('avertir: told, and the file goes on', async () => {
    const { rapport, lu } = await juger('UN_PEU_LONG');
    expect([rapport.verdict, des(rapport.reponses)]).toEqual([
      'favorable',
      [
        ['HELIOS-SCH-01', 'oui', []],
        ['HELIOS-SCH-01', 'non', ['avertissement']],
        ['HELIOS-SCH-02', 'oui', []],
      ],
    ]);
    const [anomalie] = rapport.reponses.flatMap((r) => r.anomalies);
    expect(anomalie?.message).toMatch(/^Selon le paquet de schémas « 5\.16 » \(version 5\.16\) : La valeur /);
    expect(anomalie?.ou).toMatch(/NomFic\/@V, ligne 3, colonne \d+$/);
    expect(lu?.resume).not.toHaveProperty('schemasAttendus');
  });

  test('bloquer: refused', async () => {
    const { rapport } = await juger('UN_NOM_VRAIMENT_TROP_LONG');
    expect(rapport.verdict).toBe('defavorable');
    expect(des(rapport.reponses).slice(0, 2)).toEqual([
      ['HELIOS-SCH-01', 'non', ['bloquante']],
      ['HELIOS-SCH-01', 'non', ['avertissement']],
    ]);
  });

  test('no pack at all, or none of this root: the question does not arise', async () => {
    const { rapport } = await juger('COURT', join(base, 'vide'));
    expect(des(rapport.reponses)).toEqual([['HELIOS-SCH-01', 'sans objet', []]]);
    expect(des((await controle()).rapport.reponses)).toEqual([['HELIOS-SCH-01', 'sans objet', []]]);
  });

  test('findings are capped by pack, with the weight of the policy to the last', async () => {
    expect(JUGEMENT_PAQUETS.constats).toBe(10);
    const constats = Array.from({ length: 10 }, (_, k) => constat(k + 1));
    const paquet = fiche({ politique: 'bloquer', version: null });
    const { anomalies } = await dire({
      racine: ALLER,
      paquets: [{ type: 'juge', paquet, valide: false, constats, tronque: true }],
      probleme: null,
    });
    expect(anomalies).toHaveLength(11);
    expect(anomalies.every((a) => a.gravite === 'bloquante')).toBe(true);
    expect(anomalies.at(-1)?.message).toBe(
      'Selon le paquet de schémas « 5.17 » (version inconnue), d’autres écarts suivent, qui n’ont pas été comptés.',
    );
  });
});

describe('a pack that cannot be asked', () => {
  const muet = (politique: FichePaquet['politique']): BilanPaquets => ({
    racine: ALLER,
    paquets: [{ type: 'inutilisable', paquet: fiche({ politique }), motif: 'SHA256SUMS a été modifié' }],
    probleme: null,
  });

  test('avertir: the file goes on without its opinion, and the report says so', async () => {
    const { rapport, lu, anomalies } = await dire(muet('avertir'));
    expect(rapport.verdict).toBe('favorable');
    expect(anomalies).toMatchObject([{ code: 'HELIOS-SCH-02', gravite: 'avertissement' }]);
    expect(anomalies[0]?.message).toContain('SHA256SUMS a été modifié');
    expect(lu?.resume).not.toHaveProperty('schemasAttendus');
  });

  test('bloquer: no refusal, but the flux says which pack it waits for', async () => {
    const { rapport, lu, anomalies } = await dire(muet('bloquer'));
    expect(rapport.verdict).toBe('favorable');
    expect(anomalies[0]?.remede).toMatch(/^Attendre/);
    expect(lu?.resume['schemasAttendus']).toEqual(['5.17']);
  });

  test('an inventory that cannot be read is told, and refuses nothing', async () => {
    const { rapport, reponses } = await dire({
      racine: ALLER,
      paquets: [],
      probleme: 'ce n’est pas du JSON',
    });
    expect(rapport.verdict).toBe('favorable');
    expect(des(reponses)).toEqual([
      ['HELIOS-SCH-01', 'sans objet', []],
      ['HELIOS-SCH-02', 'non', ['avertissement']],
    ]);
  });

  test('each sentence is whole', async () => {
    const tous = [
      await dire(muet('bloquer')),
      await dire(muet('avertir')),
      await dire({ ...muet('avertir'), probleme: 'x' }),
    ];
    for (const { message, remede } of tous.flatMap((t) => t.anomalies)) {
      for (const phrase of [message, remede]) expect(phrase).toMatch(/^[A-ZÉÀ].*\.$/su);
    }
  });
});

describe('in a process that runs for long', () => {
  const seul = (p: FichePaquet): boolean => p.nom === '5.16';

  /** A folder of its own, whose pack 5.16 is damaged. */
  const abime = () => {
    const dans = mkdtempSync(join(base, 'abime-'));
    cpSync(dossier, dans, { recursive: true });
    const [contenu = ''] = readdirSync(join(dans, '5.16'));
    const fichier = join(dans, '5.16', contenu, 'fichiers', 'PES_Aller.xsd');
    writeFileSync(fichier, ' ', { flag: 'a' });
    const clock = creerFakeClock(0 as Instant);
    const log = creerFakeLog();
    const paquets = ouvrirPaquets(dans, { clock, log });
    return { dans, fichier, clock, log, paquets, voir: () => paquets.pour(ALLER, seul).map((p) => p.type) };
  };

  test('a pack that cannot be opened is told once in the technical log, and left alone for half a minute', async () => {
    const { fichier, clock, log, voir } = abime();
    expect([voir(), voir()]).toEqual([['inutilisable'], ['inutilisable']]);
    expect(log.lignes).toMatchObject([
      { niveau: 'warn', message: 'paquet de schémas inutilisable', champs: { paquet: '5.16' } },
    ]);
    writeFileSync(fichier, schemaAller(8));
    expect(voir()).toEqual(['inutilisable']);
    await clock.avancer(30_000);
    expect(voir()).toEqual(['pret']);
    expect(log.lignes.at(-1)).toMatchObject({ niveau: 'info', champs: { paquet: '5.16' } });
  });

  test('but tried at once when the packs change', async () => {
    const { dans, voir } = abime();
    expect(voir()).toEqual(['inutilisable']);
    await importerEssai(base, dans, { nom: '5.16', longueur: 8, politique: 'avertir' });
    expect(voir()).toEqual(['pret']);
  });

  test('an inventory that cannot be read is told once, and the packs known stay', () => {
    const { dans, log, paquets } = abime();
    paquets.lister();
    writeFileSync(join(dans, 'paquets.json'), '{');
    expect([paquets.lister(), paquets.lister()]).toMatchObject([
      { paquets: [{ nom: '5.17' }, { nom: '5.16' }], probleme: 'ce n’est pas du JSON' },
      { paquets: [{}, {}] },
    ]);
    expect(log.lignes.map((l) => l.message)).toEqual(['inventaire des paquets de schémas illisible']);
  });
});
