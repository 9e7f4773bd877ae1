import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type {
  EnvoiPes,
  FichierEnAttente,
  IssueDepot,
  Passerelle,
  Releveur,
} from '../../src/ports/passerelle.ts';

/** One gateway under test, and the hand of its owner on what it holds. */
export interface SujetPasserelle {
  readonly passerelle: Passerelle;
  /** Name that this gateway gives to an envoi once taken. */
  nomFinal(envoi: EnvoiPes): string;
  /** Contents of the deposit folder, temporary names included, by name. */
  entree(): Promise<Map<string, Buffer>>;
  /** Puts a file in the deposit folder, as an earlier try would have left it. */
  laisser(nom: string, octets: Buffer): Promise<void>;
  /** Puts a file where we fetch. */
  offrir(nom: string, octets: Buffer): Promise<void>;
  /** Takes it away behind our back. */
  reprendre(nom: string): Promise<void>;
  /** Names that wait for us. */
  attente(): Promise<string[]>;
  /** Leaves both folders empty. */
  vider(): Promise<void>;
  /** nomDistant that this gateway wants for these bytes. Default: the name of GATEWAY. */
  readonly nomDistant?: (octets: Uint8Array) => string;
  /**
   * When the gateway forgets what it gives: never, when the reader closes the file, or as soon as it has sent it, whatever
   * became of it.
   */
  readonly oublie: 'jamais' | 'ferme' | 'envoye';
  fermer(): Promise<void>;
}

const METADONNEES = { dest: 'VHPCE11', appli: 'THELPES2', msg: 'PES#123#034001#00' };
const JAMAIS = new AbortController().signal;

/** @param serie makes the name: the same serial, the same identity. */
export function envoiDe(octets: Uint8Array, serie: number, suite: Partial<EnvoiPes> = {}): EnvoiPes {
  return {
    nomDistant: `PESALR2_210340012_261121_${String(serie).padStart(3, '0')}.xml`,
    metadonnees: METADONNEES,
    taille: octets.length,
    ouvrir: async () => Readable.from(couper(octets)),
    ...suite,
  };
}

function* couper(octets: Uint8Array): Generator<Uint8Array> {
  for (let i = 0; i < octets.length; i += 65_536) yield octets.subarray(i, i + 65_536);
}

export async function lireTout(contenu: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const blocs: Uint8Array[] = [];
  for await (const bloc of contenu) blocs.push(bloc);
  return Buffer.concat(blocs);
}

export async function recevoir(
  releveur: Releveur,
  fichier: FichierEnAttente,
): Promise<{ issue: string; octets: Buffer }> {
  let octets: Buffer = Buffer.alloc(0);
  const issue = await releveur.telecharger(fichier, async (contenu) => {
    octets = await lireTout(contenu);
  });
  return { issue, octets };
}

/** `VGM-PAS-007 passagere`, or the type of what is no failure. */
export function dire(issue: IssueDepot): string {
  return issue.type === 'echec'
    ? `${issue.erreur.code} ${issue.erreur.nature}`
    : `${issue.type}${issue.deja ? ' deja' : ''}`;
}

/** Code of the error that a promise throws. */
export async function code(promesse: Promise<unknown>): Promise<string> {
  try {
    await promesse;
    return 'rien';
  } catch (erreur) {
    return (erreur as { fiche?: { code: string } }).fiche?.code ?? String(erreur);
  }
}

export function contratPasserelle(titre: string, creer: () => Promise<SujetPasserelle>): void {
  describe(`Passerelle contract: ${titre}`, () => {
    let sujet: SujetPasserelle;
    beforeAll(async () => {
      sujet = await creer();
    });
    afterAll(() => sujet.fermer());
    beforeEach(() => sujet.vider());

    const envoyer = (octets: Uint8Array, serie: number, suite: Partial<EnvoiPes> = {}): EnvoiPes => {
      const nomDistant = sujet.nomDistant?.(octets);
      return envoiDe(octets, serie, nomDistant === undefined ? suite : { nomDistant, ...suite });
    };
    const deposer = (envoi: EnvoiPes, signal = JAMAIS) => sujet.passerelle.deposer(envoi, signal);
    const trouver = async (nom: string): Promise<FichierEnAttente> => {
      const fichier = (await sujet.passerelle.lister()).find((f) => f.nom === nom);
      return fichier ?? expect.fail(`${nom} is not listed`);
    };

    it('a PES is taken whole, under its own name, and leaves no other', async () => {
      const octets = randomBytes(300_000);
      const envoi = envoyer(octets, 1);
      expect(await deposer(envoi)).toEqual({
        type: 'prise',
        nomFinal: sujet.nomFinal(envoi),
        deja: false,
      });
      expect(await sujet.entree()).toEqual(new Map([[sujet.nomFinal(envoi), octets]]));
    });

    it('the same identity again is found there: nothing is opened, nothing is sent', async () => {
      const octets = randomBytes(20_000);
      await deposer(envoyer(octets, 2));
      let ouvertures = 0;
      const ouvrir = async () => {
        ouvertures += 1;
        return Readable.from([octets]);
      };
      expect(dire(await deposer(envoyer(octets, 2, { ouvrir })))).toBe('prise deja');
      expect(ouvertures).toBe(0);
      expect((await sujet.entree()).size).toBe(1);
    });

    it('never writes over a file of another size', async () => {
      const envoi = envoyer(randomBytes(1_000), 3);
      const autre = Buffer.from('autre');
      await sujet.laisser(sujet.nomFinal(envoi), autre);
      const issue = await deposer(envoi);
      expect(dire(issue)).toBe('VGM-PAS-011 definitive');
      expect(issue).toMatchObject({ enCause: 'envoi' });
      expect(await sujet.entree()).toEqual(new Map([[sujet.nomFinal(envoi), autre]]));
    });

    it('starts again from the first byte over what an earlier try left aside', async () => {
      const octets = randomBytes(100_000);
      const envoi = envoyer(octets, 4);
      await sujet.laisser(`${sujet.nomFinal(envoi)}.part`, Buffer.alloc(200_000, 'x'));
      expect(dire(await deposer(envoi))).toBe('prise');
      expect(await sujet.entree()).toEqual(new Map([[sujet.nomFinal(envoi), octets]]));
    });

    it.each([
      ['shorter', 1_000],
      ['longer', -1_000],
    ])('content %s than announced is not deposited', async (_sens, ecart) => {
      const octets = randomBytes(200_000);
      const issue = await deposer(envoyer(octets, 5, { taille: octets.length + ecart }));
      expect(dire(issue)).toBe('VGM-PAS-016 passagere');
      expect([...(await sujet.entree()).keys()]).not.toContain(sujet.nomFinal(envoyer(octets, 5)));
      expect(dire(await deposer(envoyer(octets, 5)))).toBe('prise');
    });

    it('content that breaks on the way is not deposited', async () => {
      async function* source(): AsyncGenerator<Buffer> {
        yield Buffer.alloc(100_000, 'a');
        throw new Error('disque');
      }
      const ouvrir = async () => Readable.from(source());
      const envoi = envoyer(Buffer.alloc(200_000), 6, { ouvrir });
      expect(dire(await deposer(envoi))).toBe('VGM-PAS-016 passagere');
      expect([...(await sujet.entree()).keys()]).not.toContain(sujet.nomFinal(envoi));
    });

    it('what cannot be opened is no affair of the gateway: the failure passes unchanged', async () => {
      const panne = new Error('coffre');
      const ouvrir = () => Promise.reject(panne);
      await expect(deposer(envoyer(Buffer.alloc(10), 7, { ouvrir }))).rejects.toBe(panne);
      expect((await sujet.entree()).size).toBe(0);
    });

    it.each([
      ['an end of line', { metadonnees: { ...METADONNEES, dest: 'A\r\nDELE x' } }],
      ['a separator', { metadonnees: { ...METADONNEES, msg: 'PES%%1' } }],
      ['nothing', { metadonnees: { ...METADONNEES, appli: '' } }],
      ['a path', { nomDistant: '../x.xml' }],
      ['too much', { nomDistant: 'x'.repeat(250) }],
      ['no byte', { taille: 0 }],
    ])('a field that holds %s is refused before any connection', async (_quoi, suite) => {
      expect(dire(await deposer(envoyer(Buffer.alloc(10), 8, suite)))).toBe('VGM-PAS-014 definitive');
      expect((await sujet.entree()).size).toBe(0);
    });

    it('sends nothing once asked to stop', async () => {
      const issue = await deposer(envoyer(randomBytes(10_000), 9), AbortSignal.abort());
      expect(dire(issue)).toBe('VGM-PAS-007 passagere');
      expect((await sujet.entree()).size).toBe(0);
    });

    it('asked to stop on the way, leaves nothing under the final name', async () => {
      const arret = new AbortController();
      async function* source(): AsyncGenerator<Buffer> {
        yield Buffer.alloc(65_536);
        arret.abort();
        yield Buffer.alloc(65_536);
      }
      const envoi = envoyer(Buffer.alloc(131_072), 10, { ouvrir: async () => Readable.from(source()) });
      expect(dire(await deposer(envoi, arret.signal))).toBe('VGM-PAS-007 passagere');
      expect([...(await sujet.entree()).keys()]).not.toContain(sujet.nomFinal(envoi));
    });

    it('several at once, each under its own name', async () => {
      const octets = Array.from({ length: 12 }, () => randomBytes(30_000));
      const envois = octets.map((o, i) => envoyer(o, 100 + i));
      const issues = await Promise.all(envois.map((envoi) => deposer(envoi)));
      expect(issues.map(dire)).toEqual(envois.map(() => 'prise'));
      expect(await sujet.entree()).toEqual(
        new Map(envois.map((envoi, i) => [sujet.nomFinal(envoi), octets[i] ?? Buffer.alloc(0)])),
      );
    });

    it('a PES of several megabytes passes as a stream', async () => {
      const octets = randomBytes(8_000_000);
      const envoi = envoyer(octets, 11);
      expect(dire(await deposer(envoi))).toBe('prise');
      expect((await sujet.entree()).get(sujet.nomFinal(envoi))?.equals(octets)).toBe(true);
    });

    it('gives the evidence: present, absent, or another thing', async () => {
      const envoi = envoyer(randomBytes(5_000), 12);
      const { passerelle } = sujet;
      expect(await passerelle.existe(envoi)).toEqual({ type: 'absente' });
      await sujet.laisser(sujet.nomFinal(envoi), Buffer.alloc(7));
      expect(await passerelle.existe(envoi)).toEqual({ type: 'differente', taille: 7 });
      await sujet.vider();
      await deposer(envoi);
      expect(await passerelle.existe(envoi)).toEqual({ type: 'presente' });
    });

    it('lists what waits, with its size and date', async () => {
      await sujet.offrir('006111_190130123456-ACK-A3020100_A0000ABC_OK.xml', Buffer.alloc(1_500));
      await sujet.offrir('avec espaces  et (parenthèses).xml', Buffer.alloc(20));
      await sujet.offrir('essai.part', Buffer.alloc(20));
      const fichiers = await sujet.passerelle.lister();
      expect(new Map(fichiers.map((f) => [f.nom, f.taille]))).toEqual(
        new Map([
          ['006111_190130123456-ACK-A3020100_A0000ABC_OK.xml', 1_500],
          ['avec espaces  et (parenthèses).xml', 20],
        ]),
      );
      for (const { quand } of fichiers) expect(Math.abs((quand ?? 0) - Date.now())).toBeLessThan(120_000);
    });

    it('fetches a file byte for byte, several megabytes as a stream', async () => {
      const octets = randomBytes(6_000_000);
      await sujet.offrir('retour.xml', octets);
      const recu = await recevoir(sujet.passerelle, await trouver('retour.xml'));
      expect(recu.issue).toBe('recu');
      expect(recu.octets.equals(octets)).toBe(true);
      expect(await sujet.attente()).toEqual(sujet.oublie === 'jamais' ? ['retour.xml'] : []);
    });

    it('a filing that failed is passed on unchanged, and the file stays where the gateway lets it', async () => {
      await sujet.offrir('ack.xml', randomBytes(400_000));
      const panne = new Error('disque plein');
      const fichier = await trouver('ack.xml');
      const echoue = sujet.passerelle.telecharger(fichier, () => Promise.reject(panne));
      await expect(echoue).rejects.toBe(panne);
      if (sujet.oublie === 'envoye') return;
      const recu = await recevoir(sujet.passerelle, await trouver('ack.xml'));
      expect(recu.octets.length).toBe(400_000);
    });

    it('a sink that did not read to the end is not believed', async () => {
      await sujet.offrir('ack.xml', randomBytes(900_000));
      const lu = sujet.passerelle.telecharger(await trouver('ack.xml'), async (contenu) => {
        for await (const _bloc of contenu) break;
      });
      expect(await code(lu)).toBe('VGM-PAS-017');
      if (sujet.oublie !== 'envoye') expect(await sujet.attente()).toEqual(['ack.xml']);
    });

    it('a file gone between the list and the fetch: told so, and the sink is not called', async () => {
      await sujet.offrir('ack.xml', randomBytes(1_000));
      const fichier = await trouver('ack.xml');
      await sujet.reprendre('ack.xml');
      let appels = 0;
      const issue = await sujet.passerelle.telecharger(fichier, async () => {
        appels += 1;
      });
      expect([issue, appels]).toEqual(['disparu', 0]);
    });

    it('an empty file is left where it is', async () => {
      await sujet.offrir('vide.xml', Buffer.alloc(0));
      expect(await code(recevoir(sujet.passerelle, await trouver('vide.xml')))).toBe('VGM-PAS-018');
      expect(await sujet.attente()).toEqual(['vide.xml']);
    });

    it('a file that grew since the list is left where it is', async () => {
      await sujet.offrir('pousse.xml', Buffer.alloc(1_000));
      const fichier = await trouver('pousse.xml');
      await sujet.offrir('pousse.xml', Buffer.alloc(2_000));
      expect(await code(recevoir(sujet.passerelle, fichier))).toBe('VGM-PAS-019');
      expect(await sujet.attente()).toEqual(['pousse.xml']);
    });

    it('removes what is filed where the gateway does not forget, twice without complaint', async () => {
      await sujet.offrir('ack.xml', randomBytes(100));
      const fichier = await trouver('ack.xml');
      await recevoir(sujet.passerelle, fichier);
      await sujet.passerelle.retirer(fichier);
      await sujet.passerelle.retirer(fichier);
      expect(await sujet.attente()).toEqual([]);
    });

    it('a look says how many wait, and takes nothing', async () => {
      await sujet.offrir('a.xml', Buffer.alloc(10));
      await sujet.offrir('b.xml', Buffer.alloc(10));
      const { joignable, detail } = await sujet.passerelle.sonder();
      expect(joignable).toBe(true);
      expect(detail).toContain('2 fichiers en attente');
      expect(await sujet.attente()).toHaveLength(2);
    });
  });
}
