import { manifest } from '../../src/config/manifest.ts';
import { creerFakeRevocation } from '../../src/adapters/revocation/fake.ts';
import { creerRevocationHttp } from '../../src/adapters/revocation/http.ts';
import { creerFakeRandom } from '../../src/adapters/random/fake.ts';
import { HORLOGE_VRAIE, MUET } from '../unit/notification/decor.ts';
import { JOUR_MS } from '../unit/formats/certificats/pki.ts';
import { contratRevocation } from './revocation.contract.ts';
import { jour, MAINTENANT, ouvrirServeur, type ServeurRevocation } from './revocation.serveur.ts';

/** A sound certificate, a revoked one, one without address; `perdu` since three days. */
async function peupler(): Promise<{ s: ServeurRevocation; liste: Buffer }> {
  const s = await ouvrirServeur();
  const adresses = { ocsp: ['/ocsp'], crl: ['/vive.crl'] };
  for (const nom of ['bon', 'revoque']) s.emettre(nom, adresses);
  s.emettre('muet', {});
  const quand = new Date(MAINTENANT - 3 * JOUR_MS)
    .toISOString()
    .replaceAll(/[-:T]|\.000/g, '')
    .slice(2);
  s.pki.revoquer('vive', 'revoque', { quand, motif: 'keyCompromise' });
  return { s, liste: s.pki.crl('vive', { nom: 'vive', emise: jour(0), jusqua: jour(3) }) };
}

contratRevocation('fake', async () => {
  const { s, liste } = await peupler();
  const revocation = creerFakeRevocation();
  const preuve = {
    type: 'crl' as const,
    octets: liste,
    nonce: null,
    adresse: `${s.base}/vive.crl`,
    obtenue: MAINTENANT,
  };
  for (const nom of ['bon', 'revoque']) revocation.donner(s.question(nom).certificat.sha256, [preuve]);
  return {
    revocation,
    question: s.question,
    regler: (marche) => revocation.regler(marche),
    fermer: () => s.fermer(),
  };
});

for (const genre of ['OCSP', 'CRL'] as const) {
  contratRevocation(`HTTP in front of a real ${genre} server`, async () => {
    const { s, liste } = await peupler();
    const reglage = manifest.parse({}).confiance.revocation;
    return {
      revocation: creerRevocationHttp(
        { ...reglage, reseaux_permis: ['127.0.0.0/8'], repos_s: 0 },
        { clock: HORLOGE_VRAIE, random: creerFakeRandom(HORLOGE_VRAIE), log: MUET },
      ),
      question: s.question,
      regler(marche) {
        s.servir('/ocsp', marche && genre === 'OCSP' ? s.repondeur() : (q) => void q.socket.destroy());
        s.servir(
          '/vive.crl',
          marche && genre === 'CRL' ? s.octets(() => liste) : (q) => void q.socket.destroy(),
        );
      },
      fermer: () => s.fermer(),
    };
  });
}
