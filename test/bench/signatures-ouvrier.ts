/** One measured process of `signatures.ts`: node signatures-ouvrier.ts DOSSIER pki|signer|verifier|gabarit FICHIER [SORTIE]. */
import { createPrivateKey } from 'node:crypto';
import { closeSync, copyFileSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { signataireLocal } from '../../src/adapters/signataire/local.ts';
import { decouperPem, lireCertificat } from '../../src/formats/certificats/certificat.ts';
import { signatureNommee } from '../../src/formats/xades/algorithmes.ts';
import { greffer } from '../../src/formats/xades/flux.ts';
import { ecrireSignature } from '../../src/formats/xades/modele.ts';
import { POLITIQUES_HELIOS } from '../../src/formats/xades/politiques.ts';
import { signerXades } from '../../src/formats/xades/signer.ts';
import { verifierXades } from '../../src/formats/xades/verifier.ts';
import type { Instant } from '../../src/metier/identifiants.ts';

const [dossier = '', verbe, entree = '', sortie = ''] = process.argv.slice(2);
const chemin = (nom: string): string => join(dossier, nom);
const instant = Date.parse('2026-06-15T12:00:00Z') as Instant;
const [politique] = POLITIQUES_HELIOS;
if (politique === undefined) throw new TypeError('no policy');

/** Blocks of 256 KiB in one buffer. */
function* lire(nom: string): Generator<Uint8Array> {
  const fd = openSync(chemin(nom), 'r');
  const tampon = Buffer.allocUnsafeSlow(1 << 18);
  for (let n = readSync(fd, tampon); n > 0; n = readSync(fd, tampon)) yield tampon.subarray(0, n);
  closeSync(fd);
}

async function preparerPki(): Promise<void> {
  const { EXTENSIONS, pkiDeBase } = await import('../unit/formats/certificats/pki.ts');
  const pki = pkiDeBase();
  pki.emettre('racine', { nom: 'rsa', cle: 'rsa2048', extensions: EXTENSIONS.signataire });
  copyFileSync(pki.chemin('rsa.pem'), chemin('certificat.pem'));
  copyFileSync(pki.chemin('rsa.key'), chemin('cle.pem'));
  copyFileSync(pki.chemin('racine.pem'), chemin('racine.pem'));
  pki.fermer();
}

const certificat = (): Uint8Array =>
  decouperPem(readFileSync(chemin('certificat.pem'), 'latin1'))[0] ?? new Uint8Array();

async function signer(): Promise<void> {
  const fd = openSync(chemin(sortie), 'w');
  const resultat = await signerXades({
    source: () => lire(entree),
    ecrire: (octets) => void writeSync(fd, octets),
    cibles: { type: 'bordereaux' },
    signataire: signataireLocal({
      cle: createPrivateKey(readFileSync(chemin('cle.pem'))),
      certificat: certificat(),
      chaine: [],
    }),
    instant,
    politique: politique as NonNullable<typeof politique>,
    role: 'Maire',
    lieu: null,
    identifiants: (rang) => `SIG_${rang}`,
  });
  closeSync(fd);
  if (resultat.type !== 'signe') throw new TypeError(JSON.stringify(resultat));
}

/** An empty signature for xmlsec1 to fill. */
async function gabarit(): Promise<void> {
  const lu = lireCertificat(certificat());
  const algorithme = signatureNommee('RSA-SHA256');
  if (lu.type !== 'lu' || algorithme === null || politique === undefined) throw new TypeError('template');
  const { certificat: c } = lu;
  const modele = {
    id: 'SIG',
    cible: 'BORD1',
    version: '1.1.1',
    certificat: c,
    chaine: [],
    algorithme,
    instant,
    politique,
    role: 'Maire',
    lieu: null,
  } as const;
  const contenu = Buffer.from(ecrireSignature(modele, { contenu: new Uint8Array() }));
  const octet = readFileSync(chemin(entree)).lastIndexOf('</Bordereau>');
  const blocs: Uint8Array[] = [];
  for await (const bloc of greffer(() => lire(entree), [{ octet, contenu }]))
    blocs.push(Uint8Array.from(bloc));
  writeFileSync(chemin(sortie), Buffer.concat(blocs));
}

if (verbe === 'pki') await preparerPki();
else if (verbe === 'signer') await signer();
else if (verbe === 'gabarit') await gabarit();
else {
  const verdict = await verifierXades(() => lire(entree));
  if (verdict.type !== 'lu' || verdict.conclusion !== 'valide') throw new TypeError(JSON.stringify(verdict));
}
