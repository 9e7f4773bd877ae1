import type { Anomalie, Gravite } from '../../../metier/anomalies.ts';
import { nombre } from '../accuse/bilan.ts';
import type { BordereauJuge, Correction, PieceJugee } from '../correction.ts';
import type { FaitsFichier, FaitsPes } from '../lecture/faits.ts';
import { normaliserNom } from '../nommage.ts';
import { citer } from '../regles/regle.ts';
import { cleBordereau, type Inventaire, inventaire } from './inventaire.ts';

/** Holds a corrected PES against what the acquittement of the first asks. */

function anomalie(gravite: Gravite) {
  return (code: `HELIOS-COR-${string}`, message: string, remede: string): Anomalie => ({
    code,
    gravite,
    message,
    remede,
  });
}

const bloquante = anomalie('bloquante');
const avertir = anomalie('avertissement');

const majuscule = (phrase: string): string => phrase.charAt(0).toUpperCase() + phrase.slice(1);

/** The file as a whole: another budget, a name that is taken. */
function entetes(correction: Correction, { entetes: e }: FaitsPes): Anomalie[] {
  const fautes: Anomalie[] = [];
  const [codCol, codBud] = [e.codCol?.valeur ?? '', e.codBud?.valeur ?? ''];
  if (codCol !== correction.codCol || codBud !== correction.codBud) {
    const message = `Ce fichier est du budget ${citer(`${codCol}/${codBud}`)}, le premier était du budget ${citer(`${correction.codCol}/${correction.codBud}`)}.`;
    fautes.push(bloquante('HELIOS-COR-02', message, 'Vérifier le fichier, ou le flux qu’il corrige.'));
  }
  if (correction.autreNom && normaliserNom(e.nomFic?.valeur ?? '') === normaliserNom(correction.nomFic)) {
    const message = `Ce fichier porte le même nom (NomFic) que le premier, ${citer(correction.nomFic)}.`;
    const remede =
      'Lui donner un autre nom : il serait refusé au dépôt, rien ne distinguerait les acquittements.';
    fautes.push(bloquante('HELIOS-COR-03', message, remede));
  }
  return fautes;
}

/** One bordereau or piece of the first file: is it in the second? */
interface Presence {
  readonly unite: BordereauJuge | PieceJugee;
  readonly present: boolean;
}

function unite({ unite: u, present }: Presence): Anomalie[] {
  const nom = majuscule(u.nom);
  switch (u.conduite) {
    case 'retirer':
      if (!present) return [];
      return [bloquante('HELIOS-COR-05', `${nom} : encore dans le fichier.`, u.consigne)];
    case 'corriger':
    case 'renvoyer':
      if (present) return [];
      return [bloquante('HELIOS-COR-06', `${nom} : absent du fichier.`, u.consigne)];
    case 'renumeroter':
      return [
        present
          ? bloquante('HELIOS-COR-07', `${nom} : encore sous ce numéro.`, u.consigne)
          : avertir(
              'HELIOS-COR-07',
              `${nom} : plus sous ce numéro.`,
              'Vérifier que le contenu est là sous son nouveau numéro, ou qu’il est à retirer.',
            ),
      ];
    case 'trancher':
      return [
        avertir('HELIOS-COR-08', `${nom} : ${present ? 'dans le fichier' : 'hors du fichier'}.`, u.consigne),
      ];
    default:
      return u.conduite satisfies never;
  }
}

function presences(correction: Correction, nouveau: Inventaire): Presence[] {
  const bordereaux = new Set(nouveau.bordereaux.map(cleBordereau));
  const pieces = new Set(nouveau.pieces);
  return [
    ...correction.bordereaux.map((u) => ({ unite: u, present: bordereaux.has(cleBordereau(u)) })),
    ...correction.pieces.map((u) => ({ unite: u, present: pieces.has(u.idUnique) })),
  ];
}

/** What the first file did not hold: a number given anew, or something else that travels along. */
function nouveautes(correction: Correction, nouveau: Inventaire): Anomalie[] {
  const bordereaux = new Set(correction.bordereaux.map(cleBordereau));
  const pieces = new Set(correction.pieces.map((p) => p.idUnique));
  const noms = [
    ...nouveau.bordereaux
      .filter((b) => !bordereaux.has(cleBordereau(b)))
      .map((b) => `bordereau n° ${nombre(b.numero) ?? ''} (${b.exercice})`),
    ...nouveau.pieces.filter((p) => !pieces.has(p)).map((p) => `pièce justificative ${p}`),
  ];
  return noms.map((nom) =>
    avertir(
      'HELIOS-COR-09',
      `${majuscule(nom)} : n’était pas dans le premier fichier.`,
      'Rien à faire si l’ajout est voulu, ou si ce numéro en remplace un autre.',
    ),
  );
}

function entier(correction: Correction, nouveau: Inventaire): Anomalie[] {
  if (correction.complete && nouveau.complet) return [];
  const message =
    'L’un des deux fichiers contient trop de bordereaux ou de pièces pour être comparé en entier.';
  return [bloquante('HELIOS-COR-10', message, 'Le diviser en plusieurs fichiers.')];
}

export interface FichierCorrige {
  /** Null when it cannot be read. */
  readonly faits: FaitsFichier | null;
  readonly sha256: string;
}

/**
 * Names every accepted bordereau and piece that a corrected file still holds, every refused one that it lacks, and what
 * it carries beside. It does not see whether what was refused was changed. Pure.
 * @returns findings; a blocking one: the State would refuse, or miss something.
 */
export function verifierCorrection(correction: Correction, { faits, sha256 }: FichierCorrige): Anomalie[] {
  if (faits?.genre !== 'PES_Aller') {
    return [bloquante('HELIOS-COR-01', 'Ce fichier n’est pas un PES Aller.', 'Donner le PES corrigé.')];
  }
  if (correction.conduite === 'renvoyer' && sha256 === correction.sha256) return [];
  const meme =
    sha256 === correction.sha256
      ? [
          bloquante(
            'HELIOS-COR-04',
            'Ce fichier est le premier, octet pour octet : rien n’y est corrigé.',
            correction.consigne,
          ),
        ]
      : [];
  const nouveau = inventaire(faits);
  return [
    ...meme,
    ...entetes(correction, faits),
    ...entier(correction, nouveau),
    ...presences(correction, nouveau).flatMap(unite),
    ...nouveautes(correction, nouveau),
  ];
}
