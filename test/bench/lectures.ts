import type { AtelierXml } from './atelier-xml.ts';
import { arrondi, comparer, executer, figure, type Figures, raconter, sur } from './mesures.ts';

/** Verifying and validating what is large, next to xmlsec1 and xmllint. */

/** xmllint takes about two minutes on the attached piece: it is stopped here, and the ratio is then at most the one told. */
const PATIENCE_S = 60;

/** `signe-100mo.xml` is in the folder. */
async function mesurerGrand(atelier: AtelierXml): Promise<Figures> {
  const signe = 'signe-100mo.xml';
  const tours = await comparer({
    verifier: atelier.verifier(signe),
    xmlsec: atelier.xmlsecVerifier(signe),
    valider: atelier.valider(signe),
    ensemble: atelier.validerEtVerifier(signe),
    xmllint: atelier.xmllint(signe),
  });
  const [xmlsec, xmllint] = [raconter(tours, 'xmlsec'), raconter(tours, 'xmllint')];
  atelier.dire(`Vérifier 100mo : ${raconter(tours, 'verifier')} ; xmlsec1 ${xmlsec}.`);
  atelier.dire(`Valider 100mo : ${raconter(tours, 'valider')} ; xmllint --stream ${xmllint}.`);
  atelier.dire(
    `Valider et vérifier 100mo en une lecture : ${raconter(tours, 'ensemble')}, à comparer à leur somme.`,
  );
  const somme = sur(tours, (t) => t.ensemble.secondes / (t.xmllint.secondes + t.xmlsec.secondes));
  return {
    verifier_100mo_temps: figure(sur(tours, (t) => t.verifier.secondes / t.xmlsec.secondes)),
    verifier_100mo_memoire: figure(sur(tours, (t) => t.verifier.mib / t.xmlsec.mib)),
    xsd_100mo_temps: figure(sur(tours, (t) => t.valider.secondes / t.xmllint.secondes)),
    xsd_et_verifier_100mo_temps: figure(somme),
  };
}

async function mesurerPiece(atelier: AtelierXml): Promise<Figures> {
  atelier.ecrire('piece.xml', { octets: 100_000, piece: 60_000_000 });
  const tours = await comparer({ nous: atelier.valider('piece.xml') });
  const commande = atelier.xmllint('piece.xml');
  const eux = commande === null ? Number.NaN : (await executer(commande, PATIENCE_S)).secondes;
  const arrete = eux >= PATIENCE_S ? ', arrêté avant la fin : le rapport est un plafond' : '';
  atelier.dire(
    `Valider une pièce jointe de 60 Mo : ${raconter(tours, 'nous')} ; xmllint --stream, une fois : ${arrondi(eux)} s${arrete}.`,
  );
  atelier.effacer('piece.xml');
  return { xsd_pj60mo_temps: figure(sur(tours, (t) => t.nous.secondes) / eux, 4) };
}

export async function mesurerLectures(atelier: AtelierXml): Promise<Figures> {
  const { origine } = atelier.schema;
  atelier.dire(
    `Schéma du PES : ${origine === 'officiel' ? 'celui de la DGFiP (5.17)' : 'le nôtre (schemas/helios)'}.`,
  );
  return { ...(await mesurerGrand(atelier)), ...(await mesurerPiece(atelier)) };
}
