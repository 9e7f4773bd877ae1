import { territoireDe } from '../../metier/calendrier/feries.ts';
import { ajouterJoursOuvres } from '../../metier/calendrier/ouvres.ts';
import { instantDe, jourDe } from '../../metier/echeances.ts';
import type { Flux } from '../../metier/flux.ts';
import type { Instant } from '../../metier/identifiants.ts';
import type { CourrierEtat, MessageEtat, PartieRetour, RappelEtat, RetourLu } from '../protocole.ts';
import { lireAnomalieEnveloppe } from './accuse/enveloppe-refusee.ts';
import { codeCourrier, lireCourrier } from './accuse/courriers.ts';
import { type Compris, lireAnomalieActe, lireARActe, type MessageRecu } from './accuse/messages.ts';
import { type EnveloppeLue, lirePartie, memeNom, type MessageLu, type PartieLue } from './accuse/parties.ts';
import { lireRappel } from './accuse/rappel.ts';
import { lireSuite } from './accuse/suites.ts';
import { attribut, enfant, fichiersCites } from './arbre.ts';
import { ENVOIS, estEnvoye } from './echanges/codes.ts';
import { messageDe } from './echanges/resume.ts';
import { accorder } from './regles/regle.ts';

type Reste = RetourLu['restes'][number];

/** End of the working day of the préfectures, Paris time. */
const HEURE_FIN = 18;

/**
 * When a receipt should have come: 18 h, Paris time, on the n-th working day after the sending. The working days are
 * those of the préfecture: its département begins the IDActe. null: the norm has no receipt for this message.
 */
export function echeance(flux: Pick<Flux, 'resume'>, transmis: Instant, joursOuvres: number): Instant | null {
  const message = messageDe(flux);
  if (estEnvoye(message) && ENVOIS[message].accuse === null) return null;
  const { idActe } = flux.resume;
  const departement = typeof idActe === 'string' ? idActe.slice(0, 3) : '';
  const territoire = territoireDe(departement) ?? 'metropole';
  const apres = (jours: number): Instant =>
    instantDe(ajouterJoursOuvres(jourDe(transmis), jours, territoire), HEURE_FIN);
  const fin = apres(joursOuvres);
  // With 0 day and a sending after 18 h, the day itself is already over.
  return fin > transmis ? fin : apres(joursOuvres + 1);
}

/** The mail, sorted by what each part is. */
interface Courriel {
  readonly messages: readonly MessageLu[];
  readonly enveloppes: readonly EnveloppeLue[];
  /** All the rest: pieces of letters, foreign XML, body and logo. */
  readonly autres: readonly Exclude<PartieLue, MessageLu | EnveloppeLue>[];
}

/** A part given twice is read once; two different parts under one name cannot be told apart later. */
function dedoubler(parties: readonly PartieRetour[]): { uniques: PartieRetour[]; restes: Reste[] } {
  const uniques: PartieRetour[] = [];
  const restes: Reste[] = [];
  for (const partie of parties) {
    const jumelle = uniques.find((u) => u.nom === partie.nom);
    if (jumelle === undefined) uniques.push(partie);
    else if (!Buffer.from(jumelle.octets).equals(partie.octets)) {
      restes.push({ nom: partie.nom, motif: 'Deux pièces différentes de ce courriel portent le même nom.' });
    }
  }
  return { uniques, restes };
}

function trier(parties: readonly PartieRetour[]): Courriel {
  const lues = parties.map(lirePartie);
  const messages = lues.filter((l) => l.type === 'message');
  return {
    // The same message under two names is one message.
    messages: messages.filter(
      (m, i) => messages.findIndex((n) => Buffer.from(n.partie.octets).equals(m.partie.octets)) === i,
    ),
    enveloppes: lues.filter((l) => l.type === 'enveloppe'),
    autres: lues.filter((l) => l.type !== 'message' && l.type !== 'enveloppe'),
  };
}

/** The envelope that announces a message by name; failing that the only one of the mail, before or after it. */
function enveloppeDe(message: MessageLu, { enveloppes }: Courriel): EnveloppeLue | null {
  const nommee = enveloppes.find((e) => e.annonces.some((nom) => memeNom(nom, message.partie.nom)));
  return nommee ?? (enveloppes.length === 1 ? (enveloppes[0] ?? null) : null);
}

/** Parts of the mail that a message names (letters, pieces). */
function jointes(message: MessageLu, { autres }: Courriel): string[] {
  const cites = fichiersCites(message.racine);
  return autres.filter((a) => cites.some((c) => memeNom(c, a.partie.nom))).map((a) => a.partie.nom);
}

/** A message that the State does not send. */
function aTraiter({ racine, norme }: MessageLu): string {
  const code = norme?.code ?? racine.nom;
  const nom = `Message ${code} (${norme?.libelle ?? ''})`;
  const infos = enfant(racine, 'InfosCourrierPref');
  const identite = attribut(racine, 'IDActe') ?? attribut(infos, 'IDActe');
  const sujet = identite === undefined ? '' : ` sur l’acte ${identite.slice(0, 60)}`;
  if (norme?.emetteur === 'collectivite') {
    return `${nom}${sujet} : il est émis par une collectivité, l’État ne l’envoie pas. Une personne doit l’examiner.`;
  }
  return `${nom}${sujet} : une personne doit l’ouvrir et y donner suite.`;
}

type Entendu =
  | { readonly messages: readonly MessageEtat[] }
  | { readonly courrier: CourrierEtat }
  | { readonly motif: string };

/** Understands one message, or says why it cannot. */
function comprendre(message: MessageLu, courriel: Courriel): Entendu {
  const { racine } = message;
  const documents = jointes(message, courriel);
  const recu = recuDe(message, courriel, documents);
  const code = codeCourrier(racine);
  if (code !== undefined) {
    const courrier = lireCourrier(recu, code, documents);
    return 'motif' in courrier ? courrier : { courrier };
  }
  const compris = comprendreAccuse(recu) ?? { motif: aTraiter(message) };
  if ('motif' in compris) return compris;
  return { messages: 'evenement' in compris ? [compris] : compris };
}

function comprendreAccuse(recu: MessageRecu): Compris | readonly MessageEtat[] | undefined {
  const { racine } = recu;
  if (racine.nom === 'AnomalieEnveloppe') return lireAnomalieEnveloppe(recu);
  if (racine.nom === 'ARActe') return lireARActe(recu);
  if (racine.nom === 'AnomalieActe') return lireAnomalieActe(recu);
  return lireSuite(recu, racine);
}

function recuDe(message: MessageLu, courriel: Courriel, documents: readonly string[]): MessageRecu {
  const enveloppe = enveloppeDe(message, courriel);
  return {
    racine: message.racine,
    nom: message.partie.nom,
    siren: enveloppe?.siren ?? null,
    parties: [message.partie.nom, ...(enveloppe === null ? [] : [enveloppe.partie.nom]), ...documents],
  };
}

/** An envelope that announces more than the mail holds: something of the State may be lost. */
function restesEnveloppes(courriel: Courriel): Reste[] {
  return courriel.enveloppes.flatMap((e) => {
    const recus = courriel.messages.filter((m) => enveloppeDe(m, courriel) === e).length;
    if (recus >= Math.max(1, e.annonces.length)) return [];
    const attendus = e.annonces.slice(0, 5).join(', ') || 'aucun nom de message';
    return [
      {
        nom: e.partie.nom,
        motif: `L’enveloppe annonce ${accorder(e.annonces.length, 'message', 'messages')} (${attendus}), le courriel en contient ${recus}.`,
      },
    ];
  });
}

const SANS_MESSAGE = 'Ce courriel ne contient aucun message ACTES.';
const RAPPEL_ANONYME =
  'Rappel de l’État : un acte transmis en multicanal attend encore son document papier, et ce courriel ne dit pas lequel.';

/** What stands in a mail beside its messages. A reminder holds no XML: it is the text of the mail (actes.md D.3). */
function dire(courriel: Courriel): {
  readonly rappels: readonly RappelEtat[];
  readonly restes: readonly Reste[];
} {
  const citees = new Set(courriel.messages.flatMap((m) => jointes(m, courriel)));
  const autres = courriel.autres.filter((a) => !citees.has(a.partie.nom));
  const sansMessage = courriel.messages.length === 0 && courriel.enveloppes.length === 0;
  const rappels: RappelEtat[] = [];
  const restes = autres.flatMap((autre): Reste[] => {
    const { nom } = autre.partie;
    if (autre.type === 'xml') return [{ nom, motif: autre.motif }];
    if (autre.type === 'piece') return [{ nom, motif: 'Aucun message de ce courriel ne cite cette pièce.' }];
    if (!sansMessage) return [];
    const vus = lireRappel(autre.partie);
    rappels.push(...(vus ?? []));
    return vus === null
      ? [{ nom, motif: SANS_MESSAGE }]
      : vus.length === 0
        ? [{ nom, motif: RAPPEL_ANONYME }]
        : [];
  });
  // the logo and the plain text beside a reminder that is understood say nothing more
  return { rappels, restes: rappels.length > 0 ? restes.filter((r) => r.motif !== SANS_MESSAGE) : restes };
}

/**
 * Understands a mail of the State by what its parts contain, in whatever order. Never throws on foreign content.
 * A mail without any part gives neither message nor rest: the caller parks it.
 */
export function lire(parties: readonly PartieRetour[]): RetourLu {
  const { uniques, restes } = dedoubler(parties);
  const courriel = trier(uniques);
  const messages: MessageEtat[] = [];
  const courriers: CourrierEtat[] = [];
  for (const message of courriel.messages) {
    const entendu = comprendre(message, courriel);
    if ('motif' in entendu) restes.push({ nom: message.partie.nom, motif: entendu.motif });
    else if ('courrier' in entendu) courriers.push(entendu.courrier);
    else messages.push(...entendu.messages);
  }
  const autour = dire(courriel);
  return {
    messages,
    courriers,
    rappels: autour.rappels,
    restes: [...restes, ...restesEnveloppes(courriel), ...autour.restes],
  };
}
