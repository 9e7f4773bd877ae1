import { erreurEnveloppe } from '../../../metier/catalogue/enveloppe.ts';
import { erreurNoyau } from '../../../metier/catalogue/noyau.ts';
import { type Etat, estTerminal } from '../../../metier/etats.ts';
import type { FluxId, Instant, Jour, Siren } from '../../../metier/identifiants.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Debits, Numerotation } from '../../../ports/store.ts';
import { entreeIdentite, HEURES_GARDEES, heureDe, heurePour } from '../compteurs.ts';
import type { EcrireJournal } from './journal.ts';
import type { FileEcriture } from './lot.ts';
import type { Base } from './pilote.ts';

type DemandeNumero = Parameters<Numerotation['reserver']>[0];
type DemandeDebit = Parameters<Debits['reserver']>[0];

interface Numero {
  readonly jour: Jour;
  readonly numero: number;
}

export interface OutilsCompteurs {
  readonly base: Base;
  readonly ecriture: FileEcriture;
  readonly journal: EcrireJournal;
  readonly clock: Clock;
}

/** A flux given up meanwhile draws nothing: nobody would give its number back. */
function collectiviteDe(base: Base, flux: FluxId): Siren {
  const ligne = base.ligne<{ collectivite: Siren; etat: Etat }>(
    'SELECT collectivite, etat FROM flux WHERE id = :flux',
    { flux },
  );
  if (ligne === undefined) throw erreurNoyau('VGM-NOY-003', { flux });
  if (estTerminal(ligne.etat)) throw erreurNoyau('VGM-NOY-001', { flux });
  return ligne.collectivite;
}

function numeroDe(base: Base, flux: FluxId): Numero | undefined {
  return base.ligne<Numero>('SELECT jour, numero FROM numeros WHERE flux = :flux', { flux });
}

function numeroRendu(
  base: Base,
  serie: { readonly serie: string; readonly apres: number },
): number | undefined {
  return base.ligne<{ numero: number }>(
    `DELETE FROM numeros_rendus WHERE serie = :serie
      AND numero = (SELECT min(numero) FROM numeros_rendus WHERE serie = :serie AND numero > :apres)
      RETURNING numero`,
    { ...serie },
  )?.numero;
}

function numeroSuivant(base: Base, { serie, limite, apres = 0 }: DemandeNumero): number {
  const rendu = numeroRendu(base, { serie, apres });
  if (rendu !== undefined) return rendu;
  const dernier = base.ligne<{ dernier: number }>('SELECT dernier FROM series WHERE serie = :serie', {
    serie,
  });
  const numero = Math.max(dernier?.dernier ?? 0, apres) + 1;
  if (numero > limite) throw erreurEnveloppe('VGM-ENV-001', { serie, limite });
  base.ecrire(
    `INSERT INTO series (serie, dernier) VALUES (:serie, :numero)
      ON CONFLICT (serie) DO UPDATE SET dernier = excluded.dernier`,
    { serie, numero },
  );
  return numero;
}

/** Draws, writes and journals in one transaction: the identity is durable before the first byte leaves. */
export function creerNumerotation(outils: OutilsCompteurs): Numerotation {
  const { base, journal, clock } = outils;
  const reserver = (demande: DemandeNumero): Numero => {
    const { flux, serie, jour } = demande;
    const collectivite = collectiviteDe(base, flux);
    const tire = numeroDe(base, flux);
    if (tire !== undefined) return { jour: tire.jour, numero: tire.numero };
    const numero = numeroSuivant(base, demande);
    base.ecrire('INSERT INTO numeros (flux, serie, jour, numero) VALUES (:flux, :serie, :jour, :numero)', {
      flux,
      serie,
      jour,
      numero,
    });
    journal([entreeIdentite(flux, collectivite, { serie, numero })], clock.now());
    return { jour, numero };
  };
  return { reserver: (demande) => outils.ecriture.soumettre(() => reserver(demande)) };
}

/**
 * For a flux that ends without ever having been on the line. The number of a day that is over is never drawn again.
 * @param quand what it had booked of this hour and the next ones is given back.
 */
export function rendre(base: Base, flux: FluxId, quand: Instant): void {
  base.ecrire(
    'INSERT INTO numeros_rendus (serie, numero) SELECT serie, numero FROM numeros WHERE flux = :flux',
    { flux },
  );
  base.ecrire('DELETE FROM numeros WHERE flux = :flux', { flux });
  base.ecrire('UPDATE flux SET nom_envoi = NULL WHERE id = :flux', { flux });
  const reste = { flux, heure: heureDe(quand) };
  base.ecrire(
    `UPDATE debits_heures SET total = total - d.octets FROM debits AS d
      WHERE d.flux = :flux AND d.heure >= :heure
        AND debits_heures.destination = d.destination AND debits_heures.heure = d.heure`,
    reste,
  );
  base.ecrire('DELETE FROM debits WHERE flux = :flux AND heure >= :heure', reste);
}

function reserverDebit(base: Base, demande: DemandeDebit): boolean {
  const { destination, octets, plafond } = demande;
  const heure = heureDe(demande.quand);
  if (estReserve(base, demande, heure)) return true;
  const total = totalDe(base, destination, heure);
  const suivante = () => totalDe(base, destination, heure + 1);
  const attente = heurePour({ octets, plafond, total, suivante });
  if (attente === null) return false;
  if (total === 0) oublier(base, destination, heure - HEURES_GARDEES);
  inscrire(base, demande, heure + attente);
  return attente === 0;
}

function estReserve(base: Base, { destination, flux }: DemandeDebit, heure: number): boolean {
  const ligne = base.ligne(
    'SELECT 1 FROM debits WHERE destination = :destination AND heure = :heure AND flux = :flux',
    { destination, heure, flux },
  );
  return ligne !== undefined;
}

function totalDe(base: Base, destination: string, heure: number): number {
  const ligne = base.ligne<{ total: number }>(
    'SELECT total FROM debits_heures WHERE destination = :destination AND heure = :heure',
    { destination, heure },
  );
  return ligne?.total ?? 0;
}

function inscrire(base: Base, { destination, flux, octets }: DemandeDebit, heure: number): void {
  base.ecrire(
    `INSERT INTO debits_heures (destination, heure, total) VALUES (:destination, :heure, :octets)
      ON CONFLICT (destination, heure) DO UPDATE SET total = total + excluded.total`,
    { destination, heure, octets },
  );
  base.ecrire(
    'INSERT INTO debits (destination, heure, flux, octets) VALUES (:destination, :heure, :flux, :octets)',
    { destination, heure, flux, octets },
  );
}

function oublier(base: Base, destination: string, avant: number): void {
  for (const table of ['debits_heures', 'debits']) {
    base.ecrire(`DELETE FROM ${table} WHERE destination = :destination AND heure < :avant`, {
      destination,
      avant,
    });
  }
}

export function creerDebits(base: Base, ecriture: FileEcriture): Debits {
  return { reserver: (demande) => ecriture.soumettre(() => reserverDebit(base, demande)) };
}
