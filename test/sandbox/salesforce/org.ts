import { generateKeyPairSync } from 'node:crypto';
import { strToU8, zipSync } from 'fflate';
import { SignJWT, importPKCS8 } from 'jose';
import { Connection } from 'jsforce';
import { Faults } from '#sandbox/faults.ts';
import { profileNamed, type ProfileName } from '#sandbox/profiles/profiles.ts';
import { buildSalesforce } from '#sandbox/salesforce/server.ts';
import { Store } from '#sandbox/store.ts';
import type { StreamingVendor } from '#sandbox/vendor.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
export const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** A running sandbox org with a clock the test moves. */
export interface RunningOrg {
  readonly url: string;
  readonly store: Store;
  readonly vendor: StreamingVendor;
  readonly faults: Faults;
  readonly clientId: string;
  readonly username: string;
  /** The audience that assertions name. */
  readonly audience: string;
  /** The address of its change events and its self-signed certificate. */
  readonly events: Readonly<Record<string, string>>;
  /** The vendor's clock. */
  readonly clock: { now: Date };
  /** Moves the clock on. */
  readonly advance: (ms: number) => void;
  /** The number of calls the org has counted. */
  readonly calls: () => number;
  readonly close: () => Promise<void>;
}

export async function startOrg(profile: ProfileName = 'default'): Promise<RunningOrg> {
  const clock = { now: new Date('2026-11-22T02:00:00Z') };
  const store = new Store(':memory:');
  const faults = new Faults();
  const vendor = buildSalesforce({ store, now: () => clock.now, faults, profile: profileNamed(profile) });
  const url = await vendor.app.listen({ host: '127.0.0.1', port: 0 });
  await vendor.listenForEvents(0);
  const { settings } = vendor.credentials({ publicKeyPem });
  const { clientId = '', username = '', audience = url, ...events } = settings;
  return {
    url,
    store,
    vendor,
    faults,
    clientId,
    username,
    audience,
    events,
    clock,
    advance: (ms) => (clock.now = new Date(clock.now.getTime() + ms)),
    calls: () => store.calls('salesforce').length,
    close: async () => {
      await vendor.app.close();
      store.close();
    },
  };
}

export interface AssertionOptions {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly exp: Date;
}

/** A signed JWT for the bearer flow; `claims` replace the right ones. */
export async function assertionFor(
  org: RunningOrg,
  claims: Partial<AssertionOptions> = {},
  pem = privateKeyPem,
): Promise<string> {
  const { iss, sub, aud, exp } = {
    iss: org.clientId,
    sub: org.username,
    aud: org.audience,
    exp: new Date(org.clock.now.getTime() + 180_000),
    ...claims,
  };
  return new SignJWT({ iss, sub, aud })
    .setProtectedHeader({ alg: 'RS256' })
    .setExpirationTime(exp)
    .sign(await importPKCS8(pem, 'RS256'));
}

/** Plain jsforce, signed in. */
export async function connectTo(org: RunningOrg): Promise<Connection> {
  const connection = new Connection({ loginUrl: org.url, version: '67.0' });
  await connection.authorize({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: await assertionFor(org),
  });
  return connection;
}

/** A metadata zip of these files, by path. */
export function packageZip(files: Readonly<Record<string, string>>): Buffer {
  return Buffer.from(
    zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))),
  );
}
