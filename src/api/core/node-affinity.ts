// Node selectors compiled to predicates: terms are alternatives, the expressions of a term must all hold, and a term
// without expressions matches nothing.
import type { Pod } from "#api/core/pod.ts";
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from "#api/core/schema/node-selector.ts";

type Labels = Readonly<Record<string, string>>;
/** Labels and name of a node. */
export type NodePredicate = (labels: Labels, name: string) => boolean;

const integer = /^[+-]?\d+$/;
function holds({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
    case "Lt": {
      if (value === undefined || !integer.test(value) || !integer.test(values[0] ?? "")) return false;
      const difference = Number(value) - Number(values[0]);
      return operator === "Gt" ? difference > 0 : difference < 0;
    }
    default:
      return false;
  }
}
export function matchesTerm(term: NodeSelectorTerm, labels: Labels, name: string): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  return (
    matchExpressions.every((e) => holds(e, Object.hasOwn(labels, e.key) ? labels[e.key] : undefined)) &&
    matchFields.every((f) => f.key === "metadata.name" && holds(f, name))
  );
}
export const matchesNodeSelector = (selector: NodeSelector, labels: Labels, name: string): boolean =>
  selector.nodeSelectorTerms.some((term) => matchesTerm(term, labels, name));

/** What the pod requires of its node by spec.nodeSelector and required affinity; undefined when any node will do. */
export function requiredNodes(pod: Pod): NodePredicate | undefined {
  const wanted = Object.entries(pod.spec.nodeSelector ?? {});
  const selector = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (wanted.length === 0 && !selector) return undefined;
  return (labels, name) =>
    wanted.every(([key, value]) => labels[key] === value) && (!selector || matchesNodeSelector(selector, labels, name));
}

/** The only nodes that can match, when every alternative names nodes, as the pods of a DaemonSet do. */
export function namedNodes(pod: Pod): ReadonlySet<string> | undefined {
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (!terms || terms.length === 0) return undefined;
  const all = new Set<string>();
  for (const term of terms) {
    let named: Set<string> | undefined;
    for (const field of term.matchFields ?? []) {
      if (field.key !== "metadata.name" || field.operator !== "In") continue;
      const values = new Set(field.values ?? []);
      named = named ? new Set([...named].filter((n) => values.has(n))) : values;
    }
    if (!named) return undefined;
    for (const name of named) all.add(name);
  }
  return all;
}
