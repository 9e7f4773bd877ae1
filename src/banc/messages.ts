import { ecrireXml, type Noeud } from '../formats/xml/ecrire.ts';
import type { ActeExamine, Correspondant, EnveloppeLue, FichierLu, Refus } from './archive.ts';
import { compact, racine, recopier } from './norme.ts';

/** One answer of the State: its files in the order of the mail, and what people read in the body. */
export interface Retour {
  /** Of the norm, `ANO` or `rappel`. */
  readonly code: string;
  readonly objet: string;
  readonly corps: string;
  readonly fichiers: readonly FichierLu[];
}

/** What changes from one answer to the next. */
export interface Circonstances {
  /** Today in Europe/Paris. */
  readonly jour: string;
  /** Classification in force, `YYYY-MM-DD`. */
  readonly classification: string;
  /** Serial of the answer, never used twice. */
  readonly rang: number;
}

/** 1-2, and its envelope. */
export function accuser(acte: ActeExamine, enveloppe: Correspondant, c: Circonstances): Retour {
  const message = racine('ARActe', {
    attributs: { 'actes:DateReception': c.jour, 'actes:IDActe': acte.idActe },
    enfants: [
      recopier(acte.racine, 'ActeRecu'),
      feuille('ClassificationDateVersionEnCours', c.classification),
    ],
  });
  const nom = `${acte.idActe}-1-2_${c.rang}.xml`;
  return {
    code: '1-2',
    objet: `[ACTES] Accusé de réception de l’acte ${acte.idActe}`,
    corps: `L’acte ${acte.idActe} a été reçu le ${enFrancais(c.jour)}.`,
    fichiers: [enveloppeRetour(nom, enveloppe, c), { nom, octets: enOctets(message) }],
  };
}

/** 1-3, and its envelope. `nomVide`: the form met in production, where date, number and nature are left empty. */
export function refuser(
  demande: { acte: ActeExamine; refus: Refus; nomVide: boolean },
  enveloppe: Correspondant,
  c: Circonstances,
): Retour {
  const { acte, refus, nomVide } = demande;
  const message = racine('AnomalieActe', {
    enfants: [
      feuille('Date', c.jour),
      feuille('Nature', refus.nature),
      feuille('Detail', refus.detail),
      recopier(acte.racine, 'ActeRecu'),
      feuille('ClassificationDateVersionEnCours', c.classification),
    ],
  });
  const vide = `${enveloppe.departement}-${enveloppe.siren}---`;
  const nom = `${nomVide ? vide : acte.idActe}-1-3_${c.rang}.xml`;
  return {
    code: '1-3',
    objet: `[ACTES] Anomalie sur l’acte ${acte.idActe}`,
    corps: `L’acte ${acte.idActe} n’a pas été reçu. ${refus.detail}`,
    fichiers: [enveloppeRetour(nom, enveloppe, c), { nom, octets: enOctets(message) }],
  };
}

/** AnomalieEnveloppe: one file, `ANO_` and the name of the refused envelope; it replaces the envelope (§ B.3). */
export function refuserEnveloppe(refus: Refus, enveloppe: EnveloppeLue, c: Circonstances): Retour {
  const message = racine('AnomalieEnveloppe', {
    enfants: [
      feuille('Date', c.jour),
      feuille('Nature', refus.nature),
      feuille('Detail', refus.detail),
      recopier(enveloppe.racine, 'EnveloppeRecue'),
    ],
  });
  return {
    code: 'ANO',
    objet: `[ACTES] Anomalie sur l’enveloppe ${enveloppe.nom}`,
    corps: `L’enveloppe ${enveloppe.nom} est refusée. ${refus.detail}`,
    fichiers: [{ nom: `ANO_${enveloppe.nom}`, octets: enOctets(message) }],
  };
}

/** The same characters in UTF-8 bytes, the prologue still announcing ISO-8859-1 (seen on a State platform, § B.4). */
export function enUtf8(retour: Retour): Retour {
  const fichiers = retour.fichiers.map(({ nom, octets }) => ({
    nom,
    octets: nom.endsWith('.xml') ? Buffer.from(octets.toString('latin1'), 'utf8') : octets,
  }));
  return { ...retour, fichiers };
}

/** The messages before their envelope: the norm promises no order inside a mail. */
export function enDesordre(retour: Retour): Retour {
  return { ...retour, fichiers: retour.fichiers.toReversed() };
}

/** EnveloppeMISILLCL of one message. */
export function enveloppeRetour(message: string, vers: Correspondant, c: Circonstances): FichierLu {
  const { application, departement, arrondissement, siren } = vers;
  const contenu = racine('EnveloppeMISILLCL', {
    enfants: [
      {
        nom: 'actes:Emetteur',
        enfants: [
          {
            nom: 'actes:IDSousPref',
            attributs: { 'actes:Arrondissement': arrondissement, 'actes:Departement': departement },
          },
          {
            nom: 'actes:Referent',
            enfants: [
              feuille('Nom', 'Préfecture simulée, bureau du contrôle de légalité'),
              feuille('Telephone', '0100000000'),
              feuille('Email', 'prefecture@interieur.test'),
            ],
          },
        ],
      },
      {
        nom: 'actes:FormulairesEnvoyes',
        enfants: [fichier('Formulaire', message)],
      },
      { nom: 'actes:Destinataire', attributs: { 'insee:SIREN': siren } },
    ],
  });
  const emetteur = `SPREF${departement}${arrondissement}`;
  const nom = `${application}--${emetteur}-${siren}-${compact(c.jour)}-${c.rang}.xml`;
  return { nom, octets: enOctets(contenu) };
}

export function feuille(nom: string, texte: string): Noeud {
  return { nom: `actes:${nom}`, texte };
}

/** A FichierSigne of the norm, without signature. */
export function fichier(nom: string, document: string): Noeud {
  return { nom: `actes:${nom}`, enfants: [feuille('NomFichier', document)] };
}

export function enOctets(noeud: Noeud): Buffer {
  return Buffer.from(ecrireXml(noeud));
}

function enFrancais(jour: string): string {
  return jour.split('-').toReversed().join('/');
}
