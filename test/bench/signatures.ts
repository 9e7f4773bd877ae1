import type { AtelierXml } from './atelier-xml.ts';
import { comparer, executer, figure, type Figures, raconter, sur } from './mesures.ts';

/** Signing, and verifying the small files, next to xmlsec1. */

const BORDEREAUX = 200;

/** Leaves `pes-TAILLE.xml` and `signe-TAILLE.xml` in the folder. */
async function mesurerSigner(atelier: AtelierXml, taille: string, octets: number): Promise<Figures> {
  const [pes, signe] = [`pes-${taille}.xml`, `signe-${taille}.xml`];
  atelier.ecrire(pes, { octets });
  await atelier.gabarit(pes, 'gabarit.xml');
  await executer(atelier.signer(pes, signe));
  const tours = await comparer(
    { nous: atelier.signer(pes, 'nous.xml'), eux: atelier.xmlsecSigner('gabarit.xml', 'eux.xml') },
    () => atelier.effacer('nous.xml', 'eux.xml'),
  );
  atelier.effacer('nous.xml', 'eux.xml', 'gabarit.xml');
  atelier.dire(`Signer ${taille} : ${raconter(tours, 'nous')} ; xmlsec1 ${raconter(tours, 'eux')}.`);
  return {
    [`signer_${taille}_temps`]: figure(sur(tours, (t) => t.nous.secondes / t.eux.secondes)),
    [`signer_${taille}_memoire`]: figure(sur(tours, (t) => t.nous.mib / t.eux.mib)),
  };
}

async function mesurerVerifier(atelier: AtelierXml): Promise<Figures> {
  const tours = await comparer({
    nous: atelier.verifier('signe-10mo.xml'),
    eux: atelier.xmlsecVerifier('signe-10mo.xml'),
  });
  atelier.dire(`Vérifier 10mo : ${raconter(tours, 'nous')} ; xmlsec1 ${raconter(tours, 'eux')}.`);
  return { verifier_10mo_temps: figure(sur(tours, (t) => t.nous.secondes / t.eux.secondes)) };
}

/** xmlsec1 checks one signature a call: each round times one, and counts it as often as there are signatures. */
async function mesurerBordereaux(atelier: AtelierXml): Promise<Figures> {
  atelier.ecrire('pes-200.xml', { octets: 10_000_000, bordereaux: BORDEREAUX });
  await executer(atelier.signer('pes-200.xml', 'signe-200.xml'));
  const tours = await comparer({
    nous: atelier.verifier('signe-200.xml'),
    eux: atelier.xmlsecVerifier('signe-200.xml'),
  });
  atelier.dire(
    `Vérifier ${BORDEREAUX} bordereaux (10 Mo) : ${raconter(tours, 'nous')} ; un appel de xmlsec1, qui n’en vérifie ` +
      `qu’un : ${raconter(tours, 'eux')}. Le rapport est au temps de ${BORDEREAUX} appels, par calcul.`,
  );
  const temps = sur(tours, (t) => t.nous.secondes / (t.eux.secondes * BORDEREAUX));
  return { verifier_200_bordereaux_temps: figure(temps, 4) };
}

/** Leaves the files of 10 and 100 MB in the folder, bare and signed. */
export async function mesurerSignatures(atelier: AtelierXml): Promise<Figures> {
  return {
    ...(await mesurerSigner(atelier, '10mo', 10_000_000)),
    ...(await mesurerSigner(atelier, '100mo', 100_000_000)),
    ...(await mesurerVerifier(atelier)),
    ...(await mesurerBordereaux(atelier)),
  };
}
