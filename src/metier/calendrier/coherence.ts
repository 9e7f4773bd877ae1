import type { Jour } from '../identifiants.ts';
import type { Courrier, FaitsActe } from './faits.ts';
import { jourEnMots } from './jours.ts';

/** A dated fact as people call it. */
type Date = readonly [libelle: string, jour: Jour | null];

/** The list of public holidays is not known beyond. */
const PREMIERE_ANNEE = 1984;
const DERNIERE_ANNEE = 4000;

function ordre(avant: Date, apres: Date): string[] {
  const [[nomAvant, jourAvant], [nomApres, jourApres]] = [avant, apres];
  if (jourAvant === null || jourApres === null || jourAvant <= jourApres) return [];
  return [`${nomApres}, le ${jourEnMots(jourApres)}, précède ${nomAvant}, le ${jourEnMots(jourAvant)}.`];
}

function ordreCourrier({ message, recu, reponse }: Courrier, reception: Date): string[] {
  const nom = message === '3-1' ? 'a demande de pièces' : 'a lettre d’observations';
  const etrangere = reponse !== null && reponse.message.slice(0, 1) !== message.slice(0, 1);
  return [
    ...ordre(reception, [`L${nom}`, recu]),
    ...ordre([`l${nom}`, recu], [`La réception de la réponse à l${nom}`, reponse?.recue ?? null]),
    ...(etrangere ? [`Un message ${reponse.message} ne répond pas à un message ${message}.`] : []),
  ];
}

function horsCalendrier(faits: FaitsActe): string[] {
  const { decision, transmission, reception, publication, defere, annulation, papier, courriers } = faits;
  const courants = courriers.flatMap(({ recu, reponse }) => [recu, reponse?.recue ?? null]);
  return [
    decision,
    transmission,
    reception,
    publication,
    defere,
    annulation,
    papier?.recu ?? null,
    ...courants,
  ]
    .filter((jour) => jour !== null)
    .filter((jour) => Number(jour.slice(0, 4)) < PREMIERE_ANNEE || Number(jour.slice(0, 4)) > DERNIERE_ANNEE)
    .map((jour) => `Le ${jourEnMots(jour)} n’est pas entre ${PREMIERE_ANNEE} et ${DERNIERE_ANNEE}.`);
}

/**
 * What cannot be true in these facts, one French sentence each. A calendar is made all the same of facts that contradict
 * each other: what the State writes is not ours to refuse.
 */
export function incoherences(faits: FaitsActe): readonly string[] {
  const reception: Date = ['la réception de l’acte', faits.reception];
  return [
    ...ordre(['la décision', faits.decision], ['La transmission', faits.transmission]),
    ...ordre(['la décision', faits.decision], ['La publication', faits.publication]),
    ...ordre(['la décision', faits.decision], ['La réception de l’acte', faits.reception]),
    ...ordre(['la transmission', faits.transmission], ['La réception de l’acte', faits.reception]),
    ...ordre(reception, ['La réception du complément papier', faits.papier?.recu ?? null]),
    ...faits.courriers.flatMap((courrier) => ordreCourrier(courrier, reception)),
    ...ordre(reception, ['Le déféré', faits.defere]),
    ...ordre(reception, ['L’annulation', faits.annulation]),
    ...horsCalendrier(faits),
  ];
}
