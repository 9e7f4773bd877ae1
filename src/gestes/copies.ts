import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { DemandeTampon } from '../formats/pdf/tampon.ts';
import { erreurGestes } from '../metier/catalogue/gestes.ts';
import { jourDe } from '../metier/echeances.ts';
import { type FluxId, lireJour } from '../metier/identifiants.ts';
import type { LigneJournal } from '../metier/journal.ts';
import { decrireBordereau } from '../protocoles/actes/bordereau.ts';
import { lignesTampon } from '../protocoles/actes/tampon.ts';
import { fluxDe } from './consulter.ts';
import type { Contexte, Copie, Gestes } from './gestes.ts';
import type { OutilsGestes } from './outils.ts';

/** Copies that a collectivité hands out: an acte stamped, and its slip. What was deposited is never touched. */

const PDF = 'application/pdf';

async function tamponner(
  outils: OutilsGestes,
  ctx: Contexte,
  d: { readonly id: FluxId; readonly rang: number; readonly forme: Omit<DemandeTampon, 'lignes'> },
): Promise<Copie> {
  const flux = await fluxDe(outils, ctx, d.id);
  const piece = (await outils.moteur.store.flux.pieces(ctx.portee, d.id)).find((p) => p.rang === d.rang);
  if (piece === undefined) throw erreurGestes('VGM-GES-001', { flux: d.id, rang: d.rang });
  if (flux.protocole !== 'ACTES' || piece.type !== PDF || flux.transmis === null)
    throw erreurGestes('VGM-GES-057', { flux: d.id, rang: d.rang });
  const date = (nom: string) => lireJour(String(flux.resume[nom] ?? '')) ?? null;
  const lignes = lignesTampon({
    envoye: jourDe(flux.transmis),
    recu: date('dateReception'),
    publie: date('publication'),
    id: String(flux.resume['idActe'] ?? flux.identite),
  });
  const octets = await buffer(await outils.coffre.ouvrir(piece.sha256));
  const { ajout } = await outils.copies.tamponneur.tamponner(Uint8Array.from(octets), { ...d.forme, lignes });
  return {
    nom: piece.nom.replace(/(\.pdf)?$/i, '-tamponne.pdf'),
    taille: octets.length + ajout.length,
    contenu: Readable.from([octets, Buffer.from(ajout)]),
  };
}

async function bordereau(outils: OutilsGestes, ctx: Contexte, id: FluxId): Promise<Copie> {
  const flux = await fluxDe(outils, ctx, id);
  if (flux.protocole !== 'ACTES' || flux.transmis === null) throw erreurGestes('VGM-GES-058', { flux: id });
  const { store, annuaire } = outils.moteur;
  const lignes = await store.journal.lignesDuFlux(ctx.portee, id);
  const imprime = decrireBordereau({
    flux,
    pieces: await store.flux.pieces(ctx.portee, id),
    chronologie: lignes.map((l) => JSON.parse(l.ligne) as LigneJournal),
    collectivite: await annuaire.exiger(flux.collectivite),
    operateur: outils.copies.operateur,
  });
  const octets = await outils.copies.imprimeur.imprimer(imprime);
  const nom = `${flux.identite.replaceAll('/', '-')}-bordereau.pdf`;
  return { nom, taille: octets.length, contenu: Readable.from([Buffer.from(octets)]) };
}

export function copies(outils: OutilsGestes): Pick<Gestes, 'tamponner' | 'bordereau'> {
  return {
    tamponner: (ctx, demande) => tamponner(outils, ctx, demande),
    bordereau: (ctx, id) => bordereau(outils, ctx, id),
  };
}
