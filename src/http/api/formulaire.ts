import multipart, { type MultipartFile, type MultipartValue } from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { cleTrompeuse } from '../../formats/encodages/json.ts';
import { erreurApi } from '../../metier/catalogue/api.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { RoleDepot } from '../../metier/flux.ts';
import type { FichierDepose } from '../../gestes/gestes.ts';
import { borner, type Compteur, compteur, purger } from '../flot.ts';
import type { Porte } from '../porte.ts';

/** Multipart forms: a JSON part « demande », and files streamed straight to the coffre. */

/** Bytes of the JSON part, far above any real one. */
const DEMANDE_MAX = 1024 * 1024;
/** Headers and boundaries around the files. */
const MARGE = 2 * DEMANDE_MAX;

const LIEU = 'la partie « demande »';
/** Parts that are files, in the order in which they are kept. */
const ROLES: readonly RoleDepot[] = ['document', 'annexe', 'signature', 'pes'];
/** Those that may come several times. */
const REPETABLES: readonly RoleDepot[] = ['annexe', 'signature'];

export interface Formulaire {
  /** Parsed JSON, not yet trusted; undefined when the form has no such part. */
  demande: unknown;
  readonly fichiers: FichierDepose[];
}

/** What a failure of the form means for the person who sent it; the parser's English text stays here. */
function lireFaute(requete: FastifyRequest, maximum: number): (erreur: unknown) => ErreurVgm {
  return (erreur) => {
    if (erreur instanceof ErreurVgm) return erreur;
    const code = erreur instanceof Error && 'code' in erreur ? String(erreur.code) : '';
    if (/^FST_(PARTS|FILES|FIELDS)_LIMIT$/.test(code)) return erreurApi('VGM-API-009', { maximum }, erreur);
    if (requete.raw.destroyed && !requete.raw.complete) return erreurApi('VGM-API-012', {}, erreur);
    const texte = erreur instanceof Error ? erreur.message : '';
    const detail = /boundary/i.test(texte)
      ? 'Content-Type n’annonce pas de frontière (« boundary »)'
      : /Unexpected end|terminated early/i.test(texte)
        ? 'il s’arrête avant sa frontière finale'
        : 'sa forme est fausse';
    return erreurApi('VGM-API-006', { detail }, erreur);
  };
}

function lireJson(texte: string): unknown {
  let lu: unknown;
  try {
    lu = JSON.parse(texte);
  } catch (e) {
    const detail = texte.trim() === '' ? 'elle est vide' : 'faute de syntaxe';
    throw erreurApi('VGM-API-011', { lieu: LIEU, detail }, e);
  }
  const trompeuse = cleTrompeuse(texte);
  if (trompeuse === null) return lu;
  const cle = `la clé « ${trompeuse.cle.replace(/\p{C}/gu, '').slice(0, 40)} »`;
  const detail = trompeuse.repetee ? `${cle} y figure deux fois` : `${cle} n’est pas admise`;
  throw erreurApi('VGM-API-011', { lieu: LIEU, detail });
}

async function enTexte(source: AsyncIterable<Uint8Array>): Promise<string> {
  const blocs: Uint8Array[] = [];
  for await (const bloc of source) blocs.push(bloc);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(blocs));
  } catch (e) {
    throw erreurApi('VGM-API-011', { lieu: LIEU, detail: 'ce n’est pas de l’UTF-8' }, e);
  }
}

function champJson(champ: MultipartValue): unknown {
  if (champ.valueTruncated) throw erreurApi('VGM-API-004', { limite: DEMANDE_MAX });
  return typeof champ.value === 'string' ? lireJson(champ.value) : champ.value;
}

class Lecteur {
  readonly #requete: FastifyRequest;
  readonly #porte: Porte;
  readonly #compte: Compteur;
  readonly #faute: (erreur: unknown) => ErreurVgm;
  /** A failure of the coffre itself: kept apart, so that it is not told as a fault of the form. */
  #echec: { readonly erreur: unknown } | undefined;

  constructor(requete: FastifyRequest, porte: Porte) {
    this.#requete = requete;
    this.#porte = porte;
    this.#compte = compteur(porte.config.api.taille_max_octets);
    this.#faute = lireFaute(requete, porte.config.api.nombre_max_pieces);
  }

  /** Reads the whole form to its last boundary: a truncated one never becomes a deposit. */
  async lire(formulaire: Formulaire): Promise<void> {
    const maximum = this.#porte.config.api.nombre_max_pieces;
    const parties = this.#requete.parts({
      limits: { parts: maximum + 2, fields: 2, fieldSize: DEMANDE_MAX, fileSize: Number.MAX_SAFE_INTEGER },
      isPartAFile: (nom, _type, fichier) => nom !== 'demande' || fichier !== undefined,
    });
    try {
      for await (const partie of parties) await this.#ranger(partie, formulaire);
    } catch (e) {
      throw this.#echec === undefined ? this.#faute(e) : this.#echec.erreur;
    }
  }

  async #ranger(partie: MultipartFile | MultipartValue, formulaire: Formulaire): Promise<void> {
    const nom = (partie.fieldname ?? '').slice(0, 80);
    if (nom === 'demande') {
      if (formulaire.demande !== undefined) throw erreurApi('VGM-API-008', { partie: nom });
      formulaire.demande = partie.type === 'file' ? await this.#json(partie) : champJson(partie);
      return;
    }
    const { fichiers } = formulaire;
    const role = ROLES.find((r) => r === nom);
    const double = fichiers.some((f) => f.role === role && !REPETABLES.includes(f.role));
    if (role === undefined || double || partie.type !== 'file') {
      throw erreurApi('VGM-API-008', { partie: nom });
    }
    const maximum = this.#porte.config.api.nombre_max_pieces;
    if (fichiers.length >= maximum) throw erreurApi('VGM-API-009', { maximum });
    fichiers.push(await this.#recevoir(partie, role));
  }

  async #json(partie: MultipartFile): Promise<unknown> {
    return lireJson(await enTexte(borner(partie.file, compteur(DEMANDE_MAX), this.#faute)));
  }

  async #recevoir(partie: MultipartFile, role: RoleDepot): Promise<FichierDepose> {
    const source = borner(partie.file, this.#compte, this.#faute);
    try {
      return await this.#porte.gestes.recevoirFichier(source, role, partie.filename ?? role);
    } catch (e) {
      this.#echec = { erreur: this.#compte.panne ?? e };
      throw this.#echec.erreur;
    }
  }
}

function exigerFormulaire(requete: FastifyRequest, porte: Porte): void {
  if (!requete.isMultipart()) {
    const type = (requete.headers['content-type'] ?? 'aucun').slice(0, 100);
    throw erreurApi('VGM-API-005', { type, attendu: 'un formulaire multipart/form-data' });
  }
  const limite = porte.config.api.taille_max_octets;
  const annonce = Number(requete.headers['content-length'] ?? 0);
  if (annonce > limite + MARGE) throw erreurApi('VGM-API-004', { limite });
}

/**
 * Reads the form, then what it means; a form that is refused, by its shape or by `comprendre`, leaves nothing.
 * Throws VGM-API-004 to -009, -011, -012, and what `comprendre` throws.
 */
export async function lireFormulaire<T>(
  requete: FastifyRequest,
  porte: Porte,
  comprendre: (formulaire: Formulaire) => T,
): Promise<T> {
  exigerFormulaire(requete, porte);
  const formulaire: Formulaire = { demande: undefined, fichiers: [] };
  try {
    await new Lecteur(requete, porte).lire(formulaire);
    return comprendre(formulaire);
  } catch (e) {
    await porte.gestes.oublierFichiers(formulaire.fichiers);
    throw e;
  }
}

/** The principal document first, then the annexes and the signatures, each in the order of the form. */
export function ordonnes({ fichiers }: Formulaire): readonly FichierDepose[] {
  return fichiers.toSorted((a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role));
}

/** Routes whose body is a form. */
export function avecFormulaires(app: FastifyInstance, routes: (enfant: FastifyInstance) => void): void {
  app.register(async (enfant) => {
    await enfant.register(multipart, { limits: { fileSize: Number.MAX_SAFE_INTEGER } });
    // Anything but a form reaches the handler, which says in French what is expected.
    enfant.removeContentTypeParser(['application/json', 'text/plain']);
    enfant.addContentTypeParser('*', (_requete, _corps, fini) => fini(null));
    routes(enfant);
  });
}

type Reponse<T> = (requete: FastifyRequest, reponse: FastifyReply) => Promise<T>;

/** Lets a client that is refused in mid-form read why. */
export function purgeant<T>(traiter: Reponse<T>): Reponse<T> {
  return async (requete, reponse) => {
    try {
      return await traiter(requete, reponse);
    } catch (e) {
      purger(requete.raw, reponse.raw);
      throw e;
    }
  };
}
