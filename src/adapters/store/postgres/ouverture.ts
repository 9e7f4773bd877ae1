import { erreurStockage } from '../../../metier/catalogue/stockage.ts';
import { ErreurVgm } from '../../../metier/erreurs.ts';
import type { Clock } from '../../../ports/clock.ts';
import { estPanne } from '../panne.ts';
import { exigerEnService } from './demenagement.ts';
import { estRefusDAcces, raisonPanne } from './erreurs.ts';
import { migrer } from './migrer.ts';
import { exigerHeure } from './serveur.ts';
import { nomServeur, type OutilsSession, Session } from './session.ts';

/** Rows of daemons that are no more; milliseconds. */
const OUBLI_MS = 7 * 24 * 3_600_000;

export interface DemandeOuverture extends OutilsSession {
  readonly clock: Clock;
  /** Milliseconds that may part our clock from the server's. */
  readonly ecartHorloge: number;
}

/**
 * Looks the server over and brings the base to the present schema.
 * Throws VGM-STO-001 (written by a newer program), 002 (out of reach), 003 (refuses us), 004 to 007 (unfit), 009 and 010 (not the
 * base that serves).
 */
export async function preparerBase(demande: DemandeOuverture): Promise<void> {
  const { acces, clock } = demande;
  const serveur = nomServeur(acces);
  try {
    const session = await Session.ouvrir({ ...demande, reponseMs: 0 }, 'vaguemestre ouverture');
    try {
      exigerHeure(serveur, {
        heure: session.faits.heure,
        ici: clock.now(),
        tolerance: demande.ecartHorloge,
      });
      await migrer(session, { serveur, quand: clock.now() });
      await exigerEnService(session, serveur);
      await session.ecrire('DELETE FROM ecrivains WHERE quand < :avant', { avant: clock.now() - OUBLI_MS });
    } finally {
      await session.fermer();
    }
  } catch (erreur) {
    throw dire(demande, erreur);
  }
}

/**
 * A session for a command that moves a base or changes its schema, both left as they are found. Throws VGM-STO-002 to -006.
 */
export async function ouvrirArretee(outils: OutilsSession): Promise<Session> {
  try {
    return await Session.ouvrir({ ...outils, reponseMs: 0 }, 'vaguemestre stockage');
  } catch (erreur) {
    throw dire(outils, erreur);
  }
}

/** At the start a person reads it: names the server, and tells « refuses us » from « is not there ». */
function dire({ acces }: OutilsSession, erreur: unknown): unknown {
  if (!(erreur instanceof ErreurVgm) || !estPanne(erreur)) return erreur;
  const serveur = nomServeur(acces);
  const raison = raisonPanne(erreur.cause) ?? 'connexion perdue';
  const { utilisateur, base } = acces;
  return estRefusDAcces(erreur.cause)
    ? erreurStockage('VGM-STO-003', { serveur, utilisateur, base, raison }, erreur)
    : erreurStockage('VGM-STO-002', { serveur, raison }, erreur);
}
