import { createCipheriv } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { ecrireXml, type Noeud } from '../formats/xml/ecrire.ts';
import { creerPdf } from './pdf.ts';

/** PES Aller of the bench: one dépense, as small or as heavy as asked, in the order of the schema of the DGFiP. */

export interface PesDemande {
  /** Its end may ask for a scenario (dgfip/SCENARIOS.md). */
  readonly nomFic: string;
  /** Day of the file and of its bordereaux, `YYYY-MM-DD`. */
  readonly jour: string;
  readonly siret: string;
  readonly bordereaux: number;
  /** InfoDematerialisee: does it announce signatures? */
  readonly dematerialise: boolean;
  /** Attached pieces, each cited by the first mandat, and the bytes of the PDF that each carries. */
  readonly pieces?: { readonly nombre: number; readonly octets: number };
}

const ALLER = 'http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller';
const MANDATS = 2;
const MONTANT = 1250.3;

function noeud(nom: string, enfants: readonly Noeud[]): Noeud {
  return { nom, enfants };
}

function valeur(nom: string, v: string): Noeud {
  return { nom, attributs: { V: v } };
}

function valeurs(paires: Readonly<Record<string, string>>): Noeud[] {
  return Object.entries(paires).map(([nom, v]) => valeur(nom, v));
}

const idUnique = (nomFic: string, rang: number): string => `${nomFic.replaceAll('_', '')}PJ${rang}`;

function mandat(demande: PesDemande, numero: number, cites: number): Noeud {
  const references = Array.from({ length: cites }, (_, k) =>
    noeud('PJRef', valeurs({ Support: '01', IdUnique: idUnique(demande.nomFic, k + 1) })),
  );
  const info = valeurs({
    IdPce: String(numero),
    TypPce: '01',
    NatPce: '01',
    Obj: 'Fournitures scolaires de l’été',
  });
  const ligne = valeurs({
    IdLigne: '1',
    Nature: '60632',
    Fonction: '211',
    ModRegl: '03',
    TVAIntraCom: '0',
    MtHT: MONTANT.toFixed(2),
  });
  const tiers = [
    noeud('InfoTiers', valeurs({ RefTiers: 'T88', CatTiers: '50', NatJur: '03', Nom: 'Papeterie d’essai' })),
    noeud(
      'Adresse',
      valeurs({ TypAdr: '1', Adr2: '12 rue des Essais', CP: '34000', Ville: 'Essai', CodRes: '0' }),
    ),
    noeud(
      'CpteBancaire',
      valeurs({ BIC: 'BDFEFRPPCCT', IBAN: 'FR7630001007941234567890185', TitCpte: 'PAPETERIE' }),
    ),
  ];
  return noeud('Piece', [
    noeud('BlocPiece', [noeud('InfoPce', [...info, ...references])]),
    noeud('LigneDePiece', [noeud('BlocLignePiece', [noeud('InfoLignePce', ligne)]), noeud('Tiers', tiers)]),
  ]);
}

function bordereau(demande: PesDemande, rang: number): Noeud {
  const { jour, pieces } = demande;
  const numero = 40 + rang;
  const bloc = valeurs({
    Exer: jour.slice(0, 4),
    IdBord: String(numero),
    DteBordEm: jour,
    TypBord: '01',
    NbrPce: String(MANDATS),
    MtCumulAnnuel: (MANDATS * MONTANT * rang).toFixed(2),
    MtBordHT: (MANDATS * MONTANT).toFixed(2),
  });
  const mandats = Array.from({ length: MANDATS }, (_, k) =>
    mandat(demande, numero * 10 + k, rang === 1 && k === 0 ? (pieces?.nombre ?? 0) : 0),
  );
  return {
    nom: 'Bordereau',
    attributs: { Id: `BORD${numero}` },
    enfants: [noeud('BlocBordereau', bloc), ...mandats],
  };
}

/** Bytes that do not compress, the same at each call: the keystream of a key that says which. */
function incompressibles(octets: number, rang: number): Uint8Array {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, rang), Buffer.alloc(16)).update(Buffer.alloc(octets));
}

/** Where the content of a piece is to go: a writer of XML need not look through megabytes of base 64. */
const place = (rang: number): string => `@PJ${rang}@`;
const PLACES = /@PJ([0-9]+)@/;

function pieceJointe({ nomFic }: PesDemande, rang: number): Noeud {
  return noeud('PJ', [
    noeud('Contenu', [{ nom: 'Fichier', attributs: { MIMEType: 'application/pdf' }, texte: place(rang) }]),
    ...valeurs({
      IdUnique: idUnique(nomFic, rang),
      NomPJ: `facture-${rang}.pdf`,
      TypePJ: '003',
      Description: `Facture ${rang}`,
    }),
  ]);
}

/** Class_PJ.xsd: gzip, then base 64. */
function contenu(rang: number, octets: number): string {
  const pdf = creerPdf(['Commune de démonstration', `Facture ${rang}`], incompressibles(octets, rang));
  return gzipSync(pdf, { level: 0 }).toString('base64');
}

function enTetes({ nomFic, jour, siret }: PesDemande): Noeud[] {
  return [
    noeud('Enveloppe', [
      noeud('Parametres', valeurs({ Version: '2', TypFic: 'PESALR2', NomFic: nomFic })),
      noeud('Emetteur', valeurs({ Sigle: 'Vaguemestre', Adresse: 'Essai' })),
    ]),
    noeud(
      'EnTetePES',
      valeurs({
        DteStr: jour,
        IdPost: '034079',
        IdColl: siret,
        CodCol: '123',
        CodBud: '00',
        LibelleColBud: 'Commune de démonstration',
      }),
    ),
  ];
}

/** @returns the file, ISO-8859-1; the same demand gives the same bytes. */
export function ecrirePesEssai(demande: PesDemande): Uint8Array {
  const { nomFic, bordereaux, dematerialise, pieces } = demande;
  const depense = noeud('PES_DepenseAller', [
    noeud('EnTeteDepense', valeurs({ IdVer: '2', InfoDematerialisee: dematerialise ? '1' : '0' })),
    ...Array.from({ length: bordereaux }, (_, k) => bordereau(demande, k + 1)),
  ]);
  const jointes =
    pieces === undefined
      ? []
      : [
          noeud('PES_PJ', [
            noeud('EnTetePES_PJ', valeurs({ IdVer: '1' })),
            ...Array.from({ length: pieces.nombre }, (_, k) => pieceJointe(demande, k + 1)),
          ]),
        ];
  const squelette = ecrireXml({
    nom: 'n:PES_Aller',
    attributs: { 'xmlns:n': ALLER, Id: `PES_${nomFic}` },
    enfants: [...enTetes(demande), depense, ...jointes],
  });
  const morceaux = Buffer.from(squelette).toString('latin1').split(PLACES);
  // one in two is the rank that the marker holds
  const remplis = morceaux.map((m, k) => (k % 2 === 1 ? contenu(Number(m), pieces?.octets ?? 0) : m));
  return Buffer.concat(remplis.map((m) => Buffer.from(m, 'latin1')));
}
