import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifierXades } from '../../../src/formats/xades/verifier.ts';
import { Muet } from '../../../src/formats/xml/muet.ts';
import { POLITIQUE } from '../formats/certificats/pki.ts';
import { cleDe, pes, signer } from '../formats/xades/atelier.ts';
import { ACTE, ANNEXE, envelopper, LES_DEUX, MESSAGE, separer } from '../formats/xades-base/atelier.ts';
import { AtelierHorsLigne } from './atelier-hors-ligne.ts';

/** `vaguemestre verifier` on XML, in this process; proof files are in test/unit/preuve. */

let a: AtelierHorsLigne;
const NIVEAU = { emetteur: '*', politique: POLITIQUE.rgs2, niveau: 'RGS **' };

/** A trust store whose only anchor is the root of the test. */
function magasin(niveaux: readonly object[]): string {
  const certificat = Buffer.from(a.pki.der('racine')).toString('base64');
  const famille = {
    nom: 'essai',
    libelle: 'Essai',
    lecture: 'tableau',
    ancres: [{ certificat, nom: 'racine', periodes: [] }],
    niveaux,
    origine: 'essai',
  };
  return JSON.stringify({ version: 1, familles: [famille] });
}

beforeAll(async () => {
  a = new AtelierHorsLigne();
  expect((await a.signer('s.xml')).code).toBe(0);
  a.ecrire('magasin.json', magasin([NIVEAU]));
  a.ecrire('sans-niveau.json', magasin([]));
  a.ecrire('racine.crl', a.pki.crl('racine', { nom: 'racine' }));
  a.ecrire('ica2.crl', a.pki.crl('ica2', { nom: 'ica2' }));
}, 120_000);
afterAll(() => a.fermer());

/** The signed file with one text for another. */
function alterer(avant: string, apres: string): string {
  const texte = a.lire('s.xml').toString('latin1');
  expect(texte).toContain(avant);
  a.ecrire('e.xml', Buffer.from(texte.replace(avant, apres), 'latin1'));
  return 'e.xml';
}

describe('a PES: each signature, what it covers, what none covers', () => {
  test('good: 0; and that nobody vouched for the signer is said plainly', async () => {
    const r = await a.verifier('s.xml');
    expect([r.code, r.erreur]).toEqual([0, '']);
    for (const dit of [
      'Signature 1 : valide',
      'Signature 2 : valide',
      'bordereau 2 (Id BORD2',
      'CN=rsa,O=Essai,C=FR',
      'Intégrité   intacte',
      'non jugée : aucun magasin de confiance',
      'pièce jointe PJ1',
      'Attention : La chaîne des certificats n’est pas jugée',
    ]) {
      expect(r.sortie).toContain(dit);
    }
  });

  test('--json: one document, no object of the program in it', async () => {
    const r = await a.verifier('s.xml', '--json');
    expect(r.json).toMatchObject([
      {
        fichier: a.chemin('s.xml'),
        bonne: true,
        torts: [],
        profil: 'pes',
        conclusion: 'valide',
        signatures: [
          {
            etat: 'valide',
            couvre: { id: 'BORD1', etiquette: '1' },
            instant: '2026-06-15T12:00:00Z',
            confiance: { type: 'non_jugee' },
            signataire: { sujet: 'CN=rsa,O=Essai,C=FR', debut: '2025-01-01T00:00:00Z' },
          },
          {},
        ],
        couverture: {
          mode: 'bordereaux',
          bordereaux: { total: 2, couverts: 2 },
          pieces: { total: 1, couverts: 0 },
        },
        schema: null,
      },
    ]);
    const [{ signatures }] = r.json as unknown as [{ signatures: { signataire: { der: string } }[] }];
    expect(Buffer.from(signatures[0]?.signataire.der ?? '', 'base64')).toEqual(Buffer.from(a.pki.der('rsa')));
  });

  test('altered: 3, the code, its remedy, and what is no longer covered', async () => {
    const r = await a.verifier(alterer('<Exer V="2026"/><IdBord V="2"/>', '<Exer V="2025"/><IdBord V="2"/>'));
    expect(r.code).toBe(3);
    expect(r.sortie).toMatch(/Signature 1 : valide[^]*Signature 2 : À REFUSER/);
    expect(r.sortie).toContain('REFUS XDS-053 : Le contenu de « BORD2 » a changé depuis la signature.');
    expect(r.sortie).toContain('Remède : Ne pas se fier à ce contenu');
    expect(r.sortie).toMatch(/aucune signature ne couvre :\n {2}bordereau 2 \(Id BORD2/);
    const j = await a.verifier('e.xml', '--json');
    expect([j.code, j.json]).toMatchObject([3, [{ bonne: false, conclusion: 'refusee' }]]);
  });

  test('signed in part, not signed: 3', async () => {
    await a.signer('t.xml', '--id', 'BORD1');
    const partielle = await a.verifier('t.xml');
    expect([partielle.code, partielle.sortie]).toEqual([
      3,
      expect.stringContaining('À REFUSER : 1 signature valide'),
    ]);
    const aucune = await a.verifier('pes.xml');
    expect([aucune.code, aucune.sortie]).toEqual([3, expect.stringContaining('Le fichier n’est pas signé.')]);
    expect(aucune.sortie).not.toContain('Attention');
  });

  test('a certificate out of date at the instant examined: 3, trust store or not', async () => {
    const r = await a.verifier('s.xml', '--instant', '2030-01-01');
    expect([r.code, r.sortie]).toEqual([3, expect.stringContaining('n’était pas en cours de validité')]);
    expect((await a.verifier('s.xml', '--instant', '2026-07-01')).code).toBe(0);
  });
});

describe('trust: never silently good', () => {
  const preuves = (): string[] => ['--crl', a.chemin('racine.crl'), a.chemin('ica2.crl')];

  test('path, level and revocation settled: 0', async () => {
    const r = await a.verifier('s.xml', '--magasin', a.chemin('magasin.json'), ...preuves());
    expect([r.code, r.erreur]).toEqual([0, '']);
    expect(r.sortie).toContain('niveau RGS **, famille essai');
    expect(r.sortie).not.toContain('Attention');
    const j = await a.verifier('s.xml', '--magasin', a.chemin('magasin.json'), ...preuves(), '--json');
    expect(j.json).toMatchObject([
      {
        signatures: [
          {
            confiance: {
              type: 'confiance',
              niveau: 'RGS **',
              chemin: [{ sujet: 'CN=rsa,O=Essai,C=FR' }, {}, { fin: '2040-01-01T00:00:00Z' }],
              maillons: [{ revocation: { etat: 'bon', preuve: { emise: '2026-06-01T00:00:00.000Z' } } }, {}],
            },
          },
          {},
        ],
      },
    ]);
  });

  test('the store of the settings, when they are named; --sans-magasin leaves it aside', async () => {
    const reglages = a.ecrire('reglages.toml', '[confiance]\nfichiers = ["magasin.json"]\n');
    const r = await a.verifier('s.xml', '--config', reglages, ...preuves());
    expect([r.code, r.sortie]).toEqual([0, expect.stringContaining('niveau RGS **, famille essai')]);
    expect((await a.verifier('s.xml', '--config', reglages)).code).toBe(3);
    const sans = await a.verifier('s.xml', '--config', reglages, '--sans-magasin');
    expect([sans.code, sans.sortie]).toEqual([0, expect.stringContaining('Attention')]);
    a.cli.env = { VAGUEMESTRE_CONFIG: a.ecrire('vide.toml', '') };
    const rien = await a.verifier('s.xml');
    a.cli.env = {};
    expect([rien.code, rien.sortie]).toEqual([0, expect.stringContaining('Attention')]);
    expect((await a.verifier('s.xml', '--config', a.chemin('absent.toml'))).erreur).toContain('VGM-CFG-001');
  });

  test('families that the settings ask for and that are absent admit nobody: that is not « no store »', async () => {
    const texte = '[confiance]\nfichiers = ["magasin.json"]\n[confiance.familles]\n';
    const absente = a.ecrire('absente.toml', `${texte}pes = ["rgs"]\nactes = ["essai"]\n`);
    const r = await a.verifier('s.xml', '--config', absente, ...preuves());
    expect([r.code, r.sortie]).toEqual([3, expect.stringContaining('La confiance n’est pas établie')]);
    expect(r.sortie).not.toContain('Attention');
    const jamais = a.ecrire('jamais.toml', '[confiance.familles]\npes = ["rgs"]\n');
    expect((await a.verifier('s.xml', '--config', jamais, ...preuves())).code).toBe(3);
    const presente = a.ecrire('presente.toml', `${texte}pes = ["essai"]\nactes = ["rgs"]\n`);
    expect((await a.verifier('s.xml', '--config', presente, ...preuves())).code).toBe(0);
  });

  test('evidence older than the settings admit does not count, whatever store is given', async () => {
    const texte = '[confiance]\nfichiers = ["magasin.json"]\n[confiance.revocation]\n';
    const agees = async (secondes: number, ...plus: readonly string[]): Promise<unknown[]> => {
      const reglages = a.ecrire('ages.toml', `${texte}crl_age_max_s = ${secondes}\n`);
      const r = await a.verifier('s.xml', '--config', reglages, ...preuves(), ...plus);
      return [r.code, r.sortie.includes('la révocation n’est pas établie')];
    };
    // the lists of June 1st, for a signature of June 15th
    expect(await agees(86_400 * 13)).toEqual([3, true]);
    expect(await agees(86_400 * 15)).toEqual([0, false]);
    expect(await agees(0)).toEqual([0, false]);
    expect(await agees(86_400, '--magasin', a.chemin('magasin.json'))).toEqual([3, true]);
  });

  test('evidence made after the signature is welcome', async () => {
    a.ecrire('tard.crl', a.pki.crl('ica2', { nom: 'tard', emise: '2026-08-01', jusqua: '2026-09-01' }));
    a.ecrire(
      'racine-tard.crl',
      a.pki.crl('racine', { nom: 'rtard', emise: '2026-08-01', jusqua: '2026-09-01' }),
    );
    a.cli.instant = Date.parse('2026-08-15T00:00:00Z') as typeof a.cli.instant;
    const crl = ['--crl', a.chemin('tard.crl'), a.chemin('racine-tard.crl')];
    expect((await a.verifier('s.xml', '--magasin', a.chemin('magasin.json'), ...crl)).code).toBe(0);
    a.cli.instant = Date.parse('2026-06-15T12:00:00Z') as typeof a.cli.instant;
  });

  test('no evidence, no level, an unknown authority: 3', async () => {
    const sans = await a.verifier('s.xml', '--magasin', a.chemin('magasin.json'));
    expect([sans.code, sans.sortie]).toEqual([3, expect.stringContaining('la révocation n’est pas établie')]);
    const niveau = await a.verifier('s.xml', '--magasin', a.chemin('sans-niveau.json'), ...preuves());
    expect([niveau.code, niveau.sortie]).toEqual([3, expect.stringContaining('aucun niveau admis')]);
    a.ecrire('vide.json', JSON.stringify({ version: 1, familles: [] }));
    const inconnue = await a.verifier('s.xml', '--magasin', a.chemin('vide.json'), ...preuves());
    expect([inconnue.code, inconnue.sortie]).toEqual([3, expect.stringContaining('REFUSÉE : L’autorité')]);
    expect(inconnue.sortie).toContain('À REFUSER : La confiance n’est pas établie');
  });

  test('revoked before the signature: 3', async () => {
    a.pki.revoquer('ica2', 'rsa', { quand: '260601000000Z', motif: 'keyCompromise' });
    a.ecrire('revoque.crl', a.pki.crl('ica2', { nom: 'revoque' }));
    const crl = ['--crl', a.chemin('racine.crl'), a.chemin('revoque.crl')];
    const r = await a.verifier('s.xml', '--magasin', a.chemin('magasin.json'), ...crl);
    expect([r.code, r.sortie]).toEqual([3, expect.stringContaining('révoqué')]);
  });

  test('a store that cannot be used, evidence without store', async () => {
    for (const [nom, contenu] of [
      ['faux.json', '{'],
      ['autre.json', '{"version":2}'],
    ] as const) {
      a.ecrire(nom, contenu);
      const r = await a.verifier('s.xml', '--magasin', a.chemin(nom));
      expect([nom, r.code, r.erreur]).toEqual([nom, 1, expect.stringContaining('VGM-CNF-001')]);
    }
    expect((await a.verifier('s.xml', '--magasin', a.chemin('absent'))).code).toBe(1);
    const seules = await a.verifier('s.xml', ...preuves());
    expect([seules.code, seules.erreur]).toEqual([2, expect.stringContaining('--magasin')]);
    const absente = await a.verifier(
      's.xml',
      '--magasin',
      a.chemin('magasin.json'),
      '--crl',
      a.chemin('rien'),
    );
    expect([absente.code, absente.erreur]).toEqual([1, expect.stringContaining('fichier absent')]);
  });
});

describe('--schema: validated in the same reading', () => {
  const schema = (valeur: string): string => `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
    targetNamespace="http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller"><xs:element name="PES_Aller"><xs:complexType>
    <xs:sequence><xs:element name="Enveloppe" type="${valeur}"/><xs:any minOccurs="0" maxOccurs="unbounded"
    processContents="skip"/></xs:sequence><xs:anyAttribute processContents="skip"/></xs:complexType></xs:element></xs:schema>`;

  test('valid: 0; not valid: 3 with the place; no schema: 1', async () => {
    const bon = a.ecrire('bon.xsd', schema('xs:anyType'));
    const r = await a.verifier('s.xml', '--schema', bon);
    expect([r.code, r.sortie]).toEqual([0, expect.stringContaining('Schéma : conforme au schéma.')]);
    const mauvais = a.ecrire('mauvais.xsd', schema('xs:int'));
    const faux = await a.verifier('s.xml', '--schema', mauvais, '--json');
    expect([faux.code, faux.json]).toMatchObject([
      3,
      [{ conclusion: 'valide', bonne: false, schema: { etat: 'invalide', moteur: 'vaguemestre' } }],
    ]);
    const dit = await a.verifier('s.xml', '--schema', mauvais);
    expect(dit.sortie).toMatch(/XSD-\d{3} +ligne \d+, colonne \d+, octet \d+ +\/n:PES_Aller\/Enveloppe/);
    expect(dit.sortie).toContain('À REFUSER : Le fichier n’est pas conforme au schéma.');
    expect((await a.verifier('s.xml', '--schema', a.chemin('absent.xsd'))).code).toBe(1);
    const casse = a.ecrire('casse.xsd', '<xs:schema');
    const refuse = await a.verifier('s.xml', '--schema', casse);
    expect([refuse.code, refuse.erreur]).toEqual([1, expect.stringContaining('VGM-HLG-009')]);
  });
});

test('what validates listens to the very pass that verifies: the file is not read once more', async () => {
  const octets = a.lire('s.xml');
  let lectures = 0;
  const source = (): Uint8Array[] => {
    lectures += 1;
    return [octets];
  };
  const entendus: number[] = [];
  class Temoin extends Muet {
    override finir(): void {
      entendus.push(lectures);
    }
  }
  expect(await verifierXades(source)).toMatchObject({ conclusion: 'valide' });
  const seul = lectures;
  expect(await verifierXades(source, { aussi: new Temoin() })).toMatchObject({ conclusion: 'valide' });
  expect([lectures, entendus]).toEqual([2 * seul, [2 * seul]]);
});

describe('any other XML: XAdES baseline B (EN 319 132-1)', () => {
  test('detached: the files are given by name; missing or altered, 3', async () => {
    a.ecrire('detachee.xml', await separer(cleDe(a.pki, 'ec'), LES_DEUX));
    const acte = a.ecrire('acte n° 1.pdf', ACTE);
    const annexe = a.ecrire('autre nom.xml', ANNEXE);
    const r = await a.verifier('detachee.xml', '--document', acte, `pieces/annexe.xml=${annexe}`);
    expect([r.code, r.erreur]).toEqual([0, '']);
    expect(r.sortie).toContain('fichier acte n° 1.pdf, application/pdf');
    expect(r.sortie).toContain('pieces/annexe.xml, application/xml');
    const manque = await a.verifier('detachee.xml', '--document', acte);
    expect([manque.code, manque.sortie]).toEqual([3, expect.stringContaining('à donner avec --document')]);
    const change = await a.verifier('detachee.xml', '--document', acte, `pieces/annexe.xml=${acte}`);
    expect([change.code, change.sortie]).toEqual([3, expect.stringContaining('ALTÉRÉ')]);
    const rien = await a.verifier('detachee.xml', '--document', a.chemin('rien'));
    expect([rien.code, rien.erreur]).toEqual([1, expect.stringContaining('fichier absent')]);
    const j = await a.verifier('detachee.xml', '--json', '--document', acte, `pieces/annexe.xml=${annexe}`);
    expect(j.json).toMatchObject([{ profil: 'base', couverture: { document: 'separe' } }]);
  });

  test('enveloped: 0; altered: 3; not signed: 3', async () => {
    const { octets } = await envelopper(cleDe(a.pki, 'ec'), MESSAGE);
    a.ecrire('enveloppee.xml', octets);
    expect((await a.verifier('enveloppee.xml')).code).toBe(0);
    a.ecrire('fausse.xml', Buffer.from(octets.toString('latin1').replace('1200.50', '9200.50'), 'latin1'));
    expect((await a.verifier('fausse.xml')).code).toBe(3);
    a.ecrire('message.xml', MESSAGE);
    const r = await a.verifier('message.xml');
    expect([r.code, r.sortie]).toEqual([3, expect.stringContaining('n’est pas signé')]);
  });
});

describe('hostile or clumsy files', () => {
  test('told by content, whatever the name', async () => {
    a.ecrire('pes.asice', a.lire('s.xml'));
    expect((await a.verifier('pes.asice')).code).toBe(0);
    a.ecrire('zip.xml', Buffer.from('PK\u0003\u0004rien'));
    const zip = await a.verifier('zip.xml');
    expect([zip.code, zip.erreur + zip.sortie]).toEqual([1, expect.stringContaining('VGM-PRV-003')]);
    const options = await a.verifier('zip.xml', '--instant', '2026-01-01');
    expect([options.code, options.erreur]).toEqual([2, expect.stringContaining('« --instant »')]);
  });

  test.each([
    ['vide', '', 'XML-001'],
    ['texte', 'bonjour', 'VGM-HLG-003'],
    ['pdf', '%PDF-1.7', 'pas signé'],
    ['zéros', '\0\0\0\0', 'VGM-HLG-003'],
    ['coupé', '<a><b>', 'XML-012'],
    ['blancs', '  \n <a/>', 'pas signé'],
    ['doctype', '<!DOCTYPE a><a/>', 'XML-006'],
    ['UTF-16', Buffer.from('\uFEFF<a/>', 'utf16le'), 'XML-'],
    ['profond', '<a>'.repeat(100_000), 'XML-041'],
    ['Id démesuré', `<a Id="${'x'.repeat(2_000_000)}"/>`, 'XML-042'],
    ['page web', '<!DOCTYPE html><html></html>', 'XML-006'],
  ])('%s: 3', async (_nom, contenu, dit) => {
    a.ecrire('e.xml', contenu);
    const r = await a.verifier('e.xml');
    expect([r.code, r.sortie + r.erreur]).toEqual([3, expect.stringContaining(dit)]);
    expect(r.sortie + r.erreur).not.toMatch(/at .*\.ts:\d/);
  });

  test('absent, a folder, through a file: 1', async () => {
    for (const nom of ['absent.xml', '.', 's.xml/x']) {
      const r = await a.verifier(nom);
      expect([nom, r.code, r.erreur]).toEqual([nom, 1, expect.stringContaining('VGM-CLI-003')]);
    }
  });

  test('a PES takes no --document', async () => {
    const r = await a.verifier('s.xml', '--document', a.chemin('secret'));
    expect([r.code, r.erreur]).toEqual([2, expect.stringContaining('--document')]);
  });

  test('text of the file never drives the terminal', async () => {
    const role = 'Maire\u202e\u200b';
    const { octets } = await signer(pes(), cleDe(a.pki, 'ec'), { role });
    a.ecrire('e.xml', octets);
    const r = await a.verifier('e.xml');
    expect(r.sortie).toContain('Maire\u{FFFD}\u{FFFD}');
    rmSync(a.chemin('e.xml'));
  });
});
