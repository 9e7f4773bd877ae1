import type { ImportFait } from '../../adapters/schemas/importer.ts';
import type { FichePaquet } from '../../formats/xsd/paquets.ts';
import { auteurDe } from '../confiance/contexte.ts';
import { type Appel, type CodeSortie, drapeau, type ModuleVerbe, texte } from '../monde.ts';
import { date, json, octets, octetsExacts, peindre, pluriel, sur } from '../rendu.ts';
import { dossierDe, lirePolitique, lireVersion } from '../schemas/contexte.ts';
import { inventorier, nommerRacines } from '../schemas/inventaire.ts';
import type { ReponsePaquet, ValidationPaquets } from '../schemas/valider.ts';
import { fiche, tableau } from '../tableau.ts';
import { lireMontrees, montrerFautes, resumer, verdictEnJson, type VerdictXml } from '../validation.ts';

/** `vaguemestre schemas …`: the schema packs, without daemon. */

function lignes(appel: Appel, titre: string, textes: readonly string[]): void {
  const { sorties } = appel.monde;
  if (textes.length === 0) return;
  sorties.ecrire(`${peindre(sorties, 'yellow', titre)} :`);
  for (const t of textes) sorties.ecrire(`  ${sur(t)}`);
}

const ISSUES = {
  importe: 'importé',
  remplace: 'remplacé',
  repare: 'remis en état',
  deja_en_place: 'déjà en place, son contenu n’a pas changé',
} as const;

function direImport(appel: Appel, { issue, paquet, laisses, avis }: ImportFait): void {
  const { sorties } = appel.monde;
  sorties.ecrire(peindre(sorties, 'green', `Paquet ${paquet.nom} ${ISSUES[issue]}.`));
  fiche(sorties, [
    ['Version', paquet.version ?? 'inconnue'],
    ['Politique', paquet.politique],
    ['Racines', nommerRacines(paquet).join(', ')],
    ['Fichiers', `${pluriel(paquet.fichiers, 'fichier')}, ${octets(paquet.octets)}`],
    ['Empreinte', paquet.empreinte],
  ]);
  const autres = pluriel(
    laisses.length,
    'fichier laissé de côté : ce n’est pas un schéma',
    'fichiers laissés de côté : ce ne sont pas des schémas',
  );
  const reste = laisses.length === 0 ? [] : [`${autres}.`];
  lignes(appel, 'À savoir', [...reste, ...avis]);
}

async function executerImport(appel: Appel): Promise<CodeSortie> {
  const { options, verbe } = appel;
  const { importerPaquet } = await import('../../adapters/schemas/importer.ts');
  const [nom, version] = [texte(options, 'nom'), lireVersion(appel)];
  const politique = texte(options, 'politique');
  const fait = await importerPaquet({
    source: appel.arguments[0] ?? '',
    ...(nom === undefined ? {} : { nom }),
    ...(version === undefined ? {} : { version }),
    ...(politique === undefined ? {} : { politique: lirePolitique(politique, verbe) }),
    remplacer: drapeau(options, 'remplacer'),
    dossier: dossierDe(appel),
    auteur: await auteurDe(appel),
  });
  if (drapeau(options, 'json')) json(appel.monde.sorties, [fait]);
  else direImport(appel, fait);
  return 0;
}

async function executerListe(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const vu = await inventorier(dossierDe(appel));
  if (drapeau(appel.options, 'json')) {
    const paquets = vu.paquets.map(({ paquet, ...etat }) => ({ ...paquet, ...etat }));
    json(sorties, [{ ...vu, paquets }]);
    return 0;
  }
  sorties.ecrire(`Paquets de schémas : ${sur(vu.dossier)}`);
  if (vu.paquets.length === 0)
    sorties.ecrire('Aucun : les PES sont jugés selon les seuls schémas du programme.');
  else {
    tableau(
      sorties,
      ['Paquet', 'Version', 'Politique', 'En vigueur', 'Importé le', 'Empreinte', 'Racines'],
      vu.paquets.map(({ paquet: p, enVigueur }) => [
        p.nom,
        p.version ?? '-',
        p.politique,
        enVigueur ? 'oui' : 'non',
        date(p.importe.quand),
        p.empreinte.slice(0, 16),
        nommerRacines(p).join(', '),
      ]),
    );
  }
  lignes(appel, 'À surveiller', vu.alertes);
  const { derniere } = vu;
  if (derniere !== null) {
    const quoi = `${derniere.geste} ${derniere.paquet}, ${derniere.resume}`;
    sorties.ecrire(`Dernière modification : ${date(derniere.quand)}, ${sur(derniere.qui)}, ${sur(quoi)}.`);
  }
  return 0;
}

function direPaquet(appel: Appel, paquet: FichePaquet, phrase: string): CodeSortie {
  const { sorties } = appel.monde;
  if (drapeau(appel.options, 'json')) json(sorties, [paquet]);
  else sorties.ecrire(phrase);
  return 0;
}

async function executerPolitique(appel: Appel): Promise<CodeSortie> {
  const [nom = '', valeur = ''] = appel.arguments;
  const politique = lirePolitique(valeur, appel.verbe);
  const { choisirPolitique } = await import('../../adapters/schemas/gerer.ts');
  const paquet = await choisirPolitique({ nom, politique }, dossierDe(appel), await auteurDe(appel));
  return direPaquet(appel, paquet, `Paquet ${paquet.nom} : politique ${paquet.politique}.`);
}

async function executerRetrait(appel: Appel): Promise<CodeSortie> {
  const { retirerPaquet } = await import('../../adapters/schemas/gerer.ts');
  const paquet = await retirerPaquet(appel.arguments[0] ?? '', dossierDe(appel), await auteurDe(appel));
  return direPaquet(appel, paquet, `Paquet ${paquet.nom} retiré.`);
}

function direReponse(
  appel: Appel,
  { paquet, compte, inutilisable, verdict }: ReponsePaquet,
  montrees: number,
): void {
  const { sorties } = appel.monde;
  const qui = `Paquet ${paquet.nom} (${paquet.politique}${compte ? '' : ', ne compte pas'})`;
  if (verdict === null) {
    const motif = `inutilisable : ${sur(inutilisable ?? '')}. Rien n’est dit du fichier`;
    sorties.ecrire(`${peindre(sorties, 'yellow', qui)} : ${motif}.`);
    return;
  }
  const couleur = verdict.etat === 'valide' ? 'green' : 'red';
  sorties.ecrire(`${peindre(sorties, couleur, qui)} : ${resumer(verdict, montrees)}.`);
  montrerFautes(sorties, verdict, montrees);
}

function direValidation(appel: Appel, validation: ValidationPaquets, montrees: number): void {
  const { sorties } = appel.monde;
  if (validation.type === 'mal_forme') {
    const verdict: VerdictXml = {
      etat: 'mal_forme',
      moteur: null,
      fautes: [validation.faute],
      tronque: false,
      sha256: null,
      octets: null,
    };
    montrerFautes(sorties, verdict, montrees);
    sorties.ecrire(`${sur(appel.arguments[0] ?? '')} : ${resumer(verdict, montrees)}.`);
    return;
  }
  const { racine, reponses } = validation;
  const espace = racine.espace === '' ? 'sans espace de noms' : racine.espace;
  sorties.ecrire(`Racine ${sur(racine.nom)} (${sur(espace)}), ${octetsExacts(validation.octets)}`);
  if (reponses.length === 0)
    sorties.ecrire(peindre(sorties, 'red', 'Aucun paquet interrogé ne décrit cette racine.'));
  for (const reponse of reponses) direReponse(appel, reponse, montrees);
}

function enJson(fichier: string, validation: ValidationPaquets, montrees: number): object {
  if (validation.type === 'mal_forme') return { fichier, etat: 'mal_forme', faute: validation.faute };
  const { racine, sha256, octets: taille, reponses } = validation;
  const paquets = reponses.map(({ paquet, compte, inutilisable, verdict }) => ({
    nom: paquet.nom,
    version: paquet.version,
    politique: paquet.politique,
    empreinte: paquet.empreinte,
    compte,
    inutilisable,
    verdict: verdict === null ? null : verdictEnJson(verdict, montrees),
  }));
  return { fichier, etat: 'lu', racine, sha256, octets: taille, paquets };
}

async function executerValidation(appel: Appel): Promise<CodeSortie> {
  const montrees = lireMontrees(appel);
  const fichier = appel.arguments[0] ?? '';
  const { codeDe, validerSelonPaquets } = await import('../schemas/valider.ts');
  const nom = texte(appel.options, 'paquet');
  const validation = await validerSelonPaquets({ fichier, dossier: dossierDe(appel), nom });
  if (drapeau(appel.options, 'json')) json(appel.monde.sorties, [enJson(fichier, validation, montrees)]);
  else direValidation(appel, validation, montrees);
  return codeDe(validation);
}

export const importer: ModuleVerbe = { executer: executerImport };
export const lister: ModuleVerbe = { executer: executerListe };
export const politique: ModuleVerbe = { executer: executerPolitique };
export const retirer: ModuleVerbe = { executer: executerRetrait };
export const valider: ModuleVerbe = { executer: executerValidation };
