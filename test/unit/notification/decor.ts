import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manifest } from '../../../src/config/manifest.ts';
import type { Collectivite, PointNotification } from '../../../src/metier/collectivite.ts';
import type { Flux, PieceDuFlux } from '../../../src/metier/flux.ts';
import type { FluxId, Instant, LivraisonId, Sha256, Siren } from '../../../src/metier/identifiants.ts';
import type { Livraison } from '../../../src/metier/notifications.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Log } from '../../../src/ports/log.ts';

/** Scenery shared by the tests of the notification axis. */

export const MUET: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** The real time, for tests that talk to a real server. */
export const HORLOGE_VRAIE: Clock = {
  now: () => Date.now() as Instant,
  sleep: (ms, signal) =>
    new Promise((fini) => {
      if (signal?.aborted === true) return fini();
      const minuteur = setTimeout(fini, ms);
      signal?.addEventListener('abort', () => {
        clearTimeout(minuteur);
        fini();
      });
    }),
};

export const NOTIFICATION_DEFAUT = manifest.parse({}).notification;

export interface PaireTls {
  readonly cle: string;
  readonly certificat: string;
  /** Path of the PEM of the authority. */
  readonly autorite: string;
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}

/** A private authority and a server certificate for `receveur.test` and 127.0.0.1, made on the spot. */
export function forgerPaire(): PaireTls {
  const dossier = mkdtempSync(join(tmpdir(), 'vgm-tls-'));
  const ici = (nom: string): string => join(dossier, nom);
  const neuve = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const racine = ['-x509', '-keyout', ici('ca.key'), '-out', ici('ca.pem'), '-subj', '/CN=Autorite de test'];
  openssl(...neuve, ...racine);
  const signee = ['-x509', '-CA', ici('ca.pem'), '-CAkey', ici('ca.key'), '-keyout', ici('srv.key')];
  const noms = ['-subj', '/CN=receveur.test', '-addext', 'subjectAltName=DNS:receveur.test,IP:127.0.0.1'];
  openssl(
    ...neuve,
    ...signee,
    ...noms,
    '-out',
    ici('srv.pem'),
    '-addext',
    'basicConstraints=critical,CA:FALSE',
  );
  return {
    cle: readFileSync(ici('srv.key'), 'utf8'),
    certificat: readFileSync(ici('srv.pem'), 'utf8'),
    autorite: ici('ca.pem'),
  };
}

export const SIREN = '123456789' as Siren;
export const DEPART = Date.UTC(2026, 0, 15, 9, 30) as Instant;
export const OBJET = 'Révocation de Mme Hildegarde Ferrandou';

export function fluxDe(change: Partial<Flux> = {}): Flux {
  return {
    id: '0190a0a0-0000-7000-8000-000000000001' as FluxId,
    protocole: 'ACTES',
    collectivite: SIREN,
    etat: 'acquitte',
    ver: 7,
    due: null,
    tentatives: 0,
    identite: '034-123456789-20260114-2026_017-DE',
    resume: { numero: '2026_017', objet: OBJET },
    nomEnvoi: 'VGM-EACT--123456789--20260115-1.tar.gz',
    cite: null,
    depose: DEPART,
    modifie: DEPART,
    transmis: DEPART,
    solde: DEPART,
    alerte: null,
    erreur: null,
    ...change,
  };
}

export function pointDe(change: Partial<PointNotification> = {}): PointNotification {
  return {
    id: 'p1',
    canal: 'webhook',
    cible: 'https://receveur.test/vgm',
    evenements: [],
    actif: true,
    motif: null,
    ...change,
  };
}

export function collectiviteDe(points: readonly PointNotification[]): Collectivite {
  return {
    siren: SIREN,
    nom: 'Commune de Saint-Émilion',
    actif: true,
    actes: null,
    helios: null,
    points,
    creee: DEPART,
    ver: 0,
  };
}

export function livraisonDe(change: Partial<Livraison> = {}): Livraison {
  return {
    id: '0190a0a0-0000-7000-8000-0000000000aa' as LivraisonId,
    collectivite: SIREN,
    flux: fluxDe().id,
    point: 'p1',
    canal: 'webhook',
    type: 'flux.acquitte',
    charge: { type: 'flux.acquitte' },
    etat: 'a_faire',
    due: DEPART,
    tentatives: 0,
    creee: DEPART,
    ver: 0,
    ...change,
  };
}

export function pieceDe(change: Partial<PieceDuFlux> = {}): PieceDuFlux {
  return {
    role: 'accuse',
    nom: 'accusé de réception.xml',
    sha256: 'a'.repeat(64) as Sha256,
    sha512: 'b'.repeat(128),
    taille: 12,
    type: 'application/xml',
    rang: 4,
    ajoutee: DEPART,
    ...change,
  };
}
