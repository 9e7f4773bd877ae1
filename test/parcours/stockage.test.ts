import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BaseVide, demarrerPostgres, type Postgres } from '../serveurs/postgres.ts';
import { creerBancCli } from '../unit/cli/banc-cli.ts';
import { RACINE } from '../unit/formats/chemins.ts';
import { demande, document, type FluxVu, type Monde, ouvrirMonde } from './monde.ts';

/** A département that began on the embedded base moves to PostgreSQL with flux in mid-course: docs/exploitation.md. */

let serveur: Postgres;
let base: BaseVide;
let monde: Monde;
beforeAll(async () => {
  serveur = await demarrerPostgres();
  base = await serveur.creerBase();
  const { hote, port, base: nom, utilisateur, secretFichier: secret_fichier } = base;
  monde = await ouvrirMonde({
    ministere: { tardMs: 1500 },
    reglages: {
      stockage: {
        type: 'sqlite',
        postgres: { hote, port, base: nom, utilisateur, secret_fichier, tls: 'aucun' },
      },
      moteur: { reprise_min_s: 0.1, reprise_max_s: 0.5 },
    },
  });
});
afterAll(async () => {
  await monde.fermer();
  await serveur.fermer();
});

async function deposer(numero: string): Promise<string> {
  const r = await monde.deposer([demande({ numero }), document()], { 'idempotency-key': numero });
  expect(r.statut, r.texte).toBe(201);
  return (r.json['flux'] as FluxVu).id;
}

const stockage = (...argv: readonly string[]) =>
  creerBancCli(monde.socket).lancer('stockage', ...argv, '--config', monde.labo.configFichier);
const destination = (ordre: string, ...suite: readonly string[]) =>
  creerBancCli(monde.socket).lancer('destination', ordre, 'ACTES', ...suite);

/** A daemon started as an operator starts it, that must refuse. */
function refus(): string {
  const commande = [join(RACINE, 'bin', 'vaguemestre'), 'demarrer', '--config', monde.labo.configFichier];
  const { status, stderr } = spawnSync(process.execPath, commande, { encoding: 'utf8', timeout: 20_000 });
  expect(status).toBe(1);
  return stderr;
}

function servir(type: 'sqlite' | 'postgres'): void {
  const { configFichier } = monde.labo;
  const autre = type === 'sqlite' ? 'postgres' : 'sqlite';
  writeFileSync(
    configFichier,
    readFileSync(configFichier, 'utf8').replace(`type = "${autre}"`, `type = "${type}"`),
  );
}

test('flux in mid-course go on, each receipt lands, nothing leaves twice, and no daemon opens what does not serve', async () => {
  const fini = await deposer('FINI');
  await monde.jusqua(fini, 'acquitte');
  const tard = await deposer('A_TARD');
  await monde.jusqua(tard, 'transmis');
  expect((await destination('suspendre', '--motif', 'travaux')).code).toBe(0);
  const pret = await deposer('RETENU');
  await monde.jusqua(pret, 'pret');
  const enMarche = await stockage('migrer');
  expect([enMarche.code, enMarche.erreur]).toEqual([1, expect.stringContaining('VGM-NOY-007')]);
  await monde.demon().arreter();

  const [schema] = (await stockage('schema', '--json')).json;
  expect(schema).toMatchObject({ type: 'sqlite', schema: schema?.['programme'] });
  const passage = await stockage('migrer');
  expect([passage.code, passage.erreur]).toEqual([0, '']);
  expect(passage.sortie).toMatch(/Complet : .*Mettre « stockage\.type = "postgres" »/);
  expect((await stockage('migrer', '--json')).json[0]).toMatchObject({ etat: 'faite' });
  expect(refus()).toMatch(/VGM-STO-008[^]*stockage reprendre/);

  servir('postgres');
  await monde.redemarrer();
  await monde.jusqua(tard, 'acquitte');
  expect((await monde.flux()).find((f) => f.id === pret)?.etat).toBe('pret');
  expect((await destination('reprendre')).code).toBe(0);
  // Held back, it looks again after a minute: made due now.
  await serveur.sql(`UPDATE ${base.utilisateur}.flux SET due = 1 WHERE id = '${pret}'`);
  await monde.jusqua(pret, 'acquitte');
  const encore = await monde.deposer([demande({ numero: 'FINI' }), document()]);
  expect([encore.statut, encore.texte.includes(fini)]).toEqual([409, true]);
  expect(await deposer('APRES').then((id) => monde.jusqua(id, 'acquitte'))).toMatchObject({
    etat: 'acquitte',
  });
  expect(await monde.intact()).toBe(true);
  const { registre } = monde.labo.ministere;
  expect([registre.compter('accepte'), registre.compter('double')]).toEqual([4, 0]);

  await monde.demon().arreter();
  const retour = await stockage('reprendre');
  expect([retour.code, retour.erreur]).toEqual([1, expect.stringContaining('VGM-STO-018')]);
  expect((await stockage('reprendre', '--perdue')).code).toBe(0);
  expect(refus()).toContain('VGM-STO-010');
  servir('sqlite');
  await monde.redemarrer();
  await monde.jusqua(tard, 'transmis');
});
