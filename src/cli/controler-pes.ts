import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ouvrirSchemas } from '../formats/xsd/jeu.ts';
import { ValideurXsd } from '../formats/xsd/valideur.ts';
import type { Anomalie, RapportControles } from '../metier/anomalies.ts';
import type { Collectivite } from '../metier/collectivite.ts';
import type { Instant, Siren } from '../metier/identifiants.ts';
import { controler } from '../protocoles/helios/controle.ts';
import type { FaitsFichier } from '../protocoles/helios/lecture/faits.ts';
import { lireFichierPes } from '../protocoles/helios/lecture/lire.ts';

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
    const debut = buffer.toString('latin1', 0, bytesRead);
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

function conclure({ reponses }: RapportControles): ControlePes {
  return {
    anomalies: reponses.flatMap((r) => r.anomalies),
    nonJuges: reponses
      .filter((r) => DU_REGISTRE.includes(r.code))
      .map(({ code, question }) => ({ code, question })),
  };
}

/** Reads the file once, as a stream. */
export async function controlerPes(chemin: string): Promise<ControlePes> {
  const valideur = new ValideurXsd(ouvrirSchemas(SCHEMAS).schema('PES_Aller'), { constats: CONSTATS_MAX });
  const lecture = await lireFichierPes(createReadStream(chemin), { recepteurs: [valideur] });
  const { collectivite, siret } = titulaireDe(lecture.faits);
  const { rapport } = controler({
    lecture,
    schema: lecture.faits?.genre === 'PES_Aller' ? valideur.bilan() : null,
    collectivite,
    fiche: { sirets: [siret], destination: 'HORSLIGNE' },
    aSigner: false,
    homonymes: [],
    jumeaux: [],
    doubleVoulu: false,
  });
  return conclure(rapport);
}
