import { ecrireXml, type Noeud } from '../../src/formats/xml/ecrire.ts';
import { composer, enveloppeRetour, PREFIXES, SIREN } from './messages-etat.ts';

/** Mails of the préfecture about an acte that it holds: letters, receipts of answers, cancellation, classification. */

const idActe = (numero: string): string => `034-${SIREN}-20260302-${numero}-DE`;
const COURRIERS = {
  '2-1': 'CourrierSimple',
  '3-1': 'DemandePieceComplementaire',
  '4-1': 'LettreObservations',
  '5-1': 'DefereTA',
} as const;

function mail(
  code: string,
  message: Noeud,
  o: { numero: string; sel?: string; documents?: string[] },
): Buffer {
  const nom = `${idActe(o.numero)}-${code}_0.xml`;
  const octets = ecrireXml({ ...message, attributs: { ...PREFIXES, ...message.attributs } });
  return composer(
    [
      { nom: `EACT--PREF034-${code}.xml`, octets: enveloppeRetour(nom) },
      { nom, octets },
      ...(o.documents ?? []).map((d) => ({ nom: d, octets: Buffer.from(`%PDF-1.4 ${d} ${o.sel ?? ''}`) })),
    ],
    `${o.sel ?? code}-${o.numero}`,
  );
}

const fichier = (nom: string, parent = 'Document'): Noeud => ({
  nom: `actes:${parent}`,
  enfants: [{ nom: 'actes:NomFichier', texte: nom }],
});

/** `sel` makes another letter of the same day. */
export function courrierDe(
  code: keyof typeof COURRIERS,
  numero: string,
  { date = '2026-03-12', sel = '' } = {},
): Buffer {
  const document = `${idActe(numero)}-${code}_${sel === '' ? 1 : 2}.pdf`;
  const base = { 'actes:IDActe': idActe(numero) };
  const expose = { '3-1': 'DescriptionPieces', '4-1': 'Motif' } as const;
  const nom = `actes:${COURRIERS[code]}`;
  if (code === '5-1') {
    const enfants = [
      { nom: 'actes:DateDepot', texte: date },
      { nom: 'actes:NatureIllegalite', texte: 'Incompétence' },
      { nom: 'actes:PiecesJointes', enfants: [fichier(document, 'PieceJointe')] },
    ];
    return mail(code, { nom, attributs: base, enfants }, { numero, sel, documents: [document] });
  }
  const dit = code === '2-1' ? [] : [{ nom: `actes:${expose[code]}`, texte: 'Le plan de financement' }];
  const attributs = { ...base, 'actes:DateCourrierPref': date };
  return mail(
    code,
    { nom, attributs, enfants: [...dit, fichier(document)] },
    { numero, sel, documents: [document] },
  );
}

/** 3-5 or 4-5: the answer to the letter of that date is received. */
export function accuseReponseDe(
  code: '3-5' | '4-5',
  numero: string,
  { date = '2026-03-12', sel = '' } = {},
): Buffer {
  const nom = code === '3-5' ? 'actes:ARPieceComplementaire' : 'actes:ARReponseRejetLettreObservations';
  const infos = { 'actes:IDActe': idActe(numero), 'actes:DateCourrierPref': date };
  const message = {
    nom,
    attributs: { 'actes:DateReception': '2026-03-20' },
    enfants: [{ nom: 'actes:InfosCourrierPref', attributs: infos }],
  };
  return mail(code, message, { numero, sel });
}

export function accuseAnnulationDe(numero: string, sel = ''): Buffer {
  const attributs = { 'actes:IDActe': idActe(numero), 'actes:DateReception': '2026-03-21' };
  return mail('6-2', { nom: 'actes:ARAnnulation', attributs }, { numero, sel });
}

/** 7-2, with three matières, or 7-3 when `inchangee`. */
export function classificationDe(date: string, { inchangee = false, sel = '' } = {}): Buffer {
  const jour = { nom: 'actes:DateClassification', texte: date };
  if (inchangee)
    return mail(
      '7-3',
      { nom: 'actes:ReponseClassificationSansChangement', enfants: [jour] },
      { numero: 'X', sel },
    );
  const type = {
    nom: 'actes:TypePJNatureActe',
    attributs: { 'actes:CodeTypePJ': '99_DE', 'actes:Libelle': 'Délibération' },
  };
  const nature = {
    nom: 'actes:NatureActe',
    attributs: { 'actes:CodeNatureActe': '1', 'actes:Libelle': 'Délibérations', 'actes:TypeAbrege': 'DE' },
    enfants: [type],
  };
  const matiere = (niveau: number, code: string, enfants: Noeud[] = []): Noeud => ({
    nom: `actes:Matiere${niveau}`,
    attributs: { 'actes:CodeMatiere': code, 'actes:Libelle': `Matière ${code}` },
    enfants,
  });
  const enfants = [
    jour,
    { nom: 'actes:NaturesActes', enfants: [nature] },
    { nom: 'actes:Matieres', enfants: [matiere(1, '7', [matiere(2, '1'), matiere(2, '10')])] },
  ];
  return mail('7-2', { nom: 'actes:RetourClassification', enfants }, { numero: 'X', sel });
}

/** The reminder of the other channel: text for people, no message. */
export function rappelDe(numero: string, sel = ''): Buffer {
  const html = `<html><body><p>Acte ${idActe(numero)} dont la transmission est effectuée en multi canal : document papier non reçu.</p></body></html>`;
  return composer([{ nom: 'corps.html', octets: Buffer.from(html, 'latin1') }], `rappel${sel}-${numero}`);
}
