import { expect, test } from 'vitest';
import { creerFakeAntivirus } from '../../src/adapters/antivirus/fake.ts';
import { erreurControle } from '../../src/metier/catalogue/controle.ts';
import type { FluxId } from '../../src/metier/identifiants.ts';
import type { Antivirus } from '../../src/ports/antivirus.ts';
import { accuseDe, anoDe, anomalieDe, CTX } from '../parcours/atelier.ts';
import { coupee, nonParti, prise, refus } from './etat-fictif.ts';
import { eprouver, type Histoire, mener } from './histoires.ts';
import type { Monde } from './monde.ts';

const NUMERO = 'DELIB_1';

async function jusquAuRetour(m: Monde, ...courriels: readonly Buffer[]): Promise<FluxId> {
  const id = await m.deposer(NUMERO);
  await mener(m, id);
  for (const courriel of courriels) await m.recevoir(courriel);
  await m.calme();
  return id;
}

/** Out of reach at the first question, then healthy. */
function antivirusQuiRevient(): Antivirus {
  const bon = creerFakeAntivirus();
  let premiere = true;
  return {
    analyser: async (contenu) => {
      if (!premiere) return bon.analyser(contenu);
      premiere = false;
      contenu.destroy();
      throw erreurControle('VGM-CTL-001', { adresse: 'factice', detail: 'coupé par l’essai' });
    },
  };
}

async function renvoyer(m: Monde, id: FluxId): Promise<void> {
  await m.ordonner(id, 'RENVOI_DEMANDE', (a) => a.gestes.renvoyer(CTX, id));
  await mener(m, id);
}

const HISTOIRES: readonly Histoire[] = [
  { nom: 'deposit → acknowledged', jouer: (m) => jusquAuRetour(m, accuseDe(NUMERO)), fin: 'acquitte' },
  { nom: 'refused by a 1-3', jouer: (m) => jusquAuRetour(m, anomalieDe(NUMERO)), fin: 'anomalie' },
  {
    nom: 'the whole envelope refused (ANO)',
    jouer: async (m) => {
      const id = await m.deposer(NUMERO);
      await mener(m, id);
      const nom = (await m.flux()).find((f) => f.id === id)?.nomEnvoi ?? '';
      await m.recevoir(anoDe(nom));
      await m.calme();
      return id;
    },
    fin: 'anomalie',
  },
  {
    nom: 'connection cut after the archive was taken → uncertain → receipt',
    coups: [coupee(true)],
    jouer: (m) => jusquAuRetour(m, accuseDe(NUMERO)),
    fin: 'acquitte',
  },
  {
    nom: 'uncertain → a person says not received → sent again',
    coups: [coupee(false)],
    jouer: (m) => jusquAuRetour(m, accuseDe(NUMERO)),
    fin: 'acquitte',
  },
  {
    nom: 'the door out of reach, then closed, then open',
    coups: [nonParti, refus(503), prise(200)],
    jouer: (m) => jusquAuRetour(m, accuseDe(NUMERO)),
    fin: 'acquitte',
  },
  {
    nom: 'the same receipt in two mails, one of them given twice',
    jouer: (m) => jusquAuRetour(m, accuseDe(NUMERO), accuseDe(NUMERO, 'bis'), accuseDe(NUMERO)),
    fin: 'acquitte',
  },
  {
    nom: 'a notification whose receiver is down, then back',
    jouer: async (m) => {
      m.sol.webhook.regler({ statut: 500 });
      const id = await jusquAuRetour(m, accuseDe(NUMERO));
      m.sol.webhook.regler({ statut: 204 });
      return id;
    },
    fin: 'acquitte',
  },
  {
    nom: 'the antivirus away, then back',
    antivirus: antivirusQuiRevient,
    jouer: (m) => jusquAuRetour(m, accuseDe(NUMERO)),
    fin: 'acquitte',
  },
  {
    nom: 'a document found infected',
    antivirus: () => creerFakeAntivirus('%PDF'),
    jouer: async (m) => {
      const id = await m.deposer(NUMERO);
      await m.calme();
      return id;
    },
    fin: 'refuse',
  },
  {
    nom: 'refused by the door, then sent again by a person',
    coups: [refus(413)],
    jouer: async (m) => {
      const id = await m.deposer(NUMERO);
      await mener(m, id);
      if ((await m.etatDe(id)) === 'echec') await renvoyer(m, id);
      await m.recevoir(accuseDe(NUMERO));
      await m.calme();
      return id;
    },
    fin: 'acquitte',
  },
  {
    nom: 'transmitted, no receipt, sent again by a person',
    jouer: async (m) => {
      const id = await m.deposer(NUMERO);
      await mener(m, id);
      if ((await m.etatDe(id)) === 'transmis') {
        await renvoyer(m, id);
      }
      await m.recevoir(accuseDe(NUMERO));
      await m.calme();
      return id;
    },
    fin: 'acquitte',
  },
  {
    nom: 'a refusal, the acte deposited again, the first refusal once more, then the receipt',
    jouer: async (m) => {
      await jusquAuRetour(m, anomalieDe(NUMERO));
      const id = await m.essayer((a) => a.depose(NUMERO, { cle: 'encore' }));
      const second = id?.id ?? (await m.essayer((a) => a.depose(NUMERO, { cle: 'encore' })))?.id;
      if (second === undefined) expect.fail('the second deposit was never answered');
      await mener(m, second);
      await m.recevoir(anomalieDe(NUMERO, 'copie'));
      await m.recevoir(accuseDe(NUMERO));
      await m.calme();
      return second;
    },
    fin: 'acquitte',
  },
];

test.each(HISTOIRES)('dying before or after any durable effect: $nom', eprouver, 120_000);
