import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPlaceholder } from '#src/domain/registrations/placeholder.ts';

describe('a placeholder', () => {
  test.each([
    ['signs', ['', '???', '-', '...', '_', '😀', 'x', 'X', 'xxx', '000', 'aaaa', 'n', '?!']],
    [
      'a text for "not given"',
      ['TBD', 't.b.d.', 'TBC', 'N/A', 'n.a.', 'NA', 'none', 'Not disclosed', 'under NDA', 'No name'],
    ],
    [
      'keys next to each other',
      ['asdf', 'ASDF', 'qwerty', 'qwertz', 'azerty', 'zxcv', 'lkjh', 'dfghj', 'qweqwe', '1234', 'йцукен'],
    ],
    [
      'the customer as such',
      [
        'End customer',
        'End-Customer',
        'the customer',
        'Client',
        'Company',
        'Customer A',
        'Company X',
        'Client 2',
      ],
    ],
    [
      'a combination',
      [
        'Unknown customer',
        'Confidential client',
        'Test Company',
        'TBD - customer',
        'test123',
        'Test Account 3',
        '<unknown>',
      ],
    ],
    ['German', ['Unbekannt', 'Vertraulich', 'Endkunde', 'Testfirma', 'Max Mustermann', 'k.A.']],
    ['French', ['Inconnu', 'Confidentiel', 'Client final', 'à définir', 'ESSAI']],
    ['Spanish', ['Desconocido', 'Confidencial', 'cliente final', 'prueba', 'Por definir']],
    ['Portuguese', ['Desconhecido', 'teste', 'A definir', 'não informado']],
    ['Italian', ['Sconosciuto', 'Riservato', 'prova', 'da definire', 'Cliente finale']],
    ['Dutch', ['Onbekend', 'Vertrouwelijk', 'eindklant', 'nader te bepalen']],
    ['Swedish, Danish and Norwegian', ['Okänd', 'slutkund', 'Ukendt', 'Fortrolig', 'Ukjent', 'sluttkunde']],
    ['Finnish', ['Tuntematon', 'testi', 'loppuasiakas']],
    [
      'Polish, Czech and Hungarian',
      ['Nieznany', 'poufne', 'próba', 'Neznámý', 'koncový zákazník', 'ismeretlen', 'teszt'],
    ],
    ['Turkish and Greek', ['Bilinmiyor', 'gizli', 'deneme', 'Άγνωστος', 'δοκιμή']],
    ['Russian and Ukrainian', ['тест', 'Неизвестно', 'не указано', 'Конечный заказчик', 'невідомо']],
    [
      'Japanese, Chinese and Korean',
      [
        'テスト',
        '未定',
        '不明',
        'エンドユーザー',
        '测试',
        '保密',
        '最终客户',
        '테스트',
        '미정',
        '알 수 없음',
      ],
    ],
    ['Arabic and Hebrew', ['اختبار', 'غير معروف', 'בדיקה', 'לקוח קצה']],
  ] as const)('is %s', (_what, names) => {
    expect(names.filter((name) => !isPlaceholder(name))).toEqual([]);
  });

  test('is not the name of a company, however short or close to a placeholder', () => {
    const companies = [
      ...[
        'ABB',
        '3M',
        'HP',
        'GE',
        'EY',
        'BP',
        'IBM',
        'SAP',
        'A1',
        'O2',
        '1&1',
        'AA',
        'AAA',
        'ABC',
        '888',
        '360',
        'E.ON',
        'DHL',
        'TBS',
      ],
      ...[
        'X Corp',
        'Test Rite Group',
        'Confidential Computing Ltd',
        'Unknown Worlds',
        'Customer Alliance',
        'Client First Bank',
      ],
      ...[
        'Test GmbH',
        'Company Ltd',
        'Die Firma GmbH',
        'Private Bank Ltd',
        'Anonymous Content LLC',
        'Various Eateries plc',
      ],
      ...[
        'Other Stories',
        'New Look',
        'Lead Forensics',
        'Blank Rome LLP',
        'Wert',
        'Qwertee',
        'Musterring',
        'TBC Bank',
        'Die Zeit',
        '公司宝',
      ],
    ];
    expect(companies.filter(isPlaceholder)).toEqual([]);
  });

  test('does not depend on case, on spaces around it, or on signs behind it', () => {
    const names = fc.oneof(
      fc.constantFrom('Test', 'Unknown', 'ABB', 'Acme Robotics', 'N/A', '未定'),
      fc.string(),
    );
    const signs = fc.constantFrom(' ', '!', ' ...', '?', ' -');
    fc.assert(
      fc.property(names, signs, (name, sign) => {
        const other = `${sign}${name.toUpperCase()}${sign}`;
        expect(isPlaceholder(other)).toBe(isPlaceholder(name.toUpperCase()));
      }),
    );
  });

  test('is found in a long name without searching it again and again', () => {
    expect(isPlaceholder('ab'.repeat(32_768))).toBe(false);
    expect(isPlaceholder('?'.repeat(65_536))).toBe(true);
  });
});
