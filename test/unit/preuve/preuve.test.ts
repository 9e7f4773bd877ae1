import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { composerPreuve, nettoyerNom } from '../../../src/formats/asic/preuve.ts';
import { exporterPreuve } from '../../../src/gestes/exporter-preuve.ts';
import { verifierPreuve } from '../../../src/gestes/verifier-preuve.ts';
import type { FluxId, Siren } from '../../../src/metier/identifiants.ts';
import { OPERATEUR } from '../../../src/ports/store.ts';
import { Atelier, fautes, sh } from './atelier.ts';
import { arActe, type Decor, enOctets, ID, IDENTITE, planter } from './decor.ts';

let atelier: Atelier;
beforeAll(async () => {
  atelier = await Atelier.ouvrir();
});
afterAll(() => atelier.fermer());

describe('A proof verifies without us (archivage § 6)', () => {
  test('sha256sum -c and verifier.sh are content, under every shell at hand', async () => {
    const essai = await atelier.parLeShell(atelier.bonne);
    expect(essai.sortie).toBe('DOSSIER INTACT : tous les fichiers, le manifeste et le journal concordent.\n');
    expect(essai.code).toBe(0);
    const dossier = `${atelier.bonne}.d`;
    expect((await sh(dossier, 'sha256sum', '-c', 'EMPREINTES.sha256')).code).toBe(0);
    for (const interprete of [['dash'], ['bash', '--posix']]) {
      expect((await sh(dossier, ...interprete, 'verifier.sh')).code).toBe(0);
    }
  });

  test('ours finds it good and says what was checked', async () => {
    const { bonne: bon, constats } = await verifierPreuve(atelier.bonne);
    expect(bon).toBe(true);
    expect(constats.map((c) => `${c.sujet} : ${c.detail}`)).toEqual([
      'Conteneur ZIP : structure saine',
      'Type du conteneur : ASiC-E',
      'Manifeste ASiC : il cite exactement les fichiers présents',
      'Fichiers présents : 14 fichiers, ni plus ni moins',
      'Empreintes : 12 empreintes SHA-256 exactes',
      `Flux : ${IDENTITE}, acquitté : réception par l’État prouvée`,
      'Pièces : 6 pièces, SHA-256, SHA-512 et taille exacts',
      'Journal : 4 lignes, 2 liens de chaîne vérifiés',
      'Pièces au journal : chacune est citée par une ligne du journal',
      'Archive transmise : elle contient les pièces déposées, à l’identique',
      `Accusé de l’État : il porte l’identifiant ${IDENTITE}`,
    ]);
  });

  test('same flux, same bytes', async () => {
    const autre = await atelier.exporter(await planter());
    expect((await sh(atelier.dossier, 'cmp', atelier.bonne, autre)).code).toBe(0);
  });

  test('layout: mimetype first, pieces under clean names, exact bytes', async () => {
    const contenus = await atelier.contenus(atelier.bonne);
    expect([...contenus.keys()]).toEqual([
      'mimetype',
      'LISEZMOI.txt',
      'verifier.sh',
      'flux.json',
      'journal/lignes.jsonl',
      'journal/lignes.sha256',
      'pieces/000-document-Deliberation_n_41_tarifs_.pdf',
      'pieces/001-annexe-__plan.pdf',
      'pieces/002-rapport-rapport.json',
      'pieces/003-archive-VGM-TACT--214400152--20261121-1.tar.gz',
      `pieces/004-accuse-${IDENTITE}-1-2_1.xml`,
      'pieces/005-retour-courriel.eml',
      'EMPREINTES.sha256',
      'META-INF/ASiCManifest001.xml',
    ]);
    expect(contenus.get(`pieces/004-accuse-${IDENTITE}-1-2_1.xml`)?.equals(arActe(IDENTITE))).toBe(true);
    const lisezmoi = contenus.get('LISEZMOI.txt')?.toString() ?? '';
    expect(lisezmoi).toContain('nom d’origine : Délibération n° 41 (tarifs).pdf');
    expect(lisezmoi).toContain('Déposé le     21/11/2026 à 11:15:02 (heure de Paris)');
    expect(lisezmoi).toContain(`unzip "${IDENTITE}.asice" -d dossier`);
    expect(lisezmoi).not.toContain('ATTENTION');
    expect(lisezmoi.split('\n').filter((l) => l.length > 100)).toEqual([]);
  });

  test('the manifest is well-formed XML that cites every data object (ETSI EN 319 162-1 annex A.4)', async () => {
    const manifeste = (await atelier.contenus(atelier.bonne)).get('META-INF/ASiCManifest001.xml') as Buffer;
    const chemin = await atelier.poser(manifeste, 'manifeste.xml');
    const script =
      'import sys,xml.etree.ElementTree as E\nr=E.parse(sys.argv[1]).getroot()\nprint([c.get("URI") for c in r])';
    const { sortie } = await sh(atelier.dossier, 'python3', '-c', script, chemin);
    expect(sortie).toContain(
      "['META-INF/timestamp001.tst', 'EMPREINTES.sha256', 'LISEZMOI.txt', 'flux.json'",
    );
    expect(sortie).not.toContain("'mimetype'");
  });

  test.each(['depose', 'refuse', 'controle', 'transmis', 'incertain', 'echec', 'abandonne'] as const)(
    'in state %s it is allowed, and says that it does not prove the reception',
    async (etat) => {
      const decor = await planter();
      decor.flux = { ...decor.flux, etat, solde: null };
      const chemin = await atelier.exporter(decor);
      const contenus = await atelier.contenus(chemin);
      expect(contenus.get('LISEZMOI.txt')?.toString()).toContain(
        'ATTENTION : ce dossier ne prouve PAS la réception par l’État.',
      );
      const fiche = JSON.parse(contenus.get('flux.json')?.toString() ?? '');
      expect(fiche).toMatchObject({ etat, receptionProuvee: false });
      expect(await fautes(chemin)).toEqual([]);
      expect((await atelier.parLeShell(chemin)).code).toBe(0);
    },
  );

  test('names are cleaned without ever being emptied, nor losing their extension', () => {
    expect(nettoyerNom('é à/..\\ü.PDF')).toBe('e_a_.._u.PDF');
    expect(nettoyerNom('')).toBe('_');
    expect(nettoyerNom('…')).toBe('_');
    expect(nettoyerNom('-rf')).toBe('_rf');
    expect(nettoyerNom(`${'a'.repeat(200)}.tar.gz`)).toMatch(/^a{93}\.tar\.gz$/);
  });
});

const essayer = async (changer: (d: Decor) => void): Promise<unknown> => {
  const decor = await planter();
  changer(decor);
  return atelier.exporter(decor);
};

const premiere = (d: Decor): string => d.pieces[0]?.sha256 ?? '';

const octets = (d: Decor) => d.octets.get(premiere(d)) as Buffer;

describe('No proof over bytes that are not those received (VGM-NOY-006)', () => {
  test('altered, truncated, absent, or with a wrong second digest', async () => {
    await expect(essayer((d) => d.octets.set(premiere(d), Buffer.from('autre')))).rejects.toThrow(
      /^VGM-NOY-006/,
    );
    await expect(essayer((d) => d.octets.set(premiere(d), octets(d).subarray(1)))).rejects.toThrow(
      /^VGM-NOY-006/,
    );
    await expect(essayer((d) => d.octets.delete(premiere(d)))).rejects.toThrow(/^VGM-NOY-006/);
    await expect(
      essayer((d) => {
        d.pieces[0] = { ...(d.pieces[0] as Decor['pieces'][0]), sha512: 'ab'.repeat(64) };
      }),
    ).rejects.toThrow(/^VGM-NOY-006/);
  });

  test('altered between the two readings: the stream breaks', async () => {
    const decor = await planter();
    const preuve = await exporterPreuve(decor.deps, OPERATEUR, ID);
    const faux = Buffer.from(decor.octets.get(premiere(decor)) as Buffer);
    faux[3] = 0;
    decor.octets.set(premiere(decor), faux);
    await expect(enOctets(preuve.contenu)).rejects.toThrow(/^VGM-NOY-006/);
  });

  test('another tenant’s flux does not exist (VGM-NOY-003)', async () => {
    const { deps } = await planter();
    const autre = { collectivite: '000000000' as Siren };
    await expect(exporterPreuve(deps, autre, ID)).rejects.toThrow(/^VGM-NOY-003/);
    await expect(exporterPreuve(deps, OPERATEUR, 'x' as FluxId)).rejects.toThrow(/^VGM-NOY-003/);
  });

  test('a flux that moves during the three reads is read again, then refused (VGM-NOY-001)', async () => {
    const decor = await planter();
    const trouver = decor.deps.flux.trouver;
    let lectures = 0;
    const bouger = (jusqua: number): DepsMobiles => ({
      ...decor.deps,
      flux: {
        ...decor.deps.flux,
        trouver: async (portee, id) => {
          lectures += 1;
          const flux = await trouver(portee, id);
          return flux === undefined ? undefined : { ...flux, ver: Math.min(lectures, jusqua) };
        },
      },
    });
    type DepsMobiles = Decor['deps'];
    expect((await exporterPreuve(bouger(3), OPERATEUR, ID)).nom).toBe(`${IDENTITE}.asice`);
    lectures = 0;
    await expect(exporterPreuve(bouger(1000), OPERATEUR, ID)).rejects.toThrow(/^VGM-NOY-001/);
  });
});

test('a proof beyond 4 GiB is refused before the first byte (VGM-PRV-001)', async () => {
  const decor = await planter();
  const piece = { ...(decor.pieces[0] as Decor['pieces'][0]), taille: 5_000_000_000 };
  const pieces = [{ piece, crc: 0, ouvrir: () => enMorceaux() }];
  expect(() => composerPreuve({ flux: decor.flux, nomCollectivite: 'x', pieces, lignes: [] })).toThrow(
    /^VGM-PRV-001/,
  );
});

async function* enMorceaux(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('x');
}
