import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { creerRandomSysteme } from '../../src/adapters/random/system.ts';
import { creerCleEssai } from '../../src/banc/cle-essai.ts';
import { openssl } from '../unit/formats/certificats/pki.ts';
import { RACINE } from '../unit/formats/chemins.ts';
import { clock, type Monde, ouvrirMonde, PDF, SIREN } from './monde.ts';

/**
 * The cachet as an operator sets it: a key in a PKCS#12 file, the commands of the CLI, a real daemon before the simulated
 * ministry; then the archive that left, verified by other processes: ours, and openssl.
 */

let dossier: string;
let monde: Monde;
beforeAll(async () => {
  dossier = await mkdtemp(join(tmpdir(), 'vgm-cachet-'));
  const cle = await creerCleEssai(join(dossier, 'cle'), { clock, random: creerRandomSysteme(clock) });
  monde = await ouvrirMonde({
    reglages: {
      helios: { cles: [{ nom: 'mairie', p12: cle.p12, secret_fichier: cle.secret }] },
      confiance: { fichiers: [cle.magasin] },
    },
  });
  writeFileSync(chemin('delib.pdf'), PDF);
  writeFileSync(chemin('plan.pdf'), Buffer.concat([PDF, Buffer.from('\n')]));
});
afterAll(async () => {
  await monde.fermer();
  await rm(dossier, { recursive: true, force: true });
});

const chemin = (nom: string): string => join(dossier, nom);

interface Reponse {
  readonly code: number;
  readonly sortie: string;
}

/** A process of its own, as an agent types it. */
function vaguemestre(...mots: readonly string[]): Promise<Reponse> {
  const { promise, resolve } = Promise.withResolvers<Reponse>();
  const env = { ...process.env, VAGUEMESTRE_CONFIG: monde.labo.configFichier, NO_COLOR: '1' };
  execFile(
    process.execPath,
    [join(RACINE, 'bin', 'vaguemestre'), ...mots],
    { env },
    (erreur, stdout, stderr) => {
      resolve({ code: typeof erreur?.code === 'number' ? erreur.code : 0, sortie: `${stdout}${stderr}` });
    },
  );
  return promise;
}

function deposer(numero: string, ...plus: readonly string[]): Promise<Reponse> {
  // biome-ignore format: one option per pair reads better
  return vaguemestre('deposer', '--siren', SIREN, '--document', `${chemin('delib.pdf')}:99_DE`,
    '--annexe', `${chemin('plan.pdf')}:99_DE`, '--numero', numero, '--date', '2026-03-02', '--objet', 'Budget primitif',
    '--nature', '1', '--matiere', '7.1', '--json', ...plus);
}

interface Pieces {
  readonly pieces: readonly { readonly role: string; readonly rang: number }[];
}

async function archiveDe(id: string, nom: string): Promise<string> {
  const { pieces } = (await monde.labo.client.lire(`/flux/${id}`)).corps as unknown as Pieces;
  const rang = pieces.find((p) => p.role === 'archive')?.rang ?? -1;
  const fichier = chemin(nom);
  expect((await vaguemestre('montrer', id, '--piece', String(rang), '--sortie', fichier)).code).toBe(0);
  return fichier;
}

test('asked on the card: the acte leaves signed, the ministry takes it, the archive verifies elsewhere', async () => {
  const regle = await vaguemestre(
    'collectivite',
    'modifier',
    SIREN,
    '--cachet',
    'tout',
    '--cle-cachet',
    'mairie',
  );
  expect(regle).toMatchObject({ code: 0 });
  const depot = await deposer('CACHET_1');
  expect(depot.code, depot.sortie).toBe(0);
  const { id } = (JSON.parse(depot.sortie) as { flux: { id: string } }).flux;
  const { nomEnvoi } = await monde.jusqua(id, 'acquitte');
  const archive = await archiveDe(id, nomEnvoi ?? '');
  const verdict = await vaguemestre('verifier', archive, '--sans-magasin');
  expect(verdict.code, verdict.sortie).toBe(0);
  expect(verdict.sortie).toContain('3 signatures valides, tous les fichiers couverts.');
  expect((await vaguemestre('controler', archive)).sortie).toContain('rien à refuser');
}, 60_000);

test('a PKCS#7 of the document, by openssl, leaves with it; the same beside another document is refused', async () => {
  // biome-ignore format: one option per pair reads better
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', chemin('k.pem'), '-out', chemin('c.pem'),
    '-days', '10', '-subj', '/CN=Camille Essai', '-addext', 'keyUsage=critical,digitalSignature,nonRepudiation');
  const signer = (source: string) =>
    // biome-ignore format: one option per pair reads better
    openssl('cms', '-sign', '-binary', '-in', chemin(source), '-signer', chemin('c.pem'), '-inkey', chemin('k.pem'),
      '-outform', 'DER', '-out', chemin('delib.p7s'));
  const option = ['--signature', `${chemin('delib.pdf')}=${chemin('delib.p7s')}`];
  signer('plan.pdf');
  const faux = await deposer('CACHET_2', ...option);
  const refuse = await monde.jusqua((JSON.parse(faux.sortie) as { flux: { id: string } }).flux.id, 'refuse');
  expect([refuse.erreur?.code, refuse.nomEnvoi]).toEqual(['VGM-SIG-060', null]);
  expect(refuse.erreur?.message).toMatch(/La signature de la pièce « 99_DE-.* » est refusée/);
  // sound, but by nobody whom the store of the operator admits
  signer('delib.pdf');
  const inconnu = await deposer('CACHET_3', ...option);
  const autre = await monde.jusqua(
    (JSON.parse(inconnu.sortie) as { flux: { id: string } }).flux.id,
    'refuse',
  );
  expect(autre.erreur?.code).toBe('VGM-SIG-061');
  expect(await monde.intact()).toBe(true);
}, 60_000);
