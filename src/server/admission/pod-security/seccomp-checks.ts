// Seccomp profiles: baseline forbids to switch them off, restricted asks for one.
import {
  containersOf,
  containersText,
  distinct,
  namesOf,
  quoted,
  setters,
  type CheckPod,
  type PodSpec,
} from "./check.ts";

const podAnnotation = "seccomp.security.alpha.kubernetes.io/pod";
const containerPrefix = "container.seccomp.security.alpha.kubernetes.io/";
const isAnnotationAllowed = (value: string): boolean =>
  value === "runtime/default" || value === "docker/default" || value.startsWith("localhost/");

/** Before the field there were annotations. */
export const seccompAnnotations: CheckPod = (spec, annotations) => {
  const keys = [podAnnotation, ...containersOf(spec).map((c) => containerPrefix + c.name)];
  const bad = distinct(
    keys.flatMap((key) => {
      const value = annotations[key];
      return value === undefined || isAnnotationAllowed(value) ? [] : [`${key}=${JSON.stringify(value)}`];
    }),
  );
  if (bad.length === 0) return undefined;
  return {
    reason: "seccompProfile",
    detail: `forbidden ${bad.length === 1 ? "annotation" : "annotations"} ${bad.join(", ")}`,
  };
};

const typeOf = (of: Pick<PodSpec, "securityContext"> | { securityContext?: object }): string | undefined =>
  (of.securityContext as { seccompProfile?: { type: string } } | undefined)?.seccompProfile?.type;
const isGood = (type: string): boolean => type === "RuntimeDefault" || type === "Localhost";
const isBad = (type: string | undefined): type is string => type !== undefined && !isGood(type);

export const seccompBaseline: CheckPod = (spec) => {
  const names = namesOf(spec, (c) => isBad(typeOf(c)));
  const isPod = isBad(typeOf(spec));
  if (!isPod && names.length === 0) return undefined;
  const values = distinct([typeOf(spec), ...containersOf(spec).map(typeOf)].filter(isBad));
  return {
    reason: "seccompProfile",
    detail: `${setters(isPod, names)} must not set securityContext.seccompProfile.type to ${quoted(values)}`,
  };
};

export const seccompRestricted: CheckPod = (spec, annotations) => {
  const forbidden = seccompBaseline(spec, annotations);
  if (forbidden) return forbidden;
  const names = typeOf(spec) === undefined ? namesOf(spec, (c) => typeOf(c) === undefined) : [];
  if (names.length === 0) return undefined;
  const detail = `pod or ${containersText(names)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`;
  return { reason: "seccompProfile", detail };
};
