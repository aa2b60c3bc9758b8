// Fields that belong to a feature: while its gate is off, a write loses them unless the object had them before. Gates
// that are locked have no entry.

export interface GatedField {
  readonly gate: string;
  /** Types that have the field, without their version: "core.PodSpec". */
  readonly types: readonly string[];
  readonly fields: readonly string[];
  /** Only such values belong to the feature. */
  readonly when?: (value: unknown) => boolean;
}

const isOnlyStopSignal = (lifecycle: unknown): boolean => Object.keys(lifecycle as object).join() === "stopSignal";
/** Init containers that go on have been there before. */
const isNoSidecar = (policy: unknown): boolean => policy !== "Always";
const namesNamespace = (reference: unknown): boolean => Boolean((reference as { namespace?: string }).namespace);
const containers = ["core.Container", "core.EphemeralContainer"];
const devices = ["resource.Device", "resource.BasicDevice"];
const requests = ["resource.ExactDeviceRequest", "resource.DeviceRequest", "resource.DeviceSubRequest"];
const results = ["resource.DeviceRequestAllocationResult"];
const groups = ["scheduling.PodGroupSpec", "scheduling.PodGroupTemplate"];

export const gatedFields: readonly GatedField[] = [
  { gate: "ClusterTrustBundleProjection", types: ["core.VolumeProjection"], fields: ["clusterTrustBundle"] },
  { gate: "PodCertificateRequest", types: ["core.VolumeProjection"], fields: ["podCertificate"] },
  { gate: "ContainerRestartRules", types: containers, fields: ["restartPolicyRules"] },
  { gate: "ContainerRestartRules", types: containers, fields: ["restartPolicy"], when: isNoSidecar },
  { gate: "ContainerStopSignals", types: containers, fields: ["lifecycle"], when: isOnlyStopSignal },
  { gate: "ContainerStopSignals", types: ["core.Lifecycle", "core.ContainerStatus"], fields: ["stopSignal"] },
  { gate: "EnvFiles", types: ["core.EnvVarSource"], fields: ["fileKeyRef"] },
  { gate: "GenericWorkload", types: ["core.PodSpec"], fields: ["schedulingGroup"] },
  { gate: "HostnameOverride", types: ["core.PodSpec"], fields: ["hostnameOverride"] },
  { gate: "PodLevelResources", types: ["core.PodSpec"], fields: ["resources"] },
  {
    gate: "InPlacePodLevelResourcesVerticalScaling",
    types: ["core.PodStatus"],
    fields: ["resources", "allocatedResources"],
  },
  { gate: "ImageVolumeWithDigest", types: ["core.VolumeStatus"], fields: ["image"] },
  { gate: "ResourceHealthStatus", types: ["core.ContainerStatus"], fields: ["allocatedResourcesStatus"] },
  { gate: "ResourceHealthStatusMessage", types: ["core.ResourceHealth"], fields: ["message"] },
  {
    gate: "MatchLabelKeysInPodTopologySpread",
    types: ["core.TopologySpreadConstraint"],
    fields: ["matchLabelKeys"],
  },
  {
    gate: "DeploymentReplicaSetTerminatingReplicas",
    types: ["apps.DeploymentStatus", "apps.ReplicaSetStatus"],
    fields: ["terminatingReplicas"],
  },
  {
    gate: "CRDObservedGenerationTracking",
    types: ["apiextensions.CustomResourceDefinitionStatus", "apiextensions.CustomResourceDefinitionCondition"],
    fields: ["observedGeneration"],
  },
  { gate: "NodeDeclaredFeatures", types: ["core.NodeStatus"], fields: ["declaredFeatures"] },
  {
    gate: "CrossNamespaceVolumeDataSource",
    types: ["core.PersistentVolumeClaimSpec"],
    fields: ["dataSourceRef"],
    when: namesNamespace,
  },
  { gate: "HPAConfigurableTolerance", types: ["autoscaling.HPAScalingRules"], fields: ["tolerance"] },
  {
    gate: "MaxUnavailableStatefulSet",
    types: ["apps.RollingUpdateStatefulSetStrategy"],
    fields: ["maxUnavailable"],
  },
  { gate: "VolumeLimitScaling", types: ["storage.CSIDriverSpec"], fields: ["preventPodSchedulingIfMissing"] },
  { gate: "CoordinatedLeaderElection", types: ["coordination.LeaseSpec"], fields: ["strategy", "preferredHolder"] },
  { gate: "DRAExtendedResource", types: ["core.PodStatus"], fields: ["extendedResourceClaimStatus"] },
  { gate: "DRAExtendedResource", types: ["resource.DeviceClassSpec"], fields: ["extendedResourceName"] },
  { gate: "DRANodeAllocatableResources", types: ["core.PodStatus"], fields: ["nodeAllocatableResourceClaimStatuses"] },
  { gate: "DRANodeAllocatableResources", types: devices, fields: ["nodeAllocatableResourceMappings"] },
  { gate: "DRAPrioritizedList", types: ["resource.DeviceRequest"], fields: ["firstAvailable"] },
  {
    gate: "DRAListTypeAttributes",
    types: ["resource.DeviceAttribute"],
    fields: ["bools", "ints", "strings", "versions"],
  },
  { gate: "DRADeviceTaints", types: devices, fields: ["taints"] },
  { gate: "DRADeviceTaints", types: [...requests, ...results], fields: ["tolerations"] },
  {
    gate: "DRAPartitionableDevices",
    types: devices,
    fields: ["consumesCounters", "nodeName", "nodeSelector", "allNodes"],
  },
  {
    gate: "DRAPartitionableDevices",
    types: ["resource.ResourceSliceSpec"],
    fields: ["perDeviceNodeSelection", "sharedCounters"],
  },
  { gate: "DRAConsumableCapacity", types: devices, fields: ["allowMultipleAllocations"] },
  { gate: "DRAConsumableCapacity", types: ["resource.DeviceCapacity"], fields: ["requestPolicy"] },
  { gate: "DRAConsumableCapacity", types: ["resource.DeviceConstraint"], fields: ["distinctAttribute"] },
  { gate: "DRAConsumableCapacity", types: requests, fields: ["capacity"] },
  {
    gate: "DRAConsumableCapacity",
    types: [...results, "resource.AllocatedDeviceStatus"],
    fields: ["shareID", "consumedCapacity"],
  },
  {
    gate: "DRADeviceBindingConditions",
    types: [...devices, ...results],
    fields: ["bindsToNode", "bindingConditions", "bindingFailureConditions"],
  },
  { gate: "DRADeviceBindingConditions", types: ["resource.AllocationResult"], fields: ["allocationTimestamp"] },
  { gate: "DRAResourceClaimDeviceStatus", types: ["resource.ResourceClaimStatus"], fields: ["devices"] },
  { gate: "TopologyAwareWorkloadScheduling", types: groups, fields: ["schedulingConstraints"] },
  { gate: "DRAWorkloadResourceClaims", types: groups, fields: ["resourceClaims"] },
  { gate: "DRAWorkloadResourceClaims", types: ["scheduling.PodGroupStatus"], fields: ["resourceClaimStatuses"] },
  {
    gate: "WorkloadAwarePreemption",
    types: groups,
    fields: ["disruptionMode", "priorityClassName", "priority"],
  },
];
