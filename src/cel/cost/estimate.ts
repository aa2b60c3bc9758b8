// What an expression can cost at most, from the sizes that the types of its variables allow. Follows upstream step by
// step: an expression may be stored only if this estimate is low enough, so the figure is part of the API.
import { fieldNameOf } from "../kubernetes/escape.ts";
import type { Overload } from "../library.ts";
import type { Call, Comprehension, CreateList, CreateMap, CreateStruct, Expr, Select } from "../syntax/expr.ts";
import { accumulator } from "../syntax/expr.ts";
import { sizeOf as textSize } from "../text.ts";
import { dynType, isOptional, sameType, unwrapOptional } from "../type.ts";
import type { CelType } from "../type.ts";
import type { CallEstimate, CallNode, SizedNode } from "./node.ts";
import {
  fixed,
  listCost,
  mapCost,
  one,
  plus,
  scaled,
  structCost,
  textFactor,
  times,
  union,
  unknownSize,
  unlimited,
  zero,
} from "./range.ts";
import type { Range } from "./range.ts";

/** A variable and the way from it: "self", "spec", "@items", "name". */
export type Path = readonly string[];
/** The size of what lies at a path; undefined: unknown. */
export type SizeOfPath = (path: Path) => Range | undefined;

export const estimateCost = (expr: Expr, sizeOfPath: SizeOfPath): Range => new Estimator(sizeOfPath).cost(expr);

/** Sizes by the bounds of declared types. */
export const sizesOf =
  (variables: Readonly<Record<string, CelType>>): SizeOfPath =>
  ([name, ...steps]) => {
    // Upstream: what has no variable's name (a type, an element of a literal) is measured as `self` itself.
    let type = name === undefined ? undefined : (variables[name] ?? variables["self"]);
    for (const step of steps) type = type && stepInto(type, step);
    return type?.maxElements === undefined ? undefined : { min: 0, max: type.maxElements };
  };
function stepInto(type: CelType, step: string): CelType | undefined {
  if (step === "@items" || step === "@values")
    return type.kind === "list" ? type.elem : type.kind === "map" ? type.value : undefined;
  if (step === "@keys") return type.kind === "map" ? type.key : undefined;
  if (isOptional(type)) return stepInto(unwrapOptional(type), step);
  // Upstream finds a field by its escaped name only: of `self.namespace` no size is known.
  if (type.kind !== "object" || fieldNameOf(step) !== step) return undefined;
  return type.field?.(step)?.type;
}

/** Sizes of what a list or map holds. */
interface Entries {
  readonly container: "list" | "map";
  readonly key: Range;
  readonly value: Range;
}
interface Local {
  readonly path: Path;
  readonly size?: Range | undefined;
  readonly entries?: Entries | undefined;
}
const noSize: Range = { min: unlimited, max: 0 };
const unionOfAll = (sizes: readonly Range[]): Range => (sizes.length ? sizes.reduce(union, noSize) : zero);
const scalars = new Set(["bool", "double", "duration", "int", "timestamp", "uint"]);
const isScalar = (type: CelType): boolean =>
  scalars.has(type.kind) || (isOptional(type) && isScalar(unwrapOptional(type)));
const typeOf = (expr: Expr): CelType => expr.type ?? dynType;

class Estimator {
  readonly #sizeOfPath: SizeOfPath;
  readonly #locals: { readonly name: string; readonly local: Local }[] = [];
  readonly #paths = new Map<Expr, Path>();
  readonly #sizes = new Map<Expr, Range>();
  readonly #entries = new Map<Expr, Entries>();
  constructor(sizeOfPath: SizeOfPath) {
    this.#sizeOfPath = sizeOfPath;
  }

  cost(expr: Expr): Range {
    switch (expr.kind) {
      case "literal":
        return zero;
      case "ident":
        this.#paths.set(expr, this.#local(expr)?.path ?? [expr.name]);
        return one;
      case "select":
        return this.#select(expr);
      case "call":
        return this.#call(expr);
      case "list":
        return this.#list(expr);
      case "map":
        return this.#map(expr);
      case "struct":
        return this.#struct(expr);
      case "comprehension":
        return isBinding(expr) ? this.#binding(expr) : this.#loop(expr);
    }
  }

  #local(expr: Expr): Local | undefined {
    if (expr.kind !== "ident") return undefined;
    return this.#locals.findLast(({ name }) => name === expr.name)?.local;
  }
  #path(expr: Expr): Path {
    return this.#local(expr)?.path ?? this.#paths.get(expr) ?? [];
  }
  #entriesOf(expr: Expr): Entries | undefined {
    return this.#entries.get(expr) ?? this.#local(expr)?.entries;
  }
  #size(expr: Expr): Range | undefined {
    const known = this.#sizes.get(expr) ?? literalSize(expr);
    if (known) return known;
    const path = this.#path(expr);
    const declared = path.length && path[0] !== accumulator ? this.#sizeOfPath(path) : undefined;
    if (declared) {
      this.#sizes.set(expr, declared);
      return declared;
    }
    return isScalar(typeOf(expr)) ? one : this.#local(expr)?.size;
  }
  #sizeOrUnknown(expr: Expr): Range {
    return this.#size(expr) ?? unknownSize;
  }
  #setSize(expr: Expr, size: Range | undefined): void {
    if (size) this.#sizes.set(expr, size);
  }
  #setEntries(expr: Expr, entries: Entries | undefined): void {
    if (entries) this.#entries.set(expr, entries);
  }

  #select(expr: Select): Range {
    if (expr.reference !== undefined) {
      this.#paths.set(expr, [expr.reference]);
      return one;
    }
    const cost = this.cost(expr.operand);
    if (expr.test) return cost;
    this.#paths.set(expr, [...this.#path(expr.operand), expr.field]);
    const { kind } = typeOf(expr.operand);
    return kind === "map" || kind === "object" || kind === "param" ? plus(cost, one) : cost;
  }
  #list(expr: CreateList): Range {
    const costs = expr.elements.map((element) => this.cost(element));
    const value = unionOfAll(expr.elements.map((element) => this.#sizeOrUnknown(element)));
    this.#entries.set(expr, { container: "list", key: one, value });
    return plus(...costs, fixed(listCost));
  }
  #map(expr: CreateMap): Range {
    const costs = expr.entries.flatMap(({ key, value }) => [this.cost(key), this.cost(value)]);
    const key = unionOfAll(expr.entries.map((entry) => this.#sizeOrUnknown(entry.key)));
    const value = unionOfAll(expr.entries.map((entry) => this.#sizeOrUnknown(entry.value)));
    this.#entries.set(expr, { container: "map", key, value });
    return plus(...costs, fixed(mapCost));
  }
  #struct(expr: CreateStruct): Range {
    return plus(...expr.fields.map(({ value }) => this.cost(value)), fixed(structCost));
  }

  #call(expr: Call): Range {
    if (expr.name === "dyn") return this.#dyn(expr);
    const args = expr.args.map((arg) => this.cost(arg));
    const { overloads = [] } = expr;
    if (!overloads.length) return zero;
    const target = expr.target ? this.cost(expr.target) : zero;
    const estimates = overloads.map((overload) => this.#overload(expr, overload, args));
    const sizes = estimates.flatMap(({ size }) => (size ? [size] : []));
    let size = sizes.length ? unionOfAll(sizes) : undefined;
    for (const { id } of overloads) size = this.#indexed(expr, id) ?? size;
    this.#setSize(expr, size ?? this.#size(expr));
    return plus(target, estimates.map(({ cost }) => cost).reduce(union));
  }
  #dyn(expr: Call): Range {
    const [arg] = expr.args;
    const cost = plus(one, this.cost(arg!));
    this.#setSize(expr, this.#size(arg!));
    this.#setEntries(expr, this.#entriesOf(arg!));
    return cost;
  }
  /** Follows the path into a list or map, and tells the size of what is taken out. */
  #indexed(expr: Call, id: string): Range | undefined {
    if (id !== "index_list" && id !== "index_map") return undefined;
    const [container] = expr.args;
    this.#paths.set(expr, [...this.#path(container!), id === "index_list" ? "@items" : "@values"]);
    return this.#entriesOf(container!)?.value;
  }
  #overload(expr: Call, overload: Overload, argCosts: readonly Range[]): CallEstimate {
    const own = this.#special(expr, overload.id, argCosts);
    if (own) return own;
    const estimate = overload.cost?.estimate(this.#node(expr)) ?? { cost: one };
    return { ...estimate, cost: plus(estimate.cost, ...argCosts) };
  }
  #node(expr: Call): CallNode {
    const args = expr.args.map((arg) => this.#sized(arg));
    return expr.target ? { target: this.#sized(expr.target), args } : { args };
  }
  #sized(expr: Expr): SizedNode {
    const type = typeOf(expr);
    const node = { type, size: this.#sizeOrUnknown(expr), ...(expr.kind === "literal" && { value: expr.value }) };
    if (type.kind !== "list" && type.kind !== "map") return node;
    const path = this.#path(expr);
    const size = path.length && path[0] !== accumulator ? this.#sizeOfPath([...path, "@items"]) : undefined;
    return { ...node, items: { type: type.kind === "list" ? type.elem : type.key, size: size ?? unknownSize } };
  }
  /** Operators whose cost is not that of all of their arguments, or whose result keeps the sizes of what it holds. */
  #special(expr: Call, id: string, costs: readonly Range[]): CallEstimate | undefined {
    const [a, b, c] = expr.args;
    switch (id) {
      case "logical_and":
      case "logical_or":
        return { cost: { min: costs[0]!.min, max: plus(costs[0]!, costs[1]!).max } };
      case "conditional": {
        this.#setEntries(expr, unionOfEntries(this.#entriesOf(b!), this.#entriesOf(c!)));
        const size = union(this.#sizeOrUnknown(b!), this.#sizeOrUnknown(c!));
        return { cost: plus(costs[0]!, union(costs[1]!, costs[2]!)), size };
      }
      case "equals":
        return this.#libraryEquality(a!, b!, costs);
      case "add_string":
      case "add_bytes":
      case "add_list":
        this.#setEntries(expr, unionOfEntries(this.#entriesOf(a!), this.#entriesOf(b!)));
        return undefined;
      default:
        return undefined;
    }
  }

  /** Values of libraries are compared at once, or along a text of known length. */
  #libraryEquality(a: Expr, b: Expr, costs: readonly Range[]): CallEstimate | undefined {
    const type = typeOf(a);
    if ((type.kind !== "object" && type.kind !== "opaque") || !sameType(type, typeOf(b))) return undefined;
    const max = type.equalityLength;
    if (max === undefined) return undefined;
    const length = max === "size" ? (this.#size(b)?.max ?? 1) : max;
    return { cost: plus(scaled({ min: 1, max: length }, textFactor), ...costs) };
  }

  #loop(expr: Comprehension): Range {
    const head = plus(this.cost(expr.range), this.cost(expr.init));
    const depth = this.#locals.length;
    const { init } = expr;
    const accu = { path: this.#path(init), size: this.#size(init), entries: this.#entriesOf(init) };
    this.#locals.push({ name: expr.accuVar, local: accu });
    this.#pushLoopVariables(expr);
    const turn = plus(this.cost(expr.condition), this.cost(expr.step));
    this.#locals.length = depth + 1;
    const result = this.cost(expr.result);
    this.#locals.length = depth;
    const turns = this.#sizeOrUnknown(expr.range);
    if (init.kind === "literal") this.#setSize(expr, this.#size(init));
    if (init.kind === "list" || init.kind === "map") {
      this.#setSize(expr, turns);
      this.#setEntries(expr, this.#entriesOf(expr.step));
    }
    return plus(head, result, times(turns, turn));
  }
  #pushLoopVariables({ range, iterVar, iterVar2 }: Comprehension): void {
    const entries = this.#entriesOf(range);
    const isList = (entries?.container ?? typeOf(range).kind) === "list";
    const path = this.#path(range);
    const push = (name: string, step: string, size: Range | undefined): void =>
      void this.#locals.push({ name, local: { path: [...path, step], size } });
    if (iterVar2 === undefined) {
      push(iterVar, isList ? "@items" : "@keys", isList ? entries?.value : entries?.key);
      return;
    }
    push(iterVar, isList ? "@indices" : "@keys", entries?.key);
    push(iterVar2, isList ? "@items" : "@values", entries?.value);
  }
  #binding(expr: Comprehension): Range {
    const head = plus(this.cost(expr.range), this.cost(expr.init));
    const { init } = expr;
    const local = { path: this.#path(init), size: this.#size(init), entries: this.#entriesOf(init) };
    this.#locals.push({ name: expr.accuVar, local });
    const result = this.cost(expr.result);
    this.#setSize(expr, this.#size(expr.result));
    this.#setEntries(expr, this.#entriesOf(expr.result));
    this.#locals.pop();
    return plus(head, result);
  }
}

const unionOfEntries = (a: Entries | undefined, b: Entries | undefined): Entries | undefined =>
  a && b && { container: a.container, key: union(a.key, b.key), value: union(a.value, b.value) };
const isBinding = ({ range, condition, accuVar }: Comprehension): boolean =>
  range.kind === "list" &&
  range.elements.length === 0 &&
  condition.kind === "literal" &&
  condition.value === false &&
  accuVar !== "__result__";
function literalSize(expr: Expr): Range | undefined {
  if (expr.kind === "list") return fixed(expr.elements.length);
  if (expr.kind === "map") return fixed(expr.entries.length);
  if (expr.kind !== "literal") return undefined;
  const { value } = expr;
  if (typeof value === "string") return fixed(textSize(value));
  return fixed(value instanceof Uint8Array ? value.length : 1);
}
