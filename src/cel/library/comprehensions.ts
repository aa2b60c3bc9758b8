// Macros that declare names: loops with two variables, cel.bind, and the blocks of the public test suites.
import type { Library } from "../library.ts";
import type { Expr } from "../syntax/expr.ts";
import type { NodeMaker } from "../syntax/factory.ts";
import {
  appending,
  foldAll,
  foldExists,
  foldExistsOne,
  foldInto,
  loopVariables,
  MacroError,
  memberMacro,
} from "../syntax/macro.ts";
import { mapInsert } from "./collections.ts";

const quantifier = (fold: typeof foldAll) => (make: NodeMaker, args: readonly Expr[], target: Expr) =>
  fold(make, target, loopVariables(args, 2), args[2]!);
/** With four arguments the third says which elements take part. */
const transform =
  (start: (make: NodeMaker) => Expr, step: (make: NodeMaker, result: Expr, key: string) => Expr) =>
  (make: NodeMaker, args: readonly Expr[], target: Expr): Expr => {
    const variables = loopVariables(args, 2);
    const filter = args.length === 4 ? args[2] : undefined;
    const parts = { init: start(make), step: step(make, args.at(-1)!, variables.iterVar), filter };
    return foldInto(make, target, variables, parts);
  };
const toList = transform((make) => make.list(), appending);
const toMap = transform(
  (make) => make.map(),
  (make, result, key) => make.call("cel.@mapInsert", make.accu(), make.ident(key), result),
);
const toEntries = transform(
  (make) => make.map(),
  (make, result) => make.call("cel.@mapInsert", make.accu(), result),
);

export const twoVariableComprehensions: Library = {
  name: "twoVariableComprehensions",
  macros: [
    memberMacro("all", 3, quantifier(foldAll)),
    memberMacro("exists", 3, quantifier(foldExists)),
    memberMacro("existsOne", 3, quantifier(foldExistsOne)),
    memberMacro("exists_one", 3, quantifier(foldExistsOne)),
    memberMacro("transformList", 3, toList),
    memberMacro("transformList", 4, toList),
    memberMacro("transformMap", 3, toMap),
    memberMacro("transformMap", 4, toMap),
    memberMacro("transformMapEntry", 3, toEntries),
    memberMacro("transformMapEntry", 4, toEntries),
  ],
  functions: [mapInsert],
};

const isCel = (target: Expr): boolean => target.kind === "ident" && target.name === "cel";
/** cel.bind(name, value, expression). */
export const bindings: Library = {
  name: "bindings",
  macros: [
    memberMacro("bind", 3, (make, [name, value, result], target) => {
      if (!isCel(target)) return undefined;
      if (name!.kind !== "ident") throw new MacroError(name!, "cel.bind() variable names must be simple identifiers");
      return make.bind(name!.name, value!, result!);
    }),
  ],
};

const numbersOf = (args: readonly Expr[]): string =>
  args.map((arg) => (arg.kind === "literal" ? String(arg.value) : "?")).join(":");
/** cel.block([values], expression), in which cel.index(n) is a value: what an optimizer makes of repeated parts. */
export const blocks: Library = {
  name: "blocks",
  macros: [
    memberMacro("block", 2, (make, [slots, result], target) => {
      if (!isCel(target) || slots!.kind !== "list") return undefined;
      return slots!.elements.reduceRight((inner, value, i) => make.bind(`@index${i}`, value, inner), result!);
    }),
    memberMacro("index", 1, (make, args, target) =>
      isCel(target) ? make.ident(`@index${numbersOf(args)}`) : undefined,
    ),
    memberMacro("iterVar", 2, (make, args, target) =>
      isCel(target) ? make.ident(`@it:${numbersOf(args)}`) : undefined,
    ),
    memberMacro("accuVar", 2, (make, args, target) =>
      isCel(target) ? make.ident(`@ac:${numbersOf(args)}`) : undefined,
    ),
  ],
};
