import { FUSEAU } from '../../../src/metier/echeances.ts';
import { assurerPaquets } from '../../serveurs/installer.ts';
import { jusqua } from './attente.ts';
import type { Campagne, Conditions } from './campagne.ts';
import { fausserHorloge, type HorlogeFausse } from './horloge-fausse.ts';
import type { Fait } from './journal.ts';
import { diagnostiquer, montrer } from './lectures.ts';
import { type Chantier, mener, type Panne } from './mener.ts';
import { prevoirActe } from './prevus.ts';
import type { Bilan, Temoins } from './verdict.ts';

const HEURE = 3_600_000;
const JOUR = 24 * HEURE;
/** Nothing leaves then, Paris time: on the night of October this half hour comes twice. */
const FERMEE = { debut: '02:30', fin: '03:00', octets_par_heure: 0 };
/** Over before it would be for an alert, whatever the holidays: more than one working day. */
const SANS_NOUVELLES = 6 * JOUR;
/** A decision taken before a jump may be written after it. */
const A_CHEVAL_MS = 1_500;
const VU_MS = 15_000;
/** The daemon reads its clock at least once a second. */
const LECTURE_MS = 1_100;
/** Before an instant that is to be crossed; then after it. */
const ELAN_MS = 500;
const SUITE_MS = 1_500;

/** The two nights when legal time changes, in the year to come. */
function nuits(depuis: number): { readonly printemps: number; readonly automne: number } {
  let la = Temporal.Instant.fromEpochMilliseconds(depuis).toZonedDateTimeISO(FUSEAU);
  const trouvees: number[] = [];
  for (let n = 0; n < 2; n += 1) {
    const suivante = la.getTimeZoneTransition('next');
    if (suivante === null) throw new TypeError(`${FUSEAU} never changes`);
    trouvees.push(suivante.epochMilliseconds);
    la = suivante;
  }
  const avance = (instant: number): boolean => {
    const heure = (i: number): number =>
      Temporal.Instant.fromEpochMilliseconds(i).toZonedDateTimeISO(FUSEAU).offsetNanoseconds;
    return heure(instant) > heure(instant - 1);
  };
  const [une = 0, autre = 0] = trouvees;
  return avance(une) ? { printemps: une, automne: autre } : { printemps: autre, automne: une };
}

const aParis = (t: string | number): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(typeof t === 'number' ? t : Date.parse(t)).toZonedDateTimeISO(
    FUSEAU,
  );

class Sauts {
  readonly #horloge: HorlogeFausse;
  readonly #nuits = nuits(Date.now());
  /** Hours to which the clock was set. */
  readonly #poses: number[] = [];
  /** Flux that the préfecture never speaks of, and another whose calendar is looked at. */
  #muet = '';
  #calendrier = '';
  /** Its milestones, before anything moved. */
  #jalons = '';

  constructor(horloge: HorlogeFausse) {
    this.#horloge = horloge;
  }

  async preparer({ terrain, charge }: Chantier): Promise<void> {
    for (const nom of ['_MUET', ''] as const) {
      const prevu = prevoirActe(nom === '' ? 800_001 : 800_000, [
        [nom, nom === '' ? 'acquitte' : 'transmis'],
      ]);
      const id = await charge.insister(prevu);
      if (id === null) throw new TypeError('the first actes are refused');
      charge.noter(prevu, id);
      if (nom === '') this.#calendrier = id;
      else this.#muet = id;
    }
    const { premier } = terrain;
    const etat = async () => (await montrer(premier.client, this.#calendrier)).flux.etat;
    if (!(await jusqua(async () => (await etat()) === 'acquitte', VU_MS)))
      throw new TypeError('the first acte is not acknowledged');
    this.#jalons = await this.#lireJalons(terrain);
  }

  async #lireJalons({ premier }: Chantier['terrain']): Promise<string> {
    const { corps } = await premier.client.lire(`/flux/${this.#calendrier}/calendrier`);
    return JSON.stringify(corps);
  }

  async frapper(c: Chantier, rang: number): Promise<void> {
    const { printemps, automne } = this.#nuits;
    const gestes: readonly [string, () => Promise<void>][] = [
      ['printemps', () => this.#franchir(c, printemps)],
      ['automne', () => this.#franchir(c, automne)],
      ['jours', () => this.#alerter(c)],
      ['fermeture', () => this.#franchir(c, automne - HEURE / 2)],
      ['heures', () => this.#aller(c, this.#horloge.maintenant() + 5 * HEURE)],
    ];
    const [nom, geste] = gestes[rang % gestes.length] ?? [];
    if (nom === undefined || geste === undefined) return;
    c.compter(nom);
    await geste();
    // What it says of its clock, it read it for.
    await diagnostiquer(c.terrain.premier.client);
    if ((await this.#lireJalons(c.terrain)) !== this.#jalons)
      c.fauter(`${nom} : le calendrier légal d’un acte a bougé`);
    await this.#revenir(c, rang);
  }

  async #aller(c: Chantier, instant: number): Promise<void> {
    this.#horloge.regler(instant);
    this.#poses.push(instant);
    await c.terrain.clock.sleep(LECTURE_MS);
  }

  /** Set right again: behind all that it said. What is due later waits for it, and an operator is told. */
  async #revenir(c: Chantier, rang: number): Promise<void> {
    const { premier, clock } = c.terrain;
    await this.#aller(c, Date.now());
    const constat = (await diagnostiquer(premier.client)).find((s) => s.sujet === 'horloge');
    if (constat?.etat !== 'attention' || !constat.detail.startsWith('en retard'))
      c.fauter(`l’horloge a reculé et rien ne le dit : ${JSON.stringify(constat)}`);
    if (rang % 3 === 2) {
      await premier.tuer();
      await premier.demarrer();
    }
    await clock.sleep(SUITE_MS / 2);
  }

  /** Days without a receipt: an alert, at once. */
  async #alerter(c: Chantier): Promise<void> {
    const { premier } = c.terrain;
    await this.#aller(c, Date.now() + SANS_NOUVELLES);
    const { client } = premier;
    const alerte = async () => (await montrer(client, this.#muet)).flux.alerte;
    if (!(await jusqua(async () => (await alerte()) !== null, VU_MS)))
      c.fauter('un acte sans accusé depuis des jours ne donne pas d’alerte');
  }

  /** Both sides of an hour: whatever is open on one side leaves. */
  async #franchir(c: Chantier, instant: number): Promise<void> {
    const { clock, etat } = c.terrain;
    await this.#aller(c, instant - ELAN_MS - LECTURE_MS);
    await clock.sleep(ELAN_MS);
    const avant = etat.ministere.registre.compter('accepte');
    await clock.sleep(SUITE_MS);
    if (fermee(instant + 1)) return;
    if (!(await jusqua(() => etat.ministere.registre.compter('accepte') > avant, VU_MS)))
      c.fauter(`rien ne part après ${aParis(instant).toString()}`);
  }

  /** Time catches up: nothing is due later. */
  async reparer(c: Chantier): Promise<void> {
    await this.#aller(c, Math.max(...this.#poses, this.#nuits.automne) + 3 * HEURE);
  }

  examiner(c: Chantier, { journal, store }: Temoins): string[] {
    const noms = new Map(
      store.flatMap(({ flux }) => (flux.nomEnvoi === null ? [] : [[flux.id, flux.nomEnvoi] as const])),
    );
    const sorties = [...journal.histoires].flatMap(([id, faits]) =>
      faits
        .filter((f) => f.ev === 'MISE_EN_LIGNE' && fermee(f.t) && !this.#aCheval(f))
        .map((f) => `${id} : mis en ligne à ${f.t}, fenêtre fermée`),
    );
    const series = [...noms].flatMap(([id, nom]) => {
      const fait = journal.histoires.get(id)?.find((f) => f.ev === 'IDENTITE');
      if (fait === undefined) return [`${nom} : aucune ligne ne dit quand il a été tiré`];
      const jour = aParis(fait.t).toPlainDate().toString().replaceAll('-', '');
      return nom.includes(`-${jour}-`) || nom.includes(`_${jour.slice(2)}_`) || this.#aCheval(fait)
        ? []
        : [`${nom} : tiré le ${jour}`];
    });
    const jours = new Set([...noms.values()].map((nom) => /[-_]([0-9]{6,8})[-_]/.exec(nom)?.[1]));
    c.compter('jours_vus', jours.size);
    return [...sorties, ...series];
  }

  #aCheval({ t }: Fait): boolean {
    return this.#poses.some((pose) => Math.abs(Date.parse(t) - pose) < A_CHEVAL_MS);
  }
}

function fermee(t: string | number): boolean {
  const heure = aParis(t).toPlainTime().toString({ smallestUnit: 'minute' });
  return heure >= FERMEE.debut && heure < FERMEE.fin;
}

async function menerHorloge(conditions: Conditions): Promise<Bilan> {
  await assurerPaquets(['faketime']);
  const horloge = fausserHorloge(conditions.dossier);
  const sauts = new Sauts(horloge);
  let haut = 0;
  const panne: Panne = {
    nom: 'horloge',
    terrain: {
      env: horloge.env,
      // Ahead of the State, an archive would be of a day to come: it is as late as the daemon ever was.
      heureEtat: () => (haut = Math.max(haut, horloge.maintenant())),
      reglages: { actes: { classification_jours: 0, ministere: { fenetres: [FERMEE] } } },
      passerelles: { fenetres: [FERMEE] },
    },
    charge: { deposants: { actes: 2, pes: 1 }, pause: 150 },
    preparer: (c) => sauts.preparer(c),
    frapper: (c, rang) => sauts.frapper(c, rang),
    reparer: (c) => sauts.reparer(c),
    examiner: (c, temoins) => sauts.examiner(c, temoins),
  };
  return mener(panne, conditions);
}

export const horloge: Campagne = {
  nom: 'horloge',
  panne:
    'L’horloge du démon saute de plusieurs heures et de plusieurs jours, en avant et en arrière, et passe les deux nuits du changement d’heure ; parfois le démon redémarre alors qu’elle est en retard.',
  attendu:
    'Noms et numéros d’envoi restent uniques, sans trou, à la date de Paris ; rien ne part dans une fenêtre fermée, tout part dès qu’elle s’ouvre ; les alertes viennent à l’heure, les calendriers ne bougent pas. Après un recul, les échéances attendent que l’heure soit rattrapée, et « diagnostiquer » le dit.',
  exige: { magasin: 'sqlite', noeuds: 1 },
  mener: menerHorloge,
};
