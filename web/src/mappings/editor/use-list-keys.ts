import { type RefObject, useEffect } from 'react';

interface ListKeys {
  /** The element with the search fields (data-search) and the rows (data-row). */
  readonly list: RefObject<HTMLElement | null>;
  readonly search: RefObject<HTMLInputElement | null>;
  readonly onClose: () => void;
}

/**
 * `/` moves to the search unless a field has the focus; the arrows move from the search through the rows;
 * Escape closes the open row.
 */
export function useListKeys({ list, search, onClose }: ListKeys): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target;
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        event.defaultPrevented ||
        !(target instanceof HTMLElement)
      )
        return;
      if (event.key === '/' && !isTyping(target)) {
        event.preventDefault();
        search.current?.focus();
        search.current?.select();
        return;
      }
      if (!list.current?.contains(target)) return;
      if (event.key === 'Escape') {
        const head = target.closest('[data-open]')?.querySelector<HTMLElement>('[data-row]');
        if (!head) return;
        onClose();
        head.focus();
      } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        if (walk(list.current, target, event.key === 'ArrowDown' ? 1 : -1, search.current))
          event.preventDefault();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [list, search, onClose]);
}

/** True when the focus moved. The arrows inside an edited field keep their normal meaning. */
function walk(list: HTMLElement, from: HTMLElement, step: 1 | -1, search: HTMLElement | null): boolean {
  const isSearch = from.dataset['search'] !== undefined;
  const row = from.closest<HTMLElement>('[data-row]');
  if (!row && !isSearch) return false;
  const rows = [...list.querySelectorAll<HTMLElement>('[data-row]')];
  const next = row ? rows.indexOf(row) + step : step - 1;
  const target = next < 0 ? search : rows[next];
  target?.focus();
  return target !== null && target !== undefined;
}

function isTyping(target: HTMLElement): boolean {
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}
