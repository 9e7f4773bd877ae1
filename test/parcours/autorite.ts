import { createPrivateKey } from 'node:crypto';
import { creerFakeRevocation, type FakeRevocation } from '../../src/adapters/revocation/fake.ts';
import { signataireLocal } from '../../src/adapters/signataire/local.ts';
import { decouperPem } from '../../src/formats/certificats/certificat.ts';
import { creerAutorite, emettre } from '../../src/formats/certificats/emettre.ts';
import { lireMagasin, type MagasinOuvert, ouvrirMagasin } from '../../src/formats/certificats/magasin.ts';
import type { Signataire } from '../../src/ports/signataire.ts';

/** Whom an engine believes, and the keys that it signs with: what the signature step leans on outside of the file. */
export interface Autorite {
  /** By the name that the card of a collectivité writes. */
  readonly cles: ReadonlyMap<string, Signataire>;
  readonly magasin: MagasinOuvert;
  readonly revocation: FakeRevocation;
}

/** Name of the key that the cards of the workshop write. */
export const CLE = 'mairie';

/**
 * One authority, admitted, and one key of its own, valid for a year around `quand`. It publishes no revocation: servers
 * are asked nothing, and the report of signatures says so.
 */
export async function creerAutoriteInterne(quand: number): Promise<Autorite> {
  const validite = { jours: 366, quand: quand - 86_400_000 };
  const racine = await creerAutorite({ nom: 'Autorité des récits', ...validite });
  const paire = await emettre(racine, { nom: 'Mairie des récits', usage: 'client', ...validite });
  const [certificat = new Uint8Array()] = decouperPem(paire.certificat);
  const signataire = signataireLocal({ cle: createPrivateKey(paire.cle), certificat, chaine: [] });
  const [ancre = new Uint8Array()] = decouperPem(racine.certificat);
  return {
    cles: new Map([[CLE, signataire]]),
    magasin: magasinDe(ancre),
    revocation: creerFakeRevocation(),
  };
}

function magasinDe(ancre: Uint8Array): MagasinOuvert {
  const lu = lireMagasin({
    version: 1,
    familles: [
      {
        nom: 'recits',
        libelle: 'Récits',
        lecture: 'tableau',
        ancres: [{ certificat: Buffer.from(ancre).toString('base64'), nom: 'racine', periodes: [] }],
        niveaux: [{ emetteur: '*', politique: '*', niveau: 'récit' }],
        origine: 'récits',
      },
    ],
  });
  if (lu.type === 'refuse') throw new TypeError(lu.problemes.join());
  return ouvrirMagasin(lu.magasin);
}
