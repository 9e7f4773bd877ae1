import { gunzipSync } from 'node:zlib';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import type { Etat } from '../../src/metier/etats.ts';
import type { Flux } from '../../src/metier/flux.ts';
import type { FluxId, Jour } from '../../src/metier/identifiants.ts';
import { OPERATEUR } from '../../src/ports/store.ts';
import { entretenirClassifications } from '../../src/gestes/classifications.ts';
import { type Atelier, accuseDe, creerAtelier, CTX, SIREN } from './atelier.ts';
import {
  accuseAnnulationDe,
  accuseReponseDe,
  classificationDe,
  courrierDe,
  rappelDe,
} from './messages-echanges.ts';
import { creerPdf } from '../../src/banc/pdf.ts';

/** Exchanges about an acte that the préfecture holds (actes.md A.2, A.3): letters, answers, cancellation, classification. */

let a: Atelier;
afterEach(() => a.fermer());

const PDF = creerPdf(['Réponse']);

async function acquitte(numero: string): Promise<Flux> {
  const { id } = await a.depose(numero);
  await a.jusqua(id, 'transmis');
  await a.recevoir(accuseDe(numero));
  return a.jusqua(id, 'acquitte');
}

const recevoir = async (courriel: Buffer): Promise<void> => {
  await a.recevoir(courriel);
  await a.calme();
};

/** Flux that cite this one, as « message état ». */
async function suites({ id }: Pick<Flux, 'id'>): Promise<Flux[]> {
  return [...(await a.store.flux.citants(OPERATEUR, id))];
}
const dire = (flux: readonly Flux[]): string[] => flux.map((f) => `${String(f.resume['message'])} ${f.etat}`);

async function repondre(
  courrier: FluxId,
  o: { refus?: boolean; nombre?: number; typologies?: string[] } = {},
) {
  const nombre = o.nombre ?? 1;
  const fichiers = [];
  for (let k = 0; k < nombre; k += 1)
    fichiers.push(await a.gestes.recevoirFichier(PDF, k === 0 ? 'document' : 'annexe', `piece-${k}.pdf`));
  return a.gestes.repondre(CTX, {
    courrier,
    refus: o.refus ?? false,
    typologies: o.typologies ?? fichiers.map(() => '99_DE'),
    fichiers,
    cleIdempotence: null,
  });
}

async function repondu(courrier: FluxId, o: Parameters<typeof repondre>[1] = {}): Promise<Flux> {
  const r = await repondre(courrier, o);
  if (r.type !== 'accepte') throw new TypeError(JSON.stringify(r));
  return r.flux;
}

/** The archive that left for a flux: names of its files, and the text of its message. */
async function partie(id: FluxId): Promise<{ noms: string[]; message: string }> {
  const { pieces } = await a.gestes.montrer(CTX, id);
  const archive = pieces.find((p) => p.role === 'archive');
  const { contenu } = await a.gestes.ouvrirPiece(CTX, id, archive?.rang ?? -1);
  const tar = gunzipSync(await buffer(contenu));
  const noms: string[] = [];
  let message = '';
  for (let o = 0; o + 512 <= tar.length && tar[o] !== 0; ) {
    const nom = tar.toString('latin1', o, o + 100).replace(/\0.*$/s, '');
    const taille = Number.parseInt(tar.toString('latin1', o + 124, o + 136), 8);
    if (noms.length === 1) message = tar.toString('latin1', o + 512, o + 512 + taille);
    noms.push(nom);
    o += 512 + Math.ceil(taille / 512) * 512;
  }
  return { noms, message };
}

describe('letters of the préfecture', () => {
  test('a 3-1 cites its acte, its receipt 3-2 leaves by itself with the letter’s own date, the answer 3-4 is closed by 3-5', async () => {
    a = await creerAtelier();
    const acte = await acquitte('DELIB_1');
    await recevoir(courrierDe('3-1', 'DELIB_1', { date: '2026-03-11' }));
    const [lettre] = await suites(acte);
    if (lettre === undefined) return expect.unreachable();
    expect(lettre).toMatchObject({
      etat: 'recu',
      cite: acte.id,
      resume: { message: '3-1', dateCourrier: '2026-03-11', expose: 'Le plan de financement' },
    });
    const { pieces } = await a.gestes.montrer(CTX, lettre.id);
    expect(pieces.map((p) => p.role)).toEqual(['retour', 'accuse', 'enveloppe_retour', 'document']);
    // terminal at « transmis »: the norm has no receipt of a receipt, and nothing is due
    const [accuse] = await suites(lettre);
    expect(dire([accuse as Flux])).toEqual(['3-2 transmis']);
    expect((accuse as Flux).due).toBeNull();
    const parti = await partie((accuse as Flux).id);
    expect(parti.message).toContain('actes:DateCourrierPref="2026-03-11"');
    expect(parti.noms[1]).toBe(`034-${SIREN}-20260302-DELIB_1-DE-3-2_0.xml`);
    const reponse = await repondu(lettre.id, { nombre: 2 });
    await a.jusqua(reponse.id, 'transmis');
    const envoyee = await partie(reponse.id);
    expect(envoyee.noms.slice(1)).toEqual([
      `034-${SIREN}-20260302-DELIB_1-DE-3-4_0.xml`,
      `99_DE-034-${SIREN}-20260302-DELIB_1-DE-3-4_1.pdf`,
      `99_DE-034-${SIREN}-20260302-DELIB_1-DE-3-4_2.pdf`,
    ]);
    expect(envoyee.message).toContain('actes:DateCourrierPref="2026-03-11"');
    await recevoir(accuseReponseDe('3-5', 'DELIB_1', { date: '2026-03-11' }));
    expect(await a.flux(reponse.id)).toMatchObject({
      etat: 'acquitte',
      resume: { dateReception: '2026-03-20' },
    });
    expect((await a.flux(acte.id)).etat).toBe('acquitte');
  });

  test.each([
    ['2-1', false, '2-2', null],
    ['3-1', true, '3-3', '3-5'],
    ['4-1', false, '4-4', '4-5'],
    ['4-1', true, '4-3', '4-5'],
    // oxlint-disable-next-line max-params -- one row of the table
  ] as const)('%s, refusal %s: the answer is %s, closed by %s', async (code, refus, attendu, fin) => {
    a = await creerAtelier();
    const acte = await acquitte('D1');
    await recevoir(courrierDe(code, 'D1'));
    const [lettre] = await suites(acte);
    const reponse = await repondu((lettre as Flux).id, { refus });
    const { etat, due, resume } = await a.jusqua(reponse.id, 'transmis');
    expect([etat, resume['message'], due === null]).toEqual(['transmis', attendu, fin === null]);
    if (fin === null) return;
    await recevoir(accuseReponseDe(fin, 'D1'));
    expect((await a.flux(reponse.id)).etat).toBe('acquitte');
  });

  test('several letters of one kind, of one day: each its flux; a receipt that names none of them is for a person', async () => {
    a = await creerAtelier();
    const acte = await acquitte('D1');
    await recevoir(courrierDe('3-1', 'D1'));
    await recevoir(courrierDe('3-1', 'D1', { sel: 'autre' }));
    const lettres = await suites(acte);
    expect(dire(lettres)).toEqual(['3-1 recu', '3-1 recu']);
    for (const lettre of lettres) await a.jusqua((await repondu(lettre.id)).id, 'transmis');
    await recevoir(accuseReponseDe('3-5', 'D1'));
    const reponses = (await Promise.all(lettres.map(suites)))
      .flat()
      .filter((f) => f.resume['message'] === '3-4');
    expect(reponses.map((f) => f.etat)).toEqual(['transmis', 'transmis']);
    const [retour] = await a.gestes.retours.lister(CTX, { etats: ['a_trancher'], limite: 10 });
    expect(retour?.motif).toContain('Réponse au courrier du 12/03/2026');
  });

  test('the same letter in two mails is one letter, answered once; the mail is filed', async () => {
    a = await creerAtelier();
    const acte = await acquitte('D1');
    await recevoir(courrierDe('4-1', 'D1'));
    const double = courrierDe('4-1', 'D1');
    await recevoir(
      Buffer.from(double.toString('latin1').replace('Subject: ACTES', 'Subject: ACTES (copie)'), 'latin1'),
    );
    expect(dire(await suites(acte))).toEqual(['4-1 recu']);
    const [lettre] = await suites(acte);
    expect(dire(await suites(lettre as Flux))).toEqual(['4-2 transmis']);
    expect(await a.gestes.retours.lister(CTX, { etats: ['a_trancher'], limite: 10 })).toEqual([]);
    const premiere = await repondu((lettre as Flux).id);
    await expect(repondre((lettre as Flux).id)).rejects.toThrow(new RegExp(`VGM-GES-050.*${premiere.id}`));
  });

  test('a 5-1 has no answer; a letter about an acte that never left is for a person', async () => {
    a = await creerAtelier();
    const acte = await acquitte('D1');
    await recevoir(courrierDe('5-1', 'D1'));
    const [defere] = await suites(acte);
    expect(defere).toMatchObject({ etat: 'recu', resume: { message: '5-1', expose: 'Incompétence' } });
    expect(await suites(defere as Flux)).toEqual([]);
    await expect(repondre((defere as Flux).id)).rejects.toThrow(/VGM-GES-051/);
    await expect(repondre(acte.id)).rejects.toThrow(/VGM-GES-051/);
    await recevoir(courrierDe('2-1', 'INCONNU'));
    const [retour] = await a.gestes.retours.lister(CTX, { etats: ['a_trancher'], limite: 10 });
    expect(retour?.motif).toContain('aucun acte de cet identifiant n’est parti d’ici');
  });

  test('an answer is controlled as an acte is: typologie of the nature, documents counted', async () => {
    a = await creerAtelier();
    const acte = await acquitte('D1');
    await recevoir(courrierDe('4-1', 'D1'));
    const [lettre] = await suites(acte);
    const { id } = lettre as Flux;
    const codes = async (o: Parameters<typeof repondre>[1]) => {
      const r = await repondre(id, o);
      return r.rapport.reponses.flatMap((q) => q.anomalies).map((x) => x.code);
    };
    expect(await codes({ nombre: 2 })).toEqual(['ACTES-REP-01']);
    expect(await codes({ nombre: 0 })).toContain('ACTES-REP-01');
    expect(await codes({ typologies: ['XX_XX'] })).toEqual(['ACTES-TYP-03']);
    expect(await codes({ typologies: [''] })).toEqual(['ACTES-TYP-01']);
    // fewer types than documents, or more: what could never be composed is refused at the door
    expect(await codes({ typologies: [] })).toEqual(['ACTES-TYP-01']);
    expect(await codes({ typologies: ['99_DE', '99_DE'] })).toEqual(['ACTES-REP-03']);
    expect(dire(await suites(lettre as Flux))).toEqual(['4-2 transmis']);
  });

  test('a receipt of an answer that comes before the door has answered is its proof', async () => {
    a = await creerAtelier();
    const acte = await acquitte('D1');
    await recevoir(accuseReponseDe('3-5', 'D1', { sel: 'tot' }));
    const [early] = await a.gestes.retours.lister(CTX, { etats: ['a_trancher'], limite: 10 });
    expect(early?.motif).toContain('aucun flux');
    await recevoir(courrierDe('3-1', 'D1'));
    const [lettre] = await suites(acte);
    await a.calme();
    a.transport.programmer({ type: 'reponse', statut: 502, extrait: '', url: 'https://porte.invalid/' });
    const reponse = await repondu((lettre as Flux).id);
    await a.jusqua(reponse.id, 'incertain');
    await recevoir(accuseReponseDe('3-5', 'D1'));
    expect((await a.flux(reponse.id)).etat).toBe('acquitte');
  });
});

describe('cancellation (6-1, 6-2)', () => {
  test('only of an acte acknowledged, one at a time; the acte is then cancelled', async () => {
    a = await creerAtelier();
    const { id } = await a.depose('D1');
    await a.jusqua(id, 'transmis');
    await expect(a.gestes.annuler(CTX, id)).rejects.toThrow(/VGM-GES-052/);
    await a.recevoir(accuseDe('D1'));
    await a.jusqua(id, 'acquitte');
    const r = await a.gestes.annuler(CTX, id);
    if (r.type !== 'accepte') return expect.unreachable();
    await expect(a.gestes.annuler(CTX, id)).rejects.toThrow(/VGM-GES-050/);
    await a.jusqua(r.flux.id, 'transmis');
    expect((await partie(r.flux.id)).message).toMatch(/<actes:Annulation [^>]*actes:IDActe="034-/);
    await recevoir(accuseAnnulationDe('D1'));
    expect((await a.flux(r.flux.id)).etat).toBe('acquitte');
    expect(await a.flux(id)).toMatchObject({ etat: 'annule', resume: { dateAnnulation: '2026-03-21' } });
    await recevoir(accuseAnnulationDe('D1', 'double'));
    expect(await a.gestes.retours.lister(CTX, { etats: ['a_trancher'], limite: 10 })).toEqual([]);
    await expect(a.gestes.annuler(CTX, id)).rejects.toThrow(/VGM-GES-052/);
    // its number stays taken: what the préfecture would do of it is not known
    await expect(a.deposer('D1')).rejects.toThrow(/VGM-DEP-002/);
  });

  test('a 6-2 that nobody asked for is for a person, and moves nothing', async () => {
    a = await creerAtelier();
    const acte = await acquitte('D1');
    await recevoir(accuseAnnulationDe('D1'));
    expect((await a.flux(acte.id)).etat).toBe('acquitte');
    expect(await a.gestes.retours.lister(CTX, { etats: ['a_trancher'], limite: 10 })).toHaveLength(1);
  });
});

describe('classification (7-1, 7-2, 7-3)', () => {
  const detenue = async () => (await a.store.collectivites.trouver(SIREN))?.actes?.classification?.date;
  const demandes = async (etats?: readonly Etat[]) => {
    const filtre = { recherche: '/7-1/', limite: 10, ...(etats === undefined ? {} : { etats }) };
    return a.gestes.lister(CTX, filtre);
  };

  test('asked once a day with the date held; a 7-2 replaces it, 7.10 included; a 7-3 keeps it', async () => {
    a = await creerAtelier();
    const avant = await detenue();
    const r = await a.gestes.demanderClassification(CTX, { siren: SIREN, complete: false });
    if (r.type !== 'accepte') return expect.unreachable();
    await expect(a.gestes.demanderClassification(CTX, { siren: SIREN, complete: true })).rejects.toThrow(
      /VGM-GES-050/,
    );
    await a.jusqua(r.flux.id, 'transmis');
    const { noms, message } = await partie(r.flux.id);
    expect(noms[1]).toBe(`034-${SIREN}----7-1_0.xml`);
    expect(message).toContain(`<actes:DateClassification>${avant}</actes:DateClassification>`);
    await recevoir(classificationDe('2026-03-01'));
    expect((await a.flux(r.flux.id)).etat).toBe('acquitte');
    const { actes } = await a.gestes.collectivites.trouver(CTX, SIREN);
    expect(actes?.classification).toMatchObject({ date: '2026-03-01', matieres: { '7.10': 'Matière 10' } });
    await a.passer(24 * 3_600_000);
    const encore = await a.gestes.demanderClassification(CTX, { siren: SIREN, complete: false });
    if (encore.type !== 'accepte') return expect.unreachable();
    await a.jusqua(encore.flux.id, 'transmis');
    await recevoir(classificationDe('2026-03-01', { inchangee: true, sel: 'sans' }));
    expect((await a.flux(encore.flux.id)).etat).toBe('acquitte');
    expect(await detenue()).toBe('2026-03-01');
  });

  test('a receipt that names a newer one has it asked for at once, once', async () => {
    a = await creerAtelier();
    const fiche = await a.store.collectivites.trouver(SIREN);
    const { classification } = fiche?.actes ?? {};
    if (!fiche?.actes || !classification) return expect.unreachable();
    const vieille = { ...classification, date: '2018-01-01' as typeof classification.date };
    await a.gestes.collectivites.enregistrer(CTX, {
      ...fiche,
      actes: { ...fiche.actes, classification: vieille },
    });
    await acquitte('D1');
    await acquitte('D2');
    await a.calme();
    const [demande, ...autres] = await demandes();
    expect([demande?.etat, autres]).toEqual(['transmis', []]);
    expect((await partie(demande?.id as FluxId)).message).toContain('>2018-01-01<');
  });

  test('a classification that nobody asked for is for a person', async () => {
    a = await creerAtelier();
    const avant = await detenue();
    await recevoir(classificationDe('2026-03-01'));
    expect(await detenue()).toBe(avant);
    expect(await a.gestes.retours.lister(CTX, { etats: ['a_trancher'], limite: 10 })).toHaveLength(1);
  });
});

describe('the other channel (multi-canal), and the legal calendar', () => {
  const JOUR = 24 * 3_600_000;

  test('a reminder is filed with its acte and raises an alert, until the complement is said to have come', async () => {
    a = await creerAtelier();
    const acte = await acquitte('D1');
    await recevoir(rappelDe('D1'));
    const rappele = await a.flux(acte.id);
    expect(rappele).toMatchObject({ etat: 'acquitte', resume: { complementAttendu: true } });
    expect(rappele.alerte).toContain('Complément attendu');
    const role = async () => (await a.gestes.montrer(CTX, acte.id)).pieces.map((p) => p.role);
    expect((await role()).filter((r) => r === 'retour')).toHaveLength(2);
    const avis = await a.gestes.recevoirFichier(PDF, 'annexe', 'avis-de-reception.pdf');
    const demande = { id: acte.id, recu: '2026-03-10' as Jour, fichier: avis };
    expect(await a.gestes.complement(CTX, demande)).toMatchObject({
      alerte: null,
      resume: { complementRecu: '2026-03-10', complementAttendu: false },
    });
    expect(await role()).toContain('complement');
    await recevoir(rappelDe('D1', 'tardif'));
    expect((await a.flux(acte.id)).alerte).toBeNull();
    const futur = { id: acte.id, recu: '2027-01-01' as Jour, fichier: null };
    await expect(a.gestes.complement(CTX, futur)).rejects.toThrow(/VGM-GES-054/);
    const autre = { id: (await acquitte('D2')).id, recu: '2026-03-10' as Jour, fichier: null };
    await expect(a.gestes.complement(CTX, autre)).rejects.toThrow(/VGM-GES-055/);
  });

  test('the calendar follows the date of the receipt, a 3-1 puts the end off; an acte is validated once it is over', async () => {
    a = await creerAtelier();
    const acte = await acquitte('D1');
    const date = async (code: string) =>
      (await a.gestes.calendrier(CTX, acte.id)).find((j) => j.code === code)?.date;
    expect([await date('reception'), await date('validable')]).toEqual(['2026-03-10', '2026-05-12']);
    await a.gestes.publier(CTX, { id: acte.id, jour: '2026-03-09' as Jour });
    expect(await date('executoire')).toBe('2026-03-10');
    await recevoir(courrierDe('3-1', 'D1'));
    const [lettre] = await suites(acte);
    const reponse = await repondu((lettre as Flux).id);
    await a.jusqua(reponse.id, 'transmis');
    await recevoir(accuseReponseDe('3-5', 'D1'));
    expect(await date('validable')).toBe('2026-05-22');
    await expect(a.gestes.valider(CTX, acte.id)).rejects.toThrow(/VGM-GES-056.*2026-05-22/);
    await a.passer(75 * JOUR);
    expect((await a.gestes.valider(CTX, acte.id)).etat).toBe('valide');
    await expect(a.gestes.annuler(CTX, acte.id)).rejects.toThrow(/VGM-GES-052/);
    await expect(a.gestes.calendrier(CTX, (lettre as Flux).id)).rejects.toThrow(/VGM-GES-053/);
  });
});

describe('a classification that ages', () => {
  const JOUR = 24 * 3_600_000;

  test('is asked for again after so many days, once, and not by a collectivité without a card', async () => {
    a = await creerAtelier();
    const ronde = (jours: number) => entretenirClassifications({ moteur: a.outils }, a.gestes, jours);
    const faites = async () => (await a.gestes.lister(CTX, { recherche: '/7-1/', limite: 10 })).length;
    const fiches = (await a.store.collectivites.lister()).filter((c) => c.actes !== null).length;
    await ronde(0);
    expect(await faites()).toBe(0);
    await ronde(7);
    await ronde(7);
    expect(await faites()).toBe(fiches);
    await a.passer(6 * JOUR);
    await ronde(7);
    expect(await faites()).toBe(fiches);
    await a.passer(JOUR);
    await ronde(7);
    expect(await faites()).toBe(2 * fiches);
  });
});
