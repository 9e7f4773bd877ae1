import { erreurGestes } from '../../src/metier/catalogue/gestes.ts';
import type { Collectivite } from '../../src/metier/collectivite.ts';
import { LIBELLE_ETAT } from '../../src/metier/etats.ts';
import type { Flux } from '../../src/metier/flux.ts';
import type { FluxId, Siren } from '../../src/metier/identifiants.ts';
import type { Contexte, DemandeReponse, Gestes, ReponseDepot } from '../../src/gestes/gestes.ts';
import { codeReponse } from '../../src/protocoles/actes/echanges/controle.ts';
import { messageDe } from '../../src/protocoles/actes/echanges/resume.ts';
import { fluxFictif, rapport, SIREN } from './faits-fictifs.ts';

/** Exchanges with the préfecture, kept in memory: one standing answer for each letter, one cancellation for each acte. */

const ID_ACTE = `034-${SIREN}-20260302-DEL1-DE`;
const sujet = { idActe: ID_ACTE, abrege: 'DE', numero: 'DEL1', objet: 'Budget de l’école' };

/** A letter about the flux 1, dated 12 March 2026. */
export function courrierFictif(
  n: number,
  code: '2-1' | '3-1' | '4-1' | '5-1',
  plus: Partial<Flux> = {},
): Flux {
  const expose = code === '2-1' ? {} : { expose: 'Le plan de financement manque.' };
  return fluxFictif(n, {
    etat: 'recu',
    identite: `${ID_ACTE}/${code}/${'a'.repeat(16)}`,
    cite: fluxFictif(1).id,
    resume: { ...sujet, message: code, dateCourrier: '2026-03-12', ...expose },
    ...plus,
  });
}

/** What was sent about the flux 1. */
export function envoiFictif(n: number, message: string, plus: Partial<Flux> = {}): Flux {
  const resume = { ...sujet, message, dateCourrier: '2026-03-12', typologies: [] };
  return fluxFictif(n, { identite: `${ID_ACTE}/3-1/${'a'.repeat(16)}/envoi`, resume, ...plus });
}

interface Monde {
  readonly flux: Map<FluxId, Flux>;
  readonly cles: Map<string, FluxId>;
  /** Throws for another's flux. */
  readonly voir: (ctx: Contexte, id: FluxId) => Flux;
  /** Throws for another's collectivité. */
  readonly fiche: (ctx: Contexte, siren: Siren) => Promise<Collectivite>;
}

export interface EchangesFictifs extends Pick<Gestes, 'repondre' | 'annuler' | 'demanderClassification'> {
  readonly reponses: DemandeReponse[];
}

export function echangesFictifs({ flux, cles, voir, fiche }: Monde): EchangesFictifs {
  const reponses: DemandeReponse[] = [];
  const naitre = (plus: Partial<Flux>, rejeu = false): ReponseDepot => {
    const ne = fluxFictif(flux.size + 100, plus);
    flux.set(ne.id, ne);
    return { type: 'accepte', flux: ne, rejeu, rapport: rapport(false) };
  };
  const unSeul = (identite: string): void => {
    const deja = [...flux.values()].find((f) => f.identite === identite);
    if (deja !== undefined)
      throw erreurGestes('VGM-GES-050', { flux: deja.id, etat: LIBELLE_ETAT[deja.etat] });
  };
  const repondre = (ctx: Contexte, d: DemandeReponse): ReponseDepot => {
    const courrier = voir(ctx, d.courrier);
    const message = codeReponse(courrier, d.refus);
    if (message === null) throw erreurGestes('VGM-GES-051', { flux: d.courrier, attendu: 'rien' });
    const rejoue = flux.get(cles.get(d.cleIdempotence ?? '') as FluxId);
    if (rejoue !== undefined) return { type: 'accepte', flux: rejoue, rejeu: true, rapport: rapport(false) };
    if (d.typologies.includes('XX_XX')) return { type: 'refuse', rapport: rapport(true) };
    const identite = `${courrier.identite}/reponse`;
    unSeul(identite);
    const typologies = [...d.typologies];
    const resume = { ...courrier.resume, message, typologies };
    const reponse = naitre({ identite, cite: d.courrier, resume });
    if (d.cleIdempotence !== null && reponse.type === 'accepte') cles.set(d.cleIdempotence, reponse.flux.id);
    return reponse;
  };
  return {
    reponses,
    repondre: async (ctx, d) => {
      reponses.push(d);
      try {
        const fait = repondre(ctx, d);
        if (fait.type === 'accepte' && !fait.rejeu) return fait;
        for (const f of d.fichiers) await f.attente.jeter();
        return fait;
      } catch (e) {
        for (const f of d.fichiers) await f.attente.jeter();
        throw e;
      }
    },
    annuler: async (ctx, id) => {
      const acte = voir(ctx, id);
      if (messageDe(acte) !== '1-1' || acte.etat !== 'acquitte')
        throw erreurGestes('VGM-GES-052', { flux: id, etat: LIBELLE_ETAT[acte.etat] });
      const identite = `${acte.identite}/6-1`;
      unSeul(identite);
      return naitre({ identite, cite: id, resume: { ...acte.resume, message: '6-1' } });
    },
    demanderClassification: async (ctx, { siren, complete }) => {
      const c = await fiche(ctx, siren);
      if (c.actes === null) throw erreurGestes('VGM-GES-013', { siren });
      const identite = `${siren}/7-1/2026-03-02`;
      unSeul(identite);
      const detenue = complete ? null : (c.actes.classification?.date ?? null);
      const resume = { message: '7-1', idActe: '', numero: '', dateCourrier: detenue ?? '2001-01-01' };
      return naitre({ collectivite: siren, identite, resume });
    },
  };
}
