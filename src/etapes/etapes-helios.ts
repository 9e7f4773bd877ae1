import type { Config } from '../config/manifest.ts';
import type { Paquets } from '../formats/xsd/paquets.ts';
import type { Deposant } from '../ports/passerelle.ts';
import type { ProtocoleHelios } from '../protocoles/helios/index.ts';
import { creerEtapeAttente } from './attente.ts';
import { creerEtapeControle } from './controle.ts';
import { creerRelecturePes } from './controle-pes.ts';
import { creerEtapeEnveloppeFichier } from './enveloppe-fichier.ts';
import type { Etape, Etapes } from './etape.ts';
import type { OutilsEtapes } from './etapes-actes.ts';
import { creerGuichetPasserelle, creerPortesPasserelle } from './remise-passerelle.ts';
import { creerEtapeReprise } from './reprise.ts';
import { creerEtapeTransmission } from './transmission.ts';

export interface OutilsHelios extends OutilsEtapes {
  /** In the order of the settings; none: files wait. */
  readonly passerelles: readonly {
    readonly config: Config['helios']['passerelles'][number];
    readonly passerelle: Deposant;
  }[];
  readonly signature: Etape;
  /** The same as at the deposit. */
  readonly paquets: Paquets;
}

/** The steps of HELIOS, over the settings. */
export function creerEtapesHelios(
  protocole: ProtocoleHelios,
  outils: OutilsHelios,
): NonNullable<Etapes['HELIOS']> {
  const { store, coffre, annuaire, clock } = outils;
  const { antivirus, paquets } = outils;
  const { helios, moteur, antivirus: reglage } = outils.config;
  const { flux, numerotation, debits, suspensions, restaurations } = store;
  const maintenant = () => clock.now();
  const repos = { maintenant, minMs: moteur.reprise_min_s * 1000, maxMs: moteur.reprise_max_s * 1000 };
  const guichets = outils.passerelles.map((p) => creerGuichetPasserelle(p, helios, repos));
  const commun = {
    flux,
    porte: creerPortesPasserelle(guichets, { annuaire, flux }),
    alerteJoursOuvres: helios.alerte_jours_ouvres,
    maintenant,
  };
  const relire = creerRelecturePes({
    coffre,
    clock,
    piecesJointes: reglage.pieces_jointes,
    paquets,
  });
  return {
    controle: creerEtapeControle({ flux, coffre, antivirus, relire }),
    signature: outils.signature,
    enveloppe: creerEtapeEnveloppeFichier(protocole.enveloppe, {
      flux,
      annuaire,
      numerotation,
      restaurations,
      maintenant,
    }),
    transmission: creerEtapeTransmission(protocole, {
      ...commun,
      coffre,
      debits,
      suspensions,
      restaurations,
      reglage: 'helios.passerelles',
    }),
    reprise: creerEtapeReprise(protocole, commun),
    attente: creerEtapeAttente(protocole, commun),
  };
}
