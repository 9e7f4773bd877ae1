import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect } from 'vitest';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import { inscrire } from '../../src/banc/collectivite-essai.ts';
import {
  creerLaboratoire,
  type Laboratoire,
  type OptionsLaboratoire,
  type ProcessusDemon,
} from '../../src/banc/laboratoire.ts';
import { creerPdf } from '../../src/banc/pdf.ts';
import type { Etat } from '../../src/metier/etats.ts';

/** One laboratory, its daemon as a process of its own, and a client that writes its requests byte by byte. */

export const SIREN = '213400016';
export const clock = creerClockSysteme();

export interface Partie {
  readonly nom: string;
  readonly corps: Uint8Array | string;
  readonly fichier?: string;
}

export interface Reponse {
  readonly statut: number;
  readonly entetes: IncomingHttpHeaders;
  readonly texte: string;
  readonly json: Record<string, unknown>;
}

export interface FluxVu {
  readonly id: string;
  readonly etat: Etat;
  readonly identite: string;
  readonly nomEnvoi: string | null;
  readonly erreur: { readonly code: string; readonly message: string } | null;
}

export interface RetourVu {
  readonly id: string;
  readonly etat: string;
  readonly sha256: string;
  readonly motif: string | null;
  readonly source: string;
  readonly flux: readonly string[];
}

export interface Monde {
  readonly labo: Laboratoire;
  readonly socket: string;
  demon(): ProcessusDemon;
  redemarrer(): Promise<void>;
  deposer(parties: readonly Partie[], entetes?: Readonly<Record<string, string>>): Promise<Reponse>;
  flux(): Promise<FluxVu[]>;
  retours(): Promise<RetourVu[]>;
  /** Relative names of every file of the coffre, drafts included. */
  coffre(): Promise<string[]>;
  jusqua(id: string, etat: Etat): Promise<FluxVu>;
  /** No break in any chain. */
  intact(): Promise<boolean>;
  journalTechnique(): Promise<string>;
  fermer(): Promise<void>;
}

export const FRONTIERE = '----vaguemestre-attaque';

/** @returns body and headers of a form; names are written as they are, whatever they hold. */
export function formulaire(parties: readonly Partie[]): { corps: Buffer; entetes: Record<string, string> } {
  const blocs = parties.flatMap(({ nom, fichier, corps }) => [
    Buffer.from(
      `--${FRONTIERE}\r\nContent-Disposition: form-data; name="${nom}"${fichier === undefined ? '' : `; filename="${fichier}"`}\r\n\r\n`,
    ),
    typeof corps === 'string' ? Buffer.from(corps) : corps,
    Buffer.from('\r\n'),
  ]);
  return {
    corps: Buffer.concat([...blocs, Buffer.from(`--${FRONTIERE}--\r\n`)]),
    entetes: { 'content-type': `multipart/form-data; boundary=${FRONTIERE}` },
  };
}

export function demander(
  socket: string,
  d: { methode: string; chemin: string; entetes?: Record<string, string>; corps?: Uint8Array },
): Promise<Reponse> {
  const { promise, resolve, reject } = Promise.withResolvers<Reponse>();
  const requete = request({
    socketPath: socket,
    path: `/api/v1${d.chemin}`,
    method: d.methode,
    agent: false,
    headers: { ...d.entetes, 'content-length': String(d.corps?.length ?? 0) },
  });
  requete.once('error', reject);
  requete.once('response', (reponse) => {
    void buffer(reponse).then(
      (octets) => resolve(lire(reponse.statusCode ?? 0, reponse.headers, octets)),
      reject,
    );
  });
  requete.end(d.corps);
  return promise;
}

export function lire(statut: number, entetes: IncomingHttpHeaders, octets: Buffer): Reponse {
  const texte = octets.toString('utf8');
  const json = texte.startsWith('{') ? (JSON.parse(texte) as Record<string, unknown>) : {};
  return { statut, entetes, texte, json };
}

export async function ouvrirMonde(
  options: Partial<OptionsLaboratoire> & {
    avantDemarrage?: (labo: Laboratoire) => Promise<void>;
    sirens?: readonly string[];
  } = {},
): Promise<Monde> {
  const dossier = options.dossier ?? (await mkdtemp(join(tmpdir(), 'vaguemestre-attaque-')));
  const { avantDemarrage, sirens, ...reste } = options;
  const labo = await creerLaboratoire({ clock, graine: 7, ...reste, dossier });
  await avantDemarrage?.(labo);
  let demon = await labo.demarrerDemon();
  for (const siren of sirens ?? [SIREN]) await inscrire(labo.client, siren, `Commune ${siren}`);
  const socket = join(dossier, 'donnees', 'vaguemestre.sock');
  const flux = async (): Promise<FluxVu[]> =>
    (await labo.client.lire('/flux?limite=1000')).corps['flux'] as unknown as FluxVu[];
  return {
    labo,
    socket,
    demon: () => demon,
    redemarrer: async () => {
      demon = await labo.demarrerDemon();
    },
    deposer: (parties, entetes = {}) => {
      const f = formulaire(parties);
      return demander(socket, {
        methode: 'POST',
        chemin: '/flux',
        corps: f.corps,
        entetes: { ...f.entetes, ...entetes },
      });
    },
    flux,
    retours: async () =>
      (await labo.client.lire('/retours?limite=1000')).corps['retours'] as unknown as RetourVu[],
    coffre: async () => {
      const entrees = await readdir(join(dossier, 'donnees', 'coffre'), {
        recursive: true,
        withFileTypes: true,
      });
      return entrees
        .filter((e) => e.isFile())
        .map((e) => join(e.parentPath, e.name))
        .toSorted();
    },
    jusqua: async (id, etat) => {
      const limite = clock.now() + 30_000;
      for (;;) {
        const vu = (await labo.client.lire(`/flux/${id}`)).corps['flux'] as unknown as FluxVu;
        if (vu.etat === etat) return vu;
        if (clock.now() > limite)
          throw new TypeError(`${id} is ${vu.etat}, not ${etat}: ${JSON.stringify(vu)}`);
        await clock.sleep(25);
      }
    },
    intact: async () => (await labo.client.lire('/journal/verification')).corps['intact'] === true,
    journalTechnique: () => readFile(join(dossier, 'demon.log'), 'utf8'),
    fermer: async () => {
      await demon.arreter();
      await labo.fermer();
      await rm(dossier, { recursive: true, force: true });
    },
  };
}

export const PDF = creerPdf(['Délibération']);

export function metadonnees(autres: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    numero: 'DELIB',
    date: '2026-03-02',
    objet: 'Budget primitif',
    nature: '1',
    matiere: '7.1',
    document: { typologie: '99_DE' },
    annexes: [],
    ...autres,
  };
}

export function demande(autres: Readonly<Record<string, unknown>> = {}, siren = SIREN): Partie {
  return {
    nom: 'demande',
    corps: JSON.stringify({ protocole: 'ACTES', collectivite: siren, metadonnees: metadonnees(autres) }),
  };
}

export function document(corps: Uint8Array | string = PDF, fichier = 'delib.pdf'): Partie {
  return { nom: 'document', fichier, corps };
}

export const ANGLAIS =
  /\b(the|error|invalid|expected|unexpected|failed|cannot|must|should|required|is not|undefined|null)\b/i;
const MACHINE = /\/work\/|\/tmp\/|\/home\/|node_modules|\.ts\b|\.js:|\n\s+at |node:internal|sqlite/i;

/** RFC 9457, in French, with cause and remedy, and nothing of the machine. */
export function estProbleme(r: Reponse, statut: number, code?: string): void {
  expect({ statut: r.statut, code: r.json['code'] }, r.texte.slice(0, 600)).toEqual({
    statut,
    code: code ?? r.json['code'],
  });
  expect(r.entetes['content-type']).toMatch(/^application\/problem\+json/);
  expect(r.json['code']).toMatch(/^VGM-[A-Z]{3}-[0-9]{3}$/);
  for (const champ of ['title', 'cause', 'remede'])
    expect(r.json[champ], champ).toMatch(/^\p{Lu}.*[.:!»)]$/su);
  const anomalies = (r.json['anomalies'] ?? []) as { message: string; remede: string }[];
  for (const a of anomalies) {
    expect(a.message).toMatch(/^[\p{Lu}\p{N}].*\.$/su);
    expect(a.remede).toMatch(/^\p{Lu}.*[.:]$/su);
  }
  expect(r.texte).not.toMatch(MACHINE);
  expect(r.texte.replace(/"code":"[^"]*"|"nature":"[^"]*"/g, '')).not.toMatch(ANGLAIS);
  expect(r.texte.length).toBeLessThan(20_000);
}
