import type { OutilsMoteur } from '../engine/outils.ts';
import type { IdentiteNoeud, Presence } from '../engine/presence.ts';
import type { Releve } from '../engine/releve.ts';
import { erreurGestes } from '../metier/catalogue/gestes.ts';
import type { Classification } from '../metier/collectivite.ts';
import type { NomProtocole } from '../metier/flux.ts';
import type { Coffre } from '../ports/coffre.ts';
import type { Imprimeur } from '../ports/imprimeur.ts';
import type { Repartition } from '../ports/repartition.ts';
import type { Sonde } from '../ports/sonde.ts';
import type { Tamponneur } from '../ports/tamponneur.ts';
import type { Protocole } from '../protocoles/protocole.ts';
import type { Contexte } from './gestes.ts';
import type { InstantaneBase } from './sauvegarde/instantane.ts';

/** What the gestures work with. */
export interface OutilsGestes {
  readonly moteur: OutilsMoteur;
  readonly coffre: Coffre;
  readonly protocoles: readonly Protocole[];
  readonly releve: Pick<Releve, 'relever'>;
  readonly sondes: readonly Sonde[];
  /** Where answers are fetched: `imap:<box>`, `maildir:<folder>`, `dgfip:<gateway>`. */
  readonly sources: readonly string[];
  /** Copies the base; null: the engine that keeps it has its own tools. */
  readonly instantane: (() => Promise<InstantaneBase>) | null;
  readonly tailleMax: number;
  /** Bytes of the ZIP of a batch. */
  readonly lotMax: number;
  /** Working days without receipt before the alert. */
  readonly alerteJoursOuvres: Readonly<Record<NomProtocole, number>>;
  /** Doors of the State, under the names that orders use: `ACTES`, `HELIOS`, `HELIOS:<gateway>`. */
  readonly destinations: readonly string[];
  /** Reads the classification message of the préfecture (7-2). */
  readonly lireClassification: (octets: Uint8Array) => Classification | { readonly motif: string };
  /** What makes the copies that are handed out. */
  readonly copies: {
    readonly tamponneur: Tamponneur;
    readonly imprimeur: Imprimeur;
    /** Trigramme written on them. */
    readonly operateur: string;
  };
  /** Says in French why an address may not receive notifications; null when it may. */
  readonly refusCible: (canal: 'webhook' | 'courriel', cible: string) => string | null;
  /** This daemon among those that share the store. */
  readonly noeud: IdentiteNoeud &
    Pick<Presence, 'jumeau'> & {
      /** No other daemon shares the store. */
      readonly seul: boolean;
      readonly repartition: Pick<Repartition, 'constater'>;
      readonly typeRepartition: 'locale' | 'bullmq';
      /** Doors of the State that have a queue. */
      readonly portes: readonly string[];
    };
}

/** Orders that touch what belongs to no collectivité. Throws VGM-GES-005 for a token of a collectivité. */
export function exigerOperateur(ctx: Contexte): void {
  if (!('operateur' in ctx.portee)) throw erreurGestes('VGM-GES-005');
}
