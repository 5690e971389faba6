import type { FieldType } from '#src/domain/record.ts';
import { z } from 'zod';
import { combinationSpecs } from './transforms/combination.ts';
import type { CombinationSpec } from './transforms/combination.ts';
import { choiceTransforms } from './transforms/choice.ts';
import { contactTransforms } from './transforms/contact.ts';
import { dateTransforms } from './transforms/date.ts';
import type { Transform } from './transforms/definition.ts';
import { numberTransforms } from './transforms/number.ts';
import { textTransforms } from './transforms/text.ts';

/**
 * All transforms of single values, by name. Transforms that combine several fields are in
 * `transforms/combination.ts`.
 */
export const catalogue = {
  ...textTransforms,
  ...numberTransforms,
  ...dateTransforms,
  ...contactTransforms,
  ...choiceTransforms,
};
export type TransformName = keyof typeof catalogue;
export type ValueSpec = z.infer<(typeof catalogue)[TransformName]['options']>;
export type TransformSpec = ValueSpec | CombinationSpec;

export const transformNames = Object.keys(catalogue) as readonly TransformName[];
export const stepNames: readonly TransformSpec['name'][] = [
  ...transformNames,
  ...Object.keys(combinationSpecs),
] as TransformSpec['name'][];

const step = z.discriminatedUnion('name', [
  catalogue.text.options,
  catalogue.trim.options,
  catalogue.upper.options,
  catalogue.lower.options,
  catalogue.title.options,
  catalogue.cut.options,
  catalogue.split.options,
  catalogue.replace.options,
  catalogue.decimal.options,
  catalogue.currency.options,
  catalogue.scale.options,
  catalogue.round.options,
  catalogue.date.options,
  catalogue.instant.options,
  catalogue.domain.options,
  catalogue.country.options,
  catalogue.phone.options,
  catalogue.email.options,
  catalogue.boolean.options,
  catalogue.equals.options,
  catalogue.lookup.options,
  catalogue.reference.options,
  ...Object.values(combinationSpecs),
]);

/**
 * `country`, `{name: equals, values: [PARTNER]}`, or a list of such steps. The parsed value is always a list.
 */
export const transformSteps = z.preprocess(
  (written) =>
    written === undefined ? undefined : (Array.isArray(written) ? written : [written]).map(asSpec),
  z.array(step).min(1).max(10),
);
const asSpec = (written: unknown): unknown => (typeof written === 'string' ? { name: written } : written);

/** Builds the transform of a step from its options. */
export function buildTransform(spec: ValueSpec): Transform {
  const { build } = catalogue[spec.name];
  // The entry was chosen by `spec.name`, so its `build` accepts these options.
  return (build as (options: ValueSpec) => Transform)(spec);
}

/** The transform of a field without steps. */
export function defaultTransform(type: FieldType): ValueSpec {
  return { name: type };
}
