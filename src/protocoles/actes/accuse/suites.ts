import type { ElementXml } from '../../../formats/xml/lire.ts';
import type { CleRetour, MessageEtat } from '../../protocole.ts';
import { attribut, enfant, jourLu, texte } from '../arbre.ts';
import { comprendreClassification } from '../classification.ts';
import { dateFrancaise } from '../regles/regle.ts';
import { type Compris, contradiction, indicesDuNom, type MessageRecu } from './messages.ts';

/** What closes a sending of the collectivité: 3-5, 4-5, 6-2, 7-2, 7-3. */

const le = (date: string | null): string => (date === null ? '' : ` le ${dateFrancaise(date)}`);

function accuse(
  message: Pick<MessageEtat, 'code' | 'cle' | 'siren' | 'libelle' | 'champs' | 'parties'>,
): MessageEtat {
  return { ...message, evenement: 'accuse_recu', notification: 'flux.acquitte', erreur: null };
}

/** 3-5, of a 3-3 or 3-4; 4-5, of a 4-3 or 4-4: found by the acte and the date of the letter answered. */
function lireARReponse(recu: MessageRecu, code: '3-5' | '4-5'): Compris {
  const infos = enfant(recu.racine, 'InfosCourrierPref') ?? recu.racine;
  const identite = attribut(infos, 'IDActe');
  if (identite === undefined)
    return { motif: `Ce message ${code} ne dit pas de quel acte il parle (IDActe absent).` };
  const { siren } = indicesDuNom(`${identite}-`);
  const motif = contradiction(recu.siren, siren);
  if (motif !== null) return { motif };
  const dateCourrier = jourLu(attribut(infos, 'DateCourrierPref'));
  const date = jourLu(attribut(recu.racine, 'DateReception'));
  const messages = code === '3-5' ? ['3-3', '3-4'] : ['4-3', '4-4'];
  return accuse({
    code,
    cle: { par: 'reponse', identite, messages, dateCourrier },
    siren: recu.siren ?? siren,
    libelle: `Réponse au courrier${dateCourrier === null ? '' : ` du ${dateFrancaise(dateCourrier)}`} reçue en préfecture${le(date)}.`,
    champs: { dateReception: date },
    parties: recu.parties,
  });
}

/** 6-2: the cancellation is registered, and the acte with it is no more transmitted. */
function lireARAnnulation(recu: MessageRecu): Compris {
  const idActe = attribut(recu.racine, 'IDActe');
  if (idActe === undefined)
    return { motif: 'Cet accusé d’annulation ne dit pas de quel acte il parle (IDActe absent).' };
  const { siren } = indicesDuNom(`${idActe}-`);
  const motif = contradiction(recu.siren, siren);
  if (motif !== null) return { motif };
  const date = jourLu(attribut(recu.racine, 'DateReception'));
  const libelle = `Annulation de la transmission de l’acte ${idActe} reçue en préfecture${le(date)}.`;
  return {
    ...accuse({
      code: '6-2',
      cle: { par: 'identite', identite: `${idActe}/6-1` },
      siren: recu.siren ?? siren,
      libelle,
      champs: { dateReception: date },
      parties: recu.parties,
    }),
    entraine: { evenement: 'annulation_recue', libelle, champs: { dateAnnulation: date } },
  };
}

function demande(recu: MessageRecu): { readonly cle: CleRetour } | { readonly motif: string } {
  const siren = recu.siren ?? indicesDuNom(recu.nom).siren;
  if (siren === null)
    return { motif: 'Rien dans ce courriel ne dit pour quelle collectivité est cette classification.' };
  return { cle: { par: 'demande', siren, message: '7-1' } };
}

/** 7-2: the whole classification; 7-3: that which is held is in force. */
function lireRetourClassification(recu: MessageRecu, code: '7-2' | '7-3'): Compris {
  const trouvee = demande(recu);
  if ('motif' in trouvee) return trouvee;
  const commun = { code, cle: trouvee.cle, siren: recu.siren, parties: recu.parties };
  if (code === '7-3') {
    const date = jourLu(texte(recu.racine, 'DateClassification'));
    return accuse({
      ...commun,
      libelle: `La classification détenue est toujours en vigueur${date === null ? '' : ` (${dateFrancaise(date)})`}.`,
      champs: { classificationEnCours: date },
    });
  }
  const classification = comprendreClassification(recu.racine);
  if ('motif' in classification) return classification;
  const libelle = `Classification en vigueur au ${dateFrancaise(classification.date)}, ${Object.keys(classification.matieres).length} matières.`;
  const champs = { classificationEnCours: classification.date };
  return { ...accuse({ ...commun, libelle, champs }), classification };
}

const LECTEURS: Readonly<Record<string, (recu: MessageRecu) => Compris>> = {
  ARPieceComplementaire: (recu) => lireARReponse(recu, '3-5'),
  ARReponseRejetLettreObservations: (recu) => lireARReponse(recu, '4-5'),
  ARAnnulation: lireARAnnulation,
  RetourClassification: (recu) => lireRetourClassification(recu, '7-2'),
  ReponseClassificationSansChangement: (recu) => lireRetourClassification(recu, '7-3'),
};

/** Understands what closes a sending; undefined when the root is that of another message. */
export function lireSuite(recu: MessageRecu, { nom }: ElementXml): Compris | undefined {
  return Object.hasOwn(LECTEURS, nom) ? LECTEURS[nom]?.(recu) : undefined;
}
