// Whether a type may stand where another is wanted, and what type parameters become by that. The rules are cel-go's:
// dyn fits everything, null fits objects and times, a parameter takes the most general of what it meets.
import { dynType, isDyn, listType, mapType, opaqueType, sameType, typeType } from "../type.ts";
import type { CelType, ParamType } from "../type.ts";

const isDynOrError = (type: CelType): boolean => isDyn(type) || type.kind === "error";
const takesNull = ({ kind }: CelType): boolean =>
  kind === "null" || kind === "object" || kind === "opaque" || kind === "duration" || kind === "timestamp";

/** `a` says no more than `b` about a value. */
function isLessSpecific(a: CelType, b: CelType): boolean {
  if (isDyn(a) || a.kind === "param") return true;
  if (isDyn(b) || b.kind === "param" || a.kind !== b.kind) return false;
  if (a.kind === "list") return isLessSpecific(a.elem, (b as typeof a).elem);
  if (a.kind === "map")
    return isLessSpecific(a.key, (b as typeof a).key) && isLessSpecific(a.value, (b as typeof a).value);
  if (a.kind === "type") return true;
  if (a.kind !== "opaque") return sameType(a, b);
  const { name, params } = b as typeof a;
  return (
    a.name === name && a.params.length === params.length && a.params.every((p, i) => isLessSpecific(p, params[i]!))
  );
}
/** Of null and a type that takes it, the type. */
export function mostGeneral(a: CelType, b: CelType): CelType {
  if (b.kind === "null" && takesNull(a)) return a;
  return isLessSpecific(a, b) ? a : b;
}

/** What the type parameters of one compilation stand for so far. */
export class Substitution {
  readonly #types = new Map<string, CelType>();
  /** Earlier values of what a trial changed, to take them back. */
  #undo: [string, CelType | undefined][] = [];

  /** True when values of `given` may stand for `wanted`; false leaves everything as it was. */
  assignable(wanted: CelType, given: CelType): boolean {
    return this.#try(() => this.#fits(wanted, given));
  }
  assignableAll(wanted: readonly CelType[], given: readonly CelType[]): boolean {
    return this.#try(() => this.#allFit(wanted, given));
  }
  #try(attempt: () => boolean): boolean {
    this.#undo = [];
    const good = attempt();
    if (!good)
      for (const [name, before] of this.#undo.reverse()) {
        if (before) this.#types.set(name, before);
        else this.#types.delete(name);
      }
    return good;
  }
  #set(name: string, type: CelType): void {
    this.#undo.push([name, this.#types.get(name)]);
    this.#types.set(name, type);
  }

  #allFit(a: readonly CelType[], b: readonly CelType[]): boolean {
    return a.length === b.length && a.every((type, i) => this.#fits(type, b[i]!));
  }
  #fits(a: CelType, b: CelType): boolean {
    if (b.kind === "param") {
      const bound = this.#types.has(b.name);
      if (this.#bind(a, b)) return true;
      if (bound) return false;
    }
    if (a.kind === "param") return this.#bind(b, a);
    if (isDynOrError(a) || isDynOrError(b)) return true;
    if (a.kind === "null") return takesNull(b);
    if (b.kind === "null") return takesNull(a);
    if (a.kind !== b.kind) return false;
    switch (a.kind) {
      case "list":
        return this.#fits(a.elem, (b as typeof a).elem);
      case "map":
        return this.#fits(a.key, (b as typeof a).key) && this.#fits(a.value, (b as typeof a).value);
      case "opaque":
        return a.name === (b as typeof a).name && this.#allFit(a.params, (b as typeof a).params);
      case "object":
        return a.name === (b as typeof a).name;
      default:
        return true;
    }
  }
  /** Makes a parameter stand for `type`, or for the more general of that and what it stands for already. */
  #bind(type: CelType, param: ParamType): boolean {
    if (sameType(type, param)) return true;
    const bound = this.#types.get(param.name);
    if (bound) {
      if (sameType(type, bound)) return true;
      if (!this.#fits(type, bound)) return false;
      const general = mostGeneral(type, bound);
      if (this.#free(param, general)) this.#set(param.name, general);
      return true;
    }
    if (!this.#free(param, type)) return false;
    this.#set(param.name, type);
    return true;
  }
  /** The parameter does not occur in the type, so that binding them makes no circle. */
  #free(param: ParamType, within: CelType): boolean {
    if (sameType(param, within)) return false;
    switch (within.kind) {
      case "param": {
        const bound = this.#types.get(within.name);
        return !bound || this.#free(param, bound);
      }
      case "list":
        return this.#free(param, within.elem);
      case "map":
        return this.#free(param, within.key) && this.#free(param, within.value);
      case "opaque":
        return within.params.every((inner) => this.#free(param, inner));
      case "type":
        return !within.of || this.#free(param, within.of);
      default:
        return true;
    }
  }

  /** The type with its parameters replaced; free ones stay, or become dyn at the end of a compilation. */
  apply(type: CelType, freeToDyn = false): CelType {
    switch (type.kind) {
      case "param": {
        const bound = this.#types.get(type.name);
        if (bound) return this.apply(bound, freeToDyn);
        return freeToDyn ? dynType : type;
      }
      case "list": {
        const elem = this.apply(type.elem, freeToDyn);
        return elem === type.elem ? type : listType(elem);
      }
      case "map": {
        const key = this.apply(type.key, freeToDyn);
        const value = this.apply(type.value, freeToDyn);
        return key === type.key && value === type.value ? type : mapType(key, value);
      }
      case "opaque":
        return type.params.length ? opaqueType(type.name, ...type.params.map((p) => this.apply(p, freeToDyn))) : type;
      case "type":
        return type.of ? typeType(this.apply(type.of, freeToDyn)) : type;
      default:
        return type;
    }
  }
}

/** A type with its parameters renamed, for one use of an overload. */
export function instantiate(type: CelType, names: ReadonlyMap<string, CelType>): CelType {
  switch (type.kind) {
    case "param":
      return names.get(type.name) ?? type;
    case "list":
      return listType(instantiate(type.elem, names));
    case "map":
      return mapType(instantiate(type.key, names), instantiate(type.value, names));
    case "opaque":
      return type.params.length ? opaqueType(type.name, ...type.params.map((p) => instantiate(p, names))) : type;
    case "type":
      return type.of ? typeType(instantiate(type.of, names)) : type;
    default:
      return type;
  }
}
