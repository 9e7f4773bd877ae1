import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { lireTarGz } from '../../formats/tar/lire.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import { lireSiren } from '../../metier/identifiants.ts';
import type { GenreOrphelin, NumeroVu, Orphelin } from '../../ports/restauration.ts';
import { cleFichier, identite } from '../../protocoles/helios/depot.ts';
import { lireFichierPes } from '../../protocoles/helios/lecture/lire.ts';

/** What a piece that nobody cites is, told from its bytes alone. Never throws on content. */

type Reconnu = Pick<Orphelin, 'genre' | 'libelle' | 'protocole' | 'collectivite' | 'identite' | 'nom'> & {
  /** Number of its daily series. */
  readonly numero: NumeroVu | null;
};

function inconnu(genre: GenreOrphelin, libelle: string): Reconnu {
  return { genre, libelle, protocole: null, collectivite: null, identite: null, nom: null, numero: null };
}

/** Bytes looked at before anything is read. */
const TETE = 4096;

async function teteDe(fichier: string): Promise<Buffer> {
  const poignee = await open(fichier, 'r');
  try {
    const octets = Buffer.alloc(TETE);
    const { bytesRead } = await poignee.read(octets, 0, TETE, 0);
    return octets.subarray(0, bytesRead);
  } finally {
    await poignee.close();
  }
}

const LIMITES = { octets: 2_000_000_000, entrees: 10_000 } as const;
/** `EACT--000000018--20260310-7.xml`. */
const ENVELOPPE = /^([A-Z]{4}--([0-9]{9})--([0-9]{8})-([1-9][0-9]*))\.xml$/;
/** `034-000000018-20260302-DELIB-DE-1-1_0.xml`; a 7-1 is about no acte. */
const MESSAGE = /^(.*)-([1-7]-[1-5])_[0-9]+\.xml$/;

async function nomsDuTar(fichier: string): Promise<string[] | null> {
  const noms: string[] = [];
  try {
    for await (const { nom } of lireTarGz(createReadStream(fichier), LIMITES)) noms.push(nom);
    return noms;
  } catch (faute) {
    if (faute instanceof ErreurVgm) return null;
    throw faute;
  }
}

/** What was handed to the préfecture, or was about to be: its envelope bears the serial, its message the acte. */
async function reconnaitreArchive(fichier: string, trigramme: string): Promise<Reconnu> {
  const noms = await nomsDuTar(fichier);
  const enveloppe = noms?.map((nom) => ENVELOPPE.exec(nom)).find((m) => m !== null);
  const [, base = '', siren = '', jour = '', numero = ''] = enveloppe ?? [];
  if (noms === null || base === '') return inconnu('autre', 'fichier comprimé');
  const message = noms.map((nom) => MESSAGE.exec(nom)).find((m) => m !== null);
  const [, acte = '', code = ''] = message ?? [];
  const nom = `${trigramme}-${base}.tar.gz`;
  return {
    genre: 'archive',
    libelle: `archive ${nom}, message ${code || 'inconnu'}${acte.includes('--') ? '' : ` de l’acte ${acte}`}`,
    protocole: 'ACTES',
    collectivite: lireSiren(siren) ?? null,
    identite: code === '1-1' ? acte : null,
    nom,
    numero: { serie: `ACTES:${siren}:${jour}`, numero: Number(numero) },
  };
}

/** A PES as it was deposited, or once signed. */
async function reconnaitrePes(fichier: string): Promise<Reconnu> {
  const { faits } = await lireFichierPes(createReadStream(fichier));
  const cle = cleFichier(faits);
  if (cle === null || faits === null || faits.genre === 'inconnu') return inconnu('autre', 'PES illisible');
  const siret = faits.entetes.idColl?.valeur ?? '';
  const siren = lireSiren(siret.slice(0, 9)) ?? null;
  return {
    genre: 'pes',
    libelle: `PES ${cle.nomFic} (CodCol ${cle.codCol}${siren === null ? '' : `, SIREN ${siren}`})`,
    protocole: 'HELIOS',
    collectivite: siren,
    identite: identite(cle),
    nom: null,
    numero: null,
  };
}

const RACINE = /<(?![?!])(?:[\w.-]+:)?([\w.-]+)[\s>/]/;
const REFUS_ENTIER = /^PES_?(?:NonAcquit|Non_Acquit|Nack|NACQUIT)$/i;
const COURRIEL = /^(?:From [^\n]+\n|[\x21-\x39\x3b-\x7e]+:[ \t])/;

async function reconnaitreXml(tete: string, fichier: string): Promise<Reconnu> {
  const racine = RACINE.exec(tete)?.[1] ?? '';
  if (racine === 'PES_ACQUIT' || REFUS_ENTIER.test(racine))
    return { ...inconnu('acquittement', 'acquittement d’Hélios'), protocole: 'HELIOS' };
  if (racine === 'PES_Retour')
    return { ...inconnu('pes_retour', 'PES Retour de la DGFiP'), protocole: 'HELIOS' };
  if (racine.startsWith('PES_')) return reconnaitrePes(fichier);
  return inconnu('autre', `XML de racine « ${racine.slice(0, 60)} »`);
}

/** @param trigramme of the operator, with which outgoing names begin. */
export async function reconnaitre(fichier: string, trigramme: string): Promise<Reconnu> {
  const octets = await teteDe(fichier);
  if (octets[0] === 0x1f && octets[1] === 0x8b) return reconnaitreArchive(fichier, trigramme);
  const tete = octets.toString('latin1');
  if (tete.startsWith('%PDF')) return inconnu('autre', 'document PDF');
  if (/^(?:\xef\xbb\xbf)?\s*</.test(tete)) return reconnaitreXml(tete, fichier);
  if (COURRIEL.test(tete)) return inconnu('courriel', 'courriel reçu');
  if (/^\s*[{[]/.test(tete)) return inconnu('autre', 'métadonnées ou rapport (JSON)');
  return inconnu('autre', 'contenu inconnu');
}
