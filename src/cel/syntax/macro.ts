// Macros of the standard: has, all, exists, exists_one, map and filter. A macro turns a call into other nodes while the
// call is parsed; loops become folds, the one form of loop that checker, planner and cost estimate know.
import { accumulator } from "./expr.ts";
import type { Expr } from "./expr.ts";
import type { NodeMaker } from "./factory.ts";

export class MacroError {
  readonly offset: number;
  readonly message: string;
  constructor(at: Expr, message: string) {
    this.offset = at.offset;
    this.message = message;
  }
}
export interface Macro {
  readonly name: string;
  /** Called on a receiver. */
  readonly member: boolean;
  /** Number of arguments; -1: any. */
  readonly arity: number;
  /** Undefined: this call is none of the macro's after all. Throws MacroError. */
  readonly expand: (make: NodeMaker, args: readonly Expr[], target: Expr | undefined) => Expr | undefined;
}
type Expand = (make: NodeMaker, args: readonly Expr[], target: Expr) => Expr | undefined;
export const memberMacro = (name: string, arity: number, expand: Expand): Macro => ({
  name,
  member: true,
  arity,
  expand: (make, args, target) => expand(make, args, target!),
});

/** The name that an argument declares. */
function variableName(arg: Expr, message: string): string {
  if (arg.kind !== "ident") throw new MacroError(arg, message);
  if (arg.name === accumulator || arg.name === "__result__")
    throw new MacroError(arg, "iteration variable overwrites accumulator variable");
  return arg.name;
}
const simpleName = "argument must be a simple name";

/** One or two loop variables: the element, or index (key) and element. */
type Variables = { readonly iterVar: string; readonly iterVar2?: string };
export function loopVariables(args: readonly Expr[], count: 1 | 2, message = simpleName): Variables {
  const iterVar = variableName(args[0]!, message);
  if (count === 1) return { iterVar };
  const iterVar2 = variableName(args[1]!, message);
  if (iterVar === iterVar2) throw new MacroError(args[1]!, `duplicate variable name: ${iterVar}`);
  return { iterVar, iterVar2 };
}

export const foldAll = (make: NodeMaker, range: Expr, variables: Variables, predicate: Expr): Expr =>
  make.fold({
    range,
    ...variables,
    accuVar: accumulator,
    init: make.literal(true),
    condition: make.call("@not_strictly_false", make.accu()),
    step: make.call("_&&_", make.accu(), predicate),
    result: make.accu(),
  });
export const foldExists = (make: NodeMaker, range: Expr, variables: Variables, predicate: Expr): Expr =>
  make.fold({
    range,
    ...variables,
    accuVar: accumulator,
    init: make.literal(false),
    condition: make.call("@not_strictly_false", make.call("!_", make.accu())),
    step: make.call("_||_", make.accu(), predicate),
    result: make.accu(),
  });
export const foldExistsOne = (make: NodeMaker, range: Expr, variables: Variables, predicate: Expr): Expr =>
  make.fold({
    range,
    ...variables,
    accuVar: accumulator,
    init: make.literal(0),
    condition: make.literal(true),
    step: make.call("_?_:_", predicate, make.call("_+_", make.accu(), make.literal(1)), make.accu()),
    result: make.call("_==_", make.accu(), make.literal(1)),
  });
/** Gathers by `step`, where `filter` lets it. */
export const foldInto = (
  make: NodeMaker,
  range: Expr,
  variables: Variables,
  { init, step, filter }: { init: Expr; step: Expr; filter?: Expr | undefined },
): Expr =>
  make.fold({
    range,
    ...variables,
    accuVar: accumulator,
    init,
    condition: make.literal(true),
    step: filter ? make.call("_?_:_", filter, step, make.accu()) : step,
    result: make.accu(),
  });
export const appending = (make: NodeMaker, element: Expr): Expr => make.call("_+_", make.accu(), make.list([element]));

const notIdentifier = "argument is not an identifier";
export const expandMap: Expand = (make, args, target) => {
  const variables = loopVariables(args, 1, notIdentifier);
  const filter = args.length === 3 ? args[1] : undefined;
  return foldInto(make, target, variables, { init: make.list(), step: appending(make, args.at(-1)!), filter });
};
const expandFilter: Expand = (make, args, target) => {
  const variables = loopVariables(args, 1, notIdentifier);
  return foldInto(make, target, variables, { init: make.list(), step: appending(make, args[0]!), filter: args[1]! });
};
const expandHas = (make: NodeMaker, [arg]: readonly Expr[]): Expr => {
  if (arg?.kind !== "select") throw new MacroError(arg!, "invalid argument to has() macro");
  return make.select(arg.operand, arg.field, true);
};
const quantifier =
  (fold: typeof foldAll): Expand =>
  (make, args, target) =>
    fold(make, target, loopVariables(args, 1), args[1]!);

/** Another spelling, which the standard's own environments lack. */
export const existsOneMacro = memberMacro("existsOne", 2, quantifier(foldExistsOne));
export const standardMacros: readonly Macro[] = [
  { name: "has", member: false, arity: 1, expand: expandHas },
  memberMacro("all", 2, quantifier(foldAll)),
  memberMacro("exists", 2, quantifier(foldExists)),
  memberMacro("exists_one", 2, quantifier(foldExistsOne)),
  memberMacro("map", 2, expandMap),
  memberMacro("map", 3, expandMap),
  memberMacro("filter", 2, expandFilter),
];
