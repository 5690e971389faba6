import { schemaField } from '#mappings/engine/field-schema.ts';
import { asCrm } from '#connectors/contract/connector.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { reportProblems } from '#src/db/sync/problem-store.ts';
import type { Deps } from '#src/deps.ts';
import type { MappedObject } from '#src/operations/place/mapped-object.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';

/**
 * Fields that a newer Fairway writes are missing in a CRM that was connected before. Everything else goes on, and a
 * problem says how to install them.
 */
export async function reportMissingFields(
  deps: Deps,
  { connection, mapping }: { readonly connection: Connection; readonly mapping: MappedObject['mapping'] },
): Promise<void> {
  await reportHiddenFields(deps, { connection, mapping });
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

/** The other fields are synced without those that the integration user may not see. A problem names each of these. */
async function reportHiddenFields(
  deps: Deps,
  { connection, mapping }: { readonly connection: Connection; readonly mapping: MappedObject['mapping'] },
): Promise<void> {
  const { hiddenFields = [], object } = mapping;
  if (hiddenFields.length === 0) return;
  const connector = asCrm(deps.connectorFor(connection));
  const failures = hiddenFields.map((field) => ({
    id: deps.ids(),
    ref: `${object}.${field}`,
    failure: {
      class: 'permission',
      code: 'field_hidden',
      message: `${connection.name} does not show ${object}.${field} to the integration user. Fairway works without it.`,
      fix:
        connector?.hiddenFieldFix?.(object, field) ??
        'Show the field to the integration user, or remove its line under Mappings.',
    } as const,
  }));
  const where = { source: 'plan', connectionId: connection.id, object } as const;
  await reportProblems(deps.db, where, failures, deps.clock());
}
