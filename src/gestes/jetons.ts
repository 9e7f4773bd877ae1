import { createHash } from 'node:crypto';
import { erreurGestes } from '../metier/catalogue/gestes.ts';
import type { Sha256 } from '../metier/identifiants.ts';
import type { Gestes } from './gestes.ts';
import { exigerOperateur, type OutilsGestes } from './outils.ts';

const OCTETS_JETON = 32;

/** Only the digest is kept: a stolen store gives no access. The token has 256 random bits, so a plain hash is enough. */
function empreinte(jeton: string): Sha256 {
  return createHash('sha256').update(jeton, 'utf8').digest('hex') as Sha256;
}

export function jetons(outils: OutilsGestes): Gestes['jetons'] {
  const { store, clock, random } = outils.moteur;
  return {
    lister: (ctx) => {
      exigerOperateur(ctx);
      return store.jetons.lister();
    },
    creer: async (ctx, nom, portee) => {
      exigerOperateur(ctx);
      if ((await store.jetons.lister()).some((j) => j.nom === nom))
        throw erreurGestes('VGM-GES-009', { nom });
      const jeton = `vgm_${random.hex(OCTETS_JETON)}`;
      await store.jetons.enregistrer({ nom, portee, sha256: empreinte(jeton), cree: clock.now() });
      return { jeton };
    },
    revoquer: (ctx, nom) => {
      exigerOperateur(ctx);
      return store.jetons.revoquer(nom);
    },
    authentifier: async (jeton, corr) => {
      const connu = await store.jetons.trouver(empreinte(jeton));
      return connu === undefined ? undefined : { portee: connu.portee, acteur: `agent:${connu.nom}`, corr };
    },
  };
}
