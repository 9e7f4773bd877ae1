import { readSync } from 'node:fs';
import { creerLecteurPdf } from '../adapters/lecteur-pdf/fil.ts';
import type { RapportPdf, RapportSignaturePdf } from '../formats/pdf/signatures-verifier.ts';
import { verifierPdf as lirePdf } from '../formats/pdf/signatures-verifier.ts';
import { erreurHorsLigne } from '../metier/catalogue/hors-ligne.ts';
import { type Appel, type CodeSortie, drapeau, type Sorties } from './monde.ts';
import { json, octetsExacts, pluriel } from './rendu.ts';
import { montrerConstat } from './rendu-signatures.ts';
import {
  conclure,
  croire,
  montrerSignature,
  reproches,
  type SignatureCli,
  signatureEnJson,
} from './signatures-cms.ts';
import type { Source } from './source.ts';
import { fiche } from './tableau.ts';
import { lireRegles, type Regles } from './verifier-xml.ts';

/** `vaguemestre verifier` on a PDF: every signature that it shows. */

type Lu = Extract<RapportPdf, { type: 'lu' }>;
type Jugee = RapportSignaturePdf & SignatureCli;

function lireA({ descripteur }: Source, debut: number, fin: number): Uint8Array {
  const octets = Buffer.alloc(fin - debut);
  let lus = 0;
  while (lus < octets.length) {
    const n = readSync(descripteur, octets, lus, octets.length - lus, debut + lus);
    if (n === 0) break;
    lus += n;
  }
  return octets.subarray(0, lus);
}

/** Throws VGM-HLG-002, VGM-CTL-005. */
async function lire(source: Source): Promise<Lu> {
  const fichier = {
    taille: source.taille,
    octets: source.lire,
    lire: async (debut: number, fin: number) => lireA(source, debut, fin),
  };
  const rapport = await lirePdf(fichier, creerLecteurPdf().lireSignatures);
  source.exigerInchange();
  if (rapport.type === 'lu') return rapport;
  throw erreurHorsLigne('VGM-HLG-002', { fichier: source.fichier });
}

const SUITES = {
  rien: '',
  complements: ' ; le document a été complété ensuite',
  modifications: ' ; le document a été MODIFIÉ ensuite',
} as const;

function decrireCouverture({
  couvre,
  octets,
  suite,
  champ,
  sousFiltre,
  sorte,
}: Jugee): (readonly [string, string])[] {
  const quoi =
    couvre === null
      ? 'rien de sûr'
      : couvre === 'fichier'
        ? 'le fichier entier'
        : `une révision du document (${octetsExacts(octets)})${SUITES[suite ?? 'rien']}`;
  const nature = sorte === 'horodatage' ? 'horodatage du document' : 'signature';
  return [
    ['Sorte', `${nature} (${sousFiltre ?? 'non dite'})`],
    ...(champ === '' ? [] : [['Champ', champ] as const]),
    ['Couvre', quoi],
  ];
}

function reprochesPdf({ signatures, constats }: Lu, jugees: readonly Jugee[], regles: Regles): string[] {
  const signees = jugees.filter((s) => s.sorte === 'signature');
  const graves = constats.filter((c) => c.gravite === 'refus').map((c) => c.message);
  const aucune = graves.length === 0 && signees.length === 0;
  const entier = signatures.length === 0 || signatures.some((s) => s.couvre === 'fichier');
  return [
    ...graves,
    ...(aucune ? ['Le PDF n’est pas signé.'] : []),
    ...reproches(jugees, signees, regles),
    ...(entier ? [] : ['Aucune signature ne couvre le fichier jusqu’à sa fin.']),
  ];
}

function raconter(
  sorties: Sorties,
  lu: Lu,
  dit: { readonly jugees: readonly Jugee[]; readonly torts: readonly string[]; readonly magasin: boolean },
): void {
  const { jugees, torts, magasin } = dit;
  fiche(sorties, [['SHA-256', lu.sha256]]);
  sorties.ecrire('');
  for (const s of jugees) montrerSignature(sorties, s, decrireCouverture(s));
  for (const c of lu.constats) montrerConstat(sorties, c);
  const bien = `${pluriel(jugees.length, 'signature valide', 'signatures valides')}, le fichier entier est couvert.`;
  conclure(sorties, { torts, bien, magasin: magasin || jugees.length === 0 });
}

/** @returns 0 when every signature is good and one of them covers the whole file, 3 otherwise. */
export async function verifierPdf(appel: Appel, source: Source): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const regles = await lireRegles(appel, false);
  const lu = await lire(source);
  const jugees: Jugee[] = lu.signatures.map((s) => croire(s, s.sorte === 'signature', regles));
  const torts = reprochesPdf(lu, jugees, regles);
  if (drapeau(appel.options, 'json')) {
    const { sha256, octets, constats } = lu;
    const signatures = await Promise.all(jugees.map((s) => signatureEnJson(s)));
    json(sorties, [
      {
        fichier: source.fichier,
        bonne: torts.length === 0,
        torts,
        profil: 'pdf',
        sha256,
        octets,
        constats,
        signatures,
      },
    ]);
  } else raconter(sorties, lu, { jugees, torts, magasin: regles.magasin !== undefined });
  return torts.length === 0 ? 0 : 3;
}
