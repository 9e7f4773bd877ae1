import type { Champ, CleEntete } from '../lecture/faits.ts';
import { defautNomFic } from '../nommage.ts';
import { BLOCS } from './contenu.ts';
import type { Constat, Regle, Sujet } from './regle.ts';
import { citer, lieu } from './regle.ts';

/** Enveloppe and EnTetePES: what the State and its acquittement recognise the file by. */

const CHEMINS: Readonly<Record<CleEntete, string>> = {
  version: 'Enveloppe/Parametres/Version',
  typFic: 'Enveloppe/Parametres/TypFic',
  nomFic: 'Enveloppe/Parametres/NomFic',
  sigle: 'Enveloppe/Emetteur/Sigle',
  adresse: 'Enveloppe/Emetteur/Adresse',
  dteStr: 'EnTetePES/DteStr',
  idPost: 'EnTetePES/IdPost',
  libellePoste: 'EnTetePES/LibellePoste',
  idColl: 'EnTetePES/IdColl',
  finJur: 'EnTetePES/FinJur',
  codCol: 'EnTetePES/CodCol',
  codBud: 'EnTetePES/CodBud',
  libelleColBud: 'EnTetePES/LibelleColBud',
};

/** `Champ` shown where it stands, under its path. */
export function situer(cle: CleEntete, champ: Champ): string {
  return lieu(CHEMINS[cle], champ.position);
}

export function absent(cle: CleEntete, remede: string): Constat {
  return { ou: CHEMINS[cle], message: `${CHEMINS[cle]} n’est pas renseigné.`, remede };
}

/** The value of one header against a form; absent or out of form is a finding. */
function forme(cle: CleEntete, motif: RegExp, attendu: string) {
  return ({ entetes }: Sujet): Constat[] | null => {
    if (entetes === null) return null;
    const champ = entetes[cle];
    const remede = `Renseigner ${CHEMINS[cle]} : ${attendu}.`;
    if (champ === null) return [absent(cle, remede)];
    if (motif.test(champ.valeur)) return [];
    return [{ ou: situer(cle, champ), message: `${CHEMINS[cle]} vaut ${citer(champ.valeur)}.`, remede }];
  };
}

const DEFAUTS_NOM = {
  vide: () => 'Le nom du fichier (NomFic) est vide.',
  long: (nom: string) => `Le nom du fichier (NomFic) ${citer(nom)} dépasse 100 caractères.`,
  muet: (nom: string) => `Le nom du fichier (NomFic) ${citer(nom)} n’en est pas un.`,
} as const;

function examinerNomFic({ entetes }: Sujet): Constat[] | null {
  if (entetes === null) return null;
  const remede =
    'Renseigner Enveloppe/Parametres/NomFic : 1 à 100 caractères, propres à ce fichier ; Hélios n’acquitte un fichier que par ce nom.';
  const { nomFic } = entetes;
  if (nomFic === null) return [absent('nomFic', remede)];
  const defaut = defautNomFic(nomFic.valeur);
  if (defaut === null) return [];
  return [{ ou: situer('nomFic', nomFic), message: DEFAUTS_NOM[defaut](nomFic.valeur), remede }];
}

function examinerEspaces({ entetes }: Sujet): Constat[] | null {
  const nomFic = entetes?.nomFic ?? null;
  if (nomFic === null) return null;
  if (!/^\s|\s$|\s\s/.test(nomFic.valeur)) return [];
  return [
    {
      ou: situer('nomFic', nomFic),
      message: `Le nom du fichier (NomFic) ${citer(nomFic.valeur)} commence ou finit par un espace, ou en contient plusieurs de suite.`,
      remede: 'Retirer ces espaces : l’acquittement pourrait revenir sous un nom un peu différent.',
    },
  ];
}

function examinerRepetitions({ pes, acquitRetour }: Sujet): Constat[] | null {
  const repetitions = (pes ?? acquitRetour)?.repetitions;
  if (repetitions === undefined) return null;
  return repetitions.map(({ cle, position }) => ({
    ou: lieu(CHEMINS[cle], position),
    message: `${CHEMINS[cle]} figure plusieurs fois.`,
    remede: 'N’en garder qu’un : chaque lecteur pourrait en retenir un autre.',
  }));
}

interface VersionAttendue {
  readonly chemin: string;
  readonly champ: Champ | null;
  readonly attendu: string;
}

function versions({ pes }: Sujet): VersionAttendue[] | null {
  if (pes === null) return null;
  const pj = { chemin: 'PES_PJ/EnTetePES_PJ/IdVer', champ: pes.idVerPJ, attendu: '1' };
  return [
    { chemin: CHEMINS.version, champ: pes.entetes.version, attendu: '2' },
    ...pes.domaines.map((d) => ({ chemin: `${BLOCS[d.nom]}/IdVer`, champ: d.idVer, attendu: '2' })),
    ...(pes.pieces.length === 0 ? [] : [pj]),
  ];
}

function examinerVersions(sujet: Sujet): Constat[] | null {
  const attendues = versions(sujet);
  if (attendues === null) return null;
  return attendues.flatMap(({ chemin, champ, attendu }) => {
    if (champ !== null && Number(champ.valeur) === Number(attendu)) return [];
    return [
      {
        ou: champ === null ? chemin : lieu(chemin, champ.position),
        message: `La version ${champ === null ? 'manque' : `est ${citer(champ.valeur)}`} (${chemin}).`,
        remede: `Écrire ${attendu} : selon la norme, Hélios refuse les autres.`,
      },
    ];
  });
}

const EN_TETE = 'PES v2, Class_EntetePES.xsd';

export const REGLES_ENTETES: readonly Regle[] = [
  {
    code: 'HELIOS-NOM-01',
    question: 'Le fichier porte-t-il un nom (NomFic) sous lequel Hélios pourra l’acquitter ?',
    source: 'PES v2, Class_Enveloppe.xsd, NomFic ; cahier des charges HELIOS, 2-1',
    gravite: 'bloquante',
    examiner: examinerNomFic,
  },
  {
    code: 'HELIOS-NOM-02',
    question: 'Ce nom reviendra-t-il à coup sûr à l’identique ?',
    source: 'Contrôle de vraisemblance de vaguemestre',
    gravite: 'avertissement',
    examiner: examinerEspaces,
  },
  {
    code: 'HELIOS-ENT-01',
    question: 'Chaque en-tête ne figure-t-il qu’une fois ?',
    source: 'PES v2, Class_Enveloppe.xsd et Class_EntetePES.xsd',
    gravite: 'bloquante',
    examiner: examinerRepetitions,
  },
  {
    code: 'HELIOS-ENT-02',
    question: 'Le code collectivité (CodCol) est-il bien formé ?',
    source: `${EN_TETE}, CodCol ; refus ERREUR_CODE_COLLECTIVITE_BUDGET`,
    gravite: 'bloquante',
    examiner: forme('codCol', /^(?!000)[0-9]{3}$/, 'trois chiffres, autres que 000'),
  },
  {
    code: 'HELIOS-ENT-03',
    question: 'Le code budget (CodBud) est-il bien formé ?',
    source: `${EN_TETE}, CodBud ; refus ERREUR_CODE_COLLECTIVITE_BUDGET`,
    gravite: 'bloquante',
    examiner: forme('codBud', /^[0-9A-Z][0-9]$/, 'un chiffre ou une lettre capitale, puis un chiffre'),
  },
  {
    code: 'HELIOS-ENT-04',
    question: 'Le codique du poste comptable (IdPost) est-il bien formé ?',
    source: `${EN_TETE}, IdPost ; refus ERREUR_CODIQUE`,
    gravite: 'bloquante',
    examiner: forme(
      'idPost',
      /^(?!0+$)(?:02[AB][0-9]{3,4}|[0-9]{6,7})$/,
      'six ou sept chiffres (02A ou 02B en Corse)',
    ),
  },
  {
    code: 'HELIOS-ENT-05',
    question: 'Les versions annoncées sont-elles celles que la norme demande ?',
    source: 'PES v2, Version et IdVer ; refus ERREUR_VERSION_PES et ERREUR_VERSION_PJ',
    gravite: 'avertissement',
    examiner: examinerVersions,
  },
];
