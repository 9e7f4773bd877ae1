import { bloquantes, type RapportControles } from '../../../metier/anomalies.ts';
import type { Collectivite } from '../../../metier/collectivite.ts';
import type { Flux } from '../../../metier/flux.ts';
import type { DepotLu, FaitsPiece, ResultatControle } from '../../protocole.ts';
import { trouverNature } from '../natures.ts';
import { EXTENSIONS } from '../noms.ts';
import { REGLES_PDF } from '../regles/pdf.ts';
import { REGLES_PIECES, situees } from '../regles/pieces.ts';
import { accorder, type Constat, citer, type Regle, repondre, type Sujet } from '../regles/regle.ts';
import { REGLES_TYPOLOGIE } from '../regles/typologie.ts';
import { type CodeEnvoye, COURRIERS, ENVOIS, estCourrier } from './codes.ts';
import { dateCourrierDe, ecrireEchange, IDENTITES, messageDe, sujetDe } from './resume.ts';

/** Controls of what a collectivité answers to a letter of the préfecture. */

export interface FaitsReponse {
  readonly courrier: Flux;
  readonly acte: Flux;
  /** Refuses what is asked, or rejects the observations. */
  readonly refus: boolean;
  /** Types declared of the documents, in order. */
  readonly typologies: readonly string[];
  readonly pieces: readonly FaitsPiece[];
  readonly collectivite: Collectivite;
  readonly jour: Sujet['faits']['jour'];
}

/** What the answer to a letter is; null: the norm has none, or none that refuses. */
export function codeReponse(courrier: Pick<Flux, 'resume'>, refus: boolean): CodeEnvoye | null {
  const code = messageDe(courrier);
  if (!estCourrier(code)) return null;
  const reponses: readonly CodeEnvoye[] = COURRIERS[code].reponses;
  if (reponses.length < 2) return refus ? null : (reponses[0] ?? null);
  return reponses[refus ? 0 : 1] ?? null;
}

function regleNombre(code: CodeEnvoye): Regle {
  const { documents, libelle } = ENVOIS[code];
  return {
    code: 'ACTES-REP-01',
    question: 'La réponse porte-t-elle les documents que son message demande ?',
    source: `Norme d’échange ACTES, actesv1_1.xsd, message ${code}`,
    gravite: 'bloquante',
    examiner: ({ faits }) => {
      const nombre = faits.pieces.length;
      if (nombre > 0 && (nombre === 1 || documents === 'plusieurs')) return [];
      const attendu = documents === 'plusieurs' ? 'au moins un document' : 'un document, et un seul';
      const joints = nombre === 0 ? 'aucun n’est joint' : `${accorder(nombre, 'est joint', 'sont joints')}`;
      return [
        {
          ou: 'document',
          message: `Un message ${code} (${libelle}) porte ${attendu} ; ${joints}.`,
          remede: `Joindre ${attendu}.`,
        },
      ];
    },
  };
}

function regleTypologies({ typologies }: FaitsReponse): Regle {
  return {
    code: 'ACTES-REP-03',
    question: 'Les typologies déclarées sont-elles celles des documents joints ?',
    source: 'Norme d’échange ACTES (arrêté du 23 mai 2017) : typologie des pièces jointes',
    gravite: 'bloquante',
    examiner: ({ faits: { pieces } }) => {
      if (typologies.length <= pieces.length) return [];
      const declarees = accorder(typologies.length, 'typologie déclarée', 'typologies déclarées');
      const joints = accorder(pieces.length, 'document joint', 'documents joints');
      return [
        {
          ou: 'typologies',
          message: `${declarees}, ${joints}.`,
          remede: 'Déclarer une typologie par document, dans leur ordre.',
        },
      ];
    },
  };
}

const REGLE_TYPES: Regle = {
  code: 'ACTES-REP-02',
  question: 'Chaque document est-il d’un type admis, constaté sur son contenu ?',
  source: 'Norme d’échange ACTES : PDF, JPEG, PNG, XML',
  gravite: 'bloquante',
  examiner: (sujet) =>
    situees(sujet)
      .filter(({ piece }) => !EXTENSIONS.has(piece.type))
      .map(
        ({ piece, ou }): Constat => ({
          ou,
          message: `Le document ${citer(piece.nom)} est d’un type qu’ACTES ne transporte pas.`,
          remede: 'Le convertir en PDF, JPEG, PNG ou XML.',
        }),
      ),
};

/** What holds for any document, whatever the message that carries it. */
const COMMUNES = ['ACTES-PCE-02', 'ACTES-PCE-06', 'ACTES-PCE-10'];

function sujetReponse(faits: FaitsReponse): Sujet {
  const { pieces, collectivite, jour, typologies, acte } = faits;
  const classification = collectivite.actes?.classification ?? null;
  // one for each document: a missing one is told where it stands
  const declarees = pieces.map((_, rang) => ({ typologie: typologies[rang] ?? '' }));
  const [document, ...annexes] = declarees;
  const champs = { document, annexes };
  return {
    faits: { metadonnees: null, pieces, collectivite, jour },
    lues: { champs, defauts: [], absents: [] },
    champs,
    nature: trouverNature(String(acte.resume['nature'] ?? sujetDe(acte).abrege), classification),
    classification,
    document: pieces[0] ?? null,
    annexes: pieces.slice(1),
    classificationRequise: false,
  };
}

/** Answers every control of an answer; all replies are kept, good or bad. */
export function controlerReponse(faits: FaitsReponse, code: CodeEnvoye): ResultatControle {
  const sujet = sujetReponse(faits);
  const communes = REGLES_PIECES.filter((r) => COMMUNES.includes(r.code));
  const siennes = [regleNombre(code), REGLE_TYPES, regleTypologies(faits)];
  const regles = [...siennes, ...communes, ...REGLES_PDF, ...REGLES_TYPOLOGIE];
  const reponses = regles.map((regle) => repondre(regle, sujet));
  const base = { format: 'vaguemestre-rapport-controles-v1', reponses } as const;
  const refuse = bloquantes({ ...base, verdict: 'favorable' }).length > 0;
  const rapport: RapportControles = { ...base, verdict: refuse ? 'defavorable' : 'favorable' };
  return { rapport, lu: reponseLue(faits, code) };
}

function reponseLue({ courrier, typologies }: FaitsReponse, message: CodeEnvoye): DepotLu {
  return {
    identite: IDENTITES.reponse(courrier.identite),
    resume: ecrireEchange({
      ...sujetDe(courrier),
      message,
      dateCourrier: dateCourrierDe(courrier),
      typologies: [...typologies],
    }),
  };
}

/** The cancellation of the transmission of an acte (6-1). */
export function annulationDe(acte: Flux): DepotLu {
  const sujet = sujetDe(acte);
  return {
    identite: IDENTITES.annulation(sujet.idActe),
    resume: ecrireEchange({ ...sujet, message: '6-1', dateCourrier: null, typologies: [] }),
  };
}
