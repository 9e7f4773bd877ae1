import { ajouterJoursOuvres, instantDe, jourDe } from '../../metier/echeances.ts';
import type { Instant } from '../../metier/identifiants.ts';
import type { MessageEtat, PartieRetour, RetourLu } from '../protocole.ts';
import { lireAnomalieEnveloppe } from './accuse/enveloppe-refusee.ts';
import { lireAnomalieActe, lireARActe, type MessageRecu } from './accuse/messages.ts';
import { type EnveloppeLue, lirePartie, memeNom, type MessageLu, type PartieLue } from './accuse/parties.ts';
import { attribut, enfant, fichiersCites } from './arbre.ts';
import { accorder } from './regles/regle.ts';

type Reste = RetourLu['restes'][number];

/** End of the working day of the préfectures, Paris time. */
const HEURE_FIN = 18;

/** When a receipt should have come: 18 h, Paris time, on the n-th working day after the sending. */
export function echeance(transmis: Instant, joursOuvres: number): Instant {
  const fin = instantDe(ajouterJoursOuvres(jourDe(transmis), joursOuvres), HEURE_FIN);
  // With 0 day and a sending after 18 h, the day itself is already over.
  return fin > transmis ? fin : instantDe(ajouterJoursOuvres(jourDe(transmis), joursOuvres + 1), HEURE_FIN);
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

/** What this version leaves to people: the other messages of the norm. */
function aTraiter({ racine, norme }: MessageLu): string {
  const code = norme?.code ?? racine.nom;
  const nom = `Message ${code} (${norme?.libelle ?? ''})`;
  const infos = enfant(racine, 'InfosCourrierPref');
  const identite = attribut(racine, 'IDActe') ?? attribut(infos, 'IDActe');
  const sujet = identite === undefined ? '' : ` sur l’acte ${identite.slice(0, 60)}`;
  if (norme?.emetteur === 'collectivite') {
    return `${nom}${sujet} : il est émis par une collectivité, l’État ne l’envoie pas. Une personne doit l’examiner.`;
  }
  if (code === '7-2') {
    return `${nom} : à importer avec « vaguemestre collectivite classification … ».`;
  }
  return `${nom}${sujet} : cette version ne le traite pas encore, une personne doit l’ouvrir et y donner suite.`;
}

/** Understands one message, or says why it cannot. */
function comprendre(
  message: MessageLu,
  courriel: Courriel,
): readonly MessageEtat[] | { readonly motif: string } {
  const enveloppe = enveloppeDe(message, courriel);
  const recu: MessageRecu = {
    racine: message.racine,
    nom: message.partie.nom,
    siren: enveloppe?.siren ?? null,
    parties: [
      message.partie.nom,
      ...(enveloppe === null ? [] : [enveloppe.partie.nom]),
      ...jointes(message, courriel),
    ],
  };
  if (message.racine.nom === 'AnomalieEnveloppe') return lireAnomalieEnveloppe(recu);
  if (message.racine.nom !== 'ARActe' && message.racine.nom !== 'AnomalieActe') {
    return { motif: aTraiter(message) };
  }
  const compris = message.racine.nom === 'ARActe' ? lireARActe(recu) : lireAnomalieActe(recu);
  return 'motif' in compris ? compris : [compris];
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

/** The reminder sent after the receipt of an acte declared with papers to follow; it holds no XML. */
function motifDecor(partie: PartieRetour): string {
  const debut = Buffer.from(partie.octets.subarray(0, 100_000)).toString('latin1');
  return /multi[\s-]?canal/i.test(debut)
    ? 'Rappel de l’État : l’acte transmis en multicanal attend encore son document papier.'
    : 'Ce courriel ne contient aucun message ACTES.';
}

function restesAutres(courriel: Courriel): Reste[] {
  const proprietaires = courriel.messages.map((m) => ({ message: m, noms: jointes(m, courriel) }));
  const sansMessage = courriel.messages.length === 0 && courriel.enveloppes.length === 0;
  return courriel.autres.flatMap((autre): Reste[] => {
    const { nom } = autre.partie;
    const cite = proprietaires.find((p) => p.noms.includes(nom));
    if (cite !== undefined) {
      const { norme, racine } = cite.message;
      const traite = racine.nom === 'ARActe' || racine.nom === 'AnomalieActe' || norme === null;
      return traite ? [] : [{ nom, motif: `Pièce jointe au message ${norme.code} (${norme.libelle}).` }];
    }
    if (autre.type === 'xml') return [{ nom, motif: autre.motif }];
    if (autre.type === 'piece') return [{ nom, motif: 'Aucun message de ce courriel ne cite cette pièce.' }];
    return sansMessage ? [{ nom, motif: motifDecor(autre.partie) }] : [];
  });
}

/**
 * Understands a mail of the State by what its parts contain, in whatever order. Never throws on foreign content.
 * A mail without any part gives neither message nor rest: the caller parks it.
 */
export function lire(parties: readonly PartieRetour[]): RetourLu {
  const { uniques, restes } = dedoubler(parties);
  const courriel = trier(uniques);
  const messages: MessageEtat[] = [];
  for (const message of courriel.messages) {
    const compris = comprendre(message, courriel);
    if ('motif' in compris) restes.push({ nom: message.partie.nom, motif: compris.motif });
    else messages.push(...compris);
  }
  return { messages, restes: [...restes, ...restesEnveloppes(courriel), ...restesAutres(courriel)] };
}
