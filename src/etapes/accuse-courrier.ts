import { LIBERE_IDENTITE } from '../metier/etats.ts';
import type { Flux } from '../metier/flux.ts';
import { OPERATEUR } from '../ports/store.ts';
import type { CourrierEtat, RappelEtat } from '../protocoles/protocole.ts';
import type { Annexion, IssueRetour, Reception } from './accuse-issue.ts';
import { empreinteDe, type Lot, piecesDe } from './accuse-lot.ts';

/** The acte that a letter is about, or why it cannot be told. */
async function acteDe(
  courrier: Pick<CourrierEtat, 'identite' | 'siren'>,
  { outils }: Lot,
): Promise<Flux | string> {
  const connus = await outils.flux.parIdentite(OPERATEUR, courrier.identite);
  const partis = connus.filter((f) => f.resume['misEnLigne'] !== undefined);
  if (partis.length === 0) return 'aucun acte de cet identifiant n’est parti d’ici';
  const siens = partis.filter((f) => courrier.siren === null || f.collectivite === courrier.siren);
  const acte = siens.find((f) => !LIBERE_IDENTITE.includes(f.etat)) ?? siens[0];
  return acte ?? `le SIREN ${courrier.siren ?? ''} du message n’est pas celui de l’acte`;
}

/** The same letter in two mails is one letter: its flux stands under the identity that its bytes give. */
async function classerUn(courrier: CourrierEtat, lot: Lot): Promise<Reception | Flux | string> {
  const acte = await acteDe(courrier, lot);
  if (typeof acte === 'string') return acte;
  const { documents, parties } = courrier;
  const empreinte = empreinteDe(lot, parties[0], ...documents);
  if (empreinte === undefined) return 'ses pièces ne sont plus dans le courriel';
  const suite = lot.outils.actes.suivre(courrier, acte, empreinte);
  const [deja] = await lot.outils.flux.parIdentite(OPERATEUR, suite.courrier.identite);
  if (deja !== undefined) return deja;
  const pieces = await piecesDe(lot, courrier);
  const { protocole, collectivite, id: cite } = acte;
  return { protocole, collectivite, cite, pieces, ...suite.courrier, accuse: suite.accuse };
}

/** Files the letters of the préfecture: each becomes a flux that cites its acte. */
export async function classer(
  courriers: readonly CourrierEtat[],
  lot: Lot,
): Promise<Pick<IssueRetour, 'receptions' | 'sansEffet' | 'restes'>> {
  const receptions: Reception[] = [];
  const sansEffet: Flux[] = [];
  const restes: string[] = [];
  for (const courrier of courriers) {
    const sort = await classerUn(courrier, lot);
    if (typeof sort === 'string') restes.push(`${courrier.libelle} : ${sort}`);
    else if ('etat' in sort) sansEffet.push(sort);
    else receptions.push(sort);
  }
  return { receptions, sansEffet, restes };
}

/** Files the reminders of what another channel owes: nothing moves, an alert stands until it is said to have come. */
export async function annexer(
  rappels: readonly RappelEtat[],
  lot: Lot,
): Promise<Pick<IssueRetour, 'annexions' | 'sansEffet' | 'restes'>> {
  const annexions: Annexion[] = [];
  const sansEffet: Flux[] = [];
  const restes: string[] = [];
  for (const { identite, libelle, partie } of rappels) {
    const acte = await acteDe({ identite, siren: null }, lot);
    if (typeof acte === 'string') restes.push(`${libelle} : ${acte}`);
    else if (acte.resume['complementRecu'] !== undefined) sansEffet.push(acte);
    else {
      const pieces = await piecesDe(lot, { code: 'rappel', parties: [], documents: [partie] });
      annexions.push({ flux: acte, pieces, libelle, champs: { complementAttendu: true }, alerte: ATTENDU });
    }
  }
  return { annexions, sansEffet, restes };
}

const ATTENDU =
  'Complément attendu : la préfecture n’a pas reçu le document papier de cet acte, et le tient pour incomplet. L’envoyer, puis dire quand il est arrivé avec « vaguemestre complement ».';
