import type { ImportFait } from '../confiance/importer-liste.ts';
import type { Inventaire } from '../confiance/inventaire.ts';
import { auteurDe, lieuDe } from '../confiance/contexte.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Appel, type CodeSortie, drapeau, liste, type ModuleVerbe, texte } from '../monde.ts';
import { date, json, peindre, pluriel, sur } from '../rendu.ts';
import { lirePetit } from '../source.ts';
import { fiche, tableau } from '../tableau.ts';

/** `vaguemestre confiance …`: the trust store, without daemon. */

const LISTE_MAX = 20_000_000;

/** XML, whatever its byte order mark and its blanks. */
function estXml(octets: Uint8Array): boolean {
  return /^\s*</.test(
    Buffer.from(octets.subarray(0, 100))
      .toString('latin1')
      .replace(/^(ï»¿|ÿþ|þÿ)/, '')
      .replaceAll('\0', ''),
  );
}

function lignes(appel: Appel, titre: string, textes: readonly string[]): void {
  if (textes.length === 0) return;
  appel.monde.sorties.ecrire(`${titre} :`);
  for (const t of textes) appel.monde.sorties.ecrire(`  ${sur(t)}`);
}

function direListe(appel: Appel, fait: ImportFait): void {
  const { sorties } = appel.monde;
  const { faits, comparaison, total } = fait;
  const quoi = fait.genre === 'liste' ? 'Liste de confiance' : 'Liste des listes';
  const suite = fait.inchangee ? 'déjà en place, rien n’a changé' : 'importée';
  sorties.ecrire(peindre(sorties, 'green', `${quoi} ${sur(faits.territoire)} n° ${faits.numero} ${suite}.`));
  fiche(sorties, [
    ['Famille', fait.nom],
    ['Émise', date(faits.emise)],
    ['À remplacer avant', date(faits.prochaine)],
    ['Numéro précédent', fait.numeroPrecedent === null ? '-' : String(fait.numeroPrecedent)],
    ['Signée par', fait.signataire],
    ['SHA-256', faits.sha256],
    fait.genre === 'liste'
      ? ['En vigueur', pluriel(total, 'autorité')]
      : ['Désigne', pluriel(total, 'territoire')],
  ]);
  lignes(appel, 'Ajouts', comparaison.ajoutees);
  lignes(appel, 'Retraits', comparaison.retirees);
  lignes(appel, 'Changements', comparaison.changees);
  lignes(appel, peindre(sorties, 'yellow', 'Réserves'), fait.reserves);
}

async function importerListes(appel: Appel, octets: Uint8Array): Promise<CodeSortie> {
  const { options, verbe } = appel;
  const [{ importerSignee }, { signatairesDe }, { verifierListe }] = await Promise.all([
    import('../confiance/importer-liste.ts'),
    import('../confiance/signataires.ts'),
    import('../../formats/xades/base/liste.ts'),
  ]);
  if (
    ['famille', 'niveau', 'politique'].some((o) => options[o] !== undefined) ||
    appel.arguments.length > 1
  ) {
    const detail =
      'Une liste s’importe seule, sans --famille, --niveau ni --politique : elle dit elle-même ce qu’elle contient.';
    throw erreurUsage(detail, verbe);
  }
  const commun = {
    signataires: signatairesDe(appel),
    forcer: drapeau(options, 'forcer'),
    dossier: lieuDe(appel).dossier,
    auteur: await auteurDe(appel),
    verifier: verifierListe,
  };
  const union = texte(options, 'listeDesListes');
  const premiers = union === undefined ? [] : [{ fichier: union, xml: lirePetit(union, LISTE_MAX) }];
  for (const { fichier, xml } of [...premiers, { fichier: appel.arguments[0] ?? '', xml: octets }]) {
    const fait = await importerSignee({ ...commun, fichier, xml });
    if (drapeau(options, 'json')) json(appel.monde.sorties, [fait]);
    else direListe(appel, fait);
  }
  return 0;
}

/** Throws VGM-CLI-004 when what a family needs is not given. */
function reglesDe({ options, verbe }: Appel): { famille: string; niveau: string } {
  const famille = texte(options, 'famille') ?? '';
  const niveau = texte(options, 'niveau') ?? '';
  if (famille === '' || niveau === '') {
    throw erreurUsage('Des certificats s’importent avec --famille et --niveau.', verbe);
  }
  if (!/^[a-z0-9-]{1,40}$/.test(famille)) {
    throw erreurUsage(`La famille « ${famille} » s’écrit en minuscules, chiffres et tirets.`, verbe);
  }
  const listes = ['listeDesListes', 'signataire', 'forcer'].find((o) => options[o] !== undefined);
  if (listes !== undefined)
    throw erreurUsage('Les options des listes ne valent pas pour des certificats.', verbe);
  return { famille, niveau };
}

async function importerAutorites(appel: Appel, premier: Uint8Array): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const { importerCertificats } = await import('../confiance/importer-certificats.ts');
  const regles = reglesDe(appel);
  const politiques = liste(appel.options, 'politique').map((p) => p.replace(/^urn:oid:/i, ''));
  const mauvaise = politiques.find((p) => !/^[0-2](\.(0|[1-9]\d*)){1,40}$/.test(p));
  if (mauvaise !== undefined) throw erreurUsage(`« ${mauvaise} » n’est pas un OID.`, appel.verbe);
  const fichiers = appel.arguments.map((nom, rang) => ({
    nom,
    octets: rang === 0 ? premier : lirePetit(nom, LISTE_MAX),
  }));
  const dossier = lieuDe(appel).dossier;
  const auteur = await auteurDe(appel);
  const fait = await importerCertificats({ ...regles, politiques, fichiers, dossier, auteur });
  if (drapeau(appel.options, 'json')) {
    json(sorties, [{ famille: fait.famille.nom, ajoutees: fait.ajoutees, avis: fait.avis }]);
    return 0;
  }
  const combien =
    fait.ajoutees.length === 0
      ? 'aucune autorité nouvelle'
      : pluriel(fait.ajoutees.length, 'autorité ajoutée', 'autorités ajoutées');
  sorties.ecrire(
    `Famille ${fait.famille.nom} : ${combien}, ${pluriel(fait.famille.ancres.length, 'en tout', 'en tout')}.`,
  );
  lignes(appel, 'Ajouts', fait.ajoutees);
  lignes(appel, peindre(sorties, 'yellow', 'À savoir'), fait.avis);
  return 0;
}

async function executerImport(appel: Appel): Promise<CodeSortie> {
  const octets = lirePetit(appel.arguments[0] ?? '', LISTE_MAX);
  return estXml(octets) ? importerListes(appel, octets) : importerAutorites(appel, octets);
}

function direFamilles(appel: Appel, { familles }: Inventaire): void {
  const { sorties } = appel.monde;
  tableau(
    sorties,
    ['Famille', 'Autorité', 'Situation', 'Niveaux', 'Fin', 'SHA-256'],
    familles.flatMap((f) =>
      f.ancres.map((a) => [
        f.nom,
        a.nom,
        a.situation,
        [...a.niveaux, ...f.autresNiveaux].map((n) => n.niveau).join(', ') ||
          (f.lecture === 'eidas' ? 'selon la liste' : '-'),
        date(a.fin).slice(0, 10),
        a.sha256.slice(0, 16),
      ]),
    ),
  );
}

async function executerMontrer(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const { inventorier } = await import('../confiance/inventaire.ts');
  const vu = await inventorier(lieuDe(appel), await appel.monde.maintenant());
  if (drapeau(appel.options, 'json')) {
    json(sorties, [vu]);
    return 0;
  }
  sorties.ecrire(`Magasin de confiance : ${sur(vu.dossier)}`);
  if (vu.familles.length === 0) sorties.ecrire('Aucune famille : aucune signature ne peut être crue.');
  else direFamilles(appel, vu);
  const listes = vu.familles.flatMap((f) => (f.liste === null ? [] : [{ nom: f.nom, ...f.liste }]));
  const union = vu.listeDesListes === null ? [] : [{ nom: 'liste-des-listes', ...vu.listeDesListes }];
  const datees = [...listes, ...union];
  if (datees.length > 0) {
    sorties.ecrire('');
    tableau(
      sorties,
      ['Liste', 'Territoire', 'Numéro', 'Émise', 'À remplacer avant'],
      datees.map((l) => [l.nom, l.territoire, String(l.numero), date(l.emise), date(l.prochaine)]),
    );
  }
  lignes(appel, peindre(sorties, 'yellow', 'À surveiller'), vu.alertes);
  const { derniere } = vu;
  if (derniere !== null) {
    const quand = date(new Date(derniere.quand).toISOString());
    sorties.ecrire(
      `Dernière modification : n° ${derniere.n}, ${quand}, ${sur(derniere.qui)}, ${sur(derniere.resume)}.`,
    );
  }
  return 0;
}

async function executerRetrait(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const { retirer: faire } = await import('../confiance/retirer.ts');
  const [famille = '', ancre] = appel.arguments;
  const { dossier } = lieuDe(appel);
  const auteur = await auteurDe(appel);
  const fait = await faire({ famille, dossier, auteur, ...(ancre === undefined ? {} : { ancre }) });
  if (drapeau(appel.options, 'json')) json(sorties, [fait]);
  else {
    sorties.ecrire(`Famille ${sur(famille)} : retrait fait.`);
    lignes(appel, 'Retraits', fait.retirees);
    lignes(appel, peindre(sorties, 'yellow', 'À savoir'), fait.avis);
  }
  return 0;
}

async function executerJugement(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const { enClair, enJson, jugerAppel } = await import('../confiance/juger.ts');
  const jugement = await jugerAppel(appel);
  if (drapeau(appel.options, 'json')) json(sorties, [enJson(jugement)]);
  else for (const ligne of enClair(jugement)) sorties.ecrire(sur(ligne));
  return jugement.verdict.type === 'confiance' ? 0 : 3;
}

export const importer: ModuleVerbe = { executer: executerImport };
export const montrer: ModuleVerbe = { executer: executerMontrer };
export const retirer: ModuleVerbe = { executer: executerRetrait };
export const juger: ModuleVerbe = { executer: executerJugement };
