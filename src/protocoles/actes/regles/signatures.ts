import { nomDeFichier } from '../../../formats/encodages/noms.ts';
import type { FaitsSignature } from '../../protocole.ts';
import { type Constat, citer, lieu, type Regle, type Sujet } from './regle.ts';

/** Detached signatures deposited with the pieces: that each is of a piece, and of a form that the message can carry. */

/** The signature that a piece declares, by the name under which files are kept; null when it declares none. */
export function signatureDeclaree({ signature }: { readonly signature?: string | undefined }): string | null {
  return signature === undefined ? null : nomDeFichier(signature);
}

interface Declaree {
  readonly ou: string;
  readonly nom: string;
}

function declarees({ champs }: Sujet): Declaree[] {
  return [champs.document ?? {}, ...(champs.annexes ?? [])].flatMap((piece, rang) => {
    const nom = signatureDeclaree(piece);
    return nom === null ? [] : [{ ou: `${lieu(rang)}.signature`, nom }];
  });
}

const jointes = ({ faits }: Sujet): readonly FaitsSignature[] => faits.signatures ?? [];

function sansObjet(sujet: Sujet): boolean {
  return jointes(sujet).length + declarees(sujet).length === 0;
}

function repetes(noms: readonly string[]): ReadonlySet<string> {
  return new Set(noms.filter((nom, rang) => noms.indexOf(nom) < rang));
}

function examinerDesignations(sujet: Sujet): Constat[] | null {
  if (sansObjet(sujet)) return null;
  const [dites, noms] = [declarees(sujet), jointes(sujet).map((s) => s.nom)];
  const absentes = dites.filter((d) => !noms.includes(d.nom));
  const muettes = noms.filter((nom) => !dites.some((d) => d.nom === nom));
  const partagees = repetes(dites.map((d) => d.nom));
  return [
    ...absentes.map(({ ou, nom }) => ({
      ou,
      message: `La signature ${citer(nom)} n’est pas jointe.`,
      remede: 'La joindre dans une partie « signature », sous ce nom, ou retirer le champ.',
    })),
    ...muettes.map((nom) => ({
      message: `La signature jointe ${citer(nom)} n’est celle d’aucune pièce.`,
      remede: 'La désigner par « signature » dans la pièce qu’elle signe, ou ne pas la joindre.',
    })),
    ...[...partagees].map((nom) => ({
      message: `La signature ${citer(nom)} est désignée par plusieurs pièces.`,
      remede: 'Joindre une signature détachée pour chaque pièce : elle n’en couvre qu’une.',
    })),
    ...[...repetes(noms)].map((nom) => ({
      message: `Plusieurs signatures jointes se nomment ${citer(nom)}.`,
      remede: 'Donner à chaque signature jointe un nom qui n’est qu’à elle.',
    })),
  ];
}

/** A detached signature weighs some kilobytes, its certificates included. */
const TAILLE_MAX = 1_048_576;

function examinerFormes(sujet: Sujet): Constat[] | null {
  if (jointes(sujet).length === 0) return null;
  return jointes(sujet).flatMap(({ nom, taille, forme }): Constat[] => {
    if (taille > TAILLE_MAX) {
      const message = `La signature ${citer(nom)} pèse ${taille.toLocaleString('fr-FR')} octets, pour 1 Mio admis.`;
      return [{ message, remede: 'Joindre une signature détachée : elle ne contient pas le document.' }];
    }
    if (forme !== null) return [];
    const message = `La signature ${citer(nom)} n’est ni une signature XAdES, ni un PKCS#7.`;
    return [{ message, remede: 'Joindre la signature XAdES détachée (XML) ou PKCS#7 détachée (.p7s).' }];
  });
}

export const REGLES_SIGNATURES: readonly Regle[] = [
  {
    code: 'ACTES-SIG-01',
    question: 'Chaque signature jointe est-elle celle d’une pièce, et d’une seule ?',
    source: 'Norme d’échange ACTES, actesv1_1.xsd, FichierSigne : une Signature au plus par fichier',
    gravite: 'bloquante',
    examiner: examinerDesignations,
  },
  {
    code: 'ACTES-SIG-02',
    question: 'Chaque signature jointe est-elle d’une forme que le message peut porter ?',
    source: 'Norme d’échange ACTES, actesv1_1.xsd, Signature ; XAdES ou PKCS#7 détaché',
    gravite: 'bloquante',
    examiner: examinerFormes,
  },
];
