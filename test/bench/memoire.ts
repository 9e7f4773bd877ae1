import type { AtelierXml } from './atelier-xml.ts';
import { type Commande, executer, figure, type Figures, mediane } from './mesures.ts';

/** How much more memory a file twenty-five times larger asks, operation by operation. */

const OPERATIONS: Readonly<Record<string, (atelier: AtelierXml, pes: string, signe: string) => Commande>> = {
  signer: (atelier, pes) => atelier.signer(pes, 'sortie.xml'),
  verifier: (atelier, _, signe) => atelier.verifier(signe),
  valider: (atelier, _, signe) => atelier.valider(signe),
  'valider et vérifier': (atelier, _, signe) => atelier.validerEtVerifier(signe),
};

/** `pes-10mo.xml` and `signe-10mo.xml` are in the folder. */
export async function mesurerMemoire(atelier: AtelierXml): Promise<Figures> {
  atelier.ecrire('pes-250mo.xml', { octets: 250_000_000 });
  await executer(atelier.signer('pes-250mo.xml', 'signe-250mo.xml'));
  const croissances: number[] = [];
  for (const [nom, commande] of Object.entries(OPERATIONS)) {
    const de = async (taille: string): Promise<number> => {
      atelier.effacer('sortie.xml');
      return (await executer(commande(atelier, `pes-${taille}.xml`, `signe-${taille}.xml`))).mib;
    };
    const petit = mediane([await de('10mo'), await de('10mo'), await de('10mo')]);
    const grand = await de('250mo');
    atelier.dire(`Mémoire pour ${nom} : ${Math.round(petit)} Mio à 10 Mo, ${Math.round(grand)} à 250 Mo.`);
    croissances.push(grand - petit);
  }
  atelier.effacer('pes-250mo.xml', 'signe-250mo.xml', 'sortie.xml');
  const croissance = Math.max(...croissances);
  return { croissance_memoire_mib: figure(croissance, 0) };
}
