/**
 * PES Aller files of any size, of our own making and valid against the schema: dépenses only, amounts, labels and third
 * parties drawn from a seed.
 */

export interface DemandePes {
  /** About this many bytes. */
  readonly octets: number;
  /** 1 unless said otherwise; their `Id` are B1, B2… */
  readonly bordereaux?: number;
  /** Bytes of one piece in base 64, 0 for none. */
  readonly piece?: number;
  readonly graine?: number;
}

const TIERS = [
  'PAPETERIE DU LAC',
  'BOULANGERIE MARTIN',
  'GARAGE DES ALPES',
  'IMPRIMERIE MODERNE',
  'ÉLECTRICITÉ DUBOIS',
];
const VILLES = ['ANNECY', 'LIMOGES', 'QUIMPER', 'NÎMES', 'ARRAS'];
const OBJETS = [
  'Fournitures de bureau',
  'Repas école',
  'Réparation véhicule',
  'Affiches fête',
  'Câblage mairie',
];
/** Bytes given at a time. */
const PORTION = 1 << 16;
/** One block of base 64: 76 characters and a line end. */
const LIGNE = `${'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAx'.padEnd(76, 'A')}\n`;

function hasard(graine: number): (n: number) => number {
  let etat = graine;
  return (n) => {
    etat = (Math.imul(etat, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((etat / 2 ** 32) * n);
  };
}

function piece(rang: number, de: (n: number) => number): string {
  const montant = `${de(90_000) + 1}.${String(de(100)).padStart(2, '0')}`;
  const jour = String(de(28) + 1).padStart(2, '0');
  const quoi = de(TIERS.length);
  return `      <Piece>
        <BlocPiece>
          <InfoPce><IdPce V="${rang}"/><TypPce V="01"/><NatPce V="01"/><Obj V="${OBJETS[quoi]} ${rang}"/></InfoPce>
          <DGP><Dgp V="0"/><DteDebDgp V="2026-01-${jour}"/><DteFinDgp V="2026-02-${jour}"/><DureeDgp V="30"/><TxIntMor V="7.05"/></DGP>
        </BlocPiece>
        <LigneDePiece>
          <BlocLignePiece>
            <InfoLignePce><IdLigne V="1"/><Nature V="${60_000 + de(900)}"/><Fonction V="${de(90) + 10}"/><LibVir1 V="FACTURE ${de(100_000) + 1}"/><ModRegl V="03"/><TVAIntraCom V="0"/><MtHT V="${montant}"/></InfoLignePce>
            <LiensIdent><IdMarche V="2026-${de(1000) + 1}"/></LiensIdent>
          </BlocLignePiece>
          <Tiers>
            <InfoTiers><IdTiers V="${String(de(1e9) + 1).padStart(9, '0')}00012"/><NatIdTiers V="01"/><RefTiers V="${de(9999) + 1}"/><CatTiers V="50"/><NatJur V="03"/><Nom V="${TIERS[quoi]}"/><ComplNom V="SARL"/></InfoTiers>
            <Adresse><TypAdr V="1"/><Adr2 V="${de(200) + 1} RUE DE LA GARE"/><CP V="${de(89_000) + 10_000}"/><Ville V="${VILLES[de(VILLES.length)]}"/><CodRes V="0"/></Adresse>
            <CpteBancaire><BIC V="BNPAFRPPXXX"/><IBAN V="FR76300010079412345678901${de(90) + 10}"/><TitCpte V="${TIERS[quoi]}"/></CpteBancaire>
          </Tiers>
        </LigneDePiece>
      </Piece>
`;
}

const TETE = `<?xml version="1.0" encoding="ISO-8859-1"?>
<n:PES_Aller xmlns:n="http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller" Id="F1">
  <Enveloppe><Parametres><Version V="2"/><TypFic V="PESALR2"/><NomFic V="BANC"/></Parametres><Emetteur><Sigle V="Vaguemestre"/><Adresse V="Banc"/></Emetteur></Enveloppe>
  <EnTetePES><DteStr V="2026-01-15"/><IdPost V="031007"/><IdColl V="00000000000000"/><CodCol V="100"/><CodBud V="00"/></EnTetePES>
  <PES_DepenseAller>
    <EnTeteDepense><IdVer V="2"/></EnTeteDepense>
`;

const bordereau = (rang: number): string => `    <Bordereau Id="B${rang}">
      <BlocBordereau><Exer V="2026"/><IdBord V="${rang}"/><DteBordEm V="2026-01-15"/><TypBord V="01"/><NbrPce V="1"/><MtCumulAnnuel V="1000.00"/><MtBordHT V="55.22"/></BlocBordereau>
`;

const FIN_BORDEREAU = '    </Bordereau>\n';
const PIED = '  </PES_DepenseAller>\n';

function* pieceJointe(octets: number): Generator<string> {
  yield '  <PES_PJ><EnTetePES_PJ><IdVer V="1"/></EnTetePES_PJ><PJ><Contenu><Fichier MIMEType="application/zip">';
  const lot = LIGNE.repeat(1000);
  for (let reste = octets; reste > 0; reste -= lot.length) yield lot;
  yield '</Fichier></Contenu><IdUnique V="PJ1"/><NomPJ V="piece.pdf"/><TypePJ V="007"/><Description V="pi\u00e8ce"/></PJ></PES_PJ>\n';
}

function* textes({ octets, bordereaux = 1, piece: jointe = 0, graine = 1 }: DemandePes): Generator<string> {
  const de = hasard(graine);
  yield TETE;
  let faits = TETE.length;
  let rang = 0;
  for (let b = 1; b <= bordereaux; b += 1) {
    yield bordereau(b);
    const but = (octets * b) / bordereaux;
    do {
      rang += 1;
      const texte = piece(rang, de);
      faits += texte.length;
      yield texte;
    } while (faits < but);
    yield FIN_BORDEREAU;
  }
  yield PIED;
  if (jointe > 0) yield* pieceJointe(jointe);
  yield '</n:PES_Aller>\n';
}

/** The file, in portions of about 64 KiB. The same demand always gives the same bytes. */
export function* fabriquerPes(demande: DemandePes): Generator<Buffer> {
  let lot = '';
  for (const texte of textes(demande)) {
    lot += texte;
    if (lot.length < PORTION) continue;
    yield Buffer.from(lot, 'latin1');
    lot = '';
  }
  yield Buffer.from(lot, 'latin1');
}
