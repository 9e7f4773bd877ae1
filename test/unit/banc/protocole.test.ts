import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examiner } from '../../../src/banc/examen.ts';
import { dessinerLogo } from '../../../src/banc/courrier.ts';
import { ecrireTarGz } from '../../../src/formats/tar/ecrire.ts';
import { ouvrirSchemas } from '../../../src/formats/xsd/jeu.ts';
import { actes } from '../../../src/protocoles/actes/index.ts';
import type { FaitsDepot } from '../../../src/protocoles/protocole.ts';
import { ANNEXE, faits, faitsEnveloppe, IMAGE, PDF, RACINE } from '../actes/decor.ts';
import { archive, type Banc, nomArchive, ouvrirBanc } from './decor.ts';

/** The ministry and our protocol were written apart: here they meet. */

const CONTENUS: Readonly<Record<string, Buffer>> = {
  'application/pdf': Buffer.from('%PDF-1.7\n%%EOF\n'),
  'image/png': dessinerLogo(),
};

async function envoyer(depot: FaitsDepot): Promise<{ nom: string; octets: Buffer }> {
  const { lu } = actes.depot.controler(depot);
  const faite = actes.enveloppe.composer(faitsEnveloppe(depot, lu ?? { identite: '', resume: {} }));
  const fichiers = faite.fichiers.map((f) => {
    const octets = 'octets' in f ? f.octets : (CONTENUS[f.piece.type] ?? Buffer.alloc(0));
    return { nom: f.nom, taille: octets.length, contenu: octets };
  });
  const blocs: Uint8Array[] = [];
  for await (const bloc of ecrireTarGz(fichiers, 0)) blocs.push(bloc);
  return { nom: faite.nom, octets: Buffer.concat(blocs) };
}

describe('what our protocol sends passes the strict eye of the ministry', () => {
  const schemas = ouvrirSchemas(`${RACINE}schemas/actes`);
  const attentes = { schemas, trigrammes: ['VGM'], applications: ['TACT'], sirens: [], jour: '2026-12-31' };

  it.each<[string, FaitsDepot]>([
    ['the plainest acte', faits()],
    [
      'annexes, image, paper complement, cited acte, characters outside ISO-8859-1',
      faits({
        metadonnees: {
          objet: 'Marché d’été : œuvres & « tarifs » à 10 €',
          matiere: '1.1.10',
          documentPapier: true,
          precedent: '034-000000018-20250101-2025_001-DE',
          annexes: [{ typologie: '70_DE' }, { typologie: '99_SE' }],
        },
        pieces: [PDF, ANNEXE, IMAGE],
      }),
    ],
  ])('%s', async (_titre, depot) => {
    const { nom, octets } = await envoyer(depot);
    const examen = await examiner(nom, octets, attentes);
    expect(examen).toMatchObject({ type: 'recevable', actes: [{ refus: null }] });
  });
});

describe('what the ministry answers is understood by our protocol', () => {
  let banc: Banc;
  let rang = 0;
  beforeAll(async () => {
    banc = await ouvrirBanc({ delaiReponseMs: 0, tardMs: 10 });
  });
  afterAll(() => banc.fermer());

  it.each([
    ['R_NORMAL', '1-2'],
    ['R_UTF8', '1-2'],
    ['R_DESORDRE', '1-2'],
    ['R_DOUBLE', '1-2'],
    ['R_TARD', '1-2'],
    ['R_ANO13', '1-3'],
    ['R_NOMVIDE', '1-3'],
    ['R_ANOENV', 'ANO'],
    ['R_N999', 'ANO'],
  ])('%s gives one message %s, and nothing is left over', async (numero, code) => {
    banc.relais.bruts.length = 0;
    rang += 1;
    const a = await archive({ nomArchive: nomArchive(rang), numero });
    await banc.insister(a);
    await banc.ministere.attendreVide();
    for (const courriel of await banc.relais.lire()) {
      const jointes = courriel.attachments.filter((p) => !p.related);
      const lu = actes.accuse.lire(jointes.map((p) => ({ nom: p.filename ?? '', octets: p.content })));
      expect(lu.restes).toEqual([]);
      expect(lu.messages.map((m) => m.code)).toEqual([code]);
      const cle = code === 'ANO' ? a.nom.slice(4, -7) : numero;
      expect(JSON.stringify(lu.messages[0]?.cle)).toContain(cle);
    }
    expect(banc.relais.bruts.length).toBe(numero === 'R_DOUBLE' ? 2 : 1);
  });
});
