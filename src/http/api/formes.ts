import { z } from 'zod';
import { chemin, messageFrancais } from '../../config/messages.ts';
import { erreurApi } from '../../metier/catalogue/api.ts';
import { CACHETS_ACTES, SIGNATURES_HELIOS } from '../../metier/collectivite.ts';
import { ETATS } from '../../metier/etats.ts';
import { SORTS_LIGNE } from '../../metier/lots.ts';
import { TYPES_EVENEMENT } from '../../metier/notifications.ts';
import { ISSUES_TRANCHEES } from '../../protocoles/helios/accuse/jugement.ts';

/** Shapes of what is asked. They validate the requests and are published in the OpenAPI document. */

const siren = z.string().regex(/^[0-9]{9}$/);
const limite = z.coerce.number().int().min(1).max(1000).default(50);
const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const motif = z.string().trim().min(1).max(500);
/** `?etat=pret,echec` or `?etat=pret&etat=echec`. */
const liste = <const T extends string>(valeurs: readonly T[]) =>
  z.preprocess(
    (v) =>
      typeof v === 'string' ? v.split(',') : Array.isArray(v) ? v.flatMap((e) => String(e).split(',')) : v,
    z.array(z.enum(valeurs)).min(1).optional(),
  );
const oui = z
  .enum(['1', '0', 'true', 'false', 'oui', 'non'])
  .transform((v) => v === '1' || v === 'true' || v === 'oui');

const protocole = z.enum(['ACTES', 'HELIOS']);

export const demande = z.discriminatedUnion('protocole', [
  z.strictObject({
    protocole: z.literal('ACTES').default('ACTES'),
    /** May be left out by the token of a collectivité. */
    collectivite: siren.optional(),
    metadonnees: z.record(z.string(), z.unknown()),
    corrige: uuid.optional(),
  }),
  z.strictObject({
    protocole: z.literal('HELIOS'),
    collectivite: siren.optional(),
    /** A PES speaks for itself. */
    metadonnees: z.strictObject({}).default({}),
    /** The flux that this one corrects. */
    corrige: uuid.optional(),
  }),
]);

/** The answer to a letter of the préfecture; types of its documents, in their order. */
export const demandeReponse = z.strictObject({
  refus: z.boolean().default(false),
  typologies: z.array(z.string().max(20)).max(1000),
});
/** `complete`: the whole of it, even if the one that is held is in force. */
export const demandeClassification = z.strictObject({ complete: z.boolean().default(false) });

export const optionsDepot = z.strictObject({ a_blanc: oui.optional() });
export const cleIdempotence = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/)
  .optional();

export const filtreFlux = z.strictObject({
  etat: liste(ETATS),
  protocole: protocole.optional(),
  recherche: z.string().min(1).max(200).optional(),
  alerte: oui.optional(),
  avant: uuid.optional(),
  limite,
});

/** Both days included, in legal time. */
export const filtreExport = z
  .strictObject({ du: z.iso.date(), au: z.iso.date(), siren: siren.optional() })
  .refine(({ du, au }) => du <= au, { path: ['au'], error: 'il faut « du », ou un jour qui le suit' });

/** Where the stamp goes, and on which pages. */
export const formeTampon = z.strictObject({
  position: z.enum(['haut-gauche', 'haut-droite', 'bas-gauche', 'bas-droite']).default('haut-gauche'),
  pages: z.enum(['toutes', 'premiere']).default('toutes'),
});
export const ordrePublier = z.strictObject({ jour: z.iso.date() });
export const demandeComplement = z.strictObject({ recu: z.iso.date() });
export const ordreMotif = z.strictObject({ motif });
export const ordreClore = z.strictObject({
  /** Sources that will answer no more: a reason is then asked for. */
  sansAttendre: z.array(z.string().min(1).max(200)).default([]),
  motif: motif.nullable().default(null),
});
export const ordreTrancher = z.strictObject({ decision: z.enum(['recu', 'non_recu']), motif });

export const filtreLots = z.strictObject({
  etat: z.enum(['en_cours', 'termine']).optional(),
  avant: uuid.optional(),
  limite,
});
/** A page of the lines of a batch: those after line `apres` of its manifest. */
export const filtreLignes = z.strictObject({
  sort: liste(SORTS_LIGNE),
  apres: z.coerce.number().int().min(0).optional(),
  limite,
});

export const filtreRetours = z.strictObject({
  etat: liste(['recu', 'attribue', 'a_trancher', 'classe']),
  avant: uuid.optional(),
  limite,
});
/** An issue, what an acquittement means, goes with its reason. */
export const ordreRattacher = z
  .strictObject({ flux: uuid, issue: z.enum(ISSUES_TRANCHEES).optional(), motif: motif.optional() })
  .refine(({ issue, motif: dit }) => (issue === undefined) === (dit === undefined), {
    path: ['motif'],
    error: 'il va avec « issue », et elle avec lui',
  });
export const ordreRemettre = z.strictObject({ siren });
/** Name of a file at the DGFiP's; none: the body is a mail. */
export const optionsRetour = z.strictObject({ nom: z.string().min(1).max(255).optional() });

export const filtreLivraisons = z.strictObject({
  flux: uuid.optional(),
  etat: liste(['a_faire', 'livree', 'abandonnee']),
  limite,
});

export const collectivite = z.strictObject({
  nom: z.string().trim().min(1).max(200),
  actif: z.boolean().default(true),
  actes: z
    .strictObject({
      departement: z.string().regex(/^[0-9][0-9AB][0-9]$/),
      arrondissement: z.string().regex(/^[0-9]$/),
      nature: z.string().regex(/^[0-9]{2}$/),
      referent: z.strictObject({
        nom: z.string().trim().min(1),
        telephone: z.string().trim().min(1),
        courriel: z.string().regex(/^[^@\s]+@[^@\s]+$/),
      }),
      adressesRetour: z.array(z.string().regex(/^[^@\s]+@[^@\s]+$/)).default([]),
      /** null: what the operator decides. */
      cachet: z.enum(CACHETS_ACTES).nullable().default(null),
      cle: z.string().default(''),
    })
    .nullable()
    .default(null),
  helios: z
    .strictObject({
      sirets: z.array(z.string().regex(/^[0-9]{14}$/)).min(1),
      /** Empty until the DGFiP tells it: nothing can leave before. */
      destination: z
        .string()
        .regex(/^[0-9A-Z]{0,30}$/)
        .default(''),
      passerelle: z.string().default(''),
      signature: z.enum(SIGNATURES_HELIOS).default('refuser'),
      perimetre: z.enum(['bordereaux', 'fichier']).default('bordereaux'),
      cle: z.string().default(''),
      qualite: z.string().trim().max(200).default(''),
    })
    .nullable()
    .default(null),
  /** Version read; 0 creates. */
  ver: z.number().int().min(0).default(0),
});

export const point = z.strictObject({
  canal: z.enum(['webhook', 'courriel']),
  cible: z.string().min(1).max(2000),
  evenements: z.array(z.enum(TYPES_EVENEMENT)).default([]),
});
export const bascule = z.strictObject({ actif: z.boolean() });

export const jeton = z.strictObject({
  nom: z.string().regex(/^[a-zA-Z0-9._-]{1,64}$/),
  /** Absent: a token of the operator. */
  collectivite: siren.optional(),
});

/** Parses what came from outside, once. Throws VGM-API-003 that lists every fault, with its place. */
export function lire<S extends z.ZodType>(schema: S, valeur: unknown, lieu = ''): z.output<S> {
  const lu = schema.safeParse(valeur, { error: messageFrancais });
  if (lu.success) return lu.data;
  const problemes = lu.error.issues.map((i) => {
    const ou = chemin(lieu === '' ? i.path : [lieu, ...i.path]);
    return ou === '' ? i.message : `${ou} : ${i.message}`;
  });
  throw erreurApi('VGM-API-003', { problemes: `${problemes.join(' ; ')}.` });
}
