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
    [['% q q\nq % Q'], { ouverts: 1 }],
    [['%q%\rq\n%'], { ouverts: 1 }],
    [['/q /Q /BT /BMC /ID q'], { ouverts: 1 }],
    [['/q/q/ q'], { ouverts: 1 }],
    [['-q .q 1q +Q 0Q q'], { ouverts: 1 }],
    [['BMCx BTx EMCEMC qQ aq q'], { ouverts: 1 }],
    [['q\nq\tq\fq\0q[q]q{q}q'], { ouverts: 9 }],
    [['<71 72\n>q<>q< 7>q'], { ouverts: 3 }],
    [['((q)(q)) q (\\() q'], { ouverts: 2 }],
    [['((q)(q)) q (\\\\) q'], { ouverts: 2 }],
    [['<<>>q<</a<<>>>>q'], { ouverts: 2 }],
    [['BT q ET Q BT'], { texte: true }],
    [['/A BMC BMC EMC EMC EMC'], {}],
    [['ID EI q'], { ouverts: 1 }],
    [['ID abc EI'], {}],
    [['ID abc\tEI\nq'], { ouverts: 1 }],
    [['ID EQ IE EJ q EI Q'], { manquants: 1 }],
    [['ID aEI q EIq q EI Q'], { manquants: 1 }],
    // ten bytes that are content: what follows may be anything
    [['ID EI q q q q q\x01(q EI Q)'], { ouverts: 4 }],
    [['ID EI q q q q\x01 EI Q'], { manquants: 1 }],
    [['ID EI \x7f q EI Q'], { manquants: 1 }],
    [['ID EI \x1f q EI Q'], { manquants: 1 }],
    [['ID EI ~ q\r\n'], { ouverts: 1 }],
    // EI among the pixels is none
    [['BI ID \x01 EI \x02\x80\xff Q Q EI Q q'], { manquants: 1, ouverts: 1 }],
  ])('%j', (flux, attendu) => {
    expect(bilan(...flux)).toEqual({ ...FERME, ...attendu });
  });

  test.each(['(q', '(q\\', '<71', 'BI ID abc', 'BI ID abc EI\x01'])('%j has no end: nothing sure', (flux) => {
    expect(bilan('q Q', flux)).toBeNull();
  });
});
