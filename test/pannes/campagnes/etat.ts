import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CLASSIFICATION_DATE } from '../../../src/banc/laboratoire.ts';
import { demarrerMinistere, type Ministere, type OptionsMinistere } from '../../../src/banc/ministere.ts';
import { creerAutorite, emettre } from '../../../src/formats/certificats/emettre.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { ouvrirRelais, type Relais } from '../../serveurs/relais.ts';
import { type Bout, ouvrirBouts } from '../lignes-coupees.ts';

/** The State of a campaign, behind lines that may be broken, and the authority that it believes. */
export interface Etat {
  readonly pki: Pki;
  /** The present ministry: it may be stopped, and opened again on the same port and register. */
  readonly ministere: Ministere;
  /** @param paire of its door; the first one when absent. Answers still owed are dropped. */
  rouvrirMinistere(paire?: Paire): Promise<void>;
  readonly bouts: readonly Bout[];
  readonly lignes: {
    /** From the daemons to the door of the ministry. */
    readonly guichet: Relais;
    /** From the ministry to the mail door of the first daemon. */
    readonly courrier: Relais;
  };
  fermer(): Promise<void>;
}

/** Certificate and key, paths of PEM files. */
export interface Paire {
  readonly certificat: string;
  readonly cle: string;
}

export interface Pki {
  /** Certificate of the authority, PEM file. */
  readonly ca: string;
  /** A new pair in files of this name, which expires after so many milliseconds; years when absent. */
  emettre(nom: string, usage: 'serveur' | 'client', duree?: number): Promise<Paire>;
}

export interface OptionsEtat {
  readonly dossier: string;
  readonly clock: Clock;
  readonly graine: number;
  /** Where the ministry mails its answers. */
  readonly portSmtp: number;
  readonly ministere?: Partial<Pick<OptionsMinistere, 'delaiReponseMs' | 'tardMs'>>;
}

const JOUR_MS = 86_400_000;
/** More than a year: some campaigns play with the calendar. Days. */
export const VALIDITE_JOURS = 800;
const MARGE_MS = JOUR_MS;

export async function ouvrirEtat(options: OptionsEtat): Promise<Etat> {
  const { dossier, clock, graine } = options;
  const fermetures: (() => Promise<unknown>)[] = [];
  const fermer = async (): Promise<void> => {
    for (const une of fermetures.splice(0).toReversed()) await une();
  };
  try {
    const pki = await creerPki(dossier, clock);
    const courrier = await ouvrirRelais({ cible: { hote: '127.0.0.1', port: options.portSmtp } });
    fermetures.push(() => courrier.fermer());
    const bureau = await ouvrirBureau(options, { pki, relais: courrier.port });
    fermetures.push(() => bureau.ministere.arreter());
    const guichet = await ouvrirRelais({ cible: { hote: '127.0.0.1', port: bureau.ministere.port } });
    fermetures.push(() => guichet.fermer());
    const bouts = await ouvrirBouts({ dossier, clock, graine });
    fermetures.push(() => Promise.all(bouts.map((b) => b.fermer())));
    return {
      pki,
      bouts,
      lignes: { guichet, courrier },
      fermer,
      get ministere() {
        return bureau.ministere;
      },
      rouvrirMinistere: (paire) => bureau.rouvrir(paire),
    };
  } catch (faute) {
    await fermer();
    throw faute;
  }
}

async function creerPki(dossier: string, clock: Clock): Promise<Pki> {
  const autorite = await creerAutorite({
    nom: 'Autorité de la campagne',
    jours: 10 * VALIDITE_JOURS,
    quand: clock.now() - MARGE_MS,
  });
  const ca = join(dossier, 'ca.pem');
  await writeFile(ca, autorite.certificat);
  return {
    ca,
    async emettre(nom, usage, duree = VALIDITE_JOURS * JOUR_MS) {
      const [certificat, cle] = [join(dossier, `${nom}.pem`), join(dossier, `${nom}.key`)];
      const quand = clock.now() - MARGE_MS;
      const jours = (duree + MARGE_MS) / JOUR_MS;
      const boucle = usage === 'serveur' ? { dns: ['localhost'], ip: ['127.0.0.1'] } : {};
      const paire = await emettre(autorite, { nom: `Campagne, ${nom}`, usage, quand, jours, ...boucle });
      await writeFile(certificat, paire.certificat);
      await writeFile(cle, paire.cle, { mode: 0o600 });
      return { certificat, cle };
    },
  };
}

interface Bureau {
  readonly ministere: Ministere;
  rouvrir(paire?: Paire): Promise<void>;
}

async function ouvrirBureau(
  { dossier, clock, graine, ministere: reglage = {} }: OptionsEtat,
  { pki, relais }: { readonly pki: Pki; readonly relais: number },
): Promise<Bureau> {
  const premiere = await pki.emettre('ministere', 'serveur');
  const caClients = await readFile(pki.ca, 'utf8');
  const ouvrir = async (port: number, { certificat, cle }: Paire): Promise<Ministere> =>
    demarrerMinistere({
      https: { port, caClients, cert: await readFile(certificat, 'utf8'), key: await readFile(cle, 'utf8') },
      smtp: { hote: '127.0.0.1', port: relais },
      clock,
      graine,
      delaiReponseMs: reglage.delaiReponseMs ?? [0, 60],
      tardMs: reglage.tardMs ?? 500,
      classificationDate: CLASSIFICATION_DATE,
      registre: join(dossier, 'registre.jsonl'),
    });
  let ministere = await ouvrir(0, premiere);
  return {
    get ministere() {
      return ministere;
    },
    rouvrir: async (paire = premiere) => {
      const { port } = ministere;
      // A ministry that comes back has forgotten what it owed.
      await ministere.fermerPorte();
      await ministere.attendreVide();
      await ministere.arreter();
      ministere = await ouvrir(port, paire);
    },
  };
}
