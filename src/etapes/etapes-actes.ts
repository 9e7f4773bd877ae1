import type { Config } from '../config/manifest.ts';
import type { JeuSchemas } from '../formats/xsd/jeu.ts';
import type { Antivirus } from '../ports/antivirus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Coffre } from '../ports/coffre.ts';
import type { Store } from '../ports/store.ts';
import type { Transport } from '../ports/transport.ts';
import type { ProtocoleActes } from '../protocoles/actes/index.ts';
import type { Annuaire } from './annuaire.ts';
import { creerEtapeAttente } from './attente.ts';
import { creerEtapeCachet, type OutilsCachet } from './cachet.ts';
import { creerControlePdf, type OutilsControlePdf } from './controle-pdf.ts';
import { creerEtapeControle } from './controle.ts';
import { creerEtapeEnveloppe } from './enveloppe.ts';
import type { Etapes } from './etape.ts';
import { creerGuichet } from './guichet.ts';
import { creerRemiseHttps } from './remise-https.ts';
import { creerEtapeReprise } from './reprise.ts';
import { creerEtapeTransmission } from './transmission.ts';

/** What the steps of every protocol are made with. */
export interface OutilsEtapes {
  readonly config: Config;
  readonly store: Store;
  readonly coffre: Coffre;
  readonly annuaire: Annuaire;
  readonly clock: Clock;
  /** null: none is configured. */
  readonly antivirus: Antivirus | null;
}

export interface OutilsActes extends OutilsEtapes {
  readonly schemas: JeuSchemas;
  /** null: no address is configured. */
  readonly transport: Transport | null;
  /** What signs, and whom to believe. */
  readonly signature: Pick<OutilsCachet, 'cles' | 'confiance'>;
  /** What reads the signatures inside PDFs, and whom to believe for the hour. */
  readonly pdf: Pick<OutilsControlePdf, 'lecteur' | 'horodatage'>;
}

function porteDe(protocole: ProtocoleActes, transport: Transport, { ministere: m }: Config['actes']) {
  return creerRemiseHttps({
    transport,
    lireReponse: protocole.transmission.lireReponse,
    reponses: m.reponses,
    guichet: creerGuichet(m.concurrence),
    destination: 'ACTES',
    fenetres: m.fenetres.map((f) => ({ debut: f.debut, fin: f.fin, octetsParHeure: f.octets_par_heure })),
    octetsParHeure: m.octets_par_heure,
  });
}

/** The steps of ACTES, over the settings. */
export function creerEtapesActes(
  protocole: ProtocoleActes,
  outils: OutilsActes,
): NonNullable<Etapes['ACTES']> {
  const { store, coffre, annuaire, clock, transport } = outils;
  const { actes, operateur } = outils.config;
  const { flux, numerotation, debits, suspensions, restaurations } = store;
  const porte = transport === null ? null : porteDe(protocole, transport, actes);
  const commun = {
    flux,
    porte: () => Promise.resolve(porte),
    alerteJoursOuvres: actes.alerte_jours_ouvres,
    maintenant: () => clock.now(),
  };
  const enveloppe = creerEtapeEnveloppe(protocole.enveloppe, {
    flux,
    coffre,
    annuaire,
    numerotation,
    restaurations,
    schemas: outils.schemas,
    emetteur: {
      trigramme: operateur.trigramme,
      application: operateur.application,
      adresseRetour: operateur.adresse_retour,
    },
    archiveMax: actes.ministere.archive_max_octets,
    maintenant: commun.maintenant,
  });
  const { confiance } = outils.signature;
  const pdf = creerControlePdf({ coffre, clock, confiance, reglage: actes.signature, ...outils.pdf });
  const cachet = { flux, coffre, annuaire, clock, reglage: actes.signature, ...outils.signature };
  return {
    controle: creerEtapeControle({ flux, coffre, antivirus: outils.antivirus, pdf }),
    signature: creerEtapeCachet(protocole.enveloppe, cachet, enveloppe),
    enveloppe,
    transmission: creerEtapeTransmission(protocole, {
      ...commun,
      coffre,
      debits,
      suspensions,
      restaurations,
      reglage: 'actes.ministere',
    }),
    reprise: creerEtapeReprise(protocole, commun),
    attente: creerEtapeAttente(protocole, commun),
  };
}
