import multipart, { type MultipartFile, type MultipartValue } from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { cleTrompeuse } from '../../formats/encodages/json.ts';
import { erreurApi } from '../../metier/catalogue/api.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { NomProtocole, RoleDepot } from '../../metier/flux.ts';
import type { FluxId, Siren } from '../../metier/identifiants.ts';
import type { FichierDepose, ReponseDepot } from '../../gestes/gestes.ts';
import { borner, type Compteur, compteur, purger } from '../flot.ts';
import type { Porte } from '../porte.ts';
import { RefusDepot } from '../problemes.ts';
import { cleIdempotence, demande as formeDemande, lire, optionsDepot } from './formes.ts';
import { fluxId } from './identifiants.ts';
import { anomaliesDe, vueFlux } from './vues.ts';

/** The doors of files: POST /flux and POST /flux/{id}/signature, multipart forms streamed straight to the coffre. */

/** Bytes of the JSON part, far above any real one. */
const DEMANDE_MAX = 1024 * 1024;
/** Headers and boundaries around the files. */
const MARGE = 2 * DEMANDE_MAX;

const LIEU = 'la partie « demande »';
/** Parts that are files; only « annexe » may come several times. */
const ROLES: readonly RoleDepot[] = ['document', 'annexe', 'pes'];
/** The part without which there is nothing to deposit. */
const PRINCIPALE: Readonly<Record<NomProtocole, RoleDepot>> = { ACTES: 'document', HELIOS: 'pes' };

interface Formulaire {
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
    const double = role !== 'annexe' && fichiers.some((f) => f.role === role);
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

function champJson(champ: MultipartValue): unknown {
  if (champ.valueTruncated) throw erreurApi('VGM-API-004', { limite: DEMANDE_MAX });
  return typeof champ.value === 'string' ? lireJson(champ.value) : champ.value;
}

function collectiviteDe(requete: FastifyRequest, nommee: string | undefined): Siren {
  const { portee } = requete.contexte;
  if (nommee !== undefined) return nommee as Siren;
  if ('collectivite' in portee) return portee.collectivite;
  throw erreurApi('VGM-API-003', { problemes: 'demande.collectivite : obligatoire, et absent.' });
}

function annoncerTropGros(requete: FastifyRequest, limite: number): void {
  const annonce = Number(requete.headers['content-length'] ?? 0);
  if (annonce > limite + MARGE) throw erreurApi('VGM-API-004', { limite });
}

function repondre(reponse: FastifyReply, resultat: ReponseDepot): unknown {
  const anomalies = anomaliesDe(resultat.rapport);
  if (resultat.type === 'refuse') throw new RefusDepot(anomalies);
  const { verdict } = resultat.rapport;
  if (resultat.type === 'a_blanc')
    return { aBlanc: true, verdict, anomalies, reponses: resultat.rapport.reponses };
  reponse.code(resultat.rejeu ? 200 : 201).header('location', `/api/v1/flux/${resultat.flux.id}`);
  return { aBlanc: false, verdict, rejeu: resultat.rejeu, flux: vueFlux(resultat.flux), anomalies };
}

function comprendre({ demande, fichiers }: Formulaire): z.output<typeof formeDemande> {
  if (demande === undefined) throw erreurApi('VGM-API-007', { partie: 'demande' });
  const lue = lire(formeDemande, demande, 'demande');
  const partie = PRINCIPALE[lue.protocole];
  if (!fichiers.some((f) => f.role === partie)) throw erreurApi('VGM-API-007', { partie });
  return lue;
}

function exigerFormulaire(requete: FastifyRequest, porte: Porte): void {
  if (!requete.isMultipart()) {
    const type = (requete.headers['content-type'] ?? 'aucun').slice(0, 100);
    throw erreurApi('VGM-API-005', { type, attendu: 'un formulaire multipart/form-data' });
  }
  annoncerTropGros(requete, porte.config.api.taille_max_octets);
}

async function deposer(requete: FastifyRequest, porte: Porte): Promise<ReponseDepot> {
  const { a_blanc } = lire(optionsDepot, requete.query);
  const cle = lire(cleIdempotence, requete.headers['idempotency-key'], 'Idempotency-Key') ?? null;
  exigerFormulaire(requete, porte);
  const formulaire: Formulaire = { demande: undefined, fichiers: [] };
  let lue: z.output<typeof formeDemande>;
  let collectivite: Siren;
  try {
    await new Lecteur(requete, porte).lire(formulaire);
    lue = comprendre(formulaire);
    collectivite = collectiviteDe(requete, lue.collectivite);
  } catch (e) {
    await porte.gestes.oublierFichiers(formulaire.fichiers);
    throw e;
  }
  return porte.gestes.deposer(requete.contexte, {
    protocole: lue.protocole,
    collectivite,
    metadonnees: lue.metadonnees,
    fichiers: formulaire.fichiers.toSorted(
      (a, b) => Number(a.role === 'annexe') - Number(b.role === 'annexe'),
    ),
    cleIdempotence: cle,
    corrige: lue.corrige as FluxId | undefined,
    aBlanc: a_blanc === true,
  });
}

/** A form whose only part is « pes », the file signed elsewhere. */
async function lireSigne(requete: FastifyRequest, porte: Porte): Promise<FichierDepose> {
  exigerFormulaire(requete, porte);
  const formulaire: Formulaire = { demande: undefined, fichiers: [] };
  try {
    await new Lecteur(requete, porte).lire(formulaire);
    const intrus = formulaire.demande === undefined ? undefined : 'demande';
    const partie = intrus ?? formulaire.fichiers.find((f) => f.role !== 'pes')?.role;
    if (partie !== undefined) throw erreurApi('VGM-API-008', { partie });
    const [fichier] = formulaire.fichiers;
    if (fichier === undefined) throw erreurApi('VGM-API-007', { partie: 'pes' });
    return fichier;
  } catch (e) {
    await porte.gestes.oublierFichiers(formulaire.fichiers);
    throw e;
  }
}

export function routesDepot(app: FastifyInstance, porte: Porte): void {
  app.register(async (enfant) => {
    await enfant.register(multipart, { limits: { fileSize: Number.MAX_SAFE_INTEGER } });
    // Anything but a form reaches the handler, which says in French what is expected.
    enfant.removeContentTypeParser(['application/json', 'text/plain']);
    enfant.addContentTypeParser('*', (_requete, _corps, fini) => fini(null));
    enfant.post('/flux', async (requete, reponse) => {
      try {
        return repondre(reponse, await deposer(requete, porte));
      } catch (e) {
        purger(requete.raw, reponse.raw);
        throw e;
      }
    });
    enfant.post('/flux/:id/signature', async (requete, reponse) => {
      try {
        const id = fluxId(requete);
        const fichier = await lireSigne(requete, porte);
        return { flux: vueFlux(await porte.gestes.apporterSignature(requete.contexte, id, fichier)) };
      } catch (e) {
        purger(requete.raw, reponse.raw);
        throw e;
      }
    });
  });
}
