import { POLITIQUES_HELIOS } from '../formats/xades/politiques.ts';
import { signerXades } from '../formats/xades/signer.ts';
import type { CiblesSignature } from '../formats/xades/signer-types.ts';
import { erreurBanc } from '../metier/catalogue/banc.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Signataire } from '../ports/signataire.ts';
import { ecrirePesEssai, type PesDemande } from './pes-essai.ts';
import type { DepotDuRecit } from './recit.ts';

/** The PES of the demonstration. */

export interface CadrePes {
  /** Day of the files, `YYYY-MM-DD`. */
  readonly jour: string;
  readonly siret: string;
  /** Signs the files that come signed. */
  readonly signataire: Signataire;
  readonly instant: Instant;
}

export const QUALITE = 'Maire';
/** PDF that no compression helps: 40 MB once in base 64, none too long for a reader that stops at 10 MB of text. */
const PIECES = { nombre: 5, octets: 6_000_000 };
const BLOC = 256 * 1024;

/** As a parapheur would. */
async function signer(
  pes: Uint8Array,
  cibles: CiblesSignature,
  { signataire, instant }: CadrePes,
): Promise<Uint8Array> {
  const [politique] = POLITIQUES_HELIOS;
  if (politique === undefined) throw erreurBanc('VGM-BAN-006', { detail: 'aucune politique' });
  const ecrits: Uint8Array[] = [];
  const resultat = await signerXades({
    *source() {
      for (let debut = 0; debut < pes.length; debut += BLOC) yield pes.subarray(debut, debut + BLOC);
    },
    ecrire: (octets) => void ecrits.push(octets),
    cibles,
    signataire,
    // XAdES writes whole seconds
    instant: (Math.floor(instant / 1000) * 1000) as Instant,
    politique,
    role: QUALITE,
    lieu: null,
    identifiants: (rang) => `SIG_DEMO_${rang}`,
  });
  if (resultat.type === 'signe') return Buffer.concat(ecrits);
  throw erreurBanc('VGM-BAN-006', { detail: resultat.motifs.map((m) => m.message).join(' ') });
}

function depot(
  nomFic: string,
  octets: Uint8Array,
): Pick<DepotDuRecit, 'protocole' | 'metadonnees' | 'fichiers'> {
  return {
    protocole: 'HELIOS',
    metadonnees: {},
    fichiers: [{ role: 'pes', nom: `${nomFic}.xml`, octets }],
  };
}

function ecrire(
  { jour, siret }: CadrePes,
  demande: Pick<PesDemande, 'nomFic' | 'dematerialise' | 'pieces'>,
): Uint8Array {
  return ecrirePesEssai({ ...demande, jour, siret, bordereaux: 2 });
}

/** The end of a NomFic says what the simulated DGFiP does (dgfip/SCENARIOS.md). Throws VGM-BAN-006. */
export async function pesDuRecit(cadre: CadrePes): Promise<readonly DepotDuRecit[]> {
  const aSigner = (nomFic: string) => ecrire(cadre, { nomFic, dematerialise: true });
  const signe = await signer(aSigner('DEMO_01'), { type: 'bordereaux' }, cadre);
  const nu = ecrire(cadre, { nomFic: 'DEMO_02', dematerialise: false });
  const lourd = ecrire(cadre, { nomFic: 'DEMO_03', dematerialise: true, pieces: PIECES });
  const entier = await signer(lourd, { type: 'fichier' }, cadre);
  const partiel = await signer(aSigner('DEMO_04_KOPIECE'), { type: 'bordereaux' }, cadre);
  const mo = Math.round(entier.length / 1e6);
  return [
    { titre: 'un PES signé bordereau par bordereau', ...depot('DEMO_01', signe), fin: 'acquitte' },
    { titre: 'un PES non signé, que sa fiche nous fait signer', ...depot('DEMO_02', nu), fin: 'acquitte' },
    {
      titre: `un PES de ${mo} Mo et ses ${PIECES.nombre} pièces jointes, signé en entier`,
      ...depot('DEMO_03', entier),
      fin: 'acquitte',
    },
    {
      titre: 'un PES dont Hélios refuse un bordereau',
      ...depot('DEMO_04', partiel),
      fin: 'acquitte_partiel',
    },
    { titre: 'le premier PES, déposé une seconde fois', ...depot('DEMO_05', signe), fin: 'refus_depot' },
  ];
}

/** A small PES that nobody signed, of which the demonstration deposits several at once. */
export function pesDeRafale(cadre: CadrePes, rang: number): DepotDuRecit {
  const nomFic = `RAFALE_${rang}`;
  const octets = ecrire(cadre, { nomFic, dematerialise: false });
  return { titre: 'un PES pris dans la panne', ...depot(nomFic, octets), fin: 'acquitte' };
}
