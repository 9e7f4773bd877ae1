import { type Auteur, changerDossier } from '../../adapters/confiance/dossier.ts';
import { placerFamille } from '../../adapters/confiance/placement.ts';
import { ancrer } from '../../formats/certificats/ancrage.ts';
import { decouperCertificats } from '../../formats/certificats/blocs.ts';
import type { Famille } from '../../formats/certificats/magasin.ts';
import { erreurConfiance } from '../../metier/catalogue/confiance.ts';
import { pluriel } from '../rendu.ts';

/** Authorities chosen by the operator: certificates, a family, a level. */

export interface DemandeCertificats {
  readonly fichiers: readonly { readonly nom: string; readonly octets: Uint8Array }[];
  readonly famille: string;
  readonly niveau: string;
  /** OIDs; empty: any policy. */
  readonly politiques: readonly string[];
  readonly dossier: string;
  readonly auteur: Auteur;
}

export interface CertificatsImportes {
  readonly famille: Famille;
  /** Names of the anchors added; those that were there already are not among them. */
  readonly ajoutees: readonly string[];
  readonly avis: readonly string[];
}

type Lus = { readonly der: Uint8Array; readonly origine: string }[];

function refuser(problemes: readonly string[]): Error {
  return erreurConfiance('VGM-CNF-004', { problemes: problemes.map((p) => `- ${p}`).join('\n') });
}

/** Throws VGM-CNF-004 with every problem of every file. */
function decouper(fichiers: DemandeCertificats['fichiers']): Lus {
  const lus = fichiers.map(({ nom, octets }) => ({ nom, decoupe: decouperCertificats(octets) }));
  const problemes = lus.flatMap(({ nom, decoupe }) =>
    decoupe.type === 'refuse' ? [`${nom} : ${decoupe.motif}.`] : [],
  );
  if (problemes.length > 0) throw refuser(problemes);
  return lus.flatMap(({ nom, decoupe }) => {
    const certificats = decoupe.type === 'decoupe' ? decoupe.certificats : [];
    const rang = (i: number): string => (certificats.length > 1 ? ` (n° ${i + 1})` : '');
    return certificats.map((der, i) => ({ der, origine: `${nom}${rang(i)}` }));
  });
}

/** All or nothing. Throws VGM-CNF-004 (refused: nothing changed), and what `changerDossier` throws. */
export async function importerCertificats(demande: DemandeCertificats): Promise<CertificatsImportes> {
  const { famille: nom, niveau, politiques, auteur } = demande;
  const certificats = decouper(demande.fichiers);
  return changerDossier(demande.dossier, auteur, (etat) => {
    const famille = etat.donnees.familles.find((f) => f.nom === nom) ?? null;
    const fait = ancrer({ certificats, famille, nom, niveau, politiques, instant: auteur.quand });
    if (fait.type === 'refuse') throw refuser(fait.problemes);
    const rendu = { famille: fait.famille, ajoutees: fait.ajoutees.map((a) => a.nom), avis: fait.avis };
    const quoi = politiques.length === 0 ? '' : `, politique ${politiques.join(', ')}`;
    const combien = pluriel(fait.ajoutees.length, 'autorité ajoutée', 'autorités ajoutées');
    const resume = `${combien}, niveau « ${niveau} »${quoi}`;
    const ligne = { geste: 'importer' as const, objet: nom, resume };
    const memes = JSON.stringify(famille?.niveaux) === JSON.stringify(fait.famille.niveaux);
    if (fait.ajoutees.length === 0 && memes) return { fichiers: null, rendu };
    return { fichiers: placerFamille(etat, fait.famille), ligne, rendu };
  });
}
