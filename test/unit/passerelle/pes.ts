import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { EnvoiPes } from '../../../src/ports/passerelle.ts';

/** A small PES of our own making: two bordereaux (dépense, recette), pièces, lignes, one attached piece. */
export function pesDe(
  nomFic: string,
  suite: { readonly codCol?: string; readonly bourrage?: number } = {},
): Buffer {
  const { codCol = '123', bourrage = 40 } = suite;
  const ligne = (n: number) =>
    `<LigneDePiece><BlocLignePiece><InfoLignePce><IdLigne V="${n}"/></InfoLignePce></BlocLignePiece></LigneDePiece>`;
  const texte = `<?xml version="1.0" encoding="ISO-8859-1"?>
<n:PES_Aller xmlns:n="http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller" Id="P1">
<Enveloppe><Parametres><Version V="2"/><TypFic V="PESALR1"/><NomFic V="${nomFic}"/></Parametres><Emetteur><Sigle V="Éditeur &amp; Cie"/><Adresse V="Gestion 1.0"/></Emetteur></Enveloppe>
<EnTetePES><DteStr V="2026-03-02"/><IdPost V="034001"/><IdColl V="21034001200011"/><CodCol V="${codCol}"/><CodBud V="00"/><LibelleColBud V="Commune d'été"/></EnTetePES>
<PES_DepenseAller><EnTeteDepense><IdVer V="2"/></EnTeteDepense>
<Bordereau><BlocBordereau><Exer V="2026"/><IdBord V="12"/></BlocBordereau>
<Piece><BlocPiece><InfoPce><IdPce V="101"/></InfoPce></BlocPiece>${ligne(1)}${ligne(2)}</Piece>
<Piece><BlocPiece><InfoPce><IdPce V="102"/><PJRef><IdUnique V="PJ1"/></PJRef></InfoPce></BlocPiece>${ligne(1)}</Piece></Bordereau>
</PES_DepenseAller>
<PES_RecetteAller><EnTeteRecette><IdVer V="2"/></EnTeteRecette>
<Bordereau><BlocBordereau><Exer V="2026"/><IdBord V="7"/></BlocBordereau><Piece><BlocPiece><IdPce V="201"/></BlocPiece></Piece></Bordereau>
</PES_RecetteAller>
<PES_PJ><EnTetePES_PJ><IdVer V="1"/></EnTetePES_PJ><PJ><Contenu><Fichier>${'A'.repeat(bourrage)}</Fichier></Contenu><IdUnique V="PJ1"/></PJ></PES_PJ>
</n:PES_Aller>`;
  return Buffer.from(texte, 'latin1');
}

export function empreinteDe(octets: Uint8Array, algorithme: 'sha1' | 'sha256' = 'sha256'): string {
  return createHash(algorithme).update(octets).digest('hex');
}

/** @param serie makes the name over FTP; over SFTP the SHA-1 does. */
export function envoiPes(octets: Buffer, serie: number | null, codCol = '123'): EnvoiPes {
  const numero = String(serie).padStart(3, '0');
  return {
    nomDistant: serie === null ? empreinteDe(octets, 'sha1') : `PESALR2_210340012_260302_${numero}.xml`,
    metadonnees: { dest: 'VHPCE11', appli: 'THELPES2', msg: `PES#${codCol}#034001#00` },
    taille: octets.length,
    ouvrir: async () => Readable.from(blocs(octets)),
  };
}

function* blocs(octets: Buffer): Generator<Uint8Array> {
  for (let i = 0; i < octets.length; i += 16_384) yield octets.subarray(i, i + 16_384);
}
