// Who of the late plugins' webhooks and policies is called once more in the second round: those that ask for it and were
// called before somebody else changed the object.
import { cloneJson, deepEqual } from "#api/json.ts";
import type { Rounds } from "#server/admission/admission.ts";

/** What one plugin remembers of one request between the rounds. */
export class Reinvocation {
  readonly #rounds: Rounds;
  /** The object as the plugin left it in the first round. */
  #left: unknown;
  readonly #called = new Set<string>();
  readonly #again = new Set<string>();
  constructor(rounds: Rounds) {
    this.#rounds = rounds;
  }
  get isSecond(): boolean {
    return this.#rounds.isSecond;
  }
  begin(object: object | undefined): void {
    if (this.isSecond && !deepEqual(this.#left, object)) this.#callAgain();
  }
  passesOver(id: string): boolean {
    return this.isSecond && !this.#again.has(id);
  }
  /** The object is another than before. */
  changed(): void {
    this.#callAgain();
    this.#rounds.askAgain();
  }
  /** To be called again if somebody else changes the object from now on. */
  called(id: string): void {
    this.#called.add(id);
  }
  end(object: object | undefined): void {
    this.#left = object && cloneJson(object);
  }
  #callAgain(): void {
    for (const id of this.#called) this.#again.add(id);
    this.#called.clear();
  }
}
