import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EXTENSIONS, openssl, type Pki, POLITIQUE } from '../formats/certificats/pki.ts';
import { type Montage, monter, pkiConfiance } from './decor.ts';

/** Authorities imported by hand, shown, taken away, and the judgement of a certificate, by the command. */

let pki: Pki;
let m: Montage;
let crlIca: Buffer;
let crlRacine: Buffer;
beforeAll(() => {
  pki = pkiConfiance();
  pki.emettre('racine', { nom: 'faible', cle: 'rsa1024', extensions: EXTENSIONS.ica });
  pki.emettre('racine', {
    nom: 'vieille',
    extensions: EXTENSIONS.ica,
    debut: '2021-01-01',
    fin: '2026-01-01',
  });
  pki.emettre('racine', { nom: 'bientot', extensions: EXTENSIONS.ica, fin: '2026-07-15' });
  pki.emettre('racine', {
    nom: 'limitee',
    extensions: [...EXTENSIONS.ica, 'nameConstraints=permitted;email:x.invalid'],
  });
  pki.emettre('ica', { nom: 'revoque', extensions: EXTENSIONS.signataire });
  pki.revoquer('ica', 'revoque', { quand: '260301000000Z', motif: 'keyCompromise' });
  crlIca = pki.crl('ica', { nom: 'ica' });
  crlRacine = pki.crl('racine', { nom: 'racine' });
});
afterAll(() => pki.fermer());
beforeEach(() => {
  m = monter(pki);
});
afterEach(() => m.fermer());

const pem = (nom: string) => pki.chemin(`${nom}.pem`);
const RGS = ['--famille', 'rgs', '--niveau', 'RGS **'];
const importer = (...argv: string[]) => m.lancer('importer', ...argv);
const magasin = () =>
  JSON.parse(m.lire('rgs.json')) as { familles: { ancres: { nom: string }[]; niveaux: object[] }[] };

describe('importing authorities', () => {
  test('PEM or DER, several per file and several files: anchors and rows of the table', async () => {
    const plusieurs = m.ecrire(
      'deux.pem',
      `texte\n${readFileSync(pem('ica'), 'utf8')}\n${readFileSync(pem('ica2'), 'utf8')}`,
    );
    const der = m.ecrire('deux.der', Buffer.concat([pki.der('ica2'), pki.der('racine')]));
    const r = await importer(plusieurs, der, ...RGS, '--politique', POLITIQUE.rgs2);
    expect([r.code, r.erreur]).toEqual([0, '']);
    expect(r.sortie).toContain('Famille rgs : 3 autorités ajoutées, 3 en tout.');
    const [famille] = magasin().familles;
    expect(famille?.ancres.map((a) => a.nom)).toEqual(['ica', 'ica2', 'racine']);
    expect(famille?.niveaux).toEqual(
      ['ica', 'ica2', 'racine'].map((nom) => ({
        emetteur: pki.certificat(nom).cle.sha256,
        politique: POLITIQUE.rgs2,
        niveau: 'RGS **',
      })),
    );
  });

  test('an empty --dossier is not the current folder', async () => {
    const r = await m.lancerDans('', 'importer', pem('ica'), ...RGS);
    expect([r.code, r.erreur]).toEqual([
      2,
      expect.stringContaining('« --dossier » attend un nom de dossier'),
    ]);
  });

  test('without policy: said; a row that names one goes first, and a changed level is said', async () => {
    const large = await importer(pem('ica'), '--famille', 'rgs', '--niveau', 'RGS *');
    expect(large.sortie).toContain(
      'Sans --politique, tout certificat de ces autorités aura le niveau « RGS * »',
    );
    await importer(pem('ica'), ...RGS, '--politique', `urn:oid:${POLITIQUE.rgs2}`);
    expect(magasin().familles[0]?.niveaux).toMatchObject([
      { politique: POLITIQUE.rgs2, niveau: 'RGS **' },
      { politique: '*', niveau: 'RGS *' },
    ]);
    const change = await importer(
      pem('ica'),
      '--famille',
      'rgs',
      '--niveau',
      'RGS ***',
      '--politique',
      POLITIQUE.rgs2,
    );
    expect(change.sortie).toContain(
      `Niveau changé (politique ${POLITIQUE.rgs2}) : « RGS ** » devient « RGS *** »`,
    );
    expect(change.sortie).toContain('aucune autorité nouvelle');
  });

  test('what is no authority, or altered: nothing at all is imported', async () => {
    const altere = Buffer.from(pki.der('racine'));
    altere[altere.length - 1] = (altere[altere.length - 1] ?? 0) ^ 1;
    const cas = [
      [pem('cachet'), 'ce n’est pas un certificat d’autorité'],
      [m.ecrire('altere.der', altere), 'sa signature est fausse'],
      [m.ecrire('coupe.der', altere.subarray(0, -4)), 'ce n’est pas un certificat'],
      [m.ecrire('vide.pem', '-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n'), 'mal écrit'],
      [m.ecrire('prose.txt', 'bonjour'), 'ce n’est pas un certificat'],
    ] as const;
    for (const [fichier, motif] of cas) {
      const r = await importer(pem('ica'), fichier, ...RGS);
      expect([fichier, r.code, r.erreur]).toEqual([fichier, 3, expect.stringContaining(motif)]);
    }
    expect(m.noms()).not.toContain('rgs.json');
  });

  test('a secret is refused, whatever its shape, and nothing of it is kept', async () => {
    openssl(
      'pkcs12',
      '-export',
      '-inkey',
      pki.chemin('ica.key'),
      '-in',
      pem('ica'),
      '-passout',
      'pass:x',
      '-out',
      m.ici('ica.p12'),
    );
    openssl(
      'pkcs8',
      '-topk8',
      '-nocrypt',
      '-in',
      pki.chemin('ica.key'),
      '-outform',
      'DER',
      '-out',
      m.ici('ica.p8'),
    );
    openssl(
      'pkcs8',
      '-topk8',
      '-in',
      pki.chemin('ica.key'),
      '-passout',
      'pass:x',
      '-out',
      m.ici('chiffree.pem'),
    );
    openssl('ec', '-in', pki.chemin('ica.key'), '-out', m.ici('ec.pem'));
    const avec = (cle: string) =>
      m.ecrire(`avec-${cle}`, readFileSync(pem('ica'), 'utf8') + readFileSync(m.ici(cle), 'utf8'));
    const cas = [
      pki.chemin('ica.key'),
      avec('ec.pem'),
      avec('chiffree.pem'),
      m.ici('ica.p12'),
      m.ici('ica.p8'),
    ];
    for (const fichier of cas) {
      const r = await importer(fichier, ...RGS);
      expect([fichier, r.code, r.erreur]).toEqual([
        fichier,
        3,
        expect.stringContaining('clé privée ; rien n’en est gardé'),
      ]);
    }
    openssl('crl2pkcs7', '-nocrl', '-certfile', pem('ica'), '-out', m.ici('ica.p7b'));
    expect((await importer(m.ici('ica.p7b'), ...RGS)).erreur).toContain('openssl pkcs7 -print_certs');
    expect(m.noms()).not.toContain('rgs.json');
  });

  test('expired, weak, limited: imported and said', async () => {
    const r = await importer(...['faible', 'vieille', 'limitee'].map(pem), ...RGS);
    expect(r.code).toBe(0);
    expect(r.sortie).toContain('CN=faible,O=Essai,C=FR : clé trop faible (rsa, 1024 bits)');
    expect(r.sortie).toContain('CN=vieille,O=Essai,C=FR : expirée depuis le 1er janvier 2026');
    expect(r.sortie).toContain(
      'CN=limitee,O=Essai,C=FR : extension que ce programme n’honore pas (2.5.29.30)',
    );
  });

  test('words that are no family, no OID: exit 2', async () => {
    for (const options of [
      ['--famille', 'RGS', '--niveau', 'N'],
      ['--famille', '../x', '--niveau', 'N'],
      [...RGS, '--politique', 'abc'],
    ]) {
      expect([options, (await importer(pem('ica'), ...options)).code]).toEqual([options, 2]);
    }
    expect((await importer(m.ici('absent.pem'), ...RGS)).erreur).toContain('VGM-CLI-003');
  });
});

describe('showing and taking away', () => {
  test('an empty store says that nobody is believed', async () => {
    expect((await m.lancer('montrer')).sortie).toContain(
      'Aucune famille : aucune signature ne peut être crue.',
    );
  });

  test('families, authorities, levels, ends; what ends within 60 days', async () => {
    await importer(...['ica', 'bientot'].map(pem), ...RGS);
    const r = await m.lancer('montrer');
    expect(r.sortie).toMatch(/rgs +ica +en vigueur +RGS \*\* +01\/01\/2035 +[0-9a-f]{16}/);
    expect(r.sortie).toContain('Famille rgs, fin du certificat de bientot : dans 29 j.');
    expect(r.sortie).toMatch(/Dernière modification : n° 1, .*, 2 autorités ajoutées, niveau « RGS \*\* »\./);
    m.le('2026-07-20T00:00:00Z');
    const [vu] = (await m.lancer('montrer', '--json')).json;
    expect(vu).toMatchObject({
      familles: [
        { nom: 'rgs', ancres: [{ nom: 'ica' }, { nom: 'bientot', fin: '2026-07-15T00:00:00.000Z' }] },
      ],
      alertes: ['Famille rgs, fin du certificat de bientot : dépassée depuis 5 j.'],
    });
  });

  test('a list that must be replaced soon, or should have been, is said', async () => {
    await m.lancer(
      'importer',
      await m.signer('fr.xml', { prochaine: '2026-07-01T00:00:00Z' }),
      '--signataire',
      pem('operateur-fr'),
    );
    expect((await m.lancer('montrer')).sortie).toContain('Famille eidas-fr, liste à remplacer : dans 15 j.');
    m.le('2026-07-03T00:00:00Z');
    expect((await m.lancer('montrer')).sortie).toContain(
      'Famille eidas-fr, liste à remplacer : dépassée depuis 2 j.',
    );
  });

  test('by the name, by the beginning of the SHA-256; with its rows; the last one takes the family away', async () => {
    await importer(...['ica', 'ica2', 'racine'].map(pem), ...RGS);
    expect((await m.lancer('retirer', 'rgs', 'ica2')).code).toBe(0);
    expect(
      (await m.lancer('retirer', 'rgs', pki.certificat('racine').sha256.slice(0, 8).toUpperCase())).code,
    ).toBe(0);
    expect(magasin().familles[0]).toMatchObject({
      ancres: [{ nom: 'ica' }],
      niveaux: [{ niveau: 'RGS **' }],
    });
    expect((await m.lancer('retirer', 'rgs', 'ica')).code).toBe(0);
    expect(m.noms()).not.toContain('rgs.json');
    expect(m.lire('registre.jsonl').trim().split('\n')).toHaveLength(4);
  });

  test('nothing by that name, or several: exit 2, nothing changes', async () => {
    pki.emettre('racine', { nom: 'ica-bis', sujet: '/C=FR/O=Essai/CN=ica', extensions: EXTENSIONS.ica });
    await importer(...['ica', 'ica-bis'].map(pem), ...RGS);
    const avant = m.lire('rgs.json');
    for (const mots of [['inconnue'], ['rgs', 'personne'], ['rgs', 'ica'], ['liste-des-listes']]) {
      const r = await m.lancer('retirer', ...mots);
      expect([mots, r.code, r.erreur.includes('VGM-CNF-007')]).toEqual([mots, 2, true]);
    }
    expect(m.lire('rgs.json')).toBe(avant);
  });

  test('a family spread over files put there by hand is joined, and leaves them all', async () => {
    await importer(pem('ica'), ...RGS);
    const main = JSON.parse(m.lire('rgs.json')) as { familles: { nom: string; ancres: object[] }[] };
    const [famille] = main.familles;
    const autre = { ...famille, nom: 'autre' };
    m.ecrire(
      'confiance/a-la-main.json',
      JSON.stringify({ version: 1, familles: [{ ...famille, ancres: [] }, autre] }),
    );
    expect((await importer(pem('ica2'), ...RGS)).code).toBe(0);
    expect((await m.lancer('montrer')).sortie).toMatch(/rgs +ica2/);
    expect((await m.lancer('retirer', 'rgs')).code).toBe(0);
    expect(m.noms()).toEqual(['.verrou', 'a-la-main.json', 'registre.jsonl']);
    expect(JSON.parse(m.lire('a-la-main.json'))).toMatchObject({ familles: [{ nom: 'autre' }] });
  });
});

describe('judging a certificate', () => {
  beforeEach(async () => {
    await importer(pem('racine'), ...RGS, '--politique', POLITIQUE.rgs2);
  });
  const crls = () => ['--crl', m.ecrire('ica.crl', crlIca), m.ecrire('racine.crl', crlRacine)];

  test('trusted: exit 0, the level, the path from the leaf to the anchor', async () => {
    const avec = m.ecrire(
      'avec.pem',
      readFileSync(pem('signataire'), 'utf8') + readFileSync(pem('ica'), 'utf8'),
    );
    for (const argv of [[avec], [pem('signataire'), '--intermediaire', pem('ica')]]) {
      const r = await m.lancer('juger', ...argv, ...crls());
      expect([r.code, r.sortie.split('\n')]).toEqual([
        0,
        [
          'DIGNE DE CONFIANCE : RGS ** (famille rgs)',
          'Jugé à la date du 2026-06-15T12:00:00Z.',
          'Chemin :',
          '  1. CN=signataire,O=Essai,C=FR – non révoqué',
          '  2. CN=ica,O=Essai,C=FR – non révoqué',
          '  3. CN=racine,O=Essai,C=FR – autorité du magasin de confiance',
        ],
      ]);
    }
  });

  test('no evidence: undetermined, exit 3; revoked: refused, exit 3, since when and why', async () => {
    const sans = await m.lancer('juger', pem('signataire'), '--intermediaire', pem('ica'));
    expect([sans.code, sans.sortie]).toEqual([3, expect.stringContaining('INDÉTERMINÉ')]);
    const revoque = await m.lancer('juger', pem('revoque'), '--intermediaire', pem('ica'), ...crls());
    expect([revoque.code, revoque.sortie]).toEqual([
      3,
      expect.stringContaining('(depuis le 1er mars 2026 à 00:00:00 UTC (clé compromise))'),
    ]);
    const avant = await m.lancer(
      'juger',
      pem('revoque'),
      '--intermediaire',
      pem('ica'),
      ...crls(),
      '--instant',
      '2026-02-01',
    );
    expect([avant.code, avant.sortie]).toEqual([
      0,
      expect.stringContaining('Réserve : CN=revoque,O=Essai,C=FR : révoqué plus tard'),
    ]);
  });

  test('expired at the instant asked, unknown authority: each with its remedy', async () => {
    const tard = await m.lancer(
      'juger',
      pem('signataire'),
      '--intermediaire',
      pem('ica'),
      '--instant',
      '2029-01-01',
    );
    expect([tard.code, tard.sortie]).toEqual([
      3,
      expect.stringContaining('Remède : Obtenir un certificat en cours de validité'),
    ]);
    const inconnu = await m.lancer('juger', pem('etranger'));
    expect([inconnu.code, inconnu.sortie]).toEqual([
      3,
      expect.stringContaining('n’est pas dans le magasin de confiance'),
    ]);
  });

  test('--json: the verdict, the path and the evidence by their digests; no key, no DER', async () => {
    const r = await m.lancer('juger', pem('signataire'), '--intermediaire', pem('ica'), ...crls(), '--json');
    expect(r.json[0]).toMatchObject({
      verdict: 'confiance',
      niveau: 'RGS **',
      chemin: [{ sha256: pki.certificat('signataire').sha256 }, { fin: '2035-01-01T00:00:00Z' }, {}],
      maillons: [{ revocation: 'bon' }, { revocation: 'bon' }],
      preuves: [{ type: 'crl', jusqua: '2026-07-01T00:00:00Z' }, { type: 'crl' }],
    });
    expect(r.sortie.length).toBeLessThan(3000);
  });

  test('another store by --magasin, file or folder; what is wrong in it; a file that is no certificate', async () => {
    const argv = [pem('signataire'), '--intermediaire', pem('ica'), ...crls()];
    for (const chemin of [`${m.dossier}/rgs.json`, m.dossier]) {
      expect((await m.lancer('juger', ...argv, '--magasin', chemin)).code).toBe(0);
    }
    const casse = m.ecrire('casse.json', '{\n "version": 1,\n "familles": [,]\n}\n');
    const r = await m.lancer('juger', ...argv, '--magasin', casse);
    expect([r.code, r.erreur]).toEqual([
      1,
      expect.stringContaining(`${casse}, ligne 3, colonne 15 : une valeur ou « ] » est attendue ici.`),
    ]);
    expect((await m.lancer('juger', pki.chemin('ica.key'))).erreur).toContain('VGM-CNF-008');
  });
});
