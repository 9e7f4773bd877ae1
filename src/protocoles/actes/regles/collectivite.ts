import { caracteresInterdits, horsLatin1 } from '../../../formats/encodages/texte.ts';
import type { FicheActes } from '../../../metier/collectivite.ts';
import { MOTIF_DEPARTEMENT } from '../noms.ts';
import { type Constat, citer, type Regle } from './regle.ts';

/** E-mail as the schema wants it: no `+`, last label of 2 to 6 letters (actesv1_1.xsd, Email). */
const MOTIF_COURRIEL = /^[_a-zA-Z0-9-]+(\.[_a-zA-Z0-9-]+)*@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*\.[a-zA-Z]{2,6}$/;

function defaut(ou: string, vu: string, attendu: string): Constat {
  return {
    ou: `collectivite.actes.${ou}`,
    message: `La fiche ACTES de la collectivité porte ${citer(vu)} comme ${attendu.split(' :')[0]}.`,
    remede: `L’exploitant corrige la fiche de la collectivité ; attendu : ${attendu}.`,
  };
}

/** A text that reaches the envelope: XML must be able to carry it in ISO-8859-1. */
function texteEnvoyable(texte: string): boolean {
  return caracteresInterdits(texte).length === 0 && horsLatin1(texte).autres.length === 0;
}

function defautsReferent({ referent }: FicheActes): Constat[] {
  const constats: Constat[] = [];
  if (referent.nom.trim() === '' || !texteEnvoyable(referent.nom)) {
    constats.push(defaut('referent.nom', referent.nom, 'nom du référent : un texte non vide en ISO-8859-1'));
  }
  if (!texteEnvoyable(referent.telephone)) {
    constats.push(defaut('referent.telephone', referent.telephone, 'téléphone du référent : des chiffres'));
  }
  if (!MOTIF_COURRIEL.test(referent.courriel)) {
    constats.push(
      defaut(
        'referent.courriel',
        referent.courriel,
        'courriel du référent : une adresse telle que actes@mairie.fr',
      ),
    );
  }
  return constats;
}

function defautsFiche(fiche: FicheActes): Constat[] {
  const constats: Constat[] = [];
  if (!MOTIF_DEPARTEMENT.test(fiche.departement)) {
    constats.push(defaut('departement', fiche.departement, 'département : trois caractères (034, 02A, 974)'));
  }
  if (!/^[0-9]$/.test(fiche.arrondissement)) {
    constats.push(defaut('arrondissement', fiche.arrondissement, 'arrondissement : un chiffre'));
  }
  if (!/^[0-9]{2}$/.test(fiche.nature)) {
    constats.push(
      defaut('nature', fiche.nature, 'nature de collectivité : deux chiffres (31 pour une commune)'),
    );
  }
  constats.push(...defautsReferent(fiche));
  for (const [i, adresse] of fiche.adressesRetour.entries()) {
    if (MOTIF_COURRIEL.test(adresse)) continue;
    constats.push(
      defaut(
        `adressesRetour[${i}]`,
        adresse,
        'adresse de retour : une adresse telle que actes@mairie.fr, sans « + »',
      ),
    );
  }
  return constats;
}

export const REGLES_COLLECTIVITE: readonly Regle[] = [
  {
    code: 'ACTES-COL-01',
    question: 'La collectivité est-elle autorisée à télétransmettre ?',
    source: 'CGCT, art. R. 2131-3 (convention avec le représentant de l’État)',
    gravite: 'bloquante',
    examiner: ({ faits: { collectivite } }) =>
      collectivite.actif
        ? []
        : [
            {
              message: `La collectivité ${collectivite.siren} (${collectivite.nom}) est désactivée.`,
              remede: 'L’exploitant la réactive si sa convention avec la préfecture est en vigueur.',
            },
          ],
  },
  {
    code: 'ACTES-COL-02',
    question: 'La fiche ACTES de la collectivité est-elle complète ?',
    source: 'Norme d’échange ACTES, actesv1_1.xsd, IDCL, Referent et AdressesRetour',
    gravite: 'bloquante',
    examiner: ({ faits: { collectivite } }) =>
      collectivite.actes === null
        ? [
            {
              message: `La collectivité ${collectivite.siren} (${collectivite.nom}) n’a pas de fiche ACTES.`,
              remede:
                'L’exploitant renseigne son département, son arrondissement, sa nature et son référent.',
            },
          ]
        : defautsFiche(collectivite.actes),
  },
];
