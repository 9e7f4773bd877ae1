import { signerSepare } from '../../formats/xades/base/separee.ts';
import type { ObjetASigner } from '../../formats/xades/base/signer-types.ts';
import { enIncise } from '../../formats/xml/faute.ts';
import { erreurSignature } from '../../metier/catalogue/signature.ts';
import { ErreurVgm, type FicheErreur } from '../../metier/erreurs.ts';
import type { Flux } from '../../metier/flux.ts';
import type { Instant, Siren } from '../../metier/identifiants.ts';
import type { Coffre } from '../../ports/coffre.ts';
import type { Signataire } from '../../ports/signataire.ts';
import type { CachetDemande } from '../../protocoles/actes/signature.ts';
import type { MessagePrepare, SignaturesEnvoi } from '../../protocoles/protocole.ts';
import { relire } from '../relire.ts';

/** Our signatures of what leaves: detached XAdES baseline B (EN 319 132-1), one for each file, then the message. */

export interface ASigner {
  readonly flux: Pick<Flux, 'id' | 'collectivite'>;
  readonly message: MessagePrepare;
  readonly demande: CachetDemande;
  readonly signataire: Signataire;
  readonly instant: Instant;
  /** Those that the depositor gave: the message that we sign carries them. */
  readonly apportees: SignaturesEnvoi;
}

export type Signees =
  | { readonly type: 'signe'; readonly cachets: SignaturesEnvoi }
  /** The key or the settings: for the operator, never against the document. */
  | { readonly type: 'empeche'; readonly erreur: FicheErreur };

class Empechement {
  readonly detail: string;

  constructor(detail: string) {
    this.detail = detail;
  }
}

async function signer(
  { flux, signataire, instant }: ASigner,
  rang: number,
  objet: ObjetASigner,
): Promise<Uint8Array> {
  // identifiers of XML, unique in the message and the same at each try
  const id = `SIG_${flux.id.replaceAll('-', '')}_${rang}`;
  const commun = { signataire, instant, politique: null, role: null, lieu: null };
  const resultat = await signerSepare({ ...commun, id, objets: [objet] });
  if (resultat.type === 'signe') return resultat.document;
  const [motif] = resultat.motifs;
  throw new Empechement(`${motif?.code ?? ''} ${enIncise(motif?.message ?? '')}`.trim());
}

async function toutSigner(aSigner: ASigner, coffre: Pick<Coffre, 'ouvrir'>): Promise<SignaturesEnvoi> {
  const { message, demande, apportees } = aSigner;
  const cachets = new Map<string, Uint8Array>();
  for (const [k, { nom, piece }] of message.fichiers.entries()) {
    if (!demande.fichiers.includes(nom)) continue;
    const source = () => relire(coffre, piece);
    cachets.set(nom, await signer(aSigner, k + 1, { type: 'fichier', nom, mime: piece.type, source }));
  }
  if (demande.formulaire) {
    const octets = message.ecrire(new Map([...apportees, ...cachets]));
    const objet = {
      type: 'fichier',
      nom: message.nom,
      mime: 'application/xml',
      source: () => [octets],
    } as const;
    cachets.set(message.nom, await signer(aSigner, 0, objet));
  }
  return cachets;
}

function empeche(siren: Siren, detail: string): Signees {
  return { type: 'empeche', erreur: erreurSignature('VGM-SIG-041', { siren, detail }).fiche };
}

/** Throws what a key out of reach throws (VGM-SGT-005), and what the coffre does. */
export async function signerEnvoi(aSigner: ASigner, coffre: Pick<Coffre, 'ouvrir'>): Promise<Signees> {
  const { collectivite: siren } = aSigner.flux;
  try {
    return { type: 'signe', cachets: await toutSigner(aSigner, coffre) };
  } catch (cause) {
    if (cause instanceof Empechement) return empeche(siren, cause.detail);
    const definitive = cause instanceof ErreurVgm && cause.fiche.nature === 'definitive';
    if (!definitive || !cause.fiche.code.startsWith('VGM-SGT-')) throw cause;
    return empeche(siren, `${cause.fiche.code} ${enIncise(cause.fiche.message)}`);
  }
}
