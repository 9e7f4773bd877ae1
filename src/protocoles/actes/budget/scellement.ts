import { createHash } from 'node:crypto';
import { AnalyseurXml } from '../../../formats/xml/analyseur.ts';
import { Canonisation } from '../../../formats/xml/c14n/canonisation.ts';
import type { Balise, Fermante, SessionXml } from '../../../formats/xml/evenements.ts';
import { Muet } from '../../../formats/xml/muet.ts';
import { valeurAttribut } from '../../../formats/xml/valeurs.ts';
import { lireJour } from '../../../metier/identifiants.ts';
import type { FaitsBudget, Sceau } from '../../protocole.ts';

/** Budget documents (norme d'échange ACTES, § 3.4; DocumentBudgetaire) and the seal that TotEM puts on them. */

export const RACINE_BUDGET = 'DocumentBudgetaire';

/** Bytes of the range [debut, fin[ of the file. */
type LecteurPlages = (debut: number, fin: number) => Promise<Uint8Array>;

const PLAGE = 256 * 1024;
const INFERIEUR = 0x3c;

/** Where the seal stands: from its `<` to after its end tag. */
interface Place {
  readonly debut: number;
  readonly fin: number;
}

/** Values `V` that say what the budget is, by the path of their element under the root. */
const VALEURS = {
  'EnTeteDocBudgetaire/IdColl': 'idColl',
  'Budget/BlocBudget/NatDec': 'natDec',
  'Budget/BlocBudget/Exer': 'exercice',
} as const;

class Releve extends Muet {
  readonly valeurs: { idColl?: string; natDec?: string; exercice?: string } = {};
  sceaux = 0;
  sceau: Sceau | null = null;
  place: Place | null = null;
  #session: SessionXml | null = null;
  readonly #chemin: string[] = [];
  #debut = -1;

  override commencer(session: SessionXml): void {
    this.#session = session;
  }

  override ouvrir(balise: Balise): void {
    const session = this.#session;
    if (session === null) return;
    this.#chemin.length = Math.max(0, balise.profondeur - 2);
    if (balise.profondeur < 2 || balise.profondeur > 4) return;
    this.#chemin.push(session.noms.localDe(balise.nom));
    if (balise.profondeur === 2 && this.#chemin[0] === 'Scellement') this.#sceller(session, balise);
    const nom = VALEURS[this.#chemin.join('/') as keyof typeof VALEURS];
    if (nom !== undefined) this.valeurs[nom] ??= this.#attribut(session, balise, 'V');
  }

  #attribut(session: SessionXml, balise: Balise, nom: string): string {
    for (let k = 0; k < balise.nombre; k += 1) {
      if (session.noms.localDe(balise.attNom[k] as number) === nom)
        return valeurAttribut(balise, k, session.unicode).trim();
    }
    return '';
  }

  #sceller(session: SessionXml, balise: Balise): void {
    this.sceaux += 1;
    if (this.sceaux > 1) return;
    const lire = (nom: string): string => this.#attribut(session, balise, nom);
    this.sceau = {
      md5: lire('md5').toLowerCase(),
      sha1: lire('sha1').toLowerCase(),
      date: lireJour(lire('date').slice(0, 10)) ?? null,
    };
    this.#debut = session.base + balise.debut;
  }

  override fermer({ profondeur, fin }: Fermante): void {
    if (profondeur !== 2 || this.#debut < 0) return;
    this.place = { debut: this.#debut, fin: (this.#session?.base ?? 0) + fin };
    this.#debut = -1;
  }
}

async function parcourir(
  lire: LecteurPlages,
  taille: number,
  ecrire: (octets: Uint8Array, position: number) => boolean,
): Promise<void> {
  for (let debut = 0; debut < taille; debut += PLAGE) {
    const fin = Math.min(debut + PLAGE, taille);
    if (!ecrire(await lire(debut, fin), debut)) return;
  }
}

/** The file without its seal, nor the text that follows it (as the reference tool removes them). */
function sansSceau({ debut, fin }: Place): (octets: Uint8Array, position: number) => Uint8Array[] {
  let suite = false;
  return (octets, position) => {
    const avant = octets.subarray(0, Math.max(0, debut - position));
    const apres = octets.subarray(Math.max(0, fin - position));
    if (position + octets.length <= fin) return [avant];
    const premier = suite ? 0 : apres.indexOf(INFERIEUR);
    suite ||= premier >= 0;
    return premier < 0 ? [avant] : [avant, apres.subarray(premier)];
  };
}

/** MD5 and SHA-1 of the canonical document without its seal; null when it cannot be read to its end. */
async function calculer(
  lire: LecteurPlages,
  taille: number,
  place: Place,
): Promise<{ readonly md5: string; readonly sha1: string } | null> {
  const [md5, sha1] = [createHash('md5'), createHash('sha1')];
  const document = { mode: 'inclusive', puits: [md5, sha1] } as const;
  const analyseur = new AnalyseurXml(
    new Canonisation({ choisir: () => null, document, termine: () => undefined }),
  );
  const couper = sansSceau(place);
  await parcourir(lire, taille, (octets, position) =>
    couper(octets, position).every((morceau) => analyseur.ecrire(morceau) === null),
  );
  return analyseur.finir() === null ? { md5: md5.digest('hex'), sha1: sha1.digest('hex') } : null;
}

/**
 * Facts of a budget document. The seal is computed on the bytes deposited: TotEM seals what it has itself written, and a
 * file reworked since is another one. Throws only what `lire` throws.
 */
export async function lireBudget(lire: LecteurPlages, taille: number): Promise<FaitsBudget> {
  const releve = new Releve();
  const analyseur = new AnalyseurXml(releve);
  await parcourir(lire, taille, (octets) => analyseur.ecrire(octets) === null);
  const lu = analyseur.finir() === null;
  const { idColl, natDec, exercice } = releve.valeurs;
  return {
    siret: idColl ?? null,
    natDec: natDec ?? null,
    exercice: exercice ?? null,
    sceaux: releve.sceaux,
    sceau: releve.sceau,
    calcule: lu && releve.place !== null ? await calculer(lire, taille, releve.place) : null,
  };
}
