import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ouvrirClamd } from '../../src/adapters/antivirus/clamd.ts';
import { creerFakeClock } from '../../src/adapters/clock/fake.ts';
import { ouvrirCoffreDossier } from '../../src/adapters/coffre/dossier.ts';
import { creerFakeRandom } from '../../src/adapters/random/fake.ts';
import { ouvrirPaquets } from '../../src/adapters/schemas/paquets.ts';
import { creerEtapeControle } from '../../src/etapes/controle.ts';
import { creerRelecturePes } from '../../src/etapes/controle-pes.ts';
import { controlerDepot } from '../../src/etapes/depot.ts';
import type { Poste } from '../../src/etapes/etape.ts';
import { ouvrirSchemas } from '../../src/formats/xsd/jeu.ts';
import { bloquantes } from '../../src/metier/anomalies.ts';
import type { Collectivite } from '../../src/metier/collectivite.ts';
import type { Flux, PieceDuFlux } from '../../src/metier/flux.ts';
import type { Instant, Jour } from '../../src/metier/identifiants.ts';
import type { LectureFlux } from '../../src/ports/store.ts';
import { creerProtocoleHelios } from '../../src/protocoles/helios/index.ts';
import { memoireMib } from '../bench/mesures.ts';

/** A process of its own: every control of one PES, from the door to the antivirus, and what memory it took. */

const [fichier = '', paquetsDans = '', adresse = '', siret = ''] = process.argv.slice(2);
const QUAND = Date.parse('2026-06-15T12:00:00Z') as Instant;
const dossier = mkdtempSync(join(tmpdir(), 'vgm-memoire-'));
const pic = (): number => memoireMib('self', 'pic') * 1024 * 1024;
try {
  const clock = creerFakeClock(QUAND);
  const coffre = await ouvrirCoffreDossier({ dossier, random: creerFakeRandom(clock) });
  const paquets = ouvrirPaquets(paquetsDans);
  const schema = ouvrirSchemas(join(import.meta.dirname, '../../schemas/helios')).schema('PES_Aller');
  const protocole = creerProtocoleHelios({ schema, paquets, tailleMax: 200_000_000 });
  const fiche = { sirets: [siret], destination: 'VHPCE11', signature: 'transmettre' };
  const collectivite = { siren: siret.slice(0, 9), actif: true, helios: fiche } as unknown as Collectivite;
  const repos = pic();
  const attente = await coffre.recevoir(createReadStream(fichier));
  const { resultat } = await controlerDepot({
    protocole,
    collectivite,
    metadonnees: {},
    fichiers: [{ role: 'pes', nom: 'pes.xml', taille: attente.taille, attente }],
    jour: '2026-06-15' as Jour,
    homonymes: async () => [],
    jumeaux: async () => [],
  });
  await attente.garder();
  const depot = pic();
  const { sha256, sha512, taille } = attente;
  const piece = {
    role: 'pes',
    nom: 'pes.xml',
    type: 'application/xml',
    sha256,
    sha512,
    taille,
  } as PieceDuFlux;
  const antivirus = ouvrirClamd({ adresse, delai_s: 60 });
  const etape = creerEtapeControle({
    flux: { pieces: async () => [piece] } as unknown as LectureFlux,
    coffre,
    antivirus,
    relire: creerRelecturePes({ coffre, clock, piecesJointes: true, paquets }),
  });
  const flux = { id: 'x', protocole: 'HELIOS', resume: resultat.lu?.resume ?? {} } as Flux;
  const { signal } = new AbortController();
  const issue = await etape(flux, { signal, arret: signal } as Poste);
  const rapport = resultat.rapport.reponses.filter((r) => r.code.startsWith('HELIOS-SCH'));
  const [premiere] = issue.type === 'avance' ? (issue.pieces ?? []) : [];
  const analyse = premiere === undefined ? '' : await lireTexte(premiere.sha256);
  process.stdout.write(
    `${JSON.stringify({
      refus: bloquantes(resultat.rapport).map((a) => `${a.code} ${a.message}`),
      schemas: rapport.map((r) => r.reponse),
      issue: issue.type === 'avance' ? issue.evenement : issue.type,
      analyse,
      memoire: { repos, depot, fin: pic() },
    })}\n`,
  );

  async function lireTexte(quoi: typeof sha256): Promise<string> {
    const blocs: Uint8Array[] = [];
    for await (const bloc of (await coffre.ouvrir(quoi)) as AsyncIterable<Uint8Array>) blocs.push(bloc);
    return Buffer.concat(blocs).toString();
  }
} finally {
  rmSync(dossier, { recursive: true, force: true });
}
