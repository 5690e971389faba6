/**
 * Removes from a written name everything that is not the name: markup, symbols, invisible characters, remarks
 * of CRM users and the person or company that receives the mail. Each expression reads the text once.
 */
import { ALL_ENTITIES, EntityDecoder } from '@nodable/entities';

const entities = new EntityDecoder({ namedEntities: ALL_ENTITIES });

/** Latin letters and the letters of other alphabets that look the same. */
const lookalikes: ReadonlyMap<string, string> = new Map(
  [
    'АAВBЕEЅSІIЈJКKМMНHОOРPСCТTУYХXаaеeоoрpсcуyхxѕsіiјjһhԁdԛqԝwАAкkмmнhтt',
    'ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXοoαaνvρpτtυuχxιiκk',
  ].flatMap((pairs) =>
    [...pairs.matchAll(/(.)(.)/gu)].map(([, other = '', latin = '']) => [other, latin] as const),
  ),
);

/** Remarks that CRM users write before or behind a name, in lower case without accents. */
const remarks: ReadonlySet<string> = new Set(
  [
    'do not use|dont use|do not contact|do not call|not in use|not active|duplicate|duplicated|dup|dupe|inactive|test|test account',
    'zz|zzz|zzzz|xxx|demo|demo account|old|old account|obsolete|deprecated|archived|archive|closed|merged|deleted|delete|to be deleted|to delete',
    'on hold|out of business|vip|key account|see other account|wrong account|use other account',
    'nicht verwenden|nicht benutzen|gesperrt|geloscht|inaktiv|dublette|doppelt|ne pas utiliser|doublon|inactif|no usar',
    'duplicado|inactivo|non usare|duplicato|niet gebruiken|dubbel|nao usar|inativo|nie uzywac|anvand ej|bruk ikke',
  ].flatMap((line) => line.split('|')),
);

/** Between a name and a remark: a dash with a space, a colon, star, bar, slash, comma, hash or bracket. */
const remarkMark = /(\s[-–—]+|[-–—]+\s|[:*|/,#()[\]!]+)/u;

/** A legal form, and behind a dash or slash the place or the project: "Acme AG / Stuttgart". */
const placeBehindForm =
  /(?<=\s(?:ag|se|kg|gmbh|inc\.?|incorporated|ltd\.?|limited|llc|corp\.?|corporation|plc|s\.?a\.?|s\.?p\.?a\.?|srl|sarl|sas|b\.?v\.?|n\.?v\.?|ab|oyj?|a\/s|a\.?s\.?))\s+[-–—/|]\s+[^/|]{2,60}$/iu;

const receiver = /(?:^|[\s,;(])(?:c\/o:?|attn\s?[:.]|attention:|z\.\s?hd\.|zu händen|zu hd\.)(?:\s.*)?$/iu;

/** A punctuation mark inside a word that no company writes there: "ho[use". */
const strayMark = /(?<=\p{Ll})[[\]{}#^~\\=<>?%"`¦§](?=\p{Ll})/gu;

export function cleanName(written: string): string {
  const plain = withoutMarks(decoded(written)).normalize('NFKC');
  // Most names have only letters, digits and a few marks.
  const readable = /^[\w\s&.,'()-]*$/.test(plain)
    ? plain
    : withLatinLookalikes(plain.replace(/\p{DI}/gu, '').replace(/[\p{So}\p{Cc}\p{RI}]/gu, ' ')).replace(
        strayMark,
        '',
      );
  return withoutRemarks(readable.replace(receiver, '')).trim();
}

/** Texts that were exported from web forms twice have their entities encoded twice. */
function decoded(text: string): string {
  if (!/[&<]/.test(text)) return text;
  const once = text.includes(';') ? entities.decode(text) : text;
  const twice = once !== text && once.includes(';') ? entities.decode(once) : once;
  return twice.replace(/<\/?[a-z][^<>]{0,200}>/gi, ' ');
}

/** They would become letters otherwise: "Acme™" would be "AcmeTM". */
function withoutMarks(text: string): string {
  if (!/[^ -~]|\(/.test(text)) return text;
  return text.replace(
    /[®©™℠℗\u{1F12F}\u{1F16A}-\u{1F16C}]|\((?:r|tm|sm)\)|[\u{1F3FB}-\u{1F3FF}]|\u20e3/giu,
    '',
  );
}

/** Only in a word that mixes alphabets, because a word in one alphabet is written as meant. */
function withLatinLookalikes(text: string): string {
  if (!/\p{Script=Latin}/u.test(text) || !/[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(text)) return text;
  return text.replace(/[\p{L}\p{M}]+/gu, (word) =>
    /\p{Script=Latin}/u.test(word)
      ? [...word].map((letter) => lookalikes.get(letter) ?? letter).join('')
      : word,
  );
}

function withoutRemarks(text: string): string {
  const place = placeBehindForm.exec(text);
  let rest = (place === null ? text : text.slice(0, place.index)).replace(/^z{2,}[\s_]+(?=\p{L}{3})/iu, '');
  if (!remarkMark.test(rest)) return /\snot?\s/i.test(rest) ? withoutPlainRemark(rest) : rest;
  const parts = rest.split(remarkMark);
  let first = 0;
  let last = parts.length;
  while (last > first + 2 && isEmptyOrRemark(parts[last - 1])) last -= 2;
  while (first + 2 < last && isEmptyOrRemark(parts[first]) && parts[first + 1] !== ',') first += 2;
  if (parts.slice(first, last).every(isEmptyOrRemark)) return text;
  if (parts.slice(0, first).some(isRemark) || parts.slice(last).some(isRemark))
    rest = parts.slice(first, last).join('');
  return withoutPlainRemark(rest);
}

/** Some remarks are never the end of a name, so they need no mark. */
function withoutPlainRemark(text: string): string {
  return text.replace(
    /\s(?:do not use|do not contact|nicht verwenden|ne pas utiliser|non usare)[\s!.]{0,9}$/iu,
    '',
  );
}

function isRemark(part = ''): boolean {
  return remarks.has(
    part
      .normalize('NFKD')
      .replace(/[^\p{L}\p{N}\s]/gu, '')
      .trim()
      .toLowerCase(),
  );
}

function isEmptyOrRemark(part = ''): boolean {
  return !/[\p{L}\p{N}]/u.test(part) || isRemark(part);
}
