import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { ouvrirRelais, type Panne, type Relais } from './relais.ts';

export interface RelaisFtp {
  readonly port: number;
  /** What befalls the data connections to come; null = nothing. */
  regler(panne: Panne | null): void;
  /** Hangs up every connection, of commands and of data. */
  trancher(): void;
  fermer(): Promise<void>;
}

/** `229 … (|||6446|)` (RFC 2428). */
const PASSIF = /(229 [^\r\n]*\(\|\|\|)([0-9]+)(\|\))/;

/** A relay before an FTP server whose data connections, in extended passive mode, go through it too. */
export async function ouvrirRelaisFtp(cible: {
  readonly hote: string;
  readonly port: number;
}): Promise<RelaisFtp> {
  const prises = new Set<Socket>();
  const donnees = new Set<Relais>();
  let panne: Panne | null = null;

  /** A relay before one port of data; it lives as long as the line of commands. */
  const relayer = async (port: number): Promise<Relais> => {
    const relais = await ouvrirRelais({ cible: { hote: cible.hote, port } });
    relais.regler(panne);
    donnees.add(relais);
    return relais;
  };

  const serveur = createServer({ noDelay: true }, (client) => {
    const distante = connect({ host: cible.hote, port: cible.port, noDelay: true });
    const siens: Relais[] = [];
    const raccrocher = () => {
      client.destroy();
      distante.destroy();
      for (const relais of siens) if (donnees.delete(relais)) void relais.fermer();
    };
    for (const prise of [client, distante]) {
      prises.add(prise);
      prise.on('error', () => undefined);
      prise.on('close', () => prises.delete(prise));
      prise.on('close', raccrocher);
    }
    client.on('data', (octets) => distante.write(octets));
    let file = Promise.resolve();
    distante.on('data', (octets) => {
      file = file.then(async () => {
        const texte = octets.toString('latin1');
        const port = Number(PASSIF.exec(texte)?.[2] ?? 0);
        if (port === 0) return void client.write(octets);
        const relais = await relayer(port);
        siens.push(relais);
        client.write(texte.replace(PASSIF, `$1${relais.port}$3`), 'latin1');
      });
    });
  }).listen(0, '127.0.0.1');
  await once(serveur, 'listening');
  const trancher = () => {
    for (const relais of donnees) relais.trancher();
    for (const prise of prises) prise.destroy();
  };
  return {
    port: (serveur.address() as AddressInfo).port,
    regler: (suivante) => {
      panne = suivante;
    },
    trancher,
    async fermer() {
      trancher();
      await Promise.all([...donnees].map((relais) => relais.fermer()));
      serveur.close();
      await once(serveur, 'close');
    },
  };
}
