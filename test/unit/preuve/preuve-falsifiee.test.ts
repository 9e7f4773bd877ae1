import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifierPreuve } from '../../../src/gestes/verifier-preuve.ts';
import { Atelier, type Contenus, fautes, sh, toutRefaire } from './atelier.ts';
import { enOctets, ID, sha, SIREN } from './decor.ts';

let atelier: Atelier;
beforeAll(async () => {
  atelier = await Atelier.ouvrir();
});
afterAll(() => atelier.fermer());

const lignes = (c: Contenus): string[] =>
  (c.get('journal/lignes.jsonl') as Buffer).toString().split('\n').slice(0, -1);

const journal = (faire: (l: string[]) => string[]) => (c: Contenus) => {
  c.set(
    'journal/lignes.jsonl',
    Buffer.from(
      faire(lignes(c))
        .map((l) => `${l}\n`)
        .join(''),
    ),
  );
  toutRefaire(c);
};

/** Replaces in one line of the journal. */
const ligne = (i: number, de: string, vers: string) => (l: string[]) =>
  l.map((texte, rang) => (rang === i ? texte.replace(de, vers) : texte));

interface CasJournal {
  readonly quoi: string;
  readonly faire: (lignes: string[]) => string[];
  readonly dit: string;
  /** Does the script see it too? It follows the chain and the pieces, not the words. */
  readonly shell: boolean;
  /** Pieces that no line cites any more. */
  readonly tues?: string;
}

const CAS_JOURNAL: readonly CasJournal[] = [
  {
    quoi: 'a line altered',
    faire: ligne(0, '"res":"OK"', '"res":"KO"'),
    dit: 'ligne 2 : ne suit pas la ligne numéro 4',
    shell: true,
  },
  {
    quoi: 'two lines swapped',
    faire: ([a, b, ...r]) => [b, a, ...r] as string[],
    dit: 'ligne 2 : porte le numéro 4 après le numéro 5',
    shell: true,
  },
  {
    quoi: 'a line twice',
    faire: ([a, ...r]) => [a, a, ...r.slice(1)] as string[],
    dit: 'ligne 2 : porte le numéro 4 après le numéro 4',
    shell: true,
    tues: 'pieces/002-rapport-rapport.json',
  },
  {
    quoi: 'a line removed',
    faire: (l) => l.slice(1),
    dit: '3 ligne(s) au lieu des 4 annoncées par flux.json',
    shell: true,
    tues: 'pieces/000-document-Deliberation_n_41_tarifs_.pdf, pieces/001-annexe-__plan.pdf',
  },
  {
    quoi: 'keys reordered',
    faire: ligne(3, '"acteur":"systeme","res":"OK"', '"res":"OK","acteur":"systeme"'),
    dit: 'ligne 4 : n’est pas dans la forme du journal',
    shell: false,
  },
  {
    quoi: 'a space added',
    faire: ligne(3, '"res":', '"res": '),
    dit: 'ligne 4 : n’est pas dans la forme du journal',
    shell: false,
  },
  {
    quoi: 'a key added',
    faire: ligne(3, '"res"', '"x":1,"res"'),
    dit: 'ligne 4 : porte un champ inconnu',
    shell: false,
  },
  {
    quoi: 'another flux',
    faire: ligne(3, ID, ID.replace('1', '2')),
    dit: 'ligne 4 : parle d’un autre flux',
    shell: false,
  },
  {
    quoi: 'another tenant',
    faire: ligne(3, SIREN, '000000000'),
    dit: 'ligne 4 : appartient à un autre organisme',
    shell: false,
  },
  {
    quoi: 'a number that a shell would run',
    faire: ligne(3, '{"n":10,', '{"n":a[$(touch piege)],'),
    dit: 'ligne 4 : n’est pas du JSON',
    shell: true,
  },
];

describe('Any change is seen, by the shell and by ours', () => {
  test('one byte of any member', async () => {
    for (const nom of (await atelier.contenus(atelier.bonne)).keys()) {
      for (const place of [0, 0.5, 1]) {
        const faux = await atelier.modifier((c) => {
          const copie = Buffer.from(c.get(nom) as Buffer);
          const i = Math.floor((copie.length - 1) * place);
          copie[i] = (copie[i] as number) ^ 1;
          c.set(nom, copie);
        });
        expect(await fautes(faux), `${nom} à ${place}`).not.toEqual([]);
        if (nom === 'verifier.sh') continue;
        expect((await atelier.parLeShell(faux)).code, `${nom} à ${place}`).toBe(1);
      }
    }
  });

  test('any member removed', async () => {
    for (const nom of (await atelier.contenus(atelier.bonne)).keys()) {
      const faux = await atelier.modifier((c) => c.delete(nom));
      expect(await fautes(faux), nom).not.toEqual([]);
      if (nom !== 'verifier.sh') expect((await atelier.parLeShell(faux)).code, nom).toBe(1);
    }
  });

  test.each(['intrus.txt', 'pieces/006-annexe-x.pdf', 'META-INF/timestamp001.tst', '.cache', 'META-INF/b/c'])(
    'file %s added, which sha256sum -c cannot see',
    async (nom) => {
      const faux = await atelier.modifier((c) => c.set(nom, Buffer.from('x')));
      expect((await fautes(faux)).join()).toContain(`en trop : ${nom}`);
      const essai = await atelier.parLeShell(faux);
      expect(essai.code).toBe(1);
      expect(essai.sortie).toContain(nom);
      expect((await sh(`${faux}.d`, 'sha256sum', '-c', 'EMPREINTES.sha256')).code).toBe(0);
    },
  );

  test('any cut of the ZIP', async () => {
    const octets = await enOctets(createReadStream(atelier.bonne));
    for (let i = 1; i <= 40; i += 1) {
      const faux = await atelier.poser(octets.subarray(0, Math.floor((octets.length * i) / 41)));
      await expect(verifierPreuve(faux)).rejects.toThrow(/^VGM-PRV-003/);
      expect((await atelier.parLeShell(faux)).code).not.toBe(0);
    }
  });

  test.each(CAS_JOURNAL)('journal: $quoi, every digest made again', async ({ faire, dit, shell, tues }) => {
    const faux = await atelier.modifier(journal(faire));
    expect(await fautes(faux)).toEqual([
      `Journal : ${dit}`,
      ...(tues === undefined ? [] : [`Pièces au journal : qu’aucune ligne ne cite : ${tues}`]),
    ]);
    const essai = await atelier.parLeShell(faux);
    expect(essai.code).toBe(shell ? 1 : 0);
    expect((await sh(`${faux}.d`, 'ls')).sortie).not.toContain('piege');
  });

  test('journal: a cited piece that is not there', async () => {
    const faux = await atelier.modifier(journal(ligne(3, 'sha256:', `sha256:${sha('autre')} sha256:`)));
    expect((await fautes(faux)).join()).toContain('ligne 4 : cite une pièce absente du dossier');
  });

  test('journal: empty', async () => {
    const faux = await atelier.modifier(journal(() => []));
    expect(await fautes(faux)).toEqual([
      'Journal : aucune ligne de journal ne parle de ce flux',
      expect.stringContaining('Pièces au journal : qu’aucune ligne ne cite : pieces/000-document-'),
    ]);
    expect((await atelier.parLeShell(faux)).code).toBe(1);
  });

  test('a piece changed, its description and every digest with it: the journal does not know it', async () => {
    const nom = 'pieces/002-rapport-rapport.json';
    const octets = Buffer.from('{"favorable":true}');
    const faux = await atelier.modifier((c) => {
      c.set(nom, octets);
      const fiche = JSON.parse((c.get('flux.json') as Buffer).toString()) as {
        pieces: { fichier: string }[];
      };
      const description = fiche.pieces.find((p) => p.fichier === nom);
      const sha512 = createHash('sha512').update(octets).digest('hex');
      Object.assign(description ?? {}, { sha256: sha(octets), sha512, taille: octets.length });
      c.set('flux.json', Buffer.from(JSON.stringify(fiche)));
      toutRefaire(c);
    });
    expect(await fautes(faux)).toEqual([
      expect.stringContaining('Journal : ligne 2 : cite une pièce absente du dossier'),
      `Pièces au journal : qu’aucune ligne ne cite : ${nom}`,
    ]);
    const essai = await atelier.parLeShell(faux);
    expect(essai.code).toBe(1);
    expect(essai.sortie).toContain(`la pièce d’empreinte ${sha(octets)}`);
    expect(essai.sortie).toContain('le journal cite une pièce absente');
  });

  test.each([
    ['http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2000/09/xmldsig#sha1'],
    ['URI="flux.json"', 'URI="faux.json"'],
    ['timestamp001', 'timestamp002'],
    ['</asic:ASiCManifest>\n', '</asic:ASiCManifest>\n<!-- -->'],
  ])('manifest: %s altered', async (de, vers) => {
    const nom = 'META-INF/ASiCManifest001.xml';
    const faux = await atelier.modifier((c) =>
      c.set(nom, Buffer.from((c.get(nom) as Buffer).toString().replace(de, vers))),
    );
    expect(await fautes(faux)).toEqual([`Manifeste ASiC : ${nom} ne correspond pas aux fichiers présents`]);
    const essai = await atelier.parLeShell(faux);
    expect(essai.code).toBe(1);
    expect(essai.sortie).toContain(`FAUX  le manifeste ${nom} ne correspond pas aux fichiers`);
  });

  test('mimetype not first, or compressed by another tool', async () => {
    const contenus = await atelier.contenus(atelier.bonne);
    const mimetype = contenus.get('mimetype') as Buffer;
    contenus.delete('mimetype');
    contenus.set('mimetype', mimetype);
    expect(await fautes(await atelier.refaire(contenus))).toEqual([
      'Type du conteneur : mimetype n’est pas le premier fichier',
    ]);
    const chemin = join(atelier.dossier, 'rezip.asice');
    await atelier.parLeShell(await atelier.refaire(contenus));
    const dossier = join(atelier.dossier, 'rezip');
    await mkdir(dossier);
    await writeFile(join(dossier, 'mimetype'), 'x'.repeat(100));
    await sh(dossier, 'zip', '-q', '-X', chemin, 'mimetype');
    expect((await fautes(chemin)).join()).toContain('mimetype est compressé');
  });
});
