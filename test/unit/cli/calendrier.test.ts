import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import { creerBancCli, type Resultat } from './banc-cli.ts';

/** `vaguemestre calendrier`, in this process. */

const cli = creerBancCli();
const dater = (...options: readonly string[]): Promise<Resultat> => cli.lancer('calendrier', ...options);
const RECU = ['--recu', '2026-01-13'];

interface JalonDit {
  readonly code: string;
  readonly date: string | null;
}

async function dates(...options: readonly string[]): Promise<Record<string, string | null>> {
  const { code, json, erreur } = await dater(...RECU, ...options, '--json');
  expect([code, erreur, json.length]).toEqual([0, '', 1]);
  const jalons = json[0]?.['jalons'] as readonly JalonDit[];
  return Object.fromEntries(jalons.map((jalon) => [jalon.code, jalon.date]));
}

async function evenements(...options: readonly string[]) {
  const { code, sortie } = await dater(...RECU, ...options, '--ical');
  expect(code).toBe(0);
  // the last LF is added by the terminal
  expect(`${sortie}\n`.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  const agenda = new ICAL.Component(ICAL.parse(`${sortie}\n`));
  return agenda.getAllSubcomponents('vevent').map((un) => new ICAL.Event(un));
}

describe('for a person', () => {
  test('each milestone: its day, its sentence, its article; then whose holidays are counted', async () => {
    const { code, sortie } = await dater(...RECU, '--acte', 'N1');
    expect(code).toBe(0);
    expect(sortie.split('\n').slice(0, 7)).toEqual([
      'Acte N1',
      'mardi 13 janvier 2026 : Réception',
      '  La préfecture a reçu l’acte le mardi 13 janvier 2026.',
      '  CGCT, art. L. 2131-2',
      'lundi 16 mars 2026 : Fin du délai du contrôle de légalité',
      '  Le préfet peut déférer l’acte au tribunal administratif jusqu’au lundi 16 mars 2026 inclus : deux mois francs depuis le 13 janvier 2026, terme reporté du samedi 14 mars 2026.',
      '  CGCT, art. L. 2131-6 ; CJA, art. R. 421-1',
    ]);
    expect(sortie).toContain('date inconnue : Caractère exécutoire');
    expect(sortie).toMatch(/Jours fériés comptés : métropole\.$/);
  });

  test('a date that may move says so', async () => {
    const { sortie } = await dater(...RECU, '--demande-pieces', '2026-02-01');
    expect(sortie).toContain('mardi 2 juin 2026 (provisoire) : Fin du délai du contrôle de légalité');
  });
});

describe('each option reaches the calendar', () => {
  test.each([
    [[], { reception: '2026-01-13', 'fin-controle': '2026-03-16', executoire: null }],
    [['--publie', '2026-01-20'], { executoire: '2026-01-20' }],
    [['--budgetaire'], { 'fin-controle-budgetaire': '2026-02-16' }],
    [['--compte'], { 'fin-controle-budgetaire': null }],
    [['--nature', '3', '--decision', '2026-01-02'], { 'limite-transmission': '2026-01-17' }],
    [['--matiere', '2.1'], { suspension: '2026-01-26' }],
    [['--papier-attendu'], { 'complement-papier': null, 'fin-controle': null }],
    [['--papier-recu', '2026-02-02'], { 'complement-papier': '2026-02-02', 'fin-controle': '2026-04-03' }],
    [['--papier-recu', '2026-02-02', '--departement', '067'], { 'fin-controle': '2026-04-07' }],
    [['--demande-pieces', '2026-02-01', '--pieces-recues', '2026-02-10'], { 'fin-controle': '2026-04-13' }],
    [['--demande-pieces', '2026-02-01', '--pieces-refusees', '2026-02-11'], { 'fin-controle': '2026-04-13' }],
    [
      ['--observations', '2026-02-01', '--observations-rejetees', '2026-02-12'],
      { 'fin-controle': '2026-04-13' },
    ],
    [
      ['--observations', '2026-02-01', '--observations-repondues', '2026-02-12'],
      { 'fin-controle': '2026-06-02' },
    ],
    [['--defere', '2026-03-02'], { defere: '2026-03-02', validable: null }],
    [['--annule', '2026-03-02'], { annulation: '2026-03-02' }],
  ])('%j', async (options, attendu) => {
    expect(await dates(...options)).toMatchObject(attendu);
  });

  test('the articles are those of the kind of collectivité, the sending counts before the reception', async () => {
    const { sortie } = await dater(...RECU, '--nature-collectivite', '21');
    expect(sortie).toContain('CGCT, art. L. 3132-1');
    const individuelle = ['--nature', '3', '--decision', '2025-12-20', '--transmis', '2026-01-04'];
    expect((await dater(...RECU, ...individuelle)).sortie).toContain('et l’a été le 4 janvier 2026.');
  });

  test('--json tells the territory', async () => {
    const { json } = await dater(...RECU, '--departement', '974', '--acte', 'N1', '--json');
    expect(json).toMatchObject([{ acte: 'N1', territoire: 'reunion' }]);
  });
});

describe('--ical', () => {
  test('one all-day event per dated milestone, read by ical.js', async () => {
    const tous = await evenements('--acte', 'N1', '--demande-pieces', '2026-02-01');
    expect(
      tous.map((un) => [un.uid, String(un.startDate), un.component.getFirstPropertyValue('status')]),
    ).toEqual([
      ['N1.reception@vaguemestre', '2026-01-13', 'CONFIRMED'],
      ['N1.demande-pieces-1@vaguemestre', '2026-02-01', 'CONFIRMED'],
      ['N1.refus-implicite-1@vaguemestre', '2026-04-01', 'TENTATIVE'],
      ['N1.fin-controle@vaguemestre', '2026-06-02', 'TENTATIVE'],
      ['N1.validable@vaguemestre', '2026-06-03', 'TENTATIVE'],
      ['N1.versable@vaguemestre', '2026-06-03', 'TENTATIVE'],
    ]);
    expect(tous[0]?.summary).toBe('Réception (N1)');
    expect(tous[3]?.description).toMatch(/^Le préfet peut déférer .+\.\nCGCT, art\. L\. 2131-6 ; /);
  });

  test('the same acte keeps its names when it learns more; dates of no named acte replace no other', async () => {
    const noms = async (...options: readonly string[]) => (await evenements(...options)).map((un) => un.uid);
    const publie = ['--publie', '2026-01-20'];
    expect(await noms('--acte', 'N1', ...publie)).toEqual(expect.arrayContaining(await noms('--acte', 'N1')));
    expect(await noms()).toEqual(await noms());
    const [un, autre] = [await noms(...publie), await noms('--publie', '2026-01-21')];
    expect(autre.filter((nom) => un.includes(nom))).toEqual([]);
  });

  test('stamped by the machine’s clock', async () => {
    const [premier] = await evenements();
    expect(String(premier?.component.getFirstPropertyValue('dtstamp'))).toBe('2026-06-15T12:00:00Z');
  });
});

describe('what is refused, with the option to correct (exit 2)', () => {
  test.each([
    [[], 'désigner un acte, ou donner « --recu AAAA-MM-JJ »'],
    [['--recu', '2026-02-30'], '« --recu » attend un jour (2026-06-15), et on lit « 2026-02-30 »'],
    [['--recu', '13/01/2026'], 'on lit « 13/01/2026 »'],
    [[...RECU, '--demande-pieces', 'hier'], '« --demande-pieces » attend un jour'],
    [[...RECU, '--departement', '67'], '« --departement » attend un département sur trois caractères'],
    [[...RECU, '--departement', '999'], 'on lit « 999 »'],
    [[...RECU, '--nature', 'DE'], '« --nature » attend un chiffre'],
    [[...RECU, '--matiere', '7.x'], '« --matiere » attend un code de la classification'],
    [[...RECU, '--nature-collectivite', '3'], '« --nature-collectivite » attend deux chiffres'],
    [[...RECU, '--acte', 'a b'], '« --acte » attend un identifiant sans espace'],
    [[...RECU, '--acte', ''], '« --acte » attend un identifiant sans espace'],
    [[...RECU, '--json', '--ical'], 'Les options « --json » et « --ical » ne vont pas ensemble'],
    [[...RECU, '--budgetaire', '--compte'], '« --budgetaire » et « --compte » ne vont pas ensemble'],
    [[...RECU, '--papier-attendu', '--papier-recu', '2026-02-01'], 'ne vont pas ensemble'],
    [[...RECU, '--pieces-recues', '2026-02-10'], '« --pieces-recues » ne va pas sans « --demande-pieces »'],
    [[...RECU, '--observations-rejetees', '2026-02-10'], 'ne va pas sans « --observations »'],
    [[...RECU, '--decision', '2026-02-01'], 'précède la décision, le 1er février 2026'],
    [['--recu', '1950-01-13'], 'n’est pas entre 1984 et 4000'],
  ])('%j', async (options, attendu) => {
    const { code, sortie, erreur } = await dater(...options);
    expect([code, sortie]).toEqual([2, '']);
    expect(erreur).toContain('VGM-CLI-004');
    expect(erreur).toContain(attendu);
    expect(erreur).toMatch(/Lire « vaguemestre( calendrier)? --help »/);
  });
});
