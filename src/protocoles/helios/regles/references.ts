import type { ReferencePJ } from '../lecture/faits.ts';
import type { Constat, Regle, Sujet } from './regle.ts';
import { accorder, citer, lieu } from './regle.ts';

/** Attached pieces that mandats and titres announce. */

function situer(reference: ReferencePJ): string {
  const bloc = reference.domaine === 'depense' ? 'PES_DepenseAller' : 'PES_RecetteAller';
  return lieu(`${bloc}/Bordereau[${reference.bordereau}], PJRef`, reference.position);
}

function references(examiner: (reference: ReferencePJ) => Omit<Constat, 'ou'> | null) {
  return ({ pes }: Sujet): Constat[] | null => {
    if (pes === null || pes.references.length === 0) return null;
    return pes.references.flatMap((reference) => {
      const constat = examiner(reference);
      return constat === null ? [] : [{ ...constat, ou: situer(reference) }];
    });
  };
}

function examinerReference({ support, idUnique }: ReferencePJ): Omit<Constat, 'ou'> | null {
  const manque =
    support === null || support === ''
      ? 'son support (Support)'
      : idUnique === null || idUnique === ''
        ? 'son identifiant (IdUnique)'
        : null;
  if (manque === null) return null;
  return {
    message: `Une pièce est citée sans ${manque}.`,
    remede: 'Le renseigner : Hélios refuse sinon tout le fichier.',
  };
}

/** Pieces announced as electronic that come another way: allowed, worth knowing. */
function examinerAttendues({ pes }: Sujet): Constat[] | null {
  const attendues = (pes?.references ?? []).filter((r) => r.support === '01' && r.idUnique !== null);
  if (pes === null || attendues.length === 0) return null;
  const presentes = new Set(pes.pieces.map((p) => p.idUnique?.valeur));
  const absentes = [
    ...new Set(attendues.filter((r) => !presentes.has(r.idUnique ?? '')).map((r) => r.idUnique ?? '')),
  ];
  if (absentes.length === 0) return [];
  const debut = absentes
    .slice(0, 5)
    .map((id) => id.slice(0, 50))
    .join(', ');
  return [
    {
      message: `${accorder(absentes.length, 'pièce électronique citée n’est pas dans ce fichier', 'pièces électroniques citées ne sont pas dans ce fichier')} : ${debut}${absentes.length > 5 ? '…' : ''}.`,
      remede: 'Les envoyer à part (PES PJ), si ce n’est déjà fait.',
    },
  ];
}

function examinerSupports({ pes }: Sujet): Constat[] | null {
  const hors = (pes?.references ?? []).filter((r) => r.support === '02' || r.support === '03');
  if (pes === null || hors.length === 0) return null;
  const presentes = new Set(pes.pieces.map((p) => p.idUnique?.valeur));
  return hors
    .filter((r) => r.idUnique !== null && presentes.has(r.idUnique))
    .map((r) => ({
      ou: situer(r),
      message: `La pièce ${citer(r.idUnique ?? '')} est annoncée sur ${r.support === '02' ? 'papier' : 'cédérom'} et se trouve dans le fichier.`,
      remede: 'Annoncer le support électronique (01), ou retirer la pièce du fichier.',
    }));
}

const PJREF = 'PES v2, Class_PJReference.xsd';

export const REGLES_REFERENCES: readonly Regle[] = [
  {
    code: 'HELIOS-PJ-09',
    question: 'Chaque pièce citée l’est-elle avec son support et son identifiant ?',
    source: `${PJREF}, Support et IdUnique`,
    gravite: 'bloquante',
    examiner: references(examinerReference),
  },
  {
    code: 'HELIOS-PJ-10',
    question: 'Les pièces électroniques citées sont-elles dans le fichier ?',
    source: 'Arrêté du 27 juin 2007, art. 13 : dans le flux ou à part',
    gravite: 'avertissement',
    examiner: examinerAttendues,
  },
  {
    code: 'HELIOS-PJ-11',
    question: 'Les pièces citées sur papier ou cédérom sont-elles bien hors du fichier ?',
    source: `${PJREF}, Support`,
    gravite: 'avertissement',
    examiner: examinerSupports,
  },
];
