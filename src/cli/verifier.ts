import { verifierPreuve } from '../gestes/verifier-preuve.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import { dire } from './erreurs.ts';
import type { Sorties } from './monde.ts';
import { json, sur } from './rendu.ts';

/**
 * `vaguemestre verifier <fichier.asice>`: offline, without daemon.
 * @returns exit code: 0 good, 1 unreadable or failure, 3 false proof.
 */
export async function verifier(
  fichier: string,
  options: { readonly json?: boolean },
  sorties: Sorties,
): Promise<number> {
  try {
    const verdict = await verifierPreuve(fichier);
    if (options.json === true) {
      json(sorties, [{ fichier, ...verdict }]);
      return verdict.bonne ? 0 : 3;
    }
    const large = Math.max(...verdict.constats.map((c) => c.sujet.length));
    for (const c of verdict.constats) {
      sorties.ecrire(`${c.bon ? 'bon ' : 'FAUX'}  ${sur(c.sujet.padEnd(large))}  ${sur(c.detail)}`);
    }
    const faux = verdict.constats.filter((c) => !c.bon).length;
    sorties.ecrire('');
    sorties.ecrire(
      verdict.bonne
        ? 'Dossier de preuve intact.'
        : `DOSSIER DE PREUVE FAUX : ${faux} point${faux > 1 ? 's' : ''} ci-dessus. Ne pas s’y fier ; demander un nouvel export.`,
    );
    return verdict.bonne ? 0 : 3;
  } catch (faute) {
    if (!(faute instanceof ErreurVgm)) throw faute;
    return dire(faute, sorties, options.json === true);
  }
}
