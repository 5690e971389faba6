import { parseArgs } from 'node:util';
import { openSandbox, type OpenSandbox } from './open-sandbox.ts';
import { ProfileError, readProfileName } from './profiles/profiles.ts';

/** The sandbox as one process. Prints one JSON line with the addresses once all of them listen. */
const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: '.fairway/sandbox' },
    'custom-fields': { type: 'string', default: '0' },
    'open-control': { type: 'boolean', default: false },
    profile: { type: 'string' },
    'check-profile': { type: 'boolean', default: false },
  },
});
const sandbox = await open();
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

/** A wrong profile ends the process with exit code 2 and one sentence. */
async function open(): Promise<OpenSandbox> {
  try {
    const profile = values.profile === undefined ? {} : { profile: readProfileName(values.profile) };
    if (values['check-profile']) process.exit(0);
    return await openSandbox({
      dir: values.dir,
      customFieldCount: Number(values['custom-fields']),
      openControl: values['open-control'],
      ...profile,
    });
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}
