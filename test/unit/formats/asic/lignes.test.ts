import { describe, expect, test } from 'vitest';
import { type AttenteJournal, controlerJournal } from '../../../../src/formats/asic/lignes.ts';
import { ecrireLigne, empreinteLigne, type LigneJournal } from '../../../../src/metier/journal.ts';

const [SIREN, FLUX] = ['214400152', 'flux-1'];
const [H, G] = ['ab'.repeat(32), 'cd'.repeat(32)];

const ligne = (champs: Partial<LigneJournal> = {}): LigneJournal => ({
  n: 4,
  t: '2026-11-21T10:15:02.114Z',
  org: SIREN,
  ev: 'DEPOT',
  tx: FLUX,
  obj: `sha256:${H}`,
  acteur: 'systeme',
  res: 'OK',
  motif: '',
  ver: '0.1.0',
  corr: '',
  sel: 'ab'.repeat(16),
  prev: '0'.repeat(64),
  ...champs,
});

function controler(
  textes: readonly string[],
  attente: Partial<AttenteJournal> = {},
): { bon: boolean; detail: string } {
  const { sujet, ...reste } = controlerJournal(
    {
      lignes: Buffer.from(textes.map((t) => `${t}\n`).join('')),
      empreintes: Buffer.from(textes.map((t) => `${empreinteLigne(t)}\n`).join('')),
    },
    { flux: FLUX, siren: SIREN, nombre: textes.length, pieces: new Set([H, G]), ...attente },
  );
  expect(sujet).toBe('Journal');
  return reste;
}

const une = (champs: Partial<LigneJournal>) => controler([ecrireLigne(ligne(champs))]);
/** A line whose JSON was written by another hand. */
const autre = (champs: object) => controler([JSON.stringify({ ...ligne(), ...champs })]);
const bon = (detail: string) => ({ bon: true, detail });
const faux = (detail: string) => ({ bon: false, detail });

describe('lines that may stand in a proof', () => {
  test('one, then links where numbers follow one another', () => {
    const a = ecrireLigne(ligne());
    const b = ecrireLigne(ligne({ n: 5, prev: empreinteLigne(a) }));
    const c = ecrireLigne(ligne({ n: 6, prev: empreinteLigne(b) }));
    const loin = ecrireLigne(ligne({ n: 9 }));
    expect(controler([a])).toEqual(bon('1 ligne, 0 lien de chaîne vérifié'));
    expect(controler([a, b])).toEqual(bon('2 lignes, 1 lien de chaîne vérifié'));
    expect(controler([a, b, c, loin])).toEqual(bon('4 lignes, 2 liens de chaîne vérifiés'));
  });

  test('each chain is followed apart: the operator has its own', () => {
    const a = ecrireLigne(ligne());
    const operateur = ecrireLigne(ligne({ n: 1, org: 'operateur' }));
    const b = ecrireLigne(ligne({ n: 5, prev: empreinteLigne(a) }));
    expect(controler([a, operateur, b])).toEqual(bon('3 lignes, 1 lien de chaîne vérifié'));
  });

  test('citing no piece, one, or several', () => {
    expect(une({ obj: '' }).bon).toBe(true);
    expect(une({ obj: `sha256:${H} sha256:${G}` }).bon).toBe(true);
  });

  test('a return received twice is told without being a piece', () => {
    expect(une({ ev: 'RETOUR_DOUBLE', obj: `sha256:${'00'.repeat(32)}` }).bon).toBe(true);
  });

  test.each(['OK', 'KO', 'INCERTAIN'] as const)('result %s', (res) => {
    expect(une({ res }).bon).toBe(true);
  });
});

describe('each fault is told with its line', () => {
  test.each<[string, object]>([
    ['n', { n: 0 }],
    ['n', { n: 1.5 }],
    ['t', { t: '2026-11-21T10:15:02Z' }],
    ['t', { t: ' 2026-11-21T10:15:02.114Z' }],
    ['t', { t: '2026-11-21T10:15:02.114Z ' }],
    ['t', { t: '2026-11-21 10:15:02.114Z' }],
    ['org', { org: 1 }],
    ['ev', { ev: '' }],
    ['tx', { tx: 1 }],
    ['obj', { obj: 'sha256:ab' }],
    ['obj', { obj: H }],
    ['obj', { obj: `sha256:${H} ` }],
    ['obj', { obj: ` sha256:${H}` }],
    ['obj', { obj: `sha256:${H}  sha256:${G}` }],
    ['acteur', { acteur: null }],
    ['res', { res: 'PEUT-ETRE' }],
    ['motif', { motif: 1 }],
    ['ver', { ver: 1 }],
    ['corr', { corr: 1 }],
    ['sel', { sel: 'ab'.repeat(15) }],
    ['sel', { sel: `${'ab'.repeat(16)}0` }],
    ['prev', { prev: 'AB'.repeat(32) }],
  ])('field %s unlike what it must be', (champ, champs) => {
    expect(autre(champs)).toEqual(faux(`ligne 1 : champ « ${champ} » manquant ou inattendu`));
  });

  test('an unknown field, another order of keys, no JSON', () => {
    expect(autre({ x: 1 })).toEqual(faux('ligne 1 : porte un champ inconnu'));
    const { prev, ...reste } = ligne();
    expect(controler([JSON.stringify({ prev, ...reste })])).toEqual(
      faux('ligne 1 : n’est pas dans la forme du journal'),
    );
    expect(controler(['bonjour'])).toEqual(faux('ligne 1 : n’est pas du JSON'));
  });

  test('another tenant, another flux, an absent piece', () => {
    expect(une({ org: '000000000' })).toEqual(faux('ligne 1 : appartient à un autre organisme'));
    expect(une({ org: 'operateur' }).bon).toBe(true);
    expect(une({ tx: 'flux-2' })).toEqual(faux('ligne 1 : parle d’un autre flux'));
    const absente = `sha256:${'00'.repeat(32)}`;
    expect(une({ obj: `sha256:${H} ${absente}` })).toEqual(
      faux(`ligne 1 : cite une pièce absente du dossier (${absente})`),
    );
  });

  test('numbers that go back or stand still, a link that does not hold', () => {
    const a = ecrireLigne(ligne());
    expect(controler([a, ecrireLigne(ligne({ n: 3 }))])).toEqual(
      faux('ligne 2 : porte le numéro 3 après le numéro 4'),
    );
    expect(controler([a, a])).toEqual(faux('ligne 2 : porte le numéro 4 après le numéro 4'));
    expect(controler([a, ecrireLigne(ligne({ n: 5 }))])).toEqual(
      faux('ligne 2 : ne suit pas la ligne numéro 4'),
    );
  });

  test('no line, or not as many as announced', () => {
    expect(controler([])).toEqual(faux('aucune ligne de journal ne parle de ce flux'));
    expect(controler([ecrireLigne(ligne())], { nombre: 2 })).toEqual(
      faux('1 ligne(s) au lieu des 2 annoncées par flux.json'),
    );
  });

  test('files absent or cut', () => {
    const texte = `${ecrireLigne(ligne())}\n`;
    const [lignes, empreintes] = [Buffer.from(texte), Buffer.from(`${empreinteLigne(texte.trimEnd())}\n`)];
    const attente = { flux: FLUX, siren: SIREN, nombre: 1, pieces: new Set([H]) };
    expect(controlerJournal({ lignes, empreintes }, attente).bon).toBe(true);
    for (const manque of [null, undefined, lignes.subarray(0, -1)]) {
      expect(controlerJournal({ lignes: manque, empreintes }, attente).detail).toContain(
        'absents ou tronqués',
      );
    }
    for (const manque of [null, undefined, empreintes.subarray(0, -1)]) {
      expect(controlerJournal({ lignes, empreintes: manque }, attente).detail).toContain(
        'absents ou tronqués',
      );
    }
    const fausse = Buffer.from(`${H}\n`);
    expect(controlerJournal({ lignes, empreintes: fausse }, attente).detail).toBe(
      'une ligne n’a pas l’empreinte écrite',
    );
  });
});
