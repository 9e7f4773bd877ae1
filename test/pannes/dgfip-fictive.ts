import { createHash } from 'node:crypto';
import type { Accident } from '../../src/adapters/passerelle/fake.ts';
import type { Session } from '../../src/adapters/passerelle/session.ts';
import type { Deposant, Releveur } from '../../src/ports/passerelle.ts';
import { type Appel, suivreAppels } from '../parcours/appels.ts';
import type { Sol } from '../parcours/atelier.ts';

export interface OptionsDgfip {
  /** A deposit is taken away at once, and can be seen no more. */
  readonly emporte?: boolean;
  /** What is read is forgotten: once the reader has hung up (SFTP), or as soon as it has left the gateway (FTP). */
  readonly oublie?: 'lu' | 'parti';
  /** One per deposit to come. */
  readonly accidents?: readonly Accident[];
}

/** The DGFiP: remembers each file that it took, whatever the client heard of it. */
export interface DgfipFictive extends Deposant, Releveur {
  /** Times that each name was taken. */
  readonly registre: Map<string, number>;
  /** Times that the bytes of each name came. */
  readonly presentees: Map<string, number>;
  /** SHA-256 of what was taken under each name. */
  readonly empreintes: Map<string, string>;
  /** Names under which half a file may lie. */
  brouillons(): readonly string[];
  publier(nom: string, octets: Buffer): void;
  /** What the connections to come do passes through `appel`: `session.ecrire`, `session.bloc`, `session.renommer`… */
  servir(appel: Appel): void;
}

const FINAL = /\.xml$/;
const nomDe = (chemin: string): string => chemin.split('/').at(-1) ?? '';

export function creerDgfipFictive(sol: Sol, options: OptionsDgfip = {}): DgfipFictive {
  const { passerelle } = sol;
  const tenue = { registre: new Map(), presentees: new Map(), empreintes: new Map() };
  passerelle.programmer(...(options.accidents ?? []));
  const compter = (session: Session) => tenir(session, { sol, options, ...tenue });
  passerelle.enrober(compter);
  return {
    ...tenue,
    brouillons: () => [...passerelle.entree.keys()].filter((nom) => !FINAL.test(nom)),
    publier: (nom, octets) => void passerelle.sortie.set(nom, octets),
    servir: (appel) => passerelle.enrober((session) => suivreSession(compter(session), appel)),
    deposer: (envoi, signal) => passerelle.deposer(envoi, signal),
    existe: (identite) => passerelle.existe(identite),
    lister: () => passerelle.lister(),
    telecharger: (fichier, verser) => passerelle.telecharger(fichier, verser),
    retirer: (fichier) => passerelle.retirer(fichier),
  };
}

/** The same session, some of its methods replaced. */
function detourner(session: Session, autres: Partial<Session>): Session {
  return new Proxy(session, {
    get(cible, cle) {
      const valeur: unknown = Reflect.get(autres, cle) ?? Reflect.get(cible, cle);
      return typeof valeur === 'function' ? valeur.bind(cible) : valeur;
    },
  });
}

interface Tenue extends Pick<DgfipFictive, 'registre' | 'presentees' | 'empreintes'> {
  readonly sol: Sol;
  readonly options: OptionsDgfip;
}

/** What the gateway notes of one connection. */
function tenir(session: Session, { sol, options, registre, presentees, empreintes }: Tenue): Session {
  const { entree, sortie } = sol.passerelle;
  const compter = (ou: Map<string, number>, nom: string) => void ou.set(nom, (ou.get(nom) ?? 0) + 1);
  const prendre = (nom: string) => {
    compter(registre, nom);
    empreintes.set(
      nom,
      createHash('sha256')
        .update(entree.get(nom) ?? '')
        .digest('hex'),
    );
    if (options.emporte === true) entree.delete(nom);
  };
  return detourner(session, {
    async ecrire(ecriture) {
      compter(presentees, nomDe(ecriture.chemin).replace(/\.part$/, ''));
      return session.ecrire(ecriture);
    },
    async renommer(...[de, vers, engager]) {
      const nom = nomDe(vers);
      const la = entree.has(nom);
      try {
        await session.renommer(de, vers, engager);
      } finally {
        if (!la && entree.has(nom)) prendre(nom);
      }
    },
    async lire(lecture) {
      const { cle } = lecture.fichier;
      const verser: typeof lecture.verser = async (contenu) => {
        if (options.oublie === 'parti') sortie.delete(cle);
        await lecture.verser(contenu);
      };
      const lu = await session.lire({ ...lecture, verser });
      if (options.oublie === 'lu') sortie.delete(cle);
      return lu;
    },
  });
}

function suivreSession(session: Session, appel: Appel): Session {
  const suivie = suivreAppels(session, { nom: 'session', appel });
  return detourner(suivie, {
    ecrire: (ecriture) => suivie.ecrire({ ...ecriture, contenu: parMoities(ecriture.contenu, appel) }),
  });
}

/** Half a file may stay behind: whoever writes it may die between two blocks. */
async function* parMoities(contenu: AsyncIterable<Uint8Array>, appel: Appel): AsyncGenerator<Uint8Array> {
  for await (const bloc of contenu) {
    const milieu = bloc.length >> 1;
    yield bloc.subarray(0, milieu);
    await appel('session.bloc', async () => undefined);
    yield bloc.subarray(milieu);
  }
}
