import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import type { Gestes } from '../../src/gestes/gestes.ts';
import { erreurDepot } from '../../src/metier/catalogue/depot.ts';
import { erreurLot } from '../../src/metier/catalogue/lot.ts';
import type { FluxId, LotId, Sha256 } from '../../src/metier/identifiants.ts';
import type { LigneDeLot, Lot } from '../../src/metier/lots.ts';
import type { Portee } from '../../src/ports/store.ts';
import { SIREN, T0, uuid } from './faits-fictifs.ts';

export const LOT: Lot = {
  id: uuid(70) as LotId,
  collectivite: SIREN,
  sha256: 'd'.repeat(64) as Sha256,
  sha512: 'e'.repeat(128),
  taille: 1200,
  manifeste: 'mars/lot.csv',
  lignes: 3,
  acteur: 'agent:logiciel',
  recu: T0,
  termine: null,
  abandon: null,
  erreur: null,
  comptes: { deposes: 1, deja: 0, refuses: 1, restants: 1 },
};

const acte = (numero: string) => ({ numero, date: '2026-03-02', nature: '1', objet: 'Tarifs' });
export const LIGNES: readonly LigneDeLot[] = [
  { ligne: 2, acte: acte('N1'), sort: 'depose', flux: uuid(1) as FluxId, anomalies: [] },
  {
    ligne: 3,
    acte: acte('N2'),
    sort: 'refuse',
    flux: null,
    anomalies: [{ code: 'LOT-11', gravite: 'bloquante', message: 'Absent.', remede: 'Le joindre.' }],
  },
  { ligne: 4, acte: acte('N3'), sort: 'a_faire', flux: null, anomalies: [] },
];

/** One batch, of one collectivité; a ZIP is anything that begins by « PK », and « PK-refus » a manifest without sense. */
export function lotsFictifs(): Gestes['lots'] & { readonly recus: Buffer[] } {
  const recus: Buffer[] = [];
  const voit = (portee: Portee, siren: string): boolean =>
    'operateur' in portee || portee.collectivite === siren;
  let lot = LOT;
  return {
    recus,
    deposer: async (ctx, { collectivite, zip, cleIdempotence }) => {
      if (!voit(ctx.portee, collectivite)) throw erreurDepot('VGM-DEP-001', { siren: collectivite });
      const octets = zip instanceof Uint8Array ? Buffer.from(zip) : await buffer(Readable.from(zip));
      const texte = octets.toString('latin1');
      if (!texte.startsWith('PK')) throw erreurLot('VGM-LOT-002', { lot: 'reçu', raison: 'x', remede: 'y' });
      recus.push(octets);
      if (texte === 'PK-refus')
        return { type: 'refuse', manifeste: 'lot.csv', anomalies: LIGNES.flatMap((l) => l.anomalies) };
      return { type: 'pris', lot, rejeu: cleIdempotence === 'deja' };
    },
    lister: async (ctx, { limite }) => (voit(ctx.portee, lot.collectivite) ? [lot] : []).slice(0, limite),
    montrer: async (ctx, id, { sorts, apres = 0, limite }) => {
      if (id !== lot.id || !voit(ctx.portee, lot.collectivite)) throw erreurLot('VGM-LOT-008', { lot: id });
      const lignes = LIGNES.filter((l) => l.ligne > apres && (sorts?.includes(l.sort) ?? true));
      return { lot, lignes: lignes.slice(0, limite) };
    },
    abandonner: async (ctx, id, motif) => {
      if (id !== lot.id || !voit(ctx.portee, lot.collectivite)) throw erreurLot('VGM-LOT-008', { lot: id });
      if (lot.abandon !== null) throw erreurLot('VGM-LOT-010', { lot: id });
      lot = { ...lot, abandon: motif };
      return lot;
    },
  };
}
