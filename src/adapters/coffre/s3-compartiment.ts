import { erreurCoffre } from '../../metier/catalogue/coffre.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Sondage } from '../../ports/sonde.ts';
import { enIncise } from '../../formats/xml/faute.ts';
import type { Inventaire, PieceListee } from './inventaire.ts';
import { refusServeur } from './s3-causes.ts';
import type { ClientS3, DependancesS3 } from './s3-client.ts';
import type { ReglageS3 } from './s3-reglage.ts';
import { lireEnvois, lirePage } from './s3-reponses.ts';
import { exigerVerrou } from './s3-verrou.ts';

/** An upload by parts begun before is nobody's: the largest piece takes minutes. Milliseconds. */
const ORPHELIN_MS = 24 * 3_600_000;

/** French clause. */
function detailDe(erreur: unknown): string {
  return erreur instanceof ErreurVgm
    ? enIncise(erreur.fiche.message)
    : `erreur inattendue (${String(erreur)})`;
}

/** The compartiment itself: what it holds, and whether it would serve. */
export class CompartimentS3 implements Inventaire {
  readonly #client: ClientS3;
  readonly #reglage: ReglageS3;
  readonly #deps: DependancesS3;

  constructor(client: ClientS3, reglage: ReglageS3, deps: DependancesS3) {
    this.#client = client;
    this.#reglage = reglage;
    this.#deps = deps;
  }

  /** Throws VGM-COF-002, -003. */
  async *lister(): AsyncGenerator<PieceListee> {
    let suite = '';
    do {
      const page = await this.#page({
        'max-keys': '1000',
        ...(suite === '' ? {} : { 'continuation-token': suite }),
      });
      yield* page.pieces;
      ({ suite } = page);
    } while (suite !== '');
  }

  /** Gives up the uploads by parts that a dead process left. Never throws: a store that cannot tell them has its own rules. */
  async balayer(): Promise<void> {
    const { log, clock } = this.#deps;
    try {
      const { prefixe } = this.#reglage;
      const question = { uploads: '', ...(prefixe === '' ? {} : { prefix: prefixe }) };
      const liste = await this.#client.demander({ methode: 'GET', cle: '', question });
      if (liste.statut !== 200) throw refusServeur(liste);
      const limite = clock.now() - ORPHELIN_MS;
      for (const { cle, uploadId, debut } of lireEnvois(liste.octets)) {
        if (!cle.startsWith(prefixe) || !(debut < limite)) continue;
        await this.#client.demander({ methode: 'DELETE', cle, question: { uploadId } });
        log.info('envoi par parties abandonné par un arrêt : effacé', { cle });
      }
    } catch (erreur) {
      log.warn('envois par parties abandonnés : non balayés', { detail: detailDe(erreur) });
    }
  }

  /** Writes nothing: lists one key, and asks for the lock when one is wanted. */
  async sonder(): Promise<Sondage> {
    const { compartiment, adresse, retention } = this.#reglage;
    try {
      await this.#page({ 'max-keys': '1' }, 1);
      await exigerVerrou({ client: this.#client, reglage: this.#reglage });
      const verrou = retention === null ? '' : `, verrou de ${retention.jours} jours`;
      return { joignable: true, detail: `compartiment ${compartiment} lisible sur ${adresse}${verrou}` };
    } catch (erreur) {
      return { joignable: false, detail: detailDe(erreur) };
    }
  }

  async #page(question: Readonly<Record<string, string>>, essais?: number) {
    const { prefixe } = this.#reglage;
    const reponse = await this.#client.demander({
      methode: 'GET',
      cle: '',
      question: { 'list-type': '2', ...(prefixe === '' ? {} : { prefix: prefixe }), ...question },
      ...(essais === undefined ? {} : { essais }),
    });
    if (reponse.statut !== 200) throw refusServeur(reponse);
    const page = lirePage(reponse.octets, prefixe);
    if (page === null) throw erreurCoffre('VGM-COF-003', { detail: 'il ne répond pas comme un stockage S3' });
    return page;
  }
}
