import { destinationDe } from '../etapes/remise-passerelle.ts';
import { nouveauSecret } from '../formats/webhook/signature.ts';
import { erreurGestes } from '../metier/catalogue/gestes.ts';
import type { Collectivite, PointNotification } from '../metier/collectivite.ts';
import type { Siren } from '../metier/identifiants.ts';
import type { EntreeJournal } from '../metier/journal.ts';
import type { SecretsPoint } from '../ports/store.ts';
import type { Contexte, Gestes } from './gestes.ts';
import { exigerOperateur, type OutilsGestes } from './outils.ts';

const OCTETS_SECRET = 32;

interface Modification {
  readonly ev: string;
  readonly motif: string;
  readonly secrets?: readonly SecretsPoint[];
}

async function fiche(outils: OutilsGestes, ctx: Contexte, siren: Siren): Promise<Collectivite> {
  const permise = 'operateur' in ctx.portee || ctx.portee.collectivite === siren;
  const trouvee = permise ? await outils.moteur.store.collectivites.trouver(siren) : undefined;
  if (trouvee === undefined) throw erreurGestes('VGM-GES-004', { siren });
  return trouvee;
}

async function enregistrer(
  outils: OutilsGestes,
  ctx: Contexte,
  fait: { c: Collectivite; m: Modification },
): Promise<Collectivite> {
  const { c, m } = fait;
  const ligne: EntreeJournal = {
    org: c.siren,
    ev: m.ev,
    tx: '',
    obj: '',
    acteur: ctx.acteur,
    res: 'OK',
    motif: m.motif,
    corr: ctx.corr,
  };
  const suite = { journal: [ligne], quand: outils.moteur.clock.now() };
  await outils.moteur.store.collectivites.enregistrer(
    c,
    m.secrets === undefined ? suite : { ...suite, secrets: m.secrets },
  );
  outils.moteur.annuaire.oublier(c.siren);
  return fiche(outils, ctx, c.siren);
}

async function changerPoint(
  outils: OutilsGestes,
  ctx: Contexte,
  fait: {
    siren: Siren;
    id: string;
    m: Modification;
    point: (p: PointNotification) => PointNotification | null;
  },
): Promise<void> {
  const c = await fiche(outils, ctx, fait.siren);
  if (!c.points.some((p) => p.id === fait.id)) throw erreurGestes('VGM-GES-007', { point: fait.id });
  const points = c.points.flatMap((p) => (p.id === fait.id ? (fait.point(p) ?? []) : [p]));
  await enregistrer(outils, ctx, { c: { ...c, points }, m: fait.m });
}

/** The secret is made here, given back once, and never shown again. */
async function ajouterPoint(
  outils: OutilsGestes,
  ctx: Contexte,
  fait: { siren: Siren; point: Pick<PointNotification, 'canal' | 'cible' | 'evenements'> },
) {
  const { siren, point } = fait;
  const motif = outils.refusCible(point.canal, point.cible);
  if (motif !== null) throw erreurGestes('VGM-GES-010', { cible: point.cible, motif });
  const c = await fiche(outils, ctx, siren);
  const id = outils.moteur.random.uuid();
  const secret = point.canal === 'webhook' ? nouveauSecret(outils.moteur.random.hex(OCTETS_SECRET)) : null;
  const points = [...c.points, { ...point, id, actif: true, motif: null }];
  const secrets = secret === null ? [] : [{ id, secrets: [secret] }];
  await enregistrer(outils, ctx, {
    c: { ...c, points },
    m: { ev: 'POINT_AJOUTE', motif: `${point.canal} ${id}`, secrets },
  });
  return { id, secret };
}

/**
 * What an HELIOS card may not say: a gateway that nobody set, or a SIRET of another collectivité, whose PES Retour would
 * then be nobody's.
 */
async function exigerFicheHelios(outils: OutilsGestes, { siren, helios }: FicheRecue): Promise<void> {
  if (helios === null) return;
  const { passerelle, sirets } = helios;
  if (passerelle !== '' && !outils.destinations.includes(destinationDe(passerelle))) {
    const connues = outils.destinations.filter((d) => d.startsWith(destinationDe(''))).join(', ');
    throw erreurGestes('VGM-GES-020', {
      destination: destinationDe(passerelle),
      connues: connues || 'aucune passerelle n’est réglée',
    });
  }
  const autres = (await outils.moteur.store.collectivites.lister()).filter((c) => c.siren !== siren);
  for (const siret of sirets) {
    const titulaire = autres.find((c) => c.helios?.sirets.includes(siret));
    if (titulaire !== undefined) throw erreurGestes('VGM-GES-022', { siret, siren: titulaire.siren });
  }
}

type FicheRecue = Parameters<Gestes['collectivites']['enregistrer']>[1];

export function collectivites(outils: OutilsGestes): Gestes['collectivites'] {
  const { store, clock, random } = outils.moteur;
  return {
    lister: async (ctx) => {
      if ('operateur' in ctx.portee) return store.collectivites.lister();
      return [await fiche(outils, ctx, ctx.portee.collectivite)];
    },
    trouver: (ctx, siren) => fiche(outils, ctx, siren),
    enregistrer: async (ctx, c) => {
      exigerOperateur(ctx);
      const connue = await store.collectivites.trouver(c.siren);
      if (connue !== undefined && c.ver === 0) throw erreurGestes('VGM-GES-012', { siren: c.siren });
      await exigerFicheHelios(outils, c);
      const actes =
        c.actes === null
          ? null
          : { ...c.actes, classification: c.actes.classification ?? connue?.actes?.classification ?? null };
      const complete: Collectivite = {
        ...c,
        actes,
        points: connue?.points ?? [],
        creee: connue?.creee ?? clock.now(),
      };
      const ev = connue === undefined ? 'COLLECTIVITE_CREEE' : 'COLLECTIVITE_MODIFIEE';
      return enregistrer(outils, ctx, { c: complete, m: { ev, motif: '' } });
    },
    importerClassification: async (ctx, siren, message) => {
      const c = await fiche(outils, ctx, siren);
      const lue = outils.lireClassification(message);
      if ('motif' in lue) throw erreurGestes('VGM-GES-006', { motif: lue.motif });
      if (c.actes === null) throw erreurGestes('VGM-GES-013', { siren });
      const m = { ev: 'CLASSIFICATION_IMPORTEE', motif: lue.date };
      await enregistrer(outils, ctx, { c: { ...c, actes: { ...c.actes, classification: lue } }, m });
      return lue;
    },
    ajouterPoint: (ctx, siren, point) => ajouterPoint(outils, ctx, { siren, point }),
    basculerPoint: (ctx, siren, { id, actif }) =>
      changerPoint(outils, ctx, {
        siren,
        id,
        m: { ev: actif ? 'POINT_ACTIVE' : 'POINT_SUSPENDU', motif: id },
        point: (p) => ({ ...p, actif, motif: actif ? null : 'suspendu par une personne' }),
      }),
    retirerPoint: (ctx, siren, id) =>
      changerPoint(outils, ctx, { siren, id, m: { ev: 'POINT_RETIRE', motif: id }, point: () => null }),
    renouvelerSecret: async (ctx, siren, id) => {
      await fiche(outils, ctx, siren);
      const secret = nouveauSecret(random.hex(OCTETS_SECRET));
      const anciens = await store.collectivites.secrets(siren, id);
      const secrets = [{ id, secrets: [secret, ...anciens.slice(0, 1)] }];
      await changerPoint(outils, ctx, {
        siren,
        id,
        m: { ev: 'SECRET_RENOUVELE', motif: id, secrets },
        point: (p) => p,
      });
      return { secret };
    },
  };
}
