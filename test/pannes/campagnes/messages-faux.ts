import { ecrireAcquit, toutAccepter } from '../../../src/banc/dgfip/acquit.ts';
import type { PesLu } from '../../../src/banc/dgfip/pes.ts';

/** Answers of the State, right or wrong on purpose, written by hand so that one thing at a time is wrong. */

const ESPACES =
  'xmlns:actes="http://www.interieur.gouv.fr/ACTES#v1.1-20040216" xmlns:insee="http://xml.insee.fr/schema"';
const PROLOGUE = '<?xml version="1.0" encoding="ISO-8859-1"?>\n';
const CLASSIFICATION = '2019-08-29';
const DATE = '2026-03-02';

/** An acte of the campaigns. */
export interface ActeVise {
  readonly siren: string;
  readonly numero: string;
}

interface Fichier {
  readonly nom: string;
  readonly texte: string;
}

const idActe = ({ siren, numero }: ActeVise): string =>
  `034-${siren}-${DATE.replaceAll('-', '')}-${numero}-DE`;

/** @param id identity that the receipt bears, when it is not that of its acte. */
function accuse(acte: ActeVise, id = idActe(acte)): string {
  const document = `<actes:Document><actes:NomFichier>99_DE-${idActe(acte)}-1-1_1.pdf</actes:NomFichier></actes:Document>`;
  const recu =
    `<actes:ActeRecu actes:Date="${DATE}" actes:NumeroInterne="${acte.numero}" actes:CodeNatureActe="1">` +
    `<actes:CodeMatiere1 actes:CodeMatiere="7"/><actes:CodeMatiere2 actes:CodeMatiere="1"/><actes:Objet>Acte</actes:Objet>` +
    `<actes:ClassificationDateVersion>${CLASSIFICATION}</actes:ClassificationDateVersion>${document}` +
    `<actes:Annexes actes:Nombre="0"/><actes:DocumentPapier>N</actes:DocumentPapier></actes:ActeRecu>`;
  return (
    `${PROLOGUE}<actes:ARActe ${ESPACES} actes:DateReception="2026-03-10" actes:IDActe="${id}">${recu}` +
    `<actes:ClassificationDateVersionEnCours>${CLASSIFICATION}</actes:ClassificationDateVersionEnCours></actes:ARActe>`
  );
}

function enveloppe(message: string, siren: string): string {
  return (
    `${PROLOGUE}<actes:EnveloppeMISILLCL ${ESPACES}><actes:Emetteur><actes:IDPref actes:Departement="034"/></actes:Emetteur>` +
    `<actes:FormulairesEnvoyes><actes:Formulaire><actes:NomFichier>${message}</actes:NomFichier></actes:Formulaire>` +
    `</actes:FormulairesEnvoyes><actes:Destinataire insee:SIREN="${siren}"/></actes:EnveloppeMISILLCL>`
  );
}

/** @param id tells two mails of the same words apart. */
function courriel(fichiers: readonly Fichier[], id: string): Buffer {
  const parties = fichiers.map(({ nom, texte }) => {
    const base64 = Buffer.from(texte, 'latin1').toString('base64').replaceAll(/.{76}/g, '$&\r\n');
    const type = `Content-Type: text/xml; name="${nom}"\r\nContent-Disposition: attachment; filename="${nom}"`;
    return `--frontiere\r\n${type}\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}\r\n`;
  });
  const tete = [
    'From: ACTES <actes@interieur.invalid>',
    'To: <tdt@operateur.example.fr>',
    `Message-ID: <${id}@interieur.invalid>`,
    'Subject: ACTES',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="frontiere"',
  ];
  return Buffer.from(`${tete.join('\r\n')}\r\n\r\n${parties.join('')}--frontiere--\r\n`, 'latin1');
}

function courrielAccuse(acte: ActeVise, id: string, faux: { texte?: string; siren?: string } = {}): Buffer {
  const nom = `${idActe(acte)}-1-2_1.xml`;
  const texteEnveloppe = enveloppe(nom, faux.siren ?? acte.siren);
  const fichiers = [
    { nom: 'TACT--PREF034-1.xml', texte: texteEnveloppe },
    { nom, texte: faux.texte ?? accuse(acte) },
  ];
  return courriel(fichiers, id);
}

/** The 1-2 that the préfecture would send. */
export function bonAccuse(acte: ActeVise, id: string): Buffer {
  return courrielAccuse(acte, id);
}

/** Mails that tell nothing sure of the acte aimed at, or of another one. */
export const COURRIELS_FAUX: Readonly<Record<string, (acte: ActeVise, id: string) => Buffer>> = {
  acte_inconnu: ({ siren }, id) => courrielAccuse({ siren, numero: 'INCONNU' }, id),
  collectivite_inconnue: ({ numero }, id) => courrielAccuse({ siren: '213499999', numero }, id),
  pour_une_autre: (acte, id) =>
    courrielAccuse(acte, id, { siren: acte.siren === '213400016' ? '213400024' : '213400016' }),
  identite_contraire: (acte, id) =>
    courrielAccuse(acte, id, { texte: accuse({ ...acte, numero: 'AUTRE' }, idActe(acte)) }),
  xml_tronque: (acte, id) => courrielAccuse(acte, id, { texte: accuse(acte).slice(0, -120) }),
  nom_inconnu: (_acte, id) => courriel([{ nom: 'rapport.xml', texte: '<rapport/>' }], id),
  pas_un_courriel: (_acte, id) => Buffer.from(`\r\n\r\nrien ${id}\r\n`),
};

/** Files of a gateway that tell nothing sure of the PES aimed at, or of another one. */
export const REPONSES_FAUSSES: Readonly<Record<string, (pes: PesLu, id: string) => Buffer>> = {
  nomfic_inconnu: (pes, id) => remplacer(acquit(pes), pes.nomFic, `AUTRE_EDITEUR_${id}`),
  siret_inconnu: (pes, id) =>
    remplacer(remplacer(acquit(pes), pes.idColl, '21349999900012'), pes.nomFic, `X_${id}`),
  acquit_tronque: (pes, id) => Buffer.concat([acquit(pes).subarray(0, -40), Buffer.from(` <!-- ${id}`)]),
  pas_du_xml: (_pes, id) => Buffer.from(`Ceci n’est pas un acquittement (${id}).\n`),
};

function acquit(pes: PesLu): Buffer {
  return ecrireAcquit(pes, { version: 2, elements: toutAccepter(pes) });
}

function remplacer(octets: Buffer, de: string, par: string): Buffer {
  return Buffer.from(octets.toString('latin1').replaceAll(`"${de}"`, `"${par}"`), 'latin1');
}
