import { createHash } from 'node:crypto';
import type { Instant } from '../../metier/identifiants.ts';
import { type Hachage, nomNode, OID_HACHAGE } from './algorithmes.ts';
import type { Cahier } from './cahier.ts';
import type { Certificat } from './certificat.ts';
import { type AttributCms, OID_CMS } from './cms.ts';
import { CMS } from './cms-constats.ts';
import type { PreuvesFournies } from './confiance.ts';
import { contexteConstruit, Curseur, type Der, ErreurDer, lireDer, membres, TAG } from './der.ts';
import { egaux, lireDate, lireEntier, lireOid } from './der-valeurs.ts';
import { lireNom } from './nommage.ts';

/** What the signed attributes of a CMS signature say: the digest, the date, the certificate, evidence of revocation. */

const NOMS: Readonly<Record<string, string>> = {
  [OID_CMS.typeContenu]: 'content-type',
  [OID_CMS.empreinte]: 'message-digest',
  [OID_CMS.date]: 'signing-time',
  [OID_CMS.designationV1]: 'signing-certificate',
  [OID_CMS.designationV2]: 'signing-certificate-v2',
};

const PREUVES_MAX = 20;

export class AttributsSignes {
  readonly #attributs: readonly AttributCms[];
  readonly #cahier: Cahier;

  constructor(attributs: readonly AttributCms[], cahier: Cahier) {
    this.#attributs = attributs;
    this.#cahier = cahier;
    const vus = new Set<string>();
    for (const { oid } of attributs) {
      if (vus.has(oid)) cahier.noter(CMS.attributDouble, NOMS[oid] ?? oid);
      vus.add(oid);
    }
  }

  /** The only value of an attribute (RFC 5652 § 11: each has one); null when it is absent or has not one value. */
  #seule(oid: string): Der | null {
    const attribut = this.#attributs.find((a) => a.oid === oid);
    if (attribut === undefined) return null;
    const [valeur, autre] = attribut.valeurs;
    if (valeur !== undefined && autre === undefined) return valeur;
    this.#cahier.noter(CMS.attributIllisible, NOMS[oid] ?? oid);
    return null;
  }

  /** What `lire` makes of an attribute, null when it is absent or cannot be read, which is then noted. */
  #lire<T>(oid: string, lire: (valeur: Der) => T): T | null {
    const valeur = this.#seule(oid);
    if (valeur === null) return null;
    try {
      return lire(valeur);
    } catch (e) {
      if (!(e instanceof ErreurDer)) throw e;
      this.#cahier.noter(CMS.attributIllisible, NOMS[oid] ?? oid);
      return null;
    }
  }

  /** True when the content is announced of this type. */
  estDeType(attendu: string): boolean {
    const vu = this.#lire(OID_CMS.typeContenu, (v) => lireOid(v));
    if (vu === null) this.#cahier.noter(CMS.attributAbsent, 'content-type');
    else if (vu !== attendu) this.#cahier.noter(CMS.typeSigne, vu);
    return vu === attendu;
  }

  empreinte(): Uint8Array | null {
    const lue = this.#lire(OID_CMS.empreinte, (v) => lireDer(v.brut, TAG.octets).contenu);
    if (lue === null) this.#cahier.noter(CMS.attributAbsent, 'message-digest');
    return lue;
  }

  instant(): Instant | null {
    const valeur = this.#seule(OID_CMS.date);
    if (valeur === null) return null;
    try {
      return lireDate(valeur);
    } catch {
      this.#cahier.noter(CMS.dateIllisible);
      return null;
    }
  }

  /**
   * Whether what is signed names this certificate (RFC 5035). null: it names none, or in a way that cannot be read.
   * A certificate with another name and the same key would otherwise do as well.
   */
  designe(certificat: Certificat): boolean | null {
    const avis = [
      this.#lire(OID_CMS.designationV1, (v) => designeV1(v, certificat)),
      this.#lire(OID_CMS.designationV2, (v) => designeV2(v, certificat)),
    ].filter((a) => a !== null);
    return avis.length === 0 ? null : avis.every(Boolean);
  }

  preuves(): PreuvesFournies {
    const valeur = this.#attributs.find((a) => a.oid === OID_CMS.revocationAdobe)?.valeurs[0];
    try {
      return valeur === undefined ? { crl: [], ocsp: [] } : lireRevocation(valeur);
    } catch {
      // evidence that cannot be read proves nothing
      return { crl: [], ocsp: [] };
    }
  }
}

/** The first of the list is that of the signer (RFC 5035 § 3). */
function premiere(der: Der): Curseur {
  const liste = membres(new Curseur(der).prendre(TAG.sequence));
  const [premier] = liste;
  if (premier === undefined) throw new ErreurDer('aucun certificat désigné');
  return new Curseur(premier);
}

function designeV1(der: Der, certificat: Certificat): boolean {
  const c = premiere(der);
  const juste = correspond('SHA-1', c.prendre(TAG.octets).contenu, certificat);
  return designeEmetteur(c, certificat) && juste;
}

function designeV2(der: Der, certificat: Certificat): boolean {
  const c = premiere(der);
  const methode = c.siPresent(TAG.sequence);
  const hachage =
    methode === undefined ? 'SHA-256' : OID_HACHAGE.get(lireOid(new Curseur(methode).prendre()));
  if (hachage === undefined) throw new ErreurDer('empreinte inconnue');
  const juste = correspond(hachage, c.prendre(TAG.octets).contenu, certificat);
  return designeEmetteur(c, certificat) && juste;
}

function correspond(hachage: Hachage, empreinte: Uint8Array, { der }: Certificat): boolean {
  return egaux(createHash(nomNode(hachage)).update(der).digest(), empreinte);
}

/** IssuerSerial, when it is there. */
function designeEmetteur(c: Curseur, certificat: Certificat): boolean {
  const emetteur = c.siPresent(TAG.sequence);
  c.finir();
  if (emetteur === undefined) return true;
  const lu = new Curseur(emetteur);
  const noms = membres(lu.prendre(TAG.sequence)).filter((n) => n.tag === contexteConstruit(4));
  const serie = lireEntier(lu.prendre());
  lu.siPresent(TAG.bits);
  lu.finir();
  const [nom] = noms;
  const meme = nom !== undefined && lireNom(lireDer(nom.contenu)).cle === certificat.emetteur.cle;
  return meme && egaux(serie, certificat.serie.octets);
}

function lireRevocation(der: Der): PreuvesFournies {
  const c = new Curseur(der);
  const lister = (n: number): Uint8Array[] => {
    const champ = c.siPresent(contexteConstruit(n));
    const liste = champ === undefined ? [] : membres(lireDer(champ.contenu, TAG.sequence));
    return liste.slice(0, PREUVES_MAX).map((m) => m.brut);
  };
  return { crl: lister(0), ocsp: lister(1).map((reponse) => ({ reponse, nonce: null })) };
}
