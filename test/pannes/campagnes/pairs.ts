import { createHash } from 'node:crypto';
import { creerPostier, type Postier } from '../../../src/banc/smtp.ts';
import { tirage } from '../../../src/banc/scenarios.ts';
import { jusqua } from './attente.ts';
import type { Campagne, Conditions } from './campagne.ts';
import type { Accuse } from './charge.ts';
import { montrer } from './lectures.ts';
import { type ActeVise, bonAccuse, COURRIELS_FAUX, REPONSES_FAUSSES } from './messages-faux.ts';
import { type Chantier, mener, type Panne } from './mener.ts';
import { MELANGE_ACTES, prevoirActe } from './prevus.ts';
import type { Bilan, Temoins } from './verdict.ts';

/** Peers that answer twice, late, in disorder, in words of their own; about one in six never answers: we do, three times. */
const ACTES: typeof MELANGE_ACTES = [
  ['', 'acquitte'],
  ['_MUET', 'acquitte'],
  ['_DOUBLE', 'acquitte'],
  ['_NOMVIDE', 'anomalie'],
  ['_TARD', 'acquitte'],
  ['_C31X2', 'acquitte'],
  ['_ANOENV', 'anomalie'],
  ['_MUET', 'acquitte'],
  ['_DESORDRE', 'acquitte'],
  ['_N999', 'anomalie'],
  ['_C41', 'acquitte'],
  ['_UTF8', 'acquitte'],
];
const PES: typeof MELANGE_ACTES = [
  ['', 'acquitte'],
  ['_DOUBLE', 'acquitte'],
  ['_TARD', 'acquitte'],
  ['_KOBORD', 'acquitte_partiel'],
  ['_RETOUR', 'acquitte'],
  ['_UTF8', 'acquitte'],
  ['_V1', 'acquitte'],
  ['_KO', 'anomalie'],
];

const DE = 'actes@interieur.invalid';
const A = 'tdt@operateur.example.fr';
const COPIES = 3;
const PAUSE_MS = 150;
const PREMIER_MAX_MS = 30_000;
/** A line whose answer is held: bytes of it that never come. */
const RETENUS = 40;
const RETENUE_MS = 700;

const acteDe = ({ collectivite, nom }: Accuse): ActeVise => ({ siren: collectivite.siren, numero: nom });

class Pairs {
  readonly #graine: number;
  readonly #postier: Postier;
  /** Digests of the wrong messages: each must wait for a person, once. */
  readonly fausses = new Set<string>();
  readonly #repondus = new Set<string>();
  /** Bytes that the ministry's door gives back for one sending, the shake of hands included. */
  #reponse = 0;

  constructor(graine: number, postier: Postier) {
    this.#graine = graine;
    this.#postier = postier;
  }

  async preparer({ terrain, charge }: Chantier): Promise<void> {
    const { guichet } = terrain.etat.lignes;
    guichet.regler(null);
    const prevu = prevoirActe(800_000, [['', 'acquitte']]);
    const id = await charge.insister(prevu);
    if (id === null) throw new TypeError('the first acte is refused');
    charge.noter(prevu, id);
    if (!(await jusqua(() => terrain.etat.ministere.registre.compter('accepte') > 0, PREMIER_MAX_MS)))
      throw new TypeError('the first acte does not leave');
    await terrain.clock.sleep(PAUSE_MS);
    this.#reponse = guichet.passes().retour;
  }

  async frapper(c: Chantier, rang: number): Promise<void> {
    await c.terrain.clock.sleep(PAUSE_MS);
    const gestes = [
      () => this.#courrielFaux(c, rang),
      () => this.#reponseFausse(c, rang),
      () => this.#devancer(c),
      () => this.#redire(c, rang),
    ];
    await gestes[rang % gestes.length]?.();
    await this.repondre(c);
  }

  /** The answer of the line is held while the receipt comes. */
  async #devancer({ terrain: { etat, clock } }: Chantier): Promise<void> {
    const { guichet } = etat.lignes;
    guichet.trancher();
    guichet.regler({ sens: 'retour', apres: this.#reponse - RETENUS, geste: 'figer' });
    await clock.sleep(RETENUE_MS);
    guichet.regler(null);
  }

  async #courrielFaux(c: Chantier, rang: number): Promise<void> {
    const vise = c.charge.accuses.filter((a) => a.protocole === 'ACTES').at(-1);
    const faux = Object.entries(COURRIELS_FAUX);
    const [nom, ecrire] = faux[Math.floor(rang / 4) % faux.length] ?? [];
    if (vise === undefined || ecrire === undefined) return;
    const octets = ecrire(acteDe(vise), `faux-${rang}`);
    await this.#poster(octets);
    this.fausses.add(createHash('sha256').update(octets).digest('hex'));
    c.compter(nom ?? '');
  }

  async #reponseFausse(c: Chantier, rang: number): Promise<void> {
    const { bouts } = c.terrain.etat;
    const bout = bouts[Math.floor(tirage(this.#graine, `bout ${rang}`) * bouts.length)];
    const pes = bout?.dgfip.pris().at(-1);
    const fausses = Object.entries(REPONSES_FAUSSES);
    const [nom, ecrire] = fausses[Math.floor(rang / 4) % fausses.length] ?? [];
    if (pes === undefined || bout === undefined || ecrire === undefined) return;
    const octets = ecrire(pes, String(rang));
    await bout.dgfip.publier(
      `${pes.idPost}_260302120000-ACK-F${String(rang).padStart(7, '0')}_A0000000_OK.xml`,
      octets,
    );
    this.fausses.add(createHash('sha256').update(octets).digest('hex'));
    c.compter(nom ?? '');
  }

  /** An answer given a while ago, again. */
  async #redire(c: Chantier, rang: number): Promise<void> {
    for (const { dgfip } of c.terrain.etat.bouts) {
      const donnees = dgfip.registre.evenements().filter((e) => e.type === 'lu');
      const une = donnees[Math.floor(tirage(this.#graine, `redite ${rang}`) * donnees.length)];
      if (une === undefined) continue;
      await dgfip.republier(une.nom);
      c.compter('redites');
    }
  }

  /** Of the actes that the ministry took and does not speak of: several times at once. */
  async repondre(c: Chantier): Promise<void> {
    const { etat, premier } = c.terrain;
    const muets = c.charge.accuses.filter((a) => a.nom.endsWith('_MUET') && !this.#repondus.has(a.id));
    for (const muet of muets) {
      const { nomEnvoi } = (await montrer(premier.client, muet.id)).flux;
      if (nomEnvoi === null || etat.ministere.registre.compter('accepte', nomEnvoi) === 0) continue;
      this.#repondus.add(muet.id);
      const octets = bonAccuse(acteDe(muet), `accuse-${muet.nom}`);
      await Promise.all(Array.from({ length: COPIES }, () => this.#poster(octets)));
      c.compter('accuses_en_double', COPIES - 1);
    }
  }

  async #poster(octets: Buffer): Promise<void> {
    const { type } = await this.#postier.envoyer({ de: DE, a: A, octets });
    if (type !== 'remis') throw new TypeError(`mail ${type}`);
  }

  /** Each wrong message is kept as it came, and waits; each flux was answered once. */
  examiner(c: Chantier, { retours, journal }: Temoins): string[] {
    const gares = new Map(retours.filter((r) => r.etat === 'a_trancher').map((r) => [r.sha256, r]));
    const histoires = [...journal.histoires].map(([id, faits]) => [id, faits.map((f) => f.ev)] as const);
    const avances = histoires.filter(([, evs]) => evs[evs.indexOf('MISE_EN_LIGNE') + 1] === 'ACCUSE_RECU');
    c.compter('accuses_avant_la_ligne', avances.length);
    const doubles = histoires.filter(([, evs]) => evs.filter((ev) => ev === 'ACCUSE_RECU').length > 1);
    return [
      ...[...this.fausses]
        .filter((f) => !gares.has(f))
        .map((f) => `le message faux ${f} n’attend pas une personne`),
      ...doubles.map(([id]) => `${id} : deux accusés reçus`),
    ];
  }
}

async function menerPairs(conditions: Conditions): Promise<Bilan> {
  let pairs: Pairs | undefined;
  let postier: Postier | undefined;
  const panne: Panne = {
    nom: 'pairs',
    terrain: { ministere: { tardMs: 2_500 } },
    charge: { deposants: { actes: 3, pes: 2 }, pause: 150, actes: ACTES, pes: PES },
    preparer: async (c) => {
      const relais = { hote: '127.0.0.1', port: c.terrain.etat.lignes.courrier.port, connexions: 2 };
      postier = creerPostier(relais, c.terrain.clock);
      pairs = new Pairs(conditions.graine, postier);
      await pairs.preparer(c);
    },
    frapper: async (c, rang) => pairs?.frapper(c, rang),
    repasser: async (c) => pairs?.repondre(c),
    examiner: (c, temoins) => pairs?.examiner(c, temoins) ?? [],
    parques: () => pairs?.fausses.size ?? 0,
  };
  try {
    return await mener(panne, conditions);
  } finally {
    await postier?.fermer();
  }
}

export const pairs: Campagne = {
  nom: 'pairs',
  panne:
    'L’État répond deux fois, tard, dans le désordre, avant la réponse de la ligne, pour une autre collectivité, pour des actes inconnus, en XML tronqué.',
  attendu:
    'Chaque réponse juste va à son flux, une fois ; chaque message faux est gardé tel quel, attend qu’une personne tranche, et ne change aucun flux.',
  exige: { noeuds: 1 },
  mener: menerPairs,
};
