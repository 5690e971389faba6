import { Button } from '@mantine/core';
import { memo, useEffect, useRef } from 'react';
import { Pill } from '../../ui/pill.tsx';
import { acceptSuggestion, bestDirection } from './edit-pack.ts';
import { useEditor } from './editor-context.ts';
import styles from './field-row.module.css';
import { LineEditor } from './line/line-editor.tsx';
import { MapChoice } from './line/map-choice.tsx';
import type { OurField, RemoteField } from '../mapping-types.ts';
import { directionSigns, directionText, typeNames } from '../mapping-words.ts';
import { needsAttention, type Row } from './rows.ts';

interface FieldRowProps {
  readonly row: Row;
  readonly open: boolean;
  readonly onOpen: (key: string | null) => void;
}

/** A pair of fields or an unmapped field. The open row has all settings. */
export const FieldRow = memo(function FieldRow({ row, open, onOpen }: FieldRowProps) {
  const { crm } = useEditor();
  const { line, key } = row;
  const head = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // Moves the focus, because the button that opened the row may be gone.
    if (open && document.activeElement === document.body) head.current?.focus({ preventScroll: true });
  }, [open]);
  const direction = line?.field.direction;
  return (
    <li className={styles.row} data-open={open || undefined} data-trouble={needsAttention(row) || undefined}>
      <div className={styles.pair}>
        <button
          ref={head}
          type="button"
          data-row
          className={styles.head}
          aria-expanded={open}
          onClick={() => onOpen(open ? null : key)}
        >
          <Theirs name={row.remoteName} field={row.remote} />
          <span className={styles.arrow} data-direction={direction}>
            {direction && (
              <span
                role="img"
                aria-label={directionText(direction, crm)}
                title={directionText(direction, crm)}
              >
                {directionSigns[direction]}
              </span>
            )}
          </span>
          <Ours name={row.localName} field={row.ours} />
        </button>
        {line === null && <Offer row={row} onOpen={onOpen} />}
      </div>
      <Marks row={row} />
      {open &&
        (line ? (
          <LineEditor row={row} line={line} onRemoved={() => onOpen(null)} />
        ) : (
          <MapChoice row={row} onMapped={onOpen} />
        ))}
    </li>
  );
});

function Theirs({ name, field }: { readonly name: string | null; readonly field: RemoteField | null }) {
  const { remoteFields } = useEditor();
  if (name === null) return <span className={styles.nothing}>Not filled</span>;
  return (
    <span className={styles.side}>
      <span className={styles.label}>{field?.label ?? name}</span>
      {field && <span className={styles.type}>{typeNames[field.type] ?? field.type}</span>}
      {field?.required && <span className={styles.required}>required</span>}
      {field && !field.updateable && <span className={styles.mark}>read-only</span>}
      {/* The CRM's fields are not known before the first call. */}
      {!field && remoteFields.length > 0 && <Pill tone="bad">Missing in the CRM</Pill>}
      <span className={styles.name}>{name}</span>
      {field?.sample && <span className={styles.sample}>e.g. {field.sample}</span>}
    </span>
  );
}

function Ours({ name, field }: { readonly name: string | null; readonly field: OurField | null }) {
  if (name === null) return <span className={styles.nothing}>Not mapped</span>;
  return (
    <span className={styles.side}>
      <span className={styles.label}>{field?.label ?? name}</span>
      {field && <span className={styles.type}>{typeNames[field.type] ?? field.type}</span>}
      {field?.required && <span className={styles.required}>required</span>}
      {field?.owner === 'fairway' && <span className={styles.mark}>from Fairway</span>}
      <span className={styles.name}>{name}</span>
    </span>
  );
}

function Marks({ row: { problems, warnings, drift } }: { readonly row: Row }) {
  const stops = drift.find((finding) => finding.stopsSync);
  const [problem] = problems;
  const [warning] = warnings;
  if (problem)
    return (
      <p className={styles.problem}>
        {problem.message} <strong>{problem.fix}</strong>
      </p>
    );
  if (stops)
    return (
      <p className={styles.problem}>
        {stops.message} <strong>{stops.fix}</strong>
      </p>
    );
  const [found] = drift;
  if (found) return <p className={styles.warning}>{found.message}</p>;
  return warning ? <p className={styles.warning}>{warning.message}</p> : null;
}

const offers = { both: 'Map both ways', in: 'Read it', out: 'Write it' } as const;

/** One click for a clear suggestion, otherwise a choice. */
function Offer({ row, onOpen }: { readonly row: Row; readonly onOpen: (key: string | null) => void }) {
  const { editable, edit, ourFields } = useEditor();
  const { suggestion, remote, ours, key } = row;
  if (!editable) return null;
  if (!suggestion || !remote) {
    return (
      <span className={styles.offer}>
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => onOpen(key)}
          aria-label={`Map ${remote?.label ?? ours?.label ?? ''}`}
        >
          Map…
        </Button>
      </span>
    );
  }
  const target = ourFields.find((field) => field.name === suggestion.local);
  const label = target?.label ?? suggestion.newField?.label ?? '';
  const direction = bestDirection(
    remote,
    target ?? { owner: 'remote', type: suggestion.newField?.type ?? 'text' },
  );
  const accept = () => {
    const { lines } = edit((edited) => acceptSuggestion(edited, suggestion, remote, target));
    // Opens the row, because a default or a transformation often follows.
    onOpen(lines.at(-1)?.id ?? null);
  };
  return (
    <span className={styles.offer}>
      <span className={styles.because} title={suggestion.reason}>
        <strong>{label}</strong> {suggestion.newField ? '(new field). ' : ''}
        {suggestion.reason}
      </span>
      <Button
        size="compact-sm"
        variant="light"
        onClick={accept}
        aria-label={`${offers[direction]}: ${remote.label}`}
      >
        {offers[direction]}
      </Button>
    </span>
  );
}
