import { lookup } from 'node:dns/promises';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { pipeline, Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { ConnectorError } from '#connectors/contract/failures.ts';
import {
  usualAnswerBytes,
  type Outbound,
  type OutboundRequest,
  type ResolveOutbound,
} from '#connectors/contract/outbound.ts';
import { isLoopback, isPublicAddress } from './public-address.ts';

export interface OutboundOptions {
  /** Host names and addresses that may be private. */
  readonly privateHosts: readonly string[];
  /** Also allows the addresses of this machine, where the sandbox runs. */
  readonly sandbox?: boolean;
  /** All addresses of a name; the system's resolver when absent. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

export interface OutboundCalls extends Disposable {
  readonly call: Outbound;
  readonly resolve: ResolveOutbound;
}

/** Opens connections to other systems, which are reused until disposed. */
export function openOutbound({
  privateHosts,
  sandbox = false,
  resolve = systemResolve,
}: OutboundOptions): OutboundCalls {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  const allowed = new Set(privateHosts.map((host) => host.toLowerCase()));
  const checked: ResolveOutbound = async (host) => {
    const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
    const addresses = isIP(bare) ? [bare] : await resolve(bare);
    const mayReach = (address: string): boolean =>
      isPublicAddress(address) || allowed.has(bare) || (sandbox && isLoopback(address));
    // One private address among public ones is refused as well: the next look-up may return only that one.
    if (addresses.length === 0 || !addresses.every(mayReach)) throw privateAddress(bare);
    return addresses;
  };
  return {
    resolve: checked,
    call: async (address, request = {}) => {
      const url = parseAddress(address);
      request.signal?.throwIfAborted();
      let addresses: readonly string[];
      try {
        addresses = await checked(url.hostname);
      } catch (error) {
        if (error instanceof ConnectorError) throw error;
        throw new TypeError('fetch failed', { cause: error });
      }
      const answer = await exchange(url, request, {
        agent: url.protocol === 'https:' ? agents.https : agents.http,
        lookup: pinned(addresses),
      });
      return asResponse(answer, { host: url.hostname, ...request });
    },
    [Symbol.dispose]: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

async function systemResolve(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

function parseAddress(address: string): URL {
  const url = URL.parse(address);
  if (url && (url.protocol === 'https:' || url.protocol === 'http:') && !url.username && !url.password)
    return url;
  throw new ConnectorError({
    class: 'auth',
    code: 'ADDRESS_INVALID',
    message: 'An address is not an http or https address without a name and a password.',
    fix: 'Connect again with the address that the vendor’s documentation gives.',
  });
}

const privateAddress = (host: string): ConnectorError =>
  new ConnectorError({
    class: 'auth',
    code: 'PRIVATE_ADDRESS',
    message: `${host} is not on the internet: it has an address of this machine or of a private network.`,
    fix: `Correct the address. If the server may be reached there, add ${host} to PRIVATE_HOSTS.`,
  });

const tooLarge = (host: string, maxBytes: number): ConnectorError =>
  new ConnectorError({
    class: 'mapping',
    code: 'ANSWER_TOO_LARGE',
    message: `An answer of ${host} has more than ${Math.floor(maxBytes / 1024)} KB.`,
    fix: 'Map fewer fields of this object, or ask the vendor why the answer is so large.',
  });

/** Gives the connection the addresses that were checked, instead of resolving the name again. */
function pinned(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, done) => {
    const [first] = all;
    if (options.all) done(null, all);
    else done(null, first?.address ?? '', first?.family ?? 4);
  };
}

function exchange(
  url: URL,
  { method = 'GET', headers = {}, body, signal }: OutboundRequest,
  connection: { readonly agent: HttpAgent; readonly lookup: LookupFunction },
): Promise<IncomingMessage> {
  const content = body instanceof URLSearchParams ? body.toString() : body;
  const isForm = body instanceof URLSearchParams;
  const options = {
    method,
    ...connection,
    ...(signal ? { signal } : {}),
    headers: {
      'user-agent': 'fairway',
      accept: '*/*',
      'accept-encoding': 'gzip, deflate, br',
      ...(isForm ? { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' } : {}),
      ...(typeof content === 'string' || content instanceof Uint8Array
        ? { 'content-length': String(Buffer.byteLength(content)) }
        : {}),
      ...headers,
    },
  };
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, resolve);
    sent.on('error', (error) =>
      reject(signal?.aborted ? (signal.reason as Error) : new TypeError('fetch failed', { cause: error })),
    );
    if (content instanceof Readable) pipeline(content, sent, () => {});
    else sent.end(content);
  });
}

const withoutBody: ReadonlySet<number> = new Set([204, 205, 304]);

function asResponse(
  answer: IncomingMessage,
  { host, maxBytes = usualAnswerBytes, signal }: OutboundRequest & { readonly host: string },
): Response {
  const status = answer.statusCode ?? 0;
  if (status < 200 || status > 599) {
    answer.destroy();
    throw new TypeError('fetch failed', { cause: new Error(`the server answered with status ${status}`) });
  }
  const headers = new Headers();
  for (let n = 0; n < answer.rawHeaders.length; n += 2)
    headers.append(answer.rawHeaders[n] ?? '', answer.rawHeaders[n + 1] ?? '');
  if (Number(headers.get('content-length')) > maxBytes) {
    answer.destroy();
    throw tooLarge(host, maxBytes);
  }
  if (withoutBody.has(status)) {
    answer.resume();
    return new Response(null, { status, headers });
  }
  const encodings = (headers.get('content-encoding') ?? '').toLowerCase().split(/\s*,\s*/);
  const decoders = encodings.toReversed().flatMap((encoding) => decoderOf(encoding));
  headers.delete('content-encoding');
  headers.delete('content-length');
  const body = pipeline(
    [answer, limited(host, maxBytes), ...decoders, ...(decoders.length > 0 ? [limited(host, maxBytes)] : [])],
    () => {
      // The reader of the body gets the error.
    },
  ) as unknown as Readable;
  return new Response(ReadableStream.from(chunksOf(body, signal)), { status, headers });
}

/** Errors in the middle of an answer look as `fetch` makes them look. */
async function* chunksOf(body: Readable, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk as Uint8Array;
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
    throw signal?.aborted ? (signal.reason as Error) : new TypeError('terminated', { cause: error });
  }
}

function decoderOf(encoding: string): Transform[] {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return [createGunzip()];
    case 'deflate':
      return [createInflate()];
    case 'br':
      return [createBrotliDecompress()];
    default:
      return [];
  }
}

/** Ends the stream with an error as soon as more than `maxBytes` have passed. */
function limited(host: string, maxBytes: number): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      if (passed > maxBytes) done(tooLarge(host, maxBytes));
      else done(null, chunk);
    },
  });
}
