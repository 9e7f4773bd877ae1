import { styleText } from 'node:util';
import type { Sorties } from './monde.ts';

type Style = Parameters<typeof styleText>[0];

/** Colours only where they can be seen. */
export function peindre(sorties: Sorties, style: Style, texte: string): string {
  return sorties.couleur ? styleText(style, texte, { validateStream: false }) : texte;
}

/** Escape sequences and control characters of foreign text (objet, file names) never reach the terminal. */
export function sur(texte: string): string {
  return texte.replace(/\p{Cc}|\p{Cf}/gu, '\u{FFFD}');
}

/** Made when first asked: the tables of a language take longer to load than most commands to run. */
function aLaDemande<T>(faire: () => T): () => T {
  let fait: T | undefined;
  return () => (fait ??= faire());
}

const formatDate = aLaDemande(
  () =>
    new Intl.DateTimeFormat('fr-FR', { timeZone: 'Europe/Paris', dateStyle: 'short', timeStyle: 'medium' }),
);

/** `02/03/2026 10:00:00`, legal time; a dash when there is none. */
export function date(iso: string | null | undefined): string {
  return iso === null || iso === undefined ? '-' : formatDate().format(new Date(iso));
}

/** `02/03/2026`, of a day `2026-03-02`. */
export function jour(iso: string): string {
  return iso.split('-').toReversed().join('/');
}

const formatNombre = aLaDemande(() => new Intl.NumberFormat('fr-FR', { maximumFractionDigits: 1 }));

export function nombre(n: number): string {
  return Number.isInteger(n) && Math.abs(n) < 1000 ? String(n) : formatNombre().format(n);
}

/** `1 pièce`, `2 pièces`; French counts zero and one in the singular. */
export function pluriel(n: number, un: string, plusieurs = `${un}s`): string {
  return `${nombre(n)} ${n >= 2 ? plusieurs : un}`;
}

export function octets(n: number): string {
  if (n < 1000) return pluriel(n, 'octet');
  const rang = Math.min(3, Math.floor(Math.log10(n) / 3));
  return `${nombre(n / 1000 ** rang)} ${['octets', 'ko', 'Mo', 'Go'][rang] ?? 'Go'}`;
}

/** `10 000 908 octets`, exactly. */
export function octetsExacts(n: number): string {
  return `${String(n).replace(/\B(?=(?:\d{3})+$)/g, '\u202f')} octet${n >= 2 ? 's' : ''}`;
}

const COULEURS: Readonly<Record<string, Style>> = {
  acquitte: 'green',
  livree: 'green',
  attribue: 'green',
  bon: 'green',
  refuse: 'red',
  anomalie: 'red',
  echec: 'red',
  abandonnee: 'red',
  panne: 'red',
  incertain: 'yellow',
  a_trancher: 'yellow',
  attention: 'yellow',
};

/** The wording of a state, coloured by the state. */
export function etat(sorties: Sorties, code: string, libelle: string): string {
  const couleur = COULEURS[code];
  return couleur === undefined ? libelle : peindre(sorties, couleur, libelle);
}

/** One JSON document per line. */
export function json(sorties: Sorties, documents: readonly unknown[]): void {
  for (const document of documents) sorties.ecrire(JSON.stringify(document));
}
