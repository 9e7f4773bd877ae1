import type { Instant } from '../../metier/identifiants.ts';
import { type Certificat, estAutoEmis, estSignePar, lireCertificat } from './certificat.ts';
import { enDate } from './defauts.ts';
import type { Ancre, Famille, RegleNiveau } from './magasin.ts';

/** Authorities that the operator adds by hand to a family read by table, and the level that each gives. */

export interface DemandeAncrage {
  /** DER of each, and where it comes from (file, rank), for people. */
  readonly certificats: readonly { readonly der: Uint8Array; readonly origine: string }[];
  /** As it stands; null when there is none of that name. */
  readonly famille: Famille | null;
  readonly nom: string;
  readonly niveau: string;
  /** Policy OIDs that give this level; empty: any certificate of these authorities. */
  readonly politiques: readonly string[];
  readonly instant: Instant;
}

export type Ancrage =
  | {
      readonly type: 'fait';
      readonly famille: Famille;
      readonly ajoutees: readonly Ancre[];
      /** French: what the operator should know. */
      readonly avis: readonly string[];
    }
  /** French, one line per problem, with the remedy: nothing is added. */
  | { readonly type: 'refuse'; readonly problemes: readonly string[] };

const LIBELLES: ReadonlyMap<string, string> = new Map([
  ['rgs', 'Référentiel général de sécurité'],
  ['dgfip', 'Certificats de la DGFiP'],
]);

interface Candidat {
  readonly certificat: Certificat;
  readonly origine: string;
}

/** All or nothing: one certificate that is no authority, and none is added. */
export function ancrer(demande: DemandeAncrage): Ancrage {
  const { famille, nom, instant } = demande;
  if (famille !== null && famille.lecture !== 'tableau') {
    const probleme = `La famille « ${nom} » vient d’une liste de confiance. Choisir un autre nom de famille.`;
    return { type: 'refuse', problemes: [probleme] };
  }
  const lus = demande.certificats.map(({ der, origine }) => ({ lu: lireCertificat(der), origine }));
  const candidats = lus.flatMap(({ lu, origine }) =>
    lu.type === 'lu' ? [{ certificat: lu.certificat, origine }] : [],
  );
  const illisibles = lus.flatMap(({ lu, origine }) =>
    lu.type === 'illisible'
      ? [`${origine} : certificat illisible (${lu.motif}). Fournir le fichier d’origine.`]
      : [],
  );
  const problemes = [...illisibles, ...candidats.flatMap(refuser)];
  if (problemes.length > 0) return { type: 'refuse', problemes };
  const uniques = [...new Map(candidats.map((c) => [c.certificat.sha256, c])).values()];
  const presentes = new Set(famille?.ancres.map((a) => a.certificat) ?? []);
  const ajoutees = uniques.map(enAncre).filter((a) => !presentes.has(a.certificat));
  const { niveaux, avis } = classer(demande, uniques);
  return {
    type: 'fait',
    famille: {
      nom,
      libelle: famille?.libelle ?? LIBELLES.get(nom) ?? nom,
      lecture: 'tableau',
      ancres: [...(famille?.ancres ?? []), ...ajoutees],
      niveaux,
      origine: `autorités choisies par l’exploitant, le ${enDate(instant)} pour la dernière`,
    },
    ajoutees,
    avis: [...avis, ...uniques.flatMap((c) => avertir(c, instant))],
  };
}

function enAncre({ certificat }: Candidat): Ancre {
  const nom = /(?:^|,)CN=((?:\\.|[^,\\])+)/.exec(certificat.sujet.texte)?.[1] ?? certificat.sujet.texte;
  return { certificat: Buffer.from(certificat.der).toString('base64'), nom, periodes: [] };
}

function refuser({ certificat, origine }: Candidat): string[] {
  const ou = `${origine}, ${certificat.sujet.texte}`;
  const { contraintes, usages } = certificat.extensions;
  if (certificat.version !== 3 || contraintes?.autorite !== true) {
    return [`${ou} : ce n’est pas un certificat d’autorité. Fournir celui de l’autorité qui émet.`];
  }
  if (usages !== null && !usages.includes('keyCertSign')) {
    return [`${ou} : cette autorité n’a pas le droit d’émettre des certificats. Fournir celle qui émet.`];
  }
  if (estAutoEmis(certificat) && !estSignePar(certificat, certificat)) {
    return [
      `${ou} : certificat racine altéré, sa signature est fausse. Le reprendre à la source, et s’assurer d’elle.`,
    ];
  }
  return [];
}

/** What will keep the anchor from serving, or limit it; the engine refuses these when it judges. */
function avertir({ certificat }: Candidat, instant: Instant): string[] {
  const { sujet, cle, debut, fin, extensions } = certificat;
  const faible = cle.type === 'autre' || cle.bits < (cle.type.startsWith('rsa') ? 2048 : 256);
  const inconnues = [...extensions.critiquesInconnues, ...extensions.nonHonorees];
  return [
    ...(instant >= fin + 1000 ? [`expirée depuis le ${enDate(fin)} : elle ne sert qu’à juger le passé`] : []),
    ...(instant < debut ? [`valable seulement à partir du ${enDate(debut)}`] : []),
    ...(faible
      ? [`clé trop faible (${cle.courbe ?? cle.type}, ${cle.bits} bits) : tout ce qu’elle émet sera refusé`]
      : []),
    ...(inconnues.length > 0
      ? [
          `extension que ce programme n’honore pas (${inconnues.join(', ')}) : tout ce qu’elle émet sera refusé`,
        ]
      : []),
  ].map((texte) => `${sujet.texte} : ${texte}.`);
}

function meme(a: RegleNiveau, b: RegleNiveau): boolean {
  return a.emetteur === b.emetteur && a.politique === b.politique;
}

/** Rows naming a policy come before those that take any: the first that fits wins. */
function classer(
  { famille, niveau, politiques }: DemandeAncrage,
  candidats: readonly Candidat[],
): { niveaux: RegleNiveau[]; avis: string[] } {
  const voulues = politiques.length === 0 ? ['*'] : politiques;
  const neuves = candidats.flatMap(({ certificat }) =>
    voulues.map((politique): RegleNiveau => ({ emetteur: certificat.cle.sha256, politique, niveau })),
  );
  const anciennes = famille?.niveaux ?? [];
  const changees = anciennes.filter((a) => neuves.some((n) => meme(a, n) && a.niveau !== n.niveau));
  const toutes = [...anciennes.filter((a) => !neuves.some((n) => meme(a, n))), ...neuves];
  const larges = toutes.filter((r) => r.politique === '*');
  return {
    niveaux: [...toutes.filter((r) => r.politique !== '*'), ...larges],
    avis: [
      ...changees.map(({ politique, niveau: avant }) => {
        const quoi = politique === '*' ? 'sans politique nommée' : `politique ${politique}`;
        return `Niveau changé (${quoi}) : « ${avant} » devient « ${niveau} ».`;
      }),
      ...(politiques.length === 0
        ? [`Sans --politique, tout certificat de ces autorités aura le niveau « ${niveau} ».`]
        : []),
    ],
  };
}
