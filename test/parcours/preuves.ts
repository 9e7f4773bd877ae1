import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { verifierPreuve } from '../../src/gestes/verifier-preuve.ts';
import type { Flux } from '../../src/metier/flux.ts';
import type { FluxId } from '../../src/metier/identifiants.ts';
import { empreinteLigne } from '../../src/metier/journal.ts';
import { magasin } from '../unit/formats/xades/atelier.ts';
import { type Atelier as Etabli, type Contenus, sh, toutRefaire } from '../unit/preuve/atelier.ts';
import { enOctets, sha } from '../unit/preuve/decor.ts';
import { type Autorites, INSTANT, serveurs } from '../unit/signature/decor.ts';
import { type Atelier, creerAtelier, creerSol, CTX, type OptionsAtelier, SIREN, siretDe } from './atelier.ts';
import { CLE } from './autorite.ts';

/** The proof of a PES, taken from the engine and looked at as its reader does: with the tools of any machine, and with ours. */

/** A workshop whose keys and lists of revocation openssl made, on the day when they are sound. */
export async function atelierSignant(autorites: Autorites, options: OptionsAtelier = {}): Promise<Atelier> {
  const autorite = {
    cles: new Map([[CLE, autorites.cle('maire')]]),
    magasin: magasin(autorites.pki),
    revocation: serveurs(autorites),
  };
  const sol = await creerSol({ quand: INSTANT, autorite });
  return creerAtelier({ sol, inscrire: true, ...options });
}

export const entetes = (nomFic: string) => ({ NomFic: nomFic, IdColl: siretDe(SIREN) });

/** Name of an acquittement, made five minutes after the tests begin. */
export const NOM_ACK = '034079_260615140500-ACK-A0000001_A0000001_OK.xml';

/** What Hélios leaves at the gateway, and the fetch of it. */
export async function repondre(a: Atelier, octets: Buffer, nom = NOM_ACK): Promise<void> {
  a.passerelle.sortie.set(nom, octets);
  await a.relever();
  await a.calme();
}

export async function transmettre(a: Atelier, nomFic: string, octets?: Buffer): Promise<Flux> {
  const { id } = await a.deposePes(nomFic, octets === undefined ? {} : { octets });
  return a.jusqua(id, 'transmis');
}

export interface Fiche {
  readonly etat: string;
  readonly receptionProuvee: boolean;
  readonly resume: Readonly<Record<string, unknown>>;
  readonly pieces: readonly { readonly role: string; readonly nom: string; readonly fichier: string }[];
}

export interface Preuve {
  readonly chemin: string;
  /** Where the real unzip laid it. */
  readonly dossier: string;
  readonly contenus: Contenus;
  readonly page: string;
  readonly fiche: Fiche;
  /** What `verifier.sh` said. */
  readonly script: readonly string[];
  /** What ours said, by subject. */
  readonly constats: ReadonlyMap<string, string>;
}

/** Takes the proof of a flux; the script of the container and ours both find it whole. */
export async function prouver(etabli: Etabli, a: Atelier, id: FluxId): Promise<Preuve> {
  const { nom, taille, contenu } = await a.gestes.exporterPreuve(CTX, id);
  const octets = await enOctets(contenu);
  expect(octets.length).toBe(taille);
  return examiner(etabli, await etabli.poser(octets, nom));
}

export async function examiner(etabli: Etabli, chemin: string): Promise<Preuve> {
  const { code, sortie } = await etabli.parLeShell(chemin);
  expect(code, sortie).toBe(0);
  const { bonne, constats } = await verifierPreuve(chemin);
  expect(constats.filter((c) => !c.bon)).toEqual([]);
  expect(bonne).toBe(true);
  const contenus = await etabli.contenus(chemin);
  return {
    chemin,
    dossier: `${chemin}.d`,
    contenus,
    page: texte(contenus, 'LISEZMOI.txt'),
    fiche: JSON.parse(texte(contenus, 'flux.json')) as Fiche,
    script: sortie.trimEnd().split('\n'),
    constats: new Map(constats.map((c) => [c.sujet, c.detail])),
  };
}

export const texte = (contenus: Contenus, nom: string): string => contenus.get(nom)?.toString() ?? '';

/** Files of the pieces of a role, as the proof names them. */
export function fichiersDe({ fiche }: Preuve, role: string): string[] {
  return fiche.pieces.filter((p) => p.role === role).map((p) => p.fichier);
}

/** The commands that the page gives, in order: blocks of lines under a margin of four. */
export function commandesDe(page: string): string[] {
  return [...page.matchAll(/\n\n((?: {4}\S.*\n(?: {6}.*\n)*)+)(?=\n|$)/g)].map(([, bloc = '']) =>
    bloc.replaceAll(/^ {4}/gm, ''),
  );
}

/** Runs one of them from where the page says to be. */
export const lancer = (dossier: string, commande: string) => sh(dossier, 'sh', '-ec', commande);

/** What a folder holds, read back from the disk. */
export async function octetsDuDossier(dossier: string): Promise<Map<string, string>> {
  const noms = await readdir(dossier, { recursive: true, withFileTypes: true });
  const fichiers = noms.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
  return new Map(await Promise.all(fichiers.map(async (f) => [f, sha(await readFile(f))] as const)));
}

const sha512 = (octets: Uint8Array): string => createHash('sha512').update(octets).digest('hex');

interface FicheEcrite {
  pieces: { fichier: string; sha256: string; sha512: string; taille: number }[];
}

/** What a patient forger does: bytes, their description, every list and digest. The journal alone is left. */
export function remplacer(contenus: Contenus, nom: string, octets: Buffer): void {
  contenus.set(nom, octets);
  const fiche = JSON.parse(texte(contenus, 'flux.json')) as FicheEcrite;
  const neuf = { sha256: sha(octets), sha512: sha512(octets), taille: octets.length };
  for (const piece of fiche.pieces.filter((p) => p.fichier === nom)) Object.assign(piece, neuf);
  contenus.set('flux.json', Buffer.from(JSON.stringify(fiche)));
  toutRefaire(contenus);
}

/** The same, by one who also writes the journal again: it takes a chain kept elsewhere to see it. */
export function remplacerPartout(contenus: Contenus, nom: string, octets: Buffer): void {
  const [avant, apres] = [sha(contenus.get(nom) ?? ''), sha(octets)];
  let precedente: { n: number; org: string; empreinte: string } | null = null;
  const lignes = texte(contenus, 'journal/lignes.jsonl')
    .trimEnd()
    .split('\n')
    .map((l) => {
      const { n, org } = JSON.parse(l) as { n: number; org: string };
      const suit = precedente !== null && precedente.org === org && precedente.n + 1 === n;
      const chainee: string = suit
        ? l.replace(/"prev":"[0-9a-f]{64}"/, `"prev":"${precedente?.empreinte ?? ''}"`)
        : l;
      const ecrite = chainee.replaceAll(avant, apres);
      precedente = { n, org, empreinte: empreinteLigne(ecrite) };
      return `${ecrite}\n`;
    });
  contenus.set('journal/lignes.jsonl', Buffer.from(lignes.join('')));
  remplacer(contenus, nom, octets);
}
