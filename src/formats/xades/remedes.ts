/** What to do about a finding, one sentence per kind of cause. */

export const ALTERE = 'Ne pas se fier à ce contenu ; demander au signataire de signer de nouveau l’original.';
export const LOGICIEL =
  'Faire signer de nouveau avec un logiciel qui suit la norme : politique de signature de la DGFiP pour un PES, ' +
  'XAdES baseline B (ETSI EN 319 132-1) ailleurs.';
export const FORGE =
  'Cette forme est celle d’une falsification : ne pas traiter le fichier, prévenir l’émetteur.';
export const RECENT = 'Faire signer de nouveau avec SHA-256 et une clé RSA de 2048 bits au moins, ou P-256.';
export const CERTIFICAT = 'Faire signer de nouveau, avec le certificat du signataire joint à la signature.';
export const INFORMER = 'Rien à corriger ; en tenir compte à la lecture du rapport.';
export const FOURNIR = 'Fournir ce fichier, octet pour octet, sous ce nom, puis vérifier de nouveau.';
