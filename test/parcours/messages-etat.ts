import { ecrireXml, type Noeud } from '../../src/formats/xml/ecrire.ts';
import type { Siren } from '../../src/metier/identifiants.ts';

/** Mails of the préfecture, of our own making, for the actes of one commune. */

export const SIREN = '213400016' as Siren;
const ESPACE = 'http://www.interieur.gouv.fr/ACTES#v1.1-20040216';
export const PREFIXES = { 'xmlns:actes': ESPACE, 'xmlns:insee': 'http://xml.insee.fr/schema' };

function acteRecu(numero: string): Noeud {
  return {
    nom: 'actes:ActeRecu',
    attributs: { 'actes:Date': '2026-03-02', 'actes:NumeroInterne': numero, 'actes:CodeNatureActe': '1' },
    enfants: [
      { nom: 'actes:CodeMatiere1', attributs: { 'actes:CodeMatiere': '7' } },
      { nom: 'actes:CodeMatiere2', attributs: { 'actes:CodeMatiere': '1' } },
      { nom: 'actes:Objet', texte: 'Budget' },
      { nom: 'actes:ClassificationDateVersion', texte: '2019-08-29' },
      {
        nom: 'actes:Document',
        enfants: [{ nom: 'actes:NomFichier', texte: `99_DE-034-${SIREN}-20260302-${numero}-DE-1-1_1.pdf` }],
      },
      { nom: 'actes:Annexes', attributs: { 'actes:Nombre': '0' } },
      { nom: 'actes:DocumentPapier', texte: 'N' },
    ],
  };
}

export function enveloppeRetour(fichier: string): Uint8Array {
  return ecrireXml({
    nom: 'actes:EnveloppeMISILLCL',
    attributs: PREFIXES,
    enfants: [
      {
        nom: 'actes:Emetteur',
        enfants: [{ nom: 'actes:IDPref', attributs: { 'actes:Departement': '034' } }],
      },
      {
        nom: 'actes:FormulairesEnvoyes',
        enfants: [{ nom: 'actes:Formulaire', enfants: [{ nom: 'actes:NomFichier', texte: fichier }] }],
      },
      { nom: 'actes:Destinataire', attributs: { 'insee:SIREN': SIREN } },
    ],
  });
}

export function composer(parties: readonly { nom: string; octets: Uint8Array }[], sel: string): Buffer {
  const corps = parties.map(
    (p) =>
      `--frontiere\r\nContent-Type: application/xml; name="${p.nom}"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="${p.nom}"\r\n\r\n${Buffer.from(p.octets).toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n`,
  );
  return Buffer.from(
    `From: actes@interieur.example\r\nTo: tdt@exemple.fr\r\nMessage-ID: <${sel}@interieur.example>\r\nSubject: ACTES\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="frontiere"\r\n\r\n${corps.join('')}--frontiere--\r\n`,
    'latin1',
  );
}

/** A receipt of the préfecture for the acte of this number, as its mail. `sel` makes another mail of the same message. */
export function accuseDe(numero: string, sel = 'ar'): Buffer {
  const nom = `034-${SIREN}-20260302-${numero}-DE-1-2_1.xml`;
  const message = ecrireXml({
    nom: 'actes:ARActe',
    attributs: {
      ...PREFIXES,
      'actes:IDActe': `034-${SIREN}-20260302-${numero}-DE`,
      'actes:DateReception': '2026-03-10',
    },
    enfants: [acteRecu(numero), { nom: 'actes:ClassificationDateVersionEnCours', texte: '2019-08-29' }],
  });
  return composer(
    [
      { nom: 'TACT--PREF034-1.xml', octets: enveloppeRetour(nom) },
      { nom, octets: message },
    ],
    `${sel}-${numero}`,
  );
}

/** A refusal 1-3 of the préfecture. */
export function anomalieDe(numero: string, sel = 'ano', enveloppe = 'TACT--PREF034-2.xml'): Buffer {
  const nom = `034-${SIREN}----1-3_1.xml`;
  const message = ecrireXml({
    nom: 'actes:AnomalieActe',
    attributs: PREFIXES,
    enfants: [
      { nom: 'actes:Date', texte: '2026-03-10' },
      { nom: 'actes:Nature', texte: '002' },
      { nom: 'actes:Detail', texte: 'ODT-VERIF-01 : date de classification périmée' },
      acteRecu(numero),
      { nom: 'actes:ClassificationDateVersionEnCours', texte: '2026-01-01' },
    ],
  });
  return composer(
    [
      { nom: enveloppe, octets: enveloppeRetour(nom) },
      { nom, octets: message },
    ],
    `${sel}-${numero}`,
  );
}

/** A refusal of a whole archive, by its outgoing name (`VGM-TACT--….tar.gz`). */
export function anoDe(nomEnvoi: string, sel = 'env'): Buffer {
  const base = nomEnvoi.replace(/^[A-Z]{3}-/, '').replace('.tar.gz', '');
  const message = ecrireXml({
    nom: 'actes:AnomalieEnveloppe',
    attributs: PREFIXES,
    enfants: [
      { nom: 'actes:Date', texte: '2026-03-10' },
      { nom: 'actes:Nature', texte: '5' },
      { nom: 'actes:Detail', texte: `PREF-VERIF-02 : enveloppe refusée (${base})` },
    ],
  });
  return composer([{ nom: `ANO_${base}.xml`, octets: message }], `${sel}-${base}`);
}

/** The parts of two mails in one. */
export function reunir(un: Buffer, deux: Buffer): Buffer {
  const suite = deux.toString('latin1').split('--frontiere\r\n').slice(1).join('--frontiere\r\n');
  return Buffer.from(un.toString('latin1').replace('--frontiere--', `--frontiere\r\n${suite}`), 'latin1');
}
