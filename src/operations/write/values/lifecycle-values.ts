import type { Db } from '#src/db/client.ts';
import {
  lifecyclesShownInCrm,
  type LifecycleShownInCrm,
} from '#src/db/registrations/lifecycle/crm-value-store.ts';
import { refusalsWithoutLifecycle } from '#src/db/registrations/lifecycle/decision-store.ts';
import { daysBetween } from '#src/domain/period.ts';
import type { CanonicalValues } from '#src/domain/record.ts';
import { dayAt } from '#src/domain/registrations/lifecycle/dates.ts';
import { refusalText } from '#src/domain/registrations/lifecycle/shown/refusal-text.ts';
import type { ProjectionPlace } from './projection.ts';

/** Without a lifecycle the fields are blank, so what people type there is removed as in every field of Fairway. */
const blank: CanonicalValues = {
  lifecycleState: null,
  reasonCode: null,
  nextDecider: null,
  decisionDue: null,
  daysLeft: null,
  extensionsUsed: null,
  supersededBy: null,
  decisionRefused: null,
  lifecycleVersion: null,
  registrationLink: null,
};

/** What the records of registrations show of their lifecycles, by the ids of the registrations. */
export async function lifecycleValues(
  db: Db,
  ids: readonly string[],
  { consoleUrl, now }: ProjectionPlace,
): Promise<ReadonlyMap<string, CanonicalValues>> {
  const shown = await lifecyclesShownInCrm(db, ids);
  const others = await refusalsWithoutLifecycle(db, ids);
  const lifecycles = new Map(
    shown.map((one): readonly [string, CanonicalValues] => {
      const { id, state, version, fields, supersededByNumber } = one;
      const refused = text(fields['decisionRefused']);
      return [
        id,
        {
          lifecycleState: state,
          reasonCode: text(fields['reasonCode']),
          nextDecider: shortened(text(fields['nextDecider'])),
          // CRMs store instants to the second, so the milliseconds are written out for comparisons.
          decisionDue: text(fields['decisionDue'])?.replace(/(?<=:\d\d)Z$/, '.000Z') ?? null,
          daysLeft: daysLeft(one, now),
          extensionsUsed: text(fields['extensionsUsed']),
          supersededBy: supersededByNumber,
          decisionRefused: refused === null ? null : shownRefusal(refused),
          lifecycleVersion: String(version),
          registrationLink: consoleUrl === null ? null : `${consoleUrl}/registrations/${id}`,
        },
      ];
    }),
  );
  return new Map(
    ids.map((id) => {
      const refused = others.get(id);
      const other = refused === undefined ? blank : { ...blank, decisionRefused: shownRefusal(refused) };
      return [id, lifecycles.get(id) ?? other];
    }),
  );
}

const shownRefusal = (reason: string): string => `${refusalText(reason)} (${reason})`;

function text(value: string | number | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** Null when nothing is protected. The last day counts: on it, one day is left. */
function daysLeft({ state, protectedUntil, protectionZone }: LifecycleShownInCrm, now: Date): string | null {
  if ((state !== 'approved' && state !== 'converted') || protectedUntil === null) return null;
  const zoned = protectionZone === null ? {} : { protectionZone };
  const today = dayAt(zoned, Math.floor(now.getTime() / 1000));
  return String(Math.max(0, daysBetween(today, protectedUntil) + 1));
}

const longest = 255;

/** Whole names only, with the number of those that are left out. */
function shortened(names: string | null): string | null {
  if (names === null || names.length <= longest) return names;
  const all = names.split(', ');
  for (let count = all.length - 1; count > 0; count -= 1) {
    const part = `${all.slice(0, count).join(', ')} and ${all.length - count} more`;
    if (part.length <= longest) return part;
  }
  return `${all.length} people`;
}
