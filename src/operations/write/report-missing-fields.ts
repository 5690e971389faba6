import { schemaField } from '#mappings/engine/field-schema.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { reportProblems } from '#src/db/sync/problem-store.ts';
import type { Deps } from '#src/deps.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';

/**
 * Fields that a newer Fairway writes are missing in a CRM that was connected before. Everything else goes on, and a
 * problem says how to install them.
 */
export async function reportMissingFields(
  deps: Deps,
  { connection, mapping }: { readonly connection: Connection; readonly mapping: CompiledMapping },
): Promise<void> {
  const written = new Set(mapping.outbound.map((line) => `${line.local} ${line.remote}`));
  const skipped = new Set(mapping.skippedFields ?? []);
  const missing = (packFor(deps, connection, mapping.kind)?.fields ?? []).filter(
    ({ local, remote, direction, optional }) =>
      direction === 'out' &&
      optional === true &&
      schemaField(mapping.kind, local) !== null &&
      !skipped.has(local) &&
      !written.has(`${local} ${remote}`),
  );
  if (missing.length === 0) return;
  const names = missing.map(({ remote }) => remote).join(', ');
  const failure = {
    class: 'mapping',
    code: 'fields_not_installed',
    message: `${mapping.object} has no ${names}, or the integration user cannot see ${missing.length > 1 ? 'them' : 'it'}. Fairway writes the other fields.`,
    fix: `Connect ${connection.name} again (npm run fairway -- connect ${connection.kind}): that installs what is missing.`,
  } as const;
  const where = { source: 'plan', connectionId: connection.id, object: mapping.object } as const;
  await reportProblems(deps.db, where, [{ id: deps.ids(), ref: connection.name, failure }], deps.clock());
}
