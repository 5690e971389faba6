import postgres from 'postgres';

/** True when this many connections have a listener that has received an event. */
export async function listenerState(databaseUrl: string, connections: number): Promise<boolean> {
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    const [row] = await sql<
      { count: number }[]
    >`select count(*)::int as count from listening where leased_until > now() and position is not null`;
    return (row?.count ?? 0) >= connections;
  } finally {
    await sql.end();
  }
}
