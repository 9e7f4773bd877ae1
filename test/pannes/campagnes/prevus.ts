import { createHash } from 'node:crypto';
import type { DepotClient, FichierClient } from '../../../src/banc/client.ts';
import { creerPdf } from '../../../src/banc/pdf.ts';
import type { Etat } from '../../../src/metier/etats.ts';
import type { NomProtocole, ObjetJson } from '../../../src/metier/flux.ts';
import type { Mairie } from '../mairie.ts';
import { type CollectiviteEssai, collectiviteDe, siretDe } from './collectivites.ts';

/** What is deposited, and what must become of it. */
export interface Prevu {
  readonly protocole: NomProtocole;
  readonly collectivite: CollectiviteEssai;
  /** NumeroInterne of the acte, or NomFic of the PES. */
  readonly nom: string;
  /** State in which it must end. */
  readonly fin: Etat;
  /** SHA-256 of the file deposited. */
  readonly empreinte: string;
  readonly depot: DepotClient;
}

type Melange = readonly (readonly [fin: string, etat: Etat])[];

/** Ends of the numbers of actes, and what each comes to: one in some is not a quiet one; one in four brings a letter. */
export const MELANGE_ACTES: Melange = [
  ['', 'acquitte'],
  ['_C31', 'acquitte'],
  ['', 'acquitte'],
  ['_C41', 'acquitte'],
  ['_COUPEA', 'acquitte'],
  ['_C31BIS', 'acquitte'],
  ['_ANO13', 'anomalie'],
  ['_H500P', 'acquitte'],
  ['_UTF8', 'acquitte'],
  ['_COUPE', 'acquitte'],
  ['_DOUBLE', 'acquitte'],
  ['_H503', 'acquitte'],
];

/** The same, of the NomFic of PES. */
export const MELANGE_PES: Melange = [
  ['', 'acquitte'],
  ['_KOPIECE', 'acquitte_partiel'],
  ['_COUPE', 'acquitte'],
  ['_KO', 'anomalie'],
  ['_TARD', 'acquitte'],
  ['_DOUBLE', 'acquitte'],
  ['_RETOUR', 'acquitte'],
  ['_COUPEA', 'acquitte'],
  ['_KOPJ', 'acquitte_partiel'],
  ['', 'acquitte'],
  ['_V1', 'acquitte'],
  ['_PLEIN', 'acquitte'],
  ['_KOLIGNE', 'acquitte_partiel'],
  ['', 'acquitte'],
  ['_SANSNOM', 'acquitte'],
  ['_UTF8', 'acquitte'],
  ['', 'acquitte'],
];

/** One PES in so many is heavy, or altered once it was signed. */
const UN_SUR = { lourd: 9, altere: 23 };

const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

/** Every end meets every collectivité: the first changes once all the second have been served. */
function tirer(melange: Melange, rang: number): readonly [fin: string, etat: Etat] {
  const tire = melange[(rang + Math.floor(rang / melange.length)) % melange.length];
  if (tire === undefined) throw new TypeError('nothing to draw from');
  return tire;
}

function prevoir(
  moi: Pick<Prevu, 'protocole' | 'collectivite' | 'nom' | 'fin'>,
  fichier: FichierClient,
  metadonnees: ObjetJson,
): Prevu {
  const { protocole, collectivite, nom } = moi;
  const depot = { siren: collectivite.siren, protocole, metadonnees, cle: nom, fichiers: [fichier] };
  return { ...moi, empreinte: sha256(fichier.octets), depot };
}

/** @param infecte bytes put in the document; an antivirus that works refuses it. */
export function prevoirActe(rang: number, melange: Melange, infecte?: Uint8Array): Prevu {
  const [suffixe, voulu] = tirer(melange, rang);
  const nom = `A${rang}${suffixe}`;
  const lignes = Array.from({ length: rang % 40 }, (_, n) => `ligne ${n}`);
  const pdf = creerPdf([`Acte ${rang}`, ...lignes]);
  const octets = infecte === undefined ? pdf : Buffer.concat([pdf, infecte]);
  const metadonnees = {
    numero: nom,
    date: '2026-03-02',
    objet: `Acte ${rang}`,
    nature: '1',
    matiere: '7.1',
    document: { typologie: '99_DE' },
    annexes: [],
  };
  const fin = infecte === undefined ? voulu : 'refuse';
  const moi = { protocole: 'ACTES', collectivite: collectiviteDe(rang), nom, fin } as const;
  return prevoir(moi, { role: 'document', nom: 'acte.pdf', octets }, metadonnees);
}

export async function prevoirPes(mairie: Mairie, rang: number, melange: Melange): Promise<Prevu> {
  const collectivite = collectiviteDe(rang);
  const [suffixe, voulu] = tirer(melange, rang);
  const nom = `P${rang}${suffixe}`;
  const altere = collectivite.signe === 'mairie' && rang % UN_SUR.altere === 0;
  const octets = await mairie.ecrire({
    nomFic: nom,
    siret: siretDe(collectivite.siren),
    bordereau: 1 + rang * 2,
    poids: rang % UN_SUR.lourd === 0 ? 150_000 : 200,
    signature: collectivite.signe === 'ici' ? 'aucune' : altere ? 'alteree' : 'bonne',
  });
  const moi = { protocole: 'HELIOS', collectivite, nom, fin: altere ? 'refuse' : voulu } as const;
  return prevoir(moi, { role: 'pes', nom: `${nom}.xml`, octets }, {});
}
