import { deflateSync } from 'node:zlib';

/** A small writer of PDF files, where each way of laying one out that the norm allows can be asked for. */

export type References = 'table' | 'flux' | 'hybride';

export interface Ecriture {
  /** Cross-references: a table (PDF 1.0), a stream (1.5), or both (7.5.8.4). `table` by default. */
  readonly references?: References;
  /** Numbers of the objects packed into an object stream. */
  readonly compacts?: readonly number[];
  /** Deflated data of the object stream, in place of the right ones. */
  readonly fluxObjets?: Uint8Array;
  /** Bytes before the header; offsets count from the header unless `decale` is false. */
  readonly avant?: string;
  readonly decale?: false;
  /** Bytes after `%%EOF`. */
  readonly apres?: string;
  /** Entries of the trailer beside Size and Root. */
  readonly trailer?: string;
  /** Hybrid: the table says free what the stream tells, as the example of the norm; poppler then sees nothing there. */
  readonly libres?: true;
  /** End of the lines of the table: two bytes, or one as old writers did. */
  readonly fin?: string;
}

interface Objet {
  readonly numero: number;
  readonly corps: Buffer;
}

const octets = (texte: string): Buffer => Buffer.from(texte, 'latin1');

export class Fabrique {
  readonly #objets = new Map<number, Buffer>();
  #suivant = 1;

  reserver(): number {
    this.#suivant += 1;
    return this.#suivant - 1;
  }

  poser(corps: string, numero = this.reserver()): number {
    this.#objets.set(numero, octets(corps));
    return numero;
  }

  flux(contenu: string | Uint8Array, entrees = '', numero = this.reserver()): number {
    const donnees = typeof contenu === 'string' ? octets(contenu) : contenu;
    const tete = octets(`<<${entrees} /Length ${donnees.length}>>\nstream\n`);
    this.#objets.set(numero, Buffer.concat([tete, donnees, octets('\nendstream')]));
    return numero;
  }

  #fluxObjets(numeros: readonly number[], autres?: Uint8Array): Objet {
    let index = '';
    let corps = '';
    for (const n of numeros) {
      index += `${n} ${corps.length} `;
      corps += `${(this.#objets.get(n) ?? octets('null')).toString('latin1')} `;
    }
    const donnees = autres ?? deflateSync(octets(index + corps));
    const numero = this.reserver();
    this.flux(
      donnees,
      `/Type /ObjStm /N ${numeros.length} /First ${index.length} /Filter /FlateDecode`,
      numero,
    );
    return { numero, corps: this.#objets.get(numero) ?? Buffer.alloc(0) };
  }

  ecrire(racine: number, e: Ecriture = {}): Buffer {
    const avant = e.avant ?? '';
    const compacts = e.compacts ?? [];
    const paquet = compacts.length > 0 ? this.#fluxObjets(compacts, e.fluxObjets) : null;
    const morceaux = [octets(`${avant}%PDF-1.7\n%\xe2\xe3\xcf\xd3\n`)];
    const origine = e.decale === false ? 0 : avant.length;
    const ici = (): number => morceaux.reduce((n, m) => n + m.length, 0) - origine;
    const places = new Map<number, number>();
    for (const [numero, corps] of this.#objets) {
      if (compacts.includes(numero)) continue;
      places.set(numero, ici());
      morceaux.push(octets(`${numero} 0 obj\n`), corps, octets('\nendobj\n'));
    }
    const dans = new Map(compacts.map((n, rang) => [n, [paquet?.numero ?? 0, rang] as const]));
    const trailer = `/Root ${racine} 0 R ${e.trailer ?? ''}`;
    const fin = ecrireReferences({ e, places, dans, taille: this.#suivant, trailer, ici: ici() });
    morceaux.push(fin, octets(e.apres ?? ''));
    return Buffer.concat(morceaux);
  }
}

interface AReferencer {
  readonly e: Ecriture;
  readonly places: ReadonlyMap<number, number>;
  readonly dans: ReadonlyMap<number, readonly [number, number]>;
  readonly taille: number;
  readonly trailer: string;
  readonly ici: number;
}

function fluxReferences({ places, dans, taille, trailer, ici }: AReferencer, prev = ''): Buffer {
  const numero = taille;
  const tous = new Map(places).set(numero, ici);
  const table = Buffer.alloc(7 * (taille + 1));
  for (let n = 0; n <= numero; n += 1) {
    const [conteneur, rang] = dans.get(n) ?? [0, 0];
    const place = tous.get(n);
    table.writeUInt8(place !== undefined ? 1 : conteneur > 0 ? 2 : 0, 7 * n);
    table.writeUInt32BE(place ?? conteneur, 7 * n + 1);
    table.writeUInt16BE(place !== undefined ? 0 : rang, 7 * n + 5);
  }
  const donnees = deflateSync(table);
  const entrees = `/Type /XRef /Size ${taille + 1} /W [1 4 2] /Filter /FlateDecode /Length ${donnees.length}`;
  const tete = octets(`${numero} 0 obj\n<<${entrees} ${trailer} ${prev}>>\nstream\n`);
  return Buffer.concat([tete, donnees, octets('\nendstream\nendobj\n')]);
}

/** @param absents what stands elsewhere is left out of the table, rather than said free in it. */
function tableReferences({ e, places, taille }: AReferencer, absents: boolean): string {
  const fin = e.fin ?? ' \n';
  const lignes = Array.from({ length: taille }, (_, n) => {
    const place = places.get(n);
    if (place === undefined) return absents && n > 0 ? null : `0000000000 65535 f${fin}`;
    return `${String(place).padStart(10, '0')} 00000 n${fin}`;
  });
  if (!absents) return `xref\n0 ${taille}\n${lignes.join('')}`;
  return `xref\n${lignes.map((ligne, n) => (ligne === null ? '' : `${n} 1\n${ligne}`)).join('')}`;
}

function ecrireReferences(a: AReferencer): Buffer {
  const sorte = a.e.references ?? 'table';
  if (sorte === 'flux') {
    return Buffer.concat([fluxReferences(a), octets(`startxref\n${a.ici}\n%%EOF\n`)]);
  }
  // a hybrid file: the stream tells of what the table leaves out
  const cache = sorte === 'hybride' ? fluxReferences(a) : Buffer.alloc(0);
  const stm = sorte === 'hybride' ? `/XRefStm ${a.ici}` : '';
  const place = a.ici + cache.length;
  const taille = a.taille + (sorte === 'hybride' ? 1 : 0);
  const table = tableReferences(a, sorte === 'hybride' && a.e.libres !== true);
  const fin = `${table}trailer\n<</Size ${taille} ${a.trailer} ${stm}>>\nstartxref\n${place}\n%%EOF\n`;
  return Buffer.concat([cache, octets(fin)]);
}

/** Adds a revision whose objects replace those of these numbers. The file counts from its first byte. */
export function reviser(base: Buffer, objets: Readonly<Record<number, string>>, taille: number): Buffer {
  const avant = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(base.toString('latin1'))?.[1] ?? '0';
  const racine = /\/Root \d+ 0 R/.exec(base.toString('latin1'))?.[0] ?? '';
  let corps = '';
  let table = 'xref\n';
  for (const [numero, objet] of Object.entries(objets)) {
    const place = String(base.length + corps.length).padStart(10, '0');
    table += `${numero} 1\n${place} 00000 n \n`;
    corps += `${numero} 0 obj\n${objet}\nendobj\n`;
  }
  const ici = base.length + corps.length;
  const fin = `trailer\n<</Size ${taille} ${racine} /Prev ${avant}>>\nstartxref\n${ici}\n%%EOF\n`;
  return Buffer.concat([base, octets(corps + table + fin)]);
}

export interface PageEssai {
  /** Entries of the page beside Type, Parent and Contents; `/MediaBox` of 300 × 420 when there is none here nor above. */
  readonly entrees?: string;
  /** Content, one stream each; null: a page without content. */
  readonly contenus?: readonly string[] | null;
}

export interface DocumentEssai extends Ecriture {
  readonly pages?: readonly PageEssai[];
  /** Entries of the node above the pages: what they inherit. */
  readonly noeud?: string;
  readonly catalogue?: string;
  /** Objects that `entrees` refer to: by name, given as `${nom}`. */
  readonly objets?: Readonly<Record<string, string>>;
}

const MEDIA = '/MediaBox [0 0 300 420]';
const POLICE = '<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>';
/** A title and a green frame. */
const CONTENU = 'BT /F1 12 Tf 1 0 0 1 60 200 Tm (Deliberation) Tj ET\n0 .6 0 RG 2 w 40 40 220 340 re S\n';

/** A document of these pages, one by default; objects are named `$nom` in the entries. */
export function fabriquer(d: DocumentEssai = {}): Buffer {
  const f = new Fabrique();
  const [racine, noeud, police] = [f.reserver(), f.reserver(), f.poser(POLICE)];
  const noms = new Map(Object.keys(d.objets ?? {}).map((nom) => [nom, f.reserver()]));
  const lier = (texte: string): string =>
    texte.replace(/\$([a-z]+)/g, (_, nom: string) =>
      nom === 'police' ? `${police} 0 R` : `${noms.get(nom)} 0 R`,
    );
  for (const [nom, corps] of Object.entries(d.objets ?? {})) {
    const numero = noms.get(nom) ?? 0;
    // « filtre:/Nom » makes a stream that says it went through this filter
    if (corps.startsWith('filtre:')) f.flux('0 0 1 rg', `/Filter ${corps.slice(7)}`, numero);
    else f.poser(lier(corps), numero);
  }
  const pages = d.pages ?? [{}];
  const dessus = d.noeud ?? '';
  const numeros = pages.map(({ entrees = '', contenus = [CONTENU] }) => {
    const flux = (contenus ?? []).map((c) => `${f.flux(c)} 0 R`);
    const contents =
      contenus === null ? '' : `/Contents ${flux.length === 1 ? flux[0] : `[${flux.join(' ')}]`}`;
    const toutes = entrees + dessus;
    const media = toutes.includes('/MediaBox') ? '' : MEDIA;
    const ressources = toutes.includes('/Resources') ? '' : '/Resources <</Font <</F1 $police>>>>';
    const propres = entrees.includes('/Contents') ? '' : contents;
    return f.poser(lier(`<</Type /Page /Parent ${noeud} 0 R ${media} ${ressources} ${propres} ${entrees}>>`));
  });
  const kids = numeros.map((n) => `${n} 0 R`).join(' ');
  f.poser(lier(`<</Type /Pages /Kids [${kids}] /Count ${numeros.length} ${dessus}>>`), noeud);
  f.poser(lier(`<</Type /Catalog /Pages ${noeud} 0 R ${d.catalogue ?? ''}>>`), racine);
  const compacts =
    d.compacts ?? (d.references !== undefined && d.references !== 'table' ? [noeud, ...numeros] : []);
  return f.ecrire(racine, { ...d, compacts });
}
