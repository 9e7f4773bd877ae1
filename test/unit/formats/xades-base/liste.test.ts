import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifierListe } from '../../../../src/formats/xades/base/liste.ts';
import { listeEssai } from '../certificats/liste-essai.ts';
import type { Pki } from '../certificats/pki.ts';
import { cleDe, INSTANT, pkiSignature } from '../xades/atelier.ts';
import { envelopper, fichier, separer } from './atelier.ts';
import { partie, refaire } from './forger.ts';

let pki: Pki;
let liste: string;
let signee: string;
beforeAll(async () => {
  pki = pkiSignature();
  const etats = [{ statut: 'granted', debut: '2024-01-01T00:00:00Z' }];
  const services = [{ nom: 'AC d’essai', certificats: [pki.der('ica2')], etats }];
  liste = Buffer.from(listeEssai({ services })).toString('latin1');
  signee = await signer();
});
afterAll(() => pki.fermer());

async function signer(suite: Parameters<typeof envelopper>[2] = {}, cle = 'rsa'): Promise<string> {
  const { octets } = await envelopper(cleDe(pki, cle), Buffer.from(liste, 'latin1'), suite);
  return octets.toString('latin1');
}

const verifier = (texte: string) => verifierListe(Buffer.from(texte, 'latin1'));

describe('the signature of a trusted list (TS 119 612 § 5.7)', () => {
  test.each(['rsa', 'ec', 'p384'])(
    '%s: signed, its certificate handed over to be recognised',
    async (cle) => {
      const verdict = await verifier(await signer({}, cle));
      expect(verdict).toEqual({ type: 'signee', certificat: pki.der(cle), instant: INSTANT, constats: [] });
    },
  );

  test('a byte-order mark, as some lists have, changes nothing', async () => {
    expect((await verifier(`\xef\xbb\xbf${signee}`)).type).toBe('signee');
  });

  test('a comment is outside of the signature, and told', async () => {
    const verdict = await verifier(signee.replace('<TSPServices>', '<!-- --><TSPServices>'));
    expect(verdict).toMatchObject({ type: 'signee', constats: [{ code: 'XDS-107' }] });
  });

  test('what refuses it is told, not what only warns; both are kept', async () => {
    const commentee = signee
      .replace('<TSPServices>', '<!-- --><TSPServices>')
      .replace('granted', 'withdrawn');
    const verdict = await verifier(commentee);
    expect(verdict).toMatchObject({ type: 'refusee', motif: expect.stringContaining('a changé depuis') });
    expect(verdict.constats.map((c) => c.gravite).toSorted()).toEqual(['refus', 'reserve']);
    const deux = signee.replace(partie(signee, 'ds:Signature'), (s) => s + s.replaceAll('SIG', 'BIS'));
    expect((await verifier(deux)).constats.length).toBeGreaterThan(0);
    expect((await verifier(liste)).constats).toEqual([]);
  });

  const refus: readonly (readonly [string, RegExp, () => string | Promise<string>])[] = [
    [
      'a service changed',
      /a changé depuis la signature\. Télécharger/,
      () => signee.replace('granted', 'withdrawn'),
    ],
    ['an instruction added after the root', /a changé depuis/, () => `${signee}<?x?>`],
    ['no signature', /n’est pas signée/, () => liste],
    [
      'the root signed by its Id, not the document',
      /ne couvre pas la liste entière/,
      () => signer({ cible: { type: 'element', id: 'liste' } }),
    ],
    [
      'two signatures',
      /plusieurs signatures/,
      () => signee.replace(partie(signee, 'ds:Signature'), (s) => s + s.replaceAll('SIG', 'BIS')),
    ],
    [
      'a detached signature put into the list',
      /n’a pas été fourni/,
      async () => {
        const autre = await separer(cleDe(pki, 'rsa'), [fichier('liste.xml', Buffer.from(liste))]);
        const seule = partie(autre.toString('latin1'), 'ds:Signature');
        return liste.replace('</TrustServiceStatusList>', `${seule}</TrustServiceStatusList>`);
      },
    ],
    [
      'the list wrapped in another one',
      /URI vide/,
      () => signee.replace('<TrustServiceStatusList', '<x><TrustServiceStatusList').replace(/\n$/, '</x>'),
    ],
    [
      'SHA-1',
      /obsolète/,
      () => {
        const info = partie(signee, 'ds:SignedInfo');
        const sha1 = info.replaceAll('2001/04/xmlenc#sha256', '2000/09/xmldsig#sha1');
        return refaire(signee.replace(info, sha1), pki.lire('rsa.key'), 'sha1');
      },
    ],
    ['a DOCTYPE', /DOCTYPE/, () => signee.replace('?>', '?><!DOCTYPE x>')],
    ['cut short', /illisible/, () => signee.slice(0, -100)],
    ['nothing', /illisible/, () => ''],
    ['not XML', /illisible/, () => '\x00\xff\x1b'],
  ];

  test.each(refus)('%s: refused, with what to do', async (_, motif, texte) => {
    const verdict = await verifier(await texte());
    expect(verdict).toMatchObject({ type: 'refusee', motif: expect.stringMatching(motif) });
    expect(verdict).toMatchObject({ motif: expect.stringMatching(/Télécharger de nouveau/) });
  });
});
