import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { creerFakeSignataire } from '../../../src/adapters/signataire/fake.ts';
import { fichierCourant } from '../../../src/etapes/enveloppe-fichier.ts';
import { verifierXades } from '../../../src/formats/xades/verifier.ts';
import { erreurNoyau } from '../../../src/metier/catalogue/noyau.ts';
import { erreurSignataire } from '../../../src/metier/catalogue/signataire.ts';
import type { FicheHelios } from '../../../src/metier/collectivite.ts';
import type { Instant } from '../../../src/metier/identifiants.ts';
import type { Signataire } from '../../../src/ports/signataire.ts';
import { contenuSigneEgal } from '../../../src/protocoles/helios/signature/comparaison.ts';
import { faitsDe } from '../helios/decor.ts';
import { pes, type PesEssai, textePes } from '../helios/generateur.ts';
import {
  type Atelier,
  type Autorites,
  avance,
  creerAutorites,
  INSTANT,
  midi,
  monter,
  type Options,
  pesSigne,
  sha1,
} from './decor.ts';

/** An unsigned PES, by the card of its collectivité (metier/collectivite.ts; policy § 2.1 and § 3.1). */

let autorites: Autorites;
beforeAll(() => {
  autorites = creerAutorites();
});
afterAll(() => autorites.pki.fermer());

const NU: PesEssai = {
  depense: [{ idBord: '41' }, { id: 'B42', idBord: '42' }],
  recette: [{ idBord: '7' }],
  infoDematerialisee: null,
};

async function deposer(
  fiche: Partial<FicheHelios>,
  demande: PesEssai | Buffer = NU,
  options: Options = {},
): Promise<Atelier> {
  const atelier = await monter(autorites, { ...options, fiche });
  await atelier.poser(Buffer.isBuffer(demande) ? demande : pes(demande));
  return atelier;
}

const verifier = async (octets: Uint8Array) => {
  const verdict = await verifierXades(() => [octets]);
  return verdict.type === 'lu' ? verdict : expect.fail(verdict.type);
};

describe('transmettre and refuser: it leaves as it came', () => {
  test.each(['transmettre', 'refuser'] as const)(
    '%s: favourable, and the report says why',
    async (signature) => {
      const atelier = await deposer({ signature });
      const issue = avance(await atelier.avancer());
      expect(issue).toMatchObject({
        evenement: 'signature_favorable',
        motif: 'sans signature',
        complement: { signatures: 0, signePar: 'aucune' },
      });
      expect(issue.pieces?.map((p) => p.role)).toEqual(['rapport_signatures']);
      expect(await atelier.rapport()).toMatchObject({
        verdict: 'favorable',
        origine: 'aucune',
        resume: 'Le fichier n’est pas signé, et ne s’annonce pas comme tel.',
      });
      expect(fichierCourant(atelier.pieces)?.role).toBe('pes');
    },
  );

  test('a card that changed since the deposit: announced dematerialised and unsigned is refused', async () => {
    const atelier = await deposer({ signature: 'transmettre' }, { ...NU, infoDematerialisee: '1' });
    expect(avance(await atelier.avancer())).toMatchObject({
      evenement: 'signature_defavorable',
      motif: 'VGM-SIG-033',
    });
    expect((await atelier.rapport()).verdict).toBe('defavorable');
  });
});

describe('signer: signed here, at once', () => {
  test('each bordereau: Ids added, 1 announced, nothing else; the original stays; the SHA-1 of what leaves', async () => {
    const atelier = await deposer({ signature: 'signer' });
    const original = await atelier.lire('pes');
    const issue = avance(await atelier.avancer());
    expect(issue).toMatchObject({ evenement: 'signature_favorable', motif: '3 signatures' });
    expect(issue.pieces?.map((p) => p.role)).toEqual([
      'pes_signe',
      'rapport_signatures',
      'preuves_confiance',
    ]);
    const signe = await atelier.lire('pes_signe');
    expect(issue.complement).toMatchObject({ sha1: sha1(signe), signatures: 3, signePar: 'vaguemestre' });
    expect(await atelier.lire('pes')).toEqual(original);
    expect(fichierCourant(atelier.pieces)?.role).toBe('pes_signe');

    const rapport = await verifier(signe);
    expect(rapport).toMatchObject({ conclusion: 'valide', couverture: { mode: 'bordereaux' } });
    expect(rapport.signatures.map((s) => s.couvre?.etiquette)).toEqual(['41', '42', '7']);
    expect(rapport.signatures[0]).toMatchObject({
      roles: ['Maire de Valmoncel'],
      lieu: null,
      version: '1.1.1',
    });
    const faits = await faitsDe(signe);
    expect(faits.domaines.map((d) => d.infoDematerialisee?.valeur)).toEqual(['1', '1']);
    expect(faits.domaines[0]?.bordereaux[1]?.id).toBe('B42');
    const sans = signe
      .toString('latin1')
      .replaceAll(/<ds:Signature .*?<\/ds:Signature>/gs, '')
      .replaceAll('<InfoDematerialisee V="1"/>', '')
      .replaceAll(/ Id="ID_[0-9a-f]+_\d"/g, '');
    expect(sans).toBe(original.toString('latin1'));
  });

  test('the report speaks of our file as of anybody’s, trust included', async () => {
    const atelier = await deposer({ signature: 'signer' });
    await atelier.avancer();
    expect(await atelier.rapport()).toMatchObject({
      origine: 'vaguemestre',
      signatures: [{ confiance: { type: 'confiance', niveau: 'RGS **' } }, {}, {}],
    });
  });

  test('SigningTime is the hour of our clock, whole seconds, universal time', async () => {
    const atelier = await deposer({ signature: 'signer' }, NU, { quand: INSTANT + 7_654 });
    await atelier.avancer();
    expect((await verifier(await atelier.lire('pes_signe'))).signatures[0]?.instant).toBe(INSTANT + 7_000);
  });

  test('the file as a whole (perimetre fichier): one signature, under the root, that covers the pieces too', async () => {
    const demande = { ...NU, infoDematerialisee: '0', pieces: [{ idUnique: 'PJ1' }] };
    const atelier = await deposer({ signature: 'signer', perimetre: 'fichier' }, demande);
    expect(avance(await atelier.avancer()).motif).toBe('1 signature');
    const rapport = await verifier(await atelier.lire('pes_signe'));
    expect(rapport.couverture).toMatchObject({ mode: 'fichier', pieces: { total: 1, couverts: 1 } });
  });

  test('by a key of RSA, in the version of the settings', async () => {
    const cles = new Map([['mairie', autorites.cle('rsa')]]);
    const atelier = await deposer({ signature: 'signer' }, NU, { cles, reglage: { xades: '1.2.2' } });
    await atelier.avancer();
    const { signatures } = await verifier(await atelier.lire('pes_signe'));
    expect(signatures[0]).toMatchObject({ version: '1.2.2', algorithme: 'RSA-SHA256' });
  });

  test('a file that came signed is verified, never signed again', async () => {
    const octets = await pesSigne(autorites.cle('rsa'));
    const atelier = await deposer({ signature: 'signer' }, octets);
    expect(avance(await atelier.avancer()).complement).toMatchObject({ signePar: 'deposant' });
    expect(atelier.pieces.some((p) => p.role === 'pes_signe')).toBe(false);
  });

  test.each<[string, PesEssai]>([
    ['attached pieces alone (PES PJ)', { depense: null, pieces: [{ idUnique: 'A' }] }],
    ['orders for several debtors (ORMC)', { depense: null, recette: [{ typBord: '06' }] }],
  ])('nothing to sign in %s: it leaves as it is', async (_, demande) => {
    const atelier = await deposer({ signature: 'signer' }, demande);
    expect(avance(await atelier.avancer()).motif).toBe('sans signature');
    expect((await atelier.rapport()).resume).toBe('Le fichier ne contient rien qui soit à signer.');
  });

  test.each<[string, string, RegExp]>([
    ['an empty bordereau', textePes(NU).replace(/<Bordereau>.*?<\/Bordereau>/s, '<Bordereau/>'), /vide/],
    ['a domain without header', textePes(NU).replace(/<EnTeteDepense>.*<\/EnTeteDepense>/, ''), /en-tête/],
  ])('what cannot be signed is refused, with the remedy: %s', async (_, texte, dit) => {
    const atelier = await deposer({ signature: 'signer' }, Buffer.from(texte, 'latin1'));
    const issue = avance(await atelier.avancer());
    expect(issue).toMatchObject({ evenement: 'signature_defavorable', motif: 'VGM-SIG-031' });
    expect(issue.erreur?.message).toMatch(dit);
  });

  test('too heavy once signed: refused, and our file is not kept', async () => {
    const octets = pes(NU);
    const atelier = await deposer({ signature: 'signer' }, octets, { tailleMax: octets.length + 1000 });
    expect(avance(await atelier.avancer()).motif).toBe('VGM-SIG-032');
    expect(atelier.pieces.map((p) => p.role)).toEqual(['pes', 'rapport_signatures', 'preuves_confiance']);
  });
});

describe('confirmer: signed here once an agent agrees', () => {
  test('waits for the agreement, then signs', async () => {
    const atelier = await deposer({ signature: 'confirmer' });
    expect(avance(await atelier.avancer())).toMatchObject({
      evenement: 'signature_attendue',
      complement: { signatureAttendue: 'accord' },
    });
    expect(atelier.pieces).toHaveLength(1);
    const accord = { par: 'agent:mairie', quand: '2026-06-15T12:00:00.000Z' };
    atelier.flux = { ...atelier.flux, resume: { ...atelier.flux.resume, accord } };
    expect(avance(await atelier.avancer())).toMatchObject({
      evenement: 'signature_favorable',
      complement: { signatureAttendue: null, signePar: 'vaguemestre' },
    });
    expect(atelier.flux.resume['accord']).toEqual(accord);
  });
});

describe('parapheur: held until the file comes back signed', () => {
  test('waits for the file; then judges the one that came back, and that one leaves', async () => {
    const atelier = await deposer({ signature: 'parapheur' }, { ...NU, recette: null });
    expect(avance(await atelier.avancer()).complement).toEqual({ signatureAttendue: 'fichier' });
    const depense = [
      { id: 'B41', idBord: '41' },
      { id: 'B42', idBord: '42' },
    ];
    await atelier.poser(await pesSigne(autorites.cle('maire'), { depense }), 'pes_signe');
    expect(avance(await atelier.avancer())).toMatchObject({
      evenement: 'signature_favorable',
      complement: { signePar: 'apporte', signatureAttendue: null },
    });
    expect(fichierCourant(atelier.pieces)?.role).toBe('pes_signe');
  });

  test('came back with a broken signature: refused as any other', async () => {
    const atelier = await deposer({ signature: 'parapheur' }, { ...NU, recette: null });
    await atelier.poser(await pesSigne(autorites.cle('perdu')), 'pes_signe');
    expect(avance(await atelier.jouer()).motif).toBe('VGM-SIG-012');
  });
});

describe('what keeps us from signing is for the operator: an alert, never a refusal of the document', () => {
  const alerte = async (fiche: Partial<FicheHelios>, options: Options = {}): Promise<string> => {
    const atelier = await deposer({ signature: 'signer', ...fiche }, NU, options);
    const avant = atelier.coffre.pieces();
    const issue = await atelier.jouer();
    // what was written is thrown away; evidence may stay
    expect(atelier.coffre.pieces().slice(avant.length).length).toBeLessThanOrEqual(1);
    return issue.type === 'alerte' ? issue.alerte : expect.fail(JSON.stringify(issue));
  };
  const remplacer = (autre: Partial<Signataire>): Options => ({
    cles: new Map([['mairie', { ...autorites.cle('maire'), ...autre }]]),
  });

  test.each<[string, Partial<FicheHelios>, RegExp]>([
    ['no key on the card', { cle: '' }, /000000018 n’a pas de clé.*n’en nomme aucune/],
    ['a key that the settings do not have', { cle: 'autre' }, /« autre » n’est pas dans les réglages/],
    ['no quality (policy § 3.1)', { qualite: ' ' }, /ne dit pas la qualité/],
  ])('%s', async (_, fiche, dit) => {
    expect(await alerte(fiche)).toMatch(dit);
  });

  test('a policy that the table does not have, or that is closed', async () => {
    expect(await alerte({}, { reglage: { politique: '1.2.3' } })).toMatch(/aucune politique de signature/);
  });

  test('the policy of the settings, when the table has it: never the row of SHA-1', async () => {
    const politique = '1.2.250.1.131.1.5.18.21.1.4';
    const atelier = await deposer({ signature: 'signer' }, NU, { reglage: { politique } });
    await atelier.avancer();
    const { signatures } = await verifier(await atelier.lire('pes_signe'));
    expect(signatures[0]?.politique).toMatchObject({
      identifiant: `urn:oid:${politique}`,
      hachage: 'SHA-256',
      avis: 'connue',
    });
  });

  test('a certificate that has ended', async () => {
    const cles = new Map([['mairie', autorites.cle('bref')]]);
    expect(await alerte({}, { cles, quand: midi('2026-06-25'), magasin: null })).toMatch(
      /XDS-211.*en cours de validité/,
    );
  });

  test('a certificate revoked, or of an authority that nobody admits: our own verdict refuses it first', async () => {
    for (const [nom, code] of [
      ['perdu', /révoqué/],
      ['etranger', /inconnue ici/],
    ] as const) {
      expect(await alerte({}, { cles: new Map([['mairie', autorites.cle(nom)]]) })).toMatch(code);
    }
  });

  test('a service that refuses to sign', async () => {
    const signer = (): Promise<Uint8Array> =>
      Promise.reject(erreurSignataire('VGM-SGT-006', { hote: 'hsm', statut: 403, detail: 'jeton refusé' }));
    expect(await alerte({}, remplacer({ signer }))).toMatch(/VGM-SGT-006.*jeton refusé/);
  });

  test('a key that signs something else: never believed', async () => {
    const { signer } = autorites.cle('rsa');
    expect(await alerte({}, remplacer({ signer: async () => new Uint8Array(64) }))).toMatch(/XDS-216/);
    expect(await alerte({}, remplacer({ signer }))).toMatch(/XDS-216/);
  });

  test('a fault of ours in the file written: not the file deposited any more, nothing is kept', async () => {
    const atelier = await deposer({ signature: 'signer' });
    const { recevoir } = atelier.coffre;
    const detourne = (async (source: AsyncIterable<Uint8Array>) => {
      const blocs: Uint8Array[] = [];
      for await (const bloc of source) blocs.push(Uint8Array.from(bloc));
      const texte = Buffer.concat(blocs).toString('latin1').replace('12.50', '99.50');
      return recevoir(Buffer.from(texte, 'latin1'));
    }) as typeof recevoir;
    Object.assign(atelier.coffre, { recevoir: detourne });
    const issue = await atelier.jouer();
    expect(issue).toMatchObject({
      type: 'alerte',
      alerte: expect.stringMatching(/n’est plus le fichier déposé/),
    });
    expect(atelier.coffre.pieces()).toHaveLength(1);
  });
});

describe('what may pass is tried again', () => {
  test('a key out of reach: a transient failure, and nothing is left', async () => {
    const factice = await creerFakeSignataire(midi('2026-06-01'));
    factice.couper(true);
    const cles = new Map<string, Signataire>([['mairie', factice]]);
    const atelier = await deposer({ signature: 'signer' }, NU, { cles, magasin: null });
    await expect(atelier.jouer()).rejects.toMatchObject({
      fiche: { code: 'VGM-SGT-005', nature: 'passagere' },
    });
    expect(atelier.coffre.pieces()).toHaveLength(1);
    factice.couper(false);
    expect(avance(await atelier.jouer()).evenement).toBe('signature_favorable');
  });

  test('the servers of revocation of our own key are down: the key is not asked to sign for nothing', async () => {
    let faites = 0;
    const cle = autorites.cle('maire');
    const signer = (octets: Uint8Array): Promise<Uint8Array> => {
      faites += 1;
      return cle.signer(octets);
    };
    const atelier = await deposer({ signature: 'signer' }, NU, {
      cles: new Map([['mairie', { ...cle, signer }]]),
    });
    atelier.revocation?.regler(false);
    await expect(atelier.jouer()).rejects.toMatchObject({ fiche: { code: 'VGM-SIG-001' } });
    atelier.flux = { ...atelier.flux, tentatives: 20 };
    expect((await atelier.jouer()).type).toBe('alerte');
    expect(faites).toBe(0);
    atelier.revocation?.regler(true);
    expect(avance(await atelier.jouer()).evenement).toBe('signature_favorable');
    expect(faites).toBe(3);
  });

  test('a disk that fills up while we sign: told for what it is, and the signer does not hang', async () => {
    const atelier = await deposer(
      { signature: 'signer' },
      { ...NU, depense: Array.from({ length: 40 }, (_, i) => ({ idBord: `${i + 1}` })) },
    );
    const recevoir = async (source: AsyncIterable<Uint8Array>): Promise<never> => {
      for await (const _ of source) throw erreurNoyau('VGM-NOY-005', { detail: 'disque plein' });
      return expect.fail('nothing came');
    };
    Object.assign(atelier.coffre, { recevoir });
    await expect(atelier.jouer()).rejects.toMatchObject({ fiche: { code: 'VGM-NOY-005' } });
  });
});

describe('dying anywhere, then running again: at most one signed file is believed', () => {
  test('after our file is in the coffre and before the outcome lands: another file, the only one of the flux', async () => {
    const atelier = await deposer({ signature: 'signer' });
    const mort = avance(await atelier.jouer());
    atelier.clock.regler((INSTANT + 3_600_000) as Instant);
    const vivant = avance(await atelier.avancer());
    const [avant, apres] = [mort, vivant].map((i) => i.pieces?.find((p) => p.role === 'pes_signe')?.sha256);
    expect(avant).not.toBe(apres);
    expect(atelier.pieces.filter((p) => p.role === 'pes_signe').map((p) => p.sha256)).toEqual([apres]);
    expect(vivant.complement?.['sha1']).toBe(sha1(await atelier.lire('pes_signe')));
    const original = await atelier.lire('pes');
    const signe = await atelier.lire('pes_signe');
    expect(
      await contenuSigneEgal(
        () => [original],
        () => [signe],
      ),
    ).toMatchObject({ type: 'egal', signatures: 3 });
  });

  test('at every call to the coffre: the next try ends as the first would have', async () => {
    for (let appel = 1; appel < 40; appel += 1) {
      const atelier = await deposer({ signature: 'signer' });
      let reste = appel;
      const { ouvrir, ajouter, recevoir } = atelier.coffre;
      const tuer =
        <A extends unknown[], R>(faire: (...args: A) => Promise<R>) =>
        (...args: A): Promise<R> => {
          reste -= 1;
          return reste === 0 ? Promise.reject(new RangeError('dead')) : faire(...args);
        };
      Object.assign(atelier.coffre, {
        ouvrir: tuer(ouvrir),
        ajouter: tuer(ajouter),
        recevoir: tuer(recevoir),
      });
      const mort = await atelier.jouer().then(
        () => null,
        (e: unknown) => e,
      );
      if (mort === null) {
        expect(appel).toBeGreaterThan(6);
        return;
      }
      expect(mort).toBeInstanceOf(RangeError);
      expect(avance(await atelier.avancer()).evenement).toBe('signature_favorable');
      expect((await verifier(await atelier.lire('pes_signe'))).conclusion).toBe('valide');
    }
    expect.fail('it never ends');
  });
});
