import { erreurUsage, lignesAnomalie } from '../erreurs.ts';
import type { Anomalie } from '../../metier/anomalies.ts';
import { clientDe } from '../client.ts';
import { fluxDesigne } from '../designer.ts';
import { formulaire, type PartieFormulaire } from '../fichiers.ts';
import { type Appel, type CodeSortie, drapeau, liste, sansVides, texte } from '../monde.ts';
import { json, peindre, pluriel, sur } from '../rendu.ts';
import type { FluxVu } from '../vues.ts';

interface Fichier {
  readonly chemin: string;
  readonly typologie: string | undefined;
}

/** `delib.pdf:99_DE`; without typologie the control says what is missing. */
function lireFichier(brut: string): Fichier {
  const [, chemin, typologie] = /^(.+):([0-9A-Za-z]{2}_[0-9A-Za-z]{2})$/s.exec(brut) ?? [];
  return chemin === undefined ? { chemin: brut, typologie: undefined } : { chemin, typologie };
}

function piece({ typologie }: Fichier): { typologie?: string } {
  return typologie === undefined ? {} : { typologie: typologie.toUpperCase() };
}

/** Options that only an acte has. */
const ACTE = [
  'document',
  'annexe',
  'numero',
  'date',
  'objet',
  'nature',
  'matiere',
  'papier',
  'precedent',
] as const;

function metadonnees({ options }: Appel, document: Fichier, annexes: readonly Fichier[]): object {
  return sansVides({
    numero: texte(options, 'numero'),
    date: texte(options, 'date'),
    objet: texte(options, 'objet'),
    nature: texte(options, 'nature'),
    matiere: texte(options, 'matiere'),
    documentPapier: drapeau(options, 'papier') ? true : undefined,
    precedent: texte(options, 'precedent'),
    document: piece(document),
    annexes: annexes.map(piece),
  });
}

/** What the deposit says of itself, whatever the protocol. */
interface Commun {
  readonly collectivite: string;
  readonly corrige?: string;
}

/** The parts of the form: those of an acte, or the PES alone. */
function parties(appel: Appel, commun: Commun): PartieFormulaire[] {
  const { options, verbe } = appel;
  const [pes, principal] = [texte(options, 'pes'), texte(options, 'document')];
  const demande = (contenu: object) => ({
    nom: 'demande',
    texte: JSON.stringify({ ...commun, ...contenu }),
  });
  if (pes !== undefined) {
    const intruse = ACTE.find((nom) => options[nom] !== undefined);
    if (intruse !== undefined) {
      throw erreurUsage(`Les options « --pes » et « --${intruse} » ne vont pas ensemble.`, verbe);
    }
    return [demande({ protocole: 'HELIOS' }), { nom: 'pes', fichier: pes }];
  }
  if (principal === undefined) {
    throw erreurUsage('Il manque « --document <fichier:typologie> » (acte) ou « --pes <fichier> ».', verbe);
  }
  const document = lireFichier(principal);
  const annexes = liste(options, 'annexe').map(lireFichier);
  return [
    demande({ protocole: 'ACTES', metadonnees: metadonnees(appel, document, annexes) }),
    { nom: 'document', fichier: document.chemin },
    ...annexes.map((a) => ({ nom: 'annexe', fichier: a.chemin })),
  ];
}

interface Reponse {
  readonly aBlanc: boolean;
  readonly verdict: 'favorable' | 'defavorable';
  readonly rejeu?: boolean;
  readonly flux?: FluxVu;
  readonly anomalies: readonly Anomalie[];
}

function raconter({ monde: { sorties } }: Appel, r: Reponse): void {
  if (r.flux !== undefined) {
    const fait = r.rejeu === true ? 'Déjà déposé' : 'Déposé';
    sorties.ecrire(`${peindre(sorties, 'green', fait)} : ${sur(r.flux.identite)}`);
    sorties.ecrire(`  Flux ${r.flux.id}, ${r.flux.libelle}.`);
  } else if (r.verdict === 'favorable') {
    sorties.ecrire(`${peindre(sorties, 'green', 'Le dépôt serait accepté')} ; rien n’a été gardé.`);
  } else {
    const n = r.anomalies.filter((a) => a.gravite === 'bloquante').length;
    const compte = pluriel(n, 'anomalie bloquante', 'anomalies bloquantes');
    sorties.ecrire(`${peindre(sorties, 'red', 'Le dépôt serait refusé')} : ${compte}.`);
  }
  for (const a of r.anomalies) for (const ligne of lignesAnomalie(sorties, a)) sorties.ecrire(ligne);
}

/** `vaguemestre deposer`: exit 3 when the document is (or would be) refused. */
export async function executer(appel: Appel): Promise<CodeSortie> {
  const { options, monde } = appel;
  const siren = texte(options, 'siren') ?? '';
  if (!/^[0-9]{9}$/.test(siren)) {
    const detail = `« ${siren} » n’est pas un SIREN : il faut neuf chiffres.`;
    throw erreurUsage(detail, appel.verbe);
  }
  const client = await clientDe(appel);
  const cite = texte(options, 'corrige');
  const corrige = cite === undefined ? {} : { corrige: await fluxDesigne(client, cite) };
  const corps = await formulaire(parties(appel, { collectivite: siren, ...corrige }), await monde.hasard());
  const cle = texte(options, 'cle');
  const r = await client.json<Reponse>({
    methode: 'POST',
    chemin: drapeau(options, 'aBlanc') ? '/flux?a_blanc=1' : '/flux',
    corps,
    ...(cle === undefined ? {} : { entetes: { 'idempotency-key': cle } }),
  });
  if (drapeau(options, 'json')) json(monde.sorties, [r]);
  else raconter(appel, r);
  return r.verdict === 'favorable' ? 0 : 3;
}
