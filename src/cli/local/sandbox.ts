import { execFile, fork, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { listConnections, saveConnection, type Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { connect } from '#src/operations/connections/connect.ts';
import { UsageError } from '#src/cli/command.ts';

const addressesSchema = z.object({
  salesforce: z.url(),
  hubspot: z.url(),
  control: z.url(),
  events: z.url(),
});
export type SandboxAddresses = z.infer<typeof addressesSchema>;

export interface Sandbox {
  readonly addresses: SandboxAddresses;
  /** Resolves with the way in which the process ended. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
  kill(): void;
}

/** For messages. */
export const sandboxedVendors = 'Salesforce and HubSpot';

export function sandboxAddressLine({ salesforce, hubspot }: SandboxAddresses): string {
  return `Salesforce ${salesforce}   HubSpot ${hubspot}`;
}

const mainFile = fileURLToPath(new URL('../../../sandbox/main.ts', import.meta.url));

interface SandboxStart {
  /** The number of custom fields on the deals of each CRM. */
  readonly customFields?: number;
  /** The customer that the sandbox plays; a folder keeps its first. */
  readonly profile?: string | null;
  /** For benchmarks that act as people in the CRMs, without the control key. */
  readonly openControl?: boolean;
}

/**
 * Asks the sandbox for a profile before anything is deleted or started.
 * @throws UsageError with the names of the profiles
 */
export function checkProfile(profile: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [mainFile, '--check-profile', '--profile', profile],
      (error, _stdout, stderr) => {
        if (error) reject(new UsageError(`--profile: ${stderr.trim()}`));
        else resolve();
      },
    );
  });
}

/**
 * Starts the stand-ins for Salesforce and HubSpot as a separate process, with their state in `dir`.
 */
export async function startSandbox(
  dir: string,
  { customFields = 0, profile = null, openControl = false }: SandboxStart = {},
): Promise<Sandbox> {
  const args = [
    '--dir',
    dir,
    '--custom-fields',
    String(customFields),
    ...(profile === null ? [] : ['--profile', profile]),
    ...(openControl ? ['--open-control'] : []),
  ];
  const child = fork(mainFile, args, {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    detached: true,
  });
  const ended = endOf(child);
  const line = await firstLine(child);
  if (line === null) throw await failureOf(ended);
  return {
    addresses: addressesSchema.parse(JSON.parse(line)),
    ended,
    stop: () => stopChild(child),
    kill: () => void child.kill('SIGKILL'),
  };
}

async function firstLine(child: ChildProcess): Promise<string | null> {
  if (!child.stdout) throw new Error('the sandbox was started without a pipe');
  for await (const line of createInterface({ input: child.stdout })) return line;
  return null;
}

/** The sandbox has printed what is wrong. Exit code 2 means a wrong option, which a second attempt does not correct. */
async function failureOf(ended: Promise<string>): Promise<AppError> {
  if ((await ended) === 'exit code 2') return new UsageError('The sandbox was not started: see above.');
  return new AppError('internal', 'The sandbox ended before it listened; its words are above.');
}

/** Resolves with the exit code or the signal of a process. */
export function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => resolve(signal ?? `exit code ${exitCode}`));
    child.once('error', (error) => resolve(error.message));
  });
}

/** Ends a process in good order. */
export function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    child.once('exit', () => done());
    child.kill('SIGTERM');
  });
}

const crmCredentialsSchema = z.object({
  settings: z.record(z.string(), z.string()),
  secrets: z.record(z.string(), z.string()),
  tokens: z.object({ accessToken: z.string(), refreshToken: z.string() }).optional(),
});
const credentialsSchema = z.object({ salesforce: crmCredentialsSchema, hubspot: crmCredentialsSchema });

/** Registers an app in each CRM and returns what a connection needs. */
export async function sandboxCredentials(
  { control }: SandboxAddresses,
  publicKeyPem: string,
): Promise<z.infer<typeof credentialsSchema>> {
  return credentialsSchema.parse(await post(`${control}/credentials`, { publicKeyPem }));
}

interface SandboxData {
  readonly inbox: string;
  /** A CSV file, or null for generated companies. */
  readonly companies: string | null;
  /** Without partner codes and registrations, which need the fields that connecting installs. */
  readonly plain: boolean;
}

/** Fills both CRMs and the inbox of an ERP. */
export async function fillSandbox(
  { control }: SandboxAddresses,
  { inbox, companies, plain }: SandboxData,
): Promise<void> {
  await post(`${control}/seed`, {
    companies: companies === null ? null : resolve(companies),
    erpDir: inbox,
    plain,
  });
}

const partnerDataSchema = z.object({ added: z.array(z.string()), waiting: z.array(z.string()) });

/** Adds partner codes and registrations to CRMs of a plain sample that have the fields by now. */
export async function addPartnerData({
  control,
}: SandboxAddresses): Promise<z.infer<typeof partnerDataSchema>> {
  return partnerDataSchema.parse(await post(`${control}/partner-data`, {}));
}

export interface ConnectSandboxInput {
  readonly addresses: SandboxAddresses;
  /** The folder invoices are dropped in and payout files are written to. */
  readonly erpDir: string;
  /** A companies CSV to load instead of generated companies. */
  readonly companies: string | null;
}

/**
 * Connects to the sandbox as to any vendor, adds Fairway's schema over the vendors' own APIs, and has it load
 * its sample data.
 */
export async function connectSandbox(
  deps: Deps,
  { addresses, erpDir, companies }: ConnectSandboxInput,
  say: (line: string) => void,
): Promise<void> {
  say('connecting the sandbox Salesforce and HubSpot');
  await connectCrms(deps, addresses);
  say(companies === null ? 'loading sample companies' : `loading companies from ${companies}`);
  const inbox = join(erpDir, 'in');
  await fillSandbox(addresses, { inbox, companies, plain: false });
  await connect(deps, {
    kind: 'files',
    name: 'ERP files (sandbox)',
    settings: { inbox, outbox: join(erpDir, 'out'), sandbox: true },
    secrets: {},
  });
}

/** Connects both CRMs and adds Fairway's schema to them, without any records. */
export async function connectCrms(deps: Deps, addresses: SandboxAddresses): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicKeyPem = String(publicKey.export({ type: 'spki', format: 'pem' }));
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const { salesforce, hubspot } = await sandboxCredentials(addresses, publicKeyPem);
  await Promise.all([
    connect(deps, {
      kind: 'salesforce',
      name: 'Salesforce (sandbox)',
      settings: { ...salesforce.settings, loginUrl: addresses.salesforce, sandbox: true },
      secrets: { ...salesforce.secrets, privateKeyPem: String(privateKeyPem) },
    }),
    connect(deps, {
      kind: 'hubspot',
      name: 'HubSpot (sandbox)',
      settings: { ...hubspot.settings, basePath: addresses.hubspot, sandbox: true },
      secrets: hubspot.secrets,
      ...(hubspot.tokens && { tokens: { ...hubspot.tokens, expiresAt: null } }),
    }),
  ]);
}

async function post(url: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  if (!response.ok)
    throw new AppError(
      'internal',
      `The sandbox refused ${new URL(url).pathname.split('/').at(-1)}: ${JSON.stringify(answer)}`,
    );
  return answer;
}

export function isSandbox(connection: Connection): boolean {
  return connection.settings['sandbox'] === true;
}

/** When a port is in use, the stand-in gets another one, and its connection is updated. */
export async function followSandbox(deps: Deps, addresses: SandboxAddresses): Promise<void> {
  for (const connection of (await listConnections(deps.db)).filter(isSandbox)) {
    const { id, kind, name, secrets, createdAt, settings } = connection;
    const moved =
      kind === 'salesforce'
        ? {
            ...settings,
            loginUrl: addresses.salesforce,
            instanceUrl: addresses.salesforce,
            pubSubEndpoint: new URL(addresses.events).host,
          }
        : kind === 'hubspot'
          ? { ...settings, basePath: addresses.hubspot }
          : settings;
    await saveConnection(deps.db, { id, kind, name, secrets, createdAt, settings: moved });
  }
}
