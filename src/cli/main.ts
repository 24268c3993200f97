#!/usr/bin/env node
import { keepHeapModest } from '../runtime/modest-heap.ts';
import { silenceSdkNodeVersionWarning } from '../runtime/quiet-sdk.ts';
import { runCli } from './run-cli.ts';

keepHeapModest();
silenceSdkNodeVersionWarning();
// Idle connections and timers of the SDK need not be waited for; everything of ours is written by now.
process.exit(await runCli(process.argv.slice(2)));
