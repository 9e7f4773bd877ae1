/** Mails as the platform of the ministry makes them, and as it might: written here, nothing copied. */

export const ENVELOPPE = Buffer.from(
  '<?xml version="1.0" encoding="ISO-8859-1"?>\r\n<actes:EnveloppeMISILLCL xmlns:actes="http://www.interieur.gouv.fr/ACTES#v1.1-20040216" actes:Sexe="\u00e9t\u00e9"/>\r\n',
  'latin1',
);
export const MESSAGE = Buffer.from(
  '<?xml version="1.0" encoding="UTF-8"?>\n<ARActe objet="délibération"/>\n\n',
  'utf8',
);
export const LOGO = Buffer.from(Array.from({ length: 700 }, (_, i) => (i * 37) % 256));

export interface PieceJointe {
  readonly nom?: string;
  readonly octets: Buffer;
  readonly type?: string;
  readonly encodage?: 'base64' | 'quoted-printable' | '8bit';
  readonly disposition?: 'attachment' | 'inline' | '';
  /** Raw header lines instead of the computed ones. */
  readonly entetes?: readonly string[];
}

function qp(octets: Buffer): string {
  const code = [...octets].map((o) => `=${o.toString(16).toUpperCase().padStart(2, '0')}`);
  const lignes: string[] = [];
  for (let i = 0; i < code.length; i += 20) lignes.push(code.slice(i, i + 20).join(''));
  return lignes.join('=\r\n');
}

function corps(piece: PieceJointe): string {
  if (piece.encodage === 'quoted-printable') return qp(piece.octets);
  if (piece.encodage === '8bit') return piece.octets.toString('latin1');
  return piece.octets.toString('base64').replace(/.{76}/g, '$&\r\n');
}

export function partie(piece: PieceJointe): string {
  const nom = piece.nom === undefined ? '' : `; name="${piece.nom}"`;
  const disposition = piece.disposition ?? 'attachment';
  const fichier = piece.nom === undefined ? '' : `; filename="${piece.nom}"`;
  const entetes = piece.entetes ?? [
    `Content-Type: ${piece.type ?? 'application/xml'}${nom}`,
    ...(disposition === '' ? [] : [`Content-Disposition: ${disposition}${fichier}`]),
  ];
  return [...entetes, `Content-Transfer-Encoding: ${piece.encodage ?? 'base64'}`, '', corps(piece)].join(
    '\r\n',
  );
}

export function texte(contenu: string, type = 'text/html; charset=iso-8859-1'): string {
  return `Content-Type: ${type}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${contenu}`;
}

export function multipart(genre: string, borne: string, parties: readonly string[]): string {
  const dedans = parties.map((p) => `--${borne}\r\n${p}\r\n`).join('');
  return `Content-Type: multipart/${genre}; boundary="${borne}"\r\n\r\n${dedans}--${borne}--\r\n`;
}

/** Whole message, bytes one to one with the characters (latin1). */
export function courriel(contenu: string, entetes: readonly string[] = []): Buffer {
  const base = [
    'From: "Plateforme =?ISO-8859-1?Q?Int=E9rieur?=" <Plateforme@Interieur.example>',
    'To: tdt@vaguemestre.example',
    'Subject: =?UTF-8?Q?Accus=C3=A9_de_r=C3=A9ception?=',
    'Message-ID: <42@interieur.example>',
    'Date: Mon, 06 Jul 2026 10:00:00 +0200',
    'MIME-Version: 1.0',
  ];
  return Buffer.from([...base, ...entetes, contenu].join('\r\n'), 'latin1');
}

const XML = { nom: '034-123456789-20260706-D1-DE-1-2_1.xml', octets: MESSAGE };
const ENV = { nom: 'EACT--123456789--20260706-1.xml', octets: ENVELOPPE };
const LOGO_CID = partie({
  octets: LOGO,
  entetes: ['Content-Type: image/jpeg; name="logo.jpg"', 'Content-ID: <logo>', 'Content-Disposition: inline'],
});

/** Structure → message; each carries the envelope and the business message. */
export const STRUCTURES: Readonly<Record<string, Buffer>> = {
  'multipart/mixed': courriel(
    multipart('mixed', 'B1', [texte('<p>Re\u00e7u</p>'), partie(ENV), partie(XML)]),
  ),
  'multipart/alternative that holds a nested multipart/mixed': courriel(
    multipart('alternative', 'B1', [
      texte('Recu', 'text/plain'),
      multipart('mixed', 'B2', [texte('<p>Re\u00e7u</p>'), partie(ENV), partie(XML)]),
    ]),
  ),
  'mixed > related (inline logo) > files': courriel(
    multipart('mixed', 'B1', [
      multipart('related', 'B2', [texte('<p>Re\u00e7u <img src="cid:logo"></p>'), LOGO_CID]),
      partie(ENV),
      partie(XML),
    ]),
  ),
  'quoted-printable and eight-bit files': courriel(
    multipart('mixed', 'B1', [
      texte('<p>Re\u00e7u</p>'),
      partie({ ...ENV, encodage: 'quoted-printable' }),
      partie({ ...XML, encodage: '8bit' }),
    ]),
  ),
  'files declared text/xml with a charset': courriel(
    multipart('mixed', 'B1', [
      texte('<p>Re\u00e7u</p>'),
      partie({ ...ENV, type: 'text/xml; charset=iso-8859-1' }),
      partie({ ...XML, type: 'text/xml; charset=us-ascii', disposition: 'inline' }),
    ]),
  ),
  'inline XML under text/plain': courriel(
    multipart('mixed', 'B1', [
      texte('<p>Re\u00e7u</p>'),
      partie({ ...ENV, type: 'text/plain; charset=iso-8859-1', disposition: 'inline' }),
      partie({ ...XML, type: 'text/plain; charset=windows-1252', disposition: '' }),
    ]),
  ),
};
