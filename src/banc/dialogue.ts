import { erreurBanc } from '../metier/catalogue/banc.ts';
import type { ObjetJson } from '../metier/flux.ts';
import { deposer } from './chapitres.ts';
import type { ReponseClient } from './client.ts';
import {
  type Confrontation,
  confronterEchanges,
  type EchangeVu,
  listerEchanges,
} from './echanges/confrontation.ts';
import { creerPdf } from './pdf.ts';
import type { DepotDuRecit } from './recit.ts';
import { attendre, gris, jaune, patienter, rouge, type Scene, SIREN, type Suivi, vert } from './scene.ts';

/** The chapter of the demonstration in which the préfecture writes, and is answered. */

type Vu = Pick<EchangeVu, 'id' | 'message' | 'etat'>;

const marque = (bon: boolean): string => (bon ? vert('✔') : rouge('✘'));

/** The flux of this message that cites another; waits for it. null: it never came. */
async function citant(scene: Scene, id: string, code: string): Promise<Vu | null> {
  let trouve: Vu | undefined;
  await patienter(scene.clock, async () => {
    const { corps } = await scene.labo.client.lire(`/flux/${id}`);
    const { citants } = corps as unknown as { citants: readonly Vu[] };
    trouve = citants.find((c) => c.message.code === code);
    return trouve !== undefined;
  });
  return trouve ?? null;
}

/** @returns the identifier of the flux that was made. Throws VGM-BAN-003. */
function fluxDe(chemin: string, { statut, corps }: ReponseClient): string {
  if (statut !== 201) throw erreurBanc('VGM-BAN-003', { chemin, statut });
  return (corps['flux'] as { id: string }).id;
}

async function demander({ labo }: Scene, chemin: string, corps: ObjetJson = {}): Promise<string> {
  return fluxDe(chemin, await labo.client.envoyer('POST', chemin, corps));
}

interface Echange {
  /** Letter, its receipt, our answer. */
  readonly courrier: '3-1' | '4-1';
  readonly accuse: string;
  readonly titre: string;
  readonly documents: readonly string[];
  readonly reponse: string;
}

const ECHANGES: readonly Echange[] = [
  {
    courrier: '3-1',
    accuse: '3-2',
    titre: 'la préfecture demande des pièces (3-1)',
    documents: ['Plan de financement', 'Convocation des conseillers'],
    reponse: 'les deux pièces partent (3-4), leur accusé revient (3-5)',
  },
  {
    courrier: '4-1',
    accuse: '4-2',
    titre: 'la préfecture fait des observations (4-1)',
    documents: ['Réponse du maire'],
    reponse: 'la réponse part (4-4), son accusé revient (4-5)',
  },
];

/** One letter: its receipt leaves by itself, a person answers, the State says that it has the answer. */
async function echanger(scene: Scene, acte: Suivi, echange: Echange): Promise<void> {
  const { labo, dire } = scene;
  labo.ministere.ordonner({ ordre: 'courrier', code: echange.courrier, acte: numeroDe(acte) });
  const courrier = await citant(scene, acte.id, echange.courrier);
  if (courrier === null) return dire(`${marque(false)} ${echange.titre} : rien n’est arrivé`);
  const accuse = await citant(scene, courrier.id, echange.accuse);
  const parti = accuse !== null && (await attendre(scene, accuse.id, ['transmis'])) === 'transmis';
  dire(`${marque(parti)} ${echange.titre} ; l’accusé ${echange.accuse} part de lui-même`);
  const reponse = await labo.client.repondre(courrier.id, {
    refus: false,
    typologies: echange.documents.map(() => '99_DE'),
    fichiers: echange.documents.map((titre, rang) => ({
      role: rang === 0 ? 'document' : 'annexe',
      nom: `piece-${rang + 1}.pdf`,
      octets: creerPdf(['Commune de démonstration', titre]),
    })),
  });
  const id = fluxDe(`/flux/${courrier.id}/reponse`, reponse);
  dire(`${marque((await attendre(scene, id, ['acquitte'])) === 'acquitte')} ${echange.reponse}`);
}

function numeroDe({ depot }: Suivi): string {
  return String(depot.metadonnees['numero']);
}

async function annuler(scene: Scene, { id }: Suivi): Promise<void> {
  const annulation = await demander(scene, `/flux/${id}/annulation`);
  await attendre(scene, annulation, ['acquitte']);
  const fin = await attendre(scene, id, ['annule']);
  scene.dire(`${marque(fin === 'annule')} la transmission est annulée (6-1), la préfecture l’a dit (6-2)`);
}

/** An acte about which the préfecture writes twice, and whose transmission is cancelled in the end. */
export async function dialoguer(scene: Scene, depot: DepotDuRecit): Promise<Suivi[]> {
  const reponse = await deposer(scene, depot);
  if ('refus' in reponse) return [];
  const { suivi } = reponse;
  scene.dire(`${vert('déposé')}   ${depot.titre}`);
  await attendre(scene, suivi.id, ['acquitte']);
  for (const echange of ECHANGES) await echanger(scene, suivi, echange);
  await annuler(scene, suivi);
  return [suivi];
}

/** Another classification is in force: it is asked for (7-1), received whole (7-2), and serves from then on. */
export async function actualiser(scene: Scene, jour: string): Promise<void> {
  const { labo, dire } = scene;
  labo.ministere.ordonner({ ordre: 'classification', date: jour });
  const chemin = `/collectivites/${SIREN}/classification`;
  const demande = await demander(scene, `${chemin}/demande`, { complete: false });
  await attendre(scene, demande, ['acquitte']);
  const { classification } = (await labo.client.lire(chemin)).corps as unknown as {
    classification: { date: string } | null;
  };
  const date = classification?.date ?? 'aucune';
  dire(
    `${marque(date === jour)} la classification est demandée (7-1) et reçue (7-2) ${gris(`en vigueur : ${date}`)}`,
  );
}

/** A receipt has none of its own: only the State knows what became of one that was leaving when the daemon died. */
async function trancher({ labo, dire }: Scene, echanges: readonly EchangeVu[]): Promise<void> {
  for (const { id, etat, nomEnvoi, message } of echanges) {
    if (etat !== 'incertain') continue;
    const tient = labo.ministere.registre.compter('accepte', nomEnvoi ?? '') > 0;
    const decision = tient ? 'recu' : 'non_recu';
    const { statut } = await labo.client.envoyer('POST', `/flux/${id}/trancher`, {
      decision,
      motif: tient ? 'l’État détient cet envoi' : 'l’État ne détient pas cet envoi',
    });
    if (statut < 300)
      dire(
        `${jaune('incertain')} un ${message.code} ; l’exploitant demande à la préfecture, qui ${tient ? 'l’a' : 'ne l’a pas'}`,
      );
  }
}

/** What the register of the préfecture says of every exchange, once both sides have nothing more to say. */
export async function solder(scene: Scene): Promise<Confrontation & { readonly flux: readonly EchangeVu[] }> {
  const { labo, clock } = scene;
  let flux = await listerEchanges(labo.client);
  const juger = (): Confrontation => confronterEchanges(flux, labo.ministere.registre.evenements());
  await patienter(clock, async () => {
    await trancher(scene, flux);
    await labo.ministere.attendreVide();
    flux = await listerEchanges(labo.client);
    return juger().perdus.length === 0;
  });
  return { ...juger(), flux };
}
