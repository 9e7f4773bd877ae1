import type { Config } from '../../config/manifest.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Constat, Sondable, Sonde } from '../../ports/sonde.ts';
import { type BoiteSondee, sondeBoite } from './boites.ts';
import { type CertificatSuivi, sondeCertificat } from './certificat.ts';
import { cachetsVoulus, type FichesActes, sondeCachet } from './cachet.ts';
import { type CleSondee, type Employeurs, type FichesHelios, sondeCle, sondeFiches } from './cles.ts';
import { sondeCoffre } from './coffre.ts';
import { sondeAntivirus, sondeRecepteur, sondeRelais } from './correspondants.ts';
import { sondeDisque } from './disque.ts';
import { sondeGuichet } from './guichet.ts';
import { sondeHorloge } from './horloge.ts';
import { type PaquetsSondes, sondePaquets } from './paquets.ts';
import { type PasserelleSondee, sondePasserelle, sondeSansPasserelle } from './passerelle.ts';

/** What the assembly opened, as the sondes look at it. */
export interface Sondes {
  readonly clock: Clock;
  readonly horloge: Parameters<typeof sondeHorloge>[0];
  /** null: the pieces are in the data folder. */
  readonly coffre: Sondable | null;
  /** null: no address is configured. */
  readonly guichet: Sondable | null;
  readonly passerelles: readonly PasserelleSondee[];
  /** All the cards. */
  readonly fiches: () => Promise<
    readonly (Awaited<ReturnType<FichesHelios>>[number] & Awaited<ReturnType<FichesActes>>[number])[]
  >;
  readonly cles: readonly CleSondee[];
  readonly schemas: PaquetsSondes;
  readonly antivirus: Sondable | null;
  readonly relais: Sondable;
  readonly boites: readonly BoiteSondee[];
  /** Where the receiver listens; null when this node opens none. */
  readonly recepteur: (() => string | null) | null;
  /** PEM in memory: client of the ministry, HTTPS door; null when unused. */
  readonly certificats: { readonly ministere: string | null; readonly porte: PorteSuivie | null };
}

export interface PorteSuivie {
  readonly cert: string;
  readonly fichier: string;
  readonly autosigne: boolean;
}

function certificats(config: Config, { ministere, porte }: Sondes['certificats']): CertificatSuivi[] {
  const client = config.actes.ministere.certificat;
  const { smtp } = config.reception;
  const refaire = 'Arrêter le démon, effacer api.pem et api.cle.pem du dossier des données, démarrer.';
  return [
    ...(client === '' ? [] : [{ nom: 'client du ministère', fichier: client, enMemoire: ministere }]),
    ...(porte === null
      ? []
      : [
          {
            nom: porte.autosigne ? 'de l’API (autosigné)' : 'de l’API',
            fichier: porte.fichier,
            enMemoire: porte.cert,
            ...(porte.autosigne ? { renouveler: refaire } : {}),
          },
        ]),
    ...(smtp.actif && smtp.certificat !== ''
      ? [{ nom: 'du récepteur SMTP', fichier: smtp.certificat, enMemoire: null }]
      : []),
  ];
}

const SANS_RECEPTION: Sonde = {
  sujet: 'réception',
  sonder: async (): Promise<Constat> => ({
    sujet: 'réception',
    etat: 'attention',
    detail: 'aucune source : les réponses de l’État n’arrivent pas ici',
    remede: 'Régler « reception.imap », « reception.maildir » ou « reception.smtp ».',
  }),
};

/** Is anything sent whose answers come by mail, and no place to fetch them from? */
function sansCourriel({ actes, helios, reception }: Config): boolean {
  const { smtp, imap, maildir } = reception;
  if (smtp.actif || imap.length + maildir.length > 0) return false;
  return actes.ministere.url !== '' || helios.passerelles.length === 0;
}

/** Who asks us to sign, and the keys. */
function sondesCles({ actes }: Config, s: Sondes, fichesHelios: FichesHelios): Sonde[] {
  const noms = s.cles.map((c) => c.nom);
  const voulus = () => cachetsVoulus(s.fiches, actes.signature);
  const employeurs: Employeurs = async (nom) => {
    const pes = (await fichesHelios()).filter((f) => f.helios?.cle === nom).map((f) => f.siren);
    const cachets = (await voulus()).filter((v) => v.cle === nom).map((v) => v.siren);
    return [...new Set([...pes, ...cachets])];
  };
  return [
    sondeFiches(noms, fichesHelios),
    sondeCachet(voulus, noms),
    ...s.cles.map((c) => sondeCle(c, employeurs, s.clock)),
  ];
}

/** All that the daemon looks at outside its store. */
export function sondesDe(config: Config, s: Sondes): Sonde[] {
  const smtp = config.reception.smtp.actif;
  const fichesHelios: FichesHelios = async () => (await s.fiches()).filter((f) => f.helios !== null);
  return [
    sondeDisque(config.donnees),
    ...(s.coffre === null ? [] : [sondeCoffre(s.coffre)]),
    sondeHorloge(s.horloge),
    sondeGuichet(s.guichet),
    ...(s.passerelles.length === 0
      ? [sondeSansPasserelle(async () => (await fichesHelios()).length)]
      : s.passerelles.map(sondePasserelle)),
    sondePaquets(s.schemas),
    ...sondesCles(config, s, fichesHelios),
    sondeAntivirus(s.antivirus, s.clock),
    ...(sansCourriel(config) ? [SANS_RECEPTION] : []),
    ...s.boites.map((b) => sondeBoite(b, s.clock)),
    ...(smtp && s.recepteur !== null ? [sondeRecepteur(s.recepteur)] : []),
    ...(config.notification.courriel.hote === '' ? [] : [sondeRelais(s.relais)]),
    ...certificats(config, s.certificats).map((c) => sondeCertificat(c, s.clock)),
  ];
}
