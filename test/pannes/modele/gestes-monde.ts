import type { Accident } from '../../../src/adapters/passerelle/fake.ts';
import { accuseDe, anoDe, anomalieDe, siretDe } from '../../parcours/atelier.ts';
import { accuseAnnulationDe, courrierDe } from '../../parcours/messages-echanges.ts';
import { acquit, bordereau, erreur } from '../../unit/helios/retours.ts';
import { type Coup, coupee, nonParti, prise, refus } from '../etat-fictif.ts';
import type { Scene } from './scene.ts';
import { choisi, depose, noeud, nomDe, servi, type Sorte } from './sorte.ts';

/** What depositors, the State and the receivers do. */

const COUPS: readonly (readonly [string, Coup])[] = [
  ['takes the archive and its answer is lost', coupee(true)],
  ['cuts the line before it has the archive', coupee(false)],
  ['refuses it for good (413)', refus(413)],
  ['is too busy (503)', refus(503)],
  ['is out of reach', nonParti],
  ['breaks down once it has the archive (500)', prise(500)],
  ['breaks down before it has the archive (500)', refus(500)],
];
const ACCIDENTS: readonly Accident[] = ['sans_reponse', 'coupe', 'injoignable', 'plein', 'sans_nom', 'ferme'];
const RECEVEUR = [204, 500, 410];
const COURRIERS = ['3-1', '4-1', '2-1'] as const;

/** Name that the gateway gives to an answer made now: year to second, Paris time, and a number of its own. */
function nomAck({ flotte, carnet }: Scene): string {
  const quand = Temporal.Instant.fromEpochMilliseconds(flotte.sol.clock.now())
    .toZonedDateTimeISO('Europe/Paris')
    .toPlainDateTime()
    .add({ seconds: 1 });
  const jour = quand.toString({ smallestUnit: 'second' }).replace(/[^0-9]/g, '');
  const rang = `A${String(carnet.remis.length).padStart(7, '0')}`;
  return `034079_${jour.slice(2)}-ACK-${rang}_${rang}_OK.xml`;
}

/** What the State says of a subject: yes or no. */
function message(s: Scene, { n, sens, copie }: { n: number; sens: 'oui' | 'non'; copie: number }) {
  const { nom: nomFic, protocole, siren } = s.sujet(n);
  if (protocole === 'ACTES') {
    const octets = sens === 'oui' ? accuseDe(nomFic, `ar${copie}`) : anomalieDe(nomFic, `ano${copie}`);
    return { sujet: n, sens, octets, nom: null };
  }
  const entetes = { NomFic: nomFic, IdColl: siretDe(siren) };
  const elements =
    sens === 'oui' ? bordereau('1') : bordereau('1', '0', erreur('ERREUR_AUTRE', '2559 - Code'));
  const deja = s.carnet.remis.findLast((r) => r.sujet === n && r.sens === sens)?.nom;
  const nom = copie === 1 ? (deja ?? nomAck(s)) : nomAck(s);
  return { sujet: n, sens, octets: acquit({ entetes, elements }), nom };
}

export const GESTES_DU_MONDE = {
  depot: {
    bornes: [4, 2, 2],
    poids: 14,
    dire: ([n = 0, cle = 0, ou = 0]) => `${nomDe(n)} is deposited under its key ${cle}, at engine ${ou}`,
    possible: servi,
    faire: (s, [n = 0, k = 0, ou = 0]) => {
      const depot = { sujet: n, cle: `${s.sujet(n).nom}-${k}`, autre: false, reponse: undefined };
      s.carnet.depots.push(depot);
      return s.deposer(depot, noeud(ou));
    },
  },
  redepot: {
    bornes: [4, 3, 2],
    poids: 2,
    dire: ([n = 0, cle = 0, ou = 0]) =>
      `other content is deposited as ${nomDe(n)} under key ${cle}, at engine ${ou}`,
    possible: depose,
    faire: (s, [n = 0, k = 0, ou = 0]) => {
      const depot = { sujet: n, cle: `${s.sujet(n).nom}-${k}`, autre: true, reponse: undefined };
      s.carnet.depots.push(depot);
      return s.deposer(depot, noeud(ou));
    },
  },
  reponse: {
    bornes: [4, 2, 3],
    poids: 9,
    dire: ([n = 0, sens = 0, copie = 0]) =>
      `the State says ${sens === 0 ? 'yes' : 'no'} of ${nomDe(n)} (message ${copie})`,
    possible: depose,
    faire: (s, [n = 0, sens = 0, copie = 0]) =>
      s.remettre(message(s, { n, sens: sens === 0 ? 'oui' : 'non', copie }), 0),
  },
  etranger: {
    bornes: [2],
    poids: 1,
    dire: ([faux = 0]) =>
      faux === 0 ? 'a receipt comes for another acte' : 'a mail comes that nobody can read',
    possible: servi,
    faire: (s, [faux = 0]) => {
      const octets = faux === 0 ? accuseDe('Z9') : accuseDe('A1', 'faux').subarray(0, 900);
      return s.remettre({ sujet: -1, sens: 'autre', octets, nom: null }, 0);
    },
  },
  enveloppeRefusee: {
    bornes: [2],
    poids: 1,
    dire: ([n = 0]) => `the State refuses the envelope of ${nomDe(n)}`,
    possible: depose,
    faire: async (s, [n = 0]) => {
      const [flux] = await s.fluxDe(n);
      if (flux?.nomEnvoi === null || flux === undefined) return;
      await s.remettre({ sujet: n, sens: 'non', octets: anoDe(flux.nomEnvoi), nom: null }, 0);
    },
  },
  lettre: {
    bornes: [2, 3, 2],
    poids: 2,
    dire: ([n = 0, code = 0, copie = 0]) =>
      `the préfecture writes about ${nomDe(n)} (${choisi(COURRIERS, code)}, mail ${copie})`,
    possible: depose,
    faire: (s, [n = 0, code = 0, copie = 0]) => {
      const lettre = courrierDe(choisi(COURRIERS, code), s.sujet(n).nom).toString('latin1');
      const octets = Buffer.from(lettre.replace('Subject: ACTES', `Subject: ACTES ${copie}`), 'latin1');
      return s.remettre({ sujet: n, sens: 'autre', octets, nom: null }, 0);
    },
  },
  annulationRecue: {
    bornes: [2],
    poids: 1,
    dire: ([n = 0]) => `the State says that ${nomDe(n)} is cancelled`,
    possible: depose,
    faire: (s, [n = 0]) =>
      s.remettre({ sujet: n, sens: 'autre', octets: accuseAnnulationDe(s.sujet(n).nom), nom: null }, 0),
  },
  relever: {
    bornes: [2],
    poids: 1,
    dire: ([ou = 0]) => `engine ${ou} fetches what waits at the gateway`,
    possible: servi,
    faire: (s, [ou = 0]) =>
      s.demander(
        noeud(ou),
        (a) => a.relever(),
        () => undefined,
      ),
  },
  porte: {
    bornes: [COUPS.length],
    poids: 3,
    dire: ([coup = 0]) => `at the next archive the door of the ministry ${choisi(COUPS, coup)[0]}`,
    faire: async (s, [coup = 0]) => {
      s.carnet.causes.add('porte');
      s.flotte.etat.programme.push(choisi(COUPS, coup)[1]);
    },
  },
  passerelle: {
    bornes: [ACCIDENTS.length],
    poids: 2,
    dire: ([accident = 0]) => `at the next PES the gateway has an accident (${choisi(ACCIDENTS, accident)})`,
    faire: async (s, [accident = 0]) => {
      s.carnet.causes.add('passerelle');
      s.flotte.sol.passerelle.programmer(choisi(ACCIDENTS, accident));
    },
  },
  receveur: {
    bornes: [RECEVEUR.length],
    poids: 2,
    dire: ([n = 0]) => `the receiver of notifications answers ${choisi(RECEVEUR, n)} from now on`,
    faire: async (s, [n = 0]) => {
      const statut = choisi(RECEVEUR, n);
      if (statut !== 204) s.carnet.causes.add('receveur');
      if (statut === 410) s.carnet.point410 = true;
      s.flotte.sol.webhook.regler({ statut });
    },
  },
} satisfies Readonly<Record<string, Sorte>>;
