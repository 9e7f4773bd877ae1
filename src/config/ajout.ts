import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

const AJOUT = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;

/** Adds a line to a file that is only added to, durable when it resolves; a failure leaves the file as it was. */
export async function ajouterLigne(chemin: string, ligne: string): Promise<void> {
  const fichier = await open(chemin, AJOUT, 0o644);
  try {
    const { size } = await fichier.stat();
    // What a command cut short left without its end keeps its own line.
    const dernier = Buffer.alloc(1);
    if (size > 0) await fichier.read(dernier, 0, 1, size - 1);
    const fin = size > 0 && dernier[0] !== 0x0a ? '\n' : '';
    try {
      await fichier.appendFile(`${fin}${ligne}\n`);
      await fichier.sync();
    } catch (origine) {
      await fichier.truncate(size);
      throw origine;
    }
  } finally {
    await fichier.close();
  }
}
