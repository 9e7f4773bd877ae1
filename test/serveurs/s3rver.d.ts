/** The little of s3rver that the tests use; the package has no types. */
declare module 's3rver' {
  interface ObjetS3rver {
    bucket: string;
    key: string;
    readonly content: unknown;
  }
  interface MagasinS3rver {
    putObject(objet: ObjetS3rver): Promise<{ readonly size: number; readonly md5: string }>;
    getResourcePath(bucket: string, key: string, ressource: string): string;
  }
  export default class S3rver {
    constructor(options: Readonly<Record<string, unknown>>);
    readonly store: MagasinS3rver;
    run(): Promise<{ readonly port: number }>;
  }
}
