import { createHash } from 'node:crypto';
import { AnalyseurXml } from '../../../../src/formats/xml/analyseur.ts';
import { Canonisation } from '../../../../src/formats/xml/c14n/canonisation.ts';
import type { Cible } from '../../../../src/formats/xml/c14n/cible.ts';
import { resigner } from '../xades/forger.ts';

/** What a forger who holds a key does to a baseline signature: digests and value made right again. */

interface Forme extends Cible {
  readonly blocs: Buffer[];
}

function forme(blocs: Buffer[], sansSignature: boolean): Forme {
  return { mode: 'exclusive', sansSignature, blocs, puits: [{ update: (o) => blocs.push(Buffer.from(o)) }] };
}

/** Canonical bytes of what an address within the document designates; none when it designates nothing. */
function canonique(texte: string, uri: string): Buffer {
  const blocs: Buffer[] = [];
  let vu = false;
  const analyseur = new AnalyseurXml(
    new Canonisation<Forme>({
      choisir: ({ id }) => {
        if (vu || id === null || `#${id}` !== uri) return null;
        vu = true;
        return forme(blocs, true);
      },
      ...(uri === '' ? { document: forme(blocs, true) } : {}),
      termine: () => undefined,
    }),
    { ids: 'libres' },
  );
  analyseur.ecrire(Buffer.from(texte, 'latin1'));
  analyseur.finir();
  return Buffer.concat(blocs);
}

/** Every digest of something within the document, then the value. */
export function refaire(texte: string, cle: Buffer, hachage = 'sha256'): string {
  const hacher = (octets: Buffer): string => createHash(hachage).update(octets).digest('base64');
  const juste = texte.replace(
    /(<ds:Reference [^>]*URI="(#[^"]*|)"[^>]*>.*?<ds:DigestValue>)[^<]*/gs,
    (_, tete: string, uri: string) => tete + hacher(canonique(texte, uri)),
  );
  return resigner(juste, cle);
}

/** The first element of this name, its signature included. */
export function partie(texte: string, nom: string): string {
  return new RegExp(`<${nom}[ >].*?</${nom}>`, 's').exec(texte)?.[0] ?? '';
}
