import { cleLuhn } from '../../../metier/identifiants.ts';
import { absent, situer } from './entetes.ts';
import type { Constat, Regle, Sujet } from './regle.ts';
import { citer } from './regle.ts';

const INSCRIRE =
  'L’exploitant inscrit ce SIRET sur la fiche HELIOS de la collectivité, s’il est bien l’un des siens';

function examinerActive({ faits: { collectivite } }: Sujet): Constat[] {
  if (collectivite.actif) return [];
  return [
    {
      message: `La collectivité ${collectivite.siren} (${collectivite.nom}) est désactivée.`,
      remede: 'L’exploitant la réactive si son adhésion au protocole PES est en vigueur.',
    },
  ];
}

/** A SIRET nobody registered is never learnt from a file: who sends a file must not decide whose returns he gets. */
function examinerSiret({ entetes, faits: { collectivite, fiche } }: Sujet): Constat[] | null {
  if (entetes === null) return null;
  const { idColl } = entetes;
  const remede = 'Renseigner EnTetePES/IdColl avec le SIRET du budget, quatorze chiffres.';
  if (idColl === null) return [absent('idColl', remede)];
  const ou = situer('idColl', idColl);
  const siret = idColl.valeur;
  if (!/^[0-9]{14}$/.test(siret)) return [{ ou, message: `EnTetePES/IdColl vaut ${citer(siret)}.`, remede }];
  if (fiche?.sirets.includes(siret) === true) return [];
  if (siret.startsWith(collectivite.siren)) {
    const message = `Le SIRET ${siret} n’est pas inscrit pour la collectivité ${collectivite.siren}, dont il porte le SIREN.`;
    return [
      {
        ou,
        message,
        remede: `${INSCRIRE} : sans quoi ses PES Retour attendront une décision.`,
        gravite: 'avertissement',
      },
    ];
  }
  const message = `Le SIRET ${siret} n’est pas l’un de ceux de la collectivité ${collectivite.siren} (${collectivite.nom}).`;
  return [{ ou, message, remede: `Déposer le fichier au nom de sa collectivité. ${INSCRIRE}.` }];
}

function examinerCle({ entetes }: Sujet): Constat[] | null {
  const idColl = entetes?.idColl ?? null;
  if (idColl === null || !/^[0-9]{14}$/.test(idColl.valeur)) return null;
  // the establishments of La Poste follow another rule
  if (cleLuhn(idColl.valeur) || idColl.valeur.startsWith('356000000')) return [];
  return [
    {
      ou: situer('idColl', idColl),
      message: `La clé du SIRET ${idColl.valeur} est fausse.`,
      remede: 'Vérifier le SIRET dans le logiciel : un chiffre est sans doute erroné.',
    },
  ];
}

function examinerDestination({ faits: { collectivite, fiche } }: Sujet): Constat[] {
  if (fiche !== null && fiche.destination !== '') return [];
  return [
    {
      message: `Le centre destinataire (P_DEST) de la collectivité ${collectivite.siren} (${collectivite.nom}) n’est pas renseigné.`,
      remede: 'L’exploitant le renseigne sur la fiche HELIOS de la collectivité ; le comptable le connaît.',
    },
  ];
}

export const REGLES_COLLECTIVITE: readonly Regle[] = [
  {
    code: 'HELIOS-COL-01',
    question: 'La collectivité est-elle autorisée à télétransmettre ?',
    source: 'Arrêté du 27 juin 2007, art. 2 et 3',
    gravite: 'bloquante',
    examiner: examinerActive,
  },
  {
    code: 'HELIOS-COL-02',
    question: 'Le fichier est-il celui d’un budget de la collectivité (IdColl) ?',
    source: 'Cahier des charges HELIOS, 2-20 ; PES v2, Class_EntetePES.xsd, IdColl ; refus ERREUR_SIRET',
    gravite: 'bloquante',
    examiner: examinerSiret,
  },
  {
    code: 'HELIOS-COL-03',
    question: 'La clé du SIRET (IdColl) est-elle juste ?',
    source: 'INSEE, clé de Luhn ; contrôle de vraisemblance de vaguemestre',
    gravite: 'avertissement',
    examiner: examinerCle,
  },
  {
    code: 'HELIOS-COL-04',
    question: 'Le centre destinataire est-il connu ?',
    source: 'Raccordement à la DGFiP, P_DEST',
    gravite: 'bloquante',
    examiner: examinerDestination,
  },
];
