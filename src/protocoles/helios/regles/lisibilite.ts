import type { Constat, Regle, Sujet } from './regle.ts';
import { accorder, citer, lieu } from './regle.ts';

/** Can the file be read, and is it what it says? */

const SOURCE_XML = 'XML 1.0 ; cahier des charges HELIOS (arrêté du 27 juin 2007, annexe 1)';

/** Refusals of the tokeniser that are about limits of ours, or about the encoding. */
function remedeLecture(code: string): string {
  if (code === 'XML-006') return 'Retirer la déclaration DOCTYPE : elle est refusée pour raison de sécurité.';
  if (code === 'XML-018') {
    return 'Corriger le fichier à sa source : une signature ne saurait pas lequel des deux éléments elle désigne.';
  }
  if (/^XML-00[237]$/.test(code)) return 'Enregistrer le fichier en ISO-8859-1, avant de le signer.';
  if (code === 'XML-031')
    return 'Retirer, avant de le signer, tout ce qui se trouve avant « <?xml » : espaces, tabulations, lignes vides.';
  if (/^XML-04[05]$/.test(code)) return 'Répartir le contenu en plusieurs fichiers.';
  // far above what any PES holds: splitting would not help
  if (/^XML-04[1-4]$/.test(code)) {
    return 'Corriger à la source : aucun PES n’a cette forme, le fichier est défectueux ou hostile.';
  }
  if (code === 'XML-046')
    return 'Déposer de nouveau quand la machine est moins chargée ; si cela dure, répartir le contenu.';
  return 'Produire de nouveau le fichier avec le logiciel d’origine ; le transfert a pu être interrompu.';
}

function examinerLecture({ faits }: Sujet): Constat[] {
  const { refus } = faits.lecture;
  if (refus === null) return [];
  const { ligne, colonne } = refus.position;
  return [
    {
      ou: `ligne ${ligne}, colonne ${colonne}`,
      message: refus.message,
      remede: remedeLecture(refus.code),
    },
  ];
}

function examinerEncodage({ faits }: Sujet): Constat[] | null {
  const encodage = faits.lecture.faits?.encodage;
  if (encodage === undefined) return null;
  if (encodage.lu !== 'ISO-8859-1') {
    const annonce =
      encodage.annonce === null
        ? 'n’annonce aucun encodage (UTF-8 par défaut)'
        : `est en ${citer(encodage.annonce)}`;
    return [
      {
        ou: 'ligne 1, colonne 1',
        message: `Le fichier ${annonce}, alors qu’Hélios attend ISO-8859-1.`,
        remede:
          'Enregistrer le fichier en ISO-8859-1 et l’annoncer dans la déclaration XML, avant de le signer.',
      },
    ];
  }
  if (encodage.annonce?.toUpperCase() === 'ISO-8859-1') return [];
  return [
    {
      ou: 'ligne 1, colonne 1',
      message: `L’encodage ISO-8859-1 est annoncé sous le nom ${citer(encodage.annonce ?? '')}.`,
      remede: 'L’annoncer sous son nom, « ISO-8859-1 » : Hélios pourrait ne pas le reconnaître.',
      gravite: 'avertissement',
    },
  ];
}

function examinerWindows({ faits }: Sujet): Constat[] | null {
  const encodage = faits.lecture.faits?.encodage;
  if (encodage?.lu !== 'ISO-8859-1') return null;
  const { windows1252 } = encodage;
  if (windows1252 === null) return [];
  return [
    {
      ou: `ligne ${windows1252.premiere.ligne}, colonne ${windows1252.premiere.colonne}`,
      message: `${accorder(windows1252.nombre, 'octet du fichier est', 'octets du fichier sont')} de Windows-1252 (’ “ œ €…), sous le nom d’ISO-8859-1.`,
      remede:
        'Le fichier part tel quel ; ces caractères seront illisibles pour le comptable. Les éviter à la source.',
    },
  ];
}

function examinerRacine({ faits, pes, acquitRetour }: Sujet): Constat[] | null {
  const lus = faits.lecture.faits;
  if (lus === null) return null;
  if (pes !== null || acquitRetour !== null || lus.genre !== 'inconnu') return [];
  const { nom, espace } = lus.racine;
  return [
    {
      ou: 'racine',
      message: `La racine du fichier est ${citer(nom)}, dans l’espace ${citer(espace)}.`,
      remede: 'Déposer un PES Aller (PES_Aller, espace « …/pes_v2/Rev0/aller ») ou un PES_ACQUIT_RETOUR.',
    },
  ];
}

function examinerSchema({ faits: { schema, lecture }, pes }: Sujet): Constat[] | null {
  if (schema === null || pes === null || lecture.refus !== null) return null;
  const constats = schema.constats.map((c) => ({
    ou: lieu(c.chemin, c.position),
    message: c.message,
    remede:
      'Vérifier ce point avec l’éditeur du logiciel : Hélios peut refuser ce bordereau, cette pièce ou ce fichier.',
  }));
  if (!schema.tronque) return constats;
  const suite = {
    message: 'D’autres écarts suivent, qui n’ont pas été comptés.',
    remede: 'Corriger les premiers.',
  };
  return [...constats, suite];
}

const LISTES = {
  bordereaux: 'bordereaux',
  references: 'références de pièces justificatives',
  pieces: 'pièces justificatives',
  signatures: 'signatures',
} as const;

function examinerListes({ pes }: Sujet): Constat[] | null {
  if (pes === null) return null;
  return pes.tronquees.map((liste) => ({
    message: `Le fichier contient trop de ${LISTES[liste]} : une partie n’a pas pu être contrôlée.`,
    remede: 'Répartir le contenu en plusieurs fichiers.',
  }));
}

function examinerTaille({ faits: { lecture }, reglages: { tailleMax } }: Sujet): Constat[] {
  if (lecture.octets <= tailleMax) return [];
  const [vue, limite] = [lecture.octets, tailleMax].map((n) => `${n.toLocaleString('fr-FR')} octets`);
  return [
    {
      message: `Le fichier pèse ${vue}.`,
      remede: `Le ramener à ${limite} au plus : envoyer les pièces justificatives à part (PES PJ), ou répartir les bordereaux.`,
    },
  ];
}

export const REGLES_LISIBILITE: readonly Regle[] = [
  {
    code: 'HELIOS-XML-01',
    question: 'Le fichier est-il un XML bien formé, sans DOCTYPE ni identifiant répété ?',
    source: SOURCE_XML,
    gravite: 'bloquante',
    examiner: examinerLecture,
  },
  {
    code: 'HELIOS-XML-02',
    question: 'Le fichier est-il en ISO-8859-1, et le dit-il ?',
    source: 'PES v2, refus ERREUR_ENCODING',
    gravite: 'bloquante',
    examiner: examinerEncodage,
  },
  {
    code: 'HELIOS-XML-03',
    question: 'Les caractères sont-ils bien ceux d’ISO-8859-1 ?',
    source: 'ISO/CEI 8859-1 ; contrôle de vraisemblance de vaguemestre',
    gravite: 'avertissement',
    examiner: examinerWindows,
  },
  {
    code: 'HELIOS-XML-04',
    question: 'La racine est-elle celle d’un fichier que la DGFiP reçoit ?',
    source: 'PES v2, PES_Aller.xsd et PES_V2_Acquit_Retour.xsd ; cahier des charges HELIOS, 1-7-1 et 1-7-2',
    gravite: 'bloquante',
    examiner: examinerRacine,
  },
  {
    code: 'HELIOS-XML-05',
    question: 'Le fichier est-il conforme au schéma PES v2 Aller (5.17) ?',
    source: 'PES v2, PES_Aller.xsd 5.17 ; Hélios peut en appliquer un plus récent',
    gravite: 'avertissement',
    examiner: examinerSchema,
  },
  {
    code: 'HELIOS-XML-06',
    question: 'Tout le fichier a-t-il pu être contrôlé ?',
    source: 'Limites de vaguemestre',
    gravite: 'bloquante',
    examiner: examinerListes,
  },
  {
    code: 'HELIOS-XML-07',
    question: 'Le fichier est-il assez petit pour être transmis ?',
    source: 'Cahier des charges HELIOS, 2-3 : 100 Mo au plus',
    gravite: 'bloquante',
    examiner: examinerTaille,
  },
];
