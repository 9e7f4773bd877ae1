import type { FluxId } from '../../src/metier/identifiants.ts';
import { type Correction, correction } from '../../src/protocoles/helios/correction.ts';
import { lireFichierPes } from '../../src/protocoles/helios/lecture/lire.ts';
import { pes } from '../unit/helios/generateur.ts';
import { acquit, acquitDe, bordereau, erreur, fichier, pj } from '../unit/helios/retours.ts';

/** A PES taken in part, and what it asks for: 41 and P1 are in, 42 is refused, P2 bears a number that is taken. */

const [P1, P2] = [{ idUnique: 'P1' }, { idUnique: 'P2' }];
export const DEPOSE = pes({
  depense: [
    { idBord: '41', pjRef: [P1] },
    { idBord: '42', pjRef: [P2] },
  ],
  pieces: [P1, P2],
});

export async function correctionFictive(): Promise<Correction> {
  const detail = `<DetailPiece><NumPiece V="7"/><DetailLigne><NumLigne V="3"/>${erreur('ERREUR_AUTRE', '1971 - Compte fonction')}</DetailLigne></DetailPiece>`;
  const elements =
    fichier('0', '1') +
    bordereau('41') +
    bordereau('42', '0', erreur('ERREUR_CODIFICATION') + detail) +
    pj('P1') +
    pj('P2', '0', erreur('ERREUR_DOUBLON_PJ'));
  const { faits, sha256 } = await lireFichierPes([DEPOSE]);
  if (faits?.genre !== 'PES_Aller') throw new TypeError('no PES');
  return correction({
    flux: {
      id: 'sans' as FluxId,
      identite: '123/VALMONCEL_1',
      etat: 'acquitte_partiel',
      resume: { departs: ['2026-03-02T10:00:00.000Z'] },
    },
    tranche: null,
    acquittement: 'a-ACK-1.xml',
    bilan: acquitDe(acquit({ elements })).bilan,
    envoye: faits,
    sha256,
  });
}
