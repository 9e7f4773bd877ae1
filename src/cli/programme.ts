import { Command } from 'commander';
import { pourLaCommande } from './erreurs.ts';
import { AIDE } from './francais.ts';
import type { Monde, Options } from './monde.ts';
import { VERBES } from './verbes.ts';
import type { Verbe } from './verbe.ts';

/** Builds the command tree from the table of verbs. */

interface Montage {
  readonly monde: Monde;
  /** Keeps the exit code of the verb that ran. */
  readonly finir: (code: number) => void;
  readonly racine: Command;
}

const COMMUNES = {
  json: ['--json', 'un document JSON par ligne'],
  config: ['--config <fichier>', 'réglages du démon (TOML) ; à défaut, la variable VAGUEMESTRE_CONFIG'],
  socket: ['--socket <chemin>', 'socket du démon, à la place de celui des réglages'],
} as const;

function francais(commande: Command): Command {
  return commande
    .helpOption('-h, --help', 'afficher cette aide')
    .configureHelp(AIDE)
    .exitOverride()
    .allowExcessArguments(false)
    .configureOutput({ outputError: () => undefined });
}

function ajouterOptions(commande: Command, verbe: Verbe): void {
  for (const [drapeaux, texte] of verbe.options ?? []) {
    if (drapeaux.endsWith('*')) commande.requiredOption(drapeaux.slice(0, -1), texte);
    else commande.option(drapeaux, texte);
  }
  if (verbe.demon === true) commande.option(...COMMUNES.config).option(...COMMUNES.socket);
  if (verbe.json === true) commande.option(...COMMUNES.json);
}

function chemin(commande: Command, racine: Command): string {
  const noms: string[] = [];
  for (let c: Command | null = commande; c !== null && c !== racine; c = c.parent) noms.unshift(c.name());
  return noms.join(' ');
}

function ajouter(parent: Command, verbe: Verbe, montage: Montage): Command {
  const commande = francais(parent.command(verbe.nom).description(verbe.resume));
  if (verbe.alias !== undefined) commande.alias(verbe.alias);
  for (const [nom, texte] of verbe.arguments ?? []) commande.argument(nom, texte);
  ajouterOptions(commande, verbe);
  if (verbe.notes !== undefined) commande.addHelpText('after', `\n${verbe.notes.join('\n')}`);
  for (const sous of verbe.sous ?? []) ajouter(commande, sous, montage);
  if (verbe.sous !== undefined) commande.helpCommand(false).usage('<verbe> [options]');
  const { charger } = verbe;
  if (charger !== undefined) {
    commande.action(async () => {
      const { executer } = await charger();
      const { monde, finir, racine } = montage;
      const options = commande.opts<Options>();
      const tape = chemin(commande, racine);
      try {
        finir(await executer({ arguments: commande.args, options, monde, verbe: tape }));
      } catch (e) {
        throw pourLaCommande(e, tape);
      }
    });
  }
  return commande;
}

function ajouterCompletion(racine: Command, montage: Montage): void {
  francais(racine.command('completion'))
    .description('écrire le script de complétion d’un interpréteur de commandes')
    .argument('<shell>', 'bash, zsh ou fish')
    .action(async (shell: string) => {
      const { completer } = await import('./completion.ts');
      montage.finir(completer(racine, shell, montage.monde.sorties));
    });
}

/** @param version shown by `--version`. */
export function construire(version: string, monde: Monde, finir: (code: number) => void): Command {
  const racine = francais(new Command('vaguemestre'))
    // after a verb, --version is an option of this verb
    .enablePositionalOptions()
    .description(
      'Tiers de télétransmission : porte les actes à la préfecture et les comptes à la DGFiP, rapporte les accusés, garde la preuve.',
    )
    .version(version, '-V, --version', 'afficher la version')
    .usage('<verbe> [options]')
    .addHelpCommand(
      new Command('aide').argument('[verbe]').description('afficher l’aide d’un verbe').helpGroup('Aide:'),
    )
    .configureOutput({
      writeOut: (texte) => monde.sorties.ecrire(texte.trimEnd()),
      writeErr: (texte) => monde.sorties.erreur(texte.trimEnd()),
      outputError: () => undefined,
      getOutHasColors: () => monde.sorties.couleur,
    });
  const montage = { monde, finir, racine };
  for (const { titre, verbes } of VERBES) {
    racine.commandsGroup(`${titre}:`);
    for (const verbe of verbes) ajouter(racine, verbe, montage);
  }
  racine.commandsGroup('Aide:');
  ajouterCompletion(racine, montage);
  racine.addHelpText(
    'after',
    '\nCodes de sortie : 0 bon, 1 échec, 2 commande mal écrite, 3 document refusé.',
  );
  return racine;
}
