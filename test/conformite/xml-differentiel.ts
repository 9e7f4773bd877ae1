import { type De, ENCODAGES, encoder, Fabrique, muter } from './xml-documents.ts';
import { auHasard, type Demande, enUnBloc, Juge, lire, type Reponse } from './xml-juge.ts';

/** The differential campaign: our engine and libxml2 on the same documents, every disagreement kept. */

/** A document on which the judges differ. */
export interface Desaccord {
  readonly quoi: string;
  /** One character per byte. */
  readonly octets: string;
}

export interface Bilan {
  documents: number;
  mutants: number;
  mutantsAcceptes: number;
  /** Canonical forms compared. */
  formes: number;
  /** Refused by us, read by libxml2, for a reason of the list. */
  stricts: Record<string, number>;
  /** Anything else: must stay empty. */
  desaccords: Desaccord[];
}

/** What we refuse and libxml2 reads, and why that is wanted. */
export const PLUS_STRICTS: Readonly<Record<string, string>> = {
  'XML-002': 'encodings are four; libxml2 reads many more',
  'XML-003': 'a UTF-8 mark under another declared encoding: two readers would see two texts',
  'XML-005': 'XML 1.0 alone; libxml2 reads 1.x with a warning',
  'XML-006': 'no DOCTYPE, whatever it says: no entity, no default attribute, no ID type (crypto.md §9.1)',
  'c14n-&':
    'libxml2 writes `&` unescaped in a namespace declaration: its output is not XML; Canonical XML §2.3 escapes it',
  'XML-030': 'xml:id with white space around it: libxml2 trims it to judge, and keeps it in the document',
  'XML-028': 'relative namespaces: libxml2 warns, then cannot canonicalise (Canonical XML §1.3)',
};

function demandeAuHasard(de: De): Demande {
  const listes = [undefined, undefined, ['a'], ['#default', 'b', 'inconnu'], ['c', 'a', 'b', 'ds']];
  const prefixes = listes[de(listes.length)];
  return {
    mode: de(2) === 0 ? 'exclusive' : 'inclusive',
    commentaires: de(3) === 0,
    sansSignature: de(4) === 0,
    ...(prefixes === undefined ? {} : { prefixes }),
  };
}

/** A canonical form, with its namespace declarations written as libxml2 does, `&` bare. */
function espacesNus(forme: string): string {
  return forme.replace(/<!--.*?-->|<\?.*?\?>|<[^!?/](?:[^">]|"[^"]*")*>/gs, (m) => {
    if (/^<[!?]/.test(m)) return m;
    return m.replace(/(\sxmlns(?::[^=\s]+)?=")([^"]*)"|="[^"]*"/g, (tout, debut?: string, uri?: string) => {
      return debut === undefined ? tout : `${debut}${uri?.replaceAll('&amp;', '&')}"`;
    });
  });
}

const memeRefus = (a: Reponse, b: Reponse): boolean => JSON.stringify(a.refus) === JSON.stringify(b.refus);

export class Campagne {
  readonly bilan: Bilan = {
    documents: 0,
    mutants: 0,
    mutantsAcceptes: 0,
    formes: 0,
    stricts: {},
    desaccords: [],
  };
  readonly #de: De;
  readonly #juge = new Juge();

  constructor(de: De) {
    this.#de = de;
  }

  /** One random document, then `mutants` accidents to it. */
  tour(mutants: number): void {
    const encodage = ENCODAGES[this.#de(ENCODAGES.length)] ?? 'UTF-8';
    const octets = encoder(new Fabrique(this.#de, encodage).document(), encodage);
    this.bilan.documents += 1;
    if (!this.#comparer(octets)) this.#noter('a random document is refused', octets);
    for (let n = 0; n < mutants; n += 1) {
      this.bilan.mutants += 1;
      if (this.#comparer(muter(octets, this.#de))) this.bilan.mutantsAcceptes += 1;
    }
  }

  /** @returns whether we read the document. */
  #comparer(octets: Buffer): boolean {
    const demande = demandeAuHasard(this.#de);
    const nous = lire(octets, demande, auHasard(this.#de));
    if (!memeRefus(nous, lire(octets, demande, enUnBloc)))
      this.#noter('the refusal depends on the cuts', octets);
    const document = this.#juge.ouvrir(octets);
    try {
      if (document === null) {
        if (nous.refus === null) this.#noter(`we read, libxml2 refuses: ${this.#juge.motif}`, octets);
      } else if (nous.refus !== null) this.#strict(nous.refus.code, nous.refus.message, octets);
      else this.#formes(document, { nous, demande, octets });
    } finally {
      document?.dispose();
    }
    return nous.refus === null;
  }

  #strict(code: string, message: string, octets: Buffer): void {
    if (PLUS_STRICTS[code] === undefined)
      this.#noter(`we refuse (${code} ${message}), libxml2 reads`, octets);
    this.#compter(code);
  }

  #compter(code: string): void {
    this.bilan.stricts[code] = (this.bilan.stricts[code] ?? 0) + 1;
  }

  /** One element of the document, or the whole of it. */
  #formes(
    document: Parameters<Juge['forme']>[0],
    cas: { nous: Reponse; demande: Demande; octets: Buffer },
  ): void {
    const ids = [...cas.nous.formes.keys()];
    const id = ids[this.#de(ids.length)] ?? '*';
    const notre = cas.nous.formes.get(id);
    if (notre === null || notre === undefined) return;
    this.bilan.formes += 1;
    const sien = this.#juge.forme(document, id, cas.demande);
    if (sien === notre) return;
    if (espacesNus(notre) === sien) this.#compter('c14n-&');
    else {
      const details = `${JSON.stringify(cas.demande)} ${id}\n ours ${JSON.stringify(notre)}\n lib  ${JSON.stringify(sien)}`;
      this.#noter(`canonical forms differ: ${details}`, cas.octets);
    }
  }

  #noter(quoi: string, octets: Buffer): void {
    if (this.bilan.desaccords.length < 20) {
      this.bilan.desaccords.push({ quoi, octets: octets.toString('latin1') });
    }
  }
}
