import { type DemandeConfiance, jugerCertificat } from '../formats/certificats/confiance.ts';
import { enIncise } from '../formats/xml/faute.ts';
import type { ConfianceRapport } from '../formats/xades/rapport.ts';
import { erreurHorsLigne } from '../metier/catalogue/hors-ligne.ts';
import {
  type SignatureArchivee,
  type VerdictArchive,
  verifierArchive,
} from '../protocoles/actes/signature/archive.ts';
import { enIso } from './instants.ts';
import { type Appel, type CodeSortie, drapeau, type Sorties } from './monde.ts';
import { json, peindre, pluriel, sur } from './rendu.ts';
import { confiance as lignesConfiance, ETATS, INTEGRITES, montrerConstat } from './rendu-signatures.ts';
import type { Source } from './source.ts';
import { fiche } from './tableau.ts';
import { lireRegles, type Regles } from './verifier-xml.ts';

/** `vaguemestre verifier` on an archive of ACTES: every signature in the places that the norm gives it. */

type Lu = Extract<VerdictArchive, { type: 'lu' }>;

interface Jugee extends SignatureArchivee {
  readonly confiance: ConfianceRapport;
}

const SANS_PREUVE = { crl: [], ocsp: [] } as const;

function juger(s: SignatureArchivee, { magasin, instant: voulu, controle, ageMax, preuves }: Regles): Jugee {
  const instant = voulu ?? s.instant;
  if (s.signataire === null || instant === null) {
    return {
      ...s,
      confiance: { type: 'non_jugee', motif: 'le certificat ou la date de la signature manque' },
    };
  }
  if (magasin === undefined) {
    return { ...s, confiance: { type: 'non_jugee', motif: 'aucun magasin de confiance n’a été fourni' } };
  }
  const demande: DemandeConfiance = {
    certificat: s.signataire.der,
    intermediaires: s.joints,
    magasin,
    instant,
    ...(controle === undefined ? {} : { controle }),
    ...(ageMax === undefined ? {} : { ageMax }),
    preuves: preuves ?? SANS_PREUVE,
    emploi: 'signature',
  };
  return { ...s, confiance: jugerCertificat(demande) };
}

/** No trust store is needed to see it. */
function estHorsDate({ signataire, instant }: Jugee, { instant: voulu }: Regles): boolean {
  const quand = voulu ?? instant;
  if (signataire === null || quand === null) return false;
  return quand < signataire.debut || quand > signataire.fin;
}

/** Files that no signature covers; the norm has no place for that of the envelope. */
function nonCouverts({ fichiers, signatures }: Lu): string[] {
  const couverts = new Set(signatures.filter((s) => s.etat !== 'refusee').map((s) => s.fichier));
  const enveloppes = new Set(signatures.filter((s) => s.genre === 'Formulaire').map((s) => s.porteur));
  return fichiers.filter((f) => !couverts.has(f) && !enveloppes.has(f));
}

/** Why the whole is not good, one French sentence each; empty when it is. */
function reproches(lu: Lu, jugees: readonly Jugee[], regles: Regles): string[] {
  if (jugees.length === 0) return ['L’archive ne porte aucune signature.'];
  const refusees = jugees.filter((s) => s.etat === 'refusee').length;
  const horsDate = jugees.some((s) => estHorsDate(s, regles));
  const { magasin } = regles;
  const nonFiables = jugees.some((s) => magasin !== undefined && s.confiance.type !== 'confiance');
  const nus = nonCouverts(lu).length;
  return [
    ...(refusees > 0 ? [`${pluriel(refusees, 'signature')} sur ${jugees.length} à refuser.`] : []),
    ...(jugees.some((s) => s.etat === 'obsolete')
      ? ['Une signature est faite avec des moyens obsolètes.']
      : []),
    ...(horsDate ? ['Un certificat n’était pas en cours de validité à la date examinée.'] : []),
    ...(nonFiables ? ['La confiance n’est pas établie pour chaque signature.'] : []),
    ...(nus > 0 ? [`${pluriel(nus, 'fichier')} sans signature.`] : []),
  ];
}

function montrer(sorties: Sorties, s: Jugee): void {
  const [couleur, mot] = ETATS[s.etat];
  sorties.ecrire(`${peindre(sorties, 'bold', `Signature ${s.rang}`)} : ${peindre(sorties, couleur, mot)}`);
  const { signataire, instant, designe } = s;
  const sous = designe === null || designe === s.fichier ? '' : `, sous le nom ${designe}`;
  fiche(sorties, [
    ['  Couvre', `${s.genre} ${s.fichier}${sous}`.trim()],
    ['  Portée par', `${s.porteur} (${s.forme})`],
    ['  Intégrité', INTEGRITES[s.integrite]],
    ...(signataire === null ? [] : [['  Signataire', signataire.sujet] as const]),
    ...(instant === null ? [] : [['  Date', `${enIso(instant)}, annoncée par le signataire`] as const]),
    ...lignesConfiance(s.confiance).map(([nom, valeur]) => [`  ${nom}`, valeur] as const),
  ]);
  for (const c of s.constats) montrerConstat(sorties, c);
  sorties.ecrire('');
}

const NON_JUGEE =
  'La chaîne des certificats n’est pas jugée, faute de magasin de confiance : rien ne prouve ici l’identité des ' +
  'signataires. Donner --magasin pour qu’elle le soit.';

function raconter(
  sorties: Sorties,
  lu: Lu,
  dit: { jugees: readonly Jugee[]; torts: readonly string[] },
): void {
  const { jugees, torts } = dit;
  for (const s of jugees) montrer(sorties, s);
  const nus = nonCouverts(lu);
  if (jugees.length > 0 && nus.length > 0) {
    sorties.ecrire(peindre(sorties, 'bold', 'Ce qu’aucune signature ne couvre :'));
    for (const nom of nus) sorties.ecrire(`  ${sur(nom)}`);
    sorties.ecrire('');
  }
  const bien = `${pluriel(jugees.length, 'signature valide', 'signatures valides')}, tous les fichiers couverts.`;
  if (torts.length === 0) sorties.ecrire(peindre(sorties, 'green', bien));
  for (const tort of torts) sorties.ecrire(`${peindre(sorties, 'red', 'À REFUSER')} : ${sur(tort)}`);
  if (jugees.some((s) => s.confiance.type === 'non_jugee')) {
    sorties.ecrire(`${peindre(sorties, 'yellow', 'Attention')} : ${NON_JUGEE}`);
  }
}

async function enJson(jugees: readonly Jugee[]): Promise<object[]> {
  const { confianceEnJson, signataireEnJson } = await import('./json-signatures.ts');
  return jugees.map((jugee) => {
    const { joints: _, ...s } = jugee;
    return {
      ...s,
      instant: s.instant === null ? null : enIso(s.instant),
      signataire: s.signataire === null ? null : signataireEnJson(s.signataire),
      confiance: confianceEnJson(s.confiance),
    };
  });
}

async function* blocs(source: Source): AsyncGenerator<Uint8Array> {
  // a block is rewritten by the next one
  for (const bloc of source.lire()) yield Uint8Array.from(bloc);
}

/** @returns 0 when every signature is good and every file covered, 3 otherwise. Throws VGM-TAR-…, VGM-HLG-002, -006. */
export async function verifierActes(appel: Appel, source: Source): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const regles = await lireRegles(appel, false);
  const lu = await verifierArchive(blocs(source), () => null);
  source.exigerInchange();
  if (lu.type === 'illisible') {
    const fichier = `${source.fichier} (${lu.nom} : ${enIncise(lu.motif)})`;
    throw erreurHorsLigne('VGM-HLG-006', { fichier });
  }
  const jugees = lu.signatures.map((s) => juger(s, regles));
  const torts = reproches(lu, jugees, regles);
  if (drapeau(appel.options, 'json')) {
    const { fichier } = source;
    const bonne = torts.length === 0;
    json(sorties, [
      {
        fichier,
        bonne,
        torts,
        profil: 'actes',
        nonCouverts: nonCouverts(lu),
        signatures: await enJson(jugees),
      },
    ]);
  } else raconter(sorties, lu, { jugees, torts });
  return torts.length === 0 ? 0 : 3;
}
