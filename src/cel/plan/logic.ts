// Operators that need not all of their arguments: && and || absorb the failure of one side when the other decides.
import { Failure, fail } from "../failure.ts";
import { OptionalValue } from "../value.ts";
import type { Value } from "../value.ts";
import { charge } from "./frame.ts";
import type { Code, Frame, Planned } from "./frame.ts";

/** The value, or what kept it from being a boolean. */
export function attempt(code: Code, frame: Frame): boolean | Failure {
  try {
    const value = code(frame);
    return typeof value === "boolean" ? value : new Failure("no such overload");
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
/** `decisive` is the value of one side that decides: false for &&, true for ||. */
export function planLogic([a, b]: readonly Planned[], decisive: boolean): Planned {
  const left = a!.code;
  const right = b!.code;
  return {
    code: (frame) => {
      const first = attempt(left, frame);
      if (first === decisive) return decisive;
      const second = attempt(right, frame);
      if (second === decisive) return decisive;
      if (first instanceof Failure) throw first;
      if (second instanceof Failure) throw second;
      return !decisive;
    },
  };
}
/** A conditional is a path: what is selected from it is selected from the branch that it takes. */
export function planConditional([condition, yes, no]: readonly Planned[]): Planned {
  const test = condition!.code;
  const whenTrue = yes!.bare ?? yes!.code;
  const whenFalse = no!.bare ?? no!.code;
  const code: Code = (frame) => {
    const value = test(frame);
    if (value === true) return whenTrue(frame);
    return value === false ? whenFalse(frame) : fail("no such overload");
  };
  return { code, bare: code, conditional: true };
}
/** False only for false: failures count as true here. */
export function planNotStrictlyFalse([arg]: readonly Planned[]): Planned {
  const { code } = arg!;
  return {
    code: (frame) => {
      const value = attempt(code, frame);
      charge(frame, 1);
      return value !== false;
    },
  };
}
/** `a.or(b)` and `a.orValue(b)`: the second is evaluated only if the first is none. Neither costs anything itself. */
export function planAlternative([a, b]: readonly Planned[], take: (optional: OptionalValue) => Value): Planned {
  const first = a!.code;
  const second = b!.code;
  return {
    code: (frame) => {
      const value = first(frame);
      if (!(value instanceof OptionalValue)) return value;
      return value.value === undefined ? second(frame) : take(value);
    },
  };
}
