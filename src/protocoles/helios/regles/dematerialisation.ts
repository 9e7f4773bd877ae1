import type { Domaine, FaitsPes } from '../lecture/faits.ts';
import { BLOCS, estVrai, LIBELLE_DOMAINE, nommer } from './contenu.ts';
import type { Constat, Regle, Sujet } from './regle.ts';
import { citer, lieu } from './regle.ts';

/** InfoDematerialisee and signatures go together, domain by domain: Hélios refuses the whole file otherwise. */

function ou(domaine: Domaine): string {
  return lieu(
    `${BLOCS[domaine.nom]}/InfoDematerialisee`,
    domaine.infoDematerialisee?.position ?? domaine.position,
  );
}

/** A signature of the file covers every domain. Those that stand elsewhere sign nothing the norm knows. */
function globale(pes: FaitsPes): boolean {
  return pes.signatures.some((s) => s.lieu.type === 'fichier');
}

function signes(domaine: Domaine): number {
  return domaine.bordereaux.filter((b) => b.signatures > 0).length;
}

function examinerValeur({ pes }: Sujet): Constat[] | null {
  if (pes === null || pes.domaines.length === 0) return null;
  return pes.domaines.flatMap((domaine) => {
    const valeur = domaine.infoDematerialisee?.valeur;
    if (valeur === undefined || /^\s*(?:0|1|true|false)\s*$/.test(valeur)) return [];
    return [
      {
        ou: ou(domaine),
        message: `L’indicateur InfoDematerialisee de la ${LIBELLE_DOMAINE[domaine.nom]} vaut ${citer(valeur)}.`,
        remede: 'Écrire 1 (dématérialisé, signé) ou 0.',
      },
    ];
  });
}

function examinerSansSignature({ pes, faits: { aSigner } }: Sujet): Constat[] | null {
  const annonces = (pes?.domaines ?? []).filter((d) => estVrai(d.infoDematerialisee?.valeur));
  if (pes === null || annonces.length === 0 || aSigner) return null;
  const ailleurs = pes.signatures.some((s) => s.lieu.type === 'ailleurs');
  return annonces
    .filter((d) => !globale(pes) && signes(d) === 0)
    .map((domaine) => ({
      ou: ou(domaine),
      message: `La ${LIBELLE_DOMAINE[domaine.nom]} est annoncée dématérialisée (InfoDematerialisee = 1) et n’est pas signée${ailleurs ? ' : une signature se trouve à une place que la norme ne connaît pas' : ''}.`,
      remede:
        'Faire signer les bordereaux, ou le fichier entier ; à défaut, écrire 0 : Hélios refuse sinon tout le fichier.',
    }));
}

/** A file that nobody signed yet may say 0: who signs it writes 1. */
function examinerSignatureDeTrop({ pes }: Sujet): Constat[] | null {
  if (pes === null || pes.domaines.length === 0) return null;
  return pes.domaines
    .filter((d) => !estVrai(d.infoDematerialisee?.valeur) && (globale(pes) || signes(d) > 0))
    .map((domaine) => ({
      ou: ou(domaine),
      message: `La ${LIBELLE_DOMAINE[domaine.nom]} est signée et n’est pas annoncée dématérialisée (InfoDematerialisee absent ou 0).`,
      remede: 'Écrire 1 dans l’original, puis le signer de nouveau : Hélios refuse sinon tout le fichier.',
    }));
}

function examinerPartielle({ pes, faits: { aSigner } }: Sujet): Constat[] | null {
  if (pes === null || aSigner || globale(pes)) return null;
  const vises = pes.domaines.filter((d) => estVrai(d.infoDematerialisee?.valeur) && signes(d) > 0);
  if (vises.length === 0) return null;
  return vises.flatMap((domaine) =>
    domaine.bordereaux
      .filter((b) => b.signatures === 0)
      .map((bordereau) => ({
        ou: lieu(nommer(domaine, bordereau), bordereau.position),
        message: 'Ce bordereau n’est pas signé, alors que d’autres du même domaine le sont.',
        remede: 'Le faire signer, ou vérifier qu’il n’avait pas à l’être.',
      })),
  );
}

const SOURCE = 'PES v2, EnTeteDepense et EnTeteRecette, InfoDematerialisee';

export const REGLES_DEMATERIALISATION: readonly Regle[] = [
  {
    code: 'HELIOS-DEM-01',
    question: 'L’indicateur de dématérialisation se lit-il ?',
    source: SOURCE,
    gravite: 'bloquante',
    examiner: examinerValeur,
  },
  {
    code: 'HELIOS-DEM-02',
    question: 'Ce qui est annoncé dématérialisé est-il signé ?',
    source: `${SOURCE} ; refus ERREUR_PES_SIGNATURE`,
    gravite: 'bloquante',
    examiner: examinerSansSignature,
  },
  {
    code: 'HELIOS-DEM-03',
    question: 'Ce qui est signé est-il annoncé dématérialisé ?',
    source: `${SOURCE} ; refus ERREUR_PES_PARAM_SIGNATURE`,
    gravite: 'bloquante',
    examiner: examinerSignatureDeTrop,
  },
  {
    code: 'HELIOS-DEM-04',
    question: 'Tous les bordereaux d’un domaine signé le sont-ils ?',
    source: 'Politique de signature Hélios, § 2.1 ; arrêté du 27 juin 2007, art. 5',
    gravite: 'avertissement',
    examiner: examinerPartielle,
  },
];
