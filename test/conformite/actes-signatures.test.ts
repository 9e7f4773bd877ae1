import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examiner } from '../../src/banc/examen.ts';
import { ouvrirSchemas } from '../../src/formats/xsd/jeu.ts';
import type { Instant } from '../../src/metier/identifiants.ts';
import { verifierArchive } from '../../src/protocoles/actes/signature/archive.ts';
import { archiveSignee, CONTENUS, type Signee } from '../unit/actes/archive-signee.ts';
import { RACINE } from '../unit/actes/decor.ts';
import { jugeOpenssl, openssl, type Pki } from '../unit/formats/certificats/pki.ts';
import { cleDe, INSTANT } from '../unit/formats/xades/atelier.ts';
import { Jdk } from './jdk.ts';
import { preparerAtelier } from './signatures.ts';
import { assurerXmlsec, verifierXmlsec } from './xmlsec.ts';

/**
 * The signatures that leave with an acte, before judges that owe us nothing: the JDK (javax.xml.crypto), xmlsec1, openssl,
 * and the schema of the norm.
 */

let pki: Pki;
let jdk: Jdk;
beforeAll(async () => {
  await assurerXmlsec();
  jdk = await Jdk.ouvrir();
  pki = preparerAtelier();
}, 900_000);
afterAll(async () => {
  await jdk.fermer();
  pki.fermer();
});

const CLES = ['rsa', 'ec', 'p384'] as const;
const NORME = `${RACINE}../shared/normes/actes`;

function signer(cle: string, apportees: ReadonlyMap<number, Uint8Array> = new Map()): Promise<Signee> {
  const pieces = [0, 1].filter((rang) => !apportees.has(rang));
  return archiveSignee({ signataire: cleDe(pki, cle), instant: INSTANT as Instant, pieces, apportees });
}

/** Lays the files of the archive beside one another, as whoever opens it. */
function poser({ fichiers }: Signee): { readonly enveloppe: string; readonly message: string } {
  for (const [nom, octets] of fichiers) pki.ecrire(nom, octets);
  const [enveloppe = '', message = ''] = fichiers.keys();
  return { enveloppe, message };
}

/** The JDK on the whole file, then xmlsec1 on each: a place of the norm bears the local name of what it holds. */
async function juger(nom: string, signatures: number): Promise<boolean[]> {
  const avis = await jdk.verifier(pki.lire(nom), pki.dossier);
  const rangs = Array.from(
    { length: signatures },
    (_, n) => verifierXmlsec(pki.chemin(nom), 2 * (n + 1)).juste,
  );
  return [avis.juste, ...rangs];
}

describe('our signatures of documents, of annexes and of the message', () => {
  test.each(CLES)(
    '%s: the JDK and xmlsec1 verify them where they stand, beside the files of the archive',
    async (cle) => {
      const signee = await signer(cle);
      const { enveloppe, message } = poser(signee);
      expect(await juger(message, 2)).toEqual([true, true, true]);
      expect(await juger(enveloppe, 1)).toEqual([true, true]);
    },
  );

  test('and refuse them once a file, or the message, has changed by one byte', async () => {
    const { enveloppe, message } = poser(await signer('rsa'));
    const [document = ''] = [...(await signer('rsa')).fichiers.keys()].slice(2);
    pki.ecrire(document, Buffer.concat([pki.lire(document), Buffer.from('\n')]));
    expect(await juger(message, 2)).toEqual([false, false, true]);
    pki.ecrire(
      message,
      Buffer.from(pki.lire(message).toString('latin1').replace('Tarifs', 'tarifs'), 'latin1'),
    );
    expect(await juger(enveloppe, 1)).toEqual([false, false]);
  });
});

/** A detached signature by openssl, as its `-outform` writes it. */
function cms(contenu: Uint8Array, ...forme: readonly string[]): Buffer {
  pki.ecrire('a-signer.bin', contenu);
  // biome-ignore format: one option per pair reads better
  openssl('cms', '-sign', '-binary', '-in', pki.chemin('a-signer.bin'), '-signer', pki.chemin('rsa.pem'),
    '-inkey', pki.chemin('rsa.key'), '-out', pki.chemin('s.p7s'), ...forme);
  return pki.lire('s.p7s');
}

async function* enBlocs(octets: Uint8Array): AsyncGenerator<Uint8Array> {
  yield octets;
}

describe('PKCS#7 that a depositor made with openssl', () => {
  test.each([
    ['DER', ['-outform', 'DER']],
    ['PEM', ['-outform', 'PEM']],
    ['DER, without signing time nor S/MIME capabilities', ['-outform', 'DER', '-nosmimecap']],
    ['DER, CAdES', ['-outform', 'DER', '-cades']],
    ['DER, signer named by its key', ['-outform', 'DER', '-keyid']],
  ] as const)(
    '%s: we say that it is sound, and openssl verifies what stands in the message',
    async (_titre, forme) => {
      const signee = await signer('ec', new Map([[0, cms(CONTENUS[0], ...forme)]]));
      const lu = await verifierArchive(enBlocs(signee.octets), () => null);
      expect(lu.type === 'lu' && lu.signatures.map((s) => [s.forme, s.etat])).toEqual([
        ['XAdES', 'valide'],
        ['PKCS#7', 'valide'],
        ['XAdES', 'valide'],
      ]);
      const { message } = poser(signee);
      const place = /<actes:Signature>([A-Za-z0-9+/=]+)<\/actes:Signature>/.exec(
        pki.lire(message).toString('latin1'),
      );
      pki.ecrire('place.p7s', Buffer.from(place?.[1] ?? '', 'base64'));
      const [, , document = '', annexe = ''] = signee.fichiers.keys();
      const avis = [document, annexe].map(
        (nom) =>
          // biome-ignore format: one option per pair reads better
          jugeOpenssl('cms', '-verify', '-noverify', '-binary', '-inform', 'DER', '-in', pki.chemin('place.p7s'),
        '-content', pki.chemin(nom), '-out', '/dev/null').juste,
      );
      expect(avis).toEqual([true, false]);
    },
  );
});

describe('the norm', () => {
  test('message and envelope satisfy our schema, and the official one, whatever stands in Signature', async () => {
    const formes = [
      await signer('rsa'),
      await signer('rsa', new Map([[1, cms(CONTENUS[1], '-outform', 'DER')]])),
    ];
    const jeux = [
      ['actes', ouvrirSchemas(`${RACINE}schemas/actes`)],
      ...(existsSync(NORME) ? [['actesv1_1', ouvrirSchemas(NORME)] as const] : []),
    ] as const;
    for (const { fichiers } of formes) {
      const xml = [...fichiers].filter(([nom]) => nom.endsWith('.xml'));
      expect(xml).toHaveLength(2);
      for (const [nom, jeu] of jeux)
        for (const [, octets] of xml) expect(jeu.valider(nom, octets)).toEqual([]);
    }
  });

  test('the ministry of the bench takes it', async () => {
    const { nom, octets } = await signer('rsa');
    const attentes = {
      schemas: ouvrirSchemas(`${RACINE}schemas/actes`),
      trigrammes: ['VGM'],
      applications: ['TACT'],
      sirens: [],
      jour: '2027-01-01',
    };
    const examen = await examiner(nom, octets, attentes);
    expect([examen.type, JSON.stringify(examen)]).toEqual([
      'recevable',
      expect.not.stringContaining('BANC-VERIF'),
    ]);
  });
});
