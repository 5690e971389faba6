/** Names of fields whose values must never be in a log. */
const secretName =
  /secret|passw|passphrase|token|authorization|cookie|credential|private_?key|api_?key|master_?key|data_?key/i;
const removed = '(removed)';
const deepest = 6;

/**
 * A value in a form that may be logged: without the values of secret fields, at any depth, and without the
 * secrets that addresses and headers carry. Errors are left to their own serialiser.
 */
export function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return withoutSecretText(value);
  if (value === null || typeof value !== 'object' || value instanceof Error || value instanceof Date)
    return value;
  if (depth === deepest) return '(too deep)';
  if (Array.isArray(value)) return value.map((entry) => withoutSecrets(entry, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      secretName.test(name) && inner !== null ? removed : withoutSecrets(inner, depth + 1),
    ]),
  );
}

/** A text without the password of an address, the token of a link or a webhook, and the value of a header. */
export function withoutSecretText(text: string): string {
  return text
    .replace(/(:\/\/[^/\s:@]{0,200}):[^/\s@]{1,200}@/g, `$1:${removed}@`)
    .replace(/([?&](?:token|code|secret|key|access_token|refresh_token)=)[^&\s"']{1,2000}/gi, `$1${removed}`)
    .replace(/(\/webhooks\/[\w-]{1,100}\/)[\w-]{1,500}/g, `$1${removed}`)
    .replace(/\b(Bearer|Basic)\s{1,5}[\w.~+/=-]{1,4000}/gi, `$1 ${removed}`);
}
