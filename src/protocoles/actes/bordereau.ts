import { FUSEAU } from '../../metier/echeances.ts';
import { LIBELLE_ETAT } from '../../metier/etats.ts';
import { libelleEvenement } from '../../metier/evenements.ts';
import type { Collectivite } from '../../metier/collectivite.ts';
import type { Flux, PieceDuFlux } from '../../metier/flux.ts';
import type { Instant } from '../../metier/identifiants.ts';
import type { LigneJournal } from '../../metier/journal.ts';
import type { Imprime } from '../../formats/pdf/imprime.ts';
import { messageDe } from './echanges/resume.ts';
import { libelleMessage, nomsPartis } from './partis.ts';
import { dateFrancaise } from './regles/regle.ts';

/** The acknowledgement slip of an acte, or of what was sent about it (actes.md E.8). */

export interface FaitsBordereau {
  readonly flux: Flux;
  readonly pieces: readonly PieceDuFlux[];
  readonly chronologie: readonly LigneJournal[];
  readonly collectivite: Collectivite;
  /** Trigramme of the operator. */
  readonly operateur: string;
}

function quand(instant: Instant): string {
  const z = new Date(instant).toLocaleString('fr-FR', {
    timeZone: FUSEAU,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return `${z} (heure de Paris)`;
}

const texte = ({ resume }: Flux, nom: string): string => {
  const valeur = resume[nom];
  return typeof valeur === 'string' ? valeur : '';
};
const jour = (flux: Flux, nom: string): string => dateFrancaise(texte(flux, nom));

function matiere(flux: Flux, { actes }: Collectivite): string {
  const code = texte(flux, 'matiere');
  const libelle = actes?.classification?.matieres[code];
  return libelle === undefined ? code : `${code} ${libelle}`;
}

function nature(flux: Flux, { actes }: Collectivite): string {
  const code = texte(flux, 'nature');
  const libelle = actes?.classification?.natures[code]?.libelle;
  return libelle === undefined ? `${code} ${texte(flux, 'abrege')}`.trim() : `${code} ${libelle}`;
}

function fiche({ flux, collectivite, chronologie }: FaitsBordereau): [string, string][] {
  const code = messageDe(flux);
  const lignes: [string, string][] = [
    ['Transaction', `${code} ${libelleMessage(code)}`],
    ['État', LIBELLE_ETAT[flux.etat]],
    ['Nature', nature(flux, collectivite)],
    ['Numéro de l’acte', texte(flux, 'numero')],
    ['Date de la décision', jour(flux, 'date')],
    ['Objet', texte(flux, 'objet')],
    ['Complément papier', flux.resume['documentPapier'] === true ? 'OUI' : 'NON'],
    ['Classification', matiere(flux, collectivite)],
    ['Identifiant unique', texte(flux, 'idActe') || flux.identite],
    ['Déposé par', chronologie[0]?.acteur ?? ''],
    ['Date du courrier', jour(flux, 'dateCourrier')],
    ['Transmis le', flux.transmis === null ? '' : quand(flux.transmis)],
    ['Reçu par la préfecture le', jour(flux, 'dateReception')],
    ['Publié ou notifié le', jour(flux, 'publication')],
    ['Transmission annulée le', jour(flux, 'dateAnnulation')],
  ];
  const sansObjet = code === '1-1' ? ['Date du courrier'] : ['Complément papier'];
  return lignes.filter(([nom, valeur]) => valeur !== '' && !sansObjet.includes(nom));
}

const ROLES = { document: 'Document principal', annexe: 'Annexe' } as const;

/** Names sent, and those that the depositor gave. */
function fichiers({ flux, pieces, collectivite }: FaitsBordereau): string[][] {
  const departement = collectivite.actes?.departement ?? '';
  const [enveloppe = '', message = '', ...documents] = nomsPartis(flux, { pieces, departement });
  const partants = (['document', 'annexe'] as const).flatMap((role) =>
    pieces.filter((p) => p.role === role).map((piece) => ({ role, piece })),
  );
  return [
    [enveloppe, '', 'Enveloppe métier', 'application/xml', ''],
    [message, '', 'Message métier', 'application/xml', ''],
    ...partants.map(({ role, piece }, rang) => [
      documents[rang] ?? '',
      piece.nom,
      ROLES[role],
      piece.type,
      `${piece.taille.toLocaleString('fr-FR')} octets`,
    ]),
  ];
}

/** @returns the same description each time for the same facts: it is dated by the last of them. */
export function decrireBordereau(faits: FaitsBordereau): Imprime {
  const { flux, collectivite, chronologie, operateur } = faits;
  return {
    titre: 'Bordereau d’acquittement de transaction',
    entete: `${collectivite.nom} (SIREN ${collectivite.siren})`,
    pied: `Télétransmis par ${operateur}, dispositif vaguemestre`,
    date: flux.modifie,
    sections: [
      { type: 'fiche', titre: 'Transaction', lignes: fiche(faits) },
      {
        type: 'tableau',
        titre: 'Fichiers',
        colonnes: [
          { titre: 'Nom transmis', part: 5 },
          { titre: 'Nom d’origine', part: 3 },
          { titre: 'Nature', part: 2 },
          { titre: 'Type', part: 2 },
          { titre: 'Taille', part: 2 },
        ],
        lignes: fichiers(faits),
      },
      {
        type: 'tableau',
        titre: 'Cycle de vie',
        colonnes: [
          { titre: 'Étape', part: 3 },
          { titre: 'Date et heure', part: 3 },
          { titre: 'Précision', part: 4 },
        ],
        lignes: chronologie.map((l) => [libelleEvenement(l.ev), quand(Date.parse(l.t) as Instant), l.motif]),
      },
    ],
  };
}
