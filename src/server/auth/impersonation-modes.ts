// Who may act as whom (KEP-5284). A mode fits some users; each asks first whether the request may be made in that mode,
// then for each part of the user. The one that let somebody through last is asked first, so that who has the plain right
// to impersonate is told about that right.
import type { ApiError } from "#api/errors.ts";
import type { FieldError } from "#api/field-error.ts";
import { domainPath } from "#api/meta/checks.ts";
import { isDnsLabel, isDnsSubdomain } from "#api/names.ts";
import { attributesOf, refusal } from "#server/auth/authorize.ts";
import type { Attributes } from "#server/auth/rbac-rules.ts";
import type { Authenticated, Authorizer, RequestInfo, UserInfo } from "#server/pipeline.ts";
import { refused } from "#server/stages/refused.ts";

/** As the headers say it. */
export interface WantedUser {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}
export interface Impersonated {
  readonly user: UserInfo;
  /** The verb that allowed it; "" for the plain one. */
  readonly constraint: string;
}

const authentication = "authentication.k8s.io";
/** From so many checks on, one for all of them is tried first. */
const many = 4;
const nodePrefix = "system:node:";
const accountPrefix = "system:serviceaccount:";

const nodeName = (user: string): string | undefined => {
  const name = user.startsWith(nodePrefix) ? user.slice(nodePrefix.length) : "";
  return name !== "" && isDnsSubdomain(name).length === 0 ? name : undefined;
};
const accountName = (user: string): { readonly namespace: string; readonly name: string } | undefined => {
  const parts = user.startsWith(accountPrefix) ? user.slice(accountPrefix.length).split(":") : [];
  const [namespace = "", name = ""] = parts;
  if (parts.length !== 2 || isDnsLabel(namespace).length > 0 || isDnsSubdomain(name).length > 0) return undefined;
  return { namespace, name };
};
const isNamedOnly = ({ uid, groups, extra }: WantedUser): boolean =>
  uid === "" && groups.length === 0 && Object.keys(extra).length === 0;
const isOwnNode = (wanted: WantedUser, requestor: UserInfo): boolean => {
  const on = requestor.extra?.["authentication.kubernetes.io/node-name"];
  return accountName(requestor.name) !== undefined && on?.length === 1 && on[0] === nodeName(wanted.name);
};

type Fits = (wanted: WantedUser, requestor: UserInfo) => boolean;
/** By name, in the order in which they are tried; the plain one, which fits all, comes last. */
const modes: readonly (readonly [name: string, fits: Fits])[] = [
  ["associated-node", (wanted, requestor) => isNamedOnly(wanted) && isOwnNode(wanted, requestor)],
  ["arbitrary-node", (wanted) => isNamedOnly(wanted) && nodeName(wanted.name) !== undefined],
  ["serviceaccount", (wanted) => isNamedOnly(wanted) && accountName(wanted.name) !== undefined],
  ["user-info", ({ name }) => nodeName(name) === undefined && accountName(name) === undefined],
  ["", () => true],
];

/** Of extras that only the plain mode lets pass; undefined: they are fine. */
function extraProblem(extra: WantedUser["extra"]): string | undefined {
  for (const [key, values] of Object.entries(extra)) {
    if (key === "") return "impersonating the empty string key in extra is not allowed";
    const wrong: FieldError[] = [];
    domainPath(wrong, "extra.key", key);
    const [text = "", ...more] = wrong.map(({ field, message }) => `${field}: ${message}`);
    const all = more.length > 0 ? `[${[text, ...more].join(", ")}]` : text;
    if (all) return `impersonating an invalid key in extra is not allowed: ${all}`;
    if (values.length === 0) return "impersonating empty values in extra is not allowed";
    if (values.includes("")) return "impersonating the empty string value in extra is not allowed";
  }
  return undefined;
}

class Check {
  readonly #authorizer: Authorizer;
  readonly #call: Authenticated;
  readonly #mode: string;
  readonly #verb: string;
  readonly #requestor: UserInfo;

  constructor(authorizer: Authorizer, call: Authenticated, mode: string) {
    this.#authorizer = authorizer;
    this.#call = call;
    this.#mode = mode;
    this.#verb = mode ? `impersonate:${mode}` : "impersonate";
    const { user } = call;
    // What differs from pod to pod does not count where any pod of the account may be its node.
    const keys = Object.keys(user.extra ?? {}).toSorted();
    this.#requestor =
      mode === "associated-node"
        ? { ...user, extra: { "authentication.kubernetes.io/associated-node-keys": keys } }
        : user;
  }
  /** The user as whom it goes on, or why not. */
  async run(wanted: WantedUser): Promise<Impersonated | ApiError> {
    const { info } = this.#call;
    const error =
      (this.#mode && (await this.#ask({ ...info, verb: `impersonate-on:${this.#mode}:${info.verb}` }))) ||
      (await this.#name(wanted.name)) ||
      (wanted.uid && (await this.#ask(this.#part("uids", wanted.uid)))) ||
      (await this.#groups(wanted.groups)) ||
      (await this.#extra(wanted.extra));
    return error || { user: userOf(wanted, this.#mode), constraint: this.#mode && this.#verb };
  }
  #part(resource: string, name: string, over: Partial<RequestInfo> = {}): RequestInfo {
    const plain = { isResource: true, version: "v1", namespace: "", subresource: "", rest: "" };
    return { ...plain, verb: this.#verb, group: authentication, resource, name, ...over };
  }
  #name(user: string): Promise<ApiError | undefined> {
    const group = this.#mode ? authentication : "";
    const account = accountName(user);
    const node = this.#mode ? nodeName(user) : undefined;
    const everyNode = this.#mode === "associated-node";
    if (account) return this.#ask(this.#part("serviceaccounts", account.name, { group, namespace: account.namespace }));
    if (node !== undefined) return this.#ask(this.#part("nodes", everyNode ? "*" : node, { group }));
    return this.#ask(this.#part("users", user, { group }));
  }
  async #groups(groups: readonly string[]): Promise<ApiError | undefined> {
    const asked = (name: string): RequestInfo =>
      this.#part("groups", name, { group: this.#mode ? authentication : "" });
    if (this.#mode && groups.includes(""))
      return this.#refused(asked(""), "impersonating the empty string group is not allowed");
    if (this.#mode && groups.includes("system:masters"))
      return this.#refused(asked("system:masters"), "impersonating the system:masters group is not allowed");
    if (this.#mode && groups.length >= many && !(await this.#ask(asked("*")))) return undefined;
    for (const group of groups) {
      const error = await this.#ask(asked(group));
      if (error) return error;
    }
    return undefined;
  }
  async #extra(extra: WantedUser["extra"]): Promise<ApiError | undefined> {
    const asked = (subresource: string, name: string): RequestInfo => this.#part("userextras", name, { subresource });
    const problem = this.#mode ? extraProblem(extra) : undefined;
    if (problem) return this.#refused(asked("", ""), problem);
    const values = Object.entries(extra).flatMap(([key, all]) => all.map((value) => [key, value] as const));
    if (this.#mode && values.length >= many && !(await this.#ask(asked("*", "*")))) return undefined;
    for (const [key, value] of values) {
      const error = await this.#ask(asked(key, value));
      if (error) return error;
    }
    return undefined;
  }
  async #ask(info: RequestInfo): Promise<ApiError | undefined> {
    const { path, query, signal } = this.#call;
    const { allowed, reason = "" } = await this.#authorizer.authorize(this.#requestor, info, { path, query, signal });
    return allowed ? undefined : this.#refused(info, reason);
  }
  #refused(info: RequestInfo, reason: string): ApiError {
    const asked: Attributes = attributesOf(info, this.#call.path);
    const text = refusal(this.#requestor, asked) + (reason ? `: ${reason}` : "");
    return refused(info.group, info.resource, info.name, text);
  }
}

/** With the groups that belong to a user of that name. */
function userOf({ name, uid, groups, extra }: WantedUser, mode: string): UserInfo {
  const account = accountName(name);
  const ofNode = mode !== "" && nodeName(name) !== undefined ? ["system:nodes"] : [];
  const ofAccount = account ? ["system:serviceaccounts", `system:serviceaccounts:${account.namespace}`] : ofNode;
  const all = groups.length > 0 ? [...groups] : ofAccount;
  const implied = name === "system:anonymous" ? "system:unauthenticated" : "system:authenticated";
  const isStranger = all.includes("system:unauthenticated");
  if (!all.includes(implied) && !isStranger) all.push(implied);
  return {
    name,
    groups: all,
    ...(uid ? { uid } : {}),
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  };
}

const rememberedUsers = 10_000;
/** Says for a request whether its user may act as another. */
export class ImpersonationModes {
  readonly #authorizer: Authorizer;
  /** Which mode last let a user through, by the user's name; the oldest first. */
  readonly #lastMode = new Map<string, string>();

  constructor(authorizer: Authorizer) {
    this.#authorizer = authorizer;
  }
  /** Throws Forbidden. */
  async check(call: Authenticated, wanted: WantedUser): Promise<Impersonated> {
    const last = this.#lastMode.get(call.user.name);
    const ordered = modes.toSorted(([a], [b]) => Number(b === last) - Number(a === last));
    let first: ApiError | undefined;
    for (const [name, fits] of ordered) {
      if (!fits(wanted, call.user)) continue;
      const outcome = await new Check(this.#authorizer, call, name).run(wanted);
      if ("user" in outcome) {
        this.#remember(call.user.name, name);
        return outcome;
      }
      first ??= outcome;
    }
    throw first!;
  }
  #remember(user: string, mode: string): void {
    this.#lastMode.delete(user);
    if (this.#lastMode.size >= rememberedUsers) this.#lastMode.delete(this.#lastMode.keys().next().value!);
    this.#lastMode.set(user, mode);
  }
}
