import { expect, it } from 'vitest';
import { faits, type Retouche, reponseDe } from './decor.ts';

/** One row: what is spoilt, and what the message must say of it. */
export type Ligne = readonly [titre: string, retouche: Retouche, dit: RegExp];

export function mauvais(code: string, lignes: readonly Ligne[]): void {
  it.each(lignes)(`${code} refuses: %s`, (_titre, retouche, dit) => {
    const r = reponseDe(code, faits(retouche));
    expect(r.reponse).toBe('non');
    expect(r.verdict).toBe('defavorable');
    expect(r.texte).toMatch(dit);
    expect(r.gravites).toContain('bloquante');
  });
}

export function bons(code: string, lignes: readonly (readonly [titre: string, retouche: Retouche])[]): void {
  it.each(lignes)(`${code} accepts: %s`, (_titre, retouche) => {
    const r = reponseDe(code, faits(retouche));
    expect(r.reponse, r.texte).toBe('oui');
  });
}

/** Metadata alone retouched. */
export const m = (metadonnees: Readonly<Record<string, unknown>>): Retouche => ({ metadonnees });
