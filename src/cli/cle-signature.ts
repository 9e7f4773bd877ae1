import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import { ouvrirSignataireP12 } from '../adapters/signataire/p12.ts';
import { type Certificat, lireCertificat } from '../formats/certificats/certificat.ts';
import { Curseur, lireDer, membres, parcourir, TAG } from '../formats/certificats/der.ts';
import { lireOid, lireTexte } from '../formats/certificats/der-valeurs.ts';
import { examinerPorteur } from '../formats/certificats/regles-chemin.ts';
import { erreurCli } from '../metier/catalogue/cli.ts';
import { erreurHorsLigne } from '../metier/catalogue/hors-ligne.ts';
import { erreurSignataire } from '../metier/catalogue/signataire.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Signataire } from '../ports/signataire.ts';
import { raison } from './fichiers.ts';

/** The key of a PKCS#12 file, ready to sign, and what its certificate says of the signer. */

/** A password is short; this only keeps a file given by mistake out of memory. */
const SECRET_MAX = 4096;

export interface CleOuverte {
  readonly signataire: Signataire;
  readonly certificat: Certificat;
}

/** At most `SECRET_MAX` bytes of a file or of a pipe, whose end comes when its writer is done. */
function lireDebut(fichier: string): Buffer {
  const descripteur = openSync(fichier, 'r');
  try {
    const lu = Buffer.alloc(SECRET_MAX);
    let place = 0;
    for (let n = 1; n > 0 && place < SECRET_MAX; place += n) {
      n = readSync(descripteur, lu, place, SECRET_MAX - place, null);
    }
    return lu.subarray(0, place);
  } finally {
    closeSync(descripteur);
  }
}

/**
 * The password as typed in an editor: without its last line end, nor the mark that some editors put first. It may come
 * by a pipe. Throws VGM-CLI-003, exit code 1.
 */
function lireSecret(fichier: string): string {
  try {
    const lu = lireDebut(fichier);
    const texte = isUtf8(lu) ? lu.toString('utf8') : lu.toString('latin1');
    return texte.replace(/^\uFEFF/, '').replace(/\r?\n$/, '');
  } catch (origine) {
    const { fiche, http } = erreurCli('VGM-CLI-003', { fichier, raison: raison(origine) });
    throw new ErreurVgm(fiche, { http, sortie: 1 }, origine);
  }
}

/**
 * Opens the key and sees that its certificate may sign at that instant.
 * Throws VGM-CLI-003 and VGM-SGT-001 to -003 (the files, the password, the kind of key), VGM-HLG-005 (the certificate).
 */
export function ouvrirCle(p12: string, fichierSecret: string, instant: Instant): CleOuverte {
  const secret = lireSecret(fichierSecret);
  const signataire = ouvrirSignataireP12({ fichier: p12, secret });
  const lu = lireCertificat(signataire.certificat);
  if (lu.type === 'illisible') throw erreurSignataire('VGM-SGT-002', { motif: `${lu.motif}.` });
  const [defaut] = examinerPorteur(lu.certificat, { instant, emploi: 'signature' });
  if (defaut !== undefined) {
    const { message, detail, remede } = defaut;
    const complet = detail === '' ? message : `${message.replace(/\.$/, '')} (${detail}).`;
    throw erreurHorsLigne('VGM-HLG-005', { detail: complet, remede });
  }
  return { signataire, certificat: lu.certificat };
}

const TITRE = '2.5.4.12';
const ORGANISATION = '2.5.4.10';

/** The first value of an attribute of the subject, empty when there is none. */
function attributDuSujet({ sujet }: Certificat, oid: string): string {
  for (const rdn of parcourir(lireDer(sujet.der, TAG.sequence))) {
    for (const attribut of membres(rdn)) {
      const c = new Curseur(attribut);
      if (lireOid(c.prendre()) === oid) return lireTexte(c.prendre())?.trim() ?? '';
    }
  }
  return '';
}

export interface Qualite {
  readonly texte: string;
  readonly origine: 'option' | 'titre du certificat' | 'organisation du certificat';
}

/**
 * The quality that the policy demands (crypto.md § 7). Unless given, it is what the authority vouched for: the title of
 * the person, or the organisation that the person or the seal stands for. « Maire » is never guessed.
 * @returns null when the certificate says neither.
 */
export function qualiteDe(certificat: Certificat, donnee: string | undefined): Qualite | null {
  if (donnee !== undefined) return { texte: donnee, origine: 'option' };
  const titre = attributDuSujet(certificat, TITRE);
  if (titre !== '') return { texte: titre, origine: 'titre du certificat' };
  const organisation = attributDuSujet(certificat, ORGANISATION);
  return organisation === '' ? null : { texte: organisation, origine: 'organisation du certificat' };
}
