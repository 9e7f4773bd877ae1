import { readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { ouvrirCoffreS3 } from '../../src/adapters/coffre/s3.ts';
import { demarrerS3, type ServeurS3 } from '../serveurs/s3.ts';
import { ouvrirS3Fictif, type S3Fictif } from '../serveurs/s3-fictif.ts';
import { contratCoffre } from './coffre.contract.ts';
import { depsEssai, reglageEssai } from './coffre-s3.montage.ts';
import { dossierEssai } from './montage.ts';

const racine = dossierEssai();
const ouverts: { fermer(): Promise<void> }[] = [];
let serveur: ServeurS3;
let fictif: S3Fictif;
beforeAll(async () => {
  serveur = await demarrerS3();
  fictif = await ouvrirS3Fictif();
});
afterAll(async () => {
  for (const coffre of ouverts) await coffre.fermer();
  await serveur.arreter();
  await fictif.fermer();
  racine[Symbol.dispose]();
});

contratCoffre('object store (s3rver)', async () => {
  const prefixe = `${crypto.randomUUID()}/`;
  const brouillons = join(racine.chemin, crypto.randomUUID());
  const reglage = reglageEssai(serveur, brouillons, { prefixe });
  const { coffre } = await ouvrirCoffreS3(reglage, depsEssai());
  ouverts.push(coffre);
  return {
    coffre,
    async alterer(sha256, octets) {
      const chemin = serveur.fichier(`${prefixe}${sha256.slice(0, 2)}/${sha256}`);
      await (octets === null ? rm(chemin) : writeFile(chemin, octets));
    },
    async inventaire() {
      const cles = (await serveur.cles()).filter((cle) => cle.startsWith(prefixe));
      return [...cles.map((cle) => basename(cle)), ...(await readdir(join(brouillons, 'tmp')))];
    },
  };
});

contratCoffre('object store (stub that checks signatures, digests and conditions)', async () => {
  const prefixe = `${crypto.randomUUID()}/`;
  const brouillons = join(racine.chemin, crypto.randomUUID());
  const { coffre } = await ouvrirCoffreS3(reglageEssai(fictif, brouillons, { prefixe }), depsEssai());
  ouverts.push(coffre);
  return {
    coffre,
    async alterer(sha256, octets) {
      const cle = `${prefixe}${sha256.slice(0, 2)}/${sha256}`;
      const objet = fictif.objets.get(cle);
      if (octets === null) fictif.objets.delete(cle);
      else if (objet !== undefined) objet.octets = Buffer.from(octets);
    },
    async inventaire() {
      const cles = [...fictif.objets.keys()].filter((cle) => cle.startsWith(prefixe));
      return [...cles.map((cle) => basename(cle)), ...(await readdir(join(brouillons, 'tmp')))];
    },
  };
});
