import { createHash, createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer as ouvrirHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as ouvrirHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/**
 * An object store in memory that does what the documentation of S3 says of signatures, digests, conditional writes, uploads by parts
 * and object lock, which s3rver ignores. It proves what we send, and how we read what we take for the answers; not how the store of
 * a given supplier behaves.
 */
export interface OptionsS3Fictif {
  /** Object lock on the bucket; `inconnu`: the request is not implemented. */
  readonly verrou?: boolean | 'inconnu';
  /** What becomes of `If-None-Match: *`. */
  readonly conditionnel?: 'oui' | 'ignore' | 'refuse';
  /** What is told of the bytes that are stored. */
  readonly empreintes?: 'sha256' | 'md5' | 'aucune';
  /** Bytes of the smallest part but the last; 5 MiB at most suppliers. */
  readonly partieMin?: number;
  /** Keys per page of a listing. */
  readonly page?: number;
  /** The bucket is met in the name of the host. */
  readonly tls?: { readonly cle: string; readonly certificat: string };
}

interface Objet {
  octets: Buffer;
  readonly entetes: Record<string, string>;
  readonly parties: readonly Buffer[] | null;
}

interface EnvoiFictif {
  readonly cle: string;
  readonly entetes: Record<string, string>;
  readonly parties: Map<number, Buffer>;
  readonly debut: Date;
}

export interface S3Fictif {
  readonly adresse: string;
  readonly port: number;
  readonly compartiment: string;
  readonly cleAcces: string;
  readonly secret: string;
  readonly objets: Map<string, Objet>;
  readonly envois: Map<string, EnvoiFictif>;
  /** `PUT /pieces/x?partNumber=1`: what was asked, refused requests too. */
  readonly demandes: string[];
  /** `code` of every refusal that was answered. */
  readonly refus: string[];
  regler(options: OptionsS3Fictif): void;
  fermer(): Promise<void>;
}

const COMPARTIMENT = 'pieces';
const PARTIE_MIN = 5 * 1024 * 1024;
const hex = (algo: string, octets: Uint8Array | string) => createHash(algo).update(octets).digest('hex');
const base64 = (algo: string, octets: Uint8Array) => createHash(algo).update(octets).digest('base64');
const encoder = (texte: string) =>
  encodeURIComponent(texte).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

class Refus extends Error {
  readonly statut: number;
  readonly code: string;
  constructor(statut: number, code: string) {
    super(code);
    this.statut = statut;
    this.code = code;
  }
}

/** AWS Signature Version 4, worked out again from the request as it came. */
function verifierSignature(requete: IncomingMessage, secret: string): void {
  const lue =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      requete.headers.authorization ?? '',
    );
  if (lue === null) throw new Refus(403, 'AccessDenied');
  const [, , jour = '', region = '', signes = '', signature = ''] = lue;
  const url = new URL(requete.url ?? '/', 'http://x');
  const question = [...url.searchParams]
    .map(([nom, valeur]) => `${encoder(nom)}=${encoder(valeur)}`)
    .toSorted()
    .join('&');
  const entetes = signes.split(';').map((nom) => `${nom}:${String(requete.headers[nom]).trim()}\n`);
  const canonique = [
    requete.method,
    url.pathname
      .split('/')
      .map((p) => encoder(decodeURIComponent(p)))
      .join('/'),
    question,
    entetes.join(''),
    signes,
    requete.headers['x-amz-content-sha256'],
  ].join('\n');
  const date = String(requete.headers['x-amz-date']);
  const portee = `${jour}/${region}/s3/aws4_request`;
  const aSigner = ['AWS4-HMAC-SHA256', date, portee, hex('sha256', canonique)].join('\n');
  const hmac = (cle: Buffer | string, texte: string) => createHmac('sha256', cle).update(texte).digest();
  const cle = [jour, region, 's3', 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${secret}`);
  if (hmac(cle, aSigner).toString('hex') !== signature) throw new Refus(403, 'SignatureDoesNotMatch');
  // What protects the object must be signed too.
  const libres = Object.keys(requete.headers).filter((n) => n.startsWith('x-amz-') || n === 'content-md5');
  if (!libres.every((nom) => signes.split(';').includes(nom))) throw new Refus(403, 'SignatureDoesNotMatch');
}

function verifierCorps(entetes: IncomingMessage['headers'], octets: Buffer): void {
  if (entetes['x-amz-content-sha256'] !== hex('sha256', octets))
    throw new Refus(400, 'XAmzContentSHA256Mismatch');
  const md5 = entetes['content-md5'];
  if (md5 !== undefined && md5 !== base64('md5', octets)) throw new Refus(400, 'BadDigest');
  const somme = entetes['x-amz-checksum-sha256'];
  if (somme !== undefined && somme !== base64('sha256', octets)) throw new Refus(400, 'BadDigest');
}

/** Bytes of a piece or of a part carry both digests: a store under lock asks for one, older ones know the first only. */
function exigerEmpreintes(entetes: IncomingMessage['headers']): void {
  if (entetes['content-md5'] === undefined || entetes['x-amz-checksum-sha256'] === undefined)
    throw new Refus(400, 'InvalidRequest');
}

const GARDES = /^(x-amz-meta-|x-amz-object-lock-|content-type$|x-amz-checksum-algorithm$)/;

export async function ouvrirS3Fictif(depart: OptionsS3Fictif = {}): Promise<S3Fictif> {
  let options = depart;
  const objets = new Map<string, Objet>();
  const envois = new Map<string, EnvoiFictif>();
  const demandes: string[] = [];
  const refus: string[] = [];
  const secret = 'un-secret-d-essai/avec+signes=';

  const gardes = (entetes: IncomingMessage['headers']): Record<string, string> => {
    const lock = entetes['x-amz-object-lock-mode'];
    if (lock !== undefined && options.verrou !== true) throw new Refus(400, 'InvalidRequest');
    if ((lock === undefined) !== (entetes['x-amz-object-lock-retain-until-date'] === undefined))
      throw new Refus(400, 'InvalidArgument');
    return Object.fromEntries(Object.entries(entetes).filter(([nom]) => GARDES.test(nom))) as Record<
      string,
      string
    >;
  };

  const condition = (entetes: IncomingMessage['headers'], cle: string): void => {
    if (entetes['if-none-match'] === undefined) return;
    if (options.conditionnel === 'refuse') throw new Refus(501, 'NotImplemented');
    if (options.conditionnel !== 'ignore' && objets.has(cle)) throw new Refus(412, 'PreconditionFailed');
  };

  const etagDe = ({ octets, parties }: Objet): string => {
    if (options.empreintes === 'aucune') return `"${hex('sha1', octets).slice(0, 32)}"`;
    if (parties === null) return `"${hex('md5', octets)}"`;
    const ensemble = Buffer.concat(parties.map((p) => createHash('md5').update(p).digest()));
    return `"${hex('md5', ensemble)}-${parties.length}"`;
  };

  const sommeDe = ({ octets, parties, entetes }: Objet): Record<string, string> => {
    if ((options.empreintes ?? 'sha256') !== 'sha256') return {};
    if (parties === null) return { 'x-amz-checksum-sha256': base64('sha256', octets) };
    if (entetes['x-amz-checksum-algorithm'] === undefined) return {};
    const ensemble = Buffer.concat(parties.map((p) => createHash('sha256').update(p).digest()));
    return { 'x-amz-checksum-sha256': `${base64('sha256', ensemble)}-${parties.length}` };
  };

  const ecrire = (reponse: ServerResponse, xml: string, entetes: Record<string, string> = {}): void => {
    reponse.writeHead(200, { 'content-type': 'application/xml', ...entetes });
    reponse.end(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`);
  };

  function lister(reponse: ServerResponse, question: URLSearchParams): void {
    const prefixe = question.get('prefix') ?? '';
    const max = Math.min(Number(question.get('max-keys') ?? 1000), options.page ?? 1000);
    const apres = question.get('continuation-token') ?? '';
    const toutes = [...objets.keys()].filter((c) => c.startsWith(prefixe) && c > apres).toSorted();
    const cles = toutes.slice(0, max);
    const contenu = cles.map((cle) => {
      const objet = objets.get(cle) as Objet;
      const etag = etagDe(objet).replaceAll('"', '&quot;');
      return `<Contents><Key>${cle}</Key><Size>${objet.octets.length}</Size><ETag>${etag}</ETag></Contents>`;
    });
    const tronquee = toutes.length > cles.length;
    const suite = tronquee ? `<NextContinuationToken>${cles.at(-1)}</NextContinuationToken>` : '';
    ecrire(
      reponse,
      `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${tronquee}</IsTruncated>${suite}${contenu.join('')}</ListBucketResult>`,
    );
  }

  function servirCompartiment(reponse: ServerResponse, question: URLSearchParams): void {
    if (question.has('object-lock')) {
      if (options.verrou === 'inconnu') throw new Refus(501, 'NotImplemented');
      if (options.verrou !== true) throw new Refus(404, 'ObjectLockConfigurationNotFoundError');
      const etat = '<ObjectLockEnabled>Enabled</ObjectLockEnabled>';
      return ecrire(reponse, `<ObjectLockConfiguration>${etat}</ObjectLockConfiguration>`);
    }
    if (question.has('uploads')) {
      const listes = [...envois].map(
        ([id, { cle, debut }]) =>
          `<Upload><Key>${cle}</Key><UploadId>${id}</UploadId><Initiated>${debut.toISOString()}</Initiated></Upload>`,
      );
      return ecrire(reponse, `<ListMultipartUploadsResult>${listes.join('')}</ListMultipartUploadsResult>`);
    }
    return lister(reponse, question);
  }

  function donner(requete: IncomingMessage, reponse: ServerResponse, cle: string): void {
    const objet = objets.get(cle);
    if (objet === undefined) throw new Refus(404, 'NoSuchKey');
    const { octets, entetes } = objet;
    const sommes = requete.headers['x-amz-checksum-mode'] === 'ENABLED' ? sommeDe(objet) : {};
    const communs = { ...entetes, ...sommes, etag: etagDe(objet), 'accept-ranges': 'bytes' };
    const [, a, b] = /^bytes=(\d+)-(\d+)$/.exec(requete.headers.range ?? '') ?? [];
    const debut = Number(a ?? 0);
    const fin = Math.min(Number(b ?? octets.length - 1) + 1, octets.length);
    if (a !== undefined && debut >= octets.length) throw new Refus(416, 'InvalidRange');
    const plage = a === undefined ? {} : { 'content-range': `bytes ${debut}-${fin - 1}/${octets.length}` };
    reponse.writeHead(a === undefined ? 200 : 206, {
      ...communs,
      ...plage,
      'content-length': String(fin - debut),
    });
    reponse.end(requete.method === 'HEAD' ? undefined : octets.subarray(debut, fin));
  }

  function conserver(cle: string, octets: Buffer): void {
    const objet = objets.get(cle);
    if (objet === undefined) throw new Refus(404, 'NoSuchKey');
    const xml = octets.toString();
    const date = /<RetainUntilDate>([^<]+)</.exec(xml)?.[1] ?? '';
    const tenue = objet.entetes['x-amz-object-lock-retain-until-date'];
    // A lock is only made to last.
    if (tenue !== undefined && Date.parse(date) < Date.parse(tenue)) throw new Refus(403, 'AccessDenied');
    objet.entetes['x-amz-object-lock-retain-until-date'] = date;
    objet.entetes['x-amz-object-lock-mode'] = /<Mode>([^<]+)</.exec(xml)?.[1] ?? '';
  }

  function assembler(reponse: ServerResponse, requete: IncomingMessage, faits: Assemblage): void {
    const { cle, id, liste } = faits;
    const envoi = envois.get(id);
    if (envoi === undefined || envoi.cle !== cle) throw new Refus(404, 'NoSuchUpload');
    condition(requete.headers, cle);
    const citees = [
      ...liste.matchAll(
        /<Part><PartNumber>(\d+)<\/PartNumber><ETag>(?:&quot;)?([0-9a-f]+)(?:&quot;)?<\/ETag>(?:<ChecksumSHA256>([^<]+)<\/ChecksumSHA256>)?<\/Part>/g,
      ),
    ];
    const parties = citees.map(([, numero, etag, somme]) => {
      const octets = envoi.parties.get(Number(numero));
      if (octets === undefined || hex('md5', octets) !== etag) throw new Refus(400, 'InvalidPart');
      const attendue = (options.empreintes ?? 'sha256') === 'sha256' ? base64('sha256', octets) : undefined;
      if (somme !== attendue) throw new Refus(400, 'InvalidPart');
      return octets;
    });
    if (parties.length === 0) throw new Refus(400, 'MalformedXML');
    if (parties.slice(0, -1).some((p) => p.length < (options.partieMin ?? PARTIE_MIN)))
      throw new Refus(400, 'EntityTooSmall');
    const objet = { octets: Buffer.concat(parties), entetes: envoi.entetes, parties };
    objets.set(cle, objet);
    envois.delete(id);
    const etag = etagDe(objet).replaceAll('"', '&quot;');
    ecrire(
      reponse,
      `<CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Key>${cle}</Key><ETag>${etag}</ETag></CompleteMultipartUploadResult>`,
    );
  }

  interface Assemblage {
    readonly cle: string;
    readonly id: string;
    readonly liste: string;
  }

  async function servir(requete: IncomingMessage, reponse: ServerResponse): Promise<void> {
    const url = new URL(requete.url ?? '/', 'http://x');
    const octets = await buffer(requete);
    demandes.push(`${requete.method} ${requete.url}`);
    verifierSignature(requete, secret);
    verifierCorps(requete.headers, octets);
    const hote = String(requete.headers.host).startsWith(`${COMPARTIMENT}.`);
    const [premier = '', ...suite] = url.pathname.slice(1).split('/');
    const nom = hote ? COMPARTIMENT : premier;
    const cle = decodeURIComponent(hote ? url.pathname.slice(1) : suite.join('/'));
    if (nom !== COMPARTIMENT) throw new Refus(404, 'NoSuchBucket');
    const question = url.searchParams;
    if (cle === '') return servirCompartiment(reponse, question);
    const id = question.get('uploadId') ?? '';
    switch (`${requete.method} ${[...question.keys()].filter((n) => n !== 'partNumber').join()}`) {
      case 'GET ':
      case 'HEAD ':
        return donner(requete, reponse, cle);
      case 'PUT ': {
        exigerEmpreintes(requete.headers);
        condition(requete.headers, cle);
        const objet = { octets, entetes: gardes(requete.headers), parties: null };
        objets.set(cle, objet);
        reponse.writeHead(200, { etag: etagDe(objet), ...sommeDe(objet), 'content-length': '0' });
        return void reponse.end();
      }
      case 'PUT retention':
        conserver(cle, octets);
        return ecrire(reponse, '');
      case 'POST uploads': {
        const neuf = randomUUID();
        const entetes = gardes(requete.headers);
        envois.set(neuf, { cle, entetes, parties: new Map(), debut: new Date() });
        return ecrire(
          reponse,
          `<InitiateMultipartUploadResult><UploadId>${neuf}</UploadId></InitiateMultipartUploadResult>`,
        );
      }
      case 'PUT uploadId': {
        exigerEmpreintes(requete.headers);
        const envoi = envois.get(id);
        if (envoi === undefined) throw new Refus(404, 'NoSuchUpload');
        envoi.parties.set(Number(question.get('partNumber')), octets);
        const partie = { octets, entetes: {}, parties: null };
        reponse.writeHead(200, {
          etag: `"${hex('md5', octets)}"`,
          ...sommeDe(partie),
          'content-length': '0',
        });
        return void reponse.end();
      }
      case 'POST uploadId':
        return assembler(reponse, requete, { cle, id, liste: octets.toString() });
      case 'DELETE uploadId':
        if (!envois.delete(id)) throw new Refus(404, 'NoSuchUpload');
        reponse.writeHead(204).end();
        return;
      default:
        throw new Refus(501, 'NotImplemented');
    }
  }

  const surRequete = (requete: IncomingMessage, reponse: ServerResponse): void => {
    servir(requete, reponse).catch((erreur: unknown) => {
      if (!(erreur instanceof Refus)) return void reponse.destroy();
      refus.push(erreur.code);
      reponse.writeHead(erreur.statut, { 'content-type': 'application/xml' });
      reponse.end(requete.method === 'HEAD' ? undefined : `<Error><Code>${erreur.code}</Code></Error>`);
    });
  };
  const { tls } = depart;
  const serveur =
    tls === undefined
      ? ouvrirHttp(surRequete)
      : ouvrirHttps({ key: tls.cle, cert: tls.certificat }, surRequete);
  serveur.listen(0, '127.0.0.1');
  await once(serveur, 'listening');
  const { port } = serveur.address() as AddressInfo;
  return {
    adresse: `${tls === undefined ? 'http://127.0.0.1' : 'https://localhost'}:${port}`,
    port,
    compartiment: COMPARTIMENT,
    cleAcces: 'CLE-D-ESSAI',
    secret,
    objets,
    envois,
    demandes,
    refus,
    regler(nouvelles) {
      options = nouvelles;
    },
    async fermer() {
      serveur.closeAllConnections();
      serveur.close();
      await once(serveur, 'close');
    },
  };
}
