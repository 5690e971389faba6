import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toId18 } from '#sandbox/salesforce/records/ids.ts';
import type { Org } from '#sandbox/salesforce/records/org.ts';
import type { Row } from '#sandbox/salesforce/records/row.ts';
import { detailList, orgHtml, markup, orgPage, raw, statusBadge } from './record-html.ts';
import type { Html } from './record-html.ts';
import type { FieldDef, ObjectDef } from '#sandbox/salesforce/records/schema.ts';

const listed = ['Account', 'Opportunity', 'Fairway_Registration__c', 'Fairway_Payout__c'];
const listLimit = 50;
const hidden = new Set([
  'Id',
  'IsDeleted',
  'SystemModstamp',
  'CreatedById',
  'LastModifiedById',
  'OwnerId',
  'MasterRecordId',
]);
/** Shown after a record's own fields, as a CRM does. */
const last = new Set(['CurrencyIsoCode', 'CreatedDate', 'LastModifiedDate']);

/** Pages for people: search, and one record with what Fairway wrote on it. */
export function orgRecordPages(app: FastifyInstance, org: Org): void {
  app.get('/', (request, reply) => {
    const { object = 'Account', q = '' } = request.query as { object?: string; q?: string };
    const current = listed.includes(object) ? object : 'Account';
    return answer(reply, listPage(org, org.schema().object(current), current, q.trim()));
  });

  app.get('/lightning/r/:object/:id/view', (request: FastifyRequest, reply) => {
    const params = request.params as { object: string; id: string };
    const object = org.schema().object(params.object);
    const row = object && org.row(object.name, toId18(params.id) ?? '');
    if (!object || !row || row['IsDeleted'])
      return answer(
        reply.status(404),
        orgPage(
          'Not found',
          '',
          orgHtml`<h1>This record is not there</h1>
            <p>It may have been deleted. <a href="/">Back to the list</a></p>`,
        ),
      );
    return answer(reply, recordPage(org, object, row));
  });
}

const answer = (reply: FastifyReply, body: Html): FastifyReply =>
  reply.type('text/html; charset=utf-8').send(markup(body));

function listPage(org: Org, object: ObjectDef | null, current: string, search: string): Html {
  const tabs = listed.flatMap((name) => org.schema().object(name) ?? []);
  const nav = tabs.map(
    (tab) =>
      orgHtml`<a href="/?object=${tab.name}" ${raw(tab.name === current ? 'aria-current="page"' : '')}
        >${tab.labelPlural}</a
      >`,
  );
  const found = object ? searchRows(org, object, search) : [];
  const rows = found.slice(0, listLimit).map(
    (row) =>
      orgHtml`<tr>
        ${columnsOf(object).map((field, n) => orgHtml`<td>${n === 0 && object ? link(object, row, titleOf(object, row)) : show(org, field, row)}</td>`)}
      </tr>`,
  );
  const count =
    found.length > listLimit
      ? `First ${listLimit} of ${found.length.toLocaleString('en')}`
      : `${found.length} found`;
  return orgPage(
    object?.labelPlural ?? current,
    nav,
    orgHtml`<h1>${object?.labelPlural ?? 'Not installed yet'}</h1>
      <form class="search" method="get">
        <input type="hidden" name="object" value="${current}" />
        <label for="q">Search</label>
        <input id="q" type="search" name="q" value="${search}" />
        <button>Search</button>
      </form>
      <p class="muted">${count}</p>
      <div class="card scroll">
        <table>
          <thead>
            <tr>
              ${columnsOf(object).map((field, n) => orgHtml`<th scope="col">${n === 0 ? 'Name' : field.label}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </div>`,
  );
}

function searchRows(org: Org, object: ObjectDef, search: string): Row[] {
  const needle = search.toLowerCase();
  const texts = object.fields
    .filter((field) => field.type === 'string' || field.type === 'url')
    .map((field) => field.name);
  const matches = (row: Row): boolean =>
    row.Id === search ||
    texts.some((name) =>
      String(row[name] ?? '')
        .toLowerCase()
        .includes(needle),
    );
  return [...org.rows(object.name).values()].filter(
    (row) => !row['IsDeleted'] && (needle === '' || matches(row)),
  );
}

const listColumns: Readonly<Record<string, readonly string[]>> = {
  Account: ['Name', 'Type', 'BillingCity', 'BillingCountry', 'Fairway_Tier__c'],
  Opportunity: ['Name', 'AccountId', 'StageName', 'Amount', 'CloseDate', 'Fairway_Registration_Status__c'],
  Fairway_Registration__c: [
    'Name',
    'Customer_Name__c',
    'Partner__c',
    'Amount__c',
    'Status__c',
    'Protected_Until__c',
  ],
  Fairway_Payout__c: ['Name', 'Partner__c', 'Period__c', 'Amount__c', 'Status__c'],
};

function columnsOf(object: ObjectDef | null): FieldDef[] {
  if (!object) return [];
  return (listColumns[object.name] ?? ['Name']).flatMap(
    (name) => object.fields.find((field) => field.name === name) ?? [],
  );
}

/** The name a person knows a record by: a registration by its number, not by the org's running number. */
const titleOf = (object: ObjectDef, row: Row): string =>
  String((object.custom && (row['Number__c'] ?? row['Key__c'])) || row['Name'] || row.Id);

const link = (object: ObjectDef, row: Row, label: string): Html =>
  orgHtml`<a href="/lightning/r/${object.name}/${row.Id}/view">${label}</a>`;

function recordPage(org: Org, object: ObjectDef, row: Row): Html {
  const shown = object.fields.filter(
    (field) => !hidden.has(field.name) && !(object.custom && field.name === 'CurrencyIsoCode'),
  );
  const ours = shown.filter((field) => field.custom);
  const standard = shown.filter((field) => !field.custom);
  const theirs = [
    ...standard.filter((field) => !last.has(field.name)),
    ...standard.filter((field) => last.has(field.name)),
  ];
  const entries = (fields: readonly FieldDef[]) =>
    fields.map((field) => ({
      name: field.name,
      label: field.label.replace(/ ID$/, ''),
      help: field.help,
      value: show(org, field, row),
    }));
  const fairway =
    ours.length === 0
      ? orgHtml`<section class="card fairway">
          <h2>Fairway</h2>
          <p class="muted">Fairway is not installed in this org yet.</p>
        </section>`
      : orgHtml`<section class="card fairway" aria-label="Fairway">
          <h2>Fairway</h2>
          ${detailList(entries(ours))}
        </section>`;
  return orgPage(
    titleOf(object, row),
    [orgHtml`<a href="/?object=${object.name}">${object.labelPlural}</a>`],
    orgHtml` <p class="kind">${object.label}</p>
      <h1>${titleOf(object, row)}</h1>
      <div class="columns">
        <section class="card">
          <h2>Details</h2>
          ${detailList(entries(theirs))}
        </section>
        <div>${fairway}${relatedCards(org, object, row)}</div>
      </div>`,
  );
}

/** The children of a record, list by list. */
function relatedCards(org: Org, parent: ObjectDef, row: Row): Html[] {
  return listed.flatMap((name) => {
    const child = org.schema().object(name);
    const reference = child?.fields.find(
      (field) => field.referenceTo === parent.name && field.childName && field.name !== 'ParentId',
    );
    if (!child || !reference) return [];
    const related = org
      .rows(child.name)
      .values()
      .filter((one) => one[reference.name] === row.Id && !one['IsDeleted'])
      .toArray();
    if (related.length === 0) return [];
    const items = related.slice(0, 10).map(
      (one) =>
        orgHtml`<li>
          ${link(child, one, titleOf(child, one))}
          <span class="muted">${one['Customer_Name__c'] ?? one['StageName'] ?? one['Period__c'] ?? ''}</span>
          ${typeof one['Status__c'] === 'string' ? statusBadge(one['Status__c']) : ''}
        </li>`,
    );
    return [
      orgHtml`<section class="card">
        <h2>${child.labelPlural} (${related.length})</h2>
        <ul class="related">
          ${items}
        </ul>
      </section>`,
    ];
  });
}

function show(org: Org, field: FieldDef, row: Row): Html | string {
  const value = row[field.name] ?? null;
  if (value === null) return '';
  if (field.name === 'Status__c' || field.name === 'Fairway_Registration_Status__c')
    return statusBadge(String(value));
  switch (field.type) {
    case 'reference': {
      const target = field.referenceTo ? org.schema().object(field.referenceTo) : null;
      const parent = target && org.row(target.name, String(value));
      return target && parent ? link(target, parent, titleOf(target, parent)) : String(value);
    }
    case 'currency':
      // The vendor shows all amounts of a record in its one currency, whatever other fields say.
      return `${String(row['CurrencyIsoCode'] ?? org.profile.currency)} ${Number(value).toLocaleString('en', { minimumFractionDigits: 2 })}`;
    case 'datetime':
      return `${String(value).slice(0, 16).replace('T', ' ')} UTC`;
    case 'boolean':
      return value === true ? 'Yes' : 'No';
    case 'url':
      return orgHtml`<a href="${/^https?:/.test(String(value)) ? String(value) : '#'}" rel="noreferrer"
        >${String(value)}</a
      >`;
    default:
      return String(value);
  }
}
