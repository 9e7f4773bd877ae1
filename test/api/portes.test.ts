import { readdirSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { disposition } from '../../src/http/entetes.ts';
import { OPERATIONS } from '../../src/http/api/operations.ts';
import { SCHEMAS } from '../../src/http/api/schemas.ts';
import * as vues from '../../src/http/api/vues.ts';
import { CATALOGUE_API } from '../../src/metier/catalogue/api.ts';
import { type BancApi, DOCUMENT, formulaire, ouvrirBanc } from './banc-api.ts';
import { AUTRE, CTX, fluxFictif, LIVRAISON, RETOUR, SIREN } from './gestes-fictifs.ts';

let banc: BancApi;
beforeAll(async () => {
  banc = await ouvrirBanc();
  banc.gestes.flux.set(fluxFictif(1).id, fluxFictif(1, { etat: 'incertain' }));
  banc.gestes.flux.set(fluxFictif(2).id, fluxFictif(2, { etat: 'acquitte', collectivite: AUTRE }));
  banc.gestes.flux.set(fluxFictif(3).id, fluxFictif(3, { etat: 'depose' }));
});
afterAll(() => banc.fermer());

const v1 = '/api/v1';
const F1 = fluxFictif(1).id;
const F2 = fluxFictif(2).id;

function ordre(chemin: string, corps: unknown, methode = 'POST') {
  return banc.demander({ methode, chemin: `${v1}${chemin}`, corps: JSON.stringify(corps) });
}

describe('who may enter', () => {
  test('the operator’s socket is open to its owner alone (0600)', () => {
    expect(statSync(banc.socket).mode & 0o777).toBe(0o600);
  });
  test('over HTTPS, nothing without a token but its health and its contract', async () => {
    for (const chemin of ['/flux', '/jetons', `/flux/${F1}`, '/evenements']) {
      const r = await banc.distant({ chemin: v1 + chemin });
      expect([r.statut, r.json['code']]).toEqual([401, 'VGM-API-001']);
      expect(r.entetes['www-authenticate']).toMatch(/^Bearer/);
    }
    expect((await banc.distant({ chemin: `${v1}/flux`, jeton: 'faux' })).statut).toBe(401);
    expect((await banc.distant({ chemin: `${v1}/sante` })).json).toEqual({
      etat: 'bon',
      version: '0.1.0-essai',
    });
    expect((await banc.distant({ chemin: `${v1}/openapi.json` })).statut).toBe(200);
  });
  test('the token of a collectivité sees its own and no other', async () => {
    const { jeton } = await banc.gestes.jetons.creer(CTX, 'compta', { collectivite: SIREN });
    const liste = await banc.distant({ chemin: `${v1}/flux`, jeton });
    expect((liste.json['flux'] as { collectivite: string }[]).every((f) => f.collectivite === SIREN)).toBe(
      true,
    );
    expect((await banc.distant({ chemin: `${v1}/flux/${F1}`, jeton })).statut).toBe(200);
    expect((await banc.distant({ chemin: `${v1}/flux/${F2}`, jeton })).statut).toBe(404);
    expect((await banc.distant({ chemin: `${v1}/collectivites/${AUTRE}`, jeton })).statut).toBe(404);
    expect((await banc.distant({ chemin: `${v1}/retours`, jeton })).statut).toBe(403);
  });
  test('it deposits for its own collectivité without naming it, and 404 for another', async () => {
    const jeton = 'jeton-compta';
    const envoyer = (collectivite?: string) => {
      const corps = JSON.stringify({ collectivite, metadonnees: { numero: 'X' } });
      const f = formulaire([{ nom: 'demande', corps }, DOCUMENT]);
      return banc.distant({ methode: 'POST', chemin: `${v1}/flux`, ...f, jeton });
    };
    expect((await envoyer()).statut).toBe(201);
    expect(banc.gestes.demandes.at(-1)?.collectivite).toBe(SIREN);
    expect(banc.gestes.contextes.at(-1)).toMatchObject({ acteur: 'agent:compta' });
    expect((await envoyer(AUTRE)).statut).toBe(404);
  });
  test('the operator must name the collectivité', async () => {
    const f = formulaire([{ nom: 'demande', corps: '{"metadonnees":{}}' }, DOCUMENT]);
    const r = await banc.demander({ methode: 'POST', chemin: `${v1}/flux`, ...f });
    expect(r.json['title']).toContain('demande.collectivite : obligatoire');
  });
});

describe('flux', () => {
  test('list: filters, page by page', async () => {
    const une = await banc.demander({ chemin: `${v1}/flux?limite=1&etat=incertain,depose` });
    expect(une.json['flux']).toHaveLength(1);
    const suite = await banc.demander({ chemin: `${v1}/flux?limite=50&avant=${String(une.json['suite'])}` });
    expect(suite.json['suite']).toBeNull();
    expect((await banc.demander({ chemin: `${v1}/etats` })).json).toEqual({ etats: { depose: 4 } });
  });
  test.each([
    ['etat=parti', 'etat[0] : il faut "depose"'],
    ['limite=0', 'limite : il faut un nombre supérieur ou égal à 1'],
    ['limite=x', 'limite : il faut un nombre'],
    ['avant=1', 'avant : forme inattendue'],
    ['etats=pret', 'nom inconnu : « etats »'],
  ])('a wrong filter %s is told', async (requete, attendu) => {
    const r = await banc.demander({ chemin: `${v1}/flux?${requete}` });
    expect(r.statut).toBe(400);
    expect(r.json['title']).toContain(attendu);
  });
  test('show: flux, pieces, time-line, notifications', async () => {
    const r = await banc.demander({ chemin: `${v1}/flux/${F1}` });
    expect(r.json).toMatchObject({
      flux: { id: F1, libelle: 'sort incertain', depose: '2026-03-02T09:00:00.000Z' },
    });
    expect(Object.keys(r.json)).toEqual(['flux', 'pieces', 'chronologie', 'livraisons', 'citants']);
  });
  test('an identifier without the shape of one answers as one that does not exist', async () => {
    for (const id of ['x', '%00', '..%2f..%2fetc', F1.slice(1)]) {
      const r = await banc.demander({ chemin: `${v1}/flux/${id}` });
      expect([r.statut, r.json['code']]).toEqual([404, 'VGM-NOY-003']);
    }
  });
  test('a piece comes with its name (RFC 6266), length and digests (RFC 9530)', async () => {
    const r = await banc.demander({ chemin: `${v1}/flux/${F1}/pieces/0` });
    expect(r.octets.toString()).toBe('salut');
    expect(r.entetes).toMatchObject({ 'content-type': 'application/pdf', 'content-length': '5' });
    expect(r.entetes['content-disposition']).toBe(
      `attachment; filename="deliberation n_1.pdf"; filename*=UTF-8''d%C3%A9lib%C3%A9ration%20n%C2%B01.pdf`,
    );
    expect(r.entetes['repr-digest']).toMatch(/^sha-256=:[\w+/]{43}=:, sha-512=:[\w+/]{86}==:$/);
    expect((await banc.demander({ chemin: `${v1}/flux/${F1}/pieces/9` })).statut).toBe(404);
    expect((await banc.demander({ chemin: `${v1}/flux/${F1}/pieces/-1` })).statut).toBe(400);
  });
  test('no name can break the header', () => {
    expect(disposition('a"\r\nX: y\\;\uD800é.pdf')).not.toMatch(/[\r\n\uD800]|[^\x20-\x7e]/);
  });
  test('the proof', async () => {
    const r = await banc.demander({ chemin: `${v1}/flux/${F1}/preuve` });
    expect(r.entetes['content-type']).toBe('application/vnd.etsi.asic-e+zip');
    expect(r.octets).toHaveLength(4);
  });
  test('orders: one that the state forbids is 409; a reason is asked', async () => {
    expect((await ordre(`/flux/${F1}/renvoyer`, {})).json['code']).toBe('VGM-NOY-002');
    expect((await ordre(`/flux/${F1}/trancher`, { decision: 'recu' })).json['title']).toContain(
      'motif : obligatoire',
    );
    expect((await ordre(`/flux/${F1}/trancher`, { decision: 'peut-être', motif: 'x' })).statut).toBe(400);
    const r = await ordre(`/flux/${F1}/trancher`, { decision: 'recu', motif: 'vu au ministère' });
    expect(r.json).toMatchObject({ flux: { etat: 'transmis' } });
    const abandon = await ordre(`/flux/${fluxFictif(3).id}/abandonner`, { motif: 'erreur' });
    expect(abandon.json).toMatchObject({ flux: { etat: 'abandonne' } });
    const vide = await banc.demander({ methode: 'POST', chemin: `${v1}/flux/${F1}/renvoyer` });
    expect(vide.json).toMatchObject({ flux: { etat: 'pret' } });
  });
});

describe('retours, collectivités, notifications, jetons', () => {
  test('the parked queue: list, show, raw bytes, attach, classify, file by hand', async () => {
    const R = RETOUR.id;
    expect((await banc.demander({ chemin: `${v1}/retours?etat=a_trancher` })).json['retours']).toHaveLength(
      1,
    );
    expect((await banc.demander({ chemin: `${v1}/retours/${R}` })).json['parties']).toEqual([
      { nom: 'a.xml', taille: 3 },
    ]);
    const brut = await banc.demander({ chemin: `${v1}/retours/${R}/brut` });
    expect([brut.entetes['content-type'], brut.octets.length]).toEqual(['message/rfc822', 12]);
    expect((await ordre(`/retours/${R}/rattacher`, { flux: F1 })).json).toMatchObject({
      retour: { flux: [F1] },
    });
    const tranche = { flux: F1, issue: 'accepte', motif: 'dit par le comptable' };
    expect((await ordre(`/retours/${R}/rattacher`, tranche)).json).toMatchObject({
      retour: { etat: 'attribue', motif: 'accepte : dit par le comptable', flux: [F1] },
    });
    for (const faux of [
      { flux: F1, issue: 'accepte' },
      { flux: F1, motif: 'x' },
      { ...tranche, issue: 'oui' },
    ])
      expect((await ordre(`/retours/${R}/rattacher`, faux)).json['code']).toBe('VGM-API-003');
    expect((await ordre(`/retours/${R}/remettre`, { siren: SIREN })).json).toMatchObject({
      retour: { etat: 'attribue', motif: `remis à ${SIREN}` },
    });
    expect((await ordre(`/retours/${R}/remettre`, {})).json['code']).toBe('VGM-API-003');
    expect((await ordre(`/retours/${R}/classer`, { motif: 'publicité' })).json).toMatchObject({
      retour: { etat: 'classe', motif: 'publicité' },
    });
    expect((await ordre(`/retours/${R}/retraiter`, {})).statut).toBe(200);
    const depose = await banc.demander({
      methode: 'POST',
      chemin: `${v1}/retours`,
      corps: Buffer.from('From: a\r\n\r\nb'),
      entetes: { 'content-type': 'message/rfc822' },
    });
    expect([depose.statut, (depose.json['retour'] as { taille: number }).taille]).toEqual([201, 12]);
    expect((await ordre('/releve', {})).json['sources']).toHaveLength(2);
  });
  test('a collectivité: created, changed under its version, its classification kept by a change', async () => {
    const actes = {
      departement: '034',
      arrondissement: '1',
      nature: '31',
      referent: { nom: 'Service des assemblées', telephone: '0400000000', courriel: 'a@b.fr' },
    };
    const chemin = `/collectivites/${SIREN}`;
    expect((await ordre(chemin, { nom: 'Ville', actes }, 'PUT')).statut).toBe(201);
    const xml = await banc.demander({
      methode: 'PUT',
      chemin: `${v1}${chemin}/classification`,
      corps: Buffer.from('<?xml version="1.0"?><a/>'),
      entetes: { 'content-type': 'application/xml' },
    });
    expect(xml.statut).toBe(200);
    const change = await ordre(chemin, { nom: 'Ville neuve', actes, ver: 1 }, 'PUT');
    expect(change.json).toMatchObject({
      collectivite: { nom: 'Ville neuve', actes: { classification: { date: '2026-01-01' } } },
    });
    expect((await ordre(chemin, { nom: 'Ville', actes, ver: 1 }, 'PUT')).statut).toBe(409);
    const faux = await ordre(chemin, { nom: '', actes: { ...actes, departement: '34' } }, 'PUT');
    expect(faux.json['title']).toContain('nom : il faut au moins 1 caractère');
    expect(faux.json['title']).toContain('actes.departement : forme inattendue');
    expect((await ordre('/collectivites/12', {}, 'PUT')).json['title']).toContain('n’est pas un SIREN');
  });
  test('its notification points: the secret is shown once, a point is suspended and removed', async () => {
    const points = `/collectivites/${SIREN}/points`;
    const r = await ordre(points, { canal: 'webhook', cible: 'https://x.fr/' });
    expect([r.statut, r.json]).toEqual([201, { id: 'p1', secret: 'whsec_YQ==' }]);
    expect((await ordre(`${points}/p1`, { actif: false }, 'PATCH')).statut).toBe(204);
    expect((await ordre(`${points}/zz`, { actif: false }, 'PATCH')).json['code']).toBe('VGM-GES-007');
    expect((await ordre(`${points}/p1/secret`, {})).json).toEqual({ secret: 'whsec_Yg==' });
    expect((await banc.demander({ methode: 'DELETE', chemin: `${v1}${points}/p1` })).statut).toBe(204);
    const r2 = await ordre(points, { canal: 'sms', cible: 'x', evenements: ['flux.parti'] });
    expect(r2.json['title']).toMatch(/canal : .* ; evenements\[0\] : /);
  });
  test('destinations: held back with a reason, let go; their name is one part of the path', async () => {
    const suspendre = '/destinations/HELIOS%3Adgfip/suspendre';
    expect((await ordre(suspendre, {})).json['code']).toBe('VGM-API-003');
    expect((await ordre(suspendre, { motif: 'demande de la DGFiP' })).json['destination']).toEqual({
      nom: 'HELIOS:dgfip',
      suspension: {
        motif: 'demande de la DGFiP',
        acteur: 'agent:local',
        depuis: '2026-03-02T09:00:00.000Z',
      },
    });
    const { json } = await banc.demander({ chemin: `${v1}/destinations` });
    expect(json['destinations']).toMatchObject([{ nom: 'ACTES', suspension: null }, { nom: 'HELIOS:dgfip' }]);
    const repris = await ordre('/destinations/HELIOS:dgfip/reprendre', {});
    expect(repris.json['destination']).toEqual({ nom: 'HELIOS:dgfip', suspension: null });
    expect((await ordre('/destinations/AUTRE/suspendre', { motif: 'x' })).statut).toBe(404);
  });
  test('a file of the DGFiP is filed by hand under its name, and read back as XML', async () => {
    const depot = (requete: string) =>
      banc.demander({ methode: 'POST', chemin: `${v1}/retours${requete}`, corps: Buffer.from('<a/>') });
    expect((await depot('?nom=..%2Fack.xml')).json['retour']).toMatchObject({ nom: 'ack.xml' });
    expect((await depot('')).json['retour']).toMatchObject({ nom: null });
    expect((await depot('?nom=')).json['code']).toBe('VGM-API-003');
    banc.gestes.retour = { ...RETOUR, nom: 'ack.xml' };
    const brut = await banc.demander({ chemin: `${v1}/retours/${RETOUR.id}/brut` });
    banc.gestes.retour = RETOUR;
    expect(brut.entetes['content-type']).toBe('application/xml');
    expect(brut.entetes['content-disposition']).toContain('ack.xml');
  });
  test('notifications: list, delivery log, replay', async () => {
    expect(
      (await banc.demander({ chemin: `${v1}/livraisons?etat=abandonnee` })).json['livraisons'],
    ).toHaveLength(1);
    expect(
      (await banc.demander({ chemin: `${v1}/livraisons/${LIVRAISON.id}/essais` })).json['essais'],
    ).toHaveLength(2);
    expect((await ordre(`/livraisons/${LIVRAISON.id}/rejouer`, {})).json).toMatchObject({
      livraison: { etat: 'a_faire' },
    });
    expect((await ordre('/livraisons/x/rejouer', {})).json['code']).toBe('VGM-GES-008');
  });
  test('tokens: created once, listed without their value, revoked', async () => {
    const r = await ordre('/jetons', { nom: 'rh', collectivite: SIREN });
    expect([r.statut, r.json['jeton']]).toEqual([201, 'jeton-rh']);
    expect((await ordre('/jetons', { nom: 'rh' })).statut).toBe(409);
    const liste = await banc.demander({ chemin: `${v1}/jetons` });
    expect(liste.octets.toString()).not.toMatch(/jeton-rh|cccc/);
    expect((await banc.demander({ methode: 'DELETE', chemin: `${v1}/jetons/rh` })).statut).toBe(204);
    expect((await banc.demander({ methode: 'DELETE', chemin: `${v1}/jetons/rh` })).json['code']).toBe(
      'VGM-API-016',
    );
  });
});

describe('watching', () => {
  test('live events: one JSON object per line, until the reader leaves', async () => {
    const [f] = [fluxFictif(1)];
    banc.gestes.evenements = [{ quand: f.depose, flux: f, ev: 'DEPOT' }];
    const lu = Promise.withResolvers<string>();
    const requete = request({ socketPath: banc.socket, path: `${v1}/evenements` }, (r) => {
      let texte = '';
      r.on('data', (b) => {
        texte += b;
        if (texte.trim() !== '') lu.resolve(texte);
      });
    });
    requete.on('error', () => undefined);
    requete.end();
    expect(JSON.parse((await lu.promise).trim())).toMatchObject({ ev: 'DEPOT', flux: { id: F1 } });
    requete.destroy();
    banc.gestes.evenements = [];
  });
  test('journal and diagnosis', async () => {
    expect((await banc.demander({ chemin: `${v1}/journal/verification` })).json['intact']).toBe(true);
    banc.gestes.ruptures = [{ n: 2, motif: 'x' }];
    expect((await banc.demander({ chemin: `${v1}/journal/verification` })).json['intact']).toBe(false);
    banc.gestes.ruptures = [];
    expect((await banc.demander({ chemin: `${v1}/diagnostic` })).json['sujets']).toHaveLength(2);
  });
});

describe('errors of the frame speak French too', () => {
  test.each([
    ['GET', '/nulle/part', undefined, 404, 'VGM-API-002'],
    ['GET', `${v1}/rien`, undefined, 404, 'VGM-API-002'],
    ['DELETE', `${v1}/flux`, undefined, 404, 'VGM-API-002'],
    ['GET', '/%ff', undefined, 404, 'VGM-API-002'],
    ['POST', `${v1}/jetons`, '{', 400, 'VGM-API-011'],
    ['POST', `${v1}/jetons`, '', 400, 'VGM-API-011'],
    ['POST', `${v1}/jetons`, '"x"', 400, 'VGM-API-003'],
    ['POST', `${v1}/jetons`, `"${'x'.repeat(1_100_000)}"`, 413, 'VGM-API-004'],
    ['POST', `${v1}/jetons`, '{"__proto__":{}}', 400, 'VGM-API-011'],
  ])('%s %s', async (...cas) => {
    const [methode, chemin, corps, statut, code] = cas;
    const r = await banc.demander({ methode, chemin, ...(corps === undefined ? {} : { corps }) });
    expect([r.statut, r.json['code']]).toEqual([statut, code]);
    expect(r.entetes['content-type']).toMatch(/^application\/problem\+json/);
  });
  test('a body of another type', async () => {
    const entetes = { 'content-type': 'application/x-www-form-urlencoded' };
    const r = await banc.demander({
      methode: 'POST',
      chemin: `${v1}/jetons`,
      corps: Buffer.from('a=b'),
      entetes,
    });
    expect([r.statut, r.json['code']]).toEqual([415, 'VGM-API-005']);
  });
  test('a piece whose bytes fail on the way cuts the answer and stops nothing', async () => {
    const { ouvrirPiece } = banc.gestes;
    banc.gestes.ouvrirPiece = async (ctx, id, rang) => {
      const { piece, contenu } = await ouvrirPiece(ctx, id, rang);
      contenu.once('data', () => contenu.destroy(new RangeError('disk')));
      return { piece: { ...piece, taille: 50 }, contenu };
    };
    await expect(banc.demander({ chemin: `${v1}/flux/${F1}/pieces/0` })).rejects.toThrow();
    banc.gestes.ouvrirPiece = ouvrirPiece;
    expect((await banc.demander({ chemin: `${v1}/sante` })).statut).toBe(200);
  });
});

function cles(nom: string): string[] {
  return Object.keys((SCHEMAS[nom] as { properties: object }).properties);
}

describe('the contract (OpenAPI 3.1) says what is served', () => {
  test('every operation of the table is a route', async () => {
    for (const op of OPERATIONS) {
      const chemin =
        v1 +
        op.chemin
          .replace('{siren}', SIREN)
          .replace(/\{rang\}/, '0')
          .replace(/\{\w+\}/g, F1);
      if (op.id === 'suivre') continue;
      const r = await banc.demander({ methode: op.methode.toUpperCase(), chemin });
      expect(r.json['code'], `${op.methode} ${op.chemin}`).not.toBe('VGM-API-002');
    }
  });
  test('every route is an operation of the table', async () => {
    const dossier = join(import.meta.dirname, '../../src/http/api');
    const texte = readdirSync(dossier)
      .map((nom) => readFileSync(join(dossier, nom), 'utf8'))
      .join('\n');
    const routes = texte.match(/(app|enfant)\.(get|post|put|patch|delete)\(/g) ?? [];
    expect(routes).toHaveLength(OPERATIONS.length);
  });
  test('its references resolve, its schemas are those of the answers', async () => {
    const { json, octets } = await banc.demander({ chemin: `${v1}/openapi.json` });
    expect(json['openapi']).toBe('3.1.0');
    for (const [, nom] of octets.toString().matchAll(/#\/components\/schemas\/(\w+)/g)) {
      expect(SCHEMAS).toHaveProperty(nom as string);
    }
    expect(cles('Flux')).toEqual(Object.keys(vues.vueFlux(fluxFictif(1))));
    expect(cles('Citant')).toEqual(Object.keys(vues.vueCitant(fluxFictif(1))));
    expect(cles('Message')).toEqual(Object.keys(vues.vueFlux(fluxFictif(1)).message ?? {}));
    expect(cles('Retour')).toEqual(Object.keys(vues.vueRetour(RETOUR)));
    const [destination] = await banc.gestes.destinations.lister(CTX);
    expect(cles('Destination')).toEqual(destination && Object.keys(vues.vueDestination(destination)));
    expect(cles('Livraison')).toEqual(Object.keys(vues.vueLivraison(LIVRAISON)));
    const { pieces } = await banc.gestes.montrer(CTX, F1);
    expect(cles('Piece')).toEqual(pieces.flatMap((p) => Object.keys(vues.vuePiece(p))));
  });
  test('each code of the catalogue is explained in docs/api/api.md', async () => {
    const doc = readFileSync(join(import.meta.dirname, '../../docs/api/api.md'), 'utf8');
    for (const code of Object.keys(CATALOGUE_API)) expect(doc).toContain(code);
    for (const op of OPERATIONS) expect(doc, op.id).toContain(`${op.methode.toUpperCase()} ${op.chemin}`);
  });
});
