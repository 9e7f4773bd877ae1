/**
 * One thread of `flux.ts`: for as long as told, signs a PES, then validates and verifies what it signed in one pass; the
 * key is used in this very thread, so that one thread is one core.
 */
import { createPrivateKey, sign } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { POLITIQUES_HELIOS } from '../../src/formats/xades/politiques.ts';
import { signerXades } from '../../src/formats/xades/signer.ts';
import type { CleQuiSigne } from '../../src/formats/xades/signer-types.ts';
import { verifierXades } from '../../src/formats/xades/verifier.ts';
import type { ArtefactXsd } from '../../src/formats/xsd/artefact.ts';
import { SchemaXsd } from '../../src/formats/xsd/schema.ts';
import { ValideurXsd } from '../../src/formats/xsd/valideur.ts';
import type { Instant } from '../../src/metier/identifiants.ts';

export interface DonneesOuvrier {
  readonly artefact: ArtefactXsd;
  readonly pes: Uint8Array;
  /** PEM, DER. */
  readonly cle: string;
  readonly certificat: Uint8Array;
  readonly instant: Instant;
}

/** Milliseconds to work for, answered by how many were done and in how long. */
export interface Comptes {
  readonly faits: number;
  readonly ms: number;
}

const donnees = workerData as DonneesOuvrier;
const schema = new SchemaXsd(donnees.artefact);
const cle = { key: createPrivateKey(donnees.cle), dsaEncoding: 'ieee-p1363' } as const;
const [politique] = POLITIQUES_HELIOS;
const signataire: CleQuiSigne = {
  certificat: donnees.certificat,
  chaine: [],
  algorithme: 'RSA-SHA256',
  signer: async (octets) => sign('sha256', octets, cle),
};

async function signer(pes: Uint8Array): Promise<Buffer> {
  if (politique === undefined) throw new TypeError('no policy');
  const morceaux: Uint8Array[] = [];
  const resultat = await signerXades({
    source: () => [pes],
    ecrire: (octets) => void morceaux.push(octets),
    cibles: { type: 'bordereaux' },
    signataire,
    instant: donnees.instant,
    politique,
    role: 'Maire',
    lieu: null,
    identifiants: (rang) => `SIG_${rang}`,
  });
  if (resultat.type !== 'signe') throw new TypeError(JSON.stringify(resultat));
  return Buffer.concat(morceaux);
}

async function passer(): Promise<void> {
  const signe = await signer(donnees.pes);
  const valideur = new ValideurXsd(schema);
  const verdict = await verifierXades(() => [signe], { aussi: valideur });
  const bon = verdict.type === 'lu' && verdict.conclusion === 'valide' && valideur.bilan().valide;
  if (!bon) throw new TypeError(JSON.stringify([verdict, valideur.bilan()]));
}

async function travailler(pendant: number): Promise<Comptes> {
  const debut = performance.now();
  let faits = 0;
  for (; performance.now() - debut < pendant; faits += 1) await passer();
  return { faits, ms: performance.now() - debut };
}

parentPort?.on('message', (pendant: number) => {
  void travailler(pendant).then((comptes) => parentPort?.postMessage(comptes, []));
});
