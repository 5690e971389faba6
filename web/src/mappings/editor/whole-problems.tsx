import { Callout } from '../../ui/layout/callout.tsx';
import type { Problem } from '../mapping-types.ts';

/** Problems of the mapping that belong to no single line. */
export function WholeProblems({ problems }: { readonly problems: readonly Problem[] }) {
  if (problems.length === 0) return null;
  return (
    <Callout tone="bad" title="The mapping does not fit yet">
      {problems.map(({ path, code, field, message, fix }) => (
        <p key={`${path} ${code} ${field}`}>
          {message} <strong>{fix}</strong>
        </p>
      ))}
    </Callout>
  );
}
