import { verifierValeur, trouverSignataire } from '../certificats.ts';
import type { Certificat } from '../../certificats/certificat.ts';
import {
  concordance,
  dire,
  type Integrite,
  jugerConfiance,
  jugerPolitique,
  type ReglesJugement,
  signataireRapport,
} from '../juger.ts';
import type { Affaire, Designation } from './designer.ts';
import type { DemandeEmpreinte, EmpreinteFaite } from './empreintes.ts';
import type { FichierLu } from './fichiers.ts';
import type { EtatBase, ObjetSigne, RapportSignatureBase } from './rapport.ts';

/** The checklist of crypto.md §9 for the baseline profile, once the digests are made. */

export interface Mesures {
  readonly empreintes: ReadonlyMap<DemandeEmpreinte, EmpreinteFaite>;
  /** Files that were given, by name. */
  readonly fichiers: ReadonlyMap<string, FichierLu>;
  /** Processing instructions outside of the root. */
  readonly instructionsHors: number;
}

type EtatObjet = ObjetSigne['etat'];

function comparer(faite: Uint8Array | null | undefined, attendue: Uint8Array): EtatObjet {
  if (faite === null || faite === undefined) return 'indetermine';
  return Buffer.from(faite).equals(attendue) ? 'intact' : 'altere';
}

function jugerFichier(nom: string, { reference }: Designation, { fichiers }: Mesures): EtatObjet {
  const fichier = fichiers.get(nom);
  if (fichier === undefined) return 'non_fourni';
  return comparer(fichier.empreintes.get(reference.hachage.node), reference.empreinte);
}

function jugerDesignation(designation: Designation, mesures: Mesures): EtatObjet {
  const { vise, demande, reference } = designation;
  if (vise.type === 'fichier') return jugerFichier(vise.nom, designation, mesures);
  const faite = demande === null ? undefined : mesures.empreintes.get(demande);
  return comparer(faite?.octets, reference.empreinte);
}

function noterEtat({ cahier }: Affaire, { vise, reference }: Designation, etat: EtatObjet): void {
  if (vise.type === 'fichier') {
    if (etat === 'non_fourni') cahier.noter('fichierNonFourni', vise.nom);
    if (etat === 'altere') cahier.noter('fichierAltere', vise.nom);
  } else if (etat === 'altere') {
    if (vise.type === 'proprietes') cahier.noter('proprietesAlterees');
    else if (vise.type === 'keyinfo') cahier.noter('keyInfoAltere');
    else cahier.noter('contenuAltere', reference.uri === '' ? 'document entier' : reference.uri);
  }
}

/** Comments and instructions of what is signed, which no reader of the report would guess. */
function noterContenu({ cahier, relevee }: Affaire, { vise, demande }: Designation, mesures: Mesures): void {
  const faite = demande === null ? undefined : mesures.empreintes.get(demande);
  if (faite === undefined || vise.type === 'proprietes' || vise.type === 'keyinfo') return;
  if (faite.instructions > 0) cahier.noter('instructionsDansContenu', faite.instructions);
  if (faite.commentaires > 0) cahier.noter('commentairesDansContenu', faite.commentaires);
  const racine = vise.type === 'element' && relevee.porteur?.profondeur === 1;
  if (racine && mesures.instructionsHors > 0) cahier.noter('horsRacine', mesures.instructionsHors);
}

function decrire(
  { natures, cahier }: Affaire,
  { vise, reference, demande }: Designation,
  { etat, mesures }: { readonly etat: EtatObjet; readonly mesures: Mesures },
): ObjetSigne[] {
  if (vise.type === 'proprietes' || vise.type === 'keyinfo') return [];
  const mime = natures.get(reference.id ?? '') ?? '';
  if (mime === '') cahier.noter('formatAbsent', reference.uri === '' ? 'document entier' : reference.uri);
  const fichier = vise.type === 'fichier' ? mesures.fichiers.get(vise.nom) : undefined;
  const faite = demande === null ? undefined : mesures.empreintes.get(demande);
  const nom = vise.type === 'fichier' ? vise.nom : reference.uri.slice(1);
  const { type } = vise;
  const position = faite?.position ?? null;
  return [{ type, nom, mime: mime === '' ? null : mime, etat, octets: fichier?.octets ?? null, position }];
}

interface References {
  readonly integre: Integrite;
  /** Nothing is missing but files that were not given. */
  readonly manque: boolean;
  readonly objets: readonly ObjetSigne[];
}

function jugerReferences(affaire: Affaire, mesures: Mesures): References {
  const etats = affaire.designations.map((designation) => {
    const etat = jugerDesignation(designation, mesures);
    noterEtat(affaire, designation, etat);
    noterContenu(affaire, designation, mesures);
    return { designation, etat };
  });
  const objets = etats.flatMap(({ designation, etat }) => decrire(affaire, designation, { etat, mesures }));
  const connus = etats.filter(({ etat }) => etat !== 'non_fourni');
  const intacts = connus.every(({ etat }) => etat === 'intact') && affaire.perdues === 0;
  const altere = connus.some(({ etat }) => etat === 'altere');
  return { integre: altere ? false : intacts ? true : null, manque: connus.length < etats.length, objets };
}

function jugerValeur(affaire: Affaire, certificat: Certificat | null, mesures: Mesures): Integrite {
  const { lue, info, cahier } = affaire;
  const { algorithme, valeur } = lue;
  const octets = info === null ? null : (mesures.empreintes.get(info)?.octets ?? null);
  if (certificat === null || octets === null || algorithme === null) return null;
  return valeur === null ? false : verifierValeur({ algorithme, octets, valeur }, certificat, cahier);
}

function conclure(affaire: Affaire, integre: Integrite, manque: boolean): EtatBase {
  const { cahier } = affaire;
  if (cahier.porte('refus') || integre !== true) return 'refusee';
  if (manque) return 'incomplete';
  return cahier.porte('obsolete') ? 'obsolete' : 'valide';
}

/** `etat` is `valide` only when nothing at all was refused nor left unchecked. */
export function jugerSignature(
  affaire: Affaire,
  mesures: Mesures,
  regles: ReglesJugement,
): RapportSignatureBase {
  const { relevee, lue, proprietes, cahier } = affaire;
  if (regles.instant !== undefined && (proprietes?.instant ?? 0) > regles.instant) cahier.noter('dateFuture');
  const { integre: references, manque, objets } = jugerReferences(affaire, mesures);
  const joints = trouverSignataire(lue.keyInfo, proprietes?.certificat ?? null, cahier);
  const valeur = jugerValeur(affaire, joints.signataire, mesures);
  const integre = references === false || valeur === false ? false : references === true ? valeur : null;
  const politique = jugerPolitique(affaire, regles.politiques);
  const confiance = jugerConfiance(joints, affaire, regles);
  return {
    rang: relevee.rang,
    id: lue.id,
    position: relevee.position,
    etat: conclure(affaire, integre, manque),
    objets,
    integrite: dire(manque && integre === true ? null : integre),
    certificat: concordance(affaire, joints.signataire),
    confiance,
    signataire: joints.signataire === null ? null : signataireRapport(joints.signataire),
    joints: joints.intermediaires.map((c) => c.der),
    version: proprietes?.version ?? null,
    algorithme: lue.algorithme?.nom ?? null,
    instant: proprietes?.instant ?? null,
    roles: proprietes?.roles ?? [],
    lieu: proprietes?.lieu ?? null,
    politique,
    constats: cahier.constats,
  };
}
