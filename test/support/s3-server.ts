/**
 * A server for the part of S3 that payload stores use. It takes nothing on trust: the signature (Signature Version 4) is
 * computed anew from the request as it came, as are the digests of the body. Faults are by request, in order.
 */
import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export const credentials = { accessKeyId: 'AKIATESTTESTTESTTEST', secretAccessKey: 'a secret of the test' } as const;

export interface StoredObject {
  bytes: Buffer;
  lastModified: Date;
}

/** What the next request meets. `truncate`: half of the body, then the connection ends. `hang`: no answer at all. */
export type Fault = 'truncate' | 'hang' | { readonly status: number; readonly code: string };

export interface TestS3Server {
  readonly endpoint: string;
  readonly bucket: string;
  readonly objects: Map<string, StoredObject>;
  /** `PUT key`, `GET key`, …, refused ones included. */
  readonly requests: string[];
  readonly faults: Fault[];
  /** Objects on a page of a listing. */
  pageSize: number;
  stop(): Promise<void>;
}

export async function startS3Server(): Promise<TestS3Server> {
  const state = {
    bucket: 'payloads',
    objects: new Map<string, StoredObject>(),
    requests: [],
    faults: [],
    pageSize: 1_000,
  };
  const server = createServer((request, response) => {
    answer(s3, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
  const s3: TestS3Server = Object.assign(state, {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise<void>((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  });
  return s3;
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

async function answer(s3: TestS3Server, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request);
  const url = new URL(request.url ?? '', s3.endpoint);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/.exec(decodeURIComponent(url.pathname)) ?? [];
  s3.requests.push(`${request.method} ${key}`);
  const fault = s3.faults.shift();
  if (fault === 'hang') return;
  try {
    if (typeof fault === 'object') throw new Refusal(fault.status, fault.code);
    checkSignature(request, url, body);
    if (bucket !== s3.bucket) throw new Refusal(404, 'NoSuchBucket');
    serve(s3, { request, response, url, key, body, isCut: fault === 'truncate' });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    response.writeHead(error.status, { 'content-type': 'application/xml' });
    response.end(
      request.method === 'HEAD' ? undefined : `<Error><Code>${error.code}</Code><Message>told</Message></Error>`,
    );
  }
}

interface Served {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly key: string;
  readonly body: Buffer;
  readonly isCut: boolean;
}

function serve(s3: TestS3Server, { request, response, url, key, body, isCut }: Served): void {
  if (key === '') return serveBucket(s3, request, response, url);
  if (request.method === 'PUT') {
    const source = request.headers['x-amz-copy-source'];
    const bytes = typeof source === 'string' ? found(s3, source.replace(`${s3.bucket}/`, '')).bytes : body;
    s3.objects.set(key, { bytes, lastModified: new Date() });
    return void response.end(source === undefined ? '' : '<CopyObjectResult><ETag>"x"</ETag></CopyObjectResult>');
  }
  if (request.method === 'DELETE') {
    s3.objects.delete(key);
    return void response.writeHead(204).end();
  }
  const { bytes, lastModified } = found(s3, key);
  response.writeHead(200, { 'content-length': bytes.byteLength, 'last-modified': lastModified.toUTCString() });
  if (request.method === 'HEAD') return void response.end();
  if (isCut) return void response.write(bytes.subarray(0, bytes.byteLength / 2), () => response.destroy());
  response.end(bytes);
}

function serveBucket(s3: TestS3Server, { method }: IncomingMessage, response: ServerResponse, url: URL): void {
  if (method === 'HEAD') return void response.end();
  const after = url.searchParams.get('continuation-token') ?? '';
  const prefix = url.searchParams.get('prefix') ?? '';
  const keys = [...s3.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = keys.slice(0, s3.pageSize);
  const rows = page.map((key) => {
    const { bytes, lastModified } = found(s3, key);
    return `<Contents><Key>${key}</Key><Size>${bytes.byteLength}</Size><LastModified>${lastModified.toISOString()}</LastModified></Contents>`;
  });
  const isTruncated = page.length < keys.length;
  const more = `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>`;
  response.end(
    `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${isTruncated ? more : ''}${rows.join('')}</ListBucketResult>`,
  );
}

function found(s3: TestS3Server, key: string): StoredObject {
  const object = s3.objects.get(key);
  if (object === undefined) throw new Refusal(404, 'NoSuchKey');
  return object;
}

/** AWS, "Signature Version 4 for API requests": canonical request, string to sign, derived key. */
function checkSignature({ method = '', headers }: IncomingMessage, url: URL, body: Buffer): void {
  const [, keyId, scope = '', signed = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  if (keyId !== credentials.accessKeyId) throw new Refusal(403, 'InvalidAccessKeyId');
  if (headers['x-amz-content-sha256'] !== sha256(body, 'hex')) throw new Refusal(400, 'XAmzContentSHA256Mismatch');
  const checksum = headers['x-amz-checksum-sha256'];
  if (checksum !== undefined && checksum !== sha256(body, 'base64')) throw new Refusal(400, 'BadDigest');
  const query = [...url.searchParams].map((pair) => pair.map(encoded).join('=')).sort();
  const lines = signed.split(';').map((name) => `${name}:${String(headers[name] ?? '').trim()}\n`);
  const canonical = [method, url.pathname, query.join('&'), lines.join(''), signed, sha256(body, 'hex')].join('\n');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical, 'hex')].join('\n');
  const key = scope
    .split('/')
    .reduce<Buffer>(
      (derived, part) => createHmac('sha256', derived).update(part).digest(),
      Buffer.from(`AWS4${credentials.secretAccessKey}`),
    );
  if (createHmac('sha256', key).update(text).digest('hex') !== signature)
    throw new Refusal(403, 'SignatureDoesNotMatch');
}

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(value: Buffer | string, encoding: 'hex' | 'base64'): string {
  return createHash('sha256').update(value).digest(encoding);
}
