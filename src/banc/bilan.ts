import { LIBELLE_ETAT } from '../metier/etats.ts';
import type { NomProtocole } from '../metier/flux.ts';
import type { ComptesEchanges, Confrontation, EchangeVu } from './echanges/confrontation.ts';
import type { DepotDuRecit } from './recit.ts';
import { empreinteEnvoyee, type FluxVu, patienter, type Scene, type Suivi, voir } from './scene.ts';

/** What the demonstration counts at its end, from what happened, and what is not as announced. */

export interface BilanDemo {
  readonly actes: {
    readonly deposes: number;
    readonly acquittes: number;
    readonly refuses_depot: number;
    readonly anomalies: number;
  };
  readonly pes: {
    readonly deposes: number;
    readonly acquittes: number;
    readonly partiels: number;
    readonly refuses_depot: number;
  };
  readonly echanges: ComptesEchanges;
  readonly preuves: { readonly verifiees: number; readonly fausses: number };
  readonly webhooks: { readonly livres: number };
  readonly perdus: number;
  readonly doubles: number;
}

/** The deposits taken, those refused at the door, what was exchanged about them, and what became of the proofs. */
export interface Recolte {
  readonly suivis: readonly Suivi[];
  readonly refuses: readonly DepotDuRecit[];
  readonly echanges: Confrontation & { readonly flux: readonly Pick<EchangeVu, 'etat'>[] };
  readonly preuves: BilanDemo['preuves'];
}

export interface Jugement {
  readonly bilan: BilanDemo;
  /** French; empty when all went as announced. */
  readonly fautes: readonly string[];
}

type Fini = Suivi & { readonly etat: FluxVu['etat'] };

/** Times that the collectivité is told of a flux, by its end: an acte that is cancelled was acknowledged before. */
const ANNONCES: Readonly<Partial<Record<FluxVu['etat'], number>>> = {
  acquitte: 1,
  acquitte_partiel: 1,
  anomalie: 1,
  recu: 1,
  annule: 2,
};

/** What the register of the DGFiP says of the PES: it knows nothing of what the daemon believes. */
async function confronterDgfip(
  scene: Scene,
  finis: readonly Fini[],
): Promise<{ perdus: number; doubles: number }> {
  const { registre } = scene.dgfip;
  const pes = finis.filter((f) => f.depot.protocole === 'HELIOS');
  const empreintes = async (choisis: readonly Fini[]): Promise<string[]> =>
    (await Promise.all(choisis.map((f) => empreinteEnvoyee(scene, f.id)))).filter((e) => e !== null);
  const tous = await empreintes(pes);
  // what did not end as announced is lost already
  const annonces = await empreintes(pes.filter((f) => f.etat === f.depot.fin));
  await patienter(scene.clock, () => registre.confronter(tous).nonLus.length === 0);
  const { inattendus, nonLus } = registre.confronter(tous);
  return {
    perdus: registre.confronter(annonces).perdus.length + nonLus.length,
    // bytes that nobody expected are another writing of a file already sent
    doubles: registre.compter('double') + inattendus.length,
  };
}

function fautesDesFlux({ refuses, echanges }: Recolte, finis: readonly Fini[]): string[] {
  const manques = finis.flatMap(({ depot: { titre, fin }, etat }) => {
    if (etat === fin) return [];
    const annonce =
      fin === 'refus_depot' ? 'devait être refusé au dépôt' : `devait finir ${LIBELLE_ETAT[fin]}`;
    return [`« ${titre} » ${annonce}, et se trouve ${LIBELLE_ETAT[etat]}.`];
  });
  const refus = refuses.filter((d) => d.fin !== 'refus_depot');
  return [
    ...manques,
    ...refus.map(({ titre }) => `« ${titre} » n’a pas été accepté au dépôt.`),
    ...echanges.perdus.map((e) => `Échange que l’une des deux parties n’a pas : ${e}.`),
    ...echanges.doubles.map((e) => `Échange que l’une des deux parties a une fois de trop : ${e}.`),
  ];
}

function fautesDuBilan({ preuves, webhooks, perdus, doubles }: BilanDemo, attendus: number): string[] {
  return [
    perdus === 0 ? '' : `Perdus en route : ${perdus}.`,
    doubles === 0 ? '' : `Reçus en double par l’État : ${doubles}.`,
    preuves.fausses === 0 ? '' : `Dossiers de preuve faux : ${preuves.fausses}.`,
    webhooks.livres === attendus ? '' : `Webhooks livrés et signés : ${webhooks.livres} sur ${attendus} dus.`,
  ].filter((faute) => faute !== '');
}

function compter(finis: readonly Fini[], protocole: NomProtocole, etat: FluxVu['etat']): number {
  return finis.filter((f) => f.depot.protocole === protocole && f.etat === etat).length;
}

/** Deposits of a protocol, refused ones included. */
function deposes(
  { suivis, refuses }: Recolte,
  protocole: NomProtocole,
): { deposes: number; refuses_depot: number } {
  const refuses_depot = refuses.filter((d) => d.protocole === protocole).length;
  const pris = suivis.filter((s) => s.depot.protocole === protocole).length;
  return { deposes: pris + refuses_depot, refuses_depot };
}

export async function dresser(scene: Scene, recolte: Recolte): Promise<Jugement> {
  const finis: readonly Fini[] = await Promise.all(
    recolte.suivis.map(async (s) => ({ ...s, etat: (await voir(scene, s.id)).flux.etat })),
  );
  const { echanges } = recolte;
  const attendus = [...finis, ...echanges.flux].reduce((n, f) => n + (ANNONCES[f.etat] ?? 0), 0);
  const signes = () => [...scene.receveur.recus.values()].filter((w) => w.signe).length;
  await patienter(scene.clock, () => signes() >= attendus);
  const dgfip = await confronterDgfip(scene, finis);
  const [actes, pes] = [deposes(recolte, 'ACTES'), deposes(recolte, 'HELIOS')];
  const bilan: BilanDemo = {
    actes: {
      deposes: actes.deposes,
      acquittes: compter(finis, 'ACTES', 'acquitte'),
      refuses_depot: actes.refuses_depot,
      anomalies: compter(finis, 'ACTES', 'anomalie'),
    },
    pes: {
      deposes: pes.deposes,
      acquittes: compter(finis, 'HELIOS', 'acquitte'),
      partiels: compter(finis, 'HELIOS', 'acquitte_partiel'),
      refuses_depot: pes.refuses_depot,
    },
    echanges: echanges.comptes,
    preuves: recolte.preuves,
    webhooks: { livres: signes() },
    perdus: finis.filter((f) => f.etat !== f.depot.fin).length + echanges.perdus.length + dgfip.perdus,
    doubles: scene.labo.ministere.registre.compter('double') + echanges.doubles.length + dgfip.doubles,
  };
  return { bilan, fautes: [...fautesDesFlux(recolte, finis), ...fautesDuBilan(bilan, attendus)] };
}
