import { type RefObject, useEffect } from 'react';
import { isTyping } from './is-typing.ts';

/**
 * The keys j and k (or the arrows, inside the table) move the focus between the row links. Enter opens the
 * focused link, and x selects its row where rows can be selected.
 */
export function useRowKeys(body: RefObject<HTMLTableSectionElement | null>, enabled: boolean): void {
  useEffect(() => {
    if (!enabled) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const links = [...(body.current?.querySelectorAll<HTMLAnchorElement>('td[data-lead] > a') ?? [])];
      const current = links.findIndex((link) => link === document.activeElement);
      if (event.key === 'x') {
        links[current]?.closest('tr')?.querySelector<HTMLInputElement>('input[type=checkbox]')?.click();
        return;
      }
      const step = stepOf(event.key, current >= 0);
      if (step === 0 || links.length === 0) return;
      event.preventDefault();
      links[Math.min(Math.max(current + step, 0), links.length - 1)]?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [body, enabled]);
}

function stepOf(key: string, inside: boolean): number {
  if (key === 'j' || (inside && key === 'ArrowDown')) return 1;
  if (key === 'k' || (inside && key === 'ArrowUp')) return -1;
  return 0;
}
