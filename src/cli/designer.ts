import { erreurCli } from '../metier/catalogue/cli.ts';
import { normaliserNom } from '../protocoles/helios/nommage.ts';
import type { Client } from './client.ts';
import { date } from './rendu.ts';
import type { FluxVu } from './vues.ts';

/** Which flux a person means: by its identifier, or by what the State reads out on the telephone. */

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Bound of the search of the API; no name of the norm is that long. */
const NOM_MAX = 200;
const PAGE = '1000';

function porte(f: FluxVu, nom: string): boolean {
  const brut = f.resume['nomFic'];
  const nomFic = typeof brut === 'string' ? normaliserNom(brut) : undefined;
  return [f.identite, nomFic, f.nomEnvoi, f.nomEnvoi?.replace(/\.(tar\.gz|xml)$/, '')].includes(nom);
}

async function chercher(client: Client, nom: string): Promise<FluxVu[]> {
  const trouves: FluxVu[] = [];
  let avant: string | null = null;
  do {
    const q = new URLSearchParams({ recherche: nom, limite: PAGE, ...(avant === null ? {} : { avant }) });
    const page: { flux: readonly FluxVu[]; suite: string | null } = await client.json({
      methode: 'GET',
      chemin: `/flux?${q.toString()}`,
    });
    trouves.push(...page.flux.filter((f) => porte(f, nom)));
    avant = page.suite;
  } while (avant !== null);
  return trouves;
}

/**
 * @param designation identifier of the flux, IDActe, NomFic, or outgoing name with or without its extension.
 * @returns the identifier. Throws VGM-CLI-008 (several, listed) or 009 (none).
 */
export async function fluxDesigne(client: Client, designation = ''): Promise<string> {
  if (UUID.test(designation)) return designation.toLowerCase();
  const nom = normaliserNom(designation);
  const trouves = nom === '' || nom.length > NOM_MAX ? [] : await chercher(client, nom);
  const [seul, ...autres] = trouves;
  if (seul === undefined) throw erreurCli('VGM-CLI-009', { designation: nom.slice(0, NOM_MAX) });
  if (autres.length === 0) return seul.id;
  const liste = trouves.map((f) => `  ${f.id}  déposé le ${date(f.depose)}, ${f.libelle}`).join('\n');
  throw erreurCli('VGM-CLI-008', { designation: nom, liste });
}
