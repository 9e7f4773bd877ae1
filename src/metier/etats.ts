/**
 * The leg of a flux to the State. The other axis (debts to the collectivité: notification, archivage)
 * is never mixed in: a failed webhook does not make an acte « failed ».
 */
export const ETATS = [
  'depose', // bytes and row durable; controls to be run
  'refuse', // controls unfavourable; nothing left; terminal
  'controle', // controls favourable; the signature is to be judged (HELIOS), or the envelope to be made (ACTES)
  'a_signer', // waits for the collectivité: its agreement to our signature, or the file signed outside
  'signe', // every signature judged, ours added if asked; the outgoing identity is to be reserved
  'pret', // identity reserved, archive stored; waits for its turn on the line
  'en_ligne', // written just before the first byte leaves: after a crash, its fate is unknown
  'transmis', // the State answered that it took it; its receipt is awaited
  'incertain', // the State may hold it; only evidence or a person settles it
  'echec', // the State's door refused it for good (HTTP 413, 400…); an operator may send again
  'acquitte', // receipt filed; terminal
  'acquitte_partiel', // receipt filed: a part is taken, the rest refused; terminal, a corrected flux cites it
  'anomalie', // refused by the State (1-3, AnomalieEnveloppe); terminal for this sending
  'abandonne', // an operator gave it up before it left; terminal
  'valide', // the préfet's delay is over and the collectivité says that the acte is final; terminal (ACTES)
  'annule', // its transmission is cancelled, and the State has said so (6-2); terminal (ACTES)
  'recu', // came from the State on its own initiative (PES Retour, letter of the préfecture); terminal
] as const;

export type Etat = (typeof ETATS)[number];

/** What makes a flux change state. */
export const EVENEMENTS = [
  'controle_favorable',
  'controle_defavorable',
  'signature_attendue', // nobody may sign yet
  'signature_apportee', // the file came back signed, or the collectivité agrees: to be judged again
  'signature_favorable',
  'signature_defavorable',
  'enveloppe_faite',
  'mise_en_ligne',
  'remise_confirmee', // success code of the State's door
  'remise_non_faite', // certain that nothing was taken: back in line
  'remise_incertaine',
  'remise_refusee',
  'remise_constatee', // the peer shows the file, left by an earlier passage: an uncertain fate is settled, nothing is sent again
  'accuse_recu',
  'accuse_partiel_recu',
  'anomalie_recue',
  'accuse_tranche', // a person says what an answer that does not tell, or that came too late, means: accepted
  'accuse_partiel_tranche', // the same: accepted in part
  'anomalie_tranchee', // the same: refused
  'tranche_recu', // a person says: the State holds it
  'tranche_non_recu', // a person says: the State does not hold it, send again under the same name
  'sort_perdu', // the base was put back from a backup: it may have left since, and nothing here tells
  'tranche_a_refaire', // a person says: the State does not hold it; nothing of it is composed here: from the start
  'renvoi_demande',
  'abandon_demande',
  'validation_demandee',
  'annulation_recue',
] as const;

export type EvenementEtat = (typeof EVENEMENTS)[number];

/** What an answer of the State does, whether it tells by itself or a person says what it means. */
const ACCUSES = {
  accuse_recu: 'acquitte',
  accuse_partiel_recu: 'acquitte_partiel',
  anomalie_recue: 'anomalie',
  accuse_tranche: 'acquitte',
  accuse_partiel_tranche: 'acquitte_partiel',
  anomalie_tranchee: 'anomalie',
} as const;

/** What a base put back from a backup believes not gone may be gone. */
const PERDU = { sort_perdu: 'incertain' } as const;

/** A refusal that a person takes back on a later answer. */
const REVIREMENTS = { accuse_tranche: 'acquitte', accuse_partiel_tranche: 'acquitte_partiel' } as const;

/** What may still come to a flux at its end; the leg to the State has nothing more to do. */
const APRES_FIN: readonly EvenementEtat[] = [
  'accuse_tranche',
  'accuse_partiel_tranche',
  'validation_demandee',
  'annulation_recue',
];

/**
 * The one table of transitions. A receipt may come before the answer of the line (`en_ligne`),
 * and is the evidence that settles `incertain` and even `echec` or `pret` (a first try believed lost had arrived).
 */
export const TRANSITIONS: Readonly<Record<Etat, Partial<Readonly<Record<EvenementEtat, Etat>>>>> = {
  depose: {
    controle_favorable: 'controle',
    controle_defavorable: 'refuse',
    abandon_demande: 'abandonne',
    ...PERDU,
  },
  refuse: {},
  controle: {
    enveloppe_faite: 'pret',
    controle_defavorable: 'refuse',
    signature_attendue: 'a_signer',
    signature_favorable: 'signe',
    signature_defavorable: 'refuse',
    abandon_demande: 'abandonne',
    ...PERDU,
  },
  a_signer: { signature_apportee: 'controle', abandon_demande: 'abandonne', ...PERDU },
  signe: {
    enveloppe_faite: 'pret',
    controle_defavorable: 'refuse',
    abandon_demande: 'abandonne',
    ...PERDU,
  },
  pret: {
    mise_en_ligne: 'en_ligne',
    abandon_demande: 'abandonne',
    ...PERDU,
    ...ACCUSES,
  },
  en_ligne: {
    remise_confirmee: 'transmis',
    remise_non_faite: 'pret',
    remise_incertaine: 'incertain',
    remise_refusee: 'echec',
    remise_constatee: 'transmis',
    ...ACCUSES,
  },
  transmis: {
    ...ACCUSES,
    renvoi_demande: 'pret',
  },
  incertain: {
    ...ACCUSES,
    remise_constatee: 'transmis',
    tranche_recu: 'transmis',
    tranche_non_recu: 'pret',
    tranche_a_refaire: 'depose',
  },
  echec: {
    renvoi_demande: 'pret',
    abandon_demande: 'abandonne',
    ...PERDU,
    ...ACCUSES,
  },
  acquitte: { validation_demandee: 'valide', annulation_recue: 'annule' },
  acquitte_partiel: {},
  anomalie: REVIREMENTS,
  abandonne: {},
  valide: { annulation_recue: 'annule' },
  annule: {},
  recu: {},
};

/** @returns the state reached, or undefined when the table forbids the move. */
export function transition(de: Etat, evenement: EvenementEtat): Etat | undefined {
  return TRANSITIONS[de][evenement];
}

/** States in which the engine has nothing more to do on the leg to the State. */
export function estTerminal(etat: Etat): boolean {
  return Object.keys(TRANSITIONS[etat]).every((evenement) =>
    (APRES_FIN as readonly string[]).includes(evenement),
  );
}

/** States that free the legal identity: nothing was registered by the State, the same acte may be deposited again. */
export const LIBERE_IDENTITE: readonly Etat[] = ['refuse', 'anomalie', 'abandonne'];

/** Wording shown to people. */
export const LIBELLE_ETAT: Readonly<Record<Etat, string>> = {
  depose: 'déposé',
  refuse: 'refusé au contrôle',
  controle: 'contrôlé',
  a_signer: 'à signer',
  signe: 'signé',
  pret: 'prêt à partir',
  en_ligne: 'en ligne',
  transmis: 'transmis',
  incertain: 'sort incertain',
  echec: 'échec de transmission',
  acquitte: 'acquitté',
  acquitte_partiel: 'acquitté en partie',
  anomalie: 'en anomalie',
  abandonne: 'abandonné',
  valide: 'validé',
  annule: 'annulé',
  recu: 'reçu de l’État',
};

/** Wording for several; the same where it does not change. */
const LIBELLE_PLURIEL: Readonly<Partial<Record<Etat, string>>> = {
  depose: 'déposés',
  refuse: 'refusés au contrôle',
  controle: 'contrôlés',
  signe: 'signés',
  pret: 'prêts à partir',
  incertain: 'de sort incertain',
  echec: 'en échec de transmission',
  acquitte: 'acquittés',
  acquitte_partiel: 'acquittés en partie',
  abandonne: 'abandonnés',
  valide: 'validés',
  annule: 'annulés',
  recu: 'reçus de l’État',
};

/** `1 acquitté`, `7 acquittés`. */
export function compterEtat(nombre: number, etat: Etat): string {
  const libelle = nombre > 1 ? LIBELLE_PLURIEL[etat] : undefined;
  return `${nombre.toLocaleString('fr-FR')} ${libelle ?? LIBELLE_ETAT[etat]}`;
}
