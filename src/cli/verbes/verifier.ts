import { erreurHorsLigne } from '../../metier/catalogue/hors-ligne.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Appel, drapeau } from '../monde.ts';
import { ouvrirSource, type Source } from '../source.ts';

/** A ZIP: its first entry, its end when it holds none, or a mark of several volumes. */
const ZIP = ['PK\u0003\u0004', 'PK\u0005\u0006', 'PK\u0007\u0008'];
/** A file that only a reader of XML can judge: markup after blanks, in one byte per character or in two. */
const XML = /^(?:\u00ef\u00bb\u00bf)?[ \t\r\n]*<|^(?:\u00fe\u00ff|\u00ff\u00fe)|^\0<|^<\0/;

type Nature = 'preuve' | 'xml' | 'autre';

/** Told by content: the name of a file proves nothing. An empty file is XML that lacks all. */
function natureDe(source: Source): Nature {
  const [tete = new Uint8Array()] = source.lire();
  const texte = Buffer.from(tete.buffer, tete.byteOffset, Math.min(tete.length, 4096)).toString('latin1');
  if (ZIP.some((debut) => texte.startsWith(debut))) return 'preuve';
  return texte === '' || XML.test(texte) ? 'xml' : 'autre';
}

const POUR_XML = ['magasin', 'crl', 'ocsp', 'schema', 'document', 'instant', 'erreurs', 'sansMagasin'];

async function verifierPreuve(appel: Appel, fichier: string): Promise<number> {
  const { options, monde, verbe } = appel;
  const etrangere = POUR_XML.find((nom) => options[nom] !== undefined);
  if (etrangere !== undefined) {
    const option = etrangere.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
    throw erreurUsage(
      `${fichier} est un dossier de preuve : « --${option} » ne vaut que pour un XML.`,
      verbe,
    );
  }
  const { verifier } = await import('../verifier.ts');
  return verifier(fichier, { json: drapeau(options, 'json') }, monde.sorties);
}

/** `vaguemestre verifier`: a proof file (.asice), or the signatures of an XML file, told apart by their content. */
export async function executer(appel: Appel): Promise<number> {
  const fichier = appel.arguments[0] ?? '';
  const source = ouvrirSource(fichier);
  try {
    const nature = natureDe(source);
    if (nature === 'autre') throw erreurHorsLigne('VGM-HLG-003', { fichier });
    if (nature === 'preuve') return await verifierPreuve(appel, fichier);
    const { verifierXml } = await import('../verifier-xml.ts');
    return await verifierXml(appel, source);
  } finally {
    source.fermer();
  }
}
