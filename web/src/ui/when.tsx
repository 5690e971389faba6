import { agoText, stampText } from '../format.ts';

/** A relative time, with the exact time on hover. */
export function When({ at, empty = 'never' }: { readonly at: string | null; readonly empty?: string }) {
  if (at === null) return <span className="dim">{empty}</span>;
  return (
    <time dateTime={at} title={stampText(at)} className="num">
      {agoText(at)}
    </time>
  );
}
