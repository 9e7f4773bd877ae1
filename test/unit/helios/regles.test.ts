import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bloquantes } from '../../../src/metier/anomalies.ts';
import { lireFichierPes } from '../../../src/protocoles/helios/lecture/lire.ts';
import { REGLES } from '../../../src/protocoles/helios/regles/index.ts';
import { RACINE } from '../formats/chemins.ts';
import { COLLECTIVITE, controle, type Essai, FLUX, reponseDe } from './epreuve.ts';
import { pes, signature, textePes } from './generateur.ts';

/** One row: what is spoilt, what the finding says. */
type Ligne = readonly [code: string, titre: string, essai: Essai, dit: RegExp];

const entete = (nom: string, valeur: string | null): Essai => ({ pes: { entetes: { [nom]: valeur } } });
const latin1 = (texte: string): Essai => ({ octets: Buffer.from(texte, 'latin1') });
const remplace = (avant: string | RegExp, apres: string): Essai => latin1(textePes().replace(avant, apres));

const BLOQUANTES: readonly Ligne[] = [
  [
    'HELIOS-XML-01',
    'a file cut short',
    { octets: pes().subarray(0, 500) },
    /ligne \d+, colonne \d+ \| .*s’arrête/,
  ],
  ['HELIOS-XML-01', 'a DOCTYPE', remplace('<n:PES_Aller', '<!DOCTYPE x><n:PES_Aller'), /DOCTYPE.*sécurité/],
  [
    'HELIOS-XML-01',
    'two equal Ids',
    { pes: { depense: [{ id: 'B' }, { id: 'B' }] } },
    /« B ».*deux éléments/,
  ],
  [
    'HELIOS-XML-01',
    'white space before the declaration',
    remplace('<?xml', '\n \n<?xml'),
    /ligne 3, colonne 1 \| Des blancs ou des lignes vides précèdent la déclaration XML .*avant « <\?xml »/,
  ],
  ['HELIOS-XML-01', 'an empty file', { octets: Buffer.alloc(0) }, /vide/],
  ['HELIOS-XML-02', 'UTF-8', { pes: { encodage: 'UTF-8' } }, /est en « UTF-8 »/],
  ['HELIOS-XML-02', 'no encoding announced', { pes: { encodage: null } }, /n’annonce aucun encodage/],
  ['HELIOS-XML-02', 'ISO-8859-15', { pes: { encodage: 'ISO-8859-15' } }, /ISO-8859-15/],
  ['HELIOS-XML-04', 'another root', remplace(/n:PES_Aller/g, 'n:PES_Retour'), /« PES_Retour »/],
  ['HELIOS-XML-04', 'another namespace', remplace('Rev0/aller', 'Rev1/aller'), /Rev1\/aller/],
  [
    'HELIOS-XML-06',
    'lists too long',
    { pes: { depense: [{}, { idBord: '2' }] }, lecture: { maxima: { bordereaux: 1 } } },
    /trop de bordereaux/,
  ],
  [
    'HELIOS-XML-07',
    'one byte over the limit',
    { reglages: { tailleMax: pes().length - 1 } },
    /pèse [\d\s]+ octets/,
  ],
  ['HELIOS-CNT-01', 'nothing but headers', { pes: { depense: null } }, /ni bordereau, ni pièce/],
  [
    'HELIOS-CNT-01',
    'empty blocks',
    { pes: { depense: null, pieces: [], suite: '<PES_Facture/>' } },
    /ni bordereau/,
  ],
  [
    'HELIOS-NOM-01',
    'no NomFic',
    entete('NomFic', null),
    /Enveloppe\/Parametres\/NomFic \|.*n’est pas renseigné/,
  ],
  ['HELIOS-NOM-01', 'an empty NomFic', entete('NomFic', ''), /NomFic, ligne 3, colonne \d+ \|.*vide/],
  ['HELIOS-NOM-01', 'zeros', entete('NomFic', '000'), /« 000 » n’en est pas un/],
  ['HELIOS-NOM-01', '« nc »', entete('NomFic', 'nc'), /« nc »/],
  ['HELIOS-NOM-01', '101 characters', entete('NomFic', 'n'.repeat(101)), /dépasse 100/],
  ['HELIOS-NOM-01', 'a line end', entete('NomFic', 'a&#10;b'), /\[U\+000A\]/],
  [
    'HELIOS-ENT-01',
    'two NomFic',
    remplace('</Parametres>', '<NomFic V="B"/></Parametres>'),
    /NomFic figure plusieurs fois/,
  ],
  ['HELIOS-ENT-02', 'no CodCol', entete('CodCol', null), /CodCol n’est pas renseigné/],
  ['HELIOS-ENT-02', 'CodCol 000', entete('CodCol', '000'), /« 000 »/],
  ['HELIOS-ENT-02', 'CodCol of four digits', entete('CodCol', '0123'), /« 0123 »/],
  [
    'HELIOS-ENT-02',
    'CodCol as a text',
    remplace('<CodCol V="123"/>', '<CodCol>123</CodCol>'),
    /n’est pas renseigné/,
  ],
  ['HELIOS-ENT-03', 'CodBud of one character', entete('CodBud', '0'), /CodBud vaut « 0 »/],
  ['HELIOS-ENT-04', 'IdPost of five digits', entete('IdPost', '34079'), /IdPost vaut « 34079 »/],
  ['HELIOS-ENT-04', 'no IdPost', entete('IdPost', null), /IdPost n’est pas renseigné/],
  [
    'HELIOS-COL-01',
    'a collectivité put to rest',
    { faits: { collectivite: { ...COLLECTIVITE, actif: false } } },
    /désactivée/,
  ],
  [
    'HELIOS-COL-02',
    'the SIRET of another',
    entete('IdColl', '00000003400017'),
    /00000003400017 n’est pas l’un de ceux/,
  ],
  ['HELIOS-COL-02', 'an empty SIRET', entete('IdColl', ''), /IdColl vaut «  »/],
  ['HELIOS-COL-02', 'a SIREN', entete('IdColl', '000000018'), /IdColl vaut « 000000018 »/],
  ['HELIOS-COL-02', 'fifteen digits', entete('IdColl', '000000018000101'), /IdColl vaut/],
  ['HELIOS-COL-02', 'no IdColl', entete('IdColl', null), /IdColl n’est pas renseigné/],
  [
    'HELIOS-COL-04',
    'no destination',
    { faits: { fiche: { sirets: ['00000001800010'], destination: '' } } },
    /P_DEST/,
  ],
  ['HELIOS-COL-04', 'no sheet at all', { faits: { fiche: null } }, /P_DEST/],
  ['HELIOS-DEM-01', 'InfoDematerialisee unreadable', { pes: { infoDematerialisee: 'oui' } }, /vaut « oui »/],
  [
    'HELIOS-DEM-02',
    'announced, not signed',
    { pes: { infoDematerialisee: '1' } },
    /dépense est annoncée dématérialisée/,
  ],
  [
    'HELIOS-DEM-02',
    'signed at a place the norm does not know',
    { pes: { infoDematerialisee: 'true', suite: `<Autre>${signature('S')}</Autre>` } },
    /à une place que la norme ne connaît pas/,
  ],
  [
    'HELIOS-DEM-02',
    'one domain signed, the other not',
    { pes: { infoDematerialisee: '1', depense: [{ signe: true }], recette: [{}] } },
    /^PES_RecetteAller[^]*La recette/,
  ],
  [
    'HELIOS-DEM-03',
    'a signed bordereau, not announced',
    { pes: { depense: [{ signe: true }] } },
    /dépense est signée/,
  ],
  [
    'HELIOS-DEM-03',
    'a signed file, InfoDematerialisee left out',
    { pes: { infoDematerialisee: null, signe: true } },
    /absent ou 0/,
  ],
  [
    'HELIOS-DBL-01',
    'a name already used',
    { faits: { homonymes: [FLUX] } },
    new RegExp(`« VALMONCEL_1 » a déjà servi.*${FLUX}`),
  ],
  [
    'HELIOS-DBL-02',
    'the same bytes',
    { faits: { jumeaux: [FLUX] } },
    new RegExp(`octet pour octet.*${FLUX}`),
  ],
];

const AVERTISSEMENTS: readonly Ligne[] = [
  ['HELIOS-XML-02', 'ISO-8859-1 under another name', { pes: { encodage: 'latin1' } }, /« latin1 »/],
  ['HELIOS-XML-03', 'Windows-1252', entete('LibelleColBud', 'l\x92été'), /1 octet du fichier est/],
  ['HELIOS-NOM-02', 'a space at the end', entete('NomFic', 'A '), /« A  »/],
  ['HELIOS-ENT-05', 'Version 1, as many files have', entete('Version', '1'), /La version est « 1 »/],
  [
    'HELIOS-ENT-05',
    'IdVer 3 in dépense',
    remplace('IdVer V="2"', 'IdVer V="3"'),
    /EnTeteDepense\/IdVer, ligne/,
  ],
  [
    'HELIOS-COL-02',
    'an establishment of the collectivité that nobody registered',
    entete('IdColl', '00000001800028'),
    /dont il porte le SIREN/,
  ],
  [
    'HELIOS-COL-03',
    'a false key',
    {
      ...entete('IdColl', '00000001800016'),
      faits: { fiche: { sirets: ['00000001800016'], destination: 'X' } },
    },
    /La clé du SIRET 00000001800016 est fausse/,
  ],
  [
    'HELIOS-DEM-04',
    'one bordereau signed out of two',
    { pes: { infoDematerialisee: '1', depense: [{ signe: true }, { idBord: '2' }] } },
    /Bordereau\[2\] n° 2, ligne/,
  ],
  [
    'HELIOS-BOR-01',
    'the same bordereau twice',
    { pes: { depense: [{}, { idBord: '01' }] } },
    /n° 01 figure deux fois/,
  ],
  [
    'HELIOS-BOR-02',
    'NbrPce that lies',
    { pes: { depense: [{ nbrPce: '3', pieces: 2 }] } },
    /annonce « 3 » pièces.*2 pièces/,
  ],
  [
    'HELIOS-BOR-03',
    'no cumulated amount',
    { pes: { infoDematerialisee: '1', depense: [{ cumul: null, signe: true }] } },
    /MtCumulAnnuel/,
  ],
  [
    'HELIOS-BOR-03',
    'no cumulated amount, and it will be signed',
    { pes: { infoDematerialisee: '0', depense: [{ cumul: null }] }, faits: { aSigner: true } },
    /MtCumulAnnuel/,
  ],
];

describe('controls of a PES: what is refused', () => {
  test.each(BLOQUANTES)('%s: %s', async (...[code, , essai, dit]) => {
    const r = await reponseDe(code, essai);
    expect(r).toMatchObject({ reponse: 'non', verdict: 'defavorable' });
    expect(r.gravites).toContain('bloquante');
    expect(r.texte).toMatch(dit);
  });
});

describe('controls of a PES: what is only told', () => {
  test.each(AVERTISSEMENTS)('%s: %s', async (...[code, , essai, dit]) => {
    const r = await reponseDe(code, essai);
    expect(r).toMatchObject({ reponse: 'non', verdict: 'favorable' });
    expect(r.gravites).toEqual(r.gravites.map(() => 'avertissement'));
    expect(r.texte).toMatch(dit);
  });
});

describe('controls of a PES: what is accepted', () => {
  const signe = { infoDematerialisee: '1' };
  test.each<[string, string, Essai]>([
    [
      'HELIOS-XML-02',
      'ISO-8859-1 in lower case, far in the declaration',
      latin1(
        textePes().replace(
          '<?xml version="1.0" encoding="ISO-8859-1"',
          `<?xml version="1.0"${' '.repeat(80)} encoding='iso-8859-1' standalone="yes"`,
        ),
      ),
    ],
    ['HELIOS-XML-07', 'just the limit', { reglages: { tailleMax: pes().length } }],
    [
      'HELIOS-NOM-01',
      'a name with spaces and dots, 100 characters',
      entete('NomFic', `PESALR1M_AGENCE COM.${'6'.repeat(80)}`),
    ],
    ['HELIOS-ENT-04', 'a codique of Corsica', entete('IdPost', '02A079')],
    ['HELIOS-ENT-05', 'version « 02 »', entete('Version', '02')],
    [
      'HELIOS-CNT-01',
      'a marché alone',
      { pes: { depense: null, suite: '<PES_Marche><EnTeteMarche/></PES_Marche>' } },
    ],
    ['HELIOS-CNT-01', 'attached pieces alone', { pes: { depense: null, pieces: [{ idUnique: 'A' }] } }],
    [
      'HELIOS-COL-02',
      'a budget that has a SIREN of its own',
      {
        ...entete('IdColl', '00000003400017'),
        faits: { fiche: { sirets: ['00000001800010', '00000003400017'], destination: 'X' } },
      },
    ],
    ['HELIOS-DEM-02', 'signed bordereaux', { pes: { ...signe, depense: [{ signe: true }] } }],
    [
      'HELIOS-DEM-02',
      'a file signed as a whole, two domains',
      { pes: { ...signe, recette: [{}], signe: true } },
    ],
    ['HELIOS-DEM-03', 'not announced, not signed', {}],
    [
      'HELIOS-DEM-03',
      'not announced, to be signed: who signs will announce it',
      { faits: { aSigner: true } },
    ],
    [
      'HELIOS-BOR-01',
      'the same number in dépense and recette, in two exercices, of two types',
      { pes: { depense: [{}, { exer: '2025' }, { typBord: '02' }], recette: [{}] } },
    ],
    [
      'HELIOS-BOR-03',
      'ORMC has no cumulated amount',
      { pes: { ...signe, depense: null, recette: [{ typBord: '06', cumul: null, signe: true }] } },
    ],
  ])('%s: %s', async (code, _, essai) => {
    const r = await reponseDe(code, essai);
    expect(r.texte).toBe('');
    expect(r.reponse).toBe('oui');
  });

  test.each<[string, string, Essai]>([
    ['HELIOS-DEM-02', 'a signature is to come', { pes: signe, faits: { aSigner: true } }],
    ['HELIOS-DEM-02', 'nothing is announced', {}],
    [
      'HELIOS-BOR-03',
      'signed here and there and not announced: nothing will be signed on top of it',
      {
        pes: { infoDematerialisee: null, depense: [{ cumul: null, signe: true }, { cumul: null }] },
        faits: { aSigner: true },
      },
    ],
    ['HELIOS-XML-02', 'the file cannot be read', { octets: Buffer.from('<a') }],
    ['HELIOS-XML-05', 'the schema did not listen', {}],
    ['HELIOS-PJ-01', 'there is no piece', {}],
    ['HELIOS-BOR-02', 'there is no domain', { pes: { depense: null, pieces: [{ idUnique: 'A' }] } }],
  ])('%s does not arise: %s', async (code, _, essai) => {
    expect((await reponseDe(code, essai)).reponse).toBe('sans objet');
  });
});

describe('the report as a whole', () => {
  test('a sound file: favourable, every question answered, in the order of the rules', async () => {
    const { rapport, lu } = await controle({
      pes: { recette: [{}], pieces: [{ idUnique: 'A1', refCompta: ['01'] }] },
    });
    expect(rapport.verdict).toBe('favorable');
    const codes = [...REGLES.map((r) => r.code), 'HELIOS-SCH-01'];
    expect(rapport.reponses.map((r) => r.code)).toEqual(codes);
    expect(rapport.reponses.filter((r) => r.reponse === 'non')).toEqual([]);
    expect(lu?.identite).toBe('123/VALMONCEL_1');
  });

  test('every code once; every finding says what to do', async () => {
    expect(new Set(REGLES.map((r) => r.code)).size).toBe(REGLES.length);
    for (const [code, , essai] of [...BLOQUANTES, ...AVERTISSEMENTS]) {
      const { rapport } = await controle(essai);
      const anomalies = rapport.reponses.find((r) => r.code === code)?.anomalies ?? [];
      expect(
        anomalies.filter((a) => !/^[A-ZÉÀ0-9].*[.]$/su.test(a.message) || !/^[A-ZÉÀ].*[.]$/su.test(a.remede)),
      ).toEqual([]);
      expect(anomalies.filter((a) => /[a-zé]'[a-zéA-Z]/.test(a.message + a.remede))).toEqual([]);
    }
  });

  test('many findings of one kind: the first twenty, and how many more; the verdict counts them all', async () => {
    const pieces = Array.from({ length: 25 }, (_, k) => ({ idUnique: `é${k}` }));
    const { rapport } = await controle({ pes: { pieces } });
    const anomalies = rapport.reponses.find((r) => r.code === 'HELIOS-PJ-03')?.anomalies ?? [];
    expect(anomalies).toHaveLength(21);
    expect(anomalies.at(-1)).toMatchObject({
      gravite: 'bloquante',
      message: '5 autres constats semblables ne sont pas listés.',
    });
    expect(bloquantes(rapport)).toHaveLength(21);
  });

  test('findings of the schema are told with their path and place, and refuse nothing', async () => {
    const constat = {
      code: 'XSD-006',
      message: 'La valeur « abc » n’est pas admise.',
      position: { octet: 10, ligne: 7, colonne: 3 },
      element: 10,
      chemin: '/n:PES_Aller/EnTetePES/DteStr/@V',
      valeur: 'abc',
      attendu: 'une date',
    } as const;
    const schema = { valide: false, constats: [constat], tronque: true };
    const r = await reponseDe('HELIOS-XML-05', { faits: { schema } });
    expect(r).toMatchObject({ reponse: 'non', verdict: 'favorable' });
    expect(r.texte).toMatch(
      /^\/n:PES_Aller\/EnTetePES\/DteStr\/@V, ligne 7, colonne 3 \|[^]*D’autres écarts/,
    );
  });

  test('a PES_ACQUIT_RETOUR has headers and must name what it acknowledges', async () => {
    const texte = (nom: string): string =>
      `<?xml version="1.0" encoding="ISO-8859-1"?><n:PES_ACQUIT_RETOUR xmlns:n="http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller/ack"><Enveloppe><Parametres><NomFic V="AR1"/></Parametres></Enveloppe><EnTetePES><IdPost V="034079"/><IdColl V="00000001800010"/><CodColl V="123"/><CodBud V="00"/></EnTetePES><ACQUIT_RETOUR><ElementACQUIT_RETOUR><NomFichierRetour V="${nom}"/></ElementACQUIT_RETOUR></ACQUIT_RETOUR></n:PES_ACQUIT_RETOUR>`;
    const { rapport, lu } = await controle(latin1(texte('PES2R_DEP_1.xml')));
    expect(bloquantes(rapport)).toEqual([]);
    expect(lu).toMatchObject({
      identite: '123/AR1',
      resume: { genre: 'PES_ACQUIT_RETOUR', retours: ['PES2R_DEP_1.xml'] },
    });
    expect(await reponseDe('HELIOS-CNT-01', latin1(texte('')))).toMatchObject({
      reponse: 'non',
      verdict: 'defavorable',
    });
  });

  test('the summary: bordereaux and pieces by name, amounts as written, no personal data', async () => {
    const octets = readFileSync(`${RACINE}fixtures/helios/aller/depense.xml`);
    const { lu } = await controle({ octets });
    expect(lu).toMatchObject({
      identite: '123/VALMONCEL_DEP_20260302_1',
      resume: {
        genre: 'PES_Aller',
        idColl: '00000001800010',
        nombreBordereaux: 2,
        bordereaux: [
          { domaine: 'depense', exercice: '2026', numero: '41', type: '01', montantHT: '1250.30' },
          { domaine: 'depense', exercice: '2026', numero: '42', type: '02', montantHT: '5.00' },
        ],
        pieces: ['VALMONCEL2026PJ0001', 'VALMONCEL2026PJ0003'],
      },
    });
    expect(JSON.stringify(lu)).not.toMatch(/Zoé|Travaux publics|FR76/);
  });

  test('a file that says no name has no identity', async () => {
    expect((await controle(entete('NomFic', null))).lu).toBeNull();
    expect((await controle({ octets: Buffer.from('<a/>') })).lu).toBeNull();
    expect((await lireFichierPes([])).faits).toBeNull();
  });
});
