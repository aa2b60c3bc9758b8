// ValidatingAdmissionPolicy: policies in expressions that may refuse what is written, warn of it or note it.
import { ValidatingAdmissionPolicyBinding } from "#api/admissionregistration/validating-admission-policy-binding.ts";
import { ValidatingAdmissionPolicy } from "#api/admissionregistration/validating-admission-policy.ts";
import { ApiError, codeOfReason, type Reason } from "#api/errors.ts";
import type { AnyKind } from "#api/kind.ts";
import type { AdmissionPlugin, AdmissionRequest } from "#server/admission/admission.ts";
import { isExempt, namespaceOf, versionFor } from "#server/admission/match/criteria.ts";
import { show, type Shown } from "#server/admission/match/versions.ts";
import { refuse } from "#server/admission/refuse.ts";
import type { Authorizer } from "#server/pipeline.ts";
import type { Registry, Served } from "#server/registry.ts";
import { PolicyHooks, type Bound, type PolicyHook } from "./hooks.ts";
import { namespaceAround } from "./namespace.ts";
import { collectParams, ConfigurationError, paramsOf } from "./params.ts";
import { ValidatingEvaluator, type Denial } from "./validating-evaluator.ts";

export interface PolicyOptions {
  readonly registry: Registry;
  readonly authorizer: Authorizer;
}
type Binding = ValidatingAdmissionPolicyBinding;
type Hook = PolicyHook<ValidatingAdmissionPolicy, Binding, ValidatingEvaluator>;

export function validatingPolicies(options: PolicyOptions): AdmissionPlugin {
  const kinds = { policy: ValidatingAdmissionPolicy, binding: ValidatingAdmissionPolicyBinding };
  const hooks = new PolicyHooks(options.registry, kinds, ({ spec }) => new ValidatingEvaluator(spec));
  return {
    name: "ValidatingAdmissionPolicy",
    concerns: (request) => hooks.all().length > 0 && !isExempt(request),
    async validate(request, signal) {
      const pass = new Pass(options, request, signal);
      for (const hook of hooks.all()) await pass.ask(hook);
      pass.end();
    },
  };
}

/** What one denial is called before it is sent. */
interface Refusal {
  readonly policy: string;
  readonly binding: string | undefined;
  readonly message: string;
  readonly reason: string;
}

/** What a policy is asked about. */
interface Target {
  readonly of: AnyKind;
  /** The kind of its parameters. */
  readonly params: Served | undefined;
}
const longestNote = 10 * 1024;

/** All policies, asked about one request. */
class Pass {
  readonly #options: PolicyOptions;
  readonly #request: AdmissionRequest;
  readonly #signal: AbortSignal;
  readonly #refusals: Refusal[] = [];
  readonly #views = new Map<AnyKind, Shown>();

  constructor(options: PolicyOptions, request: AdmissionRequest, signal: AbortSignal) {
    this.#options = options;
    this.#request = request;
    this.#signal = signal;
  }
  async ask(hook: Hook): Promise<void> {
    const { policy, criteria, bindings } = hook;
    const target = await this.#configured(hook, undefined, async () => {
      const of = await this.#versionFor(criteria);
      return of && { of, params: paramsOf(this.#options.registry, policy.spec.paramKind) };
    });
    if (!target) return;
    const notes = new Map<string, Set<string>>();
    for (const bound of bindings) await this.#askBound(hook, bound, target, notes);
    for (const [key, values] of notes)
      this.#request.annotate?.(`${policy.metadata.name}/${key}`, [...values].join(", "));
  }
  #versionFor(criteria: Hook["criteria"]): Promise<AnyKind | undefined> {
    return versionFor(this.#options.registry, criteria, this.#request, this.#signal);
  }
  /** What the configuration leads to; where it does not hold up, that is held against the request. */
  async #configured<T>(
    hook: Hook,
    bound: Bound<Binding> | undefined,
    read: () => T | Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ConfigurationError || error instanceof ApiError)) throw error;
      const message = `failed to configure ${bound ? "binding" : "policy"}: ${error.message}`;
      if (hook.policy.spec.failurePolicy !== "Ignore") this.#refuse(hook, bound?.binding, { message, reason: "" });
      return undefined;
    }
  }
  #refuse({ policy }: Hook, binding: Binding | undefined, { message, reason }: Omit<Denial, "index">): void {
    this.#refusals.push({ policy: policy.metadata.name!, binding: binding?.metadata.name, message, reason });
  }

  async #askBound(hook: Hook, bound: Bound<Binding>, target: Target, notes: Map<string, Set<string>>): Promise<void> {
    const { registry, authorizer } = this.#options;
    const { binding, criteria } = bound;
    const { of } = target;
    const request = this.#request;
    const found = await this.#configured(hook, bound, async () => {
      if (criteria && !(await this.#versionFor(criteria))) return undefined;
      const all = await collectParams(target.params, binding.spec.paramRef, namespaceOf(request));
      return all.length > 0 ? { all, shown: await this.#viewIn(of) } : undefined;
    });
    if (!found) return;
    const namespace = await namespaceAround(registry, request, this.#signal);
    for (const params of found.all) {
      const scene = { request, of, shown: found.shown, namespace, authorizer, params };
      const { denials, annotations, failures } = await hook.evaluator.judge(scene, this.#signal);
      for (const denial of denials) this.#act(hook, binding, denial);
      for (const { key, value } of annotations)
        notes.set(key, (notes.get(key) ?? new Set()).add(value.slice(0, longestNote)));
      for (const message of failures) this.#refuse(hook, binding, { message, reason: "" });
    }
  }
  async #viewIn(of: AnyKind): Promise<Shown> {
    let view = this.#views.get(of);
    if (!view) this.#views.set(of, (view = await show(this.#request, of)));
    return view;
  }
  #act(hook: Hook, binding: Binding, denial: Denial): void {
    const { index, message } = denial;
    const { validationActions = [], policyName } = binding.spec;
    const [policy, bindingName] = [hook.policy.metadata.name!, binding.metadata.name!];
    for (const action of validationActions)
      if (action === "Deny") this.#refuse(hook, binding, denial);
      else if (action === "Warn")
        this.#request.warn(
          `Validation failed for ValidatingAdmissionPolicy '${policy}' with binding '${bindingName}': ${message}`,
        );
      else {
        const failure = {
          message,
          policy: policyName,
          binding: bindingName,
          expressionIndex: index,
          validationActions,
        };
        this.#request.annotate?.("validation.policy.admission.k8s.io/validation_failure", JSON.stringify([failure]));
      }
  }

  /** Throws the first refusal. */
  end(): void {
    const [first] = this.#refusals;
    if (!first) return;
    const { policy, binding, message } = first;
    const by = binding === undefined ? "" : ` with binding '${binding}'`;
    const text = `ValidatingAdmissionPolicy '${policy}'${by} denied request: ${message}`;
    const refusal = refuse(this.#request, text);
    const reason = (first.reason || "Invalid") as Reason;
    throw new ApiError(reason, refusal.message, {
      code: codes.has(reason) ? codeOfReason[reason] : codeOfReason.Invalid,
      details: { ...refusal.details, causes: [{ message: text }] },
    });
  }
}
/** The reasons that a validation may give. */
const codes = new Set(["Unauthorized", "Forbidden", "RequestEntityTooLarge", "Invalid"]);
