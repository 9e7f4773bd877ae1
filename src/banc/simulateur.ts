import { access, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { creerClockSysteme } from '../adapters/clock/system.ts';
import { CLASSIFICATION_DATE } from './laboratoire.ts';
import { ecrireAides, type EtatReglages, portDesReglages } from './aides.ts';
import { demarrerMinistere, type Ministere } from './ministere.ts';
import { creerPkiEssai } from './pki.ts';
import type { EvenementMinistere } from './registre.ts';

export interface OptionsSimulateur {
  /** 0 = any free port; null = that of the settings already in the folder, else any free one. */
  readonly port: number | null;
  /** Where the answers are mailed. */
  readonly smtp: { readonly hote: string; readonly port: number };
  readonly graine: number;
  /** Keys, register, classification and an example of settings; made when absent. */
  readonly dossier: string;
  readonly json: boolean;
}

export interface SimulateurEnMarche {
  readonly arrete: Promise<number>;
  arreter(): void;
}

const PERIODE_MS = 200;
const DELAI_MS = 500;

async function clesDe(dossier: string): Promise<{ cert: string; key: string; caClients: string }> {
  const pki = join(dossier, 'pki');
  const complete = await access(join(pki, 'ministere.key')).then(
    () => true,
    () => false,
  );
  if (!complete) await creerPkiEssai(pki, { clock: creerClockSysteme() });
  const lire = (nom: string) => readFile(join(pki, nom), 'utf8');
  return {
    cert: await lire('ministere.pem'),
    key: await lire('ministere.key'),
    caClients: await lire('ca.pem'),
  };
}

function phrase(e: EvenementMinistere): string {
  const quoi = {
    accepte: 'archive acceptée',
    double: 'archive reçue EN DOUBLE',
    non_pris: 'archive non prise (scénario)',
    refuse: 'archive refusée',
    verdict: `réponse ${e.message} décidée pour ${e.idActe}`,
    courriel: `réponse ${e.message} envoyée pour ${e.idActe}`,
    courriel_perdu: `réponse ${e.message} impossible à remettre pour ${e.idActe}`,
  }[e.type];
  const scenario = e.scenario === 'NORMAL' ? '' : ` [${e.scenario}]`;
  return `${new Date(e.quand).toISOString()} ${e.nom} ${quoi}${scenario}${e.detail === '' ? '' : ` : ${e.detail}`}`;
}

/** `vaguemestre simulateur`: a ministry that answers until it is stopped, and says what it does. */
export async function simulateur(
  options: OptionsSimulateur,
  sorties: { ecrire(ligne: string): void },
): Promise<SimulateurEnMarche> {
  await mkdir(options.dossier, { recursive: true });
  const clock = creerClockSysteme();
  const cles = await clesDe(options.dossier);
  const ministere = await demarrerMinistere({
    https: { port: options.port ?? (await portDesReglages(options.dossier)), ...cles },
    smtp: options.smtp,
    clock,
    graine: options.graine,
    delaiReponseMs: DELAI_MS,
    classificationDate: CLASSIFICATION_DATE,
    registre: join(options.dossier, 'registre.jsonl'),
  });
  const reglages = await ecrireAides({ ...options, url: ministere.url });
  accueillir({ ...options, reglages }, ministere, sorties);
  const fin = new AbortController();
  const arrete = suivre(ministere, {
    fin: fin.signal,
    ecrire: (e) => sorties.ecrire(options.json ? JSON.stringify(e) : phrase(e)),
  });
  return { arrete, arreter: () => fin.abort() };

  async function suivre(
    m: Ministere,
    s: { fin: AbortSignal; ecrire: (e: EvenementMinistere) => void },
  ): Promise<number> {
    let vus = m.registre.evenements().length;
    while (!s.fin.aborted) {
      const evenements = m.registre.evenements();
      for (const evenement of evenements.slice(vus)) s.ecrire(evenement);
      vus = evenements.length;
      await clock.sleep(PERIODE_MS, s.fin);
    }
    await m.arreter();
    return 0;
  }
}

function accueillir(
  options: OptionsSimulateur & { readonly reglages: EtatReglages },
  ministere: Ministere,
  sorties: { ecrire(ligne: string): void },
): void {
  const { dossier, reglages } = options;
  if (options.json) {
    sorties.ecrire(JSON.stringify({ type: 'ouvert', url: ministere.url, dossier, reglages }));
    return;
  }
  sorties.ecrire(
    `Ministère simulé ouvert sur ${ministere.url} ; réponses par SMTP à ${options.smtp.hote}:${options.smtp.port}.`,
  );
  sorties.ecrire(
    `Pour un démon qui lui parle : vaguemestre demarrer --config ${join(options.dossier, 'vaguemestre.toml')}`,
  );
  sorties.ecrire(
    `Classification à importer : ${join(options.dossier, 'classification-7-2.xml')}. Scénarios : src/banc/SCENARIOS.md.`,
  );
  if (reglages === 'differents') {
    sorties.ecrire(
      `${join(dossier, 'vaguemestre.toml')} existait et n’est pas réécrit ; il nomme une autre adresse que ${ministere.url} ou que le relais ${options.smtp.hote}:${options.smtp.port} : le corriger, ou l’effacer et relancer.`,
    );
  }
}
