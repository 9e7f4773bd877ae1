import { dossierCoffre } from '../../config/chemins.ts';
import { sauvegarder, type SauvegardeFaite } from '../../gestes/sauvegarde/sauvegarder.ts';
import { type Verdict, verifierSauvegarde } from '../../gestes/sauvegarde/verifier.ts';
import { erreurSauvegarde } from '../../metier/catalogue/sauvegarde.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Appel, type CodeSortie, drapeau, texte } from '../monde.ts';
import { json, octets, peindre, pluriel, sur } from '../rendu.ts';
import { exigerEmbarquee, prendreBase } from '../sauvegarde/base.ts';
import { fichiersASauver, outilsDe, reglagesDe, suivreDe } from '../sauvegarde/contexte.ts';
import { fiche, tableau } from '../tableau.ts';

/** `vaguemestre sauvegarder <dossier>`: exit 1 when a piece could not be saved, or when something is damaged. */

function lireGarder({ options, verbe }: Appel): number | null {
  const dit = texte(options, 'garder');
  if (dit === undefined) return null;
  if (/^[1-9][0-9]{0,4}$/.test(dit)) return Number(dit);
  throw erreurUsage('L’option « --garder » attend un nombre, 1 ou plus.', verbe);
}

function nommerDefauts({ bilan }: SauvegardeFaite): readonly string[] {
  const mots = { absente: 'absente du coffre', alteree: 'altérée dans le coffre' };
  return bilan.defauts.map(({ sha256, defaut }) => `pièce ${sha256} ${mots[defaut]}`);
}

function dire(appel: Appel, faite: SauvegardeFaite): void {
  const { sorties } = appel.monde;
  const { instantane, bilan, retires } = faite;
  const { manifeste } = instantane;
  const entiere = bilan.defauts.length === 0;
  const titre = entiere ? 'complète' : 'faite, mais des pièces manquent';
  sorties.ecrire(peindre(sorties, entiere ? 'green' : 'yellow', `Sauvegarde ${instantane.nom} ${titre}.`));
  const nouvelles = `${pluriel(bilan.nouvelles, 'nouvelle')} (${octets(bilan.octetsNouveaux)})`;
  const pieces = manifeste.pieces.copiees
    ? `${pluriel(bilan.nombre, 'pièce')}, dont ${nouvelles}`
    : `${pluriel(bilan.nombre, 'pièce')}, gardées ailleurs`;
  fiche(sorties, [
    ['Instantané', instantane.dossier],
    ['Base', octets(manifeste.base.taille)],
    ['Pièces', pieces],
    ['Journal', pluriel(manifeste.journal.length, 'chaîne')],
    ['Manifeste', instantane.empreinte],
    ...(retires.length > 0 ? ([['Retirés', retires.join(', ')]] as const) : []),
  ]);
  for (const defaut of nommerDefauts(faite))
    sorties.erreur(`${peindre(sorties, 'red', 'Manque')} : ${defaut}`);
  if (!entiere)
    sorties.erreur(
      'Ces pièces sont à rendre au coffre depuis une sauvegarde plus ancienne ; leur empreinte doit être exactement celle-ci.',
    );
}

async function faire(appel: Appel): Promise<CodeSortie> {
  const { options, monde } = appel;
  const charges = reglagesDe(appel);
  const { config } = charges;
  exigerEmbarquee(config);
  const sansPieces = drapeau(options, 'sansPieces');
  if (config.coffre.type === 's3' && !sansPieces) throw erreurSauvegarde('VGM-SAU-014');
  const outils = outilsDe();
  const faite = await sauvegarder(
    {
      dossier: appel.arguments[0] ?? '',
      coffre: sansPieces ? null : dossierCoffre(config),
      copierBase: (dossier) => prendreBase(appel, config, dossier),
      fichiers: await fichiersASauver(charges, drapeau(options, 'avecSecrets')),
      trigramme: config.operateur.trigramme,
      programme: `vaguemestre ${outils.version}`,
      lier: drapeau(options, 'lier'),
      garder: lireGarder(appel),
      signal: monde.interruption(),
      suivre: suivreDe(appel),
    },
    outils,
  );
  monde.sorties.avancer?.('');
  const { instantane, bilan, retires } = faite;
  if (drapeau(options, 'json')) {
    const { nom, dossier, empreinte } = instantane;
    json(monde.sorties, [{ instantane: nom, dossier, empreinte, ...bilan, retires }]);
  } else dire(appel, faite);
  return bilan.defauts.length === 0 ? 0 : 1;
}

function montrer(appel: Appel, verdicts: readonly Verdict[]): void {
  const { sorties } = appel.monde;
  tableau(
    sorties,
    ['Instantané', 'Sujet', 'État', 'Détail'],
    verdicts.map(({ instantane, sujet, bon, detail }) => [
      instantane ?? '-',
      sujet,
      bon ? peindre(sorties, 'green', 'sain') : peindre(sorties, 'red', 'abîmé'),
      detail,
    ]),
  );
  if (verdicts.some((v) => !v.bon))
    sorties.erreur(
      `${peindre(sorties, 'red', 'Abîmé')} : ne pas compter sur ces instantanés ; refaire une sauvegarde dans un dossier neuf.`,
    );
}

async function verifier(appel: Appel): Promise<CodeSortie> {
  const { options, monde } = appel;
  const instantane = texte(options, 'instantane');
  const verdicts = await verifierSauvegarde({
    dossier: appel.arguments[0] ?? '',
    ...(instantane === undefined ? {} : { instantane }),
    signal: monde.interruption(),
    suivre: suivreDe(appel),
  });
  monde.sorties.avancer?.('');
  if (drapeau(options, 'json')) json(monde.sorties, verdicts);
  else montrer(appel, verdicts);
  return verdicts.every((v) => v.bon) ? 0 : 1;
}

export async function executer(appel: Appel): Promise<CodeSortie> {
  if (sur(appel.arguments[0] ?? '') === '') throw erreurUsage('Le nom du dossier est vide.', appel.verbe);
  if (drapeau(appel.options, 'verifier')) return verifier(appel);
  if (texte(appel.options, 'instantane') !== undefined)
    throw erreurUsage('L’option « --instantane » ne va qu’avec « --verifier ».', appel.verbe);
  return faire(appel);
}
