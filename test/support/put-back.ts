import { afterAll, vi } from 'vitest';
import { keepEnvironment } from './environment.ts';

/**
 * Set-up of every test file: they share their worker's process and modules, so whatever variables a file has set, and what it
 * has stubbed, ends with it.
 */
const restoreEnvironment = keepEnvironment();

afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  restoreEnvironment();
});
