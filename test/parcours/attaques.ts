import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { demande, formulaire, FRONTIERE, lire, type Partie, PDF, type Reponse } from './monde.ts';

/** Bodies and pieces that no honest client sends. */

export const dtd = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">${Array.from({ length: 9 }, (_, i) => `<!ENTITY lol${i + 1} "${`&lol${i === 0 ? '' : i};`.repeat(10)}">`).join('')}]><DocumentBudgetaire>&lol9;</DocumentBudgetaire>`;
export const xxe =
  '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><DocumentBudgetaire>&x;</DocumentBudgetaire>';
export const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
export const texte = (o: Uint8Array): string => Buffer.from(o).toString('latin1');
export const chiffre = Buffer.from(
  texte(PDF).replace('/Root 1 0 R >>', '/Root 1 0 R /Encrypt 9 0 R >>'),
  'latin1',
);
export const budget = { nature: '5', matiere: '7.1', document: { typologie: '99_BU' } };
/** A budget in XML, with this inside. */
export const budgetDe = (corps: string): string => `<DocumentBudgetaire>${corps}</DocumentBudgetaire>`;
export const annexe = (corps: Uint8Array | string, fichier = 'annexe.xml'): Partie => ({
  nom: 'annexe',
  fichier,
  corps,
});
export const uneAnnexe = { annexes: [{ typologie: '70_DE' }] };

const entete = (nom: string, fichier: string): string =>
  `--${FRONTIERE}\r\nContent-Disposition: form-data; name="${nom}"; filename="${fichier}"\r\n\r\n`;

/** Sends a body as it comes, without announcing its length. */
export function envoyerFlot(socket: string, morceaux: Iterable<Uint8Array>): Promise<Reponse> {
  const { promise, resolve, reject } = Promise.withResolvers<Reponse>();
  const { entetes } = formulaire([]);
  const requete = request({
    socketPath: socket,
    path: '/api/v1/flux',
    method: 'POST',
    headers: entetes,
    agent: false,
  });
  let repondu = false;
  requete.on('response', (r) => {
    repondu = true;
    void buffer(r).then((o) => resolve(lire(r.statusCode ?? 0, r.headers, o)), reject);
  });
  requete.on('error', (e) => (repondu ? undefined : reject(e)));
  const suite = morceaux[Symbol.iterator]();
  const pousser = (): void => {
    for (;;) {
      const { done, value } = suite.next();
      if (done === true || repondu) return void requete.end();
      if (!requete.write(value)) return void requete.once('drain', pousser);
    }
  };
  pousser();
  return promise;
}

export function* troisCents(): Generator<Uint8Array> {
  yield formulaire([demande({ numero: 'GROS' })]).corps.subarray(0, -(FRONTIERE.length + 6));
  yield Buffer.from(entete('document', 'gros.pdf'));
  const bloc = Buffer.alloc(1_000_000, 0x20);
  for (let i = 0; i < 300; i += 1) yield bloc;
}
