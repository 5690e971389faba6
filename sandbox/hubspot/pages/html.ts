/** Markup that is already safe. Anything else put into an `html` template is escaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | null | readonly Html[];

export function portalHtml(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + string + render(parts[index]), ''));
}

function render(part: Part | undefined): string {
  if (part === undefined || part === null) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map((one) => one.text).join('');
  return String(part).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function portalPage(title: string, body: Html): string {
  return portalHtml`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · HubSpot sandbox</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <header><a href="/">HubSpot sandbox</a><span>Sales CRM</span></header>
        <main>${body}</main>
      </body>
    </html>`.text;
}

const style = new Html(`
:root { --ink: #213343; --soft: #516f90; --line: #cbd6e2; --paper: #fff; --ground: #f5f8fa; --accent: #d33f10; --link: #00637a; color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif; }
header { display: flex; gap: 1rem; align-items: baseline; padding: .75rem 1.25rem; background: #213343; color: #fff; }
header a { color: #fff; font-weight: 700; text-decoration: none; }
header span { color: #cbd6e2; }
main { max-width: 72rem; margin: 0 auto; padding: 1.25rem; }
a { color: var(--link); }
a:focus-visible, button:focus-visible, input:focus-visible { outline: 3px solid #00a4bd; outline-offset: 2px; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 0 0 .75rem; font-size: 1.05rem; }
.soft { color: var(--soft); margin: 0; }
.columns { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); align-items: start; margin-top: 1.25rem; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: 1.1rem 1.25rem; }
.fairway { border-top: 4px solid var(--accent); }
dl { margin: 0; display: grid; gap: .7rem; }
.stack { display: grid; gap: 1.25rem; }
.card ul { margin: 0; padding: 0; list-style: none; display: grid; gap: .4rem; }
dt { color: var(--soft); font-size: .85rem; }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
.badge { display: inline-block; padding: .05rem .6rem; border-radius: 1rem; background: #e5f5f8; border: 1px solid #7fd1de; font-weight: 600; }
.tabs { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0 0 1rem; padding: 0; list-style: none; }
.tabs a { display: block; padding: .4rem .9rem; border: 1px solid var(--line); border-radius: 4px; background: var(--paper); text-decoration: none; }
.tabs a[aria-current] { background: #213343; border-color: #213343; color: #fff; }
form { display: flex; gap: .5rem; margin: 0 0 1rem; }
input { flex: 1; min-width: 0; padding: .5rem .7rem; border: 1px solid var(--line); border-radius: 4px; font: inherit; }
button { padding: .5rem 1rem; border: 0; border-radius: 4px; background: var(--accent); color: #fff; font: inherit; font-weight: 600; cursor: pointer; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .5rem .6rem; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-size: .85rem; }
`);
