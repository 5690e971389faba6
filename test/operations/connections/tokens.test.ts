import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { connection, connectionToken } from '#src/db/schema/connection.ts';
import { saveTokens, tokenVault } from '#src/db/connections/token-store.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { addConnection, refusal } from '#test/operations/failing-vendor.ts';

const renewerFile = fileURLToPath(new URL('token-renewer.ts', import.meta.url));
const first = { accessToken: 'access-1', refreshToken: 'refresh-1', expiresAt: null };

describe('the tokens of a connection', { timeout: 60_000 }, () => {
  let test: TestDeps;
  let hubspot: Connection;
  let vendor: Server;
  /** Refresh tokens the vendor was shown. */
  const shown: string[] = [];
  let answer: (response: ServerResponse, refreshToken: string) => void = () => {};

  beforeAll(async () => {
    test = await startDeps();
    vendor = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => (text += part));
      request.on('end', () => {
        shown.push(text);
        answer(response, text);
      });
    }).listen(0, '127.0.0.1');
    await once(vendor, 'listening');
  });
  afterAll(async () => {
    vendor.closeAllConnections();
    vendor.close();
    await test[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await test.deps.db.delete(connection);
    hubspot = await addConnection(test.deps);
    await saveTokens(test.deps.db, test.deps.config.masterKey, hubspot.id, first);
    shown.length = 0;
    answer = (response, refreshToken) => {
      const n = Number(refreshToken.split('-')[1]) + 1;
      response.end(
        JSON.stringify({ accessToken: `access-${n}`, refreshToken: `refresh-${n}`, expiresAt: null }),
      );
    };
  });

  const vault = () => tokenVault(test.deps.db, test.deps.config.masterKey, hubspot.id);
  const renewHere = (exchange: () => Promise<typeof first>, rotates = true) =>
    vault().renew('access-1', exchange, { rotates });
  const next = async (): Promise<typeof first> => ({
    accessToken: 'access-2',
    refreshToken: 'refresh-2',
    expiresAt: null,
  });

  function startRenewer(
    rotates: boolean,
    refused = 'access-1',
  ): { readonly child: ChildProcess; readonly printed: Promise<string> } {
    const address = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}/`;
    const order = { connectionId: hubspot.id, refused, vendor: address, rotates };
    const child = spawn(process.execPath, [renewerFile, JSON.stringify(order)], {
      env: { ...process.env, ...test.env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => (text += part));
    return { child, printed: once(child, 'close').then(() => text.trim()) };
  }

  /** Kills a process while the vendor has its refresh token and has not answered. */
  async function killInTheMiddle(rotates: boolean): Promise<void> {
    const answered = answer;
    const asked = Promise.withResolvers<void>();
    answer = () => asked.resolve();
    const { child, printed } = startRenewer(rotates);
    await asked.promise;
    child.kill('SIGKILL');
    await printed;
    answer = answered;
  }

  it('are exchanged once when several processes find them refused at the same time, and all get the same', async () => {
    const printed = await Promise.all([1, 2, 3, 4].map(() => startRenewer(true).printed));
    expect(printed).toEqual(['access-2', 'access-2', 'access-2', 'access-2']);
    expect(shown).toEqual(['refresh-1']);
    expect(await vault().current()).toEqual(await next());
  });

  it('are stored before anybody uses them, sealed', async () => {
    await renewHere(next);
    const [row] = await test.deps.db.select().from(connectionToken);
    expect(row).toMatchObject({ exchanging: null });
    expect(JSON.stringify(row)).not.toMatch(/access-2|refresh-2/);
    expect(await vault().current()).toEqual(await next());
  });

  it('that rotate are never sent again when a process was killed in the middle of an exchange', async () => {
    await killInTheMiddle(true);
    const refused = await renewHere(next).catch((error: unknown) => error);
    expect(refused).toMatchObject({ failure: { class: 'auth', code: 'SIGN_IN_AGAIN' } });
    expect(await startRenewer(true).printed).toBe('');
    expect(shown).toEqual(['refresh-1']);
  });

  it('that do not rotate are exchanged again after such a kill', async () => {
    await killInTheMiddle(false);
    expect(await startRenewer(false).printed).toBe('access-2');
    expect(shown).toEqual(['refresh-1', 'refresh-1']);
  });

  it('that a person has granted again end the doubt', async () => {
    await killInTheMiddle(true);
    await saveTokens(test.deps.db, test.deps.config.masterKey, hubspot.id, {
      ...first,
      accessToken: 'access-5',
      refreshToken: 'refresh-5',
    });
    expect(await startRenewer(true, 'access-5').printed).toBe('access-6');
  });

  it.each([
    ['the vendor answered no', refusal('auth')],
    [
      'the vendor could not be reached at all',
      new ConnectorError(refusal('retry').failure, connectionRefused()),
    ],
  ])('may be exchanged again when %s', async (_, failure) => {
    await expect(renewHere(() => Promise.reject(failure))).rejects.toBe(failure);
    expect(await renewHere(next)).toEqual(await next());
  });

  it('that rotate may not when the answer was lost on its way', async () => {
    await expect(renewHere(() => Promise.reject(refusal('retry')))).rejects.toThrow('RETRY');
    await expect(renewHere(next)).rejects.toThrow('SIGN_IN_AGAIN');
  });

  it('that no person granted cannot be renewed, and say so', async () => {
    await test.deps.db.delete(connectionToken);
    expect(await vault().current()).toBeNull();
    await expect(renewHere(next)).rejects.toThrow('no tokens are stored');
  });
});

/** The error of `fetch` when no server listens. */
function connectionRefused(): Error {
  return new TypeError('fetch failed', {
    cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
  });
}
