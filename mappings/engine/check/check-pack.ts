import { canonicalFields, extraPrefix, type FieldType } from '#src/domain/record.ts';
import type { RemoteShape } from '#mappings/engine/compiled-mapping.ts';
import { suggestion } from './findings.ts';
import type { Surroundings } from '#mappings/engine/pack/line.ts';
import { isCombination, sourcesOf } from '#mappings/engine/transforms/combination.ts';

/**
 * What no single line shows: a field of ours nothing fills, and a field of theirs that a new record needs.
 */
export function checkCoverage(
  shape: RemoteShape,
  { pack, ours, remote, kind, creates, findings }: Surroundings,
): void {
  if (!creates) {
    const readable = pack.fields.filter(
      (field) => field.direction !== 'out' && (remote.has(field.remote) || !field.optional),
    );
    const reads = new Set(readable.map((field) => field.local));
    for (const [field, { required }] of Object.entries(ours)) {
      if (!required || reads.has(field)) continue;
      const message = `Every ${kind} needs "${field}", and nothing is mapped to it.`;
      findings.problem('fields', field, 'required_unmapped', message, `Add a line that reads "${field}".`);
    }
    return;
  }
  const written = new Set(pack.fields.map((field) => field.remote));
  for (const { name, required, createable } of shape.fields) {
    if (!required || !createable || written.has(name)) continue;
    const message = `${pack.object} requires ${name}, and nothing is written to it.`;
    findings.warning(
      'fields',
      name,
      'remote_required_unmapped',
      message,
      `Map a field to ${name}, or make it optional in the CRM.`,
    );
  }
}

/** A match key has to be known of every record, and to tell one from another. */
export function checkMatch({ pack, ours, remote, kind, creates, findings }: Surroundings): readonly string[] {
  for (const [index, local] of (pack.match ?? []).entries()) {
    const path = `match[${index}]`;
    const add = (code: string, message: string, fix: string): void =>
      findings.problem(path, local, code, message, fix);
    if (kind === 'invoice') {
      add(
        'match_unfit',
        'An invoice is that of the file it came in, and is not matched with others.',
        'Remove match.',
      );
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
        `Records are matched by "${local}", and no line ${verb} it.`,
        `Add a line that ${verb} "${local}", or remove it from match.`,
      );
    } else if (creates && kind === 'payout' && local !== 'key') {
      const fix = 'Match by "key", or remove match.';
      add(
        'match_ambiguous',
        `Each payout has a "key" of its own, by which it is created once only; "${local}" may be shared.`,
        fix,
      );
    } else {
      const what = sharedBecause(
        local,
        type,
        remote.get(line.remote)?.type === 'picklist' ? line.remote : null,
      );
      if (what === null) continue;
      add(
        'match_ambiguous',
        `"${local}" ${what}, so many records share one value and none can be told by it.`,
        'Match by a number, a code, a domain or an e-mail address.',
      );
    }
  }
  return pack.match ?? [];
}

/**
 * Why a field tells no record from another; null when it may. A decimal of the customer's own may be a number
 * that does.
 */
function sharedBecause(local: string, type: FieldType, picklist: string | null): string | null {
  if (type === 'boolean' || type === 'date') return `is a ${type}`;
  if (type === 'reference') return 'refers to another record';
  if (type === 'decimal' && !local.startsWith(extraPrefix)) return 'is an amount';
  return picklist === null ? null : `comes from the picklist ${picklist}`;
}

/** A field of the customer's own must be new, and used. */
export function checkExtras({ pack, kind, extra, findings }: Surroundings): void {
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
      const message = `${kind} has a field "${name}" already.`;
      findings.problem(
        path,
        `${extraPrefix}${name}`,
        'extra_shadows',
        message,
        `Map to "${name}", or choose another name.`,
      );
    } else if (!used.has(`${extraPrefix}${name}`)) {
      const message = `"${name}" is declared, and no line uses it.`;
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
