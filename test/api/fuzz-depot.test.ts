import * as fc from 'fast-check';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BancApi, DOCUMENT, demandeJson, formulaire, FRONTIERE, ouvrirBanc } from './banc-api.ts';

/** The deposit door before anything: always a problem or a 2xx, never a crash, nothing left behind. */

let banc: BancApi;
const rejets: unknown[] = [];
const noter = (e: unknown): void => void rejets.push(e);
beforeAll(async () => {
  banc = await ouvrirBanc({ nombre_max_pieces: 4, taille_max_octets: 100_000 });
  process.on('unhandledRejection', noter);
  process.on('uncaughtExceptionMonitor', noter);
});
afterAll(async () => {
  process.off('unhandledRejection', noter);
  process.off('uncaughtExceptionMonitor', noter);
  await banc.fermer();
});

const ESSAIS = Number(process.env['FUZZ'] ?? 1500);

const partie = fc.record({
  nom: fc.oneof(
    fc.constantFrom('demande', 'document', 'annexe', '', '__proto__', 'constructor', 'x'.repeat(300)),
    fc.string(),
  ),
  fichier: fc.option(fc.oneof(fc.constantFrom('a.pdf', '../../etc/passwd', '\0', 'é'), fc.string()), {
    nil: undefined,
  }),
  type: fc.option(
    fc.constantFrom(
      'application/json',
      'application/pdf',
      'text/plain; charset=utf-16',
      ';;',
      'multipart/mixed',
    ),
    { nil: undefined },
  ),
  corps: fc.oneof(
    fc.constantFrom(
      '{"collectivite":"213400001","metadonnees":{}}',
      '{"__proto__":{"a":1},"metadonnees":{}}',
      '[]',
      '',
      `--${FRONTIERE}`,
      `\r\n--${FRONTIERE}--`,
    ),
    fc.string(),
    fc.uint8Array({ maxLength: 2000 }).map((o) => Buffer.from(o)),
    fc.constant(Buffer.alloc(120_000)),
  ),
});

/** A well-formed form whose bytes are then cut, doubled, changed. */
const mutation = fc.record({
  ou: fc.noBias(fc.integer({ min: 0, max: 999 })).map((n) => n / 1000),
  quoi: fc.constantFrom('couper', 'changer', 'effacer', 'doubler', 'inserer'),
  longueur: fc.integer({ min: 1, max: 60 }),
  octets: fc.uint8Array({ minLength: 1, maxLength: 30 }),
});

type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function muter(corps: Buffer, { ou, quoi, longueur, octets }: Mutation): Buffer {
  const i = Math.floor(ou * corps.length);
  const [avant, apres] = [corps.subarray(0, i), corps.subarray(i)];
  switch (quoi) {
    case 'couper':
      return avant;
    case 'changer':
      return Buffer.concat([avant, octets, apres.subarray(octets.length)]);
    case 'effacer':
      return Buffer.concat([avant, apres.subarray(longueur)]);
    case 'doubler':
      return Buffer.concat([avant, apres.subarray(0, longueur), apres]);
    default:
      return Buffer.concat([avant, octets, apres]);
  }
}

async function sain(statut: number, type: string | undefined, json: unknown): Promise<void> {
  if (statut >= 200 && statut < 300) return;
  expect(statut).toBeGreaterThanOrEqual(400);
  expect(statut).toBeLessThan(500);
  expect(type).toMatch(/^application\/problem\+json/);
  expect(json).toMatchObject({ code: expect.stringMatching(/^VGM-/), remede: expect.stringMatching(/\.$/) });
}

async function soumettre(corps: Buffer, entetes: Record<string, string>): Promise<number> {
  const r = await banc.demander({ methode: 'POST', chemin: '/api/v1/flux', corps, entetes });
  await sain(r.statut, r.entetes['content-type'], r.json);
  expect(banc.gestes.temporaires()).toEqual([]);
  return r.statut;
}

const comptes = new Map<number, number>();
const compter = (statut: number): void => void comptes.set(statut, (comptes.get(statut) ?? 0) + 1);

test(`random forms: ${ESSAIS} runs`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(partie, { maxLength: 8 }), async (parties) => {
      const { corps, entetes } = formulaire(
        parties.map(({ nom, corps: c, fichier, type }) => ({
          nom: nom.replace(/["\r\n]/g, ''),
          corps: c,
          ...(fichier === undefined ? {} : { fichier }),
          ...(type === undefined ? {} : { type }),
        })),
      );
      compter(await soumettre(corps, entetes));
    }),
    { numRuns: ESSAIS },
  );
});

test(`mutated forms: ${ESSAIS} runs`, async () => {
  const { corps, entetes } = formulaire([
    demandeJson(),
    DOCUMENT,
    { nom: 'annexe', fichier: 'a.pdf', corps: Buffer.alloc(500, 1) },
  ]);
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
      compter(await soumettre(mutations.reduce(muter, corps), entetes));
    }),
    { numRuns: ESSAIS },
  );
});

test('random bytes and content types: 300 runs', async () => {
  const type = fc.oneof(
    fc.constantFrom(
      'multipart/form-data',
      'multipart/form-data; boundary="',
      `multipart/form-data; boundary=${'b'.repeat(200)}`,
    ),
    fc.stringMatching(/^[!-~ ]{1,60}$/),
  );
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), type, async (octets, contentType) => {
      compter(await soumettre(Buffer.from(octets), { 'content-type': contentType }));
    }),
    { numRuns: 300 },
  );
});

test('lines cut at any byte, without a word of goodbye: 300 runs', async () => {
  const { corps, entetes } = formulaire([demandeJson(), DOCUMENT]);
  const tete = `POST /api/v1/flux HTTP/1.1\r\nHost: x\r\nContent-Type: ${entetes['content-type']}\r\nContent-Length: ${corps.length}\r\n\r\n`;
  const octets = Buffer.concat([Buffer.from(tete), corps]);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: octets.length - 1 }), fc.boolean(), async (fin, brutal) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const ligne = connect(banc.socket);
      ligne.on('close', () => resolve()).on('error', () => undefined);
      ligne.resume();
      ligne.write(octets.subarray(0, fin), () => (brutal ? ligne.destroy() : ligne.end()));
      await promise;
    }),
    { numRuns: 300 },
  );
  await expect.poll(() => banc.gestes.temporaires()).toEqual([]);
});

test('nothing was left, nothing was thrown in the dark, the door still serves', async () => {
  const bilan = [...comptes].toSorted(([a], [b]) => a - b).map(([s, n]) => `${s}: ${n}`);
  console.log(
    `fuzz of the deposit door: ${[...comptes.values()].reduce((a, b) => a + b, 0)} answers (${bilan.join(', ')})`,
  );
  expect(rejets).toEqual([]);
  expect(banc.erreurs).toEqual([]);
  const { corps, entetes } = formulaire([demandeJson(), DOCUMENT]);
  expect(await soumettre(corps, entetes)).toBe(201);
});
