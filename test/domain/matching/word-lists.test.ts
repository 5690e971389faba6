import { describe, expect, test } from 'vitest';
import { streetAddress } from '#src/domain/matching/fields/address.ts';
import { companyDomain } from '#src/domain/matching/fields/domain.ts';
import { otherNameMarks } from '#src/domain/matching/names/aliases.ts';
import { leadingForms, leadingWords, optionalForms } from '#src/domain/matching/names/legal-forms.ts';
import { fillers, isDistinctive, isPartWord } from '#src/domain/matching/names/name-words.ts';

/** The lists are repeated here, so that no word is removed or changed unnoticed. */
const words = (...lines: string[]): readonly string[] => lines.join(' ').split(' ');

describe('words in names', () => {
  test('these words are fillers', () => {
    expect([...fillers]).toEqual(
      words('and of the for in de la le les du des del di der die das und et y e og och en von van'),
    );
  });

  test('these words are for a part of a group', () => {
    const parts = words(
      'group groupe grupo gruppe gruppo holdings international global worldwide enterprises com online',
      'division branch office headquarters hq subsidiary sales distribution niederlassung vertrieb regional',
      'europe europa european emea apac latam mea asia africa america americas pacific nordic nordics',
      'benelux dach iberia baltics gulf north south east west northern southern eastern western central',
      'uk usa us uae eu nz kingdom states zealand korea deutschland osterreich schweiz suisse italia',
      'espana nederland belgie belgique sverige norge danmark suomi polska brasil cesko turkiye nippon',
      'british german french italian spanish american canadian australian indian japanese chinese dutch',
      'germany france japan',
    );
    expect(parts.filter((word) => !isPartWord(word) || isDistinctive(word))).toEqual([]);
  });

  test('these words are too common to be evidence', () => {
    const common = words(
      'bank banco banque insurance capital fund trust finance financial investments partners ventures energy',
      'power oil gas steel metal metals mining gold water electric food foods health healthcare medical',
      'university hospital school college city county state department ministry institute association foundation',
      'technology system solutions service software digital data media design consulting engineering manufacturing',
      'industries industrial products trading logistics transport airlines motors auto construction real estate',
      'first national united general standard premier prime new royal star blue green red smart future',
      'alpha beta gamma delta omega sigma planet metro union center laboratories pharmaceuticals network motor',
      'chemicals electronics communications telecommunications railway airport chemical pharmacy hotel hotels',
      'restaurant clinic academy library museum court police army navy defence defense justice interior affairs',
      'embassy consulate parliament commission committee council municipality canton province region government',
      'agency authority bureau administration federal transportation shipping petroleum supply materials',
      'resources machinery automotive works',
    );
    expect(common.filter((word) => isDistinctive(word) || isPartWord(word))).toEqual([]);
  });

  test('any other word is evidence, and a number is not', () => {
    expect(['acme', 'contoso', 'x1', '1x'].filter((word) => !isDistinctive(word))).toEqual([]);
    expect(['1', '2026', ''].map((word) => [isDistinctive(word), isPartWord(word)])).toEqual([
      [false, false],
      [false, false],
      [true, false],
    ]);
  });

  test('these marks are followed by another name', () => {
    expect(otherNameMarks.join(', ')).toBe(
      'd/b/a, dba, d.b.a, d.b.a., doing business as, t/a, t/as, trading as, brand of, f/k/a, fka, f.k.a, ' +
        'f.k.a., formerly, formerly known as, formerly called, previously, previously known as, a/k/a, aka, ' +
        'a.k.a, a.k.a., also known as, n/k/a, nka, now known as, v/h, voorheen, ehemals, vormals, früher, ' +
        'anciennement, antes, tidigare',
    );
  });

  test('these legal forms may precede a name', () => {
    expect([...leadingForms]).toEqual(
      words(
        'pt ooo ao jsc llc uab sia sprl bvba asbl kk gk tnhh cty_cp cong_ty vietnamese_kinds sarl eurl oy oyj',
        'stichting ets firma german_persons',
      ),
    );
    expect([...leadingWords]).toEqual(
      words(
        'aktiebolaget aktiebolag aktieselskabet aktieselskab aksjeselskapet aktsiaselts osauhing osakeyhtio',
        'aktiengesellschaft',
      ),
    );
    expect([...optionalForms].join(' ')).toBe(
      'ab as ou sa sas sc nv bv ad dd tov too mb kb hb ks kf pp ip ste srl spa ltd sl sp',
    );
  });
});

describe('words in addresses', () => {
  test.each([
    'street st str road rd avenue ave av boulevard blvd bd drive dr lane ln court ct place pl square sq terrace ter',
    'highway hwy parkway pkwy way circle cir crescent close row alley expressway plaza quay trail pike route rte',
    'north south east west n s e w ne nw se sw strasse weg platz allee gasse ring ufer damm rue chemin quai impasse',
    'allees cours via viale piazza corso largo vicolo calle avenida avda carrera cra paseo camino rua praca travessa',
    'ulica ul aleja plac utca ut tere straat laan plein gata gatan vagen vej vei gade katu tie jalan jl lorong marg',
    'nagar ulitsa prospekt pr the of de la le les du des del della di da do dos das der am an im zum zur no nr num',
  ])('none of these words distinguishes streets: %s', (line) => {
    for (const word of line.split(' '))
      expect([word, streetAddress(`12 ${word} Washington`)]).toEqual([
        word,
        { house: '12', street: 'washington' },
      ]);
  });

  test.each(
    words('suite ste unit apt apartment floor fl room rm bldg building office ofc etage piso piano lokal'),
  )('the text after “%s” is a part of the building', (word) => {
    expect(streetAddress(`12 Washington ${word} Five`)).toEqual({ house: '12', street: 'washington' });
  });

  test.each(words('strasse str straat gatan gata vagen gade'))(
    'a street that ends with “%s” is identified by the part before it',
    (ending) => {
      expect(streetAddress(`Washing${ending} 12`)).toEqual({ house: '12', street: 'washing' });
      expect(streetAddress(`Wa${ending} 12`)).toEqual({ house: '12', street: `wa${ending}` });
    },
  );
});

test('these hosts, which many companies share, do not identify one by themselves', () => {
  const hosts = words(
    'facebook.com fb.com fb.me linkedin.com lnkd.in instagram.com twitter.com x.com youtube.com youtu.be',
    'tiktok.com pinterest.com vk.com xing.com whatsapp.com wa.me t.me telegram.org medium.com linktr.ee',
    'google.com goo.gl bit.ly yelp.com crunchbase.com wikipedia.org github.com github.io gitlab.io',
    'wixsite.com wix.com weebly.com squarespace.com wordpress.com blogspot.com blogger.com tumblr.com webflow.io',
    'myshopify.com shopify.com etsy.com ebay.com godaddysites.com business.site jimdo.com jimdosite.com',
    'jimdofree.com netlify.app vercel.app herokuapp.com pages.dev web.app firebaseapp.com azurewebsites.net carrd.co',
    'notion.site sharepoint.com onmicrosoft.com hubspotpagebuilder.com force.com site.com strikingly.com site123.me',
    'ueniweb.com',
  );
  expect(hosts.filter((host) => companyDomain(host) !== null)).toEqual([]);
});
