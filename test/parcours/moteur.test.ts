import { afterEach, describe, expect, test } from 'vitest';
import type { LivraisonId } from '../../src/metier/identifiants.ts';
import { accuseDe, anomalieDe, type Atelier, AUTRE_SIREN, CTX, creerAtelier, SIREN } from './atelier.ts';

let a: Atelier;
afterEach(() => a.fermer());

describe('an acte goes to the préfecture and its receipt comes back', () => {
  test('deposit → archive under its name → transmitted → acknowledged, and the time-line tells it', async () => {
    a = await creerAtelier();
    const depose = await a.depose('DELIB_1');
    await a.jusqua(depose.id, 'transmis');
    expect(a.transport.envois.map((e) => e.nom)).toEqual([`VGM-TACT--${SIREN}--20260310-1.tar.gz`]);
    await a.recevoir(accuseDe('DELIB_1'));
    const flux = await a.jusqua(depose.id, 'acquitte');
    expect(flux.resume['dateReception']).toBe('2026-03-10');
    const { chronologie, pieces } = await a.gestes.montrer(CTX, depose.id);
    expect(chronologie.map((l) => l.ev)).toEqual([
      'DEPOT',
      'CONTROLE_FAVORABLE',
      'IDENTITE',
      'ENVELOPPE_FAITE',
      'MISE_EN_LIGNE',
      'REMISE_CONFIRMEE',
      'ACCUSE_RECU',
    ]);
    expect(pieces.map((p) => p.role)).toEqual([
      'metadonnees',
      'document',
      'rapport',
      'archive',
      'retour',
      'accuse',
      'enveloppe_retour',
    ]);
    expect(await a.gestes.verifierJournal(CTX)).toSatisfy((j: { ruptures: unknown[] }[]) =>
      j.every((c) => c.ruptures.length === 0),
    );
  });

  test('rule 2: the same name on every try, one serial per acte and per collectivité', async () => {
    a = await creerAtelier();
    a.transport.programmer(
      { type: 'non_parti', cause: 'connexion refusée', url: '' },
      { type: 'reponse', statut: 503, extrait: '', url: '' },
    );
    const premier = await a.depose('DELIB_1');
    await a.calme();
    expect((await a.flux(premier.id)).etat).toBe('pret');
    expect((await a.flux(premier.id)).erreur?.code).toBe('VGM-TRA-001');
    await a.passer(30_000);
    await a.calme();
    expect((await a.flux(premier.id)).erreur?.code).toBe('VGM-TRA-003');
    await a.passer(30_000);
    await a.jusqua(premier.id, 'transmis');
    expect(new Set(a.transport.envois.map((e) => e.nom))).toEqual(
      new Set([`VGM-TACT--${SIREN}--20260310-1.tar.gz`]),
    );
    const second = await a.depose('DELIB_2');
    expect((await a.jusqua(second.id, 'transmis')).nomEnvoi).toBe(`VGM-TACT--${SIREN}--20260310-2.tar.gz`);
    const ailleurs = await a.depose('DELIB_1', { siren: AUTRE_SIREN });
    expect((await a.jusqua(ailleurs.id, 'transmis')).nomEnvoi).toBe(
      `VGM-TACT--${AUTRE_SIREN}--20260310-1.tar.gz`,
    );
  });

  test('rule 4: a fate unknown is never tried again; the receipt settles it', async () => {
    a = await creerAtelier();
    a.transport.programmer({ type: 'sort_inconnu', cause: 'ligne coupée', url: '' });
    const { id } = await a.depose('DELIB_1');
    await a.jusqua(id, 'incertain');
    await a.passer(4 * 3_600_000);
    await a.calme();
    expect(a.transport.envois).toHaveLength(1);
    expect((await a.flux(id)).alerte).toMatch(/Sort toujours inconnu/);
    await a.recevoir(accuseDe('DELIB_1'));
    expect((await a.jusqua(id, 'acquitte')).alerte).toBeNull();
  });

  test('rule 4: a person settles it; not held by the State → sent again under the same name', async () => {
    a = await creerAtelier();
    a.transport.programmer({ type: 'reponse', statut: 500, extrait: '', url: '' });
    const { id } = await a.depose('DELIB_1');
    await a.jusqua(id, 'incertain');
    await a.gestes.trancher(CTX, id, { decision: 'non_recu', motif: 'la préfecture ne le détient pas' });
    await a.jusqua(id, 'transmis');
    expect(a.transport.envois.map((e) => e.nom)).toEqual(
      Array(2).fill(`VGM-TACT--${SIREN}--20260310-1.tar.gz`),
    );
    await expect(a.gestes.trancher(CTX, id, { decision: 'recu', motif: '' })).rejects.toThrow(/VGM-NOY-002/);
  });

  test('a refusal 1-3 frees the acte: it may be deposited again, and a late copy of the refusal does not touch it', async () => {
    a = await creerAtelier();
    const premier = await a.depose('DELIB_1');
    await a.jusqua(premier.id, 'transmis');
    await expect(a.deposer('DELIB_1')).rejects.toThrow(/VGM-DEP-002/);
    await a.recevoir(anomalieDe('DELIB_1'));
    const refuse = await a.jusqua(premier.id, 'anomalie');
    expect(refuse.erreur?.code).toBe('ODT-VERIF-01');
    const second = await a.depose('DELIB_1');
    await a.jusqua(second.id, 'transmis');
    await a.recevoir(anomalieDe('DELIB_1', 'copie'));
    await a.calme();
    expect((await a.flux(second.id)).etat).toBe('transmis');
    const retours = await a.gestes.retours.lister(CTX, { limite: 10 });
    expect(retours.map((r) => r.etat).toSorted()).toEqual(['attribue', 'classe']);
    await a.recevoir(accuseDe('DELIB_1'));
    await a.jusqua(second.id, 'acquitte');
  });

  test('a receipt received twice, in two mails, counts once; one that contradicts is parked', async () => {
    a = await creerAtelier();
    const { id } = await a.depose('DELIB_1');
    await a.jusqua(id, 'transmis');
    await a.recevoir(accuseDe('DELIB_1'));
    await a.recevoir(accuseDe('DELIB_1'));
    await a.recevoir(accuseDe('DELIB_1', 'encore'));
    await a.recevoir(anomalieDe('DELIB_1'));
    await a.jusqua(id, 'acquitte');
    await a.calme();
    const retours = await a.gestes.retours.lister(CTX, { limite: 10 });
    expect(retours.map((r) => r.etat).toSorted()).toEqual(['a_trancher', 'attribue', 'classe']);
    expect((await a.flux(id)).etat).toBe('acquitte');
  });

  test('a return that no flux explains is parked with its reason, and re-processed once its flux is there', async () => {
    a = await creerAtelier();
    await a.recevoir(accuseDe('DELIB_1'));
    await a.calme();
    const [parke] = await a.gestes.retours.lister(CTX, { etats: ['a_trancher'], limite: 10 });
    expect(parke?.motif).toMatch(/aucun flux/);
    const { id } = await a.depose('DELIB_1');
    await a.jusqua(id, 'transmis');
    if (parke === undefined) throw new TypeError('nothing was parked');
    await a.gestes.retours.retraiter(CTX, parke.id);
    await a.jusqua(id, 'acquitte');
  });

  test('D.4: no receipt after one working day raises an alert, once, and the flux stays transmitted', async () => {
    a = await creerAtelier();
    await a.gestes.collectivites.ajouterPoint(CTX, SIREN, {
      canal: 'webhook',
      cible: 'https://x.example/',
      evenements: ['flux.alerte'],
    });
    const { id } = await a.depose('DELIB_1');
    await a.jusqua(id, 'transmis');
    await a.passer(20 * 3_600_000);
    await a.calme();
    expect((await a.flux(id)).alerte).toBeNull();
    await a.passer(5 * 24 * 3_600_000);
    await a.calme();
    expect((await a.flux(id)).alerte).toMatch(/Aucun accusé/);
    expect((await a.flux(id)).etat).toBe('transmis');
    expect(a.webhook.envois).toHaveLength(1);
  });
});

describe('what an operator found', () => {
  test('a second refusal in the very same words, in another envelope, is not a double', async () => {
    a = await creerAtelier();
    const premier = await a.depose('DELIB_1');
    await a.jusqua(premier.id, 'transmis');
    await a.recevoir(anomalieDe('DELIB_1'));
    await a.jusqua(premier.id, 'anomalie');
    const second = await a.depose('DELIB_1');
    await a.jusqua(second.id, 'transmis');
    await a.recevoir(anomalieDe('DELIB_1', 'neuve', 'TACT--PREF034-3.xml'));
    await a.jusqua(second.id, 'anomalie');
  });

  test('CNX-02: a piece altered on the disk never leaves; the flux waits and says why', async () => {
    a = await creerAtelier();
    a.transport.programmer({ type: 'non_parti', cause: 'guichet fermé', url: '' });
    const { id } = await a.depose('DELIB_1');
    await a.calme();
    const archive = (await a.gestes.montrer(CTX, id)).pieces.find((p) => p.role === 'archive');
    if (archive === undefined) throw new TypeError('no archive');
    a.coffre.alterer(archive.sha256, Buffer.from('autre chose'));
    await a.passer(60_000);
    await a.calme();
    const flux = await a.flux(id);
    expect([flux.etat, flux.erreur?.code]).toEqual(['pret', 'VGM-NOY-006']);
    expect(a.transport.envois).toHaveLength(0);
  });

  test('an acte that the State has taken is not dropped afterwards: its identity stays held', async () => {
    a = await creerAtelier();
    const { id } = await a.depose('DELIB_1');
    await a.jusqua(id, 'transmis');
    a.transport.programmer({ type: 'reponse', statut: 413, extrait: '', url: '' });
    await a.gestes.renvoyer(CTX, id);
    await a.jusqua(id, 'echec');
    await expect(a.gestes.abandonner(CTX, id, 'erreur')).rejects.toThrow(/VGM-GES-011/);
  });

  test('a dry run of an acte already deposited says so', async () => {
    a = await creerAtelier();
    await a.depose('DELIB_1');
    await expect(a.deposer('DELIB_1', { aBlanc: true })).rejects.toThrow(/VGM-DEP-002/);
  });

  test('a flux that waits for its window says so', async () => {
    a = await creerAtelier({
      reglages: {
        actes: {
          ministere: {
            fenetres: [
              { debut: '22:00', fin: '23:00', octets_par_heure: 1 },
              { debut: '00:00', fin: '24:00', octets_par_heure: 0 },
            ],
          },
        },
      },
    });
    const { id } = await a.depose('DELIB_1');
    await a.calme();
    expect((await a.flux(id)).erreur?.code).toBe('VGM-TRA-008');
  });
});

describe('the deposit door', () => {
  test('the same Idempotency-Key gives the first answer again, and refuses other content', async () => {
    a = await creerAtelier();
    const un = await a.depose('DELIB_1', { cle: 'k' });
    const deux = await a.deposer('DELIB_1', { cle: 'k' });
    expect(deux).toMatchObject({ type: 'accepte', rejeu: true, flux: { id: un.id } });
    await expect(a.deposer('DELIB_2', { cle: 'k' })).rejects.toThrow(/VGM-DEP-003/);
  });

  test('two deposits of the same acte at the same instant: one flux, one refusal that names it', async () => {
    a = await creerAtelier();
    const issues = await Promise.allSettled(Array.from({ length: 8 }, () => a.deposer('DELIB_1')));
    expect(issues.filter((i) => i.status === 'fulfilled')).toHaveLength(1);
    expect(await a.gestes.lister(CTX, { limite: 10 })).toHaveLength(1);
  });

  test('a refused deposit and a dry run leave no piece and no flux; the refusal leaves its trace', async () => {
    a = await creerAtelier();
    const avant = a.coffre.pieces().length;
    const refus = await a.deposer('DELIB-1');
    expect(refus.type).toBe('refuse');
    expect((await a.deposer('DELIB_1', { aBlanc: true })).type).toBe('a_blanc');
    expect(a.coffre.pieces()).toHaveLength(avant);
    expect(await a.gestes.lister(CTX, { limite: 10 })).toHaveLength(0);
    const lignes = await a.store.journal.lignes(SIREN, 1, 100);
    expect(lignes.filter((l) => l.includes('"ev":"DEPOT_REFUSE"'))).toHaveLength(1);
  });
});

describe('fairness and windows', () => {
  test('one that deposits many does not delay the single acte of another', async () => {
    a = await creerAtelier({
      reglages: { moteur: { concurrence: 2 }, actes: { ministere: { concurrence: 1 } } },
    });
    for (let n = 0; n < 60; n += 1) await a.depose(`GROS_${n}`);
    const seul = await a.depose('SEUL', { siren: AUTRE_SIREN });
    await a.jusqua(seul.id, 'transmis');
    const rang = a.transport.envois.findIndex((e) => e.nom.includes(AUTRE_SIREN));
    const faits = (await a.gestes.lister(CTX, { etats: ['transmis'], limite: 100 })).length;
    expect(rang).toBeGreaterThanOrEqual(0);
    expect(faits).toBeLessThan(61);
  });

  test('DSP-02: the bytes of the hour are spent, the rest waits for the next hour', async () => {
    a = await creerAtelier({ reglages: { actes: { ministere: { octets_par_heure: 4_000 } } } });
    for (let n = 0; n < 10; n += 1) await a.depose(`ACTE_${n}`);
    await a.calme();
    await a.calme();
    const partis = a.transport.envois.length;
    expect(partis).toBeGreaterThan(0);
    expect(partis).toBeLessThan(10);
    await a.passer(3_600_000);
    await a.calme();
    await a.calme();
    expect(a.transport.envois.length).toBeGreaterThan(partis);
  });
});

describe('the other axis', () => {
  test('rule 5: a dead endpoint never holds a flux; the debt waits, and a replay keeps its identity', async () => {
    a = await creerAtelier();
    await a.gestes.collectivites.ajouterPoint(CTX, SIREN, {
      canal: 'webhook',
      cible: 'https://x.example/',
      evenements: ['flux.acquitte'],
    });
    a.webhook.regler({ statut: 500 });
    const { id } = await a.depose('DELIB_1');
    await a.jusqua(id, 'transmis');
    await a.recevoir(accuseDe('DELIB_1'));
    await a.jusqua(id, 'acquitte');
    await a.calme();
    const [dette] = await a.gestes.livraisons.lister(CTX, { flux: id, limite: 10 });
    expect(dette?.etat).toBe('a_faire');
    a.webhook.regler({ statut: 204 });
    await a.gestes.livraisons.rejouer(CTX, dette?.id as LivraisonId);
    await a.calme();
    expect((await a.gestes.livraisons.lister(CTX, { flux: id, limite: 10 }))[0]?.etat).toBe('livree');
    expect(new Set(a.webhook.envois.map((e) => e.id)).size).toBe(1);
  });

  test('410: the point is switched off and nothing more is owed to it', async () => {
    a = await creerAtelier();
    await a.gestes.collectivites.ajouterPoint(CTX, SIREN, {
      canal: 'webhook',
      cible: 'https://x.example/',
      evenements: [],
    });
    a.webhook.regler({ statut: 410 });
    const { id } = await a.depose('DELIB_1');
    await a.jusqua(id, 'transmis');
    await a.calme();
    const c = await a.gestes.collectivites.trouver(CTX, SIREN);
    expect(c.points[0]).toMatchObject({ actif: false });
    expect((await a.flux(id)).etat).toBe('transmis');
  });
});
