import { erreurControle } from '../../metier/catalogue/controle.ts';
import type { Antivirus } from '../../ports/antivirus.ts';

export interface FakeAntivirus extends Antivirus {
  /** From now on: out of reach (true) or answering (false). */
  couper(coupe: boolean): void;
}

const MOTEUR = 'antivirus factice';

/** For tests and for the demonstration: finds `marque` in the bytes, and nothing else. */
export function creerFakeAntivirus(marque = 'VAGUEMESTRE-INFECTE'): FakeAntivirus {
  let coupe = false;
  return {
    couper(valeur) {
      coupe = valeur;
    },
    async analyser(contenu) {
      const cherche = Buffer.from(marque);
      let queue = Buffer.alloc(0);
      let trouve = false;
      if (coupe) {
        contenu.destroy();
        throw erreurControle('VGM-CTL-001', { adresse: 'factice', detail: 'coupé par l’essai' });
      }
      for await (const morceau of contenu) {
        queue = Buffer.concat([queue, morceau as Uint8Array]);
        trouve ||= queue.includes(cherche);
        queue = queue.subarray(Math.max(0, queue.length - cherche.length + 1));
      }
      return trouve
        ? { type: 'infecte', moteur: MOTEUR, signature: marque }
        : { type: 'sain', moteur: MOTEUR };
    },
  };
}
