import { enAnomalie, type Faute } from '../../protocoles/actes/lot/fautes.ts';
import { reunir } from '../../protocoles/actes/lot/acte.ts';
import { type LotOuvert, ouvrirLotZip } from '../../protocoles/actes/lot/archive.ts';
import { lireManifeste, type LigneLot } from '../../protocoles/actes/lot/manifeste.ts';
import type { OutilsMoteur } from '../../engine/outils.ts';
import { erreurDepot } from '../../metier/catalogue/depot.ts';
import { erreurLot } from '../../metier/catalogue/lot.ts';
import { erreurNoyau } from '../../metier/catalogue/noyau.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { ObjetJson } from '../../metier/flux.ts';
import type { LotId, Sha256, Siren } from '../../metier/identifiants.ts';
import type { EntreeJournal } from '../../metier/journal.ts';
import type { Lot } from '../../metier/lots.ts';
import type { Coffre, PieceEnAttente } from '../../ports/coffre.ts';
import type { NouveauLot, NouvelleLigne } from '../../ports/lots.ts';
import type { Contexte } from '../gestes.ts';
import type { DemandeLot, ReponseLot } from './demande.ts';
import type { Tours } from '../tours.ts';

/** A batch is taken whole, or not at all: its bytes, then its lines, then the answer. */

export interface OutilsRecevoir {
  readonly moteur: OutilsMoteur;
  readonly coffre: Coffre;
  readonly tours: Tours;
  /** Bytes. */
  readonly tailleMax: number;
}

/** As people read it in an error: it has no other name. */
const NOM = 'reçu';

/**
 * If we die before the pieces of the coffre are durable, nothing is kept; between them and the row, a piece that nothing
 * cites; after it, the answer may be lost, and the same Idempotency-Key gives it again. Throws VGM-DEP-001, VGM-LOT-002, -009.
 */
export async function recevoirLot(
  outils: OutilsRecevoir,
  ctx: Contexte,
  demande: DemandeLot,
): Promise<ReponseLot> {
  await exigerCollectivite(outils.moteur, ctx, demande.collectivite);
  const attente = await outils.coffre.recevoir(demande.zip, outils.tailleMax);
  try {
    const { collectivite: siren, cleIdempotence: cle } = demande;
    const noms = cle === null ? [] : [`lot ${siren} ${cle}`];
    return await outils.tours.passer(noms, () => prendre(outils, ctx, { demande, attente }));
  } finally {
    await attente.jeter();
  }
}

/** Another's collectivité and none look the same. */
async function exigerCollectivite(moteur: OutilsMoteur, ctx: Contexte, siren: Siren): Promise<void> {
  const sienne = 'operateur' in ctx.portee || ctx.portee.collectivite === siren;
  const fiche = sienne ? await moteur.annuaire.trouver(siren) : undefined;
  if (fiche === undefined || !fiche.actif) throw erreurDepot('VGM-DEP-001', { siren });
}

/** A batch sent again under its key gets its first answer, whatever the rules have become since. */
async function dejaPris(
  moteur: OutilsMoteur,
  demande: DemandeLot,
  sha256: Sha256,
): Promise<ReponseLot | null> {
  const { collectivite, cleIdempotence: cle } = demande;
  const pris = cle === null ? undefined : await moteur.store.lots.parCle(collectivite, cle);
  if (pris === undefined) return null;
  if (pris.sha256 !== sha256) throw erreurLot('VGM-LOT-009', { cle: cle ?? '' });
  return { type: 'pris', lot: await relire(moteur, { collectivite, id: pris.id }), rejeu: true };
}

async function relire(
  { store }: OutilsMoteur,
  { collectivite, id }: { readonly collectivite: Siren; readonly id: LotId },
): Promise<Lot> {
  const lot = await store.lots.trouver({ collectivite }, id);
  if (lot === undefined) throw erreurNoyau('VGM-NOY-004', { etape: 'lot qui vient d’être écrit' });
  return lot;
}

interface Recu {
  readonly demande: DemandeLot;
  readonly attente: PieceEnAttente;
}

async function prendre(outils: OutilsRecevoir, ctx: Contexte, recu: Recu): Promise<ReponseLot> {
  const { demande, attente } = recu;
  const { moteur } = outils;
  const deja = await dejaPris(moteur, demande, attente.sha256);
  if (deja !== null) return deja;
  const ouvert = await ouvrirLotZip(NOM, attente);
  const { nom } = ouvert.manifeste;
  const lues = await lire(ouvert).finally(() => ouvert.pieces.fermer());
  if ('fautes' in lues) return { type: 'refuse', manifeste: nom, anomalies: lues.fautes.map(enAnomalie) };
  const nouveau: NouveauLot = {
    id: moteur.random.uuid() as LotId,
    collectivite: demande.collectivite,
    sha256: attente.sha256,
    sha512: attente.sha512,
    taille: attente.taille,
    manifeste: nom,
    acteur: ctx.acteur,
    cle: demande.cleIdempotence,
    lignes: lues.lignes,
  };
  await attente.garder();
  const ecrit = await inscrire(moteur, nouveau, ligneJournal(nouveau, ctx));
  const entretemps = ecrit ? null : await dejaPris(moteur, demande, attente.sha256);
  if (entretemps !== null) return entretemps;
  return { type: 'pris', lot: await relire(moteur, nouveau), rejeu: false };
}

/** @returns false when another node has taken its key. */
async function inscrire(
  { store, clock }: OutilsMoteur,
  nouveau: NouveauLot,
  ligne: EntreeJournal,
): Promise<boolean> {
  try {
    await store.lots.creer(nouveau, { quand: clock.now(), journal: [ligne] });
    return true;
  } catch (e) {
    if (e instanceof ErreurVgm && e.fiche.code === 'VGM-NOY-001') return false;
    throw e;
  }
}

function ligneJournal(n: NouveauLot, ctx: Contexte): EntreeJournal {
  return {
    org: n.collectivite,
    ev: 'LOT_RECU',
    tx: '',
    obj: `sha256:${n.sha256}`,
    acteur: ctx.acteur,
    res: 'OK',
    motif: `${n.id}, lignes : ${n.lignes.length}`,
    corr: ctx.corr,
  };
}

/** What is shown of a line that cannot be read. */
const ILLISIBLE: ObjetJson = { numero: '', date: '', objet: '', nature: '' };

/** A fault of one line refuses its acte; one of the table refuses the batch. */
async function lire({
  manifeste,
  pieces,
}: LotOuvert): Promise<{ readonly lignes: NouvelleLigne[] } | { readonly fautes: readonly Faute[] }> {
  const lu = lireManifeste(manifeste.octets);
  if (lu.rangs.length === 0) return { fautes: lu.fautes };
  const fautes = [...lu.fautes];
  for (const ligne of lu.lignes) await reunir(pieces, ligne, fautes);
  const lignes = new Map<number, LigneLot>(lu.lignes.map((l) => [l.ligne, l]));
  const parRang = Map.groupBy(fautes, (f) => f.ligne);
  return {
    lignes: lu.rangs.map((rang): NouvelleLigne => {
      const ligne = lignes.get(rang);
      return {
        ligne: rang,
        acte: ligne === undefined ? ILLISIBLE : enJson(ligne),
        refus: (parRang.get(rang) ?? []).map(enAnomalie),
      };
    }),
  };
}

const pieceEnJson = ({ fichier, typologie }: LigneLot['document']): ObjetJson => ({ fichier, typologie });

function enJson({ precedent, ...ligne }: LigneLot): ObjetJson {
  return {
    ...ligne,
    document: pieceEnJson(ligne.document),
    annexes: ligne.annexes.map(pieceEnJson),
    ...(precedent === undefined ? {} : { precedent }),
  };
}
