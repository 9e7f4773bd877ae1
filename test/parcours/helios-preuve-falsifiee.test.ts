import { cp, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FluxId } from '../../src/metier/identifiants.ts';
import { openssl } from '../unit/formats/certificats/pki.ts';
import { pes } from '../unit/helios/generateur.ts';
import { acquit, bordereau, erreur, fixtureEtat, pj } from '../unit/helios/retours.ts';
import { Atelier as Etabli, type Contenus, fautes, sh, toutRefaire } from '../unit/preuve/atelier.ts';
import { type Autorites, creerAutorites } from '../unit/signature/decor.ts';
import { CTX, SIREN, siretDe } from './atelier.ts';
import {
  atelierSignant,
  commandesDe,
  entetes,
  fichiersDe,
  lancer,
  octetsDuDossier,
  type Preuve,
  prouver,
  remplacer,
  remplacerPartout,
  repondre,
  texte,
  transmettre,
} from './preuves.ts';

/** The proof of a PES in the hands of a forger, then in those of somebody who only has the page that comes with it. */

const PIECES = [{ idUnique: 'P1' }];
const REFUS = erreur('ERREUR_AUTRE', '2559 - Code service inconnu');
const REPONSE = bordereau('41') + bordereau('42', '0', REFUS) + pj('P1');

let autorites: Autorites;
let etabli: Etabli;
/** Signed by us, taken in part: it has every role of a PES. */
let preuve: Preuve;
let retour: Preuve;
/** Of another file of the same day, whole and sound. */
let autre: Preuve;
beforeAll(async () => {
  autorites = creerAutorites();
  etabli = await Etabli.ouvrir();
  const a = await atelierSignant(autorites, { helios: { signature: 'signer' } });
  const partir = async (nomFic: string, elements: string): Promise<Preuve> => {
    const depense = [{ idBord: '41', pjRef: PIECES }, { idBord: '42' }];
    const { id } = await transmettre(a, nomFic, pes({ entetes: entetes(nomFic), depense, pieces: PIECES }));
    await repondre(a, acquit({ entetes: entetes(nomFic), elements }));
    return prouver(etabli, a, id);
  };
  preuve = await partir('F1', REPONSE);
  autre = await partir('F2', bordereau('41') + bordereau('42') + pj('P1'));
  const recu = fixtureEtat('retour/recette').toString('latin1').replace('00000001800010', siretDe(SIREN));
  await repondre(a, Buffer.from(recu, 'latin1'), 'PES2R_REC_P_123_00_034079_1.xml');
  const [dernier] = await a.gestes.lister(CTX, { limite: 1 });
  retour = await prouver(etabli, a, dernier?.id as FluxId);
  await a.fermer();
});
afterAll(async () => {
  autorites.pki.fermer();
  await etabli.fermer();
});

/** The same proof, spoilt: a sound ZIP of other contents. */
async function gater(p: Preuve, faire: (c: Contenus) => void): Promise<string> {
  const contenus = new Map(p.contenus);
  faire(contenus);
  return etabli.refaire(contenus);
}

function retoucher(octets: Buffer, place: number): Buffer {
  const copie = Buffer.from(octets);
  const i = Math.floor((copie.length - 1) * place);
  copie[i] = (copie[i] as number) ^ 1;
  return copie;
}

const remplace = (octets: Buffer | undefined, de: string, vers: string): Buffer => {
  const avant = octets?.toString('latin1') ?? '';
  expect(avant).toContain(de);
  return Buffer.from(avant.replace(de, vers), 'latin1');
};

const role = (p: Preuve, nom: string): string => fichiersDe(p, nom)[0] ?? '';
const octetsDe = (p: Preuve, nom: string): Buffer => p.contenus.get(role(p, nom)) ?? Buffer.alloc(0);

const ROLES = ['pes', 'rapport', 'pes_signe', 'rapport_signatures', 'preuves_confiance', 'archive', 'accuse'];

describe('one byte of any file', () => {
  test('every role of a PES is in this proof, and that of a PES Retour in the other', () => {
    expect(preuve.fiche.pieces.map((p) => p.role)).toEqual(ROLES);
    expect(retour.fiche.pieces.map((p) => p.role)).toEqual(['retour']);
  });

  test('is seen by the script of the container, by sha256sum and by ours, which name the file', async () => {
    const tous = [
      ...[...preuve.contenus.keys()].map((nom) => [preuve, nom] as const),
      [retour, role(retour, 'retour')] as const,
    ];
    for (const [p, nom] of tous) {
      const faux = await gater(p, (c) => c.set(nom, retoucher(c.get(nom) as Buffer, 0.5)));
      expect(await fautes(faux), nom).not.toEqual([]);
      if (nom === 'verifier.sh') continue;
      const { code, sortie } = await etabli.parLeShell(faux);
      expect(code, nom).toBe(1);
      expect(sortie, nom).toContain('DOSSIER ALTÉRÉ');
      if (nom.startsWith('META-INF/') || nom === 'EMPREINTES.sha256') continue;
      expect(sortie, nom).toContain(nom);
      expect((await fautes(faux)).join(), nom).toContain(nom);
      const { sortie: somme } = await sh(`${faux}.d`, 'sha256sum', '-c', 'EMPREINTES.sha256');
      expect(somme, nom).toContain(`${nom}: FAILED`);
    }
  });
});

describe('a piece replaced, described anew, every list made again', () => {
  test.each([...ROLES.filter((r) => r !== 'archive'), 'retour'])(
    '%s: the journal does not know it, by the script and by ours',
    async (nomRole) => {
      const p = nomRole === 'retour' ? retour : preuve;
      const nom = role(p, nomRole);
      const faux = await gater(p, (c) => remplacer(c, nom, retoucher(octetsDe(p, nomRole), 0.9)));
      expect((await fautes(faux)).join()).toContain(`Pièces au journal : qu’aucune ligne ne cite : ${nom}`);
      const { code, sortie } = await etabli.parLeShell(faux);
      expect(code).toBe(1);
      expect(sortie).toContain('aucune ligne du journal ne cite la pièce');
      expect(sortie).toContain('le journal cite une pièce absente');
    },
  );

  test('a receipt added to what had none, and the state with it', async () => {
    const nom = 'pieces/007-accuse-faux.xml';
    const faux = await gater(preuve, (c) => {
      c.set(nom, Buffer.from('<faux/>'));
      toutRefaire(c);
    });
    expect((await fautes(faux)).join()).toContain(`Pièces au journal : qu’aucune ligne ne cite : ${nom}`);
    expect((await etabli.parLeShell(faux)).code).toBe(1);
  });
});

/** Only a chain kept elsewhere shows it to the script; what the file says of itself shows it to ours. */
describe('the journal written again too: ours holds the pieces against one another', () => {
  const CAS: readonly (readonly [string, string, () => Buffer, string])[] = [
    [
      'the acquittement of another file',
      'accuse',
      () => octetsDe(autre, 'accuse'),
      'il répond du fichier 123/F2',
    ],
    [
      'an acquittement of this file that takes all',
      'accuse',
      () => acquit({ entetes: entetes('F1'), elements: bordereau('41') + bordereau('42') + pj('P1') }),
      'l’état du flux le contredit (Fichier accepté par Hélios',
    ],
    [
      'an acquittement in part, of another part',
      'accuse',
      () =>
        acquit({
          entetes: entetes('F1'),
          elements: bordereau('41', '0', REFUS) + bordereau('42') + pj('P1'),
        }),
      'flux.json ne dit pas ce qu’il répond de chaque bordereau',
    ],
    ['what was signed, of another file', 'pes_signe', () => octetsDe(autre, 'pes_signe'), 'PES signé'],
    [
      'an amount, in what was signed',
      'pes_signe',
      () => remplace(octetsDe(preuve, 'pes_signe'), 'MtHT V="12.50"', 'MtHT V="99.50"'),
      'son contenu n’est pas celui du fichier déposé',
    ],
    ['what was deposited, of another file', 'pes', () => octetsDe(autre, 'pes'), 'il se nomme 123/F2'],
    [
      'the report of the signatures of another file',
      'rapport_signatures',
      () => octetsDe(autre, 'rapport_signatures'),
      'parle d’un autre fichier',
    ],
    [
      'a report that says of a signature what it is not',
      'rapport_signatures',
      () => remplace(octetsDe(preuve, 'rapport_signatures'), '"intacte"', '"rompue"'),
      'la n° 1 n’est pas ce que le rapport en dit',
    ],
    [
      'a better level of trust',
      'preuves_confiance',
      () =>
        remplace(
          octetsDe(preuve, 'preuves_confiance'),
          '"niveau": "RGS **",\n  "chemin"',
          '"niveau": "RGS ***",\n  "chemin"',
        ),
      'Confiance : le rapport cite une pièce absente',
    ],
  ];
  // oxlint-disable-next-line max-params -- one row of the table
  test.each(CAS)('%s', async (_, nomRole, octets, dit) => {
    const faux = await gater(preuve, (c) => remplacerPartout(c, role(preuve, nomRole), octets()));
    expect((await fautes(faux)).join('\n')).toContain(dit);
    expect((await fautes(faux)).filter((f) => /^(Journal|Pièces|Empreintes)/.test(f))).toEqual([]);
  });

  test('a better level of trust, in the report as well: judged again from its evidence, it is not so', async () => {
    const [nomRapport, nomPreuve] = [role(preuve, 'rapport_signatures'), role(preuve, 'preuves_confiance')];
    const empreinte = (p: Preuve, nom: string) => p.fiche.pieces.find((q) => q.fichier === nom);
    const faux = await gater(preuve, (c) => {
      const avant = JSON.stringify(empreinte(preuve, nomPreuve));
      const ancienne = /"sha256":"([0-9a-f]{64})"/.exec(avant)?.[1] ?? '';
      const octets = remplace(
        c.get(nomPreuve),
        '"niveau": "RGS **",\n  "chemin"',
        '"niveau": "RGS ***",\n  "chemin"',
      );
      remplacerPartout(c, nomPreuve, octets);
      const neuve = /"fichier":"[^"]*preuves_confiance[^}]*"sha256":"([0-9a-f]{64})"/.exec(
        texte(c, 'flux.json'),
      )?.[1];
      const rapport = texte(c, nomRapport).replaceAll(ancienne, neuve ?? '');
      remplacerPartout(c, nomRapport, Buffer.from(rapport));
    });
    expect(await fautes(faux)).toEqual([
      `Confiance : ${nomPreuve} : le verdict écrit n’est pas celui que donnent ses preuves`,
    ]);
  });

  test('what Hélios answered of a bordereau, in flux.json alone', async () => {
    const faux = await gater(preuve, (c) => {
      const fiche = texte(c, 'flux.json');
      const autreSort = fiche.replace(/("numero": "42",\n\s*"sort": )"refuse"/, '$1"accepte"');
      expect(autreSort).not.toBe(fiche);
      c.set('flux.json', Buffer.from(autreSort));
      toutRefaire(c);
    });
    expect(await fautes(faux)).toEqual([expect.stringContaining('flux.json ne dit pas ce qu’il répond')]);
  });

  test('a report that is gone, or is none: what left cannot have gone without it', async () => {
    const nom = role(preuve, 'rapport_signatures');
    const illisible = await gater(preuve, (c) => remplacerPartout(c, nom, Buffer.from('{}')));
    expect(await fautes(illisible)).toEqual([`Signatures : ${nom} ne se lit pas`]);
    const sans = await gater(preuve, (c) => {
      const fiche = texte(c, 'flux.json').replace('"role": "rapport_signatures"', '"role": "rapport"');
      const neuf = nom.replace('rapport_signatures', 'rapport');
      c.set('flux.json', Buffer.from(fiche.replace(nom, neuf)));
      c.set(neuf, c.get(nom) as Buffer);
      c.delete(nom);
      toutRefaire(c);
    });
    expect(await fautes(sans)).toEqual(['Signatures : leur rapport manque']);
  });

  test('a file for openssl changed, added or withdrawn: it is not what the pieces give', async () => {
    const [cert = ''] = [...preuve.contenus.keys()].filter((nom) => nom.startsWith('confiance/certificat'));
    const gestes: readonly (readonly [string, (c: Contenus) => unknown])[] = [
      [cert, (c) => c.set(cert, Buffer.from('autre'))],
      ['confiance/juger.sh', (c) => c.set('confiance/juger.sh', Buffer.from('echo OUI\n'))],
      ['confiance/intrus.pem', (c) => c.set('confiance/intrus.pem', Buffer.from('x'))],
      [cert, (c) => c.delete(cert)],
    ];
    for (const [nom, faire] of gestes) {
      const faux = await gater(preuve, (c) => {
        faire(c);
        toutRefaire(c);
      });
      expect(await fautes(faux)).toEqual([
        `Certificats extraits : différents de ce que donnent les pièces : ${nom}`,
      ]);
    }
  });
});

describe('the commands of the page, as they are written', () => {
  /** Where the file was put by who received it. */
  const poser = async (): Promise<string> => {
    const la = await mkdtemp(join(etabli.dossier, 'recu-'));
    await cp(preuve.chemin, join(la, '123_F1.asice'));
    return la;
  };
  /** Ends with where the time-stamp token is spoken of. */
  const commandes = () => commandesDe(preuve.page);

  test('unzip, sha256sum and the script, in one go; the folder is left as it was', async () => {
    const la = await poser();
    const { code, sortie } = await lancer(la, commandes()[0] ?? '');
    expect(code).toBe(0);
    expect(sortie).toContain('pieces/000-pes-F1.xml: OK');
    expect(sortie).not.toMatch(/FAILED|FAUX/);
    expect(sortie).toContain('DOSSIER INTACT');
    const avant = await octetsDuDossier(join(la, 'dossier'));
    expect((await lancer(join(la, 'dossier'), 'sh verifier.sh')).code).toBe(0);
    expect(await octetsDuDossier(join(la, 'dossier'))).toEqual(avant);
  });

  test('xmlsec1 on one signature, and on its certificate at the hour of the signature; openssl on who it is', async () => {
    const [, integrite = '', juger = '', qui = '', chemin = '', jeton = ''] = commandes();
    expect(integrite).toMatch(/^xmlsec1 --verify --insecure /);
    expect(chemin).toMatch(/^TZ=UTC xmlsec1 --verify (?!--insecure)/);
    expect(jeton).toMatch(/^openssl ts /);
    for (const commande of [integrite, juger, qui, chemin]) {
      expect((await lancer(preuve.dossier, commande)).code, commande).toBe(0);
    }
    expect((await lancer(preuve.dossier, qui)).sortie).toContain('CN = maire');
    // the second signature, and a day when the certificate was not valid yet: both are really looked at
    expect((await lancer(preuve.dossier, chemin.replace(')[1]', ')[2]'))).code).toBe(0);
    expect((await lancer(preuve.dossier, chemin.replace(')[1]', ')[3]'))).code).not.toBe(0);
    expect((await lancer(preuve.dossier, chemin.replace('"2026-06-15', '"2024-06-15'))).code).not.toBe(0);
  });

  test('a signature whose content changed is not confirmed, and the script says which', async () => {
    const nom = role(preuve, 'pes_signe');
    const faux = await gater(preuve, (c) => {
      remplacerPartout(c, nom, remplace(c.get(nom), 'V="42"', 'V="43"'));
    });
    const { code, sortie } = await etabli.parLeShell(faux);
    expect(code).toBe(0);
    expect(sortie).toContain(`${nom}, n° 1 : intègre (xmlsec1)`);
    expect(sortie).toContain(`${nom}, n° 2 : xmlsec1 ne la confirme pas`);
  });

  test('without xmlsec1 the script says how many it left aside; asked to, it says nothing of them', async () => {
    const nom = role(preuve, 'pes_signe');
    const outils = [
      'sh',
      'dirname',
      'sha256sum',
      'awk',
      'find',
      'sort',
      'uniq',
      'cut',
      'sed',
      'tr',
      'grep',
      'cmp',
    ];
    const bac = await mkdtemp(join(etabli.dossier, 'outils-'));
    for (const outil of outils) await sh(bac, 'sh', '-c', `ln -s "$(command -v ${outil})" ${outil}`);
    const sans = await sh(preuve.dossier, 'env', `PATH=${bac}`, 'sh', 'verifier.sh');
    expect(sans.code).toBe(0);
    expect(sans.sortie).toContain(`SIGNATURES  ${nom} : 2, non vérifiées (xmlsec1 n’est pas installé)`);
    const tu = await sh(preuve.dossier, 'sh', 'verifier.sh', 'sans-signatures');
    expect(tu.sortie.trimEnd().split('\n')).toEqual([expect.stringMatching(/^DOSSIER INTACT/)]);
  });

  test('openssl ts, once a token of an authority stands in its place', async () => {
    const la = await poser();
    expect((await lancer(la, commandes()[0] ?? '')).code).toBe(0);
    const { pki } = autorites;
    const extensions = ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=critical,timeStamping'];
    pki.emettre('racine', { nom: 'uh', extensions, debut: '2020-01-01', fin: '2039-01-01' });
    pki.ecrire(
      'uh.conf',
      `[tsa]\nserial=${pki.chemin('uh.serie')}\nsigner_digest=sha256\ndefault_policy=1.2.3\ndigests=sha256\ness_cert_id_alg=sha256\n`,
    );
    const dossier = join(la, 'dossier');
    const [question, jeton] = [pki.chemin('uh.tsq'), join(dossier, 'META-INF/timestamp001.tst')];
    const manifeste = join(dossier, 'META-INF/ASiCManifest001.xml');
    openssl('ts', '-query', '-data', manifeste, '-sha256', '-cert', '-out', question);
    // biome-ignore format: one option per pair reads better
    openssl('ts', '-reply', '-config', pki.chemin('uh.conf'), '-section', 'tsa', '-queryfile', question,
      '-signer', pki.chemin('uh.pem'), '-inkey', pki.chemin('uh.key'), '-token_out', '-out', jeton);
    await cp(pki.chemin('racine.pem'), join(dossier, 'ac.pem'));
    const commande = commandes().at(-1) ?? '';
    expect((await lancer(dossier, commande)).sortie).toContain('Verification: OK');
    await sh(dossier, 'sh', '-c', 'echo >> META-INF/ASiCManifest001.xml');
    expect((await lancer(dossier, commande)).code).not.toBe(0);
  });
});
