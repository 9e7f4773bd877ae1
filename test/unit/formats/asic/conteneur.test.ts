import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { controlerConteneur } from '../../../../src/formats/asic/conteneur.ts';
import { controlerPieces, type FicheLue, lireFiche } from '../../../../src/formats/asic/fiche.ts';
import { ecrireEmpreintes, ecrireManifeste, lireEmpreintes } from '../../../../src/formats/asic/manifeste.ts';
import { citer, type Constat, GARDE_MAX, type Releve, relever } from '../../../../src/formats/asic/releve.ts';

const sha = (sorte: 'sha256' | 'sha512', octets: Uint8Array): string =>
  createHash(sorte).update(octets).digest('hex');

/** What an entry of these bytes would be found to hold. */
function releve(texte: string, entree: Partial<Releve['entree']> = {}): Releve {
  const octets = Buffer.from(texte);
  return {
    entree: {
      nom: '',
      methode: 0,
      crc: 0,
      taille: octets.length,
      compresse: 0,
      extra: 0,
      donnees: 0,
      ...entree,
    },
    sha256: sha('sha256', octets),
    sha512: sha('sha512', octets),
    taille: octets.length,
    octets,
  };
}

type Fichiers = Map<string, Releve>;

const [LISTE, MANIFESTE] = ['EMPREINTES.sha256', 'META-INF/ASiCManifest001.xml'];

/** A whole proof, small. `sur` changes the files before the lists are made over them. */
function dossier(sur: (fichiers: Fichiers) => void = () => undefined): Fichiers {
  const fichiers: Fichiers = new Map([
    ['mimetype', releve('application/vnd.etsi.asic-e+zip')],
    ['LISEZMOI.txt', releve('lisez')],
    ['verifier.sh', releve('#!/bin/sh')],
    ['flux.json', releve('{}')],
    ['journal/lignes.jsonl', releve('l')],
    ['journal/lignes.sha256', releve('e')],
  ]);
  sur(fichiers);
  const digeres = [...fichiers].map(([nom, r]) => ({ nom, sha256: r.sha256 }));
  const liste = releve(ecrireEmpreintes(digeres));
  fichiers.set(LISTE, liste);
  fichiers.set(MANIFESTE, releve(ecrireManifeste([...digeres, { nom: LISTE, sha256: liste.sha256 }])));
  return fichiers;
}

const fautes = (constats: readonly Constat[]): string[] =>
  constats.filter((c) => !c.bon).map((c) => `${c.sujet} : ${c.detail}`);

describe('lists and digests of a proof (ETSI EN 319 162-1)', () => {
  test('a sound one: every question is answered', () => {
    expect(controlerConteneur(dossier())).toEqual([
      { sujet: 'Type du conteneur', bon: true, detail: 'ASiC-E' },
      { sujet: 'Manifeste ASiC', bon: true, detail: 'il cite exactement les fichiers présents' },
      { sujet: 'Fichiers présents', bon: true, detail: '8 fichiers, ni plus ni moins' },
      { sujet: 'Empreintes', bon: true, detail: '6 empreintes SHA-256 exactes' },
    ]);
  });

  const MIMETYPE = 'application/vnd.etsi.asic-e+zip';
  test.each<[string, (f: Fichiers) => void, string]>([
    ['absent', (f) => f.delete('mimetype'), 'le fichier mimetype manque'],
    [
      'not first',
      (f) => {
        f.delete('mimetype');
        f.set('mimetype', releve(MIMETYPE));
      },
      'mimetype n’est pas le premier fichier',
    ],
    ['compressed', (f) => f.set('mimetype', releve(MIMETYPE, { methode: 8 })), 'mimetype est compressé ou'],
    ['with an extra field', (f) => f.set('mimetype', releve(MIMETYPE, { extra: 4 })), 'champ supplémentaire'],
    [
      'of another kind',
      (f) => f.set('mimetype', releve('application/zip')),
      `mimetype ne vaut pas ${MIMETYPE}`,
    ],
    ['too big to be read', (f) => f.set('mimetype', { ...releve(MIMETYPE), octets: null }), 'ne vaut pas'],
  ])('mimetype %s', (_, changer, dit) => {
    const dites = fautes(controlerConteneur(dossier(changer)));
    expect(dites.find((f) => f.startsWith('Type du conteneur'))).toContain(dit);
  });

  test.each([
    'LISEZMOI.txt',
    'verifier.sh',
    'flux.json',
    'journal/lignes.jsonl',
    'journal/lignes.sha256',
    'mimetype',
  ])('%s is part of it, even where every list leaves it out', (nom) => {
    const dites = fautes(controlerConteneur(dossier((f) => f.delete(nom))));
    expect(dites).toContain(`Fichiers présents : manquants : ${nom}`);
  });

  test('without its list, or with one of another form, it says where', () => {
    const sans = dossier();
    sans.delete(LISTE);
    expect(fautes(controlerConteneur(sans))).toContain('Empreintes : EMPREINTES.sha256 manque');
    const autre = dossier();
    autre.set(LISTE, releve(`${autre.get(LISTE)?.octets?.toString()}bonjour\n`));
    expect(fautes(controlerConteneur(autre))).toContain(
      'Empreintes : EMPREINTES.sha256, ligne 7 : format inconnu',
    );
  });

  test('without its manifest', () => {
    const sans = dossier();
    sans.delete(MANIFESTE);
    expect(fautes(controlerConteneur(sans))).toEqual([
      `Manifeste ASiC : ${MANIFESTE} ne correspond pas aux fichiers présents`,
      `Fichiers présents : manquants : ${MANIFESTE}`,
    ]);
  });

  test('a list or a manifest too big to be read is none', () => {
    const gros = dossier();
    for (const nom of [LISTE, MANIFESTE]) {
      gros.set(nom, { ...(gros.get(nom) as Releve), octets: null });
    }
    expect(fautes(controlerConteneur(gros))).toEqual([
      `Manifeste ASiC : ${MANIFESTE} ne correspond pas aux fichiers présents`,
      'Empreintes : EMPREINTES.sha256 manque',
    ]);
  });

  test('a file more, a file less, a file altered, a name twice', () => {
    const plus = dossier();
    plus.set('intrus', releve('x'));
    expect(fautes(controlerConteneur(plus))).toContain('Fichiers présents : en trop : intrus');
    const moins = dossier((f) => f.set('a', releve('a')).set('b', releve('b')));
    moins.delete('a');
    moins.set('c', releve('c'));
    moins.set('b', releve('B'));
    expect(fautes(controlerConteneur(moins))).toEqual([
      `Manifeste ASiC : ${MANIFESTE} ne correspond pas aux fichiers présents`,
      'Fichiers présents : en trop : c ; manquants : a',
      'Empreintes : contenu modifié : b',
    ]);
    const double = dossier();
    const liste = double.get(LISTE)?.octets?.toString() ?? '';
    double.set(LISTE, releve(liste + liste.split('\n')[0] + '\n'));
    expect(fautes(controlerConteneur(double))).toContain(
      'Fichiers présents : un nom figure deux fois dans la liste',
    );
  });
});

describe('the list of digests, in the format of sha256sum', () => {
  const H = 'ab'.repeat(32);

  test('names in the order of bytes, read back as written', () => {
    const liste = [
      { nom: 'é', sha256: H },
      { nom: 'a b', sha256: H },
      { nom: 'Z', sha256: H },
    ];
    expect(ecrireEmpreintes(liste)).toBe(`${H}  Z\n${H}  a b\n${H}  é\n`);
    expect(lireEmpreintes(ecrireEmpreintes(liste))).toEqual([liste[2], liste[1], liste[0]]);
    expect(lireEmpreintes('')).toEqual([]);
  });

  test.each([
    ['no line feed at the end', `${H}  a`, 1],
    ['no line feed at the end of the third', `${H}  a\n${H}  b\n${H}  c`, 3],
    ['short digest', `${H}  a\n${H.slice(1)}  b\n`, 2],
    ['long digest', `0${H}  a\n`, 1],
    ['capitals', `${H.toUpperCase()}  a\n`, 1],
    ['one space', `${H} a\n`, 1],
    ['no name', `${H}  \n`, 1],
    ['a carriage return', `${H}  a\r\n`, 1],
    ['binary mark', `${H} *a\n`, 1],
    ['a word before', `x${H}  a\n`, 1],
  ])('%s is told with its line', (_, texte, ligne) => {
    expect(lireEmpreintes(texte)).toEqual({ ligne });
  });

  test('the manifest escapes names, and leaves out mimetype and META-INF', () => {
    const manifeste = ecrireManifeste([
      { nom: 'b<&">', sha256: H },
      { nom: 'a', sha256: H },
      { nom: 'mimetype', sha256: H },
      { nom: 'META-INF/x', sha256: H },
    ]);
    const valeur = Buffer.from(H, 'hex').toString('base64');
    const ligne = (uri: string): string =>
      `<asic:DataObjectReference URI="${uri}"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>${valeur}</ds:DigestValue></asic:DataObjectReference>`;
    expect(manifeste).toBe(
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">',
        '<asic:SigReference URI="META-INF/timestamp001.tst" MimeType="application/vnd.etsi.timestamp-token"/>',
        ligne('a'),
        ligne('b&lt;&amp;&quot;&gt;'),
        '</asic:ASiCManifest>',
        '',
      ].join('\n'),
    );
  });
});

describe('what an entry really holds', () => {
  async function* contenu(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('Le conseil ');
    yield Buffer.from('décide.');
  }
  const entrees = [
    releve('', { nom: 'petit', taille: 19 }).entree,
    releve('', { nom: 'limite', taille: GARDE_MAX }).entree,
    releve('', { nom: 'gros', taille: GARDE_MAX + 1 }).entree,
    releve('', { nom: 'autre', taille: 19 }).entree,
  ];

  test('both digests of all; the bytes of those asked for, unless too big', async () => {
    const zip = { entrees, ouvrir: contenu, fermer: async () => undefined };
    const lus = await relever(zip, (nom) => nom !== 'autre');
    const octets = Buffer.from('Le conseil décide.');
    for (const entree of entrees) {
      const garde = entree.nom === 'petit' || entree.nom === 'limite';
      expect(lus.get(entree.nom)).toEqual({
        entree,
        sha256: sha('sha256', octets),
        sha512: sha('sha512', octets),
        taille: entree.taille,
        octets: garde ? octets : null,
      });
    }
    expect(GARDE_MAX).toBe(8 * 1024 * 1024);
  });

  test('five names are cited, the others counted; a name cannot break the line', () => {
    expect(citer(['a', 'b\n'])).toBe('a, b\\n');
    expect(citer([...'abcde'])).toBe('a, b, c, d, e');
    expect(citer([...'abcdef'])).toBe('a, b, c, d, e et 1 autre');
    expect(citer([...'abcdefg'])).toBe('a, b, c, d, e et 2 autres');
  });
});

/** A summary with one piece per text. */
function fiche(...textes: string[]): { fiche: FicheLue; fichiers: Fichiers } {
  const fichiers: Fichiers = new Map();
  const pieces = textes.map((texte, rang) => {
    const r = releve(texte);
    const fichier = `pieces/00${rang}-document-a.pdf`;
    fichiers.set(fichier, r);
    return {
      rang,
      role: 'document',
      nom: 'à.pdf',
      fichier,
      taille: r.taille,
      sha256: r.sha256,
      sha512: r.sha512,
    };
  });
  const brut = {
    format: 'vaguemestre-preuve-v1',
    id: 'f',
    protocole: 'ACTES',
    collectivite: { siren: '214400152' },
    identite: 'i',
    etat: 'depose',
    receptionProuvee: false,
    nomEnvoi: null,
    resume: {},
    pieces,
    journal: { lignes: 1 },
  };
  const lue = lireFiche(Buffer.from(JSON.stringify(brut)));
  if ('motif' in lue) throw new TypeError(lue.motif);
  return { fiche: lue, fichiers };
}

describe('the summary', () => {
  test('is read, the fields it must have and nothing else', () => {
    expect(fiche('A').fiche).toMatchObject({ id: 'f', pieces: [{ nom: 'à.pdf' }], journal: { lignes: 1 } });
  });

  test('absent, or that is not JSON in UTF-8', () => {
    for (const rien of [null, undefined]) {
      expect(lireFiche(rien)).toEqual({ motif: 'flux.json manque ou est démesuré' });
    }
    for (const octets of [Buffer.from('{'), Buffer.from('"\xe9"', 'latin1')]) {
      expect(lireFiche(octets)).toEqual({ motif: 'flux.json n’est pas du JSON' });
    }
  });

  const bon = fiche('A').fiche;
  const [piece] = bon.pieces;
  const avec = (p: object): object => ({ ...bon, pieces: [{ ...piece, ...p }] });
  test.each<[string, object]>([
    ['format', { ...bon, format: 'vaguemestre-preuve-v2' }],
    ['id', { ...bon, id: 1 }],
    ['protocole', { ...bon, protocole: null }],
    ['collectivite.siren', { ...bon, collectivite: { siren: '21440015' } }],
    ['collectivite.siren', { ...bon, collectivite: { siren: '2144001520' } }],
    ['collectivite.siren', { ...bon, collectivite: { siren: 'A14400152' } }],
    ['identite', { ...bon, identite: undefined }],
    ['etat', { ...bon, etat: 'parti' }],
    ['receptionProuvee', { ...bon, receptionProuvee: 'oui' }],
    ['nomEnvoi', { ...bon, nomEnvoi: undefined }],
    ['pieces', { ...bon, pieces: {} }],
    ['journal', { ...bon, journal: 1 }],
    ['journal.lignes', { ...bon, journal: { lignes: 1.5 } }],
    ['pieces.0.rang', avec({ rang: -1 })],
    ['pieces.0.role', avec({ role: 'Document' })],
    ['pieces.0.role', avec({ role: '' })],
    ['pieces.0.role', avec({ role: 'a/b' })],
    ['pieces.0.nom', avec({ nom: 1 })],
    ['pieces.0.fichier', avec({ fichier: 1 })],
    ['pieces.0.taille', avec({ taille: 1.5 })],
    ['pieces.0.taille', avec({ taille: -1 })],
    ['pieces.0.sha256', avec({ sha256: `${piece?.sha256}0` })],
    ['pieces.0.sha256', avec({ sha256: `x${piece?.sha256.slice(1)}` })],
    ['pieces.0.sha512', avec({ sha512: piece?.sha256 })],
  ])('a field unlike what it must be is named: %s', (champ, brut) => {
    const motif = `flux.json : champ « ${champ} » manquant ou inattendu`;
    expect(lireFiche(Buffer.from(JSON.stringify(brut)))).toEqual({ motif });
  });

  test('a role has letters and underscores, and a null size is a size', () => {
    const permis = avec({ role: 'enveloppe_retour', taille: 0 });
    expect(lireFiche(Buffer.from(JSON.stringify(permis)))).not.toHaveProperty('motif');
  });
});

describe('the pieces, held against their description', () => {
  const dire = ({ fiche: f, fichiers }: ReturnType<typeof fiche>): Constat => controlerPieces(f, fichiers);
  const changer = (p: Partial<FicheLue['pieces'][number]>): Constat => {
    const { fiche: f, fichiers } = fiche('A', 'B');
    const pieces = f.pieces.map((x, i) => (i === 0 ? { ...x, ...p } : x));
    return controlerPieces({ ...f, pieces }, fichiers);
  };

  test('all exact', () => {
    expect(dire(fiche())).toMatchObject({ bon: true, detail: '0 pièce, SHA-256, SHA-512 et taille exacts' });
    expect(dire(fiche('A'))).toMatchObject({
      bon: true,
      detail: '1 pièce, SHA-256, SHA-512 et taille exacts',
    });
    expect(dire(fiche('A', 'B'))).toEqual({
      sujet: 'Pièces',
      bon: true,
      detail: '2 pièces, SHA-256, SHA-512 et taille exacts',
    });
  });

  test.each([
    ['size', { taille: 2 }],
    ['SHA-256', { sha256: 'ab'.repeat(32) }],
    ['SHA-512', { sha512: 'ab'.repeat(64) }],
    ['rank', { rang: 3 }],
    ['role', { role: 'annexe' }],
    ['name', { nom: 'b.pdf' }],
  ])('another %s', (_, p) => {
    expect(changer(p)).toEqual({
      sujet: 'Pièces',
      bon: false,
      detail: 'différentes de leur description : pieces/000-document-a.pdf',
    });
  });

  test('absent, described twice, or not described', () => {
    const sans = fiche('A');
    sans.fichiers.clear();
    expect(dire(sans)).toMatchObject({ bon: false, detail: expect.stringContaining('différentes') });
    const double = fiche('A');
    const pieces = [...double.fiche.pieces, ...double.fiche.pieces];
    expect(controlerPieces({ ...double.fiche, pieces }, double.fichiers)).toMatchObject({
      bon: false,
      detail: 'une pièce est décrite deux fois',
    });
    const tue = fiche('A');
    tue.fichiers.set('pieces/001-annexe-b.pdf', releve('b')).set('autre', releve('c'));
    tue.fichiers.set('pieces/000-document-a.pdf', releve('B'));
    expect(dire(tue)).toMatchObject({
      bon: false,
      detail:
        'différentes de leur description : pieces/000-document-a.pdf ; non décrites : pieces/001-annexe-b.pdf',
    });
  });
});
