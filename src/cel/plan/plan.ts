// The planner: turns a checked tree into nested functions. Constants are computed here; loops get slots in the frame for
// their variables; a name means what the checker found.
import { listCost, mapCost, structCost } from "../cost/range.ts";
import { fail } from "../failure.ts";
import { compileRegex } from "../library/pattern.ts";
import type { Scope } from "../check/scope.ts";
import { converterOf } from "../shape.ts";
import type { Call, Comprehension, CreateList, CreateMap, CreateStruct, Expr, Ident } from "../syntax/expr.ts";
import { accumulator } from "../syntax/expr.ts";
import { dynType, nameOf } from "../type.ts";
import type { CelType } from "../type.ts";
import { plainText } from "../value-text.ts";
import { EntryMap, listOf, OptionalValue, StructValue, TypeValue } from "../value.ts";
import type { Value } from "../value.ts";
import { foldConversion, planCall, planEquality, planMembership } from "./call.ts";
import { charge, constantOf, Frame, pathOf } from "./frame.ts";
import type { Code, Planned } from "./frame.ts";
import { planAlternative, planConditional, planLogic, planNotStrictlyFalse } from "./logic.ts";
import { planBinding, planFold, planQuantifier } from "./loop.ts";
import type { Slots } from "./loop.ts";
import { isSound } from "./sound.ts";
import type { SoundLocals } from "./sound.ts";
import { planField, planIndex, planOptional, planPresence } from "./path.ts";

/** Compiles a tree; fails where a constant part of it has no value. */
export const plan = (expr: Expr, scope: Scope): Code => new Planner(scope).plan(expr).code;

interface Local {
  readonly name: string;
  readonly slot: number;
  /** Its values surely have its type. */
  readonly sound: boolean;
  /** Evaluates a binding when it is first used. */
  readonly init?: Code;
}
/** Frames for constants: they have no variables and no limit. */
const emptyFrame = (): Frame => new Frame({}, Infinity);
const typeOf = (expr: Expr): CelType => expr.type ?? dynType;

class Planner {
  readonly #scope: Scope;
  readonly #locals: Local[] = [];
  readonly #soundLocals: SoundLocals = (name) => this.#local(name)?.sound;
  #slots = 0;
  constructor(scope: Scope) {
    this.#scope = scope;
  }

  plan(expr: Expr): Planned {
    switch (expr.kind) {
      case "literal":
        return constantOf(expr.value);
      case "ident":
        return this.#name(expr);
      case "select": {
        if (expr.reference !== undefined) return this.#variable(expr.reference, typeOf(expr));
        const operand = this.plan(expr.operand);
        return expr.test
          ? planPresence(operand, expr.field)
          : planField(operand, typeOf(expr.operand), expr.field, this.#scope.strict);
      }
      case "call":
        return this.#call(expr);
      case "list":
        return this.#list(expr);
      case "map":
        return this.#map(expr);
      case "struct":
        return this.#struct(expr);
      case "comprehension":
        return this.#comprehension(expr);
    }
  }
  #plans(exprs: readonly Expr[]): Planned[] {
    return exprs.map((expr) => this.plan(expr));
  }

  #name(expr: Ident): Planned {
    const local = this.#local(expr.name);
    return local ? fromSlot(local) : this.#variable(expr.reference ?? expr.name, typeOf(expr));
  }
  #local(name: string): Local | undefined {
    return this.#locals.findLast((local) => local.name === name);
  }
  #variable(name: string, type: CelType): Planned {
    if (this.#scope.isDeclared(name)) {
      const convert = converterOf(type);
      return pathOf((frame) => frame.variable(name, convert));
    }
    if (type.kind === "type") return constantOf(new TypeValue(type.of ? nameOf(type.of) : "type"));
    return pathOf(() => fail(`undeclared reference to '${name}' (in container '${this.#scope.container}')`));
  }

  #call(expr: Call): Planned {
    const operands = expr.target ? [expr.target, ...expr.args] : expr.args;
    const args = this.#plans(operands);
    switch (expr.name) {
      case "_&&_":
        return planLogic(args, false);
      case "_||_":
        return planLogic(args, true);
      case "_?_:_":
        return planConditional(args);
      case "_==_":
        return planEquality(args, true);
      case "_!=_":
        return planEquality(args, false);
      case "@not_strictly_false":
        return planNotStrictlyFalse(args);
      case "_[_]":
        return planIndex(args[0]!, typeOf(operands[0]!), args[1]!, this.#scope.strict);
      case "_?._":
      case "_[?_]":
        return planOptional(args[0]!, args[1]!.bare ?? args[1]!.code, this.#scope.strict);
      case "or":
        if (expr.overloads?.some(({ id }) => id === "optional_or_optional"))
          return planAlternative(args, (some) => some);
        break;
      case "orValue":
        if (expr.overloads?.some(({ id }) => id === "optional_orValue_value"))
          return planAlternative(args, ({ value }) => value!);
        break;
      default:
    }
    return this.#function(expr, args, operands);
  }
  #function(expr: Call, args: readonly Planned[], operands: readonly Expr[]): Planned {
    const { name, overloads = [] } = expr;
    if (name === "@in" && overloads.length === 1 && overloads[0]!.id === "in_list") {
      const membership = planMembership(args);
      if (membership) return membership;
    }
    this.#checkPattern(expr, args);
    const any = this.#scope.lookupFunction(name)?.any;
    const planned = planCall({ name, overloads, any, args, operands, locals: this.#soundLocals, shared: true });
    return foldConversion(name, args, planned, emptyFrame);
  }
  /** A constant pattern that is no regular expression fails now rather than each time. */
  #checkPattern({ name }: Call, [, pattern]: readonly Planned[]): void {
    const isRegex = name === "matches" || name === "find" || name === "findAll";
    if (isRegex && typeof pattern?.constant === "string") compileRegex(pattern.constant);
  }

  #list({ elements, optional }: CreateList): Planned {
    const planned = this.#plans(elements);
    const codes = planned.map(({ code }) => code);
    const code: Code = optional.length
      ? (frame) => listOf(codes.flatMap((element, i) => optionalItem(element(frame), optional.includes(i))))
      : (frame) => listOf(codes.map((element) => element(frame)));
    return constructing(planned, code, listCost);
  }
  #map({ entries }: CreateMap): Planned {
    const keys = this.#plans(entries.map(({ key }) => key));
    const values = this.#plans(entries.map(({ value }) => value));
    const { strict } = this.#scope;
    const code: Code = (frame) => {
      let map = new EntryMap();
      entries.forEach(({ optional }, i) => {
        const key = keys[i]!.code(frame);
        const value = values[i]!.code(frame);
        const present = optional ? optionalEntry(plainText(key), value) : value;
        if (present === undefined) return;
        if (strict && map.find(key) !== undefined) fail("Failed with repeated key");
        map = map.with(key, present);
      });
      return map;
    };
    return constructing([...keys, ...values], code, mapCost);
  }
  #struct({ name, fields }: CreateStruct): Planned {
    const planned = fields.map((field) => ({ ...field, code: this.plan(field.value).code }));
    return {
      code: (frame) => {
        const values = new Map<string, Value>();
        for (const field of planned) {
          const value = field.code(frame);
          const present = field.optional ? optionalEntry(field.name, value) : value;
          if (present !== undefined) values.set(field.name, present);
        }
        charge(frame, structCost);
        return new StructValue(name, values);
      },
    };
  }

  #comprehension(expr: Comprehension): Planned {
    const range = this.plan(expr.range);
    const init = this.plan(expr.init);
    const slots: Slots = {
      accu: this.#slots++,
      first: this.#slots++,
      ...(expr.iterVar2 !== undefined && { second: this.#slots++ }),
    };
    const depth = this.#locals.length;
    if (isBinding(expr)) {
      this.#locals.push({
        name: expr.accuVar,
        slot: slots.accu,
        sound: isSound(expr.init, this.#soundLocals),
        init: init.code,
      });
      const result = this.plan(expr.result);
      this.#locals.length = depth;
      return planBinding(slots.accu, result);
    }
    this.#locals.push({ name: expr.accuVar, slot: slots.accu, sound: false });
    const sound = isSound(expr.range, this.#soundLocals);
    this.#locals.push({ name: expr.iterVar, slot: slots.first, sound });
    if (expr.iterVar2 !== undefined) this.#locals.push({ name: expr.iterVar2, slot: slots.second!, sound });
    const predicate = quantified(expr);
    if (predicate) {
      // The step is not planned as well: nested macros would double the work at each level.
      const test = this.plan(predicate);
      this.#locals.length = depth;
      return planQuantifier(range, slots, test, (expr.step as Call).name === "_||_");
    }
    const step = this.plan(expr.step);
    const condition = this.plan(expr.condition);
    this.#locals.length = depth + 1;
    const result = this.plan(expr.result);
    this.#locals.length = depth;
    return planFold({ range, init, condition, step, result }, slots);
  }
}

function fromSlot({ slot, init }: Local): Planned {
  if (!init) return pathOf((frame) => frame.locals[slot]!);
  return pathOf((frame) => {
    const known = frame.locals[slot];
    if (known !== undefined) return known;
    const value = init(frame);
    frame.locals[slot] = value;
    return value;
  });
}

const isBinding = ({ range, condition, accuVar }: Comprehension): boolean =>
  range.kind === "list" &&
  range.elements.length === 0 &&
  condition.kind === "literal" &&
  condition.value === false &&
  accuVar !== accumulator;
/** The predicate of what the macros all and exists make. */
function quantified({ step, condition, accuVar }: Comprehension): Expr | undefined {
  if (step.kind !== "call" || (step.name !== "_&&_" && step.name !== "_||_")) return undefined;
  if (condition.kind !== "call" || condition.name !== "@not_strictly_false") return undefined;
  const [accu, predicate] = step.args;
  return accu?.kind === "ident" && accu.name === accuVar ? predicate : undefined;
}

/** A list or map of constants is a constant. */
function constructing(parts: readonly Planned[], code: Code, cost: number): Planned {
  if (parts.every(({ constant }) => constant !== undefined)) return constantOf(code(emptyFrame()));
  return {
    code: (frame) => {
      const value = code(frame);
      charge(frame, cost);
      return value;
    },
  };
}
function optionalItem(value: Value, optional: boolean): Value[] {
  if (!optional) return [value];
  if (!(value instanceof OptionalValue))
    return fail(`cannot initialize optional list element from non-optional value ${plainText(value)}`);
  return value.value === undefined ? [] : [value.value];
}
function optionalEntry(key: string, value: Value): Value | undefined {
  if (value instanceof OptionalValue) return value.value;
  return fail(`cannot initialize optional entry '${key}' from non-optional value ${plainText(value)}`);
}
