/**
 * Values that people type because a form wants something. They are shared by unrelated companies, so each
 * field treats them as missing.
 */

const upwards = '01234567890123456789';
const downwards = [...upwards].toReversed().join('');

/** From this many digits in order on, people typed them because they had no number. */
const longRun = 7;

/**
 * True for digits without a number behind them: 000000000, 999999999, 123456789, 987654321, 121212121. A
 * number with at most two different digits is also filler.
 */
export function isFillerNumber(digits: string): boolean {
  return (
    new Set(digits).size < 3 ||
    upwards.includes(digits) ||
    downwards.includes(digits) ||
    /^(\d{2,4}?)\1{2,}$/.test(digits)
  );
}

/** True if most of a phone number is filler, such as 030 1234567. */
export function hasFillerRun(digits: string): boolean {
  for (let at = 0; at + longRun <= digits.length; at++) {
    const part = digits.slice(at, at + longRun);
    if (upwards.includes(part) || downwards.includes(part)) return true;
  }
  return /(\d)\1{6}/.test(digits);
}

/** Written instead of an address, a town or a website, in several languages. Without spaces and signs. */
const fillerTexts: ReadonlySet<string> = new Set(
  [
    'na nil null none no not notavailable notapplicable notknown notprovided notset unknown undefined undisclosed unspecified',
    'tbd tba tbc todo pending confidential private anonymous missing blank empty dummy test testing sample example default',
    'unbekannt keine keiner keineangabe kein inconnu inconnue aucun aucune neant nonrenseigne',
    'desconocido desconocida ninguno ninguna nodisponible sinclasificar sconosciuto sconosciuta nessuno nessuna nondisponibile',
    'onbekend geen nvt nietbekend okant ingen saknas ukendt ukjent tuntematon nieznany brak desconhecido nenhum naodisponivel',
    'x xx xxx xxxx xxxxx y yy z zz zzz abc asdf asdfg qwerty foo bar foobar a aa aaa',
  ]
    .join(' ')
    .split(' '),
);

/** True for “n/a”, “unknown”, “TBD”, “-”, “xxx” and the like. */
export function isFillerText(written: string): boolean {
  const letters = written
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
  return letters === '' || fillerTexts.has(letters);
}

/** Addresses of no company, typed into a field for a website or a mailbox. */
export const fillerDomains: ReadonlySet<string> = new Set(
  [
    'example.com example.org example.net test.com test.de testing.com domain.com yourdomain.com mydomain.com',
    'company.com yourcompany.com mycompany.com website.com yourwebsite.com mywebsite.com mysite.com yoursite.com nowebsite.com',
    'noweb.com nosite.com none.com none.de no.com na.com nada.com nil.com null.com nomail.com noemail.com noreply.com email.invalid',
    'notavailable.com notprovided.com notapplicable.com unknown.com tbd.com tba.com xxx.com xyz.com.au abc.xyz asdf.com qwerty.com',
    'aaa.bbb foo.com bar.com foo.bar dummy.com fake.com sample.com temp.com blank.com empty.com keine.de unbekannt.de ohne.de',
    'inconnu.fr aucun.fr desconocido.com ninguno.com onbekend.nl geen.nl',
  ]
    .join(' ')
    .split(' '),
);
