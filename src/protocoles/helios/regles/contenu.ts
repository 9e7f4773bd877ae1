import type { Bordereau, Domaine, FaitsPes } from '../lecture/faits.ts';
import type { Constat, Regle, Sujet } from './regle.ts';
import { accorder, citer, lieu } from './regle.ts';

/** What the file carries: something at all, and bordereaux that hold together. */

/** Head of each domain. */
export const BLOCS = {
  depense: 'PES_DepenseAller/EnTeteDepense',
  recette: 'PES_RecetteAller/EnTeteRecette',
} as const;

export const LIBELLE_DOMAINE = { depense: 'dépense', recette: 'recette' } as const;

/** `PES_DepenseAller/Bordereau[2] n° 41`. */
export function nommer(domaine: Domaine, bordereau: Bordereau): string {
  const bloc = domaine.nom === 'depense' ? 'PES_DepenseAller' : 'PES_RecetteAller';
  const numero = bordereau.idBord === null ? '' : ` n° ${bordereau.idBord.valeur.slice(0, 20)}`;
  return `${bloc}/Bordereau[${bordereau.rang}]${numero}`;
}

export function bordereaux(pes: FaitsPes): { readonly domaine: Domaine; readonly bordereau: Bordereau }[] {
  return pes.domaines.flatMap((domaine) => domaine.bordereaux.map((bordereau) => ({ domaine, bordereau })));
}

function examinerVide({ pes, acquitRetour }: Sujet): Constat[] | null {
  if (acquitRetour !== null) {
    const remplis = acquitRetour.elements.filter((e) => (e.nomFichierRetour ?? '') !== '');
    if (remplis.length > 0) return [];
    return [
      {
        message: 'Le PES_ACQUIT_RETOUR ne dit pas quel PES Retour il acquitte.',
        remede: 'Renseigner NomFichierRetour avec le nom du PES Retour reçu.',
      },
    ];
  }
  if (pes === null) return null;
  const pleins = pes.domaines.filter((d) => d.bordereaux.length > 0).length;
  if (pleins + pes.autresDomaines.length + pes.pieces.length > 0) return [];
  return [
    {
      message: 'Le fichier ne contient ni bordereau, ni pièce justificative, ni facture, ni marché.',
      remede: 'Produire de nouveau le fichier : Hélios n’acquitte jamais un fichier vide.',
    },
  ];
}

function cleBordereau({ domaine, bordereau }: ReturnType<typeof bordereaux>[number]): string | null {
  const { exer, typBord, idBord } = bordereau;
  if (exer === null || typBord === null || idBord === null) return null;
  return [domaine.nom, exer.valeur, typBord.valeur, Number(idBord.valeur)].join('/');
}

function examinerNumeros({ pes }: Sujet): Constat[] | null {
  if (pes === null || pes.domaines.length === 0) return null;
  const vus = new Set<string>();
  return bordereaux(pes).flatMap((b) => {
    const cle = cleBordereau(b);
    if (cle === null || !vus.has(cle)) {
      if (cle !== null) vus.add(cle);
      return [];
    }
    const numero = b.bordereau.idBord?.valeur ?? '';
    return [
      {
        ou: lieu(nommer(b.domaine, b.bordereau), b.bordereau.position),
        message: `Le bordereau de ${LIBELLE_DOMAINE[b.domaine.nom]} n° ${numero} figure deux fois, pour le même exercice et le même type.`,
        remede: 'Numéroter ou retirer l’un des deux : Hélios refusera le second comme doublon.',
      },
    ];
  });
}

function examinerNombres({ pes }: Sujet): Constat[] | null {
  if (pes === null || pes.domaines.length === 0) return null;
  return bordereaux(pes).flatMap(({ domaine, bordereau }) => {
    const { nbrPce, pieces } = bordereau;
    if (nbrPce !== null && Number(nbrPce.valeur) === pieces) return [];
    const annonce =
      nbrPce === null ? 'n’annonce pas son nombre de pièces' : `annonce ${citer(nbrPce.valeur)} pièces`;
    return [
      {
        ou: lieu(nommer(domaine, bordereau), nbrPce?.position ?? bordereau.position),
        message: `Le bordereau ${annonce} (NbrPce) et en contient ${accorder(pieces, 'pièce', 'pièces')}.`,
        remede: 'Vérifier que le fichier est complet.',
      },
    ];
  });
}

/** What is to be signed will be announced dematerialised, whatever it says yet. */
function examinerCumuls({ pes, faits: { aSigner } }: Sujet): Constat[] | null {
  const sera = aSigner && pes?.signatures.length === 0;
  const vises = (pes?.domaines ?? []).filter((d) => sera || estVrai(d.infoDematerialisee?.valeur));
  if (pes === null || vises.length === 0) return null;
  return vises.flatMap((domaine) =>
    domaine.bordereaux.flatMap((bordereau) => {
      const ormc = domaine.nom === 'recette' && bordereau.typBord?.valeur === '06';
      if (ormc || (bordereau.mtCumulAnnuel ?? 0n) > 0n) return [];
      return [
        {
          ou: lieu(nommer(domaine, bordereau), bordereau.position),
          message: 'Le montant cumulé de l’exercice (MtCumulAnnuel) manque sur un bordereau dématérialisé.',
          remede: 'Le renseigner : Hélios refuse ce bordereau sans lui.',
        },
      ];
    }),
  );
}

/** xs:boolean. */
export function estVrai(valeur: string | undefined): boolean {
  return /^\s*(?:1|true)\s*$/.test(valeur ?? '');
}

const BORDEREAU = 'PES v2, Class_BordereauDepenseAller.xsd et Class_BordereauRecetteAller.xsd';

export const REGLES_CONTENU: readonly Regle[] = [
  {
    code: 'HELIOS-CNT-01',
    question: 'Le fichier porte-t-il autre chose que ses en-têtes ?',
    source: 'PES v2, PES_Aller.xsd ; refus ERREUR_FLUX_VIDE',
    gravite: 'bloquante',
    examiner: examinerVide,
  },
  {
    code: 'HELIOS-BOR-01',
    question: 'Chaque bordereau ne figure-t-il qu’une fois ?',
    source: `${BORDEREAU}, IdBord ; refus ERREUR_DOUBLON_BORDEREAU`,
    gravite: 'avertissement',
    examiner: examinerNumeros,
  },
  {
    code: 'HELIOS-BOR-02',
    question: 'Chaque bordereau contient-il le nombre de pièces qu’il annonce ?',
    source: `${BORDEREAU}, NbrPce`,
    gravite: 'avertissement',
    examiner: examinerNombres,
  },
  {
    code: 'HELIOS-BOR-03',
    question: 'Chaque bordereau dématérialisé porte-t-il son montant cumulé ?',
    source: `${BORDEREAU}, MtCumulAnnuel ; refus ERREUR_CUMUL_MONTANTS`,
    gravite: 'avertissement',
    examiner: examinerCumuls,
  },
];
