import type { FastifyInstance, FastifyReply } from 'fastify';
import { associationsOf } from '#sandbox/hubspot/records/associations.ts';
import { portalHtml, portalPage, type Html } from './html.ts';
import { findType, objectTypes, type ObjectType } from '#sandbox/hubspot/schema/object-types.ts';
import type { Portal } from '#sandbox/hubspot/portal.ts';
import { propertiesOf, type PropertyDefinition } from '#sandbox/hubspot/schema/properties.ts';
import { findRecord, recordsOf, valueOf, type CrmRecord } from '#sandbox/hubspot/records/records.ts';

/**
 * The account's user interface: a list of records, and a record with the fields that Fairway wrote. Needs no
 * token.
 */
export function portalRecordPages(app: FastifyInstance, portal: Portal): void {
  app.get<{ Querystring: { type?: string; q?: string } }>('/', (request, reply) => {
    const types = shownTypes(portal);
    const type = types.find((one) => one.objectTypeId === request.query.type) ?? types[0];
    return type
      ? answer(reply, 200, type.labels.plural, listing(portal, types, type, request.query.q ?? ''))
      : answer(reply, 404, 'Nothing here', portalHtml`<p>No records.</p>`);
  });

  app.get<{ Params: { portalId: string; objectTypeId: string; id: string } }>(
    '/contacts/:portalId/record/:objectTypeId/:id',
    (request, reply) => {
      const { portalId, objectTypeId, id } = request.params;
      const type = portalId === String(portal.portalId) ? findType(portal, objectTypeId) : undefined;
      const record = type && findRecord(portal, type, id);
      if (!record)
        return answer(
          reply,
          404,
          'Not found',
          portalHtml`<h1>This record doesn’t exist</h1>
            <p>It may have been deleted. <a href="/">Back to all records</a></p>`,
        );
      return answer(reply, 200, titleOf(type, record), recordView(portal, type, record));
    },
  );
}

function answer(reply: FastifyReply, status: number, title: string, body: Html): FastifyReply {
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
    .send(portalPage(title, body));
}

/**
 * Contacts play no part in a partner channel; companies come first, then deals, then the account's own
 * objects.
 */
const shownTypes = (portal: Portal): ObjectType[] =>
  objectTypes(portal).filter((type) => type.name !== 'contact');

const titleOf = (type: ObjectType, record: CrmRecord): string =>
  valueOf(type, record, type.primaryDisplayProperty) ?? `Record ${record.id}`;
const addressOf = (portal: Portal, type: ObjectType, record: CrmRecord): string =>
  `/contacts/${portal.portalId}/record/${type.objectTypeId}/${record.id}`;
const linkTo = (portal: Portal, type: ObjectType, record: CrmRecord): Html =>
  portalHtml`<a href="${addressOf(portal, type, record)}">${titleOf(type, record)}</a>`;

const listLength = 50;

function listing(portal: Portal, types: readonly ObjectType[], type: ObjectType, query: string): Html {
  const wanted = query.trim().toLowerCase();
  const names = [type.primaryDisplayProperty, ...columnsOf(type)];
  const found = [...recordsOf(portal, type).values()].filter(
    (record) =>
      !record.archived &&
      (wanted === '' || names.some((name) => valueOf(type, record, name)?.toLowerCase().includes(wanted))),
  );
  const definitions = propertiesOf(portal, type);
  const rows = found.slice(0, listLength).map(
    (record) =>
      portalHtml`<tr>
        <td>${linkTo(portal, type, record)}</td>
        ${columnsOf(type).map((name) => portalHtml`<td>${shown(definitions.get(name), valueOf(type, record, name))}</td>`)}
      </tr>`,
  );
  const count =
    found.length > listLength
      ? `${listLength} of ${found.length} records; search to narrow them down`
      : `${found.length} ${found.length === 1 ? 'record' : 'records'}`;
  return portalHtml`<nav aria-label="Objects">
      <ul class="tabs">
        ${types.map(
          (one) =>
            portalHtml`<li>
              <a href="/?type=${one.objectTypeId}" ${one === type ? portalHtml`aria-current="page"` : ''}
                >${one.labels.plural}</a
              >
            </li>`,
        )}
      </ul>
    </nav>
    <form role="search" action="/">
      <input type="hidden" name="type" value="${type.objectTypeId}" /><input
        type="search"
        name="q"
        value="${query}"
        aria-label="Search ${type.labels.plural}"
        placeholder="Search"
      /><button>Search</button>
    </form>
    <section class="card">
      <h1>${type.labels.plural}</h1>
      <p class="soft">${count}</p>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              ${names.map((name) => portalHtml`<th scope="col">${definitions.get(name)?.label ?? name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </div>
    </section>`;
}

const columns: Readonly<Record<string, readonly string[]>> = {
  company: ['domain', 'type', 'country', 'fairway_tier'],
  deal: ['dealstage', 'amount', 'fairway_registration_status'],
  fairway_registration: ['customer_name', 'status', 'protected_until'],
  fairway_payout: ['period', 'amount', 'status'],
};
const columnsOf = (type: ObjectType): readonly string[] => columns[type.name] ?? [];

/**
 * On standard objects Fairway's properties carry its prefix; on its own objects they are the decision, not
 * the claim.
 */
const decided = new Set([
  'status',
  'decided_at',
  'protected_until',
  'reason',
  'conflict_summary',
  'conflict_score',
]);
const isFairways = (type: ObjectType, name: string): boolean =>
  name.startsWith('fairway_') ||
  (type.name === 'fairway_registration' && decided.has(name)) ||
  type.name === 'fairway_payout';

function recordView(portal: Portal, type: ObjectType, record: CrmRecord): Html {
  const definitions = [...propertiesOf(portal, type).values()];
  const fairways = definitions.filter(
    (definition) => isFairways(type, definition.name) && !definition.hubspotDefined,
  );
  const rest = definitions.filter((definition) => !fairways.includes(definition));
  const entries = (some: readonly PropertyDefinition[]): Html[] =>
    some.flatMap((definition) => {
      const value = valueOf(type, record, definition.name);
      if (value === null) return [];
      return portalHtml`<div>
        <dt>${definition.label}</dt>
        <dd>${display(definition, value)}</dd>
      </div>`;
    });
  const written = entries(fairways);
  return portalHtml`<p class="soft"><a href="/?type=${type.objectTypeId}">${type.labels.plural}</a></p>
    <h1>${titleOf(type, record)}</h1>
    <p class="soft">${type.labels.singular} · record ${record.id} · changed ${readable(record.updatedAt)}</p>
    <div class="columns">
      <div class="stack">
        <section class="card fairway" data-testid="fairway">
          <h2>Fairway</h2>
          ${written.length > 0 ? portalHtml`<dl>${written}</dl>` : portalHtml`<p class="soft">Fairway has written nothing here yet.</p>`}
        </section>
        ${shownTypes(portal).map((to) => associatedCard(portal, type, record, to))}
      </div>
      <section class="card">
        <h2>About this ${type.labels.singular.toLowerCase()}</h2>
        <dl>${entries(rest)}</dl>
      </section>
    </div>`;
}

function associatedCard(portal: Portal, type: ObjectType, record: CrmRecord, to: ObjectType): Html {
  const others = associationsOf(portal, type, record.id, to).flatMap(
    (other) => findRecord(portal, to, other.id) ?? [],
  );
  if (others.length === 0) return portalHtml``;
  const definitions = propertiesOf(portal, to);
  const state = (other: CrmRecord): Html => {
    const value = valueOf(to, other, 'status') ?? valueOf(to, other, 'dealstage');
    return value === null
      ? portalHtml``
      : portalHtml` <span class="badge"
          >${shown(definitions.get('status') ?? definitions.get('dealstage'), value)}</span
        >`;
  };
  return portalHtml`<section class="card">
    <h2>${to.labels.plural}</h2>
    <ul>
      ${others.slice(0, listLength).map((other) => portalHtml`<li>${linkTo(portal, to, other)}${state(other)}</li>`)}
    </ul>
  </section>`;
}

const badged = (definition: PropertyDefinition): boolean =>
  definition.type === 'enumeration' || definition.name === 'fairway_tier';
const display = (definition: PropertyDefinition, value: string): Html =>
  badged(definition)
    ? portalHtml`<span class="badge">${shown(definition, value)}</span>`
    : portalHtml`${shown(definition, value)}`;

/** A value as people read it: the option's label, the day, the minute. */
function shown(definition: PropertyDefinition | undefined, value: string | null): string {
  if (value === null) return '';
  if (definition?.type === 'datetime') return readable(value);
  return definition?.options.find((option) => option.value === value)?.label ?? value;
}

const readable = (instant: string): string => `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
