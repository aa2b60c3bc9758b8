// One evaluation: the variables, what it has cost so far and when it must end. Compiled code is a function of this.
import { Abort, fail } from "../failure.ts";
import type { Convert } from "../shape.ts";
import type { Value } from "../value.ts";

/** Variables by name: JSON, values of the language, or functions that make either when they are first asked. */
export type Activation = Readonly<Record<string, unknown>>;

export class Frame {
  cost = 0;
  readonly limit: number;
  /** Variables of loops and bindings; undefined: not evaluated yet. */
  readonly locals: (Value | undefined)[] = [];
  readonly #activation: Activation;
  readonly #globals = new Map<string, Value>();
  readonly #signal: AbortSignal | undefined;
  #steps = 0;
  constructor(activation: Activation, limit: number, signal?: AbortSignal) {
    this.#activation = activation;
    this.limit = limit;
    this.#signal = signal;
  }
  /** A declared variable, converted when it is first read. */
  variable(name: string, convert: Convert): Value {
    const known = this.#globals.get(name);
    if (known !== undefined) return known;
    const raw = this.#activation[name];
    if (raw === undefined) return fail(`no such attribute(s): ${name}`);
    const value = convert(typeof raw === "function" ? (raw as () => unknown)() : raw);
    this.#globals.set(name, value);
    return value;
  }
  /** Once for each turn of a loop. */
  step(): void {
    if (++this.#steps % 100 === 0 && this.#signal?.aborted) throw new Abort("interrupted");
  }
}
export function charge(frame: Frame, cost: number): void {
  if ((frame.cost += cost) > frame.limit) throw new Abort("cost");
}

export type Code = (frame: Frame) => Value;
/**
 * Compiled code of one node. What is a constant was computed beforehand and costs nothing. A path (`a.b[c]`) costs one
 * for itself besides its parts; upstream leaves that one out where a path is the branch of a conditional or an index, so
 * `bare` is the code without it.
 */
export interface Planned {
  readonly code: Code;
  readonly constant?: Value;
  readonly bare?: Code;
  /** A conditional: a path that never costs the one for itself. */
  readonly conditional?: boolean;
}
export const constantOf = (value: Value): Planned => ({ code: () => value, constant: value });
/** A path from its bare code. */
export const pathOf = (bare: Code): Planned => ({
  bare,
  code: (frame) => {
    const value = bare(frame);
    charge(frame, 1);
    return value;
  },
});
