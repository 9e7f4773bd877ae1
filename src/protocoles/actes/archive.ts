import type { TypeContenu } from '../../formats/encodages/types.ts';
import type { FaitsPdf } from '../../formats/pdf/faits.ts';
import { enIncise, type FauteXml, lieuDe } from '../../formats/xml/faute.ts';
import { type ElementXml, lireXml } from '../../formats/xml/lire.ts';
import type { Anomalie } from '../../metier/anomalies.ts';
import { cleLuhn, lireJour } from '../../metier/identifiants.ts';
import { ESPACE_ACTES, ESPACE_INSEE, MESSAGES, type MessageNorme, NATURES_NATIONALES } from './codes.ts';
import { estBudgetaire } from './natures.ts';
import { EXTENSIONS, jourCompact } from './noms.ts';
import { Releve } from './archive-regles.ts';
import { citer, dateFrancaise } from './regles/regle.ts';

/**
 * What the State would refuse in an outgoing archive, told from its files alone: no classification, no clock.
 * Strict: it judges what we, or another operator's software, are about to send.
 */

/** Facts of one file of the archive. */
export interface FichierArchive {
  readonly nom: string;
  /** Bytes. */
  readonly taille: number;
  readonly type: TypeContenu;
  /** Whole content, for an XML that is small enough to be a message; null otherwise. */
  readonly octets: Uint8Array | null;
  /** Only for a PDF. */
  readonly pdf: FaitsPdf | null;
}

export interface FaitsArchive {
  /** Name without folder. */
  readonly nom: string;
  /** Bytes of the `tar.gz`. */
  readonly taille: number;
  /** In the order of the archive. */
  readonly fichiers: readonly FichierArchive[];
}

/** Validates one XML against the schema of ACTES. */
export type Valider = (octets: Uint8Array) => readonly FauteXml[];

/** « 150 Mo »: nobody says whether of 1000 or of 1024; between the two it may pass. */
const TAILLE_SURE = 150_000_000;
const TAILLE_MAX = 157_286_400;

const NOM_ARCHIVE = /^([A-Z]{3})-((?:[A-Z]{4})--([0-9]{9})--([0-9]{8})-[1-9][0-9]{0,3})\.tar\.gz$/;
const NOM_ENVELOPPE = /^[A-Z]{4}--([0-9]{9})--([0-9]{8})-[1-9][0-9]{0,3}\.xml$/;
/** Fields of a message name: department, SIREN, date, number, nature, code. */
const NOM_MESSAGE =
  /^([09][0-9][0-9AB])-([0-9]{9})-([0-9]{8})?-([A-Za-z0-9_]{1,15})?-(\p{Lu}{2})?-([1-7]-[1-5])_[0-9]{1,9}\.xml$/u;
const NOM_DOCUMENT = /^(?:([A-Z0-9_]{5})-)?(.+)_([1-9][0-9]{0,4})\.([a-z]+)$/;
const NUMERO = /^([A-Z0-9][A-Z0-9_]{0,13})?[A-Z0-9]$/;

interface Sujet {
  readonly releve: Releve;
  readonly valider: Valider;
  readonly fichiers: ReadonlyMap<string, FichierArchive>;
  /** Names already cited, in order. */
  readonly cites: Set<string>;
  /** `YYYYMMDD` of the archive; null when its name is malformed. */
  readonly jour: string | null;
  /** Of the envelope; null when it says none. */
  readonly siren: string | null;
  readonly departement: string | null;
}

const attribut = (e: ElementXml | undefined, nom: string, espace = ESPACE_ACTES): string | undefined =>
  e?.attributs.get(`{${espace}}${nom}`);
const enfant = (e: ElementXml | undefined, nom: string): ElementXml | undefined =>
  e?.enfants.find((x) => x.nom === nom);
const nombre = (n: number): string => n.toLocaleString('fr-FR').replace(/\s/gu, ' ');

/** « nom », and where in it. */
function situer(nom: string, faute: Pick<FauteXml, 'ligne' | 'colonne'>): string {
  const lieu = lieuDe(faute);
  return lieu === '' ? citer(nom) : `${citer(nom)}, ${lieu}`;
}

/** Reads one XML of the norm and says all that makes it invalid; undefined when it cannot be read at all. */
function lireNorme(
  nom: string,
  octets: Uint8Array,
  sujet: Pick<Sujet, 'releve' | 'valider'>,
): ElementXml | undefined {
  const { releve, valider } = sujet;
  const lu = lireXml(octets);
  if (lu.type === 'illisible') {
    releve.dire('ACTES-ARC-05', `${situer(nom, lu)} : ${lu.motif}.`, { ou: nom });
    return undefined;
  }
  for (const e of valider(octets)) {
    const chemin = e.chemin === '' ? '' : ` (${e.chemin})`;
    releve.dire('ACTES-ARC-06', `${situer(nom, e)}${chemin} : ${enIncise(e.message)}.`, { ou: nom });
  }
  const tete = Buffer.from(octets.subarray(0, 200)).toString('latin1');
  if (!/^<\?xml[^>]*encoding=["']iso-8859-1["']/i.test(tete)) {
    releve.dire('ACTES-ARC-24', `${citer(nom)} n’annonce pas le jeu de caractères ISO-8859-1.`, { ou: nom });
  }
  return lu.racine;
}

/** Components that the name of a message must repeat. */
interface IdentiteMessage {
  readonly date: string;
  readonly numero: string;
  readonly abrege: string;
}

/** Identity carried by a message: own fields for a 1-1, `@IDActe` for the others, null for 7-1 (no acte). */
function identiteDe(racine: ElementXml, norme: MessageNorme): IdentiteMessage | null {
  if (norme.code === '7-1') return null;
  if (norme.code !== '1-1') {
    const [, , date = '', numero = '', abrege = ''] = (attribut(racine, 'IDActe') ?? '').split('-');
    return { date, numero, abrege };
  }
  const nature = attribut(racine, 'CodeNatureActe');
  const abrege = NATURES_NATIONALES.find((n) => n.code === nature)?.abrege ?? '';
  const date = jourCompact(attribut(racine, 'Date') ?? '');
  return { date, numero: attribut(racine, 'NumeroInterne') ?? '', abrege };
}

function controlerNomMessage(nom: string, racine: ElementXml, sujet: Sujet): void {
  const { releve } = sujet;
  const norme = MESSAGES.get(racine.nom) as MessageNorme;
  const m = NOM_MESSAGE.exec(nom);
  if (m === null) {
    releve.dire('ACTES-ARC-11', `Le nom de message ${citer(nom)} n’est pas formé selon la norme.`, {
      ou: nom,
    });
    return;
  }
  const [, departement = '', siren = '', date = '', numero = '', abrege = '', code = ''] = m;
  const attendu = identiteDe(racine, norme);
  const ecarts: [string, string, string | null][] = [
    ['le département', departement, sujet.departement],
    ['le SIREN', siren, sujet.siren],
    ['le code de message', code, norme.code],
    ['le numéro', numero, attendu === null ? '' : attendu.numero],
    ['la nature', abrege, attendu === null ? '' : attendu.abrege],
  ];
  for (const [quoi, vu, voulu] of ecarts) {
    if (voulu === null || vu === voulu) continue;
    const message = `Dans le nom ${citer(nom)}, ${quoi} est ${citer(vu)} au lieu de ${citer(voulu)}.`;
    releve.dire('ACTES-ARC-11', message, { ou: nom });
  }
  if (attendu !== null && date !== attendu.date) {
    const message = `Dans le nom ${citer(nom)}, la date est ${citer(date)} au lieu de ${citer(attendu.date)}.`;
    releve.dire('ACTES-ARC-12', message, { ou: nom });
  }
}

function controlerNumeroEtDate(nom: string, racine: ElementXml, { releve, jour }: Sujet): void {
  const numero = attribut(racine, 'NumeroInterne');
  if (numero !== undefined && !NUMERO.test(numero)) {
    releve.dire('ACTES-ARC-20', `Le numéro ${citer(numero)} n’est pas admis.`, { ou: nom });
  }
  const date = attribut(racine, 'Date') ?? '';
  if (jour !== null && lireJour(date) !== undefined && jourCompact(date) > jour) {
    const message = `L’acte est daté du ${dateFrancaise(date)}, après le jour de l’archive (${citer(jour)}).`;
    releve.dire('ACTES-ARC-23', message, { ou: nom });
  }
}

/** Documents cited by a message, in order: `Document`, `Documents/Document`, `Annexes/Annexe`. */
function documentsCites(racine: ElementXml): { readonly nom: string; readonly annexe: boolean }[] {
  const nomDe = (e: ElementXml): string => enfant(e, 'NomFichier')?.texte.trim() ?? '';
  const directs = [...racine.enfants, ...(enfant(racine, 'Documents')?.enfants ?? [])];
  const documents = directs.filter((e) => e.nom === 'Document');
  const annexes = (enfant(racine, 'Annexes')?.enfants ?? []).filter((e) => e.nom === 'Annexe');
  return [
    ...documents.map((e) => ({ nom: nomDe(e), annexe: false })),
    ...annexes.map((e) => ({ nom: nomDe(e), annexe: true })),
  ];
}

function controlerNombre(nom: string, racine: ElementXml, releve: Releve): void {
  const annexes = enfant(racine, 'Annexes');
  if (annexes === undefined) return;
  const reel = annexes.enfants.filter((e) => e.nom === 'Annexe').length;
  const annonce = attribut(annexes, 'Nombre') ?? '';
  if (Number(annonce) === reel) return;
  releve.dire('ACTES-ARC-10', `${citer(nom)} annonce ${citer(annonce)} annexes et en cite ${reel}.`, {
    ou: nom,
  });
}

/** Takes a cited name: says that it is absent, or cited twice. */
function prendre(nom: string, par: string, { releve, fichiers, cites }: Sujet): FichierArchive | undefined {
  if (cites.has(nom)) {
    releve.dire('ACTES-ARC-22', `Le fichier ${citer(nom)} est cité deux fois (${citer(par)}).`, { ou: nom });
    return undefined;
  }
  cites.add(nom);
  const fichier = fichiers.get(nom);
  if (fichier === undefined) {
    releve.dire('ACTES-ARC-08', `Le fichier ${citer(nom)}, cité par ${citer(par)}, manque.`, { ou: nom });
  }
  return fichier;
}

interface Cite {
  readonly fichier: FichierArchive;
  readonly annexe: boolean;
  /** Name of the message without `_n.xml`. */
  readonly tronc: string;
  readonly code: string;
}

function controlerNomDocument({ fichier, tronc, code }: Cite, releve: Releve): void {
  const { nom, type } = fichier;
  const m = NOM_DOCUMENT.exec(nom);
  if (m === null || m[2] !== tronc) {
    releve.dire('ACTES-ARC-13', `Le nom de document ${citer(nom)} n’est pas formé selon la norme.`, {
      ou: nom,
    });
    return;
  }
  if (m[1] === undefined) {
    const gravite = code === '1-1' ? 'bloquante' : 'avertissement';
    releve.dire('ACTES-ARC-14', `Le nom ${citer(nom)} ne porte pas de typologie.`, { ou: nom, gravite });
  }
  if (EXTENSIONS.get(type) !== m[4]) {
    const contenu = type === 'inconnu' ? 'd’un type non reconnu' : `de type ${type}`;
    releve.dire('ACTES-ARC-15', `Le contenu de ${citer(nom)} est ${contenu}.`, { ou: nom });
  }
}

function controlerPdf({ nom, pdf, taille, type }: FichierArchive, releve: Releve): void {
  if (type !== 'application/pdf' || pdf === null || taille === 0) return;
  if (!pdf.entete || !pdf.fin) {
    releve.dire('ACTES-ARC-17', `Le PDF ${citer(nom)} est tronqué ou corrompu.`, { ou: nom });
  }
  if (pdf.chiffre) releve.dire('ACTES-ARC-18', `Le PDF ${citer(nom)} est chiffré ou protégé.`, { ou: nom });
}

/** A 1-1 carries a PDF, or the XML of a budget with PDF annexes only (arrêté du 13 octobre 2011). */
function controlerTypes(racine: ElementXml, cites: readonly Cite[], releve: Releve): void {
  const nature = NATURES_NATIONALES.find((n) => n.code === attribut(racine, 'CodeNatureActe')) ?? null;
  const niveaux = ['CodeMatiere1', 'CodeMatiere2'].map((n) => attribut(enfant(racine, n), 'CodeMatiere'));
  const principal = cites.find((c) => !c.annexe)?.fichier;
  const budget = principal?.type === 'application/xml' && estBudgetaire(nature, niveaux.join('.'));
  for (const { fichier, annexe } of cites) {
    const libre = annexe ? !budget : budget;
    const admis = fichier.type === 'application/pdf' || (libre && EXTENSIONS.has(fichier.type));
    if (admis || fichier.taille === 0) continue;
    const quoi = annexe ? 'L’annexe' : 'Le document principal';
    releve.dire('ACTES-ARC-16', `${quoi} ${citer(fichier.nom)} n’est pas un PDF.`, { ou: fichier.nom });
  }
}

/** @returns whether it was understood: what an unread message cites is not known. */
function controlerMessage(fichier: FichierArchive, sujet: Sujet): boolean {
  const { releve } = sujet;
  const { nom } = fichier;
  if (fichier.octets === null) {
    releve.dire('ACTES-ARC-05', `${citer(nom)} n’est pas un message XML lisible.`, { ou: nom });
    return false;
  }
  const racine = lireNorme(nom, fichier.octets, sujet);
  if (racine === undefined) return false;
  const norme = racine.espace === ESPACE_ACTES ? MESSAGES.get(racine.nom) : undefined;
  if (norme?.emetteur !== 'collectivite') {
    const quoi =
      norme === undefined ? `un élément ${citer(racine.nom)}` : `un message de l’État (${norme.libelle})`;
    releve.dire('ACTES-ARC-21', `${citer(nom)} contient ${quoi}.`, { ou: nom });
    return false;
  }
  controlerNomMessage(nom, racine, sujet);
  controlerNumeroEtDate(nom, racine, sujet);
  controlerNombre(nom, racine, releve);
  const tronc = nom.replace(/_[0-9]+\.xml$/, '');
  const cites = documentsCites(racine).flatMap((d): Cite[] => {
    const cite = prendre(d.nom, nom, sujet);
    return cite === undefined ? [] : [{ fichier: cite, annexe: d.annexe, tronc, code: norme.code }];
  });
  for (const c of cites) {
    controlerNomDocument(c, releve);
    controlerPdf(c.fichier, releve);
  }
  if (norme.code === '1-1') controlerTypes(racine, cites, releve);
  return true;
}

/** @returns the two things that the name of the archive fixes for the others. */
function controlerNomArchive(
  { nom, taille }: FaitsArchive,
  releve: Releve,
): { base: string; jour: string } | null {
  if (taille > TAILLE_SURE) {
    const gravite = taille > TAILLE_MAX ? 'bloquante' : 'avertissement';
    const message = `L’archive pèse ${nombre(taille)} octets, pour 150 Mo admis.`;
    releve.dire('ACTES-ARC-02', message, { ou: nom, gravite });
  }
  const m = NOM_ARCHIVE.exec(nom);
  const jour = m?.[4] ?? '';
  if (m === null || lireJour(jour.replace(/^(....)(..)(..)$/, '$1-$2-$3')) === undefined) {
    releve.dire('ACTES-ARC-01', `Le nom d’archive ${citer(nom)} n’est pas formé selon la norme.`, {
      ou: nom,
    });
    return null;
  }
  return { base: m[2] as string, jour };
}

function trouverEnveloppe(fichiers: readonly FichierArchive[], releve: Releve): FichierArchive | undefined {
  const [premiere, ...autres] = fichiers.filter((f) => NOM_ENVELOPPE.test(f.nom));
  if (premiere === undefined) releve.dire('ACTES-ARC-03', 'L’archive ne contient pas d’enveloppe.');
  for (const { nom } of autres) {
    releve.dire('ACTES-ARC-03', `L’archive contient une autre enveloppe, ${citer(nom)}.`, { ou: nom });
  }
  return premiere;
}

function controlerSiren(siren: string | null, noms: readonly string[], releve: Releve): void {
  if (siren === null) return;
  if (!cleLuhn(siren))
    releve.dire('ACTES-ARC-25', `Le SIREN ${citer(siren)} n’a pas une clé de contrôle juste.`);
  for (const nom of noms) {
    if (nom.includes(`--${siren}--`)) continue;
    releve.dire(
      'ACTES-ARC-07',
      `Le nom ${citer(nom)} n’est pas celui du SIREN ${citer(siren)} de l’enveloppe.`,
      { ou: nom },
    );
  }
}

/**
 * Analyses an outgoing archive whole.
 * @returns everything found, in the order of the norm (name, envelope, messages, documents); empty when all is well.
 */
export function analyserArchive(faits: FaitsArchive, valider: Valider): Anomalie[] {
  const releve = new Releve();
  const lieu = controlerNomArchive(faits, releve);
  for (const { nom, taille } of faits.fichiers) {
    if (taille === 0) releve.dire('ACTES-ARC-19', `Le fichier ${citer(nom)} est vide.`, { ou: nom });
  }
  const enveloppe = trouverEnveloppe(faits.fichiers, releve);
  if (enveloppe === undefined) return releve.anomalies;
  if (lieu !== null && enveloppe.nom !== `${lieu.base}.xml`) {
    const message = `L’enveloppe se nomme ${citer(enveloppe.nom)} au lieu de ${citer(`${lieu.base}.xml`)}.`;
    releve.dire('ACTES-ARC-04', message, { ou: enveloppe.nom });
  }
  const octets = enveloppe.octets ?? new Uint8Array();
  const racine = lireNorme(enveloppe.nom, octets, { releve, valider });
  if (racine === undefined) return releve.anomalies;
  if (racine.nom !== 'EnveloppeCLMISILL') {
    releve.dire('ACTES-ARC-03', `${citer(enveloppe.nom)} contient un élément ${citer(racine.nom)}.`, {
      ou: enveloppe.nom,
    });
    return releve.anomalies;
  }
  const idcl = enfant(enfant(racine, 'Emetteur'), 'IDCL');
  const siren = attribut(idcl, 'SIREN', ESPACE_INSEE) ?? null;
  controlerSiren(siren, [...(lieu === null ? [] : [faits.nom]), enveloppe.nom], releve);
  const sujet: Sujet = {
    releve,
    valider,
    fichiers: new Map(faits.fichiers.map((f) => [f.nom, f])),
    cites: new Set([enveloppe.nom]),
    jour: lieu?.jour ?? null,
    siren,
    departement: attribut(idcl, 'Departement') ?? null,
  };
  let compris = true;
  for (const formulaire of enfant(racine, 'FormulairesEnvoyes')?.enfants ?? []) {
    const message = prendre(enfant(formulaire, 'NomFichier')?.texte.trim() ?? '', enveloppe.nom, sujet);
    compris = message !== undefined && controlerMessage(message, sujet) && compris;
  }
  for (const { nom } of compris ? faits.fichiers : []) {
    if (sujet.cites.has(nom) || NOM_ENVELOPPE.test(nom)) continue;
    releve.dire('ACTES-ARC-09', `Le fichier ${citer(nom)} n’est cité par aucun message.`, { ou: nom });
  }
  return releve.anomalies;
}

/** Analyses one message or envelope alone: schema, name against content, number. Files it cites are not looked for. */
export function analyserMessage(nom: string, octets: Uint8Array, valider: Valider): Anomalie[] {
  const releve = new Releve();
  const racine = lireNorme(nom, octets, { releve, valider });
  if (racine === undefined) return releve.anomalies;
  if (racine.nom === 'EnveloppeCLMISILL') {
    const siren = attribut(enfant(enfant(racine, 'Emetteur'), 'IDCL'), 'SIREN', ESPACE_INSEE) ?? null;
    controlerSiren(siren, [nom], releve);
    return releve.anomalies;
  }
  if (MESSAGES.get(racine.nom)?.emetteur !== 'collectivite') return releve.anomalies;
  const vide = { fichiers: new Map(), cites: new Set<string>(), jour: null, siren: null, departement: null };
  const sujet: Sujet = { releve, valider, ...vide };
  controlerNomMessage(nom, racine, sujet);
  controlerNumeroEtDate(nom, racine, sujet);
  controlerNombre(nom, racine, releve);
  return releve.anomalies;
}
