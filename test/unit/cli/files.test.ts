import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { erreurNoeud } from '../../../src/metier/catalogue/noeud.ts';
import { type BancApi, ouvrirBanc } from '../../api/banc-api.ts';
import { FILES } from '../../api/files-fictives.ts';
import { type BancCli, creerBancCli } from './banc-cli.ts';

let api: BancApi;
let cli: BancCli;
beforeAll(async () => {
  api = await ouvrirBanc();
});
afterAll(() => api.fermer());
beforeEach(() => {
  cli = creerBancCli(api.socket);
  api.gestes.etatFiles = FILES;
});

describe('vaguemestre files', () => {
  test('what waits, what is in hand, the nodes, the turns and the announcements, in aligned columns', async () => {
    const { code, sortie } = await cli.lancer('files');
    expect(code).toBe(0);
    expect(sortie.trimEnd().replaceAll('\u202f', ' ').split('\n')).toEqual([
      'File               Dues  En main  Plus tard  Attend depuis        Émission',
      'flux-ACTES         3     2        1 200      02/03/2026 09:59:55',
      'dest-HELIOS:dgfip  1     0        0          02/03/2026 09:59:00  suspendue : travaux',
      'retours            0     0        0          -',
      '',
      'En main     Nœud      Nombre  Jusqu’à',
      'flux-ACTES  mairie-2  2       02/03/2026 10:05:00',
      '',
      'Nœud      Rôles            Version  Démarré              Vu',
      'mairie-1  portes           1.2.3    02/03/2026 10:00:00  02/03/2026 10:00:00  celui-ci',
      'mairie-2  travail, releve  1.2.3    02/03/2026 10:00:00  02/03/2026 10:00:00',
      '',
      'Tour          Nœud      Jusqu’à',
      'imap:retours  mairie-2  02/03/2026 10:01:00',
      '',
      'Redis répond : 3 annonces en attente.',
      'Annonces    En attente  En cours  Plus tard',
      'flux-ACTES  3           2         7',
    ]);
  });

  test('a Redis that does not answer is told with what to do; a node that is alone says so', async () => {
    const { fiche: erreur } = erreurNoeud('VGM-REP-002', {
      adresse: 'redis:6379',
      detail: 'connexion refusée',
    });
    api.gestes.etatFiles = {
      ...FILES,
      enMain: [],
      tours: [],
      repartition: { type: 'bullmq', erreur, files: [] },
    };
    expect((await cli.lancer('files')).sortie).toMatch(
      /Redis ne sert pas : Le serveur Redis redis:6379 ne répond pas : connexion refusée\. Vérifier Redis/,
    );
    const problemes = '- appendonly vaut « no » : il faut « appendonly yes ».\n- version 6.0.';
    const { fiche: inapte } = erreurNoeud('VGM-REP-001', { adresse: 'redis:6379', problemes });
    api.gestes.etatFiles = { ...FILES, repartition: { type: 'bullmq', erreur: inapte, files: [] } };
    expect((await cli.lancer('files')).sortie).toContain(
      'ne peut pas servir : - appendonly vaut « no » : il faut « appendonly yes ». - version 6.0.',
    );
    api.gestes.etatFiles = { ...FILES, repartition: { type: 'locale', erreur: null, files: [] } };
    expect((await cli.lancer('files')).sortie).toContain('Répartition locale : chaque nœud cherche');
  });

  test('--json: one document, with stable keys', async () => {
    const { json } = await cli.lancer('files', '--json');
    expect(json).toHaveLength(1);
    expect(json[0]).toMatchObject({
      noeud: 'mairie-1',
      quand: '2026-03-02T09:00:00.000Z',
      files: [
        { file: 'flux-ACTES', dues: 3, enMain: 2, plusTard: 1200, suspension: null },
        { file: 'dest-HELIOS:dgfip', suspension: { motif: 'travaux', acteur: 'agent:local' } },
        { depuis: null },
      ],
      enMain: [{ file: 'flux-ACTES', proprietaire: 'mairie-2', nombre: 2, bail: '2026-03-02T09:05:00.000Z' }],
      noeuds: [{ nom: 'mairie-1' }, { roles: ['travail', 'releve'] }],
      tours: [{ nom: 'imap:retours', proprietaire: 'mairie-2' }],
      repartition: { type: 'bullmq', erreur: null, annonces: [{ file: 'flux-ACTES', enAttente: 3 }] },
    });
  });
});

describe('vaguemestre demarrer --role', () => {
  test('names what this daemon does', async () => {
    cli.interruption.abort();
    expect((await cli.lancer('demarrer', '--role', 'travail', 'releve')).code).toBe(0);
    await cli.lancer('demarrer');
    expect(cli.lances.map((l) => l.options)).toEqual([{ roles: ['travail', 'releve'] }, {}]);
  });
  test('any other is refused, exit 2', async () => {
    const r = await cli.lancer('demarrer', '--role', 'maitre');
    expect([r.code, r.erreur]).toEqual([
      2,
      expect.stringContaining('« --role » attend portes, travail, releve, et on lit « maitre »'),
    ]);
    expect(cli.lances).toEqual([]);
  });
});
