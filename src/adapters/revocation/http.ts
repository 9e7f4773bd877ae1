import { construireQuestionOcsp } from '../../formats/certificats/ocsp.ts';
import type { QuestionRevocation } from '../../formats/certificats/revocation.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import type {
  EssaiRevocation,
  PreuveBrute,
  RechercheRevocation,
  Revocation,
} from '../../ports/revocation.ts';
import { estPassager, estUtile, interroger, tranche } from './apport.ts';
import { type Cache, creerCache } from './cache.ts';
import {
  type Demande,
  type DependancesGuichet,
  type Guichet,
  ouvrirGuichet,
  type ReglageRevocation,
} from './requete.ts';

/**
 * Evidence from the servers that the certificate names: OCSP first, then lists. Each is looked at here only to know
 * whether another one is to be asked; the judgement is made elsewhere, from the bytes.
 */

/** Addresses of each kind that are tried: more is not more evidence. */
const ADRESSES_MAX = 3;

/** Octets of a nonce (RFC 9654 § 2.1). */
const NONCE = 32;

/** Servers remembered for having failed. */
const REPOS_MAX = 1000;

export interface DependancesRevocation extends DependancesGuichet {
  readonly random: Random;
  readonly log: Log;
}

interface Bureau {
  readonly reglage: ReglageRevocation;
  readonly deps: DependancesRevocation;
  readonly guichet: Guichet;
  readonly cache: Cache;
  /** Requests under way: the same question asked twice at once is asked once. */
  readonly enCours: Map<string, Promise<Obtenue>>;
  /** Servers that failed, and until when they are left alone. */
  readonly repos: Map<string, number>;
}

type Obtenue = { readonly preuve: PreuveBrute } | { readonly motif: string; readonly passager: boolean };

/** One address to ask about one certificate. */
interface Sujet {
  readonly type: 'ocsp' | 'crl';
  readonly adresse: string;
  readonly question: QuestionRevocation;
}

function cleDe({ type, adresse, question }: Sujet): string {
  const { certificat, emetteur } = question;
  return type === 'crl' ? `crl ${adresse}` : `ocsp ${adresse} ${emetteur.cle.sha256} ${certificat.serie.hex}`;
}

function demandeDe(
  { type, adresse, question }: Sujet,
  nonce: Uint8Array,
  reglage: ReglageRevocation,
): Demande {
  if (type === 'crl') return { adresse, methode: 'GET', tailleMax: reglage.crl_max_octets };
  const corps = construireQuestionOcsp({ ...question, nonce });
  return { adresse, methode: 'POST', corps, tailleMax: reglage.ocsp_max_octets };
}

/** A page for people in place of the answer: a portal, a proxy, a parked name. */
function estPage(octets: Uint8Array): boolean {
  return /^\s*<(!doctype|html|\?xml)/i.test(Buffer.from(octets.subarray(0, 200)).toString('latin1'));
}

async function telecharger(bureau: Bureau, sujet: Sujet): Promise<Obtenue> {
  const { deps, guichet, reglage, repos } = bureau;
  const origine = URL.canParse(sujet.adresse) ? new URL(sujet.adresse).origin : sujet.adresse;
  const encore = (repos.get(origine) ?? 0) - deps.clock.now();
  if (encore > 0) {
    return {
      motif: `ce serveur vient de faillir ; nouvel essai dans ${Math.ceil(encore / 1000)} s`,
      passager: true,
    };
  }
  const nonce = Uint8Array.from(Buffer.from(deps.random.hex(NONCE), 'hex'));
  const debut = deps.clock.now();
  const reponse = await guichet.demander(demandeDe(sujet, nonce, reglage));
  const recue = reponse.type === 'recue' && !estPage(reponse.octets);
  deps.log.info('révocation', { type: sujet.type, serveur: origine, recue, duree: deps.clock.now() - debut });
  if (recue) {
    repos.delete(origine);
    const { type, adresse } = sujet;
    const preuve = { type, octets: reponse.octets, nonce: type === 'ocsp' ? nonce : null, adresse };
    return { preuve: { ...preuve, obtenue: deps.clock.now() } };
  }
  const echec =
    reponse.type === 'echec' ? reponse : { motif: 'une page web a été reçue à la place', passager: true };
  if (echec.passager) mettreAuRepos(bureau, origine);
  return { motif: echec.motif, passager: echec.passager };
}

function mettreAuRepos({ repos, reglage, deps }: Bureau, origine: string): void {
  repos.delete(origine);
  repos.set(origine, deps.clock.now() + reglage.repos_s * 1000);
  const [plusAncien] = repos.keys();
  if (repos.size > REPOS_MAX && plusAncien !== undefined) repos.delete(plusAncien);
}

function obtenir(bureau: Bureau, sujet: Sujet): Promise<Obtenue> {
  const cle = cleDe(sujet);
  const deja = bureau.enCours.get(cle);
  if (deja !== undefined) return deja;
  const demande = telecharger(bureau, sujet).finally(() => bureau.enCours.delete(cle));
  bureau.enCours.set(cle, demande);
  return demande;
}

interface Trouvaille {
  readonly preuve: PreuveBrute | null;
  readonly essai: EssaiRevocation;
  readonly tranche: boolean;
}

/** From the cache when what is there answers, from the server otherwise. */
async function chercherUne(bureau: Bureau, sujet: Sujet, crl: readonly Uint8Array[]): Promise<Trouvaille> {
  const { cache, deps } = bureau;
  const { type, adresse, question } = sujet;
  const cle = cleDe(sujet);
  const gardee = cache.prendre(cle, deps.clock.now());
  const connu = gardee === undefined ? null : interroger(gardee, question, crl);
  if (gardee !== undefined && connu !== null && connu.etat !== 'inconnu') {
    return { preuve: gardee, essai: { type, adresse, motif: '', passager: false }, tranche: tranche(connu) };
  }
  const obtenue = await obtenir(bureau, sujet);
  if ('motif' in obtenue) return { preuve: null, essai: { type, adresse, ...obtenue }, tranche: false };
  const { preuve } = obtenue;
  const etat = interroger(preuve, question, crl);
  if (etat.etat !== 'inconnu' && etat.preuve.jusqua !== null) cache.garder(cle, preuve, etat.preuve.jusqua);
  const motif = etat.etat === 'inconnu' ? etat.message : '';
  const passager = estPassager(etat, preuve);
  return {
    preuve: estUtile(etat) ? preuve : null,
    essai: { type, adresse, motif, passager },
    tranche: tranche(etat),
  };
}

/** Resolves at the signal, or never. */
function coupure(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}

async function chercher(
  bureau: Bureau,
  question: QuestionRevocation,
  fin: AbortSignal,
): Promise<RechercheRevocation> {
  const { urlsOcsp, urlsCrl } = question.certificat.extensions;
  const sujets: Sujet[] = [
    ...urlsOcsp.slice(0, ADRESSES_MAX).map((adresse): Sujet => ({ type: 'ocsp', adresse, question })),
    ...urlsCrl.slice(0, ADRESSES_MAX).map((adresse): Sujet => ({ type: 'crl', adresse, question })),
  ];
  const preuves: PreuveBrute[] = [];
  const essais: EssaiRevocation[] = [];
  const coupee = coupure(fin);
  for (const sujet of sujets) {
    const crl = preuves.filter((p) => p.type === 'crl').map((p) => p.octets);
    const trouvaille = fin.aborted ? null : await Promise.race([chercherUne(bureau, sujet, crl), coupee]);
    if (trouvaille === null) {
      const { type, adresse } = sujet;
      essais.push({ type, adresse, motif: 'pas de réponse dans le temps laissé', passager: true });
      continue;
    }
    if (trouvaille.preuve !== null) preuves.push(trouvaille.preuve);
    essais.push(trouvaille.essai);
    if (trouvaille.tranche) break;
  }
  return { preuves, essais };
}

/** Throws VGM-CNF-009 at creation only. */
export function creerRevocationHttp(
  reglage: ReglageRevocation,
  deps: DependancesRevocation,
): Revocation & { fermer(): Promise<void> } {
  const guichet = ouvrirGuichet(reglage, deps);
  const cache = creerCache(reglage.cache_max_octets);
  const bureau: Bureau = { reglage, deps, guichet, cache, enCours: new Map(), repos: new Map() };
  return {
    async chercher(question, signal) {
      const [delai, fini] = [new AbortController(), new AbortController()];
      void deps.clock.sleep(reglage.delai_total_s * 1000, fini.signal).then(() => delai.abort());
      const fin = signal === undefined ? delai.signal : AbortSignal.any([signal, delai.signal]);
      try {
        return await chercher(bureau, question, fin);
      } finally {
        fini.abort();
      }
    },
    fermer: () => guichet.fermer(),
  };
}
