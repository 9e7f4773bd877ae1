import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleDe } from '../formats/xades/atelier.ts';
import { envelopper } from '../formats/xades-base/atelier.ts';
import { type ListeEssai, listeEssai, type ServiceEssai } from '../formats/certificats/liste-essai.ts';
import { EXTENSIONS, type Pki, pkiDeBase, sectionsQc } from '../formats/certificats/pki.ts';
import { creerBancCli, type Resultat } from '../cli/banc-cli.ts';

/**
 * A trust folder, an authority that issues seals, three operators of lists (France, elsewhere, the Union) and a
 * stranger, each with its key.
 */

const OPERATEURS = ['operateur-fr', 'operateur-be', 'operateur-eu', 'etranger'] as const;
export type Operateur = (typeof OPERATEURS)[number];

export function pkiConfiance(): Pki {
  const pki = pkiDeBase();
  pki.emettre('racine', { nom: 'ica2', extensions: EXTENSIONS.ica });
  const qc = [...EXTENSIONS.signataire, '1.3.6.1.5.5.7.1.3=ASN1:SEQUENCE:qc'];
  pki.emettre('ica', { nom: 'cachet', extensions: qc, sections: sectionsQc('0.4.0.1862.1.6.2') });
  for (const nom of OPERATEURS) pki.emettre(nom, { nom, extensions: EXTENSIONS.signataire });
  return pki;
}

export const ACCORDE = { statut: 'granted', debut: '2023-01-01T00:00:00Z', pour: ['ForeSeals'] } as const;

export function service(pki: Pki, suite: Partial<ServiceEssai> = {}): ServiceEssai {
  return { nom: 'AC cachets', certificats: [pki.der('ica')], etats: [ACCORDE], ...suite };
}

export interface Montage {
  readonly pki: Pki;
  readonly dossier: string;
  /** Path of a file of the test. */
  ici(nom: string): string;
  ecrire(nom: string, contenu: string | Uint8Array): string;
  /** A list written and signed. @returns its path. */
  signer(nom: string, liste: Partial<ListeEssai>, par?: Operateur): Promise<string>;
  /** `vaguemestre confiance …` on the folder; `le` sets the machine's clock. */
  lancer(...argv: readonly string[]): Promise<Resultat>;
  lancerDans(dossier: string, ...argv: readonly string[]): Promise<Resultat>;
  le(iso: string): void;
  /** Names of the files of the folder, hidden ones too. */
  noms(): string[];
  lire(nom: string): string;
  fermer(): void;
}

export function monter(pki: Pki): Montage {
  const racine = mkdtempSync(join(tmpdir(), 'vgm-confiance-'));
  const dossier = join(racine, 'confiance');
  const banc = creerBancCli();
  const ici = (nom: string): string => join(racine, nom);
  const ecrire = (nom: string, contenu: string | Uint8Array): string => {
    writeFileSync(ici(nom), contenu);
    return ici(nom);
  };
  return {
    pki,
    dossier,
    ici,
    ecrire,
    async signer(nom, liste, par = 'operateur-fr') {
      const source = listeEssai({ services: [service(pki)], ...liste });
      // Operators sign their own certificates: nothing is above them.
      const { octets } = await envelopper({ ...cleDe(pki, par), chaine: [] }, source);
      return ecrire(nom, octets);
    },
    lancer: (...argv) => banc.lancer('confiance', ...argv, '--dossier', dossier),
    lancerDans: (autre, ...argv) => banc.lancer('confiance', ...argv, '--dossier', autre),
    le(iso) {
      banc.instant = Date.parse(iso) as typeof banc.instant;
    },
    noms: () => (existsSync(dossier) ? readdirSync(dossier).toSorted() : []),
    lire: (nom) => readFileSync(join(dossier, nom), 'utf8'),
    fermer: () => rmSync(racine, { recursive: true, force: true }),
  };
}
