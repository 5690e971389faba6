import { type RefObject, useEffect } from 'react';
import { isTyping } from './is-typing.ts';

/**
 * Presses the button whose `data-key` is the typed key, or focuses what has it as `data-focus-key`. Typing in a field is
 * not affected.
 *
 * @param area where to look; the whole page when it is left out
 */
export function useButtonKeys(area?: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
      if (document.querySelector('[role=dialog]') !== null) return;
      const place = area === undefined ? document : area.current;
      const found = [...(place?.querySelectorAll<HTMLElement>('[data-key], [data-focus-key]') ?? [])].find(
        ({ dataset: { key, focusKey } }) => (key ?? focusKey) === event.key,
      );
      if (found === undefined) return;
      event.preventDefault();
      if (found.dataset['key'] === undefined) found.focus();
      else found.click();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [area]);
}
