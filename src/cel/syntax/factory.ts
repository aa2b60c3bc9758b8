// Makes nodes with fresh ids; what a macro makes is placed where its call stands.
import type { Value } from "../value.ts";
import { accumulator } from "./expr.ts";
import type { Call, Comprehension, CreateList, CreateMap, Expr, Ident, Literal, MapEntry, Select } from "./expr.ts";

export type Fold = Pick<Comprehension, "range" | "iterVar" | "accuVar" | "init" | "condition" | "step" | "result"> & {
  readonly iterVar2?: string;
};

export class ExprFactory {
  #nextId = 1;
  readonly id = (): number => this.#nextId++;
  /** Makers of nodes at one place. */
  at(offset: number): NodeMaker {
    return new NodeMaker(this.id, offset);
  }
}
export class NodeMaker {
  readonly offset: number;
  readonly id: () => number;
  constructor(id: () => number, offset: number) {
    this.id = id;
    this.offset = offset;
  }
  #node(): { id: number; offset: number } {
    return { id: this.id(), offset: this.offset };
  }
  literal(value: Value): Literal {
    return { kind: "literal", ...this.#node(), value };
  }
  ident(name: string): Ident {
    return { kind: "ident", ...this.#node(), name };
  }
  accu(): Ident {
    return this.ident(accumulator);
  }
  call(name: string, ...args: Expr[]): Call {
    return { kind: "call", ...this.#node(), name, args };
  }
  memberCall(name: string, target: Expr, ...args: Expr[]): Call {
    return { kind: "call", ...this.#node(), name, target, args };
  }
  select(operand: Expr, field: string, test = false): Select {
    return { kind: "select", ...this.#node(), operand, field, test };
  }
  list(elements: readonly Expr[] = [], optional: readonly number[] = []): CreateList {
    return { kind: "list", ...this.#node(), elements, optional };
  }
  map(entries: readonly MapEntry[] = []): CreateMap {
    return { kind: "map", ...this.#node(), entries };
  }
  fold(parts: Fold): Comprehension {
    return { kind: "comprehension", ...this.#node(), ...parts };
  }
  /** Binds a name to a value for the length of `result`: a loop over nothing. */
  bind(name: string, value: Expr, result: Expr): Comprehension {
    const range = this.list();
    const loop = { condition: this.literal(false), step: this.ident(name), result };
    return this.fold({ range, iterVar: "#unused", accuVar: name, init: value, ...loop });
  }
  /** The same expression with ids of its own. */
  copy(expr: Expr): Expr {
    const copied = { ...expr, id: this.id() };
    switch (copied.kind) {
      case "select":
        return { ...copied, operand: this.copy(copied.operand) };
      case "call": {
        const args = copied.args.map((arg) => this.copy(arg));
        return copied.target ? { ...copied, target: this.copy(copied.target), args } : { ...copied, args };
      }
      case "list":
        return { ...copied, elements: copied.elements.map((element) => this.copy(element)) };
      case "map":
        return {
          ...copied,
          entries: copied.entries.map((entry) => ({
            ...entry,
            id: this.id(),
            key: this.copy(entry.key),
            value: this.copy(entry.value),
          })),
        };
      case "struct":
        return {
          ...copied,
          fields: copied.fields.map((field) => ({ ...field, id: this.id(), value: this.copy(field.value) })),
        };
      case "comprehension": {
        const { range, init, condition, step, result } = copied;
        const parts = { range, init, condition, step, result };
        const copies = Object.entries(parts).map(([name, part]) => [name, this.copy(part)]);
        return { ...copied, ...(Object.fromEntries(copies) as typeof parts) };
      }
      default:
        return copied;
    }
  }
}
