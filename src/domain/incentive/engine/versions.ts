import type { IncentiveComponent, IncentiveVersion } from '#src/domain/incentive/component.ts';

/** The version in force on a day: the latest that began, and of several that began together the last known. */
export function versionOn(versions: readonly IncentiveVersion[], day: string): IncentiveVersion | null {
  let found: IncentiveVersion | null = null;
  for (const version of versions)
    if (version.effective <= day && (found === null || version.effective >= found.effective)) found = version;
  return found;
}

export function componentOf(version: IncentiveVersion, code: string): IncentiveComponent | null {
  return version.components.find((component) => component.code === code) ?? null;
}

/**
 * The rules of a component for a bucket: those of the version in force on the day, or where it lacks the
 * component, of the last known version that has it.
 */
export function bucketRules(
  versions: readonly IncentiveVersion[],
  code: string,
  day: string,
): IncentiveComponent | null {
  const inForce = versionOn(versions, day);
  const found = inForce && componentOf(inForce, code);
  if (found) return found;
  for (const version of versions.toReversed()) {
    const component = componentOf(version, code);
    if (component) return component;
  }
  return null;
}

/** The components of a version in the order in which they see a line. */
export function inOrder(version: IncentiveVersion): readonly IncentiveComponent[] {
  return version.components
    .map((component, place) => ({ component, place, order: component.order ?? place }))
    .toSorted((a, b) => a.order - b.order || a.place - b.place)
    .map(({ component }) => component);
}
