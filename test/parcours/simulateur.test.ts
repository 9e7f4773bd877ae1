import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { parse } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClientApi, creerClientApi } from '../../src/banc/client.ts';
import { inscrire, ouvrirHelios } from '../../src/banc/collectivite-essai.ts';
import { listerEchanges } from '../../src/banc/echanges/confrontation.ts';
import { actesDuRecit } from '../../src/banc/recit.ts';
import { RACINE } from '../unit/formats/chemins.ts';
import { pes } from '../unit/helios/generateur.ts';
import { clock } from './monde.ts';

/** `vaguemestre simulateur` as an éditeur meets it: only what it prints is used, by clients that are not ours, then by a daemon. */

const executer = promisify(execFile);
const LANCEUR = join(RACINE, 'bin', 'vaguemestre');
const SIREN = '000000018';

let dossier: string;
let simulateur: Lance;
/** What it printed before it began to wait. */
let accueil: string;
let evenements: string[];

interface Lance {
  readonly processus: ChildProcess;
  /** Its exit code. */
  readonly fini: Promise<number | null>;
}

function lancer(...argv: readonly string[]): Lance {
  const processus = spawn(process.execPath, [LANCEUR, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  return { processus, fini: new Promise((resolve) => processus.once('exit', resolve)) };
}

async function portLibre(): Promise<number> {
  const serveur = createServer().listen(0, '127.0.0.1');
  await new Promise((pret) => serveur.once('listening', pret));
  const { port } = serveur.address() as AddressInfo;
  await new Promise((ferme) => serveur.close(ferme));
  return port;
}

/** Asks until it is so. */
async function jusqua<T>(demander: () => Promise<T | null>): Promise<T> {
  const limite = clock.now() + 45_000;
  for (;;) {
    const obtenu = await demander();
    if (obtenu !== null) return obtenu;
    if (clock.now() > limite) expect.fail('too long');
    await clock.sleep(50);
  }
}

beforeAll(async () => {
  // A folder with a space and an apostrophe: what is printed must hold all the same.
  dossier = join(mkdtempSync(join(tmpdir(), 'vgm-simulateur-')), "l'essai 1");
  simulateur = lancer('simulateur', '--dossier', dossier, '--smtp', `127.0.0.1:${await portLibre()}`);
  const lignes: string[] = [];
  evenements = [];
  createInterface({ input: simulateur.processus.stdout ?? expect.fail('no output') }).on('line', (ligne) => {
    (/^\d{4}-\d{2}-\d{2}T/.test(ligne) ? evenements : lignes).push(ligne);
  });
  accueil = await jusqua(async () =>
    // The settings stand between two empty lines.
    lignes.lastIndexOf('') > lignes.indexOf('') &&
    lignes.at(-1) === '' &&
    lignes.includes('[[helios.passerelles]]')
      ? lignes.join('\n')
      : null,
  );
}, 60_000);
afterAll(async () => {
  simulateur.processus.kill('SIGTERM');
  expect(await simulateur.fini).toBe(0);
  rmSync(join(dossier, '..'), { recursive: true, force: true });
});

/** The block to paste. */
const aColler = (): string => accueil.slice(accueil.indexOf('\n\n') + 2);

interface Passerelle {
  readonly mode: string;
  readonly port: number;
  readonly utilisateur: string;
  readonly secret_fichier?: string;
  readonly autorites?: string;
}

function passerelle(mode: string): Passerelle {
  const { helios } = parse(aColler()) as unknown as { helios: { passerelles: Passerelle[] } };
  return helios.passerelles.find((p) => p.mode === mode) ?? expect.fail(mode);
}

function pesDe(nomFic: string): { readonly octets: Buffer; readonly sha1: string } {
  const octets = pes({ entetes: { NomFic: nomFic, IdColl: `${SIREN}00010` } });
  return { octets, sha1: createHash('sha1').update(octets).digest('hex') };
}

describe('by hand, with clients of others', () => {
  test('sftp(1), by the line that is printed: deposit, answer fetched once', async () => {
    const commande = /À la main : sftp (.+)$/m.exec(accueil)?.[1] ?? expect.fail('no sftp line');
    const sftp = async (...ordres: readonly string[]): Promise<string> => {
      const lot = join(dossier, 'lot');
      writeFileSync(lot, `${ordres.join('\n')}\n`);
      const { stdout } = await executer('sh', ['-c', `sftp -q -b "$0" -o BatchMode=yes ${commande}`, lot]);
      return stdout;
    };
    const { octets, sha1 } = pesDe('MAIN_SFTP');
    const fichier = join(dossier, 'pes.xml');
    writeFileSync(fichier, octets);
    const nom = `VHPCE11%%THELPES2%%PES#123#034079#00%%${sha1}`;
    await sftp(`put "${fichier}" "entree/x.part"`, `rename "entree/x.part" "entree/${nom}"`);
    expect(await sftp('ls -1 entree')).toContain(nom);
    const acquit = await jusqua(
      async () => /sortie\/(\S+_OK\.xml)/.exec(await sftp('ls -1 sortie'))?.[1] ?? null,
    );
    const recu = join(dossier, 'acquit.xml');
    await sftp(`get "sortie/${acquit}" "${recu}"`);
    expect(readFileSync(recu, 'latin1')).toMatch(/PES_ACQUIT[\s\S]+MAIN_SFTP[\s\S]+EtatAck V="1"/);
    expect(await sftp('ls -1 sortie')).not.toContain(acquit);
  });

  /** Python's client, which shares nothing with ours: deposit, wait, fetch, look again. */
  const FTP = `
import sys, json, ssl, time, io
from ftplib import FTP, FTP_TLS
o = json.loads(sys.argv[1])
if o['tls']:
    c = FTP_TLS(context=ssl.create_default_context(cafile=o['autorites']))
else:
    c = FTP()
c.connect('127.0.0.1', o['port'], timeout=30)
c.login(o['utilisateur'], open(o['secret']).read())
if o['tls']: c.prot_p()
for s in o['site']: c.sendcmd('SITE ' + s)
c.storbinary('STOR entree/' + o['nom'], open(o['fichier'], 'rb'))
for i in range(600):
    noms = c.nlst('sortie')
    if noms: break
    time.sleep(0.05)
recu = io.BytesIO()
c.retrbinary('RETR sortie/' + noms[0], recu.write)
print(json.dumps({'noms': noms, 'acquit': recu.getvalue().decode('latin1'), 'apres': c.nlst('sortie')}))
c.quit()
`;

  const META = { P_DEST: 'VHPCE11', P_APPLI: 'THELPES2', P_MSG: 'PES#123#034079#00' };
  test.each([
    [
      'passtrans_ftps',
      'MAIN_FTPS_KOBORD',
      'KO',
      [
        `META ${Object.entries(META)
          .map(([c, v]) => `${c}=${v}`)
          .join(';')}`,
      ],
    ],
    ['gateway', 'MAIN_FTP', 'OK', Object.entries(META).map(([c, v]) => `${c} ${v}`)],
    // oxlint-disable-next-line max-params -- one row of the table
  ] as const)('ftplib of Python, %s', async (mode, nomFic, fin, site) => {
    const { port, utilisateur, secret_fichier: secret, autorites } = passerelle(mode);
    const fichier = join(dossier, `${nomFic}.xml`);
    writeFileSync(fichier, pesDe(nomFic).octets);
    const nom = `PESALR2_${SIREN}_260302_${mode === 'gateway' ? '001' : '002'}.xml`;
    const demande = {
      tls: autorites !== undefined,
      port,
      utilisateur,
      secret,
      autorites,
      site,
      nom,
      fichier,
    };
    const { stdout } = await executer('/usr/bin/python3', ['-c', FTP, JSON.stringify(demande)]);
    const vu = JSON.parse(stdout) as { noms: string[]; acquit: string; apres: string[] };
    expect(vu.noms).toEqual([expect.stringMatching(new RegExp(`-ACK-.+_${fin}\\.xml$`))]);
    expect(vu.acquit).toContain(nomFic);
    expect(vu.apres).toEqual([]);
  });

  test('the fingerprint printed is the one that ssh-keygen shows', async () => {
    const hotes = join(dossier, 'dgfip', 'acces', 'known_hosts');
    const { stdout } = await executer('ssh-keygen', ['-l', '-f', hotes]);
    const [empreinte = ''] = /SHA256:\S+/.exec(stdout) ?? [];
    expect(accueil).toContain(`Clé d’hôte SFTP : ${empreinte}`);
  });

  test('each thing that happens is told, by the name of the PES', async () => {
    await jusqua(async () =>
      evenements.some((e) => e.includes('réponse prête : MAIN_FTP :')) ? true : null,
    );
    expect(evenements.join('\n')).toMatch(/PES pris : MAIN_FTPS_KOBORD \[KOBORD\]/);
  });
});

describe('by a daemon whose settings are those printed, pasted', () => {
  let demon: Lance;
  let donnees: string;
  let client: ClientApi;

  beforeAll(async () => {
    donnees = mkdtempSync(join(tmpdir(), 'vgm-colle-'));
    const config = join(donnees, 'reglages.toml');
    writeFileSync(config, `donnees = "${donnees}/donnees"\n${aColler()}\n[api]\nport = 0\n`);
    demon = lancer('demarrer', '--config', config);
    demon.processus.stdout?.resume();
    client = creerClientApi(join(donnees, 'donnees', 'vaguemestre.sock'));
    await jusqua(async () =>
      client.lire('/sante').then(
        ({ statut }) => (statut === 200 ? true : null),
        () => null,
      ),
    );
    await inscrire(client, SIREN, 'Commune d’essai');
  }, 60_000);
  afterAll(async () => {
    demon.processus.kill('SIGTERM');
    await demon.fini;
    await client.fermer();
    rmSync(donnees, { recursive: true, force: true });
  });

  async function mener(deposer: Promise<{ statut: number; corps: object }>, fin: string): Promise<void> {
    const { statut, corps } = await deposer;
    expect(statut, JSON.stringify(corps)).toBe(201);
    const { id } = (corps as { flux: { id: string } }).flux;
    const etat = await jusqua(async () => {
      await client.envoyer('POST', '/releve', {});
      const { flux } = (await client.lire(`/flux/${id}`)).corps as unknown as { flux: { etat: string } };
      return ['depose', 'controle', 'signe', 'pret', 'en_ligne', 'transmis'].includes(flux.etat)
        ? null
        : flux.etat;
    });
    expect(etat).toBe(fin);
  }

  test('an acte goes to the préfecture and back', async () => {
    const [acte] = actesDuRecit('2026-03-02', '2026-03-04');
    const { metadonnees, fichiers } = acte ?? expect.fail('no acte');
    await mener(client.deposer({ siren: SIREN, metadonnees, fichiers }), 'acquitte');
  });

  test('by the line that is printed, the préfecture writes about it; the daemon files the letter', async () => {
    const commande = /Lui faire écrire : (curl .+)$/m.exec(accueil)?.[1] ?? expect.fail('no curl line');
    const { stdout } = await executer('sh', ['-c', commande.replace('NUMERO', 'DELIB_01')]);
    expect(stdout).toMatch(
      new RegExp(`^Message 3-1 du .* écrit sur l’acte 034-${SIREN}-20260302-DELIB_01-DE\\.`),
    );
    const etats = await jusqua(async () => {
      const flux = await listerEchanges(client);
      return flux.some((f) => f.etat === 'transmis')
        ? flux.map((f) => `${f.message.code} ${f.etat}`).toSorted()
        : null;
    });
    expect(etats).toEqual(['3-1 recu', '3-2 transmis']);
    await jusqua(async () => (evenements.some((e) => e.includes('message 3-2')) ? true : null));
    const [ecrit, range] = [/courrier 3-1 du (\S+) écrit/, /message 3-2 \((\S+)\) rangé/].map(
      (motif) => motif.exec(evenements.join('\n'))?.[1],
    );
    expect(range).toBe(ecrit);
  });

  test.each(['sftp', 'ftps', 'ftp'])(
    'a PES goes by the gateway « %s », and its answer comes back',
    async (nom) => {
      await ouvrirHelios(client, SIREN, {
        sirets: [`${SIREN}00010`],
        destination: 'VHPCE11',
        passerelle: nom,
        signature: 'transmettre',
      });
      const nomFic = `COLLE_${nom.toUpperCase()}`;
      const fichiers = [{ role: 'pes', nom: `${nomFic}.xml`, octets: pesDe(nomFic).octets }] as const;
      await mener(
        client.deposer({ siren: SIREN, protocole: 'HELIOS', metadonnees: {}, fichiers }),
        'acquitte',
      );
    },
  );

  test('diagnostiquer finds every correspondent in good order', async () => {
    const { sujets } = (await client.lire('/diagnostic')).corps as unknown as {
      sujets: { sujet: string; etat: string }[];
    };
    expect(sujets.filter((s) => s.etat === 'panne')).toEqual([]);
    const noms = sujets.filter((s) => s.etat === 'bon').map((s) => s.sujet);
    expect(noms).toEqual(
      expect.arrayContaining([
        'guichet du ministère',
        'passerelle sftp',
        'passerelle ftps',
        'passerelle ftp',
      ]),
    );
  });
});
