import { type Catalogue, fabrique } from '../erreurs.ts';

/**
 * What may happen at the DGFiP's gateway (HELIOS). Passagere: it took nothing, for certain. Incertaine: it may hold the
 * file. Definitive: the same try would fail the same way.
 */
export const CATALOGUE_PASSERELLE = {
  'VGM-PAS-001': {
    nature: 'passagere',
    message: 'La passerelle « {passerelle} » n’a pas été jointe : {detail}.',
    cause: 'Réseau ou tunnel coupé, nom introuvable, serveur arrêté ou occupé ; rien n’a été transmis.',
    remede: 'La tentative sera refaite. Si cela dure, l’exploitant lance « vaguemestre diagnostiquer ».',
    http: 503,
    sortie: 1,
  },
  'VGM-PAS-002': {
    nature: 'definitive',
    message:
      'La clé d’hôte de la passerelle « {passerelle} » n’est pas celle attendue : elle présente {presentee}, le réglage attend {attendue}.',
    cause: 'Le serveur a changé de clé, ou un autre serveur répond à sa place.',
    remede:
      'Rien n’a été transmis ; ne rien forcer. L’exploitant demande la nouvelle empreinte à la DGFiP par un autre canal, puis la règle.',
    http: 502,
    sortie: 1,
  },
  'VGM-PAS-003': {
    nature: 'passagere',
    message: 'Le certificat de la passerelle « {passerelle} » n’est pas reconnu : {detail}.',
    cause: 'Certificat périmé, nom différent de l’hôte, ou autorité inconnue ; rien n’a été transmis.',
    remede:
      'L’exploitant met à jour les autorités réglées, ou la DGFiP renouvelle son certificat ; les envois repartiront seuls.',
    http: 503,
    sortie: 1,
  },
  'VGM-PAS-004': {
    nature: 'definitive',
    message: 'La passerelle « {passerelle} » refuse le compte « {utilisateur} » ({detail}).',
    cause: 'Mot de passe ou clé changés, compte bloqué. Insister risquerait de le bloquer.',
    remede: 'L’exploitant corrige le fichier du secret ; il est relu à chaque connexion, sans redémarrage.',
    http: 502,
    sortie: 1,
  },
  'VGM-PAS-005': {
    nature: 'definitive',
    message: 'Les réglages de la passerelle « {passerelle} » ne peuvent pas servir : {detail}.',
    cause: 'Empreinte, secret ou nom provisoire absents ou mal écrits.',
    remede: 'L’exploitant corrige le réglage nommé.',
    http: 500,
    sortie: 2,
  },
  'VGM-PAS-006': {
    nature: 'passagere',
    message: 'Le fichier « {fichier} » de la passerelle « {passerelle} » est illisible ({detail}).',
    cause: 'Fichier absent, ou droits insuffisants pour le compte du démon.',
    remede:
      'L’exploitant rétablit le fichier ou ses droits ; il est relu à chaque connexion, sans redémarrage.',
    http: 503,
    sortie: 1,
  },
  'VGM-PAS-007': {
    nature: 'passagere',
    message: 'Le dépôt de {nom} s’est interrompu : {detail}.',
    cause: 'Ligne coupée ou muette avant que le fichier ait reçu son nom ; la passerelle n’a rien pris.',
    remede: 'Le dépôt sera refait sous le même nom, depuis le premier octet.',
    http: 503,
    sortie: 1,
  },
  'VGM-PAS-008': {
    nature: 'incertaine',
    message: 'Le dépôt de {nom} est resté sans réponse : {detail}.',
    cause: 'La dernière demande est partie et rien ne dit ce que la passerelle en a fait.',
    remede:
      'Attendre l’acquittement, ou voir si la passerelle détient {nom}. Sinon demander à la DGFiP, puis « vaguemestre trancher ».',
    http: 502,
    sortie: 1,
  },
  'VGM-PAS-009': {
    nature: 'definitive',
    message: 'La passerelle refuse d’écrire {nom} : {detail}.',
    cause: 'Dossier de dépôt absent ou fermé au compte, ou nom que la passerelle n’admet pas.',
    remede: 'L’exploitant vérifie le dossier de dépôt et les droits du compte avec la DGFiP.',
    http: 502,
    sortie: 1,
  },
  'VGM-PAS-010': {
    nature: 'passagere',
    message: 'La passerelle n’a pas pu prendre {nom} : {detail}.',
    cause: 'Passerelle occupée, disque plein ou quota atteint de son côté ; elle n’a rien pris.',
    remede: 'Le dépôt sera refait. Si cela dure, l’exploitant prévient la DGFiP.',
    http: 503,
    sortie: 1,
  },
  'VGM-PAS-011': {
    nature: 'definitive',
    message:
      'La passerelle détient déjà un fichier nommé {nom}, de {trouvee} octets au lieu de {attendue} octets.',
    cause: 'Deux envois différents ont reçu le même nom ; aucun octet n’a été écrit par-dessus.',
    remede: 'L’exploitant compare les deux envois avec la DGFiP avant de renvoyer sous un autre nom.',
    http: 409,
    sortie: 1,
  },
  'VGM-PAS-012': {
    nature: 'definitive',
    message: 'La passerelle a reçu {nom} sous un nom provisoire et refuse de le renommer : {detail}.',
    cause: 'Le compte n’a pas le droit de renommer ; le fichier n’a pas été pris.',
    remede:
      'L’exploitant demande ce droit à la DGFiP, ou règle le dépôt direct (« nom provisoire » vide), puis renvoie.',
    http: 502,
    sortie: 1,
  },
  'VGM-PAS-013': {
    // what must change is a setting, and then all that waits may leave: no verdict on the file
    nature: 'passagere',
    message: 'La passerelle refuse les métadonnées de {nom} : {detail}.',
    cause: 'Centre destinataire (P_DEST) ou application (P_APPLI) inconnus d’elle, ou commande non admise.',
    remede:
      'L’exploitant corrige le centre destinataire de la collectivité, ou « helios.plateforme » et le mode de la passerelle ; ce qui attend part ensuite seul.',
    http: 503,
    sortie: 1,
  },
  'VGM-PAS-014': {
    nature: 'definitive',
    message: 'L’envoi « {nom} » ne peut pas être présenté à la passerelle : {detail}.',
    cause: 'Caractère réservé ou de contrôle, champ ou fichier vide, nom trop long.',
    remede: 'L’exploitant corrige le réglage de la collectivité d’où vient ce champ, puis renvoie.',
    http: 500,
    sortie: 1,
  },
  'VGM-PAS-015': {
    nature: 'passagere',
    message: 'La passerelle dit avoir reçu {trouvee} octets de {nom} au lieu de {attendue} octets.',
    cause: 'Fichier tronqué en chemin ; il n’a pas reçu son nom, la passerelle n’a rien pris.',
    remede: 'Le dépôt sera refait sous le même nom, depuis le premier octet.',
    http: 503,
    sortie: 1,
  },
  'VGM-PAS-016': {
    nature: 'passagere',
    message: 'Le contenu de {nom} n’a pas pu être relu : {detail}.',
    cause: 'Disque défaillant, ou pièce altérée ; la passerelle n’a rien pris.',
    remede: 'L’exploitant vérifie le coffre ; le dépôt sera refait.',
    http: 500,
    sortie: 1,
  },
  'VGM-PAS-017': {
    nature: 'passagere',
    message: 'La réception de {nom} s’est interrompue après {recus} octets sur {attendus} octets : {detail}.',
    cause: 'Ligne coupée ou muette pendant la lecture.',
    remede:
      'La relève le reprendra. S’il n’est plus à la passerelle, l’exploitant demande à la DGFiP de le remettre à disposition.',
    http: 503,
    sortie: 1,
  },
  'VGM-PAS-018': {
    nature: 'passagere',
    message: 'Le fichier {nom} est vide à la passerelle ; il y est laissé.',
    cause: 'Fichier en cours d’écriture, ou disque plein du côté de la DGFiP.',
    remede: 'La relève le reprendra quand il aura un contenu. Si cela dure, l’exploitant prévient la DGFiP.',
    http: 503,
    sortie: 1,
  },
  'VGM-PAS-019': {
    nature: 'passagere',
    message:
      'Le fichier {nom} change encore à la passerelle ({trouvee} octets, {attendue} octets annoncés) ; il y est laissé.',
    cause: 'La DGFiP n’a pas fini de l’écrire.',
    remede: 'La relève suivante le reprendra.',
    http: 503,
    sortie: 1,
  },
  'VGM-PAS-020': {
    nature: 'definitive',
    message: 'Le nom du fichier « {nom} » ne peut pas être redit à la passerelle ; il y est laissé.',
    cause: 'Nom écrit dans un autre jeu de caractères que celui du protocole.',
    remede: 'L’exploitant demande à la DGFiP de renommer ce fichier.',
    http: 502,
    sortie: 1,
  },
  'VGM-PAS-021': {
    nature: 'definitive',
    message: 'La passerelle « {passerelle} » refuse l’accès à « {nom} » : {detail}.',
    cause: 'Dossier de retrait absent, ou droits insuffisants du compte.',
    remede: 'L’exploitant corrige le dossier réglé, ou demande ce droit à la DGFiP.',
    http: 502,
    sortie: 1,
  },
  'VGM-PAS-022': {
    nature: 'definitive',
    message: 'La passerelle « {passerelle} » ne chiffre pas la ligne : {detail}.',
    cause: 'Le serveur ne propose pas TLS, ou refuse de protéger les données.',
    remede:
      'Rien n’a été transmis en clair. L’exploitant vérifie l’adresse, ou règle le mode sans TLS à l’intérieur du tunnel IPSec.',
    http: 502,
    sortie: 1,
  },
  'VGM-PAS-023': {
    nature: 'definitive',
    message:
      'Le fichier {nom} pèse {taille} octets à la passerelle, plus que {limite} octets ; il y est laissé.',
    cause: 'Fichier démesuré, ou qui n’est pas une réponse de la DGFiP.',
    remede: 'L’exploitant le récupère à la main et le range par « vaguemestre retours deposer ».',
    http: 502,
    sortie: 1,
  },
  'VGM-PAS-024': {
    nature: 'passagere',
    message:
      'La passerelle montre encore {nom}, envoyé par le flux {flux} : il n’y a pas la place de l’envoyer de nouveau.',
    cause: 'Le même contenu porte le même nom distant, et elle n’a pas emporté le premier envoi.',
    remede:
      'Rien à faire : l’envoi part dès que la place est libre. Si elle ne se libère pas, l’exploitant demande à la DGFiP d’enlever ce fichier.',
    http: 503,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurPasserelle = fabrique(CATALOGUE_PASSERELLE);
