/** `npm run documenter`: writes docs/erreurs.md from the error catalogue (a test holds them equal). */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LigneCatalogue } from '../src/metier/erreurs.ts';

const RACINE = join(import.meta.dirname, '..');
const CATALOGUE = join(RACINE, 'src', 'metier', 'catalogue');

const NATURES = {
  passagere: 'passagère : le programme réessaie seul',
  incertaine: 'incertaine : une preuve ou une personne tranche',
  definitive: 'définitive : réessayer ne changerait rien',
} as const;

const lignes: [string, LigneCatalogue][] = [];
for (const fichier of readdirSync(CATALOGUE)) {
  const module = (await import(join(CATALOGUE, fichier))) as Record<string, unknown>;
  for (const [nom, valeur] of Object.entries(module)) {
    if (nom.startsWith('CATALOGUE_'))
      lignes.push(...Object.entries(valeur as Record<string, LigneCatalogue>));
  }
}
lignes.sort(([a], [b]) => a.localeCompare(b));

const sections = lignes.map(
  ([code, l]) =>
    `## ${code}\n\n${l.message}\n\n- Nature : ${NATURES[l.nature]}\n- Cause : ${l.cause}\n- Que faire : ${l.remede}\n- Réponse HTTP ${l.http}, code de sortie ${l.sortie}\n`,
);
const tete = [
  '# Catalogue des erreurs',
  '',
  'Ce qui a arrêté le programme, avec sa cause et le remède. Ce qui est trouvé dans un document déposé est une',
  'anomalie (rapport de contrôles), et un refus de l’État est un accusé : ni l’un ni l’autre ne figurent ici.',
  'Page écrite depuis le code par `npm run documenter`.',
  '',
].join('\n');
writeFileSync(join(RACINE, 'docs', 'erreurs.md'), `${tete}\n${sections.join('\n')}`);
