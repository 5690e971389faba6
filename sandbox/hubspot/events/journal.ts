/** One line that says what a call was for: `search companies`, `batch update deals × 100`. */
export function summarise(method: string, path: string, body: unknown): string {
  const parts = path.split('/').filter((part) => part !== '');
  const version = parts.findIndex((part) => /^(v\d|\d{4}-\d\d)$/.test(part));
  const area = parts.slice(0, version).at(-1) ?? '';
  const rest = parts.slice(version + 1);
  const inputs =
    typeof body === 'object' && body !== null && 'inputs' in body && Array.isArray(body.inputs)
      ? ` × ${body.inputs.length}`
      : '';
  const [type = '', ...action] = rest;
  switch (area) {
    case 'objects':
      if (['search', 'merge', 'gdpr-delete'].includes(action[0] ?? '')) return `${action[0]} ${type}`;
      return action[0] === 'batch'
        ? `batch ${action[1]} ${type}${inputs}`
        : `${verbs[method] ?? method} ${type}`;
    case 'associations':
      return `${action.slice(1).join(' ')} associations ${type} → ${action[0]}${inputs}`;
    case 'properties':
      return `${verbs[method] ?? method} ${action[0] === 'groups' ? 'property groups' : 'properties'} ${type}${inputs}`;
    case 'journal':
    case 'journal-local':
      return `read ${area} ${rest.at(-1) ?? ''}`;
    case 'subscriptions':
      return `${verbs[method] ?? method} journal subscriptions`;
    case 'app-webhooks':
      return `${verbs[method] ?? method} webhook ${action[0] ?? ''}`;
    case 'oauth':
      return `oauth ${rest.join(' ')}`;
    case 'crm-object-schemas':
      return `${verbs[method] ?? method} schemas`;
    default:
      return `${verbs[method] ?? method} ${area || path}`;
  }
}

const verbs: Readonly<Record<string, string>> = {
  GET: 'read',
  POST: 'create',
  PATCH: 'update',
  DELETE: 'archive',
};
