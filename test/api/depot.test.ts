import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as attendre } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { erreurNoyau } from '../../src/metier/catalogue/noyau.ts';
import {
  type BancApi,
  DOCUMENT,
  demandeJson,
  formulaire,
  FRONTIERE,
  ouvrirBanc,
  type PartieEcrite,
} from './banc-api.ts';

let banc: BancApi;
beforeAll(async () => {
  banc = await ouvrirBanc({ nombre_max_pieces: 5, taille_max_octets: 50_000_000 });
});
afterAll(() => banc.fermer());
beforeEach(() => {
  banc.gestes.vider();
  banc.gestes.demandes.length = 0;
  banc.erreurs.length = 0;
});

function deposer(parties: readonly PartieEcrite[], plus: { chemin?: string; cle?: string } = {}) {
  const { corps, entetes } = formulaire(parties);
  return banc.demander({
    methode: 'POST',
    chemin: plus.chemin ?? '/api/v1/flux',
    corps,
    entetes: plus.cle === undefined ? entetes : { ...entetes, 'idempotency-key': plus.cle },
  });
}

const annexe = (nom: string): PartieEcrite => ({ nom: 'annexe', fichier: nom, corps: nom });

describe('POST /flux: a deposit is a streamed form', () => {
  test('201 with the flux, its Location, and the files in the order of the form, document first', async () => {
    const r = await deposer([annexe('a1'), demandeJson(), annexe('a2'), DOCUMENT]);
    expect(r.statut).toBe(201);
    expect(r.json).toMatchObject({ aBlanc: false, rejeu: false, verdict: 'favorable', anomalies: [] });
    expect(r.entetes.location).toBe(`/api/v1/flux/${(r.json['flux'] as { id: string }).id}`);
    const [demande] = banc.gestes.demandes;
    expect(demande?.fichiers.map((f) => f.nom)).toEqual(['delib.pdf', 'a1', 'a2']);
    expect(demande).toMatchObject({ cleIdempotence: null, aBlanc: false, metadonnees: { numero: 'DEL1' } });
    expect(banc.gestes.contextes.at(-1)).toMatchObject({
      portee: { operateur: true },
      acteur: 'agent:local',
    });
  });
  test('the request may come as a file part or as JSON, names of files keep their accents', async () => {
    const demande = demandeJson();
    const fichier = { ...DOCUMENT, fichier: 'délibération n°1 « budget ».pdf' };
    expect((await deposer([{ ...demande, fichier: 'demande.json' }, fichier])).statut).toBe(201);
    expect((await deposer([{ ...demande, type: 'application/json' }, fichier])).statut).toBe(201);
    expect(banc.gestes.demandes.map((d) => d.fichiers[0]?.nom)).toEqual([fichier.fichier, fichier.fichier]);
  });
  test('a document without filename is still a document', async () => {
    const r = await deposer([demandeJson(), { nom: 'document', corps: '%PDF' }]);
    expect(r.statut).toBe(201);
    expect(banc.gestes.demandes[0]?.fichiers[0]?.nom).toBe('document');
  });
  test('the same Idempotency-Key replays: 200, same flux', async () => {
    const un = await deposer([demandeJson(), DOCUMENT], { cle: 'cle-1' });
    const deux = await deposer([demandeJson(), DOCUMENT], { cle: 'cle-1' });
    expect([un.statut, deux.statut]).toEqual([201, 200]);
    expect(deux.json).toMatchObject({ rejeu: true, flux: { id: (un.json['flux'] as { id: string }).id } });
  });
  test('an empty file reaches the controls, which are to judge it', async () => {
    expect((await deposer([demandeJson(), { ...DOCUMENT, corps: '' }])).statut).toBe(201);
    expect(banc.gestes.demandes[0]?.fichiers[0]?.taille).toBe(0);
  });
  test('bytes arrive unchanged, even when they hold what looks like a boundary', async () => {
    const corps = Buffer.concat([
      Buffer.from(`\r\n--${FRONTIERE.slice(0, -1)}\r\n\0\xff`, 'latin1'),
      Buffer.alloc(300_000, 7),
    ]);
    expect((await deposer([demandeJson(), { ...DOCUMENT, corps }])).statut).toBe(201);
    expect(banc.gestes.pieces()).toEqual([createHash('sha256').update(corps).digest('hex')]);
  });
});

describe('POST /flux: a PES is one part, that speaks for itself', () => {
  const helios = (plus: object = {}): PartieEcrite => ({
    nom: 'demande',
    corps: JSON.stringify({ protocole: 'HELIOS', collectivite: '213400001', ...plus }),
  });
  const PES: PartieEcrite = { nom: 'pes', fichier: 'budget.xml', type: 'application/xml', corps: '<a/>' };

  test('201 with or without an empty metadata, its bytes kept under the name of the depositor', async () => {
    for (const plus of [{}, { metadonnees: {} }])
      expect((await deposer([PES, helios(plus)])).statut).toBe(201);
    expect(banc.gestes.demandes).toMatchObject([
      { protocole: 'HELIOS', metadonnees: {}, fichiers: [{ role: 'pes', nom: 'budget.xml', taille: 4 }] },
      { protocole: 'HELIOS' },
    ]);
  });

  test.each<[string, PartieEcrite[], number, string]>([
    ['no file', [helios()], 400, 'VGM-API-007'],
    ['a document in its place', [helios(), DOCUMENT], 400, 'VGM-API-007'],
    ['a PES for an acte', [demandeJson(), PES], 400, 'VGM-API-007'],
    ['two files', [helios(), PES, PES], 400, 'VGM-API-008'],
    ['metadata of an acte', [helios({ metadonnees: { numero: '1' } }), PES], 400, 'VGM-API-003'],
    ['another protocol', [helios({ protocole: 'CHORUS' }), PES], 400, 'VGM-API-003'],
  ])('%s', async (...[, parties, statut, code]) => {
    const r = await deposer(parties);
    expect([r.statut, r.json['code']]).toEqual([statut, code]);
    expect(banc.gestes.pieces()).toEqual([]);
  });

  test('a protocol that does not exist is answered with those that do', async () => {
    const r = await deposer([helios({ protocole: 'CHORUS' }), PES]);
    expect(r.json['title']).toContain('demande.protocole : il faut "ACTES" ou "HELIOS"');
  });
});

describe('refusals are problems (RFC 9457) in French, with cause and remedy', () => {
  test('a refused document: 422 with every anomalie; a dry run answers 200 with its verdict', async () => {
    const r = await deposer([demandeJson({ numero: '1-2' }), DOCUMENT]);
    expect(r.statut).toBe(422);
    expect(r.entetes['content-type']).toMatch(/^application\/problem\+json/);
    expect(r.json).toMatchObject({
      type: 'urn:vaguemestre:erreur:VGM-API-010',
      title: 'Le dépôt est refusé : 1 anomalie bloquante.',
      anomalies: [{ code: 'ACTES-NUM-01', ou: 'numero' }],
    });
    const blanc = await deposer([demandeJson({ numero: '1-2' }), DOCUMENT], {
      chemin: '/api/v1/flux?a_blanc=1',
    });
    expect([blanc.statut, blanc.json['verdict']]).toEqual([200, 'defavorable']);
  });
  test('409 for an acte already there', async () => {
    const r = await deposer([demandeJson({ numero: 'DOUBLON' }), DOCUMENT]);
    expect([r.statut, r.json['code']]).toEqual([409, 'VGM-DEP-002']);
  });
  test.each<[string, PartieEcrite[], number, string]>([
    ['no request', [DOCUMENT], 400, 'VGM-API-007'],
    ['no document', [demandeJson()], 400, 'VGM-API-007'],
    ['empty form', [], 400, 'VGM-API-007'],
    ['two documents', [demandeJson(), DOCUMENT, DOCUMENT], 400, 'VGM-API-008'],
    ['two requests', [demandeJson(), demandeJson(), DOCUMENT], 400, 'VGM-API-008'],
    ['unknown part', [demandeJson(), DOCUMENT, { nom: 'piece', corps: 'x' }], 400, 'VGM-API-008'],
    ['prototype name', [demandeJson(), { ...DOCUMENT, nom: '__proto__' }], 400, 'VGM-API-006'],
    ['six pieces', [demandeJson(), DOCUMENT, ...'abcde'.split('').map(annexe)], 413, 'VGM-API-009'],
    ['many parts', [demandeJson(), DOCUMENT, ...'abcdefghijkl'.split('').map(annexe)], 413, 'VGM-API-009'],
    ['request not JSON', [{ nom: 'demande', corps: '{' }, DOCUMENT], 400, 'VGM-API-011'],
    ['request empty', [{ nom: 'demande', corps: '' }, DOCUMENT], 400, 'VGM-API-011'],
    ['request a list', [{ nom: 'demande', corps: '[]' }, DOCUMENT], 400, 'VGM-API-003'],
    [
      'request not UTF-8',
      [{ nom: 'demande', fichier: 'd', corps: Buffer.from('{"é"', 'latin1') }, DOCUMENT],
      400,
      'VGM-API-011',
    ],
    ['request too long', [{ nom: 'demande', corps: ' '.repeat(1_100_000) }, DOCUMENT], 413, 'VGM-API-004'],
    [
      'request file too long',
      [{ nom: 'demande', fichier: 'd', corps: ' '.repeat(1_100_000) }, DOCUMENT],
      413,
      'VGM-API-004',
    ],
  ])('%s', async (...cas) => {
    const [, parties, statut, code] = cas;
    const r = await deposer(parties);
    expect([r.statut, r.json['code']]).toEqual([statut, code]);
    expect(r.json['remede']).toMatch(/\p{L}.*\.$/u);
    expect(banc.gestes.demandes).toEqual([]);
    expect(banc.gestes.temporaires()).toEqual([]);
    expect(banc.gestes.pieces()).toEqual([]);
    expect(banc.erreurs).toEqual([]);
  });
  test('unknown fields and wrong values of the request are listed with their place', async () => {
    const demande = { nom: 'demande', corps: '{"colectivite":"1","collectivite":"12","metadonnees":3}' };
    const r = await deposer([demande, DOCUMENT]);
    expect(r.json['title']).toContain('demande.collectivite : forme inattendue : on lit le texte « 12 »');
    expect(r.json['title']).toContain('demande : nom inconnu : « colectivite »');
    expect(r.json['title']).toContain('demande.metadonnees : il faut un groupe de réglages');
  });
  test.each([
    ['application/json', 'VGM-API-005', 415],
    ['multipart/form-data', 'VGM-API-006', 400],
    ['multipart/form-data; boundary=', 'VGM-API-006', 400],
    ['multipart/form-data; boundary=autre', 'VGM-API-006', 400],
    ['multipart/mixed; boundary=x', 'VGM-API-005', 415],
    ['text/plain', 'VGM-API-005', 415],
  ])('Content-Type %s', async (type, code, statut) => {
    const { corps } = formulaire([demandeJson(), DOCUMENT]);
    const r = await banc.demander({
      methode: 'POST',
      chemin: '/api/v1/flux',
      corps,
      entetes: { 'content-type': type },
    });
    expect([r.statut, r.json['code']]).toEqual([statut, code]);
  });
  test('a form cut anywhere is refused and never becomes a deposit', async () => {
    const { corps, entetes } = formulaire([demandeJson(), DOCUMENT, annexe('a')]);
    for (let fin = 0; fin < corps.length - 4; fin += 7) {
      const r = await banc.demander({
        methode: 'POST',
        chemin: '/api/v1/flux',
        corps: corps.subarray(0, fin),
        entetes,
      });
      expect(r.statut, `${fin}`).toBe(400);
      expect(['VGM-API-006', 'VGM-API-007']).toContain(r.json['code']);
    }
    expect(banc.gestes.demandes).toEqual([]);
    expect([...banc.gestes.temporaires(), ...banc.gestes.pieces()]).toEqual([]);
  });
  test('a bad Idempotency-Key, a bad query', async () => {
    expect((await deposer([demandeJson(), DOCUMENT], { cle: 'a b' })).json['code']).toBe('VGM-API-003');
    const r = await deposer([demandeJson(), DOCUMENT], { chemin: '/api/v1/flux?ablanc=1' });
    expect(r.json['title']).toContain('nom inconnu : « ablanc »');
  });
});

function entete(nom: string): string {
  return `--${FRONTIERE}\r\nContent-Disposition: form-data; name="${nom}"; filename="x.pdf"\r\n\r\n`;
}

describe('hostile or unlucky senders leave nothing and stop nothing', () => {
  const type = { 'content-type': `multipart/form-data; boundary=${FRONTIERE}` };

  function envoyerGros(octets: number, annonce: boolean): Promise<{ statut: number; corps: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ statut: number; corps: string }>();
    const longueur = annonce ? { 'content-length': String(octets) } : {};
    const requete = request({
      socketPath: banc.socket,
      path: '/api/v1/flux',
      method: 'POST',
      headers: { ...type, ...longueur },
    });
    const suivi = { repondu: false, reste: octets };
    requete.on('response', (r) => {
      suivi.repondu = true;
      let corps = '';
      r.on('data', (b) => (corps += b)).on('end', () => resolve({ statut: r.statusCode ?? 0, corps }));
    });
    requete.on('error', (e) => (suivi.repondu ? undefined : reject(e)));
    const bloc = Buffer.alloc(1_000_000, 1);
    const pousser = (): void => {
      while (suivi.reste > 0 && !suivi.repondu) {
        suivi.reste -= bloc.length;
        if (!requete.write(bloc)) return void requete.once('drain', pousser);
      }
      requete.end();
    };
    requete.write(entete('document'));
    pousser();
    return promise;
  }

  test('300 MB announced: 413 at once', async () => {
    const r = await envoyerGros(300_000_000, true);
    expect(r.statut).toBe(413);
    expect(r.corps).toContain('VGM-API-004');
  });
  test('300 MB not announced: 413 when the limit is passed, nothing left', async () => {
    const r = await envoyerGros(300_000_000, false);
    expect(r.statut).toBe(413);
    expect(banc.gestes.temporaires()).toEqual([]);
    expect(banc.gestes.pieces()).toEqual([]);
  });
  test('the limit is that of the whole deposit, not of each file', async () => {
    const gros = Buffer.alloc(26_000_000);
    const r = await deposer([demandeJson(), { ...DOCUMENT, corps: gros }, { ...annexe('a'), corps: gros }]);
    expect([r.statut, r.json['code']]).toEqual([413, 'VGM-API-004']);
  });
  test('a client that leaves in mid-upload leaves nothing', async () => {
    const requete = request({ socketPath: banc.socket, path: '/api/v1/flux', method: 'POST', headers: type });
    requete.on('error', () => undefined);
    requete.write(entete('document'));
    requete.write(Buffer.alloc(2_000_000, 3));
    await expect.poll(() => banc.gestes.temporaires().length).toBe(1);
    requete.destroy();
    await expect.poll(() => banc.gestes.temporaires()).toEqual([]);
    expect(banc.gestes.demandes).toEqual([]);
    expect(banc.erreurs).toEqual([]);
  });
  test('a full disk is told as such, whatever the form still holds', async () => {
    banc.gestes.panneCoffre = erreurNoyau('VGM-NOY-005', { detail: 'disque plein' });
    const corps = Buffer.alloc(5_000_000);
    const r = await deposer([demandeJson(), { ...DOCUMENT, corps }, { ...annexe('a'), corps }]);
    banc.gestes.panneCoffre = undefined;
    expect([r.statut, r.json['code']]).toEqual([503, 'VGM-NOY-005']);
    expect((await deposer([demandeJson(), DOCUMENT])).statut).toBe(201);
  });
  test('a defect of the program answers 500 without detail, and goes to the technical log', async () => {
    banc.gestes.panneCoffre = new TypeError('secret interne');
    const r = await deposer([demandeJson(), DOCUMENT]);
    banc.gestes.panneCoffre = undefined;
    expect([r.statut, r.json['code']]).toEqual([500, 'VGM-API-500']);
    expect(r.octets.toString()).not.toContain('secret');
    expect(banc.erreurs.join('')).toContain('secret interne');
  });
  test('bytes that are not HTTP get a French problem', async () => {
    const ligne = connect(banc.socket);
    ligne.write('BONJOUR\r\n\r\n');
    let recu = '';
    ligne.on('data', (b) => (recu += b));
    await expect.poll(() => recu).toContain('VGM-API-015');
    expect(recu).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    ligne.destroy();
  });
  test('a body that stops without closing does not hold the others', async () => {
    const dormeur = request({ socketPath: banc.socket, path: '/api/v1/flux', method: 'POST', headers: type });
    dormeur.on('error', () => undefined);
    dormeur.write(entete('document'));
    await attendre(20);
    expect((await deposer([demandeJson(), DOCUMENT])).statut).toBe(201);
    dormeur.destroy();
  });
});
