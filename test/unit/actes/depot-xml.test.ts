import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { controlerDepot, type FichierRecu } from '../../../src/etapes/depot.ts';
import type { Sha256 } from '../../../src/metier/identifiants.ts';
import { actes } from '../../../src/protocoles/actes/index.ts';
import { BUDGETAIRE, faits } from './decor.ts';

/** What the deposit step reads of an XML piece on the disk, and what the rules say of it. */

interface Deposee {
  readonly fichier: FichierRecu;
  /** Largest range asked for, and how many bytes in all. */
  readonly lu: { plage: number; octets: number };
}

function deposee(corps: string): Deposee {
  const octets = Buffer.from(corps, 'utf8');
  const lu = { plage: 0, octets: 0 };
  const attente = {
    sha256: createHash('sha256').update(octets).digest('hex') as Sha256,
    sha512: '',
    taille: octets.byteLength,
    lire: async (debut: number, fin: number) => {
      lu.plage = Math.max(lu.plage, fin - debut);
      lu.octets += fin - debut;
      return octets.subarray(debut, fin);
    },
    garder: async () => undefined,
    jeter: async () => undefined,
  };
  return { fichier: { role: 'document', nom: 'budget.xml', taille: octets.byteLength, attente }, lu };
}

async function controler({ fichier }: Deposee) {
  const { metadonnees, collectivite, jour } = faits(BUDGETAIRE);
  const aucun = async () => [];
  const demande = {
    protocole: actes,
    collectivite,
    metadonnees,
    fichiers: [fichier],
    jour,
    homonymes: aucun,
    jumeaux: aucun,
  };
  const { rapport } = (await controlerDepot(demande)).resultat;
  const anomalies = rapport.reponses.flatMap((r) => r.anomalies);
  return {
    verdict: rapport.verdict,
    // the seal is another matter (budget.test.ts)
    dites: anomalies
      .filter((a) => !['ACTES-PCE-09', 'ACTES-BUD-01'].includes(a.code))
      .map((a) => `${a.code} ${a.message}`.replaceAll(/\s/g, ' ')),
  };
}

const SCEAU = `<Scellement md5="${'0'.repeat(32)}" sha1="${'0'.repeat(40)}"/>`;
const budget = (corps: string): string => `<DocumentBudgetaire>${SCEAU}${corps}</DocumentBudgetaire>`;
const LIGNES = '<Ligne V="é"/>\n'.repeat(30_000);

it('a sound budget, small or large, is read three times at most, by ranges of 256 kB', async () => {
  for (const corps of ['<a/>', LIGNES]) {
    const piece = deposee(budget(corps));
    expect(await controler(piece)).toEqual({ verdict: 'favorable', dites: [] });
    expect(piece.lu.plage).toBeLessThanOrEqual(256 * 1024);
    // the head is looked at beforehand, for its type and its encoding
    expect(piece.lu.octets).toBeLessThanOrEqual(3 * piece.fichier.taille + 2 * 1024);
  }
});

it('a fault far in the file is told by line, column and byte', async () => {
  const corps = `${budget(LIGNES).replace('</DocumentBudgetaire>', '')}</Budget>`;
  const octet = (Buffer.byteLength(corps) - '</Budget>'.length)
    .toLocaleString('fr-FR')
    .replaceAll(/\s/g, ' ');
  expect(await controler(deposee(corps))).toEqual({
    verdict: 'defavorable',
    dites: [
      `ACTES-PCE-06 La pièce « budget.xml » n’est pas un XML lisible (ligne 30001, colonne 1, octet ${octet}) : ` +
        'la balise fermante ne répond pas à l’élément ouvert « DocumentBudgetaire ».',
    ],
  });
});

it('what our reader alone refuses is an advice, and the deposit goes on', async () => {
  const koi8 = `<?xml version="1.0" encoding="koi8-r"?>${budget('')}`;
  const { verdict, dites } = await controler(deposee(koi8));
  expect(verdict).toBe('favorable');
  expect(dites).toEqual([
    expect.stringContaining('« budget.xml » n’a pas été vérifiée jusqu’au bout (ligne 1, colonne 1'),
  ]);
});
