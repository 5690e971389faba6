import { countText, plural } from '../../format.ts';
import styles from './backfill-report.module.css';
import type { BackfillReport as Report } from '../mapping-types.ts';
import { causeNames, shownValue } from '../mapping-words.ts';

interface CarryReportProps {
  readonly report: Report;
  readonly crm: string;
  /** True for a dry run, which describes what would happen. */
  readonly would?: boolean;
}

/** The changes in Fairway and in the CRM by field, and refused values with the reason. */
export function BackfillReport({
  report: { read, fairway, crm: written, refused },
  crm,
  would = false,
}: CarryReportProps) {
  return (
    <div className={styles.report}>
      <dl className={styles.tiles}>
        <Tile name="records checked" count={read} />
        <Tile name={would ? 'would change in Fairway' : 'changed in Fairway'} count={fairway.changed} />
        {fairway.added > 0 && <Tile name="new in Fairway" count={fairway.added} />}
        {fairway.removed > 0 && <Tile name="removed from Fairway" count={fairway.removed} />}
        <Tile name={`${would ? 'would be written' : 'written'} in ${crm}`} count={written.written} />
        <Tile
          name="refused"
          count={refused.reduce((sum, one) => sum + one.count, 0)}
          bad={refused.length > 0}
        />
      </dl>
      <Fields title="In Fairway" fields={fairway.fields} />
      <Fields title={`In ${crm}`} fields={written.fields} />
      {written.payload && (
        <details className={styles.block}>
          <summary>All from one write to {written.payload.ref}</summary>
          <pre className={styles.payload} tabIndex={0}>
            {JSON.stringify(written.payload.fields, null, 2)}
          </pre>
        </details>
      )}
      <Refusals refused={refused} />
    </div>
  );
}

function Tile({
  name,
  count,
  bad = false,
}: {
  readonly name: string;
  readonly count: number;
  readonly bad?: boolean;
}) {
  return (
    <div data-bad={bad || undefined}>
      <dt>{name}</dt>
      <dd className="num">{countText(count)}</dd>
    </div>
  );
}

function Fields({ title, fields }: { readonly title: string; readonly fields: Report['fairway']['fields'] }) {
  if (fields.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      {fields.map(({ field, count, examples }) => (
        <details key={field} className={styles.block}>
          <summary>
            <span className="mono">{field}</span> <span className="num dim">{plural(count, 'record')}</span>
          </summary>
          <ul className={styles.examples}>
            {examples.slice(0, 5).map(({ ref, before, after }) => (
              <li key={ref}>
                <span className="mono dim">{ref}</span> {shownValue(before)} → <b>{shownValue(after)}</b>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </>
  );
}

function Refusals({ refused }: { readonly refused: Report['refused'] }) {
  if (refused.length === 0) return null;
  return (
    <>
      <h3>Refused</h3>
      {refused.map(({ direction, field, code, cause, effect, certain, count, fix, examples }) => (
        <details
          key={`${direction} ${field} ${code} ${effect}`}
          className={styles.block}
          data-bad={certain || undefined}
        >
          <summary>
            {causeNames[cause]}
            {field !== null && <span className="mono"> {field}</span>}{' '}
            <span className="num dim">
              {certain ? '' : 'possibly '}
              {plural(count, effect === 'record' ? 'record' : 'value')}
            </span>
          </summary>
          <p className={styles.fix}>{fix}</p>
          <ul className={styles.examples}>
            {examples.slice(0, 5).map(({ ref, message }) => (
              <li key={`${ref} ${message}`}>
                <span className="mono dim">{ref}</span> {message}
              </li>
            ))}
          </ul>
        </details>
      ))}
    </>
  );
}
