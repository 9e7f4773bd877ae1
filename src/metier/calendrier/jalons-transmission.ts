import { type Affaire, plusTardif, pourquoiInconnu } from './affaire.ts';
import { limiteTransmission } from './delais.ts';
import { type Jalon, le } from './jalon.ts';
import { jourEnMots, jourEntierEnMots } from './jours.ts';
import { TEXTE_NORME, TEXTE_PIECES } from './textes.ts';

/** Milestones of what the collectivité does: transmit, complete, publish. */

/** CGCT, L. 2131-2, II. Nothing for what is not an individual decision. */
function jalonLimiteTransmission({ faits, textes }: Affaire): Jalon[] {
  const { decision, nature, transmission, reception } = faits;
  if (nature !== '3' || decision === null) return [];
  const date = limiteTransmission(decision);
  const transmise = transmission ?? reception;
  const debut = `Cette décision individuelle signée ${le(decision)}`;
  const suite =
    transmise === null
      ? `doit être transmise au plus tard ${le(date)}`
      : `devait être transmise au plus tard ${le(date)} et l’a été ${le(transmise)}${transmise > date ? ', hors délai' : ''}`;
  const titre = 'Dernier jour pour transmettre';
  const reference = `${textes.transmission}, II`;
  return [
    { code: 'limite-transmission', titre, date, provisoire: false, reference, phrase: `${debut} ${suite}.` },
  ];
}

function jalonReception({ faits: { reception }, textes }: Affaire): Jalon {
  const phrase =
    reception === null
      ? 'La date de réception de l’acte par la préfecture n’est pas connue : elle est dite par l’accusé de réception (1-2).'
      : `La préfecture a reçu l’acte le ${jourEntierEnMots(reception)}.`;
  const reference = textes.transmission;
  return { code: 'reception', titre: 'Réception', date: reception, provisoire: false, reference, phrase };
}

function jalonPapier({ faits: { papier } }: Affaire): Jalon[] {
  if (papier === null) return [];
  const phrase =
    papier.recu === null
      ? 'Le complément sur papier est attendu : l’acte n’est pas réputé complet et le délai du contrôle ne court pas.'
      : `La préfecture a reçu le complément sur papier ${le(papier.recu)} : le délai du contrôle court de l’acte complet.`;
  const reference = `${TEXTE_NORME}, DocumentPapier ; ${TEXTE_PIECES}`;
  const titre = 'Complément sur papier';
  return [{ code: 'complement-papier', titre, date: papier.recu, provisoire: false, reference, phrase }];
}

/**
 * CGCT, L. 2131-1, L. 3131-1, L. 4141-1: publication or notification, and transmission; the receipt proves the second and
 * is no condition of it. An acte that is not complete is taken as not transmitted: no text says so, prudence does.
 */
function jalonExecutoire(affaire: Affaire): Jalon {
  const { faits, textes, complet } = affaire;
  const { publication } = faits;
  const annonce = faits.nature === '3' ? 'notification' : 'publication ou notification';
  const date = complet === null || publication === null ? null : plusTardif(complet, publication);
  const commun = { code: 'executoire', titre: 'Caractère exécutoire', date, provisoire: false };
  const dire = (phrase: string): Jalon => ({ ...commun, reference: textes.executoire, phrase });
  if (complet === null) return dire(`Le caractère exécutoire n’est pas établi ${pourquoiInconnu(affaire)}.`);
  if (publication === null) {
    return dire(
      `Transmis ${le(complet)}, l’acte devient exécutoire à sa ${annonce}, dont la date n’est pas connue.`,
    );
  }
  const jour = jourEnMots(plusTardif(complet, publication));
  return dire(
    `L’acte est exécutoire à compter du ${jour}, transmission et ${annonce} étant toutes deux faites.`,
  );
}

/** What is owed to the préfecture, what it holds, and the day on which the acte may be carried out. */
export function jalonsTransmission(affaire: Affaire): readonly Jalon[] {
  return [
    ...jalonLimiteTransmission(affaire),
    jalonReception(affaire),
    ...jalonPapier(affaire),
    jalonExecutoire(affaire),
  ];
}
