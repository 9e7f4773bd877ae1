import { type Etape, transferer, type Transfert } from '../../adapters/store/transfert/transferer.ts';
import { type Reprise, reprendre as reprendreBase } from '../../gestes/stockage/reprendre.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Appel, type CodeSortie, drapeau, type ModuleVerbe, texte } from '../monde.ts';
import { json, nombre, peindre, pluriel } from '../rendu.ts';
import { outilsDe } from '../sauvegarde/contexte.ts';
import { deuxBasesDe, enJson, lieuxDe } from '../stockage/contexte.ts';
import { changerSchema, type EtatSchema, lireSchema } from '../stockage/schema.ts';
import { fiche, tableau } from '../tableau.ts';

/** `vaguemestre stockage …`: the base itself, all daemons stopped. */

const MOTS: Readonly<Record<Etape, string>> = {
  depart: 'préparation',
  arrivee: 'préparation',
  copie: 'copie',
  tetes: 'copie',
  verification: 'vérification',
  parti: 'remise',
  complet: 'remise',
};

function suiviDe({ monde: { sorties } }: Appel): (etape: Etape, lignes: number, total: number) => void {
  return (etape, lignes, total) => {
    const part = total === 0 ? '' : ` : ${pluriel(lignes, 'ligne')} sur ${nombre(total)}`;
    sorties.avancer?.(`${MOTS[etape]}${part}`);
  };
}

const VERDICTS = {
  complet: ['green', 'Complet : la base PostgreSQL est celle qui sert, la base SQLite ne s’ouvre plus.'],
  faite: ['green', 'Déjà fait : la base PostgreSQL est celle qui sert.'],
  ecarts: [
    'red',
    'Écart : la copie n’est pas la base. Rien n’a changé de main : relancer avec --recommencer, qui vide la copie et la refait.',
  ],
} as const;

function direEcarts({ monde: { sorties } }: Appel, { tables, chaines }: Transfert): void {
  for (const { table, ici, la, ecart } of tables) {
    if (ecart === null) continue;
    const fin = ecart.jusqua === null ? 'après la dernière ligne' : `jusqu’à ${ecart.jusqua.join(' ')}`;
    sorties.erreur(`Écart dans « ${table} » : ${nombre(ici)} ici, ${nombre(la)} là ; ${fin}`);
  }
  for (const { org, entiere, ruptures } of chaines) {
    if (!entiere) sorties.erreur(`Chaîne ${org} du journal : incomplète à l’arrivée.`);
    if (ruptures > 0)
      sorties.erreur(
        `Chaîne ${org} du journal : ${pluriel(ruptures, 'rupture')}, déjà dans la base SQLite (vaguemestre journal verifier).`,
      );
  }
}

async function executerMigration(appel: Appel): Promise<CodeSortie> {
  const { config, ...bases } = await deuxBasesDe(appel);
  const { sorties } = appel.monde;
  const fait = await transferer(
    {
      ...bases,
      recommencer: drapeau(appel.options, 'recommencer'),
      signal: appel.monde.interruption(),
      suivre: suiviDe(appel),
    },
    outilsDe(),
  );
  sorties.avancer?.('');
  const code = fait.etat === 'ecarts' ? 3 : 0;
  if (enJson(appel)) {
    json(sorties, [{ de: bases.fichier, ...fait }]);
    return code;
  }
  const chaines = fait.chaines.reduce((somme, c) => somme + c.lignes, 0);
  fiche(sorties, [
    ['De', bases.fichier],
    ['Vers', fait.vers],
    ['Portées', `${pluriel(fait.lignes, 'ligne')}${fait.reprise ? ', en plusieurs fois' : ''}`],
    ...(fait.etat === 'faite'
      ? []
      : ([
          ['Vérifiées', pluriel(fait.tables.length, 'table')],
          ['Journal', `${pluriel(fait.chaines.length, 'chaîne')}, ${pluriel(chaines, 'ligne')}`],
        ] as const)),
  ]);
  direEcarts(appel, fait);
  const [couleur, verdict] = VERDICTS[fait.etat];
  const reste =
    code === 0 && config.stockage.type === 'sqlite'
      ? ' Mettre « stockage.type = "postgres" » avant de démarrer le démon.'
      : '';
  sorties.ecrire(peindre(sorties, couleur, `${verdict}${reste}`));
  return code;
}

const REPRISES: Readonly<Record<Reprise, string>> = {
  entiere: 'La base SQLite sert de nouveau : rien n’a été fait sur PostgreSQL depuis le passage.',
  ancienne:
    'La base SQLite sert de nouveau, comme une sauvegarde remise : le démon relève les réponses, mais n’envoie rien avant « vaguemestre reconcilier ».',
};

async function executerReprise(appel: Appel): Promise<CodeSortie> {
  const { config, ...bases } = await deuxBasesDe(appel);
  const perdue = drapeau(appel.options, 'perdue');
  const etat = await reprendreBase({ ...bases, perdue }, outilsDe());
  const { sorties } = appel.monde;
  if (enJson(appel)) json(sorties, [{ base: bases.fichier, etat }]);
  else {
    const reste = config.stockage.type === 'postgres' ? ' Mettre « stockage.type = "sqlite" ».' : '';
    sorties.ecrire(`${REPRISES[etat]}${reste}`);
  }
  return 0;
}

function lireVers({ options, verbe }: Appel, { programme }: EtatSchema): number | null {
  const dit = texte(options, 'vers');
  if (dit === undefined) return null;
  if (/^[1-9][0-9]{0,3}$/.test(dit) && Number(dit) <= programme) return Number(dit);
  throw erreurUsage(
    `L’option « --vers » attend un schéma, de 1 à ${programme}, et on lit « ${dit} ».`,
    verbe,
  );
}

function direSchema({ monde: { sorties } }: Appel, { base, schema, programme, marches }: EtatSchema): void {
  fiche(sorties, [
    ['Base', base],
    ['Schéma de la base', schema === 0 ? 'aucun : rien n’y est encore' : String(schema)],
    ['Schéma du programme', String(programme)],
  ]);
  const lignes = marches.map(({ numero, apporte, perd, retient }) => [
    String(numero),
    numero <= schema ? 'là' : 'à venir',
    apporte,
    perd === null ? 'premier schéma' : retient.length > 0 ? `refusé : ${retient.join(', ')}` : perd || 'rien',
  ]);
  tableau(sorties, ['Schéma', 'État', 'Apporte', 'En redescendre perd'], lignes);
  if (schema > programme)
    sorties.ecrire(
      'La base est plus récente que ce programme : la redescendre demande le programme qui l’a écrite.',
    );
}

async function executerSchema(appel: Appel): Promise<CodeSortie> {
  const lieux = lieuxDe(appel);
  const { sorties } = appel.monde;
  const etat = await lireSchema(lieux);
  const vers = lireVers(appel, etat);
  if (vers === null) {
    if (enJson(appel)) json(sorties, [etat]);
    else direSchema(appel, etat);
    return 0;
  }
  await changerSchema(lieux, vers, await appel.monde.maintenant());
  const { type, base, schema: avant } = etat;
  if (enJson(appel)) json(sorties, [{ type, base, avant, apres: vers }]);
  else if (avant === vers) sorties.ecrire(`La base est déjà au schéma ${vers}.`);
  else
    sorties.ecrire(
      `La base est passée du schéma ${avant} au schéma ${vers}.${vers < avant ? ' Démarrer le programme de ce schéma : celui-ci la remonterait.' : ''}`,
    );
  return 0;
}

export const migrer: ModuleVerbe = { executer: executerMigration };
export const reprendre: ModuleVerbe = { executer: executerReprise };
export const schema: ModuleVerbe = { executer: executerSchema };
