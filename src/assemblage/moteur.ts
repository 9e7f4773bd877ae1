import { creerLecteurPdf } from '../adapters/lecteur-pdf/fil.ts';
import { creerMoteur, type Moteur } from '../engine/moteur.ts';
import { ABSENCE } from '../engine/presence.ts';
import { creerEtapesActes } from '../etapes/etapes-actes.ts';
import { creerEtapesHelios } from '../etapes/etapes-helios.ts';
import type { Protocoles } from '../etapes/protocoles.ts';
import { creerEtapeSignature } from '../etapes/signature.ts';
import type { Base } from './base.ts';
import { confianceDe, type Correspondants } from './correspondants.ts';
import { destinationsServies } from './repartition.ts';

export function assemblerMoteur(base: Base, { actes, helios }: Protocoles, c: Correspondants): Moteur {
  const { config, store, coffre, outils, clock, random } = base;
  const { flux, collectivites } = store;
  const { annuaire } = outils;
  const { webhook, mailer, antivirus } = c;
  const commun = { config, store, coffre, annuaire, clock, antivirus };
  return creerMoteur(outils, {
    etapes: {
      ACTES: creerEtapesActes(actes, {
        ...commun,
        schemas: base.schemas,
        transport: c.guichet?.transport ?? null,
        signature: { cles: c.cles.cles, confiance: confianceDe(base, c, 'actes') },
        pdf: { lecteur: creerLecteurPdf(), horodatage: base.confiance.juge('horodatage') },
      }),
      HELIOS: creerEtapesHelios(helios, {
        ...commun,
        passerelles: c.passerelles,
        paquets: base.paquets,
        signature: creerEtapeSignature({
          ...commun,
          flux,
          cles: c.cles.cles,
          confiance: confianceDe(base, c, 'pes'),
          reglage: config.helios.signature,
          tailleMax: config.helios.taille_max_octets,
        }),
      }),
    },
    accuse: {
      flux,
      coffre,
      annuaire,
      collectivites,
      actes: actes.accuse,
      expediteurs: config.reception.expediteurs,
      trigramme: config.operateur.trigramme,
    },
    notification: {
      clock,
      random,
      webhook,
      mailer,
      flux,
      collectivites,
      coffre,
      config: config.notification,
    },
    placesNotification: config.notification.webhook.concurrence,
    proprietaire: base.noeud.nom,
    absence: base.noeud.seul ? Infinity : ABSENCE,
    repartition: base.repartition,
    destinations: destinationsServies(config),
  });
}

/** Lets what runs finish, then cuts what still hangs after `arret_s`: a cut sending becomes uncertain, never lost. */
export async function arreterMoteur(base: Base, moteur: Moteur): Promise<void> {
  const assez = new AbortController();
  void base.clock.sleep(base.config.moteur.arret_s * 1000, assez.signal).then(() => base.coupure.abort());
  await moteur.arreter();
  assez.abort();
}
