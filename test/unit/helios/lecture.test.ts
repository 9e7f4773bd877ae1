import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compilerXsd } from '../../../src/formats/xsd/compiler.ts';
import { SchemaXsd } from '../../../src/formats/xsd/schema.ts';
import { ValideurXsd } from '../../../src/formats/xsd/valideur.ts';
import { lireFichierPes } from '../../../src/protocoles/helios/lecture/lire.ts';
import { PARTAGE, partagePresent, RACINE } from '../formats/chemins.ts';
import { faits, faitsDe, fixture, nu, sha256 } from './decor.ts';
import { morceaux, pes, signature, textePes } from './generateur.ts';

describe('the facts of a dépense (fixtures/helios/aller/depense.xml)', async () => {
  const lus = await faitsDe(fixture('depense'));

  test('Enveloppe and EnTetePES', () => {
    expect(nu(lus.entetes)).toEqual({
      version: '2',
      typFic: 'PESALR2',
      nomFic: 'VALMONCEL_DEP_20260302_1',
      sigle: 'Compta Essai',
      adresse: 'Compta Essai 4.2',
      dteStr: '2026-03-02',
      idPost: '034079',
      libellePoste: "Trésorerie d'Épreuve",
      idColl: '00000001800010',
      finJur: '340000018',
      codCol: '123',
      codBud: '00',
      libelleColBud: 'Commune de Valmoncel',
    });
    expect(lus.entetes.nomFic?.position).toMatchObject({ ligne: 4, colonne: 54 });
    expect(lus.id).toBe('PES1');
  });

  test('bordereaux: what they announce, what they hold, amounts in centimes', () => {
    expect(nu(lus.domaines)).toMatchObject([
      { nom: 'depense', idVer: '2', infoDematerialisee: '0', bordereaux: [{ rang: 1 }, { rang: 2 }] },
    ]);
    expect(nu(lus.domaines[0]?.bordereaux)).toEqual([
      {
        rang: 1,
        id: 'B2026-41',
        exer: '2026',
        idBord: '41',
        typBord: '01',
        dteBordEm: '2026-03-02',
        nbrPce: '2',
        mtCumulAnnuel: '9876543c',
        mtBordHT: '125030c',
        mtBordTVA: '25006c',
        pieces: 2,
        lignes: 3,
        sommeHT: '126280c',
        sommeTVA: '25006c',
        signatures: 0,
      },
      expect.objectContaining({
        rang: 2,
        id: null,
        idBord: '42',
        typBord: '02',
        mtCumulAnnuel: null,
        pieces: 1,
      }),
    ]);
    expect(lus.domaines[0]?.bordereaux[1]?.position.ligne).toBe(83);
  });

  test('references to pieces, of the pièce and of the ligne', () => {
    expect(nu(lus.references)).toEqual([
      expect.objectContaining({
        niveau: 'piece',
        support: '01',
        idUnique: 'VALMONCEL2026PJ0001',
        typePJ: '003',
      }),
      expect.objectContaining({
        niveau: 'piece',
        support: '02',
        idUnique: 'VALMONCEL2026PJ0002',
        typePJ: null,
      }),
      expect.objectContaining({
        niveau: 'ligne',
        support: '01',
        idUnique: 'VALMONCEL2026PJ0003',
        bordereau: 1,
      }),
    ]);
  });

  test('attached pieces: decoded, inflated, digested, told by content', () => {
    const pdf = readFileSync(`${RACINE}fixtures/actes/pieces/annexe.pdf`);
    expect(lus.pieces[0]).toMatchObject({
      nomPJ: { valeur: 'facture-212.pdf' },
      typeMime: 'application/pdf',
      domainesCites: ['01'],
      contenu: {
        base64: 'bon',
        gzip: 'bon',
        type: 'application/pdf',
        tailleOriginale: pdf.length,
        empreinteOriginale: sha256(pdf),
      },
    });
    expect(lus.pieces[1]).toMatchObject({ refCompta: 0, contenu: { gzip: 'bon', type: 'application/xml' } });
  });

  test('the whole file: size, SHA-256, SHA-1', async () => {
    const octets = fixture('depense');
    const lecture = await lireFichierPes([octets]);
    expect(lecture).toMatchObject({ octets: octets.length, sha256: sha256(octets) });
    expect(lecture.sha1).toBe(createHash('sha1').update(octets).digest('hex'));
  });

  test.each([1, 2, 3, 64, 1 << 20])('the same, wherever the bytes are cut (%d)', async (pas) => {
    expect(await faitsDe(fixture('depense'), {}, pas)).toEqual(lus);
  });
});

describe('other shapes of PES Aller', () => {
  test('recette: its own names for the same things', async () => {
    const { domaines, references } = await faitsDe(fixture('recette'));
    expect(nu(domaines)).toMatchObject([
      {
        nom: 'recette',
        bordereaux: [
          { idBord: '7', mtBordHT: '31040c', mtBordTVA: '6208c', pieces: 2, lignes: 3, sommeHT: '32040c' },
        ],
      },
    ]);
    expect(references.map((r) => [r.niveau, r.support])).toEqual([
      ['piece', '01'],
      ['ligne', '03'],
    ]);
  });

  test('ORMC: type of file, type of bordereau, InfoDematerialisee left out', async () => {
    const { entetes, domaines, pieces } = await faitsDe(fixture('ormc'));
    expect(entetes.typFic?.valeur).toBe('PESORMC');
    expect(domaines[0]).toMatchObject({
      infoDematerialisee: null,
      bordereaux: [{ typBord: { valeur: '06' } }],
    });
    expect(pieces[0]?.typePJ?.valeur).toBe('010');
  });

  test('PES PJ autonome: no domain, pieces that cite the domain of their pièces', async () => {
    const lus = await faitsDe(fixture('pj-autonome'));
    expect(lus.domaines).toEqual([]);
    expect(lus.pieces[0]).toMatchObject({ domainesCites: ['01'], refCompta: 2 });
  });

  test('dépense and recette in one file', async () => {
    const { domaines } = await faits({ depense: [{}, { idBord: '2' }], recette: [{}] });
    expect(domaines.map((d) => [d.nom, d.bordereaux.length])).toEqual([
      ['depense', 2],
      ['recette', 1],
    ]);
  });

  test.each(['PES_Facture', 'PES_Marche'])('%s: present, not looked into', async (nom) => {
    const plein = await faits({ depense: null, suite: `<${nom}><IdVer V="2"/><NomFic V="x"/></${nom}>` });
    expect(plein.autresDomaines.map((d) => d.nom)).toEqual([nom]);
    expect(plein.entetes.nomFic?.valeur).toBe('VALMONCEL_1');
    expect((await faits({ depense: null, suite: `<${nom}/>` })).autresDomaines).toEqual([]);
  });

  test('PES_ACQUIT_RETOUR, with CodCol or CodColl', async () => {
    const texte = (cle: string): Buffer =>
      Buffer.from(
        `<?xml version="1.0" encoding="ISO-8859-1"?><n:PES_ACQUIT_RETOUR xmlns:n="http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller/ack"><Enveloppe><Parametres><NomFic V="AR1"/></Parametres></Enveloppe><EnTetePES><${cle} V="007"/></EnTetePES><ACQUIT_RETOUR><ElementACQUIT_RETOUR><DomaineAckRetour V="13"/><NomFichierRetour V="PES2R_DEP_1.xml"/><TypRestit V="02"/><DateAcquit V="2026-03-02"/></ElementACQUIT_RETOUR></ACQUIT_RETOUR></n:PES_ACQUIT_RETOUR>`,
      );
    for (const cle of ['CodCol', 'CodColl']) {
      const { faits: lus } = await lireFichierPes([texte(cle)]);
      expect(nu(lus)).toMatchObject({
        genre: 'PES_ACQUIT_RETOUR',
        entetes: { nomFic: 'AR1', codCol: '007' },
        elements: [
          { domaine: '13', nomFichierRetour: 'PES2R_DEP_1.xml', typRestit: '02', dateAcquit: '2026-03-02' },
        ],
      });
    }
  });

  test('another root, or the root in another namespace, is only named', async () => {
    const autre = textePes().replaceAll('Rev0/aller', 'Rev1/aller');
    expect((await lireFichierPes([Buffer.from(autre, 'latin1')])).faits).toMatchObject({
      genre: 'inconnu',
      racine: { nom: 'PES_Aller', espace: 'http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev1/aller' },
    });
  });
});

describe('what could be read in two ways', () => {
  test('an element in a namespace is not the one of the norm', async () => {
    const texte = textePes().replace('<NomFic V="VALMONCEL_1"/>', '<n:NomFic V="VALMONCEL_1"/>');
    expect((await faitsDe(Buffer.from(texte, 'latin1'))).entetes.nomFic).toBeNull();
  });

  test('a value elsewhere than in V is not a value', async () => {
    const texte = textePes()
      .replace('<CodCol V="123"/>', '<CodCol>123</CodCol>')
      .replace('IdColl V', 'IdColl v');
    expect((await faitsDe(Buffer.from(texte, 'latin1'))).entetes).toMatchObject({
      codCol: null,
      idColl: null,
    });
  });

  test('a header written twice: the first is kept, the second is told', async () => {
    const texte = textePes().replace('</Parametres>', '<NomFic V="AUTRE"/></Parametres>');
    const lus = await faitsDe(Buffer.from(texte, 'latin1'));
    expect(lus.entetes.nomFic?.valeur).toBe('VALMONCEL_1');
    expect(lus.repetitions).toMatchObject([{ cle: 'nomFic', position: { ligne: 3 } }]);
  });

  test('the same names under other parents are not read', async () => {
    const lus = await faits({ suite: '<Autre><NomFic V="x"/><Bordereau/><PJ/></Autre><Bordereau/>' });
    expect([lus.repetitions.length, lus.domaines[0]?.bordereaux.length, lus.pieces.length]).toEqual([
      0, 1, 0,
    ]);
  });

  test('references in a value are resolved, Latin-1 is Latin-1', async () => {
    const lus = await faits({ entetes: { LibelleColBud: 'Saint-&#201;tienne &amp; Épreuve' } });
    expect(lus.entetes.libelleColBud?.valeur).toBe('Saint-Étienne & Épreuve');
  });
});

describe('signatures: where they stand', () => {
  test('of the file, of a bordereau, elsewhere', async () => {
    const demande = {
      depense: [{ id: 'B1', signe: true }, { id: 'B2' }],
      recette: [{ id: 'R1', signe: true }],
      signe: true,
    };
    const lus = await faits({ ...demande, suite: `<Autre>${signature('S_X')}</Autre>` });
    expect(lus.signatures.map((s) => [s.id, s.lieu])).toEqual([
      ['S_B1', { type: 'bordereau', domaine: 'depense', rang: 1 }],
      ['S_R1', { type: 'bordereau', domaine: 'recette', rang: 1 }],
      ['S_X', { type: 'ailleurs' }],
      ['S_PES', { type: 'fichier' }],
    ]);
    expect(lus.domaines.flatMap((d) => d.bordereaux.map((b) => b.signatures))).toEqual([1, 0, 1]);
  });

  test('nothing inside a signature is a fact of the file', async () => {
    const piege = signature('S').replace('<ds:SignedInfo/>', `<ds:Object><PJ/>${signature('T')}</ds:Object>`);
    const lus = await faits({ suite: piege });
    expect(lus.signatures).toMatchObject([{ id: 'S', lieu: { type: 'fichier' } }]);
  });
});

describe('encodings', () => {
  test('as announced and as read', async () => {
    expect((await faits({ encodage: 'iso-8859-1' })).encodage).toEqual({
      lu: 'ISO-8859-1',
      annonce: 'iso-8859-1',
      windows1252: null,
    });
    expect((await faits({ encodage: null })).encodage).toMatchObject({ lu: 'UTF-8', annonce: null });
    expect((await faits({ encodage: 'UTF-8' })).encodage).toMatchObject({ lu: 'UTF-8', annonce: 'UTF-8' });
  });

  test('Windows-1252 under the name of ISO-8859-1 is counted, and kept as it is', async () => {
    const lus = await faits({ entetes: { LibelleColBud: 'l\x92\xe9t\xe9 \x80', Sigle: 'Essai' } });
    expect(lus.encodage.windows1252).toMatchObject({ nombre: 2, premiere: { ligne: 4 } });
    expect(lus.entetes.libelleColBud?.valeur).toBe('l\u0092été \u0080');
  });

  test.each<[string, Buffer, string]>([
    ['an empty file', Buffer.alloc(0), 'XML-001'],
    ['another encoding', pes({ encodage: 'UTF-16' }), 'XML-002'],
    ['a DOCTYPE', Buffer.from(textePes().replace('<n:PES', '<!DOCTYPE x><n:PES'), 'latin1'), 'XML-006'],
    ['a file cut short', pes().subarray(0, 700), 'XML-012'],
    [
      'Latin-1 announced as UTF-8',
      Buffer.from(textePes({ encodage: 'UTF-8', entetes: { Sigle: 'é' } }), 'latin1'),
      'XML-007',
    ],
    ['two Ids alike', pes({ depense: [{ id: 'B' }, { id: 'B' }] }), 'XML-018'],
  ])('%s: refused, without facts, with the digest of the whole', async (_, octets, code) => {
    const lecture = await lireFichierPes(morceaux(octets, 100));
    expect(lecture.faits).toBeNull();
    expect(lecture.refus?.code).toBe(code);
    expect(lecture).toMatchObject({ octets: octets.length, sha256: sha256(octets) });
  });
});

test('the schema listens to the same pass', async () => {
  const lire = (nom: string) => new Uint8Array(readFileSync(`${RACINE}schemas/helios/${nom}`));
  const c = compilerXsd('PES_Aller.xsd', lire);
  if (c.type === 'refus') throw new TypeError(JSON.stringify(c.refus));
  const bilan = async (octets: Uint8Array) => {
    const valideur = new ValideurXsd(new SchemaXsd(c.artefact));
    await faitsDe(octets, { recepteurs: [valideur] });
    return valideur.bilan();
  };
  expect(await bilan(pes({ recette: [{}], pieces: [{ idUnique: 'A' }] }))).toMatchObject({ valide: true });
  expect((await bilan(pes({ entetes: { CodCol: '000' } }))).constats[0]?.chemin).toBe(
    '/n:PES_Aller/EnTetePES/CodCol/@V',
  );
});

describe.skipIf(!partagePresent('exemples/helios/aller'))('the samples beside the repository', () => {
  const dossier = `${PARTAGE}exemples/helios/aller/`;
  const noms = partagePresent('exemples/helios/aller') ? readdirSync(dossier).toSorted() : [];

  test.each(noms)('%s is read', async (nom) => {
    const { entetes, domaines } = await faitsDe(readFileSync(dossier + nom));
    expect(entetes.nomFic?.valeur).toMatch(/\S/);
    expect(domaines[0]?.bordereaux.length).toBeGreaterThan(0);
  });

  test('signed samples: the signature of a bordereau, two PDF whole', async () => {
    const lus = await faitsDe(readFileSync(`${dossier}stela-PESALR2_25060187900027_190328_001.xml`));
    expect(lus.signatures.map((s) => s.lieu.type)).toEqual(['bordereau']);
    expect(lus.pieces.map((p) => [p.contenu?.gzip, p.contenu?.type])).toEqual([
      ['bon', 'application/pdf'],
      ['bon', 'application/pdf'],
    ]);
  });
});
