/**
 * A process that a test kills: a worker that also answers the commands of people, as a server does, and reads the
 * decisions of a CRM. Its first argument is how far its clock is ahead of this machine's, its second one its work.
 */
import { z } from 'zod';
import { loadConfig } from '#src/config/config.ts';
import { readEnv } from '#src/config/env.ts';
import { buildDeps } from '#src/deps.ts';
import type { ReadDecisionsInput } from '#src/operations/pull/read-decisions.ts';
import { followDecisions } from '#src/operations/refresh/follow-decisions.ts';
import {
  applyLifecycleCommand,
  type MoveCommand,
} from '#src/operations/registrations/lifecycle/apply-command.ts';
import { openMemoryQueue } from '#test/support/memory-queue.ts';
import { startWorker } from '#workers/worker.ts';

export interface MortalWork {
  readonly commands: readonly MoveCommand[];
  readonly decisions: ReadDecisionsInput;
}

const aheadMs = z.coerce.number().parse(process.argv[2]);
const work = JSON.parse(process.argv[3] ?? 'null') as MortalWork | null;

process.on('disconnect', () => process.exit(0));
const config = loadConfig(readEnv(), { dir: process.cwd() });
const clock = (): Date => new Date(Date.now() + aheadMs);
const deps = await buildDeps(config, config.databaseUrl ?? '', { clock, queue: openMemoryQueue() });
startWorker(deps, { syncMinutes: 0 });
if (work !== null)
  await Promise.all([
    followDecisions(deps, work.decisions),
    ...work.commands.map((command) => applyLifecycleCommand(deps, command)),
  ]);
