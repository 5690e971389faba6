/** Text that is already markup. Everything else is escaped by `html`. */
export interface Html {
  readonly markup: string;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
const isHtml = (part: unknown): part is Html => typeof part === 'object' && part !== null && 'markup' in part;

function render(part: unknown): string {
  if (part === null || part === undefined) return '';
  if (Array.isArray(part)) return part.map(render).join('');
  return isHtml(part) ? part.markup : escapeHtml(String(part));
}

/** Markup with every interpolated value escaped, unless it is markup itself. */
export function orgHtml(strings: TemplateStringsArray, ...parts: readonly unknown[]): Html {
  return { markup: strings.map((text, n) => text + (n < parts.length ? render(parts[n]) : '')).join('') };
}

export const raw = (text: string): Html => ({ markup: text });
export const markup = (body: Html): string => body.markup;

const tones: Readonly<Record<string, string>> = {
  approved: 'good',
  paid: 'good',
  exported: 'good',
  rejected: 'bad',
  expired: 'bad',
  returned: 'bad',
  information_needed: 'wait',
  in_review: 'wait',
  submitted: 'wait',
  draft: 'wait',
};
export const statusBadge = (status: string): Html =>
  orgHtml`<span class="badge ${tones[status] ?? ''}">${status.replaceAll('_', ' ')}</span>`;

export interface Detail {
  readonly name: string;
  readonly label: string;
  readonly help: string | undefined;
  readonly value: Html | string;
}

export function detailList(details: readonly Detail[]): Html {
  const items = details.map(
    ({ name, label, help, value }) =>
      orgHtml`<div data-field="${name}">
        <dt title="${help ?? ''}">${label}</dt>
        <dd>${value === '' ? raw('<span class="empty">—</span>') : value}</dd>
      </div>`,
  );
  return orgHtml`<dl>${items}</dl>`;
}

const style = `
  *{box-sizing:border-box}body{margin:0;font:15px/1.5 system-ui,sans-serif;color:#1b2733;background:#eef1f5}
  header{background:#0b3a66;color:#fff;padding:.7rem 1.25rem;display:flex;gap:.5rem 1.5rem;flex-wrap:wrap;align-items:center}
  header strong{font-size:1.05rem}header a{color:#fff;text-decoration:none;padding:.2rem .1rem;border-bottom:2px solid transparent}
  header a:hover,header a[aria-current]{border-color:#8fc7ff}main{max-width:1180px;margin:0 auto;padding:1.25rem}
  h1{font-size:1.6rem;line-height:1.25;margin:0 0 1rem;overflow-wrap:anywhere}h2{font-size:1rem;margin:0 0 .75rem}.kind{margin:0;color:#4d5d6e}
  a{color:#0a5cad}.muted{color:#4d5d6e}.empty{color:#64748b}.columns{display:grid;gap:1rem;grid-template-columns:minmax(0,1fr) minmax(0,1fr);align-items:start}
  .card{background:#fff;border:1px solid #d6dde5;border-radius:8px;padding:1rem 1.1rem;margin-bottom:1rem}.fairway{border-top:4px solid #1f7a5a}
  dl{margin:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(210px,1fr));gap:.7rem 1.25rem}dt{font-size:.8rem;color:#4d5d6e}dd{margin:0;overflow-wrap:anywhere;white-space:pre-line}
  table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.5rem .6rem;border-bottom:1px solid #e3e8ee;vertical-align:top}th{font-size:.8rem;color:#4d5d6e}
  .scroll{overflow-x:auto}.search{display:flex;gap:.5rem;flex-wrap:wrap;align-items:center}.search input[type=search]{flex:1 1 220px;padding:.5rem .7rem;border:1px solid #8795a5;border-radius:6px;font:inherit}
  button{padding:.5rem 1rem;border:0;border-radius:6px;background:#0a5cad;color:#fff;font:inherit;cursor:pointer}
  .badge{display:inline-block;padding:.05rem .55rem;border-radius:99px;background:#e3e8ee;font-size:.8rem;font-weight:600}.good{background:#d4f0e2;color:#0d5337}.bad{background:#fbdcdc;color:#8a1c1c}.wait{background:#fdeecb;color:#6b4700}
  .related{list-style:none;margin:0;padding:0}.related li{padding:.35rem 0;border-bottom:1px solid #eef1f5}
  :focus-visible{outline:3px solid #f5a623;outline-offset:2px}@media(max-width:760px){.columns{grid-template-columns:minmax(0,1fr)}.columns>div{order:-1}main{padding:.9rem}}`;

export function orgPage(title: string, nav: unknown, body: Html): Html {
  return orgHtml`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Sandbox CRM</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <header>
          <strong><a href="/">Sandbox CRM (Salesforce)</a></strong>
          <nav style="display:contents">${nav}</nav>
        </header>
        <main>${body}</main>
      </body>
    </html>`;
}
