// What expressions see of a request: its variables, made when they are first asked for.
import type { Namespace } from "#api/core/namespace.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import { CelError, fail } from "#cel/failure.ts";
import {
  createAuthorizer,
  requestResourceOf,
  type AuthorizationAnswer,
  type AuthorizationQuestion,
} from "#cel/kubernetes/authorizer.ts";
import { perCallLimit } from "#cel/kubernetes/environment.ts";
import type { Activation } from "#cel/plan/frame.ts";
import { MapValue, type Value } from "#cel/value.ts";
import type { AdmissionRequest } from "#server/admission/admission.ts";
import { nameOf, namespaceOf } from "#server/admission/match/criteria.ts";
import type { Shown } from "#server/admission/match/versions.ts";
import { requestFields } from "#server/admission/webhooks/review.ts";
import type { Authorizer } from "#server/pipeline.ts";
import type { Variables } from "./compile.ts";
import type { Budget } from "./evaluate.ts";

export interface Scene {
  readonly request: AdmissionRequest;
  /** The version in which it is shown. */
  readonly of: AnyKind;
  readonly shown: Shown;
  readonly namespace?: Namespace | undefined;
  /** Absent: expressions may not ask it. */
  readonly authorizer?: Authorizer | undefined;
  readonly params?: KubeObject | undefined;
}

/** The variables; with `variables`, those of a policy too, which share the budget. */
export function activationOf(
  scene: Scene,
  variables?: { readonly known: Variables; readonly budget: Budget },
): Activation {
  const { request, of, shown, namespace, authorizer, params } = scene;
  const activation: Record<string, unknown> = {
    object: shown.object ?? null,
    oldObject: shown.old ?? null,
    params: params ?? null,
    request: () => requestFields("", request, of),
    namespaceObject: namespace ?? null,
  };
  if (authorizer) addAuthorizer(activation, authorizer, request);
  if (variables) activation["variables"] = new LazyVariables(variables.known, activation, variables.budget);
  return activation;
}

function addAuthorizer(activation: Record<string, unknown>, authorizer: Authorizer, request: AdmissionRequest): void {
  const asker = createAuthorizer((question) => ask(authorizer, question), request.user);
  activation["authorizer"] = () => asker;
  activation["authorizer.requestResource"] = () =>
    requestResourceOf(asker, {
      group: request.of.group,
      resource: request.of.plural,
      subresource: request.subresource,
      namespace: namespaceOf(request),
      name: nameOf(request),
    });
}

async function ask(authorizer: Authorizer, question: AuthorizationQuestion): Promise<AuthorizationAnswer> {
  const { user, verb, path = "", resource } = question;
  const info = {
    verb,
    isResource: resource !== undefined,
    group: resource?.group ?? "",
    version: resource ? "*" : "",
    resource: resource?.resource ?? "",
    subresource: resource?.subresource ?? "",
    namespace: resource?.namespace ?? "",
    name: resource?.name ?? "",
    rest: "",
  };
  try {
    const { allowed, reason = "" } = await authorizer.authorize(user, info, { path });
    return { allowed, reason };
  } catch (error) {
    return { allowed: false, error: error instanceof Error ? error.message : String(error) };
  }
}

/** Variables of a policy: each is evaluated when it is first asked for, in the same activation. */
class LazyVariables extends MapValue {
  readonly #known: Variables;
  readonly #activation: Activation;
  readonly #budget: Budget;
  readonly #values = new Map<string, Value | CelError>();
  constructor(known: Variables, activation: Activation, budget: Budget) {
    super();
    this.#known = known;
    this.#activation = activation;
    this.#budget = budget;
  }
  get size(): number {
    return this.#known.expressions.size;
  }
  keys(): Value[] {
    return [...this.#known.expressions.keys()];
  }
  find(key: Value): Value | undefined {
    const name = String(key);
    let value = this.#values.get(name);
    if (value === undefined) {
      value = this.#evaluate(name);
      if (value === undefined) return undefined;
      this.#values.set(name, value);
    }
    if (!(value instanceof CelError)) return value;
    return fail(`composited variable ${JSON.stringify(name)} fails to evaluate: ${value.message}`);
  }
  #evaluate(name: string): Value | CelError | undefined {
    const expression = this.#known.expressions.get(name);
    if (!expression) return undefined;
    const { program, problem } = expression;
    if (!program) return fail(`composited variable ${JSON.stringify(name)} fails to compile: ${problem}`);
    try {
      const { value, cost } = program.evaluate(this.#activation, { costLimit: perCallLimit });
      this.#budget.spend(cost);
      return value;
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      this.#budget.spend(error.cost);
      return error;
    }
  }
}
