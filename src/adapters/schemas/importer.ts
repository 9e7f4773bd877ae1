import { chmod, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FichePaquet, PolitiqueSchemas } from '../../formats/xsd/paquets.ts';
import { erreurSchemas } from '../../metier/catalogue/schemas.ts';
import { compilerAPart, type OptionsCompilation } from './compilation.ts';
import { CACHE, cheminContenu, defautDe, FICHIERS, SOMMES, sommesDe } from './contenu.ts';
import {
  type Auteur,
  BROUILLON,
  type Changement,
  changerPaquets,
  type EtatDossier,
  synchroniser,
} from './dossier.ts';
import { empreinteDe } from './empreinte.ts';
import { type Baptemes, baptiser, type Entree, type Identite, trouverEntrees } from './entrees.ts';
import { changerPolitique } from './gerer.ts';
import { type Lot, lireLot, refuserLot } from './lot.ts';

/** A set of schemas that becomes a pack, is replaced by another of its name, or is put back as it was. */

export interface DemandeImport extends Baptemes {
  /** Folder or ZIP. */
  readonly source: string;
  /** Absent: `avertir` for a new pack, unchanged for one that is there. */
  readonly politique?: PolitiqueSchemas;
  /** Another content of the same name gives way. */
  readonly remplacer: boolean;
  readonly dossier: string;
  readonly auteur: Auteur;
  readonly compilation?: OptionsCompilation;
}

export interface ImportFait {
  readonly issue: 'importe' | 'remplace' | 'repare' | 'deja_en_place';
  readonly paquet: FichePaquet;
  /** Files of the set that are no schema: not installed. */
  readonly laisses: readonly string[];
  /** French. */
  readonly avis: readonly string[];
}

/** A set, understood. */
interface Prepare {
  readonly lot: Lot;
  readonly entrees: readonly Entree[];
  readonly sommes: string;
  readonly empreinte: string;
  readonly identite: Identite;
}

async function preparer(demande: DemandeImport): Promise<Prepare> {
  const lot = await lireLot(demande.source);
  const entrees = trouverEntrees(demande.source, lot);
  const identite = baptiser(demande.source, lot, demande);
  const sommes = sommesDe(lot.fichiers);
  return { lot, entrees, identite, sommes, empreinte: empreinteDe(sommes) };
}

async function ecrireFichier(chemin: string, octets: Uint8Array | string): Promise<void> {
  const poignee = await open(chemin, 'wx', 0o644);
  try {
    await poignee.chmod(0o644);
    await poignee.writeFile(octets);
    await poignee.sync();
  } finally {
    await poignee.close();
  }
}

/** The content, whole, each file and folder on the disk. */
async function ecrireContenu(brouillon: string, { lot, sommes }: Prepare): Promise<void> {
  const dossiers = new Set([brouillon, join(brouillon, FICHIERS), join(brouillon, CACHE)]);
  for (const nom of lot.fichiers.keys()) {
    for (let d = dirname(join(brouillon, FICHIERS, nom)); !dossiers.has(d); d = dirname(d)) dossiers.add(d);
  }
  for (const dossier of dossiers) await mkdir(dossier, { recursive: true, mode: 0o755 });
  await ecrireFichier(join(brouillon, SOMMES), sommes);
  for (const [nom, octets] of lot.fichiers) await ecrireFichier(join(brouillon, FICHIERS, nom), octets);
  for (const dossier of dossiers) await synchroniser(dossier);
}

/** Throws VGM-SCH-001 and VGM-SCH-006. */
async function compilerContenu(brouillon: string, prepare: Prepare, demande: DemandeImport): Promise<void> {
  const { source, compilation } = demande;
  const principaux = [...new Set(prepare.entrees.map((e) => e.fichier))];
  const travail = { dossier: brouillon, empreinte: prepare.empreinte, principaux };
  const issue = await compilerAPart(travail, compilation);
  if (issue.type === 'inachevee') throw erreurSchemas('VGM-SCH-006', { source, detail: issue.detail });
  if (issue.problemes.length > 0) throw refuserLot(source, issue.problemes.slice(0, 50));
  // the daemon, under another account, reads what was compiled here
  const cache = join(brouillon, CACHE);
  await chmod(cache, 0o755);
  for (const nom of await readdir(cache)) await chmod(join(cache, nom), 0o644);
}

async function installer(etat: EtatDossier, prepare: Prepare, demande: DemandeImport): Promise<void> {
  const brouillon = join(etat.dossier, BROUILLON);
  const place = cheminContenu(etat.dossier, { nom: prepare.identite.nom, empreinte: prepare.empreinte });
  await ecrireContenu(brouillon, prepare);
  await compilerContenu(brouillon, prepare, demande);
  await mkdir(dirname(place), { recursive: true, mode: 0o755 });
  // only one that is no longer as it was imported may be there
  await rm(place, { recursive: true, force: true });
  await rename(brouillon, place);
  await synchroniser(dirname(place));
  await synchroniser(etat.dossier);
}

function issueDe(etat: EtatDossier, prepare: Prepare, demande: DemandeImport): ImportFait['issue'] {
  const { identite, empreinte } = prepare;
  const present = etat.paquets.find((p) => p.nom === identite.nom);
  if (present === undefined) return 'importe';
  if (present.empreinte === empreinte) {
    return defautDe(etat.dossier, present) === null ? 'deja_en_place' : 'repare';
  }
  if (demande.remplacer) return 'remplace';
  const details = { presente: present.empreinte.slice(0, 16), nouvelle: empreinte.slice(0, 16) };
  throw erreurSchemas('VGM-SCH-003', { nom: identite.nom, ...details });
}

function ficheDe(prepare: Prepare, demande: DemandeImport, present: FichePaquet | undefined): FichePaquet {
  const { lot, entrees, identite, empreinte } = prepare;
  const { auteur } = demande;
  // the same content put back is of the version that was said then
  const connue = present?.empreinte === empreinte ? present.version : null;
  return {
    nom: identite.nom,
    version: identite.version ?? connue,
    politique: demande.politique ?? present?.politique ?? 'avertir',
    empreinte,
    importe: { quand: new Date(auteur.quand).toISOString(), qui: auteur.qui },
    origine: lot.origine,
    fichiers: lot.fichiers.size,
    octets: [...lot.fichiers.values()].reduce((somme, o) => somme + o.byteLength, 0),
    racines: entrees.map(({ espace, nom, fichier }) => ({ espace, nom, fichier })),
  };
}

function avisDe({ paquets }: EtatDossier, paquet: FichePaquet, { version }: DemandeImport): string[] {
  const memes = paquets.filter((p) => p.nom !== paquet.nom && p.empreinte === paquet.empreinte);
  const autreVersion = version !== undefined && version !== paquet.version;
  return [
    ...memes.map((p) => `Le paquet ${p.nom} a le même contenu : un seul des deux suffit.`),
    ...(autreVersion
      ? [
          `Il reste de version ${paquet.version ?? 'inconnue'} : le retirer, puis l’importer, pour la changer.`,
        ]
      : []),
  ];
}

const GESTES = { importe: 'importer', remplace: 'remplacer', repare: 'reparer' } as const;

async function faire(
  etat: EtatDossier,
  prepare: Prepare,
  demande: DemandeImport,
): Promise<Changement<ImportFait>> {
  const issue = issueDe(etat, prepare, demande);
  const { nom } = prepare.identite;
  const present = etat.paquets.find((p) => p.nom === nom);
  const { laisses } = prepare.lot;
  if (issue === 'deja_en_place' && present !== undefined) {
    const { politique = present.politique } = demande;
    const paquet = { ...present, politique };
    const rendu = { issue, paquet, laisses, avis: avisDe(etat, paquet, demande) };
    return politique === present.politique
      ? { paquets: null, rendu }
      : { ...changerPolitique(etat, present, politique), rendu };
  }
  await installer(etat, prepare, demande);
  const paquet = ficheDe(prepare, demande, present);
  const trace = {
    geste: GESTES[issue as keyof typeof GESTES],
    paquet: nom,
    empreinte: paquet.empreinte,
    resume: `${paquet.fichiers} fichiers de ${paquet.origine}, politique ${paquet.politique}`,
  };
  const paquets = [...etat.paquets.filter((p) => p.nom !== nom), paquet];
  return { paquets, trace, rendu: { issue, paquet, laisses, avis: avisDe(etat, paquet, demande) } };
}

/**
 * Installs a set, or says that it is in place already. Nothing changes when it throws: VGM-SCH-001 (what is in the set),
 * 002 (cannot be read), 003 (name taken), 006 (compilation without end), and what `changerPaquets` throws.
 */
export async function importerPaquet(demande: DemandeImport): Promise<ImportFait> {
  const prepare = await preparer(demande);
  return changerPaquets(demande.dossier, demande.auteur, (etat) => faire(etat, prepare, demande));
}
