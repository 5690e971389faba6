import { DatabaseSync } from 'node:sqlite';

/** One stored record: its id and its JSON body. */
export type Body = Record<string, unknown>;

/** One call a client made, as the vendor would bill it. */
export interface Call {
  readonly vendor: string;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** The purpose of the call (`query Account`, `batch update deals × 100`). */
  readonly summary: string;
}

/**
 * The sandbox's memory: collections of JSON records held in maps for speed and written through to SQLite, so
 * that a stopped or killed sandbox starts again with what it had. A write is durable when the call that made
 * it returns.
 */
export class Store {
  readonly #db: DatabaseSync;
  readonly #collections = new Map<string, Map<string, Body>>();
  #depth = 0;

  /** @param file a path, or `:memory:` for tests. */
  constructor(file: string) {
    this.#db = new DatabaseSync(file);
    this.#db.exec(`
      pragma journal_mode = wal;
      pragma synchronous = normal;
      create table if not exists record (collection text, id text, body text not null, primary key (collection, id)) without rowid;
      create table if not exists call (n integer primary key, vendor text, at text, method text, path text, status integer, summary text);
    `);
    for (const row of this.#db.prepare('select collection, id, body from record').iterate()) {
      this.collection(String(row['collection'])).set(
        String(row['id']),
        JSON.parse(String(row['body'])) as Body,
      );
    }
  }

  /** Read access to a whole collection; write through `put` and `remove`. */
  collection(name: string): Map<string, Body> {
    let found = this.#collections.get(name);
    if (!found) this.#collections.set(name, (found = new Map<string, Body>()));
    return found;
  }

  put(collection: string, id: string, body: Body): void {
    this.collection(collection).set(id, body);
    this.#run(
      'insert into record values (?, ?, ?) on conflict do update set body = excluded.body',
      collection,
      id,
      JSON.stringify(body),
    );
  }

  remove(collection: string, id: string): void {
    this.collection(collection).delete(id);
    this.#run('delete from record where collection = ? and id = ?', collection, id);
  }

  /**
   * All writes inside land together on disk. Nested calls join the outer one. Not a rollback: the maps keep
   * what was put.
   */
  batch<T>(work: () => T): T {
    if (this.#depth === 0) this.#db.exec('begin');
    this.#depth += 1;
    try {
      return work();
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0) this.#db.exec('commit');
    }
  }

  /** Replaces a text wherever it occurs in a record, whatever the collection. */
  replaceText(from: string, to: string): void {
    const found = this.#db
      .prepare('select collection, id, body from record where instr(body, ?) > 0')
      .all(from);
    this.batch(() => {
      for (const { collection, id, body } of found)
        this.put(String(collection), String(id), JSON.parse(String(body).replaceAll(from, () => to)) as Body);
    });
  }

  /** Forgets every collection whose name starts with `prefix`, and that vendor's calls. */
  clear(prefix: string): void {
    for (const name of [...this.#collections.keys()])
      if (name.startsWith(prefix)) this.#collections.delete(name);
    this.#run("delete from record where collection like ? || '%'", prefix);
    this.#run("delete from call where ? like vendor || '%'", prefix);
  }

  recordCall(call: Call): void {
    this.#run(
      'insert into call (vendor, at, method, path, status, summary) values (?, ?, ?, ?, ?, ?)',
      call.vendor,
      call.at,
      call.method,
      call.path,
      call.status,
      call.summary,
    );
  }

  /** The calls a vendor answered, oldest first. */
  calls(vendor: string): Call[] {
    return this.#db
      .prepare('select vendor, at, method, path, status, summary from call where vendor = ? order by n')
      .all(vendor) as unknown as Call[];
  }

  close(): void {
    this.#db.close();
  }

  readonly #statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  #run(sql: string, ...values: (string | number)[]): void {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#db.prepare(sql)));
    statement.run(...values);
  }
}
