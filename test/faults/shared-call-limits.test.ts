import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectCrms, startSandbox, type SandboxAddresses } from '#src/cli/local/sandbox.ts';
import { listConnections, type Connection } from '#src/db/connections/connection-store.ts';
import { openSecrets } from '#src/db/connections/secrets.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

const callerFile = fileURLToPath(new URL('caller.ts', import.meta.url));
interface Made {
  readonly sort: 'call' | 'search';
  readonly status: number;
}

/**
 * Each test may be repeated once, because on a busy machine a call may leave later than the margin of a
 * window allows.
 */
describe('eight processes that share one HubSpot', () => {
  let test: TestDeps;
  let addresses: SandboxAddresses;
  let hubspot: Connection;
  const stack = new AsyncDisposableStack();

  beforeAll(async () => {
    test = stack.use(await startDeps());
    const sandbox = await startSandbox(join(test.dir, 'sandbox'));
    stack.defer(() => sandbox.stop());
    addresses = sandbox.addresses;
    await connectCrms(test.deps, addresses);
    hubspot = (await listConnections(test.deps.db)).find((one) => one.kind === 'hubspot') as Connection;
  });
  afterAll(() => stack.disposeAsync());

  interface Caller {
    readonly child: ChildProcess;
    readonly made: Made[];
    readonly ready: Promise<unknown>;
  }

  function startCaller(
    lane: 'bulk' | 'interactive',
    forSeconds: number,
    loops: readonly Made['sort'][],
  ): Caller {
    const { accessToken = '' } = openSecrets(test.deps.config.masterKey, hubspot.id, hubspot.secrets);
    const order = {
      connectionId: hubspot.id,
      lane,
      basePath: addresses.hubspot,
      accessToken,
      seconds: forSeconds,
      loops,
    };
    const child = fork(callerFile, [JSON.stringify(order)], {
      env: { ...process.env, DATABASE_URL: test.databaseUrl },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const made: Made[] = [];
    const ready = once(child, 'message');
    if (child.stdout)
      createInterface({ input: child.stdout }).on('line', (line) => made.push(JSON.parse(line) as Made));
    return { child, made, ready };
  }

  /** Two of the eight processes work for people. */
  async function startCallers(forSeconds: number, loops: readonly Made['sort'][]): Promise<Caller[]> {
    const callers = Array.from({ length: 8 }, (_, n) =>
      startCaller(n < 6 ? 'bulk' : 'interactive', forSeconds, loops),
    );
    await Promise.all(callers.map(({ ready }) => ready));
    for (const { child } of callers) child.send('go');
    return callers;
  }

  async function ended(child: ChildProcess): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  }

  async function finished(
    callers: readonly Caller[],
  ): Promise<{ readonly made: number; readonly refused: number }> {
    await Promise.all(callers.map(({ child }) => ended(child)));
    const made = callers.flatMap((caller) => caller.made);
    expect(made.filter(({ status }) => ![200, 207, 429].includes(status))).toEqual([]);
    return { made: made.length, refused: made.filter(({ status }) => status === 429).length };
  }

  it(
    'stay below the limit of searches a second and use all of it, including the part reserved for people',
    { timeout: 60_000, retry: 1 },
    async () => {
      const { made, refused } = await finished(await startCallers(12, ['search']));
      // Every permitted search is made, so a search that leaves later than the margin of 150 ms meets the
      // next ones.
      expect(refused).toBeLessThanOrEqual(1);
      expect(made).toBeGreaterThanOrEqual(0.85 * 5 * 12);
    },
  );

  it(
    'stay below the limit of ten seconds and use all of it, although one of them is killed',
    { timeout: 90_000, retry: 1 },
    async () => {
      // Earlier calls must not count.
      await wait(10_500);
      const callers = await startCallers(17, ['call', 'call', 'call', 'search']);
      await wait(8_000);
      callers[0]?.child.kill('SIGKILL');
      const replacement = startCaller('bulk', 9, ['call', 'call', 'call', 'search']);
      callers.push(replacement);
      await replacement.ready;
      replacement.child.send('go');
      const { made, refused } = await finished(callers);
      expect(refused).toBe(0);
      // After a pause, 190 calls are allowed at once, and again after 10 seconds.
      expect(made).toBeGreaterThanOrEqual(0.85 * 190 * 2);
    },
  );
});
