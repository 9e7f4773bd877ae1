import { typeParContenu } from '../../../formats/encodages/types.ts';
import { lieuDe } from '../../../formats/xml/faute.ts';
import { type ElementXml, lireXml } from '../../../formats/xml/lire.ts';
import { lireSiren, type Siren } from '../../../metier/identifiants.ts';
import type { PartieRetour } from '../../protocole.ts';
import { attribut, enfant, fichiersCites } from '../arbre.ts';
import { MESSAGES, type MessageNorme } from '../codes.ts';

/** A part of a mail, told by its content; its name and its place in the mail say nothing sure. */
export type PartieLue =
  | MessageLu
  | EnveloppeLue
  /** XML that is no ACTES message, or cannot be read. */
  | { readonly type: 'xml'; readonly partie: PartieRetour; readonly motif: string }
  /** Dress of the mail (body, logo): nothing when a message comes with it. */
  | { readonly type: 'decor'; readonly partie: PartieRetour }
  | { readonly type: 'piece'; readonly partie: PartieRetour };

export interface MessageLu {
  readonly type: 'message';
  readonly partie: PartieRetour;
  readonly racine: ElementXml;
  /** Null for an AnomalieEnveloppe, which has no code in the norm. */
  readonly norme: MessageNorme | null;
}

export interface EnveloppeLue {
  readonly type: 'enveloppe';
  readonly partie: PartieRetour;
  readonly siren: Siren | null;
  /** Names of the messages it announces. */
  readonly annonces: readonly string[];
}

/** Letters' case and folders are lost on the way by some mail servers. */
export function memeNom(a: string, b: string): boolean {
  return reduire(a) === reduire(b);
}

function reduire(nom: string): string {
  return nom
    .replace(/^.*[/\\]/s, '')
    .trim()
    .toLowerCase();
}

const ESPACE_CONNU = /^http:\/\/www\.interieur\.gouv\.fr\/ACTES/i;

function reconnaitre(partie: PartieRetour, racine: ElementXml): PartieLue {
  const actes = racine.espace === '' || ESPACE_CONNU.test(racine.espace);
  const norme = MESSAGES.get(racine.nom) ?? null;
  if (actes && (norme !== null || racine.nom === 'AnomalieEnveloppe')) {
    return { type: 'message', partie, racine, norme };
  }
  if (actes && racine.nom === 'EnveloppeMISILLCL') {
    return {
      type: 'enveloppe',
      partie,
      siren: lireSiren(attribut(enfant(racine, 'Destinataire'), 'SIREN') ?? '') ?? null,
      annonces: fichiersCites(racine),
    };
  }
  const motif =
    actes && racine.nom === 'EnveloppeCLMISILL'
      ? 'Cette enveloppe a été émise par une collectivité : l’État ne l’envoie pas ainsi.'
      : `Ce XML n’est pas un message ACTES (racine « ${racine.nom.slice(0, 80)} »).`;
  return { type: 'xml', partie, motif };
}

/** Text or HTML of the mail itself; a part named `.xml` must be understood or seen by a person. */
function estDecor(partie: PartieRetour, type: string): boolean {
  if (/\.xml$/i.test(partie.nom.trim())) return false;
  if (type === 'image/png' || type === 'image/jpeg') return true;
  const tete = Buffer.from(partie.octets.subarray(0, 1024)).toString('latin1');
  if (/^GIF8[79]a/.test(tete)) return true;
  return type === 'inconnu' && (/^\s*</.test(tete) || /\.(html?|txt)$/i.test(partie.nom.trim()));
}

/** HTML without its DOCTYPE looks like XML: what gives it away is its root. */
const RACINES_HTML = new Set(['html', 'body', 'div', 'p', 'table']);

export function lirePartie(partie: PartieRetour): PartieLue {
  const type = typeParContenu(partie.octets.subarray(0, 2048));
  const nommeXml = /\.xml$/i.test(partie.nom.trim());
  if (type !== 'application/xml' && !nommeXml) {
    return { type: estDecor(partie, type) ? 'decor' : 'piece', partie };
  }
  const lu = lireXml(partie.octets);
  if (lu.type === 'lu') {
    if (!nommeXml && RACINES_HTML.has(lu.racine.nom.toLowerCase())) return { type: 'decor', partie };
    return reconnaitre(partie, lu.racine);
  }
  if (/\.html?$/i.test(partie.nom.trim())) return { type: 'decor', partie };
  const pourquoi = [lu.motif, lieuDe(lu)].filter((dit) => dit !== '').join(', ');
  return { type: 'xml', partie, motif: `Ce fichier n’est pas un XML lisible (${pourquoi}).` };
}
