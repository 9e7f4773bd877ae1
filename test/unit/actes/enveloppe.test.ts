import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ouvrirSchemas } from '../../../src/formats/xsd/jeu.ts';
import type { Jour } from '../../../src/metier/identifiants.ts';
import { actes } from '../../../src/protocoles/actes/index.ts';
import type { FaitsDepot, FaitsEnveloppe } from '../../../src/protocoles/protocole.ts';
import { ANNEXE, FICHE, faits, faitsEnveloppe, IMAGE, PDF, RACINE } from './decor.ts';

const schemas = ouvrirSchemas(`${RACINE}schemas/actes`);
const NORME = `${RACINE}../shared/normes/actes`;
if (!existsSync(NORME)) console.log('../shared absent : le schéma officiel n’est pas consulté');

function preparer(depot: FaitsDepot = faits()): FaitsEnveloppe {
  const { lu } = actes.depot.controler(depot);
  expect(lu).not.toBeNull();
  return faitsEnveloppe(depot, lu ?? { identite: '', resume: {} });
}

function texteDe(f: FaitsEnveloppe, rang: number): string {
  const fichier = actes.enveloppe.composer(f).fichiers[rang];
  return fichier !== undefined && 'octets' in fichier ? Buffer.from(fichier.octets).toString('latin1') : '';
}

const COMPLET = faits({
  metadonnees: {
    objet: 'Marché d’été : œuvres & « tarifs » à 10 €',
    matiere: '1.1.10',
    documentPapier: true,
    precedent: '034-000000018-20250101-2025_001-DE',
    annexes: [{ typologie: '70_DE' }, { typologie: '99_SE' }],
  },
  pieces: [PDF, ANNEXE, IMAGE],
});

describe('names and order (norm, naming of files)', () => {
  it('envelope, message, document, annexes: acte date in names, day of making in the envelope, extension by content', () => {
    const faite = actes.enveloppe.composer(preparer(COMPLET));
    expect(faite.nom).toBe('VGM-TACT--000000018--20261231-7.tar.gz');
    expect(faite.fichiers.map((f) => f.nom)).toEqual([
      'TACT--000000018--20261231-7.xml',
      '034-000000018-20260301-2026_014-DE-1-1_0.xml',
      '99_DE-034-000000018-20260301-2026_014-DE-1-1_1.pdf',
      '70_DE-034-000000018-20260301-2026_014-DE-1-1_2.pdf',
      '99_SE-034-000000018-20260301-2026_014-DE-1-1_3.png',
    ]);
    expect(faite.aValider).toEqual([
      { nom: 'TACT--000000018--20261231-7.xml', schema: 'actes' },
      { nom: '034-000000018-20260301-2026_014-DE-1-1_0.xml', schema: 'actes' },
    ]);
  });

  it('the serial belongs to one collectivité and one day, 9999 at most', () => {
    const f = preparer();
    expect(actes.enveloppe.serie(f.flux, '2026-12-31' as Jour)).toEqual({
      serie: 'ACTES:000000018:20261231',
      limite: 9999,
    });
  });

  it('the same facts give the same bytes', () => {
    const f = preparer(COMPLET);
    expect(actes.enveloppe.composer(f)).toEqual(actes.enveloppe.composer(f));
  });
});

describe('XML (actesv1_1.xsd, ISO-8859-1, qualified attributes)', () => {
  it.each([
    ['minimal', faits()],
    ['complete', COMPLET],
  ])('%s: envelope and message satisfy the schema', (_titre, depot) => {
    const faite = actes.enveloppe.composer(preparer(depot));
    for (const { nom, schema } of faite.aValider) {
      const fichier = faite.fichiers.find((f) => f.nom === nom);
      const octets = fichier !== undefined && 'octets' in fichier ? fichier.octets : new Uint8Array();
      expect(schemas.valider(schema, octets)).toEqual([]);
    }
  });

  it.runIf(existsSync(NORME))('the official schema agrees with ours', () => {
    const officiel = ouvrirSchemas(NORME);
    for (const depot of [faits(), COMPLET]) {
      for (const rang of [0, 1]) {
        const octets = Buffer.from(texteDe(preparer(depot), rang), 'latin1');
        expect(officiel.valider('actesv1_1', octets)).toEqual([]);
      }
    }
  });

  it('the message carries what was declared; foreign typography leaves as numeric references', () => {
    const xml = texteDe(preparer(COMPLET), 1);
    expect(xml).toMatch(/^<\?xml version="1\.0" encoding="ISO-8859-1"\?>/);
    expect(xml).toContain(
      'xsi:schemaLocation="http://www.interieur.gouv.fr/ACTES#v1.1-20040216 actesv1_1.xsd"',
    );
    expect(xml).toContain('actes:Date="2026-03-01" actes:NumeroInterne="2026_014" actes:CodeNatureActe="1"');
    expect(xml).toContain('<actes:CodeMatiere3 actes:CodeMatiere="10"/>');
    expect(xml).toContain('March\u00e9 d&#8217;\u00e9t\u00e9 : &#339;uvres &amp; \u00ab tarifs \u00bb');
    expect(xml).toContain(
      '<actes:PrecedentIdentifiantActe actes:IDActe="034-000000018-20250101-2025_001-DE"/>',
    );
    expect(xml).toContain('<actes:ClassificationDateVersion>2024-09-02</actes:ClassificationDateVersion>');
    expect(xml).toContain('<actes:Annexes actes:Nombre="2">');
    expect(xml).toContain('<actes:DocumentPapier>O</actes:DocumentPapier>');
    expect(texteDe(preparer(), 1)).toContain('<actes:DocumentPapier>N</actes:DocumentPapier>');
    expect(texteDe(preparer(), 1)).toContain('<actes:Annexes actes:Nombre="0"/>');
  });

  it('return addresses: the operator first, each once; the Referent is always written', () => {
    const adressesRetour = ['Actes@mairie.example.fr', 'TDT@operateur.example.fr', 'actes@mairie.example.fr'];
    const xml = texteDe(preparer(faits({ fiche: { adressesRetour } })), 0);
    const adresses = [...xml.matchAll(/<actes:Email>([^<]*)</g)].map((t) => t[1]);
    expect(adresses).toEqual([
      FICHE.referent.courriel,
      'tdt@operateur.example.fr',
      'Actes@mairie.example.fr',
    ]);
    expect(xml).toContain('<actes:Telephone/>');
    expect(xml).toContain(
      'insee:SIREN="000000018" actes:Departement="034" actes:Arrondissement="1" actes:Nature="31"',
    );
  });
});

describe('what stops the making', () => {
  it('a summary that is not ours: VGM-ACT-001', () => {
    const f = preparer();
    expect(() => actes.enveloppe.composer({ ...f, flux: { ...f.flux, resume: { numero: 3 } } })).toThrow(
      /VGM-ACT-001/,
    );
  });
  it('pieces that do not match it: VGM-ACT-002', () => {
    const f = preparer(COMPLET);
    expect(() => actes.enveloppe.composer({ ...f, pieces: f.pieces.slice(0, -1) })).toThrow(
      /VGM-ACT-002.*envoyer : 2.*typologies : 3/,
    );
  });
  it('a sheet withdrawn, or moved to another département: VGM-ACT-003 and -004', () => {
    const f = preparer();
    const sans = { ...f.collectivite, actes: null };
    expect(() => actes.enveloppe.composer({ ...f, collectivite: sans })).toThrow(/VGM-ACT-003/);
    const autre = { ...f.collectivite, actes: { ...FICHE, departement: '02A' } };
    expect(() => actes.enveloppe.composer({ ...f, collectivite: autre })).toThrow(/VGM-ACT-004.*02A/);
  });
  it('a type that the norm does not carry: VGM-ACT-005', () => {
    const f = preparer();
    const pieces = f.pieces.map((p) => ({ ...p, type: 'text/plain' }));
    expect(() => actes.enveloppe.composer({ ...f, pieces })).toThrow(/VGM-ACT-005.*text\/plain/);
  });
});

describe('messages sent after an acte (actes.md A.4): each satisfies the schema', () => {
  const idActe = '034-000000018-20260301-2026_014-DE';
  const sujet = { idActe, abrege: 'DE', numero: '2026_014', objet: 'Tarifs', dateCourrier: '2026-03-10' };
  const echange = (message: string, documents: number): FaitsEnveloppe => {
    const f = preparer(COMPLET);
    const typologies = Array.from({ length: documents }, () => '99_DE');
    const pieces = f.pieces.filter((p) => p.role !== 'metadonnees').slice(0, documents);
    return { ...f, pieces, flux: { ...f.flux, resume: { ...sujet, message, typologies } } };
  };
  const ENVOIS = [
    ['2-2', 1],
    ['3-2', 0],
    ['3-3', 1],
    ['3-4', 3],
    ['4-2', 0],
    ['4-3', 1],
    ['4-4', 1],
    ['6-1', 0],
    ['7-1', 0],
  ] as const;

  it.each(ENVOIS)('%s, with %i documents', (code, documents) => {
    const f = echange(code, documents);
    const faite = actes.enveloppe.composer(f);
    for (const { nom, schema } of faite.aValider) {
      const fichier = faite.fichiers.find((x) => x.nom === nom);
      const octets = fichier !== undefined && 'octets' in fichier ? fichier.octets : new Uint8Array();
      expect(schemas.valider(schema, octets)).toEqual([]);
      if (existsSync(NORME)) expect(ouvrirSchemas(NORME).valider('actesv1_1', octets)).toEqual([]);
    }
    const base = code === '7-1' ? '034-000000018----7-1' : `${idActe}-${code}`;
    expect(faite.fichiers.map((x) => x.nom).slice(1)).toEqual([
      `${base}_0.xml`,
      ...['pdf', 'pdf', 'png'].slice(0, documents).map((ext, k) => `99_DE-${base}_${k + 1}.${ext}`),
    ]);
  });

  it('never with more or fewer documents than the message bears: VGM-ACT-002', () => {
    for (const [code, documents] of [
      ['2-2', 0],
      ['3-2', 1],
      ['3-4', 0],
      ['4-4', 2],
      ['6-1', 1],
    ] as const)
      expect(() => actes.enveloppe.composer(echange(code, documents))).toThrow(/VGM-ACT-002/);
  });
});

describe('a classification replaced since the deposit', () => {
  it('is told before the acte leaves; the same, or an older one, is not', () => {
    const f = preparer();
    const avec = (date: string) => ({
      ...f,
      collectivite: {
        ...f.collectivite,
        actes: { ...FICHE, classification: { date: date as Jour, matieres: {}, natures: {} } },
      },
    });
    expect(actes.enveloppe.perimer(avec('2025-01-01'))).toMatchObject({ code: 'VGM-ACT-006' });
    for (const date of ['2024-09-02', '2024-01-01']) expect(actes.enveloppe.perimer(avec(date))).toBeNull();
    const demande = { ...avec('2025-01-01'), flux: { ...f.flux, resume: { message: '7-1' } } };
    expect(actes.enveloppe.perimer(demande)).toBeNull();
  });
});
