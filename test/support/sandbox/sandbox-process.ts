import { openSandbox, type OpenSandbox } from '#sandbox/open-sandbox.ts';
import type { HostAnswer, HostRequest } from './sandbox-host.ts';

/** One process with any number of sandboxes in it, so that a test does not wait until Node has started. */
const sandboxes = new Map<string, OpenSandbox>();

async function serve(request: HostRequest): Promise<HostAnswer['addresses']> {
  if (request.do === 'open') {
    const sandbox = await openSandbox({ ...request, openControl: true });
    sandboxes.set(request.dir, sandbox);
    return sandbox.addresses;
  }
  const sandbox = sandboxes.get(request.dir);
  sandboxes.delete(request.dir);
  await sandbox?.close();
  return null;
}

process.on('message', (request: HostRequest) => {
  const { id } = request;
  serve(request).then(
    (addresses) => process.send?.({ id, addresses, error: null } satisfies HostAnswer),
    (error: unknown) => process.send?.({ id, addresses: null, error: String(error) } satisfies HostAnswer),
  );
});
process.on('disconnect', () => process.exit(0));
