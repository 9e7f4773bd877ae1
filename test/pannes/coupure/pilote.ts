import { openSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { creerClockSysteme } from '../../../src/adapters/clock/system.ts';
import { creerRandomSysteme } from '../../../src/adapters/random/system.ts';
import { inscrire, ouvrirHelios } from '../../../src/banc/collectivite-essai.ts';
import { ouvrirAcces, porteSftp, reglagesPasserelles } from '../../../src/banc/dgfip/acces.ts';
import { type Dgfip, demarrerDgfip } from '../../../src/banc/dgfip/dgfip.ts';
import { creerLaboratoire, type Laboratoire } from '../../../src/banc/laboratoire.ts';
import { creerPdf } from '../../../src/banc/pdf.ts';
import { ecrirePesEssai } from '../../../src/banc/pes-essai.ts';
import { jourDe } from '../../../src/metier/echeances.ts';
import type { Demande, Marque } from './marques.ts';

/**
 * What is recorded: a real daemon, started, loaded, stopped and started again, with the State and the depositors around it. Both
 * are watched by the same strace; whatever the world learns is written to a file that keeps nothing, so that it stands in the
 * recording at its place among the calls of the daemon.
 */

const { dossier, actes, pes, graine } = JSON.parse(process.argv[2] ?? '') as Demande;
const clock = creerClockSysteme();
const plume = openSync('/dev/null', 'w');
const SIREN = '213400016';
const SUFFIXES = ['', '_C31', '_DOUBLE', '', '_COUPEA', '_H503', '', '_ANO13', '_COUPE'];
const FINS_PES = ['', '_KOPIECE', '_COUPEA', '', '_RETOUR', '_PLEIN'];
const ATTENTE_MAX = 20_000;

function marquer(marque: Marque): void {
  writeSync(plume, `MARQUE ${JSON.stringify(marque)}`);
}

/** Tells each new event of a register at the very moment it is noted. */
function ecouter<E>(evenements: readonly E[], dire: (e: E) => Marque | null): void {
  const liste = evenements as E[];
  const pousser = liste.push.bind(liste);
  liste.push = (...nouveaux) => {
    for (const marque of nouveaux.map(dire)) if (marque !== null) marquer(marque);
    return pousser(...nouveaux);
  };
}

async function ouvrirReceveur() {
  const serveur = createServer(async (requete, reponse) => {
    const corps = await text(requete);
    const { type = '' } = JSON.parse(corps) as { type?: string };
    marquer({ quoi: 'notifie', id: String(requete.headers['webhook-id'] ?? ''), type });
    reponse.writeHead(204).end();
  });
  await new Promise<void>((pret) => serveur.listen(0, '127.0.0.1', pret));
  return { serveur, url: `http://127.0.0.1:${(serveur.address() as AddressInfo).port}/` };
}

async function ouvrirDgfip(): Promise<{ dgfip: Dgfip; reglages: object }> {
  const acces = await ouvrirAcces(join(dossier, 'acces'), { random: creerRandomSysteme(clock) });
  const dgfip = await demarrerDgfip({
    dossier: join(dossier, 'dgfip'),
    clock,
    graine,
    delaiReponseMs: [0, 60],
    sftp: porteSftp(acces, 0),
  });
  const [ligne] = reglagesPasserelles({ acces, portes: dgfip, autorites: '', chemin: (f) => f });
  const passerelle = { ...ligne, nom: 'dgfip', periode_s: 0.3, stabilite_s: 0, repos_s: 1 };
  return { dgfip, reglages: { passerelles: [passerelle] } };
}

async function deposer({ client }: Laboratoire, depot: Parameters<Laboratoire['client']['deposer']>[0]) {
  const { statut, corps } = await client.deposer(depot);
  if (statut >= 300) throw new TypeError(JSON.stringify(corps));
  marquer({ quoi: 'accuse', flux: (corps['flux'] as { id: string }).id });
}

function deposerActe(labo: Laboratoire, rang: number): Promise<void> {
  const numero = `A${rang}${SUFFIXES[rang % SUFFIXES.length] ?? ''}`;
  const metadonnees = {
    numero,
    date: '2026-03-02',
    objet: `Acte ${rang}`,
    nature: '1',
    matiere: '7.1',
    document: { typologie: '99_DE' },
    annexes: [],
  };
  const octets = creerPdf([`Acte ${rang}`]);
  const fichiers = [{ role: 'document', nom: 'acte.pdf', octets }] as const;
  return deposer(labo, { siren: SIREN, metadonnees, cle: numero, fichiers });
}

function deposerPes(labo: Laboratoire, rang: number): Promise<void> {
  const nomFic = `P${rang}${FINS_PES[rang % FINS_PES.length] ?? ''}`;
  const siret = `${SIREN}00012`;
  const jour = jourDe(clock.now());
  const octets = ecrirePesEssai({ nomFic, jour, siret, bordereaux: 1, dematerialise: false });
  const fichiers = [{ role: 'pes', nom: `${nomFic}.xml`, octets }] as const;
  return deposer(labo, { siren: SIREN, protocole: 'HELIOS', metadonnees: {}, cle: nomFic, fichiers });
}

/** Everything of a batch at once: the writes share their syncs. */
async function charger(labo: Laboratoire, moitie: 0 | 1): Promise<void> {
  const rangs = (nombre: number) =>
    Array.from({ length: nombre }, (_, n) => n).filter((n) => n % 2 === moitie);
  await Promise.all([
    ...rangs(actes).map((n) => deposerActe(labo, n)),
    ...rangs(pes).map((n) => deposerPes(labo, n)),
  ]);
}

/** Until the State has answered all that it will, or long enough. */
async function attendre(labo: Laboratoire, attendus: number): Promise<void> {
  const limite = clock.now() + ATTENTE_MAX;
  while (clock.now() < limite) {
    const { corps } = await labo.client.lire('/etats');
    const {
      depose = 0,
      controle = 0,
      signe = 0,
      pret = 0,
      en_ligne: enLigne = 0,
      transmis = 0,
      ...finis
    } = corps['etats'] as Record<string, number>;
    const enRoute = depose + controle + signe + pret + enLigne + transmis;
    const faits = Object.values(finis).reduce((somme, n) => somme + n, 0);
    if (enRoute <= 2 && faits >= attendus) return;
    await clock.sleep(100);
  }
}

const receveur = await ouvrirReceveur();
const { dgfip, reglages } = await ouvrirDgfip();
const labo = await creerLaboratoire({
  dossier,
  clock,
  graine,
  reglages: { moteur: { reprise_min_s: 0.1, reprise_max_s: 0.5 }, helios: reglages },
  ministere: { delaiReponseMs: [0, 60], tardMs: 500 },
});
ecouter(labo.ministere.registre.evenements(), (e) => {
  if (e.type === 'accepte' || e.type === 'double') return { quoi: 'pris', nom: e.nom, sha256: e.sha256 };
  if (e.type === 'non_pris') return { quoi: 'entame', nom: e.nom };
  if (e.type !== 'courriel') return null;
  return { quoi: 'courriel', idActe: e.idActe, message: e.message };
});
ecouter(dgfip.registre.evenements(), (e) => {
  if (e.type === 'pris' || e.type === 'double') return { quoi: 'pris', nom: e.nom, sha256: e.sha256 };
  if (e.type === 'publie') return { quoi: 'publie', nom: e.nom, sha256: e.sha256 };
  return e.type === 'lu' ? { quoi: 'lu', nom: e.nom } : null;
});
let demon = await labo.demarrerDemon();
await inscrire(labo.client, SIREN, 'Commune');
await ouvrirHelios(labo.client, SIREN, {
  sirets: [`${SIREN}00012`],
  destination: 'VHPCE11',
  signature: 'transmettre',
});
await labo.client.envoyer('POST', `/collectivites/${SIREN}/points`, {
  canal: 'webhook',
  cible: receveur.url,
  evenements: [],
});
await charger(labo, 0);
await attendre(labo, Math.floor((actes + pes) / 2) - 2);
// The log is put back into the base, and another one is begun.
await demon.arreter();
demon = await labo.demarrerDemon();
await charger(labo, 1);
await attendre(labo, actes + pes - 3);
await demon.tuer();
await labo.fermer();
await dgfip.arreter();
receveur.serveur.closeAllConnections();
receveur.serveur.close();
