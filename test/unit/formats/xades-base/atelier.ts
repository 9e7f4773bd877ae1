import { signerEnveloppe } from '../../../../src/formats/xades/base/enveloppee.ts';
import type { RapportBase } from '../../../../src/formats/xades/base/rapport.ts';
import { signerSepare } from '../../../../src/formats/xades/base/separee.ts';
import type {
  DemandeBase,
  DemandeEnveloppee,
  ObjetASigner,
  ResultatEnveloppe,
  ResultatSepare,
} from '../../../../src/formats/xades/base/signer-types.ts';
import { type OptionsVerificationBase, verifierBase } from '../../../../src/formats/xades/base/verifier.ts';
import type { Signataire } from '../../../../src/ports/signataire.ts';
import { INSTANT, morceaux } from '../xades/atelier.ts';

/** Two files that go with detached signatures. */
export const ACTE = Buffer.from('%PDF-1.7\n% délibération du 15 juin\n%%EOF\n', 'latin1');
export const ANNEXE = Buffer.from(
  '<?xml version="1.0" encoding="ISO-8859-1"?>\n<annexe objet="\xe9t\xe9"/>\n',
  'latin1',
);

/** A message of our own making, in ISO-8859-1, with what canonicalisation touches. */
export const MESSAGE = Buffer.from(
  `<?xml version="1.0" encoding="ISO-8859-1"?>
<?xml-stylesheet href="acte.css"?>
<m:acte xmlns:m="urn:essai:acte" Id="ACTE" m:numero='2026"7'  date="2026-06-15">
\t<m:objet Id="OBJET">D\xe9lib\xe9ration &amp; &#233;t\xe9<![CDATA[ <ville> ]]></m:objet>\r
\t<m:montant devise="EUR">1200.50</m:montant>
\t<vide/><autre xmlns="urn:autre" xml:lang="fr"/>
</m:acte>
`,
  'latin1',
);

export function demandeDe(signataire: Signataire, suite: Partial<DemandeBase> = {}): DemandeBase {
  return { signataire, instant: INSTANT, politique: null, role: null, lieu: null, id: 'SIG', ...suite };
}

export const fichier = (nom: string, octets: Uint8Array, mime = 'application/pdf'): ObjetASigner => ({
  type: 'fichier',
  nom,
  mime,
  source: () => morceaux(octets),
});

export const LES_DEUX: readonly ObjetASigner[] = [
  fichier('acte n° 1.pdf', ACTE),
  fichier('pieces/annexe.xml', ANNEXE, 'application/xml'),
];

/** The files by the names of `LES_DEUX`, changed or taken away as asked. */
export function fournir(
  change: Readonly<Record<string, Uint8Array | null>> = {},
): OptionsVerificationBase & { readonly fichiers: Map<string, () => Iterable<Uint8Array>> } {
  const tous = { 'acte n° 1.pdf': ACTE, 'pieces/annexe.xml': ANNEXE, ...change };
  const gardes = Object.entries(tous).flatMap(([nom, octets]) =>
    octets === null ? [] : [[nom, () => morceaux(octets)] as const],
  );
  return { fichiers: new Map(gardes) };
}

export async function separer(
  signataire: Signataire,
  objets: readonly ObjetASigner[],
  suite: Partial<DemandeBase> = {},
): Promise<Buffer> {
  const resultat: ResultatSepare = await signerSepare({ ...demandeDe(signataire, suite), objets });
  if (resultat.type !== 'signe') throw new TypeError(JSON.stringify(resultat.motifs));
  return Buffer.from(resultat.document);
}

export interface Enveloppe {
  readonly resultat: ResultatEnveloppe;
  readonly octets: Buffer;
}

export async function envelopper(
  signataire: Signataire,
  source: Uint8Array,
  suite: Partial<DemandeEnveloppee> = {},
): Promise<Enveloppe> {
  const blocs: Uint8Array[] = [];
  const resultat = await signerEnveloppe({
    ...demandeDe(signataire),
    source: () => morceaux(source, 101),
    ecrire: (octets) => void blocs.push(Uint8Array.from(octets)),
    cible: { type: 'document' },
    mime: 'application/xml',
    ...suite,
  });
  return { resultat, octets: Buffer.concat(blocs) };
}

export async function verifier(
  octets: Uint8Array | string,
  options: OptionsVerificationBase = {},
): Promise<RapportBase> {
  const source = typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets;
  const verdict = await verifierBase(() => morceaux(source), options);
  if (verdict.type !== 'lu') throw new TypeError(JSON.stringify(verdict));
  return verdict;
}

/** Codes of everything found, the file's and each signature's. */
export function codes(rapport: RapportBase): string[] {
  return [...rapport.constats, ...rapport.signatures.flatMap((s) => s.constats)].map((c) => c.code);
}
