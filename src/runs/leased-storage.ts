import type { Storage } from '../storage/storage.ts';
import type { Lease } from './lease.ts';

/** Keeps the lease before every write: a run that lost its target must not touch the files of the run that took it over. */
export function leasedStorage(storage: Storage, lease: Lease): Storage {
  return {
    location: storage.location,
    get: (...call) => storage.get(...call),
    stream: (...call) => storage.stream(...call),
    head: (...call) => storage.head(...call),
    list: (...call) => storage.list(...call),
    folders: (...call) => storage.folders(...call),
    put: async (...call) => {
      await lease.keep();
      return storage.put(...call);
    },
    putIfAbsent: async (...call) => {
      await lease.keep();
      return storage.putIfAbsent(...call);
    },
    putIfMatch: async (...call) => {
      await lease.keep();
      return storage.putIfMatch(...call);
    },
    delete: async (...call) => {
      await lease.keep();
      return storage.delete(...call);
    },
  };
}
