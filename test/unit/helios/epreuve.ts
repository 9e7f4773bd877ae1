import type { Collectivite } from '../../../src/metier/collectivite.ts';
import type { FluxId, Instant, Siren } from '../../../src/metier/identifiants.ts';
import { controler } from '../../../src/protocoles/helios/controle.ts';
import type { FaitsDepotPes } from '../../../src/protocoles/helios/depot.ts';
import { lireFichierPes, type OptionsLecture } from '../../../src/protocoles/helios/lecture/lire.ts';
import type { ReglagesControle } from '../../../src/protocoles/helios/regles/regle.ts';
import type { ResultatControle } from '../../../src/protocoles/protocole.ts';
import { pes, type PesEssai } from './generateur.ts';

/** A sound deposit, of which each test spoils one thing. */

export const COLLECTIVITE: Collectivite = {
  siren: '000000018' as Siren,
  nom: 'Valmoncel',
  actif: true,
  actes: null,
  helios: null,
  points: [],
  creee: 0 as Instant,
  ver: 1,
};

export const FLUX = '01980000-0000-7000-8000-000000000001' as FluxId;

export interface Essai {
  readonly pes?: PesEssai;
  /** Whole file, instead of `pes`. */
  readonly octets?: Uint8Array;
  readonly faits?: Partial<Omit<FaitsDepotPes, 'lecture'>>;
  readonly lecture?: OptionsLecture;
  readonly reglages?: Partial<ReglagesControle>;
}

export async function controle(essai: Essai = {}): Promise<ResultatControle> {
  const lecture = await lireFichierPes([essai.octets ?? pes(essai.pes)], essai.lecture);
  const faits: FaitsDepotPes = {
    lecture,
    schema: null,
    paquets: null,
    collectivite: COLLECTIVITE,
    fiche: { sirets: ['00000001800010'], destination: 'VHPCE11' },
    aSigner: false,
    homonymes: [],
    jumeaux: [],
    ...essai.faits,
  };
  return controler(faits, essai.reglages);
}

export interface Reponse {
  readonly reponse: string;
  readonly verdict: string;
  readonly gravites: readonly string[];
  /** Places, messages and remedies. */
  readonly texte: string;
}

export async function reponseDe(code: string, essai: Essai = {}): Promise<Reponse> {
  const { rapport } = await controle(essai);
  const r = rapport.reponses.find((q) => q.code === code);
  if (r === undefined) throw new TypeError(`no rule ${code}`);
  return {
    reponse: r.reponse,
    verdict: rapport.verdict,
    gravites: r.anomalies.map((a) => a.gravite),
    texte: r.anomalies.map((a) => `${a.ou ?? ''} | ${a.message} | ${a.remede}`).join('\n'),
  };
}
