/**
 * How a worker's Node keeps house. Left to itself V8 lets garbage lie while the machine has memory to spare:
 * a worker that needs 100 MB for a run about 20,000 partners grew to 500, and none of it came back.
 * `compose.yaml` has the same.
 */
export const workerFlags: readonly string[] = ['--max-semi-space-size=16', '--max-old-space-size=1536'];
