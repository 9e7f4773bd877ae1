import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aExtraire, type Extraits, extraireConfiance } from '../../../../src/formats/asic/confiance.ts';
import type { MagasinOuvert } from '../../../../src/formats/certificats/magasin.ts';
import { construireQuestionOcsp } from '../../../../src/formats/certificats/ocsp.ts';
import {
  ecrirePiece,
  jugerQuestion,
  type PreuveGardee,
  type QuestionConfiance,
} from '../../../../src/formats/certificats/piece-confiance.ts';
import type { Instant } from '../../../../src/metier/identifiants.ts';
import { EXTENSIONS, JOUR_MS, openssl, Pki } from '../certificats/pki.ts';
import { magasin } from '../xades/atelier.ts';

/** What openssl makes of the files of `confiance/`. It answers OCSP at the real time: the PKI lives around it. */

const MAINTENANT = Math.floor(Date.now() / 1000) * 1000;
const HEURE = 3_600_000;
const jour = (n: number) => new Date(MAINTENANT + n * JOUR_MS).toISOString().slice(0, 10);
const VIE = { debut: jour(-30), fin: jour(300) };

let pki: Pki;
let dossier: string;
/** Lists of the root and of the authority below it. */
let listes: readonly PreuveGardee[];
beforeAll(() => {
  dossier = mkdtempSync(join(tmpdir(), 'vgm-confiance-'));
  pki = new Pki();
  pki.emettre('racine', { nom: 'racine', extensions: EXTENSIONS.racine, ...VIE });
  pki.emettre('racine', { nom: 'ica', extensions: EXTENSIONS.ica, ...VIE });
  for (const nom of ['maire', 'perdu'])
    pki.emettre('ica', { nom, extensions: EXTENSIONS.signataire, ...VIE });
  pki.emettre('ica', { nom: 'repondeur', extensions: [...EXTENSIONS.ocsp, 'noCheck=ignored'], ...VIE });
  const quand = new Date(MAINTENANT - 10 * JOUR_MS)
    .toISOString()
    .replaceAll(/[-:T]|\.000/g, '')
    .slice(2);
  pki.revoquer('ica', 'perdu', { quand, motif: 'keyCompromise' });
  const dates = { emise: jour(-1), jusqua: jour(2) };
  listes = ['racine', 'ica'].map((nom) => preuve('crl', pki.crl(nom, { nom, ...dates })));
});
afterAll(() => {
  pki.fermer();
  rmSync(dossier, { recursive: true });
});

const preuve = (type: 'crl' | 'ocsp', octets: Uint8Array): PreuveGardee => ({
  type,
  octets,
  nonce: null,
  adresse: '',
  obtenue: null,
});

function reponse(nom: string): PreuveGardee {
  const question = { certificat: pki.certificat(nom), emetteur: pki.certificat('ica'), nonce: null };
  pki.ecrire('question', construireQuestionOcsp(question));
  // biome-ignore format: one option per pair reads better
  openssl('ocsp', '-index', pki.chemin('ica.index'), '-CA', pki.chemin('ica.pem'), '-rsigner', pki.chemin('repondeur.pem'),
    '-rkey', pki.chemin('repondeur.key'), '-reqin', pki.chemin('question'), '-respout', pki.chemin('reponse'), '-ndays', '1');
  return preuve('ocsp', pki.lire('reponse'));
}

function piece(nom: string, preuves: readonly PreuveGardee[], suite: Partial<QuestionConfiance> = {}) {
  const question: QuestionConfiance = {
    certificat: pki.der(nom),
    intermediaires: [pki.der('ica')],
    magasin: magasin(pki),
    instant: (MAINTENANT - HEURE) as Instant,
    controle: (MAINTENANT + 60_000) as Instant,
    emploi: 'signature',
    ageMax: { crl: null, ocsp: null },
    preuves,
    ...suite,
  };
  const verdict = jugerQuestion(question);
  return { verdict, octets: ecrirePiece(question, verdict) };
}

/** What the script says once its files are on the disk, names left aside. */
function juger({ fichiers }: Extraits): string[] {
  const la = mkdtempSync(join(dossier, 'd-'));
  for (const { nom, contenu } of fichiers) {
    mkdirSync(dirname(join(la, nom)), { recursive: true });
    writeFileSync(join(la, nom), contenu);
  }
  const dit = execFileSync('sh', ['confiance/juger.sh'], { cwd: la, encoding: 'utf8' });
  return dit
    .trimEnd()
    .split('\n')
    .map((l) => l.replace(/certificat-[0-9a-f]{16}\.pem : ([a-zé]+).*/, '$1'));
}

const genres = ({ fichiers }: Extraits): string[] =>
  fichiers.map(({ nom }) => nom.replace(/-[0-9a-f]{16}/, '')).toSorted();

describe('the certificates and the evidence of a verdict, judged again by openssl', () => {
  test('lists: the path, then each certificate of it', () => {
    const { verdict, octets } = piece('maire', listes);
    expect(verdict.type).toBe('confiance');
    const extraits = extraireConfiance([octets]);
    expect(genres(extraits)).toEqual([
      'confiance/autorite.pem',
      'confiance/certificat.pem',
      'confiance/certificat.pem',
      'confiance/juger.sh',
      'confiance/liste.crl',
      'confiance/liste.crl',
    ]);
    expect(juger(extraits)).toEqual(['OUI  chemin', 'OUI  non', 'OUI  non']);
  });

  test('a list in PEM is left as it came', () => {
    const [racine, ica] = listes as [PreuveGardee, PreuveGardee];
    const pem = Buffer.from(openssl('crl', '-in', pki.chemin('ica.crl')));
    const extraits = extraireConfiance([piece('maire', [racine, { ...ica, octets: pem }]).octets]);
    expect(extraits.fichiers.some(({ contenu }) => Buffer.from(contenu).equals(pem))).toBe(true);
    expect(juger(extraits)).toEqual(['OUI  chemin', 'OUI  non', 'OUI  non']);
  });

  test('an OCSP answer: openssl verifies who signed it, and what it says of the certificate', () => {
    const { verdict, octets } = piece('maire', [...listes.slice(0, 1), reponse('maire')]);
    expect(verdict.type).toBe('confiance');
    const extraits = extraireConfiance([octets]);
    expect(genres(extraits)).toContain('confiance/reponse.ocsp');
    expect(juger(extraits)).toEqual(['OUI  chemin', 'OUI  non', 'OUI  non']);
    const faux = extraits.fichiers.map(({ nom, contenu }) => {
      const octetsFaux = Buffer.from(contenu);
      if (nom.endsWith('.ocsp')) octetsFaux[100] = (octetsFaux[100] as number) ^ 1;
      return { nom, contenu: octetsFaux };
    });
    expect(juger({ ...extraits, fichiers: faux })).toEqual(['OUI  chemin', 'NON  non', 'OUI  non']);
  });

  test('revoked: the path holds, the list says no', () => {
    const { verdict, octets } = piece('perdu', listes);
    expect(verdict.type).toBe('refuse');
    const extraits = extraireConfiance([octets]);
    expect(juger(extraits)).toEqual(['OUI  chemin', 'NON  non']);
    expect(extraits.signataire?.ancre).toBe(false);
  });

  test('expired at the hour of the signature, or of an authority that nobody admits: no path', () => {
    const avant = { instant: (MAINTENANT - 60 * JOUR_MS) as Instant };
    expect(juger(extraireConfiance([piece('maire', [], avant).octets]))).toEqual(['NON  chemin']);
    const vide = magasin(pki).map((f) => ({ ...f, famille: { ...f.famille, ancres: [] }, ancres: [] }));
    const sans = extraireConfiance([piece('maire', [], { magasin: vide satisfies MagasinOuvert }).octets]);
    expect(genres(sans)).toEqual([
      'confiance/certificat.pem',
      'confiance/certificat.pem',
      'confiance/juger.sh',
    ]);
    expect(juger(sans)).toEqual(['']);
  });

  test('nothing publishes its revocation: the path alone', () => {
    expect(juger(extraireConfiance([piece('maire', []).octets]))).toEqual(['OUI  chemin']);
  });
});

describe('several pieces', () => {
  test('one certificate judged at two hours: its files once, a command for each hour', () => {
    const [premiere, derniere] = [
      piece('maire', listes),
      piece('maire', listes, { instant: MAINTENANT as Instant }),
    ];
    const extraits = extraireConfiance([premiere.octets, derniere.octets]);
    expect(genres(extraits)).toHaveLength(6);
    expect(juger(extraits)).toEqual(['OUI  chemin', 'OUI  non', 'OUI  non', 'OUI  chemin']);
    expect(extraits.signataire?.instant).toBe(MAINTENANT - HEURE);
    expect(extraireConfiance([premiere.octets, derniere.octets])).toEqual(extraits);
  });

  test('none, or one that cannot be read: no file', () => {
    expect(extraireConfiance([]).fichiers).toEqual([]);
    expect(extraireConfiance([Buffer.from('{')])).toEqual({ fichiers: [], signataire: null });
  });

  test('beyond 16 MiB together, the last ones stay in their pieces', () => {
    const mo = 1024 * 1024;
    const pieces = [
      { role: 'pes', taille: 100 * mo },
      { role: 'preuves_confiance', taille: 10 * mo },
      { role: 'preuves_confiance', taille: 6 * mo },
      { role: 'preuves_confiance', taille: 1 },
    ];
    expect(aExtraire(pieces)).toEqual(pieces.slice(1, 3));
  });
});
