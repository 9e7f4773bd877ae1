import type { Command, CommanderError, Help, Option, Argument } from 'commander';

/** commander speaks English: its help and its errors are said again in French. */

const TITRES: Readonly<Record<string, string>> = {
  'Usage:': 'Usage :',
  'Arguments:': 'Arguments :',
  'Options:': 'Options :',
  'Global Options:': 'Options générales :',
  'Commands:': 'Verbes :',
};

export const AIDE: Partial<Help> = {
  showGlobalOptions: false,
  styleTitle: (titre: string) => TITRES[titre] ?? titre.replace(/:$/, ' :'),
  optionDescription: (option: Option) => option.description,
  argumentDescription: (argument: Argument) => argument.description,
  subcommandTerm: (commande: Command) => {
    const alias = commande.alias();
    return alias === undefined ? commande.name() : `${commande.name()} (${alias})`;
  },
};

function citation(message: string, rang = 0): string {
  return [...message.matchAll(/'([^']*)'/g)][rang]?.[1] ?? '';
}

/** `(Did you mean serve?)` → ` Vouliez-vous dire « serve » ?` */
function suggestion(message: string): string {
  const [, mots] = /\(Did you mean (?:one of )?(.*)\?\)/.exec(message) ?? [];
  if (mots === undefined) return '';
  const choix = mots.split(', ').map((mot) => `« ${mot} »`);
  return ` Vouliez-vous dire ${choix.join(' ou ')} ?`;
}

/** A file whose name begins with a dash is taken for an option. */
function tiret(option: string): string {
  return option.includes('.') ? ` Un fichier de ce nom s’écrit « ./${option} ».` : '';
}

/** @returns one French sentence for an error of commander. */
export function traduire(erreur: CommanderError): string {
  const { code, message } = erreur;
  switch (code) {
    case 'commander.unknownCommand':
      return `Verbe inconnu : « ${citation(message)} ».${suggestion(message)}`;
    case 'commander.unknownOption':
      return `Option inconnue : « ${citation(message)} ».${suggestion(message)}${tiret(citation(message))}`;
    case 'commander.missingArgument':
      return `Il manque l’argument <${citation(message)}>.`;
    case 'commander.missingMandatoryOptionValue':
      return `Il manque l’option « ${citation(message)} ».`;
    case 'commander.optionMissingArgument':
      return `L’option « ${citation(message)} » attend une valeur.`;
    case 'commander.excessArguments':
      return 'Trop d’arguments : un texte qui contient des espaces s’écrit entre guillemets.';
    case 'commander.invalidArgument':
      return `Valeur refusée : ${message.replace(/^error: /, '')}`;
    case 'commander.conflictingOption':
      return `Les options « ${citation(message)} » et « ${citation(message, 1)} » ne vont pas ensemble.`;
    default:
      return 'La commande est mal écrite.';
  }
}
