import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ouvrirSchemas } from '../formats/xsd/jeu.ts';
import type { JugementPaquets } from '../formats/xsd/paquets.ts';
import { ValideurXsd } from '../formats/xsd/valideur.ts';
import type { Anomalie, RapportControles } from '../metier/anomalies.ts';
import type { Collectivite } from '../metier/collectivite.ts';
import type { Instant, Siren } from '../metier/identifiants.ts';
import { erreurSchemas } from '../metier/catalogue/schemas.ts';
import { controler } from '../protocoles/helios/controle.ts';
import type { FaitsFichier } from '../protocoles/helios/lecture/faits.ts';
import { lireFichierPes } from '../protocoles/helios/lecture/lire.ts';
import { JUGEMENT_PAQUETS } from '../protocoles/helios/regles/paquets.ts';

/** The controls of a PES without the daemon: same rules, on what the file alone can tell. */

const SCHEMAS = join(import.meta.dirname, '..', '..', 'schemas', 'helios');
/** Where the root stands, whatever comments come first. Bytes. */
const TETE = 65_536;
const CONSTATS_MAX = 50;

/** A PES often has no extension: its root tells it. */
export async function estPes(chemin: string): Promise<boolean> {
  const fichier = await open(chemin, 'r');
  try {
    const { buffer, bytesRead } = await fichier.read(Buffer.alloc(TETE), 0, TETE, 0);
    // one byte in two of UTF-16 is null: the controls say that this encoding is not admitted
    const debut = buffer.toString('latin1', 0, bytesRead).replaceAll('\0', '');
    return /<(?:[\w.-]+:)?(?:PES_Aller|PES_ACQUIT_RETOUR)[\s/>]/.test(debut);
  } finally {
    await fichier.close();
  }
}

/** Controls whose answer lies in the register of the daemon, or depends on it. */
const DU_REGISTRE: readonly string[] = [
  'HELIOS-COL-01',
  'HELIOS-COL-02',
  'HELIOS-COL-04',
  'HELIOS-DBL-01',
  'HELIOS-DBL-02',
];
/** Asked of the schema packs, when the command knows where they are. */
const DES_PAQUETS = 'HELIOS-SCH-01';

/** The collectivité that the file itself names: what the register would say is then neither right nor wrong. */
function titulaireDe(faits: FaitsFichier | null): {
  readonly collectivite: Collectivite;
  readonly siret: string;
} {
  const siret = faits === null || faits.genre === 'inconnu' ? '' : (faits.entetes.idColl?.valeur ?? '');
  const collectivite: Collectivite = {
    siren: siret.slice(0, 9) as Siren,
    nom: '',
    actif: true,
    actes: null,
    helios: null,
    points: [],
    creee: 0 as Instant,
    ver: 0,
  };
  return { collectivite, siret };
}

export interface ControlePes {
  readonly anomalies: readonly Anomalie[];
  /** Questions that only the daemon answers. */
  readonly nonJuges: readonly { readonly code: string; readonly question: string }[];
}

/** The schema packs that the file is held against, each by its policy, as the daemon would. */
export interface PaquetsDemandes {
  readonly dossier: string;
  /** The folder was named for that: having none in it is a failure. */
  readonly exiges: boolean;
}

/** Throws VGM-SCH-008 and VGM-SCH-009 when packs are demanded. */
async function convoquer({ dossier, exiges }: PaquetsDemandes): Promise<JugementPaquets> {
  const { ouvrirPaquets } = await import('../adapters/schemas/paquets.ts');
  const ouverts = ouvrirPaquets(dossier);
  const { paquets, probleme } = ouverts.lister();
  if (exiges && probleme !== null) {
    throw erreurSchemas('VGM-SCH-008', { fichier: dossier, raison: probleme });
  }
  if (exiges && paquets.length === 0) throw erreurSchemas('VGM-SCH-009', { dossier });
  return ouverts.juger(JUGEMENT_PAQUETS);
}

function conclure({ reponses }: RapportControles, nonJugees: readonly string[]): ControlePes {
  return {
    anomalies: reponses.flatMap((r) => r.anomalies),
    nonJuges: reponses
      .filter((r) => nonJugees.includes(r.code))
      .map(({ code, question }) => ({ code, question })),
  };
}

/** Reads the file once, as a stream. @param demandes null: no pack is asked, and the answer says so. */
export async function controlerPes(chemin: string, demandes: PaquetsDemandes | null): Promise<ControlePes> {
  const valideur = new ValideurXsd(ouvrirSchemas(SCHEMAS).schema('PES_Aller'), { constats: CONSTATS_MAX });
  const jugement = demandes === null ? null : await convoquer(demandes);
  const recepteurs = jugement === null ? [valideur] : [valideur, jugement.recepteur];
  const lecture = await lireFichierPes(createReadStream(chemin), { recepteurs });
  const { collectivite, siret } = titulaireDe(lecture.faits);
  const { rapport } = controler({
    lecture,
    schema: lecture.faits?.genre === 'PES_Aller' ? valideur.bilan() : null,
    paquets: jugement?.bilan() ?? null,
    collectivite,
    fiche: { sirets: [siret], destination: 'HORSLIGNE' },
    aSigner: false,
    homonymes: [],
    jumeaux: [],
  });
  return conclure(rapport, jugement === null ? [...DU_REGISTRE, DES_PAQUETS] : DU_REGISTRE);
}
