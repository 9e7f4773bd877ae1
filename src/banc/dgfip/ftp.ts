import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { erreurBanc } from '../../metier/catalogue/banc.ts';
import { raisonEcoute } from '../porte.ts';
import { SessionFtp } from './ftp-session.ts';
import type { Guichet } from './guichet.ts';
import type { OptionsServeurFtp, ServeurOuvert } from './serveurs.ts';

/** The gateways over FTP (RFC 959, 2428, 3659, 4217): what the DGFiP's clients use of it. Throws VGM-BAN-001. */
export async function ouvrirServeurFtp(options: OptionsServeurFtp, guichet: Guichet): Promise<ServeurOuvert> {
  const contexte: SecureContext | null = options.tls === null ? null : createSecureContext(options.tls);
  const prises = new Set<Socket>();
  const serveur = createServer({ noDelay: true }, (prise) => {
    prises.add(prise);
    prise.on('close', () => prises.delete(prise));
    new SessionFtp(prise, { ...options, contexte }, guichet).accueillir();
  });
  serveur.listen(options.port, '127.0.0.1');
  await once(serveur, 'listening').catch((origine: unknown) => {
    const adresse = `127.0.0.1:${options.port}`;
    throw erreurBanc('VGM-BAN-001', { adresse, detail: raisonEcoute(origine) }, origine);
  });
  return {
    port: (serveur.address() as AddressInfo).port,
    async fermer() {
      for (const prise of prises) prise.destroy();
      serveur.close();
      await once(serveur, 'close');
    },
  };
}
