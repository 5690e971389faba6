import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProfileName } from '#sandbox/profiles/profiles.ts';
import type { SandboxAddresses } from '#src/cli/local/sandbox.ts';

type HostWork =
  | {
      readonly do: 'open';
      readonly dir: string;
      readonly customFieldCount: number;
      readonly profile?: ProfileName;
    }
  | { readonly do: 'close'; readonly dir: string };
export type HostRequest = HostWork & { readonly id: number };

export interface HostAnswer {
  readonly id: number;
  readonly addresses: SandboxAddresses | null;
  readonly error: string | null;
}

export interface TestSandbox extends AsyncDisposable {
  readonly addresses: SandboxAddresses;
}

export interface TestSandboxOptions {
  readonly customFields?: number;
  readonly profile?: ProfileName;
}

/**
 * Opens a sandbox on the state in `dir`. All sandboxes of a test process share one other process, where they
 * answer over HTTP as the sandbox of `npm start` does.
 */
export async function openTestSandbox(
  dir: string,
  { customFields = 0, profile }: TestSandboxOptions = {},
): Promise<TestSandbox> {
  const addresses = await ask({
    do: 'open',
    dir,
    customFieldCount: customFields,
    ...(profile === undefined ? {} : { profile }),
  });
  if (!addresses) throw new Error(`the sandbox in ${dir} gave no addresses`);
  return {
    addresses,
    async [Symbol.asyncDispose]() {
      await ask({ do: 'close', dir });
    },
  };
}

const processFile = fileURLToPath(new URL('./sandbox-process.ts', import.meta.url));
let host: ChildProcess | null = null;
let lastId = 0;

async function ask(work: HostWork): Promise<SandboxAddresses | null> {
  const child = (host ??= startHost());
  const id = (lastId += 1);
  const { addresses, error } = await new Promise<HostAnswer>((resolve, reject) => {
    const onExit = (): void => reject(new Error('the process of the sandboxes ended'));
    const onMessage = (answer: HostAnswer): void => {
      if (answer.id !== id) return;
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(answer);
    };
    child.on('message', onMessage);
    child.once('exit', onExit);
    child.send({ id, ...work } satisfies HostRequest);
  });
  if (error !== null) throw new Error(error);
  return addresses;
}

function startHost(): ChildProcess {
  const child = fork(processFile, [], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.setMaxListeners(0);
  child.once('exit', () => {
    if (host === child) host = null;
  });
  // It ends with this process; until then it does not keep this process alive.
  child.unref();
  child.channel?.unref();
  return child;
}
