import nock from 'nock';
import { afterAll, afterEach, beforeAll } from 'vitest';

/**
 * Lets the tests of this file reach only the answers they planned with nock. The network works again for the
 * next file, which may run in the same worker.
 */
export function answerOnlyByNock(): void {
  beforeAll(() => {
    if (!nock.isActive()) nock.activate();
    nock.disableNetConnect();
  });
  afterEach(() => nock.cleanAll());
  afterAll(() => {
    nock.enableNetConnect();
    nock.restore();
  });
}
