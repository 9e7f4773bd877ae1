import { X509Certificate } from 'node:crypto';
import { enIncise } from '../../formats/xml/faute.ts';
import type { Collectivite } from '../../metier/collectivite.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Siren } from '../../metier/identifiants.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Constat, Sondable, Sonde } from '../../ports/sonde.ts';
import { jugerValidite } from './certificat.ts';

/** The keys that sign for the collectivités: whether they would serve today, and whose they are. */

export interface CleSondee {
  readonly nom: string;
  /** DER of the certificate in use. */
  readonly enService: Uint8Array;
  /** null when the key is in a file. */
  readonly service: Sondable | null;
  /** Opens it again from what the settings name. @returns DER of its certificate. Throws VGM-SGT-… and VGM-CFG-004. */
  rouvrir(): Promise<Uint8Array>;
}

/** The collectivités that have an HELIOS card. */
export type FichesHelios = () => Promise<readonly Pick<Collectivite, 'siren' | 'helios'>[]>;

type Vue = Omit<Constat, 'sujet'>;
type Fiche = Awaited<ReturnType<FichesHelios>>[number];

/** Named one by one. */
const CITES_MAX = 5;

export function citer(noms: readonly string[], lien: string): string {
  const reste = noms.length - CITES_MAX;
  const suite = reste > 0 ? `${lien}et ${reste.toLocaleString('fr-FR')} de plus` : '';
  return noms.slice(0, CITES_MAX).join(lien) + suite;
}

export function compterFiches(nombre: number): string {
  return `${nombre.toLocaleString('fr-FR')} fiche${nombre > 1 ? 's' : ''}`;
}

const bonne = (detail: string): Vue => ({ etat: 'bon', detail, remede: '' });

const GRAVITE: readonly Constat['etat'][] = ['bon', 'attention', 'panne'];

/** The worst of them, and all that they say. */
function reunir(sujet: string, vues: readonly Vue[]): Constat {
  const etat =
    vues.map((v) => v.etat).toSorted((a, b) => GRAVITE.indexOf(b) - GRAVITE.indexOf(a))[0] ?? 'bon';
  const remedes = new Set(vues.map((v) => v.remede).filter((r) => r !== ''));
  return { sujet, etat, detail: vues.map((v) => v.detail).join(' ; '), remede: [...remedes].join(' ') };
}

function voirValidite(certificat: X509Certificate, clock: Clock): Vue {
  const { etat, detail } = jugerValidite(certificat, clock);
  const titulaire = /^CN=(.*)$/m.exec(certificat.subject)?.[1] ?? 'sans nom';
  const remede =
    etat === 'panne'
      ? 'Installer une clé dont le certificat est en cours de validité, puis redémarrer ; les PES l’attendent.'
      : 'Demander dès maintenant le renouvellement de ce certificat.';
  return {
    etat,
    detail: `certificat « ${titulaire} » : ${detail}`,
    remede: etat === 'bon' ? '' : remede,
  };
}

/** Would a restart find it, and the same? */
async function voirOuverture(
  { rouvrir }: CleSondee,
  enService: X509Certificate,
  clock: Clock,
): Promise<Vue[]> {
  let neuf: X509Certificate;
  try {
    neuf = new X509Certificate(await rouvrir());
  } catch (cause) {
    const connue = cause instanceof ErreurVgm ? cause.fiche : null;
    const remede = `${connue?.remede ?? 'Vérifier les fichiers que nomment les réglages.'} Sans elle, le démon ne redémarrera pas.`;
    return [
      {
        etat: 'panne',
        detail: `ne s’ouvre plus : ${enIncise(connue?.message ?? 'fichier illisible')}`,
        remede,
      },
    ];
  }
  if (neuf.fingerprint256 === enService.fingerprint256) return [bonne('s’ouvre')];
  const { etat, detail } = jugerValidite(neuf, clock);
  const remede =
    etat === 'panne'
      ? 'Ne pas redémarrer : remettre d’abord une clé dont le certificat est en cours de validité.'
      : 'Redémarrer pour prendre la nouvelle clé.';
  return [{ etat: 'attention', detail: `les réglages en donnent une autre : ${detail}`, remede }];
}

async function voirService({ service }: CleSondee): Promise<Vue[]> {
  if (service === null) return [];
  const { joignable, detail } = await service.sonder();
  if (joignable) return [bonne(`son service répond (${detail})`)];
  const remede = 'Suivre ce que dit le détail, puis appeler l’hébergeur du service ; les PES attendent.';
  return [{ etat: 'panne', detail: `son service ne répond pas : ${detail}`, remede }];
}

/**
 * SIREN that the subject names: `0002` and a SIREN or SIRET as unit (RGS), or an organizationIdentifier
 * (ETSI EN 319 412-1, 5.1.4). Many certificates of persons name none.
 */
const SIREN = /^(?:OU=0002 ?|organizationIdentifier=(?:NTRFR-|SI:FR-|VATFR-[0-9A-Z]{2}))([0-9]{9})/gm;

function sirensDe({ subject }: X509Certificate): string[] {
  return [...subject.matchAll(SIREN)].map(([, siren = '']) => siren);
}

/** Who signs with a key, by its name. */
export type Employeurs = (nom: string) => Promise<readonly Siren[]>;

async function voirFiches({ nom }: CleSondee, certificat: X509Certificate, lister: Employeurs): Promise<Vue> {
  const employeurs = await lister(nom);
  if (employeurs.length === 0) return bonne('aucune fiche ne l’emploie');
  const titulaires = sirensDe(certificat);
  const autres = employeurs.filter((siren) => titulaires.length > 0 && !titulaires.includes(siren));
  const emploi = `employée par ${compterFiches(employeurs.length)}`;
  if (autres.length === 0) return bonne(emploi);
  return {
    etat: 'attention',
    detail: `${emploi} ; son certificat est au nom de l’organisme ${titulaires[0] ?? ''}, et non de ${citer(autres, ', ')}`,
    remede:
      'Vérifier que cet organisme signe bien pour cette collectivité ; sinon corriger sa fiche (« vaguemestre collectivite modifier »).',
  };
}

/** One key of the settings. */
export function sondeCle(cle: CleSondee, employeurs: Employeurs, clock: Clock): Sonde {
  const sujet = `clé de signature ${cle.nom}`;
  return {
    sujet,
    sonder: async () => {
      const certificat = new X509Certificate(cle.enService);
      return reunir(sujet, [
        ...(await voirOuverture(cle, certificat, clock)),
        voirValidite(certificat, clock),
        ...(await voirService(cle)),
        await voirFiches(cle, certificat, employeurs),
      ]);
    },
  };
}

const faitSigner = ({ helios }: Fiche): boolean => ['signer', 'confirmer'].includes(helios?.signature ?? '');

/** What a card that makes us sign lacks; null when it has all. */
function manque({ siren, helios }: Fiche, cles: readonly string[]): string | null {
  if (helios === null || helios.cle === '') return `${siren} : sa fiche ne nomme aucune clé`;
  if (!cles.includes(helios.cle)) return `${siren} : sa clé « ${helios.cle} » n’est pas dans les réglages`;
  return helios.qualite.trim() === '' ? `${siren} : sa fiche ne dit pas la qualité du signataire` : null;
}

const REMEDE_FICHES =
  'Compléter la fiche (« vaguemestre collectivite modifier », --cle-signature, --qualite), ou donner la clé sous [[helios.cles]] et redémarrer ; ses PES attendent.';

/** The cards that make us sign, against the keys of the settings. @param cles their names. */
export function sondeFiches(cles: readonly string[], fiches: FichesHelios): Sonde {
  const sujet = 'signature des PES';
  return {
    sujet,
    sonder: async (): Promise<Constat> => {
      const demandes = (await fiches()).filter(faitSigner);
      const manques = demandes.map((f) => manque(f, cles)).filter((m) => m !== null);
      if (manques.length > 0) {
        return { sujet, etat: 'panne', detail: citer(manques, ' ; '), remede: REMEDE_FICHES };
      }
      const detail =
        demandes.length === 0
          ? 'aucune fiche ne nous fait signer'
          : `${compterFiches(demandes.length)}, chacune avec sa clé et sa qualité`;
      return { sujet, etat: 'bon', detail, remede: '' };
    },
  };
}
