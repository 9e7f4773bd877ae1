import type { AtelierXml } from './atelier-xml.ts';
import { arrondi, comparer, executer, type Figures, rapport } from './mesures.ts';

/** Validation against the schema of the PES, whole commands, next to xmllint in the same rounds. */

/** xmllint takes about two minutes on the attached piece: it is given no more than this, and the ratio is then at most the one told. */
const PATIENCE_S = 60;

const s = (secondes: number | undefined): string =>
  secondes === undefined ? '(absent)' : `${arrondi(secondes)} s`;

async function mesurerPiece(atelier: AtelierXml): Promise<Figures> {
  atelier.ecrire('piece.xml', { octets: 100_000, piece: 60_000_000 });
  const { nous } = await comparer({ nous: atelier.valider('piece.xml') });
  const commande = atelier.xmllint('piece.xml');
  const eux = commande === null ? undefined : (await executer(commande, PATIENCE_S)).secondes;
  const arrete = (eux ?? 0) >= PATIENCE_S ? ', arrêté avant la fin : le rapport est un plafond' : '';
  atelier.dire(
    `Valider une pièce jointe de 60 Mo : ${s(nous?.secondes)} ; xmllint --stream, une fois : ${s(eux)}${arrete}.`,
  );
  atelier.effacer('piece.xml');
  return { xsd_pj60mo_temps: rapport(nous?.secondes, eux, 4) };
}

/**
 * `signe-100mo.xml` is in the folder.
 * @param etalon seconds that xmlsec1 takes to verify it, measured just before.
 */
export async function mesurerXsd(atelier: AtelierXml, etalon: number | undefined): Promise<Figures> {
  const { origine } = atelier.schema;
  atelier.dire(
    `Schéma du PES : ${origine === 'officiel' ? 'celui de la DGFiP (5.17)' : 'le nôtre (schemas/helios)'}.`,
  );
  const signe = 'signe-100mo.xml';
  const { seul, ensemble, eux } = await comparer({
    seul: atelier.valider(signe),
    ensemble: atelier.validerEtVerifier(signe),
    eux: atelier.xmllint(signe),
  });
  const deux = etalon === undefined || eux === undefined ? undefined : etalon + eux.secondes;
  atelier.dire(`Valider 100 Mo : ${s(seul?.secondes)} ; xmllint --stream ${s(eux?.secondes)}.`);
  atelier.dire(
    `Valider et vérifier 100 Mo en une lecture : ${s(ensemble?.secondes)} ; ` +
      `xmllint --stream puis xmlsec1 ${s(deux)}.`,
  );
  return {
    xsd_100mo_temps: rapport(seul?.secondes, eux?.secondes),
    xsd_et_verifier_100mo_temps: rapport(ensemble?.secondes, deux),
    ...(await mesurerPiece(atelier)),
  };
}
