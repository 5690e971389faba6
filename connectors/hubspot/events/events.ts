import { z } from 'zod';
import type { Hint } from '#connectors/contract/crm.ts';

/** Ids are numbers in some events and strings in others. */
export const eventId = z.union([z.string(), z.number()]).transform(String);

/** The records that one event of a webhook or of the journal concerns. */
export interface Touched {
  readonly object: string;
  readonly extIds: readonly (string | null | undefined)[];
  readonly erased?: boolean;
}

/** One hint for each record. A record that was erased stays erased, even if other events concern it too. */
export function hintsOf(touched: readonly Touched[]): readonly Hint[] {
  const hints = new Map<string, Hint>();
  for (const { object, extIds, erased = false } of touched) {
    for (const extId of extIds) {
      if (extId === null || extId === undefined) continue;
      const key = `${object} ${extId}`;
      hints.set(key, erased || hints.get(key)?.erased ? { object, extId, erased: true } : { object, extId });
    }
  }
  return [...hints.values()];
}

/**
 * The events that can be read. One in an unknown format costs itself and not the others; when it names an object,
 * that object is read again.
 */
export function readableEvents<Event>(
  schema: z.ZodType<Event>,
  list: readonly unknown[],
): { readonly events: readonly Event[]; readonly unreadableTypes: readonly string[] } {
  const events: Event[] = [];
  const unreadableTypes = new Set<string>();
  for (const one of list) {
    const event = schema.safeParse(one);
    if (event.success) events.push(event.data);
    else {
      const named = objectNamed.safeParse(one).data?.objectTypeId;
      if (named !== undefined) unreadableTypes.add(named);
    }
  }
  return { events, unreadableTypes: [...unreadableTypes] };
}

const objectNamed = z.looseObject({ objectTypeId: z.string() });

/** Hints to read whole objects again. */
export const wholeObjectHints = (objects: readonly string[]): readonly Hint[] =>
  objects.map((object) => ({ object, extId: null }));
