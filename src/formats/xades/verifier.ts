import type { OptionsXml } from '../xml/analyseur.ts';
import { Ensemble } from '../xml/ensemble.ts';
import type { Recepteur, SessionXml } from '../xml/evenements.ts';
import { REFUS } from '../xml/refus.ts';
import { Cahier, constat, type Constat } from './constats.ts';
import { conclure, mesurerCouverture, resumer } from './couverture.ts';
import { type Lecture, parcourir, type SourceOctets } from './flux.ts';
import { chercherIndices } from './indices.ts';
import { jugerSignature, type ReglesJugement, signable } from './juger.ts';
import { lireSignature } from './lecture-signature.ts';
import { POLITIQUES_HELIOS } from './politiques.ts';
import { PROFIL_PES, type ProfilXades } from './profil.ts';
import type { RapportXades, VerdictXades } from './rapport.ts';
import { Releve, SIGNATURES_MAX } from './releve.ts';
import type { PlanReleve } from './releve-types.ts';

export interface OptionsVerification extends Partial<Omit<ReglesJugement, 'jugerCertificat'>> {
  /** PES v2 unless said otherwise. */
  readonly profil?: ProfilXades;
  readonly lecture?: OptionsXml;
  /** Listens to the strict pass too (validation); what it heard is worth nothing when the file could not be read. */
  readonly aussi?: Recepteur;
}

/** The only refusal that the same bytes may meet the second time alone. */
const CODE_DELAI = REFUS.delai[0];

/** Without a look ahead: the digest that everybody makes today, of all that may be signed. */
const PLAN_COURANT: PlanReleve = () => ['sha256'];

/** Digests that the signatures ask and that the pass did not make, by offset of the element. */
function manques(releve: Releve): ReadonlyMap<number, readonly string[]> {
  const demandes = new Map<number, string[]>();
  for (const { parent, racine } of releve.signatures) {
    if (!signable(parent)) continue;
    for (const reference of lireSignature(racine, new Cahier()).references) {
      if (reference === null || reference.id !== parent.id) continue;
      const { node } = reference.hachage;
      if (parent.empreintes.has(node)) continue;
      const siennes = demandes.get(parent.position.octet) ?? [];
      demandes.set(parent.position.octet, [...siennes, node]);
    }
  }
  return demandes;
}

function examinerFichier(releve: Releve, racineAttendue: boolean): Constat[] {
  const constats: Constat[] = [];
  if (releve.tropDeSignatures) constats.push(constat('tropDeSignatures', SIGNATURES_MAX));
  const signes = releve.elements.filter((e) => e.signatures > 0);
  const places = new Set(signes.map((e) => e.place));
  if (racineAttendue && places.has('racine') && places.has('unite')) constats.push(constat('mixte'));
  return constats;
}

/** The judgement of a pass that ended well. Pure: the same pass and the same rules give the same report. */
export function jugerReleve(
  releve: Releve,
  lecture: Pick<Lecture, 'octets' | 'sha256'> & Pick<SessionXml, 'encodage'>,
  regles: ReglesJugement,
): RapportXades {
  const autrui = new Set(
    releve.signatures.flatMap(({ racine }) => {
      const qp = lireSignature(racine, new Cahier()).proprietes;
      return qp?.enfants.flatMap((e) => e.attributs.get('Id') ?? []) ?? [];
    }),
  );
  const signatures = releve.signatures.map((relevee) => jugerSignature({ relevee, releve, autrui }, regles));
  const couverture = mesurerCouverture(releve.elements, signatures);
  const racineAttendue = releve.elements[0]?.place === 'racine';
  const constats = examinerFichier(releve, racineAttendue);
  const conclusion = releve.tropDeSignatures ? 'refusee' : conclure(signatures, couverture);
  const resume = resumer(conclusion, signatures, couverture);
  return { type: 'lu', conclusion, resume, ...lecture, racineAttendue, signatures, couverture, constats };
}

/** Keeps the encoding that the reading announces. */
class Ecoute extends Releve implements Recepteur {
  encodage: SessionXml['encodage'] = 'UTF-8';

  override commencer(session: SessionXml): void {
    this.encodage = session.encodage;
    super.commencer(session);
  }
}

/**
 * Verifies every XAdES signature of a file: a quick look at the bytes, one strict pass, a second one only when a
 * signature asks for a digest that nothing announced. Memory does not depend on the size of the file.
 */
export async function verifierXades(
  source: SourceOctets,
  options: OptionsVerification = {},
): Promise<VerdictXades> {
  const { profil = PROFIL_PES, lecture: reglage = {}, aussi, ...regles } = options;
  const indices = await chercherIndices(source);
  const annonces: PlanReleve = ({ id }) => [...(indices.hachages.get(id ?? '') ?? [])];
  let releve = new Ecoute(profil, indices.deborde ? PLAN_COURANT : annonces);
  const ensemble = aussi === undefined ? releve : new Ensemble([releve, aussi]);
  const lecture = await parcourir(source, ensemble, reglage);
  if (lecture.refus !== null) return { type: 'illisible', refus: lecture.refus };
  const reste = manques(releve);
  if (reste.size > 0) {
    releve = new Ecoute(profil, (e) => [...annonces(e), ...(reste.get(e.position.octet) ?? [])]);
    const seconde = await parcourir(source, releve, reglage);
    if (seconde.refus?.code === CODE_DELAI) return { type: 'illisible', refus: seconde.refus };
    if (seconde.sha256 !== lecture.sha256) return { type: 'source_changee' };
  }
  const { sha256, octets } = lecture;
  const { encodage } = releve;
  const faits = { sha256, octets, encodage };
  const complets: ReglesJugement = { politiques: POLITIQUES_HELIOS, ...regles };
  if (regles.magasin === undefined) return jugerReleve(releve, faits, complets);
  const { jugerCertificat } = await import('../certificats/confiance.ts');
  return jugerReleve(releve, faits, { ...complets, jugerCertificat });
}
