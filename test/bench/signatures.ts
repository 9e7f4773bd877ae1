import type { AtelierXml } from './atelier-xml.ts';
import { arrondi, comparer, executer, type Figures, type Mesure, rapport } from './mesures.ts';

/** Signing and verifying, whole commands, next to xmlsec1 in the same rounds. */

const BORDEREAUX = 200;

interface Tailles {
  readonly figures: Figures;
  /** Seconds that xmlsec1 takes to verify this file. */
  readonly etalon: number | undefined;
}

const s = (mesure: Mesure | undefined): string =>
  mesure === undefined ? '(absent)' : `${arrondi(mesure.secondes)} s, ${Math.round(mesure.mib)} Mio`;

/** Leaves `pes-TAILLE.xml` and `signe-TAILLE.xml` in the folder. */
async function mesurerTaille(atelier: AtelierXml, taille: string, octets: number): Promise<Tailles> {
  const [pes, signe] = [`pes-${taille}.xml`, `signe-${taille}.xml`];
  atelier.ecrire(pes, { octets });
  await atelier.gabarit(pes, 'gabarit.xml');
  await executer(atelier.signer(pes, signe));
  const signer = await comparer(
    { nous: atelier.signer(pes, 'nous.xml'), eux: atelier.xmlsecSigner('gabarit.xml', 'eux.xml') },
    { avant: () => atelier.effacer('nous.xml', 'eux.xml') },
  );
  atelier.effacer('nous.xml', 'eux.xml', 'gabarit.xml');
  const verifier = await comparer({ nous: atelier.verifier(signe), eux: atelier.xmlsecVerifier(signe) });
  atelier.dire(`Signer ${taille} : ${s(signer.nous)} ; xmlsec1 ${s(signer.eux)}.`);
  atelier.dire(`Vérifier ${taille} : ${s(verifier.nous)} ; xmlsec1 ${s(verifier.eux)}.`);
  const figures = {
    [`signer_${taille}_temps`]: rapport(signer.nous?.secondes, signer.eux?.secondes),
    [`signer_${taille}_memoire`]: rapport(signer.nous?.mib, signer.eux?.mib),
    [`verifier_${taille}_temps`]: rapport(verifier.nous?.secondes, verifier.eux?.secondes),
    [`verifier_${taille}_memoire`]: rapport(verifier.nous?.mib, verifier.eux?.mib),
  };
  return { figures, etalon: verifier.eux?.secondes };
}

/** xmlsec1 checks one signature a call: one call is timed several times, and counted as often as there are signatures. */
async function mesurerBordereaux(atelier: AtelierXml): Promise<Figures> {
  atelier.ecrire('pes-200.xml', { octets: 10_000_000, bordereaux: BORDEREAUX });
  await executer(atelier.signer('pes-200.xml', 'signe-200.xml'));
  const verifier = await comparer({
    nous: atelier.verifier('signe-200.xml'),
    eux: atelier.xmlsecVerifier('signe-200.xml'),
  });
  atelier.dire(
    `Vérifier ${BORDEREAUX} bordereaux (10 Mo) : ${s(verifier.nous)} ; un appel de xmlsec1, qui n’en vérifie qu’un : ` +
      `${s(verifier.eux)}. Le rapport est au temps de ${BORDEREAUX} appels, par calcul.`,
  );
  const appels = verifier.eux === undefined ? undefined : verifier.eux.secondes * BORDEREAUX;
  return { verifier_200_bordereaux_temps: rapport(verifier.nous?.secondes, appels, 4) };
}

/** Leaves the files of 10 and 100 MB in the folder, bare and signed. */
export async function mesurerSignatures(atelier: AtelierXml): Promise<Tailles> {
  const petit = await mesurerTaille(atelier, '10mo', 10_000_000);
  const grand = await mesurerTaille(atelier, '100mo', 100_000_000);
  const nombreux = await mesurerBordereaux(atelier);
  return { figures: { ...petit.figures, ...grand.figures, ...nombreux }, etalon: grand.etalon };
}
