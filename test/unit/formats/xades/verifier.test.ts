import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DemandeConfiance, VerdictConfiance } from '../../../../src/formats/certificats/confiance.ts';
import { parcourir } from '../../../../src/formats/xades/flux.ts';
import type { ReglesJugement } from '../../../../src/formats/xades/juger.ts';
import { POLITIQUES_HELIOS } from '../../../../src/formats/xades/politiques.ts';
import { PROFIL_PES } from '../../../../src/formats/xades/profil.ts';
import { Releve, SIGNATURES_MAX } from '../../../../src/formats/xades/releve.ts';
import { jugerReleve, verifierXades } from '../../../../src/formats/xades/verifier.ts';
import { Muet } from '../../../../src/formats/xml/muet.ts';
import { le } from '../certificats/pki.ts';
import { cleDe, INSTANT, magasin, morceaux, pes, signer, verifier } from './atelier.ts';
import { couper } from './forger.ts';
import { DS } from './noeuds.ts';
import { juger, PesSigne } from './pes-signe.ts';

/** Policy, dates, trust, and the file as a whole (crypto.md § 7, § 9.6, § 9.7). */

let s: PesSigne;
let entier: string;
beforeAll(async () => {
  s = await PesSigne.creer();
  const signe = await signer(pes({ bordereaux: 1, pj: 0 }), cleDe(s.pki, 'rsa'), {
    cibles: { type: 'fichier' },
  });
  entier = signe.octets.toString('latin1');
}, 60_000);
afterAll(() => s.pki.fermer());

describe('the policy is told, never a reason to refuse (crypto.md § 7)', () => {
  test.each([
    ['unknown', () => s.refait('5.18.21.1.7', '5.18.21.1.9'), ['XDS-099'], 'inconnue'],
    ['an odd pair', () => s.refait('roF9', 'AAAA'), ['XDS-100'], 'paire_inattendue'],
    ['known', () => s.bon, [], 'connue'],
  ] as const)('%s', async (...[, texte, attendus, avis]) => {
    expect(await juger(texte())).toMatchObject({ codes: [...attendus], etat: 'valide', politique: { avis } });
  });

  test('the table is the one given, at the time that the signature claims', async () => {
    const fermees = POLITIQUES_HELIOS.map((l) => ({ ...l, jusqua: '2026-06-14' }));
    expect(await juger(s.bon, { politiques: fermees })).toMatchObject({ codes: ['XDS-099'] });
    expect(await juger(s.bon, { politiques: [] })).toMatchObject({ codes: ['XDS-099'] });
    const ouvertes = POLITIQUES_HELIOS.map((l) => ({ ...l, jusqua: '2026-06-15' }));
    expect(await juger(s.bon, { politiques: ouvertes })).toMatchObject({ codes: [] });
  });
});

describe('dates and trust', () => {
  test.each([
    ['2024-12-31T23:59:59Z', ['XDS-097', 'XDS-104']],
    ['2025-01-01T00:00:00Z', ['XDS-097']],
    ['2026-06-15T11:59:59Z', ['XDS-097']],
    ['2026-06-15T12:00:00Z', []],
    ['2028-01-01T00:00:00Z', []],
    ['2028-01-01T00:00:01Z', ['XDS-104']],
  ])('examined at %s → %j', async (iso, attendus) => {
    expect(await juger(s.bon, { instant: le(iso) })).toMatchObject({ codes: attendus, etat: 'valide' });
  });

  test('a signature out of the dates of its certificate, at its own time', async () => {
    const texte = s.refait('2026-06-15T12:00:00Z', '2029-06-15T12:00:00Z');
    expect(await juger(texte)).toMatchObject({ codes: ['XDS-104'], instant: le('2029-06-15T12:00:00Z') });
  });

  const VERDICT: VerdictConfiance = { type: 'refuse', defauts: [], preuves: [] };

  /** What is asked of the judge of certificates. */
  async function demandes(texte: string, regles: Partial<ReglesJugement>): Promise<DemandeConfiance[]> {
    const recues: DemandeConfiance[] = [];
    const releve = new Releve(PROFIL_PES, () => ['sha256']);
    const { sha256: empreinte, octets } = await parcourir(() => [Buffer.from(texte, 'latin1')], releve);
    const rapport = jugerReleve(
      releve,
      { sha256: empreinte, octets, encodage: 'ISO-8859-1' },
      {
        politiques: POLITIQUES_HELIOS,
        jugerCertificat: (demande) => {
          recues.push(demande);
          return VERDICT;
        },
        ...regles,
      },
    );
    if (recues.length > 0) expect(rapport.signatures[0]?.confiance).toBe(VERDICT);
    return recues;
  }

  test('the certificate is judged at the time of the signature, with what is joined, for a signature', async () => {
    const ouvert = magasin(s.pki);
    expect(await demandes(s.bon, { magasin: ouvert })).toEqual([
      {
        certificat: s.pki.der('rsa'),
        intermediaires: [s.pki.der('ica2')],
        magasin: ouvert,
        instant: INSTANT,
        preuves: { crl: [], ocsp: [] },
        emploi: 'signature',
      },
    ]);
  });

  test('or at the instant given, with the evidence given, as known when it is checked', async () => {
    const preuves = { crl: [Buffer.from('crl')], ocsp: [] };
    const [instant, controle] = [le('2026-07-01T00:00:00Z'), le('2026-08-01T00:00:00Z')];
    const ageMax = { crl: 1, ocsp: null };
    const [demande] = await demandes(s.bon, { magasin: magasin(s.pki), instant, controle, preuves, ageMax });
    expect(demande).toMatchObject({ instant, controle, preuves, ageMax });
  });

  test('nobody is judged without a store, a certificate, or a time', async () => {
    expect(await demandes(s.bon, {})).toEqual([]);
    const avec = { magasin: magasin(s.pki) };
    expect(await demandes(s.change(/<ds:KeyInfo>.*<\/ds:KeyInfo>/s, ''), avec)).toEqual([]);
    const sansDate = s.refait(/<xad:SigningTime>.*<\/xad:SigningTime>/, '');
    expect(await demandes(sansDate, avec)).toEqual([]);
    expect((await juger(sansDate, avec)).confiance).toEqual({
      type: 'non_jugee',
      motif: 'le certificat ou la date de la signature manque',
    });
    expect((await juger(s.bon)).confiance).toEqual({
      type: 'non_jugee',
      motif: 'aucun magasin de confiance n’a été fourni',
    });
    expect(await demandes(sansDate, { ...avec, instant: INSTANT })).toHaveLength(1);
  });

  test('a store that is given is asked, level and all', async () => {
    const { confiance } = await juger(s.bon, { magasin: magasin(s.pki) });
    expect(confiance).toMatchObject({ type: 'indetermine', niveau: 'RGS **', famille: 'essai' });
  });
});

describe('the file as a whole', () => {
  test('signed whole: the root is covered, and all that it holds', async () => {
    expect(await verifier(entier)).toMatchObject({
      conclusion: 'valide',
      racineAttendue: true,
      encodage: 'ISO-8859-1',
      sha256: createHash('sha256').update(Buffer.from(entier, 'latin1')).digest('hex'),
      octets: entier.length,
      signatures: [
        {
          couvre: { place: 'racine', nom: 'n:PES_Aller' },
          position: { octet: entier.indexOf('<ds:Signature') },
        },
      ],
      couverture: { mode: 'fichier' },
    });
  });

  test('signed whole and by bordereau: told of the file, and no reason to refuse', async () => {
    const { octets } = await signer(pes({ bordereaux: 1 }), cleDe(s.pki, 'rsa'));
    const sienne = couper(octets.toString('latin1')).signature.replaceAll('SIG_1', 'TOUT');
    const id = /<n:PES_Aller[^>]* Id="([^"]*)"/.exec(s.bon)?.[1];
    const racine = id === undefined ? s.bon.replace('<n:PES_Aller ', '<n:PES_Aller Id="R" ') : s.bon;
    const avec = racine.replace(
      '</n:PES_Aller>',
      `${sienne.replace('#BORD1', `#${id ?? 'R'}`)}</n:PES_Aller>`,
    );
    const rapport = await verifier(avec);
    expect(rapport.constats).toMatchObject([{ code: 'XDS-005', gravite: 'reserve' }]);
    expect(rapport.signatures.map((v) => v.couvre?.place ?? null)).toEqual(['unite', null]);
  });

  test('not a PES: nothing is covered', async () => {
    expect(await verifier('<a/>')).toMatchObject({
      conclusion: 'aucune_signature',
      racineAttendue: false,
      encodage: 'UTF-8',
      signatures: [],
      constats: [],
      couverture: { mode: 'aucune', bordereaux: { total: 0 } },
    });
  });

  test('ten thousand signatures and one: the file is refused', async () => {
    const vide = `<ds:Signature xmlns:ds="${DS}"/>`;
    const rapport = await verifier(`<a>${vide.repeat(SIGNATURES_MAX + 1)}</a>`);
    expect([rapport.conclusion, rapport.constats.map((c) => c.code)]).toEqual(['refusee', ['XDS-108']]);
    expect(rapport.constats[0]?.message).toContain('10000');
  }, 60_000);

  test('what cannot be read is not judged', async () => {
    expect(await verifierXades(() => [Buffer.from(`${s.bon}<x/>`, 'latin1')])).toMatchObject({
      type: 'illisible',
      refus: { code: 'XML-010' },
    });
  });
});

describe('a digest that nothing announced costs a second strict pass', () => {
  /** The address of the digest of the content spelled so that the quick look cannot see it: same canonical form. */
  const cache = (): string => s.bon.replaceAll('xmlenc#sha256"', 'xmlenc#sha25&#54;"');

  test('the verdict is the same; three readings', async () => {
    let lectures = 0;
    const source = (): Iterable<Uint8Array> => {
      lectures += 1;
      return morceaux(Buffer.from(cache(), 'latin1'));
    };
    expect(await verifierXades(source)).toMatchObject({ conclusion: 'valide' });
    expect(lectures).toBe(3);
    lectures = 0;
    await verifierXades(() => {
      lectures += 1;
      return morceaux(Buffer.from(s.bon, 'latin1'));
    });
    expect(lectures).toBe(2);
  });

  test('a source that changed in between is told', async () => {
    let lectures = 0;
    const verdict = await verifierXades(() => {
      lectures += 1;
      const texte = lectures < 3 ? cache() : cache().replace('V="60632"', 'V="60633"');
      return [Buffer.from(texte, 'latin1')];
    });
    expect(verdict).toEqual({ type: 'source_changee' });
  });

  test('the time granted may end during it', async () => {
    const octets = Buffer.from(cache(), 'latin1');
    let lectures = 0;
    const verdict = await verifierXades(
      () => {
        lectures += 1;
        return [octets];
      },
      { lecture: { echu: () => lectures === 3 } },
    );
    expect(verdict).toMatchObject({ type: 'illisible', refus: { code: 'XML-046' } });
  });

  test('who listens hears the first strict pass alone', async () => {
    class Temoin extends Muet {
      fins = 0;
      override finir(): void {
        this.fins += 1;
      }
    }
    const aussi = new Temoin();
    await verifierXades(() => [Buffer.from(cache(), 'latin1')], { aussi });
    expect(aussi.fins).toBe(1);
  });

  test('a false digest does not become true by it', async () => {
    const faux = cache().replace('V="60632"', 'V="60633"');
    expect((await juger(faux)).codes).toEqual(['XDS-053']);
  });
});
