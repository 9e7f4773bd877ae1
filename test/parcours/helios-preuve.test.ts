import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Etat } from '../../src/metier/etats.ts';
import type { Flux } from '../../src/metier/flux.ts';
import type { FluxId } from '../../src/metier/identifiants.ts';
import { pes, type PesEssai } from '../unit/helios/generateur.ts';
import { acquit, bordereau, erreur, fichier, fixtureEtat, pj, texteAcquit } from '../unit/helios/retours.ts';
import { Atelier as Etabli } from '../unit/preuve/atelier.ts';
import { type Autorites, creerAutorites, pesSigne } from '../unit/signature/decor.ts';
import { type Atelier, CTX, SIREN, siretDe } from './atelier.ts';
import {
  atelierSignant,
  commandesDe,
  entetes,
  fichiersDe,
  lancer,
  NOM_ACK,
  type Preuve,
  prouver,
  repondre,
  texte,
  transmettre,
} from './preuves.ts';

/** The proof of a PES, in each of its ends: what it holds, what it says, and that it verifies without us. */

let autorites: Autorites;
let etabli: Etabli;
let a: Atelier;
beforeAll(async () => {
  autorites = creerAutorites();
  etabli = await Etabli.ouvrir();
});
afterEach(() => a.fermer());
afterAll(async () => {
  autorites.pki.fermer();
  await etabli.fermer();
});

const SANS_RECEPTION = 'ATTENTION : ce dossier ne prouve PAS la réception par l’État.';
const ENVOI = `PESALR2_${SIREN}_260615_001.xml`;
const DEUX = [{ idBord: '41' }, { idBord: '42' }] as const;

const pesDe = (nomFic: string, demande: PesEssai = {}): Buffer =>
  pes({ depense: DEUX, ...demande, entetes: entetes(nomFic) });

const preuveDe = (id: FluxId): Promise<Preuve> => prouver(etabli, a, id);

/** The bytes of the piece that an event of ours or of the State made. */
const octetsDe = (p: Preuve, role: string): Buffer | undefined =>
  p.contenus.get(fichiersDe(p, role)[0] ?? '');

async function acquitter(nomFic: string, octets: Buffer, elements?: string): Promise<Flux> {
  const { id } = await transmettre(a, nomFic, octets);
  const corps = elements === undefined ? {} : { elements };
  await repondre(a, acquit({ entetes: entetes(nomFic), ...corps }));
  return a.flux(id);
}

const TOUT = bordereau('41') + bordereau('42');

describe('a PES sent as it came', () => {
  test('its bytes, named as deposited and as what left, are kept once', async () => {
    a = await atelierSignant(autorites);
    const octets = pesDe('F1');
    const { id } = await acquitter('F1', octets, TOUT);
    const p = await preuveDe(id);
    const [depose] = fichiersDe(p, 'pes');
    expect(p.fiche.pieces.map((q) => [q.role, q.nom])).toEqual([
      ['pes', 'F1.xml'],
      ['rapport', 'rapport-controles.json'],
      ['rapport_signatures', 'rapport-signatures.json'],
      ['archive', ENVOI],
      ['accuse', NOM_ACK],
    ]);
    expect(fichiersDe(p, 'archive')).toEqual([depose]);
    expect([...p.contenus.values()].filter((c) => c.equals(octets))).toHaveLength(1);
    expect(texte(p.contenus, 'EMPREINTES.sha256').split(depose ?? '')).toHaveLength(2);
    expect(p.page).toContain(`${depose} (le même fichier)\n      ce qui a été remis à l’État, exactement`);
    expect(Buffer.from(a.passerelle.entree.get(ENVOI) ?? '')).toEqual(octetsDe(p, 'archive'));
    expect(p.constats.get('Pièces')).toContain('5 pièces, dont 1 dans le fichier d’une autre');
    expect(p.constats.get('Fichier transmis')).toBe('c’est le fichier déposé, octet pour octet');
  });

  test('unsigned: nothing is said of signatures that are not there', async () => {
    a = await atelierSignant(autorites);
    const { id } = await acquitter('F1', pesDe('F1'), TOUT);
    const p = await preuveDe(id);
    expect(p.script).toEqual([expect.stringMatching(/^DOSSIER INTACT/)]);
    expect(p.constats.get('Signatures')).toBe('aucune, comme le dit le rapport');
    expect([...p.constats.keys()]).not.toContain('Confiance');
    expect(p.page).not.toContain('LES CERTIFICATS DES SIGNATAIRES');
    expect([...p.contenus.keys()].filter((nom) => nom.startsWith('confiance/'))).toEqual([]);
  });

  test('signed by its ordonnateur: xmlsec1 and ours confirm the signature in the very bytes that left', async () => {
    a = await atelierSignant(autorites);
    const octets = await pesSigne(autorites.cle('rsa'), { entetes: entetes('F1') });
    const { id } = await acquitter('F1', octets, bordereau('41'));
    const p = await preuveDe(id);
    expect(octetsDe(p, 'archive')).toEqual(octets);
    expect(p.script.slice(1)).toEqual([
      expect.stringMatching(/^SIGNATURE {3}pieces\/000-pes-F1\.xml, n° 1 : intègre/),
    ]);
    expect(p.constats.get('Signatures')).toBe('1 vérifiée de nouveau, intacte, comme le dit le rapport');
    expect(p.constats.get('Confiance')).toBe('verdict rendu de nouveau, le même');
  });
});

describe('a PES signed by us', () => {
  test('the deposited original is beside it; each signature, its certificate and its revocation verify without us', async () => {
    a = await atelierSignant(autorites, { helios: { signature: 'signer' } });
    const octets = pesDe('F1', { recette: [{ idBord: '7' }] });
    const { id } = await acquitter('F1', octets);
    const p = await preuveDe(id);
    const [signe = ''] = fichiersDe(p, 'pes_signe');
    expect(octetsDe(p, 'pes')).toEqual(octets);
    expect(fichiersDe(p, 'archive')).toEqual([signe]);
    expect((await preuveDe(id)).contenus, 'made again').toEqual(p.contenus);
    expect(p.script.slice(1)).toEqual(
      [1, 2, 3].map((n) => `SIGNATURE   ${signe}, n° ${n} : intègre (xmlsec1)`),
    );
    expect(Object.fromEntries(p.constats)).toMatchObject({
      'PES signé': 'même contenu que le fichier déposé, 3 signatures',
      'Fichier transmis': 'c’est le fichier signé, octet pour octet',
      Signatures: '3 vérifiées de nouveau, intactes, comme le dit le rapport',
      Confiance: 'verdict rendu de nouveau, le même',
      'Certificats extraits': '6 fichiers, tirés des pièces',
    });
    const { code, sortie } = await lancer(p.dossier, 'sh confiance/juger.sh');
    expect(code).toBe(0);
    expect(sortie.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        /^OUI {2}certificat-.* : chemin jusqu’à une autorité admise, le 2026-06-15 12:00:00 UTC$/,
      ),
      expect.stringMatching(/^OUI {2}certificat-.* : non révoqué le 2026-06-15 12:00:00 UTC$/),
      expect.stringMatching(/^OUI {2}certificat-.* : non révoqué le 2026-06-15 12:00:00 UTC$/),
    ]);
  });

  test('the whole file, after the agreement of an agent, whose « yes » is in the journal of the proof', async () => {
    a = await atelierSignant(autorites, { helios: { signature: 'confirmer', perimetre: 'fichier' } });
    const { id } = await a.deposePes('F1', { octets: pesDe('F1') });
    await a.jusqua(id, 'a_signer');
    await a.gestes.confirmer({ ...CTX, acteur: 'agent:mairie' }, id);
    await a.jusqua(id, 'transmis');
    const p = await preuveDe(id);
    expect(p.script.slice(1)).toEqual([expect.stringMatching(/pes_signe-F1\.xml, n° 1 : intègre/)]);
    const lignes = texte(p.contenus, 'journal/lignes.jsonl').trimEnd().split('\n');
    expect(lignes.map((l) => JSON.parse(l) as object)).toContainEqual(
      expect.objectContaining({ ev: 'SIGNATURE_APPORTEE', acteur: 'agent:mairie', tx: id }),
    );
  });

  test('by a parapheur outside: what came back is what left, and says the same as what was deposited', async () => {
    a = await atelierSignant(autorites, { helios: { signature: 'parapheur' } });
    const demande = { entetes: entetes('F1'), depense: [{ id: 'B1', idBord: '41' }] };
    const { id } = await a.deposePes('F1', { octets: pes({ ...demande, infoDematerialisee: '0' }) });
    await a.jusqua(id, 'a_signer');
    const apporte = await pesSigne(autorites.cle('rsa'), demande);
    await a.gestes.apporterSignature(CTX, id, await a.gestes.recevoirFichier(apporte, 'pes', 'visa.xml'));
    await a.jusqua(id, 'transmis');
    const p = await preuveDe(id);
    expect(octetsDe(p, 'archive')).toEqual(apporte);
    expect(fichiersDe(p, 'archive')).toEqual(fichiersDe(p, 'pes_signe'));
    expect(p.constats.get('PES signé')).toBe('même contenu que le fichier déposé, 1 signature');
    expect(p.script[1]).toMatch(/pes_signe-visa\.xml, n° 1 : intègre/);
  });
});

describe('what Hélios answered is in the proof, in words and in bytes', () => {
  const pieces = [{ idUnique: 'P1' }, { idUnique: 'P2' }];
  const octets = (nomFic: string) =>
    pesDe(nomFic, {
      depense: [{ idBord: '41', pjRef: pieces }, { idBord: '42' }],
      recette: [{ idBord: '7' }],
      pieces,
    });
  const ligne = `<DetailPiece><NumPiece V="1"/><DetailLigne><NumLigne V="3"/>${erreur('ERREUR_AUTRE', '1971 - Compte fonction présent à tort')}</DetailLigne></DetailPiece>`;

  test('taken in part: each bordereau and each PJ, in or out, with every code and label of the State', async () => {
    a = await atelierSignant(autorites);
    const elements =
      bordereau('41', '0', erreur('ERREUR_CUMUL_MONTANTS', '2101 - Cumul erroné') + ligne) +
      bordereau('42') +
      pj('P1', '0', erreur('ERREUR_DOUBLON_PJ', '1984 - Identifiant déjà intégré')) +
      pj('P2');
    const { id, etat } = await acquitter('F1', octets('F1'), elements);
    expect(etat).toBe('acquitte_partiel');
    const p = await preuveDe(id);
    const reponse = p.page.slice(p.page.indexOf('LA RÉPONSE DE L’ÉTAT'), p.page.indexOf('VÉRIFIER CE'));
    expect(reponse.replaceAll(/\n {2}(?! )/g, '\n').replaceAll('\n', ' ')).toBe(
      [
        'LA RÉPONSE DE L’ÉTAT -------------------- ',
        'Hélios a répondu par un acquittement, qui figure parmi les pièces :',
        'Refus, bordereau de dépense n° 41 (2026) : ERREUR_CUMUL_MONTANTS, 2101 - Cumul erroné ; ERREUR_AUTRE, 1971 - Compte fonction présent à tort (pièce 1, ligne 3)',
        'Doublon, pièce justificative P1 : ERREUR_DOUBLON_PJ, 1984 - Identifiant déjà intégré',
        'Acceptation, bordereau de dépense n° 42 (2026)',
        'Acceptation, pièce justificative P2',
        'Sans réponse, bordereau de recette n° 7 (2026)',
        ' ',
      ].join(' '),
    );
    expect(p.page).not.toContain(SANS_RECEPTION);
    expect(p.page).toContain('L’État n’a pris qu’une partie de l’envoi');
    expect(p.fiche).toMatchObject({
      etat: 'acquitte_partiel',
      receptionProuvee: true,
      resume: {
        confrontation: {
          bordereaux: expect.arrayContaining([
            expect.objectContaining({ numero: '41', sort: 'refuse' }),
            expect.objectContaining({ numero: '42', sort: 'accepte', erreurs: [] }),
            expect.objectContaining({ domaine: 'recette', numero: '7', sort: 'sans_reponse' }),
          ]) as unknown,
          pieces: [
            { idUnique: 'P1', sort: 'doublon', erreurs: [{ libelle: '1984 - Identifiant déjà intégré' }] },
            { idUnique: 'P2', sort: 'accepte' },
          ],
        },
      },
    });
    expect(octetsDe(p, 'accuse')).toEqual(acquit({ entetes: entetes('F1'), elements }));
    expect(p.constats.get('Acquittement d’Hélios')).toBe(
      'Fichier accepté en partie par Hélios : 1 bordereau et 1 PJ acceptés ; 1 bordereau refusé ; 1 PJ déjà détenue.',
    );
  });

  const BUDGET = erreur('ERREUR_CODE_COLLECTIVITE_BUDGET', 'Collectivité inconnue du poste');
  test.each([
    ['refused as a whole (ACK KO)', acquit, fichier('0', '0', BUDGET), 'Refus, fichier (technique) : '],
    [
      'refused by the old form (NACK, PES_NonAcquit)',
      (essai: object) => acquit({ ...essai, racine: 'PES_NonAcquit', espace: 'Rev0/retour' }),
      fichier('0', '0', BUDGET),
      'Refus, fichier : ',
    ],
    // oxlint-disable-next-line max-params -- one row of the table
  ] as const)('%s: not received, and the message of refusal is there', async (_, repond, elements, dit) => {
    a = await atelierSignant(autorites);
    const { id } = await transmettre(a, 'F1', octets('F1'));
    const nack = repond({ entetes: entetes('F1'), elements });
    await repondre(a, nack, NOM_ACK.replace('OK', 'KO'));
    const p = await preuveDe(id);
    expect(p.fiche).toMatchObject({ etat: 'anomalie', receptionProuvee: false });
    expect(p.page).toContain(SANS_RECEPTION);
    expect(p.page).toContain('L’État a refusé cet envoi ; son message de refus figure parmi les pièces.');
    const dite = `${dit}ERREUR_CODE_COLLECTIVITE_BUDGET, Collectivité inconnue du poste`;
    expect(p.page.replaceAll(/\n */g, ' ')).toContain(dite);
    expect(octetsDe(p, 'accuse')).toEqual(nack);
    expect(p.constats.get('Acquittement d’Hélios')).toMatch(/^Fichier refusé par Hélios/);
  });

  test('received twice under two names: the second is told by the journal, and is no piece', async () => {
    a = await atelierSignant(autorites);
    const { id } = await acquitter('F1', pesDe('F1'), TOUT);
    await repondre(a, acquit({ entetes: entetes('F1'), elements: TOUT }), NOM_ACK.replace('1405', '1406'));
    const p = await preuveDe(id);
    expect(fichiersDe(p, 'accuse')).toHaveLength(1);
    expect(texte(p.contenus, 'journal/lignes.jsonl')).toContain('"ev":"RETOUR_CLASSE"');
  });

  test('an answer that contradicts itself, hung by a person: it is a piece, and proves no reception', async () => {
    a = await atelierSignant(autorites);
    const { id } = await transmettre(a, 'F1', pesDe('F1'));
    await repondre(a, acquit({ entetes: entetes('F1'), elements: bordereau('41') + bordereau('41', '0') }));
    const [retour] = await a.gestes.retours.lister(CTX, { limite: 1 });
    await a.gestes.retours.rattacher(CTX, retour?.id as never, id);
    const p = await preuveDe(id);
    expect(p.fiche).toMatchObject({ etat: 'transmis', receptionProuvee: false });
    expect(p.fiche.pieces.at(-1)).toMatchObject({ role: 'retour', nom: NOM_ACK });
    expect(p.constats.get('Acquittement d’Hélios')).toBe('aucun à ce jour');
  });
});

test('a PES Retour has its proof: the file that the State sent, byte for byte', async () => {
  a = await atelierSignant(autorites);
  const retour = fixtureEtat('retour/depense').toString('latin1').replace('00000001800010', siretDe(SIREN));
  const nom = 'PES2R_DEP_P_123_00_034079_20260615_20260615_20260615051547.xml';
  await repondre(a, Buffer.from(retour, 'latin1'), nom);
  const [recu] = await a.gestes.lister(CTX, { limite: 1 });
  const p = await preuveDe(recu?.id as FluxId);
  expect(p.fiche).toMatchObject({ etat: 'recu', receptionProuvee: false });
  expect(p.fiche.pieces).toMatchObject([{ role: 'retour', nom }]);
  expect(octetsDe(p, 'retour')?.toString('latin1')).toBe(retour);
  expect(p.page).toContain('Ce fichier vient de l’État, de sa propre initiative');
  expect(p.page).toMatch(/LA RÉPONSE DE L’ÉTAT\n-+\n\nPES Retour de la DGFiP : dépense/);
  expect(p.page).not.toContain(SANS_RECEPTION);
  expect(p.constats.get('Fichier reçu')).toMatch(/^PES Retour de la DGFiP : dépense/);
});

test('a PES_ACQUIT_RETOUR, that nobody answers: taken by the gateway, and that is its end', async () => {
  a = await atelierSignant(autorites);
  const corps =
    '<ACQUIT_RETOUR><EnTeteAcquitRetour><IdVer V="2"/></EnTeteAcquitRetour><ElementACQUIT_RETOUR><DomaineAckRetour V="13"/><NomFichierRetour V="PES2R_DEP_R.xml"/></ElementACQUIT_RETOUR></ACQUIT_RETOUR>';
  const demande = { racine: 'PES_ACQUIT_RETOUR', espace: 'Rev0/aller/ack', entetes: entetes('AR1') };
  const ecrit = texteAcquit(demande).replaceAll(/<ACQUIT>[^]*<\/ACQUIT>/g, corps);
  const { id } = await transmettre(a, 'AR1', Buffer.from(ecrit, 'latin1'));
  const p = await preuveDe(id);
  expect(p.constats.get('PES déposé')).toBe('il se nomme 123/AR1');
  expect(p.constats.get('Fichier transmis')).toBe('c’est le fichier déposé, octet pour octet');
  expect(p.page).toContain(SANS_RECEPTION);
});

describe('before any answer, the proof says what it does not prove', () => {
  const RIEN = 'rien n’a encore été transmis à l’État';
  const attendre = async (etat: Etat): Promise<FluxId> => {
    const { id } = await a.deposePes('F1', { octets: pesDe('F1') });
    return (await a.jusqua(id, etat)).id;
  };
  const nue = (p: Preuve) => {
    expect(p.page).toContain(SANS_RECEPTION);
    expect(p.fiche.receptionProuvee).toBe(false);
    expect(fichiersDe(p, 'accuse')).toEqual([]);
    return p.page;
  };

  test('deposited, nothing done yet', async () => {
    a = await atelierSignant(autorites);
    const { id } = await a.deposePes('F1', { octets: pesDe('F1') });
    expect(nue(await preuveDe(id))).toMatch(/rien n’a (encore )?été transmis à l’État/);
  });

  test('waiting for its signature', async () => {
    a = await atelierSignant(autorites, { helios: { signature: 'confirmer' } });
    const p = await preuveDe(await attendre('a_signer'));
    expect(nue(p)).toContain(`Le dépôt attend d’être signé ; ${RIEN}.`);
    expect(p.constats.get('Signatures')).toBe('pas encore de rapport');
    expect(p.constats.get('Fichier transmis')).toBe('aucun, ce que l’état du flux explique');
  });

  test('signed and held back at the door by an order: ready, and the signature is there already', async () => {
    a = await atelierSignant(autorites, { helios: { signature: 'signer' } });
    await a.gestes.destinations.suspendre(CTX, 'HELIOS', 'essai');
    const p = await preuveDe(await attendre('pret'));
    expect(nue(p)).toContain('L’envoi est prêt ; sa remise à l’État n’est pas établie.');
    expect(p.page).not.toContain('Transmis le');
    expect(p.script).toHaveLength(3);
  });

  test('taken by the gateway, not answered', async () => {
    a = await atelierSignant(autorites);
    const p = await preuveDe(await attendre('transmis'));
    expect(nue(p)).toContain('elle n’a pas encore rendu d’accusé de réception');
  });

  test('refused for a signature that does not hold: a sound proof of the refusal, and xmlsec1 agrees with it', async () => {
    a = await atelierSignant(autorites);
    const octets = (await pesSigne(autorites.cle('maire'), { entetes: entetes('F1') })).toString('latin1');
    const faux = Buffer.from(octets.replace('<MtHT V="12.50"/>', '<MtHT V="99.50"/>'), 'latin1');
    const { id } = await a.deposePes('F1', { octets: faux });
    await a.jusqua(id, 'refuse');
    const p = await preuveDe(id);
    expect(nue(p)).toContain('Le dépôt a été refusé au contrôle ; rien n’a été transmis à l’État.');
    expect(p.script[1]).toMatch(/n° 1 : xmlsec1 ne la confirme pas$/);
    expect(p.constats.get('Signatures')).toBe('1 vérifiée de nouveau, 0 intacte, comme le dit le rapport');
  });

  test('refused for its certificate: the list that names it is there, and openssl says so', async () => {
    a = await atelierSignant(autorites);
    const octets = await pesSigne(autorites.cle('perdu'), { entetes: entetes('F1') });
    const { id } = await a.deposePes('F1', { octets });
    await a.jusqua(id, 'refuse');
    const p = await preuveDe(id);
    expect(p.constats.get('Confiance')).toBe('verdict rendu de nouveau, le même');
    const [, , juger = '', qui = '', jeton = ''] = commandesDe(p.page);
    expect((await lancer(p.dossier, qui)).sortie).toContain('CN = perdu');
    expect(jeton, 'no path to show').toMatch(/^openssl ts /);
    const { sortie } = await lancer(p.dossier, juger);
    expect(sortie.split('\n').map((l) => l.replace(/certificat-[0-9a-f]*\.pem : /, ''))).toEqual([
      'OUI  chemin jusqu’à une autorité admise, le 2026-06-15 12:00:00 UTC',
      'NON  non révoqué le 2026-06-15 12:00:00 UTC',
      '',
    ]);
    const listes = [...p.contenus.keys()].filter((nom) => nom.endsWith('.crl'));
    const dites = await Promise.all(
      listes.map((l) => lancer(p.dossier, `openssl crl -noout -text -in ${l}`)),
    );
    const serie = autorites.pki.certificat('perdu').serie.hex.toUpperCase();
    expect(dites.filter((d) => d.sortie.includes(`Serial Number: ${serie}`))).toHaveLength(1);
  });
});
