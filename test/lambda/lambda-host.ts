import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The time that a call is given: by the clock, or until it has been asked for so many times. */
export type CallTime = { readonly ms: number } | { readonly checks: number };

// oxlint-disable-next-line typescript/no-explicit-any -- answers are read as JSON, field by field
export type Json = Record<string, any>;

interface Message {
  readonly answer?: Json;
  readonly error?: { readonly name: string; readonly message: string };
}

/** One deployed function: a process that has loaded its bundle, as a warm Lambda environment has. */
export class LambdaHost {
  readonly #process: ChildProcess;
  #answer: { resolve(message: Message): void; reject(error: Error): void } | undefined;
  /** Everything that it printed on both streams. */
  output = '';

  private constructor(process: ChildProcess) {
    this.#process = process;
    for (const stream of [process.stdout, process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
  }

  static async start(file: string, env: NodeJS.ProcessEnv): Promise<LambdaHost> {
    const runner = fileURLToPath(new URL('lambda-process.mjs', import.meta.url));
    const child = fork(runner, [file], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    const host = new LambdaHost(child);
    child.once('exit', (code) => host.#answer?.reject(new Error(`The function ended with ${code}: ${host.output}`)));
    child.on('message', (message) => host.#answer?.resolve(message as Message));
    await host.#nextMessage();
    return host;
  }

  /** Calls the function once. Rejects with an error that has the name and message of the function's. */
  async call(event: unknown, time: CallTime = { ms: 300_000 }): Promise<Json> {
    const answered = this.#nextMessage();
    this.#process.send({ event, time });
    const message = await answered;
    if (message.answer) return message.answer;
    throw Object.assign(new Error(message.error?.message), { name: message.error?.name });
  }

  /** Calls it again with what it answered until it is done. */
  async callUntilDone(event: unknown, time: CallTime, limits: { readonly mostCalls: number }): Promise<Looped> {
    const answers: Json[] = [];
    let next = event;
    while (answers.length < limits.mostCalls) {
      const answer = await this.call(next, time);
      answers.push(answer);
      if (answer['done'] === true) return { answer, answers };
      next = answer;
    }
    const phases = answers.map((answer) => answer['continue']?.phase).join(' ');
    throw new Error(`Not done after ${limits.mostCalls} calls: ${phases}`);
  }

  /** The lines that it printed, each of which has to be a JSON object. */
  logLines(): Json[] {
    return this.output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Json);
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill();
    await ended;
  }

  async #nextMessage(): Promise<Message> {
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
    });
  }
}

export interface Looped {
  readonly answer: Json;
  readonly answers: readonly Json[];
}
