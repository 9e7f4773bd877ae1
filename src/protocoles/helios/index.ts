import { ajouterJoursOuvres } from '../../metier/calendrier/ouvres.ts';
import { instantDe, jourDe } from '../../metier/echeances.ts';
import type { Collectivite } from '../../metier/collectivite.ts';
import type { Flux } from '../../metier/flux.ts';
import type { Instant } from '../../metier/identifiants.ts';
import type { Paquets } from '../../formats/xsd/paquets.ts';
import type { SchemaXsd } from '../../formats/xsd/schema.ts';
import { ValideurXsd } from '../../formats/xsd/valideur.ts';
import type { DepotFichier, EnveloppeFichier, FichierLu, Protocole } from '../protocole.ts';
import { controler } from './controle.ts';
import { cleFichier, identite } from './depot.ts';
import { lireFichierPes } from './lecture/lire.ts';
import { nommerSerie, nomFichierDistant } from './nommage.ts';
import { JUGEMENT_PAQUETS } from './regles/paquets.ts';

export interface ReglagesHelios {
  /** Our own schema of PES_Aller, on the pass of the reading; its findings are warnings. */
  readonly schema: SchemaXsd;
  /** Schema packs of the operator, on the same pass; each does as its policy says. Default none. */
  readonly paquets?: Paquets;
  /** Bytes that the State takes in one file. Default 100 MB (cahier des charges, 2-3). */
  readonly tailleMax?: number;
  /** Files per collectivité and day. Default 999,999. */
  readonly numeroQuotidienMax?: number;
}

export interface ProtocoleHelios extends Protocole {
  readonly depot: DepotFichier;
  readonly enveloppe: EnveloppeFichier;
}

/** Findings of the schema told in a report. */
const CONSTATS_MAX = 50;
/** Hour at which an acquittement that has not come is asked for, Paris time. */
const HEURE_ALERTE = 18;

/** Does somebody sign after the deposit? Then the absence of a signature proves nothing yet. */
function signatureAVenir({ helios }: Collectivite): boolean {
  return helios !== null && ['signer', 'confirmer', 'parapheur'].includes(helios.signature);
}

async function lire(octets: AsyncIterable<Uint8Array>, reglages: ReglagesHelios): Promise<FichierLu> {
  const valideur = new ValideurXsd(reglages.schema, { constats: CONSTATS_MAX });
  const jugement = reglages.paquets?.juger(JUGEMENT_PAQUETS);
  const recepteurs = jugement === undefined ? [valideur] : [valideur, jugement.recepteur];
  const lecture = await lireFichierPes(octets, { recepteurs });
  const cle = cleFichier(lecture.faits);
  return {
    identite: cle === null ? null : identite(cle),
    juger: ({ collectivite, homonymes, jumeaux }) =>
      controler(
        {
          lecture,
          schema: lecture.faits?.genre === 'PES_Aller' ? valideur.bilan() : null,
          paquets: jugement?.bilan() ?? null,
          collectivite,
          fiche: collectivite.helios,
          aSigner: signatureAVenir(collectivite),
          homonymes,
          jumeaux,
        },
        reglages.tailleMax === undefined ? {} : { tailleMax: reglages.tailleMax },
      ),
  };
}

/**
 * No text says when Hélios answers; the operator says how many working days, those of the DGFiP's centres, are too many.
 * It never answers a PES_ACQUIT_RETOUR.
 */
function echeance({ resume }: Pick<Flux, 'resume'>, transmis: Instant, joursOuvres: number): Instant | null {
  if (resume['genre'] === 'PES_ACQUIT_RETOUR') return null;
  return instantDe(ajouterJoursOuvres(jourDe(transmis), joursOuvres, 'metropole'), HEURE_ALERTE);
}

/** HELIOS: PES v2 of the collectivités, to the DGFiP (arrêté du 27 juin 2007). */
export function creerProtocoleHelios(reglages: ReglagesHelios): ProtocoleHelios {
  const limite = reglages.numeroQuotidienMax ?? 999_999;
  return {
    nom: 'HELIOS',
    depot: { forme: 'fichier', lire: (octets) => lire(octets, reglages) },
    enveloppe: {
      forme: 'fichier',
      serie: (flux, jour) => ({ serie: nommerSerie(flux.collectivite, jour), limite }),
      nommer: ({ flux, jour, numero }) => nomFichierDistant(flux.collectivite, jour, numero),
    },
    accuse: { echeance },
  };
}
