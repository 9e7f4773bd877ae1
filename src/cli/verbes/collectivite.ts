import { readFile } from 'node:fs/promises';
import { cleLuhn } from '../../metier/identifiants.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Client, clientDe } from '../client.ts';
import { illisible } from '../fichiers.ts';
import {
  type Appel,
  type CodeSortie,
  drapeau,
  liste,
  type ModuleVerbe,
  type Options,
  texte,
} from '../monde.ts';
import { json, peindre, pluriel, sur } from '../rendu.ts';
import { segment } from '../requete.ts';
import { fiche, tableau } from '../tableau.ts';
import type { CollectiviteVue, FicheActesVue, FicheHeliosVue } from '../vues.ts';

type FicheEnvoyee = Omit<FicheActesVue, 'classification'>;

/** Option of the command, field of the card. */
const CHAMPS = ['departement', 'arrondissement', 'nature'] as const;
const REFERENT = {
  nom: 'referentNom',
  telephone: 'referentTelephone',
  courriel: 'referentCourriel',
} as const;

/** « - » empties a field. */
function vider<V>(valeur: string | null | undefined, vide: V): string | V {
  return valeur === undefined || valeur === null || valeur === '-' ? vide : valeur;
}

/** The ACTES card: what was, changed by what is typed; null when nothing was ever said of it. */
function ficheActes(options: Options, avant: FicheActesVue | null): FicheEnvoyee | null {
  const adresses = liste(options, 'adresseRetour');
  const donnees = [...CHAMPS, ...Object.values(REFERENT), 'cachet', 'cleCachet'].some(
    (nom) => options[nom] !== undefined,
  );
  if (!donnees && adresses.length === 0 && avant === null) return null;
  const champ = (nom: (typeof CHAMPS)[number]): string => texte(options, nom) ?? avant?.[nom] ?? '';
  const referent = (nom: keyof typeof REFERENT): string =>
    texte(options, REFERENT[nom]) ?? avant?.referent[nom] ?? '';
  return {
    departement: champ('departement'),
    arrondissement: champ('arrondissement'),
    nature: champ('nature'),
    referent: { nom: referent('nom'), telephone: referent('telephone'), courriel: referent('courriel') },
    adressesRetour: adresses.length > 0 ? adresses : (avant?.adressesRetour ?? []),
    cachet: vider(texte(options, 'cachet') ?? avant?.cachet, null),
    cle: vider(texte(options, 'cleCachet') ?? avant?.cle, ''),
  };
}

/** Option of the command, field of the card. « - » empties a field. */
const HELIOS = {
  destination: 'destination',
  passerelle: 'passerelle',
  signature: 'signature',
  perimetre: 'perimetre',
  cle: 'cleSignature',
  qualite: 'qualite',
} as const;

/** The HELIOS card, in the same way; what is not said is left to the defaults of the daemon. */
function ficheHelios(options: Options, avant: FicheHeliosVue | null): Partial<FicheHeliosVue> | null {
  const sirets = liste(options, 'siret');
  const champs = Object.entries(HELIOS).flatMap(([champ, option]) => {
    const valeur = texte(options, option);
    return valeur === undefined ? [] : [[champ, valeur === '-' ? '' : valeur] as const];
  });
  if (sirets.length === 0 && champs.length === 0) return avant;
  return { ...avant, ...Object.fromEntries(champs), ...(sirets.length > 0 ? { sirets } : {}) };
}

async function trouver(client: Client, siren: string | undefined): Promise<CollectiviteVue> {
  const chemin = `/collectivites/${segment(siren)}`;
  return (await client.json<{ collectivite: CollectiviteVue }>({ methode: 'GET', chemin })).collectivite;
}

async function enregistrer(appel: Appel, client: Client, corps: object): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const { collectivite } = await client.json<{ collectivite: CollectiviteVue }>({
    methode: 'PUT',
    chemin: `/collectivites/${segment(appel.arguments[0])}`,
    json: corps,
  });
  if (drapeau(appel.options, 'json')) json(sorties, [collectivite]);
  else {
    sorties.ecrire(`${sur(collectivite.nom)} (${collectivite.siren}) : enregistrée.`);
    if (collectivite.actes?.classification === null) {
      sorties.ecrire(
        `Il reste à demander sa classification : vaguemestre classification ${collectivite.siren} --demander ; ou à l’importer : vaguemestre collectivite classification ${collectivite.siren} <fichier>`,
      );
    }
    if (collectivite.helios?.destination === '') {
      sorties.ecrire(
        `Il reste à dire le centre qui tient ses comptes : vaguemestre collectivite modifier ${collectivite.siren} --destination <centre>`,
      );
    }
  }
  return 0;
}

/** A warning, not a refusal: some numbers break the rule (La Poste, bodies made for tests). */
function avertirCle({ arguments: [siren = ''], monde: { sorties } }: Appel): void {
  if (cleLuhn(siren)) return;
  const titre = peindre(sorties, 'yellow', 'Avertissement');
  sorties.erreur(`${titre} : la clé du SIREN ${siren} est fausse ; vérifier qu’aucun chiffre n’est erroné.`);
}

async function ajouterFiche(appel: Appel): Promise<CodeSortie> {
  const nom = texte(appel.options, 'nom');
  if (nom === undefined) {
    throw erreurUsage('Il manque l’option « --nom <nom> ».', appel.verbe);
  }
  const client = await clientDe(appel);
  const fiches = { actes: ficheActes(appel.options, null), helios: ficheHelios(appel.options, null) };
  const code = await enregistrer(appel, client, { nom, actif: true, ...fiches, ver: 0 });
  avertirCle(appel);
  return code;
}

async function modifierFiche(appel: Appel): Promise<CodeSortie> {
  const { options } = appel;
  const [activer, desactiver] = [drapeau(options, 'activer'), drapeau(options, 'desactiver')];
  if (activer && desactiver) {
    const detail = '« --activer » et « --desactiver » ne vont pas ensemble.';
    throw erreurUsage(detail, appel.verbe);
  }
  const client = await clientDe(appel);
  const avant = await trouver(client, appel.arguments[0]);
  return enregistrer(appel, client, {
    nom: texte(options, 'nom') ?? avant.nom,
    actif: activer || (avant.actif && !desactiver),
    actes: ficheActes(options, avant.actes),
    helios: ficheHelios(options, avant.helios),
    ver: avant.ver,
  });
}

async function listerFiches(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const client = await clientDe(appel);
  const { collectivites } = await client.json<{ collectivites: readonly CollectiviteVue[] }>({
    methode: 'GET',
    chemin: '/collectivites',
  });
  if (drapeau(appel.options, 'json')) json(sorties, collectivites);
  else if (collectivites.length === 0) sorties.ecrire('Aucune collectivité.');
  else {
    tableau(
      sorties,
      ['SIREN', 'Nom', 'Active', 'Classification', 'HELIOS', 'Points'],
      collectivites.map((c) => [
        c.siren,
        c.nom,
        c.actif ? 'oui' : 'non',
        c.actes?.classification?.date ?? '-',
        c.helios === null ? '-' : c.helios.destination || 'sans centre',
        String(c.points.length),
      ]),
    );
  }
  return 0;
}

function lignesHelios(h: FicheHeliosVue | null): readonly (readonly [string, string])[] {
  if (h === null) return [['HELIOS', 'non renseigné']];
  return [
    ['SIRET', h.sirets.join(', ')],
    ['Centre destinataire', h.destination || 'à renseigner'],
    ['Passerelle', h.passerelle || 'la première des réglages'],
    ['PES non signé', h.signature],
    ['Nous signons', h.perimetre],
    ['Clé de signature', h.cle || '-'],
    ['Qualité', h.qualite || '-'],
  ];
}

async function montrerFiche(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const c = await trouver(await clientDe(appel), appel.arguments[0]);
  if (drapeau(appel.options, 'json')) {
    json(sorties, [c]);
    return 0;
  }
  const a = c.actes;
  fiche(sorties, [
    ['SIREN', c.siren],
    ['Nom', c.nom],
    ['Active', c.actif ? 'oui' : 'non'],
    ...(a === null
      ? [['ACTES', 'non renseigné'] as const]
      : ([
          ['Département', a.departement],
          ['Arrondissement', a.arrondissement],
          ['Nature', a.nature],
          ['Référent', `${a.referent.nom}, ${a.referent.telephone}, ${a.referent.courriel}`],
          ['Adresses de retour', a.adressesRetour.length === 0 ? '-' : a.adressesRetour.join(', ')],
          ['Classification', a.classification?.date ?? 'à demander ou à importer'],
        ] as const)),
    ...lignesHelios(c.helios),
  ]);
  if (c.points.length > 0) {
    sorties.ecrire('');
    tableau(
      sorties,
      ['Point', 'Canal', 'Cible', 'Actif', 'Événements', 'Motif'],
      c.points.map((p) => [
        p.id,
        p.canal,
        p.cible,
        p.actif ? 'oui' : 'non',
        p.evenements.length === 0 ? 'tous' : p.evenements.join(', '),
        p.motif ?? '',
      ]),
    );
  }
  return 0;
}

async function importer(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const [siren, fichier = ''] = appel.arguments;
  const message = await readFile(fichier).catch((e: unknown) => {
    throw illisible(fichier, e);
  });
  const client = await clientDe(appel);
  const { classification: c } = await client.json<{
    classification: NonNullable<FicheActesVue['classification']>;
  }>({
    methode: 'PUT',
    chemin: `/collectivites/${segment(siren)}/classification`,
    corps: {
      flux: (async function* () {
        yield message;
      })(),
      type: 'application/xml',
      longueur: message.length,
    },
  });
  if (drapeau(appel.options, 'json')) json(sorties, [c]);
  else {
    const matieres = pluriel(Object.keys(c.matieres).length, 'matière');
    const natures = pluriel(Object.keys(c.natures).length, 'nature');
    sorties.ecrire(`Classification du ${c.date} importée : ${matieres}, ${natures}.`);
  }
  return 0;
}

export const ajouter: ModuleVerbe = { executer: ajouterFiche };
export const modifier: ModuleVerbe = { executer: modifierFiche };
export const lister: ModuleVerbe = { executer: listerFiches };
export const montrer: ModuleVerbe = { executer: montrerFiche };
export const classification: ModuleVerbe = { executer: importer };
