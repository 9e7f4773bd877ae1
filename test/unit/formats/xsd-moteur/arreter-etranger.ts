import { validerAvecSchema } from '../../../../src/formats/xsd/valider-fichier.ts';
import { ErreurVgm } from '../../../../src/metier/erreurs.ts';

/**
 * A program of its own, for what is feared would end it: libxml2 is stopped while it works. Every key is the same, so
 * that each one is a fault more, sought among all the others.
 */

const [, , schema = ''] = process.argv;

async function* source(): AsyncGenerator<Uint8Array> {
  const cles = Buffer.from('<n>1</n>'.repeat(50_000));
  yield Buffer.from('<r>');
  for (let k = 0; k < 100; k += 1) yield cles;
  yield Buffer.from('</r>');
}

try {
  await validerAvecSchema({ schema, source, etranger: { delai: 1500 } });
} catch (e) {
  // the program ends only once the thread has
  process.stdout.write(`${e instanceof ErreurVgm ? e.fiche.code : String(e)}\n`);
}
