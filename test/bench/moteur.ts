import { createHash } from 'node:crypto';
import { AnalyseurXml } from '../../src/formats/xml/analyseur.ts';
import { Canonisation, parId } from '../../src/formats/xml/c14n/canonisation.ts';
import type { Cible } from '../../src/formats/xml/c14n/cible.ts';
import type { Recepteur } from '../../src/formats/xml/evenements.ts';
import { Muet } from '../../src/formats/xml/muet.ts';
import type { Dire } from './lancer.ts';
import { type Figures, mediane } from './mesures.ts';
import { fabriquerPes } from './pes.ts';

/** The engine alone, warm, in this process: reading, then reading with the canonical digest of the bordereau. */

const OCTETS = 50_000_000;
const TOURS = 7;

function lire(recepteur: Recepteur, blocs: readonly Buffer[]): void {
  const analyseur = new AnalyseurXml(recepteur);
  for (const bloc of blocs) analyseur.ecrire(bloc);
  const refus = analyseur.finir();
  if (refus !== null) throw new TypeError(refus.message);
}

function debit(faire: () => void, octets: number): number {
  const durees = Array.from({ length: TOURS }, () => {
    const debut = performance.now();
    faire();
    return performance.now() - debut;
  });
  return Math.round(octets / mediane(durees) / 1000);
}

export function mesurerMoteur(dire: Dire): Figures {
  const blocs = [...fabriquerPes({ octets: OCTETS })];
  const octets = blocs.reduce((somme, bloc) => somme + bloc.length, 0);
  const lecture = debit(() => lire(new Muet(), blocs), octets);
  const canonisation = debit(() => {
    const cible: Cible = { mode: 'exclusive', sansSignature: true, puits: [createHash('sha256')] };
    lire(new Canonisation({ choisir: parId(new Map([['B1', cible]])), termine: () => undefined }), blocs);
  }, octets);
  dire(
    `Moteur seul : lecture ${lecture} Mo/s, lecture et empreinte canonique du bordereau ${canonisation} Mo/s.`,
  );
  return { lecture_mo_par_s: lecture, c14n_mo_par_s: canonisation };
}
