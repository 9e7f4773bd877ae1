import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { erreurApi } from '../../metier/catalogue/api.ts';
import type { NomProtocole, RoleDepot } from '../../metier/flux.ts';
import type { FluxId, Siren } from '../../metier/identifiants.ts';
import type { DemandeDepot, FichierDepose, ReponseDepot } from '../../gestes/gestes.ts';
import type { Porte } from '../porte.ts';
import { RefusDepot } from '../problemes.ts';
import { cleIdempotence, demande as formeDemande, lire, optionsDepot } from './formes.ts';
import { avecFormulaires, type Formulaire, lireFormulaire, ordonnes, purgeant } from './formulaire.ts';
import { fluxId } from './identifiants.ts';
import { anomaliesDe, vueFlux } from './vues.ts';

/** The doors of files: POST /flux and POST /flux/{id}/signature. */

/** The part without which there is nothing to deposit. */
const PRINCIPALE: Readonly<Record<NomProtocole, RoleDepot>> = { ACTES: 'document', HELIOS: 'pes' };

/** Throws VGM-API-003. */
export function cleDe(requete: FastifyRequest): string | null {
  return lire(cleIdempotence, requete.headers['idempotency-key'], 'Idempotency-Key') ?? null;
}

/** The « demande » of a form, under its shape. Throws VGM-API-003, -007. */
export function lireDemande<S extends z.ZodType>(forme: S, { demande }: Formulaire): z.output<S> {
  if (demande === undefined) throw erreurApi('VGM-API-007', { partie: 'demande' });
  return lire(forme, demande, 'demande');
}

function collectiviteDe(requete: FastifyRequest, nommee: string | undefined): Siren {
  const { portee } = requete.contexte;
  if (nommee !== undefined) return nommee as Siren;
  if ('collectivite' in portee) return portee.collectivite;
  throw erreurApi('VGM-API-003', { problemes: 'demande.collectivite : obligatoire, et absent.' });
}

/** The answer to a deposit, of whatever is deposited. Throws the 422 of a refused one. */
export function repondreDepot(reponse: FastifyReply, resultat: ReponseDepot) {
  const anomalies = anomaliesDe(resultat.rapport);
  if (resultat.type === 'refuse') throw new RefusDepot(anomalies);
  const { verdict } = resultat.rapport;
  if (resultat.type === 'a_blanc')
    return { aBlanc: true, verdict, anomalies, reponses: resultat.rapport.reponses };
  reponse.code(resultat.rejeu ? 200 : 201).header('location', `/api/v1/flux/${resultat.flux.id}`);
  return { aBlanc: false, verdict, rejeu: resultat.rejeu, flux: vueFlux(resultat.flux), anomalies };
}

type Lu = Pick<DemandeDepot, 'protocole' | 'collectivite' | 'metadonnees' | 'fichiers' | 'corrige'>;

function comprendre(requete: FastifyRequest): (formulaire: Formulaire) => Lu {
  return (formulaire) => {
    const { protocole, collectivite, metadonnees, corrige } = lireDemande(formeDemande, formulaire);
    const partie = PRINCIPALE[protocole];
    if (!formulaire.fichiers.some((f) => f.role === partie)) throw erreurApi('VGM-API-007', { partie });
    return {
      protocole,
      collectivite: collectiviteDe(requete, collectivite),
      metadonnees,
      fichiers: ordonnes(formulaire),
      corrige: corrige as FluxId | undefined,
    };
  };
}

async function deposer(requete: FastifyRequest, porte: Porte): Promise<ReponseDepot> {
  const { a_blanc } = lire(optionsDepot, requete.query);
  const cle = cleDe(requete);
  const lu = await lireFormulaire(requete, porte, comprendre(requete));
  return porte.gestes.deposer(requete.contexte, { ...lu, cleIdempotence: cle, aBlanc: a_blanc === true });
}

/** A form whose only part is « pes », the file signed elsewhere. */
function fichierSigne({ demande, fichiers }: Formulaire): FichierDepose {
  const intrus = demande === undefined ? undefined : 'demande';
  const partie = intrus ?? fichiers.find((f) => f.role !== 'pes')?.role;
  if (partie !== undefined) throw erreurApi('VGM-API-008', { partie });
  const [fichier] = fichiers;
  if (fichier === undefined) throw erreurApi('VGM-API-007', { partie: 'pes' });
  return fichier;
}

export function routesDepot(app: FastifyInstance, porte: Porte): void {
  avecFormulaires(app, (enfant) => {
    enfant.post(
      '/flux',
      purgeant(async (requete, reponse) => repondreDepot(reponse, await deposer(requete, porte))),
    );

    enfant.post(
      '/flux/:id/signature',
      purgeant(async (requete) => {
        const id = fluxId(requete);
        const fichier = await lireFormulaire(requete, porte, fichierSigne);
        return { flux: vueFlux(await porte.gestes.apporterSignature(requete.contexte, id, fichier)) };
      }),
    );
  });
}
