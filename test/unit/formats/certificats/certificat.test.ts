import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decouperPem, estSignePar, lireCertificat } from '../../../../src/formats/certificats/certificat.ts';
import { EXTENSIONS, jugeOpenssl, le, openssl, type Pki, pkiDeBase, POLITIQUE, sectionsQc } from './pki.ts';

let pki: Pki;
beforeAll(() => {
  pki = pkiDeBase();
});
afterAll(() => pki.fermer());

const cleDuNom = (cn: string) => {
  pki.emettre('ica', { nom: 'casse', extensions: [], sujet: `/C=FR/O=Essai/CN=${cn}` });
  return pki.certificat('casse').sujet.cle;
};

describe('reading a certificate (RFC 5280 § 4)', () => {
  it('the authorities shipped with Node, all of them, as OpenSSL reads them', () => {
    for (const pem of rootCertificates) {
      const lu = lireCertificat(pem);
      const juge = new X509Certificate(pem);
      if (lu.type === 'illisible') throw new Error(`${juge.subject}: ${lu.motif}`);
      const c = lu.certificat;
      expect(Buffer.from(c.der).equals(juge.raw)).toBe(true);
      expect(c.sha256).toBe(juge.fingerprint256.replaceAll(':', '').toLowerCase());
      expect(BigInt(c.serie.decimal)).toBe(BigInt(`0x${juge.serialNumber}`));
      expect([c.debut, c.fin]).toEqual([Number(juge.validFromDate), Number(juge.validToDate)]);
      expect(c.extensions.contraintes?.autorite).toBe(juge.ca);
      expect([c.sujet.cle, estSignePar(c, c)]).toEqual([c.emetteur.cle, true]);
    }
    expect(rootCertificates.length).toBeGreaterThan(100);
  });

  it('what a signer of a town hall carries', () => {
    const { extensions, cle, debut, fin, version } = pki.certificat('signataire');
    expect(extensions).toMatchObject({
      contraintes: { autorite: false, longueur: null },
      usages: ['digitalSignature', 'nonRepudiation'],
      usagesEtendus: null,
      politiques: [POLITIQUE.rgs2],
      identifiantCleEmetteur: pki.certificat('ica').extensions.identifiantCle,
      urlsCrl: ['http://crl.essai.invalid/ica.crl'],
      urlsOcsp: ['http://ocsp.essai.invalid/'],
      urlsEmetteur: ['http://ca.essai.invalid/ica.cer'],
      qc: null,
    });
    expect(cle).toMatchObject({ type: 'ec', bits: 256, courbe: 'prime256v1' });
    expect([version, debut, fin]).toEqual([3, le('2025-01-01T00:00:00Z'), le('2028-01-01T00:00:00Z')]);
    expect(pki.certificat('ica').extensions.contraintes).toEqual({ autorite: true, longueur: 0 });
  });

  it('names in RFC 2253 order, unknown attributes as OID=#hex of their DER', () => {
    pki.emettre('ica', {
      nom: 'nom',
      extensions: [],
      sujet:
        '/C=FR/O=Commune de Saint-Étienne, mairie/organizationIdentifier=NTRFR-214202186/CN= Dupont \\+ fils',
    });
    expect(pki.certificat('nom').sujet.texte).toBe(
      'CN=\\ Dupont \\+ fils,2.5.4.97=#0c0f4e545246522d323134323032313836,O=Commune de Saint-Étienne\\, mairie,C=FR',
    );
  });

  it('names that openssl and we can both write are written alike', () => {
    const sujet = '/C=FR/O=A"B<C>;\\\\D#/OU=0002 21010001000011/CN=#Été\\, fin ';
    pki.emettre('ica', { nom: 'echappe', extensions: [], sujet });
    const options = ['-noout', '-subject', '-nameopt', 'RFC2253,-esc_msb,utf8'];
    const dit = openssl('x509', '-in', pki.chemin('echappe.pem'), ...options).replace(/^subject=|\n$/g, '');
    expect(pki.certificat('echappe').sujet.texte).toBe(dit);
  });

  it('a name is the same in another case and with other spaces (§ 7.1), not with another word', () => {
    expect(cleDuNom('AC  Racine')).toBe(cleDuNom('ac racine'));
    expect(cleDuNom('AC Racine')).not.toBe(cleDuNom('AC Racines'));
  });

  it('QcStatements of a qualified seal (EN 319 412-5)', () => {
    pki.emettre('ica', {
      nom: 'cachet',
      extensions: [...EXTENSIONS.signataire, '1.3.6.1.5.5.7.1.3=ASN1:SEQUENCE:qc'],
      sections: sectionsQc('0.4.0.1862.1.6.2'),
    });
    expect(pki.certificat('cachet').extensions.qc).toEqual({
      conforme: true,
      dispositif: true,
      types: ['eseal'],
    });
  });

  it('PEM of one certificate, with text around; two are refused, and none', () => {
    const pem = pki.lire('signataire.pem').toString('latin1');
    expect(lireCertificat(`Bag Attributes\n${pem}\n`).type).toBe('lu');
    expect(lireCertificat(pem + pem)).toMatchObject({ motif: 'plusieurs certificats dans ce texte PEM' });
    expect(lireCertificat('bonjour')).toMatchObject({ motif: 'aucun certificat dans ce texte PEM' });
    expect(decouperPem(pem + pem)).toHaveLength(2);
  });
});

describe('hostile bytes', () => {
  it('any octet changed or any cut: an answer, never an exception, and never the same certificate', () => {
    const der = pki.der('signataire');
    const { sha256 } = pki.certificat('signataire');
    let lus = 0;
    for (let i = 0; i < der.length; i += 1) {
      for (const masque of [0x01, 0x80, 0xff]) {
        const altere = Uint8Array.from(der);
        altere[i] = (altere[i] ?? 0) ^ masque;
        const lu = lireCertificat(altere);
        if (lu.type === 'lu') lus += 1;
        if (lu.type === 'lu') expect(lu.certificat.sha256).not.toBe(sha256);
      }
      expect(lireCertificat(der.subarray(0, i)).type).toBe('illisible');
    }
    expect(lus).toBeGreaterThan(0);
  });

  it('no altered certificate verifies under its authority', () => {
    const der = pki.der('signataire');
    const ica = pki.certificat('ica');
    for (let i = 0; i < der.length; i += 1) {
      const altere = Uint8Array.from(der);
      altere[i] = (altere[i] ?? 0) ^ 0x01;
      const lu = lireCertificat(altere);
      if (lu.type === 'lu' && estSignePar(lu.certificat, ica)) throw new Error(`octet ${i}`);
    }
  });

  it('trailing bytes, BER lengths, a size out of reason', () => {
    const der = Buffer.from(pki.der('signataire'));
    const illisibles = [
      Buffer.concat([der, Buffer.alloc(1)]),
      Buffer.concat([Buffer.from([0x30, 0x80]), der.subarray(4), Buffer.alloc(2)]),
      Buffer.concat([Buffer.from([0x30, 0x83, 0x00]), der.subarray(2)]),
      Buffer.concat([der, Buffer.alloc(70_000)]),
      Buffer.alloc(0),
      Buffer.from([0x30]),
    ];
    expect(illisibles.map((o) => lireCertificat(o).type)).toEqual(illisibles.map(() => 'illisible'));
  });

  it('openssl reads what we read', () => {
    expect(jugeOpenssl('x509', '-in', pki.chemin('cachet.pem'), '-noout').juste).toBe(true);
  });
});
