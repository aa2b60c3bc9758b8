// The type checker: gives each node its type, each name what it stands for and each call the overloads that fit. Errors
// are collected, not thrown; a node with an error has the error type, which fits everywhere.
import type { FunctionDeclaration } from "../library.ts";
import type { Call, Comprehension, CreateList, CreateMap, CreateStruct, Expr, Ident, Select } from "../syntax/expr.ts";
import { qualifiedName } from "../syntax/expr.ts";
import type { Issue } from "../syntax/source.ts";
import { issueAt } from "../syntax/source.ts";
import {
  boolType,
  bytesType,
  doubleType,
  dynType,
  errorType,
  formatSignature,
  formatType,
  intType,
  isDyn,
  isOptional,
  listType,
  mapType,
  nullType,
  optionalType,
  paramType,
  sameType,
  stringType,
  uintType,
  unwrapOptional,
} from "../type.ts";
import type { CelType, ObjectType } from "../type.ts";
import { Double, Uint } from "../value.ts";
import type { Value } from "../value.ts";
import type { Scope } from "./scope.ts";
import { instantiate, mostGeneral, Substitution } from "./unify.ts";

/** Writes types and references into the tree and returns what is wrong with it. */
export function check(expr: Expr, scope: Scope, source: string): Issue[] {
  const checker = new Checker(scope, source);
  checker.check(expr);
  checker.finish();
  return checker.issues;
}

function literalType(value: Value): CelType {
  if (value === null) return nullType;
  if (typeof value === "boolean") return boolType;
  if (typeof value === "string") return stringType;
  if (value instanceof Double) return doubleType;
  if (value instanceof Uint) return uintType;
  return value instanceof Uint8Array ? bytesType : intType;
}

class Checker {
  readonly issues: Issue[] = [];
  readonly #scope: Scope;
  readonly #source: string;
  readonly #types = new Substitution();
  readonly #typed: Expr[] = [];
  #params = 0;
  constructor(scope: Scope, source: string) {
    this.#scope = scope;
    this.#source = source;
  }
  /** Parameters that nothing has bound are dyn. */
  finish(): void {
    for (const expr of this.#typed) expr.type = this.#types.apply(expr.type!, true);
  }
  #report(offset: number, message: string): void {
    this.issues.push(issueAt(this.#source, offset, message));
  }
  #undeclared(expr: Expr, name: string): CelType {
    this.#report(expr.offset, `undeclared reference to '${name}' (in container '${this.#scope.container}')`);
    return errorType;
  }
  #mismatch(expr: { readonly offset: number }, wanted: CelType, given: CelType): void {
    this.#report(expr.offset, `expected type '${formatType(wanted)}' but found '${formatType(given)}'`);
  }
  #newParam(): CelType {
    return paramType(`_var${this.#params++}`);
  }

  check(expr: Expr): CelType {
    const type = this.#typeOf(expr);
    expr.type = type;
    this.#typed.push(expr);
    return type;
  }
  #typeOf(expr: Expr): CelType {
    switch (expr.kind) {
      case "literal":
        return literalType(expr.value);
      case "ident":
        return this.#ident(expr);
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
        return this.#comprehension(expr);
    }
  }

  #ident(expr: Ident): CelType {
    const variable = this.#scope.lookup(expr.name);
    if (!variable) return this.#undeclared(expr, expr.name);
    expr.reference = variable.name;
    return variable.type;
  }
  #select(expr: Select): CelType {
    const name = qualifiedName(expr);
    const variable = name === undefined ? undefined : this.#scope.lookup(name);
    if (variable) {
      expr.reference = variable.name;
      return variable.type;
    }
    const type = this.#field(expr, expr.operand, expr.field, false);
    return expr.test ? boolType : this.#types.apply(type);
  }
  /** The type of a field of `operand`; of an optional it is optional too. */
  #field(expr: Expr, operand: Expr, field: string, optional: boolean): CelType {
    const operandType = this.#types.apply(this.check(operand));
    const target = unwrapOptional(operandType);
    const type = this.#fieldType(expr, target, field);
    return optional || isOptional(operandType) ? optionalType(type) : type;
  }
  #fieldType(expr: Expr, target: CelType, field: string): CelType {
    switch (target.kind) {
      case "map":
        return target.value;
      case "object":
        return this.#objectField(expr, target, field);
      case "param":
        this.#types.assignable(dynType, target);
        return dynType;
      case "dyn":
      case "any":
      case "error":
        return dynType;
      default:
        this.#report(expr.offset, `type '${formatType(target)}' does not support field selection`);
        return dynType;
    }
  }
  #objectField(at: { readonly offset: number }, type: ObjectType, name: string): CelType {
    const field = type.field?.(name);
    if (field) return field.type;
    const message = type.field ? `undefined field '${name}'` : `unexpected failed resolution of '${type.name}'`;
    this.#report(at.offset, message);
    return errorType;
  }

  #call(expr: Call): CelType {
    if (expr.name === "_?._") return this.#optionalSelect(expr);
    for (const arg of expr.args) this.check(arg);
    if (!expr.target) {
      const declaration = this.#scope.lookupFunction(expr.name);
      if (!declaration) return this.#undeclared(expr, expr.name);
      expr.name = declaration.name;
      return this.#resolve(expr, declaration);
    }
    const namespace = qualifiedName(expr.target);
    const qualified = namespace === undefined ? undefined : this.#scope.lookupFunction(`${namespace}.${expr.name}`);
    if (qualified) {
      expr.name = qualified.name;
      delete expr.target;
      return this.#resolve(expr, qualified);
    }
    this.check(expr.target);
    const declaration = this.#scope.lookupFunction(expr.name);
    return declaration ? this.#resolve(expr, declaration) : this.#undeclared(expr, expr.name);
  }
  #optionalSelect(expr: Call): CelType {
    const [operand, field] = expr.args;
    const name = field?.kind === "literal" ? field.value : undefined;
    if (!operand || typeof name !== "string") {
      this.#report(expr.offset, "unsupported optional field selection");
      return errorType;
    }
    field!.type = stringType;
    expr.overloads = this.#scope.lookupFunction(expr.name)?.overloads ?? [];
    return this.#types.apply(this.#field(expr, operand, name, true));
  }
  /** Keeps the overloads that fit the arguments; their common result, or dyn, is the call's type. */
  #resolve(expr: Call, declaration: FunctionDeclaration): CelType {
    const args = expr.target ? [expr.target, ...expr.args] : [...expr.args];
    const types = args.map((arg) => arg.type!);
    const member = expr.target !== undefined;
    if (declaration.name === "_&&_" || declaration.name === "_||_") return this.#logic(expr, declaration, args);
    let result: CelType | undefined;
    const fitting = declaration.overloads.filter((overload) => {
      if (overload.member !== member || !this.#scope.allows(overload.id)) return false;
      const names = new Map(overload.params.map((name) => [name, this.#newParam()]));
      const wanted = overload.args.map((arg) => instantiate(arg, names));
      if (!this.#types.assignableAll(types, wanted)) return false;
      const type = this.#types.apply(instantiate(overload.result, names));
      if (!result) result = type;
      else if (!isDyn(result) && !sameType(type, result)) result = dynType;
      return true;
    });
    if (!result) {
      const signature = formatSignature(
        types.map((type) => this.#types.apply(type, true)),
        member,
      );
      this.#report(expr.offset, `found no matching overload for '${declaration.name}' applied to '${signature}'`);
      return errorType;
    }
    expr.overloads = fitting;
    return result;
  }
  #logic(expr: Call, declaration: FunctionDeclaration, args: readonly Expr[]): CelType {
    let good = true;
    for (const arg of args) {
      if (this.#types.assignable(arg.type!, boolType)) continue;
      this.#mismatch(arg, boolType, arg.type!);
      good = false;
    }
    if (!good) return errorType;
    expr.overloads = declaration.overloads;
    return boolType;
  }

  #list(expr: CreateList): CelType {
    let joined: CelType | undefined;
    expr.elements.forEach((element, i) => {
      const given = this.check(element);
      const type = expr.optional.includes(i) ? this.#unwrapped(element, given) : given;
      joined = this.#join(element, joined, type);
    });
    return listType(joined ?? this.#newParam());
  }
  #map(expr: CreateMap): CelType {
    let key: CelType | undefined;
    let value: CelType | undefined;
    for (const entry of expr.entries) {
      key = this.#join(entry.key, key, this.check(entry.key));
      const given = this.check(entry.value);
      value = this.#join(entry.value, value, entry.optional ? this.#unwrapped(entry.value, given) : given);
    }
    const keyType = key ?? this.#newParam();
    return mapType(keyType, value ?? this.#newParam());
  }
  /** What an element marked with `?` adds, which must be optional. */
  #unwrapped(expr: Expr, type: CelType): CelType {
    if (!isOptional(type) && !isDyn(type)) this.#mismatch(expr, optionalType(type), type);
    return unwrapOptional(type);
  }
  #join(expr: Expr, before: CelType | undefined, type: CelType): CelType {
    if (!before) return type;
    if (this.#types.assignable(before, type)) return mostGeneral(before, type);
    if (!this.#scope.homogeneousLiterals) return dynType;
    this.#mismatch(expr, before, type);
    return errorType;
  }
  #struct(expr: CreateStruct): CelType {
    const named = this.#scope.lookup(expr.name);
    if (!named) return this.#undeclared(expr, expr.name);
    expr.name = named.name;
    const type = this.#builtType(expr, named.type);
    for (const field of expr.fields) {
      const given = this.check(field.value);
      const valueType = field.optional ? this.#unwrapped(field.value, given) : given;
      const wanted = type.kind === "object" ? this.#objectField(field, type, field.name) : errorType;
      if (this.#types.assignable(wanted, valueType)) continue;
      const texts = `is '${formatType(wanted)}' but provided type is '${formatType(valueType)}'`;
      this.#report(field.offset, `expected type of field '${field.name}' ${texts}`);
    }
    return type;
  }
  #builtType(expr: Expr, type: CelType): CelType {
    if (type.kind === "type" && type.of?.kind === "object") return type.of;
    if (type.kind === "type")
      this.#report(expr.offset, `'${type.of ? formatType(type.of) : "type"}' is not a message type`);
    else this.#report(expr.offset, `'${formatType(type)}' is not a type`);
    return errorType;
  }

  #comprehension(expr: Comprehension): CelType {
    const range = this.#types.apply(this.check(expr.range));
    const accu = this.check(expr.init);
    const variables = this.#loopTypes(expr, range);
    const names = expr.iterVar2 ? [expr.iterVar, expr.iterVar2] : [expr.iterVar];
    const loop = names.map((name, i) => ({ name, type: variables[i]! }));
    return this.#scope.within([{ name: expr.accuVar, type: accu }], () => {
      this.#scope.within(loop, () => {
        this.#assert(expr.condition, boolType);
        this.#assert(expr.step, accu);
      });
      return this.#types.apply(this.check(expr.result));
    });
  }
  #assert(expr: Expr, wanted: CelType): void {
    const given = this.check(expr);
    if (!this.#types.assignable(wanted, given)) this.#mismatch(expr, wanted, given);
  }
  #loopTypes({ range: at, iterVar2 }: Comprehension, range: CelType): readonly CelType[] {
    switch (range.kind) {
      case "list":
        return iterVar2 ? [intType, range.elem] : [range.elem];
      case "map":
        return [range.key, range.value];
      case "dyn":
      case "any":
      case "error":
      case "param":
        this.#types.assignable(dynType, range);
        return [dynType, dynType];
      default: {
        const text = formatType(range);
        const message = `expression of type '${text}' cannot be range of a comprehension (must be list, map, or dynamic)`;
        this.#report(at.offset, message);
        return [errorType, errorType];
      }
    }
  }
}
