import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ouvrirPasserelles } from '../../../src/adapters/passerelle/ouvrir.ts';
import { type Config, manifest } from '../../../src/config/manifest.ts';
import type { Passerelle } from '../../../src/ports/passerelle.ts';
import { codeDe, dossierEssai } from '../../contracts/montage.ts';
import { type SceneDgfip, scenePasserelle } from '../../contracts/passerelle.sujets.ts';
import { horloge, nouvellePki } from '../../contracts/transport-portes.ts';

/** The gateways as the settings name them, before the simulated doors. */

let scene: SceneDgfip;
let dossier: ReturnType<typeof dossierEssai>;
const ouvertes: Passerelle[] = [];
beforeEach(() => {
  dossier = dossierEssai();
});
afterEach(async () => {
  await Promise.all(ouvertes.splice(0).map((p) => p.fermer()));
  await scene.fermer();
  dossier[Symbol.dispose]();
});

async function ouvrir(reglages: Record<string, unknown>): Promise<Passerelle> {
  const secret = join(dossier.chemin, 'secret');
  writeFileSync(secret, 'secret-d-essai\n');
  const config: Config = manifest.parse({
    helios: {
      passerelles: [
        {
          nom: 'essai',
          hote: '127.0.0.1',
          utilisateur: 'tdt',
          secret_fichier: secret,
          dossier_depot: 'entree',
          dossier_retrait: 'sortie',
          repos_s: 0,
          ...reglages,
        },
      ],
    },
  });
  const [ouverte] = await ouvrirPasserelles(config.helios, { clock: horloge });
  if (ouverte === undefined) return expect.fail('none');
  ouvertes.push(ouverte.passerelle);
  return ouverte.passerelle;
}

describe('each way in of the settings', () => {
  it('passtrans_sftp, by password, to the pinned host', async () => {
    scene = await scenePasserelle();
    const { empreinte, dgfip } = scene;
    const commun = { mode: 'passtrans_sftp', port: dgfip.portSftp };
    const vue = await (await ouvrir({ ...commun, empreintes: [empreinte] })).sonder();
    expect(vue).toEqual({ joignable: true, detail: `SFTP, clé d’hôte ${empreinte}, 0 fichier en attente` });
    const autre = await ouvrir({ ...commun, empreintes: [`SHA256:${'A'.repeat(43)}`] });
    expect(await autre.sonder()).toMatchObject({ joignable: false });
  });

  it('gateway, in clear inside the tunnel', async () => {
    scene = await scenePasserelle();
    const passerelle = await ouvrir({ mode: 'gateway', port: scene.dgfip.portFtp });
    expect(await passerelle.sonder()).toMatchObject({
      joignable: true,
      detail: 'FTP en clair, 0 fichier en attente',
    });
  });

  it('passtrans_ftps, with its authorities; without them the server is not believed', async () => {
    const pki = await nouvellePki();
    scene = await scenePasserelle({}, pki);
    const commun = { mode: 'passtrans_ftps', hote: 'localhost', port: scene.dgfip.portFtp };
    const bonne = await ouvrir({ ...commun, autorites: pki.ca });
    expect(await bonne.sonder()).toMatchObject({ joignable: true, detail: 'FTPS, 0 fichier en attente' });
    expect((await (await ouvrir(commun)).sonder()).detail).toContain('n’est pas reconnu');
    expect(await codeDe(ouvrir({ ...commun, autorites: join(dossier.chemin, 'absent.pem') }))).toBe(
      'VGM-CFG-004',
    );
  });
});
