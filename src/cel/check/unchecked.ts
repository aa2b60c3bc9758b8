// For expressions that are evaluated without being checked: names are resolved as far as their spelling tells, types are
// dyn, and each call keeps every overload with its number of arguments.
import type { Expr } from "../syntax/expr.ts";
import { qualifiedName } from "../syntax/expr.ts";
import { dynType } from "../type.ts";
import type { Scope } from "./scope.ts";

export function resolveNames(expr: Expr, scope: Scope): void {
  const inner = (next: Expr | undefined): void => void (next && resolveNames(next, scope));
  expr.type = dynType;
  switch (expr.kind) {
    case "ident":
      resolveName(expr, expr.name, scope);
      return;
    case "select": {
      const name = qualifiedName(expr);
      if (name === undefined || !resolveName(expr, name, scope)) inner(expr.operand);
      return;
    }
    case "call": {
      for (const arg of expr.args) inner(arg);
      const namespace = expr.target && qualifiedName(expr.target);
      const qualified = namespace === undefined ? undefined : scope.lookupFunction(`${namespace}.${expr.name}`);
      if (qualified) delete expr.target;
      inner(expr.target);
      const declaration = qualified ?? scope.lookupFunction(expr.name);
      if (declaration) expr.name = declaration.name;
      const count = expr.args.length + (expr.target ? 1 : 0);
      const member = expr.target !== undefined;
      expr.overloads = (declaration?.overloads ?? []).filter(
        (overload) => overload.member === member && overload.args.length === count,
      );
      return;
    }
    case "comprehension": {
      inner(expr.range);
      inner(expr.init);
      const names = [expr.accuVar, expr.iterVar, ...(expr.iterVar2 === undefined ? [] : [expr.iterVar2])];
      const loop = names.map((name) => ({ name, type: dynType }));
      scope.within(loop, () => [expr.condition, expr.step, expr.result].forEach(inner));
      return;
    }
    case "list":
      expr.elements.forEach(inner);
      return;
    case "map":
      for (const { key, value } of expr.entries) [key, value].forEach(inner);
      return;
    case "struct":
      expr.name = scope.lookup(expr.name)?.name ?? expr.name;
      for (const { value } of expr.fields) inner(value);
      return;
    default:
  }
}
/** Notes what a whole name stands for; false where only its beginning may. */
function resolveName(expr: Expr & { reference?: string }, name: string, scope: Scope): boolean {
  const variable = scope.lookup(name);
  if (!variable) return false;
  expr.reference = variable.name;
  expr.type = variable.type;
  return true;
}
