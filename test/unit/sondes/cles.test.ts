import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { cachetsVoulus, sondeCachet } from '../../../src/adapters/sondes/cachet.ts';
import {
  type CleSondee,
  type FichesHelios,
  sondeCle,
  sondeFiches,
} from '../../../src/adapters/sondes/cles.ts';
import { erreurSignataire } from '../../../src/metier/catalogue/signataire.ts';
import type { CachetActes, FicheActes, FicheHelios } from '../../../src/metier/collectivite.ts';
import type { Siren } from '../../../src/metier/identifiants.ts';
import { EXTENSIONS, INSTANT, le, Pki } from '../formats/certificats/pki.ts';

/** What is looked at in the keys that sign, without signing anything. */

const SUJETS = {
  rgs: '/C=FR/O=Essai/OU=0002 213400016/CN=Cachet RGS',
  eidas: '/C=FR/O=Essai/organizationIdentifier=NTRFR-213400016/CN=Cachet eIDAS',
  tva: '/C=FR/O=Essai/organizationIdentifier=VATFR-12213400016/CN=Cachet TVA',
  personne: '/C=FR/O=Essai/CN=Zoé Essai',
} as const;

let pki: Pki;
beforeAll(() => {
  pki = new Pki();
  for (const [nom, sujet] of Object.entries(SUJETS)) {
    pki.emettre(nom, {
      nom,
      sujet,
      extensions: EXTENSIONS.signataire,
      debut: '2026-01-01',
      fin: '2027-01-01',
    });
  }
});
afterAll(() => pki.fermer());

function fiche(siren: string, helios: Partial<FicheHelios> = {}) {
  const base = { sirets: [], destination: '', passerelle: '', perimetre: 'bordereaux' } as const;
  const complete = { ...base, signature: 'signer', cle: 'k', qualite: 'Maire', ...helios } as const;
  return { siren: siren as Siren, helios: complete };
}

const une: FichesHelios = async () => [fiche('213400016')];

const cle = (nom: keyof typeof SUJETS, autres: Partial<CleSondee> = {}): CleSondee => ({
  nom: 'k',
  enService: pki.der(nom),
  service: null,
  rouvrir: async () => pki.der(nom),
  ...autres,
});

const voir = (c: CleSondee, { fiches = une, instant = INSTANT } = {}) =>
  sondeCle(
    c,
    async (nom) => (await fiches()).filter((f) => f.helios?.cle === nom).map((f) => f.siren),
    creerFakeClock(instant),
  ).sonder();

describe('one key', () => {
  test.each(['rgs', 'eidas', 'tva', 'personne'] as const)('good: %s', async (nom) => {
    expect(await voir(cle(nom))).toEqual({
      sujet: 'clé de signature k',
      etat: 'bon',
      detail: expect.stringMatching(
        /^s’ouvre ; certificat « .+ » : expire dans 199 jours ; employée par 1 fiche$/,
      ) as unknown,
      remede: '',
    });
  });

  const comme = (debut: string): unknown => expect.stringMatching(debut);
  test.each([
    [
      'near its end',
      '2026-12-01',
      { etat: 'attention', detail: comme('dans 31 j'), remede: comme('renouvel') },
    ],
    ['expired', '2027-02-01', { etat: 'panne', detail: comme(': expiré'), remede: comme('puis redémarrer') }],
    ['not yet valid', '2025-12-31', { etat: 'panne', detail: comme('pas encore valable') }],
  ])('%s', async (_, jour, attendu) => {
    expect(await voir(cle('rgs'), { instant: le(jour) })).toMatchObject(attendu);
  });

  test('does not open any more: the words and the remedy of the error, and what a restart would do', async () => {
    const rouvrir = () => Promise.reject(erreurSignataire('VGM-SGT-002', { motif: 'mot de passe faux.' }));
    const vue = await voir(cle('rgs', { rouvrir }));
    expect(vue).toMatchObject({
      etat: 'panne',
      detail: expect.stringMatching(
        /^ne s’ouvre plus : la clé de signature .*mot de passe faux ; certificat/,
      ) as unknown,
      remede: expect.stringMatching(/mot de passe.* Sans elle, le démon ne redémarrera pas\.$/) as unknown,
    });
    const autre = await voir(cle('rgs', { rouvrir: () => Promise.reject(new TypeError('x')) }));
    expect(autre.detail).toMatch(/^ne s’ouvre plus : fichier illisible ; certificat/);
  });

  test('replaced under the daemon: restart, unless the new one is worse', async () => {
    const rouvrir = async () => pki.der('eidas');
    expect(await voir(cle('rgs', { rouvrir }))).toMatchObject({
      etat: 'attention',
      detail: expect.stringMatching(/^les réglages en donnent une autre : expire dans 199 jours/) as unknown,
      remede: 'Redémarrer pour prendre la nouvelle clé.',
    });
    const vue = await voir(cle('rgs', { rouvrir }), { instant: le('2027-02-01') });
    expect(vue.remede).toMatch(/^Ne pas redémarrer/);
  });

  test('at a distance: its service answers, or not', async () => {
    const service = (joignable: boolean) => ({ sonder: async () => ({ joignable, detail: 'HTTP 405' }) });
    expect((await voir(cle('rgs', { service: service(true) }))).detail).toContain(
      'son service répond (HTTP 405)',
    );
    expect(await voir(cle('rgs', { service: service(false) }))).toMatchObject({
      etat: 'panne',
      detail: expect.stringContaining('ne répond pas') as unknown,
    });
  });

  test('in the name of another body: said, with whom; a certificate that names none says nothing', async () => {
    const fiches: FichesHelios = async () =>
      ['213400016', ...Array.from({ length: 7 }, (_, k) => `21340010${k}`)].map((s) => fiche(s));
    expect(await voir(cle('eidas'), { fiches })).toMatchObject({
      etat: 'attention',
      detail: expect.stringMatching(
        /employée par 8 fiches ; .*organisme 213400016, et non de 213400100, .*, 213400104, et 2 de plus$/,
      ) as unknown,
      remede: expect.stringContaining('signe bien pour cette collectivité') as unknown,
    });
    expect((await voir(cle('personne'), { fiches })).etat).toBe('bon');
  });

  test('that no card names', async () => {
    const fiches: FichesHelios = async () => [fiche('213400016', { cle: 'autre' })];
    expect((await voir(cle('rgs'), { fiches })).detail).toMatch(/aucune fiche ne l’emploie$/);
  });
});

describe('the cards, against the keys', () => {
  const des = (...fiches: ReturnType<typeof fiche>[]) => sondeFiches(['k'], async () => fiches).sonder();

  test('good, or none of them makes us sign', async () => {
    expect(await des(fiche('1'), fiche('2', { signature: 'confirmer' }))).toMatchObject({
      etat: 'bon',
      detail: '2 fiches, chacune avec sa clé et sa qualité',
    });
    const autres = (['refuser', 'transmettre', 'parapheur'] as const).map((signature) =>
      fiche('1', { signature, cle: '' }),
    );
    expect(await des(...autres)).toMatchObject({ etat: 'bon', detail: 'aucune fiche ne nous fait signer' });
  });

  test.each([
    [{ cle: '' }, '1 : sa fiche ne nomme aucune clé'],
    [{ cle: 'x' }, '1 : sa clé « x » n’est pas dans les réglages'],
    [{ qualite: ' ' }, '1 : sa fiche ne dit pas la qualité du signataire'],
  ])('%j', async (champs, detail) => {
    expect(await des(fiche('1', champs), fiche('2'))).toMatchObject({
      etat: 'panne',
      detail,
      remede: expect.stringContaining('--cle-signature') as unknown,
    });
  });

  test('many: the first ones, and how many more', async () => {
    const toutes = Array.from({ length: 9 }, (_, k) => fiche(`${k}`, { cle: '' }));
    expect((await des(...toutes)).detail).toMatch(/^0 : .* ; 4 : .* ; et 4 de plus$/);
  });
});

describe('our cachet of the actes', () => {
  const CARTE: FicheActes = {
    departement: '034',
    arrondissement: '1',
    nature: '31',
    referent: { nom: '', telephone: '', courriel: '' },
    adressesRetour: [],
    classification: null,
  };
  const carte = (siren: string, actes: Partial<FicheActes> | null) => ({
    siren: siren as Siren,
    actes: actes === null ? null : { ...CARTE, ...actes },
  });
  const des = (
    fiches: readonly ReturnType<typeof carte>[],
    reglage: { readonly cachet: CachetActes; readonly nom_cle: string } = { cachet: 'aucun', nom_cle: '' },
  ) => sondeCachet(() => cachetsVoulus(async () => fiches, reglage), ['k']).sonder();

  test('nobody asks for it; those who ask have a key, their own or that of the operator', async () => {
    expect(await des([carte('213400016', {}), carte('213400024', null)])).toMatchObject({
      etat: 'bon',
      detail: 'aucune fiche ne le demande',
    });
    const tous = [carte('213400016', { cachet: 'tout', cle: 'k' }), carte('213400024', {})];
    expect(await des(tous, { cachet: 'formulaire', nom_cle: 'k' })).toMatchObject({
      etat: 'bon',
      detail: '2 fiches, chacune avec sa clé',
    });
  });

  test('a key that nobody names, or that is not in the settings, is told with what to do', async () => {
    const r = await des([
      carte('213400016', { cachet: 'tout' }),
      carte('213400024', { cachet: 'documents', cle: 'x' }),
    ]);
    expect(r.etat).toBe('panne');
    expect(r.detail).toBe(
      '213400016 : ni sa fiche ni les réglages ne nomment une clé ; 213400024 : sa clé « x » n’est pas dans les réglages',
    );
    expect(r.remede).toMatch(/--cle-cachet/);
  });
});
