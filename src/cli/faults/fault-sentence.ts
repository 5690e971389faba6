import { AppError } from '#src/domain/errors.ts';

interface SystemError extends Error {
  readonly code: string;
  readonly path?: string;
  readonly dest?: string;
  readonly port?: number;
  readonly address?: string;
}

const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string';

/** PostgreSQL's codes for a user, a password or a database that it does not accept. */
const refusals: Readonly<Record<string, string>> = {
  '28P01':
    'The database refuses the password. Correct DATABASE_URL; for the embedded database, restore the file postgres/password in FAIRWAY_DIR.',
  '28000':
    'The database refuses the user. Correct the user in DATABASE_URL, or let it sign in (pg_hba.conf).',
  '3D000': 'The database does not exist. Create it, or correct its name at the end of DATABASE_URL.',
  '42501': 'The database user may not do what Fairway needs. Make it the owner of the database.',
  '53100': 'The disk of the database is full. Make room on it.',
  '53300': 'The database has no free connection. Raise max_connections, or stop what uses them.',
  '25006': 'The database is read-only. Let DATABASE_URL name the primary server.',
};

const unreachableCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  '57P01',
  '57P02',
  '57P03',
  '08006',
]);

/** True for a server that does not answer now but may later. */
export function isUnreachable(error: unknown): boolean {
  const cause = rootOf(error);
  return isSystemError(cause) && unreachableCodes.has(cause.code);
}

/**
 * One sentence with the fix for a fault of the environment; null for any other error, which is a fault of
 * Fairway.
 */
export function environmentFault(error: unknown): string | null {
  const cause = rootOf(error);
  if (!isSystemError(cause)) return null;
  const { code, path } = cause;
  const refusal = refusals[code];
  if (refusal !== undefined) return refusal;
  const at = path === undefined ? 'A file' : path;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      if ('port' in cause)
        return `This user may not listen on port ${cause.port}. Set PORT to a number above 1023, such as 4700.`;
      return `${at} may not be read or written by this user. Correct its owner and rights, or set FAIRWAY_DIR to another folder.`;
    case 'EROFS':
      return `${at} is on a disk that is mounted read-only. Set FAIRWAY_DIR to a folder that can be written.`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk is full${path === undefined ? '' : ` at ${path}`}. Make room on it, or set FAIRWAY_DIR to another folder.`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${at} is in the way: a folder is needed there. Move it away, or set FAIRWAY_DIR to another folder.`;
    case 'EISDIR':
      return `${at} is a folder where a file is needed. Move it away.`;
    case 'ENOENT':
      return `${at} does not exist. Create it, or correct the setting that names it.`;
    case 'EMFILE':
    case 'ENFILE':
      return 'This system allows too few open files. Raise the limit with ulimit -n 4096.';
    case 'EIO':
      return `${at} cannot be read or written: the disk reports an error. Check the disk.`;
    case 'EADDRINUSE':
      return `Port ${cause.port ?? ''} is in use. Set PORT to a free one, or stop what uses it.`;
    case 'EADDRNOTAVAIL':
      return `${cause.address ?? 'The address'} is not an address of this machine. Set HOST to 127.0.0.1 or 0.0.0.0.`;
    default:
      return unreachableCodes.has(code)
        ? `A server that Fairway needs cannot be reached (${code}). Check that it runs, and DATABASE_URL and REDIS_URL.`
        : null;
  }
}

/** One sentence for the terminal, also for a fault of Fairway. */
export function faultSentence(error: unknown): string {
  if (error instanceof AppError) return error.message;
  return environmentFault(error) ?? (error instanceof Error ? error.message : String(error));
}

/** The error that the others were made from. Libraries wrap the errors of sockets and of the database. */
function rootOf(error: unknown): unknown {
  let root = error;
  for (let depth = 0; depth < 10; depth += 1) {
    if (root instanceof AggregateError && root.errors.length > 0) root = root.errors[0];
    else if (root instanceof Error && root.cause instanceof Error) root = root.cause;
    else break;
  }
  return root;
}
