import { z } from 'zod';
import type { CanonicalValue } from '#src/domain/record.ts';

export interface AuditedChange {
  readonly field: string;
  readonly before: CanonicalValue;
  readonly after: CanonicalValue;
}

const audited = z.record(z.string(), z.unknown()).catch({});
const fieldNames = z.object({ fields: z.array(z.string()) });
const single = z.union([z.string(), z.boolean(), z.null()]);

/** The fields of an audit entry whose value changed. */
export function auditedChanges(before: unknown, after: unknown): AuditedChange[] {
  const was = audited.parse(before);
  return Object.entries(audited.parse(after)).flatMap(([field, value]) => {
    const [from, to] = [single.safeParse(was[field] ?? null), single.safeParse(value)];
    return from.success && to.success && from.data !== to.data
      ? [{ field, before: from.data, after: to.data }]
      : [];
  });
}

/**
 * The changed fields of an audit entry that stores no values. Such values may be personal data, which could not
 * be erased from the audit trail.
 */
export function auditedFields(after: unknown): string[] {
  return fieldNames.safeParse(after).data?.fields ?? [];
}
