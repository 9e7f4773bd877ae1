import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Collectivite } from '../../../src/metier/collectivite.ts';
import { type BancApi, ouvrirBanc } from '../../api/banc-api.ts';
import { courrierFictif, envoiFictif } from '../../api/echanges-fictifs.ts';
import { fluxFictif, SIREN } from '../../api/gestes-fictifs.ts';
import { type BancCli, creerBancCli } from './banc-cli.ts';

/** Exchanges with the préfecture, from the command line. */

let api: BancApi;
let cli: BancCli;
let document: string;
let annexe: string;
const ACTE = fluxFictif(1, { etat: 'acquitte' });
const DEMANDE = courrierFictif(2, '3-1');
const DEFERE = courrierFictif(3, '5-1');

beforeAll(async () => {
  api = await ouvrirBanc();
  document = join(api.dossier, 'plan.pdf');
  annexe = join(api.dossier, 'avis.pdf');
  writeFileSync(document, '%PDF-1.7 plan');
  writeFileSync(annexe, '%PDF-1.7 avis');
});
afterAll(() => api.fermer());
beforeEach(() => {
  cli = creerBancCli(api.socket);
  api.gestes.flux.clear();
  api.gestes.cles.clear();
  api.gestes.echanges.reponses.length = 0;
  for (const f of [ACTE, DEMANDE, DEFERE]) api.gestes.flux.set(f.id, f);
});

const lignes = (sortie: string): string[] => sortie.split('\n').map((l) => l.replace(/ {2,}/g, '  ').trim());

describe('repondre', () => {
  test('the documents leave as they are, with their types; what was done is told', async () => {
    const r = await cli.lancer(
      'repondre',
      DEMANDE.id,
      '--document',
      `${document}:99_de`,
      '--annexe',
      `${annexe}:70_DE`,
    );
    expect([r.code, r.erreur]).toEqual([0, '']);
    expect(r.sortie).toMatch(
      /^Déposé : 3-4, pièces complémentaires \(acte DEL1\)\n {2}Flux 0195[0-9a-f-]+, déposé\.$/,
    );
    const [d] = api.gestes.echanges.reponses;
    expect(d).toMatchObject({ courrier: DEMANDE.id, refus: false, typologies: ['99_DE', '70_DE'] });
    expect(d?.fichiers.map((f) => [f.role, f.nom])).toEqual([
      ['document', 'plan.pdf'],
      ['annexe', 'avis.pdf'],
    ]);
  });

  test('a refusal; the key repeats it; a second answer: exit 1', async () => {
    const faire = (...plus: string[]) =>
      cli.lancer('repondre', DEMANDE.identite, '--document', `${document}:99_DE`, ...plus);
    expect((await faire('--refus', '--cle', 'k')).sortie).toMatch(/^Déposé : 3-3, refus de pièces/);
    expect((await faire('--refus', '--cle', 'k')).sortie).toMatch(/^Déjà déposé : 3-3/);
    const encore = await faire();
    expect([encore.code, encore.erreur]).toEqual([1, expect.stringContaining('VGM-GES-050')]);
  });

  test('refused by its controls: exit 3, what is to be corrected; --json gives the answer', async () => {
    const r = await cli.lancer('repondre', DEMANDE.id, '--document', `${document}:XX_XX`);
    expect([r.code, r.sortie]).toEqual([3, '']);
    expect(r.erreur).toContain('Erreur VGM-API-010');
    const j = await cli.lancer('repondre', DEMANDE.id, '--document', document, '--json');
    expect(j.json).toMatchObject([{ verdict: 'favorable', flux: { message: { code: '3-4' } } }]);
    expect(api.gestes.echanges.reponses[1]?.typologies).toEqual(['']);
  });

  test('no document or an absent one: 2; what has no answer: 1', async () => {
    expect((await cli.lancer('repondre', DEMANDE.id)).code).toBe(2);
    expect((await cli.lancer('repondre', DEMANDE.id, '--document', '/absent.pdf:99_DE')).code).toBe(2);
    const defere = await cli.lancer('repondre', DEFERE.id, '--document', document);
    expect([defere.code, defere.erreur]).toEqual([1, expect.stringContaining('VGM-GES-051')]);
  });
});

describe('annuler', () => {
  test('the acte is named by its own identifier; one cancellation at a time', async () => {
    const r = await cli.lancer('annuler', ACTE.identite);
    expect(r.sortie).toMatch(/^Déposé : 6-1, annulation de la transmission \(acte DEL1\)\n {2}Flux /);
    expect((await cli.lancer('annuler', ACTE.id)).erreur).toContain('VGM-GES-050');
    api.gestes.flux.set(ACTE.id, fluxFictif(1, { etat: 'transmis' }));
    const tot = await cli.lancer('annuler', ACTE.id);
    expect([tot.code, tot.erreur]).toEqual([1, expect.stringContaining('VGM-GES-052')]);
  });

  test('--json gives the flux', async () => {
    expect((await cli.lancer('annuler', ACTE.id, '--json')).json).toMatchObject([
      { cite: ACTE.id, message: { code: '6-1' } },
    ]);
  });
});

describe('classification', () => {
  const fiche = (classification: object | null) =>
    ({ siren: SIREN, actes: { classification }, points: [], creee: 0 }) as unknown as Collectivite;
  const CLASSIFICATION = {
    date: '2019-08-29',
    matieres: { '7.10': 'Divers', '7.2': 'Fiscalité', '10.1': 'Autre' },
    natures: {
      '2': { abrege: 'AR', libelle: 'Actes réglementaires', types: {} },
      '1': {
        abrege: 'DE',
        libelle: 'Délibérations',
        types: { '99_SE': 'Signature', '99_DE': 'Délibération' },
      },
    },
  };
  beforeEach(() => api.gestes.fiches.set(SIREN, fiche(CLASSIFICATION)));

  test('the one held: its date, its natures with their types, its matières in order', async () => {
    const r = await cli.lancer('classification', SIREN);
    expect([r.code, lignes(r.sortie)]).toEqual([
      0,
      [
        'Classification du 29/08/2019',
        '',
        'Nature  Abrégé  Libellé  Types de pièces',
        '1  DE  Délibérations  99_DE, 99_SE',
        '2  AR  Actes réglementaires  -',
        '',
        'Matière  Libellé',
        '7.2  Fiscalité',
        '7.10  Divers',
        '10.1  Autre',
      ],
    ]);
    expect((await cli.lancer('classification', SIREN, '--json')).json).toEqual([CLASSIFICATION]);
  });

  test('none: how to ask for it', async () => {
    api.gestes.fiches.set(SIREN, fiche(null));
    const r = await cli.lancer('classification', SIREN);
    expect([r.code, r.sortie]).toEqual([
      0,
      `Aucune classification n’est détenue.\nLa demander à la préfecture : vaguemestre classification ${SIREN} --demander`,
    ]);
    expect((await cli.lancer('classification', SIREN, '--json')).json).toEqual([null]);
  });

  test('--demander asks for it, once a day; --complete has the whole of it', async () => {
    const r = await cli.lancer('classification', SIREN, '--demander');
    expect(r.sortie).toMatch(/^Déposé : 7-1, demande de classification\n {2}Flux /);
    expect((await cli.lancer('classification', SIREN, '--demander')).code).toBe(1);
    api.gestes.flux.clear();
    const tout = await cli.lancer('classification', SIREN, '--demander', '--complete', '--json');
    expect(tout.json).toMatchObject([{ resume: { dateCourrier: '2001-01-01' } }]);
    const seul = await cli.lancer('classification', SIREN, '--complete');
    expect([seul.code, seul.erreur]).toEqual([2, expect.stringContaining('va avec « --demander »')]);
    expect((await cli.lancer('classification', '12')).code).toBe(2);
    expect((await cli.lancer('classification', '999999999')).erreur).toContain('VGM-GES-004');
  });
});

describe('what is shown', () => {
  const accuse = envoiFictif(4, '3-2', { etat: 'transmis', cite: DEMANDE.id });
  beforeEach(() => api.gestes.flux.set(accuse.id, accuse));

  test('montrer an acte: its letters, and what was sent about each', async () => {
    const vues = lignes((await cli.lancer('montrer', ACTE.id)).sortie);
    const rang = vues.indexOf('Date  Message  Sens  État  Flux');
    expect(vues.slice(rang + 1, rang + 4)).toEqual([
      `02/03/2026 10:00:00  3-1 demande de pièces complémentaires  reçu  reçu de l’État  ${DEMANDE.id}`,
      `02/03/2026 10:00:00  5-1 déféré au tribunal administratif  reçu  reçu de l’État  ${DEFERE.id}`,
      `02/03/2026 10:00:00  3-2 accusé de réception d’une demande de pièces  envoyé  transmis  ${accuse.id}`,
    ]);
    expect(vues.join('\n')).not.toContain('repondre');
  });

  test('montrer a letter: its acte, its date, what it says, what may be answered', async () => {
    const vues = lignes((await cli.lancer('montrer', DEMANDE.id)).sortie);
    for (const attendue of [
      'Message  3-1, demande de pièces complémentaires',
      `Acte  034-${SIREN}-20260302-DEL1-DE`,
      'Courrier du  12/03/2026',
      'Exposé  Le plan de financement manque.',
      `Répondre : vaguemestre repondre ${DEMANDE.id} --document <fichier:typologie>`,
      `Refuser : vaguemestre repondre ${DEMANDE.id} --refus --document <fichier:typologie>`,
    ])
      expect(vues).toContain(attendue);
  });

  test('once answered, the answer; a refused one does not count', async () => {
    const dire = async () => (await cli.lancer('montrer', DEMANDE.id)).sortie;
    const reponse = envoiFictif(5, '3-3', { etat: 'anomalie', cite: DEMANDE.id });
    api.gestes.flux.set(reponse.id, reponse);
    expect(await dire()).toContain('Répondre : ');
    api.gestes.flux.set(reponse.id, { ...reponse, etat: 'transmis' });
    expect(await dire()).toContain(`Réponse : flux ${reponse.id}, transmis.`);
    expect(await dire()).not.toContain('Répondre : ');
  });

  test('a déféré has no answer; a simple letter is not refused', async () => {
    const defere = (await cli.lancer('montrer', DEFERE.id)).sortie;
    expect(defere).toContain('La norme ne prévoit pas de réponse à un déféré au tribunal administratif.');
    expect(lignes(defere)).toContain('Recours déposé le  12/03/2026');
    const simple = courrierFictif(6, '2-1', { identite: 'autre' });
    api.gestes.flux.set(simple.id, simple);
    const { sortie } = await cli.lancer('montrer', simple.id);
    expect(sortie).toContain(`Répondre : vaguemestre repondre ${simple.id}`);
    expect(sortie).not.toContain('--refus');
  });

  test('what the letter says cannot drive the terminal', async () => {
    const resume = { ...DEMANDE.resume, expose: '\u001b[2Jvilain' };
    api.gestes.flux.set(DEMANDE.id, { ...DEMANDE, resume });
    const { sortie } = await cli.lancer('montrer', DEMANDE.id);
    expect(sortie).toContain('vilain');
    expect(sortie).not.toContain('\u001b');
  });

  test('lister gives the code of what is not an acte, in a column that is there only then', async () => {
    const vues = lignes((await cli.lancer('lister')).sortie);
    expect(vues[0]).toBe('Déposé le  État  Message  Identité  Objet  Flux');
    expect(vues.find((l) => l.includes(DEMANDE.id))).toContain('reçu de l’État  3-1  034-');
    expect(vues.find((l) => l.endsWith(ACTE.id))).toContain('acquitté  034-');
    api.gestes.flux.clear();
    api.gestes.flux.set(ACTE.id, ACTE);
    expect(lignes((await cli.lancer('lister')).sortie)[0]).toBe('Déposé le  État  Identité  Objet  Flux');
  });
});
