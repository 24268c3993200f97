import { stackFramesOf } from '../model/stack-frames.ts';
import { withheldError } from '../model/withheld.ts';
import { escapeText } from './escape.ts';
import type { Terminal } from './terminal.ts';

/** Stacks, and what AWS answered word for word, which may quote users: only where COGNITO_BACKUP_DEBUG asks for it. */
export function logForDebugging(errors: readonly Error[], terminal: Terminal): void {
  if (!process.env['COGNITO_BACKUP_DEBUG']) return;
  for (const error of errors) terminal.log(stackOf(error));
}

function stackOf(error: Error): string {
  const cause = withheldError(error.cause);
  const why = cause instanceof Error ? `\nCaused by: ${stackOf(cause)}` : '';
  // The frames alone: whatever lines a message has, none is to look like ours.
  return [`${error.name}: ${error.message}`, ...stackFramesOf(error)].map(escapeText).join('\n') + why;
}
