import { z } from 'zod';
import { erreurActes } from '../../../metier/catalogue/actes.ts';
import type { Flux, ObjetJson } from '../../../metier/flux.ts';
import type { Jour, Siren } from '../../../metier/identifiants.ts';
import type { Amorce, CourrierEtat, SuiteCourrier } from '../../protocole.ts';
import {
  type CodeCourrier,
  type CodeEnvoye,
  type CodeMessage,
  COURRIERS,
  estCourrier,
  estEnvoye,
  libelleMessage,
} from './codes.ts';

/** What a flux about an acte keeps of itself: the letter that came, or what is sent. */
const schemaEchange = z.object({
  message: z.string(),
  /** IDActe; empty for a classification, which is about none. */
  idActe: z.string(),
  /** Two letters, last field of the IDActe. */
  abrege: z.string(),
  /** Of what people search by. */
  numero: z.string(),
  objet: z.string(),
  /** DateCourrierPref: date of the letter, own or answered; null where the message has none. */
  dateCourrier: z.string().nullable(),
  /** Types of the documents sent, in order. */
  typologies: z.array(z.string()).default([]),
});

export type ResumeEchange = Readonly<z.infer<typeof schemaEchange>>;
export type ResumeEnvoi = ResumeEchange & { readonly message: CodeEnvoye };

/** Which message of the norm a flux carries. */
export function messageDe({ resume }: Pick<Flux, 'resume'>): CodeMessage {
  const { message } = resume;
  return typeof message === 'string' && (estCourrier(message) || estEnvoye(message)) ? message : '1-1';
}

/** The same as people are told it; null for a flux of another protocol. */
export function messageNomme(
  flux: Pick<Flux, 'protocole' | 'resume'>,
): { readonly code: CodeMessage; readonly libelle: string } | null {
  if (flux.protocole !== 'ACTES') return null;
  const code = messageDe(flux);
  return { code, libelle: libelleMessage(code) };
}

/** The summary of what is sent about an acte; null when it is not one of ours. */
export function lireResumeEchange({ resume }: Pick<Flux, 'resume'>): ResumeEnvoi | null {
  const { data } = schemaEchange.safeParse(resume);
  return data !== undefined && estEnvoye(data.message) ? { ...data, message: data.message } : null;
}

/** Reads it back. Throws VGM-ACT-001. */
export function lireEchange(flux: Flux): ResumeEnvoi {
  const lu = lireResumeEchange(flux);
  if (lu === null) throw erreurActes('VGM-ACT-001', { flux: flux.id });
  return lu;
}

export function ecrireEchange(resume: ResumeEchange): ObjetJson {
  return { ...resume };
}

/**
 * Identities of what is exchanged. A letter is told from another of its kind by its bytes; one receipt and one standing
 * answer for each letter, one standing cancellation for each acte, one request of classification a day.
 */
export const IDENTITES = {
  courrier: (idActe: string, code: CodeCourrier, empreinte: string): string =>
    `${idActe}/${code}/${empreinte.slice(0, 16)}`,
  accuse: (courrier: string): string => `${courrier}/accuse`,
  reponse: (courrier: string): string => `${courrier}/reponse`,
  annulation: (idActe: string): string => `${idActe}/6-1`,
  classification: (siren: string, jour: Jour): string => `${siren}/7-1/${jour}`,
};

/** What a person reads of the acte: kept on every flux about it. */
type SujetEchange = Pick<ResumeEchange, 'idActe' | 'abrege' | 'numero' | 'objet'>;

export function sujetDe({ resume, identite }: Pick<Flux, 'resume' | 'identite'>): SujetEchange {
  const dit = (nom: string): string => (typeof resume[nom] === 'string' ? (resume[nom] as string) : '');
  return {
    idActe: dit('idActe') || identite,
    abrege: dit('abrege'),
    numero: dit('numero'),
    objet: dit('objet'),
  };
}

/** What a letter of the préfecture starts: its flux, and the receipt (3-2, 4-2) that bears the letter's own date. */
export function suivreCourrier(courrier: CourrierEtat, acte: Flux, empreinte: string): SuiteCourrier {
  const { code, champs } = courrier;
  if (!estCourrier(code)) return { courrier: { identite: courrier.identite, resume: champs }, accuse: null };
  const dateCourrier = dateCourrierDe({ resume: champs });
  const sujet = sujetDe(acte);
  const identite = IDENTITES.courrier(sujet.idActe, code, empreinte);
  const { accuse } = COURRIERS[code];
  return {
    courrier: { identite, resume: { ...sujet, message: code, ...champs } },
    accuse:
      accuse === null
        ? null
        : {
            identite: IDENTITES.accuse(identite),
            resume: ecrireEchange({ ...sujet, message: accuse, dateCourrier, typologies: [] }),
          },
  };
}

export function dateCourrierDe({ resume }: Pick<Flux, 'resume'>): string | null {
  const { dateCourrier } = resume;
  return typeof dateCourrier === 'string' ? dateCourrier : null;
}

/** 7-1, with the date that is held; null: with one so old that the whole comes back (actes.md B.8). */
export function amorcerClassification(demande: {
  readonly siren: Siren;
  readonly jour: Jour;
  readonly detenue: Jour | null;
}): Amorce {
  const { siren, jour, detenue } = demande;
  return {
    identite: IDENTITES.classification(siren, jour),
    resume: ecrireEchange({
      message: '7-1',
      idActe: '',
      abrege: '',
      numero: '',
      objet: '',
      dateCourrier: detenue ?? DATE_ANCIENNE,
      typologies: [],
    }),
  };
}

/** A date must always be given, and this one is older than any classification: the answer is a whole 7-2. */
export const DATE_ANCIENNE = '2001-01-01';
