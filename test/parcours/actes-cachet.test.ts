import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { signerSepare } from '../../src/formats/xades/base/separee.ts';
import { lireTarGz } from '../../src/formats/tar/lire.ts';
import { ouvrirSchemas } from '../../src/formats/xsd/jeu.ts';
import { erreurSignataire } from '../../src/metier/catalogue/signataire.ts';
import type { Flux, PieceDuFlux, RolePiece } from '../../src/metier/flux.ts';
import type { FluxId, Instant } from '../../src/metier/identifiants.ts';
import type { Signataire } from '../../src/ports/signataire.ts';
import { verifierArchive } from '../../src/protocoles/actes/signature/archive.ts';
import { type Autorite, CLE, creerAutoriteInterne } from './autorite.ts';
import { accuseDe, type Atelier, creerAtelier, CTX, MARDI, type OptionsAtelier, PDF } from './atelier.ts';
import { creerSol, RACINE } from './sol.ts';

/** Signatures that leave with an acte: ours where it is asked, and those that came with its pieces. */

const NUMERO = 'DELIB_1';
const DOCUMENT = '99_DE-034-213400016-20260302-DELIB_1-DE-1-1_1.pdf';
const MESSAGE = '034-213400016-20260302-DELIB_1-DE-1-1_0.xml';
const JOUR = 86_400_000;
const NORME = join(RACINE, '../shared/normes/actes');

const ouverts: Atelier[] = [];
async function ouvrir(options: OptionsAtelier = {}): Promise<Atelier> {
  const a = await creerAtelier(options);
  ouverts.push(a);
  return a;
}
afterEach(async () => {
  for (const a of ouverts.splice(0)) await a.fermer();
});

async function pieces(a: Atelier, id: FluxId, role: RolePiece): Promise<readonly PieceDuFlux[]> {
  return (await a.gestes.montrer(CTX, id)).pieces.filter((p) => p.role === role);
}

async function octets(a: Atelier, piece: PieceDuFlux | undefined): Promise<Buffer> {
  if (piece === undefined) throw new TypeError('no such piece');
  return buffer(await a.coffre.ouvrir(piece.sha256));
}

async function rapport(a: Atelier, id: FluxId, rang = 0): Promise<Record<string, unknown>> {
  const trouves = await pieces(a, id, 'rapport_signatures');
  return JSON.parse((await octets(a, trouves[rang])).toString('utf8')) as Record<string, unknown>;
}

async function archive(a: Atelier, id: FluxId): Promise<Map<string, Buffer>> {
  const [piece] = await pieces(a, id, 'archive');
  const fichiers = new Map<string, Buffer>();
  async function* source() {
    yield await octets(a, piece);
  }
  for await (const e of lireTarGz(source(), { octets: 10_000_000, entrees: 100 })) {
    const blocs: Uint8Array[] = [];
    for await (const bloc of e.contenu) blocs.push(Uint8Array.from(bloc));
    fichiers.set(e.nom, Buffer.concat(blocs));
  }
  return fichiers;
}

/** What each signature of the archive covers and is worth, by the file. */
async function signatures(a: Atelier, id: FluxId): Promise<string[]> {
  const [piece] = await pieces(a, id, 'archive');
  const lu = await verifierArchive(await a.coffre.ouvrir(piece?.sha256 ?? ('' as never)), () => null);
  if (lu.type !== 'lu') throw new TypeError(lu.motif);
  return lu.signatures.map((s) => `${s.genre} ${s.fichier} ${s.forme} ${s.etat}`);
}

async function partir(a: Atelier, flux: Flux): Promise<Flux> {
  await a.jusqua(flux.id, 'transmis');
  await a.recevoir(accuseDe(NUMERO));
  return a.jusqua(flux.id, 'acquitte');
}

interface Demande {
  readonly cle?: Signataire;
  readonly nom?: string;
  readonly contenu?: Uint8Array;
  readonly instant?: number;
  readonly id?: string;
}

async function signer(a: Atelier, d: Demande = {}): Promise<Buffer> {
  const signataire = d.cle ?? a.sol.autorite.cles.get(CLE);
  if (signataire === undefined) throw new TypeError('no key');
  const contenu = d.contenu ?? PDF;
  const objets = [
    { type: 'fichier', nom: d.nom ?? 'acte.pdf', mime: 'application/pdf', source: () => [contenu] },
  ] as const;
  const instant = (d.instant ?? MARDI - 3_600_000) as Instant;
  const commun = { politique: null, role: 'Maire déléguée', lieu: null, id: d.id ?? 'SIGNEE' };
  const fait = await signerSepare({ signataire, instant, objets, ...commun });
  if (fait.type !== 'signe') throw new TypeError(JSON.stringify(fait.motifs));
  return Buffer.from(fait.document);
}

/** Deposits the acte with this signature of its document. */
function avec(signature: Uint8Array, nom = 'acte.sig') {
  return {
    metadonnees: { document: { typologie: '99_DE', signature: nom } },
    fichiers: [{ role: 'signature', nom, octets: signature }] as const,
  };
}

describe('our cachet (docs/decisions, signatures of ACTES)', () => {
  test('everything asked: document, annexe and message leave signed, and say so', async () => {
    const a = await ouvrir({ actes: { cachet: 'tout', cle: CLE } });
    const flux = await a.depose(NUMERO, {
      metadonnees: { annexes: [{ typologie: '70_DE' }] },
      fichiers: [{ role: 'annexe', nom: 'plan.pdf', octets: Buffer.concat([PDF, Buffer.from('\n')]) }],
    });
    const parti = await partir(a, flux);
    expect(await signatures(a, flux.id)).toEqual([
      `Formulaire ${MESSAGE} XAdES valide`,
      `Document ${DOCUMENT} XAdES valide`,
      'Annexe 70_DE-034-213400016-20260302-DELIB_1-DE-1-1_2.pdf XAdES valide',
    ]);
    expect(parti.resume).toMatchObject({
      signatures: 0,
      cachets: 3,
      avertissementsSignature: expect.any(Number),
    });
    expect((await pieces(a, flux.id, 'cachet')).map((p) => p.nom)).toEqual([
      `${DOCUMENT}.signature.xml`,
      '70_DE-034-213400016-20260302-DELIB_1-DE-1-1_2.pdf.signature.xml',
      `${MESSAGE}.signature.xml`,
    ]);
    const premier = await rapport(a, flux.id);
    expect(premier).toMatchObject({ format: 'vaguemestre/signatures-acte', verdict: 'favorable' });
    const second = await rapport(a, flux.id, 1);
    expect(second).toMatchObject({
      format: 'vaguemestre/signatures-archive',
      archive: { nom: parti.nomEnvoi },
      nonCouverts: [parti.nomEnvoi?.slice(4).replace('.tar.gz', '.xml')],
    });
    const { chronologie } = await a.gestes.montrer(CTX, flux.id);
    const faits = chronologie.map((l) => l.ev);
    expect(faits.slice(0, 5)).toEqual([
      'DEPOT',
      'CONTROLE_FAVORABLE',
      'SIGNATURE_FAVORABLE',
      'IDENTITE',
      'ENVELOPPE_FAITE',
    ]);
  });

  test('the signed message and envelope satisfy our schema and the official one', async () => {
    const a = await ouvrir({ actes: { cachet: 'tout', cle: CLE } });
    const flux = await a.depose(NUMERO);
    await partir(a, flux);
    const jeux = [a.sol.schemas, ...(existsSync(NORME) ? [ouvrirSchemas(NORME)] : [])];
    const fichiers = [...(await archive(a, flux.id))].filter(([nom]) => nom.endsWith('.xml'));
    expect(fichiers).toHaveLength(2);
    for (const jeu of jeux) {
      const nom = jeu === a.sol.schemas ? 'actes' : 'actesv1_1';
      for (const [, xml] of fichiers) expect(jeu.valider(nom, xml)).toEqual([]);
    }
  });

  test.each([
    ['formulaire', [`Formulaire ${MESSAGE} XAdES valide`]],
    ['documents', [`Document ${DOCUMENT} XAdES valide`]],
    ['aucun', []],
  ] as const)('the card asks for « %s », and gets no more', async (cachet, attendues) => {
    const a = await ouvrir({ actes: { cachet, cle: CLE } });
    const flux = await a.depose(NUMERO);
    await partir(a, flux);
    expect(await signatures(a, flux.id)).toEqual(attendues);
    expect(await pieces(a, flux.id, 'rapport_signatures')).toHaveLength(cachet === 'aucun' ? 0 : 2);
  });

  const operateur = { actes: { signature: { cachet: 'formulaire', nom_cle: CLE } } };
  test.each([
    ['a card that says nothing follows the operator', {}, 1],
    ['a card that says « aucun » is heard first', { cachet: 'aucun' }, 0],
    ['a key without a word on the cachet is not a demand of its own', { cle: CLE }, 1],
  ] as const)('%s', async (_titre, actes, nombre) => {
    const a = await ouvrir({ actes, reglages: operateur });
    const flux = await a.depose(NUMERO);
    await partir(a, flux);
    expect(await signatures(a, flux.id)).toHaveLength(nombre);
  });

  test('a cancellation, which bears no document, leaves with its message signed', async () => {
    const a = await ouvrir({ actes: { cachet: 'tout', cle: CLE } });
    const flux = await a.depose(NUMERO);
    await partir(a, flux);
    const reponse = await a.gestes.annuler(CTX, flux.id);
    if (reponse.type !== 'accepte') expect.fail('refused');
    await a.jusqua(reponse.flux.id, 'transmis');
    expect(await signatures(a, reponse.flux.id)).toEqual([
      'Formulaire 034-213400016-20260302-DELIB_1-DE-6-1_0.xml XAdES valide',
    ]);
  });

  test('a key out of reach is waited for, and is never a verdict', async () => {
    const sol = await creerSol();
    const cle = sol.autorite.cles.get(CLE) as Signataire;
    let coupe = true;
    const fragile: Signataire = {
      ...cle,
      signer: async (o) => {
        if (coupe) throw erreurSignataire('VGM-SGT-005', { hote: 'hsm', detail: 'coupé par l’essai' });
        return cle.signer(o);
      },
    };
    const autorite: Autorite = { ...sol.autorite, cles: new Map([[CLE, fragile]]) };
    const a = await ouvrir({
      sol: { ...sol, autorite },
      inscrire: true,
      actes: { cachet: 'documents', cle: CLE },
    });
    const flux = await a.depose(NUMERO);
    await a.calme();
    const attend = await a.flux(flux.id);
    expect([attend.etat, attend.erreur?.code]).toEqual(['controle', 'VGM-SGT-005']);
    expect(a.transport.envois).toEqual([]);
    coupe = false;
    await a.passer(3_600_000);
    await partir(a, flux);
    expect(await signatures(a, flux.id)).toEqual([`Document ${DOCUMENT} XAdES valide`]);
  });

  test.each([
    ['no key is named', { cachet: 'tout' }, /VGM|aucune n’est nommée/],
    [
      'the key is not in the settings',
      { cachet: 'tout', cle: 'perdue' },
      /« perdue » n’est pas dans les réglages/,
    ],
  ] as const)('%s: an alert for the operator, and the acte waits', async (_titre, actes, dit) => {
    const a = await ouvrir({ actes });
    const flux = await a.depose(NUMERO);
    await a.calme();
    const attend = await a.flux(flux.id);
    expect(attend.etat).toBe('controle');
    expect(attend.alerte).toMatch(dit);
    expect(a.transport.envois).toEqual([]);
  });

  test('a key whose certificate is over is the operator’s affair, not a fault of the acte', async () => {
    const vieille = await creerAutoriteInterne(MARDI - 400 * JOUR);
    const a = await ouvrir({
      sol: await creerSol({ autorite: vieille }),
      inscrire: true,
      actes: { cachet: 'tout', cle: CLE },
    });
    const flux = await a.depose(NUMERO);
    await a.calme();
    const attend = await a.flux(flux.id);
    expect(attend.etat).toBe('controle');
    expect(attend.alerte).toMatch(/Nous ne pouvons pas signer/);
  });
});

describe('signatures that came with the pieces', () => {
  test.each([
    ['under the name that its depositor gave it', 'acte.pdf'],
    ['under the name that the norm gives it', DOCUMENT],
  ])('a sound XAdES leaves in its place, calling the file %s', async (_titre, nom) => {
    const a = await ouvrir();
    const flux = await a.depose(NUMERO, avec(await signer(a, { nom })));
    await partir(a, flux);
    const [piece] = await pieces(a, flux.id, 'signature');
    expect(piece?.nom).toBe('acte.sig');
    expect(await signatures(a, flux.id)).toEqual([`Document ${DOCUMENT} XAdES valide`]);
    const dit = await rapport(a, flux.id);
    expect(dit['signatures']).toMatchObject([
      { place: 'Document', couvre: DOCUMENT, designe: nom, origine: 'deposant', roles: ['Maire déléguée'] },
    ]);
    expect(await pieces(a, flux.id, 'preuves_confiance')).toHaveLength(1);
  });

  test('what the depositor signed is not signed over: our cachet is of the rest', async () => {
    const a = await ouvrir({ actes: { cachet: 'tout', cle: CLE } });
    const flux = await a.depose(NUMERO, avec(await signer(a)));
    const parti = await partir(a, flux);
    expect(parti.resume).toMatchObject({ signatures: 1, cachets: 1 });
    expect((await pieces(a, flux.id, 'cachet')).map((p) => p.nom)).toEqual([`${MESSAGE}.signature.xml`]);
    expect(await signatures(a, flux.id)).toEqual([
      `Formulaire ${MESSAGE} XAdES valide`,
      `Document ${DOCUMENT} XAdES valide`,
    ]);
  });

  test('two signatures that call their files by one name are each held against their own', async () => {
    const plan = Buffer.concat([PDF, Buffer.from('\n')]);
    const a = await ouvrir();
    const flux = await a.depose(NUMERO, {
      metadonnees: {
        document: { typologie: '99_DE', signature: 'a.xml' },
        annexes: [{ typologie: '70_DE', signature: 'b.xml' }],
      },
      fichiers: [
        { role: 'annexe', nom: 'acte.pdf', octets: plan },
        { role: 'signature', nom: 'a.xml', octets: await signer(a, { id: 'A' }) },
        { role: 'signature', nom: 'b.xml', octets: await signer(a, { id: 'B', contenu: plan }) },
      ],
    });
    await partir(a, flux);
    expect((await signatures(a, flux.id)).map((s) => s.split(' ').at(-1))).toEqual(['valide', 'valide']);
  });

  interface Refus {
    readonly code: string;
    readonly dit: RegExp;
    readonly faire: (a: Atelier) => Promise<Uint8Array>;
  }
  const autre = Buffer.concat([PDF, Buffer.from('% autre\n')]);
  const REFUS: readonly (readonly [string, Refus])[] = [
    [
      'of another document',
      {
        code: 'VGM-SIG-060',
        dit: /n’est pas celui qui a été signé/,
        faire: (a) => signer(a, { contenu: autre }),
      },
    ],
    [
      'under another name',
      {
        code: 'VGM-SIG-060',
        dit: /un autre fichier.*autre\.pdf/,
        faire: (a) => signer(a, { nom: 'autre.pdf' }),
      },
    ],
    [
      'with one byte altered',
      {
        code: 'VGM-SIG-060',
        dit: /signature de la pièce/,
        faire: async (a) =>
          Buffer.from((await signer(a)).toString('latin1').replace('Maire d', 'Maire e'), 'latin1'),
      },
    ],
    [
      'by somebody whom nobody answers for',
      {
        code: 'VGM-SIG-061',
        dit: /aucune des autorités|autorité/,
        faire: async (a) =>
          signer(a, { cle: (await creerAutoriteInterne(MARDI)).cles.get(CLE) as Signataire }),
      },
    ],
  ];
  test.each(REFUS)('%s: refused before anything leaves, and the report says why', async (_titre, r) => {
    const a = await ouvrir();
    const flux = await a.depose(NUMERO, avec(await r.faire(a)));
    const refuse = await a.jusqua(flux.id, 'refuse');
    expect(refuse.erreur?.code).toBe(r.code);
    expect(refuse.erreur?.message).toMatch(r.dit);
    expect(a.transport.envois).toEqual([]);
    expect(await rapport(a, flux.id)).toMatchObject({ verdict: 'defavorable' });
  });

  test('refused as well where we were to sign beside it, and nothing of ours is made', async () => {
    const a = await ouvrir({ actes: { cachet: 'tout', cle: CLE } });
    const flux = await a.depose(NUMERO, avec(await signer(a, { contenu: autre })));
    const refuse = await a.jusqua(flux.id, 'refuse');
    expect(refuse.erreur?.code).toBe('VGM-SIG-060');
    expect(await pieces(a, flux.id, 'cachet')).toEqual([]);
  });

  test.each([
    ['told', {}, 'transmis', undefined],
    ['refused, where the settings say so', { certificat_expire: 'refuser' }, 'refuse', 'VGM-SIG-061'],
  ] as const)(
    'a certificate that is over since the signature is %s',
    async (...[, controles, etat, code]) => {
      const autorite = await creerAutoriteInterne(MARDI - 400 * JOUR);
      const a = await ouvrir({
        sol: await creerSol({ autorite }),
        inscrire: true,
        reglages: { actes: { signature: { controles } } },
      });
      const flux = await a.depose(NUMERO, avec(await signer(a, { instant: MARDI - 300 * JOUR })));
      const juge = await a.jusqua(flux.id, etat);
      expect(juge.erreur?.code).toBe(code);
      expect(JSON.stringify((await rapport(a, flux.id))['constats'])).toMatch(/expire_depuis/);
    },
  );

  test('a trust store that admits no family for ACTES admits nobody', async () => {
    const a = await ouvrir({ reglages: { confiance: { familles: { actes: ['aucune'] } } } });
    const flux = await a.depose(NUMERO, avec(await signer(a)));
    expect((await a.jusqua(flux.id, 'refuse')).erreur?.code).toBe('VGM-SIG-061');
  });

  test('two signatures of one Id cannot stand in one message', async () => {
    const a = await ouvrir();
    const flux = await a.depose(NUMERO, {
      metadonnees: {
        document: { typologie: '99_DE', signature: 'a.xml' },
        annexes: [{ typologie: '70_DE', signature: 'b.xml' }],
      },
      fichiers: [
        { role: 'annexe', nom: 'plan.pdf', octets: PDF },
        { role: 'signature', nom: 'a.xml', octets: await signer(a) },
        { role: 'signature', nom: 'b.xml', octets: await signer(a, { nom: 'plan.pdf' }) },
      ],
    });
    const refuse = await a.jusqua(flux.id, 'refuse');
    expect(refuse.erreur?.code).toBe('VGM-SIG-064');
  });

  test('a signature that no piece names, or that is none, is told at the door', async () => {
    const a = await ouvrir();
    const sans = await a.deposer(NUMERO, { fichiers: avec(await signer(a)).fichiers });
    const faux = await a.deposer(NUMERO, avec(Buffer.from('rien de tel')));
    const dits = [sans, faux].map(({ rapport: r }) =>
      r.reponses.filter((q) => q.reponse === 'non').map((q) => q.code),
    );
    expect(dits).toEqual([['ACTES-SIG-01'], ['ACTES-SIG-02']]);
  });
});
