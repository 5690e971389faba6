import { parseArgs } from 'node:util';
import { openSandbox } from './open-sandbox.ts';
import { readProfileName } from './profiles/profiles.ts';

/** The sandbox as one process. Prints one JSON line with the addresses once all of them listen. */
const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: '.fairway/sandbox' },
    'custom-fields': { type: 'string', default: '0' },
    'open-control': { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});
const sandbox = await openSandbox({
  dir: values.dir,
  customFieldCount: Number(values['custom-fields']),
  openControl: values['open-control'],
  ...(values.profile === undefined ? {} : { profile: readProfileName(values.profile) }),
});
console.log(JSON.stringify(sandbox.addresses));

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await sandbox.close();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
/** Started by another process: end with it, however it ended. */
if (process.channel) process.on('disconnect', () => void stop());
