import { SIREN } from './monde.ts';

/** Returns of the State written by hand, byte by byte, so that each part can be made wrong. */

const ESPACES =
  'xmlns:actes="http://www.interieur.gouv.fr/ACTES#v1.1-20040216" xmlns:insee="http://xml.insee.fr/schema"';
const PROLOGUE = '<?xml version="1.0" encoding="ISO-8859-1"?>\n';
export const DATE = '2026-03-02';

export interface Fichier {
  readonly nom: string;
  readonly octets: Uint8Array;
}

export interface Sujet {
  readonly numero: string;
  readonly siren?: string;
  readonly date?: string;
  /** Instead of the one its components give. */
  readonly idActe?: string;
}

export function identiteDe({ numero, siren = SIREN, date = DATE }: Sujet): string {
  return `034-${siren}-${date.replaceAll('-', '')}-${numero}-DE`;
}

function acteRecu({ numero, siren = SIREN, date = DATE }: Sujet): string {
  const nom = `99_DE-${identiteDe({ numero, siren, date })}-1-1_1.pdf`;
  return `<actes:ActeRecu actes:Date="${date}" actes:NumeroInterne="${numero}" actes:CodeNatureActe="1"><actes:CodeMatiere1 actes:CodeMatiere="7"/><actes:CodeMatiere2 actes:CodeMatiere="1"/><actes:Objet>Budget de l'école</actes:Objet><actes:ClassificationDateVersion>2019-08-29</actes:ClassificationDateVersion><actes:Document><actes:NomFichier>${nom}</actes:NomFichier></actes:Document><actes:Annexes actes:Nombre="0"/><actes:DocumentPapier>N</actes:DocumentPapier></actes:ActeRecu>`;
}

const FIN = '<actes:ClassificationDateVersionEnCours>2019-08-29</actes:ClassificationDateVersionEnCours>';

export function xmlAccuse(s: Sujet): string {
  return `${PROLOGUE}<actes:ARActe ${ESPACES} actes:DateReception="2026-03-10" actes:IDActe="${s.idActe ?? identiteDe(s)}">${acteRecu(s)}${FIN}</actes:ARActe>`;
}

export function xmlAnomalie(s: Sujet): string {
  return `${PROLOGUE}<actes:AnomalieActe ${ESPACES}><actes:Date>2026-03-10</actes:Date><actes:Nature>002</actes:Nature><actes:Detail>ODT-VERIF-01 : classification périmée</actes:Detail>${acteRecu(s)}${FIN}</actes:AnomalieActe>`;
}

export function xmlEnveloppe(message: string, siren = SIREN): string {
  return `${PROLOGUE}<actes:EnveloppeMISILLCL ${ESPACES}><actes:Emetteur><actes:IDPref actes:Departement="034"/></actes:Emetteur><actes:FormulairesEnvoyes><actes:Formulaire><actes:NomFichier>${message}</actes:NomFichier></actes:Formulaire></actes:FormulairesEnvoyes><actes:Destinataire insee:SIREN="${siren}"/></actes:EnveloppeMISILLCL>`;
}

export const latin1 = (texte: string): Buffer => Buffer.from(texte, 'latin1');

/** The message and its envelope, as they travel. */
export function fichiersAccuse(s: Sujet, destinataire = s.siren ?? SIREN): Fichier[] {
  const nom = `${identiteDe(s)}-1-2_1.xml`;
  return [
    { nom: 'TACT--PREF034-1.xml', octets: latin1(xmlEnveloppe(nom, destinataire)) },
    { nom, octets: latin1(xmlAccuse(s)) },
  ];
}

export function fichiersAnomalie(s: Sujet): Fichier[] {
  const nom = `${identiteDe(s)}-1-3_1.xml`;
  return [
    { nom: 'TACT--PREF034-2.xml', octets: latin1(xmlEnveloppe(nom, s.siren)) },
    { nom, octets: latin1(xmlAnomalie(s)) },
  ];
}

const base64 = (octets: Uint8Array): string =>
  (
    Buffer.from(octets)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  ).join('\r\n');

export function courriel(fichiers: readonly Fichier[], id: string, entetes: readonly string[] = []): Buffer {
  const parties = fichiers.map(
    ({ nom, octets }) =>
      `--frontiere\r\nContent-Type: text/xml; name="${nom}"\r\nContent-Disposition: attachment; filename="${nom}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(octets)}\r\n`,
  );
  const tete = [
    'From: ACTES <actes@interieur.invalid>',
    'To: <tdt@operateur.example.fr>',
    `Message-ID: <${id}@interieur.invalid>`,
    'Subject: ACTES',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="frontiere"',
    ...entetes,
  ];
  return Buffer.from(`${tete.join('\r\n')}\r\n\r\n${parties.join('')}--frontiere--\r\n`, 'latin1');
}
