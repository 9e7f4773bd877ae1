import { createHash } from 'node:crypto';
import type { Instant } from '../../metier/identifiants.ts';
import { type Hachage, nomNode } from './algorithmes.ts';
import { Cahier, type Constat } from './cahier.ts';
import type { Certificat } from './certificat.ts';
import type { Cms, SignataireCms } from './cms.ts';
import { CMS } from './cms-constats.ts';
import { type ContenuSigne, jugerCms, type SignatureCms } from './cms-signature.ts';
import type { PreuvesFournies } from './confiance.ts';
import { type JetonLu, jugerJeton } from './horodatage.ts';

/** What is said of one signature once it is judged, trust aside: the same for a PDF and for a detached file. */

export interface Horodatage {
  readonly instant: Instant;
  /** The unit that stamped: to be trusted or not by whoever reads. */
  readonly signataire: Certificat;
  readonly joints: readonly Certificat[];
  readonly preuves: PreuvesFournies;
}

export type EtatSignature = 'valide' | 'obsolete' | 'refusee';

export interface SignatureJugee extends Omit<SignatureCms, 'jetons'> {
  /** `valide` says nothing of trust. */
  readonly etat: EtatSignature;
  /** The first sound token of those that it bears. */
  readonly horodatage: Horodatage | null;
  readonly constats: readonly Constat[];
}

/** Digest of bytes that are held. */
export function empreinteDe(octets: Uint8Array): (hachage: Hachage) => Uint8Array {
  return (hachage) => createHash(nomNode(hachage)).update(octets).digest();
}

/** null: the token is worth nothing. */
function enHorodatage({ signature, instant, constats }: JetonLu): Horodatage | null {
  if (signature?.signataire == null || instant === null || signature.integrite !== 'intacte') return null;
  if (constats.some((c) => c.gravite === 'refus')) return null;
  const { signataire, joints, preuves } = signature;
  return { instant, signataire, joints, preuves };
}

function jugerJetons(jetons: readonly Uint8Array[], valeur: Uint8Array, cahier: Cahier): Horodatage | null {
  for (const octets of jetons) {
    const jeton = jugerJeton(octets, empreinteDe(valeur));
    const sain = enHorodatage(jeton);
    if (sain !== null) return sain;
    const defaut = jeton.constats.find((c) => c.gravite === 'refus');
    cahier.noter(CMS.jetonDefaut, defaut?.message ?? 'il n’est pas vérifiable.');
  }
  return null;
}

export function etatDe(cahier: Cahier, integrite: SignatureCms['integrite']): EtatSignature {
  if (cahier.porte('refus') || integrite !== 'intacte') return 'refusee';
  return cahier.porte('obsolete') ? 'obsolete' : 'valide';
}

/** One signer of a structure, with the tokens that date its value. */
export function jugerSignature(
  cms: Cms,
  signataire: SignataireCms,
  { contenu, cahier }: { readonly contenu: ContenuSigne; readonly cahier: Cahier },
): SignatureJugee {
  const { jetons, ...jugee } = jugerCms(cms, signataire, { contenu, cahier });
  const horodatage = jugerJetons(jetons, signataire.valeur, cahier);
  const etat = etatDe(cahier, jugee.integrite);
  return { ...jugee, etat, horodatage, constats: cahier.constats };
}

/** A token that dates a document rather than a signature: who signs is the unit that stamps. */
export function jugerJetonDocument(
  octets: Uint8Array,
  empreinte: (hachage: Hachage) => Uint8Array | null,
  cahier: Cahier,
): SignatureJugee {
  const jeton = jugerJeton(octets, empreinte);
  cahier.reprendre(jeton.constats);
  const compare = jeton.hachage !== null && empreinte(jeton.hachage) !== null;
  const { jetons: _, ...signature } = jeton.signature ?? RIEN;
  const autre = jeton.constats.some((c) => c.code === CMS.jetonAutre[0]);
  const integrite = autre ? 'rompue' : compare ? signature.integrite : 'indeterminee';
  return {
    ...signature,
    integrite,
    instant: jeton.instant,
    etat: etatDe(cahier, integrite),
    horodatage: null,
    constats: cahier.constats,
  };
}

/** Nothing could be read. */
const RIEN: SignatureCms = {
  integrite: 'indeterminee',
  certificat: 'indetermine',
  signataire: null,
  joints: [],
  instant: null,
  algorithme: null,
  jetons: [],
  preuves: { crl: [], ocsp: [] },
};

export function signatureIllisible(cahier: Cahier): SignatureJugee {
  const { jetons: _, ...rien } = RIEN;
  return { ...rien, etat: 'refusee', horodatage: null, constats: cahier.constats };
}
