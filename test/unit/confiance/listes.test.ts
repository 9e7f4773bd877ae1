import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { importerSignee } from '../../../src/cli/confiance/importer-liste.ts';
import type { Instant, Sha256 } from '../../../src/metier/identifiants.ts';
import { listeEssai } from '../formats/certificats/liste-essai.ts';
import { INSTANT, le, type Pki } from '../formats/certificats/pki.ts';
import { ACCORDE, type Montage, monter, pkiConfiance, service } from './decor.ts';

/** Import of signed lists by the command, with lists really signed. */

let pki: Pki;
let m: Montage;
beforeAll(() => {
  pki = pkiConfiance();
});
afterAll(() => pki.fermer());
beforeEach(() => {
  m = monter(pki);
});
afterEach(() => m.fermer());

const fr = () => pki.certificat('operateur-fr').sha256;

const RETIREE = { statut: 'withdrawn', debut: '2026-06-10T00:00:00Z' };

describe('who may sign a list', () => {
  test('the certificate given by its SHA-256, colons or not, or as a file', async () => {
    const liste = await m.signer('fr.xml', {});
    const deuxPoints = fr().toUpperCase().match(/../g)?.join(':') ?? '';
    for (const valeur of [fr(), deuxPoints, pki.chemin('operateur-fr.pem')]) {
      const r = await m.lancer('importer', liste, '--signataire', valeur);
      expect([r.code, r.erreur]).toEqual([0, '']);
    }
    expect(m.noms()).toEqual(['.verrou', 'eidas-fr.json', 'registre.jsonl']);
    const [lu] = (await m.lancer('juger', pki.chemin('cachet.pem'), '--json')).json;
    expect(lu).toMatchObject({
      verdict: 'indetermine',
      famille: 'eidas-fr',
      niveau: 'eIDAS qualifié (cachet, sur dispositif)',
    });
  });

  test('nobody named: refused, with the certificate seen and the two ways out', async () => {
    const r = await m.lancer('importer', await m.signer('fr.xml', {}));
    expect(r.code).toBe(3);
    expect(r.erreur).toContain(
      `signée par CN=operateur-fr,O=Essai,C=FR (SHA-256 ${fr()}), que rien ne désigne ici`,
    );
    expect(r.erreur).toContain('--liste-des-listes');
    expect(m.noms()).toEqual(['.verrou']);
  });

  test('another key, an altered list, an unsigned one, a DOCTYPE: refused, even forced', async () => {
    const signee = readFileSync(await m.signer('fr.xml', {}), 'utf8');
    const cas = [
      await m.signer('etranger.xml', {}, 'etranger'),
      m.ecrire('alteree.xml', signee.replace('granted', 'withdrawn')),
      m.ecrire('nue.xml', signee.replace(/<ds:Signature .*<\/ds:Signature>/s, '')),
      m.ecrire('doctype.xml', signee.replace('?>', '?><!DOCTYPE x [<!ENTITY e "x">]>')),
      m.ecrire(
        'ajout.xml',
        signee.replace('<TrustServiceProviderList>', '<TrustServiceProviderList><!-- --><?x?>'),
      ),
      m.ecrire('autre.xml', '<a/>'),
    ];
    for (const fichier of cas) {
      const r = await m.lancer('importer', fichier, '--signataire', fr(), '--forcer');
      expect([fichier, r.code, r.erreur.includes('VGM-CNF-003')]).toEqual([fichier, 3, true]);
    }
    expect(m.noms()).not.toContain('eidas-fr.json');
  });

  test('a signature dated outside of the validity of its certificate, or to come: refused', async () => {
    const importer = (instant: Instant) =>
      importerSignee({
        fichier: 'fr.xml',
        xml: listeEssai({ services: [service(pki)] }),
        signataires: new Set([fr() as Sha256]),
        forcer: true,
        dossier: m.dossier,
        auteur: { qui: 'essai', quand: INSTANT },
        verifier: async () => ({
          type: 'signee',
          certificat: pki.der('operateur-fr'),
          instant,
          constats: [],
        }),
      });
    await expect(importer(le('2024-12-31T00:00:00Z'))).rejects.toThrow('hors de la validité du certificat');
    await expect(importer(le('2026-06-15T12:05:01Z'))).rejects.toThrow('à venir');
    expect(await importer(INSTANT)).toMatchObject({ nom: 'eidas-fr', inchangee: false });
  });
});

describe('the list of lists', () => {
  const pointeurs = () => [
    { territoire: 'EU', certificats: [pki.der('operateur-eu')] },
    { territoire: 'FR', certificats: [pki.der('operateur-fr')] },
    { territoire: 'BE', certificats: [pki.der('operateur-be')] },
    { territoire: 'BE', certificats: [pki.der('etranger')], mime: 'application/pdf' },
  ];
  const union = (nom: string, suite: object = {}) =>
    m.signer(
      nom,
      { type: 'EUlistofthelists', territoire: 'EU', services: [], pointeurs: pointeurs(), ...suite },
      'operateur-eu',
    );

  test('verified likewise, it then names who signs the list of each territory', async () => {
    const r = await m.lancer(
      'importer',
      await m.signer('fr.xml', {}),
      '--liste-des-listes',
      await union('eu.xml'),
      '--signataire',
      pki.chemin('operateur-eu.pem'),
    );
    expect([r.code, r.erreur]).toEqual([0, '']);
    expect(r.sortie).toContain('Liste des listes EU n° 42 importée.');
    expect(r.sortie).toContain('Liste de confiance FR n° 42 importée.');
    // Known from now on: the next ones need nobody's word.
    expect(
      (await m.lancer('importer', await m.signer('be.xml', { territoire: 'BE' }, 'operateur-be'))).code,
    ).toBe(0);
    expect((await m.lancer('importer', await union('eu2.xml', { numero: '43' }))).code).toBe(0);
  });

  test('an operator signs for its own territory only; a signer of the PDF signs nothing', async () => {
    await m.lancer('importer', await union('eu.xml'), '--signataire', pki.chemin('operateur-eu.pem'));
    const deBelgique = await m.lancer('importer', await m.signer('fr.xml', {}, 'operateur-be'));
    expect([deBelgique.code, deBelgique.erreur]).toEqual([
      3,
      expect.stringContaining('ne désigne pas pour « FR »'),
    ]);
    const pdf = await m.lancer('importer', await m.signer('be.xml', { territoire: 'BE' }, 'etranger'));
    expect(pdf.code).toBe(3);
    const union2 = await m.signer(
      'eu2.xml',
      { type: 'EUlistofthelists', territoire: 'EU', services: [], pointeurs: pointeurs(), numero: '43' },
      'operateur-fr',
    );
    expect((await m.lancer('importer', union2)).code).toBe(3);
  });

  test('out of date, it names nobody any more, unless forced and then said', async () => {
    await m.lancer(
      'importer',
      await union('eu.xml', { prochaine: '2026-06-20T00:00:00Z' }),
      '--signataire',
      pki.chemin('operateur-eu.pem'),
    );
    m.le('2026-06-25T00:00:00Z');
    const liste = await m.signer('fr.xml', {});
    const r = await m.lancer('importer', liste);
    expect([r.code, r.erreur]).toEqual([
      3,
      expect.stringContaining('la liste des listes en place devait être remplacée le 20 juin 2026'),
    ]);
    const force = await m.lancer('importer', liste, '--forcer');
    expect([force.code, force.sortie]).toEqual([
      0,
      expect.stringContaining('Forcé : la liste des listes en place'),
    ]);
  });

  test('without pointers it is nothing', async () => {
    const vide = await m.signer(
      'eu.xml',
      { type: 'EUlistofthelists', territoire: 'EU', services: [] },
      'operateur-eu',
    );
    const r = await m.lancer('importer', vide, '--signataire', pki.chemin('operateur-eu.pem'));
    expect([r.code, r.erreur]).toEqual([3, expect.stringContaining('ne désigne aucune liste')]);
  });
});

describe('a list does not go back (TS 119 612 § 5.3.2)', () => {
  const importer = (fichier: string, ...options: string[]) =>
    m.lancer('importer', fichier, '--signataire', fr(), ...options);

  test('older number, older date under a newer number, the same number on another list: refused unless forced', async () => {
    expect((await importer(await m.signer('n42.xml', {}))).code).toBe(0);
    const cas = [
      [await m.signer('n41.xml', { numero: '41' }), 'elle est plus ancienne (n° 41'],
      [
        await m.signer('n43.xml', { numero: '43', emise: '2026-05-01T00:00:00Z' }),
        'elle est plus ancienne (n° 43',
      ],
      [
        await m.signer('n42b.xml', { services: [service(pki, { nom: 'AC autre' })] }),
        'une autre liste porte le même n° 42',
      ],
    ] as const;
    const avant = m.lire('eidas-fr.json');
    for (const [fichier, motif] of cas) {
      const r = await importer(fichier);
      expect([r.code, r.erreur]).toEqual([3, expect.stringContaining(motif)]);
      expect(m.lire('eidas-fr.json')).toBe(avant);
    }
    const force = await importer(cas[0][0], '--forcer');
    expect([force.code, force.sortie]).toEqual([
      0,
      expect.stringContaining('Forcé : elle est plus ancienne (n° 41'),
    ]);
    expect(m.lire('registre.jsonl')).toContain(', forcé');
  });

  test('out of date, or from the future: refused unless forced', async () => {
    const perimee = await m.signer('p.xml', { prochaine: '2026-06-14T00:00:00Z' });
    expect((await importer(perimee)).erreur).toContain('devait être remplacée le 14 juin 2026');
    const force = await importer(perimee, '--forcer');
    expect([force.code, force.sortie]).toEqual([
      0,
      expect.stringContaining('Forcé : La liste devait être remplacée'),
    ]);
    expect(force.sortie.match(/devait être remplacée/g)).toHaveLength(1);
    const future = await m.signer('f.xml', { emise: '2026-06-16T00:00:00Z', numero: '50' });
    expect((await importer(future)).code).toBe(3);
  });

  test('a number that is not one', async () => {
    expect((await importer(await m.signer('x.xml', { numero: '4e1' }))).erreur).toContain(
      'numéro d’ordre est illisible',
    );
  });

  test('the same file again changes nothing, and leaves no line; an authority taken away by hand comes back', async () => {
    const liste = await m.signer('fr.xml', {
      services: [service(pki), service(pki, { nom: 'AC deux', certificats: [pki.der('ica2')] })],
    });
    await importer(liste);
    const registre = m.lire('registre.jsonl');
    expect((await importer(liste)).sortie).toContain('déjà en place, rien n’a changé');
    expect(m.lire('registre.jsonl')).toBe(registre);
    await m.lancer('retirer', 'eidas-fr', pki.certificat('ica2').sha256);
    expect(m.lire('eidas-fr.json')).not.toContain('AC deux');
    expect((await importer(liste)).sortie).toContain('importée');
    expect(m.lire('eidas-fr.json')).toContain('AC deux');
  });
});

describe('the summary says what changed', () => {
  test('a list of several hundred authorities, read in several blocks', async () => {
    const services = Array.from({ length: 300 }, (_, i) => service(pki, { nom: `AC ${i}` }));
    const r = await m.lancer('importer', await m.signer('fr.xml', { services }), '--signataire', fr());
    expect([r.code, r.sortie]).toEqual([0, expect.stringMatching(/En vigueur +300 autorités/)]);
  });

  test('added, withdrawn, taken out, with who signed and until when', async () => {
    const deux = service(pki, { nom: 'AC deux', certificats: [pki.der('ica2')] });
    const trois = service(pki, { nom: 'AC trois', certificats: [pki.der('racine')] });
    const premiere = await m.signer('42.xml', { services: [service(pki), deux] });
    const seconde = await m.signer('43.xml', {
      numero: '43',
      services: [service(pki, { etats: [RETIREE, ACCORDE] }), trois],
    });
    await m.lancer('importer', premiere, '--signataire', fr());
    const r = await m.lancer('importer', seconde, '--signataire', fr());
    expect(r.sortie).toMatch(/Numéro précédent +42/);
    expect(r.sortie).toMatch(/Signée par +CN=operateur-fr,O=Essai,C=FR/);
    expect(r.sortie).toMatch(/À remplacer avant +01\/12\/2026/);
    expect(r.sortie).toContain('Ajouts :\n  Prestataire d’essai – AC trois : en vigueur (cachet)');
    expect(r.sortie).toContain('Retraits :\n  Prestataire d’essai – AC deux : en vigueur (cachet)');
    expect(r.sortie).toContain(
      'Changements :\n  Prestataire d’essai – AC cachets : en vigueur (cachet) → plus en vigueur',
    );
    const [fait] = (await m.lancer('importer', seconde, '--signataire', fr(), '--json')).json;
    expect(fait).toMatchObject({ inchangee: true, total: 1, faits: { numero: 43, territoire: 'FR' } });
  });

  test('what is for certificates is refused for a list, and the other way round', async () => {
    const liste = await m.signer('fr.xml', {});
    expect((await m.lancer('importer', liste, '--famille', 'rgs')).code).toBe(2);
    expect((await m.lancer('importer', liste, liste)).code).toBe(2);
    const ac = pki.chemin('ica.pem');
    expect((await m.lancer('importer', ac, '--famille', 'rgs', '--niveau', 'N', '--forcer')).code).toBe(2);
    expect((await m.lancer('importer', ac, '--famille', 'rgs')).code).toBe(2);
    expect((await m.lancer('importer', liste, '--signataire', pki.chemin('ica.key'))).code).toBe(2);
  });
});
