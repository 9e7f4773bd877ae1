import type { FaitsPiece } from '../../protocole.ts';
import { estBudgetaire } from '../natures.ts';
import { situees } from './pieces.ts';
import { type Constat, citer, type Regle, type Sujet } from './regle.ts';

/** Budget documents: seal, délibération beside them, collectivité that they name. */

const EMPREINTES = { md5: /^[0-9a-f]{32}$/, sha1: /^[0-9a-f]{40}$/ } as const;
const SCELLER =
  'Sceller le document avec TotEM (ou l’outil du ministère), et déposer le fichier qu’il rend, sans le rouvrir.';
/** Type of the délibération that goes with a budget (notice de typologie). */
const DELIBERATION = '70_DE';

interface Budget {
  readonly piece: FaitsPiece;
  readonly ou: string;
  readonly faits: NonNullable<FaitsPiece['budget']>;
}

function budgets(sujet: Sujet): readonly Budget[] {
  return situees(sujet).flatMap(({ piece, ou }) =>
    piece.budget === null ? [] : [{ piece, ou, faits: piece.budget }],
  );
}

function examinerPresence(sujet: Sujet): Constat[] | null {
  const trouves = budgets(sujet);
  if (trouves.length === 0) return null;
  return trouves.flatMap(({ piece, ou, faits }): Constat[] => {
    const forme =
      faits.sceau !== null && EMPREINTES.md5.test(faits.sceau.md5) && EMPREINTES.sha1.test(faits.sceau.sha1);
    if (faits.sceaux === 1 && forme) return [];
    const defaut =
      faits.sceaux === 0
        ? 'n’est pas scellé'
        : faits.sceaux > 1
          ? 'porte plusieurs sceaux'
          : 'porte un sceau illisible';
    return [
      {
        ou,
        message: `Le document budgétaire ${citer(piece.nom)} ${defaut} (élément Scellement).`,
        remede: SCELLER,
      },
    ];
  });
}

function examinerEmpreinte(sujet: Sujet): Constat[] | null {
  const scelles = budgets(sujet).filter(({ faits }) => faits.sceaux === 1 && faits.calcule !== null);
  if (scelles.length === 0) return null;
  return scelles
    .filter(
      ({ faits }) => faits.sceau?.md5 !== faits.calcule?.md5 || faits.sceau?.sha1 !== faits.calcule?.sha1,
    )
    .map(({ piece, ou }) => ({
      ou,
      message: `L’empreinte du sceau du document budgétaire ${citer(piece.nom)} n’est pas celle de son contenu.`,
      remede: `Le fichier a peut-être été modifié après son scellement. ${SCELLER}`,
    }));
}

function examinerDeliberation({ champs, nature, document }: Sujet): Constat[] | null {
  if (document?.budget === null || document === null || !estBudgetaire(nature, champs.matiere)) return null;
  if ((champs.annexes ?? []).some((a) => a.typologie === DELIBERATION)) return [];
  return [
    {
      ou: 'annexes',
      message: 'Aucune délibération (typologie 70_DE) n’accompagne ce document budgétaire.',
      remede:
        'Joindre la délibération et la page des signatures en annexe : un seul accusé ouvre alors les deux délais de contrôle.',
    },
  ];
}

function examinerCollectivite(sujet: Sujet): Constat[] | null {
  const { siren } = sujet.faits.collectivite;
  const trouves = budgets(sujet).filter(({ faits }) => /^[0-9]{14}$/.test(faits.siret ?? ''));
  if (trouves.length === 0) return null;
  return trouves
    .filter(({ faits }) => faits.siret?.slice(0, 9) !== siren)
    .map(({ piece, ou, faits }) => ({
      ou,
      message: `Le document budgétaire ${citer(piece.nom)} est au nom du SIRET ${faits.siret ?? ''}, qui n’est pas de la collectivité ${siren}.`,
      remede: 'Vérifier qu’il s’agit bien du budget de cette collectivité.',
    }));
}

export const REGLES_BUDGET: readonly Regle[] = [
  {
    code: 'ACTES-PCE-08',
    question: 'Chaque document budgétaire est-il scellé ?',
    source: 'Norme d’échange ACTES, § 3.4 (arrêté du 13 octobre 2011) ; DocumentBudgetaire, Scellement',
    gravite: 'bloquante',
    examiner: examinerPresence,
  },
  {
    code: 'ACTES-PCE-09',
    question: 'L’empreinte du sceau est-elle celle du document ?',
    source: 'DocumentBudgetaire, Scellement : MD5 et SHA-1 du document canonique sans son sceau',
    gravite: 'avertissement',
    examiner: examinerEmpreinte,
  },
  {
    code: 'ACTES-BUD-01',
    question: 'La délibération accompagne-t-elle le document budgétaire ?',
    source: 'Télétransmission des documents budgétaires : une seule enveloppe, un seul accusé',
    gravite: 'avertissement',
    examiner: examinerDeliberation,
  },
  {
    code: 'ACTES-BUD-02',
    question: 'Le document budgétaire est-il celui de la collectivité ?',
    source: 'DocumentBudgetaire, EnTeteDocBudgetaire, IdColl',
    gravite: 'avertissement',
    examiner: examinerCollectivite,
  },
];
