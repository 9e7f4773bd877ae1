import { writeFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { creerFakeAntivirus } from '../../src/adapters/antivirus/fake.ts';
import { autosigne } from '../../src/formats/certificats/emettre.ts';
import { diagnostic } from '../../src/gestes/diagnostiquer.ts';
import type { OutilsGestes } from '../../src/gestes/outils.ts';
import type { Constat } from '../../src/ports/sonde.ts';
import { type Atelier, creerAtelier, CTX, SIREN } from './atelier.ts';
import { clock, ouvrirMonde } from './monde.ts';

/** What `diagnostiquer` sees: each line says what to do, and a silent peer holds nothing back. */

let a: Atelier | undefined;
afterEach(async () => {
  await a?.fermer();
  a = undefined;
});

const HEURE = 3_600_000;

async function constat(atelier: Atelier, sujet: string): Promise<Constat> {
  const vu = (await atelier.gestes.diagnostiquer(CTX)).find((c) => c.sujet === sujet);
  return vu ?? expect.fail(`nothing about ${sujet}`);
}

test('flux that stand before the line for more than an hour: how many, since when, why', async () => {
  const antivirus = creerFakeAntivirus();
  antivirus.couper(true);
  a = await creerAtelier({ antivirus });
  await a.depose('DELIB_1');
  await a.calme();
  expect(await constat(a, 'flux en attente')).toMatchObject({ etat: 'bon', remede: '' });
  await a.passer(3 * HEURE);
  await a.depose('DELIB_2');
  await a.calme();
  const vu = await constat(a, 'flux en attente');
  expect(vu.etat).toBe('attention');
  expect(vu.detail).toMatch(
    /^1 flux attend depuis plus d’une heure, le plus ancien depuis 3 h \(1 : VGM-CTL-001 /,
  );
  expect(vu.remede).toContain('vaguemestre lister --etat depose');
  antivirus.couper(false);
  await a.passer(HEURE / 2);
  await a.calme();
  expect((await constat(a, 'flux en attente')).etat).toBe('bon');
});

test('debts to the collectivités: points switched off, debts given up, debts that wait', async () => {
  a = await creerAtelier({ reglages: { notification: { webhook: { essais_s: [7200] } } } });
  expect(await constat(a, 'notifications')).toMatchObject({ etat: 'bon', detail: 'aucune en souffrance' });
  const cible = 'https://gf.example.fr/w';
  await a.gestes.collectivites.ajouterPoint(CTX, SIREN, { canal: 'webhook', cible, evenements: [] });
  a.webhook.regler({ statut: 500 });
  await a.depose('DELIB_1');
  await a.calme();
  await a.passer(1.5 * HEURE);
  expect((await constat(a, 'notifications')).detail).toMatch(/due.* depuis plus d’une heure/);
  for (let tour = 0; tour < 8; tour += 1) {
    await a.passer(2 * HEURE);
    await a.calme();
  }
  const vu = await constat(a, 'notifications');
  expect([vu.etat, vu.detail]).toEqual(['attention', expect.stringContaining('abandonnée')]);
  expect(vu.remede).toContain('vaguemestre webhook rejouer');
});

test('a peer that keeps silent is a finding after ten seconds, and so is a probe that breaks', async () => {
  a = await creerAtelier();
  const muette = { sujet: 'muet', sonder: () => new Promise<Constat>(() => undefined) };
  const cassee = { sujet: 'cassé', sonder: () => Promise.reject(new TypeError('x')) };
  const outils = { moteur: { store: a.store, clock: a.clock }, sondes: [muette, cassee] };
  const examen = diagnostic(outils as unknown as OutilsGestes).diagnostiquer(CTX);
  for (let tour = 0; tour < 20; tour += 1) await new Promise(setImmediate);
  await a.clock.avancer(10_000);
  expect((await examen).slice(-2)).toEqual([
    expect.objectContaining({ sujet: 'muet', etat: 'panne', detail: 'ne répond pas en 10 s' }),
    expect.objectContaining({ sujet: 'cassé', etat: 'panne' }),
  ]);
});

test('the real daemon looks at all its peers, and sees that a certificate was replaced under it', async () => {
  const m = await ouvrirMonde({ reglages: { antivirus: { type: 'clamd', adresse: '/nulle/part.sock' } } });
  try {
    const lire = async (): Promise<Map<string, Constat>> => {
      const { corps } = await m.labo.client.lire('/diagnostic');
      return new Map((corps['sujets'] as unknown as Constat[]).map((c) => [c.sujet, c]));
    };
    const avant = await lire();
    expect([...avant.keys()]).toEqual([
      'flux',
      'flux en attente',
      'alertes',
      'émission',
      'retours à trancher',
      'notifications',
      'journal',
      'disque',
      'horloge',
      'guichet du ministère',
      'passerelles HELIOS',
      'antivirus',
      'récepteur SMTP',
      'certificat client du ministère',
    ]);
    expect(avant.get('antivirus')?.etat).toBe('panne');
    for (const sujet of ['journal', 'horloge', 'guichet du ministère', 'récepteur SMTP', 'flux en attente'])
      expect(avant.get(sujet)).toMatchObject({ etat: 'bon' });
    for (const c of avant.values()) expect(c.etat === 'bon' || c.remede !== '', c.sujet).toBe(true);
    const neuf = await autosigne({ nom: 'x', dns: ['x.test'], ip: [], jours: 400, quand: clock.now() });
    writeFileSync(m.labo.pki.paires.client.certificat, neuf.certificat);
    expect((await lire()).get('certificat client du ministère')).toMatchObject({
      etat: 'attention',
      remede: 'Redémarrer pour prendre le nouveau certificat.',
    });
  } finally {
    await m.fermer();
  }
});
