import type { Etat } from '../metier/etats.ts';
import type { NomProtocole, ObjetJson } from '../metier/flux.ts';
import type { FichierClient } from './client.ts';
import { creerPdf } from './pdf.ts';

/** One deposit of the demonstration: what it is, what the simulated State does of it, and how it must end. */
export interface DepotDuRecit {
  readonly titre: string;
  readonly protocole: NomProtocole;
  readonly metadonnees: ObjetJson;
  readonly fichiers: readonly FichierClient[];
  /** State in which the flux must end; `refus_depot` when the door must refuse it. */
  readonly fin: Etat | 'refus_depot';
  /** The operator settles its uncertain fate after having asked the préfecture. */
  readonly trancher?: boolean;
}

type Acte = Omit<DepotDuRecit, 'protocole'>;

function document(titre: string): FichierClient {
  return { role: 'document', nom: 'acte.pdf', octets: creerPdf(['Commune de démonstration', titre]) };
}

function annexe(titre: string): FichierClient {
  return { role: 'annexe', nom: `${titre}.pdf`, octets: creerPdf(['Annexe', titre]) };
}

function deliberation(numero: string, objet: string, jour: string): ObjetJson {
  return {
    numero,
    date: jour,
    objet,
    nature: '1',
    matiere: '7.1',
    document: { typologie: '99_DE' },
    annexes: [],
  };
}

/** @param jour date of the decisions, not in the future. @param demain a date that the door must refuse. */
export function actesDuRecit(jour: string, demain: string): readonly DepotDuRecit[] {
  const actes = [...actesOrdinaires(jour, demain), ...actesContraries(jour)];
  return actes.map((acte) => ({ ...acte, protocole: 'ACTES' }));
}

/** The acte that the préfecture writes about. */
export function acteDuDialogue(jour: string): DepotDuRecit {
  return {
    titre: 'un acte sur lequel la préfecture va écrire',
    protocole: 'ACTES',
    metadonnees: deliberation('DELIB_10', 'Marché de la salle des fêtes', jour),
    fichiers: [document('Salle des fêtes')],
    fin: 'annule',
  };
}

/** A small good acte, of which the demonstration deposits several at once; the préfecture writes about one in four. */
export function acteDeRafale(jour: string, rang: number): DepotDuRecit {
  return {
    titre: 'un acte pris dans la panne',
    protocole: 'ACTES',
    metadonnees: deliberation(
      `RAFALE_${rang}${rang % 4 === 0 ? '_C31' : ''}`,
      'Vote du budget primitif',
      jour,
    ),
    fichiers: [document('Budget primitif')],
    fin: 'acquitte',
  };
}

/** Well or badly filled: what the deposit door sees. */
function actesOrdinaires(jour: string, demain: string): readonly Acte[] {
  const deuxAnnexes = [{ typologie: '70_DE' }, { typologie: '99_SE' }];
  return [
    {
      titre: 'une délibération avec deux annexes',
      metadonnees: { ...deliberation('DELIB_01', 'Vote du budget primitif', jour), annexes: deuxAnnexes },
      fichiers: [document('Budget primitif'), annexe('rapport'), annexe('feuille-de-presence')],
      fin: 'acquitte',
    },
    {
      titre: 'un arrêté avec accents et guillemets dans l’objet',
      metadonnees: {
        numero: 'ARR_02',
        date: jour,
        objet: 'Fête « de l\'été » : circulation interdite rue "du Marché" & place d\'Août',
        nature: '2',
        matiere: '6.1',
        document: { typologie: '99_AR' },
        annexes: [],
      },
      fichiers: [document('Circulation')],
      fin: 'acquitte',
    },
    {
      titre: 'un acte mal rempli : numéro avec un tiret, date à venir',
      metadonnees: deliberation('2026-03', 'Tarifs de la cantine', demain),
      fichiers: [document('Tarifs')],
      fin: 'refus_depot',
    },
  ];
}

/** Good actes to which something happens on the way. */
function actesContraries(jour: string): readonly Acte[] {
  return [
    {
      titre: 'un acte que le ministère refuse (1-3)',
      metadonnees: deliberation('DELIB_04_ANO13', 'Subvention', jour),
      fichiers: [document('Subvention')],
      fin: 'anomalie',
    },
    {
      titre: 'une connexion coupée en plein envoi : le ministère n’a rien',
      metadonnees: deliberation('DELIB_05_COUPE', 'Emprunt', jour),
      fichiers: [
        {
          ...document('Emprunt'),
          octets: creerPdf(Array.from({ length: 2_000 }, (_, n) => `Ligne ${n} de l'échéancier`)),
        },
      ],
      fin: 'acquitte',
      trancher: true,
    },
    {
      titre: 'une connexion coupée avant la réponse : le ministère a tout',
      metadonnees: deliberation('DELIB_06_COUPEA', 'Cession', jour),
      fichiers: [document('Cession')],
      fin: 'acquitte',
    },
    {
      titre: 'un guichet en panne deux fois (HTTP 503)',
      metadonnees: deliberation('DELIB_07_H503', 'Convention', jour),
      fichiers: [document('Convention')],
      fin: 'acquitte',
    },
    {
      titre: 'un accusé qui arrive deux fois',
      metadonnees: deliberation('DEL_08_DOUBLE', 'Règlement intérieur', jour),
      fichiers: [document('Règlement')],
      fin: 'acquitte',
    },
    {
      titre: 'une réponse en UTF-8 qui se dit ISO-8859-1',
      metadonnees: deliberation('DELIB_09_UTF8', "Création d'emplois à l'école", jour),
      fichiers: [document('Emplois')],
      fin: 'acquitte',
    },
  ];
}
