import { describe, expect, test } from 'vitest';
import { CIRCUIT } from '../../src/etapes/circuit.ts';
import {
  ETATS,
  EVENEMENTS,
  estTerminal,
  LIBERE_IDENTITE,
  TRANSITIONS,
  transition,
} from '../../src/metier/etats.ts';

/** The whole table, written a second time by hand: every pair (state, event), allowed or refused. */
const ATTENDU: Record<string, string> = {
  'depose controle_favorable': 'controle',
  'depose controle_defavorable': 'refuse',
  'depose abandon_demande': 'abandonne',
  'depose sort_perdu': 'incertain',
  'controle enveloppe_faite': 'pret',
  'controle controle_defavorable': 'refuse',
  'controle abandon_demande': 'abandonne',
  'controle sort_perdu': 'incertain',
  'controle signature_attendue': 'a_signer',
  'controle signature_favorable': 'signe',
  'controle signature_defavorable': 'refuse',
  'a_signer signature_apportee': 'controle',
  'a_signer abandon_demande': 'abandonne',
  'a_signer sort_perdu': 'incertain',
  'signe enveloppe_faite': 'pret',
  'signe controle_defavorable': 'refuse',
  'signe abandon_demande': 'abandonne',
  'signe sort_perdu': 'incertain',
  'pret mise_en_ligne': 'en_ligne',
  'pret abandon_demande': 'abandonne',
  'pret sort_perdu': 'incertain',
  'pret accuse_recu': 'acquitte',
  'pret accuse_partiel_recu': 'acquitte_partiel',
  'pret anomalie_recue': 'anomalie',
  'pret accuse_tranche': 'acquitte',
  'pret accuse_partiel_tranche': 'acquitte_partiel',
  'pret anomalie_tranchee': 'anomalie',
  'en_ligne remise_confirmee': 'transmis',
  'en_ligne remise_non_faite': 'pret',
  'en_ligne remise_incertaine': 'incertain',
  'en_ligne remise_refusee': 'echec',
  'en_ligne remise_constatee': 'transmis',
  'en_ligne accuse_recu': 'acquitte',
  'en_ligne accuse_partiel_recu': 'acquitte_partiel',
  'en_ligne anomalie_recue': 'anomalie',
  'en_ligne accuse_tranche': 'acquitte',
  'en_ligne accuse_partiel_tranche': 'acquitte_partiel',
  'en_ligne anomalie_tranchee': 'anomalie',
  'transmis accuse_recu': 'acquitte',
  'transmis accuse_partiel_recu': 'acquitte_partiel',
  'transmis anomalie_recue': 'anomalie',
  'transmis accuse_tranche': 'acquitte',
  'transmis accuse_partiel_tranche': 'acquitte_partiel',
  'transmis anomalie_tranchee': 'anomalie',
  'transmis renvoi_demande': 'pret',
  'incertain accuse_recu': 'acquitte',
  'incertain accuse_partiel_recu': 'acquitte_partiel',
  'incertain remise_constatee': 'transmis',
  'incertain anomalie_recue': 'anomalie',
  'incertain accuse_tranche': 'acquitte',
  'incertain accuse_partiel_tranche': 'acquitte_partiel',
  'incertain anomalie_tranchee': 'anomalie',
  'incertain tranche_recu': 'transmis',
  'incertain tranche_non_recu': 'pret',
  'incertain tranche_a_refaire': 'depose',
  'echec renvoi_demande': 'pret',
  'echec abandon_demande': 'abandonne',
  'echec sort_perdu': 'incertain',
  'echec accuse_recu': 'acquitte',
  'echec accuse_partiel_recu': 'acquitte_partiel',
  'echec anomalie_recue': 'anomalie',
  'echec accuse_tranche': 'acquitte',
  'echec accuse_partiel_tranche': 'acquitte_partiel',
  'echec anomalie_tranchee': 'anomalie',
  'anomalie accuse_tranche': 'acquitte',
  'anomalie accuse_partiel_tranche': 'acquitte_partiel',
  'acquitte validation_demandee': 'valide',
  'acquitte annulation_recue': 'annule',
  'valide annulation_recue': 'annule',
};

describe('table of transitions (ARCHITECTURE §2, rule 6)', () => {
  for (const etat of ETATS) {
    for (const evenement of EVENEMENTS) {
      const attendu = ATTENDU[`${etat} ${evenement}`];
      test(`${etat} + ${evenement} → ${attendu ?? 'refused'}`, () => {
        expect(transition(etat, evenement)).toBe(attendu);
      });
    }
  }

  test('of a terminal state only a person takes a refusal back, validates, or the State cancels; every other has a way out', () => {
    expect(ETATS.filter(estTerminal)).toEqual([
      'refuse',
      'acquitte',
      'acquitte_partiel',
      'anomalie',
      'abandonne',
      'valide',
      'annule',
      'recu',
    ]);
    expect(Object.keys(TRANSITIONS)).toEqual([...ETATS]);
    const sorties = ETATS.filter(estTerminal).flatMap((etat) => Object.keys(TRANSITIONS[etat]));
    expect(sorties).toEqual([
      'validation_demandee',
      'annulation_recue',
      'accuse_tranche',
      'accuse_partiel_tranche',
      'annulation_recue',
    ]);
  });

  test('a state that frees the legal identity is terminal: nothing can leave under it any more', () => {
    expect(LIBERE_IDENTITE.every(estTerminal)).toBe(true);
  });

  test('an uncertain fate is never sent again without a person (rule 4)', () => {
    expect(CIRCUIT.ACTES?.incertain).toBe('attente');
    expect(transition('incertain', 'mise_en_ligne')).toBeUndefined();
    expect(transition('incertain', 'renvoi_demande')).toBeUndefined();
  });
});
