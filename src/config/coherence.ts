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

function fenetres(
  nom: string,
  { fenetres: liste }: { readonly fenetres: Config['actes']['ministere']['fenetres'] },
): string[] {
  return liste.flatMap((f, i) =>
    f.debut < f.fin ? [] : [`- ${nom}.fenetres[${i}] : « debut » doit précéder « fin » dans la journée.`],
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

type Passerelle = Config['helios']['passerelles'][number];

/** What each way in asks for, and what means nothing to it. */
function acces(nom: string, p: Passerelle): string[] {
  const ssh = p.mode === 'passtrans_sftp';
  const exiger = (manque: boolean, champ: string, suite = ''): string[] =>
    manque ? [`- ${nom}.${champ} : obligatoire quand ${nom}.mode vaut « ${p.mode} »${suite}.`] : [];
  const refuser = (donne: boolean, champ: string): string[] =>
    donne ? [`- ${nom}.${champ} : sans objet quand ${nom}.mode vaut « ${p.mode} ».`] : [];
  return [
    ...exiger(ssh && p.empreintes.length === 0, 'empreintes', ' (ssh-keygen -l les montre)'),
    ...exiger(ssh && p.cle_fichier === '' && p.secret_fichier === '', 'cle_fichier', ', ou secret_fichier'),
    ...exiger(!ssh && p.secret_fichier === '', 'secret_fichier'),
    ...refuser(!ssh && p.cle_fichier !== '', 'cle_fichier'),
    ...refuser(!ssh && p.empreintes.length > 0, 'empreintes'),
    ...refuser(p.mode !== 'passtrans_ftps' && p.autorites !== '', 'autorites'),
  ];
}

function passerelles({ helios }: Config): string[] {
  const noms = helios.passerelles.map((p) => p.nom);
  const doubles = new Set(noms.filter((nom, i) => noms.indexOf(nom) !== i));
  return [
    ...helios.passerelles.flatMap((p, i) => {
      const nom = `helios.passerelles[${i}]`;
      return [...acces(nom, p), ...fenetres(nom, p)];
    }),
    ...[...doubles].map((nom) => `- helios.passerelles : deux passerelles portent le même nom « ${nom} ».`),
  ];
}

type Cle = Config['helios']['cles'][number];

/** A key is in a file or at a distance, and each way asks for its own settings. */
function origine(nom: string, c: Cle): string[] {
  if ((c.p12 === '') === (c.url === '')) return [`- ${nom} : il faut « p12 » ou « url », l’un des deux.`];
  const distant = ['certificat', 'client_certificat', 'client_cle', 'autorites'] as const;
  if (c.p12 !== '') {
    return distant
      .filter((champ) => c[champ] !== '')
      .map((champ) => `- ${nom}.${champ} : sans objet quand ${nom}.p12 est donné.`);
  }
  const manque = c.certificat === '' ? [`- ${nom}.certificat : obligatoire quand ${nom}.url est donné.`] : [];
  const client = paire(`${nom}.client`, { certificat: c.client_certificat, cle: c.client_cle });
  return [
    ...url(`${nom}.url`, c.url, ['https:']),
    ...manque,
    ...client.map((ligne) => ligne.replaceAll('.client.', '.client_')),
  ];
}

function cles({ helios }: Config): string[] {
  const noms = helios.cles.map((c) => c.nom);
  const doubles = new Set(noms.filter((nom, i) => noms.indexOf(nom) !== i));
  return [
    ...helios.cles.flatMap((c, i) => origine(`helios.cles[${i}]`, c)),
    ...[...doubles].map((nom) => `- helios.cles : deux clés portent le même nom « ${nom} ».`),
  ];
}

/** The key that signs for the collectivités which ask nothing of their own. */
function cachet({ actes, helios }: Config): string[] {
  const { cachet: voulu, nom_cle: cle } = actes.signature;
  if (cle === '') {
    return voulu === 'aucun'
      ? []
      : ['- actes.signature.nom_cle : obligatoire quand actes.signature.cachet demande de signer.'];
  }
  const noms = helios.cles.map((c) => c.nom);
  return noms.includes(cle)
    ? []
    : [`- actes.signature.nom_cle : « ${cle} » n’est pas une clé de [[helios.cles]].`];
}

function sources(config: Config): string[] {
  const noms = [...config.reception.imap, ...config.reception.maildir].map((s) => s.nom);
  const doubles = new Set(noms.filter((nom, i) => noms.indexOf(nom) !== i));
  return [...doubles].map((nom) => `- reception : deux boîtes portent le même nom « ${nom} ».`);
}

/** A host that is a number takes no name before it. */
const NUMERO = /^\[|^[0-9.]+$/;

/** What an object store asks for. @returns one French line per setting that is missing or wrong. */
export function coherenceS3({ s3 }: Config['coffre']): string[] {
  const exiges = ['adresse', 'compartiment', 'cle_acces', 'secret_fichier'] as const;
  const lue = URL.canParse(s3.adresse) ? new URL(s3.adresse) : null;
  return [
    ...exiges
      .filter((champ) => s3[champ] === '')
      .map((champ) => `- coffre.s3.${champ} : obligatoire pour un coffre sur un stockage d’objets.`),
    ...url('coffre.s3.adresse', s3.adresse, ['https:', 'http:']),
    ...(lue !== null && lue.origin !== 'null' && lue.href !== `${lue.origin}/`
      ? ['- coffre.s3.adresse : rien ne suit le nom du serveur et son port (le compartiment est à part).']
      : []),
    ...(s3.style === 'hote' && lue !== null && NUMERO.test(lue.hostname)
      ? ['- coffre.s3.style : « hote » demande un nom de serveur, et l’adresse donne un numéro.']
      : []),
  ];
}

/** A local socket is not encrypted, and authorities judge only what is. */
function stockage({ stockage: { type, postgres } }: Config): string[] {
  if (type === 'sqlite') return [];
  const { hote, tls, autorites } = postgres;
  return [
    ...(hote.startsWith('/') && tls === 'exiger'
      ? [
          '- stockage.postgres.tls : il faut « aucun » quand stockage.postgres.hote est le dossier d’un socket.',
        ]
      : []),
    ...(tls === 'aucun' && autorites !== ''
      ? ['- stockage.postgres.autorites : sans objet quand stockage.postgres.tls vaut « aucun ».']
      : []),
  ];
}

function coffre({ coffre: voulu }: Config): string[] {
  if (voulu.type === 's3') return coherenceS3(voulu);
  return voulu.secours === '' ? [] : ['- coffre.secours : sans objet quand coffre.type vaut « dossier ».'];
}

/** Limits are of a door that is set, once, and limit something. */
function destinations({ helios, repartition: { destinations: reglees } }: Config): string[] {
  const connues = ['ACTES', ...helios.passerelles.map((p) => `HELIOS:${p.nom}`)];
  return reglees.flatMap(({ nom, ensemble, nombre }, i) => {
    const ou = `- repartition.destinations[${i}]`;
    return [
      ...(connues.includes(nom)
        ? []
        : [`${ou}.nom : « ${nom} » n’est pas une destination (${connues.join(', ')}).`]),
      ...(reglees.findIndex((d) => d.nom === nom) === i ? [] : [`${ou}.nom : « ${nom} » est déjà réglée.`]),
      ...(ensemble + nombre > 0 ? [] : [`${ou} : il faut « ensemble » ou « nombre ».`]),
    ];
  });
}

/** @returns one French line per contradiction. */
export function coherence(config: Config): string[] {
  const { courriel } = config.notification;
  const { reprise_min_s, reprise_max_s } = config.moteur;
  return [
    ...stockage(config),
    ...coffre(config),
    ...destinations(config),
    ...paire('api', config.api),
    ...paire('actes.ministere', config.actes.ministere),
    ...paire('reception.smtp', config.reception.smtp),
    ...url('actes.ministere.url', config.actes.ministere.url, ['https:', 'http:']),
    ...url('actes.ministere.url_secours', config.actes.ministere.url_secours, ['https:', 'http:']),
    ...fenetres('actes.ministere', config.actes.ministere),
    ...passerelles(config),
    ...cles(config),
    ...cachet(config),
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
