import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { signataireLocal } from '../../src/adapters/signataire/local.ts';
import { creerPdf } from '../../src/banc/pdf.ts';
import { decouperPem } from '../../src/formats/certificats/certificat.ts';
import { creerAutorite, emettre } from '../../src/formats/certificats/emettre.ts';
import { POLITIQUES_HELIOS } from '../../src/formats/xades/politiques.ts';
import { signerXades } from '../../src/formats/xades/signer.ts';
import type { Instant } from '../../src/metier/identifiants.ts';
import type { Signataire } from '../../src/ports/signataire.ts';
import { pes } from '../unit/helios/generateur.ts';

/** A town hall: its files, its key, and what a daemon is told to believe it and to sign for it. */
export interface Mairie {
  ecrire(demande: DemandePes): Promise<Buffer>;
  /** Settings `confiance` and `helios.cles`; the key is `mairie`. */
  readonly reglages: { readonly confiance: object; readonly cles: readonly object[] };
}

export interface DemandePes {
  readonly nomFic: string;
  readonly siret: string;
  /** Number of the first of its two bordereaux. */
  readonly bordereau: number;
  /** Bytes of its attached piece that no compression shortens. */
  readonly poids: number;
  /** `alteree`: signed, then touched. */
  readonly signature: 'aucune' | 'bonne' | 'alteree';
}

const SECRET = 'campagne';

/** @param quand epoch milliseconds: its certificates are of that day, for a year unless said otherwise. */
export async function ouvrirMairie(dossier: string, quand: number, jours = 366): Promise<Mairie> {
  mkdirSync(dossier, { recursive: true });
  const ou = (nom: string): string => join(dossier, nom);
  const validite = { jours, quand: quand - 86_400_000 };
  const racine = await creerAutorite({ nom: 'Autorité de la campagne', ...validite });
  const paire = await emettre(racine, { nom: 'Mairie de la campagne', usage: 'client', ...validite });
  writeFileSync(ou('mairie.pem'), paire.certificat);
  writeFileSync(ou('mairie.key'), paire.cle);
  writeFileSync(ou('secret'), SECRET);
  writeFileSync(ou('magasin.json'), magasinDe(racine.certificat));
  // biome-ignore format: one option per pair reads better
  execFileSync('openssl', ['pkcs12', '-export', '-inkey', ou('mairie.key'), '-in', ou('mairie.pem'),
    '-passout', `pass:${SECRET}`, '-out', ou('mairie.p12')], { stdio: 'ignore' });
  const [certificat = new Uint8Array()] = decouperPem(paire.certificat);
  const signataire = signataireLocal({ cle: createPrivateKey(paire.cle), certificat, chaine: [] });
  return {
    ecrire: (demande) => ecrire(demande, signataire, quand as Instant),
    reglages: {
      confiance: { fichiers: [ou('magasin.json')], revocation: { active: false } },
      cles: [{ nom: 'mairie', p12: ou('mairie.p12'), secret_fichier: ou('secret') }],
    },
  };
}

function magasinDe(racine: string): string {
  const [ancre = new Uint8Array()] = decouperPem(racine);
  const certificat = Buffer.from(ancre).toString('base64');
  const famille = {
    nom: 'campagne',
    libelle: 'Campagne',
    lecture: 'tableau',
    ancres: [{ certificat, nom: 'racine', periodes: [] }],
    niveaux: [{ emetteur: '*', politique: '*', niveau: 'campagne' }],
    origine: 'campagne',
  };
  return JSON.stringify({ version: 1, familles: [famille] });
}

/** Bytes that no compression shortens; the same for the same name. */
function bruit(octets: number, graine: string): Buffer {
  const blocs = Array.from({ length: Math.ceil(octets / 64) }, (_, n) =>
    createHash('sha512').update(`${graine} ${n}`).digest(),
  );
  return Buffer.concat(blocs, octets);
}

async function ecrire(demande: DemandePes, signataire: Signataire, instant: Instant): Promise<Buffer> {
  const { nomFic, siret, bordereau, poids, signature } = demande;
  const pdf = Buffer.concat([creerPdf([nomFic]), bruit(poids, nomFic)]);
  const jointe = { idUnique: `${nomFic.replaceAll('_', '')}PJ1`, nomPJ: 'piece.pdf', typePJ: '007' };
  const brut = pes({
    entetes: { NomFic: nomFic, IdColl: siret },
    infoDematerialisee: signature === 'aucune' ? '0' : '1',
    depense: [
      { id: 'B1', idBord: String(bordereau), pieces: 2, pjRef: [jointe] },
      { id: 'B2', idBord: String(bordereau + 1) },
    ],
    pieces: [{ ...jointe, fichier: gzipSync(pdf, { level: 1 }).toString('base64') }],
  });
  if (signature === 'aucune') return brut;
  const signe = await signer(brut, signataire, instant);
  return signature === 'bonne' ? signe : alterer(signe);
}

async function signer(brut: Buffer, signataire: Signataire, instant: Instant): Promise<Buffer> {
  const [politique] = POLITIQUES_HELIOS;
  if (politique === undefined) throw new TypeError('no policy');
  const morceaux: Uint8Array[] = [];
  const fait = await signerXades({
    source: () => [brut],
    // The buffer lent is used again.
    ecrire: (octets) => void morceaux.push(Buffer.from(octets)),
    cibles: { type: 'bordereaux' },
    signataire,
    instant,
    politique,
    role: 'Maire',
    lieu: null,
    identifiants: (rang) => `SIG_${rang}`,
  });
  if (fait.type !== 'signe') throw new TypeError(JSON.stringify(fait));
  return Buffer.concat(morceaux);
}

/** One digit of an amount that a signature covers. */
function alterer(signe: Buffer): Buffer {
  const texte = signe.toString('latin1');
  const autre = texte.replace('<MtHT V="12.50"/>', '<MtHT V="92.50"/>');
  if (autre === texte) throw new TypeError('nothing to alter');
  return Buffer.from(autre, 'latin1');
}
