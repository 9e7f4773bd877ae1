import { createHash } from 'node:crypto';
import { creerTamponneur } from '../../adapters/tamponneur/fil.ts';
import type { PositionTampon } from '../../formats/pdf/tampon-lieu.ts';
import type { DemandeTampon, TamponPose } from '../../formats/pdf/tampon.ts';
import { type Jour, lireJour } from '../../metier/identifiants.ts';
import { lignesTampon } from '../../protocoles/actes/tampon.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Appel, type CodeSortie, drapeau, texte } from '../monde.ts';
import { json, octetsExacts, peindre, pluriel, sur } from '../rendu.ts';
import { type DemandeSortie, ecrireSortie, exigerInscriptible } from '../sortie.ts';
import { memeFichier, ouvrirSource, type Source } from '../source.ts';
import { fiche } from '../tableau.ts';

const PAGE_MAX = 100_000;
const COINS = ['haut-gauche', 'haut-droite', 'bas-gauche', 'bas-droite'] as const;

function lireJourDonne({ options, verbe }: Appel, nom: string): Jour | null {
  const brut = texte(options, nom);
  if (brut === undefined) return null;
  const jour = lireJour(brut.replace(/^(\d{2})\/(\d{2})\/(\d{4})$/, '$3-$2-$1'));
  if (jour !== undefined) return jour;
  const attendu = `L’option « --${nom} » attend un jour (2026-03-02 ou 02/03/2026)`;
  throw erreurUsage(`${attendu}, et on lit « ${brut} ».`, verbe);
}

function lireLignes(appel: Appel): readonly string[] {
  const id = texte(appel.options, 'id')?.trim() ?? '';
  const lignes = lignesTampon({
    envoye: lireJourDonne(appel, 'envoye'),
    recu: lireJourDonne(appel, 'recu'),
    publie: lireJourDonne(appel, 'publie'),
    id: id === '' ? null : id,
  });
  if (lignes.length > 0) return lignes;
  throw erreurUsage('Rien à tamponner : donner --envoye, --recu, --publie ou --id.', appel.verbe);
}

function lirePosition({ options, verbe }: Appel): PositionTampon {
  const brut = texte(options, 'position') ?? 'haut-gauche';
  const coin = COINS.find((c) => c === brut);
  if (coin !== undefined) return coin;
  const lu = /^(\d{1,3}(?:\.\d+)?)%,(\d{1,3}(?:\.\d+)?)%$/.exec(brut);
  const [x, y] = [Number(lu?.[1] ?? Number.NaN), Number(lu?.[2] ?? Number.NaN)];
  if (x <= 100 && y <= 100) return { x, y };
  const attendu = `L’option « --position » attend ${COINS.join(', ')}, ou deux pourcentages (10%,25%)`;
  throw erreurUsage(`${attendu}, et on lit « ${brut} ».`, verbe);
}

/** `1,3-5`: ranks, null when it is not one. */
function lireListe(brut: string): readonly number[] | null {
  const rangs: number[] = [];
  for (const partie of brut.split(',')) {
    const lu = /^([1-9]\d{0,5})(?:-([1-9]\d{0,5}))?$/.exec(partie.trim());
    const debut = Number(lu?.[1] ?? Number.NaN);
    const fin = Number(lu?.[2] ?? debut);
    if (!(fin >= debut && fin <= PAGE_MAX && rangs.length <= PAGE_MAX)) return null;
    for (let rang = debut; rang <= fin; rang += 1) rangs.push(rang);
  }
  return rangs;
}

function lirePages({ options, verbe }: Appel): DemandeTampon['pages'] {
  const brut = texte(options, 'pages') ?? 'toutes';
  if (brut === 'toutes' || brut === 'premiere') return brut;
  const liste = lireListe(brut);
  if (liste !== null) return liste;
  const attendu = 'L’option « --pages » attend « toutes », « premiere » ou une liste (1,3-5)';
  throw erreurUsage(`${attendu}, et on lit « ${brut} ».`, verbe);
}

function lireEchelle({ options, verbe }: Appel): number {
  const brut = texte(options, 'taille') ?? '100';
  const pourcent = /^\d{2,3}%?$/.test(brut) ? Number.parseInt(brut, 10) : Number.NaN;
  if (pourcent >= 50 && pourcent <= 300) return pourcent / 100;
  throw erreurUsage(`L’option « --taille » attend un nombre de 50 à 300, et on lit « ${brut} ».`, verbe);
}

interface Commande {
  readonly fichier: string;
  readonly demande: DemandeTampon;
  readonly sortie: DemandeSortie;
}

async function lireCommande(appel: Appel): Promise<Commande> {
  const { options, monde, verbe } = appel;
  const fichier = appel.arguments[0] ?? '';
  const sortie = texte(options, 'sortie') ?? '';
  const demande: DemandeTampon = {
    lignes: lireLignes(appel),
    position: lirePosition(appel),
    pages: lirePages(appel),
    echelle: lireEchelle(appel),
    certifie: drapeau(options, 'respecterCertification') ? 'refuser' : 'tamponner',
  };
  if (memeFichier(fichier, sortie)) {
    throw erreurUsage(`La sortie serait écrite par-dessus ${fichier}, que la commande lit.`, verbe);
  }
  return {
    fichier,
    demande,
    sortie: {
      fichier: sortie,
      remplacer: drapeau(options, 'remplacer'),
      marque: await monde.hasard(),
      interruption: () => monde.interruption(),
    },
  };
}

interface Octets {
  readonly sha256: string;
  readonly octets: number;
}

interface Fait {
  readonly pose: TamponPose;
  readonly avant: Octets;
  readonly apres: Octets;
}

/** The document as it is, then what is added: it is never whole in memory. */
async function tamponner({ demande, sortie }: Commande, source: Source): Promise<Fait> {
  const { descripteur, taille } = source;
  return ecrireSortie(sortie, async ({ ecrire, respirer }) => {
    const pose = await creerTamponneur().tamponner({ descripteur, taille }, demande);
    const empreinte = createHash('sha256');
    for (const bloc of source.lire()) {
      empreinte.update(bloc);
      ecrire(bloc);
      await respirer();
    }
    const avant = { sha256: empreinte.copy().digest('hex'), octets: taille };
    ecrire(pose.ajout);
    source.exigerInchange();
    const apres = {
      sha256: empreinte.update(pose.ajout).digest('hex'),
      octets: taille + pose.ajout.length,
    };
    return { pose, avant, apres };
  });
}

/** What the one who hands the copy out must know. */
function avisDe({ signatures, certifie, annotees }: TamponPose): readonly string[] {
  const avis: string[] = [];
  if (signatures > 0) {
    avis.push(
      `Le document porte ${pluriel(signatures, 'signature')}, qui ne ${signatures > 1 ? 'couvrent' : 'couvre'} pas le tampon : les lecteurs diront la copie modifiée après signature. Garder l’original.`,
    );
  }
  if (certifie) {
    avis.push('Son auteur l’a certifié sans permettre cet ajout : la certification est rompue sur la copie.');
  }
  if (signatures === 0 && annotees > 0) {
    avis.push(
      `Sur ${pluriel(annotees, 'page')} dont le contenu ne se lit pas ici, le tampon est une annotation verrouillée.`,
    );
  }
  return avis;
}

function enJson({ fichier, demande, sortie }: Commande, { pose, avant, apres }: Fait): object {
  const { pages, annotees, chiffre, signatures, acces, certifie } = pose;
  return {
    fichier,
    sortie: sortie.fichier,
    lignes: demande.lignes,
    pages,
    annotees,
    chiffre,
    signatures,
    acces,
    certifie,
    avis: avisDe(pose),
    avant,
    apres,
  };
}

function raconter({ monde: { sorties } }: Appel, { demande, sortie }: Commande, fait: Fait): void {
  const { pose, avant, apres } = fait;
  sorties.ecrire(`${peindre(sorties, 'green', 'Tamponné')} : ${sur(sortie.fichier)}`);
  fiche(sorties, [
    ...demande.lignes.map((ligne, rang) => [rang === 0 ? 'Tampon' : '', sur(ligne)] as const),
    ['Pages', pluriel(pose.pages.length, 'page')],
    ['SHA-256 avant', `${avant.sha256}  ${octetsExacts(avant.octets)}`],
    ['SHA-256 après', `${apres.sha256}  ${octetsExacts(apres.octets)}`],
  ]);
  const avis = avisDe(pose);
  if (avis.length > 0) sorties.ecrire('');
  for (const a of avis) sorties.ecrire(`${peindre(sorties, 'yellow', 'Attention')} : ${a}`);
}

/** `vaguemestre tamponner`: exit 3 when the PDF is refused; nothing is then written. */
export async function executer(appel: Appel): Promise<CodeSortie> {
  const commande = await lireCommande(appel);
  const source = ouvrirSource(commande.fichier);
  try {
    exigerInscriptible(commande.sortie);
    const fait = await tamponner(commande, source);
    if (drapeau(appel.options, 'json')) json(appel.monde.sorties, [enJson(commande, fait)]);
    else raconter(appel, commande, fait);
    return 0;
  } finally {
    source.fermer();
  }
}
