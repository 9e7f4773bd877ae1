import { mkdtempSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { creerClockSysteme } from '../../../src/adapters/clock/system.ts';
import { creerTransportHttps, type TransportHttps } from '../../../src/adapters/transport/https.ts';
import { demarrerMinistere, type Ministere, type OptionsMinistere } from '../../../src/banc/ministere.ts';
import { creerPkiEssai, type PkiEssai } from '../../../src/banc/pki.ts';
import { ecrireTarGz } from '../../../src/formats/tar/ecrire.ts';
import { ecrireXml, type Noeud } from '../../../src/formats/xml/ecrire.ts';
import type { ReponseTransport } from '../../../src/ports/transport.ts';
import { Readable } from 'node:stream';

export const horloge = creerClockSysteme();
export const CLASSIFICATION = '2019-08-29';
export const SIREN = '210340012';
export const DECLARATIONS = {
  'xmlns:actes': 'http://www.interieur.gouv.fr/ACTES#v1.1-20040216',
  'xmlns:insee': 'http://xml.insee.fr/schema',
};
export const PDF = Buffer.from('%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');

/** All that an archive says; each test bends one field. */
export interface Description {
  readonly nomArchive: string;
  readonly nomEnveloppe: string;
  readonly sirenIdcl: string;
  readonly adresses: readonly string[];
  readonly numero: string;
  readonly date: string;
  readonly nature: string;
  readonly abrege: string;
  readonly objet: string;
  readonly classification: string;
  readonly nombreAnnexes: string;
  readonly annexes: readonly string[];
  readonly nomMessage: string;
  readonly document: Buffer;
  readonly papier: 'O' | 'N';
  /** Last word on the files of the archive. */
  readonly changer: (
    fichiers: { nom: string; octets: Uint8Array }[],
  ) => { nom: string; octets: Uint8Array }[];
}

export interface Archive {
  readonly nom: string;
  readonly octets: Buffer;
  readonly idActe: string;
}

export function nomArchive(rang: number): string {
  return `VGM-TACT--${SIREN}--20260302-${rang}.tar.gz`;
}

export async function archive(partiel: Partial<Description> = {}): Promise<Archive> {
  const nom = partiel.nomArchive ?? nomArchive(1);
  const d: Description = {
    nomArchive: nom,
    nomEnveloppe: `${nom.slice(4, -7)}.xml`,
    sirenIdcl: SIREN,
    adresses: ['tdt@tiers.test'],
    numero: 'N1',
    date: '2026-02-27',
    nature: '1',
    abrege: 'DE',
    objet: 'Création d’un poste d’agent d’accueil à l’école',
    classification: CLASSIFICATION,
    nombreAnnexes: String(partiel.annexes?.length ?? 0),
    annexes: [],
    nomMessage: '',
    document: PDF,
    papier: 'N',
    changer: (fichiers) => fichiers,
    ...partiel,
  };
  const idActe = `034-${SIREN}-${d.date.replaceAll('-', '')}-${d.numero}-${d.abrege}`;
  const message = d.nomMessage === '' ? `${idActe}-1-1_0.xml` : d.nomMessage;
  const documents = [
    `99_DE-${idActe}-1-1_1.pdf`,
    ...d.annexes.map((t, i) => `${t}-${idActe}-1-1_${i + 2}.pdf`),
  ];
  const fichiers = d.changer([
    { nom: d.nomEnveloppe, octets: ecrireXml(enveloppe(d, message)) },
    { nom: message, octets: ecrireXml(acte(d, documents)) },
    ...documents.map((document) => ({ nom: document, octets: d.document })),
  ]);
  return { nom, octets: await tasser(fichiers), idActe };
}

/** The bytes of an archive of these files. */
export async function tasser(
  fichiers: readonly { readonly nom: string; readonly octets: Uint8Array }[],
): Promise<Buffer> {
  const entrees = fichiers.map(({ nom, octets }) => ({ nom, taille: octets.length, contenu: octets }));
  const blocs: Uint8Array[] = [];
  for await (const bloc of ecrireTarGz(entrees, 0)) blocs.push(bloc);
  return Buffer.concat(blocs);
}

export function enveloppe(d: Pick<Description, 'sirenIdcl' | 'adresses'>, message: string): Noeud {
  const idcl = { 'insee:SIREN': d.sirenIdcl, 'actes:Departement': '034', 'actes:Arrondissement': '1' };
  const attributs = { ...idcl, 'actes:Nature': '31' };
  return {
    nom: 'actes:EnveloppeCLMISILL',
    attributs: DECLARATIONS,
    enfants: [
      { nom: 'actes:Emetteur', enfants: [{ nom: 'actes:IDCL', attributs }] },
      {
        nom: 'actes:AdressesRetour',
        enfants: d.adresses.map((texte) => ({ nom: 'actes:Email', texte })),
      },
      {
        nom: 'actes:FormulairesEnvoyes',
        enfants: [{ nom: 'actes:Formulaire', enfants: [{ nom: 'actes:NomFichier', texte: message }] }],
      },
    ],
  };
}

export function fichier(nom: string, document = ''): Noeud {
  return { nom: `actes:${nom}`, enfants: [{ nom: 'actes:NomFichier', texte: document }] };
}

function acte(d: Description, documents: readonly string[]): Noeud {
  return {
    nom: 'actes:Acte',
    attributs: {
      ...DECLARATIONS,
      'actes:Date': d.date,
      'actes:NumeroInterne': d.numero,
      'actes:CodeNatureActe': d.nature,
    },
    enfants: [
      { nom: 'actes:CodeMatiere1', attributs: { 'actes:CodeMatiere': '4' } },
      { nom: 'actes:CodeMatiere2', attributs: { 'actes:CodeMatiere': '1' } },
      { nom: 'actes:Objet', texte: d.objet },
      { nom: 'actes:ClassificationDateVersion', texte: d.classification },
      fichier('Document', documents[0]),
      {
        nom: 'actes:Annexes',
        attributs: { 'actes:Nombre': d.nombreAnnexes },
        enfants: documents.slice(1).map((document) => fichier('Annexe', document)),
      },
      { nom: 'actes:DocumentPapier', texte: d.papier },
    ],
  };
}

/** A real SMTP server that keeps what it takes. */
export interface Relais {
  readonly port: number;
  readonly bruts: Buffer[];
  /** Answers this SMTP code to the next recipients. */
  repondre(code: number, fois: number): void;
  lire(): Promise<ParsedMail[]>;
  fermer(): Promise<void>;
}

export async function ouvrirRelais(port = 0): Promise<Relais> {
  const bruts: Buffer[] = [];
  let refus = { code: 0, fois: 0 };
  const serveur = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onRcptTo: (_adresse, _session, suite) => {
      if (refus.fois <= 0) return suite();
      refus = { ...refus, fois: refus.fois - 1 };
      return suite(Object.assign(new Error('refus du relais'), { responseCode: refus.code }));
    },
    onData: (flux, _session, suite) => {
      const blocs: Buffer[] = [];
      flux.on('data', (bloc: Buffer) => blocs.push(bloc));
      flux.on('end', () => {
        bruts.push(Buffer.concat(blocs));
        suite();
      });
    },
  });
  await new Promise<void>((resoudre) => void serveur.listen(port, '127.0.0.1', resoudre));
  return {
    port: (serveur.server.address() as AddressInfo).port,
    bruts,
    repondre: (code, fois) => {
      refus = { code, fois };
    },
    lire: () => Promise.all(bruts.map((brut) => simpleParser(brut))),
    fermer: () => new Promise((resoudre) => serveur.close(resoudre)),
  };
}

export interface Banc {
  readonly pki: PkiEssai;
  readonly relais: Relais;
  readonly ministere: Ministere;
  readonly transport: TransportHttps;
  remettre(archive: Archive): Promise<ReponseTransport>;
  /** Hands over until the door takes it: statuses and fates, in order. */
  insister(archive: Archive): Promise<(number | string)[]>;
  fermer(): Promise<void>;
}

export function lire(chemin: string): string {
  return readFileSync(chemin, 'utf8');
}

export async function ouvrirBanc(suite: Partial<OptionsMinistere> = {}): Promise<Banc> {
  const pki = await creerPkiEssai(mkdtempSync(join(tmpdir(), 'vgm-banc-')), { clock: horloge });
  const relais = await ouvrirRelais();
  const ministere = await demarrerMinistere({
    https: {
      port: 0,
      cert: lire(pki.paires.ministere.certificat),
      key: lire(pki.paires.ministere.cle),
      caClients: lire(pki.ca),
    },
    smtp: { hote: '127.0.0.1', port: relais.port },
    clock: horloge,
    graine: 1,
    delaiReponseMs: [1, 20],
    tardMs: 300,
    classificationDate: CLASSIFICATION,
    ...suite,
  });
  const transport = creerTransportHttps(
    {
      url: ministere.url,
      champ: '{archive}',
      agentUtilisateur: 'curl/8.5.0',
      certificat: lire(pki.paires.client.certificat),
      cle: lire(pki.paires.client.cle),
      autorites: lire(pki.ca),
      delaiConnexionMs: 5_000,
      delaiTotalMs: 20_000,
    },
    { log: { info: () => undefined, warn: () => undefined, error: () => undefined }, clock: horloge },
  );
  const remettre = (a: Archive) =>
    transport.remettre(
      { nom: a.nom, taille: a.octets.length, ouvrir: async () => Readable.from(enBlocs(a.octets)) },
      new AbortController().signal,
    );
  return {
    pki,
    relais,
    ministere,
    transport,
    remettre,
    async insister(a) {
      const vus: (number | string)[] = [];
      for (let essai = 0; essai < 5; essai += 1) {
        const reponse = await remettre(a);
        vus.push(reponse.type === 'reponse' ? reponse.statut : reponse.type);
        if (reponse.type === 'reponse' && reponse.statut < 300) break;
      }
      return vus;
    },
    async fermer() {
      await transport.fermer();
      await ministere.arreter();
      await relais.fermer();
    },
  };
}

function* enBlocs(octets: Buffer): Generator<Buffer> {
  for (let i = 0; i < octets.length; i += 16_384) yield octets.subarray(i, i + 16_384);
}

export function nomsPieces(courriel: ParsedMail): string[] {
  return courriel.attachments.filter((p) => !p.related).map((p) => p.filename ?? '');
}

export function destinataire(courriel: ParsedMail): string {
  return (courriel.to as AddressObject).text;
}

export function piece(courriel: ParsedMail, motif: RegExp): Buffer {
  return courriel.attachments.find((p) => motif.test(p.filename ?? ''))?.content ?? Buffer.alloc(0);
}
