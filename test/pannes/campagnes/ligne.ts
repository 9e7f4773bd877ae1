import { tirage } from '../../../src/banc/scenarios.ts';
import type { Panne as Coupure } from '../../serveurs/relais.ts';
import type { Campagne } from './campagne.ts';
import { type Chantier, mener } from './mener.ts';
import type { Temoins } from './verdict.ts';

/** Gestures on a line, from the most to the least frequent: a half-open or a very slow one costs a time-out. */
const GESTES = ['couper', 'couper', 'couper', 'figer', 'goutte'] as const;
const SENS = ['aller', 'retour'] as const;
/** Bytes after which a line breaks: within what an archive or a mail is, the shake of hands included. */
const LOIN = { guichet: 14_000, courrier: 12_000 };
const ROMPUE_MS = [150, 700] as const;
const SAINE_MS = [100, 500] as const;
/** What the daemon grants to a silent line, and more: the other end of the mails has no patience of its own. */
const GEL_MAX_MS = 7_000;

type Hasard = (quoi: string) => number;

const parmi = <T>(valeurs: readonly T[], de: number): T => valeurs[Math.floor(de * valeurs.length)] as T;
const entre = ([court, long]: readonly [number, number], de: number): number => court + (long - court) * de;

function coupureDe(loin: number, hasard: Hasard): Coupure {
  return {
    sens: parmi(SENS, hasard('sens')),
    // Most break early; an answer is a few bytes.
    apres: Math.floor(loin * hasard('apres') ** 2),
    geste: parmi(GESTES, hasard('geste')),
  };
}

async function frapper(c: Chantier, rang: number): Promise<void> {
  const { etat, clock, conditions } = c.terrain;
  const hasard: Hasard = (quoi) => tirage(conditions.graine, `${quoi} ${rang}`);
  const lignes = [
    ...(['guichet', 'courrier'] as const).map((nom) => ({
      nom,
      rompre: () => {
        const coupure = coupureDe(LOIN[nom], hasard);
        etat.lignes[nom].regler(coupure);
        // Those that are open are cut at once, or live on.
        if (hasard('toutes') < 0.5) etat.lignes[nom].trancher();
        c.compter(`${nom}_${coupure.geste}`);
        return coupure.geste === 'couper' ? 0 : GEL_MAX_MS;
      },
      retablir: () => etat.lignes[nom].regler(null),
      raccrocher: () => etat.lignes[nom].trancher(),
    })),
    ...etat.bouts.map((bout) => ({
      nom: bout.nom,
      rompre: () => {
        bout.couper(hasard('bout'));
        c.compter(bout.nom);
        return 0;
      },
      retablir: () => bout.retablir(),
      raccrocher: () => undefined,
    })),
  ];
  const ligne = lignes[rang % lignes.length];
  if (ligne === undefined) throw new TypeError('no line');
  const gel = ligne.rompre();
  await clock.sleep(entre(ROMPUE_MS, hasard('rompue')));
  ligne.retablir();
  await clock.sleep(entre(SAINE_MS, hasard('saine')));
  if (gel > 0) void clock.sleep(gel).then(() => ligne.raccrocher());
}

/** Fates that were unknown for a while, told by the journal: what settled each is the move that follows. */
function examiner(c: Chantier, { journal }: Temoins): string[] {
  for (const histoire of journal.histoires.values()) {
    for (const [rang, { ev }] of histoire.entries())
      if (ev === 'REMISE_INCERTAINE')
        c.compter(`incertains_puis_${histoire[rang + 1]?.ev.toLowerCase() ?? 'rien'}`);
  }
  return [];
}

export const ligne: Campagne = {
  nom: 'ligne',
  panne:
    'Les lignes vers le ministère (HTTPS, courriels) et vers la DGFiP (SFTP, FTP) sont coupées en plein transfert, figées à demi ouvertes, réduites à un octet par seconde, ou perdent la réponse après la prise.',
  attendu:
    'Rien n’est remis deux fois. Un sort inconnu reste incertain jusqu’à une preuve (accusé, fichier vu à la passerelle) ou une personne ; une lettre reçue deux fois est rangée une fois.',
  mener: (conditions) =>
    mener(
      { nom: 'ligne', charge: { deposants: { actes: 4, pes: 3 }, pause: 120 }, frapper, examiner },
      conditions,
    ),
};
