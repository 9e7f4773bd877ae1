import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { creerPdf } from '../../src/banc/pdf.ts';
import type { Flux } from '../../src/metier/flux.ts';
import type { FluxId } from '../../src/metier/identifiants.ts';
import { OPERATEUR } from '../../src/ports/store.ts';
import { Atelier as Etabli, type Contenus, fautes, toutRefaire } from '../unit/preuve/atelier.ts';
import { type Atelier, accuseDe, creerAtelier, CTX, SIREN } from './atelier.ts';
import { accuseAnnulationDe, accuseReponseDe, classificationDe, courrierDe } from './messages-echanges.ts';
import { fichiersDe, type Preuve, prouver, remplacerPartout, texte } from './preuves.ts';

/** Proofs of what is exchanged about an acte: letters, answers, cancellation, validation, classification. */

let etabli: Etabli;
let a: Atelier;
beforeAll(async () => {
  etabli = await Etabli.ouvrir();
});
afterAll(() => etabli.fermer());
afterEach(() => a.fermer());

const ID_ACTE = `034-${SIREN}-20260302-D1-DE`;
const JOUR = 24 * 3_600_000;
const PDF = creerPdf(['Réponse']);

async function acquitte(): Promise<Flux> {
  const { id } = await a.depose('D1');
  await a.jusqua(id, 'transmis');
  await a.recevoir(accuseDe('D1'));
  return a.jusqua(id, 'acquitte');
}

async function recevoir(courriel: Buffer): Promise<void> {
  await a.recevoir(courriel);
  await a.calme();
}

const suites = (id: FluxId) => a.store.flux.citants(OPERATEUR, id);

async function lettre(code: '2-1' | '3-1' | '4-1' | '5-1'): Promise<Flux> {
  const acte = await acquitte();
  await recevoir(courrierDe(code, 'D1'));
  const [courrier] = await suites(acte.id);
  if (courrier === undefined) throw new TypeError('no letter');
  return courrier;
}

async function repondu(courrier: FluxId, refus = false): Promise<Flux> {
  const fichiers = [await a.gestes.recevoirFichier(PDF, 'document', 'plan.pdf')];
  const demande = { courrier, refus, typologies: ['99_DE'], fichiers, cleIdempotence: null };
  const r = await a.gestes.repondre(CTX, demande);
  if (r.type !== 'accepte') throw new TypeError(JSON.stringify(r));
  return a.jusqua(r.flux.id, 'transmis');
}

/** What ours finds wrong once a patient forger has made every list, digest and line of the journal again. */
async function falsifie(preuve: Preuve, changer: (c: Contenus) => void): Promise<string> {
  const contenus: Contenus = new Map(preuve.contenus);
  changer(contenus);
  return (await fautes(await etabli.refaire(contenus))).join('\n');
}

const enTete = (preuve: Preuve, role: string): string => fichiersDe(preuve, role)[0] ?? '';

/** In the message of the State, everywhere. */
function recrire(preuve: Preuve, de: RegExp | string, vers: string): (c: Contenus) => void {
  // the last one: of an acte that is cancelled, what says so
  const fichier = fichiersDe(preuve, 'accuse').at(-1) ?? '';
  return (c) => remplacerPartout(c, fichier, Buffer.from(texte(c, fichier).replace(de, vers), 'latin1'));
}

/** In `flux.json`. */
const redire =
  (changer: (fiche: { etat: string; resume: Record<string, unknown> }) => void) => (c: Contenus) => {
    const fiche = JSON.parse(texte(c, 'flux.json'));
    changer(fiche);
    c.set('flux.json', Buffer.from(JSON.stringify(fiche)));
    toutRefaire(c);
  };

describe('a letter of the préfecture', () => {
  test('it is here, whole, about the acte that it names; another acte, document, date or word is seen', async () => {
    a = await creerAtelier();
    const { id, identite } = await lettre('3-1');
    const preuve = await prouver(etabli, a, id);
    expect(preuve.fiche).toMatchObject({ etat: 'recu', receptionProuvee: false });
    expect(preuve.constats.get('Courrier de l’État')).toBe(
      `Demande de pièces complémentaires du 12/03/2026 sur l’acte ${ID_ACTE}.`,
    );
    expect(preuve.constats.get('Flux')).toBe(
      `${identite}, reçu de l’État : adressé par l’État, de sa propre initiative`,
    );
    expect(preuve.page).toContain('Message 3-1, demande de pièces complémentaires, du 12/03/2026');
    expect(preuve.page).toContain('Reçu le       ');
    expect(preuve.page).toContain('document que l’État y a joint');
    expect(preuve.page).not.toContain('ATTENTION');
    const autre = ID_ACTE.replace('-D1-', '-D2-');
    expect(await falsifie(preuve, recrire(preuve, ID_ACTE, autre))).toContain(
      `Courrier de l’État : ${enTete(preuve, 'accuse')} : il parle de l’acte ${autre}, non de ${ID_ACTE}`,
    );
    expect(await falsifie(preuve, recrire(preuve, '2026-03-12', '2026-03-13'))).toContain(
      'flux.json ne lui donne pas la date qu’il porte',
    );
    expect(await falsifie(preuve, recrire(preuve, /<actes:Descr.*Pieces>/, ''))).toContain(
      'flux.json ne dit pas ce qu’il expose',
    );
    // told again the same everywhere, flux.json included: its identity is made of its bytes
    const partout = recrire(preuve, 'Le plan de financement', 'Rien');
    const memoire = redire((f) => Object.assign(f.resume, { expose: 'Rien' }));
    const double = await falsifie(preuve, (c) => {
      partout(c);
      memoire(c);
    });
    expect(double).toContain('son identité n’est pas celle que donnent son message et ses documents');
    const document = enTete(preuve, 'document');
    expect(
      await falsifie(preuve, (c) => remplacerPartout(c, document, Buffer.from('%PDF-1.4 autre'))),
    ).toContain('son identité n’est pas celle');
  });

  test('called by another name, or put in another state', async () => {
    a = await creerAtelier();
    const preuve = await prouver(etabli, a, (await lettre('4-1')).id);
    expect(preuve.constats.get('Courrier de l’État')).toContain('Lettre d’observations du 12/03/2026');
    const dite = (message: unknown) => redire((f) => Object.assign(f.resume, { message }));
    expect(await falsifie(preuve, dite('2-1'))).toContain(
      'son message est un 4-1, non un 2-1 (courrier simple)',
    );
    expect(await falsifie(preuve, dite('4-4'))).toContain(
      'Courrier de l’État : flux.json ne dit pas quel courrier',
    );
    expect(await falsifie(preuve, dite(undefined))).toContain('flux.json ne dit pas quel courrier');
    const etat = redire((f) => Object.assign(f, { etat: 'transmis' }));
    expect(await falsifie(preuve, etat)).toContain('un courrier reçu ne peut pas être dans cet état');
  });
});

describe('what is sent about an acte', () => {
  test('an answer closed by 3-5: it names the acte and the date of the letter; its archive carries it', async () => {
    a = await creerAtelier();
    const reponse = await repondu((await lettre('3-1')).id);
    const avant = await prouver(etabli, a, reponse.id);
    expect(avant.constats.get('Accusé de l’État')).toBe('aucun à ce jour');
    await recevoir(accuseReponseDe('3-5', 'D1'));
    const preuve = await prouver(etabli, a, reponse.id);
    expect(preuve.fiche).toMatchObject({ etat: 'acquitte', receptionProuvee: true });
    expect(preuve.constats.get('Message envoyé')).toBe(
      `3-4, pièces complémentaires, au sujet de l’acte ${ID_ACTE}`,
    );
    expect(preuve.constats.get('Archive transmise')).toBe('elle contient les pièces déposées, à l’identique');
    expect(preuve.constats.get('Accusé de l’État')).toBe(
      'Réponse au courrier du 12/03/2026 reçue en préfecture le 20/03/2026.',
    );
    expect(preuve.page).toMatch(/en\s+réponse au courrier du 12\/03\/2026\./);
    for (const [de, vers, dit] of [
      ['2026-03-12', '2026-03-13', 'il parle du courrier du 13/03/2026, non de celui du 12/03/2026'],
      [ID_ACTE, ID_ACTE.replace('-D1-', '-D2-'), `non de ${ID_ACTE}`],
      [
        /ARPieceComplementaire/g,
        'ARReponseRejetLettreObservations',
        'il n’accuse pas réception d’un message 3-4',
      ],
      [/<actes:ARPiece[^]*/, '<a/>', 'flux acquitté sans accusé de réception'],
    ] as const)
      expect(await falsifie(preuve, recrire(preuve, de, vers))).toContain(dit);
    for (const [champ, valeur, dit] of [
      ['dateCourrier', '2026-03-13', 'Archive transmise : son message répond au courrier du 2026-03-12'],
      ['message', '3-3', 'Archive transmise : aucun message 3-3'],
      ['message', '4-4', `Message envoyé : l’identité du flux n’est pas celle d’un message 4-4`],
      ['message', '1-1', 'Archive transmise : aucun message de l’acte'],
      ['typologies', 3, 'Message envoyé : flux.json ne dit pas ce qu’il est'],
    ] as const)
      expect(
        await falsifie(
          preuve,
          redire((f) => Object.assign(f.resume, { [champ]: valeur })),
        ),
      ).toContain(dit);
  });

  test('what the norm has no receipt for says so: 2-2, and the receipt 3-2 that leaves by itself', async () => {
    a = await creerAtelier();
    const courrier = await lettre('2-1');
    const preuve = await prouver(etabli, a, (await repondu(courrier.id)).id);
    expect(preuve.constats.get('Accusé de l’État')).toBe('aucun, la norme n’en prévoit pas');
    expect(preuve.page).toContain('La norme d’échange ne prévoit pas que l’État accuse réception');
    await recevoir(courrierDe('3-1', 'D1'));
    const [, demande] = await suites(courrier.cite as FluxId);
    const [accuse] = await suites(demande?.id as FluxId);
    const auto = await prouver(etabli, a, accuse?.id as FluxId);
    expect(auto.constats.get('Message envoyé')).toContain('3-2, accusé de réception d’une demande de pièces');
    expect(auto.constats.get('Archive transmise')).toBe('elle contient ce message, et aucune pièce');
    expect(auto.constats.get('Accusé de l’État')).toBe('aucun, la norme n’en prévoit pas');
  });

  test('a cancellation, and the acte that it cancels: 6-2 names the acte, in both', async () => {
    a = await creerAtelier();
    const acte = await acquitte();
    const simple = await prouver(etabli, a, acte.id);
    const r = await a.gestes.annuler(CTX, acte.id);
    if (r.type !== 'accepte') return expect.unreachable();
    await a.jusqua(r.flux.id, 'transmis');
    await recevoir(accuseAnnulationDe('D1'));
    const fin = `Annulation de la transmission de l’acte ${ID_ACTE} reçue en préfecture le 21/03/2026.`;
    const annulation = await prouver(etabli, a, r.flux.id);
    expect(annulation.constats.get('Accusé de l’État')).toBe(fin);
    expect(
      await falsifie(annulation, recrire(annulation, ID_ACTE, ID_ACTE.replace('-D1-', '-D2-'))),
    ).toContain('il accuse réception de l’annulation d’un autre acte');
    const preuve = await prouver(etabli, a, acte.id);
    expect(preuve.fiche).toMatchObject({ etat: 'annule', receptionProuvee: true });
    expect(preuve.constats.get('Accusé de l’État')).toBe(
      `Acte ${ID_ACTE} reçu en préfecture le 10/03/2026. ${fin}`,
    );
    expect(await falsifie(preuve, recrire(preuve, ID_ACTE, ID_ACTE.replace('-D1-', '-D2-')))).toContain(
      `il accuse réception de l’annulation d’un autre acte que ${ID_ACTE}`,
    );
    // said to be cancelled, when nothing of the State says so
    expect(
      await falsifie(
        simple,
        redire((f) => Object.assign(f, { etat: 'annule' })),
      ),
    ).toBe('Accusé de l’État : acte annulé sans accusé de l’annulation');
  });

  test('an acte made final keeps its receipt', async () => {
    a = await creerAtelier();
    const { id } = await acquitte();
    await a.passer(200 * JOUR);
    await a.gestes.valider(CTX, id);
    const preuve = await prouver(etabli, a, id);
    expect(preuve.fiche).toMatchObject({ etat: 'valide', receptionProuvee: true });
    expect(preuve.constats.get('Accusé de l’État')).toBe(`il porte l’identifiant ${ID_ACTE}`);
    expect(await falsifie(preuve, recrire(preuve, /<actes:ARActe[^]*/, '<a/>'))).toContain(
      'flux acquitté sans accusé de réception',
    );
    const sansArchive = await falsifie(preuve, (c) => {
      const archive = enTete(preuve, 'archive');
      c.delete(archive);
      redire((f) => {
        const { pieces } = f as unknown as { pieces: { role: string }[] };
        Object.assign(f, { pieces: pieces.filter((p) => p.role !== 'archive') });
      })(c);
    });
    expect(sansArchive).toContain('Archive transmise : elle manque');
  });

  test('a request of classification: 7-2 or 7-3, for this collectivité', async () => {
    a = await creerAtelier();
    const demander = async () => {
      const r = await a.gestes.demanderClassification(CTX, { siren: SIREN, complete: false });
      if (r.type !== 'accepte') throw new TypeError(JSON.stringify(r));
      return a.jusqua(r.flux.id, 'transmis');
    };
    const un = await demander();
    await recevoir(classificationDe('2026-03-01'));
    const preuve = await prouver(etabli, a, un.id);
    expect(preuve.constats.get('Message envoyé')).toBe('7-1, demande de classification');
    expect(preuve.constats.get('Accusé de l’État')).toBe(
      'Classification en vigueur au 01/03/2026, 3 matières.',
    );
    const enveloppe = enTete(preuve, 'enveloppe_retour');
    const ailleurs = (c: Contenus): void =>
      remplacerPartout(c, enveloppe, Buffer.from(texte(c, enveloppe).replaceAll(SIREN, '213400024')));
    expect(await falsifie(preuve, ailleurs)).toContain('il répond à la collectivité 213400024');
    expect(
      await falsifie(
        preuve,
        redire((f) => Object.assign(f.resume, { dateCourrier: '2001-01-01' })),
      ),
    ).toContain('Archive transmise : il demande la classification du');
    await a.passer(JOUR);
    const deux = await demander();
    await recevoir(classificationDe('2026-03-01', { inchangee: true, sel: 'sans' }));
    const suite = await prouver(etabli, a, deux.id);
    expect(suite.constats.get('Accusé de l’État')).toBe(
      'La classification détenue est toujours en vigueur (01/03/2026).',
    );
  });
});
