import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifierPreuve } from '../../../src/gestes/verifier-preuve.ts';
import type { FluxId } from '../../../src/metier/identifiants.ts';
import { accuseDe, anomalieDe, creerAtelier, CTX } from '../../parcours/atelier.ts';
import { Atelier } from './atelier.ts';
import { dits, lancer, poser } from './decor-archive.ts';
import { enOctets } from './decor.ts';

let etabli: Atelier;
beforeAll(async () => {
  etabli = await Atelier.ouvrir();
});
afterAll(() => etabli.fermer());

async function juger(moteur: Awaited<ReturnType<typeof creerAtelier>>, id: FluxId): Promise<string[]> {
  const preuve = await moteur.gestes.exporterPreuve(CTX, id);
  const octets = await enOctets(preuve.contenu);
  expect(octets.length).toBe(preuve.taille);
  const chemin = await etabli.poser(octets, preuve.nom);
  expect((await etabli.parLeShell(chemin)).code).toBe(0);
  const { constats } = await verifierPreuve(chemin);
  expect(constats.filter((c) => !c.bon)).toEqual([]);
  return constats.map((c) => c.detail);
}

test('proofs of the real engine verify: just deposited, transmitted, acknowledged, receipt received twice', async () => {
  const moteur = await creerAtelier();
  try {
    const { id } = await moteur.depose('PREUVE_1');
    await juger(moteur, id);
    await moteur.jusqua(id, 'transmis');
    expect((await juger(moteur, id)).at(-1)).toBe('aucun à ce jour');
    await moteur.recevoir(accuseDe('PREUVE_1'));
    await moteur.jusqua(id, 'acquitte');
    expect((await juger(moteur, id)).at(-1)).toBe(
      'il porte l’identifiant 034-213400016-20260302-PREUVE_1-DE',
    );
    await moteur.recevoir(accuseDe('PREUVE_1', 'double'));
    await moteur.calme();
    await juger(moteur, id);
  } finally {
    await moteur.fermer();
  }
});

test('proof of an acte refused by the State', async () => {
  const moteur = await creerAtelier();
  try {
    const { id } = await moteur.depose('PREUVE_2');
    await moteur.jusqua(id, 'transmis');
    await moteur.recevoir(anomalieDe('PREUVE_2'));
    await moteur.jusqua(id, 'anomalie');
    expect((await juger(moteur, id)).at(-1)).toBe('message de l’État présent, sans accusé de réception');
  } finally {
    await moteur.fermer();
  }
});

test('the archive made by our own envelope step has nothing to be refused', async () => {
  const moteur = await creerAtelier();
  try {
    const { id } = await moteur.depose('PREUVE_3');
    await moteur.jusqua(id, 'transmis');
    const { pieces } = await moteur.gestes.montrer(CTX, id);
    const { rang, nom } = pieces.find((p) => p.role === 'archive') ?? { rang: -1, nom: '' };
    const { contenu } = await moteur.gestes.ouvrirPiece(CTX, id, rang);
    const vu = await lancer(await poser(etabli.dossier, nom, await enOctets(contenu)));
    expect(dits(vu).filter((l) => !l.includes('ACTES-ARC-25'))).toEqual([]);
    expect(vu.code).toBe(0);
  } finally {
    await moteur.fermer();
  }
});
