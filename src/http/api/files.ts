import type { FastifyInstance } from 'fastify';
import type { EtatFiles, FileVue } from '../../gestes/etat-files.ts';
import type { Porte } from '../porte.ts';
import type { Operation } from './operation.ts';
import { listeDe, objet } from './schemas.ts';
import { iso, vueDestination } from './vues.ts';

/** Queues, nodes and turns (operator only: `gestes` refuses the others). */

function vueFile({ file, dues, enMain, plusTard, depuis, suspension }: FileVue) {
  const { suspension: ordre } = vueDestination({ nom: file, suspension });
  return { file, dues, enMain, plusTard, depuis: depuis === null ? null : iso(depuis), suspension: ordre };
}

function vueEtatFiles({ noeud, quand, files, enMain, noeuds, tours, repartition }: EtatFiles) {
  const { type, erreur, files: annonces } = repartition;
  return {
    noeud,
    quand: iso(quand),
    files: files.map(vueFile),
    enMain: enMain.map((m) => ({ ...m, bail: iso(m.bail) })),
    noeuds: noeuds.map((n) => ({ ...n, demarre: iso(n.demarre), vu: iso(n.vu) })),
    tours: tours.map(({ nom, proprietaire, bail }) => ({ nom, proprietaire, bail: iso(bail) })),
    repartition: { type, erreur, annonces },
  };
}

export function routesFiles(app: FastifyInstance, { gestes }: Porte): void {
  app.get('/files', async (requete) => vueEtatFiles(await gestes.files(requete.contexte)));
}

const texte = { type: 'string' } as const;
const entier = { type: 'integer' } as const;
const instant = { type: 'string', format: 'date-time' } as const;
const instantOuNul = { type: ['string', 'null'], format: 'date-time' } as const;

export const FILES: readonly Operation[] = [
  {
    id: 'montrerFiles',
    famille: 'Exploitation',
    methode: 'get',
    chemin: '/files',
    resume: 'Montrer ce qui attend dans chaque file, les nœuds qui travaillent et leurs tours (exploitant).',
    statut: 200,
    rend: 'Les files, les nœuds, les tours et la répartition.',
    reponse: objet({
      noeud: texte,
      quand: instant,
      files: listeDe(
        objet({
          file: { type: 'string', description: 'flux-ACTES, dest-HELIOS:dgfip, retours, livraisons…' },
          dues: entier,
          enMain: entier,
          plusTard: entier,
          depuis: instantOuNul,
          suspension: { anyOf: [objet({ motif: texte, acteur: texte, depuis: instant }), { type: 'null' }] },
        }),
      ),
      enMain: listeDe(objet({ file: texte, proprietaire: texte, nombre: entier, bail: instant })),
      noeuds: listeDe(
        objet({ nom: texte, roles: listeDe(texte), version: texte, demarre: instant, vu: instant }),
      ),
      tours: listeDe(objet({ nom: texte, proprietaire: texte, bail: instant })),
      repartition: objet({
        type: { enum: ['locale', 'bullmq'] },
        erreur: {
          anyOf: [
            objet({ code: texte, nature: texte, message: texte, cause: texte, remede: texte }),
            { type: 'null' },
          ],
        },
        annonces: listeDe(objet({ file: texte, enAttente: entier, enCours: entier, plusTard: entier })),
      }),
    }),
  },
];
