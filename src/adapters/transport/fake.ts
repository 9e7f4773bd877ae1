import { createHash } from 'node:crypto';
import type { Envoi, ReponseTransport, Transport } from '../../ports/transport.ts';

/** What the fake door received. */
export interface EnvoiVu {
  readonly nom: string;
  /** Bytes really read. */
  readonly taille: number;
  readonly sha256: string;
}

export interface FakeTransport extends Transport {
  readonly envois: readonly EnvoiVu[];
  /** Answers given in this order to the next envois; then the default one (201) again. */
  programmer(...reponses: readonly ReponseTransport[]): void;
  fermer(): Promise<void>;
}

const URL_FAKE = 'https://fake.invalid/';

export function creerFakeTransport(): FakeTransport {
  const envois: EnvoiVu[] = [];
  const file: ReponseTransport[] = [];
  return {
    envois,
    programmer: (...reponses) => void file.push(...reponses),
    async remettre(envoi, signal) {
      if (signal.aborted) return { type: 'non_parti', cause: 'arrêt demandé', url: URL_FAKE };
      const reponse = file.shift() ?? { type: 'reponse', statut: 201, extrait: '', url: URL_FAKE };
      // As on the line: an archive that did not leave was not read to its end.
      if (reponse.type !== 'non_parti') envois.push(await lire(envoi));
      return reponse;
    },
    fermer: async () => undefined,
  };
}

async function lire(envoi: Envoi): Promise<EnvoiVu> {
  const empreinte = createHash('sha256');
  let taille = 0;
  for await (const bloc of (await envoi.ouvrir()) as AsyncIterable<Uint8Array>) {
    empreinte.update(bloc);
    taille += bloc.length;
  }
  return { nom: envoi.nom, taille, sha256: empreinte.digest('hex') };
}
