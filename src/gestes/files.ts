import {
  destinationDeFile,
  FILE_LIVRAISONS,
  FILE_RETOURS,
  fileDeDestination,
  fileDeProtocole,
} from '../metier/files.ts';
import type { Instant } from '../metier/identifiants.ts';
import { SILENCE } from '../engine/presence.ts';
import type { Suspension } from '../ports/store.ts';
import type { EtatFiles, FileVue } from './etat-files.ts';
import type { Contexte, Gestes } from './gestes.ts';
import { exigerOperateur, type OutilsGestes } from './outils.ts';

/** Queues of the settings, whether something waits there or not. */
function connues({ protocoles, noeud }: OutilsGestes): string[] {
  return [
    ...protocoles.map((p) => fileDeProtocole(p.nom)),
    ...noeud.portes.map(fileDeDestination),
    FILE_RETOURS,
    FILE_LIVRAISONS,
  ];
}

/** An order holds a door back, or all those of a protocol. */
function suspensionDe(file: string, ordres: readonly Suspension[]): Suspension | null {
  const destination = destinationDeFile(file);
  if (destination === null) return null;
  const [protocole] = destination.split(':');
  return ordres.find((s) => s.destination === destination || s.destination === protocole) ?? null;
}

async function etat(outils: OutilsGestes): Promise<EtatFiles> {
  const { store, clock } = outils.moteur;
  const quand = clock.now();
  const [travail, ordres, noeuds, tours, repartition] = await Promise.all([
    store.file.etat(quand),
    store.suspensions.lister(),
    store.noeuds.lister((quand - SILENCE) as Instant),
    store.tours.lister(),
    outils.noeud.repartition.constater(),
  ]);
  const noms = [...new Set([...connues(outils), ...travail.files.map((f) => f.file)])];
  const files = noms.map((file): FileVue => {
    const vue = travail.files.find((f) => f.file === file);
    const rien = { file, dues: 0, enMain: 0, plusTard: 0, depuis: null };
    return { ...(vue ?? rien), suspension: suspensionDe(file, ordres) };
  });
  return { noeud: outils.noeud.nom, quand, files, enMain: travail.enMain, noeuds, tours, repartition };
}

export function vueDesFiles(outils: OutilsGestes): Pick<Gestes, 'files'> {
  return {
    files: async (ctx: Contexte) => {
      exigerOperateur(ctx);
      return etat(outils);
    },
  };
}
