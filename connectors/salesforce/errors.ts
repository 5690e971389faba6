import { ConnectorError, type FailureClass, type RemoteFailure } from '#connectors/contract/failures.ts';

interface Advice {
  readonly class: FailureClass;
  readonly fix: string;
}
const advise = (failureClass: FailureClass, fix: string): Advice => ({ class: failureClass, fix });

/**
 * The API limit is a rolling day and Salesforce names no time, so the next try comes soon enough to use freed
 * calls.
 */
const dailyLimitPauseMs = 15 * 60_000;
const concurrencyPauseMs = 30_000;

const transient = advise(
  'retry',
  'Nothing to do: Fairway tries again. If it lasts, look at status.salesforce.com.',
);
const reauthorise = advise(
  'auth',
  'Check that the external client app is enabled (Setup › External Client App Manager) and that the integration user may use it, then check the connection.',
);
const dataRule = advise(
  'validation',
  'Correct the value in the record, or exempt the integration user from the rule in Setup. The next run writes it again.',
);
const access = advise(
  'permission',
  'Assign the permission set Fairway_Integration to the integration user (Setup › Permission Sets), or give it access to this object and field. The next run writes it again.',
);
/** The user may change the object and not this record. */
const unshared = advise(
  'permission',
  'Share the record with the integration user for editing (Setup › Sharing Settings: a sharing rule with Read/Write for this object), or assign it the permission set Fairway_Integration (Setup › Permission Sets). The next run writes it again.',
);
const remap = advise(
  'mapping',
  'The mapping names an object or field that Salesforce does not show to the integration user. Correct the mapping, or connect the org again to add Fairway’s fields.',
);

/** A code that names no field may have nothing to do with the values of the record. */
const unlisted = advise(
  'validation',
  'Read Salesforce’s message: this code names no field, so the cause may be the org and not the record. The next run writes it again.',
);

const byCode: Readonly<Record<string, Advice>> = {
  UNABLE_TO_LOCK_ROW: advise(
    'retry',
    'Nothing to do: another user was changing the record or its parent. Fairway tries again.',
  ),
  SERVER_UNAVAILABLE: transient,
  UNKNOWN_EXCEPTION: transient,
  QUERY_TIMEOUT: transient,
  REQUEST_RUNNING_TOO_LONG: transient,
  OPERATION_TOO_LARGE: transient,
  UNREADABLE_RESULT: transient,
  INVALID_QUERY_LOCATOR: transient,
  REQUEST_LIMIT_EXCEEDED: advise(
    'throttle',
    'The org has used all its API calls (Setup › Company Information). Wait, or buy more calls from Salesforce.',
  ),
  // Waiting does not help, so each refused record is shown, and the next run tries it again.
  STORAGE_LIMIT_EXCEEDED: advise(
    'validation',
    "The org's data storage is full (Setup › Storage Usage). Delete data, or buy more storage from Salesforce. The next run writes it again.",
  ),
  INVALID_SESSION_ID: reauthorise,
  INVALID_LOGIN: reauthorise,
  INACTIVE_USER: advise('auth', 'The integration user is inactive. Activate it in Setup › Users.'),
  API_DISABLED_FOR_ORG: advise(
    'auth',
    'Salesforce gives this org no API: in Professional Edition, buy the add-on “API access” from Salesforce. In other editions, turn on “API Enabled” in the profile of the integration user (Setup › Profiles). Then connect again.',
  ),
  API_CURRENTLY_DISABLED: advise(
    'auth',
    'The API is switched off for this user. Turn on “API Enabled” in the profile of the integration user (Setup › Profiles).',
  ),
  FIELD_CUSTOM_VALIDATION_EXCEPTION: advise(
    'validation',
    'A validation rule of your org refuses this record. Correct the record, or exempt the integration user in the rule (Setup › Object Manager › Validation Rules). The next run writes it again.',
  ),
  FIELD_FILTER_VALIDATION_EXCEPTION: dataRule,
  FIELD_INTEGRITY_EXCEPTION: dataRule,
  REQUIRED_FIELD_MISSING: advise(
    'validation',
    'A required field is empty. Map a value to it, or make the field optional (Setup › Object Manager).',
  ),
  STRING_TOO_LONG: advise(
    'validation',
    'The text does not fit the field. Shorten it in the mapping, or lengthen the field (Setup › Object Manager).',
  ),
  INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: advise(
    'validation',
    "Add the value to the picklist (Setup › Object Manager), or map it to one of the picklist's values.",
  ),
  DUPLICATES_DETECTED: advise(
    'validation',
    'A duplicate rule blocks the record. Merge the duplicates, or exempt the integration user in the rule (Setup › Duplicate Rules).',
  ),
  DUPLICATE_VALUE: advise(
    'validation',
    'Another record has the same unique value. Find it by the id in the message, and merge the two or correct one of them.',
  ),
  NUMBER_OUTSIDE_VALID_RANGE: dataRule,
  INVALID_EMAIL_ADDRESS: dataRule,
  CANNOT_EXECUTE_FLOW_TRIGGER: advise(
    'validation',
    'A flow of your org failed on this record. Read its fault e-mail and correct the flow (Setup › Flows). The next run writes it again.',
  ),
  CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY: advise(
    'validation',
    'An Apex trigger of your org failed on this record. Ask its developer (Setup › Apex Triggers). The next run writes it again.',
  ),
  JSON_PARSER_ERROR: advise(
    'validation',
    "The value does not fit the type of the field. Correct the mapping's conversion.",
  ),
  MALFORMED_ID: advise(
    'validation',
    'A reference holds the id of another kind of record. Correct the mapping.',
  ),
  INVALID_FIELD: remap,
  INVALID_TYPE: remap,
  MALFORMED_QUERY: remap,
  INVALID_FIELD_FOR_INSERT_UPDATE: access,
  INSUFFICIENT_ACCESS: access,
  INSUFFICIENT_ACCESS_OR_READONLY: unshared,
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: access,
  FUNCTIONALITY_NOT_ENABLED: access,
  ENTITY_IS_DELETED: advise(
    'gone',
    'The record was deleted in Salesforce. Restore it from the Recycle Bin if it is still needed.',
  ),
  NOT_FOUND: advise(
    'mapping',
    'Salesforce does not have this, or does not show it to the integration user. Correct the name, or connect the org again to add Fairway’s objects.',
  ),
};

/** A failure with the vendor's code and message, its class and the fix for an ops admin. */
export function toFailure(code: string, message: string, named: readonly string[] = []): RemoteFailure {
  const fields = named.length === 0 && code === 'DUPLICATE_VALUE' ? uniqueFieldIn(message) : named;
  const base = { code, message: message.trim() || code, ...(fields.length ? { fields } : {}) };
  if (code === 'REQUEST_LIMIT_EXCEEDED') {
    return {
      ...base,
      ...(byCode[code] as Advice),
      retryAfterMs: /concurrent/i.test(message) ? concurrencyPauseMs : dailyLimitPauseMs,
    };
  }
  if (code === 'INVALID_CROSS_REFERENCE_KEY')
    return { ...base, ...(fields.length ? dataRule : (byCode['ENTITY_IS_DELETED'] as Advice)) };
  const advice =
    byCode[code] ??
    (/^ERROR_HTTP_(5\d\d|408|420|429)$/.test(code)
      ? transient
      : /^ERROR_HTTP_40[13]$/.test(code)
        ? reauthorise
        : fields.length > 0
          ? dataRule
          : unlisted);
  return { ...base, ...advice };
}

/** Salesforce names a unique field only in the message: “duplicate value found: Code__c duplicates value on record …”. */
const uniqueFieldIn = (message: string): readonly string[] =>
  /duplicate value found: (\w+) duplicates/.exec(message)?.slice(1) ?? [];

/** Converts an error of a call. Errors that do not come from the vendor are rethrown. */
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

/** `fetch` puts the code of a socket error into the cause. A timeout has its own name. */
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
    fix: 'Check the login URL and that this server can reach it. A connection that is stored is tried again.',
  };
}

/** The failure of a sign-in, from Salesforce's `error` and `error_description`. */
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
    return 'Correct the client id: copy the consumer key of the external client app (Setup › External Client App Manager).';
  if (code === 'inactive_user') return 'Activate the integration user in Setup › Users.';
  if (/refresh token/.test(description))
    return 'The authorisation has ended or was revoked. Authorise the external client app in Salesforce again, and connect with the new refresh token.';
  if (/approved/.test(description))
    return 'Correct the username, or approve the profile or permission set of that user in the policies of the external client app (Setup › External Client App Manager).';
  if (/audience/.test(description))
    return 'Correct the login URL. Production orgs sign in at https://login.salesforce.com, sandboxes at https://test.salesforce.com. Name the audience with --audience where yours is another.';
  if (/assertion/.test(description)) {
    return "Upload the certificate of this connection's private key to the external client app (Setup › External Client App Manager), and check that this server's clock is right.";
  }
  return 'Compare the client id, the username and the private key of this connection with the external client app (Setup › External Client App Manager).';
}
