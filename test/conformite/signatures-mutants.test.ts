import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifierBase } from '../../src/formats/xades/base/verifier.ts';
import type { Constat } from '../../src/formats/xades/constats.ts';
import { verifierXades } from '../../src/formats/xades/verifier.ts';
import type { Pki } from '../unit/formats/certificats/pki.ts';
import { cleDe, pes, signer } from '../unit/formats/xades/atelier.ts';
import { canoniques } from '../unit/formats/xades/forger.ts';
import {
  ACTE,
  ANNEXE,
  envelopper,
  fournir,
  LES_DEUX,
  MESSAGE,
  separer,
} from '../unit/formats/xades-base/atelier.ts';
import { Jdk } from './jdk.ts';
import { muterSignature } from './mutants-signatures.ts';
import { tirage } from './mutants-xml.ts';
import { preparerAtelier } from './signatures.ts';
import { assurerXmlsec, verifierXmlsec } from './xmlsec.ts';

/** Random mutants of each kind of signature, judged by us, the JDK and xmlsec1. We may refuse more; never less. */

/** Per kind; another campaign by the environment. */
const MUTANTS = Number(process.env['MUTANTS'] ?? 150);
const GRAINE = Number(process.env['GRAINE'] ?? 20_260_722);

/** What the arithmetic lets through and we refuse, by the code of our refusal: each one by choice. */
const PLUS_STRICTS: Readonly<Record<string, string>> = {
  'XML-003': 'a UTF-8 mark in front of another encoding',
  'XML-014': 'a tag that namespaces do not allow (`<:a>`)',
  'XML-018': 'two elements with the same Id, even far from what is signed',
  'XML-025': 'a colon in the target of an instruction, which namespaces do not allow',
  'XML-028': 'a relative namespace',
  'XDS-001': 'the signature of a bordereau, taken elsewhere in the file',
  'XDS-006': 'a comment inside the signature',
  'XDS-007': 'an instruction inside the signature',
  'XDS-009': 'an unexpected element inside the signature',
  'XDS-015': 'text between the parts of the signature',
  'XDS-016': 'an unexpected attribute of the signature',
  'XDS-017': 'something else than properties in their object',
  'XDS-037': 'the element that is signed is not the one that holds the signature',
  'XDS-060': 'a value that is not strict base64',
  'XDS-070': 'no KeyInfo',
  'XDS-071': 'no certificate in KeyInfo',
  'XDS-073': 'an unreadable certificate, of the chain or of the signer',
  'XDS-075': 'the certificate that the properties name is not there',
  'XDS-143': 'a certificate that is joined and that does not lead up from the signer',
  'XDS-090': 'the properties are not where they are read',
  'XDS-092': 'properties that announce another signature',
  'XDS-105': 'something unexpected beside the signed properties',
};

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

interface Avis {
  readonly bon: boolean;
  /** Of the first refusal. */
  readonly code: string;
}

interface Rapport {
  readonly conclusion: string;
  readonly constats: readonly Constat[];
  readonly signatures: readonly { readonly constats: readonly Constat[] }[];
}

function resumer({ conclusion, constats, signatures }: Rapport): Avis {
  const tous = [...constats, ...signatures.flatMap((s) => s.constats)];
  const code = tous.find((c) => c.gravite !== 'reserve')?.code ?? '';
  return { bon: !['refusee', 'aucune_signature'].includes(conclusion), code };
}

async function jugerPes(octets: Buffer): Promise<Avis> {
  const verdict = await verifierXades(() => [octets]);
  if (verdict.type === 'source_changee') throw new TypeError(verdict.type);
  return verdict.type === 'lu' ? resumer(verdict) : { bon: false, code: verdict.refus.code };
}

async function jugerBase(octets: Buffer): Promise<Avis> {
  const verdict = await verifierBase(() => [octets], fournir());
  if (verdict.type === 'source_changee') throw new TypeError(verdict.type);
  return verdict.type === 'lu' ? resumer(verdict) : { bon: false, code: verdict.refus.code };
}

interface Genre {
  readonly nom: string;
  readonly juger: (octets: Buffer) => Promise<Avis>;
  /** Name of the signer. */
  readonly cle: 'rsa' | 'ec';
  readonly signer: () => Promise<Buffer>;
  /** Name of what is signed within the file. */
  readonly signe: string | null;
}

const element = { type: 'element', id: 'OBJET' } as const;
const GENRES: readonly Genre[] = [
  {
    nom: 'PES, a bordereau',
    juger: jugerPes,
    cle: 'ec',
    signer: async () => (await signer(pes({ bordereaux: 1 }), cleDe(pki, 'ec'))).octets,
    signe: 'Bordereau',
  },
  {
    nom: 'PES, the whole file',
    juger: jugerPes,
    cle: 'rsa',
    signer: async () => {
      const source = pes({ bordereaux: 1 });
      return (await signer(source, cleDe(pki, 'rsa'), { cibles: { type: 'fichier' } })).octets;
    },
    signe: 'PES_Aller',
  },
  {
    nom: 'baseline, detached',
    juger: jugerBase,
    cle: 'ec',
    signer: () => separer(cleDe(pki, 'ec'), LES_DEUX),
    signe: null,
  },
  {
    nom: 'baseline, enveloping',
    juger: jugerBase,
    cle: 'rsa',
    signer: () =>
      separer(cleDe(pki, 'rsa'), [
        { type: 'xml', mime: 'application/xml', contenu: MESSAGE },
        { type: 'octets', mime: 'application/pdf', contenu: ACTE },
      ]),
    signe: 'acte',
  },
  {
    nom: 'baseline, enveloped in the document',
    juger: jugerBase,
    cle: 'ec',
    signer: async () => (await envelopper(cleDe(pki, 'ec'), MESSAGE)).octets,
    signe: 'acte',
  },
  {
    nom: 'baseline, enveloped in an element',
    juger: jugerBase,
    cle: 'ec',
    signer: async () => (await envelopper(cleDe(pki, 'ec'), MESSAGE, { cible: element })).octets,
    signe: 'objet',
  },
];

/** What the file says where it is signed. */
const dit = (octets: Buffer, signe: string | null): string[] =>
  [...(signe === null ? [] : [signe]), 'SignedInfo', 'SignedProperties']
    .flatMap((nom) => canoniques(octets.toString('latin1'), nom, true))
    .map((b) => b.toString('utf8'));

test.each(GENRES.map((g) => [g.nom, g] as const))(
  '%s: no mutant accepted but those that say the same, for the JDK and xmlsec1 too',
  async (nom, genre) => {
    const bon = await genre.signer();
    const temoin = dit(bon, genre.signe);
    const de = tirage(GRAINE);
    const stricts = new Map<string, number>();
    let acceptes = 0;
    for (let n = 0; n < MUTANTS; n += 1) {
      const mutant = muterSignature(bon, de);
      const certificat = pki.chemin(`${genre.cle}.der`);
      const [avis, autre] = await Promise.all([
        genre.juger(mutant),
        jdk.verifier(mutant, pki.dossier, certificat),
      ]);
      if (avis.bon) {
        acceptes += 1;
        expect(dit(mutant, genre.signe)).toEqual(temoin);
        expect(autre).toEqual({ juste: true, dit: 'juste' });
        const fichier = pki.chemin('mutant.xml');
        pki.ecrire('mutant.xml', mutant);
        expect(verifierXmlsec(fichier, 1, pki.chemin(`${genre.cle}.pem`))).toMatchObject({ juste: true });
      } else if (autre.juste) stricts.set(avis.code, (stricts.get(avis.code) ?? 0) + 1);
    }
    expect([...stricts.keys()].filter((code) => PLUS_STRICTS[code] === undefined)).toEqual([]);
    // outside of what is signed, or in its spelling: some must survive, or the test tests nothing
    expect(acceptes).toBeGreaterThan(MUTANTS / 30);
    const classes = [...stricts].map(([code, combien]) => `${code} ${combien}`).join(', ');
    console.log(
      `${nom}: ${MUTANTS} mutants, seed ${GRAINE}: ${acceptes} accepted by all three, all of them canonically equal; ` +
        `stricter than the JDK: ${classes}`,
    );
  },
  3_600_000,
);

describe('a detached file is signed to its last byte', () => {
  test.each([
    ['acte n° 1.pdf', ACTE],
    ['pieces/annexe.xml', ANNEXE],
  ] as const)('%s: no byte of it can change', async (nom, octets) => {
    const signature = await separer(cleDe(pki, 'ec'), LES_DEUX);
    for (let i = 0; i < octets.length; i += 1) {
      const autre = Buffer.from(octets);
      autre[i] = (autre[i] ?? 0) ^ 1;
      const verdict = await verifierBase(() => [signature], fournir({ [nom]: autre }));
      expect(verdict).toMatchObject({
        conclusion: 'refusee',
        signatures: [{ constats: [{ code: 'XDS-127' }] }],
      });
    }
  });
});
