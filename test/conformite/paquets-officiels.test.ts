import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix, relative } from 'node:path';
import type { XsdValidator } from 'libxml2-wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importerPaquet, type ImportFait } from '../../src/adapters/schemas/importer.ts';
import { ouvrirPaquets } from '../../src/adapters/schemas/paquets.ts';
import { AnalyseurXml } from '../../src/formats/xml/analyseur.ts';
import type { Instant } from '../../src/metier/identifiants.ts';
import { PARTAGE, partagePresent } from '../unit/formats/chemins.ts';
import { comprime, monter } from '../unit/schemas/decor.ts';
import { compilerLibxml2, fichiersDe, jugerLibxml2 } from './juges-xsd.ts';

/**
 * The sets of the DGFiP themselves, when they are beside the repository (our own fixtures show the same rules in
 * `test/unit/schemas`): all are imported, and each says of each sample what libxml2 says.
 */

const NORMES = `${PARTAGE}normes/helios`;
const EXEMPLES = `${PARTAGE}exemples/helios`;
const VERSIONS = ['5.17', '5.16', '5.14', '5.12', '5.11'];

const present = partagePresent('normes/helios/schemas_pes_v5.17') && partagePresent('exemples/helios/aller');

describe.runIf(present)('the official sets', () => {
  const dossier = mkdtempSync(join(tmpdir(), 'vgm-officiels-'));
  const faits: ImportFait[] = [];
  const importer = (source: string, dans: string) =>
    importerPaquet({
      source,
      remplacer: false,
      dossier: dans,
      auteur: { qui: 'essai', quand: 0 as Instant },
    });

  beforeAll(async () => {
    for (const v of VERSIONS) faits.push(await importer(join(NORMES, `schemas_pes_v${v}`), dossier));
  });
  afterAll(() => rmSync(dossier, { recursive: true }));

  test('each is named after its version, with its five roots', () => {
    expect(faits.map((f) => f.paquet.nom)).toEqual(VERSIONS);
    const racines = ['PES_ACQUIT', 'PES_ACQUIT', 'PES_ACQUIT_RETOUR', 'PES_Aller', 'PES_Retour'];
    for (const { paquet } of faits) expect(paquet.racines.map((r) => r.nom)).toEqual(racines);
    expect(new Set(faits.map((f) => f.paquet.empreinte)).size).toBe(5);
  });

  test('zipped, it is the same content', async () => {
    const m = monter();
    const base = join(NORMES, 'schemas_pes_v5.17');
    const fichiers = readdirSync(base, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
    const entrees = fichiers.map((e) => {
      const chemin = join(e.parentPath, e.name);
      return comprime(posix.join('schemas_pes_v5.17', relative(base, chemin)), readFileSync(chemin));
    });
    const fait = await importer(m.zipperBrut('livraison.zip', entrees), m.dossier);
    expect(fait.paquet.empreinte).toBe(faits[0]?.paquet.empreinte);
    m.fermer();
  });

  const noms = ['aller', 'acquit', 'retour'].flatMap((d) =>
    present ? readdirSync(join(EXEMPLES, d)).map((n) => join(d, n)) : [],
  );

  test('five packs on one reading say of every sample what libxml2 says', () => {
    const paquets = ouvrirPaquets(dossier);
    const validateurs = new Map<string, XsdValidator>();
    const libxml2 = (version: string, principal: string, octets: Uint8Array): boolean => {
      const cle = `${version}/${principal}`;
      const connu =
        validateurs.get(cle) ??
        compilerLibxml2(principal, fichiersDe(join(NORMES, `schemas_pes_v${version}`)));
      validateurs.set(cle, connu);
      return jugerLibxml2(connu, octets).valide;
    };
    const vus = noms.flatMap((nom) => {
      const octets = readFileSync(join(EXEMPLES, nom));
      const jugement = paquets.juger();
      const analyseur = new AnalyseurXml(jugement.recepteur, { ids: 'libres' });
      analyseur.ecrire(octets);
      analyseur.finir();
      const bilan = jugement.bilan();
      expect([nom, bilan?.paquets.map((p) => p.paquet.nom)]).toEqual([nom, VERSIONS]);
      return (bilan?.paquets ?? []).map((p) => {
        const { espace, nom: local } = bilan?.racine ?? { espace: '', nom: '' };
        const entree = p.paquet.racines.find((r) => r.espace === espace && r.nom === local);
        const attendu = libxml2(p.paquet.nom, entree?.fichier ?? '', octets);
        return { nom, paquet: p.paquet.nom, notre: p.type === 'juge' && p.valide, attendu };
      });
    });
    expect(vus.length).toBeGreaterThan(100);
    expect(vus.filter((v) => v.notre !== v.attendu)).toEqual([]);
    for (const v of validateurs.values()) v.dispose();
  });

  test('the break between 5.12 and 5.14: one form of CarteAchatNiveau1 is valid in the one alone', () => {
    const jugement = ouvrirPaquets(dossier).juger();
    const octets = readFileSync(join(EXEMPLES, 'aller/parapheurv5-PESALR1_unsigned.xml'));
    const analyseur = new AnalyseurXml(jugement.recepteur);
    analyseur.ecrire(octets);
    analyseur.finir();
    const valides = jugement.bilan()?.paquets.filter((p) => p.type === 'juge' && p.valide);
    expect(valides?.map((p) => p.paquet.nom)).toEqual(['5.12', '5.11']);
  });
});
