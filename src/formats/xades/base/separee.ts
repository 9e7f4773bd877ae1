import { createHash } from 'node:crypto';
import type { Sha256 } from '../../../metier/identifiants.ts';
import { AnalyseurXml } from '../../xml/analyseur.ts';
import { lireTete } from '../../xml/declaration.ts';
import type { Balise, EncodageXml, Recepteur, SessionXml } from '../../xml/evenements.ts';
import { NS_DS } from '../espaces.ts';
import { refusLecture, refusSignature } from '../refus-signature.ts';
import type { RefusSignature } from '../signer-types.ts';
import { ecrireAdresse } from './adresses.ts';
import { lireFichier } from './fichiers.ts';
import { REFERENCES_MAX } from './lecture.ts';
import { type Contenu, idObjet, identifiantsBase, type ObjetModele } from './modele.ts';
import { commun, type Etape, preparer, refuser, signer } from './preparer.ts';
import type { DemandeSeparee, ObjetASigner, ResultatSepare } from './signer-types.ts';

/** A signature that is a document of its own: detached, enveloping, or both at once. */

/** What a signature carries is held in memory, several times over. */
const CONTENU_MAX = 10_000_000;

/** What must be known of a content before it stands in a ds:Object. */
class Apercu implements Recepteur {
  readonly ids: string[] = [];
  encodage: EncodageXml = 'UTF-8';
  signe = false;
  #signature = -1;

  commencer(session: SessionXml): void {
    this.encodage = session.encodage;
    this.#signature = session.noms.nom(NS_DS, 'Signature');
  }

  ouvrir(balise: Balise): void {
    if (balise.id !== null) this.ids.push(balise.id);
    if (balise.nom === this.#signature) this.signe = true;
  }

  fermer(): void {}
  texte(): void {}
  caractere(): void {}
  commentaire(): void {}
  instruction(): void {}
  finir(): void {}
}

interface Prepare {
  readonly objet: ObjetModele;
  /** null for a ds:Object: it is digested where it stands. */
  readonly empreinte: Uint8Array | null;
  readonly contenu: Contenu | null;
  readonly encodage: EncodageXml | null;
  readonly ids: readonly string[];
}

const SANS_XML = { encodage: null, ids: [] } as const;

function envelopper(
  { mime }: Extract<ObjetASigner, { type: 'xml' | 'octets' }>,
  id: string,
  corps: Pick<Contenu, 'texte' | 'base64'> & Pick<Prepare, 'encodage' | 'ids'>,
): Prepare {
  const { encodage, ids, ...reste } = corps;
  const objet: ObjetModele = { uri: `#${id}`, forme: 'objet', mime };
  return { objet, empreinte: null, contenu: { id, mime, ...reste }, encodage, ids };
}

function envelopperXml(objet: Extract<ObjetASigner, { type: 'xml' }>, id: string): Etape<Prepare> {
  const { contenu } = objet;
  const apercu = new Apercu();
  const analyseur = new AnalyseurXml(apercu);
  analyseur.ecrire(contenu);
  const refus = analyseur.finir();
  if (refus !== null) return refuser(refusLecture(refus));
  if (apercu.signe) return refuser(refusSignature('contenuSigne'));
  const octets = Buffer.from(contenu.buffer, contenu.byteOffset, contenu.length);
  const tete = lireTete(octets, octets.length, true);
  const texte = octets.toString('latin1', tete.type === 'lue' ? tete.apres : 0);
  const { encodage, ids } = apercu;
  return { type: 'fait', valeur: envelopper(objet, id, { texte, base64: false, encodage, ids }) };
}

async function preparerObjet(
  objet: ObjetASigner,
  { id, hachage }: { readonly id: string; readonly hachage: string },
): Promise<Etape<Prepare>> {
  if (objet.type === 'fichier') {
    const uri = ecrireAdresse(objet.nom);
    if (uri === null) return refuser(refusSignature('nomFichier', objet.nom));
    const { empreintes } = await lireFichier(objet.source, [hachage]);
    const empreinte = empreintes.get(hachage) ?? new Uint8Array();
    const modele: ObjetModele = { uri, forme: 'fichier', mime: objet.mime };
    return { type: 'fait', valeur: { objet: modele, empreinte, contenu: null, ...SANS_XML } };
  }
  if (objet.contenu.length > CONTENU_MAX) return refuser(refusSignature('contenuTropGros', CONTENU_MAX));
  if (objet.type === 'xml') return envelopperXml(objet, id);
  const texte = Buffer.from(objet.contenu).toString('base64');
  return { type: 'fait', valeur: envelopper(objet, id, { texte, base64: true, ...SANS_XML }) };
}

/** What forbids to sign these contents together. */
function examiner({ objets }: DemandeSeparee): RefusSignature[] {
  if (objets.length === 0) return [refusSignature('rien')];
  // one reference is for the properties
  if (objets.length >= REFERENCES_MAX) return [refusSignature('objetsTrop', REFERENCES_MAX - 1)];
  const noms = objets.flatMap((o) => (o.type === 'fichier' ? [o.nom] : []));
  const doubles = noms.filter((nom, rang) => noms.indexOf(nom) !== rang);
  return [...new Set(doubles)].map((nom) => refusSignature('fichierDouble', nom));
}

async function preparerObjets(demande: DemandeSeparee, hachage: string): Promise<Etape<Prepare[]>> {
  const prepares: Prepare[] = [];
  const pris = new Set(identifiantsBase(demande.id, demande.objets.length));
  for (const [rang, objet] of demande.objets.entries()) {
    const id = idObjet(demande.id, rang + 1);
    const prepare = await preparerObjet(objet, { id, hachage });
    if (prepare.type === 'refuse') return prepare;
    for (const sien of [id, ...prepare.valeur.ids]) {
      if (pris.has(sien)) return refuser(refusSignature('identifiant', sien));
      pris.add(sien);
    }
    prepares.push(prepare.valeur);
  }
  const encodages = [...new Set(prepares.flatMap((p) => p.encodage ?? []))];
  if (encodages.length > 1) return refuser(refusSignature('encodages', encodages.join(', ')));
  return { type: 'fait', valeur: prepares };
}

/**
 * Signs contents that the signature names or carries (XAdES baseline B). Each file is read once, as a stream; what is
 * carried is held in memory. Throws what the key throws (VGM-SGT-…) and what the sources throw.
 */
export async function signerSepare(demande: DemandeSeparee): Promise<ResultatSepare> {
  const { objets, signataire } = demande;
  const prete = preparer(
    demande,
    objets.map((o) => o.mime),
  );
  if (prete.type === 'refuse') return prete;
  const motifs = examiner(demande);
  if (motifs.length > 0) return refuser(...motifs);
  const prepares = await preparerObjets(demande, prete.valeur.algorithme.hachage.node);
  if (prepares.type === 'refuse') return prepares;
  const encodage = prepares.valeur.find((p) => p.encodage !== null)?.encodage ?? 'UTF-8';
  const tete = `<?xml version="1.0" encoding="${encodage}"?>\n`;
  const modele = {
    ...commun(demande, prete.valeur),
    objets: prepares.valeur.map((p) => p.objet),
    contenus: prepares.valeur.flatMap((p) => p.contenu ?? []),
  };
  const empreintes = prepares.valeur.map((p) => p.empreinte);
  const signee = await signer({ modele, tete, empreintes, signataire });
  if (signee.type === 'refuse') return signee;
  const document = Buffer.from(`${tete}${signee.valeur}\n`, 'latin1');
  const sha256 = createHash('sha256').update(document).digest('hex') as Sha256;
  return { type: 'signe', document, sha256 };
}
