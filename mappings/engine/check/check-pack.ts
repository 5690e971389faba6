import { canonicalFields, extraPrefix, type FieldType } from '#src/domain/record.ts';
import type { RemoteShape } from '#mappings/engine/compiled-mapping.ts';
import { suggestion } from './findings.ts';
import type { PackContext } from '#mappings/engine/pack/line.ts';
import { isCombination, sourcesOf } from '#mappings/engine/transforms/combination.ts';

/**
 * Checks the pack as a whole: required canonical fields without a line, and required remote fields of new
 * records.
 */
export function checkCoverage(
  shape: RemoteShape,
  { pack, ours, remote, kind, creates, findings }: PackContext,
): void {
  if (!creates) {
    const readable = pack.fields.filter(
      (field) => field.direction !== 'out' && (remote.has(field.remote) || !field.optional),
    );
    const reads = new Set(readable.map((field) => field.local));
    for (const [field, { required }] of Object.entries(ours)) {
      if (!required || reads.has(field)) continue;
      const message = `"${field}" is required for every ${kind}, but no line reads it.`;
      findings.problem('fields', field, 'required_unmapped', message, `Add a line that reads "${field}".`);
    }
    return;
  }
  const written = new Set(pack.fields.map((field) => field.remote));
  for (const { name, required, createable } of shape.fields) {
    if (!required || !createable || written.has(name)) continue;
    const message = `${pack.object} requires ${name}, but no line writes it.`;
    findings.warning(
      'fields',
      name,
      'remote_required_unmapped',
      message,
      `Map a field to ${name}, or make it optional in the CRM.`,
    );
  }
}

/** Checks that every match field is mapped and can identify a record. */
export function checkMatch({ pack, ours, remote, kind, creates, findings }: PackContext): readonly string[] {
  for (const [index, local] of (pack.match ?? []).entries()) {
    const path = `match[${index}]`;
    const add = (code: string, message: string, fix: string): void =>
      findings.problem(path, local, code, message, fix);
    if (kind === 'invoice') {
      add('match_unfit', 'Invoices are identified by their file and cannot be matched.', 'Remove match.');
      continue;
    }
    const type = ours[local]?.type;
    if (!type) {
      add(
        'unknown_field',
        `${kind} has no field "${local}".`,
        suggestion(local, Object.keys(ours), `${kind} field`),
      );
      continue;
    }
    const line = pack.fields.find(
      (field) => field.local === local && (creates ? field.direction === 'out' : field.direction !== 'out'),
    );
    if (!line) {
      const verb = creates ? 'writes' : 'reads';
      add(
        'match_unmapped',
        `Records are matched by "${local}", but no line ${verb} it.`,
        `Add a line that ${verb} "${local}", or remove it from match.`,
      );
    } else if (creates && kind === 'payout' && local !== 'key') {
      const fix = 'Match by "key", or remove match.';
      add(
        'match_ambiguous',
        `Payouts are created once by their "key"; several payouts may have the same "${local}".`,
        fix,
      );
    } else {
      const what = sharedReason(
        local,
        type,
        remote.get(line.remote)?.type === 'picklist' ? line.remote : null,
      );
      if (what === null) continue;
      add(
        'match_ambiguous',
        `"${local}" ${what}, so many records have the same value and cannot be identified by it.`,
        'Match by a number, a code, a domain or an e-mail address.',
      );
    }
  }
  return pack.match ?? [];
}

/**
 * The reason why a field cannot identify a record. Null if it can. A custom decimal may be an identifying
 * number.
 */
function sharedReason(local: string, type: FieldType, picklist: string | null): string | null {
  if (type === 'boolean' || type === 'date') return `is a ${type}`;
  if (type === 'reference') return 'refers to another record';
  if (type === 'decimal' && !local.startsWith(extraPrefix)) return 'is an amount';
  return picklist === null ? null : `comes from the picklist ${picklist}`;
}

/** Checks that every custom field has a free name and is used. */
export function checkExtras({ pack, kind, extra, findings }: PackContext): void {
  const used = new Set(
    pack.fields.flatMap(({ local, direction, transform }) => [
      local,
      ...(direction === 'out'
        ? (transform ?? []).filter(isCombination).flatMap((spec) => sourcesOf(spec, 'ours'))
        : []),
    ]),
  );
  for (const [index, { name }] of extra.entries()) {
    const path = `extra[${index}].name`;
    if (Object.hasOwn(canonicalFields[kind], name)) {
      const message = `${kind} already has a field "${name}".`;
      findings.problem(
        path,
        `${extraPrefix}${name}`,
        'extra_shadows',
        message,
        `Map to "${name}", or choose another name.`,
      );
    } else if (!used.has(`${extraPrefix}${name}`)) {
      const message = `"${name}" is declared, but no line uses it.`;
      findings.warning(
        path,
        `${extraPrefix}${name}`,
        'extra_unused',
        message,
        `Add a line for ${extraPrefix}${name}, or remove the declaration.`,
      );
    }
  }
}
