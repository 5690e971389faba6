import { z } from 'zod';
import { save, table, type Portal } from './portal.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const ms = z.number().int().min(0);

/** Settings for behaviour that HubSpot does not document, or that would take too long in tests. */
export const settingsSchema = z.strictObject({
  /**
   * The policy for the survivor's id after merges. `alternate`: the first does, the second keeps the
   * primary's, and so on.
   */
  mergeIds: z.enum(['alternate', 'new', 'keep']).default('alternate'),
  /** The delay until a change is searchable, on the vendor's clock. */
  searchLagMs: ms.default(0),
  /** True when a refresh token works once and every refresh returns a new one. */
  rotateRefreshTokens: z.boolean().default(false),
  /** Scopes that an admin has taken from every token. */
  withdrawnScopes: z.array(z.string().min(1)).default([]),
  accessTokenSeconds: z.number().int().min(1).default(1800),
  /** Ten retries over about a day, in real time; a shorter list means fewer retries. */
  webhookRetryDelaysMs: z
    .array(ms)
    .max(10)
    .default([
      minuteMs,
      5 * minuteMs,
      15 * minuteMs,
      hourMs,
      2 * hourMs,
      3 * hourMs,
      3 * hourMs,
      4 * hourMs,
      5 * hourMs,
      5 * hourMs,
    ]),
  webhookTimeoutMs: ms.default(5_000),
  /** `reversed` delivers what is due newest first. */
  webhookOrder: z.enum(['occurred', 'reversed']).default('occurred'),
  /** Delivers everything twice. */
  webhookDuplicates: z.boolean().default(false),
  /** Holds deliveries back, as a vendor's outage does; they go out when it ends. */
  webhooksPaused: z.boolean().default(false),
  /** The most events one journal file holds. */
  journalFileSize: z.number().int().min(1).max(10_000).default(100),
});
export type Settings = z.infer<typeof settingsSchema>;

const defaults: Settings = settingsSchema.parse({});

export const settingsOf = (portal: Portal): Settings => ({
  ...defaults,
  ...table<Partial<Settings>>(portal, 'settings').get('current'),
});

export function changePortalSettings(portal: Portal, changes: Partial<Settings>): Settings {
  const settings = { ...settingsOf(portal), ...changes };
  save(portal, 'settings', 'current', settings);
  return settings;
}
