import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** SMTP dialogue by hand: to send what no well-behaved client would. */
export class ClientSmtp {
  readonly prise: Socket;
  #recu = '';
  #ferme = false;
  #reveil: () => void = () => undefined;

  private constructor(prise: Socket) {
    this.prise = prise;
    prise.setEncoding('utf8');
    prise.on('data', (texte: string) => {
      this.#recu += texte;
      this.#reveil();
    });
    prise.on('error', () => undefined);
    prise.on('close', () => {
      this.#ferme = true;
      this.#reveil();
    });
  }

  /** Connects and greets. */
  static async ouvrir(adresse: string): Promise<ClientSmtp> {
    const [hote = '', port = ''] = adresse.split(':');
    const prise = connect(Number(port), hote);
    const client = new ClientSmtp(prise);
    await once(prise, 'connect');
    await client.reponse();
    await client.dire('EHLO essai.example');
    return client;
  }

  /** Next full reply, or '' once the line is closed. */
  async reponse(): Promise<string> {
    for (;;) {
      const fin = /^\d{3} .*\r\n/m.exec(this.#recu);
      if (fin !== null) {
        const reponse = this.#recu.slice(0, fin.index + fin[0].length);
        this.#recu = this.#recu.slice(reponse.length);
        return reponse.trim();
      }
      if (this.#ferme) return '';
      await new Promise<void>((resolve) => {
        this.#reveil = resolve;
      });
    }
  }

  async dire(ligne: string): Promise<string> {
    this.prise.write(`${ligne}\r\n`);
    return this.reponse();
  }

  /** To the point where the server waits for the message; returns its reply. */
  async jusquaDonnees(a: string): Promise<string> {
    await this.dire('MAIL FROM:<etat@interieur.example>');
    await this.dire(`RCPT TO:<${a}>`);
    return this.dire('DATA');
  }

  async envoyer(a: string, message: string): Promise<string> {
    const pret = await this.jusquaDonnees(a);
    if (!pret.startsWith('354')) return pret;
    return this.dire(`${message}\r\n.`);
  }

  async fermee(): Promise<void> {
    if (!this.#ferme) await once(this.prise, 'close');
  }
}
