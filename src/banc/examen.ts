import { lireTarGz } from '../formats/tar/lire.ts';
import { enIncise, lieuDe } from '../formats/xml/faute.ts';
import { type ElementXml, lireXml } from '../formats/xml/lire.ts';
import type { JeuSchemas } from '../formats/xsd/jeu.ts';
import { lireJour } from '../metier/identifiants.ts';
import {
  type ActeExamine,
  type EchangeExamine,
  type EnveloppeLue,
  type FichierLu,
  type Refus,
  refus,
} from './archive.ts';
import { ENVOIS, estEnvoi } from './echanges/codes.ts';
import { type ChampsNom, examinerEchange, lireEchange } from './echanges/examen.ts';
import { examinerActe } from './examen-acte.ts';
import {
  attribut,
  ESPACE,
  enfant,
  enfants,
  NOM_ARCHIVE,
  NOM_DEMANDE,
  NOM_MESSAGE,
  siren,
  texte,
} from './norme.ts';

interface Lu {
  readonly enveloppe: EnveloppeLue;
  readonly actes: readonly ActeExamine[];
  readonly echanges: readonly EchangeExamine[];
}

/** An archive that somebody may be answered about. */
export type ExamenLisible =
  | (Lu & { readonly type: 'anomalie'; readonly refus: Refus })
  | (Lu & { readonly type: 'recevable' });

export type Examen =
  /** Nobody to answer to by mail: refused at the door. */
  { readonly type: 'illisible'; readonly motif: string } | ExamenLisible;

/** What this ministry expects. Empty lists accept all. */
export interface Attentes {
  readonly schemas: JeuSchemas;
  readonly trigrammes: readonly string[];
  readonly applications: readonly string[];
  readonly sirens: readonly string[];
  /** Today in Europe/Paris, `YYYY-MM-DD`. */
  readonly jour: string;
}

const LIMITES = { octets: 400_000_000, entrees: 2_000 };

/** Checks an archive as strictly as the norm allows; never throws on content. */
export async function examiner(nom: string, archive: Buffer, attentes: Attentes): Promise<Examen> {
  const fichiers = await ouvrir(archive);
  if (typeof fichiers === 'string') return { type: 'illisible', motif: fichiers };
  const premier = fichiers[0];
  if (premier === undefined) return { type: 'illisible', motif: 'l’archive est vide' };
  const enveloppe = lireEnveloppe(premier, nom);
  if (typeof enveloppe === 'string') return { type: 'illisible', motif: enveloppe };
  const faute =
    verifierNomArchive(nom, enveloppe, attentes) ?? verifierEnveloppe(premier, enveloppe, attentes);
  const examen = examinerMessages({ fichiers, enveloppe, attentes });
  const refuse = faute ?? examen.refus;
  const { actes, echanges } = examen;
  const lu = { enveloppe, actes, echanges };
  return refuse === null ? { type: 'recevable', ...lu } : { type: 'anomalie', refus: refuse, ...lu };
}

async function ouvrir(archive: Buffer): Promise<FichierLu[] | string> {
  const fichiers: FichierLu[] = [];
  try {
    for await (const entree of lireTarGz(uneFois(archive), LIMITES)) {
      const blocs: Uint8Array[] = [];
      for await (const bloc of entree.contenu) blocs.push(bloc);
      fichiers.push({ nom: entree.nom, octets: Buffer.concat(blocs) });
    }
  } catch (erreur) {
    return erreur instanceof Error ? erreur.message : 'archive illisible';
  }
  return fichiers;
}

async function* uneFois(octets: Buffer): AsyncGenerator<Uint8Array> {
  yield octets;
}

/** @returns the envelope, or why no answer can be mailed. */
function lireEnveloppe(fichier: FichierLu, archive: string): EnveloppeLue | string {
  const lecture = lireXml(fichier.octets);
  if (lecture.type === 'illisible') return `« ${fichier.nom} » : ${lecture.motif}`;
  const { racine } = lecture;
  if (racine.nom !== 'EnveloppeCLMISILL' || racine.espace !== ESPACE) {
    return `le premier fichier, « ${fichier.nom} », n’est pas une enveloppe`;
  }
  const idcl = enfant(enfant(racine, 'Emetteur'), 'IDCL');
  const adresses = enfants(enfant(racine, 'AdressesRetour'), 'Email').map(texte);
  if (adresses.length === 0) return 'l’enveloppe ne donne aucune adresse de retour';
  return {
    nom: fichier.nom,
    racine,
    application: NOM_ARCHIVE.exec(archive)?.groups?.['appli'] ?? 'TACT',
    siren: siren(idcl),
    departement: attribut(idcl, 'Departement'),
    arrondissement: attribut(idcl, 'Arrondissement'),
    adresses: [...new Set(adresses)],
  };
}

function verifierNomArchive(nom: string, enveloppe: EnveloppeLue, attentes: Attentes): Refus | null {
  const champs = NOM_ARCHIVE.exec(nom)?.groups;
  if (champs === undefined) return refus('01', `le nom d'archive ${nom} ne suit pas la norme`);
  const { tri = '', appli = '', siren: numero = '', date = '' } = champs;
  if (hors(attentes.trigrammes, tri))
    return refus('02', `le trigramme ${tri} n'est pas celui d'un tiers connu`);
  if (hors(attentes.applications, appli))
    return refus('03', `l'application ${appli} n'est pas celle attendue`);
  const jour = lireJour(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`);
  if (jour === undefined || jour > attentes.jour)
    return refus('04', `la date ${date} n'est pas un jour passé`);
  if (enveloppe.nom !== `${nom.slice(4, -'.tar.gz'.length)}.xml`) {
    return refus('05', `l'enveloppe ${enveloppe.nom} ne porte pas le nom de l'archive`);
  }
  if (numero !== enveloppe.siren) return refus('06', `le SIREN de l'archive n'est pas celui de l'IDCL`);
  return null;
}

/** An empty list accepts everything. */
function hors(liste: readonly string[], valeur: string): boolean {
  return liste.length > 0 && !liste.includes(valeur);
}

function verifierEnveloppe(fichier: FichierLu, enveloppe: EnveloppeLue, attentes: Attentes): Refus | null {
  const faute = verifierXml(fichier, attentes.schemas);
  if (faute !== null) return faute;
  if (hors(attentes.sirens, enveloppe.siren)) {
    return {
      nature: '005',
      detail: `PREF-VERIF-02 : le SIREN ${enveloppe.siren} n'est pas enregistré dans ACTES`,
    };
  }
  return null;
}

/** Prologue of the norm (ISO-8859-1), then the schema. */
export function verifierXml(fichier: FichierLu, schemas: JeuSchemas): Refus | null {
  const debut = fichier.octets.toString('latin1', 0, 200);
  if (!/^<\?xml version=["']1\.0["'] encoding=["']ISO-8859-1["'][^>]*\?>/i.test(debut)) {
    return refus('07', `${fichier.nom} ne commence pas par un prologue XML 1.0 en ISO-8859-1`);
  }
  const [erreur] = schemas.valider('actes', fichier.octets);
  if (erreur === undefined) return null;
  return refus('08', `${fichier.nom} ${lieuDe(erreur)}, ${enIncise(erreur.message)}`);
}

interface Contenu {
  readonly fichiers: readonly FichierLu[];
  readonly enveloppe: EnveloppeLue;
  readonly attentes: Attentes;
}

/** Each announced message, then the order and the completeness of the whole archive. */
function examinerMessages(contenu: Contenu): Omit<Lu, 'enveloppe'> & { readonly refus: Refus | null } {
  const { fichiers, enveloppe, attentes } = contenu;
  const annonces = enfants(enfant(enveloppe.racine, 'FormulairesEnvoyes'), 'Formulaire').map((f) =>
    texte(enfant(f, 'NomFichier')),
  );
  const messages: (ActeExamine | EchangeExamine)[] = [];
  const attendus = [enveloppe.nom];
  let premier: Refus | null = null;
  for (const nom of annonces) {
    const fichier = fichiers.find((f) => f.nom === nom);
    const examen =
      fichier === undefined
        ? refus('09', `le message ${nom} annoncé par l'enveloppe n'est pas dans l'archive`)
        : lireMessage(fichier, contenu);
    if ('nature' in examen) {
      premier ??= examen;
      continue;
    }
    messages.push(examen);
    attendus.push(nom, ...examen.documents);
  }
  premier ??= verifierListe(attendus, fichiers);
  const echanges = messages.filter((m) => m.code !== '1-1');
  for (const echange of echanges) premier ??= examinerEchange(echange, fichiers, attentes.jour);
  const actes = messages.filter((m) => m.code === '1-1');
  return { refus: premier, actes: actes.map((a) => examinerActe(a, fichiers, attentes.jour)), echanges };
}

function lireMessage(fichier: FichierLu, contenu: Contenu): ActeExamine | EchangeExamine | Refus {
  const { enveloppe, attentes } = contenu;
  const champs = (NOM_MESSAGE.exec(fichier.nom) ?? NOM_DEMANDE.exec(fichier.nom))?.groups;
  if (champs === undefined) {
    const detail = `ODT-VERIF-17 : la transaction ${fichier.nom} n'est pas reconnue par ACTES`;
    return { nature: '100', detail };
  }
  if (champs['siren'] !== enveloppe.siren || champs['dep'] !== enveloppe.departement) {
    return refus('10', `${fichier.nom} ne porte pas le département et le SIREN de l'IDCL`);
  }
  const faute = verifierXml(fichier, attentes.schemas);
  if (faute !== null) return faute;
  const { code = '' } = champs;
  const lecture = lireXml(fichier.octets);
  if (lecture.type === 'illisible' || lecture.racine.nom !== (estEnvoi(code) ? ENVOIS[code].racine : 'Acte'))
    return refus('11', `${fichier.nom} ne contient pas un message ${code}`);
  const { racine } = lecture;
  return estEnvoi(code)
    ? lireEchange(fichier, racine, { ...champs, code })
    : lireActe(fichier.nom, racine, champs);
}

function lireActe(nom: string, racine: ElementXml, champs: ChampsNom): ActeExamine {
  const documents = [enfant(racine, 'Document'), ...enfants(enfant(racine, 'Annexes'), 'Annexe')];
  return {
    code: '1-1',
    nom,
    racine,
    idActe: champs['id'] ?? '',
    numero: attribut(racine, 'NumeroInterne'),
    classification: texte(enfant(racine, 'ClassificationDateVersion')),
    documents: documents.map((d) => texte(enfant(d, 'NomFichier'))),
    refus: null,
  };
}

/** The envelope, then for each message the message, its document, its annexes: in this order, and nothing else. */
function verifierListe(attendus: readonly string[], fichiers: readonly FichierLu[]): Refus | null {
  const presents = fichiers.map((f) => f.nom);
  const absent = attendus.find((nom) => !presents.includes(nom));
  if (absent !== undefined) return refus('12', `le fichier ${absent} n'est pas dans l'archive`);
  const enTrop = presents.find((nom) => !attendus.includes(nom));
  if (enTrop !== undefined) return refus('13', `le fichier ${enTrop} n'est annoncé par aucun message`);
  const melange = presents.findIndex((nom, rang) => nom !== attendus[rang]);
  if (melange >= 0 || presents.length !== attendus.length) {
    return refus('14', `les fichiers ne sont pas dans l'ordre enveloppe, message, document, annexes`);
  }
  return null;
}
