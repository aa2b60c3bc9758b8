// Libraries: functions with typed overloads, macros and type names. A signature is written as errors print it,
// "string.(int) -> string", and parsed once; single capital letters are type parameters.
import type { CallEstimate, CallNode } from "./cost/node.ts";
import type { Macro } from "./syntax/macro.ts";
import {
  boolType,
  bytesType,
  doubleType,
  durationType,
  dynType,
  intType,
  listType,
  mapType,
  nullType,
  optionalType,
  paramType,
  stringType,
  timestampType,
  typeType,
  uintType,
} from "./type.ts";
import type { CelType } from "./type.ts";
import type { Value } from "./value.ts";

// any: a function receives values of the types of its signature; checker and guards see to that
// eslint-disable-next-line
export type Implementation = (...args: any[]) => Value;
/** What one call costs at run time; most cost 1. The result is given only where `afterwards` says so. */
export interface CallCost {
  readonly actual: (args: readonly Value[], result: Value) => number;
  readonly afterwards?: boolean;
  /** The estimate before any evaluation; undefined: the usual rule for the overload. */
  readonly estimate: (call: CallNode) => CallEstimate | undefined;
}
export interface Overload {
  readonly id: string;
  readonly name: string;
  /** Called on a receiver, which is the first of `args`. */
  readonly member: boolean;
  readonly args: readonly CelType[];
  readonly result: CelType;
  /** Its type parameters. */
  readonly params: readonly string[];
  readonly call: Implementation;
  readonly cost?: CallCost;
}
export interface FunctionDeclaration {
  readonly name: string;
  readonly overloads: readonly Overload[];
  /** Answers for all overloads where the types leave several; else they are tried in order. */
  readonly any?: Implementation;
}
export interface Library {
  readonly name: string;
  readonly functions?: readonly FunctionDeclaration[];
  readonly macros?: readonly Macro[];
  /** Types that may be named in expressions. */
  readonly types?: readonly CelType[];
  /** Turns on `a.?b`, `a[?b]`, `[?a]` and `{?a: b}`. */
  readonly optionalSyntax?: boolean;
}

const named: Readonly<Record<string, CelType>> = {
  bool: boolType,
  bytes: bytesType,
  double: doubleType,
  duration: durationType,
  dyn: dynType,
  int: intType,
  null: nullType,
  string: stringType,
  timestamp: timestampType,
  uint: uintType,
};
const constructors: Readonly<Record<string, (params: readonly CelType[]) => CelType>> = {
  list: ([elem]) => listType(elem!),
  map: ([key, value]) => mapType(key!, value!),
  optional: ([of]) => optionalType(of!),
  type: ([of]) => typeType(of),
};
type Types = Readonly<Record<string, CelType>>;

/** Reads one type of a signature; what follows it is left over. */
function readType(text: string, types: Types): { type: CelType; rest: string } {
  const word = /^[A-Za-z][\w]*/.exec(text)?.[0] ?? "";
  let rest = text.slice(word.length);
  const make = constructors[word];
  if (make && rest.startsWith("(")) {
    const params: CelType[] = [];
    do {
      const param = readType(rest.replace(/^[(,]\s*/, ""), types);
      params.push(param.type);
      rest = param.rest;
    } while (rest.startsWith(","));
    return { type: make(params), rest: rest.slice(1) };
  }
  const type = types[word] ?? named[word] ?? (/^[A-Z]$/.test(word) ? paramType(word) : undefined);
  if (!type) throw new Error(`signature names the unknown type ${JSON.stringify(word)} in ${JSON.stringify(text)}`);
  return { type, rest };
}
function readArguments(text: string, types: Types): CelType[] {
  const args: CelType[] = [];
  for (let rest = text; rest;) {
    const arg = readType(rest, types);
    args.push(arg.type);
    rest = arg.rest.replace(/^,\s*/, "");
  }
  return args;
}
function paramsIn(type: CelType): string[] {
  if (type.kind === "param") return [type.name];
  if (type.kind === "list") return paramsIn(type.elem);
  if (type.kind === "map") return [...paramsIn(type.key), ...paramsIn(type.value)];
  if (type.kind === "type") return type.of ? paramsIn(type.of) : [];
  return type.kind === "opaque" ? type.params.flatMap(paramsIn) : [];
}
function readSignature(text: string, types: Types): Pick<Overload, "member" | "args" | "result" | "params"> {
  const match = /^(?:(.+)\.)?\((.*)\) -> (.+)$/.exec(text);
  if (!match) throw new Error(`no signature: ${JSON.stringify(text)}`);
  const [, receiver, inner = "", result = ""] = match;
  const args = [...(receiver ? [readType(receiver, types).type] : []), ...readArguments(inner, types)];
  const resultType = readType(result, types).type;
  const params = [...new Set([...args, resultType].flatMap(paramsIn))];
  return { member: receiver !== undefined, args, result: resultType, params };
}

export interface OverloadDefinition {
  readonly id: string;
  readonly signature: string;
  readonly call: Implementation;
  readonly cost?: CallCost;
}
/** One overload, written as id, signature, implementation and, where a call does not simply cost 1, its cost. */
export const overload = (id: string, signature: string, call: Implementation, cost?: CallCost): OverloadDefinition => ({
  id,
  signature,
  call,
  ...(cost && { cost }),
});

/** Makes the declarations of a library; `types` are names that its signatures use. */
export const declarer =
  (types: Types = {}) =>
  (name: string, overloads: readonly OverloadDefinition[], any?: Implementation): FunctionDeclaration => ({
    name,
    overloads: overloads.map(({ signature, ...definition }) => ({
      name,
      ...definition,
      ...readSignature(signature, types),
    })),
    ...(any && { any }),
  });
