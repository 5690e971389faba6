import { insertAlert, lastReportedHealth, type Alert, type HealthState } from '#src/db/alerts/alert-store.ts';
import type { Db } from '#src/db/client.ts';
import { listConnections, lockConnection, type Connection } from '#src/db/connections/connection-store.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import { runningRun } from '#src/db/runs/run-store.ts';
import type { Deps } from '#src/deps.ts';

/**
 * Stores an alert about a connection and, if an alert webhook is set, adds the job that sends it. Call it in
 * the transaction that makes the change.
 */
export async function raiseAlert(
  deps: Deps,
  tx: Db,
  { connectionId, state, message }: Pick<Alert, 'connectionId' | 'state' | 'message'>,
): Promise<void> {
  const at = deps.clock();
  const alertId = deps.ids();
  await insertAlert(tx, { id: alertId, connectionId, state, message, at });
  if (deps.config.alertWebhookUrl === null) return;
  await addJobs(tx, [{ id: deps.ids(), runId: null, stage: null, name: 'alert', payload: { alertId } }], at);
}

/**
 * Raises an alert when a connection's health differs from the last reported one. A failure or pause is
 * reported at once. A recovery is reported only while no run is in progress, because during a run a connection
 * may fail and recover several times.
 *
 * @param connection its current state, locked by this transaction
 */
export async function reportHealth(deps: Deps, tx: Db, connection: Connection): Promise<void> {
  const state = healthOf(connection);
  if (state === ((await lastReportedHealth(tx, connection.id)) ?? 'recovered')) return;
  if (state === 'recovered' && (await runningRun(tx))) return;
  await raiseAlert(deps, tx, { connectionId: connection.id, state, message: messageFor(state, connection) });
}

/** Reports the connections that have recovered during a run. Call it in the transaction that ends the run. */
export async function reportHealthOfAll(deps: Deps, tx: Db): Promise<void> {
  for (const { id } of await listConnections(tx)) {
    const connection = await lockConnection(tx, id);
    if (connection && connection.status !== 'disabled') await reportHealth(deps, tx, connection);
  }
}

/** Alerts belong to a connection, so one about the whole installation is shown with the one that was connected first. */
export async function raiseGeneralAlert(
  deps: Deps,
  tx: Db,
  alert: { readonly state: 'clock' | 'webhook' | 'automatic_approval'; readonly message: string },
): Promise<void> {
  const [first] = await listConnections(tx);
  if (first) await raiseAlert(deps, tx, { connectionId: first.id, ...alert });
}

function healthOf({ status, pausedUntil }: Connection): HealthState {
  if (status === 'failing') return 'failing';
  return pausedUntil === null ? 'recovered' : 'paused';
}

function messageFor(state: HealthState, { name, failure, pausedUntil, pauseReason }: Connection): string {
  switch (state) {
    case 'recovered':
      return `${name} works again.`;
    case 'paused':
      return `${name} is paused until ${pausedUntil?.toISOString()}. ${pauseReason ?? ''}`.trimEnd();
    case 'failing':
      return failure ? `${name} does not work: ${failure.message} ${failure.fix}` : `${name} does not work.`;
  }
}
