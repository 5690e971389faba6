import type { FastifyInstance } from 'fastify';

const highestPort = 65_535;

/**
 * Listens on the port, or on the next free one of the 50 after it.
 * @returns the address
 */
export async function listenNear(
  app: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  for (let candidate = port; ; candidate += 1) {
    try {
      return await app.listen({ host, port: candidate });
    } catch (error) {
      if (
        (error as NodeJS.ErrnoException).code !== 'EADDRINUSE' ||
        candidate >= Math.min(port + 50, highestPort)
      )
        throw error;
    }
  }
}
