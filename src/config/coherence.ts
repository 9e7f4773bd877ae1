import type { Config } from './manifest.ts';

/** Settings that are each right and contradict one another: said at start rather than at the first sending. */

function paire(nom: string, groupe: { readonly certificat: string; readonly cle: string }): string[] {
  if ((groupe.certificat === '') === (groupe.cle === '')) return [];
  const [present, absent] = groupe.cle === '' ? ['certificat', 'cle'] : ['cle', 'certificat'];
  return [`- ${nom}.${absent} : obligatoire quand ${nom}.${present} est donné.`];
}

function url(nom: string, valeur: string, protocoles: readonly string[]): string[] {
  if (valeur === '') return [];
  const lue = URL.canParse(valeur) ? new URL(valeur) : undefined;
  if (lue !== undefined && protocoles.includes(lue.protocol)) return [];
  return [
    `- ${nom} : il faut une adresse ${protocoles.map((p) => `${p}//…`).join(' ou ')}, et on lit « ${valeur} ».`,
  ];
}

function fenetres(config: Config): string[] {
  return config.actes.ministere.fenetres.flatMap((f, i) =>
    f.debut < f.fin
      ? []
      : [`- actes.ministere.fenetres[${i}] : « debut » doit précéder « fin » dans la journée.`],
  );
}

function reponses(config: Config): string[] {
  return Object.keys(config.actes.ministere.reponses).flatMap((statut) =>
    /^[1-5]([0-9]{2}|xx)$/.test(statut)
      ? []
      : [
          `- actes.ministere.reponses."${statut}" : il faut un statut HTTP (« 503 ») ou une famille (« 5xx »).`,
        ],
  );
}

function sources(config: Config): string[] {
  const noms = [...config.reception.imap, ...config.reception.maildir].map((s) => s.nom);
  const doubles = new Set(noms.filter((nom, i) => noms.indexOf(nom) !== i));
  return [...doubles].map((nom) => `- reception : deux boîtes portent le même nom « ${nom} ».`);
}

/** @returns one French line per contradiction. */
export function coherence(config: Config): string[] {
  const { courriel } = config.notification;
  const { reprise_min_s, reprise_max_s } = config.moteur;
  return [
    ...paire('api', config.api),
    ...paire('actes.ministere', config.actes.ministere),
    ...paire('reception.smtp', config.reception.smtp),
    ...url('actes.ministere.url', config.actes.ministere.url, ['https:', 'http:']),
    ...url('actes.ministere.url_secours', config.actes.ministere.url_secours, ['https:', 'http:']),
    ...fenetres(config),
    ...reponses(config),
    ...sources(config),
    ...(reprise_min_s > reprise_max_s
      ? ['- moteur.reprise_min_s : doit être inférieur ou égal à moteur.reprise_max_s.']
      : []),
    ...(courriel.utilisateur !== '' && courriel.secret_fichier === ''
      ? [
          '- notification.courriel.secret_fichier : obligatoire quand notification.courriel.utilisateur est donné.',
        ]
      : []),
  ];
}
