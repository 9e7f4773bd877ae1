import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { actes, lireClassification } from '../../src/protocoles/actes/index.ts';
import type { MessageEtat, RetourLu } from '../../src/protocoles/protocole.ts';
import { courriel, EXEMPLES, RETOURS } from '../unit/actes/decor.ts';

/**
 * Every return of the State that we know, real, simulated or written from the norm: what each must give.
 * `IDActe`, `nom:` archive, `acte:` components, or the words of the reason why a person must see it.
 */
const SYNTHETIQUE = '034-000000000-20260115-2026_001-DE';
const ATTENDUS: Readonly<Record<string, string>> = {
  'pastell/034-491011698-20171207-CL20171227_06-DE-1-1_0.xml': 'Message 1-1',
  'pastell/034-491011698-20171207-CL20171227_06-DE-1-2.xml': '1-2 034-491011698-20171207-CL20171227_06-DE',
  'pastell/999-1234----7-2_1.xml': 'Rien dans ce courriel ne dit',
  'pastell/classification-20171113.xml': 'Rien dans ce courriel ne dit',
  'pastell/classification-exemple.xml': 'Rien dans ce courriel ne dit',
  'pastell/fakeTdt-classification-20040401.xml': 'Rien dans ce courriel ne dit',
  's2low/034-000000000-20170701-20170725A-AI-2-1_0.xml': '2-1 034-000000000-20170701-20170725A-AI +0',
  's2low/034-000000000-20170701-20170725A-AI-5-1_0.xml': '5-1 034-000000000-20170701-20170725A-AI +0',
  's2low/045-214502494-20170717-D201717-DE-1-1_0.xml': 'Message 1-1',
  's2low/ANO_EACT--210703385--20170612-2.xml': 'ANO nom:EACT--210703385--20170612-2',
  's2low/EACT--214502494--20170717-6.xml': 'Cette enveloppe a été émise par une collectivité',
  's2low/TACT--SPREF0011-000000000-20170721-4.xml': 'L’enveloppe annonce 1 message (',
  'stela/006-210600235-20180522-684-AI-1-2_5279.xml': '1-2 006-210600235-20180522-684-AI',
  'stela/044-214400152----1-3_1.xml': '1-3 acte:044 214400152 2018-10-01 123456 DE',
  'stela/EACT--SPREF0441-214400152-20181012-9.xml': 'L’enveloppe annonce 1 message (',
  'stela/SIC-EACT--210600730--20180115-1.tar.gz': 'Aucun message de ce courriel ne cite cette pièce',
  'stela/exemple_codes_matieres.xml': 'Rien dans ce courriel ne dit',
  'synthetique/034-000000000----1-3_1.xml': '1-3 acte:034 000000000 2026-01-15 2026_001 DE',
  'synthetique/034-000000000----7-1_0.xml': 'Message 7-1',
  'synthetique/034-000000000----7-3_1.xml': '7-3 demande:000000000',
  [`synthetique/${SYNTHETIQUE}-1-1_0.xml`]: 'Message 1-1',
  [`synthetique/${SYNTHETIQUE}-1-2_1.xml`]: `1-2 ${SYNTHETIQUE}`,
  'synthetique/ANO_EACT--000000000--20260115-1.xml': 'ANO nom:EACT--000000000--20260115-1',
  'synthetique/EACT--000000000--20260115-1.xml': 'Cette enveloppe a été émise par une collectivité',
  'synthetique/EACT--SPREF0341-000000000-20260116-1.xml': 'L’enveloppe annonce 1 message (',
  ...Object.fromEntries(
    [
      ...['2-2', '3-2', '3-3', '3-4', '4-2', '4-3', '4-4', '6-1'].map((code) => [code, `Message ${code}`]),
      ...['2-1', '3-1', '4-1', '5-1'].map((code) => [code, `${code} ${SYNTHETIQUE} +0`]),
      ...['3-5', '4-5'].map((code) => [code, `${code} réponse:${SYNTHETIQUE} 20`]),
      ['6-2', `6-2 ${SYNTHETIQUE}/6-1`],
    ].map(([code, attendu]) => [`synthetique/${SYNTHETIQUE}-${code}_0.xml`, attendu]),
  ),
};

/** Mails put together from those files: message and envelope, as they travel. */
const COURRIELS: readonly (readonly [noms: readonly string[], attendu: string, siren: string])[] = [
  [
    ['stela/EACT--SPREF0441-214400152-20181012-9.xml', 'stela/044-214400152----1-3_1.xml'],
    '1-3 acte:044 214400152 2018-10-01 123456 DE',
    '214400152',
  ],
  [
    [`synthetique/${SYNTHETIQUE}-1-2_1.xml`, 'synthetique/EACT--SPREF0341-000000000-20260116-1.xml'],
    `1-2 ${SYNTHETIQUE}`,
    '000000000',
  ],
];

/** Our own mails, by folder. */
const NOTRES: Readonly<Record<string, readonly string[]>> = {
  accuse: ['1-2 034-000000018-20260302-2026_014-DE'],
  'accuse-utf8': ['1-2 034-000000018-20260302-2026_014-DE'],
  refus: ['1-3 acte:034 000000018 2026-03-02 2026_014 DE'],
  'refus-muet': ['1-3 acte:null 000000018 2026-03-02 2026_014 DE'],
  'enveloppe-refusee': ['ANO nom:TACT--000000018--20260302-12'],
  'enveloppe-refusee-999': ['ANO nom:TACT--000000018--20260302-12'],
  'enveloppe-refusee-anonyme': ['ANO 034-000000018-20260302-2026_014-DE'],
  plusieurs: ['1-3 acte:034 000000018 2026-03-02 2026_016 DE', '1-2 034-000000018-20260302-2026_015-AR'],
  courrier: ['2-1 034-000000018-20260302-2026_014-DE +1'],
  'enveloppe-seule': ['L’enveloppe annonce 1 message ('],
  contradiction: ['Le message se contredit'],
  'rappel-papier': ['Rappel de l’État'],
  classification: ['7-2 demande:000000018'],
};

function dire({ code, cle }: MessageEtat): string {
  if (cle.par === 'identite') return `${code} ${cle.identite}`;
  if (cle.par === 'nomEnvoi') return `${code} nom:${cle.nom}`;
  if (cle.par === 'reponse') return `${code} réponse:${cle.identite} ${cle.dateCourrier}`;
  if (cle.par === 'demande') return `${code} demande:${cle.siren}`;
  return `${code} acte:${cle.departement} ${cle.siren} ${cle.date} ${cle.numero} ${cle.abrege}`;
}

/** Messages then reasons; a reason is compared by its beginning. */
function verifier(lu: RetourLu, attendus: readonly string[]): void {
  const lettres = lu.courriers.map((c) => `${c.code} ${c.identite} +${c.documents.length}`);
  const dits = [...lu.messages.map(dire), ...lettres, ...lu.restes.map((r) => r.motif)];
  expect(dits).toHaveLength(attendus.length);
  for (const [i, dit] of dits.entries()) expect(dit.slice(0, attendus[i]?.length)).toBe(attendus[i]);
  for (const m of lu.messages) if (m.evenement === 'anomalie_recue') expect(m.erreur?.remede).not.toBe('');
}

const partie = (nom: string) => ({
  nom: nom.replace(/^.*\//, ''),
  octets: readFileSync(`${EXEMPLES}${nom}`),
});

describe('our own returns', () => {
  it('each folder is in the table', () => {
    expect(readdirSync(RETOURS).toSorted()).toEqual(Object.keys(NOTRES).toSorted());
  });
  it.each(Object.entries(NOTRES))('%s', (dossier, attendus) => {
    verifier(actes.accuse.lire(courriel(`${RETOURS}${dossier}`)), attendus);
  });
});

if (!existsSync(EXEMPLES)) console.log('../shared absent : les retours de référence ne sont pas éprouvés');

describe.runIf(existsSync(EXEMPLES))('reference returns (../shared)', () => {
  it('each file is in the table', () => {
    const dossiers = readdirSync(EXEMPLES).filter((d) => statSync(`${EXEMPLES}${d}`).isDirectory());
    const noms = dossiers.flatMap((d) => readdirSync(`${EXEMPLES}${d}`).map((f) => `${d}/${f}`));
    expect(noms.toSorted()).toEqual(Object.keys(ATTENDUS).toSorted());
  });
  it.each(Object.entries(ATTENDUS))('%s → %s', (nom, attendu) => {
    verifier(actes.accuse.lire([partie(nom)]), [attendu]);
  });
  it.each(COURRIELS)('mail of %j → %s', (noms, attendu, siren) => {
    const lu = actes.accuse.lire(noms.map(partie));
    verifier(lu, [attendu]);
    expect(lu.messages[0]?.siren).toBe(siren);
    expect(lu.messages[0]?.parties).toHaveLength(2);
  });
  it.each([
    ['pastell/999-1234----7-2_1.xml', '2019-04-18', 291],
    ['pastell/classification-20171113.xml', '2017-11-13', 66],
    ['pastell/classification-exemple.xml', '2019-03-01', 181],
    ['pastell/fakeTdt-classification-20040401.xml', '2004-04-01', 66],
    ['stela/exemple_codes_matieres.xml', '2017-12-08', 291],
  ])('classification %s', (nom, date, matieres) => {
    const lue = lireClassification(partie(nom).octets);
    if ('motif' in lue) return expect.unreachable(lue.motif);
    expect([lue.date, Object.keys(lue.matieres).length]).toEqual([date, matieres]);
    expect(Object.keys(lue.natures)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(lue.matieres['7.10']).toBeDefined();
  });
});
