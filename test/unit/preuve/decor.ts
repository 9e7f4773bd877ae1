import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ecrireTarGz } from '../../../src/formats/tar/ecrire.ts';
import type { DepsPreuve } from '../../../src/gestes/exporter-preuve.ts';
import { erreurNoyau } from '../../../src/metier/catalogue/noyau.ts';
import type { Flux, PieceDuFlux, RolePiece } from '../../../src/metier/flux.ts';
import type { FluxId, Instant, Sha256, Siren } from '../../../src/metier/identifiants.ts';
import { ecrireLigne, empreinteLigne } from '../../../src/metier/journal.ts';

/** A flux told by hand: enough of each port for the two gestures, nothing of an adapter. */

export const ID = '0190f3a1-0000-7000-8000-000000000001' as FluxId;
export const SIREN = '214400152' as Siren;
export const IDENTITE = '044-214400152-20261115-2026_041-DE';
const NOM_ENVOI = 'VGM-TACT--214400152--20261121-1.tar.gz';
export const QUAND = Date.UTC(2026, 10, 21, 10, 15, 2, 114) as Instant;

export const sha = (octets: Uint8Array | string): Sha256 =>
  createHash('sha256').update(octets).digest('hex') as Sha256;

export async function enOctets(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const morceaux: Uint8Array[] = [];
  for await (const m of source) morceaux.push(m);
  return Buffer.concat(morceaux);
}

export function arActe(identite: string): Buffer {
  return Buffer.from(
    `<?xml version="1.0" encoding="ISO-8859-1"?>\n<actes:ARActe xmlns:actes="http://www.interieur.gouv.fr/ACTES#v1.1-20040216" actes:DateReception="2026-11-21" actes:IDActe="${identite}"/>\n`,
    'latin1',
  );
}

export interface Decor {
  flux: Flux;
  readonly pieces: PieceDuFlux[];
  readonly octets: Map<string, Buffer>;
  readonly lignes: string[];
  readonly deps: DepsPreuve;
}

function ajouter(decor: Decor, role: RolePiece, [nom, octets]: readonly [string, Buffer]): void {
  const sha256 = sha(octets);
  const sha512 = createHash('sha512').update(octets).digest('hex');
  const rang = decor.pieces.length;
  const taille = octets.length;
  const ajoutee = (QUAND + rang) as Instant;
  decor.pieces.push({ role, nom, sha256, sha512, taille, type: 'application/octet-stream', rang, ajoutee });
  decor.octets.set(sha256, octets);
}

/** Numbers 4 and 5 follow one another; between 5 and 9 other flux wrote. */
export function ecrireJournal(decor: Decor): void {
  const evenements = [
    [4, 'DEPOT', [0, 1]],
    [5, 'CONTROLE', [2]],
    [9, 'REMISE', [3]],
    [10, 'ACCUSE', [4, 5]],
  ] as const;
  let avant = { n: 0, empreinte: '' };
  for (const [n, ev, rangs] of evenements) {
    const vues = rangs.flatMap((rang) => decor.pieces[rang] ?? []);
    const ligne = ecrireLigne({
      n,
      t: new Date(QUAND + n * 1000).toISOString(),
      org: SIREN,
      ev,
      tx: ID,
      obj: vues.map((piece) => `sha256:${piece.sha256}`).join(' '),
      acteur: 'systeme',
      res: 'OK',
      motif: 'numéro « 2026_041 »',
      ver: '0.1.0',
      corr: `c${n}`,
      sel: 'ab'.repeat(16),
      prev: n === avant.n + 1 ? avant.empreinte : sha(`voisine de ${n}`),
    });
    decor.lignes.push(ligne);
    avant = { n, empreinte: empreinteLigne(ligne) };
  }
}

const absent = (): never => {
  throw erreurNoyau('VGM-NOY-003', { flux: '?' });
};

function deps(decor: () => Decor): DepsPreuve {
  return {
    flux: {
      trouver: async (portee, id) =>
        id === ID && ('operateur' in portee || portee.collectivite === SIREN) ? decor().flux : undefined,
      pieces: async () => decor().pieces,
      lister: absent,
      parIdentite: absent,
      citants: absent,
      parContenu: absent,
      parNomEnvoi: absent,
      parCle: absent,
      compter: absent,
    },
    journal: {
      lignesDuFlux: async () => decor().lignes.map((ligne) => ({ ligne, sha256: empreinteLigne(ligne) })),
      lignes: absent,
      chaines: absent,
    },
    coffre: {
      ouvrir: async (sha256) => {
        const octets = decor().octets.get(sha256);
        if (octets === undefined) throw erreurNoyau('VGM-NOY-006', { empreinte: sha256 });
        return Readable.from([octets.subarray(0, 10), octets.subarray(10)], { objectMode: false });
      },
      ajouter: absent,
      recevoir: absent,
      verifier: absent,
    },
    collectivites: {
      trouver: async (siren) => ({
        siren,
        nom: 'Commune de Bréal',
        actif: true,
        actes: null,
        helios: null,
        points: [],
        creee: QUAND,
        ver: 1,
      }),
      lister: absent,
      enregistrer: absent,
      secrets: absent,
    },
  };
}

/** A deposited, sent and acknowledged acte: document, annex, report, archive, raw mail and receipt. */
export async function planter(accuse: Buffer = arActe(IDENTITE)): Promise<Decor> {
  const decor: Decor = {
    flux: {
      id: ID,
      protocole: 'ACTES',
      collectivite: SIREN,
      etat: 'acquitte',
      ver: 7,
      due: null,
      tentatives: 0,
      identite: IDENTITE,
      resume: { objet: 'Tarifs & droits' },
      nomEnvoi: NOM_ENVOI,
      cite: null,
      depose: QUAND,
      modifie: (QUAND + 60_000) as Instant,
      transmis: (QUAND + 30_000) as Instant,
      solde: (QUAND + 60_000) as Instant,
      alerte: null,
      erreur: null,
    },
    pieces: [],
    octets: new Map(),
    lignes: [],
    deps: deps(() => decor),
  };
  const document = Buffer.from('%PDF-1.7 la délibération\n'.repeat(40));
  const annexe = Buffer.from('%PDF-1.4 le plan\n');
  const fichiers = [
    [`EACT--${SIREN}--20261121-1.xml`, Buffer.from('<e/>')],
    [`${IDENTITE}-1-1_0.xml`, Buffer.from('<a/>')],
    [`99_DE-${IDENTITE}-1-1_1.pdf`, document],
    [`70_DE-${IDENTITE}-1-1_2.pdf`, annexe],
  ] as const;
  const tar = ecrireTarGz(
    fichiers.map(([nom, contenu]) => ({ nom, contenu, taille: contenu.length })),
    QUAND,
  );
  ajouter(decor, 'document', ['Délibération n° 41 (tarifs).pdf', document]);
  ajouter(decor, 'annexe', ['../plan.pdf', annexe]);
  ajouter(decor, 'rapport', ['rapport.json', Buffer.from('{}')]);
  ajouter(decor, 'archive', [NOM_ENVOI, await enOctets(tar)]);
  ajouter(decor, 'accuse', [`${IDENTITE}-1-2_1.xml`, accuse]);
  ajouter(decor, 'retour', ['courriel.eml', Buffer.from('From: ministere\r\n\r\n')]);
  ecrireJournal(decor);
  return decor;
}
