/**
 * Memory flags for a worker's Node. By default V8 collects garbage late while the machine has free memory: a
 * worker that needs 100 MB for a run with 20,000 partners grew to 500 MB. `compose.yaml` has the same.
 */
export const workerFlags: readonly string[] = ['--max-semi-space-size=16', '--max-old-space-size=1536'];
