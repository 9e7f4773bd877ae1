import type { Certificat } from '../formats/certificats/certificat.ts';
import type { RapportSignatureBase } from '../formats/xades/base/rapport.ts';
import type { ConfianceRapport, RapportSignature, SignataireRapport } from '../formats/xades/rapport.ts';
import { enIso } from './instants.ts';
import type { Rapport } from './rendu-signatures.ts';

/** A report of signatures, as programs read it: dates in ISO 8601, bytes in base64, no object of the program. */

export function signataireEnJson(s: SignataireRapport): object {
  const { der, debut, fin, ...reste } = s;
  return { ...reste, debut: enIso(debut), fin: enIso(fin), der: Buffer.from(der).toString('base64') };
}

function maillon({ sujet, sha256, debut, fin }: Certificat): object {
  return { sujet: sujet.texte, sha256, debut: enIso(debut), fin: enIso(fin) };
}

const DATES: ReadonlySet<string> = new Set(['emise', 'jusqua', 'quand']);

/** What is known of revocation holds instants at several depths. */
function dater(valeur: unknown): unknown {
  const texte = JSON.stringify(valeur, (cle, v: unknown) =>
    typeof v === 'number' && DATES.has(cle) ? new Date(v).toISOString() : v,
  );
  return JSON.parse(texte);
}

export function confianceEnJson(c: ConfianceRapport): object {
  if (c.type === 'non_jugee') return c;
  if (c.type === 'refuse') return { ...c, preuves: dater(c.preuves) };
  const { chemin, maillons, preuves, ...reste } = c;
  return { ...reste, chemin: chemin.map(maillon), maillons: dater(maillons), preuves: dater(preuves) };
}

function signature(s: RapportSignature | RapportSignatureBase): object {
  const { joints: _, ...reste } = s;
  return {
    ...reste,
    instant: s.instant === null ? null : enIso(s.instant),
    signataire: s.signataire === null ? null : signataireEnJson(s.signataire),
    confiance: confianceEnJson(s.confiance),
  };
}

export function rapportEnJson(rapport: Rapport): object {
  const { type: _, signatures, ...reste } = rapport;
  // the profile that the root chose: the one of the PES, or baseline B
  const profil = 'racineAttendue' in rapport ? 'pes' : 'base';
  return { profil, ...reste, signatures: signatures.map(signature) };
}
