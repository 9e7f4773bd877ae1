import { crc32, deflateSync } from 'node:zlib';
import type { Retour } from './messages.ts';

/** How the State's mails look (§ D.2): HTML body, inline logo, each file a separate attachment. */

export interface Adressage {
  readonly de: string;
  readonly a: string;
  /** Without angle brackets. */
  readonly messageId: string;
  /** Epoch milliseconds. */
  readonly quand: number;
  readonly logo: Buffer;
}

/** A whole RFC 5322 message, CRLF lines, no line over 76 characters but the headers we control. */
export function composer(retour: Retour, adressage: Adressage): Buffer {
  const { de, a, messageId, quand, logo } = adressage;
  // RFC 2046 § 5.1.1: no `@` in a boundary.
  const [marque = ''] = messageId.split('@');
  const bords = { tout: `=_tout_${marque}`, corps: `=_corps_${marque}` };
  const lignes = [
    `From: ACTES <${de}>`,
    `To: <${a}>`,
    `Subject: ${motEncode(retour.objet)}`,
    `Date: ${new Date(quand).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${messageId}>`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${bords.tout}"`,
    '',
    `--${bords.tout}`,
    `Content-Type: multipart/related; type="text/html"; boundary="${bords.corps}"`,
    '',
    `--${bords.corps}`,
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    base64(Buffer.from(html(retour))),
    `--${bords.corps}`,
    'Content-Type: image/png; name="logo.png"',
    'Content-ID: <logo>',
    'Content-Disposition: inline; filename="logo.png"',
    'Content-Transfer-Encoding: base64',
    '',
    base64(logo),
    `--${bords.corps}--`,
    ...retour.fichiers.flatMap(({ nom, octets }) => [
      `--${bords.tout}`,
      `Content-Type: ${nom.endsWith('.pdf') ? 'application/pdf' : 'text/xml'}; name="${nom}"`,
      `Content-Disposition: attachment; filename="${nom}"`,
      'Content-Transfer-Encoding: base64',
      '',
      base64(octets),
    ]),
    `--${bords.tout}--`,
    '',
  ];
  return Buffer.from(lignes.join('\r\n'), 'latin1');
}

function echapper(texte: string): string {
  return texte.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function html(retour: Retour): string {
  return [
    '<!DOCTYPE html><html lang="fr"><body>',
    '<p><img src="cid:logo" alt="" width="16" height="16"></p>',
    `<p>${echapper(retour.corps)}</p>`,
    '<p>Message du ministère simulé : il n’a aucune valeur juridique.</p>',
    '</body></html>',
  ].join('\r\n');
}

function base64(octets: Uint8Array): string {
  return (
    Buffer.from(octets)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  ).join('\r\n');
}

/** RFC 2047, encoded words of at most 75 characters: cut between characters, folded. */
function motEncode(texte: string): string {
  const mots: string[] = [];
  let courant = '';
  for (const caractere of texte) {
    if (Buffer.byteLength(courant + caractere) > 42) {
      mots.push(courant);
      courant = '';
    }
    courant += caractere;
  }
  mots.push(courant);
  return mots.map((mot) => `=?UTF-8?B?${Buffer.from(mot).toString('base64')}?=`).join('\r\n ');
}

/** A plain square, PNG (ISO/IEC 15948), one colour: enough for the mail to have an inline image. */
export function dessinerLogo(): Buffer {
  const cote = 16;
  const entete = Buffer.alloc(13);
  entete.writeUInt32BE(cote, 0);
  entete.writeUInt32BE(cote, 4);
  entete.set([8, 2], 8);
  const ligne = Buffer.concat([Buffer.of(0), Buffer.alloc(cote * 3, Buffer.of(0x2b, 0x4a, 0x6f))]);
  const pixels = Buffer.concat(Array.from({ length: cote }, () => ligne));
  return Buffer.concat([
    Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    bloc('IHDR', entete),
    bloc('IDAT', deflateSync(pixels)),
    bloc('IEND', Buffer.alloc(0)),
  ]);
}

function bloc(type: string, contenu: Buffer): Buffer {
  const utile = Buffer.concat([Buffer.from(type, 'latin1'), contenu]);
  const cadre = Buffer.alloc(8);
  cadre.writeUInt32BE(contenu.length, 0);
  cadre.writeUInt32BE(crc32(utile), 4);
  return Buffer.concat([cadre.subarray(0, 4), utile, cadre.subarray(4)]);
}
