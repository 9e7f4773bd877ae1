import { describe, expect, test } from 'vitest';
import { composerCourriel } from '../../../src/etapes/courriel-texte.ts';
import type { Flux } from '../../../src/metier/flux.ts';
import { TYPES_EVENEMENT } from '../../../src/metier/notifications.ts';
import { ENVOIS } from '../../../src/protocoles/actes/echanges/codes.ts';
import { fluxDe, OBJET } from './decor.ts';

/** What the e-mails say of the exchanges with the préfecture. */

const ID_ACTE = '034-213400016-20260302-D1-DE';
const VILLE = { collectivite: 'Valmoncel', jointes: 1 };

const resume = (message: string, plus: object = {}) => ({
  message,
  idActe: message === '7-1' ? '' : ID_ACTE,
  abrege: 'DE',
  numero: message === '7-1' ? '' : 'D1',
  objet: OBJET,
  dateCourrier: '2026-03-12',
  ...plus,
});

const lettre = (code: string, plus: object = {}): Flux =>
  fluxDe({
    etat: 'recu',
    identite: `${ID_ACTE}/${code}/0123456789abcdef`,
    resume: resume(code, { expose: OBJET, ...plus }),
  });
const envoi = (code: string, plus: object = {}): Flux =>
  fluxDe({ identite: `${ID_ACTE}/envoi`, resume: resume(code, plus) });

describe('a letter of the préfecture', () => {
  test('which letter, about which acte, of which date, and that an answer is possible', () => {
    const { objet, texte } = composerCourriel('flux.recu', lettre('3-1'), VILLE);
    expect(objet).toBe('[Valmoncel] Acte D1 : demande de pièces complémentaires de la préfecture');
    expect(texte).toContain(
      [
        'La préfecture a adressé, au sujet de cet acte, une demande de pièces complémentaires datée du 12/03/2026.',
        'Le courrier est à lire dans le service de télétransmission. Y répondre dans le service de télétransmission : envoyer les pièces demandées, ou refuser de les envoyer.',
        '',
        `Identifiant de l’acte : ${ID_ACTE}`,
      ].join('\n'),
    );
    expect(texte).toContain('Reçu le 15 janvier 2026 à 10 h 30');
    expect(texte).not.toMatch(/Déposé|Soldé/);
  });

  test.each([
    [
      '2-1',
      'courrier simple de la préfecture',
      'un courrier simple daté du 12/03/2026.',
      'elle n’est pas obligatoire',
    ],
    [
      '4-1',
      'lettre d’observations de la préfecture',
      'une lettre d’observations datée du 12/03/2026.',
      'ou les rejeter',
    ],
    [
      '5-1',
      'déféré au tribunal administratif',
      'cet acte est déféré au tribunal administratif ; le recours a été déposé le 12/03/2026.',
      'ne prévoit pas d’y répondre',
    ],
    // oxlint-disable-next-line max-params -- one row of the table
  ])('%s', (code, objet, fait, suite) => {
    const vu = composerCourriel('flux.recu', lettre(code), VILLE);
    expect(vu.objet).toBe(`[Valmoncel] Acte D1 : ${objet}`);
    expect(vu.texte).toContain(fait);
    expect(vu.texte).toContain(suite);
  });

  test('without a date it says none', () => {
    const { texte } = composerCourriel('flux.recu', lettre('2-1', { dateCourrier: null }), VILLE);
    expect(texte).toContain('au sujet de cet acte, un courrier simple.');
  });
});

describe('what is sent about an acte', () => {
  const dits = (type: 'flux.transmis' | 'flux.acquitte', code: string, plus: object = {}) =>
    composerCourriel(type, envoi(code, plus), VILLE);

  test('an answer: sent, then received', () => {
    const { objet, texte } = dits('flux.transmis', '3-4');
    expect(objet).toBe('[Valmoncel] Acte D1, envoi 3-4 (pièces complémentaires) : transmis à la préfecture');
    expect(texte).toContain(
      'La réponse à la demande de pièces complémentaires du 12/03/2026 a été remise à la préfecture. L’accusé de réception est attendu.',
    );
    const recu = dits('flux.acquitte', '4-3', { dateReception: '2026-03-20' });
    expect(recu.objet).toBe(
      '[Valmoncel] Acte D1, envoi 4-3 (rejet d’une lettre d’observations) : accusé de réception reçu',
    );
    expect(recu.texte).toContain(
      'La préfecture a accusé réception de la réponse à la lettre d’observations du 12/03/2026, reçue le 20/03/2026.\nIl est joint à ce courriel',
    );
  });

  test.each(['2-2', '3-2', '4-2'])('%s: no receipt is awaited, for the norm has none', (code) => {
    const { texte } = dits('flux.transmis', code);
    expect(texte).toContain(
      'La norme d’échange ne prévoit pas d’accusé de réception pour cet envoi : il est achevé.',
    );
    expect(texte).not.toContain('attendu');
    const doute = composerCourriel('flux.incertain', envoi(code), VILLE).texte;
    expect(doute).toContain('pour cet envoi : demander à la préfecture s’il a été reçu');
  });

  test('a receipt agrees as a receipt does', () => {
    expect(dits('flux.transmis', '3-2').texte).toContain(
      'L’accusé de réception de la demande de pièces complémentaires du 12/03/2026 a été remis à la préfecture.',
    );
  });

  test('a cancellation, a request of classification', () => {
    expect(dits('flux.transmis', '6-1', { dateCourrier: null }).texte).toContain(
      'La demande d’annulation de la transmission de cet acte a été remise à la préfecture. L’acte ne sera annulé qu’à l’arrivée',
    );
    expect(dits('flux.acquitte', '6-1', { dateCourrier: null, dateReception: '2026-03-21' }).texte).toContain(
      'transmission de cet acte, reçue le 21/03/2026. La transmission est annulée.',
    );
    const demande = dits('flux.acquitte', '7-1', { classificationEnCours: '2026-03-01' });
    expect(demande.objet).toBe(
      '[Valmoncel] Envoi 7-1 (demande de classification) : réponse de la préfecture reçue',
    );
    expect(demande.texte).toContain('la classification en vigueur est celle du 01/03/2026.');
    expect(demande.texte).toContain(`Identifiant : ${ID_ACTE}/envoi`);
    expect(dits('flux.transmis', '7-1').texte).toContain('La demande de classification a été remise');
  });

  test.each(TYPES_EVENEMENT)(
    '%s: neither the objet nor what the letter says is told, whatever the message',
    (type) => {
      const flux = [
        ...Object.keys(ENVOIS).map((c) => envoi(c)),
        ...['2-1', '3-1', '4-1', '5-1'].map((c) => lettre(c)),
      ];
      for (const f of flux)
        for (const jointes of [0, 2]) {
          const { objet, texte } = composerCourriel(type, f, { ...VILLE, jointes });
          expect(`${objet}\n${texte}`).not.toMatch(/Ferrandou|Révocation|undefined|null|NaN/);
        }
    },
  );
});
