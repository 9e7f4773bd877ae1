import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyserRetour } from '../../src/etapes/accuse.ts';
import type { IssueRetour } from '../../src/etapes/accuse-issue.ts';
import { ETATS, type Etat } from '../../src/metier/etats.ts';
import type { Flux, ObjetJson } from '../../src/metier/flux.ts';
import type { FluxId, Instant, RetourId, Sha256 } from '../../src/metier/identifiants.ts';
import { actes } from '../../src/protocoles/actes/index.ts';
import { OPERATEUR } from '../../src/ports/store.ts';
import { type Atelier, accuseDe, anomalieDe, creerAtelier, SIREN } from './atelier.ts';
import {
  accuseAnnulationDe,
  accuseReponseDe,
  classificationDe,
  courrierDe,
  rappelDe,
} from './messages-echanges.ts';

/** Every pair (state of the flux aimed at, message of the State): what moves, what is filed, what is for a person. */

type Sort = 'effet' | 'courrier' | 'annexe' | 'double' | 'personne';

let a: Atelier;
beforeAll(async () => {
  a = await creerAtelier();
  await a.arreter();
});
afterAll(() => a.fermer());

const QUAND = Date.UTC(2026, 2, 10, 9) as Instant;
let rang = 0;
const nouvelId = (): string => `019cd6f9-0000-7000-8000-${(rang += 1).toString(16).padStart(12, '0')}`;

interface Pose {
  readonly identite: string;
  readonly resume: ObjetJson;
  readonly etat: Etat;
  readonly cite?: FluxId;
}

/** A flux in a state, as if it had gone there. */
async function poser({ identite, resume, etat, cite }: Pose): Promise<Flux> {
  const id = nouvelId() as FluxId;
  const { ecriture, flux } = a.store;
  const partis: readonly Etat[] = ['depose', 'refuse', 'controle', 'a_signer', 'signe', 'abandonne', 'recu'];
  const mis = partis.includes(etat) ? {} : { misEnLigne: new Date(QUAND).toISOString() };
  const nouveau = {
    id,
    protocole: 'ACTES' as const,
    collectivite: SIREN,
    etat: etat === 'recu' ? ('recu' as const) : ('depose' as const),
    identite,
    contenu: null,
    resume: { ...resume, ...mis },
    cite: cite ?? null,
    pieces: [],
    cleIdempotence: null,
    empreinteDemande: id.padEnd(64, '0') as Sha256,
    due: QUAND,
  };
  await ecriture.creerFlux(nouveau, { quand: QUAND, journal: [] });
  const vide = { tentatives: 0, alerte: null, erreur: null, due: null };
  if (etat !== 'recu')
    await ecriture.ecrire({ quand: QUAND, flux: [{ id, ver: 1, etat, ...vide }], journal: [] });
  return (await flux.trouver(OPERATEUR, id)) as Flux;
}

async function analyser(courriel: Buffer): Promise<IssueRetour> {
  const depot = await a.coffre.ajouter(courriel);
  const retour = {
    ...depot,
    id: nouvelId() as RetourId,
    source: 'smtp',
    nom: null,
    recu: QUAND,
    etat: 'recu' as const,
    due: null,
    tentatives: 0,
    motif: null,
    flux: [],
    ver: 1,
  };
  return analyserRetour(retour, {
    flux: a.store.flux,
    coffre: a.coffre,
    annuaire: a.outils.annuaire,
    collectivites: a.store.collectivites,
    actes: actes.accuse,
    expediteurs: [],
    trigramme: 'VGM',
  });
}

function sortDe(issue: IssueRetour): Sort {
  if (issue.attributions.length > 0) return 'effet';
  if (issue.receptions.length > 0) return 'courrier';
  if (issue.annexions.length > 0) return 'annexe';
  return issue.sansEffet.length > 0 ? 'double' : 'personne';
}

/** Each case has an acte of its own. */
const numero = (): string => `N${(rang += 1)}`;
const idActe = (n: string): string => `034-${SIREN}-20260302-${n}-DE`;
const sujet = (n: string): ObjetJson => ({ idActe: idActe(n), abrege: 'DE', numero: n, objet: '' });
const acte = (n: string, etat: Etat): Promise<Flux> => poser({ identite: idActe(n), resume: sujet(n), etat });

/** What waits for an answer: an acte, a reply, a cancellation. */
const SUR_LA_LIGNE: readonly Etat[] = ['pret', 'en_ligne', 'transmis', 'incertain', 'echec'];
/** States that an acte cannot have left from: nobody at the State's knows it. */
const JAMAIS_PARTI: readonly Etat[] = [
  'depose',
  'refuse',
  'controle',
  'a_signer',
  'signe',
  'abandonne',
  'recu',
];

const accuse = (etat: Etat): Sort => {
  if (SUR_LA_LIGNE.includes(etat)) return 'effet';
  return etat === 'acquitte' ? 'double' : 'personne';
};
const refus = (etat: Etat): Sort => {
  if (SUR_LA_LIGNE.includes(etat)) return 'effet';
  return etat === 'anomalie' ? 'double' : 'personne';
};
const lettre = (etat: Etat): Sort => (JAMAIS_PARTI.includes(etat) ? 'personne' : 'courrier');
const rappel = (etat: Etat): Sort => (JAMAIS_PARTI.includes(etat) ? 'personne' : 'annexe');

interface Cas {
  readonly message: string;
  readonly attendu: (etat: Etat) => Sort;
  readonly poser: (n: string, etat: Etat) => Promise<unknown>;
  readonly courriel: (n: string) => Buffer;
}

async function reponse(
  n: string,
  etat: Etat,
  [code, envoi]: readonly ['3-1' | '4-1', string],
): Promise<Flux> {
  const { id } = await acte(n, 'acquitte');
  const resume = { ...sujet(n), message: code, dateCourrier: '2026-03-12' };
  const recu = await poser({ identite: `${idActe(n)}/${code}/x`, resume, etat: 'recu', cite: id });
  const sien = { ...sujet(n), message: envoi, dateCourrier: '2026-03-12' };
  return poser({ identite: `${idActe(n)}/${code}/x/reponse`, resume: sien, etat, cite: recu.id });
}

const CAS: readonly Cas[] = [
  { message: '1-2', attendu: accuse, poser: acte, courriel: (n) => accuseDe(n) },
  { message: '1-3', attendu: refus, poser: acte, courriel: (n) => anomalieDe(n) },
  ...(['2-1', '3-1', '4-1', '5-1'] as const).map((code) => ({
    message: code,
    attendu: lettre,
    poser: acte,
    courriel: (n: string) => courrierDe(code, n),
  })),
  {
    message: '3-5',
    attendu: accuse,
    poser: (n, etat) => reponse(n, etat, ['3-1', '3-4']),
    courriel: (n) => accuseReponseDe('3-5', n),
  },
  {
    message: '4-5',
    attendu: accuse,
    poser: (n, etat) => reponse(n, etat, ['4-1', '4-3']),
    courriel: (n) => accuseReponseDe('4-5', n),
  },
  {
    message: '6-2',
    attendu: accuse,
    poser: async (n, etat) => {
      const { id } = await acte(n, 'acquitte');
      return poser({ identite: `${idActe(n)}/6-1`, resume: { ...sujet(n), message: '6-1' }, etat, cite: id });
    },
    courriel: (n) => accuseAnnulationDe(n),
  },
  { message: 'reminder of the other channel', attendu: rappel, poser: acte, courriel: (n) => rappelDe(n) },
];

describe.each(CAS)('$message', ({ attendu, poser: mettre, courriel }) => {
  test.each([...ETATS])('on a flux %s', async (etat) => {
    const n = numero();
    await mettre(n, etat);
    expect(sortDe(await analyser(courriel(n)))).toBe(attendu(etat));
  });
});

describe.each(['7-2', '7-3'] as const)('%s', (code) => {
  test.each([...ETATS])('on a request %s', async (etat) => {
    rang += 1;
    const identite = `${SIREN}/7-1/2026-03-10`;
    const pose = await poser({ identite, resume: { message: '7-1' }, etat });
    const issue = await analyser(
      classificationDe('2026-03-01', { inchangee: code === '7-3', sel: `${rang}` }),
    );
    expect(sortDe(issue)).toBe(accuse(etat));
    expect(issue.classifications).toHaveLength(code === '7-2' && accuse(etat) === 'effet' ? 1 : 0);
    // the day is free again for the next case
    await a.store.ecriture.ecrire({
      quand: QUAND,
      flux: [
        {
          id: pose.id,
          ver: pose.ver,
          etat: 'abandonne',
          due: null,
          tentatives: 0,
          alerte: null,
          erreur: null,
        },
      ],
      journal: [],
    });
  });
});
