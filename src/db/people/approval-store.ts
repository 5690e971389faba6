import { sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';

/** Why a person may not approve; `approval_blocker` in the migrations decides it, for the triggers too. */
export type ApprovalBlocker = 'unknown' | 'disabled' | 'demo' | 'waiting' | 'same_person' | 'tied';

export interface ApprovalQuestion {
  readonly approverId: string;
  /** Everybody who made, edited or submitted it; null for Fairway itself. */
  readonly makerIds: readonly (string | null)[];
  readonly at: Date;
}

/** Null when the person may be the second pair of eyes. In a transaction, the person stays locked. */
export async function findApprovalBlocker(
  db: Db,
  { approverId, makerIds, at }: ApprovalQuestion,
): Promise<ApprovalBlocker | null> {
  const makers = makerIds.filter((id) => id !== null);
  const [row] = await db.execute<{ blocker: ApprovalBlocker | null }>(
    sql`select approval_blocker(${approverId}::uuid, (select coalesce(array_agg(value::uuid), '{}') from jsonb_array_elements_text(${JSON.stringify(makers)}::text::jsonb)), ${at.toISOString()}::timestamptz) as blocker`,
  );
  return row?.blocker ?? null;
}

/** True when a CRM or ERP of the customer is connected, not only the sandbox. */
export async function isInProduction(db: Db): Promise<boolean> {
  const [row] = await db.execute<{ answer: boolean }>(sql`select is_in_production() as answer`);
  return row?.answer === true;
}

/** True in production with fewer than two admins. Nothing is paid then. */
export async function hasOneAdmin(db: Db, at: Date): Promise<boolean> {
  const [row] = await db.execute<{ answer: boolean }>(
    sql`select has_one_admin(${at.toISOString()}::timestamptz) as answer`,
  );
  return row?.answer === true;
}
