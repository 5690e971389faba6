import { AsyncLocalStorage } from 'node:async_hooks';

/** By what a value can be changed beside an app: a page, a bulk edit, a workflow, an import. */
export const peoplesSources = ['CRM_UI', 'CRM_UI_BULK_ACTION', 'AUTOMATION_PLATFORM', 'IMPORT'] as const;

/** The author of a change, as HubSpot names it in events and in property history. */
export interface Actor {
  readonly source: 'INTEGRATION' | (typeof peoplesSources)[number];
  /** An app id, or `userId:<n>` for a person. */
  readonly sourceId: string;
}

interface Acting {
  readonly actor: Actor;
  readonly lateMs: number;
}

const acting = new AsyncLocalStorage<Acting>();

/**
 * Every change inside belongs to this actor.
 * @param lateMs how much longer than usual these changes take to reach search
 */
export const actingAs = <T>(actor: Actor, work: () => T, lateMs = 0): T =>
  acting.run({ actor, lateMs }, work);

/** Null while the account is filled: the sample has no author. */
export const currentActor = (): Actor | null => acting.getStore()?.actor ?? null;
export const currentLateMs = (): number => acting.getStore()?.lateMs ?? 0;

export const integration = (appId: number): Actor => ({ source: 'INTEGRATION', sourceId: String(appId) });
export const person = (userId: number, source: Actor['source'] = 'CRM_UI'): Actor => ({
  source,
  sourceId: `userId:${userId}`,
});
