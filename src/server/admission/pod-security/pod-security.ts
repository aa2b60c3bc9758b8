// PodSecurity: pods that break the level which their namespace enforces are refused; what breaks the levels for warnings
// and audit, in pods and in the templates of workloads, is told.
import { CronJob } from "#api/batch/cron-job.ts";
import { Namespace } from "#api/core/namespace.ts";
import { Pod } from "#api/core/pod.ts";
import { ApiError, invalid } from "#api/errors.ts";
import type { FieldError } from "#api/field-error.ts";
import { deepEqual } from "#api/json.ts";
import type { KubeObject } from "#api/kind.ts";
import type { Registry } from "#server/registry.ts";
import type { AdmissionPlugin, AdmissionRequest } from "../admission.ts";
import { refuse } from "../refuse.ts";
import type { Container, PodSpec } from "./check.ts";
import { violations, violationText } from "./evaluate.ts";
import { warningsOfExisting } from "./existing-pods.ts";
import { compareLevels, labelPrefix, levelText, policyOf, privilegedPolicy, sameLevel, type Policy } from "./policy.ts";

export interface PodSecurityOptions {
  readonly registry: Registry;
  /** For namespaces that say nothing; absent: everything is allowed. */
  readonly defaults?: Policy;
  readonly exemptions?: {
    readonly namespaces?: readonly string[];
    readonly usernames?: readonly string[];
    readonly runtimeClasses?: readonly string[];
  };
}

interface Template {
  readonly metadata: KubeObject["metadata"];
  readonly spec: PodSpec;
}
type Holder = {
  readonly spec?: { readonly template?: Template; readonly jobTemplate?: Holder };
  readonly template?: Template;
};
const workloads = new Set([
  "podtemplates",
  "replicationcontrollers",
  "replicasets.apps",
  "deployments.apps",
  "statefulsets.apps",
  "daemonsets.apps",
  "jobs.batch",
  "cronjobs.batch",
]);
const resourceOf = ({ of }: AdmissionRequest): string => (of.group ? `${of.plural}.${of.group}` : of.plural);

function templateOf(request: AdmissionRequest): Template | undefined {
  const holder = request.object as unknown as Holder;
  const inner = request.of.plural === CronJob.plural ? holder.spec?.jobTemplate : holder;
  return inner?.template ?? inner?.spec?.template;
}

/** Subresources through which nothing of a pod's spec changes, or that have a body of their own. */
const ignored = new Set(["exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status"]);
const writes = new Set(["CREATE", "UPDATE"]);

/** Of what an update of a pod may change only images and new containers matter. */
function isSignificant(pod: Pod, old: Pod): boolean {
  const differ = (a: readonly Container[] = [], b: readonly Container[] = []): boolean =>
    a.length !== b.length || a.some((c, i) => c.image !== b[i]!.image);
  if (differ(pod.spec.containers, old.spec.containers)) return true;
  if (differ(pod.spec.initContainers, old.spec.initContainers)) return true;
  const before = new Map((old.spec.ephemeralContainers ?? []).map((c) => [c.name, c.image]));
  return (pod.spec.ephemeralContainers ?? []).some((c) => !before.has(c.name) || before.get(c.name) !== c.image);
}

export function podSecurity(options: PodSecurityOptions): AdmissionPlugin {
  const { registry, defaults = privilegedPolicy, exemptions = {} } = options;

  const checkNamespace = (request: AdmissionRequest): void => {
    const now = request.object as unknown as Namespace;
    const { policy, errors } = policyOf(now.metadata.labels, defaults);
    const old = request.old && policyOf(request.old.metadata.labels, defaults);
    if (errors.length > 0 && !(old && deepEqual(errors, old.errors))) throw invalid(Namespace, request.name, errors);
    const name = now.metadata.name!;
    if (exemptions.namespaces?.includes(name)) return warnOfExemption(request, policy, defaults);
    if (!old || sameLevel(policy.enforce, old.policy.enforce)) return;
    const isRelaxed =
      policy.enforce.minor === old.policy.enforce.minor &&
      compareLevels(policy.enforce.level, old.policy.enforce.level) <= 0;
    if (policy.enforce.level === "privileged" || isRelaxed) return;
    for (const warning of warningsOfExisting(name, policy.enforce, registry.list(Pod, name))) request.warn(warning);
  };

  const evaluate = (request: AdmissionRequest, { metadata, spec }: Template, isPod: boolean): void => {
    const namespace = registry.get(Namespace, request.namespace);
    if (!namespace && isPod) throw lookupFailed(request.namespace);
    const { policy, errors } = policyOf(namespace?.metadata.labels, defaults);
    const exemption = exemptionOf(request, spec);
    if (exemption) return request.annotate?.(`${labelPrefix}exempt`, exemption);
    judge(request, policy, errors, { metadata, spec }, isPod);
  };
  const exemptionOf = (request: AdmissionRequest, spec: PodSpec): string | undefined => {
    if (exemptions.namespaces?.includes(request.namespace)) return "namespace";
    if (exemptions.usernames?.includes(request.user.name)) return "user";
    if (spec.runtimeClassName && exemptions.runtimeClasses?.includes(spec.runtimeClassName)) return "runtimeClass";
    return undefined;
  };

  return {
    name: "PodSecurity",
    concerns(request) {
      if (!writes.has(request.operation)) return false;
      if (request.of === Pod) return !ignored.has(request.subresource);
      return request.subresource === "" && (request.of === Namespace || workloads.has(resourceOf(request)));
    },
    validate(request) {
      if (request.of === Namespace) return checkNamespace(request);
      const isPod = request.of === Pod;
      const template = isPod ? (request.object as unknown as Pod) : templateOf(request);
      if (!template) return;
      if (isPod && request.old && !isSignificant(template as Pod, request.old as Pod)) return;
      evaluate(request, template, isPod);
    },
  };
}

const lookupFailed = (name: string): ApiError =>
  new ApiError("InternalError", `Internal error occurred: failed to lookup namespace ${JSON.stringify(name)}`);

function judge(
  request: AdmissionRequest,
  policy: Policy,
  errors: readonly FieldError[],
  { metadata, spec }: Template,
  isPod: boolean,
): void {
  const texts = new Map<string, string>();
  const textOf = (mode: keyof Policy): string => {
    const level = levelText(policy[mode]);
    const text = texts.get(level) ?? violationText(violations(policy[mode], metadata, spec));
    texts.set(level, text);
    return text;
  };
  if (errors.length > 0)
    request.annotate?.(
      `${labelPrefix}error`,
      `Failed to parse policy: ${errors.map(({ field, message }) => `${field}: ${message}`).join(", ")}`,
    );
  if (isPod) request.annotate?.(`${labelPrefix}enforce-policy`, levelText(policy.enforce));
  const audited = textOf("audit");
  if (audited)
    request.annotate?.(
      `${labelPrefix}audit-violations`,
      `would violate PodSecurity "${levelText(policy.audit)}": ${audited}`,
    );
  const enforced = isPod ? textOf("enforce") : "";
  if (enforced) throw refuse(request, `violates PodSecurity "${levelText(policy.enforce)}": ${enforced}`);
  const warned = textOf("warn");
  if (warned) request.warn(`would violate PodSecurity "${levelText(policy.warn)}": ${warned}`);
}

function warnOfExemption(request: AdmissionRequest, policy: Policy, defaults: Policy): void {
  const modes = (["enforce", "audit", "warn"] as const).filter((mode) => policy[mode].level !== "privileged");
  const isUsual = (["enforce", "audit", "warn"] as const).every((mode) => sameLevel(policy[mode], defaults[mode]));
  if (modes.length === 0 || isUsual) return;
  const { labels = {} } = request.object!.metadata!;
  const isSaid = (mode: string): boolean =>
    labels[labelPrefix + mode] !== undefined || labels[`${labelPrefix}${mode}-version`] !== undefined;
  const said = modes.filter(isSaid).map((mode) => `${mode}=${levelText(policy[mode])}`);
  request.warn(
    `namespace ${JSON.stringify(request.name)} is exempt from Pod Security, and the policy (${said.join(", ")}) will be ignored`,
  );
}
