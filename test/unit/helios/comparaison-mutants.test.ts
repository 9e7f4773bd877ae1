import { afterAll, beforeAll, expect, test } from 'vitest';
import { lireXml } from '../../../src/formats/xml/lire.ts';
import type { ElementXml } from '../../../src/formats/xml/lire.ts';
import { contenuSigneEgal } from '../../../src/protocoles/helios/signature/comparaison.ts';
import { type De, lireDocument, muter as muterArbre, tirage } from '../../conformite/mutants-xml.ts';
import type { Pki } from '../formats/certificats/pki.ts';
import { cleDe, pkiSignature, signer } from '../formats/xades/atelier.ts';
import { muter as muterOctets } from '../formats/xades/mutants.ts';
import { morceaux, pes } from './generateur.ts';

/**
 * Accidents to a signed file: what the comparison still calls the file deposited says the same thing, by a second opinion
 * that holds the whole tree in memory and shares nothing with it but the tokeniser.
 */

const MUTANTS = 1500;
const GRAINE = 20_261_122;
const DS = 'http://www.w3.org/2000/09/xmldsig#';

const estSignature = (e: ElementXml): boolean => e.nom === 'Signature' && e.espace === DS;
const SIGNABLES = /^\/PES_Aller(?:\/PES_(?:Depense|Recette)Aller\/Bordereau)?$/;
const ENTETES = /^\/PES_Aller\/PES_(Depense|Recette)Aller\/EnTete\1$/;

/** The content without what signing may change; `Id` and InfoDematerialisee are told apart, in order. */
function depouiller(e: ElementXml, chemin: string, marques: string[]): unknown {
  const ici = `${chemin}/${e.nom}`;
  const signable = SIGNABLES.test(ici);
  const attributs = [...e.attributs].filter(([nom]) => !(signable && nom === 'Id'));
  if (signable) marques.push(`Id ${e.attributs.get('Id') ?? ''}`);
  const enfants = e.enfants.filter((f) => !(signable && estSignature(f)));
  const infos = ENTETES.test(ici) ? enfants.filter((f) => f.nom === 'InfoDematerialisee') : [];
  if (ENTETES.test(ici)) marques.push(`Info ${infos.map((i) => i.attributs.get('V') ?? '').join()}`);
  const gardes = enfants.filter((f) => !infos.includes(f));
  return [
    e.espace,
    e.nom,
    attributs.toSorted(),
    e.texte.trim(),
    gardes.map((f) => depouiller(f, ici, marques)),
  ];
}

function dire(octets: Uint8Array): { contenu: string; marques: string[] } | null {
  const lu = lireXml(octets);
  if (lu.type === 'illisible') return null;
  const marques: string[] = [];
  return { contenu: JSON.stringify(depouiller(lu.racine, '', marques)), marques };
}

/** An `Id` where there was none, 1 where there was 0 or nothing. */
function admises(avant: readonly string[], apres: readonly string[]): boolean {
  return (
    avant.length === apres.length &&
    avant.every((m, i) => {
      const n = apres[i] ?? '';
      if (m === n || m === 'Id ') return true;
      return /^Info (?:|0|false)$/.test(m) && /^Info \s*(?:1|true)\s*$/.test(n);
    })
  );
}

let pki: Pki;
let depose: Buffer;
let signe: Buffer;
let texteSigne = '';
beforeAll(async () => {
  pki = pkiSignature();
  const demande = { depense: [{ id: 'B1', pieces: 3 }], recette: [{}], pieces: [{ idUnique: 'P' }] };
  depose = pes({ ...demande, infoDematerialisee: '0' });
  const annonce = pes({ ...demande, infoDematerialisee: '1' });
  const fait = await signer(annonce, cleDe(pki, 'ec'), { idManquant: (rang) => `ID_${rang}` });
  signe = fait.octets;
  texteSigne = signe.toString('latin1');
});
afterAll(() => pki.fermer());

test('a mutant taken for the file deposited says the same thing, amount for amount', async () => {
  const de: De = tirage(GRAINE);
  const temoin = dire(depose);
  const compte = { egaux: 0, differents: 0, illisibles: 0 };
  const fautes: string[] = [];
  for (let tour = 0; tour < MUTANTS; tour += 1) {
    // bytes in disorder, then trees: what a broken tool does, then what a hand does
    const mutant =
      tour % 2 === 0
        ? muterOctets(signe, de)
        : Buffer.from(muterArbre(lireDocument(texteSigne), de), 'latin1');
    const verdict = await contenuSigneEgal(
      () => morceaux(depose, 997),
      () => morceaux(mutant, 1 + de(2000)),
    );
    if (verdict.type === 'illisible') compte.illisibles += 1;
    else if (verdict.type === 'egal') {
      compte.egaux += 1;
      const dit = dire(mutant);
      const meme = dit !== null && dit.contenu === temoin?.contenu && admises(temoin.marques, dit.marques);
      if (!meme) fautes.push(`mutant ${tour}`);
    } else compte.differents += 1;
  }
  console.log(`${MUTANTS} mutants, seed ${GRAINE}: ${JSON.stringify(compte)}`);
  expect(fautes).toEqual([]);
  // inside the signatures, or in the spelling of tags: some must pass, and some must not, or nothing is tested
  expect(compte.egaux).toBeGreaterThan(MUTANTS / 20);
  expect(compte.differents).toBeGreaterThan(MUTANTS / 20);
}, 60_000);
