/** A batch of 1,000 actes by the command of an agent: from its start to the last of its results, all of it durable. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import { inscrire } from '../../src/banc/collectivite-essai.ts';
import { creerLaboratoire } from '../../src/banc/laboratoire.ts';
import { creerPdf } from '../../src/banc/pdf.ts';
import type { Dire } from './lancer.ts';
import { arrondi, executer, type Figures, mediane, type Mesure } from './mesures.ts';

const SIREN = '213400016';
const ACTES = 1_000;
const TOURS = 3;
const RACINE = join(import.meta.dirname, '..', '..');

/** About 20 kB each, no two alike. */
async function ecrireLot(dossier: string, tour: number): Promise<void> {
  await mkdir(dossier, { recursive: true });
  const lignes = ['numero;date;objet;nature;matiere;document;typologie'];
  for (let k = 0; k < ACTES; k += 1) {
    const articles = Array.from(
      { length: 270 },
      (_, n) => `Article ${n} de l'acte ${k} : le conseil adopte la disposition.`,
    );
    await writeFile(join(dossier, `a${k}.pdf`), creerPdf(articles));
    lignes.push(`T${tour}_${k};2026-03-02;Tarif ${k};1;7.1;a${k}.pdf;99_DE`);
  }
  await writeFile(join(dossier, 'lot.csv'), `${lignes.join('\r\n')}\r\n`);
}

/** The daemon goes on with what was deposited, and the simulated State answers, on the same cores. */
export async function mesurerLot(dire: Dire): Promise<Figures> {
  const dossier = await mkdtemp(join(tmpdir(), 'vaguemestre-bench-lot-'));
  const clock = creerClockSysteme();
  const labo = await creerLaboratoire({
    dossier,
    clock,
    graine: 1,
    ministere: { scenarios: false, delaiReponseMs: 0 },
  });
  const demon = await labo.demarrerDemon();
  try {
    await inscrire(labo.client, SIREN, 'Commune');
    const mesures: Mesure[] = [];
    for (let tour = 0; tour < TOURS; tour += 1) {
      const lot = join(dossier, `lot-${tour}`);
      await ecrireLot(lot, tour);
      const bin = join(RACINE, 'bin', 'vaguemestre');
      const commande = ['lot', lot, '--siren', SIREN, '--config', labo.configFichier] as const;
      mesures.push(await executer([process.execPath, bin, ...commande]));
    }
    const secondes = mediane(mesures.map((m) => m.secondes));
    const mib = Math.round(Math.max(...mesures.map((m) => m.mib)));
    dire(
      `Lot de ${ACTES} actes de 20 ko, déposé de façon durable : ${arrondi(secondes, 1)} s ; la commande tient en ${mib} Mio.`,
    );
    return { lot_1000_actes_s: arrondi(secondes, 2), lot_mib: mib };
  } finally {
    await demon.arreter();
    await labo.fermer();
    await rm(dossier, { recursive: true, force: true });
  }
}
