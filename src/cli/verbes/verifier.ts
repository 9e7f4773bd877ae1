import { erreurHorsLigne } from '../../metier/catalogue/hors-ligne.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Appel, drapeau } from '../monde.ts';
import { ouvrirSource, type Source } from '../source.ts';

/** A ZIP: its first entry, its end when it holds none, or a mark of several volumes. */
const ZIP = ['PK\u0003\u0004', 'PK\u0005\u0006', 'PK\u0007\u0008'];
/** A file that only a reader of XML can judge: markup after blanks, in one byte per character or in two. */
const XML = /^(?:\u00ef\u00bb\u00bf)?[ \t\r\n]*<|^(?:\u00fe\u00ff|\u00ff\u00fe)|^\0<|^<\0/;

/** gzip, deflate (RFC 1952): an archive of ACTES. */
const GZIP = '\u001f\u008b\u0008';

type Nature = 'preuve' | 'archive' | 'xml' | 'pdf' | 'p7s' | 'autre';

/** Where readers look for the header of a PDF (ISO 32000-1, annex H.3). */
const TETE_PDF = 1024;

/** Told by content: the name of a file proves nothing. An empty file is XML that lacks all. */
async function natureDe(source: Source): Promise<Nature> {
  const [tete = new Uint8Array()] = source.lire();
  const texte = Buffer.from(tete.buffer, tete.byteOffset, Math.min(tete.length, 4096)).toString('latin1');
  if (ZIP.some((debut) => texte.startsWith(debut))) return 'preuve';
  if (texte.startsWith(GZIP)) return 'archive';
  if (texte === '' || XML.test(texte)) return 'xml';
  if (texte.slice(0, TETE_PDF).includes('%PDF-')) return 'pdf';
  const { ressembleACms } = await import('../../formats/certificats/cades.ts');
  return ressembleACms(tete.subarray(0, 4096)) ? 'p7s' : 'autre';
}

const POUR_XML = ['magasin', 'crl', 'ocsp', 'schema', 'document', 'instant', 'erreurs', 'sansMagasin'];

/** An option that means nothing to this sort of file. Throws VGM-CLI-004. */
function refuserOptions({ options, verbe }: Appel, noms: readonly string[], quoi: string): void {
  const etrangere = noms.find((nom) => options[nom] !== undefined);
  if (etrangere === undefined) return;
  const option = etrangere.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
  const pour = etrangere === 'contenu' ? 'un fichier de signature (.p7s)' : 'un XML';
  throw erreurUsage(`${quoi} : « --${option} » ne vaut que pour ${pour}.`, verbe);
}

const SANS_XML = ['schema', 'document', 'erreurs'];

async function verifierPreuve(appel: Appel, fichier: string): Promise<number> {
  const { options, monde } = appel;
  refuserOptions(appel, [...POUR_XML, 'contenu'], `${fichier} est un dossier de preuve`);
  const { verifier } = await import('../verifier.ts');
  return verifier(fichier, { json: drapeau(options, 'json') }, monde.sorties);
}

/** `vaguemestre verifier`: a proof file (.asice), or the signatures of any other file, told apart by their content. */
export async function executer(appel: Appel): Promise<number> {
  const fichier = appel.arguments[0] ?? '';
  const source = ouvrirSource(fichier);
  try {
    const nature = await natureDe(source);
    if (nature === 'autre') throw erreurHorsLigne('VGM-HLG-003', { fichier });
    if (nature === 'preuve') return await verifierPreuve(appel, fichier);
    if (nature === 'archive') {
      refuserOptions(appel, [...SANS_XML, 'contenu'], `${fichier} est une archive ACTES`);
      const { verifierActes } = await import('../verifier-archive.ts');
      return await verifierActes(appel, source);
    }
    if (nature === 'pdf') {
      refuserOptions(appel, [...SANS_XML, 'contenu'], `${fichier} est un PDF`);
      const { verifierPdf } = await import('../verifier-pdf.ts');
      return await verifierPdf(appel, source);
    }
    if (nature === 'p7s') {
      refuserOptions(appel, SANS_XML, `${fichier} est un fichier de signature`);
      const { verifierP7s } = await import('../verifier-p7s.ts');
      return await verifierP7s(appel, source);
    }
    refuserOptions(appel, ['contenu'], `${fichier} est un XML`);
    const { verifierXml } = await import('../verifier-xml.ts');
    return await verifierXml(appel, source);
  } finally {
    source.fermer();
  }
}
