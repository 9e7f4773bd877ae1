import { type Clamd, demarrerClamd, eicar } from '../../serveurs/clamd.ts';
import { ouvrirRelais } from '../../serveurs/relais.ts';
import type { ClientApi } from '../../../src/banc/client.ts';
import { tirage } from '../../../src/banc/scenarios.ts';
import { jusqua } from './attente.ts';
import type { Campagne, Conditions } from './campagne.ts';
import { diagnostiquer, type FluxVu, tout } from './lectures.ts';
import { type Chantier, mener } from './mener.ts';
import type { Bilan } from './verdict.ts';

/** Hour without antivirus, cut down to the waits of the campaign: retries come within a second instead of 15 minutes. */
const PANNE_MS = [1_500, 2_500] as const;
/** Analyses under way when it dies end by that time. */
const EN_COURS_MS = 800;
/** What a deposit may take on a busy machine. */
const DEPOT_MAX_MS = 20_000;
const ICI = '127.0.0.1';

/** An antivirus behind one address, that comes and goes. */
class Poste {
  #clamd: Clamd | null = null;

  get port(): number {
    // Nobody listens on port 1.
    return Number(this.#clamd?.adresse.split(':')[1] ?? 1);
  }

  async ouvrir(): Promise<void> {
    this.#clamd = await demarrerClamd();
  }

  /** Dies, or stops answering with its lines open. */
  async tomber(muet: boolean): Promise<void> {
    if (this.#clamd === null) return;
    if (muet) process.kill(this.#clamd.pid, 'SIGSTOP');
    else await this.fermer();
  }

  async revenir(muet: boolean): Promise<void> {
    if (muet && this.#clamd !== null) process.kill(this.#clamd.pid, 'SIGCONT');
    else await this.ouvrir();
  }

  async fermer(): Promise<void> {
    const { pid } = this.#clamd ?? {};
    if (pid !== undefined) process.kill(pid, 'SIGCONT');
    await this.#clamd?.tuer();
    this.#clamd = null;
  }
}

/** A PES may still be refused, for its signature. */
async function compterRefuses(client: ClientApi): Promise<number> {
  return (await tout<FluxVu>(client, 'flux', { filtre: '&etat=refuse&protocole=ACTES' })).length;
}

async function frapper(c: Chantier, poste: Poste, rang: number): Promise<void> {
  const { clock, premier, conditions } = c.terrain;
  const hasard = (quoi: string): number => tirage(conditions.graine, `${quoi} ${rang}`);
  const muet = rang % 2 === 1;
  await poste.tomber(muet);
  await clock.sleep(EN_COURS_MS);
  const avant = new Set(c.charge.accuses.map((a) => a.id));
  const refuses = await compterRefuses(premier.client);
  const deposes = () => c.charge.accuses.filter((a) => !avant.has(a.id)).map((a) => a.id);
  await clock.sleep(PANNE_MS[0] + (PANNE_MS[1] - PANNE_MS[0]) * hasard('panne'));
  const acceptes = await jusqua(() => deposes().length > 0, DEPOT_MAX_MS);
  const attendent = deposes();
  if (!acceptes) c.fauter('les dépôts se sont arrêtés avec l’antivirus');
  const flux = new Map((await tout<FluxVu>(premier.client, 'flux')).map((f) => [f.id, f]));
  for (const id of attendent) {
    const etat = flux.get(id)?.etat;
    if (etat !== 'depose') c.fauter(`${id} : ${etat}, sans antivirus`);
  }
  const plus = (await compterRefuses(premier.client)) - refuses;
  if (plus > 0) c.fauter(`${plus} documents refusés sans antivirus`);
  const constat = (await diagnostiquer(premier.client)).find((s) => s.sujet === 'antivirus');
  if (constat?.etat !== 'panne')
    c.fauter(`la panne de l’antivirus n’est pas dite : ${JSON.stringify(constat)}`);
  c.compter('en_attente', attendent.length);
  c.compter(muet ? 'muet' : 'mort');
  await poste.revenir(muet);
  await clock.sleep(EN_COURS_MS);
}

async function menerAntivirus(conditions: Conditions): Promise<Bilan> {
  const poste = new Poste();
  await poste.ouvrir();
  const relais = await ouvrirRelais({
    cible: {
      hote: ICI,
      get port() {
        return poste.port;
      },
    },
  });
  try {
    return await mener(
      {
        nom: 'antivirus',
        terrain: { reglages: { antivirus: { type: 'clamd', adresse: `${ICI}:${relais.port}`, delai_s: 2 } } },
        charge: { deposants: { actes: 2, pes: 1 }, pause: 200, infecte: eicar() },
        frapper: (c, rang) => frapper(c, poste, rang),
      },
      conditions,
    );
  } finally {
    await relais.fermer();
    await poste.fermer();
  }
}

export const antivirus: Campagne = {
  nom: 'antivirus',
  panne:
    'clamd meurt, ou se fige avec ses lignes ouvertes, pendant que l’on dépose ; un acte sur huit est infecté.',
  attendu:
    'Les dépôts sont accusés et attendent à l’état « déposé » ; aucun document n’est jugé sans antivirus ; « diagnostiquer » dit la panne. À son retour, les infectés sont refusés, les autres partent.',
  exige: { noeuds: 1 },
  mener: menerAntivirus,
};
