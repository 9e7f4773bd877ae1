import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  C14N_INCLUSIVES,
  ENVELOPPEE,
  EXC_C14N,
  EXC_C14N_COMMENTAIRES,
  hachageDe,
  signatureDe,
  signatureNommee,
} from '../../../../src/formats/xades/algorithmes.ts';
import { lireBase64 } from '../../../../src/formats/xades/base64.ts';
import { NS_DS, versionXades } from '../../../../src/formats/xades/espaces.ts';

describe('addresses of the algorithms (XML-Signature § 6, XML-Encryption § 5.8, RFC 9231)', () => {
  test.each([
    ['http://www.w3.org/2000/09/xmldsig#sha1', 'SHA-1', 'sha1', true],
    ['http://www.w3.org/2001/04/xmlenc#sha256', 'SHA-256', 'sha256', false],
    ['http://www.w3.org/2001/04/xmldsig-more#sha384', 'SHA-384', 'sha384', false],
    ['http://www.w3.org/2001/04/xmlenc#sha512', 'SHA-512', 'sha512', false],
  ])('%s is %s; only SHA-1 is obsolete', (...[uri, nom, node, obsolete]) => {
    const taille = createHash(node).digest().length;
    expect(hachageDe(uri)).toEqual({ nom, uri, node, taille, obsolete });
  });

  test.each([
    ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'RSA-SHA256', 'rsa', 'sha256'],
    ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha384', 'RSA-SHA384', 'rsa', 'sha384'],
    ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha512', 'RSA-SHA512', 'rsa', 'sha512'],
    ['http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256', 'ECDSA-SHA256', 'ec', 'sha256'],
    ['http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384', 'ECDSA-SHA384', 'ec', 'sha384'],
    ['http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512', 'ECDSA-SHA512', 'ec', 'sha512'],
    ['http://www.w3.org/2000/09/xmldsig#rsa-sha1', 'RSA-SHA1', 'rsa', 'sha1'],
    ['http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1', 'ECDSA-SHA1', 'ec', 'sha1'],
  ] as const)('%s is %s', (...[uri, nom, famille, node]) => {
    expect(signatureDe(uri)).toMatchObject({ nom, uri, famille, hachage: { node } });
    expect(signatureNommee(nom)).toBe(signatureDe(uri));
  });

  test.each([
    '',
    'http://www.w3.org/2001/04/xmldsig-more#rsa-md5',
    'http://www.w3.org/2000/09/xmldsig#dsa-sha1',
    'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
    'http://www.w3.org/2001/04/xmldsig-more#md5',
    'http://www.w3.org/2007/05/xmldsig-more#rsa-pss',
    'HTTP://WWW.W3.ORG/2001/04/XMLENC#SHA256',
  ])('« %s » is none that we read', (uri) => {
    expect([hachageDe(uri), signatureDe(uri)]).toEqual([null, null]);
  });

  test('canonical forms and enveloped-signature have the addresses of their recommendations', () => {
    expect([EXC_C14N, EXC_C14N_COMMENTAIRES, ENVELOPPEE]).toEqual([
      'http://www.w3.org/2001/10/xml-exc-c14n#',
      'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
      'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
    ]);
    expect(C14N_INCLUSIVES).toEqual([
      'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
      'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments',
      'http://www.w3.org/2006/12/xml-c14n11',
      'http://www.w3.org/2006/12/xml-c14n11#WithComments',
    ]);
  });

  test('four ages of XAdES are told by their namespaces, and no other', () => {
    expect(NS_DS).toBe('http://www.w3.org/2000/09/xmldsig#');
    for (const v of ['1.1.1', '1.2.2', '1.3.2', '1.4.1'] as const) {
      expect(versionXades(`http://uri.etsi.org/01903/v${v}#`)).toBe(v);
    }
    for (const autre of ['', NS_DS, 'http://uri.etsi.org/01903#', 'http://uri.etsi.org/01903/v1.1.1']) {
      expect(versionXades(autre)).toBeNull();
    }
  });
});

describe('xs:base64Binary, strictly (crypto.md § 9.10)', () => {
  const lu = (texte: string): string | null => {
    const octets = lireBase64(texte);
    return octets === null ? null : Buffer.from(octets).toString('hex');
  };

  test('white space of XML may stand anywhere, even inside a group', () => {
    expect(lu(' Zm\tEt\r\nZm\n\n8= ')).toBe('66612d666f');
    expect(lu('')).toBe('');
    expect(lu('ZmEt')).toBe('66612d');
    expect(lu('+/+/')).toBe('fbffbf');
    expect(lu('AA==')).toBe('00');
  });

  test.each([
    ['a missing padding', 'AAA'],
    ['a lone letter', 'A'],
    ['a lone letter after a group', 'AAAAA'],
    ['too much padding', 'AAA=='],
    ['three signs of padding', 'A==='],
    ['padding alone', '===='],
    ['padding before the end', 'AA==AAAA'],
    ['stray bits after one byte', 'AB=='],
    ['stray bits after two bytes', 'AAB='],
    ['base64url', '_-_-'],
    ['a no-break space', 'AAAA\u00a0'],
    ['junk before', '!AAAA'],
    ['junk after', 'AAAA!'],
    ['a line of junk', 'AAAA\n*'],
  ])('%s is refused', (_, texte) => {
    expect(lireBase64(texte)).toBeNull();
  });
});
