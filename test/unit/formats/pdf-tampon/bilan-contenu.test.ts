import { describe, expect, test } from 'vitest';
import { type BilanContenu, LecteurContenu } from '../../../../src/formats/pdf/bilan-contenu.ts';

/** @returns null when nothing sure can be said. */
function bilan(...flux: readonly string[]): BilanContenu | null {
  const lecteur = new LecteurContenu();
  return flux.every((f) => lecteur.lire(Buffer.from(f, 'latin1'))) ? lecteur.bilan() : null;
}

const FERME: BilanContenu = { manquants: 0, ouverts: 0, texte: false, marques: 0 };

describe('what a content leaves open', () => {
  test.each<[readonly string[], Partial<BilanContenu>]>([
    [[''], {}],
    [['q Q q q Q Q'], {}],
    [['q q Q'], { ouverts: 1 }],
    [['Q'], { manquants: 1 }],
    // the state that is open at the end is the one that the missing one would have closed
    [['Q Q q'], { manquants: 2, ouverts: 1 }],
    [['q', 'Q', 'Q', 'q q'], { manquants: 1, ouverts: 2 }],
    [['q/Nom gs[0]0 d Q'], {}],
    [['(q)q<71>q<</q 1>>q'], { ouverts: 3 }],
    [['(\\)q) (a(q)b) % q\rq'], { ouverts: 1 }],
    [['qq Qq q1'], {}],
    [['BT (a) Tj'], { texte: true }],
    [['BT ET BT ET'], {}],
    [['/A BMC /B <</MCID 1>> BDC EMC'], { marques: 1 }],
    [['EMC EMC /A BMC'], { marques: 1 }],
    [['BI /W 4 /H 1 ID q q \nEI q'], { ouverts: 1 }],
    // EI among the pixels is none
    [['BI ID \x01 EI \x02\x80\xff Q Q EI Q q'], { manquants: 1, ouverts: 1 }],
  ])('%j', (flux, attendu) => {
    expect(bilan(...flux)).toEqual({ ...FERME, ...attendu });
  });

  test.each(['(q', '(q\\', '<71', 'BI ID abc', 'BI ID abc EI\x01'])('%j has no end: nothing sure', (flux) => {
    expect(bilan('q Q', flux)).toBeNull();
  });
});
