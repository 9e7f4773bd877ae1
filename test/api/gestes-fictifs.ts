import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { erreurDepot } from '../../src/metier/catalogue/depot.ts';
import { erreurGestes } from '../../src/metier/catalogue/gestes.ts';
import { erreurNoyau } from '../../src/metier/catalogue/noyau.ts';
import type { Collectivite } from '../../src/metier/collectivite.ts';
import { LIBELLE_ETAT, transition } from '../../src/metier/etats.ts';
import { libelleEvenement } from '../../src/metier/evenements.ts';
import type { Flux, PieceDuFlux, RoleDepot } from '../../src/metier/flux.ts';
import type { FluxId, Instant, Sha256, Siren } from '../../src/metier/identifiants.ts';
import type { Retour } from '../../src/metier/retours.ts';
import type { EtatFiles } from '../../src/gestes/etat-files.ts';
import type { Contexte, FichierDepose, Gestes, ReponseDepot } from '../../src/gestes/gestes.ts';
import type { PieceEnAttente, Source } from '../../src/ports/coffre.ts';
import type { Correction } from '../../src/protocoles/helios/correction.ts';
import { OPERATEUR, type Jeton, type Portee } from '../../src/ports/store.ts';
import { actesFictifs } from './actes-fictifs.ts';
import { echangesFictifs } from './echanges-fictifs.ts';
import { FILES } from './files-fictives.ts';
import { lotsFictifs } from './lots-fictifs.ts';
import { sauvegardeFictive } from './sauvegarde-fictive.ts';
import { fluxFictif, LIGNE, LIVRAISON, rapport, RETOUR, SIREN, T0, uuid } from './faits-fictifs.ts';

export { AUTRE, fluxFictif, LIVRAISON, RETOUR, SIREN } from './faits-fictifs.ts';

/** Gestures kept in memory, files in a real folder: what the doors and the verbs are tried against. */

export class GestesFictifs implements Gestes {
  readonly dossier: string;
  readonly flux = new Map<FluxId, Flux>();
  readonly fiches = new Map<Siren, Collectivite>();
  readonly cles = new Map<string, FluxId>();
  readonly demandes: Parameters<Gestes['deposer']>[1][] = [];
  readonly contextes: Contexte[] = [];
  retour: Retour = RETOUR;
  evenements: { quand: Instant; flux: Flux; ev: string }[] = [];
  jetonsConnus = new Map<string, Jeton>();
  panneCoffre: unknown = undefined;
  recus = 0;
  sansDisque = false;

  constructor(dossier: string) {
    this.dossier = dossier;
    mkdirSync(join(dossier, 'tmp'), { recursive: true });
    mkdirSync(join(dossier, 'pieces'), { recursive: true });
  }

  /** Files being written: must be none once an answer is given. */
  temporaires(): string[] {
    return readdirSync(join(this.dossier, 'tmp'));
  }

  pieces(): string[] {
    return readdirSync(join(this.dossier, 'pieces'));
  }

  vider(): void {
    rmSync(join(this.dossier, 'pieces'), { recursive: true });
    mkdirSync(join(this.dossier, 'pieces'));
  }

  recevoirFichier = async (source: Source, role: RoleDepot, nom: string): Promise<FichierDepose> => {
    if (this.panneCoffre !== undefined) throw this.panneCoffre;
    this.recus += 1;
    const provisoire = join(this.dossier, 'tmp', `${this.recus}`);
    const sha256 = createHash('sha256');
    let taille = 0;
    const fichier = this.sansDisque ? undefined : await open(provisoire, 'w');
    try {
      for await (const bloc of source instanceof Uint8Array ? [source] : source) {
        sha256.update(bloc);
        taille += bloc.length;
        await fichier?.write(bloc);
      }
    } catch (e) {
      await fichier?.close();
      await rm(provisoire, { force: true });
      throw e;
    }
    await fichier?.close();
    const empreinte = sha256.digest('hex') as Sha256;
    if (fichier !== undefined) await rename(provisoire, join(this.dossier, 'pieces', empreinte));
    const jeter = (): Promise<void> => rm(join(this.dossier, 'pieces', empreinte), { force: true });
    const depot = { sha256: empreinte, sha512: 'f'.repeat(128), taille };
    const attente: PieceEnAttente = {
      ...depot,
      lire: async () => new Uint8Array(),
      garder: async () => undefined,
      jeter,
    };
    return { role, nom, ...depot, attente };
  };

  oublierFichiers: Gestes['oublierFichiers'] = async (fichiers) => {
    for (const f of fichiers) await f.attente.jeter();
  };

  deposer: Gestes['deposer'] = async (ctx, demande): Promise<ReponseDepot> => {
    this.contextes.push(ctx);
    this.demandes.push(demande);
    if (!this.#voit(ctx.portee, demande.collectivite)) {
      throw erreurDepot('VGM-DEP-001', { siren: demande.collectivite });
    }
    const { numero } = demande.metadonnees as { numero?: string };
    const refuse = numero?.includes('-') === true;
    if (demande.aBlanc) return { type: 'a_blanc', rapport: rapport(refuse) };
    if (refuse) return { type: 'refuse', rapport: rapport(true) };
    if (numero === 'DOUBLON') throw erreurDepot('VGM-DEP-002', { identite: 'x', flux: uuid(1) });
    const dejaVu = this.cles.get(demande.cleIdempotence ?? '');
    const flux = dejaVu === undefined ? fluxFictif(this.flux.size + 1) : this.#flux(ctx, dejaVu);
    this.flux.set(flux.id, flux);
    if (demande.cleIdempotence !== null) this.cles.set(demande.cleIdempotence, flux.id);
    return { type: 'accepte', flux, rejeu: dejaVu !== undefined, rapport: rapport(false) };
  };

  #voit(portee: Portee, siren: Siren): boolean {
    return 'operateur' in portee || portee.collectivite === siren;
  }

  #flux(ctx: Contexte, id: FluxId): Flux {
    const f = this.flux.get(id);
    if (f === undefined || !this.#voit(ctx.portee, f.collectivite)) {
      throw erreurNoyau('VGM-NOY-003', { flux: id });
    }
    return f;
  }

  #operateur(ctx: Contexte): void {
    if (!('operateur' in ctx.portee)) throw erreurGestes('VGM-GES-005');
  }

  lister: Gestes['lister'] = async (ctx, filtre) => {
    const tous = [...this.flux.values()].filter((f) => this.#voit(ctx.portee, f.collectivite)).toReversed();
    return tous
      .filter((f) => filtre.etats === undefined || filtre.etats.includes(f.etat))
      .filter((f) => filtre.avant === undefined || f.id < filtre.avant)
      .filter((f) => `${f.identite} ${f.nomEnvoi ?? ''}`.includes(filtre.recherche ?? ''))
      .slice(0, filtre.limite);
  };

  montrer: Gestes['montrer'] = async (ctx, id) => ({
    flux: this.#flux(ctx, id),
    pieces: [this.#piece],
    chronologie: [LIGNE, { ...LIGNE, n: 2, ev: 'TRANSMISSION', res: 'KO', motif: 'HTTP 500' }],
    livraisons: [LIVRAISON],
    citants: [...this.flux.values()].filter((f) => f.cite === id && this.#voit(ctx.portee, f.collectivite)),
  });

  readonly echanges = echangesFictifs({
    flux: this.flux,
    cles: this.cles,
    voir: (ctx, id) => this.#flux(ctx, id),
    fiche: (ctx, siren) => this.collectivites.trouver(ctx, siren),
  });
  repondre = this.echanges.repondre;
  annuler = this.echanges.annuler;
  demanderClassification = this.echanges.demanderClassification;

  readonly actes = actesFictifs(this.flux, (ctx, id) => this.#flux(ctx, id));
  calendrier = this.actes.calendrier;
  publier = this.actes.publier;
  valider = this.actes.valider;
  complement = this.actes.complement;
  tamponner = this.actes.tamponner;
  bordereau = this.actes.bordereau;

  compter: Gestes['compter'] = async () => ({ depose: this.flux.size });

  get #piece(): PieceDuFlux {
    return {
      rang: 0,
      role: 'document',
      nom: 'délibération n°1.pdf',
      type: 'application/pdf',
      taille: 5,
      sha256: createHash('sha256').update('salut').digest('hex') as Sha256,
      sha512: createHash('sha512').update('salut').digest('hex'),
      ajoutee: T0,
    };
  }

  ouvrirPiece: Gestes['ouvrirPiece'] = async (ctx, id, rang) => {
    this.#flux(ctx, id);
    if (rang !== 0) throw erreurGestes('VGM-GES-001', { flux: id, rang });
    return { piece: this.#piece, contenu: Readable.from([Buffer.from('salut')]) };
  };

  exporterPreuve: Gestes['exporterPreuve'] = async (ctx, id) => {
    const { identite } = this.#flux(ctx, id);
    return { nom: `${identite}.asice`, taille: 4, contenu: Readable.from([Buffer.from('PK\x03\x04')]) };
  };

  correction: Correction | undefined = undefined;
  corriger: Gestes['corriger'] = async (ctx, id) => {
    const { etat } = this.#flux(ctx, id);
    if (this.correction === undefined)
      throw erreurGestes('VGM-GES-041', { flux: id, etat: LIBELLE_ETAT[etat] });
    return { ...this.correction, flux: id };
  };

  readonly traces: Parameters<Gestes['tracerHelios']>[1][] = [];
  trace: readonly string[] = ['\uFEFFSIREN;Nature\r\n', `${SIREN};PES_Aller\r\n`];
  panneTrace: unknown = undefined;
  tracerHelios: Gestes['tracerHelios'] = async (ctx, demande) => {
    this.traces.push(demande);
    const { collectivite } = demande;
    if (collectivite !== undefined && !this.#voit(ctx.portee, collectivite))
      throw erreurGestes('VGM-GES-004', { siren: collectivite });
    const { trace, panneTrace } = this;
    return (async function* () {
      yield* trace;
      if (panneTrace !== undefined) throw panneTrace;
    })();
  };

  readonly exports: Parameters<Gestes['exporterFonct05']>[1][] = [];
  exporterFonct05: Gestes['exporterFonct05'] = async (ctx, demande) => {
    this.exports.push(demande);
    const { collectivite } = demande;
    if (collectivite !== undefined && !this.#voit(ctx.portee, collectivite))
      throw erreurGestes('VGM-GES-004', { siren: collectivite });
    return Readable.from(['\uFEFFSIREN;Message\r\n', `${SIREN};1-1\r\n`]);
  };

  #ordonner(ctx: Contexte, id: FluxId, ev: Parameters<typeof transition>[1]): Flux {
    const f = this.#flux(ctx, id);
    const etat = transition(f.etat, ev);
    if (etat === undefined) {
      const [de, vers] = [LIBELLE_ETAT[f.etat], libelleEvenement(ev.toUpperCase())];
      throw erreurNoyau('VGM-NOY-002', { flux: id, de, vers });
    }
    const change = { ...f, etat, ver: f.ver + 1 };
    this.flux.set(id, change);
    return change;
  }

  renvoyer: Gestes['renvoyer'] = async (ctx, id) => this.#ordonner(ctx, id, 'renvoi_demande');
  abandonner: Gestes['abandonner'] = async (ctx, id) => this.#ordonner(ctx, id, 'abandon_demande');
  trancher: Gestes['trancher'] = async (ctx, id, { decision }) =>
    this.#ordonner(ctx, id, decision === 'recu' ? 'tranche_recu' : 'tranche_non_recu');

  confirmer: Gestes['confirmer'] = async (ctx, id) => this.#ordonner(ctx, id, 'signature_apportee');
  /** Files brought signed, as they were when the gesture took them. */
  apportes: (FichierDepose & { readonly flux: FluxId })[] = [];
  apporterSignature: Gestes['apporterSignature'] = async (ctx, id, fichier) => {
    this.apportes.push({ ...fichier, flux: id });
    try {
      return this.#ordonner(ctx, id, 'signature_apportee');
    } finally {
      await fichier.attente.jeter();
    }
  };

  relever: Gestes['relever'] = async (ctx) => {
    this.#operateur(ctx);
    return [
      { source: 'imap:actes', nombre: 2, erreur: null },
      { source: 'maildir:x', nombre: 0, erreur: 'dossier absent' },
    ];
  };

  retours: Gestes['retours'] = {
    lister: async (ctx) => {
      this.#operateur(ctx);
      return [this.retour];
    },
    montrer: async (ctx, id) => {
      this.#operateur(ctx);
      if (id !== this.retour.id) throw erreurGestes('VGM-GES-002', { retour: id });
      return {
        retour: this.retour,
        parties: [{ nom: 'a.xml', taille: 3 }],
        expediteur: 'actes@prefecture.gouv.fr',
        objet: 'Courrier simple',
        texte: 'Madame, Monsieur,\r\n\r\n\r\nLa délibération\u001b[2J…',
        brut: Readable.from([Buffer.from('From: x\r\n\r\ny')]),
      };
    },
    deposer: async (_ctx, brut, nom) => {
      const { taille } = await this.recevoirFichier(brut, 'annexe', 'x');
      return { ...this.retour, taille, nom };
    },
    retraiter: async () => ({ ...this.retour, etat: 'attribue' }),
    rattacher: async (ctx, _id, flux) => ({
      ...this.retour,
      etat: 'classe',
      flux: [this.#flux(ctx, flux).id],
    }),
    trancher: async (ctx, _id, { flux, issue, motif }) => ({
      ...this.retour,
      etat: 'attribue',
      motif: `${issue} : ${motif}`,
      flux: [this.#flux(ctx, flux).id],
    }),
    remettre: async (_ctx, _id, siren) => ({ ...this.retour, etat: 'attribue', motif: `remis à ${siren}` }),
    classer: async (_ctx, _id, motif) => ({ ...this.retour, etat: 'classe', motif }),
  };

  collectivites: Gestes['collectivites'] = {
    lister: async (ctx) => [...this.fiches.values()].filter((c) => this.#voit(ctx.portee, c.siren)),
    trouver: async (ctx, siren) => {
      const c = this.fiches.get(siren);
      if (c === undefined || !this.#voit(ctx.portee, siren)) throw erreurGestes('VGM-GES-004', { siren });
      return c;
    },
    enregistrer: async (ctx, c) => {
      this.#operateur(ctx);
      const avant = this.fiches.get(c.siren);
      if ((avant?.ver ?? 0) !== c.ver) throw erreurNoyau('VGM-NOY-001', { flux: c.siren });
      const fiche = { ...c, ver: c.ver + 1, points: avant?.points ?? [], creee: avant?.creee ?? T0 };
      this.fiches.set(c.siren, fiche);
      return fiche;
    },
    importerClassification: async (ctx, siren, message) => {
      const c = await this.collectivites.trouver(ctx, siren);
      if (!Buffer.from(message).toString().startsWith('<')) {
        throw erreurGestes('VGM-GES-006', { motif: 'ce n’est pas du XML' });
      }
      const classification = { date: '2026-01-01' as never, matieres: { '1.1': 'Marchés' }, natures: {} };
      if (c.actes !== null) this.fiches.set(siren, { ...c, actes: { ...c.actes, classification } });
      return classification;
    },
    ajouterPoint: async (ctx, siren, point) => {
      const c = await this.collectivites.trouver(ctx, siren);
      const id = `p${c.points.length + 1}`;
      this.fiches.set(siren, { ...c, points: [...c.points, { ...point, id, actif: true, motif: null }] });
      return { id, secret: point.canal === 'webhook' ? 'whsec_YQ==' : null };
    },
    basculerPoint: async (ctx, siren, { id, actif }) => {
      const c = await this.collectivites.trouver(ctx, siren);
      if (!c.points.some((p) => p.id === id)) throw erreurGestes('VGM-GES-007', { point: id });
      this.fiches.set(siren, { ...c, points: c.points.map((p) => (p.id === id ? { ...p, actif } : p)) });
    },
    retirerPoint: async (ctx, siren, id) => {
      const c = await this.collectivites.trouver(ctx, siren);
      this.fiches.set(siren, { ...c, points: c.points.filter((p) => p.id !== id) });
    },
    renouvelerSecret: async () => ({ secret: 'whsec_Yg==' }),
  };

  suspendues = new Map<string, string>();
  destinations: Gestes['destinations'] = {
    lister: async (ctx) => {
      this.#operateur(ctx);
      return ['ACTES', 'HELIOS:dgfip'].map((nom) => this.#destination(nom));
    },
    suspendre: async (ctx, nom, motif) => {
      this.#operateur(ctx);
      if (!nom.startsWith('HELIOS:') && nom !== 'ACTES')
        throw erreurGestes('VGM-GES-020', { destination: nom, connues: '« ACTES »' });
      this.suspendues.set(nom, motif);
      return this.#destination(nom);
    },
    reprendre: async (ctx, nom) => {
      this.#operateur(ctx);
      if (!this.suspendues.delete(nom)) throw erreurGestes('VGM-GES-021', { destination: nom });
      return this.#destination(nom);
    },
  };

  #destination(nom: string) {
    const motif = this.suspendues.get(nom);
    const suspension =
      motif === undefined ? null : { destination: nom, motif, acteur: 'agent:local', depuis: T0 };
    return { nom, suspension };
  }

  readonly #sauvegarde = sauvegardeFictive();
  instantane = this.#sauvegarde.instantane;
  reconciliation = this.#sauvegarde.reconciliation;

  etatFiles: EtatFiles = FILES;
  async files(ctx: Contexte): Promise<EtatFiles> {
    this.#operateur(ctx);
    return this.etatFiles;
  }

  lots = lotsFictifs();

  livraisons: Gestes['livraisons'] = {
    lister: async () => [LIVRAISON],
    essais: async () => [
      { quand: T0, resultat: 'echec', statut: 503, duree: 120, motif: 'Service indisponible' },
      { quand: T0, resultat: 'echec', statut: 0, duree: 20_000, motif: 'pas de réponse' },
    ],
    rejouer: async () => ({ ...LIVRAISON, etat: 'a_faire', due: T0 }),
  };

  jetons: Gestes['jetons'] = {
    lister: async (ctx) => {
      this.#operateur(ctx);
      return [...this.jetonsConnus.values()];
    },
    creer: async (ctx, nom, portee) => {
      this.#operateur(ctx);
      if ([...this.jetonsConnus.values()].some((j) => j.nom === nom)) {
        throw erreurGestes('VGM-GES-009', { nom });
      }
      const jeton = `jeton-${nom}`;
      this.jetonsConnus.set(jeton, { nom, portee, sha256: 'c'.repeat(64) as Sha256, cree: T0 });
      return { jeton };
    },
    revoquer: async (_ctx, nom) => this.jetonsConnus.delete(`jeton-${nom}`),
    authentifier: async (jeton, corr) => {
      const connu = this.jetonsConnus.get(jeton);
      return connu === undefined ? undefined : { portee: connu.portee, acteur: `agent:${connu.nom}`, corr };
    },
  };

  ruptures: { n: number; motif: string }[] = [];
  verifierJournal: Gestes['verifierJournal'] = async () => [
    { org: 'operateur', lignes: 3, ruptures: [] },
    { org: SIREN, lignes: 1200, ruptures: this.ruptures },
  ];

  async *suivre(_ctx: Contexte, signal: AbortSignal) {
    yield* this.evenements;
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
    await promise;
  }

  diagnostic: Awaited<ReturnType<Gestes['diagnostiquer']>> = [
    { sujet: 'disque', etat: 'bon', detail: '12 Go libres', remede: '' },
    {
      sujet: 'ministère',
      etat: 'attention',
      detail: 'aucune adresse',
      remede: 'Donner actes.ministere.url.',
    },
  ];
  diagnostiquer: Gestes['diagnostiquer'] = async () => this.diagnostic;
}

export const CTX: Contexte = { portee: OPERATEUR, acteur: 'agent:local', corr: 'x' };
