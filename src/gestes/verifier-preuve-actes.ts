import type { Constat } from '../formats/asic/releve.ts';
import {
  COURRIERS,
  ENVOIS,
  estCourrier,
  estEnvoye,
  libelleMessage,
} from '../protocoles/actes/echanges/codes.ts';
import {
  IDENTITES,
  lireResumeEchange,
  messageDe,
  type ResumeEnvoi,
} from '../protocoles/actes/echanges/resume.ts';
import { controlerAccuse } from './verifier-preuve-accuse.ts';
import { controlerArchive } from './verifier-preuve-archive.ts';
import { controlerCachet } from './verifier-preuve-cachet.ts';
import { controlerCourrier } from './verifier-preuve-courrier.ts';
import { constater, type Dossier, resumeDe } from './verifier-preuve-dossier.ts';

/** What a proof of ACTES must say beside what any proof says: its archive and its receipt, or the letter that it holds. */

/** What the identity of an answer, or of a receipt, says of the letter: `<IDActe>/3-1/<digest>`. */
const COURRIER = /^(.+)\/([0-9]-[0-9])\/[0-9a-f]{16}$/;

/** The identity of what is sent after an acte is the one that its summary gives. */
function memeEnvoi(identite: string, siren: string, { message, idActe }: ResumeEnvoi): boolean {
  if (message === '6-1') return identite === IDENTITES.annulation(idActe);
  if (message === '7-1') return identite.startsWith(`${siren}/7-1/`);
  const courrier = identite.replace(/\/[a-z]+$/, '');
  const [, acte, code = ''] = COURRIER.exec(courrier) ?? [];
  if (acte !== idActe || !estCourrier(code)) return false;
  const { accuse, reponses } = COURRIERS[code];
  if (accuse === message) return identite === IDENTITES.accuse(courrier);
  return reponses.some((r) => r === message) && identite === IDENTITES.reponse(courrier);
}

function controlerEnvoi({ fiche }: Dossier, echange: ResumeEnvoi): Constat {
  const { message, idActe } = echange;
  const accorde = memeEnvoi(fiche.identite, fiche.collectivite.siren, echange);
  const sujet = idActe === '' ? '' : `, au sujet de l’acte ${idActe}`;
  const sans =
    ENVOIS[message].accuse === null ? ' ; la norme n’a pas d’accusé de réception de ce message' : '';
  return constater('Message envoyé')(
    accorde ? null : `l’identité du flux n’est pas celle d’un message ${message}${sujet}`,
    `${message}, ${libelleMessage(message)}${sujet}${sans}`,
  );
}

export async function controlerActes(dossier: Dossier): Promise<Constat[]> {
  return [...(await controlerMessage(dossier)), ...(await controlerCachet(dossier))];
}

async function controlerMessage(dossier: Dossier): Promise<Constat[]> {
  const { fiche } = dossier;
  const resume = resumeDe(fiche);
  const message = messageDe({ resume });
  if (estCourrier(message)) return [await controlerCourrier(dossier, message)];
  if (fiche.etat === 'recu')
    return [constater('Courrier de l’État')('flux.json ne dit pas quel courrier c’est', '')];
  if (!estEnvoye(message))
    return [await controlerArchive(dossier, null), await controlerAccuse(dossier, null)];
  const lu = lireResumeEchange({ resume });
  if (lu === null) return [constater('Message envoyé')('flux.json ne dit pas ce qu’il est', '')];
  return [
    controlerEnvoi(dossier, lu),
    await controlerArchive(dossier, lu),
    await controlerAccuse(dossier, lu),
  ];
}
