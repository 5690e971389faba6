import { ConnectorError, type FailureClass, type RemoteFailure } from '#connectors/contract/failures.ts';

interface Advice {
  readonly class: FailureClass;
  readonly fix: string;
}
const advise = (failureClass: FailureClass, fix: string): Advice => ({ class: failureClass, fix });

/**
 * The API limit is a rolling day and Salesforce names no time: look again soon enough to use what is freed.
 */
const dailyLimitPauseMs = 15 * 60_000;
const concurrencyPauseMs = 30_000;

const passing = advise(
  'retry',
  'Nothing to do: it is tried again. If it lasts, look at status.salesforce.com.',
);
const reauthorise = advise(
  'auth',
  'Check that the external client app is enabled and that the integration user may use it, then test the connection.',
);
const dataRule = advise(
  'validation',
  "Correct the value in the record, or relax the rule in Salesforce's Setup for the integration user, and the next run writes it again.",
);
const access = advise(
  'permission',
  'Give the integration user access to this object and field (assign the permission set Fairway_Integration), and the next run writes it again.',
);
const remap = advise(
  'mapping',
  'The mapping names an object or field that Salesforce does not show to the integration user: correct the mapping, or install again.',
);

const byCode: Readonly<Record<string, Advice>> = {
  UNABLE_TO_LOCK_ROW: advise(
    'retry',
    'Nothing to do: someone else was changing the record or its parent, and it is tried again.',
  ),
  SERVER_UNAVAILABLE: passing,
  UNKNOWN_EXCEPTION: passing,
  QUERY_TIMEOUT: passing,
  INVALID_QUERY_LOCATOR: passing,
  REQUEST_LIMIT_EXCEEDED: advise(
    'throttle',
    "The org's API calls are used up: wait, or raise the limit under Setup › Company Information.",
  ),
  STORAGE_LIMIT_EXCEEDED: advise(
    'throttle',
    "The org's data storage is full: free some, or buy more, in Salesforce.",
  ),
  INVALID_SESSION_ID: reauthorise,
  INVALID_LOGIN: reauthorise,
  INACTIVE_USER: advise('auth', 'The integration user is inactive: activate it in Setup › Users.'),
  API_DISABLED_FOR_ORG: advise(
    'auth',
    'The edition or the profile has no API access: turn on “API Enabled” for the integration user.',
  ),
  API_CURRENTLY_DISABLED: advise(
    'auth',
    'The API is switched off for this user: turn on “API Enabled” for the integration user.',
  ),
  FIELD_CUSTOM_VALIDATION_EXCEPTION: advise(
    'validation',
    'A validation rule of yours refuses this record: correct the record, or exempt the integration user in the rule, and the next run writes it again.',
  ),
  FIELD_FILTER_VALIDATION_EXCEPTION: dataRule,
  FIELD_INTEGRITY_EXCEPTION: dataRule,
  REQUIRED_FIELD_MISSING: advise(
    'validation',
    'Salesforce requires a field that is empty: map a value to it, or make it optional for the integration user.',
  ),
  STRING_TOO_LONG: advise(
    'validation',
    'The text does not fit the field: shorten it in the mapping, or lengthen the field in Setup.',
  ),
  INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: advise(
    'validation',
    "Add the value to the picklist in Setup, or translate it to one of the picklist's values in the mapping.",
  ),
  DUPLICATES_DETECTED: advise(
    'validation',
    'A duplicate rule blocks the record: merge the duplicates, or let the integration user save in that rule.',
  ),
  DUPLICATE_VALUE: advise(
    'validation',
    'Another record already has this unique value: find it by the id in the message and merge or correct one of them.',
  ),
  NUMBER_OUTSIDE_VALID_RANGE: dataRule,
  INVALID_EMAIL_ADDRESS: dataRule,
  CANNOT_EXECUTE_FLOW_TRIGGER: advise(
    'validation',
    'A flow of yours failed on this record: see its fault e-mail, correct the flow, and the next run writes it again.',
  ),
  CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY: advise(
    'validation',
    'An Apex trigger of yours failed on this record: ask its developer, and the next run writes it again.',
  ),
  JSON_PARSER_ERROR: advise(
    'validation',
    "The value does not suit the field's type: correct the mapping's conversion.",
  ),
  MALFORMED_ID: advise(
    'validation',
    'A reference does not hold the id of the right kind of record: correct the mapping.',
  ),
  INVALID_FIELD: remap,
  INVALID_TYPE: remap,
  MALFORMED_QUERY: remap,
  INVALID_FIELD_FOR_INSERT_UPDATE: access,
  INSUFFICIENT_ACCESS: access,
  INSUFFICIENT_ACCESS_OR_READONLY: access,
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: access,
  FUNCTIONALITY_NOT_ENABLED: access,
  ENTITY_IS_DELETED: advise(
    'gone',
    'The record was deleted in Salesforce: nothing to write. Restore it from the recycle bin if that was a mistake.',
  ),
  NOT_FOUND: advise(
    'mapping',
    'Salesforce does not have this, or does not show it to the integration user: correct the name, or install again.',
  ),
};

/** What the vendor said of one row or one call, with its class and what an ops admin can do. */
export function toFailure(code: string, message: string, fields: readonly string[] = []): RemoteFailure {
  const said = { code, message: message.trim() || code, ...(fields.length ? { fields } : {}) };
  if (code === 'REQUEST_LIMIT_EXCEEDED') {
    return {
      ...said,
      ...(byCode[code] as Advice),
      retryAfterMs: /concurrent/i.test(message) ? concurrencyPauseMs : dailyLimitPauseMs,
    };
  }
  if (code === 'INVALID_CROSS_REFERENCE_KEY')
    return { ...said, ...(fields.length ? dataRule : (byCode['ENTITY_IS_DELETED'] as Advice)) };
  const advice =
    byCode[code] ??
    (/^ERROR_HTTP_(5\d\d|408|420|429)$/.test(code)
      ? passing
      : /^ERROR_HTTP_40[13]$/.test(code)
        ? reauthorise
        : dataRule);
  return { ...said, ...advice };
}

/** Whatever a call threw, as a ConnectorError. Errors that are not the vendor's are rethrown as they are. */
export function toConnectorError(error: unknown): ConnectorError {
  if (error instanceof ConnectorError) return error;
  if (!(error instanceof Error)) throw error;
  const network = networkCode(error);
  if (network)
    return new ConnectorError(
      unreachable(network, error.cause instanceof Error ? error.cause.message : error.message),
      error,
    );
  if ('errorCode' in error && typeof error.errorCode === 'string') {
    return new ConnectorError(toFailure(error.errorCode, error.message, fieldsOf(error)), error);
  }
  throw error;
}

function fieldsOf(error: Error): string[] {
  const data = 'data' in error ? error.data : null;
  return typeof data === 'object' && data !== null && 'fields' in data && Array.isArray(data.fields)
    ? data.fields.map(String)
    : [];
}

/** `fetch` hides the socket's code in its cause; a time-out is an error of its own. */
function networkCode(error: Error): string | null {
  if (error.name === 'TimeoutError') return 'ETIMEDOUT';
  if (!(error instanceof TypeError)) return null;
  const cause = error.cause;
  if (typeof cause === 'object' && cause !== null && 'code' in cause) return String(cause.code);
  return error.message === 'fetch failed' || error.message === 'terminated' ? 'UNREACHABLE' : null;
}

function unreachable(code: string, message: string): RemoteFailure {
  return {
    class: 'retry',
    code,
    message: `Salesforce could not be reached: ${message}`,
    fix: 'Check the login URL and that this server may reach it; it is tried again.',
  };
}

/** Why Salesforce refused to sign us in, by its `error` and `error_description`. */
export function signInFailure(code: string, description: string): RemoteFailure {
  return {
    class: 'auth',
    code,
    message: `Salesforce refused to sign in: ${code}: ${description}`,
    fix: signInFix(code, description),
  };
}

function signInFix(code: string, description: string): string {
  if (code === 'invalid_client_id' || code === 'invalid_client')
    return 'Correct the client id: copy the consumer key of the external client app.';
  if (code === 'inactive_user') return 'Activate the integration user in Setup › Users.';
  if (/refresh token/.test(description))
    return 'The authorisation has ended or was taken back: authorise the connection in Salesforce again, so that it gets new tokens.';
  if (/approved/.test(description))
    return 'Correct the username, or pre-authorise that user for the external client app (OAuth policies › permission set or profile).';
  if (/audience/.test(description))
    return 'Correct the login URL: production orgs sign in at https://login.salesforce.com, sandboxes at https://test.salesforce.com.';
  if (/assertion/.test(description)) {
    return "Upload the certificate that belongs to this connection's private key to the external client app, and check that this server's clock is right.";
  }
  return 'Check the client id, the username and the private key of this connection against the external client app in Salesforce.';
}
