// What upstream's types say in OpenAPI documents and nowhere else: defaults that a type itself declares, lists of values
// that are judged by hand, and discriminated unions. By definition, then by field; "" is the definition itself.
import { hostPathTypes } from "#api/core/pod-rules/volume-validation.ts";
import type { OpenApiSchema } from "#server/discovery/openapi-schema.ts";

type Marks = Readonly<Record<string, OpenApiSchema>>;
const core = (name: string): string => `io.k8s.api.core.v1.${name}`;
const flow = (name: string): string => `io.k8s.api.flowcontrol.v1.${name}`;

const union = (fields: Readonly<Record<string, string>>, discriminator?: string): Marks => ({
  "": {
    "x-kubernetes-unions": [{ ...(discriminator ? { discriminator } : {}), "fields-to-discriminateBy": { ...fields } }],
  },
});
const defaults = (values: Readonly<Record<string, unknown>>): Marks =>
  Object.fromEntries(Object.entries(values).map(([field, value]) => [field, { default: value }]));

const unnamed = defaults({ name: "" });
const localhost = union({ localhostProfile: "LocalhostProfile" }, "type");
const rbd = defaults({ keyring: "/etc/ceph/keyring", pool: "rbd", user: "admin" });
const scaleIo = defaults({ fsType: "xfs", storageMode: "ThinProvisioned" });
const iscsi = defaults({ iscsiInterface: "default" });
const scopes = {
  enum: [
    "BestEffort",
    "CrossNamespacePodAffinity",
    "NotBestEffort",
    "NotTerminating",
    "PriorityClass",
    "Terminating",
    "VolumeAttributesClass",
  ],
};
const resizes = {
  enum: [
    "ControllerResizeInProgress",
    "ControllerResizeInfeasible",
    "NodeResizeInProgress",
    "NodeResizeInfeasible",
    "NodeResizePending",
  ],
};

/** `items` and `additionalProperties` are merged into those of the field. `default` counts in version 3 alone. */
export const openApiMarks: Readonly<Record<string, Marks>> = {
  [core("AppArmorProfile")]: localhost,
  [core("AzureDiskVolumeSource")]: defaults({
    cachingMode: "ReadWrite",
    fsType: "ext4",
    kind: "Shared",
    readOnly: false,
  }),
  [core("ConfigMapEnvSource")]: unnamed,
  [core("ConfigMapKeySelector")]: unnamed,
  [core("ConfigMapProjection")]: unnamed,
  [core("ConfigMapVolumeSource")]: unnamed,
  [core("ContainerPort")]: defaults({ protocol: "TCP" }),
  [core("FileKeySelector")]: defaults({ optional: false }),
  [core("GRPCAction")]: defaults({ service: "" }),
  [core("HostPathVolumeSource")]: { type: { enum: hostPathTypes } },
  [core("ISCSIPersistentVolumeSource")]: iscsi,
  [core("ISCSIVolumeSource")]: iscsi,
  [core("LocalObjectReference")]: unnamed,
  // Kind and part of another one, whose document has no other claims.
  [core("PersistentVolumeClaim")]: {
    "": { "x-kubernetes-group-version-kind": [{ group: "", kind: "PersistentVolumeClaim", version: "v1" }] },
  },
  [core("PersistentVolumeClaimStatus")]: {
    allocatedResourceStatuses: { "x-kubernetes-map-type": "granular", additionalProperties: resizes },
    phase: { enum: ["Bound", "Lost", "Pending"] },
  },
  [core("PersistentVolumeSpec")]: { claimRef: { "x-kubernetes-map-type": "granular" } },
  [core("PersistentVolumeStatus")]: { phase: { enum: ["Available", "Bound", "Failed", "Pending", "Released"] } },
  [core("PodSchedulingGroup")]: union({ podGroupName: "PodGroupName" }),
  [core("RBDPersistentVolumeSource")]: rbd,
  [core("RBDVolumeSource")]: rbd,
  [core("ReplicationControllerSpec")]: defaults({ replicas: 1, minReadySeconds: 0 }),
  [core("ResourceQuotaSpec")]: { scopes: { items: scopes } },
  [core("ScaleIOPersistentVolumeSource")]: scaleIo,
  [core("ScaleIOVolumeSource")]: scaleIo,
  [core("ScopedResourceSelectorRequirement")]: {
    operator: { enum: ["DoesNotExist", "Exists", "In", "NotIn"] },
    scopeName: scopes,
  },
  [core("SeccompProfile")]: localhost,
  [core("SecretEnvSource")]: unnamed,
  [core("SecretKeySelector")]: unnamed,
  [core("SecretProjection")]: unnamed,
  [core("ServicePort")]: defaults({ protocol: "TCP" }),
  [core("ServiceSpec")]: { ipFamilies: { items: { enum: ["", "IPv4", "IPv6"] } } },
  "io.k8s.api.autoscaling.v1.ScaleSpec": defaults({ replicas: 0 }),
  "io.k8s.api.certificates.v1beta1.PodCertificateRequestSpec": defaults({ maxExpirationSeconds: 86_400 }),
  "io.k8s.api.resource.v1.DeviceToleration": defaults({ operator: "Equal" }),
  "io.k8s.api.resource.v1beta1.DeviceToleration": defaults({ operator: "Equal" }),
  "io.k8s.api.resource.v1beta2.DeviceToleration": defaults({ operator: "Equal" }),
  "io.k8s.api.resource.v1alpha3.ResourcePoolStatusRequestSpec": defaults({ limit: 100 }),
  "io.k8s.api.scheduling.v1alpha2.PodGroupSchedulingPolicy": union({ basic: "Basic", gang: "Gang" }),
  "io.k8s.api.scheduling.v1alpha2.PodGroupSpec": defaults({ disruptionMode: "Pod" }),
  "io.k8s.api.scheduling.v1alpha2.PodGroupTemplateReference": union({ workload: "Workload" }),
  "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceSpec": {
    caBundle: { "x-kubernetes-list-type": "atomic" },
  },
  [flow("LimitResponse")]: union({ queuing: "Queuing" }, "type"),
  [flow("PriorityLevelConfigurationSpec")]: union({ exempt: "Exempt", limited: "Limited" }, "type"),
  [flow("Subject")]: union({ group: "Group", serviceAccount: "ServiceAccount", user: "User" }, "kind"),
};
