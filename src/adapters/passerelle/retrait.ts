import { erreurPasserelle } from '../../metier/catalogue/passerelle.ts';
import type { Releveur } from '../../ports/passerelle.ts';
import { FautePair } from './fautes.ts';
import { estProvisoire } from './noms.ts';
import { cheminDe, type ReglagesPasserelle, type Session } from './session.ts';
import type { Sessions } from './sessions.ts';
import { traduire } from './traduction.ts';

/** What a decoder puts in the place of bytes it could not read. */
const ILLISIBLE = '\ufffd';

export function creerReleveur(reglages: ReglagesPasserelle, sessions: Sessions): Releveur {
  const { nom: passerelle, dossierRetrait, provisoire } = reglages;
  const faire = async <T>(
    nom: string,
    travail: (session: Session) => Promise<T>,
    rejouable = false,
  ): Promise<T> => {
    try {
      return await sessions.avec(travail, () => rejouable);
    } catch (erreur) {
      throw traduire(erreur, { passerelle, nom });
    }
  };
  return {
    async lister() {
      const fichiers = await faire(dossierRetrait || '.', (s) => s.lister(dossierRetrait), true);
      return fichiers.filter((f) => !estProvisoire(f.cle, provisoire));
    },
    async telecharger(fichier, verser) {
      const { cle, nom, taille } = fichier;
      if (taille === 0) throw erreurPasserelle('VGM-PAS-018', { nom });
      if (cle.includes(ILLISIBLE)) throw erreurPasserelle('VGM-PAS-020', { nom });
      const chemin = cheminDe(dossierRetrait, cle);
      const lu = await faire(nom, (session) => session.lire({ chemin, fichier, verser }));
      return lu ? 'recu' : 'disparu';
    },
    async retirer({ cle, nom }) {
      if (reglages.retrait === 'passerelle') return;
      const chemin = cheminDe(dossierRetrait, cle);
      await faire(nom, async (session) => {
        try {
          await session.effacer(chemin);
        } catch (erreur) {
          const parti = erreur instanceof FautePair && (await session.tailleDe(chemin)) === 'absent';
          if (!parti) throw erreur;
        }
      });
    },
  };
}
