import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Consigner, Mailbox } from '../../src/ports/mailbox.ts';
import { courriel, empreinte, lireSource } from './mailbox.lecture.ts';

/** One source under test, empty at the start. */
export interface SujetMailbox {
  /** A mailbox on that source, as after a restart of the daemon. */
  ouvrir(): Mailbox;
  deposer(octets: Buffer): Promise<void>;
  /** Messages still waiting at the source. */
  attente(): Promise<number>;
  /** Runs a round in a process that dies (kill -9) once the first message is written to `sortie`. */
  tuerApresConsignation(sortie: string): Promise<void>;
  fermer(): Promise<void>;
}

/** A filing that keeps digests, and looks at the source at the very moment of each filing. */
class Registre {
  readonly empreintes: string[] = [];
  readonly attentesVues: number[] = [];
  readonly consigner: Consigner;

  constructor(sujet: SujetMailbox) {
    this.consigner = async (brut) => {
      const octets = await lireSource(brut);
      this.attentesVues.push(await sujet.attente());
      this.empreintes.push(empreinte(octets));
    };
  }
}

export function contratMailbox(titre: string, creer: () => Promise<SujetMailbox>): void {
  describe(`Mailbox contract: ${titre}`, () => {
    let sujet: SujetMailbox;
    beforeEach(async () => {
      sujet = await creer();
    });
    afterEach(() => sujet.fermer());

    it('files nothing when nothing waits', async () => {
      const registre = new Registre(sujet);
      expect(await sujet.ouvrir().relever(registre.consigner)).toBe(0);
      expect(registre.empreintes).toEqual([]);
    });

    it('a look touches nothing', async () => {
      await sujet.deposer(courriel(1));
      await sujet.ouvrir().sonder();
      expect(await sujet.attente()).toBe(1);
    });

    it('files every message once, byte for byte, and while it is still at the source', async () => {
      const messages = [1, 2, 3, 4, 5].map((n) => courriel(n));
      for (const m of messages) await sujet.deposer(m);
      const registre = new Registre(sujet);
      expect(await sujet.ouvrir().relever(registre.consigner)).toBe(5);
      expect(registre.empreintes.toSorted()).toEqual(messages.map(empreinte).toSorted());
      // The k-th filing sees at most k-1 messages gone: none is removed before it is durable.
      registre.attentesVues.forEach((vue, k) => expect(vue).toBeGreaterThanOrEqual(5 - k));
      expect(await sujet.attente()).toBe(0);
    });

    it('finds nothing the second time', async () => {
      await sujet.deposer(courriel(1));
      const boite = sujet.ouvrir();
      const registre = new Registre(sujet);
      await boite.relever(registre.consigner);
      expect(await boite.relever(registre.consigner)).toBe(0);
      expect(await sujet.ouvrir().relever(registre.consigner)).toBe(0);
      expect(registre.empreintes).toHaveLength(1);
    });

    it('streams a message of several megabytes without a change', async () => {
      const gros = courriel(7, 3_500_000);
      await sujet.deposer(gros);
      await sujet.deposer(courriel(8));
      const registre = new Registre(sujet);
      expect(await sujet.ouvrir().relever(registre.consigner)).toBe(2);
      expect(registre.empreintes).toContain(empreinte(gros));
    });

    it('leaves at the source a message whose filing failed, passes the failure on unchanged, then files it', async () => {
      await sujet.deposer(courriel(1));
      const panne = new Error('disque plein');
      const boite = sujet.ouvrir();
      await expect(boite.relever(() => Promise.reject(panne))).rejects.toBe(panne);
      expect(await sujet.attente()).toBe(1);
      const registre = new Registre(sujet);
      expect(await boite.relever(registre.consigner)).toBe(1);
      expect(registre.empreintes).toEqual([empreinte(courriel(1))]);
      expect(await sujet.attente()).toBe(0);
    });

    it('a filing that fails without reading a large message leaves it too', async () => {
      await sujet.deposer(courriel(1, 3_000_000));
      const boite = sujet.ouvrir();
      await expect(boite.relever(() => Promise.reject(new Error('panne')))).rejects.toThrow('panne');
      expect(await sujet.attente()).toBe(1);
      const registre = new Registre(sujet);
      expect(await boite.relever(registre.consigner)).toBe(1);
    });

    it('killed between filing and moving: the message is filed again, the same bytes', async () => {
      const dossier = mkdtempSync(join(tmpdir(), 'vaguemestre-releve-'));
      const sortie = join(dossier, 'consigne');
      try {
        await sujet.deposer(courriel(42));
        await sujet.tuerApresConsignation(sortie);
        expect(existsSync(sortie)).toBe(true);
        const premiere = empreinte(readFileSync(sortie));
        expect(await sujet.attente()).toBe(1);
        const registre = new Registre(sujet);
        expect(await sujet.ouvrir().relever(registre.consigner)).toBe(1);
        expect(registre.empreintes).toEqual([premiere]);
        expect(premiere).toBe(empreinte(courriel(42)));
      } finally {
        rmSync(dossier, { recursive: true, force: true });
      }
    });
  });
}
