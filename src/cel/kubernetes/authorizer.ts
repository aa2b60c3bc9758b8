// Kubernetes: asking whether a user may do something, authorizer.group("apps").resource("deployments").check("create").
// The host answers; where it has to wait for the answer, evaluation ends and begins anew once it is there.
import { isDnsLabel, isDnsSubdomain } from "#api/names.ts";
import { constantCost, nominal } from "../cost/calls.ts";
import { plus, fixed, scaled, textFactor } from "../cost/range.ts";
import type { Range } from "../cost/range.ts";
import { costSize } from "../cost/size.ts";
import { fail, Pending } from "../failure.ts";
import { declarer, overload } from "../library.ts";
import type { CallCost, Library } from "../library.ts";
import { handleType } from "../type.ts";
import type { ObjectType } from "../type.ts";
import { ExtensionValue } from "../value.ts";
import type { Value } from "../value.ts";

export interface AuthorizationUser {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}
/** What is asked: a path, or a resource. */
export interface AuthorizationQuestion {
  readonly user: AuthorizationUser;
  readonly verb: string;
  readonly path?: string;
  readonly resource?: ResourceQuestion;
}
export interface ResourceQuestion {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Selectors as written, unparsed; empty: none. */
  readonly fieldSelector: string;
  readonly labelSelector: string;
}
export interface AuthorizationAnswer {
  readonly allowed: boolean;
  readonly reason?: string;
  /** Why it could not be decided. */
  readonly error?: string;
}
export type Authorize = (question: AuthorizationQuestion) => AuthorizationAnswer | Promise<AuthorizationAnswer>;

const prefix = "kubernetes.authorization.";
export const authorizerType = handleType(`${prefix}Authorizer`);
const pathCheckType = handleType(`${prefix}PathCheck`);
const groupCheckType = handleType(`${prefix}GroupCheck`);
export const resourceCheckType = handleType(`${prefix}ResourceCheck`);
const decisionType = handleType(`${prefix}Decision`);

/** The host's answers in one evaluation, also over its new beginnings. */
class Answers {
  readonly #authorize: Authorize;
  readonly #known = new Map<string, AuthorizationAnswer>();
  constructor(authorize: Authorize) {
    this.#authorize = authorize;
  }
  ask(question: AuthorizationQuestion): AuthorizationAnswer {
    const key = JSON.stringify(question);
    const known = this.#known.get(key);
    if (known) return known;
    const answer = this.#authorize(question);
    if (!(answer instanceof Promise)) {
      this.#known.set(key, answer);
      return answer;
    }
    throw new Pending(answer.then((value) => void this.#known.set(key, value)));
  }
}
abstract class Handle<T> extends ExtensionValue {
  readonly type: ObjectType;
  readonly state: T;
  constructor(type: ObjectType, state: T) {
    super();
    this.type = type;
    this.state = state;
  }
  equals(other: Value): boolean {
    return this === other;
  }
}
interface Asker {
  readonly user: AuthorizationUser;
  readonly answers: Answers;
}
class AuthorizerValue extends Handle<Asker> {}
class PathCheck extends Handle<Asker & { readonly path: string }> {}
class GroupCheck extends Handle<Asker & { readonly group: string }> {}
class ResourceCheck extends Handle<Asker & { readonly resource: ResourceQuestion }> {}
class Decision extends Handle<AuthorizationAnswer> {}

/** The value of the variable `authorizer`; make one for each evaluation. */
export const createAuthorizer = (authorize: Authorize, user: AuthorizationUser): ExtensionValue =>
  new AuthorizerValue(authorizerType, { user, answers: new Answers(authorize) });
/** The value of `authorizer.requestResource`: the same authorizer, asked about the resource of the request. */
export const requestResourceOf = (
  authorizer: ExtensionValue,
  resource: Pick<ResourceQuestion, "group" | "resource" | "subresource" | "namespace" | "name">,
): ExtensionValue =>
  new ResourceCheck(resourceCheckType, {
    ...(authorizer as AuthorizerValue).state,
    resource: { ...resource, fieldSelector: "", labelSelector: "" },
  });

const isBlank = (text: string): boolean => text.trim() === "";
function serviceAccount({ state }: AuthorizerValue, namespace: string, name: string): AuthorizerValue {
  if (isDnsSubdomain(name).length) fail("Invalid service account name");
  if (isDnsLabel(namespace).length) fail("Invalid service account namespace");
  const groups = ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
  const user = { name: `system:serviceaccount:${namespace}:${name}`, groups };
  return new AuthorizerValue(authorizerType, { ...state, user });
}
function resource({ state }: GroupCheck, name: string): ResourceCheck {
  if (isBlank(name)) fail("resource must not be empty");
  const { group, ...asker } = state;
  const rest = { subresource: "", namespace: "", name: "", fieldSelector: "", labelSelector: "" };
  return new ResourceCheck(resourceCheckType, { ...asker, resource: { group, resource: name, ...rest } });
}
const decide = ({ user, answers }: Asker, question: Omit<AuthorizationQuestion, "user">): Decision =>
  new Decision(decisionType, answers.ask({ user, ...question }));

const checkCost = constantCost(350_000);
/** A selector is read into about one requirement for two characters. */
const requirementCost = 50;
const selectorEstimate = (size: Range): Range =>
  plus(fixed(10), scaled(size, textFactor), scaled(scaled(size, 0.5), requirementCost));
const selectorCost: CallCost = {
  actual: ([, selector]) => selectorEstimate(fixed(costSize(selector!))).max,
  estimate: ({ args: [selector] }) => selector && { cost: selectorEstimate(selector.size) },
};

const types = {
  Authorizer: authorizerType,
  PathCheck: pathCheckType,
  GroupCheck: groupCheckType,
  ResourceCheck: resourceCheckType,
  Decision: decisionType,
};
const declare = declarer(types);
const narrowing = (
  name: "subresource" | "namespace" | "name" | "fieldSelector" | "labelSelector",
  id: string,
  cost = nominal,
) =>
  declare(name, [
    overload(
      id,
      "ResourceCheck.(string) -> ResourceCheck",
      ({ state }: ResourceCheck, value: string) =>
        new ResourceCheck(resourceCheckType, { ...state, resource: { ...state.resource, [name]: value } }),
      cost,
    ),
  ]);
const reading = (name: string, type: string, read: (answer: AuthorizationAnswer) => Value) =>
  declare(name, [
    overload(`decision_${name}`, `Decision.() -> ${type}`, ({ state }: Decision) => read(state), nominal),
  ]);

export const authorizerLibrary: Library = {
  name: "kubernetes.authz",
  types: Object.values(types),
  functions: [
    declare("path", [
      overload(
        "authorizer_path",
        "Authorizer.(string) -> PathCheck",
        ({ state }: AuthorizerValue, path: string) =>
          isBlank(path) ? fail("path must not be empty") : new PathCheck(pathCheckType, { ...state, path }),
        nominal,
      ),
    ]),
    declare("group", [
      overload(
        "authorizer_group",
        "Authorizer.(string) -> GroupCheck",
        ({ state }: AuthorizerValue, group: string) => new GroupCheck(groupCheckType, { ...state, group }),
        nominal,
      ),
    ]),
    declare("serviceAccount", [
      overload("authorizer_serviceaccount", "Authorizer.(string, string) -> Authorizer", serviceAccount, nominal),
    ]),
    declare("resource", [overload("groupcheck_resource", "GroupCheck.(string) -> ResourceCheck", resource, nominal)]),
    narrowing("subresource", "resourcecheck_subresource"),
    narrowing("namespace", "resourcecheck_namespace"),
    narrowing("name", "resourcecheck_name"),
    narrowing("fieldSelector", "authorizer_fieldselector", selectorCost),
    narrowing("labelSelector", "authorizer_labelselector", selectorCost),
    declare("check", [
      overload(
        "pathcheck_check",
        "PathCheck.(string) -> Decision",
        ({ state }: PathCheck, verb: string) => decide(state, { verb, path: state.path }),
        checkCost,
      ),
      overload(
        "resourcecheck_check",
        "ResourceCheck.(string) -> Decision",
        ({ state }: ResourceCheck, verb: string) => decide(state, { verb, resource: state.resource }),
        checkCost,
      ),
    ]),
    reading("errored", "bool", ({ error }) => error !== undefined),
    reading("error", "string", ({ error = "" }) => error),
    reading("allowed", "bool", ({ allowed }) => allowed),
    reading("reason", "string", ({ reason = "" }) => reason),
  ],
};
