import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Instant } from '../../../src/metier/identifiants.ts';
import { archiver, archiveSignee, type OptionsSignee, type Signee } from '../actes/archive-signee.ts';
import { POLITIQUE } from '../formats/certificats/pki.ts';
import { cleDe, INSTANT } from '../formats/xades/atelier.ts';
import { AtelierHorsLigne } from './atelier-hors-ligne.ts';

/** `vaguemestre verifier` on an archive of ACTES, in this process. */

let a: AtelierHorsLigne;
let signee: Signee;
beforeAll(async () => {
  a = new AtelierHorsLigne();
  signee = await faire();
  a.ecrire('a.tar.gz', signee.octets);
  const certificat = Buffer.from(a.pki.der('racine')).toString('base64');
  const famille = {
    nom: 'essai',
    libelle: 'Essai',
    lecture: 'tableau',
    ancres: [{ certificat, nom: 'racine', periodes: [] }],
    niveaux: [{ emetteur: '*', politique: POLITIQUE.rgs2, niveau: 'RGS **' }],
    origine: 'essai',
  };
  a.ecrire('magasin.json', JSON.stringify({ version: 1, familles: [famille] }));
  a.ecrire('racine.crl', a.pki.crl('racine', { nom: 'racine' }));
  a.ecrire('ica2.crl', a.pki.crl('ica2', { nom: 'ica2' }));
}, 120_000);
afterAll(() => a.fermer());

const faire = (o: Partial<OptionsSignee> = {}): Promise<Signee> =>
  archiveSignee({ signataire: cleDe(a.pki, 'rsa'), instant: INSTANT as Instant, ...o });

const DOCUMENT = '99_DE-034-000000018-20260301-2026_014-DE-1-1_1.pdf';

describe('every signature in its place, and what none covers', () => {
  test('good: 0; and that nobody vouched for the signers is said plainly', async () => {
    const r = await a.verifier('a.tar.gz');
    expect([r.code, r.erreur]).toEqual([0, '']);
    for (const dit of [
      'Signature 1 : valide',
      'Couvre      Formulaire 034-000000018-20260301-2026_014-DE-1-1_0.xml',
      'Portée par  TACT--000000018--20261231-7.xml (XAdES)',
      `Document ${DOCUMENT}`,
      'Annexe 70_DE-034-000000018-20260301-2026_014-DE-1-1_2.pdf',
      'CN=rsa,O=Essai,C=FR',
      '3 signatures valides, tous les fichiers couverts.',
      'Attention : La chaîne des certificats n’est pas jugée',
    ])
      expect(r.sortie).toContain(dit);
  });

  test('with a trust store and lists of revocation, who signed is established', async () => {
    const preuves = ['--crl', a.chemin('racine.crl'), a.chemin('ica2.crl')];
    const r = await a.verifier('a.tar.gz', '--magasin', a.chemin('magasin.json'), ...preuves, '--json');
    expect(r.code).toBe(0);
    expect(r.json).toMatchObject([
      {
        bonne: true,
        profil: 'actes',
        nonCouverts: [],
        signatures: [
          { genre: 'Formulaire', etat: 'valide', confiance: { type: 'confiance', niveau: 'RGS **' } },
          { genre: 'Document', fichier: DOCUMENT },
          { genre: 'Annexe' },
        ],
      },
    ]);
    const sans = await a.verifier('a.tar.gz', '--magasin', a.chemin('magasin.json'));
    expect([sans.code, sans.sortie]).toEqual([3, expect.stringContaining('La confiance n’est pas établie')]);
  });

  test('one byte of the document changed: 3, and which signature says so', async () => {
    const fichiers = new Map(signee.fichiers);
    fichiers.set(
      DOCUMENT,
      Buffer.concat([signee.fichiers.get(DOCUMENT) ?? Buffer.alloc(0), Buffer.from('\n')]),
    );
    a.ecrire('b.tar.gz', await archiver(fichiers));
    const r = await a.verifier('b.tar.gz');
    expect(r.code).toBe(3);
    expect(r.sortie).toMatch(/À REFUSER : 1 signature sur 3 à refuser/);
    expect(r.sortie).toMatch(/XDS-127/);
    expect(r.sortie).toMatch(new RegExp(`Ce qu’aucune signature ne couvre :\n {2}${DOCUMENT}`));
  });

  test('signed in part: what none covers is named; unsigned: said; both 3', async () => {
    a.ecrire('p.tar.gz', (await faire({ pieces: [], formulaire: true })).octets);
    const partie = await a.verifier('p.tar.gz');
    expect([partie.code, partie.sortie]).toEqual([3, expect.stringContaining('2 fichiers sans signature')]);
    a.ecrire('n.tar.gz', (await faire({ pieces: [], formulaire: false })).octets);
    const nue = await a.verifier('n.tar.gz');
    expect([nue.code, nue.sortie]).toEqual([
      3,
      expect.stringContaining('L’archive ne porte aucune signature.'),
    ]);
  });

  test('judged at another instant, a certificate may be over', async () => {
    const r = await a.verifier('a.tar.gz', '--instant', '2040-01-01');
    expect([r.code, r.sortie]).toEqual([3, expect.stringContaining('n’était pas en cours de validité')]);
  });
});

test('what is no archive, a message that cannot be read, an option for XML', async () => {
  a.ecrire('x.tar.gz', gzipSync('rien'));
  expect((await a.verifier('x.tar.gz')).code).toBe(3);
  const [enveloppe = '', message = ''] = signee.fichiers.keys();
  const double = (signee.fichiers.get(message) ?? Buffer.alloc(0))
    .toString('latin1')
    .replaceAll(/Id="SIG_\w+"/g, 'Id="A"');
  a.ecrire(
    'd.tar.gz',
    await archiver(new Map([...signee.fichiers, [message, Buffer.from(double, 'latin1')]])),
  );
  const r = await a.verifier('d.tar.gz');
  expect([r.code, r.erreur]).toEqual([3, expect.stringContaining(message)]);
  expect(enveloppe).not.toBe('');
  const schema = await a.verifier('a.tar.gz', '--schema', a.chemin('secret'));
  expect([schema.code, schema.erreur]).toEqual([
    2,
    expect.stringContaining('« --schema » ne vaut que pour un XML'),
  ]);
});
