// Which expressions surely have values of the type that the checker gave them. The checker lets dyn stand for anything, so
// a type that went through a type parameter (`list.reverse()[0] + 1`) is a guess, and only the value can tell.
import type { Call, Expr } from "../syntax/expr.ts";
import type { CelType } from "../type.ts";

const isConcrete = (type: CelType): boolean => {
  switch (type.kind) {
    case "param":
      return false;
    case "list":
      return isConcrete(type.elem);
    case "map":
      return isConcrete(type.key) && isConcrete(type.value);
    case "opaque":
      return type.params.every(isConcrete);
    default:
      return true;
  }
};
/** Tells of a name in the code whether it is sound; undefined for what is no variable of a loop. */
export type SoundLocals = (name: string) => boolean | undefined;

function isSoundCall({ name, args, overloads = [] }: Call, locals: SoundLocals): boolean {
  if (name === "_[_]") return isSound(args[0]!, locals);
  if (name === "_?_:_") return isSound(args[1]!, locals) && isSound(args[2]!, locals);
  return overloads.length === 1 && isConcrete(overloads[0]!.result);
}
/** Parts of unknown type (dyn) do not count: their type says so itself. */
export function isSound(expr: Expr, locals: SoundLocals): boolean {
  if (expr.type?.nullable) return false;
  const sound = (part: Expr): boolean => isSound(part, locals);
  switch (expr.kind) {
    case "ident":
      return locals(expr.name) ?? true;
    case "select":
      return expr.test || expr.reference !== undefined || sound(expr.operand);
    case "call":
      return isSoundCall(expr, locals);
    case "list":
      return expr.elements.every(sound);
    case "map":
      return expr.entries.every(({ key, value }) => sound(key) && sound(value));
    case "comprehension":
      return expr.type?.kind === "bool";
    default:
      return true;
  }
}
