import { afterEach, expect, test } from 'vitest';
import { composer, dessinerLogo } from '../../src/banc/courrier.ts';
import { rappeler } from '../../src/banc/echanges/messages.ts';
import { accuseDe, type Atelier, creerAtelier, CTX, SIREN } from './atelier.ts';

/** The reminder of the other channel as the platform sends it: HTML and a logo, no file (actes.md D.3). */

let a: Atelier;
afterEach(() => a.fermer());

const idActe = (numero: string): string => `034-${SIREN}-20260302-${numero}-DE`;

function rappel(numero: string): Buffer {
  return composer(rappeler(idActe(numero)), {
    de: 'actes@interieur.invalid',
    a: 'tdt@exemple.fr',
    messageId: `rappel-${numero}@interieur.invalid`,
    quand: 0,
    logo: dessinerLogo(),
  });
}

test('read before the receipt as after it: filed with its acte, and its alert stands', async () => {
  a = await creerAtelier();
  for (const [numero, courriels] of [
    ['D1', [rappel('D1'), accuseDe('D1')]],
    ['D2', [accuseDe('D2'), rappel('D2')]],
  ] as const) {
    const { id } = await a.depose(numero, { metadonnees: { documentPapier: true } });
    await a.jusqua(id, 'transmis');
    for (const courriel of courriels) {
      await a.recevoir(courriel);
      await a.calme();
    }
    const { flux, pieces } = await a.gestes.montrer(CTX, id);
    expect(flux).toMatchObject({ etat: 'acquitte', resume: { complementAttendu: true } });
    expect(flux.alerte).toContain('Complément attendu');
    expect(pieces.filter((p) => p.role === 'retour')).toHaveLength(2);
  }
  expect(await a.gestes.retours.lister(CTX, { etats: ['a_trancher'], limite: 10 })).toEqual([]);
});

test('of an acte that never left from here, it is for a person', async () => {
  a = await creerAtelier();
  await a.recevoir(rappel('INCONNU'));
  await a.calme();
  const [retour] = await a.gestes.retours.lister(CTX, { etats: ['a_trancher'], limite: 10 });
  expect(retour?.motif).toContain('aucun acte de cet identifiant n’est parti d’ici');
});
