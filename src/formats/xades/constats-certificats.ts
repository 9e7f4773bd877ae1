import { CERTIFICAT, FORGE, INFORMER, LOGICIEL, RECENT } from './remedes.ts';

/** Findings about KeyInfo, what it joins and the key; the others are those of `constats.ts`. */
export const CONSTATS_CERTIFICATS = {
  keyInfoAbsent: ['XDS-070', 'refus', 'La signature ne joint aucun certificat (KeyInfo absent).', CERTIFICAT],
  cleNue: [
    'XDS-071',
    'refus',
    'La signature joint une clé sans certificat : rien ne dit de qui elle est.',
    CERTIFICAT,
  ],
  retrieval: [
    'XDS-072',
    'refus',
    'La signature renvoie ailleurs pour trouver sa clé (RetrievalMethod).',
    FORGE,
  ],
  certificatIllisible: ['XDS-073', 'refus', 'Un certificat joint est illisible ({valeur}).', CERTIFICAT],
  certificatsTrop: ['XDS-074', 'refus', 'La signature joint plus de {valeur} certificats.', FORGE],
  certificatAutre: [
    'XDS-075',
    'refus',
    'Aucun certificat joint n’est celui que les propriétés signées désignent.',
    FORGE,
  ],
  certificatEtranger: [
    'XDS-143',
    'refus',
    'Un certificat joint n’est ni celui du signataire ni celui d’une autorité au-dessus de lui : « {valeur} ».',
    FORGE,
  ],
  certificatApres: [
    'XDS-144',
    'refus',
    'Le certificat du signataire n’est pas dans le premier groupe de certificats joints (X509Data) : un autre lecteur prendrait une autre clé.',
    LOGICIEL,
  ],
  emetteurAutre: [
    'XDS-076',
    'refus',
    'L’émetteur écrit dans les propriétés signées n’est pas celui du certificat ({valeur}).',
    FORGE,
  ],
  serieAutre: [
    'XDS-077',
    'refus',
    'Le numéro de série écrit dans les propriétés signées n’est pas celui du certificat ({valeur}).',
    FORGE,
  ],
  emetteurInverse: [
    'XDS-078',
    'reserve',
    'Le nom de l’émetteur est écrit dans l’ordre inverse de la RFC 2253.',
    INFORMER,
  ],
  emetteurIncomparable: [
    'XDS-079',
    'reserve',
    'Le nom de l’émetteur « {valeur} » ne peut pas être comparé à celui du certificat.',
    INFORMER,
  ],
  cleFamille: [
    'XDS-080',
    'refus',
    'L’algorithme annoncé ({valeur}) n’est pas celui de la clé du certificat.',
    FORGE,
  ],
  cleFaible: [
    'XDS-081',
    'refus',
    'La clé du certificat est trop faible ou d’un type non admis ({valeur}).',
    RECENT,
  ],
  cleDiscordante: [
    'XDS-082',
    'refus',
    'La clé jointe à part (KeyValue) n’est pas celle du certificat.',
    FORGE,
  ],
  cleIncomprise: ['XDS-083', 'reserve', 'Une indication de clé n’a pas été lue : « {valeur} ».', INFORMER],
} as const satisfies Readonly<
  Record<string, readonly [`XDS-${string}`, 'refus' | 'reserve', string, string]>
>;
