// Rules for probes and lifecycle hooks.
import { type FieldError, forbiddenValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { isHttpHeaderName } from "#api/names.ts";
import { invalidEach, nonNegative, portOrName, supported } from "#api/meta/checks.ts";
import type { PodSpec } from "#api/core/schema/pod-spec.ts";
import {
  type ExecAction,
  type HTTPGetAction,
  Lifecycle,
  type Probe,
  type TCPSocketAction,
} from "#api/core/schema/probe.ts";
import type { Scalar } from "#api/schema.ts";

const stopSignals = (Lifecycle.fields["stopSignal"]!.schema as Scalar<string>).values!.toSorted();
const windowsStopSignals = ["SIGKILL", "SIGTERM"];

/** What a probe or a hook does; exactly one of these. */
interface Handler {
  readonly exec?: ExecAction;
  readonly httpGet?: HTTPGetAction;
  readonly tcpSocket?: TCPSocketAction;
  readonly grpc?: { readonly port: number };
  readonly sleep?: { readonly seconds: number };
}
/** What of the pod its hooks depend on. */
export interface PodFacts {
  readonly graceSeconds: number | undefined;
  readonly os: PodSpec["os"];
}

function validateHandler(found: FieldError[], field: string, handler: Handler, graceSeconds: number | undefined): void {
  const checks: [name: string, given: unknown, check: (at: string) => void][] = [
    [
      "exec",
      handler.exec,
      (at) => {
        if (!handler.exec!.command?.length) found.push(requiredValue(`${at}.command`));
      },
    ],
    ["httpGet", handler.httpGet, (at) => validateHttpGet(found, at, handler.httpGet!)],
    ["tcpSocket", handler.tcpSocket, (at) => portOrName(found, `${at}.port`, handler.tcpSocket!.port)],
    ["grpc", handler.grpc, (at) => portOrName(found, `${at}.port`, handler.grpc!.port)],
    ["sleep", handler.sleep, (at) => validateSleep(found, at, handler.sleep!.seconds, graceSeconds)],
  ];
  const given = checks.filter(([, action]) => action !== undefined);
  for (const [i, [name, , check]] of given.entries()) {
    if (i > 0) found.push(forbiddenValue(`${field}.${name}`, "may not specify more than 1 handler type"));
    else check(`${field}.${name}`);
  }
  if (given.length === 0) found.push(requiredValue(field, "must specify a handler type"));
}
function validateHttpGet(found: FieldError[], field: string, get: HTTPGetAction): void {
  if (!get.path) found.push(requiredValue(`${field}.path`));
  portOrName(found, `${field}.port`, get.port);
  supported(found, `${field}.scheme`, get.scheme, ["HTTP", "HTTPS"]);
  for (const header of get.httpHeaders ?? [])
    invalidEach(found, `${field}.httpHeaders`, header.name, isHttpHeaderName(header.name));
}
function validateSleep(found: FieldError[], field: string, seconds: number, grace: number | undefined): void {
  if (grace !== undefined && (seconds < 0 || seconds > grace))
    found.push(
      invalidValue(field, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${grace})`),
    );
}

interface Probes {
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
}
/** The three probes of a container. */
export function validateProbes(found: FieldError[], field: string, probes: Probes): void {
  const { livenessProbe: liveness, readinessProbe: readiness, startupProbe: startup } = probes;
  if (liveness) {
    validateProbe(found, `${field}.livenessProbe`, liveness);
    succeedsAtOnce(found, `${field}.livenessProbe`, liveness);
  }
  if (readiness) {
    validateProbe(found, `${field}.readinessProbe`, readiness);
    const grace = readiness.terminationGracePeriodSeconds;
    if (grace !== undefined)
      found.push(
        invalidValue(
          `${field}.readinessProbe.terminationGracePeriodSeconds`,
          grace,
          "must not be set for readinessProbes",
        ),
      );
  }
  if (startup) {
    validateProbe(found, `${field}.startupProbe`, startup);
    succeedsAtOnce(found, `${field}.startupProbe`, startup);
  }
}
function succeedsAtOnce(found: FieldError[], field: string, probe: Probe): void {
  if (probe.successThreshold !== 1)
    found.push(invalidValue(`${field}.successThreshold`, probe.successThreshold ?? 0, "must be 1"));
}
function validateProbe(found: FieldError[], field: string, probe: Probe): void {
  validateHandler(found, field, probe, undefined);
  nonNegative(found, `${field}.initialDelaySeconds`, probe.initialDelaySeconds);
  nonNegative(found, `${field}.timeoutSeconds`, probe.timeoutSeconds);
  nonNegative(found, `${field}.periodSeconds`, probe.periodSeconds);
  nonNegative(found, `${field}.successThreshold`, probe.successThreshold);
  nonNegative(found, `${field}.failureThreshold`, probe.failureThreshold);
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0)
    found.push(invalidValue(`${field}.terminationGracePeriodSeconds`, grace, "must be greater than 0"));
}

export function validateLifecycle(found: FieldError[], field: string, lifecycle: Lifecycle, pod: PodFacts): void {
  const { postStart, preStop, stopSignal } = lifecycle;
  if (postStart) validateHandler(found, `${field}.postStart`, postStart, pod.graceSeconds);
  if (preStop) validateHandler(found, `${field}.preStop`, preStop, pod.graceSeconds);
  if (stopSignal === undefined) return;
  const at = `${field}.stopSignal`;
  if (!pod.os) found.push(forbiddenValue(at, "may not be set for containers with empty `spec.os.name`"));
  else {
    const known = pod.os.name === "windows" ? windowsStopSignals : stopSignals;
    if (!known.includes(stopSignal)) found.push(notSupported(at, stopSignal, known));
  }
}
