import type { FastifyInstance } from 'fastify';

/** Listens on the wanted port, or on the next free one. Returns the address. */
export async function listenNear(
  app: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  for (let candidate = port; ; candidate += 1) {
    try {
      return await app.listen({ host, port: candidate });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || candidate >= port + 50) throw error;
    }
  }
}
