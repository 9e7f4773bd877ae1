import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clock, type Depose, type MondeRestaure, ouvrirMondeRestaure } from './monde-restaure.ts';

/** « After a restore from yesterday nothing is sent twice » (PRA-03), against peers that remember. */

/** The machine is shared with other tests. */
const LONGTEMPS = { timeout: 30_000 };

interface Rapport {
  readonly series: { readonly apres: number };
  readonly empechements: readonly string[];
}

async function rapport(m: MondeRestaure): Promise<Rapport> {
  return (await m.vaguemestre('reconcilier', '--json')).json[0] as unknown as Rapport;
}

describe('the machine is lost, and the backup alone is left', () => {
  let m: MondeRestaure;
  const avant: Depose[] = [];
  const apres: Depose[] = [];
  beforeAll(async () => {
    m = await ouvrirMondeRestaure();
  });
  afterAll(() => m.fermer());

  const sauves = (): string => join(m.dossier, 'sauvegardes');

  test('a backup is taken in mid-load; the world goes on; then the disk is gone', async () => {
    const charger = async (rangs: readonly number[], vers: Depose[]): Promise<void> => {
      for (const n of rangs) {
        vers.push(await m.deposerActe(`A${n}`));
        vers.push(await m.deposerPes(`P${n}`));
      }
    };
    const rangs = Array.from({ length: 24 }, (_, n) => n);
    // the depositors never stop for the backup: what it holds is decided by the instant of its copy
    const charge = charger(rangs, avant);
    while (avant.length < 16) await clock.sleep(5);
    // the door is busy twice: these stand before it at the instant of the copy, and leave afterwards
    for (const n of [1, 2, 3, 4]) avant.push(await m.deposerActe(`R${n}_H503`));
    const sauvegarde = m.vaguemestre('sauvegarder', sauves(), '--json');
    await charge;
    const faite = await sauvegarde;
    expect(faite.code, faite.erreur).toBe(0);
    await charger([100, 101, 102, 103], apres);
    for (const { id } of [...avant, ...apres]) await m.jusqua(id, 'acquitte');
    await m.calme();
    await m.demon.tuer();
    await m.perdre();
    const remise = await m.vaguemestre('restaurer', sauves(), '--vers', m.donnees, '--json');
    expect(remise.code, remise.erreur).toBe(0);
    await m.demarrer();
  }, 120_000);

  let prises: number;
  const prisesALaPorte = (): number =>
    m.labo.ministere.registre.compter('accepte') + m.dgfip.registre.compter('pris');

  test('every flux that was not at its end is uncertain, under a name or an identity that a person can ask about', async () => {
    prises = prisesALaPorte();
    await expect.poll(() => m.flux('&etat=en_ligne'), LONGTEMPS).toEqual([]);
    const flux = await m.flux();
    const etats = Object.groupBy(flux, (f) => f.etat);
    expect(Object.keys(etats).toSorted().join(' ')).toMatch(/^(acquitte )?incertain( transmis)?$/);
    const incertains = etats['incertain'] ?? [];
    console.log(
      `restored: ${flux.length} flux of ${avant.length + apres.length}, ${incertains.length} uncertain, ${etats['transmis']?.length ?? 0} waiting for a receipt`,
    );
    expect(incertains.filter((f) => f.protocole === 'ACTES').length).toBeGreaterThan(3);
    for (const f of incertains)
      expect(['VGM-TRA-010', 'VGM-TRA-006', 'VGM-TRA-002']).toContain(f.erreur?.code);
  });

  test('the doors take deposits, nothing leaves, and no order lifts it by accident', async () => {
    const neuf = await m.deposerActe('NEUF');
    const vu = await m.jusqua(neuf.id, 'pret');
    await expect.poll(async () => (await m.voir(neuf.id)).erreur?.code, LONGTEMPS).toBe('VGM-TRA-011');
    await m.ordonner('ACTES', 'suspendre', { motif: 'essai' });
    await m.ordonner('ACTES', 'reprendre', {});
    const encore = await m.deposerActe('ENCORE');
    await expect.poll(async () => (await m.voir(encore.id)).erreur?.code, LONGTEMPS).toBe('VGM-TRA-011');
    expect(vu.nomEnvoi).toMatch(/^VGM-TACT--213400016--[0-9]{8}-[0-9]{4}\.tar\.gz$/);
    expect((await m.vaguemestre('reconcilier')).code).toBe(1);
    const depart = (await rapport(m)).series.apres;
    const numero = Number(/-([0-9]+)\.tar\.gz$/.exec(vu.nomEnvoi ?? '')?.[1]);
    // every number that the préfecture has seen is below
    const vus = m.labo.ministere.registre
      .evenements()
      .filter((e) => e.type === 'accepte')
      .map((e) => Number(/-([0-9]+)\.tar\.gz$/.exec(e.nom)?.[1]));
    expect(numero).toBe(depart + 1);
    expect(Math.max(...vus)).toBeLessThan(numero);
    expect(prisesALaPorte()).toBe(prises);
  });

  test('it is closed by a person, once every source was read again; then the rest flows', async () => {
    await expect.poll(async () => (await rapport(m)).empechements, LONGTEMPS).toEqual([]);
    const close = await m.vaguemestre('reconcilier', '--clore', '--json');
    expect(close.code, close.erreur).toBe(0);
    for (const nom of ['NEUF', 'ENCORE']) {
      const [flux] = await m.flux(`&recherche=${nom}`);
      await m.jusqua(flux?.id ?? '', 'acquitte');
    }
    expect(prisesALaPorte()).toBe(prises + 2);
    expect(m.doubles()).toEqual([]);
    const deux = await m.vaguemestre('reconcilier', '--clore');
    expect([deux.code, deux.erreur]).toEqual([1, expect.stringContaining('VGM-SAU-020')]);
  });

  test('a person asks the State about each uncertain fate: what it holds is not sent again, what it has not is, once', async () => {
    const registre = m.labo.ministere.registre.evenements();
    const tenus = new Set([
      ...registre.filter((e) => e.type === 'verdict' && e.message === '1-2').map((e) => e.idActe),
      ...m.dgfip.registre
        .evenements()
        .filter((e) => e.type === 'pris')
        .map((e) => `123/${e.nomFic}`),
    ]);
    for (const f of await m.flux('&etat=incertain')) {
      const decision = tenus.has(f.identite) ? 'recu' : 'non_recu';
      const r = await m.labo.client.envoyer('POST', `/flux/${f.id}/trancher`, {
        decision,
        motif: 'dit par l’État',
      });
      expect(r.statut).toBe(200);
      if (decision === 'non_recu') await m.jusqua(f.id, 'acquitte');
    }
    expect(m.doubles()).toEqual([]);
    // every deposit that the base knows ends right, or stands at the State's
    for (const f of await m.flux()) expect(['acquitte', 'transmis']).toContain(f.etat);
  }, 60_000);

  test('the journal is unbroken, and each chain says that it came back', async () => {
    expect(await m.intact()).toBe(true);
    const { corps } = await m.labo.client.lire('/journal/verification');
    expect((corps['chaines'] as unknown as unknown[]).length).toBe(2);
    const [flux] = await m.flux();
    const { chronologie } = (await m.labo.client.lire(`/flux/${flux?.id ?? ''}`)).corps as unknown as {
      chronologie: { ev: string; ver: string }[];
    };
    expect(chronologie.length).toBeGreaterThan(3);
    const verdict = await m.vaguemestre('sauvegarder', sauves(), '--verifier', '--json');
    expect(verdict.code, JSON.stringify(verdict.json)).toBe(0);
  });

  test('lost again the same day, before anything left: what the State denies is sent once, under its first name', async () => {
    const depart = async (): Promise<number> => (await rapport(m)).series.apres;
    const premier = await depart();
    const [acte, neuf] = [await m.deposerActe('R9_H503'), 'ENCORE2'];
    const { nomEnvoi } = await m.jusqua(acte.id, 'pret');
    expect((await m.vaguemestre('sauvegarder', sauves(), '--garder', '1')).code).toBe(0);
    await m.demon.tuer();
    await m.perdre();
    expect((await m.vaguemestre('restaurer', sauves(), '--vers', m.donnees)).code).toBe(0);
    await m.demarrer();
    expect(await depart()).toBeGreaterThanOrEqual(premier);
    expect((await m.voir(acte.id)).etat).toBe('incertain');
    await expect.poll(async () => (await m.vaguemestre('reconcilier', '--clore')).code, LONGTEMPS).toBe(0);
    const reponse = { decision: 'non_recu', motif: 'la préfecture ne l’a pas' };
    expect((await m.labo.client.envoyer('POST', `/flux/${acte.id}/trancher`, reponse)).statut).toBe(200);
    expect((await m.jusqua(acte.id, 'acquitte')).nomEnvoi).toBe(nomEnvoi);
    const { nomEnvoi: autre } = await m.jusqua((await m.deposerActe(neuf)).id, 'acquitte');
    const numeros = m.labo.ministere.registre
      .evenements()
      .filter((e) => e.type === 'accepte' && e.nom !== autre)
      .map((e) => numeroDe(e.nom));
    expect(Math.max(...numeros)).toBeLessThan(numeroDe(autre));
    expect(m.doubles()).toEqual([]);
    expect(await m.intact()).toBe(true);
  }, 60_000);
});

function numeroDe(nom: string | null): number {
  return Number(/-([0-9]+)\.tar\.gz$/.exec(nom ?? '')?.[1]);
}

describe('the base is lost, and the coffre outlives it', () => {
  let m: MondeRestaure;
  const tard: Depose[] = [];
  const perdus: Depose[] = [];
  beforeAll(async () => {
    m = await ouvrirMondeRestaure();
  });
  afterAll(() => m.fermer());

  test('a base that is there is never replaced unless asked, and then kept aside', async () => {
    const calmes = [await m.deposerActe('CALME'), await m.deposerPes('CALME')];
    for (const { id } of calmes) await m.jusqua(id, 'acquitte');
    tard.push(await m.deposerActe('T1_H503'), await m.deposerActe('T2_H503'));
    for (const { id } of tard) await m.jusqua(id, 'pret');
    const sauves = join(m.dossier, 'sauvegardes');
    expect((await m.vaguemestre('sauvegarder', sauves)).code).toBe(0);
    perdus.push(await m.deposerActe('PERDU'), await m.deposerPes('PERDU'));
    for (const { id } of [...tard, ...perdus]) await m.jusqua(id, 'acquitte');
    await m.calme();
    const vivante = await m.vaguemestre('restaurer', sauves, '--vers', m.donnees, '--remplacer');
    expect([vivante.code, vivante.erreur]).toEqual([1, expect.stringContaining('VGM-NOY-007')]);
    await m.demon.tuer();
    await writeFile(join(m.donnees, 'vaguemestre.sqlite'), 'abîmée');
    const refus = await m.vaguemestre('restaurer', sauves, '--vers', m.donnees);
    expect([refus.code, refus.erreur]).toEqual([1, expect.stringContaining('VGM-SAU-008')]);
    const faite = await m.vaguemestre('restaurer', sauves, '--vers', m.donnees, '--remplacer', '--json');
    expect(faite.code, faite.erreur).toBe(0);
    const ecart = String(faite.json[0]?.['ecart']);
    expect(await readFile(join(ecart, 'vaguemestre.sqlite'), 'utf8')).toBe('abîmée');
    await m.demarrer();
  }, 60_000);

  test('what the coffre holds tells what was lost, and the names that were given', async () => {
    const [vue] = (await m.vaguemestre('reconcilier', '--json')).json;
    const orphelins = vue?.['orphelins'] as { genre: string; identite: string | null; fluxConnu: boolean }[];
    const dits = orphelins.filter((o) => o.identite !== null);
    expect(dits.map((o) => [o.genre, o.identite, o.fluxConnu]).toSorted()).toEqual([
      ['archive', '034-213400016-20260302-PERDU-DE', false],
      ['pes', '123/PERDU', false],
    ]);
    const genres = vue?.['genres'] as Record<string, number>;
    expect(genres['courriel']).toBeGreaterThanOrEqual(3);
    expect(genres['acquittement']).toBe(1);
  });

  test('answers that had been read and forgotten by the State settle what they answer', async () => {
    for (const { id } of tard) expect((await m.voir(id)).etat).toBe('incertain');
    const rangees = await m.vaguemestre('reconcilier', '--ranger-retours', '--json');
    expect(Number(rangees.json[0]?.['nombre'])).toBeGreaterThanOrEqual(4);
    for (const { id } of tard) await m.jusqua(id, 'acquitte');
  });

  test('a lost deposit made again is not sent again: its answer settles it', async () => {
    const refaits: string[] = [];
    for (const depose of perdus) {
      const { statut, id } = await m.redeposer(depose);
      expect([statut, id === depose.id]).toEqual([201, false]);
      refaits.push(id);
      await m.jusqua(id, 'pret');
    }
    await expect.poll(async () => (await m.vaguemestre('reconcilier', '--clore')).code, LONGTEMPS).toBe(0);
    for (const id of refaits)
      expect((await m.jusqua(id, 'incertain')).erreur).toMatchObject({ code: 'VGM-TRA-010' });
    const { retours } = (await m.labo.client.lire('/retours?etat=a_trancher&limite=100'))
      .corps as unknown as {
      retours: { id: string }[];
    };
    expect(retours).toHaveLength(2);
    for (const { id } of retours) await m.labo.client.envoyer('POST', `/retours/${id}/retraiter`, {});
    for (const id of refaits) await m.jusqua(id, 'acquitte');
    expect(m.doubles()).toEqual([]);
    expect(await m.intact()).toBe(true);
    const { json } = await m.vaguemestre('orphelins', '--json');
    expect(json).toEqual([]);
  }, 60_000);
});
