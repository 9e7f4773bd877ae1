import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { creerFakeCoffre } from '../../src/adapters/coffre/fake.ts';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import { analyserRetour } from '../../src/etapes/accuse.ts';
import type { OutilsAccuse } from '../../src/etapes/accuse-lot.ts';
import { ErreurVgm } from '../../src/metier/erreurs.ts';
import type { Flux } from '../../src/metier/flux.ts';
import type { FluxId, Instant, RetourId, Siren } from '../../src/metier/identifiants.ts';
import type { Retour } from '../../src/metier/retours.ts';
import type { LectureFlux } from '../../src/ports/store.ts';
import { actes } from '../../src/protocoles/actes/index.ts';
import {
  courriel,
  DATE,
  type Fichier,
  fichiersAccuse,
  fichiersAnomalie,
  identiteDe,
  latin1,
  xmlAccuse,
  xmlAnomalie,
} from './courriels.ts';
import { ANGLAIS, SIREN } from './monde.ts';

/** Seeded mutants of valid returns, in process for numbers: every one settled, none moves a flux that it does not name. */

const clock = creerClockSysteme();

function sha256(octets: Uint8Array): string {
  return createHash('sha256').update(octets).digest('hex');
}

const VISE = identiteDe({ numero: 'VISE_1' });
const MUTANTS = Number(process.env['MUTANTS'] ?? 2_400);

function flux(numero: string, siren: string, nomEnvoi: string): Flux {
  return {
    id: `flux-${siren}-${numero}` as FluxId,
    protocole: 'ACTES',
    collectivite: siren as Siren,
    etat: 'transmis',
    ver: 5,
    due: null,
    tentatives: 0,
    identite: identiteDe({ numero, siren }),
    resume: { misEnLigne: '2026-03-02T10:00:00Z' },
    nomEnvoi,
    cite: null,
    depose: 0 as Instant,
    modifie: 0 as Instant,
    transmis: 0 as Instant,
    solde: null,
    alerte: null,
    erreur: null,
  };
}

const TENUS = [
  flux('VISE_1', SIREN, `VGM-TACT--${SIREN}--20260302-1.tar.gz`),
  flux('VISE_2', SIREN, `VGM-TACT--${SIREN}--20260302-2.tar.gz`),
  flux('VISE_1', '213400024', 'VGM-TACT--213400024--20260302-1.tar.gz'),
];

/** Same seed, same mutants. */
function hasard(graine: number): () => number {
  let etat = graine >>> 0;
  return () => {
    etat = (etat + 0x6d2b79f5) >>> 0;
    let t = Math.imul(etat ^ (etat >>> 15), etat | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const JETONS = [
  '\0',
  '<',
  '>',
  '"',
  '&',
  '&#0;',
  '<!DOCTYPE a [',
  ']]>',
  '\r\n\r\n',
  '--frontiere',
  '--frontiere--',
  '=?x?q?',
  ';',
  '\u00ff',
  'Content-Type: message/rfc822\r\n\r\n',
  '213400024',
  'VISE_2',
  '1-3',
  'xmlns=""',
];

function muter(octets: Buffer, alea: () => number): Buffer {
  const n = 1 + Math.floor(alea() * 4);
  let mutant = octets;
  for (let i = 0; i < n; i += 1) {
    const ou = Math.floor(alea() * mutant.length);
    const long = 1 + Math.floor(alea() * 60);
    const [avant, apres] = [mutant.subarray(0, ou), mutant.subarray(ou)];
    const jeton = latin1(JETONS[Math.floor(alea() * JETONS.length)] ?? '');
    const gestes = [
      () => Buffer.concat([avant, apres.subarray(long)]),
      () => Buffer.concat([avant, apres.subarray(0, long), apres]),
      () => Buffer.concat([avant, jeton, apres]),
      () => Buffer.concat([avant, Buffer.from([Math.floor(alea() * 256)]), apres.subarray(1)]),
      () =>
        alea() < 0.2
          ? avant
          : Buffer.concat([
              avant,
              Buffer.from([(apres[0] ?? 0) ^ (1 << Math.floor(alea() * 8))]),
              apres.subarray(1),
            ]),
    ];
    mutant = gestes[Math.floor(alea() * gestes.length)]?.() ?? mutant;
  }
  return mutant;
}

function outils(coffre: ReturnType<typeof creerFakeCoffre>): OutilsAccuse {
  const lecture: Pick<LectureFlux, 'parIdentite' | 'parNomEnvoi' | 'pieces'> = {
    parIdentite: async (_portee, identite) => TENUS.filter((f) => f.identite === identite),
    parNomEnvoi: async (_portee, nom) => TENUS.find((f) => f.nomEnvoi === nom),
    pieces: async () => [],
  };
  return {
    flux: lecture as LectureFlux,
    coffre,
    annuaire: {
      trouver: async () => undefined,
      exiger: () => Promise.reject(new TypeError('unused')),
      oublier: () => undefined,
    },
    collectivites: { lister: async () => [] },
    actes: actes.accuse,
    expediteurs: [],
    trigramme: 'VGM',
  };
}

/** What a mail must still say, in so many words, to move the flux. */
function nomme(octets: Buffer): boolean {
  const texte = octets.toString('latin1');
  const decodes = [
    texte,
    ...[...texte.matchAll(/(?:^|\r\n)((?:[A-Za-z0-9+/=]{4,76}\r\n){2,}[A-Za-z0-9+/=]*)/g)].map((b) =>
      Buffer.from(b[1] ?? '', 'base64').toString('latin1'),
    ),
  ].join('\n');
  return (
    decodes.includes(VISE) || decodes.includes('VISE_1"') || decodes.includes(`TACT--${SIREN}--20260302-1`)
  );
}

type Verdict = 'attribue' | 'classe' | 'a_trancher';

describe('seeded mutants of valid returns, in process', () => {
  const coffre = creerFakeCoffre();
  const tools = outils(coffre);

  async function juger(brut: Buffer): Promise<{ verdict: Verdict; touches: Flux[]; motif: string }> {
    const depot = await coffre.ajouter(brut);
    expect(depot.sha256).toBe(sha256(brut));
    const retour: Retour = {
      id: 'r' as RetourId,
      ...depot,
      source: 'smtp',
      nom: null,
      recu: 0 as Instant,
      etat: 'recu',
      due: null,
      tentatives: 0,
      motif: null,
      flux: [],
      ver: 1,
    };
    const garde = new AbortController();
    const trop = clock.sleep(10_000, garde.signal).then(() => {
      if (!garde.signal.aborted)
        throw new TypeError(`no verdict after 10 s: ${brut.toString('base64').slice(0, 4000)}`);
      return null;
    });
    const issue = await Promise.race([
      analyserRetour(retour, tools).catch((cause: unknown) => {
        // What the engine parks: a definitive error of the catalogue, and nothing else.
        if (cause instanceof ErreurVgm && cause.fiche.nature === 'definitive')
          return { attributions: [], sansEffet: [], restes: [cause.fiche.message] };
        throw cause;
      }),
      trop,
    ]);
    garde.abort();
    if (issue === null) throw new TypeError('unreachable');
    const touches = issue.attributions.map((a) => a.flux);
    const motif = issue.restes.join(' ; ');
    if (motif !== '') {
      expect(motif).toMatch(/\p{L}{3}/u);
      expect(motif.replaceAll(/«[^»]*»/g, '')).not.toMatch(ANGLAIS);
      return { verdict: 'a_trancher', touches, motif };
    }
    expect(touches.length + issue.sansEffet.length).toBeGreaterThan(0);
    return { verdict: touches.length > 0 ? 'attribue' : 'classe', touches, motif };
  }

  const modeles: (readonly [string, () => Fichier[]])[] = [
    ['1-2', () => fichiersAccuse({ numero: 'VISE_1' })],
    ['1-3', () => fichiersAnomalie({ numero: 'VISE_1' })],
    ['1-2 alone', () => fichiersAccuse({ numero: 'VISE_1' }).slice(1)],
    [
      'ANO',
      () => [
        {
          nom: `ANO_TACT--${SIREN}--20260302-1.xml`,
          octets: latin1(
            `<?xml version="1.0" encoding="ISO-8859-1"?><actes:AnomalieEnveloppe xmlns:actes="http://www.interieur.gouv.fr/ACTES#v1.1-20040216"><actes:Date>2026-03-10</actes:Date><actes:Nature>999</actes:Nature><actes:Detail>VGM-TACT--${SIREN}--20260302-1.tar.gz -&gt; ODT-VERIF-17 : non reconnu</actes:Detail></actes:AnomalieEnveloppe>`,
          ),
        },
      ],
    ],
  ];

  test('the models themselves move the flux aimed at, and no other', async () => {
    for (const [titre, fichiers] of modeles) {
      const { verdict, touches } = await juger(courriel(fichiers(), titre));
      expect({ titre, verdict, touches: touches.map((f) => f.identite) }).toEqual({
        titre,
        verdict: 'attribue',
        touches: [VISE],
      });
    }
  });

  test(`${MUTANTS} mutants of bytes: every one kept and settled, no flux moved but the one it names`, async () => {
    const comptes: Record<Verdict, number> = { attribue: 0, classe: 0, a_trancher: 0 };
    for (let i = 0; i < MUTANTS; i += 1) {
      const alea = hasard(i);
      const [titre, fichiers] = modeles[i % modeles.length] ?? modeles[0] ?? ['', () => []];
      const dedans = i % 2 === 0;
      const intacts = fichiers();
      const brut = dedans
        ? courriel(
            intacts.map((f) => ({ ...f, octets: muter(Buffer.from(f.octets), alea) })),
            `m${i}`,
          )
        : muter(courriel(intacts, `m${i}`), alea);
      const { verdict, touches } = await juger(brut);
      comptes[verdict] += 1;
      expect(touches.length, `${titre} ${i}`).toBeLessThanOrEqual(1);
      for (const f of touches) {
        expect(f.identite, `${titre} ${i}`).toBe(VISE);
        if (!dedans) expect(nomme(brut), `${titre} ${i}`).toBe(true);
      }
    }
    console.log(
      `mutants of returns: ${MUTANTS} (${Object.entries(comptes)
        .map(([k, n]) => `${k} ${n}`)
        .join(', ')})`,
    );
    expect(comptes.attribue).toBeGreaterThan(100);
    expect(comptes.a_trancher).toBeGreaterThan(100);
  });

  test('every change of one character of what names the acte leaves the flux alone', async () => {
    const alphabet = [...'0129ABZ_-é'];
    let essais = 0;
    const essayer = async (xml: string, nom: string): Promise<void> => {
      essais += 1;
      const { touches } = await juger(courriel([{ nom, octets: latin1(xml) }], `s${essais}`));
      expect(touches, xml.slice(0, 300)).toEqual([]);
    };
    const accuse = xmlAccuse({ numero: 'VISE_1' });
    const ou = accuse.indexOf(VISE);
    for (let k = 0; k < VISE.length; k += 1) {
      for (const c of alphabet) {
        if (VISE[k] === c) continue;
        // « VISE_2 » is another flux of ours: a message that says it all through would be its own.
        await essayer(accuse.slice(0, ou + k) + c + accuse.slice(ou + k + 1), 'ar.xml');
      }
    }
    const refus = xmlAnomalie({ numero: 'VISE_1' });
    for (const [motif, autres] of [
      ['NumeroInterne="VISE_1"', ['NumeroInterne="VISE_3"', 'NumeroInterne="vise_1"', 'NumeroInterne=""']],
      [`Date="${DATE}"`, ['Date="2026-03-03"', 'Date="2026-02-30"', 'Date=""', 'Date="02/03/2026"']],
      ['CodeNatureActe="1"', ['CodeNatureActe="2"', 'CodeNatureActe="6"']],
    ] as const) {
      for (const autre of autres) await essayer(refus.replace(`actes:${motif}`, `actes:${autre}`), 'ano.xml');
    }
    console.log(`changes of one character: ${essais}`);
  });
});
