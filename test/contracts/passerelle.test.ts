import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll } from 'vitest';
import type { PkiEssai } from '../../src/banc/pki.ts';
import { demarrerPyftpd, demarrerVsftpd } from '../serveurs/ftpd.ts';
import { demarrerSshd } from '../serveurs/sshd.ts';
import { contratPasserelle, type SujetPasserelle } from './passerelle.contract.ts';
import {
  dossiersDe,
  nomPasstrans,
  passerelleFtp,
  passerelleSftp,
  scenePasserelle,
  sujetFake,
} from './passerelle.sujets.ts';
import { nouvellePki } from './transport-portes.ts';

let pki: PkiEssai;
beforeAll(async () => {
  pki = await nouvellePki();
});

async function sujetSshd(): Promise<SujetPasserelle> {
  const sshd = await demarrerSshd();
  const passerelle = passerelleSftp(sshd);
  return {
    passerelle,
    nomFinal: nomPasstrans,
    ...sansDossier(dossiersDe(sshd.racine)),
    oublie: 'jamais',
    async fermer() {
      await passerelle.fermer();
      await sshd.arreter();
    },
  };
}

async function sujetVsftpd(): Promise<SujetPasserelle> {
  const ftpd = await demarrerVsftpd({ tls: pki.paires.ministere });
  const passerelle = passerelleFtp(ftpd, { tls: 'explicite', autorites: readFileSync(pki.ca, 'utf8') });
  return {
    passerelle,
    nomFinal: (envoi) => envoi.nomDistant,
    ...sansDossier(dossiersDe(ftpd.racine)),
    oublie: 'jamais',
    async fermer() {
      await passerelle.fermer();
      await ftpd.arreter();
    },
  };
}

async function sujetPyftpd(): Promise<SujetPasserelle> {
  const ftpd = await demarrerPyftpd({ adresseFausse: '10.11.12.13' });
  const passerelle = passerelleFtp(ftpd);
  return {
    passerelle,
    nomFinal: (envoi) => envoi.nomDistant,
    ...sansDossier(dossiersDe(ftpd.racine)),
    oublie: 'jamais',
    async fermer() {
      await passerelle.fermer();
      await ftpd.arreter();
    },
  };
}

/** The simulated DGFiP: the name must tell the SHA-1, or the metadata be said; what was read is forgotten. */
async function sujetDgfipSftp(): Promise<SujetPasserelle> {
  const scene = await scenePasserelle();
  const passerelle = scene.sftp();
  return {
    passerelle,
    nomFinal: nomPasstrans,
    nomDistant: (octets) => createHash('sha1').update(octets).digest('hex'),
    ...sansDossier(dossiersDe(scene.racine)),
    oublie: 'ferme',
    async fermer() {
      await passerelle.fermer();
      await scene.fermer();
    },
  };
}

async function sujetDgfipFtp(chiffre: boolean): Promise<SujetPasserelle> {
  const scene = await scenePasserelle({}, chiffre ? pki : undefined);
  const passerelle = scene.ftp();
  return {
    passerelle,
    nomFinal: (envoi) => envoi.nomDistant,
    ...sansDossier(dossiersDe(scene.racine)),
    oublie: 'envoye',
    async fermer() {
      await passerelle.fermer();
      await scene.fermer();
    },
  };
}

/** A sub-folder stands among the files on purpose: it is none of ours. */
function sansDossier(dossiers: ReturnType<typeof dossiersDe>): ReturnType<typeof dossiersDe> {
  return {
    ...dossiers,
    attente: async () => (await dossiers.attente()).filter((nom) => nom !== 'un-dossier'),
  };
}

contratPasserelle('fake', sujetFake);
contratPasserelle('SFTP, OpenSSH', sujetSshd);
contratPasserelle('FTPS, vsftpd (LIST, TLS session taken up again)', sujetVsftpd);
contratPasserelle('FTP, pyftpdlib (MLSD)', sujetPyftpd);
contratPasserelle('simulated DGFiP, SFTP', sujetDgfipSftp);
contratPasserelle('simulated DGFiP, FTP', () => sujetDgfipFtp(false));
contratPasserelle('simulated DGFiP, FTPS', () => sujetDgfipFtp(true));
