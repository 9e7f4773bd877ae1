import { chmod, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll } from 'vitest';
import { creerFakeClock } from '../../src/adapters/clock/fake.ts';
import { ouvrirCoffreDossier } from '../../src/adapters/coffre/dossier.ts';
import { creerFakeCoffre } from '../../src/adapters/coffre/fake.ts';
import { creerFakeRandom } from '../../src/adapters/random/fake.ts';
import { contratCoffre } from './coffre.contract.ts';
import { dossierEssai } from './montage.ts';

const racine = dossierEssai();
const ouverts: { fermer(): Promise<void> }[] = [];
afterAll(async () => {
  for (const coffre of ouverts) await coffre.fermer();
  racine[Symbol.dispose]();
});

contratCoffre('folder', async () => {
  const dossier = join(racine.chemin, crypto.randomUUID());
  const coffre = ouvrirCoffreDossier({ dossier, random: creerFakeRandom(creerFakeClock(0)) });
  ouverts.push(coffre);
  return {
    coffre,
    async alterer(sha256, octets) {
      const chemin = join(dossier, sha256.slice(0, 2), sha256);
      await chmod(chemin, 0o600);
      await (octets === null ? rm(chemin) : writeFile(chemin, octets));
    },
    async inventaire() {
      const noms = await readdir(dossier, { recursive: true });
      const fichiers: string[] = [];
      for (const nom of noms) {
        if ((await stat(join(dossier, nom))).isFile()) fichiers.push(basename(nom));
      }
      return fichiers;
    },
  };
});

contratCoffre('fake', async () => {
  const coffre = creerFakeCoffre();
  return {
    coffre,
    alterer: async (sha256, octets) => coffre.alterer(sha256, octets),
    inventaire: async () => coffre.pieces(),
  };
});
