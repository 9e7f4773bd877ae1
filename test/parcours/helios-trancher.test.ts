import { afterEach, describe, expect, test } from 'vitest';
import type { FluxId, Jour, RetourId, Siren } from '../../src/metier/identifiants.ts';
import type { Retour } from '../../src/metier/retours.ts';
import { pes } from '../unit/helios/generateur.ts';
import { acquit, bordereau, erreur, pj, texteAcquit } from '../unit/helios/retours.ts';
import { type Atelier, AUTRE_SIREN, creerAtelier, CTX, SIREN, siretDe } from './atelier.ts';
import { preuveBonne } from './preuve-bonne.ts';

/** What Hélios answers without telling all, and what a person then says of it. */

let a: Atelier;
afterEach(() => a.fermer());

const HEURE = 3_600_000;
const MOTIF = 'dit par le comptable au téléphone';

/** Name of an acquittement made at this hour of 10 March, Paris time; the tests begin at 10:00. */
const nomAck = (heure: string, fin = 'KO') => `034079_260310${heure}-ACK-A0000001_A0000001_${fin}.xml`;
const entetes = (nomFic = 'F1') => ({ NomFic: nomFic, IdColl: siretDe(SIREN) });
const ANONYMES = { ...entetes(), NomFic: null };

async function repondre(nom: string, octets: Buffer): Promise<Retour> {
  a.passerelle.sortie.set(nom, octets);
  await a.relever();
  await a.calme();
  const [retour] = await a.gestes.retours.lister(CTX, { limite: 1 });
  return retour as Retour;
}

async function transmis(nomFic = 'F1', octets?: Buffer): Promise<FluxId> {
  const { id } = await a.deposePes(nomFic, octets === undefined ? {} : { octets });
  return (await a.jusqua(id, 'transmis')).id;
}

const REFUS = bordereau('1', '0', erreur('ERREUR_AUTRE', '2559 - Code service inconnu'));

describe('an acquittement that does not tell is settled by a person', () => {
  test('a refusal that names no file: told of its flux, it refuses it, and its name is free again', async () => {
    a = await creerAtelier();
    const id = await transmis();
    const nack = { entetes: ANONYMES, racine: 'PES_NonAcquit', espace: 'Rev0/retour' };
    const retour = await repondre(nomAck('100500'), acquit(nack));
    expect(retour).toMatchObject({ etat: 'a_trancher', flux: [] });
    const ordre = { flux: id, issue: 'refuse', motif: MOTIF } as const;
    expect(await a.gestes.retours.trancher(CTX, retour.id, ordre)).toMatchObject({
      etat: 'attribue',
      flux: [id],
      motif: MOTIF,
    });
    const { flux, pieces, chronologie } = await a.gestes.montrer(CTX, id);
    expect(flux).toMatchObject({
      etat: 'anomalie',
      erreur: { code: 'PES_ACQUIT' },
      resume: {
        acquittement: { issue: 'refuse', tranche: 'refuse' },
        confrontation: { bordereaux: [{ numero: '1', sort: 'refuse' }] },
      },
    });
    expect(pieces.at(-1)).toMatchObject({ role: 'accuse', nom: nomAck('100500') });
    expect(chronologie.find((l) => l.ev === 'ANOMALIE_TRANCHEE')).toMatchObject({
      acteur: 'agent:essai',
      res: 'KO',
      motif: `${MOTIF} (Fichier refusé par Hélios.)`,
      obj: expect.stringMatching(/^sha256:/),
    });
    expect((await a.gestes.corriger(CTX, id)).conduite).toBe('corriger');
    expect(await preuveBonne(a, id)).toMatch(/Tranché par une personne\.$/);
    let trace = '';
    const jours = { du: '2026-03-10' as Jour, au: '2026-03-10' as Jour };
    for await (const ligne of await a.gestes.tracerHelios(CTX, jours)) trace += ligne;
    expect(trace.split('\n').filter((l) => l.includes(MOTIF))).toHaveLength(2);
    expect(trace).toContain('pris par l’État');
    expect((await a.deposePes('F1', { cle: 'encore' })).id).not.toBe(id);
  });

  test.each([
    ['accepte', 'acquitte', null, 'rien'],
    ['partiel', 'acquitte_partiel', 'PES_ACQUIT', 'trancher'],
    ['refuse', 'anomalie', 'PES_ACQUIT', 'corriger'],
  ] as const)(
    'an answer that contradicts itself, said to be « %s »: %s',
    async (...[issue, etat, code, conduite]) => {
      a = await creerAtelier();
      const point = { canal: 'webhook', cible: 'https://x.example/', evenements: [] } as const;
      await a.gestes.collectivites.ajouterPoint(CTX, SIREN, point);
      const id = await transmis();
      const elements = bordereau('1') + bordereau('1', '0');
      const retour = await repondre(nomAck('100500'), acquit({ entetes: entetes(), elements }));
      expect(retour.motif).toContain(`Une personne doit trancher ce qu’il dit du flux ${id}.`);
      await a.gestes.retours.trancher(CTX, retour.id, { flux: id, issue, motif: MOTIF });
      await a.calme();
      const flux = await a.flux(id);
      expect([flux.etat, flux.erreur?.code ?? null, flux.due]).toEqual([etat, code, null]);
      expect((await a.gestes.corriger(CTX, id)).conduite).toBe(conduite);
      expect((JSON.parse(a.webhook.envois.at(-1)?.corps ?? '{}') as { type: string }).type).toBe(
        `flux.${etat}`,
      );
      await preuveBonne(a, id);
    },
  );

  test('accepted after a refusal that had come first: the refusal is taken back, and the proof holds both', async () => {
    a = await creerAtelier();
    const id = await transmis();
    const panne = bordereau('1', '0', erreur('ERREUR_TIMEOUT'));
    await repondre(nomAck('100500'), acquit({ entetes: entetes(), elements: panne }));
    const tard = await repondre(nomAck('100900', 'OK'), acquit({ entetes: entetes() }));
    expect(tard).toMatchObject({ etat: 'a_trancher', motif: expect.stringMatching(/contredit l’état/) });
    await a.gestes.retours.trancher(CTX, tard.id, { flux: id, issue: 'accepte', motif: MOTIF });
    const { flux, pieces } = await a.gestes.montrer(CTX, id);
    expect(flux).toMatchObject({ etat: 'acquitte', erreur: null });
    expect(pieces.filter((p) => p.role === 'accuse').map((p) => p.nom)).toEqual([
      nomAck('100500'),
      nomAck('100900', 'OK'),
    ]);
    await preuveBonne(a, id);
    // it stands again: the same file is not sent twice
    await expect(a.deposePes('F1', { cle: 'encore' })).rejects.toThrow('HELIOS-DBL-01');
  });

  test('not once its name is another’s: that flux is named, and nothing moved', async () => {
    a = await creerAtelier();
    const id = await transmis();
    await repondre(nomAck('100500'), acquit({ entetes: entetes(), elements: REFUS }));
    await a.passer(2 * HEURE);
    const corrige = pes({ entetes: entetes(), depense: [{ montantHT: '99.00' }] });
    const suivant = await transmis('F1', corrige);
    const tard = await repondre(nomAck('100600', 'OK'), acquit({ entetes: entetes() }));
    const ordre = { flux: id, issue: 'accepte', motif: MOTIF } as const;
    await expect(a.gestes.retours.trancher(CTX, tard.id, ordre)).rejects.toThrow(
      new RegExp(`VGM-GES-046.*${suivant}`),
    );
    expect([(await a.flux(id)).etat, (await a.flux(suivant)).etat]).toEqual(['anomalie', 'transmis']);
  });

  test('what is no acquittement, of no PES that left, or names nothing of it, settles nothing', async () => {
    a = await creerAtelier();
    const id = await transmis();
    const acte = await a.depose('DELIB_1');
    await a.calme();
    const code = async (retour: Retour, flux: FluxId) =>
      a.gestes.retours.trancher(CTX, retour.id, { flux, issue: 'accepte', motif: MOTIF }).then(
        () => 'fait',
        (e: { fiche: { code: string } }) => e.fiche.code,
      );
    const illisible = await repondre('rien.xml', Buffer.from('<a'));
    expect(await code(illisible, id)).toBe('VGM-GES-043');
    const autre = acquit({ entetes: ANONYMES, elements: bordereau('77') + pj('P77') });
    const retour = await repondre(nomAck('100500'), autre);
    expect(await code(retour, acte.id)).toBe('VGM-GES-044');
    expect(await code(retour, id)).toBe('VGM-GES-045');
    expect((await a.flux(id)).etat).toBe('transmis');
    const collectivite = { ...CTX, portee: { collectivite: SIREN } } as const;
    const ordre = { flux: id, issue: 'accepte', motif: MOTIF } as const;
    await expect(a.gestes.retours.trancher(collectivite, retour.id, ordre)).rejects.toThrow('VGM-GES-005');
  });

  test('hung without a word, it moves nothing and stays open: read again, or settled afterwards', async () => {
    a = await creerAtelier();
    const id = await transmis();
    const sans = acquit({ entetes: { ...entetes(), CodCol: null } });
    const { id: retour } = await repondre(nomAck('100500', 'OK'), sans);
    await a.gestes.retours.rattacher(CTX, retour, id);
    expect((await a.flux(id)).etat).toBe('transmis');
    expect(await a.gestes.retours.retraiter(CTX, retour)).toMatchObject({ etat: 'recu' });
    await a.calme();
    await a.gestes.retours.rattacher(CTX, retour, id);
    await a.gestes.retours.trancher(CTX, retour, { flux: id, issue: 'accepte', motif: MOTIF });
    const { flux, pieces } = await a.gestes.montrer(CTX, id);
    expect(flux).toMatchObject({ etat: 'acquitte', resume: { acquittement: { tranche: 'accepte' } } });
    expect(pieces.slice(-2).map((p) => p.role)).toEqual(['retour', 'accuse']);
  });
});

describe('a PES Retour whose SIRET does not say whose it is', () => {
  const retourPes = (siret: string | null) =>
    Buffer.from(
      texteAcquit({
        racine: 'PES_Retour',
        espace: 'Rev0/retour',
        entetes: { IdColl: siret },
      }).replaceAll(/<ACQUIT>[^]*<\/ACQUIT>/g, '<PES_DepenseRetour><Bordereau/></PES_DepenseRetour>'),
      'latin1',
    );
  const NOM = 'PES2R_DEP_R_123_00_034079_20260310_20260310_20260310090000.xml';

  test('handed to a collectivité by a person: its flux, its notification, the order at the journal', async () => {
    a = await creerAtelier();
    const point = { canal: 'webhook', cible: 'https://x.example/', evenements: [] } as const;
    await a.gestes.collectivites.ajouterPoint(CTX, AUTRE_SIREN, point);
    const retour = await repondre(NOM, retourPes(null));
    expect(retour).toMatchObject({ etat: 'a_trancher', flux: [] });
    const remis = await a.gestes.retours.remettre(CTX, retour.id, AUTRE_SIREN);
    await a.calme();
    expect(remis).toMatchObject({ etat: 'attribue' });
    const [id = '' as FluxId] = remis.flux;
    const { flux, pieces, chronologie } = await a.gestes.montrer(
      { ...CTX, portee: { collectivite: AUTRE_SIREN } },
      id,
    );
    expect(flux).toMatchObject({ etat: 'recu', collectivite: AUTRE_SIREN, resume: { genre: 'PES_Retour' } });
    expect(pieces).toMatchObject([{ role: 'retour', nom: NOM }]);
    expect(chronologie[0]).toMatchObject({ ev: 'RECEPTION', acteur: 'agent:essai' });
    expect(a.webhook.envois).toHaveLength(1);
    // settled: no second order applies to it
    await expect(a.gestes.retours.remettre(CTX, retour.id, SIREN)).rejects.toThrow('VGM-GES-003');
  });

  test('what is no PES Retour, or a collectivité that is not registered: nothing is done', async () => {
    a = await creerAtelier();
    const { id } = await repondre(NOM, retourPes(null));
    await expect(a.gestes.retours.remettre(CTX, id, '999999999' as Siren)).rejects.toThrow('VGM-GES-004');
    const ack = await repondre(nomAck('100500'), acquit({ entetes: ANONYMES }));
    await expect(a.gestes.retours.remettre(CTX, ack.id, SIREN)).rejects.toThrow('VGM-GES-047');
    expect(await a.gestes.lister(CTX, { limite: 9 })).toEqual([]);
    const collectivite = { ...CTX, portee: { collectivite: SIREN } } as const;
    await expect(a.gestes.retours.remettre(collectivite, id as RetourId, SIREN)).rejects.toThrow(
      'VGM-GES-005',
    );
  });
});
