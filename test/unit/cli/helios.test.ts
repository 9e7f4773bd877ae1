import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BancApi, ouvrirBanc } from '../../api/banc-api.ts';
import { fluxFictif, RETOUR } from '../../api/gestes-fictifs.ts';
import type { FluxId } from '../../../src/metier/identifiants.ts';
import { importerEssai } from '../../parcours/paquets-essai.ts';
import { RACINE } from '../formats/chemins.ts';
import { pes } from '../helios/generateur.ts';
import { acquit, bordereau, erreur, fixtureEtat } from '../helios/retours.ts';
import { type BancCli, creerBancCli } from './banc-cli.ts';

/** What the command line shows of HELIOS, and controls of it without the daemon. */

let api: BancApi;
let cli: BancCli;
let dossier: string;
const PES = fluxFictif(5, {
  protocole: 'HELIOS',
  etat: 'acquitte_partiel',
  identite: '123/VALMONCEL_1',
  nomEnvoi: 'PESALR2_213400001_260302_001.xml',
  resume: {
    genre: 'PES_Aller',
    nomFic: 'VALMONCEL_1',
    codCol: '123',
    codBud: '00',
    idPost: '034079',
    idColl: '21340000100012',
    nombreBordereaux: 2,
    bordereaux: [
      { domaine: 'depense', exercice: '2026', numero: '41', type: '01', montantHT: '12.50' },
      { domaine: 'recette', exercice: '2026', numero: '7', type: '01', montantHT: '100.00' },
    ],
    nombrePieces: 1,
    pieces: ['P1'],
    acquittement: {
      issue: 'partiel',
      nombreUnites: 2,
      unites: [
        {
          unite: 'bordereau de dépense n° 41 (2026)',
          sort: 'refuse',
          erreurs: [
            { code: 'ERREUR_AUTRE', libelle: '2559 - Code service inconnu', piece: '3', ligne: '2' },
            { code: 'ERREUR_CODIQUE', libelle: null, piece: null, ligne: null },
          ],
        },
        { unite: 'bordereau de recette n° 7 (2026)', sort: 'accepte', erreurs: [] },
      ],
    },
    confrontation: {
      bordereaux: [
        { domaine: 'depense', exercice: '2026', numero: '41', sort: 'refuse', erreurs: [] },
        { domaine: 'recette', exercice: '2026', numero: '7', sort: 'accepte', erreurs: [] },
      ],
      pieces: [{ idUnique: 'P1', sort: 'sans_reponse', erreurs: [] }],
    },
  },
});

beforeAll(async () => {
  api = await ouvrirBanc();
  dossier = mkdtempSync(join(tmpdir(), 'vgm-cli-helios-'));
});
afterAll(async () => {
  await api.fermer();
  rmSync(dossier, { recursive: true, force: true });
});
beforeEach(() => {
  cli = creerBancCli(api.socket);
  api.gestes.flux.clear();
  api.gestes.flux.set(PES.id, PES);
});

describe('a PES shown to people', () => {
  test('montrer: its headers, its bordereaux, its answer unit by unit with code and words of Hélios', async () => {
    const { sortie, code } = await cli.lancer('montrer', PES.id);
    expect(code).toBe(0);
    const lignes = sortie.split('\n').map((l) => l.replace(/ {2,}/g, '  ').trim());
    for (const attendue of [
      'Fichier (NomFic)  VALMONCEL_1',
      'Budget (CodCol, CodBud)  123 00',
      'Contenu : 2 bordereaux, 1 PJ.',
      'dépense  2026  41  01  12.50',
      'bordereau de dépense n° 41 (2026)  refusé  ERREUR_AUTRE  pièce 3, ligne 2  2559 - Code service inconnu',
      'bordereau de dépense n° 41 (2026)  refusé  ERREUR_CODIQUE',
      'bordereau de recette n° 7 (2026)  accepté',
      'pièce justificative P1  sans réponse',
    ])
      expect(lignes).toContain(attendue);
    // what is not accepted comes first, named by the answer or not
    const rang = (debut: string) => lignes.findIndex((l) => l.startsWith(debut));
    expect(rang('pièce justificative P1')).toBeLessThan(rang('bordereau de recette n° 7'));
  });

  test('montrer: how many of each fate, and what a person said of it', async () => {
    const comptes = { bordereaux: { accepte: 12_000, refuse: 1 }, pieces: { accepte: 3 } };
    const { acquittement, confrontation } = PES.resume as Record<string, object>;
    const resume = {
      ...PES.resume,
      acquittement: { ...acquittement, tranche: 'partiel' },
      confrontation: { ...confrontation, comptes },
    };
    api.gestes.flux.set(PES.id, { ...PES, resume });
    const { sortie } = await cli.lancer('montrer', PES.id);
    expect(sortie).toContain('Tranché par une personne : accepté en partie.');
    expect(sortie).toMatch(/Accepté : 12.000 bordereaux, 3 PJ\.\nRefusé : 1 bordereau\./u);
  });

  test('it is named by its NomFic, its identity or its outgoing name', async () => {
    for (const nom of [' VALMONCEL_1 ', '123/VALMONCEL_1', 'PESALR2_213400001_260302_001'])
      expect((await cli.lancer('montrer', nom, '--json')).json[0]?.['flux'], nom).toMatchObject({
        id: PES.id,
      });
  });

  test('lister tells what it holds; a PES Retour says what it is', async () => {
    const recu = fluxFictif(6, {
      protocole: 'HELIOS',
      etat: 'recu',
      resume: { genre: 'PES_Retour', nom: 'PES2R_DEP.xml', libelle: 'PES Retour de la DGFiP : dépense.' },
    });
    api.gestes.flux.set(recu.id as FluxId, recu);
    const { sortie } = await cli.lancer('lister');
    expect(sortie).toContain('2 bordereaux, 1 PJ');
    expect(sortie).toContain('PES Retour de la DGFiP : dépense.');
    const montre = await cli.lancer('montrer', recu.id);
    expect(montre.sortie).toMatch(/Fichier \(NomFic\) +PES2R_DEP\.xml/);
  });

  test('a file of the DGFiP is filed by hand under its name, a mail without', async () => {
    const xml = join(dossier, '034079_260310100500-ACK-A0000001_A0000001_OK.XML');
    writeFileSync(xml, '<a/>');
    const eml = join(dossier, 'accuse.eml');
    writeFileSync(eml, 'From: x\r\n\r\ny');
    expect((await cli.lancer('retours', 'deposer', xml, '--json')).json).toMatchObject([
      { nom: '034079_260310100500-ACK-A0000001_A0000001_OK.XML' },
    ]);
    expect((await cli.lancer('retours', 'deposer', eml, '--json')).json).toMatchObject([{ nom: null }]);
    api.gestes.retour = { ...RETOUR, nom: 'ack.xml' };
    const { sortie } = await cli.lancer('retours', 'montrer', RETOUR.id);
    api.gestes.retour = RETOUR;
    expect(sortie).toMatch(/Fichier +ack\.xml/);
    expect(sortie).not.toContain('Expéditeur');
  });
});

describe('controler what the DGFiP answers, without daemon', () => {
  const controler = (nom: string, octets: Buffer, ...plus: readonly string[]) => {
    const fichier = join(dossier, nom);
    writeFileSync(fichier, octets);
    return cli.lancer('controler', fichier, ...plus);
  };
  const entetes = { NomFic: 'VALMONCEL_1', CodCol: '123' };

  test('an acquittement is told in words, whatever it answers: exit code 0', async () => {
    const refus = bordereau('42', '0', erreur('1971', 'Compte erroné'));
    const { code, sortie } = await controler(
      'ack.xml',
      acquit({ entetes, elements: bordereau('41') + refus }),
    );
    expect(code).toBe(0);
    expect(sortie).toContain(
      'Fichier accepté en partie par Hélios : 1 bordereau accepté ; 1 bordereau refusé.',
    );
    expect(sortie).toContain('Fichier répondu : NomFic « VALMONCEL_1 », CodCol « 123 ».');
    expect(sortie).toContain('Compte erroné');
  });

  test('--json gives the issue and the fields; a header that is missing is said', async () => {
    const { code, json } = await controler('ack.xml', acquit({ entetes }), '--json');
    expect([code, json[0]]).toMatchObject([
      0,
      { type: 'acquit', issue: 'accepte', nomFic: 'VALMONCEL_1', codCol: '123', erreur: null },
    ]);
    const sans = await controler('ack.xml', acquit({ entetes: { ...entetes, NomFic: '' } }));
    expect(sans.sortie).toContain('Fichier répondu : sans NomFic, CodCol « 123 ».');
  });

  test('a PES Retour tells its domains; one that is damaged is for a person: exit code 3', async () => {
    const retour = fixtureEtat('retour/depense');
    expect((await controler('r.xml', retour)).sortie).toMatch(/^PES Retour de la DGFiP : /);
    const casse = await controler('r.xml', retour.subarray(0, retour.length - 40));
    expect(casse.code).toBe(3);
  });
});

describe('controler a PES, without daemon', () => {
  const controler = (nom: string, octets: Buffer, ...plus: readonly string[]) => {
    const fichier = join(dossier, nom);
    writeFileSync(fichier, octets);
    return cli.lancer('controler', fichier, ...plus);
  };

  test('a sound one: nothing to refuse, and what only the daemon can say is told', async () => {
    const { code, sortie } = await controler('SANS_EXTENSION', pes());
    expect(code).toBe(0);
    expect(sortie).toContain('SANS_EXTENSION : rien à refuser.');
    expect(sortie).toContain('Non jugé hors ligne');
    for (const question of [
      'HELIOS-COL-02',
      'HELIOS-COL-04',
      'HELIOS-DBL-01',
      'vaguemestre verifier',
      'antivirus',
    ])
      expect(sortie).toContain(question);
  });

  test('each finding says where it stands; UTF-16 is judged as a PES, not as an acte', async () => {
    const { sortie } = await controler('vide.xml', pes({ entetes: { NomFic: '' } }));
    expect(sortie).toMatch(/HELIOS-NOM-01 \(.*ligne [0-9]+, colonne [0-9]+\)/);
    const large = await controler('large', Buffer.from(`\uFEFF${pes().toString('latin1')}`, 'utf16le'));
    expect([large.code, large.sortie]).toEqual([3, expect.stringContaining('HELIOS-XML-01')]);
    expect(large.sortie).toContain('UTF-16');
  });

  test('same rules as the door: each refusal with its code, exit 3', async () => {
    const faux = pes({ entetes: { IdColl: '123', NomFic: null }, infoDematerialisee: '1' });
    const { code, json } = await controler('faux.xml', faux, '--json');
    expect(code).toBe(3);
    const codes = ((json[0] ?? {})['anomalies'] as { code: string; gravite: string }[])
      .filter((a) => a.gravite === 'bloquante')
      .map((a) => a.code);
    expect(codes).toEqual(expect.arrayContaining(['HELIOS-COL-02', 'HELIOS-DEM-02']));
    expect(((json[0] ?? {})['nonJuges'] as unknown[]).length).toBeGreaterThan(0);
  });

  describe('with the schema packs', () => {
    const LONG = pes({ entetes: { NomFic: 'UN_NOM_DE_FICHIER_TROP_LONG' } });
    let donnees: string;
    let paquets: string;
    beforeAll(async () => {
      donnees = join(dossier, 'donnees');
      paquets = join(donnees, 'schemas', 'helios');
      await importerEssai(dossier, paquets, { nom: '5.17', longueur: 12, politique: 'bloquer' });
    });
    const politique = (valeur: string) =>
      cli.lancer('schemas', 'politique', '5.17', valeur, '--dossier', paquets);

    test('each by its policy, as the daemon would; without them the answer says that they were not asked', async () => {
      const sans = await controler('long.xml', LONG);
      expect([sans.code, sans.sortie]).toEqual([0, expect.stringContaining('HELIOS-SCH-01')]);
      const bloque = await controler('long.xml', LONG, '--schemas', paquets);
      expect([bloque.code, bloque.sortie]).toEqual([
        3,
        expect.stringMatching(
          /REFUS {2}HELIOS-SCH-01 .*Selon le paquet de schémas « 5\.17 » \(version 5\.17\) : /,
        ),
      ]);
      expect((await controler('court.xml', pes(), '--schemas', paquets)).sortie).not.toContain('HELIOS-SCH');
      await politique('avertir');
      const averti = await controler('long.xml', LONG, '--schemas', paquets);
      expect([averti.code, averti.sortie]).toEqual([0, expect.stringContaining('avis   HELIOS-SCH-01')]);
      await politique('bloquer');
    });

    test('those of the settings, when some are named', async () => {
      const reglages = join(dossier, 'vgm.toml');
      writeFileSync(reglages, `donnees = ${JSON.stringify(donnees)}\n`);
      expect((await controler('long.xml', LONG, '--config', reglages)).code).toBe(3);
      cli.env = { VAGUEMESTRE_CONFIG: reglages };
      expect((await controler('long.xml', LONG)).code).toBe(3);
      cli.env = {};
    });

    test('a folder named for that and without packs: failure; a pack that cannot be opened: told', async () => {
      const vide = await controler('long.xml', LONG, '--schemas', join(dossier, 'vide'));
      expect([vide.code, vide.erreur]).toEqual([1, expect.stringContaining('VGM-SCH-009')]);
      const [contenu = ''] = readdirSync(join(paquets, '5.17'));
      rmSync(join(paquets, '5.17', contenu, 'SHA256SUMS'));
      const muet = await controler('long.xml', LONG, '--schemas', paquets);
      expect([muet.code, muet.sortie]).toEqual([0, expect.stringContaining('avis   HELIOS-SCH-02')]);
    });
  });

  test('a broken one, and one of our fixtures', async () => {
    const casse = await controler('casse.xml', pes().subarray(0, 900));
    expect([casse.code, casse.sortie]).toEqual([3, expect.stringContaining('REFUS  HELIOS-')]);
    const fixture = join(RACINE, 'fixtures/helios/aller/depense.xml');
    expect(statSync(fixture).size).toBeGreaterThan(0);
    expect((await cli.lancer('controler', fixture)).sortie).toContain('depense.xml : ');
  });
});
