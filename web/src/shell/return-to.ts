const storageKey = 'fairway.returnTo';
/** As long as a sign-in link works. */
const validMs = 30 * 60_000;

/** Keeps the page that a person without a session asked for. The sign-in link may open in another tab. */
export function rememberPage(path: string): void {
  localStorage.setItem(storageKey, JSON.stringify({ path, at: Date.now() }));
}

/** The page that was asked for before the sign-in, once; else the overview. */
export function pageAfterSignIn(): string {
  const stored = localStorage.getItem(storageKey);
  localStorage.removeItem(storageKey);
  if (stored === null) return '/';
  const { path, at } = JSON.parse(stored) as { readonly path: string; readonly at: number };
  return Date.now() - at < validMs ? path : '/';
}
