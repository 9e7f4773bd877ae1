import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { creerClockSysteme } from '../adapters/clock/system.ts';
import { creerRandomSysteme } from '../adapters/random/system.ts';
import { creerDossiers } from '../config/dossiers.ts';
import { raisonDe } from '../config/fichiers.ts';
import { erreurBanc } from '../metier/catalogue/banc.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import type { Clock } from '../ports/clock.ts';
import { ecrireAides, type Ports, portsDesReglages, type Services } from './aides.ts';
import { accueil, annonceJson, phrase } from './annonces.ts';
import { type AccesDgfip, ouvrirAcces, porteFtp, porteSftp } from './dgfip/acces.ts';
import { type Dgfip, demarrerDgfip } from './dgfip/dgfip.ts';
import type { EvenementDgfip } from './dgfip/registre.ts';
import { CLASSIFICATION_DATE } from './laboratoire.ts';
import { demarrerMinistere, type Ministere } from './ministere.ts';
import { creerPkiEssai } from './pki.ts';
import type { EvenementMinistere } from './registre.ts';

export type NomService = 'prefecture' | 'dgfip';

export interface OptionsSimulateur {
  readonly services: readonly NomService[];
  /** 0 = any free port; null = that of the settings already in the folder, else any free one. */
  readonly ports: { readonly [P in keyof Ports]: number | null };
  /** Where the answers of the préfecture are mailed. */
  readonly smtp: { readonly hote: string; readonly port: number };
  readonly graine: number;
  /** Keys, registers, classification and an example of settings; made when absent. */
  readonly dossier: string;
  readonly json: boolean;
}

export interface SimulateurEnMarche {
  readonly arrete: Promise<number>;
  arreter(): void;
}

const PERIODE_MS = 200;
const DELAI_MS = 500;

/** The keys of the folder; its PKI is made again as a whole when a part is missing. */
interface Cles {
  readonly ministere: { readonly cert: string; readonly key: string; readonly caClients: string };
  readonly dgfip: { readonly cert: string; readonly key: string };
  readonly acces: AccesDgfip;
}

async function clesDe(dossier: string, clock: Clock): Promise<Cles> {
  const pki = join(dossier, 'pki');
  creerDossiers(pki, 0o777);
  const presentes = await Promise.all(
    ['ca.pem', 'ministere.key', 'dgfip.key'].map((nom) =>
      stat(join(pki, nom)).then(
        () => true,
        () => false,
      ),
    ),
  );
  if (presentes.includes(false)) await creerPkiEssai(pki, { clock });
  const lire = (nom: string) => readFile(join(pki, nom), 'utf8');
  return {
    ministere: {
      cert: await lire('ministere.pem'),
      key: await lire('ministere.key'),
      caClients: await lire('ca.pem'),
    },
    dgfip: { cert: await lire('dgfip.pem'), key: await lire('dgfip.key') },
    acces: await ouvrirAcces(join(dossier, 'dgfip', 'acces'), { random: creerRandomSysteme(clock) }),
  };
}

/** What the folder refuses is for whoever named it. Throws VGM-BAN-005. */
async function preparer(dossier: string, clock: Clock): Promise<Cles> {
  try {
    return await clesDe(dossier, clock);
  } catch (origine) {
    if (origine instanceof ErreurVgm) throw origine;
    throw erreurBanc('VGM-BAN-005', { dossier, raison: raisonDe(origine) }, origine);
  }
}

interface Ouverts {
  readonly ministere: Ministere | null;
  readonly dgfip: Dgfip | null;
}

interface Ouverture {
  readonly options: OptionsSimulateur;
  readonly cles: Cles;
  readonly ports: Ports;
  readonly clock: Clock;
}

function ouvrirMinistere({ options, cles, ports, clock }: Ouverture): Promise<Ministere> {
  return demarrerMinistere({
    https: { port: ports.https, ...cles.ministere },
    smtp: options.smtp,
    clock,
    graine: options.graine,
    delaiReponseMs: DELAI_MS,
    classificationDate: CLASSIFICATION_DATE,
    registre: join(options.dossier, 'registre.jsonl'),
  });
}

function ouvrirDgfip({ options, cles, ports, clock }: Ouverture): Promise<Dgfip> {
  const { acces } = cles;
  return demarrerDgfip({
    dossier: join(options.dossier, 'dgfip'),
    clock,
    graine: options.graine,
    delaiReponseMs: DELAI_MS,
    sftp: porteSftp(acces, ports.sftp),
    ftps: porteFtp(acces, { port: ports.ftps, tls: cles.dgfip }),
    ftp: porteFtp(acces, { port: ports.ftp, tls: null }),
  });
}

/** All the services asked for, or none. */
async function ouvrir(ouverture: Ouverture): Promise<Ouverts> {
  const { services } = ouverture.options;
  const ministere = services.includes('prefecture') ? await ouvrirMinistere(ouverture) : null;
  try {
    return { ministere, dgfip: services.includes('dgfip') ? await ouvrirDgfip(ouverture) : null };
  } catch (faute) {
    await ministere?.arreter();
    throw faute;
  }
}

function servicesDe({ options, cles }: Ouverture, { ministere, dgfip }: Ouverts): Services {
  const { dossier, smtp } = options;
  return {
    dossier,
    prefecture:
      ministere === null ? null : { url: ministere.url, smtp, classification: ministere.classification() },
    dgfip: dgfip === null ? null : { acces: cles.acces, portes: dgfip },
  };
}

/** For the `sftp` command, which asks who the server is. */
async function ecrireHotes({ dossier, dgfip }: Services): Promise<void> {
  if (dgfip === null) return;
  const ligne = `[127.0.0.1]:${dgfip.portes.portSftp} ${dgfip.acces.cleHotePublique}\n`;
  await writeFile(join(dossier, 'dgfip', 'acces', 'known_hosts'), ligne);
}

interface Sorties {
  ecrire(ligne: string): void;
}

/** `vaguemestre simulateur`: a State that answers until it is stopped, and says what it does. Throws VGM-BAN-001, -005. */
export async function simulateur(options: OptionsSimulateur, sorties: Sorties): Promise<SimulateurEnMarche> {
  const clock = creerClockSysteme();
  const cles = await preparer(options.dossier, clock);
  const connus = await portsDesReglages(options.dossier);
  const ports = Object.fromEntries(
    Object.entries(connus).map(([p, connu]) => [p, options.ports[p as keyof Ports] ?? connu]),
  ) as unknown as Ports;
  const ouverture: Ouverture = { options, cles, ports, clock };
  const ouverts = await ouvrir(ouverture);
  const services = servicesDe(ouverture, ouverts);
  const reglages = await ecrireAides(services);
  await ecrireHotes(services);
  if (options.json) sorties.ecrire(JSON.stringify(annonceJson(services, reglages)));
  else for (const ligne of accueil(services, reglages)) sorties.ecrire(ligne);
  const fin = new AbortController();
  const ecrire = (e: EvenementMinistere | EvenementDgfip, service: NomService): void =>
    sorties.ecrire(options.json ? JSON.stringify({ service, ...e }) : phrase(e));
  return { arrete: suivre(ouverts, { clock, fin: fin.signal, ecrire }), arreter: () => fin.abort() };
}

interface Suite {
  readonly clock: Clock;
  readonly fin: AbortSignal;
  readonly ecrire: (e: EvenementMinistere | EvenementDgfip, service: NomService) => void;
}

async function suivre({ ministere, dgfip }: Ouverts, { clock, fin, ecrire }: Suite): Promise<number> {
  const registres = [
    { service: 'prefecture' as const, lire: () => ministere?.registre.evenements() ?? [] },
    { service: 'dgfip' as const, lire: () => dgfip?.registre.evenements() ?? [] },
  ].map((r) => ({ ...r, vus: r.lire().length }));
  while (!fin.aborted) {
    for (const registre of registres) {
      const evenements = registre.lire();
      for (const evenement of evenements.slice(registre.vus)) ecrire(evenement, registre.service);
      registre.vus = evenements.length;
    }
    await clock.sleep(PERIODE_MS, fin);
  }
  await Promise.all([ministere?.arreter(), dgfip?.arreter()]);
  return 0;
}
