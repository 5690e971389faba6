import { parse } from 'yaml';
import { compileMapping, type RemoteFieldShape } from '#mappings/engine/compile.ts';
import { readPack } from '#mappings/engine/pack/pack.ts';
import type { CanonicalKind } from '#src/domain/record.ts';
import { remote } from '../shapes.ts';

/** The org in these cases. */
const fields: readonly RemoteFieldShape[] = [
  remote('Name', 'text', { length: 255 }),
  remote('City', 'text', { length: 255 }),
  remote('Notes', 'text', { length: 255 }),
  remote('Short', 'text', { length: 5 }),
  remote('Size', 'picklist', { values: ['Small', 'Medium', 'Large'] }),
  remote('Status', 'picklist', { values: ['Submitted', 'approved', 'rejected'] }),
  remote('Active', 'boolean'),
  remote('Revenue', 'number'),
  remote('Since', 'datetime'),
  remote('Day', 'date'),
  remote('Owner', 'reference'),
  remote('Formula', 'text', { createable: false, updateable: false }),
  remote('Once', 'text', { updateable: false }),
  remote('Later', 'text', { createable: false }),
  remote('Must', 'text', { required: true }),
];
/** The line that every pack of the kind needs; it is `fields[0]`. */
const first: Partial<Record<CanonicalKind, object>> = {
  account: { local: 'name', remote: 'Name', direction: 'in' },
  payout: { local: 'key', remote: 'Name', direction: 'out' },
};

/** Every problem, then every warning: severity, path, field, code, message and fix. */
export function findingsOf(kind: CanonicalKind, yaml: string): readonly string[] {
  const written = parse(yaml) as { fields: readonly object[] };
  const lines = [...(first[kind] ? [first[kind]] : []), ...written.fields];
  const reading = readPack({ system: 's', object: 'Thing', kind, version: 1, ...written, fields: lines });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const result = compileMapping(reading.pack, { object: 'Thing', fields });
  const found = [
    ...(result.ok ? [] : result.problems.map((one) => ({ severity: 'problem', ...one }))),
    ...result.warnings.map((one) => ({ severity: 'warning', ...one })),
  ];
  return found.map(
    ({ severity, path, field, code, message, fix }) =>
      `${severity} ${path} ${field} ${code}: ${message} | ${fix}`,
  );
}
