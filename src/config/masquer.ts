import type { Config } from './manifest.ts';

const CACHE = '***';

/** `https://agent:secret@hote/` → `https://***@hote/`. */
function sansIdentifiants(texte: string): string {
  return texte.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, `$1${CACHE}@`);
}

function parcourir(valeur: unknown): unknown {
  if (typeof valeur === 'string') return sansIdentifiants(valeur);
  if (Array.isArray(valeur)) return valeur.map(parcourir);
  if (typeof valeur !== 'object' || valeur === null) return valeur;
  return Object.fromEntries(
    Object.entries(valeur).map(([nom, v]) => [
      nom,
      /(^|_)(secret|jeton|motdepasse|mot_de_passe)$/.test(nom) && v !== '' ? CACHE : parcourir(v),
    ]),
  );
}

/**
 * The settings as they may be shown. Secrets are not values of the manifest, only paths of files, and these are
 * shown; what could still slip in (a password inside a URL, a future `…secret` value) is covered.
 */
export function masquer(config: Config): Config {
  return parcourir(config) as Config;
}
