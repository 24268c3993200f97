import { afterAll, vi } from 'vitest';
import { silenceSdkNodeVersionWarning } from '../../src/runtime/quiet-sdk.ts';
import { keepEnvironment } from './environment.ts';

/**
 * Of every test file, before it: files share their worker's process and modules, so whatever variables one has set, and what it
 * has stubbed, ends with it.
 */
silenceSdkNodeVersionWarning();
const restoreEnvironment = keepEnvironment();

afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  restoreEnvironment();
});
