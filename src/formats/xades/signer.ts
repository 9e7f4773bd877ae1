import { createHash, type Hash, verify } from 'node:crypto';
import type { Sha256 } from '../../metier/identifiants.ts';
import { type Certificat, lireCertificat } from '../certificats/certificat.ts';
import { AnalyseurXml } from '../xml/analyseur.ts';
import { Canonisation } from '../xml/c14n/canonisation.ts';
import type { Cible } from '../xml/c14n/cible.ts';
import { Ensemble } from '../xml/ensemble.ts';
import type { Recepteur } from '../xml/evenements.ts';
import { type AlgorithmeXml, signatureNommee } from './algorithmes.ts';
import { NS_DS } from './espaces.ts';
import { type Greffe, greffer, parcourir, type SourceOctets } from './flux.ts';
import { type DemandeModele, ecrireSignature, identifiantsDe } from './modele.ts';
import { PROFIL_PES } from './profil.ts';
import { type CibleReperee, Reperage, type Vise } from './reperage.ts';
import { refusLecture, refusSignature } from './refus-signature.ts';
import type { DemandeSignature, RefusSignature, ResultatSignature, SignatureFaite } from './signer-types.ts';

/** NCName, in the letters that every reader takes. */
const IDENTIFIANT = /^[A-Za-z_][A-Za-z0-9_.-]{0,200}$/;
/** What has no place in a name or a quality: controls, lone halves of a pair, non-characters (XML 1.0, [2]). */
const INTERDIT = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffe\uffff]/u;

interface Preparation {
  readonly demande: DemandeSignature;
  readonly certificat: Certificat;
  readonly algorithme: AlgorithmeXml;
}

interface Reperee {
  readonly source: SourceOctets;
  readonly reperage: Reperage;
  readonly sha256: Sha256;
  readonly octets: number;
}

type Etape<T> =
  | { readonly type: 'fait'; readonly valeur: T }
  | Extract<ResultatSignature, { type: 'refuse' }>;

const refuse = (...motifs: readonly RefusSignature[]): Extract<ResultatSignature, { type: 'refuse' }> => ({
  type: 'refuse',
  motifs,
});

function preparer(demande: DemandeSignature): Etape<Preparation> {
  const { signataire, instant, politique, role, lieu } = demande;
  const lu = lireCertificat(signataire.certificat);
  if (lu.type === 'illisible') return refuse(refusSignature('certificat', lu.motif));
  const algorithme = signatureNommee(signataire.algorithme);
  if (algorithme === null) return refuse(refusSignature('certificat', signataire.algorithme));
  const motifs: RefusSignature[] = [];
  const { certificat } = lu;
  if (instant < certificat.debut || instant > certificat.fin) motifs.push(refusSignature('certificatDate'));
  if (politique.hachage === 'SHA-1') motifs.push(refusSignature('politique', politique.identifiant));
  if (role.trim() === '') motifs.push(refusSignature('role'));
  const textes = [role, lieu?.ville ?? '', lieu?.codePostal ?? '', lieu?.pays ?? ''];
  if (textes.some((t) => INTERDIT.test(t))) motifs.push(refusSignature('caractere'));
  if (motifs.length > 0) return refuse(...motifs);
  return { type: 'fait', valeur: { demande, certificat, algorithme } };
}

function viser({ cibles }: DemandeSignature): Vise {
  if (cibles.type === 'fichier') return ({ place }) => place === 'racine';
  if (cibles.type === 'bordereaux') return ({ place }) => place === 'unite';
  const ids = new Set(cibles.ids);
  return ({ id }) => id !== null && ids.has(id);
}

/** What forbids to sign the file as it is. */
function examiner(
  { cibles, racine, racineSignee, signatures }: Reperage,
  demande: DemandeSignature,
): RefusSignature[] {
  if (!racine.attendue) return [refusSignature('racine', racine.nom)];
  const motifs: RefusSignature[] = [];
  if (racineSignee) motifs.push(refusSignature('racineSignee'));
  const demandes = demande.cibles.type === 'ids' ? [...new Set(demande.cibles.ids)] : [];
  const trouves = new Set(cibles.map((c) => c.id));
  for (const id of demandes) if (!trouves.has(id)) motifs.push(refusSignature('introuvable', id));
  if (cibles.length === 0 && demandes.length === 0) motifs.push(refusSignature('aucune'));
  for (const cible of cibles) {
    const nom = cible.id ?? `${cible.nom} ${cible.suivi.etiquette}`.trim();
    // The identifier of a foreign file is written in what is signed: a simple name, or nothing.
    if (cible.id !== null && !IDENTIFIANT.test(cible.id)) motifs.push(refusSignature('idCible', nom));
    if (cible.vide) motifs.push(refusSignature('vide', nom));
    if (cible.suivi.signatures > 0) motifs.push(refusSignature('dejaSigne', nom));
    const entier = cible.place === 'racine' && !racineSignee && signatures > 0;
    if (entier) motifs.push(refusSignature('dedansSigne', signatures));
    if (cible.place === 'racine' && cibles.length > 1)
      motifs.push(refusSignature('dedansSigne', cibles.length - 1));
  }
  return motifs;
}

async function reperer(
  { demande, algorithme }: Preparation,
  source: SourceOctets,
  auditeur?: Recepteur,
): Promise<Etape<Reperee>> {
  const { profil = PROFIL_PES, lecture = {} } = demande;
  const reperage = new Reperage({ profil, vise: viser(demande), hachage: algorithme.hachage.node });
  const recepteur = auditeur === undefined ? reperage : new Ensemble([reperage, auditeur]);
  const { refus, sha256, octets } = await parcourir(source, recepteur, lecture);
  if (refus !== null) return refuse(refusLecture(refus));
  const motifs = examiner(reperage, demande);
  if (motifs.length > 0) return refuse(...motifs);
  reperage.cibles.sort((a, b) => a.fermante - b.fermante);
  return { type: 'fait', valeur: { source, reperage, sha256, octets } };
}

/** Puts the missing `Id` into the start tags; the digests are then made anew, for the attribute is signed too. */
async function completer(preparation: Preparation, premiere: Reperee): Promise<Etape<Reperee>> {
  const { idManquant } = preparation.demande;
  const sans = premiere.reperage.cibles.filter((c) => c.id === null);
  if (sans.length === 0) return { type: 'fait', valeur: premiere };
  if (idManquant === undefined) {
    return refuse(...sans.map((c) => refusSignature('sansId', `${c.nom} ${c.suivi.etiquette}`.trim())));
  }
  const greffes: Greffe[] = [];
  for (const [rang, cible] of sans.toSorted((a, b) => a.finNom - b.finNom).entries()) {
    const id = idManquant(rang + 1);
    if (!IDENTIFIANT.test(id)) return refuse(refusSignature('identifiant', id));
    greffes.push({ octet: cible.finNom, contenu: Buffer.from(` Id="${id}"`, 'latin1') });
  }
  const suite = await reperer(preparation, () => greffer(premiere.source, greffes));
  const ajoutes = greffes.reduce((somme, g) => somme + g.contenu.length, 0);
  if (suite.type === 'fait' && suite.valeur.octets !== premiere.octets + ajoutes) {
    return refuse(refusSignature('sourceChangee'));
  }
  return suite;
}

interface CibleForme extends Cible {
  readonly quoi: 'info' | 'proprietes';
}

/** Canonical bytes of the SignedInfo and of the SignedProperties of a signature that we wrote. */
function canoniser(signature: string): { readonly info: Buffer; readonly proprietes: Buffer } {
  const blocs = { info: [] as Buffer[], proprietes: [] as Buffer[] };
  const analyseur = new AnalyseurXml(
    new Canonisation<CibleForme>({
      choisir: (balise, { noms }) => {
        const local = noms.localDe(balise.nom);
        const info = local === 'SignedInfo' && noms.uri(noms.espaceDe(balise.nom)) === NS_DS;
        if (!info && local !== 'SignedProperties') return null;
        const quoi = info ? 'info' : 'proprietes';
        return { mode: 'exclusive', quoi, puits: [{ update: (o) => blocs[quoi].push(Buffer.from(o)) }] };
      },
      termine: () => undefined,
    }),
  );
  analyseur.ecrire(Buffer.from(signature, 'latin1'));
  analyseur.finir();
  return { info: Buffer.concat(blocs.info), proprietes: Buffer.concat(blocs.proprietes) };
}

async function signerCible(
  { demande, certificat, algorithme }: Preparation,
  cible: CibleReperee,
  id: string,
): Promise<Greffe | null> {
  const { signataire, instant, politique, role, lieu, version = '1.1.1' } = demande;
  const modele: DemandeModele = {
    id,
    cible: cible.id ?? '',
    version,
    certificat,
    chaine: signataire.chaine,
    algorithme,
    instant,
    politique,
    role,
    lieu,
  };
  const contenu = cible.empreinte;
  const premiere = canoniser(ecrireSignature(modele, { contenu }));
  const proprietes = createHash(algorithme.hachage.node).update(premiere.proprietes).digest();
  const { info } = canoniser(ecrireSignature(modele, { contenu, proprietes }));
  const valeur = await signataire.signer(info);
  const cle = { key: certificat.cle.objet, dsaEncoding: 'ieee-p1363' } as const;
  if (!verify(algorithme.hachage.node, info, cle, valeur)) return null;
  const signature = ecrireSignature(modele, { contenu, proprietes, valeur });
  return { octet: cible.fermante, contenu: Buffer.from(signature, 'latin1') };
}

/** Identifiers of the signatures to come: names, and new in the file. */
function nommer({ ids, cibles }: Reperage, identifiants: DemandeSignature['identifiants']): Etape<string[]> {
  const pris = new Set(ids);
  const noms: string[] = [];
  for (const rang of cibles.keys()) {
    const id = identifiants(rang + 1);
    const siens = identifiantsDe(id);
    if (!IDENTIFIANT.test(id) || siens.some((i) => pris.has(i)))
      return refuse(refusSignature('identifiant', id));
    for (const i of siens) pris.add(i);
    noms.push(id);
  }
  return { type: 'fait', valeur: noms };
}

/**
 * The second pass: copies, puts the signatures in, and sees that the file is still the one that was digested. Up to
 * the first signature what is read is what is written: one hash serves both.
 */
async function copier(
  { source, sha256 }: Reperee,
  greffes: readonly Greffe[],
  ecrire: DemandeSignature['ecrire'],
): Promise<{ readonly sha256: Sha256; readonly octets: number } | null> {
  const ajouts = new Set(greffes.map((g) => g.contenu));
  const relu = createHash('sha256');
  let ecrit: Hash | null = null;
  let octets = 0;
  for await (const bloc of greffer(source, greffes)) {
    if (ajouts.has(bloc)) ecrit ??= relu.copy();
    else relu.update(bloc);
    ecrit?.update(bloc);
    octets += bloc.length;
    await ecrire(bloc);
  }
  ecrit ??= relu.copy();
  return relu.digest('hex') === sha256 ? { sha256: ecrit.digest('hex') as Sha256, octets } : null;
}

/**
 * Signs a file, or each of its bordereaux (crypto.md §7): two passes over the source, three when an `Id` is added.
 * Every byte but those of the signatures, and of the `Id` asked for, is the one received.
 * Throws what the key throws (VGM-SGT-…) and what `source` and `ecrire` throw.
 */
export async function signerXades(demande: DemandeSignature): Promise<ResultatSignature> {
  const prete = preparer(demande);
  if (prete.type === 'refuse') return prete;
  const premiere = await reperer(prete.valeur, demande.source, demande.auditeur);
  if (premiere.type === 'refuse') return premiere;
  const reperee = await completer(prete.valeur, premiere.valeur);
  if (reperee.type === 'refuse') return reperee;
  const { cibles } = reperee.valeur.reperage;
  const noms = nommer(reperee.valeur.reperage, demande.identifiants);
  if (noms.type === 'refuse') return noms;
  const greffes: Greffe[] = [];
  const signatures: SignatureFaite[] = [];
  for (const [rang, cible] of cibles.entries()) {
    const id = noms.valeur[rang] ?? '';
    const greffe = await signerCible(prete.valeur, cible, id);
    if (greffe === null) return refuse(refusSignature('signatureFausse'));
    greffes.push(greffe);
    signatures.push({ id, cible: cible.id ?? '', etiquette: cible.suivi.etiquette });
  }
  const apres = await copier(reperee.valeur, greffes, demande.ecrire);
  if (apres === null) return refuse(refusSignature('sourceChangee'));
  const { sha256, octets } = premiere.valeur;
  return { type: 'signe', signatures, avant: { sha256, octets }, apres };
}
