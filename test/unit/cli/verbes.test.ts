import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BancApi, ouvrirBanc } from '../../api/banc-api.ts';
import { fluxFictif, LIVRAISON, RETOUR, SIREN } from '../../api/gestes-fictifs.ts';
import { RACINE } from '../formats/chemins.ts';
import { type BancCli, creerBancCli } from './banc-cli.ts';

/** Every verb that speaks to the daemon, against a real socket with fake gestures behind it. */

let api: BancApi;
let cli: BancCli;
const F1 = fluxFictif(1).id;
const F2 = fluxFictif(2).id;

beforeAll(async () => {
  api = await ouvrirBanc();
  writeFileSync(join(api.dossier, 'delib.pdf'), '%PDF-1.7 delib');
  writeFileSync(join(api.dossier, 'annexe "1".pdf'), '%PDF-1.7 annexe');
});
afterAll(() => api.fermer());
beforeEach(() => {
  cli = creerBancCli(api.socket);
  api.gestes.flux.clear();
  api.gestes.flux.set(F1, fluxFictif(1, { etat: 'incertain', alerte: 'aucun accusé depuis 2 jours' }));
  api.gestes.flux.set(F2, fluxFictif(2, { etat: 'echec', nomEnvoi: 'VGM-EACT--1.tar.gz' }));
  api.gestes.demandes.length = 0;
});

const PES = join(RACINE, 'fixtures/helios/aller/depense.xml');

function deposer(...plus: readonly string[]) {
  const document = `${join(api.dossier, 'delib.pdf')}:99_DE`;
  const acte = ['--numero', 'DEL7', '--date', '2026-03-01', '--objet', 'École « A »', '--nature', '1'];
  return cli.lancer(
    'deposer',
    '--siren',
    SIREN,
    '--document',
    document,
    ...acte,
    '--matiere',
    '7.1',
    ...plus,
  );
}

describe('deposer', () => {
  test('a PES leaves alone, as it is', async () => {
    const r = await cli.lancer('deposer', '--siren', SIREN, '--pes', PES, '--cle', 'k9');
    expect([r.code, r.erreur]).toEqual([0, '']);
    const [d] = api.gestes.demandes;
    expect(d).toMatchObject({ protocole: 'HELIOS', metadonnees: {}, cleIdempotence: 'k9', aBlanc: false });
    expect(d?.fichiers.map((f) => [f.role, f.nom, f.taille])).toEqual([
      ['pes', 'depense.xml', statSync(PES).size],
    ]);
    await cli.lancer('deposer', '--siren', SIREN, '--pes', PES, '--a-blanc');
    expect(api.gestes.demandes[1]?.aBlanc).toBe(true);
  });
  test('an acte or a PES, never both, never neither', async () => {
    const deux = await deposer('--pes', PES);
    expect([deux.code, deux.erreur]).toEqual([2, expect.stringContaining('« --pes » et « --document »')]);
    const objet = await cli.lancer('deposer', '--siren', SIREN, '--pes', PES, '--objet', 'x');
    expect(objet.erreur).toContain('« --pes » et « --objet »');
    const rien = await cli.lancer('deposer', '--siren', SIREN);
    expect([rien.code, rien.erreur]).toEqual([2, expect.stringContaining('« --document')]);
    expect(api.gestes.demandes).toEqual([]);
  });
  test('sends the files as they are and the metadata as the protocol reads them', async () => {
    const annexe = `${join(api.dossier, 'annexe "1".pdf')}:70_de`;
    const r = await deposer('--annexe', annexe, annexe, '--papier', '--cle', 'k1');
    expect([r.code, r.erreur]).toEqual([0, '']);
    expect(r.sortie).toMatch(/^Déposé : 034-213400001-.*\n {2}Flux 0195.*, déposé\.$/);
    const [d] = api.gestes.demandes;
    expect(d).toMatchObject({
      collectivite: SIREN,
      cleIdempotence: 'k1',
      aBlanc: false,
      metadonnees: {
        numero: 'DEL7',
        date: '2026-03-01',
        objet: 'École « A »',
        nature: '1',
        matiere: '7.1',
        documentPapier: true,
        document: { typologie: '99_DE' },
        annexes: [{ typologie: '70_DE' }, { typologie: '70_DE' }],
      },
    });
    expect(d?.fichiers.map((f) => f.nom)).toEqual(['delib.pdf', 'annexe %221%22.pdf', 'annexe %221%22.pdf']);
    expect((await deposer('--cle', 'k1')).sortie).toMatch(/^Déjà déposé/);
  });
  test('a refused document: exit 3, each anomalie with its remedy, on the error output', async () => {
    const r = await deposer('--numero', '1-2');
    expect([r.code, r.sortie]).toEqual([3, '']);
    expect(r.erreur).toContain('Erreur VGM-API-010 : Le dépôt est refusé : 1 anomalie bloquante.');
    expect(r.erreur).toContain('Anomalie ACTES-NUM-01 (numero) : Le numéro « 1-2 » contient un tiret.');
    expect(r.erreur).toContain('  Remède : Retirer le tiret.');
    const j = await deposer('--numero', '1-2', '--json');
    expect(JSON.parse(j.erreur)).toMatchObject({ code: 'VGM-API-010', anomalies: [{ ou: 'numero' }] });
  });
  test('a dry run says what would be', async () => {
    expect((await deposer('--a-blanc')).sortie).toBe('Le dépôt serait accepté ; rien n’a été gardé.');
    const r = await deposer('--a-blanc', '--numero', '1-2');
    expect(r.code).toBe(3);
    expect(r.sortie).toContain('Le dépôt serait refusé : 1 anomalie bloquante.');
  });
  test('an acte already there: 3; a wrong SIREN or an absent file: 2', async () => {
    expect((await deposer('--numero', 'DOUBLON')).code).toBe(3);
    const siren = await cli.lancer('deposer', '--siren', '12', '--document', 'x.pdf');
    expect([siren.code, siren.erreur]).toEqual([2, expect.stringContaining('il faut neuf chiffres')]);
    const absent = await cli.lancer('deposer', '--siren', SIREN, '--document', '/absent.pdf:99_DE');
    expect([absent.code, absent.erreur]).toEqual([2, expect.stringContaining('/absent.pdf')]);
    expect(absent.erreur).toContain('fichier absent');
    const dossier = await cli.lancer('deposer', '--siren', SIREN, '--document', api.dossier);
    expect(dossier.erreur).toContain('ce n’est pas un fichier');
  });
});

describe('reading flux', () => {
  test('lister: a table, alerts below; --json one document per line', async () => {
    const r = await cli.lancer('lister');
    expect(r.sortie.split('\n')[0]).toMatch(/^Déposé le +État +Identité +Objet +Flux$/);
    expect(r.sortie).toContain('02/03/2026 10:00:00');
    expect(r.sortie).toContain('sort incertain (!)');
    expect(r.sortie).toContain('aucun accusé depuis 2 jours');
    const j = await cli.lancer('list', '--json', '--etat', 'echec', 'pret');
    expect(j.json.map((f) => f['id'])).toEqual([F2]);
    expect((await cli.lancer('lister', '--recherche', 'zzz')).sortie).toBe('Aucun flux.');
    expect((await cli.lancer('lister', '--limite', '1')).sortie).toContain(
      `La suite : vaguemestre lister --avant ${F2}`,
    );
    const faux = await cli.lancer('lister', '--etat', 'parti');
    expect([faux.code, faux.erreur]).toEqual([2, expect.stringContaining('il faut "depose"')]);
  });
  test('montrer: card, time-line, pieces with digests, notifications', async () => {
    const r = await cli.lancer('inspect', F1);
    expect(r.code).toBe(0);
    for (const mot of [
      'sort incertain',
      'déposé',
      'HTTP 500',
      'délibération n°1.pdf',
      '5 octets',
      'flux.acquitte',
    ]) {
      expect(r.sortie).toContain(mot);
    }
    expect((await cli.lancer('montrer', F1, '--json')).json).toHaveLength(1);
    const absent = await cli.lancer('montrer', 'xyz');
    expect([absent.code, absent.erreur]).toEqual([1, expect.stringContaining('VGM-CLI-009')]);
  });
  test('foreign text cannot drive the terminal', async () => {
    api.gestes.flux.set(F1, fluxFictif(1, { resume: { objet: '\u001b[2Jvilain\u0007\u202e' } }));
    for (const verbe of [['lister'], ['montrer', F1]]) {
      const { sortie } = await cli.lancer(...verbe);
      for (const c of ['\u001b', '\u0007', '\u202e']) expect(sortie).not.toContain(c);
      expect(sortie).toContain('vilain');
    }
  });
  test('a piece and the proof are written whole, or not at all', async () => {
    const [piece, preuve] = [join(api.dossier, 'p.pdf'), join(api.dossier, 'x.asice')];
    expect((await cli.lancer('montrer', F1, '--piece', '0', '--sortie', piece)).code).toBe(0);
    expect(readFileSync(piece, 'utf8')).toBe('salut');
    expect((await cli.lancer('montrer', F1, '--piece', '0')).code).toBe(2);
    const r = await cli.lancer('preuve', F1, '--sortie', preuve);
    expect(r.sortie).toContain(`vaguemestre verifier ${preuve}`);
    expect(existsSync(preuve)).toBe(true);
    const non = await cli.lancer('preuve', F1, '--sortie', '/absent/x.asice');
    expect([non.code, non.erreur]).toEqual([1, expect.stringContaining('le dossier n’existe pas')]);
    expect((await cli.lancer('preuve', F1, '--sortie', preuve, '--json')).json).toEqual([
      { fichier: preuve },
    ]);
  });
  test('suivre: one line per event until interrupted; with an id, until its end', async () => {
    const acquitte = fluxFictif(1, { etat: 'acquitte' });
    api.gestes.evenements = [
      { quand: acquitte.depose, flux: fluxFictif(2), ev: 'DEPOT' },
      { quand: acquitte.depose, flux: acquitte, ev: 'ACCUSE' },
    ];
    const un = await cli.lancer('suivre', F1);
    expect([un.code, un.sortie.split('\n')]).toEqual([0, [expect.stringMatching(/ACCUSE +acquitté +034-/)]]);
    cli.surLigne = (ligne) => ligne.includes('ACCUSE') && cli.interruption.abort();
    const tous = await cli.lancer('suivre', '--json');
    expect([tous.code, tous.json.length]).toEqual([0, 2]);
    api.gestes.evenements = [];
    api.gestes.flux.set(F1, fluxFictif(1, { etat: 'refuse' }));
    cli = creerBancCli(api.socket);
    expect((await cli.lancer('suivre', F1)).code).toBe(1);
  });
});

describe('orders', () => {
  test('renvoyer, abandonner, trancher', async () => {
    expect((await cli.lancer('resend', F2)).sortie).toMatch(/: prêt à partir\.$/);
    expect((await cli.lancer('abandonner', F2, '--motif', 'erreur')).sortie).toMatch(/: abandonné\.$/);
    const r = await cli.lancer('trancher', F1, '--recu', '--motif', 'vu au ministère', '--json');
    expect(r.json).toMatchObject([{ etat: 'transmis' }]);
    expect((await cli.lancer('trancher', F1, '--recu', '--motif', 'x')).code).toBe(1);
    expect((await cli.lancer('trancher', F1, '--motif', 'x')).code).toBe(2);
    expect((await cli.lancer('trancher', F1, '--recu', '--non-recu', '--motif', 'x')).code).toBe(2);
    expect((await cli.lancer('abandonner', F1)).erreur).toContain('Il manque l’option « --motif <texte> ».');
  });
  test('relever: exit 1 when a box could not be read', async () => {
    const r = await cli.lancer('relever');
    expect(r.code).toBe(1);
    expect(r.sortie).toBe('imap:actes : 2 messages rangés.\nmaildir:x : échec, dossier absent');
  });
});

describe('retours', () => {
  test('lister shows those to settle; montrer, deposer, retraiter, rattacher, classer', async () => {
    const R = RETOUR.id;
    expect((await cli.lancer('retours', 'lister')).sortie).toContain('à trancher');
    expect((await cli.lancer('retours', 'lister', '--tous', '--json')).json).toHaveLength(1);
    expect((await cli.lancer('retours', 'montrer', R)).sortie).toContain('a.xml');
    const eml = join(api.dossier, 'm.eml');
    expect((await cli.lancer('retours', 'montrer', R, '--sortie', eml)).code).toBe(0);
    expect(readFileSync(eml)).toHaveLength(12);
    expect((await cli.lancer('retours', 'deposer', eml, '--json')).json).toMatchObject([{ taille: 12 }]);
    expect((await cli.lancer('retours', 'retraiter', R)).sortie).toContain('attribué');
    expect((await cli.lancer('retours', 'rattacher', R, F1)).code).toBe(0);
    expect((await cli.lancer('retours', 'rattacher', R, 'x')).code).toBe(2);
    const issue = ['--issue', 'refuse', '--motif', 'dit par le comptable'] as const;
    expect((await cli.lancer('retours', 'rattacher', R, F1, ...issue)).sortie).toContain(
      'attribué, refuse : dit par le comptable',
    );
    for (const moitie of [issue.slice(0, 2), issue.slice(2), ['--issue', 'oui', '--motif', 'x']])
      expect((await cli.lancer('retours', 'rattacher', R, F1, ...moitie)).code).toBe(2);
    expect((await cli.lancer('retours', 'remettre', R, '--siren', '213400016')).sortie).toContain(
      'remis à 213400016',
    );
    expect((await cli.lancer('retours', 'remettre', R)).code).toBe(2);
    expect((await cli.lancer('retours', 'classer', R, '--motif', 'publicité')).sortie).toContain('publicité');
    expect((await cli.lancer('retours', 'montrer', 'x')).code).toBe(1);
  });
});

function collectivite(...argv: readonly string[]) {
  return cli.lancer('collectivite', ...argv);
}

describe('administration', () => {
  const fiche = ['--departement', '034', '--arrondissement', '1', '--nature', '31'];
  const referent = [
    '--referent-nom',
    'Service',
    '--referent-telephone',
    '04',
    '--referent-courriel',
    'a@b.fr',
  ];
  test('collectivite: added, completed, its classification imported, its points', async () => {
    const c = collectivite;
    expect((await c('ajouter', SIREN)).erreur).toContain('--nom');
    expect((await c('ajouter', SIREN, '--nom', 'Ville', ...fiche)).code).toBe(2);
    const cree = await c('ajouter', SIREN, '--nom', 'Ville', ...fiche, ...referent);
    expect(cree.sortie).toContain('Il reste à demander sa classification');
    const xml = join(api.dossier, 'c.xml');
    writeFileSync(xml, '<a/>');
    expect((await c('classification', SIREN, xml)).sortie).toBe(
      'Classification du 2026-01-01 importée : 1 matière, 0 nature.',
    );
    const change = await c('modifier', SIREN, '--referent-nom', 'Direction', '--desactiver', '--json');
    expect(change.json).toMatchObject([
      {
        nom: 'Ville',
        actif: false,
        actes: { departement: '034', referent: { nom: 'Direction', courriel: 'a@b.fr' } },
      },
    ]);
    expect((await c('modifier', SIREN, '--activer', '--desactiver')).code).toBe(2);
    const point = await c('point', 'ajouter', SIREN, 'https://x.fr/w', '--evenement', 'flux.acquitte');
    expect(point.sortie).toContain('whsec_YQ==');
    expect((await c('point', 'ajouter', SIREN, 'a@b.fr')).sortie).toContain('courriel vers a@b.fr');
    expect((await c('point', 'suspendre', SIREN, 'p1')).sortie).toBe('Point p1 : suspendu.');
    expect((await c('point', 'activer', SIREN, 'p1')).sortie).toBe('Point p1 : actif.');
    expect((await c('point', 'secret', SIREN, 'p1')).sortie).toContain('whsec_Yg==');
    expect((await c('montrer', SIREN)).sortie).toContain('flux.acquitte');
    expect((await c('point', 'retirer', SIREN, 'p1')).code).toBe(0);
    expect((await c('lister')).sortie).toMatch(/213400001 +Ville +non +2026-01-01 +- +1/);
    expect((await c('montrer', '999999999')).code).toBe(1);
    expect((await c('classification', SIREN, '/absent.xml')).code).toBe(2);
  });
  test('collectivite: the HELIOS card is given, changed field by field, and outlives other changes', async () => {
    const c = collectivite;
    const siren = '213400019';
    const donne = ['--siret', `${siren}00012`, `${siren}00020`, '--destination', 'VHPCE11'];
    expect((await c('ajouter', siren, '--nom', 'Bourg', ...donne)).code).toBe(0);
    const lire = async () => (await c('montrer', siren, '--json')).json[0]?.['helios'];
    const carte = {
      sirets: [`${siren}00012`, `${siren}00020`],
      destination: 'VHPCE11',
      passerelle: '',
      signature: 'refuser',
      perimetre: 'bordereaux',
      cle: '',
      qualite: '',
    };
    expect(await lire()).toEqual(carte);
    const suite = [
      '--signature',
      'signer',
      '--cle-signature',
      'ville',
      '--qualite',
      'Maire',
      '--passerelle',
      'sud',
    ];
    expect((await c('modifier', siren, ...suite, '--perimetre', 'fichier')).code).toBe(0);
    const change = {
      signature: 'signer',
      cle: 'ville',
      qualite: 'Maire',
      passerelle: 'sud',
      perimetre: 'fichier',
    };
    expect(await lire()).toEqual({ ...carte, ...change });
    expect((await c('modifier', siren, '--nom', 'Bourg neuf', '--passerelle', '-')).code).toBe(0);
    expect(await lire()).toEqual({ ...carte, ...change, passerelle: '' });
    expect((await c('montrer', siren)).sortie).toMatch(/Centre destinataire +VHPCE11\n/);
    expect((await c('lister')).sortie).toMatch(/Bourg neuf +oui +- +VHPCE11 +0/);
    expect((await c('modifier', siren, '--signature', 'toujours')).code).toBe(2);
    expect((await c('modifier', siren, '--destination', '-')).sortie).toContain('--destination <centre>');
  });
  test('destination: listed, held back with a reason, let go', async () => {
    const d = (...argv: readonly string[]) => cli.lancer('destination', ...argv);
    expect((await d('lister')).sortie).toMatch(/ACTES +ouverte +- +-\nHELIOS:dgfip +ouverte/);
    expect((await d('suspendre', 'HELIOS:dgfip')).erreur).toContain('--motif');
    const fait = await d('suspendre', 'HELIOS:dgfip', '--motif', 'demande de la DGFiP');
    expect([fait.code, fait.sortie]).toEqual([
      0,
      'Émission vers HELIOS:dgfip suspendue ; les flux attendent.',
    ]);
    expect((await d('lister')).sortie).toMatch(
      /HELIOS:dgfip +suspendue +02\/03\/2026.* agent:local +demande de la DGFiP/,
    );
    expect((await d('lister', '--json')).json).toMatchObject([
      { nom: 'ACTES', suspension: null },
      { nom: 'HELIOS:dgfip', suspension: { motif: 'demande de la DGFiP', acteur: 'agent:local' } },
    ]);
    expect((await d('reprendre', 'HELIOS:dgfip')).sortie).toBe('Émission vers HELIOS:dgfip reprise.');
    expect((await d('reprendre', 'HELIOS:dgfip')).erreur).toContain('VGM-GES-021');
    expect((await d('suspendre', 'AUTRE', '--motif', 'x')).erreur).toContain('Destinations : « ACTES ».');
  });
  test('webhook: list, delivery log, replay', async () => {
    expect((await cli.lancer('webhook', 'lister')).sortie).toContain('abandonnée');
    expect((await cli.lancer('webhook', 'essais', LIVRAISON.id)).sortie).toMatch(/échec +503 +120 ms/);
    expect((await cli.lancer('webhook', 'rejouer', LIVRAISON.id)).sortie).toContain('à livrer');
    expect((await cli.lancer('webhook', 'recevoir', '--port', 'x')).code).toBe(2);
  });
  test('jeton: shown once, listed, revoked', async () => {
    expect((await cli.lancer('jeton', 'creer', 'compta', '--siren', SIREN)).sortie).toContain('jeton-compta');
    expect((await cli.lancer('jeton', 'creer', 'compta')).code).toBe(2);
    expect((await cli.lancer('jeton', 'lister')).sortie).toMatch(/compta +213400001/);
    expect((await cli.lancer('jeton', 'revoquer', 'compta')).code).toBe(0);
    expect((await cli.lancer('jeton', 'revoquer', 'compta')).code).toBe(1);
    expect((await cli.lancer('jeton', 'lister')).sortie).toBe('Aucun jeton.');
  });
  test('journal verifier: 1 on a break', async () => {
    const bon = await cli.lancer('journal', 'verifier');
    expect([bon.code, bon.sortie]).toEqual([0, expect.stringMatching(/1.200 lignes, chaîne intacte/)]);
    api.gestes.ruptures = [{ n: 4, motif: 'numéro d’ordre inattendu' }];
    const rompu = await cli.lancer('journal', 'verifier');
    api.gestes.ruptures = [];
    expect([rompu.code, rompu.sortie]).toEqual([1, expect.stringContaining('ligne 4')]);
  });
  test('diagnostiquer: 0 with warnings, 1 when something is down', async () => {
    const r = await cli.lancer('diagnostiquer');
    expect(r.code).toBe(0);
    expect(r.sortie).toContain('Donner actes.ministere.url.');
    api.gestes.diagnostic = [{ sujet: 'disque', etat: 'panne', detail: 'plein', remede: 'Libérer.' }];
    expect((await cli.lancer('diagnostiquer')).code).toBe(1);
  });
});
