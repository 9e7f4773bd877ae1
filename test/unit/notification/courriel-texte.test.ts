import { describe, expect, test } from 'vitest';
import { composerCourriel, messageIdDe } from '../../../src/etapes/courriel-texte.ts';
import { TYPES_EVENEMENT } from '../../../src/metier/notifications.ts';
import { OBJET, fluxDe, livraisonDe } from './decor.ts';

const SAINT_EMILION = { collectivite: 'Commune de Saint-Émilion', jointes: 1 };

describe('text of an e-mail', () => {
  test('the subject names the collectivité, the acte and the event', () => {
    expect(composerCourriel('flux.acquitte', fluxDe(), SAINT_EMILION).objet).toBe(
      '[Commune de Saint-Émilion] Acte 2026_017 : accusé de réception reçu',
    );
  });

  test.each(TYPES_EVENEMENT)('%s: neither the objet of the acte nor the name of a person is told', (type) => {
    const erreur = {
      code: 'VGM-X-001',
      nature: 'definitive',
      message: OBJET,
      cause: OBJET,
      remede: OBJET,
    } as const;
    const flux = fluxDe({ erreur, alerte: OBJET });
    for (const jointes of [0, 1, 2]) {
      const { objet, texte } = composerCourriel(type, flux, { ...SAINT_EMILION, jointes });
      expect(`${objet}\n${texte}`).not.toMatch(/Ferrandou|Révocation/);
      expect(objet).not.toMatch(/[\r\n]/);
      expect(texte).toContain('Référence de suivi : 0190a0a0');
      expect(texte).not.toMatch(/undefined|null|NaN/);
    }
  });

  test('the text promises an attachment only when there is one', () => {
    expect(composerCourriel('flux.acquitte', fluxDe(), SAINT_EMILION).texte).toContain('joint');
    expect(composerCourriel('flux.acquitte', fluxDe(), { ...SAINT_EMILION, jointes: 0 }).texte).not.toContain(
      'joint',
    );
    expect(composerCourriel('flux.anomalie', fluxDe(), { ...SAINT_EMILION, jointes: 2 }).texte).toContain(
      'Ses messages sont joints à ce courriel.',
    );
  });

  test('dates are written in French, in legal time', () => {
    const { texte } = composerCourriel('flux.transmis', fluxDe(), SAINT_EMILION);
    expect(texte).toContain('Déposé le 15 janvier 2026 à 10 h 30');
  });

  test('HELIOS speaks of the DGFiP, and of the identity when there is no number', () => {
    const flux = fluxDe({ protocole: 'HELIOS', resume: {}, identite: 'PES_1' });
    expect(composerCourriel('flux.transmis', flux, SAINT_EMILION).objet).toBe(
      '[Commune de Saint-Émilion] Flux comptable PES_1 : transmis à la DGFiP',
    );
  });

  test('taken in part: numbers, the unanswered by name, and the command that tells all; no word of the State', () => {
    const parts = (sort: string, nombre: number) => ({ [sort]: nombre });
    const resume = {
      acquittement: { unites: [{ erreurs: [{ libelle: OBJET }] }] },
      confrontation: {
        comptes: {
          bordereaux: { ...parts('accepte', 2), ...parts('refuse', 1), ...parts('sans_reponse', 1) },
          pieces: parts('accepte', 3),
        },
        bordereaux: [{ domaine: 'depense', exercice: '2026', numero: '42\r\nBcc: x', sort: 'sans_reponse' }],
        pieces: [],
      },
    };
    const flux = fluxDe({ protocole: 'HELIOS', etat: 'acquitte_partiel', resume });
    const { texte } = composerCourriel('flux.acquitte_partiel', flux, SAINT_EMILION);
    expect(texte).toContain(
      [
        'Accepté : 2 bordereaux, 3 PJ.',
        'Refusé : 1 bordereau.',
        'Sans réponse : bordereau de dépense n° 42 Bcc: x (2026).',
        `Le détail : « vaguemestre corriger ${flux.id} ».`,
      ].join('\n'),
    );
    expect(texte).toContain('De ce qui est sans réponse, ne rien renvoyer');
    expect(texte).not.toContain(OBJET);
    // refused, with a part left out: that part is named too
    const refus = composerCourriel('flux.anomalie', { ...flux, etat: 'anomalie' }, SAINT_EMILION).texte;
    expect(refus).toContain('Sans réponse : bordereau de dépense n° 42');
    expect(composerCourriel('flux.acquitte', flux, SAINT_EMILION).texte).not.toContain('Sans réponse');
  });

  test('a line feed in a name cannot open another header', () => {
    const { objet } = composerCourriel('flux.depose', fluxDe(), {
      collectivite: 'A\r\nBcc: x@y',
      jointes: 0,
    });
    expect(objet).toBe('[A Bcc: x@y] Acte 2026_017 : déposé');
  });

  test.each([
    ['tdt@exemple.fr', 'exemple.fr'],
    ['Télétransmission <tdt@exemple.fr>', 'exemple.fr'],
    ['n’importe quoi', 'localhost.localdomain'],
  ])('Message-ID takes the domain of « %s »', (expediteur, domaine) => {
    const { id } = livraisonDe();
    expect(messageIdDe(id, expediteur)).toBe(`<${id}@${domaine}>`);
  });
});
