// Calls: one overload is called straight, with guards where the checker could not know an argument's type; among several
// the values decide.
import { comparison } from "../cost/size.ts";
import { equal } from "../equal.ts";
import { fail } from "../failure.ts";
import type { Expr } from "../syntax/expr.ts";
import type { CallCost, Implementation, Overload } from "../library.ts";
import { dynType, nameOf } from "../type.ts";
import type { CelType } from "../type.ts";
import { Double, ExtensionValue, keyOf, ListValue, MapValue, runtimeName, Uint } from "../value.ts";
import type { Value } from "../value.ts";
import { charge, constantOf } from "./frame.ts";
import type { Code, Frame, Planned } from "./frame.ts";
import { isSound } from "./sound.ts";
import type { SoundLocals } from "./sound.ts";

type Guard = (value: Value) => boolean;
/** Whether a value may be passed where this type is declared; of lists and maps the first entry tells. */
function accepts(type: CelType): Guard | undefined {
  switch (type.kind) {
    case "dyn":
    case "any":
    case "param":
    case "error":
      return undefined;
    case "int":
      return (value) => typeof value === "number" || typeof value === "bigint";
    case "string":
      return (value) => typeof value === "string";
    case "bool":
      return (value) => typeof value === "boolean";
    case "list": {
      const elem = accepts(type.elem);
      return elem
        ? (value) => value instanceof ListValue && (value.size === 0 || elem(value.at(0)))
        : (value) => value instanceof ListValue;
    }
    case "map":
      return acceptsMap(accepts(type.key), accepts(type.value));
    case "object":
      return (value) =>
        value instanceof ExtensionValue ? nameOf(value.type) === type.name : value instanceof MapValue;
    default: {
      const name = nameOf(type);
      return (value) => runtimeName(value) === name;
    }
  }
}
function acceptsMap(key: Guard | undefined, entry: Guard | undefined): Guard {
  if (!key && !entry) return (value) => value instanceof MapValue;
  return (value) => {
    if (!(value instanceof MapValue)) return false;
    const [first] = value.keys();
    return first === undefined || ((key?.(first) ?? true) && (entry?.(value.find(first)!) ?? true));
  };
}
const isCertain = (type: CelType): boolean => !["dyn", "any", "param", "error"].includes(type.kind);
type Guards = readonly (Guard | undefined)[];
/** Whether a value of the type that the checker found may still not fit. */
function mayMiss(declared: CelType, found: CelType): boolean {
  if (!isCertain(found)) return isCertain(declared);
  if (declared.kind === "list" && found.kind === "list") return mayMiss(declared.elem, found.elem);
  if (declared.kind === "map" && found.kind === "map")
    return mayMiss(declared.key, found.key) || mayMiss(declared.value, found.value);
  return false;
}
const guardsOf = ({ args }: Overload, operands: readonly Expr[], locals: SoundLocals): Guards =>
  args.map((arg, i) => {
    const operand = operands[i]!;
    return isSound(operand, locals) && !mayMiss(arg, operand.type ?? dynType) ? undefined : accepts(arg);
  });

const noOverload = (name: string, args: readonly Value[]): never =>
  fail(`no such overload: ${name}(${args.map(runtimeName).join(", ")})`);

/** Applies a call that has been paid for already, or pays for it by its result. */
function paying(call: Implementation, cost: CallCost | undefined): (frame: Frame, args: readonly Value[]) => Value {
  if (!cost)
    return (frame, args) => {
      charge(frame, 1);
      return call(...args);
    };
  if (!cost.afterwards)
    return (frame, args) => {
      charge(frame, cost.actual(args, null));
      return call(...args);
    };
  return (frame, args) => {
    const result = call(...args);
    charge(frame, cost.actual(args, result));
    return result;
  };
}

/** A function of the values that calls the overload that fits them, or fails. */
function dispatching(name: string, overloads: readonly Overload[]): Implementation {
  const candidates = overloads.map(({ call, args }) => ({ call, guards: args.map(accepts) }));
  return (...args: Value[]) => {
    const found = candidates.find(
      ({ guards }) => guards.length === args.length && guards.every((guard, i) => !guard || guard(args[i]!)),
    );
    return found ? found.call(...args) : noOverload(name, args);
  };
}
/** The one cost that all have, if there is one. */
const sharedCost = (overloads: readonly Overload[]): CallCost | undefined => {
  const cost = overloads[0]?.cost;
  return cost && overloads.every((overload) => overload.cost === cost) ? cost : undefined;
};

export interface CallSite {
  readonly name: string;
  readonly overloads: readonly Overload[];
  /** Answers for all overloads of the function. */
  readonly any?: Implementation | undefined;
  readonly args: readonly Planned[];
  readonly operands: readonly Expr[];
  readonly locals: SoundLocals;
  /** The cost where several overloads remain is 1, unless functions of a library share theirs. */
  readonly shared?: boolean;
}
export function planCall(site: CallSite): Planned {
  const { name, overloads, any, args, operands } = site;
  const [only] = overloads;
  if (overloads.length !== 1 || !only) {
    const shared = site.shared ? sharedCost(overloads) : undefined;
    return { code: applying(args, paying(any ?? dispatching(name, overloads), shared)) };
  }
  const guards = guardsOf(only, operands, site.locals);
  if (!guards.some(Boolean)) return { code: direct(only, args) };
  const pay = paying(only.call, only.cost);
  const payAny = any && paying(any, only.cost && { ...only.cost, afterwards: true });
  const code = applying(args, (frame, values) => {
    for (let i = 0; i < values.length; i++) {
      const guard = guards[i];
      if (guard && !guard(values[i]!)) {
        if (payAny) return payAny(frame, values);
        charge(frame, 1);
        return noOverload(name, values);
      }
    }
    return pay(frame, values);
  });
  return { code };
}
const applying = (args: readonly Planned[], apply: (frame: Frame, values: readonly Value[]) => Value): Code => {
  const codes = args.map((arg) => arg.code);
  return (frame) =>
    apply(
      frame,
      codes.map((code) => code(frame)),
    );
};
/** Calls of a known overload with arguments of known types, without an array for the common counts. */
function direct({ call, cost }: Overload, args: readonly Planned[]): Code {
  const [a, b] = args.map((arg) => arg.code);
  if (!cost && args.length === 1)
    return (frame) => {
      const value = a!(frame);
      charge(frame, 1);
      return call(value);
    };
  if (!cost && args.length === 2)
    return (frame) => {
      const left = a!(frame);
      const right = b!(frame);
      charge(frame, 1);
      return call(left, right);
    };
  return applying(args, paying(call, cost));
}

/** Equality costs by the sizes of both sides whatever their types. */
export function planEquality(args: readonly Planned[], wanted: boolean): Planned {
  const [a, b] = args.map((arg) => arg.code);
  return {
    code: (frame) => {
      const left = a!(frame);
      const right = b!(frame);
      charge(frame, comparison(left, right));
      return equal(left, right) === wanted;
    },
  };
}
/** `x in [constants]` looks into a set, for free; undefined where the list is no such constant. */
export function planMembership([value, list]: readonly Planned[]): Planned | undefined {
  const constant = list!.constant;
  if (!(constant instanceof ListValue)) return undefined;
  if (constant.size === 0) return constantOf(false);
  const keys = new Set<unknown>();
  for (const item of constant) {
    const key = keyOf(item);
    if (key === undefined) return undefined;
    keys.add(key);
  }
  const { code } = value!;
  return { code: (frame) => isMember(keys, code(frame)) };
}
function isMember(keys: ReadonlySet<unknown>, value: Value): boolean {
  if (typeof value === "object" && !(value instanceof Uint || value instanceof Double)) return false;
  return keys.has(keyOf(value));
}

const conversionNames = new Set("bool bytes double duration dyn int string timestamp type uint".split(" "));
/** A conversion of a constant is a constant; its failure is one of the whole program. */
export function foldConversion(name: string, args: readonly Planned[], planned: Planned, frame: () => Frame): Planned {
  if (!conversionNames.has(name) || args.length !== 1 || args[0]!.constant === undefined) return planned;
  return constantOf(planned.code(frame()));
}
