import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import type { Flux } from '../../src/metier/flux.ts';
import type { FluxId, Jour, Siren } from '../../src/metier/identifiants.ts';
import { pes } from '../unit/helios/generateur.ts';
import { acquit, bordereau, erreur, fixtureEtat, pj } from '../unit/helios/retours.ts';
import { type Atelier, AUTRE_SIREN, creerAtelier, CTX, MARDI, pesDe, SIREN, siretDe } from './atelier.ts';

/** What is told of HELIOS afterwards: the trace of the exchanges, and what a corrected file must hold. */

let a: Atelier;
afterEach(() => a.fermer());

const JOUR = '2026-03-10' as Jour;
const NOM = `PESALR2_${SIREN}_260310_001.xml`;
const entetes = (nomFic: string) => ({ NomFic: nomFic, IdColl: siretDe(SIREN) });

async function repondre(nom: string, octets: Buffer): Promise<void> {
  a.passerelle.sortie.set(nom, octets);
  await a.relever();
  await a.calme();
}

async function transmis(nomFic: string, octets?: Buffer, siren = SIREN): Promise<Flux> {
  const { id } = await a.deposePes(nomFic, { siren, ...(octets === undefined ? {} : { octets }) });
  return a.jusqua(id, 'transmis');
}

async function lireTrace(demande: { du?: Jour; au?: Jour; collectivite?: Siren } = {}, ctx = CTX) {
  const lignes = await a.gestes.tracerHelios(ctx, { du: JOUR, au: JOUR, ...demande });
  return (await Array.fromAsync(lignes)).join('');
}

/** Lines as objects, by the titles of the first. None of these tests writes a `;` inside a cell. */
function enLignes(csv: string): Record<string, string>[] {
  const [titres = '', ...lignes] = csv.replace('\uFEFF', '').split('\r\n').slice(0, -1);
  const noms = titres.split(';');
  return lignes.map((l) => Object.fromEntries(l.split(';').map((v, k) => [noms[k] ?? '', v])));
}

const sha = (algo: string, octets: Uint8Array): string => createHash(algo).update(octets).digest('hex');

describe('trace of the files exchanged with Hélios (cahier des charges 1-8)', () => {
  test('one line for a file sent and one for its acquittement: nature, names, hour, bytes, SHA-1', async () => {
    a = await creerAtelier();
    const { id } = await transmis('VALMONCEL_1');
    const ack = acquit({ entetes: entetes('VALMONCEL_1') });
    const nomAck = '034079_260310100500-ACK-A0000001_A0000001_OK.xml';
    await repondre(nomAck, ack);
    const csv = await lireTrace();
    expect(csv.startsWith('\uFEFFSIREN;Collectivité;Sens;Nature;')).toBe(true);
    const octets = pesDe('VALMONCEL_1');
    const commun = {
      SIREN,
      Collectivité: `Commune ${SIREN}`,
      NomFic: 'VALMONCEL_1',
      CodCol: '123',
      État: 'acquitté',
      Acquittement: expect.stringMatching(/^Fichier accepté par Hélios : 1 bordereau accepté\.$/),
      Flux: id,
    };
    expect(enLignes(csv)).toEqual([
      {
        ...commun,
        Sens: 'émis',
        Nature: 'PES_Aller',
        'Nom du fichier': NOM,
        'Nom au dépôt': 'VALMONCEL_1.xml',
        'Date et heure (Paris)': expect.stringMatching(/^2026-03-10 10:/),
        'Date et heure (UTC)': expect.stringMatching(/^2026-03-10T09:.*Z$/),
        'Taille (octets)': String(octets.length),
        'SHA-1': sha('sha1', octets),
        'SHA-256': sha('sha256', octets),
        'SHA-512': sha('sha512', octets),
        Résultat: 'pris par l’État',
      },
      {
        ...commun,
        Sens: 'reçu',
        Nature: 'PES_ACQUIT',
        'Nom du fichier': nomAck,
        'Nom au dépôt': '',
        'Date et heure (Paris)': expect.stringMatching(/^2026-03-10 10:/),
        'Date et heure (UTC)': expect.stringMatching(/^2026-03-10T09:.*Z$/),
        'Taille (octets)': String(ack.length),
        'SHA-1': sha('sha1', ack),
        'SHA-256': sha('sha256', ack),
        'SHA-512': sha('sha512', ack),
        Résultat: 'attribué',
      },
    ]);
  });

  test('what the State sends of its own, twice, or to nobody, is received too', async () => {
    a = await creerAtelier();
    await transmis('F1');
    const ack = acquit({ entetes: entetes('F1') });
    await repondre('a-ACK-1.xml', ack);
    await repondre('a-ACK-2.xml', ack);
    const retour = fixtureEtat('retour/depense').toString('latin1').replace('00000001800010', siretDe(SIREN));
    await repondre('PES2R_DEP_1.xml', Buffer.from(retour, 'latin1'));
    await repondre('x-ACK-9.xml', acquit({ entetes: { NomFic: 'JAMAIS_VU' } }));
    await repondre('=cmd|calc.xml', Buffer.from('bonjour'));
    const recus = enLignes(await lireTrace()).filter((l) => l['Sens'] === 'reçu');
    expect(recus.map((l) => [l['Nom du fichier'], l['Nature'], l['Résultat']?.split(' : ')[0]])).toEqual([
      ['a-ACK-1.xml', 'PES_ACQUIT', 'attribué'],
      ['a-ACK-2.xml', 'PES_ACQUIT', 'classé'],
      ['PES2R_DEP_1.xml', 'PES_Retour', 'attribué'],
      ['x-ACK-9.xml', 'PES_ACQUIT, d’après son nom', 'à trancher'],
      // a name of the State's is foreign text
      ["'=cmd|calc.xml", 'inconnue', 'à trancher'],
    ]);
    expect(recus.map((l) => l['SIREN'])).toEqual([SIREN, SIREN, SIREN, '', '']);
    // a collectivité is not shown what is nobody's
    const sienne = enLignes(await lireTrace({ collectivite: SIREN }));
    expect(sienne.map((l) => l['Sens'])).toEqual(['émis', 'reçu', 'reçu', 'reçu']);
  });

  test('a file that goes on the line three times has three lines, each with its fate', async () => {
    a = await creerAtelier();
    const { id } = await transmis('F1');
    a.passerelle.entree.clear();
    await a.gestes.renvoyer(CTX, id);
    await a.calme();
    // it is still there: nothing is sent
    await a.gestes.renvoyer(CTX, id);
    await a.calme();
    const lignes = enLignes(await lireTrace());
    expect(lignes.map((l) => [l['Nom du fichier'], l['Résultat']])).toEqual([
      [NOM, 'pris par l’État'],
      [NOM, 'pris par l’État'],
      [NOM, 'vu chez l’État'],
    ]);
  });

  test('by days of Paris, both included; acts are not of it', async () => {
    a = await creerAtelier();
    await a.depose('ACTE_1');
    await transmis('F1');
    a.clock.regler(Date.parse('2026-03-10T22:59:00Z'));
    await transmis('F2');
    a.clock.regler(Date.parse('2026-03-10T23:01:00Z'));
    await transmis('F3');
    const noms = async (du: string, au: string) =>
      enLignes(await lireTrace({ du: du as Jour, au: au as Jour })).map((l) => l['NomFic']);
    expect(await noms('2026-03-10', '2026-03-10')).toEqual(['F1', 'F2']);
    expect(await noms('2026-03-11', '2026-03-11')).toEqual(['F3']);
    expect(await noms('2026-03-01', '2026-04-30')).toEqual(['F1', 'F2', 'F3']);
    expect(await noms('2026-03-12', '2026-12-31')).toEqual([]);
  });

  test('a caller sees its own collectivité; another one does not exist for it', async () => {
    a = await creerAtelier();
    await transmis('F1');
    await transmis('F2', undefined, AUTRE_SIREN);
    const ctx = { ...CTX, portee: { collectivite: AUTRE_SIREN } };
    expect(enLignes(await lireTrace()).map((l) => l['NomFic'])).toEqual(['F1', 'F2']);
    expect(enLignes(await lireTrace({ collectivite: AUTRE_SIREN })).map((l) => l['NomFic'])).toEqual(['F2']);
    expect(enLignes(await lireTrace({}, ctx)).map((l) => l['NomFic'])).toEqual(['F2']);
    await expect(lireTrace({ collectivite: SIREN }, ctx)).rejects.toThrow('VGM-GES-004');
    await expect(lireTrace({ collectivite: '999999999' as Siren })).rejects.toThrow('VGM-GES-004');
  });

  test('bytes that were lost or altered are said, and stop nothing', async () => {
    a = await creerAtelier();
    await transmis('F1');
    const ack = acquit({ entetes: entetes('F1') });
    await repondre('a-ACK-1.xml', ack);
    const ouvrir = a.coffre.ouvrir.bind(a.coffre);
    const autre = (await a.coffre.ajouter(Buffer.from('autre chose'))).sha256;
    Object.assign(a.coffre, {
      ouvrir: (s: string) => ouvrir(s === sha('sha256', ack) ? autre : (s as never)),
    });
    const lignes = enLignes(await lireTrace());
    expect(lignes.map((l) => l['SHA-1'])).toEqual([sha('sha1', pesDe('F1')), 'pièce absente ou altérée']);
  });

  test('a longer journal than a page is read where the days are', async () => {
    a = await creerAtelier();
    const ligne = (k: number) => ({
      org: SIREN,
      ev: 'CONSULTATION',
      tx: '',
      obj: '',
      acteur: 'systeme',
      res: 'OK' as const,
      motif: String(k),
      corr: 'x',
    });
    const remplir = (nombre: number) =>
      a.store.ecriture.ecrire({
        quand: a.clock.now(),
        journal: Array.from({ length: nombre }, (_, k) => ligne(k)),
      });
    await remplir(2_500);
    a.clock.regler(MARDI + 86_400_000);
    await transmis('F1');
    a.clock.regler(MARDI + 2 * 86_400_000);
    await remplir(2_500);
    const lus: string[] = [];
    const { lignes } = a.store.journal;
    Object.assign(a.store.journal, {
      lignes: (org: string, n: number, limite: number) => {
        if (limite > 1) lus.push(`${org} ${n}`);
        return lignes(org, n, limite);
      },
    });
    const demain = '2026-03-11' as Jour;
    expect(enLignes(await lireTrace({ du: demain, au: demain, collectivite: SIREN }))).toHaveLength(1);
    expect(lus.filter((l) => l.startsWith(SIREN))).toEqual([`${SIREN} 2001`]);
  });
});

describe('what the next file must hold', () => {
  const pieces = [{ idUnique: 'P1' }];
  const octets = (nomFic: string) =>
    pes({ entetes: entetes(nomFic), depense: [{ idBord: '1' }, { idBord: '2', pjRef: pieces }], pieces });

  test('read off the acquittement and the file themselves', async () => {
    a = await creerAtelier();
    const { id } = await transmis('F1', octets('F1'));
    await expect(a.gestes.corriger(CTX, id)).rejects.toThrow(/VGM-GES-041.*« transmis »/);
    const elements = bordereau('1') + bordereau('2', '0', erreur('ERREUR_AUTRE', '2559 - Code')) + pj('P1');
    await repondre('a-ACK-1.xml', acquit({ entetes: entetes('F1'), elements }));
    const correction = await a.gestes.corriger(CTX, id);
    expect(correction).toMatchObject({
      flux: id,
      etat: 'acquitte_partiel',
      conduite: 'corriger',
      autreNom: true,
      departs: 1,
      sha256: sha('sha256', octets('F1')),
      bordereaux: [
        { numero: '1', conduite: 'retirer' },
        { numero: '2', conduite: 'corriger', pieces: ['P1'], erreurs: [{ libelle: '2559 - Code' }] },
      ],
      pieces: [{ idUnique: 'P1', conduite: 'retirer', bordereaux: ['bordereau de dépense n° 2 (2026)'] }],
    });
  });

  test('sent twice, a double is our own first sending', async () => {
    a = await creerAtelier();
    const { id } = await transmis('F1');
    a.passerelle.entree.clear();
    await a.gestes.renvoyer(CTX, id);
    await a.jusqua(id, 'transmis');
    const elements = bordereau('1', '0', erreur('ERREUR_DOUBLON_BORDEREAU'));
    await repondre('a-ACK-1.xml', acquit({ entetes: entetes('F1'), elements }));
    expect(await a.gestes.corriger(CTX, id)).toMatchObject({
      etat: 'acquitte',
      conduite: 'rien',
      departs: 2,
      bordereaux: [{ sort: 'doublon', conduite: 'retirer' }],
    });
  });

  test('only of a PES that was answered, within what the caller may see', async () => {
    a = await creerAtelier();
    const { id: acte } = await a.depose('ACTE_1');
    await expect(a.gestes.corriger(CTX, acte)).rejects.toThrow('VGM-GES-040');
    const { id } = await transmis('F1');
    const autre = { ...CTX, portee: { collectivite: AUTRE_SIREN } };
    await expect(a.gestes.corriger(autre, id)).rejects.toThrow('VGM-NOY-003');
    await expect(a.gestes.corriger(CTX, '01980000-0000-7000-8000-000000000099' as FluxId)).rejects.toThrow(
      'VGM-NOY-003',
    );
  });
});
