/** Opportunities that Fairway creates, because a registration was converted without one. */
import { createdRecord } from '#mappings/engine/creation.ts';
import type { FieldProblem, Outbound } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compiled-mapping.ts';
import type { CanonicalValues } from '#src/domain/record.ts';

export interface OpportunityDraft extends Outbound {
  readonly keyField: string;
}

/** The record to create, or what stands in its way: then it has no fields. */
export function newOpportunityRecord(mapping: CompiledMapping, values: CanonicalValues): OpportunityDraft {
  const keyField = mapping.outbound.find(({ local }) => local === 'creationKey')?.remote;
  const { fields, problems } = createdRecord(mapping, values);
  const refused = [
    ...(keyField === undefined ? [noKey] : []),
    ...problems.filter(({ severity }) => severity === 'error'),
  ];
  if (refused.length === 0) return { keyField: keyField ?? '', fields, problems };
  return { keyField: '', fields: {}, problems: refused };
}

const noKey: FieldProblem = {
  field: 'creationKey',
  code: 'created_without_key',
  message: 'No line of the mapping writes the creation key, by which an opportunity is created once.',
  fix: 'Connect again to install the field, and add the line to the mapping.',
  severity: 'error',
};
