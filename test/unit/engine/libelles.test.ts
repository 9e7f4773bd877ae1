import { afterEach, describe, expect, test } from 'vitest';
import type { RetourId } from '../../../src/metier/identifiants.ts';
import { accuseDe, type Atelier, creerAtelier, CTX } from '../../parcours/atelier.ts';

let a: Atelier;
afterEach(() => a.fermer());

const courriel = (type: string, corps: string): Buffer =>
  Buffer.from(
    `From: Prefecture <ACTES@prefecture.gouv.fr>\r\nSubject: Courrier\r\nContent-Type: ${type}\r\n\r\n${corps}\r\n`,
  );

describe('what a person asks is answered in the words of people', () => {
  test('VGM-NOY-002 and VGM-GES-003 say states and orders in French', async () => {
    a = await creerAtelier();
    const { id } = await a.depose('DELIB_1');
    await a.calme();
    await expect(a.gestes.abandonner(CTX, id, 'essai')).rejects.toThrow(
      'dans l’état « transmis », où « abandon demandé » n’est pas permis.',
    );
    await a.recevoir(accuseDe('DELIB_1'));
    await a.jusqua(id, 'acquitte');
    await a.calme();
    const [retour] = await a.gestes.retours.lister(CTX, { limite: 1 });
    await expect(a.gestes.retours.classer(CTX, retour?.id as RetourId, 'x')).rejects.toThrow(
      'est « attribué »',
    );
  });

  test('a message hung on a flux changes no state, and stays open to another order', async () => {
    a = await creerAtelier();
    const { id } = await a.depose('DELIB_1');
    await a.jusqua(id, 'transmis');
    const { id: retour } = await a.gestes.retours.deposer(CTX, courriel('text/plain', 'Bonjour'), null);
    await a.calme();
    for (const _ of [1, 2]) await a.gestes.retours.rattacher(CTX, retour, id);
    expect((await a.flux(id)).etat).toBe('transmis');
    const { pieces } = await a.gestes.montrer(CTX, id);
    expect(pieces.filter((p) => p.role === 'retour')).toHaveLength(1);
    await a.gestes.retours.retraiter(CTX, retour);
    await a.calme();
    const classe = await a.gestes.retours.classer(CTX, retour, 'rien à en faire');
    expect(classe).toMatchObject({ etat: 'classe', flux: [] });
  });

  test('a return is shown with its sender, subject and beginning, even when its body is HTML only', async () => {
    a = await creerAtelier();
    const montrer = async (brut: Buffer) => {
      const { id } = await a.gestes.retours.deposer(CTX, brut, null);
      const { brut: flux, ...vu } = await a.gestes.retours.montrer(CTX, id);
      flux.destroy();
      return vu;
    };
    const clair = await montrer(courriel('text/plain', `Bonjour\r\n${'x'.repeat(3000)}`));
    expect(clair).toMatchObject({ expediteur: 'actes@prefecture.gouv.fr', objet: 'Courrier' });
    expect([clair.texte.length, clair.texte.startsWith('Bonjour')]).toEqual([2000, true]);
    const html = await montrer(courriel('text/html', '<style>p{}</style><p>Bonjour&nbsp;<b>madame</b></p>'));
    expect(html.texte).toMatch(/^Bonjour +madame$/);
  });
});
