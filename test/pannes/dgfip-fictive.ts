import type { Accident } from '../../src/adapters/passerelle/fake.ts';
import type { Deposant, Releveur } from '../../src/ports/passerelle.ts';
import type { Sol } from '../parcours/atelier.ts';

export interface OptionsDgfip {
  /** A deposit is taken away at once, and can be seen no more. */
  readonly emporte?: boolean;
  /** One per deposit to come. */
  readonly accidents?: readonly Accident[];
}

/** The DGFiP: remembers each file that it took, whatever the client heard of it. */
export interface DgfipFictive extends Deposant, Releveur {
  /** Times that each name was taken. */
  readonly registre: Map<string, number>;
  /** Times that the bytes of each name were asked for. */
  readonly presentees: Map<string, number>;
  publier(nom: string, octets: Buffer): void;
}

export function creerDgfipFictive(sol: Sol, options: OptionsDgfip = {}): DgfipFictive {
  const { passerelle } = sol;
  const registre = new Map<string, number>();
  const presentees = new Map<string, number>();
  const compter = (ou: Map<string, number>, nom: string) => void ou.set(nom, (ou.get(nom) ?? 0) + 1);
  passerelle.programmer(...(options.accidents ?? []));
  return {
    registre,
    presentees,
    publier: (nom, octets) => void passerelle.sortie.set(nom, octets),
    async deposer(envoi, signal) {
      const nom = envoi.nomDistant;
      const la = passerelle.entree.has(nom);
      const ouvrir = () => {
        compter(presentees, nom);
        return envoi.ouvrir();
      };
      const issue = await passerelle.deposer({ ...envoi, ouvrir }, signal);
      if (!la && passerelle.entree.has(nom)) {
        compter(registre, nom);
        if (options.emporte === true) passerelle.entree.delete(nom);
      }
      return issue;
    },
    existe: (identite) => passerelle.existe(identite),
    lister: () => passerelle.lister(),
    telecharger: (fichier, verser) => passerelle.telecharger(fichier, verser),
    retirer: (fichier) => passerelle.retirer(fichier),
  };
}
