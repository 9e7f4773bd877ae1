import { createHash } from 'node:crypto';
import type { Anomalie } from '../../metier/anomalies.ts';
import { erreurLot } from '../../metier/catalogue/lot.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import { type ActeLot, metadonneesDe } from '../../protocoles/actes/lot/acte.ts';
import type { LigneLot } from '../../protocoles/actes/lot/manifeste.ts';
import { type Client, ErreurDemon } from '../client.ts';
import { formulaire, type PartieFormulaire } from '../fichiers.ts';
import { segment } from '../requete.ts';
import type { FluxVu } from '../vues.ts';
import { jumeau } from './jumeau.ts';
import type { Resultat, Resultats, Verdict } from './resultats.ts';

/** The deposits of a batch: several at once, each with its own fate, none of them twice. */

/** The same manifest of the same collectivité always has the same name: the keys of its deposits are made of it. */
export function nommerLot(siren: string, manifeste: Uint8Array): string {
  const empreinte = createHash('sha256').update(manifeste).digest('hex');
  const tout = createHash('sha256')
    .update(JSON.stringify([siren, empreinte]))
    .digest('hex');
  return `lot-${tout.slice(0, 32)}`;
}

export interface Depots {
  readonly client: Client;
  readonly siren: string;
  readonly lot: string;
  readonly aBlanc: boolean;
  /** Deposits in flight. */
  readonly concurrence: number;
  /** What an earlier run deposited is looked for at the daemon's instead of being sent again. */
  readonly reprendre: boolean;
  /** Null: nothing is deposited, nothing is kept. */
  readonly resultats: Resultats | null;
  readonly hasard: () => Promise<string>;
  /** Asks to stop once the deposits in flight are over. */
  readonly interruption: AbortSignal;
  /** Told of each fate, as it is known. */
  readonly suivre: (resultat: Resultat) => void;
}

function demandeDe({ siren }: Depots, l: LigneLot): string {
  return JSON.stringify({ protocole: 'ACTES', collectivite: siren, metadonnees: metadonneesDe(l) });
}

interface Reponse {
  readonly verdict: 'favorable' | 'defavorable';
  readonly rejeu?: boolean;
  readonly flux?: FluxVu;
  readonly anomalies: readonly Anomalie[];
}

async function envoyer(depots: Depots, acte: ActeLot): Promise<Reponse> {
  const { client, lot, aBlanc, hasard } = depots;
  const parties: PartieFormulaire[] = [
    { nom: 'demande', texte: demandeDe(depots, acte.ligne) },
    { nom: 'document', piece: acte.document },
    ...acte.annexes.map((piece) => ({ nom: 'annexe', piece })),
  ];
  return client.json<Reponse>({
    methode: 'POST',
    chemin: aBlanc ? '/flux?a_blanc=1' : '/flux',
    corps: await formulaire(parties, await hasard()),
    entetes: aBlanc ? {} : { 'idempotency-key': `${lot}-${acte.ligne.ligne}` },
  });
}

/** Failures that are those of one acte; any other would meet the next one too. */
const DE_LA_LIGNE: readonly string[] = [
  'VGM-DEP-002', // stands already
  'VGM-API-003', // metadata whose shape the door refuses
  'VGM-API-004', // files too big
  'VGM-API-009', // too many files
  'VGM-CLI-003', // file that went away meanwhile
  'VGM-LOT-005',
  'VGM-LOT-006',
];

function enAnomalie({ fiche: { code, message, remede } }: ErreurVgm): Anomalie {
  return { code, gravite: 'bloquante', message, remede };
}

/** @returns the fate of the line; throws what stops the batch. */
function refus(ligne: LigneLot, erreur: unknown): Resultat {
  if (!(erreur instanceof ErreurVgm)) throw erreur;
  const juste =
    erreur.fiche.code === 'VGM-DEP-003' ? erreurLot('VGM-LOT-006', { numero: ligne.numero }, erreur) : erreur;
  const anomalies = juste instanceof ErreurDemon ? juste.anomalies : [];
  if (anomalies.length === 0 && !DE_LA_LIGNE.includes(juste.fiche.code)) throw erreur;
  const verdict: Verdict = juste.fiche.code === 'VGM-DEP-002' ? 'doublon' : 'refusé';
  const dites = anomalies.length > 0 ? anomalies : [enAnomalie(juste)];
  // what is blocking first: it is the reason
  const triees = dites.toSorted(
    (a, b) => Number(b.gravite === 'bloquante') - Number(a.gravite === 'bloquante'),
  );
  return { ligne, verdict, rejeu: false, flux: '', identite: '', anomalies: triees };
}

function dejaDepose(ligne: LigneLot, { id: flux, identite }: FluxVu): Resultat {
  return { ligne, verdict: 'déposé', rejeu: true, flux, identite, anomalies: [] };
}

/** Does the daemon hold what an earlier run says? A store restored from before it does not. */
async function retrouver(
  { client, resultats, reprendre }: Depots,
  ligne: LigneLot,
): Promise<Resultat | null> {
  const ancien = reprendre ? resultats?.depose(ligne.ligne) : undefined;
  if (ancien === undefined) return null;
  try {
    const chemin = `/flux/${segment(ancien.flux)}`;
    const { flux } = await client.json<{ flux: FluxVu }>({ methode: 'GET', chemin });
    return dejaDepose(ligne, flux);
  } catch (e) {
    if (e instanceof ErreurDemon && (e.http === 404 || e.http === 400)) return null;
    throw e;
  }
}

async function traiter(depots: Depots, acte: ActeLot): Promise<Resultat> {
  const { ligne } = acte;
  const retrouve = await retrouver(depots, ligne);
  if (retrouve !== null) return retrouve;
  try {
    const { verdict, rejeu = false, flux, anomalies } = await envoyer(depots, acte);
    return {
      ligne,
      verdict: verdict === 'favorable' ? 'déposé' : 'refusé',
      rejeu,
      flux: flux?.id ?? '',
      identite: flux?.identite ?? '',
      anomalies,
    };
  } catch (e) {
    const refuse = refus(ligne, e);
    const tenant = refuse.verdict === 'doublon' ? await jumeau(depots.client, depots.siren, acte) : null;
    return tenant === null ? refuse : dejaDepose(ligne, tenant);
  }
}

/**
 * Deposits the actes in their order, a few at once. The first failure that is not the fault of one acte stops the rest; what
 * is in flight is brought to its end.
 * @returns the failure that stopped it; null when there was none, interrupted or not.
 */
export async function deposerLot(
  depots: Depots,
  actes: readonly ActeLot[],
): Promise<{ readonly arret: unknown }> {
  const file = actes.values();
  let arret: unknown = null;
  const deposant = async (): Promise<void> => {
    for (const acte of file) {
      try {
        const resultat = await traiter(depots, acte);
        await depots.resultats?.noter(resultat);
        depots.suivre(resultat);
      } catch (e) {
        arret ??= e;
      }
      if (arret !== null || depots.interruption.aborted) return;
    }
  };
  if (!depots.interruption.aborted) await Promise.all(Array.from({ length: depots.concurrence }, deposant));
  return { arret };
}
