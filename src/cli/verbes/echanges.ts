import { clientDe } from '../client.ts';
import { annoncer, lireFichier, raconter, type ReponseVue } from '../depose.ts';
import { fluxDesigne } from '../designer.ts';
import { formulaire } from '../fichiers.ts';
import { type Appel, type CodeSortie, drapeau, liste, type ModuleVerbe, texte } from '../monde.ts';
import { json } from '../rendu.ts';
import type { FluxVu } from '../vues.ts';

async function repondreCourrier(appel: Appel): Promise<CodeSortie> {
  const { options, monde } = appel;
  const client = await clientDe(appel);
  const id = await fluxDesigne(client, appel.arguments[0]);
  const fichiers = [texte(options, 'document') ?? '', ...liste(options, 'annexe')].map(lireFichier);
  const demande = {
    refus: drapeau(options, 'refus'),
    typologies: fichiers.map((f) => f.typologie ?? ''),
  };
  const corps = await formulaire(
    [
      { nom: 'demande', texte: JSON.stringify(demande) },
      ...fichiers.map((f, rang) => ({ nom: rang === 0 ? 'document' : 'annexe', fichier: f.chemin })),
    ],
    await monde.hasard(),
  );
  const cle = texte(options, 'cle');
  const r = await client.json<ReponseVue>({
    methode: 'POST',
    chemin: `/flux/${id}/reponse`,
    corps,
    ...(cle === undefined ? {} : { entetes: { 'idempotency-key': cle } }),
  });
  if (drapeau(options, 'json')) json(monde.sorties, [r]);
  else raconter(appel, r);
  return 0;
}

async function annulerActe(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const client = await clientDe(appel);
  const chemin = `/flux/${await fluxDesigne(client, appel.arguments[0])}/annulation`;
  const { flux } = await client.json<{ flux: FluxVu }>({ methode: 'POST', chemin });
  if (drapeau(appel.options, 'json')) json(sorties, [flux]);
  else annoncer(sorties, flux, false);
  return 0;
}

/** `vaguemestre repondre FLUX --document …`: exit 3 when the answer is refused. */
export const repondre: ModuleVerbe = { executer: repondreCourrier };

/** `vaguemestre annuler FLUX` */
export const annuler: ModuleVerbe = { executer: annulerActe };
