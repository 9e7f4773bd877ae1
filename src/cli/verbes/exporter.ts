import { clientDe } from '../client.ts';
import { ecrire } from '../fichiers.ts';
import { type ModuleVerbe, drapeau, texte } from '../monde.ts';
import { json, sur } from '../rendu.ts';
import { requete } from '../requete.ts';

/** `vaguemestre exporter <table> --du JOUR --au JOUR --sortie F` */
function exporter(table: string, faite: string): ModuleVerbe {
  return {
    async executer(appel) {
      const { options, monde } = appel;
      const fichier = texte(options, 'sortie') ?? '';
      const client = await clientDe(appel);
      const chemin = `/exports/${table}${requete(options, ['du', 'au', 'siren'])}`;
      await ecrire(fichier, await client.flux({ methode: 'GET', chemin }));
      if (drapeau(options, 'json')) json(monde.sorties, [{ fichier }]);
      else monde.sorties.ecrire(`${faite} dans ${sur(fichier)}.`);
      return 0;
    },
  };
}

export const traceHelios = exporter('trace-helios', 'Trace écrite');
export const fonct05 = exporter('fonct-05', 'Export FONCT-05 écrit');
