import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifier } from '../../../src/cli/verifier.ts';
import { Atelier, type Contenus, fautes, toutRefaire } from './atelier.ts';
import { arActe, type Decor, ecrireJournal, enOctets, IDENTITE, planter, sha } from './decor.ts';

let atelier: Atelier;
beforeAll(async () => {
  atelier = await Atelier.ouvrir();
});
afterAll(() => atelier.fermer());

const fiche = (c: Contenus, changer: (f: Record<string, unknown>) => void): void => {
  const lue = JSON.parse((c.get('flux.json') as Buffer).toString());
  changer(lue);
  c.set('flux.json', Buffer.from(JSON.stringify(lue)));
  toutRefaire(c);
};

describe('A proof that contradicts itself is false even with every digest right', () => {
  test('receipt of another acte', async () => {
    const autre = IDENTITE.replace('041', '042');
    expect(await fautes(await atelier.exporter(await planter(arActe(autre))))).toEqual([
      `Accusé de l’État : pieces/004-accuse-${IDENTITE}-1-2_1.xml : il accuse réception de l’acte ${autre}, non de ${IDENTITE}`,
    ]);
  });

  test('acknowledged without any receipt', async () => {
    const decor = await planter(Buffer.from('<x/>'));
    expect(await fautes(await atelier.exporter(decor))).toEqual([
      'Accusé de l’État : flux acquitté sans accusé de réception',
    ]);
  });

  test('an archive that does not hold the deposited document', async () => {
    const decor = await planter();
    const annexe = decor.pieces[1] as Decor['pieces'][0];
    const octets = Buffer.from('%PDF-1.4 un autre plan');
    const sha512 = createHash('sha512').update(octets).digest('hex');
    decor.pieces[1] = { ...annexe, sha256: sha(octets), sha512, taille: octets.length };
    decor.octets.set(sha(octets), octets);
    decor.lignes.length = 0;
    ecrireJournal(decor);
    expect(await fautes(await atelier.exporter(decor))).toEqual([
      'Archive transmise : la pièce pieces/001-annexe-__plan.pdf n’y figure pas à l’identique',
    ]);
  });

  test('a state, a size or a digest rewritten', async () => {
    const etat = await atelier.modifier((c) => fiche(c, (f) => Object.assign(f, { etat: 'transmis' })));
    expect(await fautes(etat)).toEqual(['Flux : l’état du flux et la portée annoncée se contredisent']);
    const taille = await atelier.modifier((c) =>
      fiche(c, (f) => Object.assign((f['pieces'] as object[])[0] as object, { taille: 3 })),
    );
    expect((await fautes(taille)).join()).toContain('Pièces : différentes de leur description');
    const tue = await atelier.modifier((c) => fiche(c, (f) => (f['pieces'] as object[]).pop()));
    expect((await fautes(tue)).join()).toContain('non décrites : pieces/005-retour-courriel.eml');
    const casse = await atelier.modifier((c) => fiche(c, (f) => delete f['identite']));
    expect(await fautes(casse)).toEqual(['Flux : flux.json : champ « identite » manquant ou inattendu']);
  });
});

const lancer = async (chemin: string, json = false) => {
  const lignes: string[] = [];
  const erreurs: string[] = [];
  const sorties = {
    ecrire: (l: string) => lignes.push(l),
    erreur: (l: string) => erreurs.push(l),
    couleur: false,
  };
  const code = await verifier(chemin, { json }, sorties);
  return { code, texte: lignes.join('\n'), erreurs: erreurs.join('\n') };
};

describe('vaguemestre verifier', () => {
  test('0 for a good proof, in sentences or JSON', async () => {
    const vu = await lancer(atelier.bonne);
    expect(vu.code).toBe(0);
    expect(vu.texte).toContain('bon   Journal            4 lignes, 2 liens de chaîne vérifiés');
    expect(vu.texte.endsWith('Dossier de preuve intact.')).toBe(true);
    const json = await lancer(atelier.bonne, true);
    expect(JSON.parse(json.texte)).toMatchObject({ bonne: true });
    expect(json.texte).not.toContain('\n');
  });

  test('what the proof says never drives the terminal', async () => {
    const hostile = await atelier.modifier((c) =>
      fiche(c, (f) => Object.assign(f, { identite: 'X\u009b31m' })),
    );
    const vu = await lancer(hostile);
    expect(vu.texte).toContain('X\ufffd31m');
    expect(vu.texte).not.toMatch(/\u009b/);
  });

  test('3 for a false one, hostile ZIP included; 1 for what cannot be read', async () => {
    const faux = await lancer(await atelier.modifier((c) => c.set('LISEZMOI.txt', Buffer.from('rien'))));
    expect(faux.code).toBe(3);
    expect(faux.texte).toContain('FAUX  Empreintes         contenu modifié : LISEZMOI.txt');
    expect(faux.texte).toContain('DOSSIER DE PREUVE FAUX : 2 points ci-dessus.');
    const octets = await enOctets(createReadStream(atelier.bonne));
    octets.write('mimetyqe', 30);
    expect((await lancer(await atelier.poser(octets))).code).toBe(3);
    const absent = await lancer(join(atelier.dossier, 'absent.asice'));
    expect(absent.code).toBe(1);
    expect(absent.erreurs).toContain('ne se lit pas : fichier absent');
    expect(absent.texte).toBe('');
  });
});
