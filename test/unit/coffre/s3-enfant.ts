/**
 * Child process of the tests of the object store: `node s3-enfant.ts <what> <access, JSON> <folder>`.
 * - `ajouter`: adds pieces without rest, small, streamed and large, and says on standard output each one that was acknowledged;
 * - `memoire`: adds then reads a piece of 200 MB, and says the growth of its largest resident size, in bytes.
 */
import { writeSync } from 'node:fs';
import { creerRandomSysteme } from '../../../src/adapters/random/system.ts';
import { creerClockSysteme } from '../../../src/adapters/clock/system.ts';
import { ouvrirCoffreS3 } from '../../../src/adapters/coffre/s3.ts';
import { type AccesEssai, depsEssai, reglageEssai } from '../../contracts/coffre-s3.montage.ts';

const [quoi = '', acces = '', dossier = ''] = process.argv.slice(2);
const MIO = 1024 * 1024;
// Small parts for the deaths: many fall in the middle of an upload.
const autres =
  quoi === 'memoire'
    ? { taillePartie: 8 * MIO, seuil: 16 * MIO }
    : { taillePartie: 64 * 1024, seuil: 100_000 };
const reglage = reglageEssai(JSON.parse(acces) as AccesEssai, dossier, autres);
const { coffre } = await ouvrirCoffreS3(reglage, depsEssai());
const random = creerRandomSysteme(creerClockSysteme());

/** Synchronous: what was said was said, even if the next instruction is the last. */
function dire(ligne: string): void {
  writeSync(1, `${ligne}\n`);
}

async function* flot(taille: number, graine: string): AsyncGenerator<Uint8Array> {
  const bloc = Buffer.alloc(64 * 1024, graine);
  for (let reste = taille; reste > 0; reste -= bloc.length) yield bloc.subarray(0, reste);
}

async function ouvrier(taille: number): Promise<never> {
  for (;;) {
    const graine = random.hex(16);
    const petite = taille <= 20_000;
    const source = petite ? Buffer.alloc(taille, graine) : flot(taille, graine);
    const depot = petite
      ? await coffre.ajouter(source)
      : await coffre.recevoir(source).then(async (attente) => {
          await attente.garder();
          return attente;
        });
    dire(`${depot.sha256} ${depot.taille}`);
  }
}

const pic = () => process.resourceUsage().maxRSS * 1024;

if (quoi === 'memoire') {
  const repos = pic();
  const depot = await coffre.ajouter(flot(200_000_000, 'bloc'));
  const ecrite = pic();
  const juste = await coffre.verifier(depot.sha256);
  dire(JSON.stringify({ taille: depot.taille, juste, ecriture: ecrite - repos, lecture: pic() - repos }));
  await coffre.fermer();
} else {
  await Promise.all([1_000, 20_000, 90_000, 500_000].map(ouvrier));
}
