import { bloquantes, type RapportControles } from '../../metier/anomalies.ts';
import type { DepotLu, ResultatControle } from '../protocole.ts';
import { depotLu, type FaitsDepotPes } from './depot.ts';
import { REGLES } from './regles/index.ts';
import { paquetsAttendus, reponsesPaquets } from './regles/paquets.ts';
import { type ReglagesControle, repondre, type Sujet } from './regles/regle.ts';

/** Safe reading of « 100 Mo » (cahier des charges HELIOS, 2-3): nobody says whether the limit is in MB or MiB. */
const REGLAGES: ReglagesControle = { tailleMax: 100_000_000 };

function sujetDe(faits: FaitsDepotPes, reglages: Partial<ReglagesControle>): Sujet {
  const lus = faits.lecture.faits;
  return {
    faits,
    pes: lus?.genre === 'PES_Aller' ? lus : null,
    acquitRetour: lus?.genre === 'PES_ACQUIT_RETOUR' ? lus : null,
    entetes: lus === null || lus.genre === 'inconnu' ? null : lus.entetes,
    reglages: { ...REGLAGES, ...reglages },
  };
}

/** A file that a pack could not be asked about names that pack, for whoever asks again. */
function enAttente(lu: DepotLu | null, { paquets }: FaitsDepotPes): DepotLu | null {
  const attendus = paquetsAttendus(paquets?.paquets ?? []).map((p) => p.paquet.nom);
  if (lu === null || attendus.length === 0) return lu;
  return { ...lu, resume: { ...lu.resume, schemasAttendus: attendus } };
}

/** Answers every control of a deposited PES; all answers are kept, good or bad. */
export function controler(faits: FaitsDepotPes, reglages: Partial<ReglagesControle> = {}): ResultatControle {
  const sujet = sujetDe(faits, reglages);
  const reponses = [...REGLES.map((regle) => repondre(regle, sujet)), ...reponsesPaquets(faits.paquets)];
  const base = { format: 'vaguemestre-rapport-controles-v1', reponses } as const;
  const refuse = bloquantes({ ...base, verdict: 'favorable' }).length > 0;
  const rapport: RapportControles = { ...base, verdict: refuse ? 'defavorable' : 'favorable' };
  return { rapport, lu: enAttente(depotLu(faits.lecture), faits) };
}
