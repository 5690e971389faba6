import { type RefObject, useEffect } from 'react';

/** Presses the button whose data-key is the typed key. Typing in a field is not affected. */
export function useAnswerKeys(card: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
      const buttons = [...(card.current?.querySelectorAll<HTMLButtonElement>('button[data-key]') ?? [])];
      buttons.find((button) => button.dataset['key'] === event.key)?.click();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [card]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}
