import type { Lifecycle } from '../../api/types.ts';
import { stampText } from '../../format.ts';
import styles from './lifecycle-card.module.css';
import { eventText } from './lifecycle-words.ts';

type Event = Lifecycle['events'][number];

/** Every move, the newest first. */
export function LifecycleEvents({ events }: { readonly events: readonly Event[] }) {
  return (
    <ol className={styles.events}>
      {events.toReversed().map((event, index) => (
        <li key={events.length - index}>
          {eventLine(event)}
          <div className="dim small">
            {stampText(event.at)}, version {event.version}
            {event.via !== null && `, ${event.via === 'crm' ? 'in the CRM' : event.via}`}
          </div>
          {wordsOf(event).map((words) => (
            <p key={words}>{words}</p>
          ))}
        </li>
      ))}
    </ol>
  );
}

/** `olga@vendor.test rejected: not certified` */
export function eventLine({ actor, move, reasonCode, refusal, after }: Event): string {
  if (move === 'defer') {
    const { move: made } = after['deferred'] as { readonly move: string };
    return `${actor ?? 'Fairway'} ${eventText(made)}, and could undo it for some seconds`;
  }
  const reason = reasonCode === null ? '' : `: ${reasonCode.replaceAll('_', ' ')}`;
  const refused = refusal === null ? '' : ` (refused: ${refusal.replaceAll('_', ' ')})`;
  return `${actor ?? 'Fairway'} ${eventText(move)}${reason}${refused}`;
}

/** What the person wrote, until it is erased. */
function wordsOf({ given }: Event): readonly string[] {
  if (given === null) return [];
  const over = given['over'] as { readonly reason?: unknown } | undefined;
  return [given['question'], given['answer'], given['text'], over?.reason].filter(
    (words): words is string => typeof words === 'string' && words.trim() !== '',
  );
}
