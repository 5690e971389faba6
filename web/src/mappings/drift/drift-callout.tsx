import { Button } from '@mantine/core';
import { Callout } from '../../ui/layout/callout.tsx';
import { When } from '../../ui/when.tsx';
import { changeLine, type EditedPack } from '../editor/edit-pack.ts';
import type { DriftFinding, MappingPage } from '../mapping-types.ts';
import styles from './drift-callout.module.css';
import type { Draft } from '../editor/use-draft.ts';

interface DriftCalloutProps {
  readonly page: MappingPage;
  readonly draft: Draft;
  readonly editable: boolean;
}

/** The changes in the CRM that affect a live mapping, their effect, and the fix. */
export function DriftCallout({ page: { drift, connection }, draft, editable }: DriftCalloutProps) {
  if (!drift || drift.findings.length === 0) return null;
  const stops = drift.findings.some((finding) => finding.stopsSync);
  return (
    <Callout tone={stops ? 'bad' : 'warn'} title={`${connection.name} changed fields of this mapping`}>
      <p>
        Noticed <When at={drift.foundAt} />, checked <When at={drift.checkedAt} />. All other fields continue.
      </p>
      <ul className={styles.findings}>
        {drift.findings.map((finding) => (
          <li key={`${finding.change} ${finding.remote}`}>
            {finding.message} <strong>{finding.fix}</strong>
            {editable && canFollow(draft.edited, finding) && (
              <Button
                size="compact-xs"
                variant="default"
                className={styles.follow ?? ''}
                onClick={() => void draft.edit((edited) => follow(edited, finding))}
              >
                Use {finding.renamedTo}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Callout>
  );
}

function canFollow({ lines }: EditedPack, { renamedTo, remote }: DriftFinding): boolean {
  return renamedTo !== null && lines.some((line) => line.field.remote === remote);
}

/** Replaces the old field name with the new one in the mapping. */
function follow(edited: EditedPack, { renamedTo, remote }: DriftFinding): EditedPack {
  if (renamedTo === null) return edited;
  return edited.lines
    .filter((line) => line.field.remote === remote)
    .reduce((next, line) => changeLine(next, line.id, (field) => ({ ...field, remote: renamedTo })), edited);
}
