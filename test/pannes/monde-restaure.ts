import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import { creerRandomSysteme } from '../../src/adapters/random/system.ts';
import { inscrire, ouvrirHelios } from '../../src/banc/collectivite-essai.ts';
import { ouvrirAcces, porteSftp, reglagesPasserelles } from '../../src/banc/dgfip/acces.ts';
import { type Dgfip, demarrerDgfip } from '../../src/banc/dgfip/dgfip.ts';
import { creerLaboratoire, type Laboratoire, type ProcessusDemon } from '../../src/banc/laboratoire.ts';
import { creerPdf } from '../../src/banc/pdf.ts';
import type { Etat } from '../../src/metier/etats.ts';
import type { ObjetJson } from '../../src/metier/flux.ts';
import { pes } from '../unit/helios/generateur.ts';

/** A world that remembers, around a daemon whose base is lost and put back: préfecture, DGFiP, depositors, operator. */

export const SIREN = '213400016';
const RACINE = join(import.meta.dirname, '..', '..');
export const clock = creerClockSysteme();
const PATIENCE = 25_000;

export interface FluxVu {
  readonly id: string;
  readonly protocole: 'ACTES' | 'HELIOS';
  readonly etat: Etat;
  readonly identite: string;
  readonly nomEnvoi: string | null;
  readonly resume: Readonly<Record<string, unknown>>;
  readonly erreur: { readonly code: string } | null;
}

export interface Sortie {
  readonly code: number;
  readonly json: readonly Record<string, unknown>[];
  readonly erreur: string;
}

/** A deposit as its author keeps it: the same bytes and the same key, should it be asked for again. */
export interface Depose {
  readonly nom: string;
  readonly protocole: 'ACTES' | 'HELIOS';
  readonly octets: Uint8Array;
  readonly id: string;
}

export interface MondeRestaure {
  readonly dossier: string;
  readonly donnees: string;
  readonly labo: Laboratoire;
  readonly dgfip: Dgfip;
  demon: ProcessusDemon;
  deposerActe(numero: string): Promise<Depose>;
  deposerPes(nomFic: string): Promise<Depose>;
  /** The very deposit again, as an agent does who is told that it was lost. */
  redeposer(depose: Depose): Promise<{ readonly statut: number; readonly id: string }>;
  ordonner(destination: string, ordre: 'suspendre' | 'reprendre', corps: ObjetJson): Promise<void>;
  flux(requete?: string): Promise<FluxVu[]>;
  voir(id: string): Promise<FluxVu>;
  jusqua(id: string, ...etats: readonly Etat[]): Promise<FluxVu>;
  /** Every answer that the State owes has left, and what came is analysed. */
  calme(): Promise<void>;
  /** Runs a verb as its own process. */
  vaguemestre(...argv: readonly string[]): Promise<Sortie>;
  /** The same, killed (-9) once `apres` says so. */
  tuer(argv: readonly string[], apres: () => Promise<boolean>): Promise<void>;
  /** The data folder is lost: nothing of it is left under its name. @returns where a hand may still look. */
  perdre(): Promise<string>;
  demarrer(): Promise<void>;
  /** What the State took twice: archive names, actes, contents. */
  doubles(): string[];
  intact(): Promise<boolean>;
  fermer(): Promise<void>;
}

export async function ouvrirMondeRestaure(): Promise<MondeRestaure> {
  const dossier = await mkdtemp(join(tmpdir(), 'vaguemestre-restaure-'));
  const acces = await ouvrirAcces(join(dossier, 'acces'), { random: creerRandomSysteme(clock) });
  const dgfip = await demarrerDgfip({
    dossier: join(dossier, 'dgfip'),
    clock,
    graine: 11,
    delaiReponseMs: [0, 60],
    tardMs: 500,
    // what is left there is treated, and taken away, at once: the listing proves nothing
    emporte: true,
    sftp: porteSftp(acces, 0),
  });
  const portes = { portSftp: dgfip.portSftp, portFtp: 0, portFtps: 0 };
  const [reglage] = reglagesPasserelles({ acces, portes, autorites: '', chemin: (f) => f });
  const passerelles = [{ ...reglage, concurrence: 4, periode_s: 0.25, stabilite_s: 0, repos_s: 1 }];
  const labo = await creerLaboratoire({
    dossier,
    clock,
    graine: 11,
    reglages: { moteur: { reprise_min_s: 2.5, reprise_max_s: 2.5 }, helios: { passerelles } },
    ministere: { delaiReponseMs: [0, 60], tardMs: 500 },
  });
  const monde = new Monde(dossier, { labo, dgfip, demon: await labo.demarrerDemon() });
  await inscrire(labo.client, SIREN, 'Commune restaurée');
  await ouvrirHelios(labo.client, SIREN, {
    sirets: [`${SIREN}00012`],
    destination: 'VHPCE11',
    signature: 'transmettre',
  });
  return monde;
}

const METADONNEES = {
  date: '2026-03-02',
  nature: '1',
  matiere: '7.1',
  document: { typologie: '99_DE' },
  annexes: [],
};

class Monde implements MondeRestaure {
  readonly dossier: string;
  readonly labo: Laboratoire;
  readonly dgfip: Dgfip;
  demon: ProcessusDemon;
  #pertes = 0;

  constructor(dossier: string, { labo, dgfip, demon }: Pick<Monde, 'labo' | 'dgfip' | 'demon'>) {
    this.dossier = dossier;
    this.labo = labo;
    this.dgfip = dgfip;
    this.demon = demon;
  }

  get donnees(): string {
    return join(this.dossier, 'donnees');
  }

  deposerActe(numero: string): Promise<Depose> {
    return this.#deposer({ nom: numero, protocole: 'ACTES', octets: creerPdf([`Acte ${numero}`]) });
  }

  deposerPes(nomFic: string): Promise<Depose> {
    const octets = pes({ entetes: { NomFic: nomFic, IdColl: `${SIREN}00012` } });
    return this.#deposer({ nom: nomFic, protocole: 'HELIOS', octets });
  }

  async #deposer(d: Omit<Depose, 'id'>): Promise<Depose> {
    const { statut, id } = await this.redeposer({ ...d, id: '' });
    if (statut !== 201) throw new TypeError(`deposit of ${d.nom}: ${statut}`);
    return { ...d, id };
  }

  async redeposer({ nom, protocole, octets }: Depose): Promise<{ statut: number; id: string }> {
    const acte = protocole === 'ACTES';
    const { statut, corps } = await this.labo.client.deposer({
      siren: SIREN,
      protocole,
      cle: `${protocole}-${nom}`,
      metadonnees: (acte ? { ...METADONNEES, numero: nom, objet: `Acte ${nom}` } : {}) as ObjetJson,
      fichiers: [{ role: acte ? 'document' : 'pes', nom: acte ? 'acte.pdf' : `${nom}.xml`, octets }],
    });
    const { id = '' } = (corps['flux'] ?? {}) as { id?: string };
    return { statut, id };
  }

  async ordonner(destination: string, ordre: string, corps: ObjetJson): Promise<void> {
    const { statut } = await this.labo.client.envoyer('POST', `/destinations/${destination}/${ordre}`, corps);
    if (statut !== 200) throw new TypeError(`${ordre} ${destination}: ${statut}`);
  }

  async flux(requete = ''): Promise<FluxVu[]> {
    const { corps } = await this.labo.client.lire(`/flux?limite=1000${requete}`);
    return corps['flux'] as unknown as FluxVu[];
  }

  async voir(id: string): Promise<FluxVu> {
    return (await this.labo.client.lire(`/flux/${id}`)).corps['flux'] as unknown as FluxVu;
  }

  async jusqua(id: string, ...etats: readonly Etat[]): Promise<FluxVu> {
    const limite = clock.now() + PATIENCE;
    for (;;) {
      const vu = await this.voir(id);
      if (etats.includes(vu.etat)) return vu;
      if (clock.now() > limite) throw new TypeError(`${vu.identite} is ${vu.etat}: ${JSON.stringify(vu)}`);
      await clock.sleep(30);
    }
  }

  async calme(): Promise<void> {
    await Promise.all([this.labo.ministere.attendreVide(), this.dgfip.attendreVide()]);
    await this.labo.client.envoyer('POST', '/releve', {});
    const limite = clock.now() + PATIENCE;
    while (clock.now() < limite) {
      const { corps } = await this.labo.client.lire('/retours?etat=recu&limite=1');
      if ((corps['retours'] as unknown as unknown[]).length === 0) return;
      await clock.sleep(30);
    }
  }

  #commande(argv: readonly string[]): string[] {
    return [join(RACINE, 'bin', 'vaguemestre'), ...argv];
  }

  get #env(): NodeJS.ProcessEnv {
    return { ...process.env, VAGUEMESTRE_CONFIG: this.labo.configFichier };
  }

  vaguemestre(...argv: readonly string[]): Promise<Sortie> {
    const { promise, resolve } = Promise.withResolvers<Sortie>();
    const env = this.#env;
    execFile(process.execPath, this.#commande(argv), { env }, (faute, sortie, erreur) => {
      const code = faute === null ? 0 : Number(faute.code);
      const lignes = sortie.split('\n').filter((l) => l.startsWith('{'));
      resolve({ code, erreur, json: lignes.map((l) => JSON.parse(l) as Record<string, unknown>) });
    });
    return promise;
  }

  async tuer(argv: readonly string[], apres: () => Promise<boolean>): Promise<void> {
    const processus = spawn(process.execPath, this.#commande(argv), { env: this.#env, stdio: 'ignore' });
    const fini = new Promise<void>((r) => processus.once('exit', () => r()));
    while (processus.exitCode === null && !(await apres())) await clock.sleep(1);
    processus.kill('SIGKILL');
    await fini;
  }

  async perdre(): Promise<string> {
    this.#pertes += 1;
    const perdu = join(this.dossier, `perdu-${this.#pertes}`);
    await rename(this.donnees, perdu);
    return perdu;
  }

  async demarrer(): Promise<void> {
    this.demon = await this.labo.demarrerDemon();
  }

  doubles(): string[] {
    const ministere = this.labo.ministere.registre.evenements();
    const verdicts = ministere
      .filter((e) => e.type === 'verdict' && e.message === '1-2')
      .map((e) => e.idActe);
    const archives = ministere.filter((e) => e.type === 'double').map((e) => e.nom);
    const pris = this.dgfip.registre.evenements().filter((e) => e.type === 'pris' || e.type === 'double');
    return [...archives, ...repetes(verdicts), ...repetes(pris.map((e) => e.sha256))];
  }

  async intact(): Promise<boolean> {
    return (await this.labo.client.lire('/journal/verification')).corps['intact'] === true;
  }

  async fermer(): Promise<void> {
    await this.demon.arreter();
    await this.labo.fermer();
    await this.dgfip.arreter();
    await rm(this.dossier, { recursive: true, force: true });
  }
}

function repetes(valeurs: readonly string[]): string[] {
  return [...new Set(valeurs)].filter((v) => valeurs.indexOf(v) !== valeurs.lastIndexOf(v));
}
