import { buffer } from 'node:stream/consumers';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { creerFakeCoffre } from '../../../src/adapters/coffre/fake.ts';
import { creerFakeLecteurPdf } from '../../../src/adapters/lecteur-pdf/fake.ts';
import { creerFakeRevocation, type FakeRevocation } from '../../../src/adapters/revocation/fake.ts';
import { manifest } from '../../../src/config/manifest.ts';
import { type BilanPdf, creerControlePdf } from '../../../src/etapes/controle-pdf.ts';
import type { Poste } from '../../../src/etapes/etape.ts';
import type { MagasinOuvert } from '../../../src/formats/certificats/magasin.ts';
import type { Flux, ObjetJson, PieceDuFlux, RolePiece } from '../../../src/metier/flux.ts';
import type { Coffre } from '../../../src/ports/coffre.ts';
import type { PreuveBrute } from '../../../src/ports/revocation.ts';
import { INSTANT, type Pki } from '../formats/certificats/pki.ts';
import { magasin } from '../formats/xades/atelier.ts';

/** The control of the signatures inside the PDFs of one acte, on fakes and real signatures. */

/** Servers that publish the lists of both authorities. @param emise and the rest of the list of `ica`. */
export function serveursDe(
  pki: Pki,
  noms: readonly string[],
  suite: { emise?: string; jusqua?: string } = {},
): FakeRevocation {
  const revocation = creerFakeRevocation();
  const preuve = (nom: string): PreuveBrute => ({
    type: 'crl',
    octets: pki.crl(nom, { nom, ...suite }),
    nonce: null,
    adresse: `http://crl.essai.invalid/${nom}.crl`,
    obtenue: INSTANT,
  });
  const [ica, racine] = [preuve('ica'), preuve('racine')];
  for (const nom of noms) revocation.donner(pki.certificat(nom).sha256, [ica]);
  revocation.donner(pki.certificat('ica').sha256, [racine]);
  return revocation;
}

export interface OptionsPdf {
  /** Under `[actes.signature.pdf]`, and beside it. */
  readonly pdf?: Record<string, unknown>;
  readonly signature?: Record<string, unknown>;
  readonly magasin?: MagasinOuvert | null;
  readonly horodatage?: MagasinOuvert | null;
  readonly revocation?: FakeRevocation;
  readonly resume?: ObjetJson;
  readonly tentatives?: number;
  /** When it is judged; an hour after the signatures unless said otherwise. */
  readonly quand?: number;
  readonly coffre?: (coffre: Coffre) => Coffre;
}

export interface RapportEcrit {
  readonly verdict: string;
  readonly resume: string;
  readonly chaineNonJugee: string | null;
  readonly constats: readonly {
    readonly controle: string;
    readonly avis: string;
    readonly code: string;
    readonly rang: number | null;
    readonly piece: string;
  }[];
  readonly fichiers: readonly {
    readonly nom: string;
    readonly sha256: string;
    readonly signatures: readonly {
      readonly rang: number;
      readonly sorte: string;
      readonly etat: string;
      readonly couvre: string | null;
      readonly integrite: string;
      readonly jugeeAu: string;
      readonly signataire: { readonly sujet: string } | null;
      readonly confiance: { readonly type: string; readonly niveau?: string; readonly preuve?: string };
    }[];
  }[];
}

export interface Passage {
  readonly bilan: BilanPdf;
  /** null: nothing is signed, or nothing was judged. */
  readonly rapport: RapportEcrit | null;
  readonly revocation: FakeRevocation;
  /** Checks told, with what becomes of them. */
  readonly controles: readonly string[];
}

export async function controler(
  pki: Pki,
  fichiers: readonly Uint8Array[],
  options: OptionsPdf = {},
): Promise<Passage> {
  const clock = creerFakeClock(options.quand ?? INSTANT + 3_600_000);
  const memoire = creerFakeCoffre();
  const coffre = options.coffre?.(memoire) ?? memoire;
  const revocation = options.revocation ?? serveursDe(pki, ['ec', 'rsa', 'revoque', 'bref', 'expire']);
  const { signature } = manifest.parse({
    actes: { signature: { ...options.signature, pdf: options.pdf ?? {} } },
  }).actes;
  const pieces: PieceDuFlux[] = [];
  for (const [rang, octets] of fichiers.entries()) {
    const depot = await memoire.ajouter(octets);
    const role: RolePiece = rang === 0 ? 'document' : 'annexe';
    const nom = rang === 0 ? 'delib.pdf' : `annexe-${rang}.pdf`;
    pieces.push({ role, nom, type: 'application/pdf', ...depot, rang, ajoutee: clock.now() });
  }
  const magasins = (donne: MagasinOuvert | null | undefined) => (donne === undefined ? magasin(pki) : donne);
  const etape = creerControlePdf({
    coffre,
    clock,
    lecteur: creerFakeLecteurPdf(),
    confiance: {
      magasin: magasins(options.magasin),
      revocation,
      ageMax: { crl: null, ocsp: null },
      politiques: [],
    },
    horodatage: magasins(options.horodatage),
    reglage: signature,
  });
  const flux = {
    resume: { nature: '1', matiere: '7.1', ...options.resume },
    tentatives: options.tentatives ?? 0,
  };
  const poste = { signal: new AbortController().signal } as Poste;
  const bilan = await etape(flux as unknown as Flux, pieces, poste);
  const ecrit =
    bilan?.type === 'juge' ? bilan.pieces.find((p) => p.role === 'rapport_signatures') : undefined;
  const rapport =
    ecrit === undefined
      ? null
      : (JSON.parse((await buffer(await memoire.ouvrir(ecrit.sha256))).toString()) as RapportEcrit);
  const controles = (rapport?.constats ?? []).map((c) => `${c.controle}:${c.avis}`);
  return { bilan, rapport, revocation, controles };
}
