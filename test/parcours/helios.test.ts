import { afterEach, describe, expect, test } from 'vitest';
import type { Flux } from '../../src/metier/flux.ts';
import type { FluxId } from '../../src/metier/identifiants.ts';
import { acquit, bordereau, erreur, fichier, pj, texteAcquit } from '../unit/helios/retours.ts';
import { pes } from '../unit/helios/generateur.ts';
import { type Atelier, AUTRE_SIREN, creerAtelier, CTX, pesDe, SIREN, siretDe } from './atelier.ts';

/** HELIOS from the deposit to the answer of Hélios, with a gateway in memory. */

let a: Atelier;
afterEach(() => a.fermer());

const HEURE = 3_600_000;
const NOM = `PESALR2_${SIREN}_260310_001.xml`;

/** Name of an acquittement, made that many minutes after the tests begin (10:00 in Paris). */
function nomAck(minutes: number, fin = 'OK'): string {
  const heure = String(10 + Math.floor(minutes / 60)).padStart(2, '0');
  const minute = String(minutes % 60).padStart(2, '0');
  return `034079_260310${heure}${minute}00-ACK-A0000001_A0000001_${fin}.xml`;
}

const entetes = (nomFic: string) => ({ NomFic: nomFic, IdColl: siretDe(SIREN) });

/** What Hélios leaves at the gateway, and the fetch of it. */
async function repondre(nom: string, octets: Buffer): Promise<void> {
  a.passerelle.sortie.set(nom, octets);
  await a.relever();
  await a.calme();
}

async function transmis(nomFic: string): Promise<Flux> {
  const { id } = await a.deposePes(nomFic);
  return a.jusqua(id, 'transmis');
}

async function evenements(id: FluxId): Promise<string[]> {
  return (await a.gestes.montrer(CTX, id)).chronologie.map((l) => l.ev);
}

const retours = () => a.gestes.retours.lister(CTX, { limite: 100 });

describe('a PES goes to the DGFiP and its acquittement comes back', () => {
  test('deposit → named → at the gateway, byte for byte → acknowledged, and the time-line tells it', async () => {
    a = await creerAtelier();
    const { id } = await transmis('VALMONCEL_1');
    expect([...a.passerelle.entree.keys()]).toEqual([NOM]);
    expect(Buffer.from(a.passerelle.entree.get(NOM) ?? '')).toEqual(pesDe('VALMONCEL_1'));
    await repondre(nomAck(5), acquit({ entetes: entetes('VALMONCEL_1') }));
    const flux = await a.flux(id);
    expect(flux).toMatchObject({
      etat: 'acquitte',
      identite: '123/VALMONCEL_1',
      nomEnvoi: NOM,
      due: null,
      erreur: null,
      resume: { confrontation: { bordereaux: [{ domaine: 'depense', numero: '1', sort: 'accepte' }] } },
    });
    expect(await evenements(id)).toEqual([
      'DEPOT',
      'CONTROLE_FAVORABLE',
      'SIGNATURE_FAVORABLE',
      'IDENTITE',
      'ENVELOPPE_FAITE',
      'MISE_EN_LIGNE',
      'REMISE_CONFIRMEE',
      'ACCUSE_RECU',
    ]);
    const { pieces } = await a.gestes.montrer(CTX, id);
    expect(pieces.map((p) => [p.role, p.nom])).toEqual([
      ['pes', 'VALMONCEL_1.xml'],
      ['rapport', 'rapport-controles.json'],
      ['rapport_signatures', expect.any(String)],
      ['archive', NOM],
      ['accuse', nomAck(5)],
    ]);
    expect(a.passerelle.sortie.size).toBe(0);
    expect(await a.gestes.verifierJournal(CTX)).toSatisfy((j: { ruptures: unknown[] }[]) =>
      j.every((c) => c.ruptures.length === 0),
    );
  });

  const refuse = bordereau('1', '0', erreur('ERREUR_AUTRE', '2559 - Code service inconnu'));
  const double = bordereau('1', '0', erreur('ERREUR_DOUBLON_BORDEREAU'));
  const [budget, panne] = [erreur('ERREUR_CODE_COLLECTIVITE_BUDGET'), erreur('ERREUR_TIMEOUT')];
  test.each([
    ['refused for its bordereau', { elements: refuse }, 'anomalie', 'ERREUR_AUTRE'],
    [
      'refused as a whole',
      { elements: fichier('0', '0', budget) },
      'anomalie',
      'ERREUR_CODE_COLLECTIVITE_BUDGET',
    ],
    ['refused by trouble of Hélios', { elements: fichier('0', '0', panne) }, 'anomalie', 'ERREUR_TIMEOUT'],
    [
      'a number already taken by something else',
      { elements: double },
      'anomalie',
      'ERREUR_DOUBLON_BORDEREAU',
    ],
    [
      'the old form of the refusal',
      { racine: 'PES_NonAcquit', espace: 'Rev0/retour' },
      'anomalie',
      'PES_ACQUIT',
    ],
    // oxlint-disable-next-line max-params -- one row of the table
  ] as const)('%s: a refusal with the code of the State', async (_, ack, etat, code) => {
    a = await creerAtelier();
    const { id } = await transmis('F1');
    await repondre(nomAck(5, 'KO'), acquit({ entetes: entetes('F1'), ...ack }));
    expect(await a.flux(id)).toMatchObject({ etat, erreur: { code } });
  });

  test('taken in part: what is in and what is refused, unit by unit', async () => {
    a = await creerAtelier();
    const pieces = [{ idUnique: 'P1' }];
    const octets = pes({ entetes: entetes('F1'), depense: [{}, { idBord: '2', pjRef: pieces }], pieces });
    const { id } = await a.deposePes('F1', { octets });
    await a.jusqua(id, 'transmis');
    const refus = erreur('ERREUR_DOUBLON_PJ', '1984 - Identifiant de pièce déjà intégré');
    const elements = bordereau('1') + bordereau('2') + pj('P1', '0', refus);
    await repondre(nomAck(5, 'KO'), acquit({ entetes: entetes('F1'), elements }));
    expect(await a.flux(id)).toMatchObject({
      etat: 'acquitte_partiel',
      erreur: { code: 'ERREUR_DOUBLON_PJ' },
      resume: {
        acquittement: { issue: 'partiel', nombreUnites: 3 },
        confrontation: {
          bordereaux: [
            { numero: '1', sort: 'accepte' },
            { numero: '2', sort: 'accepte' },
          ],
          pieces: [{ idUnique: 'P1', sort: 'doublon' }],
        },
      },
    });
  });

  test('an answer that contradicts itself is for a person, and moves nothing', async () => {
    a = await creerAtelier();
    const { id } = await transmis('F1');
    await repondre(
      nomAck(5),
      acquit({ entetes: entetes('F1'), elements: bordereau('1') + bordereau('1', '0') }),
    );
    expect((await a.flux(id)).etat).toBe('transmis');
    const [retour] = await retours();
    expect(retour).toMatchObject({ etat: 'a_trancher', nom: nomAck(5), source: 'dgfip:dgfip' });
    const vu = await a.gestes.retours.montrer(CTX, retour?.id as never);
    vu.brut.destroy();
    expect(vu).toMatchObject({ expediteur: '', parties: [{ nom: nomAck(5) }] });
    expect(vu.texte).toMatch(/se contredit/);
    await a.gestes.retours.rattacher(CTX, retour?.id as never, id);
    const { pieces } = await a.gestes.montrer(CTX, id);
    expect(pieces.at(-1)).toMatchObject({ role: 'retour', nom: nomAck(5), type: 'application/xml' });
  });

  test('a collectivité hears of it by the words of HELIOS', async () => {
    a = await creerAtelier();
    const point = { canal: 'webhook', cible: 'https://x.example/', evenements: [] } as const;
    await a.gestes.collectivites.ajouterPoint(CTX, SIREN, point);
    await transmis('F1');
    await repondre(nomAck(5), acquit({ entetes: entetes('F1') }));
    const dits = a.webhook.envois.map((e) => JSON.parse(e.corps) as { type: string; data: object });
    expect(dits.map((d) => d.type)).toEqual(['flux.depose', 'flux.transmis', 'flux.acquitte']);
    expect(dits.at(-1)?.data).toMatchObject({ protocole: 'HELIOS', identite: '123/F1', nomEnvoi: NOM });
  });
});

describe('answers that come late, twice, or to nobody', () => {
  test('no answer: the alert comes after the working days of the settings and names the DGFiP; the answer settles it', async () => {
    a = await creerAtelier();
    const { id } = await transmis('F1');
    await a.passer(24 * HEURE);
    await a.calme();
    expect((await a.flux(id)).alerte).toBeNull();
    await a.passer(48 * HEURE);
    await a.calme();
    expect((await a.flux(id)).alerte).toBe(
      'Aucun acquittement depuis la transmission du 10 mars 2026 à 10:00 : « vaguemestre relever », puis appeler la DGFiP.',
    );
    await repondre(nomAck(5), acquit({ entetes: entetes('F1') }));
    expect(await a.flux(id)).toMatchObject({ etat: 'acquitte', alerte: null });
  });

  test('a file that waits for its signature is told after as many working days, and the answer ends the alert', async () => {
    a = await creerAtelier({ helios: { signature: 'parapheur' } });
    const { id } = await a.deposePes('F1');
    expect((await a.jusqua(id, 'a_signer')).alerte).toBeNull();
    await a.passer(96 * HEURE);
    await a.calme();
    expect(await a.flux(id)).toMatchObject({
      etat: 'a_signer',
      alerte: expect.stringMatching(/^À signer depuis le .* le fichier signé \(« vaguemestre apporter »\)/),
    });
    await a.gestes.abandonner(CTX, id, 'mandats repris');
    expect(await a.flux(id)).toMatchObject({ etat: 'abandonne', alerte: null });
  });

  test('the same receipt under two names: filed twice, counted once', async () => {
    a = await creerAtelier();
    const { id } = await transmis('F1');
    const ack = acquit({ entetes: entetes('F1') });
    await repondre(nomAck(5), ack);
    await repondre(nomAck(6), ack);
    expect((await evenements(id)).filter((ev) => ev === 'ACCUSE_RECU')).toHaveLength(1);
    expect((await retours()).map((r) => [r.nom, r.etat, r.flux])).toEqual([
      [nomAck(6), 'classe', [id]],
      [nomAck(5), 'attribue', [id]],
    ]);
  });

  test('an answer about a file that nobody here sent waits for a person', async () => {
    a = await creerAtelier();
    const { id } = await transmis('F1');
    await repondre(nomAck(5), acquit({ entetes: entetes('AUTRE') }));
    expect((await a.flux(id)).etat).toBe('transmis');
    expect((await retours())[0]).toMatchObject({ etat: 'a_trancher' });
    expect((await retours())[0]?.motif).toMatch(/Aucun fichier envoyé d’ici ne s’appelle « AUTRE »/);
  });

  test('Hélios says the very same words of two sendings: the hour of their making tells which is answered', async () => {
    a = await creerAtelier();
    const premier = await transmis('F1');
    const panne = acquit({
      entetes: entetes('F1'),
      elements: fichier('0', '0', erreur('ERREUR_TIMEOUT')),
    });
    await repondre(nomAck(5, 'KO'), panne);
    expect((await a.flux(premier.id)).etat).toBe('anomalie');
    await a.passer(HEURE);
    // « le même contenu peut être envoyé de nouveau »
    const second = await transmis('F1');
    await repondre(nomAck(6, 'KO'), panne);
    expect((await a.flux(second.id)).etat).toBe('transmis');
    expect((await retours())[0]).toMatchObject({ etat: 'classe', flux: [premier.id] });
    await repondre(nomAck(65, 'KO'), panne);
    expect((await a.flux(second.id)).etat).toBe('anomalie');
    // Filed by hand under another name, nobody knows which one it answers.
    const troisieme = await transmis('F1');
    await a.gestes.retours.deposer(CTX, panne, 'acquit.xml');
    await a.calme();
    expect((await a.flux(troisieme.id)).etat).toBe('transmis');
    expect((await retours())[0]).toMatchObject({ etat: 'a_trancher', nom: 'acquit.xml' });
  });

  test('an answer without the block of its content, or that is no XML, is kept for a person', async () => {
    a = await creerAtelier();
    await transmis('F1');
    await repondre(nomAck(5), acquit({ entetes: entetes('F1'), elements: null }));
    await repondre('rien.xml', Buffer.from('<a'));
    expect((await retours()).map((r) => r.etat)).toEqual(['a_trancher', 'a_trancher']);
  });

  test('a PES Retour starts a flux of the collectivité whose SIRET it bears; another one waits for a person', async () => {
    a = await creerAtelier();
    const retour = (siren: typeof SIREN) =>
      Buffer.from(
        texteAcquit({
          racine: 'PES_Retour',
          espace: 'Rev0/retour',
          entetes: { IdColl: siretDe(siren) },
        }).replaceAll(/<ACQUIT>[^]*<\/ACQUIT>/g, '<PES_DepenseRetour><Bordereau/></PES_DepenseRetour>'),
        'latin1',
      );
    const nom = 'PES2R_DEP_R_123_00_034079_20260310_20260310_20260310090000.xml';
    await repondre(nom, retour(AUTRE_SIREN));
    const [recu] = await a.gestes.lister({ ...CTX, portee: { collectivite: AUTRE_SIREN } }, { limite: 10 });
    expect(recu).toMatchObject({
      protocole: 'HELIOS',
      etat: 'recu',
      due: null,
      resume: { genre: 'PES_Retour', nom, siret: siretDe(AUTRE_SIREN) },
    });
    expect(await evenements(recu?.id as FluxId)).toEqual(['RECEPTION']);
    expect((await a.gestes.montrer(CTX, recu?.id as FluxId)).pieces).toMatchObject([{ role: 'retour', nom }]);
    await repondre('PES2R_DEP_R_999_00_034079_1.xml', retour('999999999' as typeof SIREN));
    expect((await retours())[0]).toMatchObject({ etat: 'a_trancher', flux: [] });
    expect(await a.gestes.lister(CTX, { limite: 10 })).toHaveLength(1);
  });

  test('a PES_ACQUIT_RETOUR gets no answer, and nobody waits for one', async () => {
    a = await creerAtelier();
    const octets = Buffer.from(
      texteAcquit({
        racine: 'PES_ACQUIT_RETOUR',
        espace: 'Rev0/aller/ack',
        entetes: entetes('AR1'),
      }).replaceAll(
        /<ACQUIT>[^]*<\/ACQUIT>/g,
        '<ACQUIT_RETOUR><EnTeteAcquitRetour><IdVer V="2"/></EnTeteAcquitRetour><ElementACQUIT_RETOUR><DomaineAckRetour V="13"/><NomFichierRetour V="PES2R_DEP_R.xml"/></ElementACQUIT_RETOUR></ACQUIT_RETOUR>',
      ),
      'latin1',
    );
    const { id } = await a.deposePes('AR1', { octets });
    expect(await a.jusqua(id, 'transmis')).toMatchObject({ due: null });
    await a.passer(240 * HEURE);
    await a.calme();
    expect(await a.flux(id)).toMatchObject({ etat: 'transmis', alerte: null });
  });
});

describe('what was deposited once is not deposited twice', () => {
  test('same NomFic, or same bytes: refused, and the first flux is named', async () => {
    a = await creerAtelier();
    const premier = await transmis('F1');
    const autre = pes({ entetes: entetes('F1'), depense: [{ idBord: '9' }] });
    const codes = async (octets: Buffer) => {
      const r = await a.deposerPes('F1', { octets });
      return r.rapport.reponses
        .filter((q) => q.code.startsWith('HELIOS-DBL') && q.reponse === 'non')
        .map((q) => [q.code, q.anomalies[0]?.message.includes(premier.id)]);
    };
    expect(await codes(autre)).toEqual([['HELIOS-DBL-01', true]]);
    expect(await codes(pesDe('F1'))).toEqual([
      ['HELIOS-DBL-01', true],
      ['HELIOS-DBL-02', true],
    ]);
    const ailleurs = await a.deposePes('F1', { siren: AUTRE_SIREN });
    expect((await a.jusqua(ailleurs.id, 'transmis')).identite).toBe('123/F1');
  });

  test('after a refusal of the State the name is free again; a key replayed gives the first flux', async () => {
    a = await creerAtelier();
    const { id } = await a.deposePes('F1', { cle: 'k1' });
    expect((await a.deposePes('F1', { cle: 'k1' })).id).toBe(id);
    await a.jusqua(id, 'transmis');
    const refus = fichier('0', '0', erreur('ERREUR_SCHEMA_INCOMPLET'));
    await repondre(nomAck(5, 'KO'), acquit({ entetes: entetes('F1'), elements: refus }));
    const corrige = await a.deposePes('F1', {
      octets: pes({ entetes: entetes('F1'), depense: [{ idBord: '3' }] }),
    });
    expect((await a.jusqua(corrige.id, 'transmis')).nomEnvoi).toBe(`PESALR2_${SIREN}_260310_002.xml`);
  });

  test('a correction cites the flux that it corrects, once this one is answered, and no other', async () => {
    a = await creerAtelier();
    const { id } = await transmis('F1');
    await expect(a.deposePes('F2', { corrige: id })).rejects.toThrow(/VGM-DEP-009/);
    const refus = fichier('0', '0', erreur('ERREUR_SCHEMA_INCOMPLET'));
    await repondre(nomAck(5, 'KO'), acquit({ entetes: entetes('F1'), elements: refus }));
    const suite = await a.deposePes('F2', { corrige: id, cle: 'k' });
    expect(suite.cite).toBe(id);
    expect((await a.deposePes('F2', { corrige: id, cle: 'k' })).id).toBe(suite.id);
    await expect(a.deposePes('F2', { cle: 'k' })).rejects.toThrow(/VGM-DEP-003/);
    const ailleurs = a.deposePes('F3', { siren: AUTRE_SIREN, corrige: id });
    await expect(ailleurs).rejects.toThrow(/VGM-DEP-008/);
  });

  test('given up before it left, a PES gives its number to the next of the day: no hole (c.2)', async () => {
    a = await creerAtelier();
    await a.gestes.destinations.suspendre(CTX, 'HELIOS', 'demande de la DGFiP');
    const retenu = await a.deposePes('F1');
    expect((await a.jusqua(retenu.id, 'pret')).nomEnvoi).toBe(NOM);
    await a.calme();
    await a.gestes.abandonner(CTX, retenu.id, 'mandats repris');
    expect((await a.flux(retenu.id)).nomEnvoi).toBeNull();
    await a.gestes.destinations.reprendre(CTX, 'HELIOS');
    expect((await transmis('F2')).nomEnvoi).toBe(NOM);
    expect((await transmis('F3')).nomEnvoi).toBe(NOM.replace('_001.', '_002.'));
  });

  test('a file for another collectivité is refused by the SIRET that it bears', async () => {
    a = await creerAtelier();
    const reponse = await a.deposerPes('F1', { octets: pesDe('F1', AUTRE_SIREN) });
    expect(reponse.type).toBe('refuse');
    expect(JSON.stringify(reponse.rapport)).toContain(`Le SIRET ${siretDe(AUTRE_SIREN)}`);
  });
});
