/** What the demo proved, or did not. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** The list of what was checked; a command that ends with another code than 0 is a failed check. */
export class CheckList {
  readonly all: Check[] = [];

  add(name: string, ok: boolean, detail: string): void {
    this.all.push({ name, ok, detail });
  }

  get ok(): boolean {
    return this.all.every(({ ok }) => ok);
  }
}
