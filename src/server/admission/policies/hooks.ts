// The stored policies that have bindings, with what is made of each of them once.
import type { MatchResources, ParamKind, ParamRef } from "#api/admissionregistration/policy-schema.ts";
import type { Kind, KubeObject } from "#api/kind.ts";
import { criteriaOf, type Criteria } from "#server/admission/match/criteria.ts";
import type { Registry } from "#server/registry.ts";

interface Policy extends KubeObject {
  readonly spec: { readonly matchConstraints?: MatchResources; readonly paramKind?: ParamKind };
}
interface Binding extends KubeObject {
  readonly spec: {
    readonly policyName?: string;
    readonly paramRef?: ParamRef;
    readonly matchResources?: MatchResources;
  };
}
export interface Bound<B> {
  readonly binding: B;
  /** Undefined: all that the policy is for. */
  readonly criteria: Criteria | undefined;
}
export interface PolicyHook<P, B, E> {
  readonly policy: P;
  readonly criteria: Criteria;
  readonly evaluator: E;
  readonly bindings: readonly Bound<B>[];
}

const criteriaFrom = (match: MatchResources): Criteria => {
  const { resourceRules = [], excludeResourceRules, ...rest } = match;
  const rules = resourceRules.length > 0 ? { rules: resourceRules } : {};
  return criteriaOf({ ...rest, ...rules, excluded: excludeResourceRules });
};
const byName = (a: KubeObject, b: KubeObject): number => (a.metadata.name! < b.metadata.name! ? -1 : 1);

/** `compile` is called once for each state of a policy, and throws nothing. */
export class PolicyHooks<P extends Policy, B extends Binding, E> {
  readonly #registry: Registry;
  readonly #kinds: { readonly policy: Kind<P>; readonly binding: Kind<B> };
  readonly #compile: (policy: P) => E;
  readonly #compiled = new WeakMap<P, E>();
  #version = "";
  #hooks: readonly PolicyHook<P, B, E>[] = [];

  constructor(
    registry: Registry,
    kinds: { readonly policy: Kind<P>; readonly binding: Kind<B> },
    compile: (policy: P) => E,
  ) {
    this.#registry = registry;
    this.#kinds = kinds;
    this.#compile = compile;
  }
  /** By the names of the policies, then of the bindings. */
  all(): readonly PolicyHook<P, B, E>[] {
    const { policy, binding } = this.#kinds;
    const version = `${this.#registry.version(policy)} ${this.#registry.version(binding)}`;
    if (version === this.#version) return this.#hooks;
    const bindings = Map.groupBy(this.#registry.list(binding), ({ spec }) => spec.policyName ?? "");
    const policies = [...this.#registry.list(policy)].filter(({ metadata }) => bindings.has(metadata.name!));
    this.#hooks = policies.toSorted(byName).map((one) => this.#hookOf(one, bindings.get(one.metadata.name!)!));
    this.#version = version;
    return this.#hooks;
  }
  #hookOf(policy: P, bindings: readonly B[]): PolicyHook<P, B, E> {
    let evaluator = this.#compiled.get(policy);
    if (!evaluator) this.#compiled.set(policy, (evaluator = this.#compile(policy)));
    return {
      policy,
      evaluator,
      criteria: criteriaFrom(policy.spec.matchConstraints ?? {}),
      bindings: bindings.toSorted(byName).map((binding) => {
        const { matchResources } = binding.spec;
        return { binding, criteria: matchResources && criteriaFrom(matchResources) };
      }),
    };
  }
}
