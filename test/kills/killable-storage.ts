import type { Storage } from '../../src/storage/storage.ts';
import type { KillSwitch } from './kill-switch.ts';

/** A storage whose every write is one step that happens whole or not at all, as on S3. */
export function killableStorage(storage: Storage, life: KillSwitch): Storage {
  return {
    location: storage.location,
    put: (key, ...rest) => life.mutate(`put ${key}`, () => storage.put(key, ...rest)),
    putIfAbsent: (key, ...rest) => life.mutate(`put if absent ${key}`, () => storage.putIfAbsent(key, ...rest)),
    putIfMatch: (key, ...rest) => life.mutate(`put if match ${key}`, () => storage.putIfMatch(key, ...rest)),
    delete: (key, ...rest) => life.mutate(`delete ${key}`, () => storage.delete(key, ...rest)),
    get: (...args) => life.look(() => storage.get(...args)),
    head: (...args) => life.look(() => storage.head(...args)),
    stream: async (...args) => {
      const chunks = await life.look(() => storage.stream(...args));
      return chunks && life.lookAtEach(chunks);
    },
    list: (...args) => life.lookAtEach(storage.list(...args)),
    folders: (...args) => life.lookAtEach(storage.folders(...args)),
  };
}
