// The syntax tree, macros expanded. The checker writes what it finds (types, references, overloads) into the nodes: a
// tree belongs to one compilation. `offset` is where errors about a node point.
import type { Overload } from "../library.ts";
import type { CelType } from "../type.ts";
import type { Value } from "../value.ts";

interface Node {
  readonly id: number;
  readonly offset: number;
  type?: CelType;
}
export interface Literal extends Node {
  readonly kind: "literal";
  readonly value: Value;
}
export interface Ident extends Node {
  readonly kind: "ident";
  name: string;
  /** The declared name that it stands for. */
  reference?: string;
}
export interface Select extends Node {
  readonly kind: "select";
  readonly operand: Expr;
  readonly field: string;
  /** has(): whether the field is there. */
  readonly test: boolean;
  /** The whole path is the name of a declared variable or type. */
  reference?: string;
}
export interface Call extends Node {
  readonly kind: "call";
  name: string;
  /** The receiver; taken away when it turns out to be the namespace of a function. */
  target?: Expr;
  readonly args: readonly Expr[];
  overloads?: readonly Overload[];
}
export interface CreateList extends Node {
  readonly kind: "list";
  readonly elements: readonly Expr[];
  /** Indices of elements written with `?`. */
  readonly optional: readonly number[];
}
export interface MapEntry extends Node {
  readonly key: Expr;
  readonly value: Expr;
  readonly optional: boolean;
}
export interface CreateMap extends Node {
  readonly kind: "map";
  readonly entries: readonly MapEntry[];
}
export interface StructField extends Node {
  readonly name: string;
  readonly value: Expr;
  readonly optional: boolean;
}
export interface CreateStruct extends Node {
  readonly kind: "struct";
  name: string;
  readonly fields: readonly StructField[];
}
export interface Comprehension extends Node {
  readonly kind: "comprehension";
  readonly range: Expr;
  readonly iterVar: string;
  readonly iterVar2?: string;
  readonly accuVar: string;
  readonly init: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}
export type Expr = Literal | Ident | Select | Call | CreateList | CreateMap | CreateStruct | Comprehension;

/** The accumulator of all macros; no source can name it. */
export const accumulator = "@result";

export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "select":
      return [expr.operand];
    case "call":
      return expr.target ? [expr.target, ...expr.args] : expr.args;
    case "list":
      return expr.elements;
    case "map":
      return expr.entries.flatMap(({ key, value }) => [key, value]);
    case "struct":
      return expr.fields.map(({ value }) => value);
    case "comprehension":
      return [expr.range, expr.init, expr.condition, expr.step, expr.result];
    default:
      return [];
  }
}
/** The dotted name that an expression spells, if it is one. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === "ident") return expr.name;
  if (expr.kind !== "select" || expr.test) return undefined;
  const prefix = qualifiedName(expr.operand);
  return prefix === undefined ? undefined : `${prefix}.${expr.field}`;
}
