import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { TokenVault, Tokens } from '#connectors/contract/tokens.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import { control } from '#test/sandbox/salesforce/control.ts';
import { startOrg } from '#test/sandbox/salesforce/org.ts';
import type { RunningOrg } from '#test/sandbox/salesforce/org.ts';
import { connectOrg } from './sample.ts';

interface Grant {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly instanceUrl: string;
}

let org: RunningOrg;
beforeAll(async () => {
  org = await startOrg();
});
afterAll(() => org.close());

let grant: Grant;
let vault: MemoryVault;
beforeEach(async () => {
  grant = (await control<Grant>(org, 'POST', 'authorizations')).body;
  vault = new MemoryVault({
    accessToken: grant.accessToken,
    refreshToken: grant.refreshToken,
    expiresAt: null,
  });
});
afterEach(() => org.faults.clear());

/** The guarantees of the stored vault, for one process. */
class MemoryVault implements TokenVault {
  tokens: Tokens;
  exchanges = 0;
  #exchanging: string | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(tokens: Tokens) {
    this.tokens = tokens;
  }

  async current(): Promise<Tokens> {
    return this.tokens;
  }

  renew(refused: string, exchange: (current: Tokens) => Promise<Tokens>): Promise<Tokens> {
    const mine = this.#turn.then(async () => {
      if (this.tokens.accessToken !== refused) return this.tokens;
      if (this.#exchanging === this.tokens.refreshToken)
        throw new ConnectorError({
          class: 'auth',
          code: 'SIGN_IN_AGAIN',
          message: 'interrupted',
          fix: 'Connect again.',
        });
      this.#exchanging = this.tokens.refreshToken;
      this.exchanges += 1;
      this.tokens = await exchange(this.tokens);
      this.#exchanging = null;
      return this.tokens;
    });
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

const connect = (secret = grant.clientSecret): CrmConnector =>
  connectOrg(org, {
    settings: { authType: 'refresh_token', clientId: grant.clientId, instanceUrl: grant.instanceUrl },
    secrets: { clientSecret: secret },
    tokens: vault,
  });
const expire = (): void =>
  org.faults.add({
    vendor: 'salesforce',
    match: { path: '/query', times: 1 },
    fault: { kind: 'expire_tokens' },
  });
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => (error as ConnectorError).failure,
  );

describe('salesforce: tokens that rotate', () => {
  it('are used from the vault while they work', async () => {
    await expect(connect().check()).resolves.toMatchObject({ account: 'Cascadia Instruments' });
    expect(vault.exchanges).toBe(0);
  });

  it('are exchanged when the access token is refused, and both new ones are stored', async () => {
    expire();
    await expect(connect().check()).resolves.toMatchObject({ account: 'Cascadia Instruments' });
    expect(vault.exchanges).toBe(1);
    expect(vault.tokens.refreshToken).not.toBe(grant.refreshToken);
  });

  it('are exchanged before the first call when only a refresh token was granted', async () => {
    vault = new MemoryVault({ accessToken: '', refreshToken: grant.refreshToken, expiresAt: null });
    await expect(connect().check()).resolves.toMatchObject({ account: 'Cascadia Instruments' });
    expect(vault.exchanges).toBe(1);
  });

  it('are exchanged once when two processes are refused at the same time', async () => {
    const processes = [connect(), connect()];
    await Promise.all(processes.map((one) => one.check()));
    org.faults.add({
      vendor: 'salesforce',
      match: { path: '/query', times: 1 },
      fault: { kind: 'expire_tokens' },
    });
    await Promise.all(processes.map((one) => one.check()));
    expect(vault.exchanges).toBe(1);
    await Promise.all(processes.map((one) => one.check()));
  });

  it('survive many exchanges, which the second use of any token would end', async () => {
    const connector = connect();
    for (let n = 0; n < 5; n += 1) {
      org.advance(3 * 3_600_000);
      await connector.check();
    }
    expect(vault.exchanges).toBe(5);
  });

  it('are never sent again after an exchange whose result was lost', async () => {
    expire();
    org.faults.add({
      vendor: 'salesforce',
      match: { path: '/oauth2/token', times: 1 },
      fault: { kind: 'cut', when: 'after' },
    });
    for (const again of [connect(), connect()])
      expect(await failureOf(again.check())).toMatchObject({ class: 'auth', code: 'SIGN_IN_AGAIN' });
    expect(vault.exchanges).toBe(1);
    expect(org.store.collection('salesforce:#refresh-token').get(grant.refreshToken)).toMatchObject({
      used: true,
    });
  });

  it('are not sent when the login server cannot be reached', async () => {
    expire();
    org.faults.add({
      vendor: 'salesforce',
      match: { path: '/services/data$' },
      fault: { kind: 'cut', when: 'before' },
    });
    expect(await failureOf(connect().check())).toMatchObject({ class: 'retry' });
    expect(vault.exchanges).toBe(0);
    org.faults.clear();
    await expect(connect().check()).resolves.toBeDefined();
  });

  it('that were revoked are an auth failure whose fix says how to get new ones', async () => {
    await fetch(`${org.url}/services/oauth2/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ token: grant.refreshToken }),
    });
    expect(await failureOf(connect().check())).toMatchObject({
      class: 'auth',
      code: 'invalid_grant',
      fix: expect.stringContaining('Authorise the external client app in Salesforce again'),
    });
  });

  it('with a wrong client secret are an auth failure that names the client id', async () => {
    expire();
    expect(await failureOf(connect('WRONG').check())).toMatchObject({
      class: 'auth',
      code: 'invalid_client',
    });
  });

  it('let the installation find out which user they belong to', async () => {
    const connector = connect();
    await connector.install(crmSchema);
    expect((await connector.describe('Account')).fields.map((field) => field.name)).toContain(
      'Fairway_Tier__c',
    );
  });
});
