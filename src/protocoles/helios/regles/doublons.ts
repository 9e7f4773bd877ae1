import { cleFichier } from '../depot.ts';
import type { Constat, Regle, Sujet } from './regle.ts';
import { citer } from './regle.ts';
import { situer } from './entetes.ts';

/** Was it sent already? The answer comes from what the caller knows of his flux. */

function examinerNom({ faits, entetes }: Sujet): Constat[] | null {
  const cle = cleFichier(faits.lecture.faits);
  const nomFic = entetes?.nomFic ?? null;
  if (cle === null || nomFic === null) return null;
  const [premier] = faits.homonymes;
  if (premier === undefined) return [];
  return [
    {
      ou: situer('nomFic', nomFic),
      message: `Le nom ${citer(cle.nomFic)} a déjà servi pour le code collectivité ${cle.codCol.slice(0, 10)} (flux ${premier}).`,
      remede: 'Donner un autre NomFic au fichier : rien ne distinguerait les deux acquittements.',
    },
  ];
}

function examinerContenu({ faits }: Sujet): Constat[] {
  const [premier] = faits.jumeaux;
  if (premier === undefined) return [];
  return [
    {
      message: `Ce fichier a déjà été déposé, octet pour octet (flux ${premier}).`,
      remede:
        'Suivre le premier dépôt ; le faire repartir, s’il le faut, par « vaguemestre renvoyer ». Sous un autre NomFic ce serait un autre fichier, où Hélios refuserait ce qu’il a déjà pris.',
    },
  ];
}

export const REGLES_DOUBLONS: readonly Regle[] = [
  {
    code: 'HELIOS-DBL-01',
    question: 'Ce nom de fichier est-il neuf pour ce code collectivité ?',
    source: 'Acquittement par (NomFic, CodCol) ; cahier des charges HELIOS, 2-1',
    gravite: 'bloquante',
    examiner: examinerNom,
  },
  {
    code: 'HELIOS-DBL-02',
    question: 'Ce contenu est-il neuf ?',
    source: 'Contrôle de vaguemestre contre le double paiement',
    gravite: 'bloquante',
    examiner: examinerContenu,
  },
];
