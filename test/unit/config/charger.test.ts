import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CATALOGUE_CONFIG } from '../../../src/metier/catalogue/config.ts';
import { ErreurVgm } from '../../../src/metier/erreurs.ts';
import { chargerConfig, feuilles, VARIABLES } from '../../../src/config/charger.ts';
import { CHEMINS, cheminSocket } from '../../../src/config/chemins.ts';
import { clesConnues, distance, plusProche } from '../../../src/config/cles.ts';
import { manifest } from '../../../src/config/manifest.ts';
import { masquer } from '../../../src/config/masquer.ts';

const RACINE = resolve(import.meta.dirname, '../../..');
let dossier = '';

beforeAll(() => {
  dossier = mkdtempSync(join(tmpdir(), 'vgm-config-'));
});
afterAll(() => rmSync(dossier, { recursive: true, force: true }));

function ecrire(texte: string): string {
  const fichier = join(dossier, 'vaguemestre.toml');
  writeFileSync(fichier, texte);
  return fichier;
}

function refus(texte: string, env: Record<string, string> = {}): ErreurVgm {
  try {
    chargerConfig({ fichier: ecrire(texte), env });
  } catch (e) {
    if (e instanceof ErreurVgm) return e;
    throw e;
  }
  return expect.fail('accepted');
}

describe('config/defaut.toml shows every setting, equal to the manifest', () => {
  const texte = readFileSync(join(RACINE, 'config/defaut.toml'), 'utf8');
  test('its values are the defaults, all of them and no other', () => {
    expect(parse(texte)).toEqual(manifest.parse({}));
  });
  test('a French comment stands above every setting, or above the pair it belongs to', () => {
    const lignes = texte.split('\n');
    const nus = lignes.filter((ligne, i) => {
      if (!/^[a-z_]+ = /.test(ligne)) return false;
      const avant = lignes[i - 1] ?? '';
      return !avant.startsWith('#') && !/^[a-z_]+ = /.test(avant);
    });
    expect(nus).toEqual([]);
  });
  test('the settings of lists are shown as commented examples', () => {
    for (const cle of clesConnues().filter((c) => c.includes('[]'))) {
      const nom = cle.split('.').at(-1) as string;
      expect(texte, cle).toMatch(new RegExp(`^#.*\\b${nom} = `, 'm'));
    }
  });
  test('it can be given to the daemon as it is', () => {
    const { config } = chargerConfig({ fichier: join(RACINE, 'config/defaut.toml'), env: {} });
    expect(config.donnees).toBe(join(RACINE, 'config/donnees'));
  });
});

test('config/exemple-production.toml is accepted', () => {
  const { config, origines } = chargerConfig({
    fichier: join(RACINE, 'config/exemple-production.toml'),
    env: {},
  });
  expect(config.operateur.application).toBe('EACT');
  expect(config.reception.imap[0]?.secret_fichier).toBe(join(RACINE, 'config/secrets/imap'));
  expect(origines.get('operateur.trigramme')).toMatch(/^fichier .*exemple-production\.toml$/);
  expect(origines.get('moteur.bail_s')).toBe('défaut');
});

describe('precedence and origins: default, then file, then environment', () => {
  test('without a file, paths start from the working folder', () => {
    const { config, origines, fichier } = chargerConfig({ env: {} });
    expect(fichier).toBeNull();
    expect(config.donnees).toBe(resolve('donnees'));
    expect(cheminSocket(config)).toBe(resolve('donnees/vaguemestre.sock'));
    expect(new Set(origines.values())).toEqual(new Set(['défaut']));
  });
  test('VAGUEMESTRE_CONFIG names the file, an option wins over it', () => {
    const nomme = ecrire('[api]\nport = 9000\n');
    expect(chargerConfig({ env: { VAGUEMESTRE_CONFIG: nomme } }).config.api.port).toBe(9000);
    expect(() => chargerConfig({ fichier: '/absent.toml', env: { VAGUEMESTRE_CONFIG: nomme } })).toThrow(
      /VGM-CFG-001/,
    );
  });
  test('a path of the file starts from its folder, a path of the environment from the working folder', () => {
    const fichier = ecrire('donnees = "d"\n[api]\ncertificat = "a.pem"\ncle = "/etc/a.key"\n');
    const { config, origines } = chargerConfig({ fichier, env: { VAGUEMESTRE_DONNEES: 'e' } });
    expect(config.donnees).toBe(resolve('e'));
    expect(config.api.certificat).toBe(join(dossier, 'a.pem'));
    expect(config.api.cle).toBe('/etc/a.key');
    expect(config.actes.ministere.certificat).toBe('');
    expect(origines.get('donnees')).toBe('environnement VAGUEMESTRE_DONNEES');
  });
  test('only the listed variables set something, an empty one sets nothing', () => {
    const env = { VAGUEMESTRE_API_PORT: '0', VAGUEMESTRE_OPERATEUR_NOM: 'x', VAGUEMESTRE_API_SOCKET: '' };
    const { config } = chargerConfig({ env });
    expect(config.api.port).toBe(0);
    expect(config.api.socket).toBe('');
    expect(config.operateur.nom).toBe('Tiers de télétransmission');
    for (const { cle } of VARIABLES) expect(clesConnues()).toContain(cle);
  });
  test('every leaf has an origin', () => {
    const { config, origines } = chargerConfig({ env: {} });
    expect([...origines.keys()].toSorted()).toEqual(feuilles(config).toSorted());
  });
});

const EMPREINTE = `SHA256:${'A'.repeat(43)}`;
/** One gateway, spoiled as the test says. */
const passerelle = (autres: Record<string, unknown> = {}): string =>
  stringify({
    helios: {
      passerelles: [
        {
          nom: 'dgfip',
          mode: 'passtrans_sftp',
          hote: 'h',
          utilisateur: 'u',
          cle_fichier: 'k',
          empreintes: [EMPREINTE],
          ...autres,
        },
      ],
    },
  });

/** A coffre on an object store, spoiled as the test says. */
const s3 = (autres: Record<string, unknown> = {}): string =>
  stringify({
    coffre: {
      type: 's3',
      s3: {
        adresse: 'https://s3.exemple.test',
        compartiment: 'pieces',
        cle_acces: 'cle',
        secret_fichier: 's',
        ...autres,
      },
    },
  });

test('a coffre on an object store is accepted, its paths made absolute', () => {
  const { coffre } = chargerConfig({
    fichier: ecrire(s3({ adresse: 'https://[::1]:9000/' })),
    env: {},
  }).config;
  expect(coffre).toMatchObject({ type: 's3', secours: '', s3: { secret_fichier: join(dossier, 's') } });
});

test('a gateway as its raccordement gives it is accepted, its paths made absolute', () => {
  const { config } = chargerConfig({ fichier: ecrire(passerelle()), env: {} });
  expect(config.helios.passerelles[0]).toMatchObject({
    cle_fichier: join(dossier, 'k'),
    secret_fichier: '',
    periode_s: 240,
    retrait: 'passerelle',
  });
  const ftp = { mode: 'gateway', secret_fichier: 's', cle_fichier: '', empreintes: [] };
  expect(chargerConfig({ fichier: ecrire(passerelle(ftp)), env: {} }).config.helios.passerelles).toHaveLength(
    1,
  );
});

describe('a wrong setting stops the start, in French, all of them at once', () => {
  test.each([
    ['[api]\nprot = 1\n', 'api.prot : réglage inconnu ; vouliez-vous dire « api.port » ?'],
    ['donees = "x"\n', 'donees : réglage inconnu ; vouliez-vous dire « donnees » ?'],
    ['trigramme = "ABC"\n', 'vouliez-vous dire « operateur.trigramme » ?'],
    ['[actes.ministere]\nfentres = []\n', '« actes.ministere.fenetres »'],
    ['[[reception.imap]]\nhoste = "x"\n', '« reception.imap[0].hote »'],
    ['[zzzzzzz]\n', 'zzzzzzz : réglage inconnu.'],
  ])('misspelt: %j', (texte, attendu) => {
    const e = refus(texte);
    expect(e.fiche.code).toBe('VGM-CFG-003');
    expect(e.fiche.message).toContain(attendu);
  });
  test.each([
    ['[api]\nport = "8443"\n', 'api.port : il faut un nombre, et on lit le texte « 8443 ».'],
    ['[api]\nport = 70000\n', 'api.port : il faut un nombre inférieur ou égal à 65535, et on lit « 70000 ».'],
    ['[moteur]\nbail_s = 0\n', 'moteur.bail_s : il faut un nombre supérieur à 0, et on lit « 0 ».'],
    ['[operateur]\napplication = "PROD"\n', 'il faut "EACT" ou "TACT", et on lit le texte « PROD »'],
    ['[operateur]\ntrigramme = "vgm"\n', 'operateur.trigramme : forme inattendue : on lit le texte « vgm »'],
    ['[[reception.maildir]]\nnom = "a"\n', 'reception.maildir[0].dossier : obligatoire, et absent.'],
    ['[api]\ncertificat = "a.pem"\n', 'api.cle : obligatoire quand api.certificat est donné.'],
    ['[actes.ministere]\nurl = "ftp://x/"\n', 'il faut une adresse https://… ou http://…'],
    ['[actes.ministere.reponses]\n"50x" = "prise"\n', 'actes.ministere.reponses."50x"'],
    [
      '[actes.ministere]\nfenetres = [{debut="14:00",fin="12:00",octets_par_heure=1}]\n',
      '« debut » doit précéder « fin »',
    ],
    ['[notification.courriel]\nutilisateur = "u"\n', 'notification.courriel.secret_fichier : obligatoire'],
    ['[moteur]\nreprise_min_s = 1000\n', 'moteur.reprise_min_s'],
    [
      '[stockage]\ntype = "postgres"\n[stockage.postgres]\nhote = "/var/run/postgresql"\n',
      'stockage.postgres.tls : il faut « aucun » quand stockage.postgres.hote est le dossier d’un socket.',
    ],
    [
      '[stockage]\ntype = "postgres"\n[stockage.postgres]\ntls = "aucun"\nautorites = "a.pem"\n',
      'stockage.postgres.autorites : sans objet quand stockage.postgres.tls vaut « aucun ».',
    ],
    ['[coffre]\ntype = "s3"\n', 'coffre.s3.adresse : obligatoire'],
    ['[coffre]\ntype = "s3"\n', 'coffre.s3.secret_fichier : obligatoire'],
    ['[coffre]\nsecours = "/x"\n', 'coffre.secours : sans objet quand coffre.type vaut « dossier »'],
    [s3({ adresse: 'ftp://x' }), 'coffre.s3.adresse : il faut une adresse https://… ou http://…'],
    [s3({ adresse: 'https://x.test/pieces' }), 'rien ne suit le nom du serveur'],
    [s3({ adresse: 'https://192.0.2.1', style: 'hote' }), 'coffre.s3.style : « hote » demande un nom'],
    [s3({ compartiment: 'Pieces' }), 'coffre.s3.compartiment : forme inattendue'],
    [s3({ prefixe: '/tdt' }), 'coffre.s3.prefixe : forme inattendue'],
    [s3({ taille_partie_octets: 1000 }), 'coffre.s3.taille_partie_octets'],
    ['[helios]\nplateforme = "prod"\n', 'il faut "production" ou "essai", et on lit le texte « prod »'],
    ['[helios]\npasserelle = []\n', 'vouliez-vous dire « helios.passerelles » ?'],
    [passerelle({ empreintes: [] }), 'helios.passerelles[0].empreintes : obligatoire quand'],
    [passerelle({ empreintes: ['aa:bb'] }), 'helios.passerelles[0].empreintes[0] : forme inattendue'],
    [passerelle({ cle_fichier: '' }), 'helios.passerelles[0].cle_fichier : obligatoire quand'],
    [passerelle({ mode: 'gateway' }), 'helios.passerelles[0].secret_fichier : obligatoire quand'],
    [passerelle({ mode: 'gateway' }), 'helios.passerelles[0].empreintes : sans objet quand'],
    [passerelle({ autorites: 'a.pem' }), 'helios.passerelles[0].autorites : sans objet quand'],
    [passerelle({ provisoire: 'x.part' }), 'helios.passerelles[0].provisoire : forme inattendue'],
    [passerelle({ nom: 'DGFiP' }), 'helios.passerelles[0].nom : forme inattendue'],
    [
      passerelle({ fenetres: [{ debut: '14:00', fin: '12:00', octets_par_heure: 1 }] }),
      'helios.passerelles[0].fenetres[0] : « debut » doit précéder « fin »',
    ],
    [
      `${passerelle()}\n${passerelle()}`,
      'helios.passerelles : deux passerelles portent le même nom « dgfip ».',
    ],
  ])('refused: %j', (texte, attendu) => {
    expect(refus(texte).fiche.message).toContain(attendu);
  });
  test('two faults are told together', () => {
    const { message } = refus('donees = "x"\n[api]\nport = -1\n').fiche;
    expect(message.split('\n')).toHaveLength(3);
  });
  test('broken TOML: line, column and the line itself', () => {
    const e = refus('donnees = "x"\nsiren = 021000000\n');
    expect(e.fiche.code).toBe('VGM-CFG-002');
    expect(e.fiche.message).toMatch(/ligne 2, colonne \d+/);
    expect(e.fiche.message).toContain('siren = 021000000');
  });
  test('a folder or an absent file is told as such', () => {
    expect(() => chargerConfig({ fichier: dossier, env: {} })).toThrow(/c’est un dossier/);
    expect(() => chargerConfig({ fichier: '/absent.toml', env: {} })).toThrow(/fichier absent/);
  });
  test('a variable out of bounds is refused like a line of the file', () => {
    expect(refus('', { VAGUEMESTRE_API_PORT: 'https' }).fiche.message).toContain(
      'api.port : il faut un nombre',
    );
  });
});

test('secrets: paths are shown, values never', () => {
  const { config } = chargerConfig({ env: {} });
  config.actes.ministere.url = 'https://agent:motdepasse@ministere.fr/depot';
  config.notification.courriel.secret_fichier = '/run/secrets/smtp';
  const texte = JSON.stringify(masquer(config));
  expect(texte).not.toContain('motdepasse');
  expect(texte).toContain('https://***@ministere.fr/depot');
  expect(texte).toContain('/run/secrets/smtp');
  expect(JSON.stringify(masquer({ secret: 'x' } as never))).toBe('{"secret":"***"}');
});

test('the list of paths names real settings, and every path-like one', () => {
  const cles = clesConnues();
  for (const cle of CHEMINS) expect(cles).toContain(cle);
  const nommes = cles.filter((c) => /(certificat|\.cle|secret_fichier|autorites|socket|donnees)$/.test(c));
  expect(nommes.filter((c) => !CHEMINS.includes(c))).toEqual([]);
});

test('nearest word: a slip of the hand is seen, another word is not', () => {
  expect(distance('prot', 'port')).toBe(1);
  expect(distance('', 'abc')).toBe(3);
  expect(plusProche('adrese', ['adresse', 'port'])).toBe('adresse');
  expect(plusProche('couleur', ['adresse', 'port'])).toBeUndefined();
});

test('the catalogue of settings fills every place of its sentences', () => {
  for (const ligne of Object.values(CATALOGUE_CONFIG)) expect(ligne.remede).toMatch(/\.$/);
});
