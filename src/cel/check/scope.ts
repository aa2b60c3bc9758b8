// What names mean while an expression is checked: variables of loops, declared variables, types and functions, looked up
// in the container's namespaces from the inside out.
import type { FunctionDeclaration, Library } from "../library.ts";
import type { CelType } from "../type.ts";
import {
  boolType,
  bytesType,
  doubleType,
  durationType,
  dynType,
  intType,
  listType,
  mapType,
  nameOf,
  nullType,
  stringType,
  timestampType,
  typeType,
  uintType,
} from "../type.ts";

export interface Variable {
  readonly name: string;
  readonly type: CelType;
}
/** A type that may be built by writing `Name{field: value}`, or only named. */
export type ResolveType = (name: string) => CelType | undefined;

export interface Declarations {
  readonly variables: Readonly<Record<string, CelType>>;
  readonly libraries: readonly Library[];
  /** Namespace of the expression: names are tried in it first. */
  readonly container?: string;
  /** Further types by name, such as those that objects may be built of. */
  readonly resolveType?: ResolveType;
  /** All elements of a list literal have one type; so have keys and values of a map literal. */
  readonly homogeneousLiterals?: boolean;
  /** `1 < 2.0` is allowed. Default true. */
  readonly crossTypeComparisons?: boolean;
  /**
   * As the language's specification has it where cel-go differs: `a.?b` fails where `a` can have no fields, and a map
   * literal with a key twice fails. Kubernetes has neither.
   */
  readonly strict?: boolean;
}

const basicTypes: readonly CelType[] = [
  boolType,
  bytesType,
  doubleType,
  durationType,
  intType,
  listType(dynType),
  mapType(dynType, dynType),
  nullType,
  stringType,
  timestampType,
  typeType(),
  uintType,
];
/** Ids of the overloads that compare numbers of different types: "less_int64_double" … */
const crossType =
  /^(?:less|less_equals|greater|greater_equals)_(?:int64_(?:double|uint64)|uint64_(?:double|int64)|double_(?:int64|uint64))$/;

export class Scope {
  readonly container: string;
  readonly homogeneousLiterals: boolean;
  readonly strict: boolean;
  readonly #variables: ReadonlyMap<string, CelType>;
  readonly #functions = new Map<string, FunctionDeclaration>();
  readonly #types: ReadonlyMap<string, CelType>;
  readonly #resolveType: ResolveType;
  readonly #crossTypes: boolean;
  readonly #loops: Variable[] = [];

  constructor(declarations: Declarations) {
    this.container = declarations.container ?? "";
    this.homogeneousLiterals = declarations.homogeneousLiterals ?? false;
    this.strict = declarations.strict ?? false;
    this.#variables = new Map(Object.entries(declarations.variables));
    this.#resolveType = declarations.resolveType ?? (() => undefined);
    this.#crossTypes = declarations.crossTypeComparisons ?? true;
    const types = declarations.libraries.flatMap((library) => library.types ?? []);
    this.#types = new Map([...basicTypes, ...types].map((type) => [nameOf(type), type]));
    for (const { functions = [] } of declarations.libraries)
      for (const declaration of functions) this.#addFunction(declaration);
  }
  #addFunction(declaration: FunctionDeclaration): void {
    const { name, any } = declaration;
    const known = this.#functions.get(name);
    const overloads = [...(known?.overloads ?? []), ...declaration.overloads];
    // A second library's overloads are none of the first one's single implementation.
    this.#functions.set(name, any && !known ? { name, overloads, any } : { name, overloads });
  }

  #candidates(name: string): string[] {
    if (name.startsWith(".")) return [name.slice(1)];
    const parts = this.container ? this.container.split(".") : [];
    const prefixes = parts.map((_, i) => parts.slice(0, parts.length - i).join("."));
    return [...prefixes.map((prefix) => `${prefix}.${name}`), name];
  }
  /** The variable or type that a name stands for. */
  lookup(name: string): Variable | undefined {
    for (const candidate of this.#candidates(name)) {
      const loop = this.#loops.findLast((variable) => variable.name === candidate);
      if (loop) return loop;
      const type = this.#variables.get(candidate);
      if (type) return { name: candidate, type };
      const named = this.#types.get(candidate) ?? this.#resolveType(candidate);
      if (named) return { name: candidate, type: typeType(named) };
    }
    return undefined;
  }
  lookupFunction(name: string): FunctionDeclaration | undefined {
    for (const candidate of this.#candidates(name)) {
      const declaration = this.#functions.get(candidate);
      if (declaration) return declaration;
    }
    return undefined;
  }
  /** Upstream: inside a loop numbers may be compared across types even where that is turned off. */
  allows(overloadId: string): boolean {
    return this.#crossTypes || this.#loops.length > 0 || !crossType.test(overloadId);
  }
  isDeclared(name: string): boolean {
    return this.#variables.has(name);
  }
  /** Declares variables of a loop for as long as `check` runs. */
  within<T>(variables: readonly Variable[], check: () => T): T {
    this.#loops.push(...variables);
    const result = check();
    this.#loops.length -= variables.length;
    return result;
  }
}
