import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PullRequest } from '#connectors/contract/records.ts';
import type { ConnectorInput } from '#connectors/contract/remote-system.ts';
import { createHubspot } from '#connectors/hubspot/connector.ts';
import { createSalesforce } from '#connectors/salesforce/connector.ts';
import { requestToken } from '#connectors/salesforce/token-request.ts';
import { openOutbound } from '#src/outbound/open-outbound.ts';
import { alone } from '#test/support/connector-input.ts';

/** Reading up to the limit takes seconds on a busy machine. */
const timeout = 120_000;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

interface LocalServer {
  readonly url: string;
  /** `METHOD path`, in order. */
  readonly requests: string[];
  answer: Answer;
  readonly close: () => void;
}

async function listen(): Promise<LocalServer> {
  const local: LocalServer = {
    url: '',
    requests: [],
    answer: (_, response) => response.end(),
    close: () => {},
  };
  const server = createServer((request, response) => {
    local.requests.push(`${request.method} ${request.url}`);
    request.resume();
    local.answer(request, response);
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(local, {
    url,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
}

let vendor: LocalServer;
let thief: LocalServer;
beforeAll(async () => {
  [vendor, thief] = [await listen(), await listen()];
});
afterEach(() => {
  vendor.requests.length = 0;
  thief.requests.length = 0;
});
afterAll(() => {
  vendor.close();
  thief.close();
});

const input = (settings: ConnectorInput['settings']): ConnectorInput => ({
  settings,
  secrets: { accessToken: 'pat-secret', clientSecret: 'client-secret' },
  now: () => new Date(),
  ...alone,
});
const hubspot = () => createHubspot(input({ basePath: vendor.url }));

/** An org that signs in with a stored token. */
const salesforce = () =>
  createSalesforce({
    ...input({
      loginUrl: vendor.url,
      clientId: 'id',
      authType: 'refresh_token',
      instanceUrl: vendor.url,
    }),
    tokens: {
      ...alone.tokens,
      current: async () => ({ accessToken: '00D!token', refreshToken: 'r', expiresAt: null }),
    },
  });

describe('a redirect', () => {
  it('is not followed with the secrets of a sign-in', async () => {
    vendor.answer = (_, response) => response.writeHead(307, { location: `${thief.url}/steal` }).end();
    await expect(
      requestToken(alone.outbound, vendor.url, { client_secret: 'secret', refresh_token: 'secret' }),
    ).rejects.toMatchObject({ failure: { class: 'auth' } });
    expect(thief.requests).toEqual([]);
  });

  it('is not followed with the token of a call', async () => {
    vendor.answer = (_, response) => response.writeHead(308, { location: `${thief.url}/steal` }).end();
    await expect(hubspot().fetch('deals', ['1'], ['dealname'])).rejects.toThrow(/308/);
    await expect(salesforce().describe('Account')).rejects.toThrow(/./);
    expect(vendor.requests.length).toBeGreaterThan(1);
    expect(thief.requests).toEqual([]);
  });
});

describe('an address', () => {
  const inTheWild = (resolve: (host: string) => Promise<readonly string[]>) =>
    openOutbound({ privateHosts: [], resolve }).call;

  it.each([
    'http://127.0.0.1:1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.1.2.3/',
    'http://100.64.0.1/',
    'http://192.168.1.1/',
    'http://0.0.0.0/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:a00:1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[fd00::1]/',
    'http://[fe80::1]/',
  ])('of this machine or a private network is refused: %s', async (address) => {
    await expect(inTheWild(async () => [])(address)).rejects.toMatchObject({
      failure: { code: 'PRIVATE_ADDRESS' },
    });
  });

  it('is refused when only one of those that its name has is private', async () => {
    for (const addresses of [['127.0.0.1'], ['9.9.9.9', '127.0.0.1'], ['2620:fe::fe', '::1'], []])
      await expect(inTheWild(async () => addresses)('https://api.vendor.example/')).rejects.toMatchObject({
        failure: { code: 'PRIVATE_ADDRESS' },
      });
  });

  it('is resolved once: the connection is made to what was checked', async () => {
    const { port } = new URL(vendor.url);
    vendor.answer = (_, response) => response.end('{}');
    let asked = 0;
    const { call } = openOutbound({
      privateHosts: ['rebound.example'],
      resolve: async () => [(asked += 1) === 1 ? '127.0.0.1' : '127.0.0.2'],
    });
    expect((await call(`http://rebound.example:${port}/first`)).status).toBe(200);
    expect([asked, vendor.requests]).toEqual([1, ['GET /first']]);
  });

  it('with a user name and a password, or of another scheme, is refused', async () => {
    for (const address of ['https://a:b@api.vendor.example/', 'file:///etc/passwd', 'no address'])
      await expect(inTheWild(async () => ['9.9.9.9'])(address)).rejects.toMatchObject({
        failure: { code: 'ADDRESS_INVALID' },
      });
  });
});

describe('an answer', () => {
  const json = { 'content-type': 'application/json', date: new Date().toUTCString() };

  it('without an end is given up at a limit', { timeout }, async () => {
    vendor.answer = (_, response) => {
      response.writeHead(200, json);
      const chunk = Buffer.alloc(1024 * 1024, ' ');
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) {
          // Until the reader is slower.
        }
      };
      response.on('drain', more);
      more();
    };
    await expect(hubspot().fetch('deals', ['1'], ['dealname'])).rejects.toMatchObject({
      failure: { code: 'ANSWER_TOO_LARGE' },
    });
    await expect(salesforce().describe('Account')).rejects.toMatchObject({
      failure: { code: 'ANSWER_TOO_LARGE' },
    });
  });

  it('that says how large it is is refused before it is read', async () => {
    vendor.answer = (_, response) =>
      response.writeHead(200, { ...json, 'content-length': String(1024 ** 4) }).write('{');
    await expect(hubspot().fetch('deals', ['1'], ['dealname'])).rejects.toMatchObject({
      failure: { code: 'ANSWER_TOO_LARGE' },
    });
  });

  it('that is small but unpacks to more than the limit is given up', { timeout }, async () => {
    const packed = gzipSync(Buffer.alloc(72 * 1024 * 1024, ' '), { level: 1 });
    expect(packed.length).toBeLessThan(1024 * 1024);
    vendor.answer = (_, response) =>
      response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(packed);
    await expect(hubspot().fetch('deals', ['1'], ['dealname'])).rejects.toMatchObject({
      failure: { code: 'ANSWER_TOO_LARGE' },
    });
  });

  it('that is packed is read', async () => {
    vendor.answer = (_, response) =>
      response
        .writeHead(200, { ...json, 'content-encoding': 'gzip' })
        .end(gzipSync(JSON.stringify({ results: [] })));
    expect(await hubspot().fetch('deals', ['1'], ['dealname'])).toMatchObject([
      { extId: '1', deleted: true },
    ]);
  });
});

async function readAll(request: PullRequest): Promise<void> {
  for await (const page of salesforce().pull(request)) expect(page).toBeDefined();
}

describe('the name of an object or a field', () => {
  const hostile = '../../../services/apexrest/x?y=#';

  it('does not change the path that is called', async () => {
    vendor.answer = (_, response) => response.writeHead(404).end('{}');
    for (const call of [
      hubspot().fetch(hostile, ['1'], ['dealname']),
      salesforce().describe(hostile),
      salesforce().fetch(hostile, ['1'], ['Name']),
    ])
      await expect(call).rejects.toThrow(/./);
    expect(vendor.requests).not.toEqual([]);
    for (const request of vendor.requests) {
      expect(request).toContain(encodeURIComponent(hostile));
      expect(request).not.toContain('apexrest/x');
    }
  });

  it('does not change a query', async () => {
    const request = { object: 'Account', fields: ['Name'], since: null, resume: null };
    for (const changed of [
      { object: 'Account WHERE Name = null' },
      { fields: ['Id FROM User', 'Name'] },
      { fields: ['(SELECT Id FROM Contacts)'] },
    ])
      await expect(readAll({ ...request, ...changed })).rejects.toMatchObject({
        failure: { code: 'NAME_INVALID' },
      });
    expect(vendor.requests).toEqual([]);
  });
});
