import { createHash } from 'node:crypto';
import type { PieceLue } from '../formats/asic/fiche.ts';
import type { Constat } from '../formats/asic/releve.ts';
import { type CodeCourrier, libelleMessage } from '../protocoles/actes/echanges/codes.ts';
import { dateCourrierDe, IDENTITES, sujetDe } from '../protocoles/actes/echanges/resume.ts';
import type { CourrierEtat } from '../protocoles/protocole.ts';
import { relireMessage } from './verifier-preuve-accuse.ts';
import { constater, type Dossier, octetsDe, resumeDe } from './verifier-preuve-dossier.ts';

/** A letter of the préfecture is here, about the acte that the proof names, and says what `flux.json` says. */

/** What the identity of a letter is made of: its message, then its documents. */
async function empreinteDe(dossier: Dossier, pieces: readonly PieceLue[]): Promise<string> {
  const hash = createHash('sha256');
  for (const piece of pieces) for await (const morceau of octetsDe(dossier, piece)) hash.update(morceau);
  return hash.digest('hex');
}

/** What `flux.json` says of the letter, held against the letter. */
function defautDit({ fiche }: Dossier, code: CodeCourrier, lu: CourrierEtat): string | null {
  const resume = resumeDe(fiche);
  const { idActe } = sujetDe({ resume, identite: fiche.identite });
  if (lu.code !== code) return `son message est un ${lu.code}, non un ${code} (${libelleMessage(code)})`;
  if (lu.identite !== idActe) return `il parle de l’acte ${lu.identite}, non de ${idActe}`;
  if ((lu.champs['dateCourrier'] ?? null) !== dateCourrierDe({ resume }))
    return 'flux.json ne lui donne pas la date qu’il porte';
  return (lu.champs['expose'] ?? null) === (resume['expose'] ?? null)
    ? null
    : 'flux.json ne dit pas ce qu’il expose';
}

export async function controlerCourrier(dossier: Dossier, code: CodeCourrier): Promise<Constat> {
  const { fiche } = dossier;
  const dire = constater('Courrier de l’État');
  if (fiche.etat !== 'recu') return dire('un courrier reçu ne peut pas être dans cet état', '');
  if (!fiche.pieces.some((p) => p.role === 'retour')) return dire('le message reçu manque', '');
  const piece = fiche.pieces.find((p) => p.role === 'accuse');
  if (piece === undefined) return dire('il manque', '');
  const { courriers, restes } = await relireMessage(dossier, piece);
  const [courrier] = courriers;
  if (courrier === undefined)
    return dire(`${piece.fichier} : ${restes[0]?.motif ?? 'ce n’est pas un courrier'}`, '');
  const defaut = defautDit(dossier, code, courrier);
  if (defaut !== null) return dire(`${piece.fichier} : ${defaut}`, '');
  const documents = fiche.pieces.filter((p) => p.role === 'document');
  const vue = IDENTITES.courrier(courrier.identite, code, await empreinteDe(dossier, [piece, ...documents]));
  return dire(
    vue === fiche.identite ? null : 'son identité n’est pas celle que donnent son message et ses documents',
    courrier.libelle,
  );
}
