import { registrationsThatAskCreators } from '#src/db/registrations/lifecycle/creator-store.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import { passTime } from '#src/domain/registrations/lifecycle/step.ts';
import { runStepsIn } from '#src/operations/registrations/lifecycle/run-step.ts';

/** Asks other people where the creator of a record was read only after the registration was submitted. */
export async function followCreators(deps: Deps, tx: Db): Promise<void> {
  const at = Math.floor(deps.sharedClock().getTime() / 1000);
  const ids = await registrationsThatAskCreators(tx);
  await runStepsIn(
    deps,
    tx,
    ids.map((id) => ({
      at,
      scope: { ids: [id] },
      cause: null,
      apply: ({ channel }, now) => passTime(channel, now),
    })),
  );
}
