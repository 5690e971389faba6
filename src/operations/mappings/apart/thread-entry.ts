import { parentPort } from 'node:worker_threads';
import { packTasks, type PackTask, type PackTasks } from './pack-tasks.ts';

/** A thread that works on one task after the other. `run-apart.ts` starts and ends it. */
parentPort?.on('message', <T extends PackTask>(message: { task: T; given: PackTasks[T]['given'] }) => {
  const work = packTasks[message.task];
  try {
    parentPort?.postMessage({ result: work(message.given) });
  } catch (error) {
    parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});
parentPort?.postMessage({ ready: true });
