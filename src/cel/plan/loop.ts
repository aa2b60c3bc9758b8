// Folds: bindings, the quantifiers all and exists, and every other loop. A quantifier goes on after a failure, because a
// later element may still decide.
import { fail, Failure } from "../failure.ts";
import { ListValue, MapValue, runtimeName } from "../value.ts";
import type { Value } from "../value.ts";
import { charge } from "./frame.ts";
import type { Code, Frame, Planned } from "./frame.ts";
import { attempt } from "./logic.ts";

/** Where the variables of a loop are kept in the frame. */
export interface Slots {
  readonly accu: number;
  readonly first: number;
  readonly second?: number | undefined;
}

const goNames: Readonly<Record<string, string>> = { bool: "Bool", double: "Double", int: "Int", null_type: "Null" };
/** Upstream names the Go type of what it cannot loop over. */
function notIterable(range: Value, twoVariables: boolean): never {
  const name = runtimeName(range);
  const type = `types.${goNames[name] ?? name.slice(0, 1).toUpperCase() + name.slice(1)}`;
  return fail(twoVariables ? `unsupported comprehension range type: ${type}` : `got '${type}', expected iterable type`);
}
/** Runs `turn` for each element or entry until it answers false. */
function each(frame: Frame, range: Value, slots: Slots, turn: () => boolean): void {
  const { locals } = frame;
  const { first, second } = slots;
  if (range instanceof ListValue) {
    for (let i = 0; i < range.size; i++) {
      frame.step();
      locals[first] = second === undefined ? range.at(i) : i;
      if (second !== undefined) locals[second] = range.at(i);
      if (!turn()) return;
    }
    return;
  }
  if (!(range instanceof MapValue)) return notIterable(range, second !== undefined);
  for (const key of range.keys()) {
    frame.step();
    locals[first] = key;
    if (second !== undefined) locals[second] = range.find(key) ?? null;
    if (!turn()) return;
  }
}

/** A name for a value, which is evaluated when the name is first used, if ever. */
export function planBinding(slot: number, result: Planned): Planned {
  const { code } = result;
  return {
    code: (frame) => {
      frame.locals[slot] = undefined;
      return code(frame);
    },
  };
}

/** all: `decisive` false; exists: true. The costs are those of the fold that the macro stands for. */
export function planQuantifier(range: Planned, slots: Slots, predicate: Planned, decisive: boolean): Planned {
  const over = range.code;
  const test = predicate.code;
  const conditionCost = decisive ? 3 : 2;
  return {
    code: (frame) => {
      let pending: Failure | undefined;
      let decided = false;
      each(frame, over(frame), slots, () => {
        charge(frame, conditionCost);
        if (decided) return false;
        charge(frame, 1);
        const value = attempt(test, frame);
        if (value instanceof Failure) pending ??= value;
        else if (value === decisive) {
          decided = true;
          pending = undefined;
        }
        return true;
      });
      charge(frame, 1);
      if (pending) throw pending;
      return decided ? decisive : !decisive;
    },
  };
}
export interface FoldParts {
  readonly range: Planned;
  readonly init: Planned;
  readonly condition: Planned;
  readonly step: Planned;
  readonly result: Planned;
}
export function planFold(parts: FoldParts, slots: Slots): Planned {
  const [range, init, condition, step, result] = [
    parts.range,
    parts.init,
    parts.condition,
    parts.step,
    parts.result,
  ].map(({ code }) => code) as [Code, Code, Code, Code, Code];
  return {
    code: (frame) => {
      const over = range(frame);
      frame.locals[slots.accu] = init(frame);
      each(frame, over, slots, () => {
        if (condition(frame) !== true) return false;
        frame.locals[slots.accu] = step(frame);
        return true;
      });
      return result(frame);
    },
  };
}
