/** A small trusted list of our own making (ETSI TS 119 612 v2.1.1), after the shape of the national ones. */

export interface ServiceEssai {
  readonly nom: string;
  readonly type?: string;
  /** DER. */
  readonly certificats: readonly Uint8Array[];
  /** Newest first. */
  readonly etats: readonly EtatEssai[];
}

export interface EtatEssai {
  readonly statut: string;
  readonly debut: string;
  readonly type?: string;
  readonly pour?: readonly ('ForeSignatures' | 'ForeSeals' | 'ForWebSiteAuthentication')[];
  readonly qualifications?: string;
}

const CA_QC = 'http://uri.etsi.org/TrstSvc/Svctype/CA/QC';
const STATUT = 'http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/';

function etat(e: EtatEssai, commun: { type: string; identite: string; nom: string }): string {
  const pour = (e.pour ?? []).map(
    (p) =>
      `<Extension Critical="false"><AdditionalServiceInformation><URI xml:lang="en">http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/${p}</URI></AdditionalServiceInformation></Extension>`,
  );
  const qualifications =
    e.qualifications === undefined
      ? ''
      : `<Extension Critical="true"><q:Qualifications>${e.qualifications}</q:Qualifications></Extension>`;
  return `<ServiceTypeIdentifier>${e.type ?? commun.type}</ServiceTypeIdentifier>
        <ServiceName><Name xml:lang="en">${commun.nom} (en)</Name><Name xml:lang="fr">${commun.nom}</Name></ServiceName>
        <ServiceDigitalIdentity>${commun.identite}</ServiceDigitalIdentity>
        <ServiceStatus>${STATUT}${e.statut}</ServiceStatus>
        <StatusStartingTime>${e.debut}</StatusStartingTime>
        <ServiceInformationExtensions>${pour.join('')}${qualifications}</ServiceInformationExtensions>`;
}

function service(s: ServiceEssai): string {
  const identite = s.certificats
    .map(
      (c) => `<DigitalId><X509Certificate>${Buffer.from(c).toString('base64')}</X509Certificate></DigitalId>`,
    )
    .join('');
  const [present, ...passes] = s.etats;
  const type = s.type ?? CA_QC;
  if (present === undefined) return '';
  const histoire = passes.map(
    (e) =>
      `<ServiceHistoryInstance>${etat(e, { type, nom: s.nom, identite: '<DigitalId><X509SKI>AAAA</X509SKI></DigitalId>' })}</ServiceHistoryInstance>`,
  );
  return `<TSPService><ServiceInformation>${etat(present, { type, nom: s.nom, identite })}</ServiceInformation>
      <ServiceHistory>${histoire.join('')}</ServiceHistory></TSPService>`;
}

/** Who may sign the list of a territory; `EU` is the list of lists itself. */
export interface PointeurEssai {
  readonly territoire: string;
  /** DER. */
  readonly certificats: readonly Uint8Array[];
  readonly type?: 'EUgeneric' | 'EUlistofthelists';
  readonly mime?: string;
}

function pointeur({
  territoire,
  certificats,
  type,
  mime = 'application/vnd.etsi.tsl+xml',
}: PointeurEssai): string {
  const genre = type ?? (territoire === 'EU' ? 'EUlistofthelists' : 'EUgeneric');
  const ids = certificats.map(
    (c) => `<DigitalId><X509Certificate>${Buffer.from(c).toString('base64')}</X509Certificate></DigitalId>`,
  );
  return `<OtherTSLPointer><ServiceDigitalIdentities>${ids.map((id) => `<ServiceDigitalIdentity>${id}</ServiceDigitalIdentity>`).join('')}</ServiceDigitalIdentities>
      <TSLLocation>https://essai.invalid/${territoire}.xml</TSLLocation>
      <AdditionalInformation><OtherInformation><TSLType>http://uri.etsi.org/TrstSvc/TrustedList/TSLType/${genre}</TSLType></OtherInformation>
        <OtherInformation><SchemeTerritory>${territoire}</SchemeTerritory></OtherInformation>
        <OtherInformation><m:MimeType xmlns:m="http://uri.etsi.org/02231/v2/additionaltypes#">${mime}</m:MimeType></OtherInformation></AdditionalInformation></OtherTSLPointer>`;
}

export interface ListeEssai {
  readonly services: readonly ServiceEssai[];
  readonly numero?: string;
  readonly territoire?: string;
  readonly type?: string;
  readonly pointeurs?: readonly PointeurEssai[];
  readonly emise?: string;
  readonly prochaine?: string;
  readonly version?: string;
}

export function listeEssai({
  services,
  emise = '2026-06-01T00:00:00Z',
  prochaine = '2026-12-01T00:00:00Z',
  version = '5',
  numero = '42',
  territoire = 'FR',
  type = 'EUgeneric',
  pointeurs = [],
}: ListeEssai): Uint8Array {
  const suite =
    pointeurs.length === 0
      ? ''
      : `<PointersToOtherTSL>${pointeurs.map(pointeur).join('')}</PointersToOtherTSL>`;
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#" xmlns:q="http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#" xmlns:x="http://uri.etsi.org/01903/v1.3.2#" Id="liste" TSLTag="http://uri.etsi.org/19612/TSLTag">
  <SchemeInformation>
    <TSLVersionIdentifier>${version}</TSLVersionIdentifier>
    <TSLSequenceNumber>${numero}</TSLSequenceNumber>
    <TSLType>http://uri.etsi.org/TrstSvc/TrustedList/TSLType/${type}</TSLType>
    <SchemeOperatorName><Name xml:lang="fr">Agence d’essai</Name></SchemeOperatorName>
    <SchemeTerritory>${territoire}</SchemeTerritory>
    ${suite}<ListIssueDateTime>${emise}</ListIssueDateTime>
    <NextUpdate><dateTime>${prochaine}</dateTime></NextUpdate>
  </SchemeInformation>
  <TrustServiceProviderList>
    <TrustServiceProvider>
      <TSPInformation><TSPName><Name xml:lang="en">Test provider</Name><Name xml:lang="fr">Prestataire d’essai</Name></TSPName></TSPInformation>
      <TSPServices>${services.map(service).join('\n')}</TSPServices>
    </TrustServiceProvider>
  </TrustServiceProviderList>
</TrustServiceStatusList>
`);
}
