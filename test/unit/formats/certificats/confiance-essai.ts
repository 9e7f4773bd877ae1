import {
  type Famille,
  type MagasinOuvert,
  ouvrirMagasin,
  type Periode,
} from '../../../../src/formats/certificats/magasin.ts';
import { extension, fabriquer, nom } from './certificat-essai.ts';
import { liste } from './crl-essai.ts';
import { hexa, sequence, tlv } from './der-essai.ts';
import { le } from './pki.ts';

/** A hand-made authority, a signer that it issued, its list, and a store that trusts it. */

export const INSTANT = le('2026-06-15T12:00:00Z');
export const FEUILLE = tlv(
  0xa3,
  sequence(extension('2.5.29.19', sequence()), extension('2.5.29.15', hexa('03 02 06 c0'), true)),
);
export const RACINE = fabriquer({ sujet: nom('AC') });
export const MAIRE = fabriquer({ suite: FEUILLE });
export const CRL = liste();
export const SERIE = hexa('02 02 00 c5');

export const ancre = (der: Uint8Array, periodes: readonly Periode[] = []) => ({
  certificat: Buffer.from(der).toString('base64'),
  nom: 'AC',
  periodes: [...periodes],
});
export function famille(change: Partial<Famille> = {}): Famille {
  return {
    nom: 'essai',
    libelle: 'Essai',
    lecture: 'tableau',
    ancres: [ancre(RACINE)],
    niveaux: [{ emetteur: '*', politique: '*', niveau: 'N' }],
    origine: '',
    ...change,
  };
}
export const magasin = (...familles: readonly Famille[]): MagasinOuvert =>
  ouvrirMagasin({ version: 1, familles: [...familles] });
