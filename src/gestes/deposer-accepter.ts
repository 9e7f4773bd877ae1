import { createHash } from 'node:crypto';
import { ebauche, livraisonsDe } from '../engine/avancer.ts';
import type { OutilsMoteur } from '../engine/outils.ts';
import { bloquantes, type RapportControles } from '../metier/anomalies.ts';
import { erreurDepot } from '../metier/catalogue/depot.ts';
import type { Collectivite } from '../metier/collectivite.ts';
import type { ErreurVgm } from '../metier/erreurs.ts';
import type { Flux, Piece } from '../metier/flux.ts';
import type { FluxId, Sha256 } from '../metier/identifiants.ts';
import type { EntreeJournal } from '../metier/journal.ts';
import type { Coffre } from '../ports/coffre.ts';
import type { NouveauFlux } from '../ports/store.ts';
import type { DepotLu } from '../protocoles/protocole.ts';
import type { Contexte, DemandeDepot, ReponseDepot } from './gestes.ts';

/** What every deposit ends with, whatever it is: its trace when it is refused, its flux when it is accepted. */

export interface OutilsAccepter {
  readonly moteur: OutilsMoteur;
  readonly coffre: Coffre;
}

/** A demand repeated under its key gets the first answer, whatever the rules have become since. */
export async function dejaFaite(moteur: OutilsMoteur, demande: DemandeDepot): Promise<ReponseDepot | null> {
  if (demande.cleIdempotence === null || demande.aBlanc) return null;
  const faite = await moteur.store.flux.parCle(demande.collectivite, demande.cleIdempotence);
  if (faite === undefined) return null;
  if (faite.empreinteDemande !== empreinteDe(demande))
    throw erreurDepot('VGM-DEP-003', { cle: demande.cleIdempotence });
  return { type: 'accepte', flux: faite.flux, rejeu: true, rapport: RAPPORT_DEJA_RENDU };
}

/** Names the flux that stands already: the depositor follows it instead of sending twice. */
export function doublon(identite: string, deja: { par: 'identite' | 'contenu'; flux: Flux }): ErreurVgm {
  const { par, flux } = deja;
  if (par === 'contenu') return erreurDepot('VGM-DEP-006', { flux: flux.id, identite: flux.identite });
  return flux.protocole === 'ACTES'
    ? erreurDepot('VGM-DEP-002', { identite, flux: flux.id })
    : erreurDepot('VGM-DEP-005', { identite, flux: flux.id });
}

/** What may not stand twice in a collectivité. */
export interface Identifie {
  readonly identite: string;
  readonly contenu: Sha256 | null;
}

/** The report of a replayed deposit is the piece of its flux; the answer does not build it again. */
const RAPPORT_DEJA_RENDU: RapportControles = {
  format: 'vaguemestre-rapport-controles-v1',
  reponses: [],
  verdict: 'favorable',
};

/** A refused deposit leaves a trace (digests and codes), nothing else. */
export async function tracerRefus(
  moteur: OutilsMoteur,
  ctx: Contexte,
  fait: { demande: DemandeDepot; rapport: RapportControles },
): Promise<void> {
  const codes = [...new Set(bloquantes(fait.rapport).map((a) => a.code))].join(' ');
  const ligne: EntreeJournal = {
    org: fait.demande.collectivite,
    ev: 'DEPOT_REFUSE',
    tx: '',
    obj: fait.demande.fichiers.map((f) => `sha256:${f.sha256}`).join(' '),
    acteur: ctx.acteur,
    res: 'KO',
    motif: codes,
    corr: ctx.corr,
  };
  await moteur.store.ecriture.ecrire({ quand: moteur.clock.now(), journal: [ligne] });
}

export interface Accepte {
  readonly demande: DemandeDepot;
  readonly collectivite: Collectivite;
  readonly types: readonly string[];
  readonly rapport: RapportControles;
  readonly lu: DepotLu;
  readonly contenu: Sha256 | null;
  readonly cite: FluxId | null;
}

export async function accepter(outils: OutilsAccepter, ctx: Contexte, a: Accepte): Promise<ReponseDepot> {
  const pieces = await garderPieces(outils.coffre, a);
  const { moteur } = outils;
  const quand = moteur.clock.now();
  const nouveau: NouveauFlux = {
    id: moteur.random.uuid() as FluxId,
    protocole: a.demande.protocole,
    collectivite: a.collectivite.siren,
    etat: 'depose',
    identite: a.lu.identite,
    contenu: a.contenu,
    resume: a.lu.resume,
    cite: a.cite,
    pieces,
    cleIdempotence: a.demande.cleIdempotence,
    empreinteDemande: empreinteDe(a.demande),
    due: quand,
  };
  const journal = [ligneDepot(nouveau, ctx)];
  const nouvellesLivraisons = await livraisonsDe(moteur, ebauche(nouveau), 'flux.depose');
  const resultat = await moteur.store.ecriture.creerFlux(nouveau, { quand, journal, nouvellesLivraisons });
  const { flux, type } = resultat;
  if (type === 'doublon') throw doublon(nouveau.identite, resultat);
  if (type === 'cle_prise') throw erreurDepot('VGM-DEP-003', { cle: nouveau.cleIdempotence ?? '' });
  if (type === 'cree') moteur.diffusion.publier({ quand, flux, ev: 'DEPOT' });
  return { type: 'accepte', flux, rejeu: type === 'rejeu', rapport: a.rapport };
}

function ligneDepot(nouveau: NouveauFlux, ctx: Contexte): EntreeJournal {
  return {
    org: nouveau.collectivite,
    ev: 'DEPOT',
    tx: nouveau.id,
    obj: nouveau.pieces.map((p) => `sha256:${p.sha256}`).join(' '),
    acteur: ctx.acteur,
    res: 'OK',
    motif: nouveau.identite,
    corr: ctx.corr,
  };
}

/** Same demand, same digest: what makes the replay of an Idempotency-Key recognisable. */
function empreinteDe(demande: DemandeDepot): Sha256 {
  const { protocole, collectivite, metadonnees, fichiers, corrige } = demande;
  const contenu = fichiers.map((f) => [f.role, f.nom, f.sha256]);
  const cite = corrige === undefined ? [] : [corrige];
  return createHash('sha256')
    .update(JSON.stringify([protocole, collectivite, metadonnees, contenu, ...cite]))
    .digest('hex') as Sha256;
}

function json(objet: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(objet, null, 1)}\n`);
}

async function garderPieces(coffre: Coffre, a: Accepte): Promise<Piece[]> {
  const [metadonnees, rapport] = await Promise.all([
    // A file that speaks for itself declares nothing.
    a.contenu === null ? coffre.ajouter(json(a.demande.metadonnees)) : null,
    coffre.ajouter(json(a.rapport)),
    ...a.demande.fichiers.map((f) => f.attente.garder()),
  ]);
  const fichiers = a.demande.fichiers.map((f, rang): Piece => {
    const { role, nom, sha256, sha512, taille } = f;
    return { role, nom, sha256, sha512, taille, type: a.types[rang] ?? 'inconnu' };
  });
  return [
    ...(metadonnees === null
      ? []
      : [
          { role: 'metadonnees', nom: 'metadonnees.json', type: 'application/json', ...metadonnees } as const,
        ]),
    ...fichiers,
    { role: 'rapport', nom: 'rapport-controles.json', type: 'application/json', ...rapport },
  ];
}
