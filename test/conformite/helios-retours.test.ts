import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { FluxId } from '../../src/metier/identifiants.ts';
import { lire, type MessageAcquit } from '../../src/protocoles/helios/accuse.ts';
import {
  type FichierEnvoye,
  fichierEnvoye,
  rapprocher,
} from '../../src/protocoles/helios/accuse/rapprochement.ts';
import { PARTAGE, partagePresent, RACINE } from '../unit/formats/chemins.ts';
import { controle } from '../unit/helios/epreuve.ts';
import type { PesEssai } from '../unit/helios/generateur.ts';
import { bordereau, erreur, fichier, pj, texteAcquit } from '../unit/helios/retours.ts';
import { type De, type DocumentMutable, lireDocument, muter, tirage } from './mutants-xml.ts';

/** Acquittements and PES Retour as the State wrote them, and as accidents may change them. */

const EXEMPLES = 'exemples/helios/';
const present = partagePresent(EXEMPLES);

describe.skipIf(!present)('every sample beside the repository is read, or parked with its reason', () => {
  const dossier = `${PARTAGE}${EXEMPLES}`;
  const chemins = present
    ? readdirSync(dossier, { recursive: true, encoding: 'utf8' })
        .filter((c) => c.endsWith('.xml'))
        .toSorted()
    : [];

  test('the samples are there', () => {
    expect(chemins.length).toBeGreaterThanOrEqual(28);
  });

  test.each(chemins)('%s', (chemin) => {
    const { messages, restes } = lire([
      { nom: chemin, octets: new Uint8Array(readFileSync(dossier + chemin)) },
    ]);
    expect(messages.length + restes.length).toBe(1);
    const acquit = chemin.startsWith('acquit/') && !chemin.includes('ACQUIT_RETOUR');
    const attendu = acquit ? 'acquit' : chemin.startsWith('retour/') ? 'retour' : undefined;
    expect(messages[0]?.type).toBe(attendu);
    if (attendu === undefined) expect(restes[0]?.motif).toMatch(/gardé tel quel/);
  });

  test.each<[string, string, number]>([
    ['pastell-pes_acquit.xml', 'accepte', 0],
    ['pastell-ancien-helios-seda-standard-pes_acquit.xml', 'accepte', 0],
    ['stela-006111_190130123456-ACK-A3020100_A0000IDL_KO.xml', 'partiel', 6],
    ['stela-006111_190130123456-ACK-A3020100_A0000SEN_KO.xml', 'partiel', 1],
  ])('%s: %s, %d errors', (nom, issue, nombre) => {
    const { messages } = lire([{ nom, octets: new Uint8Array(readFileSync(`${dossier}acquit/${nom}`)) }]);
    const { bilan } = messages[0] as MessageAcquit;
    expect(bilan.issue).toBe(issue);
    expect(bilan.unites.flatMap((u) => u.erreurs)).toHaveLength(nombre);
  });
});

test('reference data beside the repository: present, or told to be absent', ({ annotate }) => {
  if (!present) {
    console.warn('ABSENT : ../shared (exemples HELIOS) ; lecture des retours réels non essayée.');
    void annotate('../shared is absent: real returns were not read');
  }
  expect(typeof present).toBe('boolean');
});

interface Envoi {
  readonly memoire: FichierEnvoye;
  readonly acquits: readonly string[];
}

/** Files that look alike as much as they may: one name within one letter of another, one collectivité, one day. */
const ENVOIS: readonly PesEssai[] = [
  {
    entetes: { NomFic: 'VALMONCEL_1' },
    depense: [{ idBord: '41' }, { idBord: '42' }],
    pieces: [{ idUnique: 'P1' }],
  },
  { entetes: { NomFic: 'VALMONCEL_2' }, depense: [{ idBord: '43' }], pieces: [{ idUnique: 'P2' }] },
  { entetes: { NomFic: 'VALMONCEL_11' }, recette: [{ idBord: '41' }], depense: null },
  { entetes: { NomFic: 'VALMONCEL_1', CodCol: '124' }, depense: [{ idBord: '44' }] },
  {
    entetes: { NomFic: 'VALMONCEL_1', IdColl: '00000003400017', IdPost: '034080' },
    depense: [{ idBord: '41' }],
  },
  { entetes: { NomFic: 'VALMONCEL_1', CodBud: '01' }, depense: [{ idBord: '45' }] },
  { entetes: { NomFic: 'VALMONCEL_3', DteStr: '2026-03-03' }, depense: null, pieces: [{ idUnique: 'P3' }] },
];

function acquitsDe(pes: PesEssai): string[] {
  const { entetes = {} } = pes;
  const bordereaux = [
    ...(pes.depense ?? []).map((b) => bordereau(b.idBord ?? '1')),
    ...(pes.recette ?? []).map((b) => bordereau(b.idBord ?? '1').replace('"5"', '"6"')),
  ];
  const pieces = (pes.pieces ?? []).map((p) =>
    pj(p.idUnique, '0', erreur('ERREUR_DOUBLON_PJ', '1984 - Déjà intégré')),
  );
  const elements = [...bordereaux, ...pieces].join('\n');
  const aPlat = elements.replace(/<\/?Erreur>/g, '');
  return [
    texteAcquit({ entetes, elements }),
    texteAcquit({ entetes, elements: aPlat, espace: 'Rev0/retour' }),
    texteAcquit({
      entetes,
      elements: fichier('0', '1') + elements.replace('EtatAck V="1"', 'EtatAck V="0"'),
    }),
  ];
}

async function preparer(): Promise<Envoi[]> {
  return Promise.all(
    ENVOIS.map(async (pes, k) => {
      const { lu } = await controle({ pes });
      const flux = `01980000-0000-7000-8000-${String(k).padStart(12, '0')}` as FluxId;
      const memoire = fichierEnvoye({ id: flux, resume: { ...lu?.resume, misEnLigne: 1 } });
      if (memoire === null) throw new TypeError('not a PES');
      return { memoire, acquits: acquitsDe(pes) };
    }),
  );
}

/** Who gets this file: a flux, or why nobody does. */
function sort(texte: string, envois: readonly Envoi[]): FluxId | 'personne' {
  const { messages } = lire([
    { nom: 'x', octets: Buffer.from(texte.replace(/[^\0-\xff]/gu, '?'), 'latin1') },
  ]);
  const [message] = messages;
  if (message?.type !== 'acquit') return 'personne';
  const { lu, bilan } = message;
  const trouve = rapprocher(
    { entetes: lu.entetes, repetitions: lu.repetitions, bilan },
    envois.map((e) => e.memoire),
  );
  return trouve.type === 'trouve' ? trouve.fichier.flux : 'personne';
}

describe('mutated acquittements are never laid at the door of another file', async () => {
  const envois = await preparer();

  test('whole, each finds its own', () => {
    for (const { memoire, acquits } of envois) {
      expect(acquits.map((a) => sort(a, envois))).toEqual(acquits.map(() => memoire.flux));
    }
  });

  test('under the headers of another file: nobody, or that file when nothing tells them apart', () => {
    const autres: string[] = [];
    for (const { memoire, acquits } of envois) {
      for (const { memoire: autre } of envois) {
        if (autre === memoire) continue;
        for (const cle of ['nomFic', 'codCol', 'idColl', 'codBud'] as const) {
          const nom = `${cle.charAt(0).toUpperCase()}${cle.slice(1)}`;
          for (const texte of acquits) {
            const mutant = texte.replace(
              new RegExp(`<${nom} V="[^"]*"`),
              `<${nom} V="${autre.entetes[cle]}"`,
            );
            const vu = sort(mutant, envois);
            if (vu !== 'personne' && vu !== memoire.flux) autres.push(`${nom} ${memoire.flux} → ${vu}`);
          }
        }
      }
    }
    expect(autres).toEqual([]);
  });

  test('random mutations', () => {
    const nombre = Number(process.env['MUTANTS'] ?? 8000);
    const graine = Number(process.env['GRAINE'] ?? 20_260_303);
    const de: De = tirage(graine);
    const departs = envois.flatMap(({ memoire, acquits }) =>
      acquits.map((a): [FluxId, DocumentMutable] => [memoire.flux, lireDocument(a)]),
    );
    const compte = { siens: 0, personne: 0 };
    const autres: string[] = [];
    for (let k = 0; k < nombre; k += 1) {
      const [flux, document] = departs[de(departs.length)] as [FluxId, DocumentMutable];
      const texte = muter(document, de);
      const vu = sort(texte, envois);
      if (vu === 'personne') compte.personne += 1;
      else if (vu === flux) compte.siens += 1;
      else autres.push(texte);
    }
    console.info(
      `mutants d’acquittements : ${nombre} (graine ${graine}) ; ${compte.siens} au bon fichier, ${compte.personne} à personne, ${autres.length} à un autre`,
    );
    expect(autres.slice(0, 3)).toEqual([]);
    // most accidents leave enough to find the file; those that do not must be seen too
    expect(compte.siens).toBeGreaterThan(nombre / 4);
    expect(compte.personne).toBeGreaterThan(nombre / 10);
  }, 120_000);

  test('bytes broken anywhere never throw', () => {
    const de = tirage(7);
    const sources = [
      ...envois.flatMap((e) => e.acquits.map((a) => Buffer.from(a, 'latin1'))),
      ...['depense', 'recette'].map((n) => readFileSync(`${RACINE}fixtures/helios/retour/${n}.xml`)),
    ];
    for (let k = 0; k < 2000; k += 1) {
      const octets = Uint8Array.from(sources[de(sources.length)] as Buffer);
      for (let n = 1 + de(5); n > 0; n -= 1) octets[de(octets.length)] = de(256);
      const { messages, restes } = lire([{ nom: 'x', octets: octets.subarray(0, 1 + de(octets.length)) }]);
      expect(messages.length + restes.length).toBe(1);
    }
  });
});
