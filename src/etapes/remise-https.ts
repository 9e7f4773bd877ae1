import { ETAT_EN_MOTS } from '../metier/flux.ts';
import { erreurTransmission } from '../metier/catalogue/transmission.ts';
import type { ReponseTransport, Transport } from '../ports/transport.ts';
import type { SensReponse } from '../protocoles/protocole.ts';
import type { IssueRemise, Remise } from './remise.ts';

export interface OutilsRemiseHttps
  extends Pick<Remise, 'destination' | 'guichet' | 'fenetres' | 'octetsParHeure'> {
  readonly transport: Transport;
  readonly lireReponse: (statut: number, table: Readonly<Record<string, SensReponse>>) => SensReponse;
  /** Reading of HTTP statuses, over the built-in table. */
  readonly reponses: Readonly<Record<string, SensReponse>>;
}

/** The ministry's door: its HTTP status is read by the table of the protocol, that the operator may edit. */
export function creerRemiseHttps(outils: OutilsRemiseHttps): Remise {
  const { transport, lireReponse, reponses, ...porte } = outils;
  const { qui: etat } = ETAT_EN_MOTS.ACTES;
  const lireStatut = (nom: string, { statut, extrait }: { statut: number; extrait: string }): IssueRemise => {
    const sens = lireReponse(statut, reponses);
    switch (sens) {
      case 'prise':
        return { type: 'prise', motif: `réponse ${statut}` };
      case 'non_prise':
        return { type: 'non_prise', erreur: erreurTransmission('VGM-TRA-003', { statut }).fiche };
      case 'incertaine':
        return { type: 'incertaine', erreur: erreurTransmission('VGM-TRA-005', { statut, nom, etat }).fiche };
      case 'refusee': {
        const detail = extrait.trim() || 'sans explication';
        const { fiche } = erreurTransmission('VGM-TRA-004', { statut, nom, detail });
        return { type: 'refusee', motif: `réponse ${statut}`, erreur: fiche };
      }
      default:
        return sens satisfies never;
    }
  };
  const lire = (nom: string, reponse: ReponseTransport): IssueRemise => {
    switch (reponse.type) {
      case 'non_parti':
        return {
          type: 'non_prise',
          erreur: erreurTransmission('VGM-TRA-001', { detail: reponse.cause }).fiche,
        };
      case 'sort_inconnu':
        return {
          type: 'incertaine',
          erreur: erreurTransmission('VGM-TRA-002', { nom, detail: reponse.cause, etat }).fiche,
        };
      case 'reponse':
        return lireStatut(nom, reponse);
      default:
        return reponse satisfies never;
    }
  };
  return {
    ...porte,
    remettre: async (envoi, _flux, signal) => lire(envoi.nom, await transport.remettre(envoi, signal)),
  };
}
