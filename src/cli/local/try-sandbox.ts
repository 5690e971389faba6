import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { loadConfig } from '#src/config/config.ts';
import { readEnv } from '#src/config/env.ts';
import { exitCodes, textOption, type Command } from '#src/cli/command.ts';
import { untilStopped } from '#src/cli/until-stopped.ts';
import {
  addPartnerData,
  checkProfile,
  fillSandbox,
  sandboxCredentials,
  startSandbox,
  type SandboxAddresses,
} from './sandbox.ts';

const pollMs = 2_000;

type Credentials = Awaited<ReturnType<typeof sandboxCredentials>>;

/**
 * A newcomer tries the commands of the documentation before an administrator of the CRM has to do anything. The
 * sandbox is empty of Fairway's objects, and Fairway connects to it as to a customer's org.
 */
export const trySandbox: Command = {
  options: [
    ['--profile <name>', 'the customer that the sandbox plays, such as minimum-access (docs/real-orgs.md)'],
    ['--fresh', 'first delete the data of this sandbox'],
  ],
  examples: ['sandbox', 'sandbox --fresh --profile minimum-access'],
  details: 'It prints the commands that connect Fairway to it, and runs until Ctrl-C.',
  async run(values) {
    const profile = textOption(values['profile']);
    if (profile !== null) await checkProfile(profile);
    const dir = join(loadConfig(readEnv(), { dir: process.cwd() }).dir, 'sandbox-to-connect');
    if (values['fresh'] === true) rmSync(dir, { recursive: true, force: true });
    const stopped = untilStopped();
    const sandbox = await startSandbox(join(dir, 'crm'), { profile });
    try {
      const ready = offer(sandbox.addresses, dir).then(() => addWhenInstalled(sandbox.addresses, stopped));
      await Promise.race([stopped, sandbox.ended, ready]);
    } finally {
      await sandbox.stop();
    }
    return exitCodes.ok;
  },
};

/** Fills the CRMs and prints how to connect to them. */
async function offer(addresses: SandboxAddresses, dir: string): Promise<void> {
  const inbox = join(dir, 'erp', 'in');
  await fillSandbox(addresses, { inbox, companies: null, plain: true });
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicKeyPem = String(publicKey.export({ type: 'spki', format: 'pem' }));
  const credentials = await sandboxCredentials(addresses, publicKeyPem);
  const folder = join(dir, 'keys');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const secretFile = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const privateKeyPem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const connects = [
    salesforceCommand(addresses, credentials, secretFile('fairway.key', privateKeyPem)),
    hubspotCommand(addresses, credentials, secretFile),
    `files --inbox ${inbox} --outbox ${join(dir, 'erp', 'out')}`,
  ];
  for (const line of linesOf(addresses, connects)) console.log(line);
}

/** Partners get their codes, and register deals, as soon as a CRM has Fairway's fields. Ends only when the sandbox does. */
async function addWhenInstalled(addresses: SandboxAddresses, stopped: Promise<void>): Promise<void> {
  for (;;) {
    const { added, waiting } = await addPartnerData(addresses);
    for (const system of added) console.log(`Partner codes and registrations are now in ${system}.`);
    if (waiting.length === 0) return stopped;
    await wait(pollMs);
  }
}

function linesOf(
  { salesforce, hubspot, control }: SandboxAddresses,
  connects: readonly string[],
): readonly string[] {
  return [
    `The sandbox is at ${salesforce} (Salesforce) and ${hubspot} (HubSpot). Ctrl-C stops it.`,
    'In another terminal, let Fairway call this machine, then connect as to your own CRM. Add --check to test first:',
    '  export PRIVATE_HOSTS=127.0.0.1',
    ...connects.map((command) => `  npm run fairway -- connect ${command}`),
    'To change something as an administrator would (sandbox/README.md lists the routes), send this header with a call:',
    `  x-sandbox-key: ${new URL(control).pathname.slice(1)}`,
  ];
}

/** The name of the sandbox's certificate is not public, so changes arrive by polling here. */
function salesforceCommand(
  { salesforce: address }: SandboxAddresses,
  { salesforce: { settings } }: Credentials,
  keyFile: string,
): string {
  return [
    `salesforce --client-id ${settings['clientId']} --username ${settings['username']} --key-file ${keyFile}`,
    `--login-url ${address}`,
    ...(settings['audience'] === undefined ? [] : [`--audience ${settings['audience']}`]),
    '--no-change-events',
  ].join(' ');
}

function hubspotCommand(
  { hubspot: address }: SandboxAddresses,
  { hubspot: { settings, secrets, tokens } }: Credentials,
  secretFile: (name: string, text: string) => string,
): string {
  const { accessToken = '', clientSecret } = secrets;
  const app =
    clientSecret === undefined
      ? []
      : [
          `--client-id ${settings['clientId']} --client-secret-file ${secretFile('hubspot.secret', clientSecret)}`,
          `--app-id ${settings['appId']}`,
        ];
  const token =
    tokens === undefined
      ? `--token-file ${secretFile('hubspot.token', accessToken)}`
      : `--refresh-token-file ${secretFile('hubspot.refresh-token', tokens.refreshToken)}`;
  return ['hubspot', token, ...app, `--api-url ${address}`].join(' ');
}
