import { type Jure, JuryXsd, type RacineXml } from '../../formats/xsd/jury.ts';
import type {
  BilanPaquet,
  BilanPaquets,
  FichePaquet,
  JugementPaquets,
  OptionsJugement,
  PaquetOuvert,
  Paquets,
} from '../../formats/xsd/paquets.ts';
import { SchemaXsd } from '../../formats/xsd/schema.ts';
import { cheminContenu, ContenuPaquet } from './contenu.ts';
import { EchecsPaquets, type SuiviPaquets } from './echecs.ts';
import { etatInventaire, lireInventaire } from './inventaire.ts';

/** The packs of a folder: opened when first asked for, followed when the folder changes. */

const CONSTATS = 50;
const enVigueur = ({ politique }: FichePaquet): boolean => politique !== 'ignorer';

class DossierPaquets implements Paquets {
  readonly #dossier: string;
  #etat: string | null = null;
  #paquets: readonly FichePaquet[] = [];
  #probleme: string | null = null;
  /** Ready, by digest of the pack and name of the main schema: one content is compiled once, whatever its name. */
  readonly #schemas = new Map<string, SchemaXsd>();
  /** Under the same keys. */
  readonly #echecs: EchecsPaquets;

  constructor(dossier: string, suivi: SuiviPaquets | null) {
    this.#dossier = dossier;
    this.#echecs = new EchecsPaquets(suivi);
  }

  /** @returns whether the inventory is another one. When it cannot be read, the packs known stay. */
  #suivre(): boolean {
    const etat = etatInventaire(this.#dossier);
    if (etat === this.#etat) return false;
    const lu = lireInventaire(this.#dossier);
    this.#etat = etat;
    this.#probleme = lu.type === 'lu' ? null : lu.raison;
    if (lu.type === 'lu') this.#paquets = lu.paquets;
    else this.#echecs.inventaireIllisible(lu.raison);
    const presents = new Set(this.#paquets.map((p) => p.empreinte));
    const reste = (cle: string): boolean => presents.has(cle.slice(0, 64));
    for (const cle of this.#schemas.keys()) {
      if (!reste(cle)) this.#schemas.delete(cle);
    }
    this.#echecs.relancer(reste);
    return true;
  }

  #ouvrir(paquet: FichePaquet, fichier: string): PaquetOuvert {
    const cle = `${paquet.empreinte} ${fichier}`;
    const connu = this.#schemas.get(cle);
    if (connu !== undefined) return { type: 'pret', paquet, schema: connu };
    const recent = this.#echecs.recent(cle);
    if (recent !== null) return { type: 'inutilisable', paquet, motif: recent };
    const schema = this.#compiler(paquet, fichier);
    if (typeof schema === 'string') {
      this.#echecs.noter(cle, paquet.nom, schema);
      return { type: 'inutilisable', paquet, motif: schema };
    }
    this.#echecs.lever(cle, paquet.nom);
    this.#schemas.set(cle, schema);
    return { type: 'pret', paquet, schema };
  }

  /** @returns in French, why there is none. */
  #compiler(paquet: FichePaquet, fichier: string): SchemaXsd | string {
    const contenu = ContenuPaquet.ouvrir(cheminContenu(this.#dossier, paquet), paquet.empreinte);
    if (typeof contenu === 'string') return contenu;
    const compilation = contenu.compiler(fichier);
    if (compilation.type === 'compile') return new SchemaXsd(compilation.artefact);
    if (compilation.type === 'inutilisable') return compilation.motif;
    const [refus] = compilation.refus;
    return `${refus?.fichier ?? fichier}, ligne ${refus?.ligne ?? 0} : ${refus?.message ?? ''}`;
  }

  #ouvrirTous({ espace, nom }: RacineXml, admis: (paquet: FichePaquet) => boolean): readonly PaquetOuvert[] {
    return this.#paquets.filter(admis).flatMap((paquet) => {
      const racine = paquet.racines.find((r) => r.espace === espace && r.nom === nom);
      return racine === undefined ? [] : [this.#ouvrir(paquet, racine.fichier)];
    });
  }

  lister(): ReturnType<Paquets['lister']> {
    this.#suivre();
    return { paquets: this.#paquets, probleme: this.#probleme };
  }

  pour(racine: RacineXml, admis = enVigueur): readonly PaquetOuvert[] {
    this.#suivre();
    const ouverts = this.#ouvrirTous(racine, admis);
    // a content that went away while it was being opened may have been replaced
    const manque = ouverts.some((o) => o.type === 'inutilisable');
    return manque && this.#suivre() ? this.#ouvrirTous(racine, admis) : ouverts;
  }

  juger({ admis, constats = CONSTATS }: OptionsJugement = {}): JugementPaquets {
    let ouverts: readonly PaquetOuvert[] = [];
    const jury = new JuryXsd(
      (racine) => {
        ouverts = this.pour(racine, admis);
        return ouverts.flatMap((o): Jure<FichePaquet>[] =>
          o.type === 'pret' ? [{ pour: o.paquet, schema: o.schema }] : [],
        );
      },
      { constats },
    );
    const bilan = (): BilanPaquets | null => {
      const lus = jury.bilans();
      if (lus === null) return null;
      const parPaquet = new Map(lus.jures.map((j) => [j.pour, j.bilan]));
      const paquets = ouverts.flatMap((o): BilanPaquet[] => {
        if (o.type === 'inutilisable') return [o];
        const lu = parPaquet.get(o.paquet);
        return lu === undefined ? [] : [{ type: 'juge', paquet: o.paquet, ...lu }];
      });
      return { racine: lus.racine, paquets, probleme: this.#probleme };
    };
    return { recepteur: jury, bilan };
  }
}

/**
 * @param dossier of the packs; it may not be there yet, and then holds none.
 * @param suivi of a process that runs for long; without it, what cannot be opened is tried again each time.
 */
export function ouvrirPaquets(dossier: string, suivi: SuiviPaquets | null = null): Paquets {
  return new DossierPaquets(dossier, suivi);
}
