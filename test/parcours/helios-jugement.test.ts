import { afterEach, describe, expect, test } from 'vitest';
import { composerCourriel } from '../../src/etapes/courriel-texte.ts';
import type { FluxId } from '../../src/metier/identifiants.ts';
import type { Retour } from '../../src/metier/retours.ts';
import { pes } from '../unit/helios/generateur.ts';
import { acquit, bordereau, erreur, fichier, pj } from '../unit/helios/retours.ts';
import { type Atelier, creerAtelier, CTX, SIREN, siretDe } from './atelier.ts';
import { preuveBonne } from './preuve-bonne.ts';

/** Which file an answer of Hélios is of, and what it does to it. */

let a: Atelier;
afterEach(() => a.fermer());

const HEURE = 3_600_000;

/** Name of an acquittement made at this hour of 10 March, Paris time; the tests begin at 10:00. */
const nomAck = (heure: string, fin = 'KO') => `034079_260310${heure}-ACK-A0000001_A0000001_${fin}.xml`;
const entetes = (nomFic = 'F1') => ({ NomFic: nomFic, IdColl: siretDe(SIREN) });

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

describe('a late answer to the file before is not that of the corrected one, of the same name', () => {
  async function corrigeA12h(): Promise<readonly [FluxId, FluxId]> {
    a = await creerAtelier();
    const premier = await transmis();
    await repondre(nomAck('100500'), acquit({ entetes: entetes(), elements: REFUS }));
    await a.passer(2 * HEURE);
    const octets = pes({ entetes: entetes(), depense: [{ montantHT: '99.00' }] });
    return [premier, await transmis('F1', octets)];
  }
  const AUTRES_MOTS = bordereau('1', '0', erreur('ERREUR_AUTRE', '1971 - Compte fonction'));

  test.each([
    ['a second refusal, in other words', AUTRES_MOTS, 'déjà « en anomalie »'],
    ['an acceptance', bordereau('1'), 'Il contredit l’état « en anomalie »'],
    // oxlint-disable-next-line max-params -- one row of the table
  ])('%s, made before the corrected file left: parked, and it moves nothing', async (_, elements, motif) => {
    const [premier, second] = await corrigeA12h();
    const retour = await repondre(nomAck('100600'), acquit({ entetes: entetes(), elements }));
    expect((await a.flux(second)).etat).toBe('transmis');
    expect(retour).toMatchObject({ etat: 'a_trancher', motif: expect.stringContaining(motif) });
    expect(retour.motif).toContain(premier);
  });

  test('made after it left: it settles it', async () => {
    const [, second] = await corrigeA12h();
    await repondre(nomAck('120500', 'OK'), acquit({ entetes: entetes() }));
    expect((await a.flux(second)).etat).toBe('acquitte');
  });

  test('made within the doubt of the clocks, or under a name that tells no hour: a person says, and both are named', async () => {
    const [premier, second] = await corrigeA12h();
    for (const nom of [nomAck('115500', 'OK'), 'acquit.xml']) {
      const retour = await repondre(nom, acquit({ entetes: entetes() }));
      expect(retour).toMatchObject({ etat: 'a_trancher', motif: expect.stringContaining(premier) });
      expect(retour.motif).toContain(second);
    }
    expect((await a.flux(second)).etat).toBe('transmis');
  });

  test('of what only the corrected file holds, there is no doubt at any hour', async () => {
    a = await creerAtelier();
    await transmis();
    await repondre(nomAck('100500'), acquit({ entetes: entetes(), elements: REFUS }));
    const second = await transmis('F1', pes({ entetes: entetes(), depense: [{ idBord: '9' }] }));
    await repondre('acquit.xml', acquit({ entetes: entetes(), elements: bordereau('9') }));
    expect((await a.flux(second)).etat).toBe('acquitte');
  });
});

describe('an answer is judged on the file it answers', () => {
  test('a bordereau without answer: taken in part, an error of ours, and its number in the mail', async () => {
    a = await creerAtelier();
    const octets = pes({ entetes: entetes(), depense: [{}, { idBord: '2' }] });
    const id = await transmis('F1', octets);
    await repondre(nomAck('100500', 'OK'), acquit({ entetes: entetes() }));
    expect(await a.flux(id)).toMatchObject({
      etat: 'acquitte_partiel',
      erreur: { code: 'VGM-HEL-003', nature: 'incertaine' },
      resume: { confrontation: { comptes: { bordereaux: { accepte: 1, sans_reponse: 1 } } } },
    });
    expect((await a.gestes.corriger(CTX, id)).bordereaux.map((b) => b.conduite)).toEqual([
      'retirer',
      'trancher',
    ]);
    const mairie = { collectivite: 'Valmoncel', jointes: 1 };
    const { texte } = composerCourriel('flux.acquitte_partiel', await a.flux(id), mairie);
    expect(texte).toContain('Sans réponse : bordereau de dépense n° 2 (2026).');
    expect(texte).toContain(`« vaguemestre corriger ${id} »`);
    await preuveBonne(a, id);
  });

  test('the signature of its only bordereau accepted, itself refused: refused, and not in part', async () => {
    a = await creerAtelier();
    const id = await transmis();
    const signature = bordereau('1').replace('DomaineAck V="5"', 'DomaineAck V="3"');
    await repondre(nomAck('100500'), acquit({ entetes: entetes(), elements: signature + REFUS }));
    expect(await a.flux(id)).toMatchObject({ etat: 'anomalie', erreur: { code: 'ERREUR_AUTRE' } });
    await preuveBonne(a, id);
  });

  test.each([
    ['the signature of the file', fichier('2', '0', erreur('ERREUR_SIGNATURE_INVALIDE'))],
    ['settings', fichier('99', '0', erreur('ERREUR_PES_PARAM'))],
    ['a number there already', fichier('0', '0', erreur('ERREUR_DOUBLON_BORDEREAU'))],
  ])('%s refused for the whole, a piece accepted: taken in part', async (_, entier) => {
    a = await creerAtelier();
    const pieces = [{ idUnique: 'P1' }];
    const octets = pes({ entetes: entetes(), depense: [{ pjRef: pieces }], pieces });
    const id = await transmis('F1', octets);
    await repondre(nomAck('100500'), acquit({ entetes: entetes(), elements: entier + pj('P1') }));
    expect(await a.flux(id)).toMatchObject({
      etat: 'acquitte_partiel',
      resume: { confrontation: { pieces: [{ sort: 'accepte' }] } },
    });
    await preuveBonne(a, id);
  });

  test('more bordereaux than a summary names: the refused one is among those that are kept', async () => {
    a = await creerAtelier();
    const depense = Array.from({ length: 520 }, (_, k) => ({ idBord: String(k + 1) }));
    const id = await transmis('F1', pes({ entetes: entetes(), depense }));
    const elements = depense
      .slice(1)
      .map(({ idBord }) => bordereau(idBord, idBord === '515' ? '0' : '1'))
      .join('');
    await repondre(nomAck('100500'), acquit({ entetes: entetes(), elements }));
    const { etat, resume } = await a.flux(id);
    expect(etat).toBe('acquitte_partiel');
    const { bordereaux, comptes } = resume['confrontation'] as {
      bordereaux: { numero: string; sort: string }[];
      comptes: { bordereaux: object };
    };
    expect(bordereaux.slice(0, 2).map((b) => [b.numero, b.sort])).toEqual([
      ['515', 'refuse'],
      ['1', 'sans_reponse'],
    ]);
    expect([bordereaux.length, comptes.bordereaux]).toMatchObject([
      500,
      { accepte: 518, refuse: 1, sans_reponse: 1 },
    ]);
    await preuveBonne(a, id);
    const etranger = await transmis('F2', pes({ entetes: entetes('F2'), depense }));
    const retour = await repondre(
      nomAck('100600'),
      acquit({ entetes: entetes('F2'), elements: elements + bordereau('999') }),
    );
    expect((await a.flux(etranger)).etat).toBe('transmis');
    expect(retour.motif).toMatch(/n° 999 \(2026\) », que le fichier envoyé ne contient pas/);
  });

  test.each(['VALMONCEL_1 ', ' STELA11', 'AGENCE  COM'])(
    'sent under « %s », answered without its blanks: its own',
    async (nomFic) => {
      a = await creerAtelier();
      const octets = pes({ entetes: entetes(nomFic) });
      const id = await transmis(nomFic, octets);
      const nu = nomFic.trim().replace(/ +/g, ' ');
      await repondre(nomAck('100500', 'OK'), acquit({ entetes: entetes(nu) }));
      expect(await a.flux(id)).toMatchObject({ etat: 'acquitte', identite: `123/${nu}`, resume: { nomFic } });
      await preuveBonne(a, id);
      const double = await a.deposerPes('x', {
        octets: pes({ entetes: entetes(` ${nu}`), depense: [{ idBord: '9' }] }),
      });
      expect(double.type).toBe('refuse');
    },
  );

  test('a name of blanks alone is refused at the deposit: no answer could come back under it', async () => {
    a = await creerAtelier();
    const { type, rapport } = await a.deposerPes('x', { octets: pes({ entetes: entetes('   ') }) });
    expect(type).toBe('refuse');
    expect(JSON.stringify(rapport)).toContain('HELIOS-NOM-01');
  });

  test('an answer that comes while the file is still being handed over: the sending has its date all the same', async () => {
    const [parti, lacher] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    a = await creerAtelier({
      enrober: (p) => ({
        ...p,
        passerelle: {
          ...p.passerelle,
          deposer: async (envoi, signal) => {
            const issue = await p.passerelle.deposer(envoi, signal);
            parti.resolve();
            await lacher.promise;
            return issue;
          },
        },
      }),
    });
    const { id } = await a.deposePes('F1');
    await parti.promise;
    a.passerelle.sortie.set(nomAck('100500', 'OK'), acquit({ entetes: entetes() }));
    await a.relever();
    const flux = await a.jusqua(id, 'acquitte');
    lacher.resolve();
    await a.calme();
    expect(flux.transmis).toBe(Date.parse(flux.resume['misEnLigne'] as string));
    expect((await a.flux(id)).transmis).toBe(flux.transmis);
  });

  test('the hour at which the door said that it took the file stays, whatever answers come', async () => {
    a = await creerAtelier({
      enrober: (p) => ({
        ...p,
        passerelle: {
          ...p.passerelle,
          deposer: async (envoi, signal) => {
            const issue = await p.passerelle.deposer(envoi, signal);
            a.clock.regler(a.clock.now() + 7_000);
            return issue;
          },
        },
      }),
    });
    const id = await transmis();
    const { transmis: pris, resume } = await a.flux(id);
    expect(pris).toBe(Date.parse(resume['misEnLigne'] as string) + 7_000);
    await repondre(nomAck('100500', 'OK'), acquit({ entetes: entetes() }));
    expect(await a.flux(id)).toMatchObject({ etat: 'acquitte', transmis: pris });
  });
});
