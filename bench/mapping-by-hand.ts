/**
 * The mapping of `bench/mapping.ts` written by hand: one literal for each direction, with only the checks
 * these fields need.
 */
type Remote = Readonly<Record<string, unknown>>;
type Ours = Readonly<Record<string, string | boolean | null | undefined>>;

function text(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string') throw new TypeError('not a text');
  return value.replaceAll('\r\n', '\n').trim() || null;
}

const plain = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/;
function decimal(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const digits = String(value).trim();
  if (plain.test(digits)) return digits;
  throw new TypeError('not a plain number');
}

function boolean(value: unknown): boolean | null {
  if (value === null || typeof value === 'boolean') return value;
  throw new TypeError('not true or false');
}

const day = /^\d{4}-\d\d-\d\d$/;
function date(value: unknown): string | null {
  if (value === null) return null;
  if (typeof value === 'string' && day.test(value) && !Number.isNaN(Date.parse(value))) return value;
  throw new TypeError('not a date');
}

function instant(value: unknown): string | null {
  return value === null ? null : new Date(String(value).replace('+0000', 'Z')).toISOString();
}

function size(value: unknown): string | null {
  switch (value) {
    case 'Small':
      return 'small';
    case 'Medium':
      return 'medium';
    case 'Large':
      return 'large';
    default:
      throw new TypeError('no such size');
  }
}

const host = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]{2,63}$/;
function domain(value: unknown): string | null {
  if (value === null) return null;
  const name = String(value)
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/[/?#:].*$/, '')
    .replace(/^www\./, '');
  if (host.test(name)) return name;
  throw new TypeError('not a domain');
}

export function accountByHand(r: Remote): Ours {
  return {
    name: text(r['Name']),
    domain: domain(r['Website']),
    'extra.text0': text(r['F_text0__c']),
    'extra.text1': text(r['F_text1__c']),
    'extra.text2': text(r['F_text2__c']),
    'extra.text3': text(r['F_text3__c']),
    'extra.text4': text(r['F_text4__c']),
    'extra.text5': text(r['F_text5__c']),
    'extra.text6': text(r['F_text6__c']),
    'extra.text7': text(r['F_text7__c']),
    'extra.text8': text(r['F_text8__c']),
    'extra.text9': text(r['F_text9__c']),
    'extra.text10': text(r['F_text10__c']),
    'extra.text11': text(r['F_text11__c']),
    'extra.text12': text(r['F_text12__c']),
    'extra.text13': text(r['F_text13__c']),
    'extra.text14': text(r['F_text14__c']),
    'extra.text15': text(r['F_text15__c']),
    'extra.text16': text(r['F_text16__c']),
    'extra.text17': text(r['F_text17__c']),
    'extra.decimal0': decimal(r['F_decimal0__c']),
    'extra.decimal1': decimal(r['F_decimal1__c']),
    'extra.decimal2': decimal(r['F_decimal2__c']),
    'extra.decimal3': decimal(r['F_decimal3__c']),
    'extra.decimal4': decimal(r['F_decimal4__c']),
    'extra.decimal5': decimal(r['F_decimal5__c']),
    'extra.decimal6': decimal(r['F_decimal6__c']),
    'extra.decimal7': decimal(r['F_decimal7__c']),
    'extra.decimal8': decimal(r['F_decimal8__c']),
    'extra.decimal9': decimal(r['F_decimal9__c']),
    'extra.decimal10': decimal(r['F_decimal10__c']),
    'extra.decimal11': decimal(r['F_decimal11__c']),
    'extra.boolean0': boolean(r['F_boolean0__c']),
    'extra.boolean1': boolean(r['F_boolean1__c']),
    'extra.boolean2': boolean(r['F_boolean2__c']),
    'extra.boolean3': boolean(r['F_boolean3__c']),
    'extra.boolean4': boolean(r['F_boolean4__c']),
    'extra.boolean5': boolean(r['F_boolean5__c']),
    'extra.boolean6': boolean(r['F_boolean6__c']),
    'extra.boolean7': boolean(r['F_boolean7__c']),
    'extra.date0': date(r['F_date0__c']),
    'extra.date1': date(r['F_date1__c']),
    'extra.date2': date(r['F_date2__c']),
    'extra.date3': date(r['F_date3__c']),
    'extra.date4': date(r['F_date4__c']),
    'extra.date5': date(r['F_date5__c']),
    'extra.date6': date(r['F_date6__c']),
    'extra.date7': date(r['F_date7__c']),
    'extra.instant0': instant(r['F_instant0__c']),
    'extra.instant1': instant(r['F_instant1__c']),
    'extra.instant2': instant(r['F_instant2__c']),
    'extra.instant3': instant(r['F_instant3__c']),
    'extra.instant4': instant(r['F_instant4__c']),
    'extra.instant5': instant(r['F_instant5__c']),
    'extra.text0Choice': size(r['F_text0Choice__c']),
    'extra.text1Choice': size(r['F_text1Choice__c']),
    'extra.text2Choice': size(r['F_text2Choice__c']),
    'extra.text3Choice': size(r['F_text3Choice__c']),
    'extra.text4Choice': size(r['F_text4Choice__c']),
    'extra.text5Choice': size(r['F_text5Choice__c']),
  };
}

function outText(value: Ours[string]): string | null {
  const given = text(value);
  if (given !== null && given.length > 255) throw new TypeError('too long');
  return given;
}

function outDecimal(value: Ours[string]): number | string | null {
  const digits = decimal(value);
  if (digits === null) return null;
  const number = Number(digits);
  return String(number) === digits ? number : digits;
}

const outBoolean = boolean;
const outDate = date;
const outInstant = instant;

function outSize(value: Ours[string]): string | null {
  switch (value) {
    case 'small':
      return 'Small';
    case 'medium':
      return 'Medium';
    case 'large':
      return 'Large';
    default:
      throw new TypeError('no such size');
  }
}

const required = (value: string | null): string => {
  if (value === null) throw new TypeError('it is missing');
  return value;
};

export function remoteByHand(v: Ours): Readonly<Record<string, unknown>> {
  return {
    Name: required(outText(v['name'])),
    Website: domain(v['domain']),
    F_text0__c: outText(v['extra.text0']),
    F_text1__c: outText(v['extra.text1']),
    F_text2__c: outText(v['extra.text2']),
    F_text3__c: outText(v['extra.text3']),
    F_text4__c: outText(v['extra.text4']),
    F_text5__c: outText(v['extra.text5']),
    F_text6__c: outText(v['extra.text6']),
    F_text7__c: outText(v['extra.text7']),
    F_text8__c: outText(v['extra.text8']),
    F_text9__c: outText(v['extra.text9']),
    F_text10__c: outText(v['extra.text10']),
    F_text11__c: outText(v['extra.text11']),
    F_text12__c: outText(v['extra.text12']),
    F_text13__c: outText(v['extra.text13']),
    F_text14__c: outText(v['extra.text14']),
    F_text15__c: outText(v['extra.text15']),
    F_text16__c: outText(v['extra.text16']),
    F_text17__c: outText(v['extra.text17']),
    F_decimal0__c: outDecimal(v['extra.decimal0']),
    F_decimal1__c: outDecimal(v['extra.decimal1']),
    F_decimal2__c: outDecimal(v['extra.decimal2']),
    F_decimal3__c: outDecimal(v['extra.decimal3']),
    F_decimal4__c: outDecimal(v['extra.decimal4']),
    F_decimal5__c: outDecimal(v['extra.decimal5']),
    F_decimal6__c: outDecimal(v['extra.decimal6']),
    F_decimal7__c: outDecimal(v['extra.decimal7']),
    F_decimal8__c: outDecimal(v['extra.decimal8']),
    F_decimal9__c: outDecimal(v['extra.decimal9']),
    F_decimal10__c: outDecimal(v['extra.decimal10']),
    F_decimal11__c: outDecimal(v['extra.decimal11']),
    F_boolean0__c: outBoolean(v['extra.boolean0']),
    F_boolean1__c: outBoolean(v['extra.boolean1']),
    F_boolean2__c: outBoolean(v['extra.boolean2']),
    F_boolean3__c: outBoolean(v['extra.boolean3']),
    F_boolean4__c: outBoolean(v['extra.boolean4']),
    F_boolean5__c: outBoolean(v['extra.boolean5']),
    F_boolean6__c: outBoolean(v['extra.boolean6']),
    F_boolean7__c: outBoolean(v['extra.boolean7']),
    F_date0__c: outDate(v['extra.date0']),
    F_date1__c: outDate(v['extra.date1']),
    F_date2__c: outDate(v['extra.date2']),
    F_date3__c: outDate(v['extra.date3']),
    F_date4__c: outDate(v['extra.date4']),
    F_date5__c: outDate(v['extra.date5']),
    F_date6__c: outDate(v['extra.date6']),
    F_date7__c: outDate(v['extra.date7']),
    F_instant0__c: outInstant(v['extra.instant0']),
    F_instant1__c: outInstant(v['extra.instant1']),
    F_instant2__c: outInstant(v['extra.instant2']),
    F_instant3__c: outInstant(v['extra.instant3']),
    F_instant4__c: outInstant(v['extra.instant4']),
    F_instant5__c: outInstant(v['extra.instant5']),
    F_text0Choice__c: outSize(v['extra.text0Choice']),
    F_text1Choice__c: outSize(v['extra.text1Choice']),
    F_text2Choice__c: outSize(v['extra.text2Choice']),
    F_text3Choice__c: outSize(v['extra.text3Choice']),
    F_text4Choice__c: outSize(v['extra.text4Choice']),
    F_text5Choice__c: outSize(v['extra.text5Choice']),
  };
}
