import { basename } from 'node:path';
import { erreurUsage } from '../erreurs.ts';
import { clientDe } from '../client.ts';
import { type FichierTape, lireFichier, raconter, type ReponseVue } from '../depose.ts';
import { fluxDesigne } from '../designer.ts';
import { formulaire, type PartieFormulaire } from '../fichiers.ts';
import { type Appel, type CodeSortie, drapeau, liste, sansVides, texte } from '../monde.ts';
import { json } from '../rendu.ts';

/** Detached signatures, by the path of the file that each signs. */
type Signatures = ReadonlyMap<string, string>;

function piece({ chemin, typologie }: FichierTape, signatures: Signatures): object {
  const signature = signatures.get(chemin);
  return sansVides({ typologie, signature: signature === undefined ? undefined : basename(signature) });
}

/** `delib.pdf=delib.p7s`: the file as it is typed for the deposit, then its signature. */
function lireSignatures({ options, verbe }: Appel, fichiers: readonly FichierTape[]): Signatures {
  return new Map(
    liste(options, 'signature').map((brut) => {
      const signe = fichiers.find(({ chemin }) => brut.startsWith(`${chemin}=`));
      if (signe !== undefined) return [signe.chemin, brut.slice(signe.chemin.length + 1)] as const;
      const detail = `« --signature ${brut} » : il faut « fichier=signature », du fichier d’un document ou d’une annexe.`;
      throw erreurUsage(detail, verbe);
    }),
  );
}

/** Options that only an acte has. */
const ACTE = [
  'document',
  'annexe',
  'signature',
  'numero',
  'date',
  'objet',
  'nature',
  'matiere',
  'papier',
  'precedent',
] as const;

function metadonnees({ options }: Appel, [document, ...annexes]: readonly object[]): object {
  return sansVides({
    numero: texte(options, 'numero'),
    date: texte(options, 'date'),
    objet: texte(options, 'objet'),
    nature: texte(options, 'nature'),
    matiere: texte(options, 'matiere'),
    documentPapier: drapeau(options, 'papier') ? true : undefined,
    precedent: texte(options, 'precedent'),
    document,
    annexes,
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
  const signatures = lireSignatures(appel, [document, ...annexes]);
  const pieces = [document, ...annexes].map((fichier) => piece(fichier, signatures));
  return [
    demande({ protocole: 'ACTES', metadonnees: metadonnees(appel, pieces) }),
    { nom: 'document', fichier: document.chemin },
    ...annexes.map((a) => ({ nom: 'annexe', fichier: a.chemin })),
    ...[...signatures.values()].map((fichier) => ({ nom: 'signature', fichier })),
  ];
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
  const r = await client.json<ReponseVue>({
    methode: 'POST',
    chemin: drapeau(options, 'aBlanc') ? '/flux?a_blanc=1' : '/flux',
    corps,
    ...(cle === undefined ? {} : { entetes: { 'idempotency-key': cle } }),
  });
  if (drapeau(options, 'json')) json(monde.sorties, [r]);
  else raconter(appel, r);
  return r.verdict === 'favorable' ? 0 : 3;
}
