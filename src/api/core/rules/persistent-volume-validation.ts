// Rules for volumes, and for volumes written into a VolumeAttachment: those have a CSI source only and none of what
// belongs to a volume of its own.
import { posix } from "node:path";
import { type FieldError, forbiddenValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { compareQuantity } from "#api/quantity.ts";
import { validateNodeSelector } from "#api/core/pod-rules/affinity-validation.ts";
import { validateDriverName } from "#api/core/pod-rules/driver-names.ts";
import * as network from "#api/core/pod-rules/network-volume-validation.ts";
import { noBacksteps } from "#api/core/pod-rules/paths.ts";
import { validateHostPath } from "#api/core/pod-rules/volume-validation.ts";
import {
  type CSIPersistentVolumeSource,
  type PersistentVolume,
  type PersistentVolumeSource,
  type PersistentVolumeSpec,
  VolumeNodeAffinity,
} from "#api/core/schema/persistent-volume.ts";
import {
  dnsLabel,
  dnsSubdomain,
  immutable,
  immutableText,
  notPositiveText,
  sameValue,
  sortedMap,
  supported,
} from "#api/meta/checks.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { valueDiff } from "#api/meta/value-diff.ts";
import { basicAmount, validateAccessModes, volumeModes } from "./claim-validation.ts";

const reclaimPolicies = ["Delete", "Recycle", "Retain"];
const inlineText = "may not be specified in the context of inline volumes";

export function validateVolume({ metadata, spec }: PersistentVolume): FieldError[] {
  const found: FieldError[] = [];
  validateVolumeSpec(found, "spec", spec, { name: metadata.name ?? "" });
  const annotation = "volume.beta.kubernetes.io/mount-options";
  if (metadata.annotations?.[annotation] !== undefined && !mountable.some((source) => spec[source])) {
    const field = `metadata.annotations.${annotation}`;
    found.push(forbiddenValue(field, "may not specify mount options for this volume type"));
  }
  return found;
}
interface Options {
  readonly name: string;
  readonly inline?: boolean;
}
export function validateVolumeSpec(
  found: FieldError[],
  field: string,
  spec: PersistentVolumeSpec,
  options: Options,
): void {
  if (options.inline) {
    if (spec.claimRef) found.push(forbiddenValue(`${field}.claimRef`, inlineText));
    if (Object.keys(spec.capacity ?? {}).length > 0) found.push(forbiddenValue(`${field}.capacity`, inlineText));
    if (!spec.csi) found.push(requiredValue(`${field}.csi`, "has to be specified in the context of inline volumes"));
  }
  const modes = spec.accessModes ?? [];
  if (modes.length === 0) found.push(requiredValue(`${field}.accessModes`));
  validateAccessModes(found, `${field}.accessModes`, modes);
  if (!options.inline) validateCapacity(found, `${field}.capacity`, spec.capacity ?? {});
  validateReclaimPolicy(found, `${field}.persistentVolumeReclaimPolicy`, spec, options);
  if (spec.nodeAffinity) {
    if (options.inline) found.push(forbiddenValue(`${field}.nodeAffinity`, inlineText));
    else validateAffinity(found, `${field}.nodeAffinity`, spec.nodeAffinity);
  }
  validateSource(found, field, spec, options);
  if (
    spec.hostPath &&
    posix.normalize(spec.hostPath.path || ".") === "/" &&
    spec.persistentVolumeReclaimPolicy === "Recycle"
  ) {
    const text = "may not be 'recycle' for a hostPath mount of '/'";
    found.push(forbiddenValue(`${field}.persistentVolumeReclaimPolicy`, text));
  }
  validateClasses(found, field, spec, options);
}
function validateCapacity(found: FieldError[], field: string, capacity: Readonly<Record<string, string>>): void {
  const names = Object.keys(capacity);
  if (names.length === 0) found.push(requiredValue(field));
  if (capacity["storage"] === undefined || names.length > 1)
    found.push(notSupported(field, names.length > 0 ? sortedMap(capacity) : null, ["storage"]));
  for (const [name, amount] of Object.entries(capacity)) {
    basicAmount(found, `${field}[${name}]`, amount);
    if (compareQuantity(amount, "0") <= 0) found.push(invalidValue(`${field}[${name}]`, amount, notPositiveText));
  }
}
function validateReclaimPolicy(found: FieldError[], field: string, spec: PersistentVolumeSpec, options: Options): void {
  const policy = spec.persistentVolumeReclaimPolicy;
  if (!policy) return;
  if (!options.inline) supported(found, field, policy, reclaimPolicies);
  else if (policy !== "Retain")
    found.push(forbiddenValue(field, "may only be Retain in the context of inline volumes"));
}
function validateAffinity(found: FieldError[], field: string, { required }: VolumeNodeAffinity): void {
  if (required) validateNodeSelector(found, `${field}.required`, required);
  else found.push(requiredValue(`${field}.required`, "must specify required node constraints"));
}
function validateClasses(found: FieldError[], field: string, spec: PersistentVolumeSpec, { inline }: Options): void {
  if (spec.storageClassName) {
    if (inline) found.push(forbiddenValue(`${field}.storageClassName`, inlineText));
    else dnsSubdomain(found, `${field}.storageClassName`, spec.storageClassName);
  }
  if (spec.volumeMode !== undefined) {
    const at = `${field}.volumeMode`;
    if (!inline) supported(found, at, spec.volumeMode, volumeModes);
    else if (spec.volumeMode !== "Filesystem")
      found.push(
        forbiddenValue(at, "may not specify volumeMode other than Filesystem in the context of inline volumes"),
      );
  }
  if (spec.volumeAttributesClassName === undefined) return;
  const at = `${field}.volumeAttributesClassName`;
  if (spec.volumeAttributesClassName) dnsSubdomain(found, at, spec.volumeAttributesClassName);
  else found.push(requiredValue(at, "an empty string is disallowed"));
  if (!spec.csi) found.push(requiredValue(`${field}.csi`, "has to be specified when using volumeAttributesClassName"));
}

type SourceName = keyof PersistentVolumeSource & string;
/** Where old annotations with mount options are let through. */
const mountable = [
  "gcePersistentDisk",
  "awsElasticBlockStore",
  "glusterfs",
  "nfs",
  "rbd",
  "quobyte",
  "iscsi",
  "cinder",
  "cephfs",
  "azureFile",
  "vsphereVolume",
  "azureDisk",
  "photonPersistentDisk",
] as const satisfies readonly SourceName[];

interface SourceRule {
  readonly name: SourceName;
  /** Name in the path of what is wrong inside, and in that of a second source, where they differ. */
  readonly within?: string;
  readonly again?: string;
  readonly check: (found: FieldError[], at: string, source: never) => void;
}
const rule = <N extends SourceName>(
  name: N,
  check: (found: FieldError[], at: string, source: NonNullable<PersistentVolumeSource[N]>) => void,
  names: { within?: string; again?: string } = {},
): SourceRule => ({ name, check, ...names });
/** In the order in which they are looked at: only the first is judged, all others are one too many. */
const rules: readonly SourceRule[] = [
  rule("hostPath", validateHostPath),
  rule("gcePersistentDisk", network.gcePersistentDisk, { within: "persistentDisk" }),
  rule("awsElasticBlockStore", network.awsElasticBlockStore),
  rule("glusterfs", network.glusterfsPv),
  rule("flocker", network.flocker),
  rule("nfs", network.nfs),
  rule("rbd", network.rbd),
  rule("quobyte", network.quobyte),
  rule("cephfs", network.cephfs, { again: "cephFS" }),
  rule("iscsi", network.iscsiPv),
  rule("cinder", network.cinderPv),
  rule("fc", network.fc),
  rule("flexVolume", network.flexVolume),
  rule("azureFile", network.azureFile),
  rule("vsphereVolume", network.vsphereVolume),
  rule("photonPersistentDisk", network.photonPersistentDisk),
  rule("portworxVolume", network.portworxVolume),
  rule("azureDisk", network.azureDisk),
  rule("scaleIO", network.scaleIO),
  rule("local", (found, at, { path }) => {
    if (path) noBacksteps(found, `${at}.path`, path);
    else found.push(requiredValue(`${at}.path`));
  }),
  rule("storageos", network.storageosPv),
  rule("csi", validateCsi),
];
function validateSource(found: FieldError[], field: string, spec: PersistentVolumeSpec, { name }: Options): void {
  let count = 0;
  for (const { name: source, within, again, check } of rules) {
    if (!spec[source]) continue;
    // The old plug-in interface is never one too many.
    if (count > 0 && source !== "flexVolume") {
      found.push(forbiddenValue(`${field}.${again ?? source}`, "may not specify more than 1 volume type"));
      continue;
    }
    count++;
    check(found, `${field}.${within ?? source}`, spec[source] as never);
    if (source === "local" && !spec.nodeAffinity)
      found.push(requiredValue(`${field}.nodeAffinity`, "Local volume requires node affinity"));
    if (source === "iscsi" && spec.iscsi?.initiatorName !== undefined) {
      const portal = spec.iscsi.targetPortal;
      if (`${name}:${portal}`.length > 64)
        found.push(invalidValue(`${field}.iscsi.targetportal`, portal, network.portalTooLong));
    }
  }
  if (count === 0) found.push(requiredValue(field, "must specify a volume type"));
}
const csiSecrets = [
  "controllerPublishSecretRef",
  "controllerExpandSecretRef",
  "nodePublishSecretRef",
  "nodeExpandSecretRef",
] as const;
function validateCsi(found: FieldError[], at: string, source: CSIPersistentVolumeSource): void {
  validateDriverName(found, `${at}.driver`, source.driver ?? "");
  if (!source.volumeHandle) found.push(requiredValue(`${at}.volumeHandle`));
  for (const field of csiSecrets) {
    const secret = source[field];
    if (!secret) continue;
    if (secret.name) dnsSubdomain(found, `${at}.${field}.name`, secret.name);
    else found.push(requiredValue(`${at}.${field}.name`));
    if (secret.namespace) dnsLabel(found, `${at}.${field}.namespace`, secret.namespace);
    else found.push(requiredValue(`${at}.${field}.namespace`));
  }
}

const sourceOf = (spec: PersistentVolumeSpec): Record<string, unknown> =>
  Object.fromEntries(rules.flatMap(({ name }) => (spec[name] ? [[name, spec[name]]] : [])));
export function validateVolumeUpdate({ spec }: PersistentVolume, old: PersistentVolume): FieldError[] {
  const found: FieldError[] = [];
  const [now, before] = [sourceOf(spec), sourceOf(old.spec)];
  // A secret for growing may be added where there was none.
  if (spec.csi?.controllerExpandSecretRef && old.spec.csi && !old.spec.csi.controllerExpandSecretRef) {
    const { controllerExpandSecretRef: _added, ...rest } = spec.csi;
    now["csi"] = rest;
  }
  if (!sameValue(now, before)) {
    const text = `spec.persistentvolumesource is immutable after creation\n${valueDiff(before, now)}`;
    found.push(forbiddenValue("spec.persistentvolumesource", text));
  }
  immutable(found, "volumeMode", spec.volumeMode, old.spec.volumeMode);
  if (old.spec.nodeAffinity && !sameValue(withNewLabels(spec.nodeAffinity), withNewLabels(old.spec.nodeAffinity))) {
    const shown = spec.nodeAffinity && goStruct(VolumeNodeAffinity, spec.nodeAffinity);
    const text = `${immutableText}, except for updating from beta label to GA`;
    found.push(invalidValue("nodeAffinity", shown, text));
  }
  if (old.spec.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined)
    found.push(forbiddenValue("spec.volumeAttributesClassName", "update from non-nil value to nil is forbidden"));
  return found;
}
const newLabels: Readonly<Record<string, string>> = {
  "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
  "beta.kubernetes.io/os": "kubernetes.io/os",
  "beta.kubernetes.io/arch": "kubernetes.io/arch",
  "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
};
/** Old names of node labels and their successors count as the same. */
const withNewLabels = (affinity: VolumeNodeAffinity | undefined): unknown =>
  affinity?.required?.nodeSelectorTerms.map((term) => ({
    ...term,
    matchExpressions: term.matchExpressions?.map((test) => ({ ...test, key: newLabels[test.key] ?? test.key })),
  }));
