import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { lireZip } from '../../../src/formats/asic/lire-zip.ts';
import { ecrireEmpreintes, ecrireManifeste, sha256Hex } from '../../../src/formats/asic/manifeste.ts';
import { ecrireZip } from '../../../src/formats/asic/zip.ts';
import { exporterPreuve } from '../../../src/gestes/exporter-preuve.ts';
import { verifierPreuve } from '../../../src/gestes/verifier-preuve.ts';
import { empreinteLigne } from '../../../src/metier/journal.ts';
import { type Decor, enOctets, ID, planter, QUAND, SIREN } from './decor.ts';

const executer = promisify(execFile);

export interface Essai {
  readonly code: number;
  readonly sortie: string;
}

export async function sh(dossier: string, ...commande: string[]): Promise<Essai> {
  const [outil, ...args] = commande as [string, ...string[]];
  return executer(outil, args, { cwd: dossier }).then(
    ({ stdout }) => ({ code: 0, sortie: stdout }),
    (e: { code: number; stdout: string }) => ({ code: e.code, sortie: e.stdout }),
  );
}

/** Files of a proof, in order. */
export type Contenus = Map<string, Buffer>;

export class Atelier {
  readonly dossier: string;
  bonne = '';
  #rang = 0;

  private constructor(dossier: string) {
    this.dossier = dossier;
  }

  /** With a good proof, to be spoiled. */
  static async ouvrir(): Promise<Atelier> {
    const atelier = new Atelier(await mkdtemp(join(tmpdir(), 'preuve-')));
    atelier.bonne = await atelier.exporter(await planter());
    return atelier;
  }

  fermer(): Promise<void> {
    return rm(this.dossier, { recursive: true });
  }

  async poser(octets: Uint8Array, nom = 'preuve.asice'): Promise<string> {
    this.#rang += 1;
    const chemin = join(this.dossier, `${this.#rang}-${nom}`);
    await writeFile(chemin, octets);
    return chemin;
  }

  async contenus(chemin: string): Promise<Contenus> {
    const zip = await lireZip(chemin);
    const lus: Contenus = new Map();
    for (const e of zip.entrees) lus.set(e.nom, await enOctets(zip.ouvrir(e)));
    await zip.fermer();
    return lus;
  }

  /** A sound ZIP of other contents: only what is inside may betray the change. */
  async refaire(contenus: Contenus): Promise<string> {
    const entrees = [...contenus].map(([nom, contenu]) => ({ nom, contenu, taille: contenu.length }));
    return this.poser(await enOctets(ecrireZip(entrees, QUAND)));
  }

  async exporter(decor: Decor): Promise<string> {
    const preuve = await exporterPreuve(decor.deps, { collectivite: SIREN }, ID);
    const octets = await enOctets(preuve.contenu);
    expect(octets.length).toBe(preuve.taille);
    return this.poser(octets, preuve.nom);
  }

  async modifier(faire: (c: Contenus) => void): Promise<string> {
    const contenus = await this.contenus(this.bonne);
    faire(contenus);
    return this.refaire(contenus);
  }

  /** Extracts with the real unzip beside the file (`.d`), then runs the script found inside. */
  async parLeShell(chemin: string): Promise<Essai> {
    const dossier = `${chemin}.d`;
    const extrait = await sh(this.dossier, 'unzip', '-q', chemin, '-d', dossier);
    return extrait.code === 0 ? sh(dossier, 'sh', 'verifier.sh') : extrait;
  }
}

/** What a patient forger does: every list and digest made again over what was changed. */
export function toutRefaire(contenus: Contenus): void {
  const lignes = (contenus.get('journal/lignes.jsonl') as Buffer).toString().split('\n').slice(0, -1);
  contenus.set('journal/lignes.sha256', Buffer.from(lignes.map((l) => `${empreinteLigne(l)}\n`).join('')));
  const reels = [...contenus]
    .filter(([nom]) => nom !== 'EMPREINTES.sha256' && !nom.startsWith('META-INF/'))
    .map(([nom, c]) => ({ nom, sha256: sha256Hex(c) }));
  const liste = Buffer.from(ecrireEmpreintes(reels));
  contenus.set('EMPREINTES.sha256', liste);
  const manifeste = ecrireManifeste([...reels, { nom: 'EMPREINTES.sha256', sha256: sha256Hex(liste) }]);
  contenus.set('META-INF/ASiCManifest001.xml', Buffer.from(manifeste));
}

export async function fautes(chemin: string): Promise<string[]> {
  const { bonne: bon, constats } = await verifierPreuve(chemin);
  const faux = constats.filter((c) => !c.bon).map((c) => `${c.sujet} : ${c.detail}`);
  expect(bon).toBe(faux.length === 0);
  return faux;
}
