/**
 * `node test/bench/xml.ts [--json]`: throughput and memory of the XML engine on PES-like files in ISO-8859-1, next to bare
 * SHA-256 of as many bytes measured in the same run. A measure, never a test.
 */
import { createHash } from 'node:crypto';
import { AnalyseurXml } from '../../src/formats/xml/analyseur.ts';
import { Canonisation, parId } from '../../src/formats/xml/c14n/canonisation.ts';
import type { Cible } from '../../src/formats/xml/c14n/cible.ts';
import type { Recepteur } from '../../src/formats/xml/evenements.ts';

const CHUNK = 1 << 20;
const TOURS = 5;

const TETE = `<?xml version="1.0" encoding="ISO-8859-1"?>
<n:PES_Aller xmlns:n="http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller" Id="PES1">
\t<PES_DepenseAller>\n\t\t<Bordereau Id="BORD1">\n`;
const PIED = '\t\t</Bordereau>\n\t</PES_DepenseAller>\n</n:PES_Aller>\n';

const champs = (noms: string, valeur: (nom: string) => string): string =>
  noms
    .split(' ')
    .map((nom) => `\t\t\t\t\t\t<${nom} V="${valeur(nom)}"/>\n`)
    .join('');

/** About 1.4 kB: a mandat of one line, accents and a reference included. */
function piece(k: number): string {
  return (
    `\t\t\t<Piece>\n\t\t\t\t<BlocPiece>\n\t\t\t\t\t<InfoPce>\n` +
    champs('IdPce TypPce NatPce CatPce', () => String(k)) +
    `\t\t\t\t\t\t<Obj V="Réfection de l'école n° ${k} &amp; abords"/>\n\t\t\t\t\t</InfoPce>\n\t\t\t\t</BlocPiece>\n` +
    `\t\t\t\t<LigneDePiece>\n\t\t\t\t\t<InfoLignePce>\n` +
    champs(
      'IdLigne Nature Fonction LibVir1 LibVir2 ModRegl TVAIntraCom MtHT',
      (nom) => `${nom.length}${k % 97}`,
    ) +
    `\t\t\t\t\t</InfoLignePce>\n\t\t\t\t\t<Tiers>\n` +
    champs(
      'IdTiers NatIdTiers RefTiers CatTiers NatJur Nom TypAdr Adr2 CP Ville CodRes',
      () => 'SOCIETE 010',
    ) +
    `\t\t\t\t\t\t<Nom V="SOCIÉTÉ ${k}"/>\n` +
    champs('BIC IBAN LibBanc TitCpte', () => 'FR7630001007941234567890185') +
    `\t\t\t\t\t</Tiers>\n\t\t\t\t</LigneDePiece>\n\t\t\t</Piece>\n`
  );
}

/** Chunks of a file of about that many bytes: the same piece numbers come back, so that nothing is held but one chunk. */
function* fichier(octets: number): Generator<Buffer> {
  yield Buffer.from(TETE, 'latin1');
  let bloc = '';
  for (let k = 1; bloc.length < CHUNK; k += 1) bloc += piece(k);
  const corps = Buffer.from(bloc, 'latin1');
  for (let n = 0; n < octets; n += corps.length) yield corps;
  yield Buffer.from(PIED, 'latin1');
}

class Muet implements Recepteur {
  elements = 0;
  commencer(): void {}
  ouvrir(): void {
    this.elements += 1;
  }
  fermer(): void {}
  texte(): void {}
  caractere(): void {}
  commentaire(): void {}
  instruction(): void {}
  finir(): void {}
}

function lire(recepteur: Recepteur, octets: number): void {
  const analyseur = new AnalyseurXml(recepteur);
  for (const chunk of fichier(octets)) analyseur.ecrire(chunk);
  const refus = analyseur.finir();
  if (refus !== null) throw new TypeError(refus.message);
}

const EPREUVES: Readonly<Record<string, (octets: number) => void>> = {
  'SHA-256 seul': (octets) => {
    const empreinte = createHash('sha256');
    for (const chunk of fichier(octets)) empreinte.update(chunk);
    empreinte.digest();
  },
  'lecture seule': (octets) => lire(new Muet(), octets),
  'lecture, c14n exclusive et SHA-256 du bordereau': (octets) => {
    const empreinte = createHash('sha256');
    const cible: Cible = { mode: 'exclusive', sansSignature: true, puits: [empreinte] };
    lire(new Canonisation({ choisir: parId(new Map([['BORD1', cible]])), termine: () => undefined }), octets);
    empreinte.digest();
  },
  'lecture, racine et bordereau ensemble': (octets) => {
    const cibles = new Map(
      ['PES1', 'BORD1'].map((id): [string, Cible] => [
        id,
        { mode: 'exclusive', puits: [createHash('sha256')] },
      ]),
    );
    lire(new Canonisation({ choisir: parId(cibles), termine: () => undefined }), octets);
  },
};

function mesurer(epreuve: (octets: number) => void, octets: number): number {
  const durees = Array.from({ length: TOURS }, () => {
    const debut = performance.now();
    epreuve(octets);
    return performance.now() - debut;
  });
  return durees.toSorted((a, b) => a - b)[TOURS >> 1] ?? 0;
}

const resultats = [];
for (const mo of [1, 10, 100]) {
  for (const [nom, epreuve] of Object.entries(EPREUVES)) {
    const ms = mesurer(epreuve, mo * 1e6);
    const rss = Math.round(process.memoryUsage().rss / 2 ** 20);
    resultats.push({ mo, nom, ms: Number(ms.toFixed(1)), moParSeconde: Math.round((mo * 1000) / ms), rss });
  }
}
if (process.argv.includes('--json')) console.log(JSON.stringify(resultats));
else console.table(resultats);
