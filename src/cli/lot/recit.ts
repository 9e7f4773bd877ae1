import { lignesAnomalie } from '../erreurs.ts';
import type { Sorties } from '../monde.ts';
import { json, nombre, peindre, pluriel, sur } from '../rendu.ts';
import type { Resultat, Verdict } from './resultats.ts';

/** What a person, or a script, is told of a batch. */

export interface Recit {
  /** Of one acte. */
  suivre(resultat: Resultat): void;
  readonly comptes: Readonly<Record<Verdict, number>>;
  /** Actes whose fate is known. */
  readonly faits: number;
  /** Ends the line that was rewritten, and tells what went wrong, then the whole. */
  conclure(resultats: string | null): void;
}

/** Actes told one by one; the file has them all. */
const DITS_MAX = 20;

interface Options {
  readonly total: number;
  readonly aBlanc: boolean;
  readonly json: boolean;
}

function enJson({ ligne: { ligne, numero }, ...suite }: Resultat): object {
  return { ligne, numero, ...suite };
}

export function creerRecit(sorties: Sorties, { total, aBlanc, json: enDocuments }: Options): Recit {
  const comptes = { déposé: 0, refusé: 0, doublon: 0 };
  const ecartes: Resultat[] = [];
  let dejaFaits = 0;
  const faits = (): number => comptes.déposé + comptes.refusé + comptes.doublon;
  const compte = (): string => {
    const parties = [
      aBlanc ? pluriel(comptes.déposé, 'accepté') : pluriel(comptes.déposé, 'déposé'),
      ...(dejaFaits === 0 ? [] : [`dont ${nombre(dejaFaits)} auparavant`]),
      ...(comptes.refusé === 0 ? [] : [pluriel(comptes.refusé, 'refusé')]),
      ...(comptes.doublon === 0 ? [] : [pluriel(comptes.doublon, 'doublon')]),
    ];
    return parties.join(', ');
  };
  /** The first ones of the manifest, whatever the order in which they come. */
  const ecarter = (resultat: Resultat): void => {
    ecartes.push(resultat);
    ecartes.sort((a, b) => a.ligne.ligne - b.ligne.ligne);
    ecartes.splice(DITS_MAX);
  };
  const direEcarte = (r: Resultat): void => {
    const quoi = r.verdict === 'doublon' ? 'déjà déposé autrement' : aBlanc ? 'serait refusé' : 'refusé';
    const titre = `Ligne ${r.ligne.ligne}, acte ${sur(r.ligne.numero)}`;
    sorties.ecrire(`${titre} : ${peindre(sorties, r.verdict === 'doublon' ? 'yellow' : 'red', quoi)}`);
    for (const a of r.anomalies) for (const l of lignesAnomalie(sorties, a)) sorties.ecrire(`  ${l}`);
  };
  return {
    comptes,
    get faits() {
      return faits();
    },
    suivre(resultat) {
      comptes[resultat.verdict] += 1;
      if (resultat.rejeu) dejaFaits += 1;
      if (enDocuments) json(sorties, [enJson(resultat)]);
      else if (resultat.verdict !== 'déposé') ecarter(resultat);
      sorties.avancer?.(`${nombre(faits())} sur ${nombre(total)} : ${compte()}`);
    },
    conclure(resultats) {
      sorties.avancer?.('');
      if (enDocuments) {
        const { déposé: deposes, refusé: refuses, doublon: doublons } = comptes;
        json(sorties, [
          { total, deposes, dejaFaits, refuses, doublons, restants: total - faits(), resultats },
        ]);
        return;
      }
      for (const r of ecartes) direEcarte(r);
      const tus = comptes.refusé + comptes.doublon - DITS_MAX;
      if (tus > 0) sorties.ecrire(`… et ${pluriel(tus, 'autre')}.`);
      sorties.ecrire(`${pluriel(total, 'acte')} : ${compte()}.`);
      if (aBlanc) sorties.ecrire('Rien n’a été gardé.');
      if (resultats !== null) sorties.ecrire(`Résultats : ${sur(resultats)}`);
    },
  };
}
