import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** cognito-local 5.3 as a process of its own. */
export interface CognitoLocal {
  readonly endpoint: string;
  /** It calls its Region so; pool ids begin with it. */
  readonly region: 'local';
  /** E-mails and text messages that it printed instead of sending them. */
  messagesSent(): number;
  /** Ends the process and removes its data. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;
const ADDRESS = /Cognito Local running on (http:\/\/127\.0\.0\.1:\d+)/;
const MESSAGE = /Confirmation Code Delivery/g;

/**
 * Starts cognito-local on a free port of 127.0.0.1 that the system chooses, with an empty folder in the temporary one.
 * Its own default makes pools e-mail pools; here a pool has the sign-in that CreateUserPool asks for, as at AWS.
 */
export async function startCognitoLocal(): Promise<CognitoLocal> {
  const folder = await mkdtemp(join(tmpdir(), 'cognito-local-'));
  await mkdir(join(folder, '.cognito'));
  const config = { UserPoolDefaults: { UsernameAttributes: [] } };
  await writeFile(join(folder, '.cognito', 'config.json'), JSON.stringify(config));
  const child = spawn(process.execPath, [createRequire(import.meta.url).resolve('cognito-local/lib/bin/start.js')], {
    cwd: folder,
    env: { ...process.env, PORT: '0', HOST: '127.0.0.1', AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A test run that breaks off takes it along.
  const endWithParent = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithParent);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', endWithParent);
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const output = watch(child);
    const endpoint = await output.endpoint;
    await answers(endpoint);
    return { endpoint, region: 'local', messagesSent: output.messages, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Output {
  readonly endpoint: Promise<string>;
  readonly messages: () => number;
}

/** Reads the process's output to its end: a full pipe would stop it. */
function watch(child: ChildProcess): Output {
  let beginning = '';
  let messages = 0;
  const endpoint = new Promise<string>((resolve, reject) => {
    const tooLate = (): void => reject(new Error(`cognito-local did not start in time:\n${beginning}`));
    const timer = setTimeout(tooLate, START_TIMEOUT_MS);
    const read = (text: string): void => {
      messages += text.match(MESSAGE)?.length ?? 0;
      if (beginning.length > 10_000) return;
      beginning += text;
      const address = ADDRESS.exec(beginning)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    };
    child.stdout?.setEncoding('utf8').on('data', read);
    child.stderr?.setEncoding('utf8').on('data', read);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`cognito-local ended at once with code ${code}:\n${beginning}`));
    });
  });
  return { endpoint, messages: () => messages };
}

async function answers(endpoint: string): Promise<void> {
  const response = await fetch(`${endpoint}/health`);
  if (!response.ok) throw new Error(`cognito-local answers HTTP ${response.status}`);
  await response.arrayBuffer();
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
