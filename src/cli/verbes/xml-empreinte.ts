import { createHash, type Hash } from 'node:crypto';
import { C14N_INCLUSIVES, EXC_C14N, EXC_C14N_COMMENTAIRES } from '../../formats/xades/algorithmes.ts';
import { type Lecture, parcourir } from '../../formats/xades/flux.ts';
import { Canonisation } from '../../formats/xml/c14n/canonisation.ts';
import type { Cible, ElementCanonise } from '../../formats/xml/c14n/cible.ts';
import type { PositionXml } from '../../formats/xml/evenements.ts';
import { erreurHorsLigne } from '../../metier/catalogue/hors-ligne.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Appel, type CodeSortie, drapeau, texte } from '../monde.ts';
import { json } from '../rendu.ts';
import { type Ecriture, ecrireSortie, exigerInscriptible } from '../sortie.ts';
import { memeFichier, ouvrirSource, type Source } from '../source.ts';
import { xmlRefuse } from '../xml-refuse.ts';

type Forme = Omit<Cible, 'puits'>;

interface Visee extends Cible {
  readonly hash: Hash;
  /** As written, prefix included. */
  readonly element: string;
  readonly position: PositionXml;
}

interface Empreinte {
  readonly trouve: ElementCanonise<Visee>;
  readonly sha256: string;
  readonly lecture: Lecture;
}

/** The bytes are only digested. */
const SANS_ECRITURE: Ecriture = { ecrire: () => undefined, respirer: () => Promise.resolve() };

function lireForme({ options, verbe }: Appel): Forme {
  const mode = texte(options, 'c14n') ?? 'exclusive';
  if (mode !== 'exclusive' && mode !== 'inclusive') {
    throw erreurUsage(`L’option « --c14n » attend exclusive ou inclusive, et on lit « ${mode} ».`, verbe);
  }
  const prefixes = texte(options, 'prefixes');
  if (prefixes !== undefined && mode === 'inclusive') {
    throw erreurUsage('L’option « --prefixes » n’a de sens qu’avec la forme exclusive.', verbe);
  }
  return {
    mode,
    commentaires: drapeau(options, 'commentaires'),
    prefixes: (prefixes ?? '').split(/\s+/).filter((p) => p !== ''),
    sansSignature: drapeau(options, 'sansSignature'),
  };
}

/** Reads the file once. @param ecriture receives the canonical bytes. */
async function calculer(
  { id, forme }: { readonly id: string; readonly forme: Forme },
  source: Source,
  { ecrire, respirer }: Ecriture,
): Promise<Empreinte> {
  async function* lire(): AsyncGenerator<Uint8Array> {
    for (const bloc of source.lire()) {
      yield bloc;
      await respirer();
    }
  }
  const trouves: ElementCanonise<Visee>[] = [];
  const canonisation = new Canonisation<Visee>({
    choisir: (balise, session) => {
      if (balise.id !== id) return null;
      const hash = createHash('sha256');
      const element = session.noms.qualifieDe(balise.qualifie);
      const position = session.situer(balise.debut);
      return { ...forme, hash, element, position, puits: [hash, { update: ecrire }] };
    },
    termine: (element) => void trouves.push(element),
  });
  const lecture = await parcourir(lire, canonisation);
  source.exigerInchange();
  const { fichier } = source;
  if (lecture.refus !== null) throw xmlRefuse(fichier, lecture.refus);
  const [trouve] = trouves;
  if (trouve === undefined) throw erreurHorsLigne('VGM-HLG-007', { fichier, id });
  const nombre = trouve.signaturesOmises;
  if (nombre > 1) throw erreurHorsLigne('VGM-HLG-008', { id, nombre });
  return { trouve, sha256: trouve.cible.hash.digest('hex'), lecture };
}

function algorithmeDe({ mode, commentaires }: Forme): string | undefined {
  if (mode === 'inclusive') return C14N_INCLUSIVES[commentaires === true ? 1 : 0];
  return commentaires === true ? EXC_C14N_COMMENTAIRES : EXC_C14N;
}

function enJson(fichier: string, { trouve, sha256, lecture }: Empreinte): object {
  const { cible, id, longueur, debut, fin, signaturesOmises } = trouve;
  return {
    fichier,
    id,
    element: cible.element,
    c14n: algorithmeDe(cible),
    prefixes: cible.prefixes,
    sansSignature: cible.sansSignature,
    signaturesOmises,
    sha256,
    octetsCanoniques: longueur,
    position: { ...cible.position, fin },
    source: { sha256: lecture.sha256, octets: lecture.octets, element: fin - debut },
  };
}

/** `vaguemestre xml empreinte`: exit 3 when the file is no sound XML or has no such element. */
export async function executer(appel: Appel): Promise<CodeSortie> {
  const { options, monde } = appel;
  const fichier = appel.arguments[0] ?? '';
  const demande = { id: texte(options, 'id') ?? '', forme: lireForme(appel) };
  const sortie = texte(options, 'sortie');
  const source = ouvrirSource(fichier);
  try {
    let fait: Empreinte;
    if (sortie === undefined) fait = await calculer(demande, source, SANS_ECRITURE);
    else {
      if (memeFichier(fichier, sortie)) {
        throw erreurUsage(`La sortie serait écrite par-dessus ${fichier}, que la commande lit.`, appel.verbe);
      }
      const ecriture = {
        fichier: sortie,
        remplacer: drapeau(options, 'remplacer'),
        marque: await monde.hasard(),
        interruption: () => monde.interruption(),
      };
      exigerInscriptible(ecriture);
      fait = await ecrireSortie(ecriture, (e) => calculer(demande, source, e));
    }
    if (drapeau(options, 'json')) json(monde.sorties, [enJson(fichier, fait)]);
    else monde.sorties.ecrire(fait.sha256);
    return 0;
  } finally {
    source.fermer();
  }
}
