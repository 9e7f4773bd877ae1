import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MIGRATIONS } from '../../../src/adapters/store/sqlite/schema.ts';
import { ouvrirBase } from '../../../src/adapters/store/sqlite/ouverture.ts';
import { dossierEssai } from '../../contracts/montage.ts';
import { creerBancCli } from './banc-cli.ts';

/** `vaguemestre stockage schema` on the embedded base; the move itself: test/parcours/stockage.test.ts. */

const DERNIER = MIGRATIONS.length;

function lieu() {
  const d = dossierEssai();
  const config = join(d.chemin, 'v.toml');
  writeFileSync(config, `donnees = ${JSON.stringify(d.chemin)}\n[operateur]\nadresse_retour = "a@b.fr"\n`);
  const banc = creerBancCli();
  const fichier = join(d.chemin, 'vaguemestre.sqlite');
  return { d, fichier, lancer: (...argv: string[]) => banc.lancer('stockage', ...argv, '--config', config) };
}

test('no base: VGM-STO-013', async () => {
  const l = lieu();
  using _ = l.d;
  const r = await l.lancer('schema');
  expect([r.code, r.erreur]).toEqual([1, expect.stringContaining('VGM-STO-013')]);
});

test('says where the base is, what each step brings and what going back loses, beside a daemon too', async () => {
  const l = lieu();
  using _ = l.d;
  const { base, fermer } = ouvrirBase(l.fichier);
  base.executer("INSERT INTO suspensions VALUES ('ACTES', 'm', 'a', 1)");
  const r = await l.lancer('schema');
  expect([r.code, r.erreur]).toEqual([0, '']);
  expect(r.sortie).toContain(`Schéma de la base    ${DERNIER}`);
  expect(r.sortie).toMatch(/\n1 +là +flux, pièces.* premier schéma\n/);
  expect(r.sortie).toMatch(/\n5 +là +envois suspendus par une personne +refusé : envois suspendus.* \(1\)\n/);
  const [dit] = (await l.lancer('schema', '--json')).json;
  expect(dit).toMatchObject({ type: 'sqlite', base: l.fichier, schema: DERNIER, programme: DERNIER });
  expect(dit?.['marches']).toHaveLength(DERNIER);
  expect((await l.lancer('schema', '--vers', '9')).erreur).toContain('VGM-NOY-007');
  fermer();
});

test('goes down and up again; what stands in the way is said, and nothing changes', async () => {
  const l = lieu();
  using _ = l.d;
  const { fermer } = ouvrirBase(l.fichier);
  fermer();
  const bas = await l.lancer('schema', '--vers', '4');
  expect([bas.code, bas.sortie]).toEqual([
    0,
    `La base est passée du schéma ${DERNIER} au schéma 4. Démarrer le programme de ce schéma : celui-ci la remonterait.`,
  ]);
  expect((await l.lancer('schema', '--vers', '4')).sortie).toBe('La base est déjà au schéma 4.');
  expect((await l.lancer('schema')).sortie).toMatch(/\n5 +à venir /);
  expect((await l.lancer('schema', '--vers', '5', '--json')).json).toEqual([
    { type: 'sqlite', base: l.fichier, avant: 4, apres: 5 },
  ]);
  const neuve = ouvrirBase(l.fichier);
  neuve.base.executer("INSERT INTO suspensions VALUES ('ACTES', 'm', 'a', 1)");
  neuve.fermer();
  const refus = await l.lancer('schema', '--vers', '4');
  expect([refus.code, refus.erreur]).toEqual([1, expect.stringMatching(/VGM-STO-019.*envois suspendus/)]);
  expect((await l.lancer('schema', '--json')).json[0]).toMatchObject({ schema: DERNIER });
});

test.each(['0', '-1', 'x', String(DERNIER + 1)])(
  '--vers %s is a mistake of who types: exit code 2',
  async (vers) => {
    const l = lieu();
    using _ = l.d;
    ouvrirBase(l.fichier).fermer();
    expect((await l.lancer('schema', `--vers=${vers}`)).code).toBe(2);
  },
);

test('moving and taking back want a base that stands', async () => {
  const l = lieu();
  using _ = l.d;
  expect((await l.lancer('migrer')).erreur).toContain('VGM-STO-013');
  expect((await l.lancer('reprendre')).erreur).toContain('VGM-STO-013');
  ouvrirBase(l.fichier).fermer();
  expect((await l.lancer('reprendre')).erreur).toContain('VGM-STO-017');
});
