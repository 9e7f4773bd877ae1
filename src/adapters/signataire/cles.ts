import { lireReglage } from '../../config/fichiers.ts';
import type { Config } from '../../config/manifest.ts';
import type { CleHelios } from '../../config/signature.ts';
import { decouperPem } from '../../formats/certificats/certificat.ts';
import { enIncise } from '../../formats/xml/faute.ts';
import { erreurSignataire } from '../../metier/catalogue/signataire.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Signataire } from '../../ports/signataire.ts';
import type { Sondable } from '../../ports/sonde.ts';

/** A key in use, beside what the settings name now. */
export interface CleSuivie {
  readonly nom: string;
  /** DER of the certificate that it signs with since the start. */
  readonly enService: Uint8Array;
  /** The service that holds it; null when it is in a file. */
  readonly service: Sondable | null;
  /** Opens it again, as a restart would. @returns DER of its certificate. Throws as `ouvrirCles`. */
  rouvrir(): Promise<Uint8Array>;
}

/** The keys of the settings, opened once; the daemon does not start on a key that it cannot use. */
export interface ClesOuvertes {
  /** By the name that the card of a collectivité writes. */
  readonly cles: ReadonlyMap<string, Signataire>;
  readonly suivies: readonly CleSuivie[];
  /** Closes the idle connections to services. */
  fermer(): Promise<void>;
}

type Fermable = Signataire & Partial<Sondable> & { fermer?(): Promise<void> };

/** Without the line end, nor the mark that some editors put first. */
async function lireSecret(reglage: string, fichier: string): Promise<string> {
  const texte = await lireReglage(reglage, fichier);
  return texte.replace(/^\uFEFF/, '').replace(/\r?\n$/, '');
}

async function ouvrirDistante(cle: CleHelios, prefixe: string, clock: Clock): Promise<Fermable> {
  const lire = (champ: 'certificat' | 'client_certificat' | 'client_cle' | 'autorites'): Promise<string> =>
    lireReglage(`${prefixe}.${champ}`, cle[champ]);
  const [certificat = '', ...chaine] = decouperPem(await lire('certificat'));
  const client = { certificat: await lire('client_certificat'), cle: await lire('client_cle') };
  const autorites = await lire('autorites');
  const { creerSignataireDistant } = await import('./distant.ts');
  return creerSignataireDistant(
    {
      url: cle.url,
      certificat,
      chaine,
      jeton: await lireSecret(`${prefixe}.secret_fichier`, cle.secret_fichier),
      ...(client.certificat === '' ? {} : { client }),
      ...(autorites === '' ? {} : { autorites }),
      delaiMs: cle.delai_s * 1000,
    },
    { clock },
  );
}

async function ouvrir(cle: CleHelios, prefixe: string, clock: Clock): Promise<Fermable> {
  if (cle.url !== '') return ouvrirDistante(cle, prefixe, clock);
  const secret = await lireSecret(`${prefixe}.secret_fichier`, cle.secret_fichier);
  const { ouvrirSignataireP12 } = await import('./p12.ts');
  return ouvrirSignataireP12({ fichier: cle.p12, secret });
}

/** The same, where what goes wrong names the key. Throws VGM-SGT-008 and VGM-CFG-004. */
async function ouvrirNommee(cle: CleHelios, prefixe: string, clock: Clock): Promise<Fermable> {
  try {
    return await ouvrir(cle, prefixe, clock);
  } catch (origine) {
    if (!(origine instanceof ErreurVgm) || origine.fiche.code.startsWith('VGM-CFG-')) throw origine;
    const { code, message, remede } = origine.fiche;
    const detail = `${enIncise(message)} (${code})`;
    throw erreurSignataire('VGM-SGT-008', { nom: cle.nom, detail, remede }, origine);
  }
}

/** Throws VGM-SGT-008, which names the key, and VGM-CFG-004 for a file that cannot be read. */
export async function ouvrirCles(
  config: Pick<Config, 'helios'>,
  { clock }: { readonly clock: Clock },
): Promise<ClesOuvertes> {
  const ouvertes = new Map<string, Fermable>();
  const suivies: CleSuivie[] = [];
  for (const [rang, cle] of config.helios.cles.entries()) {
    const prefixe = `helios.cles[${rang}]`;
    const ouverte = await ouvrirNommee(cle, prefixe, clock);
    ouvertes.set(cle.nom, ouverte);
    const { sonder } = ouverte;
    suivies.push({
      nom: cle.nom,
      enService: ouverte.certificat,
      service: sonder === undefined ? null : { sonder },
      rouvrir: async () => {
        const neuve = await ouvrirNommee(cle, prefixe, clock);
        await neuve.fermer?.();
        return neuve.certificat;
      },
    });
  }
  return {
    cles: ouvertes,
    suivies,
    fermer: async () => {
      await Promise.all([...ouvertes.values()].map((c) => c.fermer?.()));
    },
  };
}
