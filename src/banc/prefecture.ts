import { type ActeExamine, type EchangeExamine, type EnveloppeLue, type Refus, refus } from './archive.ts';
import { ENVOIS } from './echanges/codes.ts';
import { accuserAnnulation, accuserReponse, rendreClassification } from './echanges/messages.ts';
import type { OrdreLu } from './echanges/ordres.ts';
import { consigner, type OutilsPrefecture, Redacteur } from './echanges/redacteur.ts';
import type { ExamenLisible } from './examen.ts';
import { accuser, refuser, refuserEnveloppe } from './messages.ts';
import { enfant, texte } from './norme.ts';
import type { Reponse } from './repondeur.ts';
import type { NomScenario } from './scenarios.ts';

/** Decides what is answered to each message, once the door has taken its archive. */

/** What a message came in. */
interface Saisine {
  /** Of the archive. */
  readonly nom: string;
  readonly scenario: NomScenario;
  readonly enveloppe: EnveloppeLue;
}

export class Prefecture {
  readonly #outils: OutilsPrefecture;
  readonly #redacteur: Redacteur;

  constructor(outils: OutilsPrefecture) {
    this.#outils = outils;
    this.#redacteur = new Redacteur(outils);
  }

  /** @returns what is done, in French. Throws VGM-BAN-002, -008. */
  ordonner(ordre: OrdreLu): string {
    return this.#redacteur.ordonner(ordre);
  }

  /** @param nom of the archive. */
  juger(nom: string, examen: ExamenLisible): void {
    const { choix } = this.#outils;
    const { enveloppe, actes, echanges } = examen;
    const scenarios = [...actes, ...echanges].map((m) => choix.de(m.numero));
    const global = scenarios.find((s) => s === 'ANOENV' || s === 'N999');
    const refuse = this.#refusDe(examen, global);
    if (refuse !== null) {
      this.#refuserEnveloppe({ nom, scenario: global ?? scenarios[0] ?? 'NORMAL', enveloppe }, refuse);
      return;
    }
    for (const acte of actes) this.#jugerActe({ nom, scenario: choix.de(acte.numero), enveloppe }, acte);
    for (const echange of echanges)
      this.#ranger({ nom, scenario: choix.de(echange.numero), enveloppe }, echange);
  }

  /** What refuses everything: a fault of the envelope, a scenario, an exchange that no message could refuse alone. */
  #refusDe(examen: ExamenLisible, global: NomScenario | undefined): Refus | null {
    if (examen.type === 'anomalie') return examen.refus;
    if (global !== undefined) return refusDemande(global);
    const { dossiers } = this.#outils.registre;
    return examen.echanges.map((e) => dossiers.refuser(e)).find((r) => r !== null) ?? null;
  }

  #refuserEnveloppe(saisine: Saisine, refuse: Refus): void {
    const { enveloppe } = saisine;
    void this.#repondre(saisine, {
      message: 'ANO',
      idActe: '',
      date: '',
      detail: refuse.detail,
      faire: (c) => refuserEnveloppe(refuse, enveloppe, c),
    });
  }

  #repondre({ enveloppe: destinataire, ...saisine }: Saisine, reponse: Reponse): Promise<void> {
    return this.#outils.repondeur.repondre({ ...saisine, destinataire }, reponse);
  }

  #jugerActe(saisine: Saisine, acte: ActeExamine): void {
    const { scenario, enveloppe } = saisine;
    const { idActe } = acte;
    if (scenario === 'MUET') return;
    const refuse = acte.refus ?? this.#refusActe(acte, scenario);
    if (refuse !== null) {
      const nomVide = scenario === 'NOMVIDE';
      void this.#repondre(saisine, {
        message: '1-3',
        idActe,
        date: '',
        detail: refuse.detail,
        faire: (c) => refuser({ acte, refus: refuse, nomVide }, enveloppe, c),
      });
      return;
    }
    if (scenario === 'CLASSIF') this.#redacteur.rajeunir();
    this.#redacteur.suivre(idActe, this.#accuser(saisine, acte), scenario);
  }

  #accuser(saisine: Saisine, acte: ActeExamine): Promise<void> {
    const { application, siren, departement, arrondissement, adresses } = saisine.enveloppe;
    const papier = texte(enfant(acte.racine, 'DocumentPapier')) === 'O';
    return this.#repondre(saisine, {
      message: '1-2',
      idActe: acte.idActe,
      date: '',
      detail: '',
      correspondant: { application, siren, departement, arrondissement, adresses, papier },
      faire: (c) => accuser(acte, saisine.enveloppe, c),
    });
  }

  #refusActe(acte: ActeExamine, scenario: NomScenario): Refus | null {
    const { registre, classification } = this.#outils;
    if (acte.classification !== classification()) {
      const detail =
        "ODT-VERIF-01 : Votre acte a été transmis avec une date de classification qui n'est pas à jour";
      return { nature: '002', detail };
    }
    if (registre.dossiers.connait(acte.idActe)) {
      return { nature: '003', detail: `BANC-VERIF-30 : acte ${acte.idActe} déjà transmis` };
    }
    if (scenario !== 'ANO13' && scenario !== 'NOMVIDE') return null;
    return { nature: '001', detail: 'BANC-VERIF-31 : refus demandé par le scénario' };
  }

  /** A message joins its dossier, then is answered when the protocol has an answer. */
  #ranger(saisine: Saisine, echange: EchangeExamine): void {
    const { nom, scenario, enveloppe } = saisine;
    const { code, idActe, date } = echange;
    const note = { type: 'message', nom, scenario, idActe, message: code, date } as const;
    consigner(this.#outils, { ...note, detail: enveloppe.siren });
    const reponse = scenario === 'MUET' ? null : this.#reponseA(echange, enveloppe);
    if (reponse === null) return;
    const parti = this.#repondre(saisine, { ...reponse, detail: '' });
    const dossier = this.#outils.registre.dossiers.trouver(idActe);
    if (code === '6-1' && scenario === 'CROISE' && dossier !== undefined)
      this.#redacteur.ecrire(dossier, { code: '3-1' }, parti);
  }

  #reponseA(echange: EchangeExamine, enveloppe: EnveloppeLue): Omit<Reponse, 'detail'> | null {
    const { code, idActe, date } = echange;
    const { accuse } = ENVOIS[code];
    switch (accuse) {
      case null:
        return null;
      case '6-2':
        return { message: accuse, idActe, date: '', faire: (c) => accuserAnnulation(idActe, enveloppe, c) };
      case '7-2': {
        const enVigueur = this.#outils.classification();
        const message = date === enVigueur ? '7-3' : '7-2';
        const faire: Reponse['faire'] = (c) => rendreClassification(message, enveloppe, c);
        return { message, idActe, date: enVigueur, faire };
      }
      default: {
        const recu = { code: accuse, idActe, date };
        return { message: accuse, idActe, date, faire: (c) => accuserReponse(recu, enveloppe, c) };
      }
    }
  }
}

function refusDemande(scenario: NomScenario): Refus {
  if (scenario === 'N999') {
    return {
      nature: '999',
      detail: "ODT-VERIF-17 : la transaction transmise n'est pas reconnue par ACTES",
    };
  }
  return refus('32', 'refus demandé par le scénario');
}
