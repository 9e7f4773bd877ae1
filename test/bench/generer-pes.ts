/** PES Aller of our own making, of any size, as a stream of bytes in ISO-8859-1: for the bench and for the tests of signatures. */

export interface DemandePes {
  /** About how large the dépense is, in bytes. */
  readonly octets: number;
  readonly bordereaux: number;
  /** Characters of base64 of one attached piece; 0: none. */
  readonly pj?: number;
  /** Id of the root, and of the bordereaux followed by their rank; empty: none. */
  readonly idRacine?: string;
  readonly idBordereau?: string;
  readonly fin?: '\n' | '\r\n';
}

const ALLER = 'http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller';
const BLOC = 1 << 18;

const id = (valeur: string): string => (valeur === '' ? '' : ` Id="${valeur}"`);

function tete({ idRacine = 'PES1' }: DemandePes): string {
  return `<?xml version="1.0" encoding="ISO-8859-1"?>
<n:PES_Aller xmlns:n="${ALLER}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"${id(idRacine)}>
\t<Enveloppe>
\t\t<Parametres>
\t\t\t<Version V="1"/>
\t\t\t<TypFic V="PESALR1"/>
\t\t\t<NomFic V="ESSAI001"/>
\t\t</Parametres>
\t\t<Emetteur><Sigle V="VGM"/><Adresse V="Mairie de Saint-Étienne-d&apos;Épreuve"/></Emetteur>
\t</Enveloppe>
\t<EnTetePES>
\t\t<DteStr V="2026-06-15"/>
\t\t<IdPost V="010001"/>
\t\t<IdColl V="21010001000011"/>
\t\t<CodCol V="123"/>
\t\t<CodBud V="00"/>
\t\t<LibelleColBud V="Commune d'Épreuve"/>
\t</EnTetePES>
\t<PES_DepenseAller>
\t\t<EnTeteDepense><IdVer V="2"/><InfoDematerialisee V="1"/></EnTeteDepense>
`;
}

function piece(rang: number): string {
  return `\t\t\t<Piece>
\t\t\t\t<BlocPiece>
\t\t\t\t\t<InfoPce>
\t\t\t\t\t\t<IdPce V="${rang}"/>
\t\t\t\t\t\t<TypPce V="01"/>
\t\t\t\t\t\t<NatPce V="01"/>
\t\t\t\t\t\t<ObjPce V="Fournitures scolaires de l'été, marché n° ${rang}"/>
\t\t\t\t\t</InfoPce>
\t\t\t\t</BlocPiece>
\t\t\t\t<LigneDePiece>
\t\t\t\t\t<BlocLignePiece>
\t\t\t\t\t\t<InfoLignePce>
\t\t\t\t\t\t\t<IdLigne V="1"/>
\t\t\t\t\t\t\t<Nature V="60632"/>
\t\t\t\t\t\t\t<Fonction V="211"/>
\t\t\t\t\t\t\t<MtHT V="${(rang * 7) % 99991}.50"/>
\t\t\t\t\t\t\t<TauxTVA V="20.00"/>
\t\t\t\t\t\t</InfoLignePce>
\t\t\t\t\t</BlocLignePiece>
\t\t\t\t</LigneDePiece>
\t\t\t\t<Tiers>
\t\t\t\t\t<InfoTiers><RefTiers V="T${rang}"/><Nom V="Papeterie Noël &amp; Fils"/></InfoTiers>
\t\t\t\t\t<CptBancaire><IBAN V="FR7630001007941234567890185"/><BIC V="BDFEFRPPCCT"/></CptBancaire>
\t\t\t\t</Tiers>
\t\t\t</Piece>
`;
}

function* textes(demande: DemandePes): Generator<string> {
  const { octets, bordereaux, pj = 0, idBordereau = 'BORD' } = demande;
  yield tete(demande);
  let rang = 0;
  for (let b = 1; b <= bordereaux; b += 1) {
    const sien = idBordereau === '' ? '' : `${idBordereau}${b}`;
    yield `\t\t<Bordereau${id(sien)}>\n\t\t\t<BlocBordereau><Exer V="2026"/><IdBord V="${b}"/></BlocBordereau>\n`;
    for (let ecrits = 0; ecrits === 0 || ecrits < octets / bordereaux; ) {
      rang += 1;
      const texte = piece(rang);
      ecrits += texte.length;
      yield texte;
    }
    yield '\t\t</Bordereau>\n';
  }
  yield '\t</PES_DepenseAller>\n';
  if (pj > 0) {
    yield '\t<PES_PJ>\n\t\t<EnTetePES_PJ><IdVer V="1"/></EnTetePES_PJ>\n\t\t<PJ><Contenu><Fichier MIMEType="application/pdf">';
    for (let reste = pj; reste > 0; reste -= 4096)
      yield 'JVBERi0xLjQK'.repeat(342).slice(0, Math.min(4096, reste));
    yield '</Fichier></Contenu><IdUnique V="PJ1"/><NomPJ V="facture.pdf"/></PJ>\n\t</PES_PJ>\n';
  }
  yield '</n:PES_Aller>\n';
}

/** The same demand always gives the same bytes. */
export function* genererPes(demande: DemandePes): Generator<Buffer> {
  const finir = (texte: string): Buffer =>
    Buffer.from(demande.fin === '\r\n' ? texte.replaceAll('\n', '\r\n') : texte, 'latin1');
  let attente = '';
  for (const texte of textes(demande)) {
    attente += texte;
    if (attente.length < BLOC) continue;
    yield finir(attente);
    attente = '';
  }
  yield finir(attente);
}
