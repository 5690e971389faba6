import type { paths } from './schema.d.ts';

/** The response body of an API operation. */
export type Answer<Operation> = Operation extends { responses: { 200: { content: { 'application/json': infer Body } } } } ? Body : never;
/** The response body of a GET request. */
export type Get<Path extends keyof paths> = Answer<paths[Path]['get']>;

export type Me = Get<'/api/me'>;
export type Passkey = Get<'/api/me/passkeys'>['passkeys'][number];
export type OpenSession = Get<'/api/me/sessions'>['sessions'][number];
export type Invited = Answer<paths['/api/people']['post']>;
export type Permission = Me['permissions'][number];
export type Role = Me['role'];
export type Overview = Get<'/api/overview'>;
export type Run = NonNullable<Overview['lastRun']>;
export type RunningRun = NonNullable<Overview['running']>;
export type Activity = Overview['activity'][number];
export type Money = Overview['accrued'][number];
export type RegistrationPage = Get<'/api/registrations'>;
export type ListedRegistration = RegistrationPage['registrations'][number];
export type RegistrationStatus = ListedRegistration['status'];
export type Registration = Get<'/api/registrations/{id}'>;
export type Lifecycle = Get<'/api/registrations/{id}/lifecycle'>;
export type ConflictCase = NonNullable<Registration['conflictCase']>;
export type RivalEntry = ConflictCase['rivals'][number];
export type Finding = ConflictCase['findings'][number];
export type WriteBack = Registration['writeBack'][number];
export type CrmRecord = WriteBack['record'];
export type MappedSystem = Get<'/api/mappings'>['systems'][number];
export type MappedObject = MappedSystem['objects'][number];
export type MappedField = MappedObject['fields'][number];
export type PayoutBatch = Get<'/api/payouts'>['batches'][number];
export type PayoutDetail = Get<'/api/payouts/{id}'>;
export type PayoutItem = PayoutDetail['items'][number];
export type PayoutLine = Get<'/api/payouts/{id}/items/{itemId}'>['lines'][number];
export type Connection = Get<'/api/connections'>['connections'][number];
export type ConnectionDetail = Get<'/api/connections/{id}'>;
export type BudgetWindow = ConnectionDetail['budget'][number];
export type DeadLetterGroup = ConnectionDetail['deadLetters'][number];
export type FoundRecord = Get<'/api/records'>['records'][number];
export type RecordDetail = Get<'/api/records/{kind}/{id}'>;
export type RecordKind = RecordDetail['kind'];
export type EditableField = RecordDetail['editable'][number];
export type ExtraField = RecordDetail['extra'][number];
export type TimelineEntry = Get<'/api/records/{kind}/{id}/timeline'>['entries'][number];
export type Conflict = Get<'/api/conflicts'>['conflicts'][number];
export type Policy = Conflict['policy'];
export type ProblemGroup = Get<'/api/problems'>['groups'][number];
export type Person = Get<'/api/people'>['people'][number];
