import { expect, test } from 'vitest';
import { signerSepare } from '../../src/formats/xades/base/separee.ts';
import type { FluxId, Instant } from '../../src/metier/identifiants.ts';
import { OPERATEUR } from '../../src/ports/store.ts';
import { verifierArchive } from '../../src/protocoles/actes/signature/archive.ts';
import { accuseDe, MARDI, PDF } from '../parcours/atelier.ts';
import { CLE } from '../parcours/autorite.ts';
import { eprouver, type Histoire, mener } from './histoires.ts';
import type { Monde } from './monde.ts';

/** Signatures of ACTES, with a death before and after each durable effect. */

const NUMERO = 'DELIB_1';

/** One archive, whose signatures all verify, made of signatures that were kept before it. */
async function exigerSignee({ sol }: Monde, id: FluxId, attendues: number): Promise<void> {
  const pieces = await sol.store.flux.pieces(OPERATEUR, id);
  const [archive, autre] = pieces.filter((p) => p.role === 'archive');
  if (archive === undefined) return expect.fail('no archive');
  expect(autre).toBeUndefined();
  const lu = await verifierArchive(await sol.coffre.ouvrir(archive.sha256), () => null);
  if (lu.type !== 'lu') return expect.fail(lu.motif);
  expect(lu.signatures.map((s) => s.etat)).toEqual(Array(attendues).fill('valide'));
  const gardees = pieces.filter((p) => p.role === 'cachet' || p.role === 'signature');
  expect(gardees.map((p) => p.rang < archive.rang)).toEqual(Array(attendues).fill(true));
}

async function signer({ sol }: Monde, contenu: Uint8Array): Promise<Uint8Array> {
  const signataire = sol.autorite.cles.get(CLE);
  if (signataire === undefined) throw new TypeError('no key');
  const objets = [
    { type: 'fichier', nom: 'acte.pdf', mime: 'application/pdf', source: () => [contenu] },
  ] as const;
  const commun = { politique: null, role: null, lieu: null, id: 'SIGNEE' };
  const fait = await signerSepare({ signataire, instant: (MARDI - 60_000) as Instant, objets, ...commun });
  if (fait.type !== 'signe') throw new TypeError(JSON.stringify(fait.motifs));
  return fait.document;
}

/** As a depositing software must do: the same key until an answer comes. */
async function deposer(m: Monde, signature: Uint8Array): Promise<FluxId> {
  for (;;) {
    const flux = await m.essayer((a) =>
      a.depose(NUMERO, {
        cle: NUMERO,
        metadonnees: { document: { typologie: '99_DE', signature: 'acte.xml' } },
        fichiers: [{ role: 'signature', nom: 'acte.xml', octets: signature }],
      }),
    );
    if (flux === null) continue;
    m.accuses.set(NUMERO, flux.id);
    return flux.id;
  }
}

const HISTOIRES: readonly Histoire[] = [
  {
    nom: 'our cachet asked of everything → signed → acknowledged',
    actes: { cachet: 'tout', cle: CLE },
    jouer: async (m) => {
      const id = await m.deposer(NUMERO);
      await mener(m, id);
      await m.recevoir(accuseDe(NUMERO));
      await m.calme();
      await exigerSignee(m, id, 2);
      return id;
    },
    fin: 'acquitte',
  },
  {
    nom: 'a signature deposited beside our cachet of the message',
    actes: { cachet: 'tout', cle: CLE },
    jouer: async (m) => {
      const id = await deposer(m, await signer(m, PDF));
      await mener(m, id);
      await m.recevoir(accuseDe(NUMERO));
      await m.calme();
      await exigerSignee(m, id, 2);
      return id;
    },
    fin: 'acquitte',
  },
  {
    nom: 'a signature of another document',
    jouer: async (m) => {
      const id = await deposer(m, await signer(m, Buffer.from('autre')));
      await m.calme();
      return id;
    },
    fin: 'refuse',
  },
];

test.each(HISTOIRES)('dying before or after any durable effect: $nom', eprouver, 120_000);
