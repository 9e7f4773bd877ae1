import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { linkSync, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { codes, INSTANT, pes, verifier } from '../formats/xades/atelier.ts';
import { AtelierHorsLigne } from './atelier-hors-ligne.ts';

/** `vaguemestre signer`, in this process. */

let a: AtelierHorsLigne;
beforeAll(() => {
  a = new AtelierHorsLigne();
}, 120_000);
afterAll(() => a.fermer());
afterEach(() => {
  expect(a.restes()).toEqual([]);
  for (const nom of ['s.xml', 't.xml']) rmSync(a.chemin(nom), { recursive: true, force: true });
});

const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

describe('what is signed, and what is said of it', () => {
  test('every bordereau by default; labels, signer, algorithm, digests, output', async () => {
    const r = await a.signer('s.xml');
    expect([r.code, r.erreur]).toEqual([0, '']);
    const signe = a.lire('s.xml');
    for (const dit of [
      `Signé : ${a.chemin('s.xml')}`,
      'CN=rsa,O=Essai,C=FR',
      'Essai (organisation du certificat)',
      '2026-06-15T12:00:00Z',
      'RSA-SHA256, XAdES 1.1.1',
      '1.2.250.1.131.1.5.18.21.1.7',
      sha256(a.lire('pes.xml')),
      sha256(signe),
    ]) {
      expect(r.sortie).toContain(dit);
    }
    expect(r.sortie).toMatch(/\n1 +BORD1 +SIG_frontiere-0000_1\n2 +BORD2 +SIG_frontiere-0000_2$/);
    const rapport = await verifier(signe);
    expect([rapport.conclusion, rapport.couverture.mode, codes(rapport)]).toEqual([
      'valide',
      'bordereaux',
      [],
    ]);
    expect(rapport.signatures[0]).toMatchObject({ instant: INSTANT, roles: ['Essai'], lieu: null });
  });

  test('--json: one document, dates in ISO 8601', async () => {
    const r = await a.signer('s.xml', '--json', '--fichier', '--role', 'Maire');
    expect(r.json).toEqual([
      expect.objectContaining({
        fichier: a.chemin('pes.xml'),
        sortie: a.chemin('s.xml'),
        cibles: 'fichier',
        signatures: [{ id: 'SIG_frontiere-0000_1', cible: 'PES1', etiquette: '' }],
        qualite: { texte: 'Maire', origine: 'option' },
        instant: '2026-06-15T12:00:00Z',
        algorithme: 'RSA-SHA256',
        xades: '1.1.1',
        politique: '1.2.250.1.131.1.5.18.21.1.7',
        avant: { sha256: sha256(a.lire('pes.xml')), octets: a.lire('pes.xml').length },
        apres: { sha256: sha256(a.lire('s.xml')), octets: a.lire('s.xml').length },
        signataire: expect.objectContaining({ sujet: 'CN=rsa,O=Essai,C=FR', fin: '2028-01-01T00:00:00Z' }),
      }),
    ]);
  });

  test('the whole file, one bordereau, another policy, version, place, instant', async () => {
    expect((await a.signer('s.xml', '--fichier')).code).toBe(0);
    expect((await verifier(a.lire('s.xml'))).couverture.mode).toBe('fichier');
    const lieu = ['--ville', 'Saint-Étienne', '--code-postal', '42000', '--pays', 'France'];
    const politique = ['--politique', 'urn:oid:1.2.250.1.131.1.5.18.21.1.4', '--xades', '1.3.2'];
    const r = await a.signer(
      's.xml',
      '--id',
      'BORD2',
      ...lieu,
      ...politique,
      '--instant',
      '2026-03-02T10:00+01:00',
    );
    expect(r.code).toBe(0);
    const rapport = await verifier(a.lire('s.xml'));
    expect(rapport.signatures).toMatchObject([
      {
        couvre: { id: 'BORD2' },
        version: '1.3.2',
        instant: Date.parse('2026-03-02T09:00:00Z'),
        lieu: { ville: 'Saint-Étienne', codePostal: '42000', pays: 'France' },
        politique: { identifiant: 'urn:oid:1.2.250.1.131.1.5.18.21.1.4', avis: 'connue' },
      },
    ]);
  });

  test.each(['1.1.1', '1.2.2', '1.3.2', '1.4.1'])('XAdES %s', async (version) => {
    expect((await a.signer('s.xml', '--xades', version, '--p12', a.chemin('ec.p12'))).code).toBe(0);
    const { conclusion, signatures } = await verifier(a.lire('s.xml'));
    expect([conclusion, signatures[0]?.version, signatures[0]?.algorithme]).toEqual([
      'valide',
      version,
      'ECDSA-SHA256',
    ]);
  });

  test('the same instant and the same identifiers: the same bytes (RSA)', async () => {
    await a.signer('s.xml');
    await a.signer('t.xml');
    expect(a.lire('s.xml').equals(a.lire('t.xml'))).toBe(true);
  });

  test('all that is not a signature is the file received, byte for byte', async () => {
    await a.signer('s.xml');
    const texte = a.lire('s.xml').toString('latin1');
    const sans = texte.replaceAll(/<ds:Signature [^]*?<\/ds:Signature>/g, '');
    expect(Buffer.from(sans, 'latin1').equals(a.lire('pes.xml'))).toBe(true);
  });
});

describe('the quality of the signer, which the policy demands', () => {
  test('--role, else the title that the authority vouched for, else the organisation', async () => {
    const titre = await a.signer('s.xml', '--p12', a.chemin('titre.p12'));
    expect(titre.sortie).toContain('Maire délégué (titre du certificat)');
    expect((await verifier(a.lire('s.xml'))).signatures[0]?.roles).toEqual(['Maire délégué']);
    const donne = await a.signer('s.xml', '--p12', a.chemin('titre.p12'), '--role', 'Ordonnateur');
    expect(donne.sortie).toMatch(/Qualité +Ordonnateur\n/);
  });

  test('neither is said: it must be given, and is never guessed', async () => {
    const r = await a.signer('s.xml', '--p12', a.chemin('nu.p12'));
    expect([r.code, a.existe('s.xml')]).toEqual([2, false]);
    expect(r.erreur).toContain('la donner avec --role');
    expect((await a.signer('s.xml', '--p12', a.chemin('nu.p12'), '--role', 'Maire')).code).toBe(0);
    const vide = await a.signer('t.xml', '--role', ' ');
    expect([vide.code, vide.erreur]).toEqual([3, expect.stringContaining('XDS-213')]);
    expect(vide.erreur).toContain('Donner la qualité du signataire avec --role');
  });
});

describe('a document that cannot be signed: 3, each reason and its remedy, nothing written', () => {
  async function refuse(octets: string | Uint8Array, ...plus: readonly string[]): Promise<string> {
    const entree = a.ecrire('e.xml', octets);
    const [verbe = '', , ...suite] = a.argumentsSigner('s.xml', ...plus);
    const r = await a.cli.lancer(verbe, entree, ...suite);
    expect([r.code, r.sortie, a.existe('s.xml')]).toEqual([3, '', false]);
    expect(r.erreur).toMatch(/^Erreur VGM-HLG-001 : Le fichier .* n’a pas été signé\.\n/);
    return r.erreur;
  }

  test('no Id: refused with the name of the option; with it, signed', async () => {
    const sansId = pes({ idBordereau: '' });
    const dit = await refuse(sansId);
    expect(dit).toContain('XDS-204');
    expect(dit).toContain('Ajouter l’option --ajouter-id');
    const [verbe = '', , ...suite] = a.argumentsSigner('s.xml', '--ajouter-id');
    expect((await a.cli.lancer(verbe, a.chemin('e.xml'), ...suite)).code).toBe(0);
    const rapport = await verifier(a.lire('s.xml'));
    expect(rapport.signatures.map((s) => s.couvre?.id)).toEqual([
      'ID_frontiere-0000_1',
      'ID_frontiere-0000_2',
    ]);
  });

  test('already signed, in part or whole; an Id that is not there; nothing to sign', async () => {
    await a.signer('t.xml', '--id', 'BORD1');
    expect(await refuse(a.lire('t.xml'))).toContain('XDS-205');
    expect(await refuse(a.lire('t.xml'), '--fichier')).toContain('XDS-207');
    await a.signer('t.xml', '--fichier');
    expect(await refuse(a.lire('t.xml'))).toContain('XDS-206');
    expect(await refuse(pes(), '--id', 'BORD9')).toContain('« BORD9 »');
    const aucun = await refuse(pes({ bordereaux: 0 }));
    expect(aucun).toContain('XDS-202');
    expect(aucun).toContain('--fichier');
  });

  test('no XML, empty, cut, of another kind, DOCTYPE, of two equal Ids', async () => {
    expect(await refuse('')).toContain('XML-001');
    expect(await refuse('%PDF-1.7 rien')).toContain('XML-009');
    expect(await refuse(pes().subarray(0, 900))).toContain('XML-012');
    expect(await refuse('<autre/>')).toContain('XDS-201');
    expect(await refuse(`<!DOCTYPE a>${pes().toString('latin1')}`)).toMatch(/XML-0/);
    const double = pes().toString('latin1').replace('Id="BORD2"', 'Id="BORD1"');
    expect(await refuse(Buffer.from(double, 'latin1'))).toContain('XML-018');
  });

  test('--json tells the reasons to a script, on the error output', async () => {
    a.ecrire('e.xml', '<autre/>');
    const [verbe = '', , ...suite] = a.argumentsSigner('s.xml', '--json');
    const r = await a.cli.lancer(verbe, a.chemin('e.xml'), ...suite);
    expect(r.code).toBe(3);
    expect(JSON.parse(r.erreur)).toMatchObject({
      code: 'VGM-HLG-001',
      anomalies: [{ code: 'XDS-201', gravite: 'bloquante' }],
    });
  });
});

describe('the key and its certificate', () => {
  test.each([
    ['absent.p12', 1, /VGM-SGT-001.*fichier absent/],
    ['.', 1, /VGM-SGT-001.*c’est un dossier/],
    ['pes.xml', 1, /VGM-SGT-002.*ce n’est pas un fichier \.p12/],
    ['expire.p12', 3, /VGM-HLG-005.*expiré à la date examinée \(valable jusqu’au 1er janvier 2026/],
    ['tls.p12', 3, /VGM-HLG-005.*pas fait pour signer/],
    ['faible.p12', 3, /VGM-SGT-003.*clé RSA de 1024 bits/],
  ])('%s: exit %i', async (p12, code, dit) => {
    const r = await a.signer('s.xml', '--p12', a.chemin(p12));
    expect([r.code, r.erreur, a.existe('s.xml')]).toEqual([code, expect.stringMatching(dit), false]);
    expect(r.erreur).toMatch(/Remède : \S/);
  });

  test('a wrong password is said as such and never shown', async () => {
    a.ecrire('faux', 'mot-de-passe-faux');
    const r = await a.signer('s.xml', '--secret-fichier', a.chemin('faux'));
    expect([r.code, r.erreur]).toEqual([1, expect.stringContaining('VGM-SGT-002')]);
    expect(r.erreur).toContain('mot de passe');
    expect(r.erreur).not.toContain('mot-de-passe-faux');
    const absent = await a.signer('s.xml', '--secret-fichier', a.chemin('absent'));
    expect([absent.code, absent.erreur]).toEqual([1, expect.stringContaining('fichier absent')]);
  });

  test.each(['secret', 'secret\r\n', '\uFEFFsecret\n'])(
    'the password as editors write it: %j',
    async (texte) => {
      a.ecrire('autre', texte);
      expect((await a.signer('s.xml', '--secret-fichier', a.chemin('autre'))).code).toBe(0);
    },
  );

  test('a certificate that was sound at the instant given still signs at that instant', async () => {
    const r = await a.signer('s.xml', '--p12', a.chemin('expire.p12'), '--instant', '2025-06-01');
    expect(r.code).toBe(0);
  });
});

describe('the output: whole under its name, or not there', () => {
  test('an existing file is kept, and replaced only when asked', async () => {
    a.ecrire('s.xml', 'à garder');
    const r = await a.cli.lancer(...a.argumentsSigner('s.xml'));
    expect([r.code, r.erreur]).toEqual([1, expect.stringContaining('il existe déjà ; --remplacer')]);
    expect(a.lire('s.xml').toString()).toBe('à garder');
    expect((await a.signer('s.xml')).code).toBe(0);
    expect((await verifier(a.lire('s.xml'))).conclusion).toBe('valide');
  });

  test('a link that leads to nothing is said, and stays', async () => {
    symlinkSync('nulle-part.xml', a.chemin('casse.xml'));
    const r = await a.cli.lancer(...a.argumentsSigner('casse.xml', '--remplacer'));
    expect([r.code, r.erreur]).toEqual([1, expect.stringContaining('un lien symbolique qui ne mène à rien')]);
    expect([a.existe('casse.xml'), a.existe('nulle-part.xml')]).toEqual([false, false]);
  });

  test('a file born while signing is not overwritten', async () => {
    a.cli.demande = (quoi) => {
      if (quoi === 'interruption') writeFileSync(a.chemin('s.xml'), 'arrivé entre-temps');
    };
    const r = await a.cli.lancer(...a.argumentsSigner('s.xml'));
    a.cli.demande = () => undefined;
    expect([r.code, a.lire('s.xml').toString()]).toEqual([1, 'arrivé entre-temps']);
  });

  test('a refusal leaves an existing file as it was, even with --remplacer', async () => {
    a.ecrire('s.xml', 'à garder');
    expect((await a.signer('s.xml', '--id', 'BORD9')).code).toBe(3);
    expect(a.lire('s.xml').toString()).toBe('à garder');
  });

  test('never over what the command reads, by whatever name', async () => {
    linkSync(a.chemin('pes.xml'), a.chemin('t.xml'));
    const avant = a.lire('pes.xml');
    for (const nom of ['pes.xml', 't.xml', './pes.xml', 'rsa.p12', 'secret']) {
      const r = await a.signer(nom);
      expect([nom, r.code, r.erreur]).toEqual([nom, 2, expect.stringContaining('par-dessus')]);
    }
    expect(a.lire('pes.xml').equals(avant)).toBe(true);
    expect(a.lire('secret').toString()).toBe('secret\n');
  });

  test.each([
    ['absent/s.xml', 'le dossier n’existe pas'],
    ['secret/s.xml', 'le chemin passe par un fichier'],
    ['dossier', 'c’est un dossier'],
    ['s.xml/', 'c’est un dossier'],
    [`${'n'.repeat(300)}.xml`, 'le nom est trop long'],
  ])('%s: %s', async (nom, raison) => {
    mkdirSync(a.chemin('dossier'), { recursive: true });
    const r = await a.signer(nom);
    expect([r.code, r.erreur]).toEqual([1, expect.stringContaining('VGM-CLI-005')]);
    expect(r.erreur).toContain(raison);
  });

  test('a pipe is refused, as a device would be: renaming over it would destroy it', async () => {
    execFileSync('sh', ['-c', 'mkfifo "$0"', a.chemin('tube')]);
    const r = await a.signer('tube');
    expect([r.code, r.erreur]).toEqual([1, expect.stringContaining('ce n’est pas un fichier')]);
    expect(lstatSync(a.chemin('tube')).isFIFO()).toBe(true);
  });

  test('a link to a file stays a link; what it leads to is replaced', async () => {
    a.ecrire('t.xml', 'ancien');
    symlinkSync(a.chemin('t.xml'), a.chemin('s.xml'));
    expect((await a.signer('s.xml')).code).toBe(0);
    expect((await verifier(a.lire('t.xml'))).conclusion).toBe('valide');
  });

  test('interrupted while writing: nothing is left', async () => {
    a.cli.demande = (quoi) => {
      if (quoi === 'interruption') a.cli.interruption.abort();
    };
    const r = await a.cli.lancer(...a.argumentsSigner('s.xml'));
    a.cli.demande = () => undefined;
    a.cli.interruption = new AbortController();
    expect([r.code, r.erreur, a.existe('s.xml')]).toEqual([1, expect.stringContaining('VGM-HLG-004'), false]);
  });

  test('a file that changes while it is signed: a failure, nothing written', async () => {
    a.ecrire('e.xml', pes());
    a.cli.demande = (quoi) => {
      if (quoi === 'interruption') writeFileSync(a.chemin('e.xml'), pes({ octets: 300 }));
    };
    const [verbe = '', , ...suite] = a.argumentsSigner('s.xml');
    const r = await a.cli.lancer(verbe, a.chemin('e.xml'), ...suite);
    a.cli.demande = () => undefined;
    expect([r.code, r.erreur, a.existe('s.xml')]).toEqual([1, expect.stringContaining('VGM-HLG-002'), false]);
  });
});

describe('the settings, when they are named', () => {
  test('a policy that the site closed is signed under no more', async () => {
    const fermeture =
      '[[fermeture]]\nidentifiant = "1.2.250.1.131.1.5.18.21.1.7"\njusqua = "2026-01-31"\norigine = "essai"\n';
    a.ecrire('politiques.toml', fermeture);
    const reglages = a.ecrire('reglages.toml', '[confiance]\npolitiques = "politiques.toml"\n');
    const r = await a.signer('s.xml', '--config', reglages);
    expect([r.code, r.sortie]).toEqual([0, expect.stringMatching(/Politique +1\.2\.250\S+\.1\.4\n/)]);
    const fermee = await a.signer(
      't.xml',
      '--config',
      reglages,
      '--politique',
      '1.2.250.1.131.1.5.18.21.1.7',
    );
    expect(fermee.code).toBe(2);
    const avant = await a.signer('t.xml', '--config', reglages, '--instant', '2026-01-15');
    expect(avant.sortie).toMatch(/Politique +1\.2\.250\S+\.1\.7\n/);
  });
});

describe('badly written: 2, and what is awaited', () => {
  test.each([
    [['--fichier', '--bordereaux'], 'choisir entre --bordereaux, --fichier et --id'],
    [['--id', 'BORD1', '--fichier'], 'choisir entre'],
    [['--politique', '1.2.3'], '1.2.250.1.131.1.5.18.21.1.7, 1.2.250.1.131.1.5.18.21.1.4'],
    [['--xades', '1.5'], '1.1.1, 1.2.2, 1.3.2, 1.4.1'],
    [['--instant', 'hier'], '2026-06-15T12:00:00Z'],
    [['--instant', '2026-02-30'], 'attend une date'],
    [['--instant', '2026-06-15T12:00:00'], 'attend une date'],
  ])('%j', async (options, dit) => {
    const r = await a.signer('s.xml', ...options);
    expect([r.code, r.erreur, a.existe('s.xml')]).toEqual([2, expect.stringContaining(dit), false]);
  });

  test('what must be given', async () => {
    const r = await a.cli.lancer('signer', a.chemin('pes.xml'));
    expect([r.code, r.erreur]).toEqual([
      2,
      expect.stringContaining('Il manque l’option « --p12 <fichier> »'),
    ]);
  });

  test('the file to sign: absent, a folder', async () => {
    for (const [nom, raison] of [
      ['absent.xml', 'fichier absent'],
      ['.', 'c’est un dossier'],
      ['', 'fichier absent'],
    ] as const) {
      const [verbe = '', , ...suite] = a.argumentsSigner('s.xml');
      const r = await a.cli.lancer(verbe, nom === '' ? '' : a.chemin(nom), ...suite);
      expect([r.code, r.erreur]).toEqual([1, expect.stringContaining(raison)]);
    }
  });
});
