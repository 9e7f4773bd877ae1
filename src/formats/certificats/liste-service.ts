import type { ElementXml } from '../xml/lire.ts';
import { enfant, enfants, ESPACES, texte } from './liste-xml.ts';
import type { Critere, Periode } from './magasin.ts';

/** One service of a trusted list (TS 119 612 § 5.5 and 5.6): its status through time, what it is qualified for. */

export const TYPE_CA_QC = 'http://uri.etsi.org/TrstSvc/Svctype/CA/QC';

/** Beginning of eIDAS for trust services (regulation 910/2014, article 52). */
const EIDAS = Date.parse('2016-07-01T00:00:00Z');

const STATUTS_ACCORDES = new Set(['granted']);
/** Statuses of directive 1999/93, as TS 119 612 annex J carries them over. */
const STATUTS_ANCIENS = new Set(['undersupervision', 'supervisionincessation', 'accredited']);

const TYPES = new Map([
  ['ForeSignatures', 'esign'],
  ['ForeSeals', 'eseal'],
  ['ForWebSiteAuthentication', 'web'],
] as const);

/** Present first, then the past; each period ends where the next begins. The type may change: only CA/QC is granted. */
export function lirePeriodes(service: ElementXml): Periode[] {
  const presente = enfant(service, 'ServiceInformation');
  const passees = enfants(enfant(service, 'ServiceHistory'), 'ServiceHistoryInstance');
  const instances = [...(presente === undefined ? [] : [presente]), ...passees]
    .map((element) => ({ element, debut: Date.parse(texte(enfant(element, 'StatusStartingTime'))) }))
    .filter(({ debut }) => !Number.isNaN(debut))
    .toSorted((a, b) => b.debut - a.debut);
  return instances.map(({ element, debut }, i) => {
    const suivante = instances[i - 1];
    return lirePeriode(element, { debut, fin: suivante === undefined ? null : suivante.debut });
  });
}

function lirePeriode(element: ElementXml, { debut, fin }: { debut: number; fin: number | null }): Periode {
  const statut = texte(enfant(element, 'ServiceStatus')).split('/').at(-1) ?? '';
  const ancien = debut < EIDAS && STATUTS_ANCIENS.has(statut);
  const estCaQc = texte(enfant(element, 'ServiceTypeIdentifier')) === TYPE_CA_QC;
  const extensions = enfants(enfant(element, 'ServiceInformationExtensions'), 'Extension');
  const types = lireTypes(extensions);
  return {
    debut: new Date(debut).toISOString(),
    fin: fin === null ? null : new Date(fin).toISOString(),
    accorde: estCaQc && (STATUTS_ACCORDES.has(statut) || ancien),
    // Before eIDAS there was electronic signature only, and lists did not say so.
    types: types.length === 0 && debut < EIDAS ? ['esign'] : types,
    qualifications: extensions.flatMap(lireQualifications),
  };
}

/** additionalServiceInformation (§ 5.5.9.4): the last word of its URI. */
function lireTypes(extensions: readonly ElementXml[]): Periode['types'] {
  const uris = extensions
    .flatMap((e) => enfants(e, 'AdditionalServiceInformation'))
    .map((i) => texte(enfant(i, 'URI')));
  return [...TYPES].filter(([mot]) => uris.some((uri) => uri.endsWith(`/${mot}`))).map(([, type]) => type);
}

function lireQualifications(extension: ElementXml): Periode['qualifications'] {
  const elements = enfants(
    enfant(extension, 'Qualifications', ESPACES.sie),
    'QualificationElement',
    ESPACES.sie,
  );
  return elements.map((element) => ({
    qualifieurs: enfants(enfant(element, 'Qualifiers', ESPACES.sie), 'Qualifier', ESPACES.sie).map(
      (q) => q.attributs.get('uri')?.split('/').at(-1) ?? '',
    ),
    critere: lireCritere(enfant(element, 'CriteriaList', ESPACES.sie)),
  }));
}

/** An absent or unreadable list of criteria applies to nothing that could be known. */
function lireCritere(liste: ElementXml | undefined): Critere {
  const assert = liste?.attributs.get('assert');
  const exige = assert === 'atLeastOne' || assert === 'none' ? assert : 'all';
  const connus = ['KeyUsage', 'PolicySet', 'CriteriaList', 'Description'];
  const autres = (liste?.enfants ?? []).filter((e) => !connus.includes(e.nom));
  return {
    exige,
    politiques: enfants(liste, 'PolicySet', ESPACES.sie).map(lirePolitiques),
    usages: enfants(liste, 'KeyUsage', ESPACES.sie).map(lireUsages),
    sous: enfants(liste, 'CriteriaList', ESPACES.sie).map(lireCritere),
    inconnu: liste === undefined || autres.length > 0 || (assert !== exige && assert !== undefined),
  };
}

/** `xades:Identifier` holds the OID, bare or as a URN. */
function lirePolitiques(ensemble: ElementXml): string[] {
  return enfants(ensemble, 'PolicyIdentifier', ESPACES.sie).map((p) =>
    texte(p.enfants.find((e) => e.nom === 'Identifier')).replace(/^urn:oid:/i, ''),
  );
}

function lireUsages(usage: ElementXml): { usage: string; valeur: boolean }[] {
  return enfants(usage, 'KeyUsageBit', ESPACES.sie).map((bit) => ({
    usage: bit.attributs.get('name') ?? '',
    valeur: ['true', '1'].includes(texte(bit)),
  }));
}
