import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tirerCleSsh } from '../../src/banc/dgfip/cle-ssh.ts';
import { type Dgfip, demarrerDgfip } from '../../src/banc/dgfip/dgfip.ts';
import { creerLaboratoire, type Laboratoire, type ProcessusDemon } from '../../src/banc/laboratoire.ts';
import { EXTENSIONS, JOUR_MS, openssl, Pki, POLITIQUE } from '../unit/formats/certificats/pki.ts';
import { RACINE } from '../unit/formats/chemins.ts';
import { pes } from '../unit/helios/generateur.ts';
import { sh } from '../unit/preuve/atelier.ts';
import { clock } from './monde.ts';

/**
 * The proof as an agent gets it: real daemon, key and trust store of its settings, simulated DGFiP, the commands of the
 * operator; then the tools of any machine, the daemon stopped.
 */

const SIREN = '213400016';
const SECRET = 'secret-d-essai';
const PIECES = [{ idUnique: 'P1' }];

let dossier: string;
let pki: Pki;
let dgfip: Dgfip;
let labo: Laboratoire;
let demon: ProcessusDemon;

/** A key that the operator keeps, and the authority that he admits. It publishes no revocation. */
function creerCle(): { cles: object[]; confiance: object } {
  pki = new Pki();
  const jour = (n: number) => new Date(clock.now() + n * JOUR_MS).toISOString().slice(0, 10);
  const dates = { debut: jour(-2), fin: jour(300) };
  pki.emettre('racine', { nom: 'racine', extensions: EXTENSIONS.racine, ...dates });
  const extensions = EXTENSIONS.signataire.filter((e) => !/^(?:crl|authorityInfo)/.test(e));
  pki.emettre('racine', { nom: 'maire', extensions, ...dates });
  const [p12, secret] = [join(dossier, 'maire.p12'), join(dossier, 'secret')];
  // biome-ignore format: one option per pair reads better
  openssl('pkcs12', '-export', '-inkey', pki.chemin('maire.key'), '-in', pki.chemin('maire.pem'),
    '-certfile', pki.chemin('racine.pem'), '-passout', `pass:${SECRET}`, '-out', p12);
  writeFileSync(secret, SECRET);
  const magasin = join(dossier, 'confiance');
  mkdirSync(magasin);
  const certificat = Buffer.from(pki.der('racine')).toString('base64');
  const famille = {
    nom: 'essai',
    libelle: 'Essai',
    lecture: 'tableau',
    ancres: [{ certificat, nom: 'racine', periodes: [] }],
    niveaux: [{ emetteur: '*', politique: POLITIQUE.rgs2, niveau: 'RGS **' }],
    origine: 'essai',
  };
  writeFileSync(join(magasin, 'essai.json'), JSON.stringify({ version: 1, familles: [famille] }));
  return { cles: [{ nom: 'mairie', p12, secret_fichier: secret }], confiance: { dossier: magasin } };
}

beforeAll(async () => {
  dossier = mkdtempSync(join(tmpdir(), 'vgm-preuve-'));
  const { privee: cleHote, empreinte } = tirerCleSsh();
  const compte = { utilisateur: 'tdt', motDePasse: SECRET };
  dgfip = await demarrerDgfip({
    dossier: join(dossier, 'dgfip'),
    clock,
    graine: 7,
    delaiReponseMs: 0,
    sftp: { port: 0, cleHote, clePublique: '', ...compte },
  });
  const { cles, confiance } = creerCle();
  const passerelle = {
    nom: 'sftp',
    mode: 'passtrans_sftp',
    hote: '127.0.0.1',
    port: dgfip.portSftp,
    empreintes: [empreinte],
    utilisateur: compte.utilisateur,
    secret_fichier: join(dossier, 'secret'),
    dossier_depot: 'entree',
    dossier_retrait: 'sortie',
    stabilite_s: 0,
    periode_s: 0.25,
  };
  const reglages = { helios: { passerelles: [passerelle], cles }, confiance };
  labo = await creerLaboratoire({ dossier, clock, graine: 7, reglages });
  demon = await labo.demarrerDemon();
  const helios = {
    sirets: [`${SIREN}00012`],
    destination: 'VHPCE11',
    signature: 'signer',
    cle: 'mairie',
    qualite: 'Maire',
  };
  const r = await labo.client.envoyer('PUT', `/collectivites/${SIREN}`, { nom: 'Valmoncel', helios, ver: 0 });
  expect(r.statut, JSON.stringify(r.corps)).toBe(201);
});
afterAll(async () => {
  await demon.arreter();
  await labo.fermer();
  await dgfip.arreter();
  pki.fermer();
  rmSync(dossier, { recursive: true, force: true });
});

async function jusqua(id: string, etat: string): Promise<void> {
  const limite = clock.now() + 45_000;
  for (;;) {
    const { flux } = (await labo.client.lire(`/flux/${id}`)).corps as unknown as { flux: { etat: string } };
    if (flux.etat === etat) return;
    if (clock.now() > limite) throw new TypeError(`${id} is ${JSON.stringify(flux)}`);
    await clock.sleep(50);
  }
}

const vaguemestre = (...argv: string[]) =>
  sh(dossier, process.execPath, join(RACINE, 'bin', 'vaguemestre'), ...argv);

test('a PES signed here and taken in part: what left, what came back, and every word of it, without the daemon', async () => {
  const octets = pes({
    entetes: { NomFic: 'PREUVE_KOPJ', IdColl: `${SIREN}00012` },
    depense: [{ idBord: '41', pjRef: PIECES }, { idBord: '42' }],
    pieces: PIECES,
  });
  const fichiers = [{ role: 'pes', nom: 'paye.xml', octets }] as const;
  const r = await labo.client.deposer({ siren: SIREN, protocole: 'HELIOS', metadonnees: {}, fichiers });
  expect(r.statut, JSON.stringify(r.corps)).toBeLessThan(300);
  const { id } = r.corps['flux'] as unknown as { id: string };
  await jusqua(id, 'acquitte_partiel');
  const exportee = await vaguemestre('preuve', id, '--sortie', 'paye.asice', '--config', labo.configFichier);
  expect(exportee, exportee.sortie).toMatchObject({ code: 0 });
  await demon.arreter();

  const verdict = await vaguemestre('verifier', 'paye.asice');
  expect(verdict.sortie).toContain('Dossier de preuve intact.');
  expect(verdict.code).toBe(0);
  for (const dit of [
    'acquitté en partie : réception par l’État prouvée, une partie refusée',
    'même contenu que le fichier déposé, 2 signatures',
    '2 vérifiées de nouveau, intactes, comme le dit le rapport',
    'c’est le fichier signé, octet pour octet',
    'Fichier accepté en partie par Hélios : 2 bordereaux acceptés ; 1 PJ déjà détenue.',
  ]) {
    expect(verdict.sortie).toContain(dit);
  }

  expect((await sh(dossier, 'unzip', '-q', 'paye.asice', '-d', 'paye')).code).toBe(0);
  const paye = join(dossier, 'paye');
  const script = await sh(paye, 'sh', 'verifier.sh');
  expect(script.sortie.match(/intègre \(xmlsec1\)/g)).toHaveLength(2);
  const certificats = await sh(paye, 'sh', 'confiance/juger.sh');
  expect(certificats.sortie).toMatch(
    /^OUI {2}certificat-[0-9a-f]*\.pem : chemin jusqu’à une autorité admise, le .*\n$/,
  );
  const page = (await sh(paye, 'cat', 'LISEZMOI.txt')).sortie.replaceAll(/\n */g, ' ');
  expect(page).toContain(
    'Doublon, pièce justificative P1 : ERREUR_DOUBLON_PJ, 1984 - Identifiant de pièce déjà intégré',
  );
  const [parti] = dgfip.pris();
  const envoi = (await sh(paye, 'sh', '-c', 'sha256sum pieces/*-pes_signe-*')).sortie.slice(0, 64);
  expect(dgfip.registre.evenements()).toContainEqual(
    expect.objectContaining({ type: 'pris', sha256: envoi }),
  );
  expect(parti?.bordereaux.map((b) => b.numero)).toEqual(['41', '42']);
});
