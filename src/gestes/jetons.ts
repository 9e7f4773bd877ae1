import { createHash } from 'node:crypto';
import { erreurGestes } from '../metier/catalogue/gestes.ts';
import type { Sha256 } from '../metier/identifiants.ts';
import type { Contexte, Gestes } from './gestes.ts';
import { exigerOperateur, type OutilsGestes } from './outils.ts';

const OCTETS_JETON = 32;

/** Only the digest is kept: a stolen store gives no access. The token has 256 random bits, so a plain hash is enough. */
function empreinte(jeton: string): Sha256 {
  return createHash('sha256').update(jeton, 'utf8').digest('hex') as Sha256;
}

/** Who may enter is journalled like the rest (JRN-10). */
async function tracer(
  outils: OutilsGestes,
  ctx: Contexte,
  fait: { ev: 'JETON_CREE' | 'JETON_REVOQUE'; nom: string },
) {
  const { ev, nom } = fait;
  const ligne = {
    org: 'operateur',
    ev,
    tx: '',
    obj: '',
    acteur: ctx.acteur,
    res: 'OK',
    motif: nom,
    corr: ctx.corr,
  } as const;
  await outils.moteur.store.ecriture.ecrire({ quand: outils.moteur.clock.now(), journal: [ligne] });
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
      await tracer(outils, ctx, { ev: 'JETON_CREE', nom });
      return { jeton };
    },
    revoquer: async (ctx, nom) => {
      exigerOperateur(ctx);
      const connu = await store.jetons.revoquer(nom);
      if (connu) await tracer(outils, ctx, { ev: 'JETON_REVOQUE', nom });
      return connu;
    },
    authentifier: async (jeton, corr) => {
      const connu = await store.jetons.trouver(empreinte(jeton));
      return connu === undefined ? undefined : { portee: connu.portee, acteur: `agent:${connu.nom}`, corr };
    },
  };
}
