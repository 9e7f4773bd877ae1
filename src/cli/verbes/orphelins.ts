import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lireBase } from '../../adapters/store/sqlite/instantane.ts';
import { dossierCoffre } from '../../config/chemins.ts';
import type { Config } from '../../config/manifest.ts';
import { avantLeJour, effacerOrphelins } from '../../gestes/sauvegarde/effacer-orphelins.ts';
import { fouiller } from '../../gestes/sauvegarde/orphelins.ts';
import { erreurSauvegarde } from '../../metier/catalogue/sauvegarde.ts';
import type { Orphelin } from '../../ports/restauration.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Appel, type CodeSortie, drapeau, texte } from '../monde.ts';
import { date, json, octets, pluriel, sur } from '../rendu.ts';
import { exigerEmbarquee, fichierBase, prendreBase } from '../sauvegarde/base.ts';
import { outilsDe, reglagesDe } from '../sauvegarde/contexte.ts';
import { tableau } from '../tableau.ts';

/** `vaguemestre orphelins`: pieces that nobody cites, older than a day. */

async function chercher(appel: Appel, config: Config): Promise<readonly Orphelin[]> {
  const dossier = await mkdtemp(join(tmpdir(), 'vaguemestre-'));
  const fichier = await prendreBase(appel, config, dossier);
  try {
    const base = lireBase(fichier);
    const { orphelins } = await fouiller(dossierCoffre(config), base, {
      trigramme: config.operateur.trigramme,
      avant: avantLeJour(outilsDe().clock),
      signal: appel.monde.interruption(),
    }).finally(() => base.fermer());
    return orphelins;
  } finally {
    await rm(fichier, { force: true });
    await rm(dossier, { recursive: true, force: true });
  }
}

function effacer(appel: Appel, config: Config): Promise<readonly Orphelin[]> {
  const motif = texte(appel.options, 'motif') ?? '';
  if (motif.trim() === '') throw erreurUsage('L’option « --effacer » demande un « --motif ».', appel.verbe);
  return effacerOrphelins(
    {
      base: fichierBase(config),
      coffre: dossierCoffre(config),
      trigramme: config.operateur.trigramme,
      motif,
      signal: appel.monde.interruption(),
    },
    outilsDe(),
  );
}

export async function executer(appel: Appel): Promise<CodeSortie> {
  const { options, monde } = appel;
  const { config } = reglagesDe(appel);
  exigerEmbarquee(config);
  if (config.coffre.type === 's3') throw erreurSauvegarde('VGM-SAU-014');
  const efface = drapeau(options, 'effacer');
  const orphelins = await (efface ? effacer(appel, config) : chercher(appel, config));
  const { sorties } = monde;
  if (drapeau(options, 'json')) {
    json(
      sorties,
      orphelins.map((o) => ({ ...o, ajoutee: new Date(o.ajoutee).toISOString(), efface })),
    );
    return 0;
  }
  tableau(
    sorties,
    ['Pièce', 'Taille', 'Depuis', 'Contenu'],
    orphelins.map((o) => [
      o.sha256,
      octets(o.taille),
      date(new Date(o.ajoutee).toISOString()),
      sur(o.libelle),
    ]),
  );
  const masse = octets(orphelins.reduce((somme, o) => somme + o.taille, 0));
  const compte = `${pluriel(orphelins.length, 'pièce')} que personne ne cite, ${masse}`;
  sorties.ecrire(efface ? `${compte} : effacées, et consignées au journal.` : `${compte}.`);
  return 0;
}
