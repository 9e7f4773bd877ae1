import { describe, expect, it } from 'vitest';
import type { Instant } from '../../../src/metier/identifiants.ts';
import { actes } from '../../../src/protocoles/actes/index.ts';
import type { PartieRetour } from '../../../src/protocoles/protocole.ts';
import { courriel, RETOURS } from './decor.ts';

const lire = (dossier: string) => actes.accuse.lire(courriel(`${RETOURS}${dossier}`));
const AR = '034-000000018-20260302-2026_014-DE-1-2_5120.xml';
const ACTE = '034-000000018-20260302-2026_014-DE';

describe('1-2 (ARActe)', () => {
  it('finds its flux by IDActe, carries the date of reception, keeps message then envelope', () => {
    const { messages, restes } = lire('accuse');
    expect(restes).toEqual([]);
    expect(messages).toEqual([
      {
        code: '1-2',
        cle: { par: 'identite', identite: ACTE },
        siren: '000000018',
        evenement: 'accuse_recu',
        notification: 'flux.acquitte',
        libelle: `Acte ${ACTE} reçu en préfecture le 03/03/2026.`,
        erreur: null,
        champs: { dateReception: '2026-03-03', classificationEnCours: '2024-09-02' },
        parties: [AR, 'TACT--SPREF0341-000000018-20260303-4.xml'],
      },
    ]);
  });

  it('UTF-8 bytes under an ISO-8859-1 prologue, CRLF, no DocumentPapier: understood', () => {
    const { messages, restes } = lire('accuse-utf8');
    expect([messages[0]?.cle, restes]).toEqual([{ par: 'identite', identite: ACTE }, []]);
  });

  it('whatever the order and the names of the parts', () => {
    const [a, b] = courriel(`${RETOURS}accuse`);
    if (a === undefined || b === undefined) return expect.unreachable();
    const attendu = actes.accuse.lire([a, b]).messages[0];
    expect(actes.accuse.lire([b, a]).messages[0]).toEqual(attendu);
    const renommes = [
      { ...b, nom: 'partie-1' },
      { ...a, nom: 'partie-2' },
    ];
    const { messages, restes } = actes.accuse.lire(renommes);
    expect([messages[0]?.cle, messages[0]?.siren, messages[0]?.parties, restes]).toEqual([
      attendu?.cle,
      '000000018',
      ['partie-2', 'partie-1'],
      [],
    ]);
  });

  it('the same message twice counts once; two different files under one name are told', () => {
    const parties = courriel(`${RETOURS}accuse`);
    expect(actes.accuse.lire([...parties, ...parties]).messages).toHaveLength(1);
    const [premiere] = parties;
    if (premiere === undefined) return expect.unreachable();
    const autre: PartieRetour = { nom: premiere.nom, octets: Buffer.from('autre chose') };
    expect(actes.accuse.lire([...parties, autre]).restes).toEqual([
      { nom: premiere.nom, motif: expect.stringMatching(/même nom/) },
    ]);
  });

  it('envelope and message that disagree on the collectivité are left to a person', () => {
    const { messages, restes } = lire('contradiction');
    expect(messages).toEqual([]);
    expect(restes).toEqual([
      { nom: AR, motif: 'Le message se contredit : destinataire 000000026, acte de 000000018.' },
    ]);
  });

  it('the dress of the mail (body, logo) is nothing beside a message', () => {
    const decor: PartieRetour[] = [
      { nom: 'logo.png', octets: Buffer.from('89504e470d0a1a0a00', 'hex') },
      { nom: 'logo.gif', octets: Buffer.from('GIF89a') },
      { nom: 'corps.html', octets: Buffer.from('<!DOCTYPE html><html><br></html>') },
      { nom: 'sans-nom', octets: Buffer.from('<html><body/></html>') },
      { nom: 'corps.txt', octets: Buffer.from('Bonjour') },
    ];
    expect(actes.accuse.lire([...decor, ...courriel(`${RETOURS}accuse`)]).restes).toEqual([]);
  });
});

describe('1-3 (AnomalieActe)', () => {
  it('empty fields in its name: components from the message, SIREN from the envelope, département from the names it cites', () => {
    const { messages, restes } = lire('refus');
    expect(restes).toEqual([]);
    expect(messages[0]).toMatchObject({
      code: '1-3',
      cle: {
        par: 'acte',
        siren: '000000018',
        numero: '2026_014',
        date: '2026-03-02',
        abrege: 'DE',
        departement: '034',
      },
      evenement: 'anomalie_recue',
      notification: 'flux.anomalie',
      erreur: { code: 'ODT-VERIF-01', nature: 'definitive', remede: expect.stringMatching(/classification/) },
      champs: { classificationEnCours: '2026-01-05', codeAnomalie: 'ODT-VERIF-01', natureAnomalie: '002' },
    });
    expect(messages[0]?.erreur?.message).toBe(
      "ODT-VERIF-01 : la date de classification de cet acte n'est plus à jour",
    );
  });

  it('no Detail, no department anywhere, envelope first: understood, with code 1-3', () => {
    const { messages, restes } = lire('refus-muet');
    expect(restes).toEqual([]);
    expect(messages[0]?.cle).toEqual({
      par: 'acte',
      siren: '000000018',
      numero: '2026_014',
      date: '2026-03-02',
      abrege: 'DE',
      departement: null,
    });
    expect(messages[0]?.erreur).toMatchObject({ code: '1-3', message: 'Refus sans explication de l’État.' });
  });

  it('several messages in one mail: each its key, the envelope with both; an unknown code keeps its words', () => {
    const { messages, restes } = lire('plusieurs');
    expect(restes).toEqual([]);
    expect(messages.map((m) => [m.code, m.siren, m.parties.at(-1)])).toEqual([
      ['1-3', '000000018', 'TACT--PREF034-000000018-20260303-9.xml'],
      ['1-2', '000000018', 'TACT--PREF034-000000018-20260303-9.xml'],
    ]);
    expect(messages[0]?.erreur).toMatchObject({
      code: 'PREF-VERIF-99',
      remede: expect.stringMatching(/préfecture/),
    });
  });
});

describe('AnomalieEnveloppe', () => {
  it('the archive named in the Detail wins over the file name; nature 5', () => {
    const { messages, restes } = lire('enveloppe-refusee');
    expect(restes).toEqual([]);
    expect(messages[0]).toMatchObject({
      code: 'ANO',
      cle: { par: 'nomEnvoi', nom: 'TACT--000000018--20260302-12' },
      siren: '000000018',
      evenement: 'anomalie_recue',
      erreur: { code: 'PREF-VERIF-02', remede: expect.stringMatching(/SIREN/) },
      champs: { natureAnomalie: '5' },
    });
  });
  it('nature 999, archive only in the file name', () => {
    const [m] = lire('enveloppe-refusee-999').messages;
    expect([m?.cle, m?.erreur?.code]).toEqual([
      { par: 'nomEnvoi', nom: 'TACT--000000018--20260302-12' },
      'ODT-VERIF-17',
    ]);
  });
  it('no archive named anywhere: by the acte of the envelope sent back', () => {
    const [m] = lire('enveloppe-refusee-anonyme').messages;
    expect([m?.cle, m?.erreur?.code]).toEqual([{ par: 'identite', identite: ACTE }, 'ANO']);
  });
});

describe('what is left to people, with the reason', () => {
  it('2-1: a letter about its acte, with its PDF; nothing is left', () => {
    const { messages, courriers, restes } = lire('courrier');
    expect([messages, restes]).toEqual([[], []]);
    expect(courriers).toMatchObject([
      { code: '2-1', identite: expect.stringContaining('034-000000018'), documents: [expect.any(String)] },
    ]);
  });
  it('7-2: answers the request of the collectivité, and brings the classification', () => {
    const [message] = lire('classification').messages;
    expect(message).toMatchObject({ code: '7-2', cle: { par: 'demande', message: '7-1' } });
    expect(Object.keys(message?.classification?.matieres ?? {})).not.toEqual([]);
  });
  it('an envelope whose message is missing', () => {
    expect(lire('enveloppe-seule').restes[0]?.motif).toMatch(/annonce 1 message \(.*contient 0/);
  });
  it('the multi-channel reminder, which has no XML', () => {
    expect(lire('rappel-papier').restes[0]?.motif).toMatch(/document papier/);
  });
  it.each([
    ['x.xml', 'pas du xml', /XML lisible/],
    ['x.xml', '', /XML lisible/],
    ['x.xml', '<a/>', /pas un message ACTES \(racine « a »\)/],
    ['x.xml', '<!DOCTYPE a><a/>', /DOCTYPE/],
    ['x.xml', '<ARActe/>', /ne dit pas de quel acte/],
    ['x.xml', '<AnomalieEnveloppe/>', /quelle archive/],
    ['x.pdf', '%PDF-1.4', /ne cite cette pièce/],
    ['x', '\u0000\u0001', /ne cite cette pièce/],
  ])('%s containing %j', (nom, contenu, motif) => {
    const { messages, restes } = actes.accuse.lire([{ nom, octets: Buffer.from(contenu) }]);
    expect(messages).toEqual([]);
    expect(restes[0]?.motif).toMatch(motif);
  });
  it('a mail without parts gives nothing', () => {
    expect(actes.accuse.lire([])).toEqual({ messages: [], courriers: [], rappels: [], restes: [] });
  });
});

const quand = (iso: string): Instant => Temporal.Instant.from(iso).epochMilliseconds as Instant;
const dit = (iso: string, n: number): string => {
  const fin = actes.accuse.echeance({ resume: {} }, quand(iso), n);
  return fin === null ? 'jamais' : Temporal.Instant.fromEpochMilliseconds(fin).toString();
};

describe('when the receipt should have come (18 h in Paris on the n-th working day after)', () => {
  it.each([
    ['Monday, 1 day', '2026-03-02T10:00:00Z', 1, '2026-03-03T17:00:00Z'],
    ['Friday, 1 day: Monday', '2026-03-06T10:00:00Z', 1, '2026-03-09T17:00:00Z'],
    ['over the summer-time change', '2026-03-27T10:00:00Z', 1, '2026-03-30T16:00:00Z'],
    ['1 May 2026, a Friday and a holiday', '2026-04-30T10:00:00Z', 1, '2026-05-04T16:00:00Z'],
    ['0 day, in the morning', '2026-03-02T08:00:00Z', 0, '2026-03-02T17:00:00Z'],
    ['0 day, after 18 h', '2026-03-02T18:30:00Z', 0, '2026-03-03T17:00:00Z'],
  ] as const)('%s', (...[, transmis, jours, attendu]) => {
    expect(dit(transmis, jours)).toBe(attendu);
  });
});
