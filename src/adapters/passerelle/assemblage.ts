import { ErreurVgm } from '../../metier/erreurs.ts';
import { erreurPasserelle } from '../../metier/catalogue/passerelle.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Passerelle } from '../../ports/passerelle.ts';
import { creerDeposant } from './depot.ts';
import { FautePair } from './fautes.ts';
import { fauteProvisoire } from './noms.ts';
import { creerReleveur } from './retrait.ts';
import type { ReglagesPasserelle, Session } from './session.ts';
import { Sessions } from './sessions.ts';

export interface Protocole {
  readonly reglages: ReglagesPasserelle;
  /** Do the metadata travel in the remote name? */
  readonly dansLeNom: boolean;
  /** Connects, checks the peer and logs in. Throws VGM-PAS-… . */
  readonly ouvrir: () => Promise<Session>;
  readonly clock: Clock;
}

/** Deposit, fetch and probe over one protocol. Throws VGM-PAS-005 at once: a wrong setting is not a network fault. */
export function assembler({ reglages, dansLeNom, ouvrir, clock }: Protocole): Passerelle {
  const faute = fauteProvisoire(reglages.provisoire);
  if (faute !== null) throw erreurPasserelle('VGM-PAS-005', { passerelle: reglages.nom, detail: faute });
  const sessions = new Sessions(ouvrir, clock, reglages.delais.reposMs);
  return {
    ...creerDeposant({ reglages, sessions, dansLeNom }),
    ...creerReleveur(reglages, sessions),
    async sonder() {
      try {
        return await sessions.neuve(async (session) => {
          const { length } = await session.lister(reglages.dossierRetrait);
          const attente = `${length} fichier${length > 1 ? 's' : ''} en attente`;
          return { joignable: true, detail: `${session.accueil}, ${attente}` };
        });
      } catch (erreur) {
        return { joignable: false, detail: phrase(erreur) };
      }
    },
    fermer: async () => sessions.fermer(),
  };
}

function phrase(erreur: unknown): string {
  if (erreur instanceof ErreurVgm) return erreur.fiche.message;
  return erreur instanceof FautePair ? erreur.message : 'panne inattendue';
}
