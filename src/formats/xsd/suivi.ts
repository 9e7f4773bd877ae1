import type { PositionXml, SessionXml } from '../xml/evenements.ts';
import { NS_XSI } from './artefact.ts';
import { PileCadres } from './cadres.ts';
import { type CodeXsd, type ConstatXsd, extrait } from './constats.ts';
import type { ContexteValeur } from './juges.ts';
import type { SchemaXsd } from './schema.ts';

/** Names of a document that no schema declares and every document may use. */
export const XSI = { aucun: -1, type: -2, nil: -3, autre: -4 } as const;
const ATTRIBUTS_XSI: Readonly<Record<string, number>> = {
  type: XSI.type,
  nil: XSI.nil,
  schemaLocation: XSI.autre,
  noNamespaceSchemaLocation: XSI.autre,
};

const A_CHERCHER = -5;

export interface Fait {
  readonly code: CodeXsd;
  readonly message: string;
  /** Where in the bytes at hand, or where already known. */
  readonly ou: number | PositionXml;
  readonly element: number;
  /** Appended to the path of the innermost open element. */
  readonly suite?: string;
  readonly valeur?: string;
  readonly attendu?: string;
}

interface Citation {
  readonly position: PositionXml;
  readonly element: number;
  readonly chemin: string;
}

/** What the parts of a validator share about the document being read. */
export class Suivi implements ContexteValeur {
  readonly schema: SchemaXsd;
  readonly pile: PileCadres;
  readonly constats: ConstatXsd[] = [];
  tronque = false;
  lecture: SessionXml;
  /** Where the value being judged stands: an index of the bytes at hand, or a position. */
  ici: number | PositionXml = 0;
  elementIci = 0;
  suiteIci = '';
  readonly #max: number;
  #rangs: Int32Array = new Int32Array(1024).fill(A_CHERCHER);
  readonly #ids = new Set<string>();
  /** Identifiers cited and not met yet, each where it was first cited. */
  readonly #cites = new Map<string, Citation>();
  #trop = false;

  constructor(schema: SchemaXsd, lecture: SessionXml, max: number) {
    this.schema = schema;
    this.lecture = lecture;
    this.pile = new PileCadres(schema);
    this.#max = max;
  }

  /** Row in the schema of a name of the document; negative: none, or one of XSI. */
  rangDe(nom: number): number {
    if (nom >= this.#rangs.length) this.#agrandir(nom);
    const rang = this.#rangs[nom] as number;
    return rang === A_CHERCHER ? this.#chercher(nom) : rang;
  }

  #agrandir(nom: number): void {
    const grands = new Int32Array(nom * 2).fill(A_CHERCHER);
    grands.set(this.#rangs);
    this.#rangs = grands;
  }

  #chercher(nom: number): number {
    const { noms } = this.lecture;
    const uri = noms.uri(noms.espaceDe(nom));
    const local = noms.localDe(nom);
    const xsi = uri === NS_XSI ? ATTRIBUTS_XSI[local] : undefined;
    const rang = xsi ?? this.schema.nom(uri, local);
    this.#rangs[nom] = rang;
    return rang;
  }

  uriDe(nom: number): string {
    return this.lecture.noms.uri(this.lecture.noms.espaceDe(nom));
  }

  constater(fait: Fait): void {
    if (this.constats.length >= this.#max) {
      this.tronque = true;
      return;
    }
    this.constats.push({
      code: fait.code,
      message: fait.message,
      position: typeof fait.ou === 'number' ? this.lecture.situer(fait.ou) : fait.ou,
      element: fait.element,
      chemin: this.pile.chemin(this.lecture.noms) + (fait.suite ?? ''),
      valeur: fait.valeur === undefined ? null : extrait(fait.valeur),
      attendu: fait.attendu ?? '',
    });
  }

  prendreId(id: string): boolean {
    if (this.#ids.has(id)) return false;
    if (this.#place(this.#ids.size)) this.#ids.add(id);
    this.#cites.delete(id);
    return true;
  }

  citerId(id: string): void {
    if (this.#ids.has(id) || this.#cites.has(id) || !this.#place(this.#cites.size)) return;
    this.#cites.set(id, {
      position: typeof this.ici === 'number' ? this.lecture.situer(this.ici) : this.ici,
      element: this.elementIci,
      chemin: this.pile.chemin(this.lecture.noms) + this.suiteIci,
    });
  }

  #place(pris: number): boolean {
    if (pris < this.lecture.limites.ids) return true;
    if (!this.#trop) {
      const message = `Le fichier porte plus de ${this.lecture.limites.ids} identifiants.`;
      this.constater({ code: 'XSD-014', message, ou: this.ici, element: this.elementIci });
    }
    this.#trop = true;
    return false;
  }

  prefixeLie(prefixe: string): boolean {
    const { noms } = this.lecture;
    // of a prefix never shown, there is no binding
    return (noms.liaisons[noms.prefixe(prefixe)] ?? -1) >= 0;
  }

  /** The document is over: every reference must have met its identifier. */
  conclure(): void {
    for (const [id, c] of this.#cites) {
      if (this.constats.length >= this.#max) {
        this.tronque = true;
        return;
      }
      this.constats.push({
        code: 'XSD-013',
        message: `L’identifiant « ${extrait(id)} » est cité, mais rien ne le porte dans le fichier.`,
        position: c.position,
        element: c.element,
        chemin: c.chemin,
        valeur: extrait(id),
        attendu: 'un identifiant du fichier',
      });
    }
  }
}
