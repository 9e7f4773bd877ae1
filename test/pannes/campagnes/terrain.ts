import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { creerClockSysteme } from '../../../src/adapters/clock/system.ts';
import { inscrire, ouvrirHelios } from '../../../src/banc/collectivite-essai.ts';
import type { Instant } from '../../../src/metier/identifiants.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { portLibre } from '../../serveurs/processus.ts';
import { type Mairie, ouvrirMairie } from '../mairie.ts';
import type { Conditions } from './campagne.ts';
import { COLLECTIVITES, siretDe } from './collectivites.ts';
import { Noeud } from './demons.ts';
import { type Etat, type OptionsEtat, ouvrirEtat, type Paire, type Pki, VALIDITE_JOURS } from './etat.ts';
import { type Magasin, ouvrirMagasin } from './magasin.ts';

/** A whole world on loopback ports: the State, the daemons with their store, a town hall. */
export interface Terrain {
  readonly conditions: Conditions;
  readonly etat: Etat;
  readonly clock: Clock;
  readonly mairie: Mairie;
  readonly magasin: Magasin;
  readonly noeuds: readonly Noeud[];
  /** That which answers the questions of a person. */
  readonly premier: Noeud;
  fermer(): Promise<void>;
}

export interface OptionsTerrain {
  /** Settings over those of the world, section by section. */
  readonly reglages?: Readonly<Record<string, unknown>>;
  /** Settings over those of each gateway. */
  readonly passerelles?: Readonly<Record<string, unknown>>;
  readonly ministere?: OptionsEtat['ministere'];
  /** By which the State lives; the clock of the machine when absent. */
  readonly heureEtat?: () => number;
  /** Environment of the daemons. */
  readonly env?: Readonly<Record<string, string>>;
  /** With which the daemons go to the ministry's door; a pair of its own when absent. */
  readonly client?: (pki: Pki) => Promise<Paire>;
}

type Table = Readonly<Record<string, unknown>>;

const estTable = (valeur: unknown): valeur is Table =>
  typeof valeur === 'object' && valeur !== null && !Array.isArray(valeur);

/** Tables are merged, everything else is replaced. */
function fondre(dessous: Table, dessus: Table): Record<string, unknown> {
  const fondus = Object.entries(dessus).map(([nom, valeur]) => {
    const autre = dessous[nom];
    return [nom, estTable(valeur) && estTable(autre) ? fondre(autre, valeur) : valeur] as const;
  });
  return { ...dessous, ...Object.fromEntries(fondus) };
}

/** Opens the world, starts the daemons and registers the collectivités. */
export async function ouvrirTerrain(conditions: Conditions, options: OptionsTerrain = {}): Promise<Terrain> {
  const { dossier, graine } = conditions;
  const clock = creerClockSysteme();
  const fermetures: (() => Promise<unknown>)[] = [];
  const fermer = async (): Promise<void> => {
    for (const une of fermetures.splice(0).toReversed()) await une();
  };
  try {
    const magasin = await ouvrirMagasin(conditions);
    fermetures.push(() => magasin.fermer());
    const ports = await Promise.all(Array.from({ length: conditions.noeuds }, () => portLibre()));
    const { ministere = {}, heureEtat = () => clock.now() } = options;
    const horloge: Clock = { ...clock, now: () => heureEtat() as Instant };
    const etat = await ouvrirEtat({ dossier, clock: horloge, graine, portSmtp: ports[0] ?? 0, ministere });
    fermetures.push(() => etat.fermer());
    const mairie = await ouvrirMairie(join(dossier, 'mairie'), clock.now(), VALIDITE_JOURS);
    const noeuds = await creerNoeuds({ conditions, clock, options, magasin, mairie, ports, etat });
    fermetures.push(() => Promise.all(noeuds.map((n) => n.fermer())));
    for (const noeud of noeuds) await noeud.demarrer();
    const [premier] = noeuds;
    if (premier === undefined) throw new TypeError('no daemon');
    await inscrireTous(premier);
    return { conditions, etat, clock, mairie, magasin, noeuds, premier, fermer };
  } catch (faute) {
    await fermer();
    throw faute;
  }
}

interface Preparation {
  readonly conditions: Conditions;
  readonly clock: Clock;
  readonly options: OptionsTerrain;
  readonly magasin: Magasin;
  readonly mairie: Mairie;
  readonly etat: Etat;
  /** Of the mail doors. */
  readonly ports: readonly number[];
}

async function creerNoeuds(p: Preparation): Promise<Noeud[]> {
  const { conditions, clock, options, magasin } = p;
  const paire = await (options.client?.(p.etat.pki) ?? p.etat.pki.emettre('client', 'client'));
  return Promise.all(
    p.ports.map(async (port, rang) => {
      const nom = `noeud-${rang + 1}`;
      const base = { ...reglagesDe(p, paire), reception: { smtp: { actif: true, port } } };
      const reglages = fondre(fondre(base, magasin.reglages(rang)), options.reglages ?? {});
      const configFichier = join(conditions.dossier, `${nom}.toml`);
      await mkdir(magasin.donnees(rang), { recursive: true });
      await writeFile(configFichier, stringify(reglages));
      const socket = join(magasin.donnees(rang), 'vaguemestre.sock');
      const noeud = new Noeud({ nom, dossier: conditions.dossier, configFichier, socket, clock });
      noeud.env = options.env ?? {};
      return noeud;
    }),
  );
}

/** The waits of production are minutes. */
function reglagesDe({ etat, mairie, options }: Preparation, { certificat, cle }: Paire): Table {
  const { bouts, lignes, pki } = etat;
  const { confiance, cles } = mairie.reglages;
  const url = `https://localhost:${lignes.guichet.port}/`;
  const patience = { delai_connexion_s: 3, delai_total_s: 6 };
  return {
    journal_technique: 'warn',
    moteur: { reprise_min_s: 0.1, reprise_max_s: 1, arret_s: 3, bail_s: 10 },
    api: { port: 0 },
    operateur: { adresse_retour: 'tdt@operateur.example.fr' },
    actes: { ministere: { url, certificat, cle, autorites: pki.ca, ...patience } },
    helios: { passerelles: bouts.map((b) => ({ ...b.reglage, ...options.passerelles })), cles },
    confiance,
  };
}

async function inscrireTous({ client }: Noeud): Promise<void> {
  for (const { siren, bout, signe } of COLLECTIVITES) {
    await inscrire(client, siren, `Commune ${siren}`);
    await ouvrirHelios(client, siren, {
      sirets: [siretDe(siren)],
      destination: 'VHPCE11',
      passerelle: bout,
      signature: signe === 'ici' ? 'signer' : 'transmettre',
      cle: 'mairie',
      qualite: 'Maire',
    });
  }
}
