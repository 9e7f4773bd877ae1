import { Readable } from 'node:stream';
import type { Jalon } from '../../src/metier/calendrier/jalon.ts';
import type { Flux, ObjetJson } from '../../src/metier/flux.ts';
import type { FluxId, Jour } from '../../src/metier/identifiants.ts';
import type { Contexte, Copie, Gestes } from '../../src/gestes/gestes.ts';

/** The life of an acte after it has left, kept in memory. */

export const JALON: Jalon = {
  code: 'reception',
  titre: 'Réception par la préfecture',
  date: '2026-03-10' as Jour,
  provisoire: false,
  reference: 'CGCT, art. L. 2131-1',
  phrase: 'L’acte a été reçu le 10 mars 2026.',
};

function copie(nom: string, texte: string): Copie {
  const octets = Buffer.from(texte);
  return { nom, taille: octets.length, contenu: Readable.from([octets]) };
}

export function actesFictifs(
  connus: Map<FluxId, Flux>,
  voir: (ctx: Contexte, id: FluxId) => Flux,
): Pick<Gestes, 'calendrier' | 'publier' | 'valider' | 'complement' | 'tamponner' | 'bordereau'> {
  const dire = (flux: Flux, champs: ObjetJson): Flux => {
    const dit = { ...flux, resume: { ...flux.resume, ...champs } };
    connus.set(flux.id, dit);
    return dit;
  };
  return {
    calendrier: async (ctx, id) => [{ ...JALON, titre: `${JALON.titre} (${voir(ctx, id).identite})` }],
    publier: async (ctx, { id, jour }) => dire(voir(ctx, id), { publication: jour }),
    tamponner: async (ctx, { id, rang, forme }) => {
      voir(ctx, id);
      return copie(`piece-${rang}.pdf`, `tampon ${forme.position as string} ${forme.pages as string}`);
    },
    bordereau: async (ctx, id) => copie('bordereau.pdf', `bordereau ${voir(ctx, id).identite}`),
    valider: async (ctx, id) => {
      const flux = { ...voir(ctx, id), etat: 'valide' as const };
      connus.set(id, flux);
      return flux;
    },
    complement: async (ctx, { id, recu, fichier }) => {
      await fichier?.attente.jeter();
      return dire(voir(ctx, id), { complementRecu: recu, preuve: fichier?.nom ?? null });
    },
  };
}
