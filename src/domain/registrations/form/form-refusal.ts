/** Why values do not fit the form of the programme, as the refusal of a command. */
import { fieldOf, isStandardName, usualForm, type RegistrationForm } from './form.ts';
import { readForm, type FormProblem, type FormReading } from './read-form.ts';
import type { Refusal } from '#src/domain/registrations/lifecycle/command.ts';
import type { LifecycleProgramme } from '#src/domain/registrations/lifecycle/programme.ts';
import type { Channel, RoutedDeal } from '#src/domain/registrations/lifecycle/registration.ts';

type Terms = Readonly<Record<string, string>>;

/** The form of a version of the programme for this deal. */
export function formFor(channel: Channel, programme: LifecycleProgramme, deal: RoutedDeal): RegistrationForm {
  return (channel.settingsFor?.(programme.version, deal) ?? programme).form ?? usualForm;
}

export function readWithForm(channel: Channel, form: RegistrationForm, terms: Terms): FormReading {
  return readForm(form, terms, { partnerCodes: channel.partnerCodes ?? new Set() });
}

/** Null when there are no problems. A missing field comes before a value that does not fit. */
export function formRefusal(problems: readonly FormProblem[]): Refusal | null {
  if (problems.length === 0) return null;
  const missing = problems.filter(({ kind }) => kind === 'missing');
  const about = missing.length > 0 ? missing : problems;
  return {
    code: 'bad_request',
    reason: missing.length > 0 ? 'field_missing' : 'field_invalid',
    fields: about.map(({ field }) => field),
    problems,
  };
}

/** The problems that a change brings. Those that the registration had before are not the sender's. */
export function problemsOfChange(
  channel: Channel,
  programme: LifecycleProgramme,
  { deal, changed }: { readonly deal: RoutedDeal; readonly changed: Terms },
): FormReading {
  const terms = { ...deal.terms, ...changed };
  const after = readWithForm(channel, formFor(channel, programme, { ...deal, terms }), terms);
  const before = readWithForm(channel, formFor(channel, programme, deal), deal.terms);
  const known = new Set(before.problems.map(({ field }) => field));
  const problems = after.problems.filter(({ field }) => Object.hasOwn(changed, field) || !known.has(field));
  return { terms: after.terms, problems };
}

/**
 * The terms of a registration that is submitted again, as the form in force reads them. Fields that the form has no
 * more are left out.
 */
export function readAgain(
  channel: Channel,
  { partner, terms: before }: RoutedDeal,
  given: Terms = {},
): FormReading {
  const form = formFor(channel, channel.programme, { partner, terms: { ...before, ...given } });
  const present = Object.entries(before).filter(
    ([name]) => isStandardName(name) || fieldOf(form, name) !== undefined,
  );
  return readWithForm(channel, form, { ...Object.fromEntries(present), ...given });
}
