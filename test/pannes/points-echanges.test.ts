import { test } from 'vitest';
import { creerPdf } from '../../src/banc/pdf.ts';
import type { FluxId } from '../../src/metier/identifiants.ts';
import { accuseDe, type Atelier, CTX, SIREN } from '../parcours/atelier.ts';
import {
  accuseAnnulationDe,
  accuseReponseDe,
  classificationDe,
  courrierDe,
} from '../parcours/messages-echanges.ts';
import { coupee } from './etat-fictif.ts';
import { eprouver, type Histoire, mener } from './histoires.ts';
import type { Monde } from './monde.ts';

/** Transactions 2 to 7: what the préfecture starts, what it is answered, what leaves by itself. */

const NUMERO = 'DELIB_1';
const NOUVELLE = '2026-03-01';
const PDF = creerPdf(['Réponse']);

async function acquitte(m: Monde): Promise<FluxId> {
  const id = await m.deposer(NUMERO);
  await mener(m, id);
  await m.recevoir(accuseDe(NUMERO));
  await m.calme();
  return id;
}

/** An acte, a request for pieces about it, its receipt gone. */
async function demande(m: Monde): Promise<FluxId> {
  const id = await acquitte(m);
  await m.recevoir(courrierDe('3-1', NUMERO));
  await mener(m, (await m.message('3-2')).id);
  return id;
}

async function repondre(a: Atelier, courrier: FluxId): Promise<void> {
  const fichiers = [await a.gestes.recevoirFichier(PDF, 'document', 'piece.pdf')];
  const typologies = ['99_DE'];
  await a.gestes.repondre(CTX, { courrier, refus: false, typologies, fichiers, cleIdempotence: 'reponse' });
}

/** Asks for the classification in force, and is given another. */
async function actualiser(m: Monde): Promise<FluxId> {
  const { id } = await m.message('7-1', (a) =>
    a.gestes.demanderClassification(CTX, { siren: SIREN, complete: false }),
  );
  await mener(m, id);
  await m.recevoir(classificationDe(NOUVELLE));
  await m.calme();
  return id;
}

const HISTOIRES: readonly Histoire[] = [
  {
    nom: 'a 3-1 arrives and its 3-2 leaves',
    avant: acquitte,
    jouer: async (m) => {
      await m.recevoir(courrierDe('3-1', NUMERO));
      const { id } = await m.message('3-2');
      await mener(m, id);
      return id;
    },
    fin: 'transmis',
  },
  {
    nom: 'a 3-2 cut after it was taken: no receipt will tell, the State is asked',
    avant: acquitte,
    jouer: async (m) => {
      m.etat.programme.push(coupee(true));
      await m.recevoir(courrierDe('3-1', NUMERO));
      const { id } = await m.message('3-2');
      await mener(m, id);
      return id;
    },
    fin: 'transmis',
  },
  {
    nom: 'the same 3-1 in two mails, then a 4-1',
    avant: acquitte,
    jouer: async (m) => {
      await m.recevoir(courrierDe('3-1', NUMERO));
      const copie = courrierDe('3-1', NUMERO).toString('latin1').replace('Subject: ACTES', 'Subject: copie');
      await m.recevoir(Buffer.from(copie, 'latin1'));
      await m.recevoir(courrierDe('4-1', NUMERO));
      for (const code of ['3-2', '4-2']) await mener(m, (await m.message(code)).id);
      return (await m.message('4-2')).id;
    },
    fin: 'transmis',
  },
  {
    nom: 'an answer, closed by its 3-5',
    avant: demande,
    jouer: async (m) => {
      const courrier = await m.message('3-1');
      const { id } = await m.message('3-4', (a) => repondre(a, courrier.id));
      await mener(m, id);
      await m.recevoir(accuseReponseDe('3-5', NUMERO));
      await m.calme();
      return id;
    },
    fin: 'acquitte',
  },
  {
    nom: 'a cancellation',
    avant: acquitte,
    jouer: async (m, acte) => {
      const { id } = await m.message('6-1', (a) => a.gestes.annuler(CTX, acte));
      await mener(m, id);
      await m.recevoir(accuseAnnulationDe(NUMERO));
      await m.calme();
      return acte;
    },
    fin: 'annule',
    fautes: async (m) => {
      const { etat } = await m.message('6-1');
      return etat === 'acquitte' ? [] : [`the 6-1 is ${etat}`];
    },
  },
  {
    nom: 'a 7-2 replaces the classification',
    jouer: actualiser,
    fin: 'acquitte',
    fautes: async (m) => {
      const detenue = (await m.sol.store.collectivites.trouver(SIREN))?.actes?.classification;
      return detenue?.date === NOUVELLE ? [] : [`the classification held is that of ${detenue?.date}`];
    },
  },
];

test.each(HISTOIRES)('dying before or after any durable effect: $nom', eprouver, 120_000);
