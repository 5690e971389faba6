/**
 * Texts that people write when there is no company, folded, by language. A text that may also be a company,
 * such as "home" or "x", is left out.
 */
const noCompany: ReadonlySet<string> = new Set(
  [
    'self employed|selfemployed|self employment|freelance|freelancer|independent contractor|individual|private individual|private person|unemployed|not employed|retired|student',
    'none|no company|no name|noname|no account|not applicable|not available|not provided|not known|unknown|unknown company|unspecified|undisclosed|anonymous|null|undefined|nil|tbd|tba|tbc',
    'to be determined|to be defined|to be confirmed|to be announced|to be advised|confidential|end customer|end user|enduser|customer|my company|company name|your company|test|test account|test company|test customer',
    'test test|dummy|dummy account|sample account|demo account|placeholder|do not use|asdf|qwerty|xxx|xxxx|abc company|various|various customers|miscellaneous|misc|house account|cash customer|walk in customer',
    'keine|keine angabe|keine firma|ohne firma|unbekannt|privat|privatperson|selbstandig|selbststandig|selbstaendig|freiberufler|endkunde|kunde|diverse|vertraulich|testfirma|testkunde|arbeitslos|rentner',
    'aucun|aucune|aucune entreprise|inconnu|neant|particulier|independant|client final|confidentiel|sans emploi|auto entrepreneur|retraite|etudiant|a definir',
    'ninguno|ninguna|sin empresa|desconocido|no aplica|autonomo|cliente final|confidencial|particular|por definir|jubilado|prueba',
    'nessuno|nessuna|sconosciuto|libero professionista|privato|cliente finale|riservato|da definire|prova',
    'nenhum|nenhuma|desconhecido|nao aplicavel|autonoma|a definir|teste|geen|onbekend|particulier|zelfstandig|zelfstandige|zzp|niet van toepassing|eindklant',
    'ingen|okand|ukjent|ukendt|privatperson|egenforetagare|slutkund|brak|nieznany|osoba prywatna|klient koncowy|zadna|neznamy|soukroma osoba|net|neizvestno|chastnoye litso|test ooo|bilinmiyor|yok',
  ].flatMap((line) => line.split('|')),
);

/** True if the text names no company: "Self-employed", "N/A", "TBD", "unbekannt". */
export function namesNoCompany(written: string, words: readonly string[]): boolean {
  return /^\W*n\W+a\W*$/i.test(written) || noCompany.has(words.join(' '));
}
