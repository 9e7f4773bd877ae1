import { Readable } from 'node:stream';
import { comprendreFichier } from '../etapes/accuse-fichier.ts';
import { relire } from '../etapes/relire.ts';
import { erreurGestes } from '../metier/catalogue/gestes.ts';
import { type Etat, LIBELLE_ETAT } from '../metier/etats.ts';
import type { Flux, PieceDuFlux } from '../metier/flux.ts';
import type { Coffre } from '../ports/coffre.ts';
import type { BilanAck } from '../protocoles/helios/accuse/bilan.ts';
import { trancheDe } from '../protocoles/helios/accuse/jugement.ts';
import { correction } from '../protocoles/helios/correction.ts';
import type { FaitsPes } from '../protocoles/helios/lecture/faits.ts';
import { lireFichierPes } from '../protocoles/helios/lecture/lire.ts';
import { fluxDe } from './consulter.ts';
import type { Gestes } from './gestes.ts';
import type { OutilsGestes } from './outils.ts';

/** States that an acquittement gives. */
const REPONDUS: readonly Etat[] = ['acquitte', 'acquitte_partiel', 'anomalie'];

function exigerRepondu({ id, protocole, resume, etat }: Flux): void {
  if (protocole !== 'HELIOS' || resume['genre'] !== 'PES_Aller')
    throw erreurGestes('VGM-GES-040', { flux: id });
  if (!REPONDUS.includes(etat)) throw erreurGestes('VGM-GES-041', { flux: id, etat: LIBELLE_ETAT[etat] });
}

/** The bytes themselves are read again: the summary of a flux names five hundred bordereaux, a file may hold more. */
async function bilanDe(coffre: Coffre, accuse: PieceDuFlux | undefined): Promise<BilanAck | null> {
  if (accuse === undefined) return null;
  const controle = { ouvrir: async () => Readable.from(relire(coffre, accuse)) };
  const [message] = (await comprendreFichier(accuse, controle)).messages;
  return message?.type === 'acquit' ? message.bilan : null;
}

async function faitsDe(coffre: Coffre, envoye: PieceDuFlux | undefined): Promise<FaitsPes | null> {
  if (envoye === undefined) return null;
  const { faits } = await lireFichierPes(relire(coffre, envoye));
  return faits?.genre === 'PES_Aller' ? faits : null;
}

/** What the next file must hold after the acquittement of this one. Throws VGM-NOY-003, VGM-GES-040, -041, -042. */
export function corrections(outils: OutilsGestes): Pick<Gestes, 'corriger'> {
  const { coffre, moteur } = outils;
  return {
    corriger: async (ctx, id) => {
      const flux = await fluxDe(outils, ctx, id);
      exigerRepondu(flux);
      const pieces = await moteur.store.flux.pieces(ctx.portee, id);
      const archive = pieces.findLast((p) => p.role === 'archive');
      const accuse = pieces.findLast((p) => p.role === 'accuse');
      const bilan = await bilanDe(coffre, accuse);
      const envoye = await faitsDe(coffre, archive);
      if (accuse === undefined || bilan === null || envoye === null || archive === undefined)
        throw erreurGestes('VGM-GES-042', { flux: id });
      const { nom: acquittement } = accuse;
      const tranche = trancheDe(flux);
      return correction({ flux, bilan, acquittement, tranche, envoye, sha256: archive.sha256 });
    },
  };
}
