import { ecrireXml, type Noeud } from '../../../src/formats/xml/ecrire.ts';
import { type Archive, DECLARATIONS, enveloppe, fichier, PDF, SIREN, tasser } from './decor.ts';

/** Archives of transactions 2 to 7, written apart from the protocol of the daemon. */

const RACINES: Readonly<Record<string, string>> = {
  '2-2': 'ReponseCourrierSimple',
  '3-2': 'ARDemandePieceComplementaire',
  '3-3': 'RefusPieceComplementaire',
  '3-4': 'PieceComplementaire',
  '4-2': 'ARLettreObservations',
  '4-3': 'RejetLettreObservations',
  '4-4': 'ReponseLettreObservations',
  '6-1': 'Annulation',
  '7-1': 'DemandeClassification',
};

/** All that one exchange says; each test bends one field. */
export interface Echange {
  readonly code: string;
  readonly nomArchive: string;
  readonly idActe: string;
  /** Of the letter, or of the classification held. */
  readonly date: string;
  /** IDActe inside the message. */
  readonly dedans: string;
  readonly nomMessage: string;
  readonly racine: string;
  readonly documents: readonly string[];
  readonly contenu: Buffer;
}

const SANS_DOCUMENT = ['3-2', '4-2', '6-1', '7-1'];

function message({ code, racine, dedans, date, documents }: Echange): Noeud {
  const nom = `actes:${racine}`;
  if (code === '7-1') {
    const enfants = date === '' ? [] : [{ nom: 'actes:DateClassification', texte: date }];
    return { nom, attributs: DECLARATIONS, enfants };
  }
  const fichiers = documents.map((d) => fichier('Document', d));
  return {
    nom,
    attributs: {
      ...DECLARATIONS,
      'actes:IDActe': dedans,
      ...(code === '6-1' ? {} : { 'actes:DateCourrierPref': date }),
    },
    enfants: code === '3-4' ? [{ nom: 'actes:Documents', enfants: fichiers }] : fichiers,
  };
}

export async function archiveEchange(
  partiel: Partial<Echange> & Pick<Echange, 'code' | 'nomArchive' | 'idActe'>,
): Promise<Archive> {
  const { code, nomArchive, idActe } = partiel;
  const e: Echange = {
    date: '',
    dedans: idActe,
    nomMessage: code === '7-1' ? `034-${SIREN}----7-1_0.xml` : `${idActe}-${code}_0.xml`,
    racine: RACINES[code] ?? '',
    documents: SANS_DOCUMENT.includes(code) ? [] : [`99_DE-${idActe}-${code}_1.pdf`],
    contenu: PDF,
    ...partiel,
  };
  const retour = { sirenIdcl: SIREN, adresses: ['tdt@tiers.test'] };
  const octets = await tasser([
    { nom: `${nomArchive.slice(4, -7)}.xml`, octets: ecrireXml(enveloppe(retour, e.nomMessage)) },
    { nom: e.nomMessage, octets: ecrireXml(message(e)) },
    ...e.documents.map((nom) => ({ nom, octets: e.contenu })),
  ]);
  return { nom: nomArchive, octets, idActe };
}
