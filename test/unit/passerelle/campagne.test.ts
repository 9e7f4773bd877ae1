import { afterEach, describe, expect, it } from 'vitest';
import type { OptionsDgfip } from '../../../src/banc/dgfip/dgfip.ts';
import type { EnvoiPes, IssueDepot, Passerelle } from '../../../src/ports/passerelle.ts';
import { dire, recevoir } from '../../contracts/passerelle.contract.ts';
import { type SceneDgfip, scenePasserelle } from '../../contracts/passerelle.sujets.ts';
import { nouvellePki } from '../../contracts/transport-portes.ts';
import { empreinteDe, envoiPes, pesDe } from './pes.ts';

const JAMAIS = new AbortController().signal;

let scene: SceneDgfip | undefined;
const passerelles: Passerelle[] = [];
afterEach(async () => {
  await Promise.all(passerelles.splice(0).map((p) => p.fermer()));
  await scene?.fermer();
  scene = undefined;
});

async function monter(options: Partial<OptionsDgfip>, chiffre = false): Promise<SceneDgfip> {
  scene = await scenePasserelle(options, chiffre ? await nouvellePki() : undefined);
  return scene;
}

function suivie(passerelle: Passerelle): Passerelle {
  passerelles.push(passerelle);
  return passerelle;
}

/** What a step would do: try again while nothing was taken; look before anything else when the fate is uncertain. */
async function mener(passerelle: Passerelle, envoi: EnvoiPes): Promise<string[]> {
  const vus: string[] = [];
  for (let essai = 0; essai < 5; essai += 1) {
    const issue: IssueDepot = await passerelle.deposer(envoi, JAMAIS);
    vus.push(dire(issue));
    if (issue.type === 'prise') return vus;
    if (issue.erreur.nature !== 'incertaine') continue;
    const presence = await passerelle.existe(envoi);
    vus.push(presence.type);
    if (presence.type === 'presente') return vus;
  }
  return vus;
}

const FINS = [
  '1',
  'KO',
  'KOPJ',
  'PLEIN',
  'SANSNOM',
  'COUPE',
  'COUPEA',
  'DOUBLE',
  'TARD',
  'RETOUR',
  'MUET',
  'V1',
];

describe.each([
  ['SFTP', false, 'sftp'],
  ['FTP in clear, one SITE per datum', false, 'ftp'],
  ['FTPS, SITE META', true, 'ftp'],
] as const)('a campaign over %s', (_nom, chiffre, porte) => {
  it('0 lost, 0 twice, and every answer is fetched once', async () => {
    const { dgfip, ...portes } = await monter({ tardMs: 50, delaiReponseMs: [0, 20] }, chiffre);
    const passerelle = suivie(portes[porte]());
    const pes = Array.from({ length: 36 }, (_, i) =>
      pesDe(`C${i}_${FINS[i % FINS.length]}`, { bourrage: 40_000 }),
    );
    const vus = await Promise.all(
      pes.map((octets, i) => mener(passerelle, envoiPes(octets, porte === 'sftp' ? null : i + 1))),
    );
    expect(vus.map((v) => v.at(-1)).filter((v) => v !== 'prise' && v !== 'presente')).toEqual([]);
    const parFin = (fin: string) => vus.filter((_, i) => FINS[i % FINS.length] === fin);
    expect(parFin('PLEIN').every((v) => v.join() === 'VGM-PAS-010 passagere,prise')).toBe(true);
    expect(parFin('SANSNOM').every((v) => v.join() === 'VGM-PAS-012 definitive,prise')).toBe(true);
    expect(parFin('COUPE').every((v) => v.join() === 'VGM-PAS-007 passagere,prise')).toBe(true);
    expect(parFin('COUPEA').every((v) => v.join() === 'VGM-PAS-008 incertaine,presente')).toBe(true);

    await dgfip.attendreVide();
    const recus: string[] = [];
    for (const fichier of await passerelle.lister()) {
      const { octets } = await recevoir(passerelle, fichier);
      recus.push(empreinteDe(octets));
      await passerelle.retirer(fichier);
    }
    expect(await passerelle.lister()).toEqual([]);
    expect(dgfip.registre.confronter(pes.map((o) => empreinteDe(o)))).toEqual({
      perdus: [],
      doubles: [],
      inattendus: [],
      nonLus: [],
    });
    const publies = dgfip.registre.evenements().filter((e) => e.type === 'publie');
    expect(recus.toSorted()).toEqual(publies.map((e) => e.sha256).toSorted());
  });
});

describe('the register is no accomplice', () => {
  it('a PES sent twice is seen, and refused in double by Hélios', async () => {
    const { dgfip, ...portes } = await monter({ emporte: true });
    const passerelle = suivie(portes.ftp());
    const octets = pesDe('FOIS_1');
    // The gateway took the first away: its absence proves nothing, and a second sending is not found out in time.
    expect(dire(await passerelle.deposer(envoiPes(octets, 1), JAMAIS))).toBe('prise');
    expect(await passerelle.existe(envoiPes(octets, 1))).toEqual({ type: 'absente' });
    expect(dire(await passerelle.deposer(envoiPes(octets, 1), JAMAIS))).toBe('prise');
    expect(dgfip.registre.confronter([empreinteDe(octets)]).doubles).toEqual([empreinteDe(octets)]);
    await dgfip.attendreVide();
    const noms = (await passerelle.lister()).map((f) => f.nom);
    expect(noms.filter((n) => n.endsWith('_KO.xml'))).toHaveLength(1);
  });

  it('a PES never sent, and an answer never fetched, are told', async () => {
    const { dgfip, ...portes } = await monter({});
    const passerelle = suivie(portes.sftp());
    const octets = pesDe('SEUL');
    await passerelle.deposer(envoiPes(octets, null), JAMAIS);
    await dgfip.attendreVide();
    const bilan = dgfip.registre.confronter(['absente']);
    expect(bilan).toMatchObject({ perdus: ['absente'], inattendus: [empreinteDe(octets)] });
    expect(bilan.nonLus).toHaveLength(1);
  });

  it('an answer cut on its way is kept over SFTP, and read whole the next time', async () => {
    const { dgfip, ...portes } = await monter({});
    const passerelle = suivie(portes.sftp());
    await dgfip.publier('gros.xml', Buffer.alloc(2_000_000, 'r'));
    const [fichier] = await passerelle.lister();
    if (fichier === undefined) return expect.fail('nothing listed');
    await expect(passerelle.telecharger(fichier, () => Promise.reject(new Error('mort')))).rejects.toThrow(
      'mort',
    );
    expect((await recevoir(passerelle, fichier)).octets.length).toBe(2_000_000);
    expect(await recevoir(passerelle, fichier)).toMatchObject({ issue: 'disparu' });
    expect(dgfip.registre.compter('lu')).toBe(1);
  });
});
