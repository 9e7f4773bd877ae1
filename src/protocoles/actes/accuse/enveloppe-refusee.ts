import { lireSiren, type Siren } from '../../../metier/identifiants.ts';
import type { CleRetour, MessageEtat } from '../../protocole.ts';
import { attribut, enfant, enfants, jourLu, texte } from '../arbre.ts';
import { contradiction, ficheRefus, indicesDuNom, lireRefus, type MessageRecu } from './messages.ts';

/** AnomalieEnveloppe: the whole archive is refused, every message in it with it. */

/** Envelope base name, wherever it stands: `SLO-EACT--123456789-…`, `ANO_EACT--123456789-…`. */
const BASE = /([A-Z]{4})--([0-9]{9})-[0-9]*-([0-9]{8})-([0-9]{1,9})(?![0-9])/;

interface NomArchive {
  readonly nom: string;
  readonly siren: Siren | null;
}

function nomArchive(source: string | undefined): NomArchive | null {
  const trouve = BASE.exec(source ?? '');
  if (trouve === null) return null;
  return { nom: trouve[0], siren: lireSiren(trouve[2] ?? '') ?? null };
}

/**
 * Keys of what is refused: the archive named in the words of the State, else by the name of this file,
 * else each acte named among the messages of the envelope it sends back.
 */
function cles(recu: MessageRecu, formulaires: readonly string[]): { cle: CleRetour; siren: Siren | null }[] {
  const archive = nomArchive(texte(recu.racine, 'Detail')) ?? nomArchive(recu.nom);
  if (archive !== null) return [{ cle: { par: 'nomEnvoi', nom: archive.nom }, siren: archive.siren }];
  const identites = new Map<string, Siren | null>();
  for (const nom of formulaires) {
    const { identite, siren } = indicesDuNom(nom);
    if (identite !== null) identites.set(identite, siren);
  }
  return [...identites].map(([identite, siren]) => ({ cle: { par: 'identite', identite }, siren }));
}

export function lireAnomalieEnveloppe(
  recu: MessageRecu,
): readonly MessageEtat[] | { readonly motif: string } {
  const renvoyee = enfant(recu.racine, 'EnveloppeRecue');
  const declare = attribut(enfant(enfant(renvoyee, 'Emetteur'), 'IDCL'), 'SIREN');
  const emetteur = lireSiren(declare ?? '') ?? null;
  const formulaires = enfants(enfant(renvoyee, 'FormulairesEnvoyes'), 'Formulaire');
  const trouvees = cles(
    recu,
    formulaires.map((f) => texte(f, 'NomFichier') ?? ''),
  );
  if (trouvees.length === 0) {
    return { motif: 'Le refus d’enveloppe ne dit pas quelle archive ni quel acte il refuse.' };
  }
  const motif = trouvees.map((t) => contradiction(emetteur, t.siren)).find((m) => m !== null);
  if (motif !== undefined) return { motif };
  const refus = lireRefus(recu.racine, 'ANO');
  const erreur = ficheRefus(refus);
  return trouvees.map(({ cle, siren }) => ({
    code: 'ANO',
    cle,
    siren: emetteur ?? siren,
    evenement: 'anomalie_recue',
    notification: 'flux.anomalie',
    libelle: `Enveloppe refusée par l’État : ${erreur.message}`,
    erreur,
    champs: {
      dateAnomalie: jourLu(texte(recu.racine, 'Date')),
      natureAnomalie: refus.nature,
      codeAnomalie: erreur.code,
    },
    parties: recu.parties,
  }));
}
