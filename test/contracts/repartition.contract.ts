import { afterEach, describe, expect, test } from 'vitest';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import type { Instant } from '../../src/metier/identifiants.ts';
import type { Annonce, FileServie, Repartition } from '../../src/ports/repartition.ts';

export const clock = creerClockSysteme();

/** A queue served by a node that says what it was told. */
export interface FileEcoutee extends FileServie {
  /** Instants at which it was asked to work. */
  readonly demandes: number[];
  /** Times that it was told to look. */
  reveils: number;
  /** Most works under way at once. */
  pic: number;
  /** While set, works last until it resolves. */
  duree: Promise<void> | null;
}

export function fileEcoutee(
  nom: string,
  partie: Partial<Pick<FileServie, 'places' | 'limites'>> = {},
): FileEcoutee {
  let enCours = 0;
  const file: FileEcoutee = {
    nom,
    places: 4,
    limites: null,
    ...partie,
    demandes: [],
    reveils: 0,
    pic: 0,
    duree: null,
    travailler: async () => {
      enCours += 1;
      file.pic = Math.max(file.pic, enCours);
      file.demandes.push(clock.now());
      await file.duree;
      enCours -= 1;
    },
    reveiller: () => {
      file.reveils += 1;
    },
  };
  return file;
}

export function annonce(file: string, n: number, partie: Partial<Annonce> = {}): Annonce {
  const id = `019a0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
  return { file, id, ver: 1, due: clock.now(), ...partie };
}

export function dans(ms: number): Instant {
  return (clock.now() + ms) as Instant;
}

/** Waits for something that another process does; fails after a while. */
export async function jusque(quoi: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  const limite = clock.now() + ms;
  while (!(await quoi())) {
    if (clock.now() > limite) expect.fail(`never came: ${quoi}`);
    await clock.sleep(5);
  }
}

/** What anything that shares the work out must keep. `ouvrir` gives a new one, that nobody else uses. */
export function contratRepartition(nom: string, ouvrir: () => Promise<Repartition>): void {
  describe(`contract of the repartition: ${nom}`, () => {
    const ouvertes: Repartition[] = [];
    const ouverte = async (): Promise<Repartition> => {
      const repartition = await ouvrir();
      ouvertes.push(repartition);
      return repartition;
    };
    afterEach(async () => {
      for (const repartition of ouvertes.splice(0)) await repartition.fermer();
    });
    const dite = (file: FileEcoutee): boolean => file.demandes.length + file.reveils > 0;

    test('a row that is due is told to the node that serves its queue, and to no other queue', async () => {
      const repartition = await ouverte();
      const [une, autre] = [fileEcoutee('flux-ACTES'), fileEcoutee('dest-HELIOS:dgfip')];
      for (const file of [une, autre]) repartition.servir(file);
      for (const file of [une, autre]) file.reveils = 0;
      repartition.annoncer([annonce('dest-HELIOS:dgfip', 1)]);
      await jusque(() => dite(autre));
      expect(dite(une)).toBe(false);
    });

    test('a row due later is not told before its time', async () => {
      const repartition = await ouverte();
      const file = fileEcoutee('retours');
      repartition.servir(file);
      file.reveils = 0;
      repartition.annoncer([annonce('retours', 1, { due: dans(60_000) })]);
      repartition.annoncer([annonce('retours', 2)]);
      await jusque(() => dite(file));
      expect(file.demandes.length + file.reveils).toBe(1);
    });

    test('announcing throws nothing and waits for nobody: a queue that none serves, none at all, once closed', async () => {
      const repartition = await ouverte();
      repartition.annoncer([annonce('dest-inconnue', 1), annonce('dest-inconnue', 1)]);
      repartition.annoncer([]);
      await repartition.fermer();
      repartition.annoncer([annonce('flux-ACTES', 2)]);
      expect((await repartition.constater()).type).toMatch(/^(locale|bullmq)$/);
    });

    test('a queue that is closed is told nothing more', async () => {
      const repartition = await ouverte();
      const [fermee, autre] = [fileEcoutee('livraisons'), fileEcoutee('flux-ACTES')];
      const service = repartition.servir(fermee);
      repartition.servir(autre);
      await service.fermer();
      for (const file of [fermee, autre]) file.reveils = 0;
      repartition.annoncer([annonce('livraisons', 1), annonce('flux-ACTES', 1)]);
      await jusque(() => dite(autre));
      expect(dite(fermee)).toBe(false);
      expect(service.repartit()).toBe(false);
    });
  });
}
