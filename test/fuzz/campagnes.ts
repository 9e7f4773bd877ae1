import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CampagneXsd, JEUX } from '../conformite/xsd-differentiel.ts';
import { type De, tirage } from '../conformite/mutants-xml.ts';
import { Campagne as CampagneXml, type Desaccord } from '../conformite/xml-differentiel.ts';
import { cleDe, pes, pkiSignature, signer } from '../unit/formats/xades/atelier.ts';
import { compter, ouvrirBilan } from '../pannes/modele/bilan.ts';
import { eprouver } from '../pannes/modele/jouer.ts';
import { CampagneXades } from '../unit/formats/xades/mutants.ts';

/** The differential tests and the stories of the flux, as campaigns without end: what `npm run fuzz` runs. */

export interface CampagneLongue {
  /** One round, which depends on its dice alone. @returns the disagreements it found. */
  tour(de: De): Promise<readonly Desaccord[]> | readonly Desaccord[];
  /** What was seen since the start, on one line. */
  dire(): string;
  fermer(): void;
}

/** Takes what a campaign has gathered, and empties it. */
const vider = (desaccords: Desaccord[]): Desaccord[] => desaccords.splice(0);

function xml(): CampagneLongue {
  let de = tirage(0);
  const campagne = new CampagneXml((n) => de(n));
  const { bilan } = campagne;
  return {
    tour(nouveau) {
      de = nouveau;
      campagne.tour(3);
      return vider(bilan.desaccords);
    },
    dire() {
      const stricts = Object.entries(bilan.stricts).map(([code, n]) => `${code}: ${n}`);
      return (
        `${bilan.documents} documents, ${bilan.mutants} mutants (${bilan.mutantsAcceptes} well formed), ` +
        `${bilan.formes} canonical forms; stricter by choice: ${stricts.join(', ')}`
      );
    },
    fermer: () => undefined,
  };
}

function xsd(): CampagneLongue {
  const jeux = JEUX.filter((j) => j.present).map((jeu) => ({ nom: jeu.nom, campagne: new CampagneXsd(jeu) }));
  return {
    tour: (de) =>
      jeux.flatMap(({ nom, campagne }) => {
        campagne.tour(de);
        return vider(campagne.compte.desaccords).map((d) => ({ ...d, quoi: `${nom}: ${d.quoi}` }));
      }),
    dire: () => jeux.map(({ nom, campagne }) => `\n    ${nom}: ${campagne.dire()}`).join(''),
    fermer() {
      for (const { campagne } of jeux) campagne.fermer();
    },
  };
}

/** Keys are drawn by openssl: what is signed with them is kept beside the cases, to be found again by the same seed. */
async function signe(chemin: string): Promise<Buffer> {
  if (existsSync(chemin)) return readFileSync(chemin);
  const pki = pkiSignature();
  const { octets } = await signer(pes({ bordereaux: 1 }), cleDe(pki, 'ec'));
  pki.fermer();
  writeFileSync(chemin, octets);
  return octets;
}

async function xades(dossier: string): Promise<CampagneLongue> {
  const campagne = new CampagneXades(await signe(join(dossier, 'signe.xml')));
  return {
    async tour(de) {
      await campagne.tour(de);
      return vider(campagne.compte.desaccords);
    },
    dire: () => `${campagne.compte.mutants} mutants, ${campagne.compte.valides} still valid`,
    fermer: () => undefined,
  };
}

/** Stories in one round: few, so that the minutes are kept. */
const HISTOIRES = 10;

/** Stories of the flux, with two engines: a rule that one of them breaks is told in words. */
function modele(): CampagneLongue {
  const bilan = ouvrirBilan();
  return {
    async tour(de) {
      const vu = await eprouver({
        graine: de(2 ** 31),
        tours: HISTOIRES,
        voir: (scene, gestes) => compter(bilan, scene, gestes),
      });
      return vu === null ? [] : [{ quoi: vu.faute.message, octets: '' }];
    },
    dire: () => JSON.stringify(bilan),
    fermer: () => undefined,
  };
}

/** In the order they run; each may keep files in the folder of its seed. */
export const CAMPAGNES: Readonly<
  Record<string, (dossier: string) => CampagneLongue | Promise<CampagneLongue>>
> = {
  xml,
  xsd,
  xades,
  modele,
};
