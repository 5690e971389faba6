import { type RefObject, useEffect } from 'react';

/** The keys that press a button of the item in focus, by the button's `data-key`. */
const pressed = ['c', 'f'] as const;

/**
 * The keys j and k move through the items of a list; c and f decide the focused one. Typing in a field is not
 * affected.
 */
export function useItemKeys(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const items = [...(list.current?.children ?? [])].filter((item) => item instanceof HTMLElement);
      const current = items.findIndex((item) => item.contains(document.activeElement));
      if (event.key === 'j' || event.key === 'k') {
        event.preventDefault();
        items[Math.min(Math.max(current + (event.key === 'j' ? 1 : -1), 0), items.length - 1)]?.focus();
        return;
      }
      const key = pressed.find((one) => one === event.key);
      if (key !== undefined)
        items[current]?.querySelector<HTMLButtonElement>(`button[data-key="${key}"]`)?.click();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [list]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}
