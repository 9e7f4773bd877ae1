import { gzipSync } from 'node:zlib';
import { ecrireTarGz, type FichierTar } from '../../../../src/formats/tar/ecrire.ts';
import { lireTarGz } from '../../../../src/formats/tar/lire.ts';
import { collecter, enMorceaux } from '../chemins.ts';

/** Archives written by us, and others made by hand so that any field may be wrong. */

export const QUAND = Date.UTC(2026, 2, 10, 8, 30);
export const LARGE = { octets: 50_000_000, entrees: 1000 };
export const flux = (octets: Uint8Array, ...tailles: number[]) =>
  enMorceaux(octets, tailles.length > 0 ? tailles : [4096]);

export function fichier(nom: string, texte: string): FichierTar {
  const contenu = Buffer.from(texte);
  return { nom, taille: contenu.byteLength, contenu };
}

export async function ecrit(...fichiers: FichierTar[]): Promise<Buffer> {
  return collecter(ecrireTarGz(fichiers, QUAND));
}

export async function lit(archive: Uint8Array, limites = LARGE): Promise<[string, string][]> {
  const vus: [string, string][] = [];
  for await (const { nom, contenu } of lireTarGz(flux(archive), limites)) {
    vus.push([nom, (await collecter(contenu)).toString('latin1')]);
  }
  return vus;
}

interface Champs {
  nom: string;
  taille?: number;
  /** The field of the size, as it stands. */
  champ?: string;
  type?: string;
  magie?: string;
  prefixe?: string;
  lien?: string;
  peripherique?: string;
  somme?: number;
}

/** A header made by hand, so that it may be wrong. */
export function entete({
  nom,
  taille = 0,
  champ = `${taille.toString(8).padStart(11, '0')}\0`,
  type = '0',
  magie = 'ustar\u000000',
  prefixe = '',
  lien = '',
  peripherique = '',
  somme,
}: Champs): Buffer {
  const bloc = Buffer.alloc(512);
  bloc.write(nom, 0, 100, 'latin1');
  bloc.write('0000644\u00000000000\u00000000000\0', 100, 'latin1');
  bloc.write(`${champ}15153753210\0        `, 124, 'latin1');
  bloc.write(type, 156, 'latin1');
  bloc.write(lien, 157, 100, 'latin1');
  bloc.write(magie, 257, 'latin1');
  bloc.write(peripherique, 329, 'latin1');
  bloc.write(prefixe, 345, 155, 'latin1');
  const vraie = bloc.reduce((total, octet) => total + octet, 0);
  bloc.write(`${(somme ?? vraie).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bloc;
}

export const corps = (texte: string) =>
  Buffer.concat([Buffer.from(texte), Buffer.alloc((512 - (texte.length % 512)) % 512)]);
export const FIN = Buffer.alloc(1024);
export const archive = (...blocs: Buffer[]) => gzipSync(Buffer.concat(blocs));
