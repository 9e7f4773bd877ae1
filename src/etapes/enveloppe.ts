import { enIncise, lieuDe } from '../formats/xml/faute.ts';
import type { JeuSchemas } from '../formats/xsd/jeu.ts';
import { ecrireTarGz } from '../formats/tar/ecrire.ts';
import { erreurEnveloppe } from '../metier/catalogue/enveloppe.ts';
import { jourDe } from '../metier/echeances.ts';
import type { Flux, PieceDuFlux } from '../metier/flux.ts';
import type { Issue } from '../metier/issues.ts';
import type { Coffre } from '../ports/coffre.ts';
import type { Restaurations } from '../ports/restauration.ts';
import { OPERATEUR, type LectureFlux, type Numerotation } from '../ports/store.ts';
import type {
  EnveloppeArchive,
  EnveloppeFaite,
  FaitsEnveloppe,
  FichierEnvoi,
} from '../protocoles/protocole.ts';
import type { Annuaire } from './annuaire.ts';
import { departDeSerie } from './apres-restauration.ts';
import { controlerArchive, garderVerifiee } from './cachet/archive.ts';
import { lireSignatures } from './cachet/lire.ts';
import { relire } from './relire.ts';
import type { Etape } from './etape.ts';
import { alerter } from './signature/issue.ts';

export interface OutilsEnveloppe {
  readonly flux: LectureFlux;
  readonly coffre: Coffre;
  readonly annuaire: Annuaire;
  readonly numerotation: Numerotation;
  readonly restaurations: Restaurations;
  readonly schemas: JeuSchemas;
  readonly emetteur: FaitsEnveloppe['emetteur'];
  readonly archiveMax: number;
  readonly maintenant: () => Flux['depose'];
}

function valider(schemas: JeuSchemas, faite: EnveloppeFaite): void {
  for (const { nom, schema } of faite.aValider) {
    const fichier = faite.fichiers.find((f) => f.nom === nom);
    if (fichier === undefined || !('octets' in fichier)) continue;
    const faute = schemas.valider(schema, fichier.octets)[0];
    if (faute !== undefined)
      throw erreurEnveloppe('VGM-ENV-002', {
        fichier: nom,
        lieu: lieuDe(faute),
        detail: enIncise(faute.message),
      });
  }
}

function entreeTar(coffre: Coffre, fichier: FichierEnvoi) {
  if ('octets' in fichier)
    return { nom: fichier.nom, taille: fichier.octets.length, contenu: fichier.octets };
  const { piece } = fichier;
  return { nom: fichier.nom, taille: piece.taille, contenu: async () => relire(coffre, piece) };
}

/**
 * Envelope step: reserves the outgoing identity (durable before anything is built), composes and validates the
 * messages, writes the archive once; the signatures that it carries are verified on its bytes. Run again after a crash, it
 * makes the same bytes under the same name.
 */
export function creerEtapeEnveloppe(enveloppe: EnveloppeArchive, outils: OutilsEnveloppe): Etape {
  return async (flux: Flux): Promise<Issue> => {
    const collectivite = await outils.annuaire.exiger(flux.collectivite);
    const perime = enveloppe.perimer({ flux, collectivite });
    if (perime !== null)
      return { type: 'avance', evenement: 'controle_defavorable', erreur: perime, motif: perime.code };
    const aujourdhui = jourDe(outils.maintenant());
    const { serie, limite } = enveloppe.serie(flux, aujourdhui);
    const apres = await departDeSerie(outils.restaurations, { jour: aujourdhui, limite });
    const { jour, numero } = await outils.numerotation.reserver({
      flux: flux.id,
      serie,
      jour: aujourdhui,
      limite,
      apres,
    });
    const pieces: readonly PieceDuFlux[] = await outils.flux.pieces(OPERATEUR, flux.id);
    const message = enveloppe.preparer({ flux, pieces, collectivite });
    const signatures = await lireSignatures(outils.coffre, message, pieces);
    const faite = enveloppe.composer({
      flux,
      pieces,
      collectivite,
      jour,
      numero,
      emetteur: outils.emetteur,
      signatures,
    });
    valider(outils.schemas, faite);
    const octets = ecrireTarGz(
      faite.fichiers.map((f) => entreeTar(outils.coffre, f)),
      flux.depose,
    );
    const signee = signatures.size > 0 ? await garderVerifiee(outils.coffre, octets, message) : null;
    const depot = signee?.depot ?? (await outils.coffre.ajouter(octets));
    if (depot.taille > outils.archiveMax)
      throw erreurEnveloppe('VGM-ENV-003', { taille: depot.taille, limite: outils.archiveMax });
    const archive = { role: 'archive', nom: faite.nom, type: 'application/gzip', ...depot } as const;
    const controle =
      signee === null
        ? null
        : await controlerArchive(outils, { archive, signatures, verdict: signee.verdict });
    if (controle?.type === 'faux') return alerter({ clock: { now: outils.maintenant } }, controle.erreur);
    return {
      type: 'avance',
      evenement: 'enveloppe_faite',
      pieces: controle === null ? [archive] : [archive, controle.rapport],
      nomEnvoi: faite.nom,
      motif: faite.nom,
    };
  };
}
