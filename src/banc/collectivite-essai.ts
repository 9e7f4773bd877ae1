import { erreurBanc } from '../metier/catalogue/banc.ts';
import type { ObjetJson } from '../metier/flux.ts';
import type { ClientApi } from './client.ts';
import { CLASSIFICATION_DATE } from './laboratoire.ts';
import { classificationDuBanc } from './referentiel.ts';

interface Fiche {
  readonly nom: string;
  readonly actif: boolean;
  readonly actes: ObjetJson;
  readonly ver: number;
}

/** Registers a commune of the bench, with the classification of the simulated préfecture. */
export async function inscrire(client: ClientApi, siren: string, nom: string): Promise<void> {
  const referent = {
    nom: 'Service des assemblées',
    telephone: '0400000000',
    courriel: 'assemblees@mairie.example.fr',
  };
  const actes = { departement: '034', arrondissement: '1', nature: '31', referent, adressesRetour: [] };
  const chemin = `/collectivites/${siren}`;
  const reponses = [
    await client.envoyer('PUT', chemin, { nom, actif: true, ver: 0, actes }),
    await client.envoyer('PUT', `${chemin}/classification`, classificationDuBanc(CLASSIFICATION_DATE)),
  ];
  const refus = reponses.find((r) => r.statut >= 300);
  if (refus !== undefined) throw erreurBanc('VGM-BAN-003', { chemin, statut: refus.statut });
}

/** Opens HELIOS to a commune already registered. @param helios its card, as the API takes it. */
export async function ouvrirHelios(client: ClientApi, siren: string, helios: ObjetJson): Promise<void> {
  const chemin = `/collectivites/${siren}`;
  const { collectivite } = (await client.lire(chemin)).corps as unknown as { collectivite: Fiche };
  const { nom, actif, ver } = collectivite;
  const { classification: _, ...actes } = collectivite.actes;
  const { statut } = await client.envoyer('PUT', chemin, { nom, actif, ver, actes, helios });
  if (statut >= 300) throw erreurBanc('VGM-BAN-003', { chemin, statut });
}
