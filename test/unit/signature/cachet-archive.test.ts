import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { creerFakeCoffre } from '../../../src/adapters/coffre/fake.ts';
import { controlerArchive, garderVerifiee } from '../../../src/etapes/cachet/archive.ts';
import { erreurNoyau } from '../../../src/metier/catalogue/noyau.ts';
import type { Instant } from '../../../src/metier/identifiants.ts';
import type { Coffre } from '../../../src/ports/coffre.ts';
import { archiver, archiveSignee, type Signee } from '../actes/archive-signee.ts';
import type { Pki } from '../formats/certificats/pki.ts';
import { cleDe, INSTANT, pkiSignature } from '../formats/xades/atelier.ts';

/** The last look at an archive, as it goes to the coffre (docs/decisions/0014-signatures-actes.md). */

let pki: Pki;
let signee: Signee;
beforeAll(async () => {
  pki = pkiSignature();
  signee = await archiveSignee({ signataire: cleDe(pki, 'ec'), instant: INSTANT as Instant });
});
afterAll(() => pki.fermer());

const MESSAGE = { fichiers: [] };
async function* blocs(octets: Uint8Array, pas = 700): AsyncGenerator<Uint8Array> {
  for (let debut = 0; debut < octets.length; debut += pas) yield octets.subarray(debut, debut + pas);
}

/** The names of what is signed: all but the envelope. */
const attendues = (): Map<string, Uint8Array> =>
  new Map([...signee.fichiers.keys()].slice(1).map((nom) => [nom, new Uint8Array()]));

async function controler(octets: Uint8Array, signatures = attendues()) {
  const coffre = creerFakeCoffre();
  const { depot, verdict } = await garderVerifiee(coffre, blocs(octets), MESSAGE);
  const archive = { nom: signee.nom, ...depot };
  return controlerArchive({ coffre, maintenant: () => INSTANT as Instant }, { archive, verdict, signatures });
}

describe('what is kept is what was verified', () => {
  test('the bytes pass through unchanged, and the report names them by their digest', async () => {
    const coffre = creerFakeCoffre();
    const { depot, verdict } = await garderVerifiee(coffre, blocs(signee.octets), MESSAGE);
    expect(depot.sha256).toBe(createHash('sha256').update(signee.octets).digest('hex'));
    expect(verdict.type === 'lu' && verdict.signatures.map((s) => s.etat)).toEqual([
      'valide',
      'valide',
      'valide',
    ]);
    expect((await controler(signee.octets)).type).toBe('bon');
  });

  test('a coffre that fails half-way leaves nothing hanging', async () => {
    const coffre: Pick<Coffre, 'ajouter'> = {
      ajouter: async (source) => {
        for await (const bloc of source as AsyncIterable<Uint8Array>) {
          expect(bloc.length).toBeGreaterThan(0);
          throw erreurNoyau('VGM-NOY-005', { detail: 'disque plein' });
        }
        throw erreurNoyau('VGM-NOY-005', { detail: 'rien' });
      },
    };
    await expect(garderVerifiee(coffre, blocs(signee.octets), MESSAGE)).rejects.toThrow(
      /VGM-NOY-005|disque plein/,
    );
  });

  test('an archive that no reader would open is thrown out of the coffre', async () => {
    const coupee = signee.octets.subarray(0, signee.octets.length - 40);
    await expect(garderVerifiee(creerFakeCoffre(), blocs(coupee), MESSAGE)).rejects.toThrow(/VGM-TAR-005/);
  });
});

describe('a fault of ours: nothing leaves, and the acte is not to blame (VGM-SIG-063)', () => {
  const dire = (c: Awaited<ReturnType<typeof controler>>): string =>
    c.type === 'faux' ? c.erreur.message : 'bon';

  test('a document that is no longer the one that was signed', async () => {
    const [, , document = ''] = signee.fichiers.keys();
    const change = new Map([...signee.fichiers, [document, Buffer.from('%PDF-1.7 autre')]]);
    expect(dire(await controler(await archiver(change)))).toMatch(
      /de la pièce « 99_DE-.* » ne se vérifie plus : .*n’est pas celui/,
    );
  });

  test('a message that is no longer the one that was signed', async () => {
    const [, message = ''] = signee.fichiers.keys();
    const texte = (signee.fichiers.get(message) ?? Buffer.alloc(0))
      .toString('latin1')
      .replace('Tarifs', 'tarifs');
    const change = new Map([...signee.fichiers, [message, Buffer.from(texte, 'latin1')]]);
    expect(dire(await controler(await archiver(change)))).toMatch(
      /la signature du message ne se vérifie plus/,
    );
  });

  test('a signature that was to leave and is not there; a message that cannot be read', async () => {
    const plus = new Map([...attendues(), ['autre.pdf', new Uint8Array()]]);
    expect(dire(await controler(signee.octets, plus))).toMatch(
      /« autre\.pdf » ne se vérifie plus : elle n’y est pas/,
    );
    const [, message = ''] = signee.fichiers.keys();
    const texte = (signee.fichiers.get(message) ?? Buffer.alloc(0)).toString('latin1');
    const double = Buffer.from(texte.replaceAll(/ Id="SIG_\w+_[12]"/g, ' Id="A"'), 'latin1');
    expect(dire(await controler(await archiver(new Map([...signee.fichiers, [message, double]]))))).toMatch(
      /_0\.xml/,
    );
  });
});
