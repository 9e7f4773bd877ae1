import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { ouvrirCoffreDossier } from '../../../src/adapters/coffre/dossier.ts';
import { creerFakeRandom } from '../../../src/adapters/random/fake.ts';
import { creerFakeSignataire } from '../../../src/adapters/signataire/fake.ts';
import { manifest } from '../../../src/config/manifest.ts';
import type { Poste } from '../../../src/etapes/etape.ts';
import { creerEtapeSignature, type OutilsSignature } from '../../../src/etapes/signature.ts';
import { POLITIQUES_HELIOS } from '../../../src/formats/xades/politiques.ts';
import type { Flux } from '../../../src/metier/flux.ts';
import type { Instant } from '../../../src/metier/identifiants.ts';
import { genererPes } from '../../bench/generer-pes.ts';

/** A process of its own: signs one PES of so many bytes through a coffre on disk, and says what memory it took. */

const QUAND = Date.parse('2026-06-15T12:00:00Z') as Instant;
const octets = Number(process.argv[2]);
const dossier = mkdtempSync(join(tmpdir(), 'vgm-gros-'));
try {
  const clock = creerFakeClock(QUAND);
  const coffre = await ouvrirCoffreDossier({ dossier, random: creerFakeRandom(clock) });
  const pes = genererPes({ octets: octets / 2, bordereaux: 20, pj: octets / 2, idBordereau: '' });
  const depot = await coffre.ajouter(
    (async function* flot() {
      yield* pes;
    })(),
  );
  const helios = { signature: 'signer', perimetre: 'bordereaux', cle: 'k', qualite: 'Maire' };
  const etape = creerEtapeSignature({
    flux: {
      pieces: async () => [
        { role: 'pes', nom: 'PES.xml', type: 'application/xml', ...depot, rang: 0, ajoutee: QUAND },
      ],
    },
    coffre,
    annuaire: { exiger: async () => ({ siren: '000000018', helios }) },
    clock,
    cles: new Map([['k', await creerFakeSignataire(QUAND)]]),
    confiance: {
      magasin: null,
      revocation: null,
      ageMax: { crl: null, ocsp: null },
      politiques: POLITIQUES_HELIOS,
    },
    reglage: manifest.parse({}).helios.signature,
    tailleMax: 1e9,
  } as unknown as OutilsSignature);
  const flux = {
    id: '01980000-0000-7000-8000-000000000001',
    collectivite: '000000018',
    resume: {},
    tentatives: 0,
  };
  const { signal } = new AbortController();
  const avant = process.resourceUsage().maxRSS;
  const issue = await etape(flux as unknown as Flux, { signal, arret: signal } as Poste);
  const apres = process.resourceUsage().maxRSS;
  const signe = issue.type === 'avance' ? issue.pieces?.find((p) => p.role === 'pes_signe')?.taille : 0;
  const motif = issue.type === 'avance' ? issue.motif : JSON.stringify(issue);
  process.stdout.write(`${JSON.stringify({ motif, depose: depot.taille, signe, avant, apres })}\n`);
} finally {
  rmSync(dossier, { recursive: true, force: true });
}
