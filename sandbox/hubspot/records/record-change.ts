import { currentActor } from '#sandbox/hubspot/actor.ts';
import type { Change, RecordedChange } from './change.ts';
import { journalChange } from '#sandbox/hubspot/events/change-journal.ts';
import { stamp, type Portal } from '#sandbox/hubspot/portal.ts';
import { queueWebhooks } from '#sandbox/hubspot/events/webhook-queue.ts';

/**
 * Publishes a change to every subscriber, by webhook and journal. Changes of the sample are not published.
 */
export function recordChange(portal: Portal, change: Change): void {
  const actor = currentActor();
  if (actor === null) return;
  const recorded: RecordedChange = { ...change, actor, occurredAt: stamp(portal) };
  queueWebhooks(portal, recorded);
  journalChange(portal, recorded);
}
