/** Extensions, activity and the end of the protection. */
import { addDays } from '#src/domain/period.ts';
import { allOps, partnerAndManager } from '../notices.ts';
import type { LifecycleRun } from '../run.ts';

export function requestExtension(run: LifecycleRun, id: string, by: string): void {
  run.update(id, { extensionOpenBy: by });
  run.notify(
    'extension_requested',
    id,
    allOps(run.channel).filter((person) => person !== by),
  );
}

export function grantExtension(run: LifecycleRun, id: string): void {
  const { protectedUntil, programme, extensionsUsed } = run.get(id);
  const extended = run.update(id, {
    protectedUntil: protectedUntil === null ? null : addDays(protectedUntil, programme.extensionDays),
    extensionsUsed: extensionsUsed + 1,
    extensionOpenBy: null,
  });
  run.notify('extension_granted', id, partnerAndManager(run.channel, extended));
}

export function denyExtension(run: LifecycleRun, id: string): void {
  const denied = run.update(id, { extensionOpenBy: null });
  run.notify('extension_denied', id, partnerAndManager(run.channel, denied));
}

export function reportActivity(run: LifecycleRun, id: string): void {
  run.update(id, { lastActivityAt: run.now });
}

export function expire(run: LifecycleRun, id: string, reasonCode: 'window_over' | 'no_activity'): void {
  const expired = run.update(id, { state: 'expired', reasonCode, extensionOpenBy: null });
  run.notify('expired', id, partnerAndManager(run.channel, expired));
}
