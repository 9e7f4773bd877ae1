import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ecrireAcquit } from '../../../src/banc/dgfip/acquit.ts';
import { lirePes } from '../../../src/banc/dgfip/pes.ts';
import { jugerPes, SCENARIOS, scenarioDe } from '../../../src/banc/dgfip/scenarios.ts';
import { type ElementXml, lireXml } from '../../../src/formats/xml/lire.ts';
import type { Passerelle } from '../../../src/ports/passerelle.ts';
import { dire, recevoir } from '../../contracts/passerelle.contract.ts';
import { type SceneDgfip, scenePasserelle } from '../../contracts/passerelle.sujets.ts';
import { PARTAGE, partagePresent, RACINE } from '../formats/chemins.ts';
import { empreinteDe, envoiPes, pesDe } from './pes.ts';

const JAMAIS = new AbortController().signal;
const NOM_ACK = /^034001_[0-9]{12}-ACK-[A-Z][0-9]{7}_A00[0-9A-Z]{5}_(OK|KO)\.xml$/;

let scene: SceneDgfip;
let sftp: Passerelle;
beforeAll(async () => {
  scene = await scenePasserelle({ tardMs: 300 });
  sftp = scene.sftp();
});
afterAll(async () => {
  await sftp.fermer();
  await scene.fermer();
});
afterEach(() => vider());

/** Fetches all that waits. */
async function vider(): Promise<Map<string, Buffer>> {
  await scene.dgfip.attendreVide();
  const lus = new Map<string, Buffer>();
  for (const fichier of await sftp.lister()) {
    const { issue, octets } = await recevoir(sftp, fichier);
    expect(issue).toBe('recu');
    lus.set(fichier.nom, octets);
  }
  return lus;
}

async function deposer(nomFic: string, octets = pesDe(nomFic)) {
  return sftp.deposer(envoiPes(octets, null), JAMAIS);
}

/** The only answer to a PES. */
async function reponseA(nomFic: string): Promise<{ nom: string; octets: Buffer; racine: ElementXml }> {
  expect(dire(await deposer(nomFic))).toBe('prise');
  const [[nom, octets] = ['', Buffer.alloc(0)], ...suite] = await vider();
  expect(suite).toEqual([]);
  const lecture = lireXml(octets);
  if (lecture.type === 'illisible') return expect.fail(lecture.motif);
  return { nom, octets, racine: lecture.racine };
}

function chercher(element: ElementXml, ...noms: readonly string[]): ElementXml[] {
  const [nom, ...suite] = noms;
  if (nom === undefined) return [element];
  return element.enfants.filter((e) => e.nom === nom).flatMap((e) => chercher(e, ...suite));
}
const valeurs = (element: ElementXml, ...noms: readonly string[]) =>
  chercher(element, ...noms).map((e) => e.attributs.get('V') ?? '');

/** `domaine etat bordereau/pj : error codes`, one line per ElementACQUIT (V2). */
function resume(racine: ElementXml): string[] {
  return chercher(racine, 'ACQUIT', 'ElementACQUIT').map((e) => {
    const quoi = [...valeurs(e, 'NumBord'), ...valeurs(e, 'IdUnique')].join('');
    const ici = valeurs(e, 'Erreur', 'NumAnoAck');
    const piece = chercher(e, 'DetailPiece').flatMap((p) => [
      ...valeurs(p, 'Erreur', 'LibelleAnoAck').map((l) => `p${valeurs(p, 'NumPiece')[0]}:${l.slice(0, 4)}`),
      ...chercher(p, 'DetailLigne').map(
        (l) => `l${valeurs(l, 'NumLigne')[0]}:${valeurs(l, 'Erreur', 'LibelleAnoAck')[0]?.slice(0, 4)}`,
      ),
    ]);
    return [valeurs(e, 'DomaineAck')[0], valeurs(e, 'EtatAck')[0], quoi, ...ici, ...piece].join(' ');
  });
}

describe('the table of scenarios', () => {
  it('is the one of SCENARIOS.md, row for row', () => {
    const page = readFileSync(`${RACINE}src/banc/dgfip/SCENARIOS.md`, 'utf8');
    const rangs = [...page.matchAll(/^\| `(\S+)` \| (.+) \|$/gm)].map(([, fin, quoi]) => [fin, quoi]);
    expect(rangs).toEqual(SCENARIOS.map((s) => [s.suffixe || '(aucun)', s.description]));
  });

  it('is read at the end of the NomFic, its extension left aside', () => {
    expect(scenarioDe('ESSAI_KOBORD')).toBe('KOBORD');
    expect(scenarioDe('ESSAI_KO.xml')).toBe('KO');
    expect(scenarioDe('ESSAI_KO_2')).toBe('NORMAL');
  });
});

describe('acknowledgements (d.1)', () => {
  it('repeats the Enveloppe and the EnTetePES of the aller, accents included', async () => {
    const { racine, nom } = await reponseA('NORMAL_1');
    expect(nom).toMatch(NOM_ACK);
    expect(nom).toContain('_OK.xml');
    expect(racine.espace).toBe('http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/retour/v2');
    expect(valeurs(racine, 'Enveloppe', 'Parametres', 'NomFic')).toEqual(['NORMAL_1']);
    expect(valeurs(racine, 'Enveloppe', 'Emetteur', 'Sigle')).toEqual(['Éditeur & Cie']);
    expect(valeurs(racine, 'EnTetePES', 'LibelleColBud')).toEqual(["Commune d'été"]);
    expect(resume(racine)).toEqual(['4 1 PJ1', '5 1 12', '6 1 7']);
  });

  it.each([
    ['KO', ['0 0  ERREUR_CODE_COLLECTIVITE_BUDGET']],
    ['KOTEMPS', ['0 0  ERREUR_TIMEOUT']],
    ['KOBORD', ['4 1 PJ1', '5 0 12 ERREUR_DOUBLON_BORDEREAU', '6 1 7']],
    ['KOSIG', ['4 1 PJ1', '3 0 12 ERREUR_SIGNATURE_BORDEREAU_INVALIDE', '6 1 7']],
    ['KOPIECE', ['4 1 PJ1', '5 0 12 p101:2559', '6 1 7']],
    ['KOLIGNE', ['4 1 PJ1', '5 0 12 l1:1971 l2:1971', '6 1 7']],
    ['KOPJ', ['4 0 PJ1 ERREUR_DOUBLON_PJ', '5 1 12', '6 1 7']],
  ])('%s: refused at its level, the rest accepted', async (fin, attendu) => {
    const { racine, nom } = await reponseA(`PARTIEL_${fin}`);
    expect(nom).toContain('_KO.xml');
    expect(resume(racine)).toEqual(attendu);
  });

  it('V1: flat, in the namespace of the PES_Retour', async () => {
    const { racine } = await reponseA('ANCIEN_V1');
    expect(racine.nom).toBe('PES_ACQUIT');
    expect(racine.espace).toBe('http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/retour');
    const noms = chercher(racine, 'ACQUIT', 'ElementACQUIT').map((e) => e.enfants.map((f) => f.nom));
    expect(noms[1]).toEqual(['DomaineAck', 'EtatAck', 'ExerciceBord', 'NumBord']);
  });

  it('NACK: a PES_NonAcquit', async () => {
    expect((await reponseA('REFUS_NACK')).racine.nom).toBe('PES_NonAcquit');
  });

  it('UTF8: the bytes do not keep the promise of the prologue', async () => {
    const { octets } = await reponseA('OCTETS_UTF8');
    expect(octets.toString('latin1', 0, 60)).toContain('ISO-8859-1');
    expect(octets.toString('utf8')).toContain('Éditeur');
  });

  it('ORPHELIN: tells of a NomFic that nobody sent', async () => {
    const { racine } = await reponseA('PERDU_ORPHELIN');
    expect(valeurs(racine, 'Enveloppe', 'Parametres', 'NomFic')).toEqual(['AUTRE_EDITEUR_0001']);
  });

  it('DOUBLE: the same bytes under two names; MUET: nothing', async () => {
    await deposer('DEUX_DOUBLE');
    const lus = [...(await vider()).values()];
    expect(lus).toHaveLength(2);
    expect(lus[0]).toEqual(lus[1]);
    await deposer('RIEN_MUET');
    expect((await vider()).size).toBe(0);
  });

  it('TARD: after the answers of those that followed', async () => {
    await deposer('LENT_TARD');
    await deposer('VITE_1');
    await scene.dgfip.attendreVide();
    const publies = scene.dgfip.registre.evenements().filter((e) => e.type === 'publie');
    expect(publies.slice(-2).map((e) => e.nomFic)).toEqual(['VITE_1', 'LENT_TARD']);
  });

  it('P_MSG that disagrees with the file: taken, then refused (domain 99)', async () => {
    const octets = pesDe('AUTRE_COL', { codCol: '456' });
    expect(dire(await sftp.deposer(envoiPes(octets, null, '123'), JAMAIS))).toBe('prise');
    const [reponse = Buffer.alloc(0)] = (await vider()).values();
    const lecture = lireXml(reponse);
    expect(lecture.type === 'lu' && resume(lecture.racine)).toEqual(['99 0  ERREUR_PES_PARAM']);
  });

  it('what is no PES is kept and never answered (i.11)', async () => {
    expect(dire(await deposer('', Buffer.from('rien de lisible')))).toBe('prise');
    expect((await vider()).size).toBe(0);
    const dernier = scene.dgfip.registre.evenements().findLast((e) => e.type === 'pris');
    expect(dernier).toMatchObject({ nomFic: '', sha256: empreinteDe(Buffer.from('rien de lisible')) });
  });

  it('a scenario may be forced on a NomFic', async () => {
    scene.dgfip.forcer('ORDINAIRE', 'KO');
    expect((await reponseA('ORDINAIRE')).nom).toContain('_KO.xml');
    expect(() => scene.dgfip.forcer('ORDINAIRE', 'INCONNU' as 'KO')).toThrow('VGM-BAN-002');
  });
});

describe('what the gateway does not take', () => {
  const octets = pesDe('REFUSE_1');
  const bon = envoiPes(octets, null);
  const refuses = () => scene.dgfip.registre.evenements().filter((e) => e.type === 'refuse').length;

  it.each([
    ['a name that does not announce the SHA-1 of the file', { nomDistant: '0'.repeat(40) }],
    ['a name without SHA-1', { nomDistant: 'un-fichier.xml' }],
    ['an application of the other platform', { metadonnees: { ...bon.metadonnees, appli: 'GHELPES2' } }],
    ['a centre that nobody knows', { metadonnees: { ...bon.metadonnees, dest: 'INCONNU' } }],
    ['a P_MSG out of shape', { metadonnees: { ...bon.metadonnees, msg: 'PES#1' } }],
  ])('%s', async (_quoi, suite) => {
    const avant = refuses();
    expect(dire(await sftp.deposer({ ...bon, ...suite }, JAMAIS))).toBe('VGM-PAS-012 definitive');
    expect(refuses()).toBe(avant + 1);
    expect(scene.dgfip.registre.evenements().some((e) => e.nomFic === 'REFUSE_1')).toBe(false);
  });

  it('over FTP: metadata are said before the file, and the name is the norm’s', async () => {
    const muette = scene.ftp({ metadonnees: 'aucune' });
    const bavarde = scene.ftp();
    expect(dire(await muette.deposer(envoiPes(octets, 1), JAMAIS))).toBe('VGM-PAS-012 definitive');
    const autre = { ...envoiPes(octets, 1), nomDistant: 'PES_210340012.xml' };
    expect(dire(await bavarde.deposer(autre, JAMAIS))).toBe('VGM-PAS-012 definitive');
    await Promise.all([muette.fermer(), bavarde.fermer()]);
  });

  it('what is not ours to write or to remove', async () => {
    const ailleurs = scene.sftp({ dossierDepot: 'sortie' });
    const nullePart = scene.sftp({ dossierDepot: 'autre' });
    expect(dire(await ailleurs.deposer(bon, JAMAIS))).toBe('VGM-PAS-009 definitive');
    expect(dire(await nullePart.deposer(bon, JAMAIS))).toBe('VGM-PAS-009 definitive');
    await scene.dgfip.publier('reste.xml', Buffer.from('x'));
    const brutale = scene.sftp({ retrait: 'client' });
    const [fichier] = await brutale.lister();
    if (fichier === undefined) return expect.fail('nothing listed');
    await expect(brutale.retirer(fichier)).rejects.toThrow('VGM-PAS-021');
    await Promise.all([ailleurs, nullePart, brutale].map((p) => p.fermer()));
  });

  it('another account', async () => {
    for (const porte of ['sftp', 'ftp'] as const) {
      const intrus = scene[porte]({ utilisateur: 'autre' });
      expect(dire(await intrus.deposer(envoiPes(octets, 1), JAMAIS))).toBe('VGM-PAS-004 definitive');
      await intrus.fermer();
    }
  });
});

describe('a restart', () => {
  it('forgets nothing: what was taken is still known, names go on', async () => {
    const dossier = mkdtempSync(join(tmpdir(), 'vgm-reprise-'));
    const ouvrir = () => scenePasserelle({ dossier });
    try {
      const avant = await ouvrir();
      const octets = pesDe('REPRISE_1');
      const premiere = avant.ftp();
      expect(dire(await premiere.deposer(envoiPes(octets, 1), JAMAIS))).toBe('prise');
      await avant.dgfip.attendreVide();
      const [ack] = await premiere.lister();
      await premiere.fermer();
      await avant.fermer();
      appendFileSync(join(dossier, 'registre.jsonl'), '{"type":"pris","coupé net');

      const apres = await ouvrir();
      const seconde = apres.ftp();
      expect(dire(await seconde.deposer(envoiPes(octets, 2), JAMAIS))).toBe('prise');
      await apres.dgfip.attendreVide();
      expect(apres.dgfip.registre.confronter([empreinteDe(octets)]).doubles).toEqual([empreinteDe(octets)]);
      const noms = (await seconde.lister()).map((f) => f.nom);
      expect(noms).toHaveLength(2);
      expect(noms).toContain(ack?.nom);
      await seconde.fermer();
      await apres.fermer();
    } finally {
      rmSync(dossier, { recursive: true, force: true });
    }
  });
});

describe('the flat form (V1)', () => {
  it('one element per error, ExerciceBord before NumBord', async () => {
    const { pes } = await lirePes(uneFois(pesDe('PLAT_1')));
    if (pes === null) return expect.fail('unreadable');
    const octets = ecrireAcquit(pes, { version: 1, elements: jugerPes(pes, 'KOLIGNE') });
    const lecture = lireXml(octets);
    if (lecture.type === 'illisible') return expect.fail(lecture.motif);
    const lignes = chercher(lecture.racine, 'ACQUIT', 'ElementACQUIT').map((e) =>
      e.enfants.map((f) => `${f.nom}=${f.attributs.get('V')?.slice(0, 4)}`).join(' '),
    );
    const debut = 'DomaineAck=5 EtatAck=0 ExerciceBord=2026 NumBord=12 NumPiece=101';
    const fin = 'NumAnoAck=ERRE LibelleAnoAck=1971';
    expect(lignes.slice(1, 3)).toEqual([`${debut} NumLigne=1 ${fin}`, `${debut} NumLigne=2 ${fin}`]);
  });
});

async function* uneFois(octets: Buffer): AsyncGenerator<Uint8Array> {
  yield octets;
}

describe('PES Retour', () => {
  it('RETOUR: one file per domain, named by the norm, addressed by the SIRET alone', async () => {
    await deposer('AVEC_RETOUR');
    const lus = [...(await vider())].filter(([nom]) => nom.startsWith('PES2R'));
    expect(lus.map(([nom]) => nom.replace(/[0-9]{8}_[0-9]{8}_[0-9]{14}/, 'DATES'))).toEqual([
      'PES2R_DEP_R_123_00_034001_DATES.xml',
      'PES2R_RCE_R_123_00_034001_DATES.xml',
    ]);
    for (const [nom, octets] of lus) {
      const lecture = lireXml(octets);
      if (lecture.type === 'illisible') return expect.fail(lecture.motif);
      expect(lecture.racine.nom).toBe('PES_Retour');
      expect(valeurs(lecture.racine, 'EnTetePES', 'IdColl')).toEqual(['21034001200011']);
      expect(valeurs(lecture.racine, 'Enveloppe', 'Parametres', 'NomFic')).toEqual([nom]);
      expect(octets.toString('latin1')).not.toContain('AVEC_RETOUR');
    }
  });

  it('the daily restitution publishes again, under names of its own', async () => {
    const noms = [...(await scene.dgfip.restituer('P')), ...(await scene.dgfip.restituer('P'))];
    expect(noms.length).toBeGreaterThan(2);
    expect(new Set(noms).size).toBe(noms.length);
    expect([...(await vider()).keys()].toSorted()).toEqual(noms.toSorted());
  });
});

/** Reference schemas of the State, beside the repository. */
const XSD = 'normes/helios/schemas_pes_v5.17/PES_V2';
describe.runIf(partagePresent(XSD))('against the schemas of the State (5.17)', () => {
  const dossier = mkdtempSync(join(tmpdir(), 'vgm-xsd-'));
  afterAll(() => rmSync(dossier, { recursive: true, force: true }));

  function valider(octets: Buffer, entree: string): string {
    const fichier = join(dossier, 'reponse.xml');
    writeFileSync(fichier, octets);
    const args = ['--noout', '--nonet', '--schema', `${PARTAGE}${XSD}/${entree}`, fichier];
    try {
      execFileSync('xmllint', args, { stdio: 'pipe' });
      return '';
    } catch (erreur) {
      return String((erreur as { stderr?: Buffer }).stderr);
    }
  }

  it.each(['1', 'KO', 'KOBORD', 'KOPIECE', 'KOLIGNE', 'KOPJ', 'KOSIG', 'KOTEMPS'])(
    'ACQUIT V2, %s',
    async (fin) => {
      const { octets } = await reponseA(`SCHEMA_${fin}`);
      expect(valider(octets, 'Rev0/PES_V2_Acquit_Autonome_V2.xsd')).toBe('');
    },
  );

  it('ACQUIT V1', async () => {
    const { octets } = await reponseA('SCHEMA_V1');
    expect(valider(octets, 'Rev0/PES_V2_Acquit_Autonome.xsd')).toBe('');
  });

  it.each(['R', 'P'] as const)('PES_Retour, nature %s', async (nature) => {
    await scene.dgfip.restituer(nature);
    for (const [, octets] of await vider()) {
      expect(valider(octets, 'RETOUR/Rev0/PES_Retour.xsd')).toBe('');
    }
  });
});
