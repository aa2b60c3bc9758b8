// Go's names of types that JSON does not show: error texts of decoding tell them. One line for each struct: its fields
// with a named type. Types of the struct's own version stand without it.
const table = `
APIResource verbs:Verbs
APIServiceCondition status:ConditionStatus type:APIServiceConditionType
AppArmorProfile type:AppArmorProfileType
AttachedVolume name:UniqueVolumeName
AzureDiskVolumeSource cachingMode:AzureDataDiskCachingMode kind:AzureDataDiskKind
BoundObjectReference uid:types.UID
CSIDriverSpec fsGroupPolicy:FSGroupPolicy volumeLifecycleModes:[]VolumeLifecycleMode
Capabilities add:[]Capability drop:[]Capability
CapacityRequirements requests:map[QualifiedName]resource.Quantity
CertificateSigningRequestCondition status:ConditionStatus type:RequestConditionType
CertificateSigningRequestSpec extra:map[string]ExtraValue usages:[]KeyUsage
ComponentCondition status:ConditionStatus type:ComponentConditionType
Condition status:ConditionStatus
ConfigMapNodeConfigSource uid:types.UID
Container imagePullPolicy:PullPolicy restartPolicy:ContainerRestartPolicy terminationMessagePolicy:TerminationMessagePolicy
ContainerPort protocol:Protocol
ContainerResizePolicy resourceName:ResourceName restartPolicy:ResourceResizeRestartPolicy
ContainerResourceMetricSource name:v1.ResourceName
ContainerResourceMetricStatus name:v1.ResourceName
ContainerRestartRule action:ContainerRestartRuleAction
ContainerRestartRuleOnExitCodes operator:ContainerRestartRuleOnExitCodesOperator
ContainerStatus allocatedResources:ResourceList stopSignal:Signal
ConversionRequest uid:types.UID
ConversionResponse uid:types.UID
CronJobSpec concurrencyPolicy:ConcurrencyPolicy
CustomResourceConversion strategy:ConversionStrategyType
CustomResourceDefinitionCondition status:ConditionStatus type:CustomResourceDefinitionConditionType
CustomResourceDefinitionSpec scope:ResourceScope
DaemonSetCondition status:ConditionStatus type:DaemonSetConditionType
DaemonSetUpdateStrategy type:DaemonSetUpdateStrategyType
DeleteOptions propagationPolicy:DeletionPropagation
DeploymentCondition status:ConditionStatus type:DeploymentConditionType
DeploymentStrategy type:DeploymentStrategyType
Device attributes:map[QualifiedName]DeviceAttribute capacity:map[QualifiedName]DeviceCapacity nodeAllocatableResourceMappings:map[ResourceName]NodeAllocatableResourceMapping
DeviceAllocationConfiguration source:AllocationConfigSource
DeviceConstraint distinctAttribute:FullyQualifiedName matchAttribute:FullyQualifiedName
DeviceRequestAllocationResult consumedCapacity:map[QualifiedName]resource.Quantity shareID:types.UID
DeviceSubRequest allocationMode:DeviceAllocationMode
DeviceTaint effect:DeviceTaintEffect
DeviceToleration effect:DeviceTaintEffect operator:DeviceTolerationOperator
EmptyDirVolumeSource medium:StorageMedium
EndpointPort protocol:Protocol
EndpointSlice addressType:AddressType
EphemeralContainerCommon imagePullPolicy:PullPolicy restartPolicy:ContainerRestartPolicy terminationMessagePolicy:TerminationMessagePolicy
ExactDeviceRequest allocationMode:DeviceAllocationMode
FieldSelectorRequirement operator:FieldSelectorOperator
FlowDistinguisherMethod type:FlowDistinguisherMethodType
FlowSchemaCondition status:ConditionStatus type:FlowSchemaConditionType
HPAScalingPolicy type:HPAScalingPolicyType
HPAScalingRules selectPolicy:ScalingPolicySelect
HTTPGetAction scheme:URIScheme
HTTPIngressPath pathType:PathType
HorizontalPodAutoscalerCondition status:v1.ConditionStatus type:HorizontalPodAutoscalerConditionType
HostPathVolumeSource type:HostPathType
ImageVolumeSource pullPolicy:PullPolicy
IngressPortStatus protocol:Protocol
JSONSchemaProps $schema:JSONSchemaURL definitions:JSONSchemaDefinitions dependencies:JSONSchemaDependencies x-kubernetes-validations:ValidationRules
JobCondition status:ConditionStatus type:JobConditionType
JobSpec completionMode:CompletionMode podReplacementPolicy:PodReplacementPolicy
LabelSelectorRequirement operator:LabelSelectorOperator
LeaseSpec strategy:CoordinatedLeaseStrategy
Lifecycle stopSignal:Signal
LimitRangeItem default:ResourceList defaultRequest:ResourceList max:ResourceList maxLimitRequestRatio:ResourceList min:ResourceList type:LimitType
LimitResponse type:LimitResponseType
ListOptions resourceVersionMatch:ResourceVersionMatch
LoadBalancerIngress ipMode:LoadBalancerIPMode
ManagedFieldsEntry operation:ManagedFieldsOperationType
MatchResources matchPolicy:MatchPolicyType
MetricSpec type:MetricSourceType
MetricStatus type:MetricSourceType
MetricTarget type:MetricTargetType
ModifyVolumeStatus status:PersistentVolumeClaimModifyVolumeStatus
MutatingAdmissionPolicySpec failurePolicy:FailurePolicyType reinvocationPolicy:ReinvocationPolicyType
MutatingWebhook failurePolicy:FailurePolicyType matchPolicy:MatchPolicyType reinvocationPolicy:ReinvocationPolicyType sideEffects:SideEffectClass
Mutation patchType:PatchType
NamespaceCondition status:ConditionStatus type:NamespaceConditionType
NamespaceSpec finalizers:[]FinalizerName
NamespaceStatus phase:NamespacePhase
NetworkPolicyPort protocol:Protocol
NetworkPolicySpec policyTypes:[]PolicyType
NodeAddress type:NodeAddressType
NodeAllocatableResourceClaimStatus resources:map[v1.ResourceName]resource.Quantity
NodeAllocatableResourceMapping capacityKey:QualifiedName
NodeCondition status:ConditionStatus type:NodeConditionType
NodeSelectorRequirement operator:NodeSelectorOperator
NodeStatus allocatable:ResourceList capacity:ResourceList phase:NodePhase volumesInUse:[]UniqueVolumeName
ObjectMeta uid:types.UID
ObjectReference uid:types.UID
Overhead podFixed:ResourceList
OwnerReference uid:types.UID
ParamRef parameterNotFoundAction:ParameterNotFoundActionType
PersistentVolumeClaimCondition status:ConditionStatus type:PersistentVolumeClaimConditionType
PersistentVolumeClaimSpec accessModes:[]PersistentVolumeAccessMode volumeMode:PersistentVolumeMode
PersistentVolumeClaimStatus accessModes:[]PersistentVolumeAccessMode allocatedResourceStatuses:map[ResourceName]ClaimResourceStatus allocatedResources:ResourceList capacity:ResourceList phase:PersistentVolumeClaimPhase
PersistentVolumeSpec accessModes:[]PersistentVolumeAccessMode capacity:ResourceList persistentVolumeReclaimPolicy:PersistentVolumeReclaimPolicy volumeMode:PersistentVolumeMode
PersistentVolumeStatus phase:PersistentVolumePhase
PodCondition status:ConditionStatus type:PodConditionType
PodDisruptionBudgetSpec unhealthyPodEvictionPolicy:UnhealthyPodEvictionPolicyType
PodFailurePolicyOnExitCodesRequirement operator:PodFailurePolicyOnExitCodesOperator
PodFailurePolicyOnPodConditionsPattern status:ConditionStatus type:PodConditionType
PodFailurePolicyRule action:PodFailurePolicyAction
PodOS name:OSName
PodReadinessGate conditionType:PodConditionType
PodSecurityContext fsGroupChangePolicy:PodFSGroupChangePolicy seLinuxChangePolicy:PodSELinuxChangePolicy supplementalGroupsPolicy:SupplementalGroupsPolicy
PodSpec dnsPolicy:DNSPolicy overhead:ResourceList preemptionPolicy:PreemptionPolicy restartPolicy:RestartPolicy
PodStatus allocatedResources:ResourceList phase:PodPhase qosClass:PodQOSClass resize:PodResizeStatus
PortStatus protocol:Protocol
Preconditions uid:types.UID
PriorityClass preemptionPolicy:PreemptionPolicy
PriorityLevelConfigurationCondition status:ConditionStatus type:PriorityLevelConfigurationConditionType
PriorityLevelConfigurationSpec type:PriorityLevelEnablement
ReplicaSetCondition status:ConditionStatus type:ReplicaSetConditionType
ReplicationControllerCondition status:ConditionStatus type:ReplicationControllerConditionType
ResourceClaimConsumerReference uid:types.UID
ResourceHealth health:ResourceHealthStatus resourceID:ResourceID
ResourceMetricSource name:v1.ResourceName
ResourceMetricStatus name:v1.ResourceName
ResourceQuotaSpec hard:ResourceList scopes:[]ResourceQuotaScope
ResourceQuotaStatus hard:ResourceList used:ResourceList
ResourceRequirements limits:ResourceList requests:ResourceList
ResourceStatus name:ResourceName
Rule scope:ScopeType
RuleWithOperations operations:[]OperationType
ScopedResourceSelectorRequirement operator:ScopeSelectorOperator scopeName:ResourceQuotaScope
SeccompProfile type:SeccompProfileType
Secret type:SecretType
SecurityContext procMount:ProcMountType
ServicePort protocol:Protocol
ServiceSpec externalTrafficPolicy:ServiceExternalTrafficPolicy internalTrafficPolicy:ServiceInternalTrafficPolicy ipFamilies:[]IPFamily ipFamilyPolicy:IPFamilyPolicy sessionAffinity:ServiceAffinity type:ServiceType
StatefulSetCondition status:ConditionStatus type:StatefulSetConditionType
StatefulSetPersistentVolumeClaimRetentionPolicy whenDeleted:PersistentVolumeClaimRetentionPolicyType whenScaled:PersistentVolumeClaimRetentionPolicyType
StatefulSetSpec podManagementPolicy:PodManagementPolicyType
StatefulSetUpdateStrategy type:StatefulSetUpdateStrategyType
Status reason:StatusReason
StatusCause reason:CauseType
StatusDetails uid:types.UID
StorageClass reclaimPolicy:PersistentVolumeReclaimPolicy volumeBindingMode:VolumeBindingMode
Subject kind:SubjectKind
SubjectAccessReviewSpec extra:map[string]ExtraValue
TableOptions includeObject:IncludeObjectPolicy
TableRowCondition status:ConditionStatus type:RowConditionType
Taint effect:TaintEffect
Toleration effect:TaintEffect operator:TolerationOperator
TopologySpreadConstraint nodeAffinityPolicy:NodeInclusionPolicy nodeTaintsPolicy:NodeInclusionPolicy whenUnsatisfiable:UnsatisfiableConstraintAction
UncountedTerminatedPods failed:[]types.UID succeeded:[]types.UID
UserInfo extra:map[string]ExtraValue
ValidatingAdmissionPolicyBindingSpec validationActions:[]ValidationAction
ValidatingAdmissionPolicySpec failurePolicy:FailurePolicyType
ValidatingWebhook failurePolicy:FailurePolicyType matchPolicy:MatchPolicyType sideEffects:SideEffectClass
Validation reason:StatusReason
ValidationRule reason:FieldValueErrorReason
VolumeMount mountPropagation:MountPropagationMode recursiveReadOnly:RecursiveReadOnlyMode
VolumeMountStatus recursiveReadOnly:RecursiveReadOnlyMode
VolumeResourceRequirements limits:ResourceList requests:ResourceList
`;

/** By "Struct.field". */
let known: ReadonlyMap<string, string> | undefined;
function read(): ReadonlyMap<string, string> {
  const types = new Map<string, string>();
  for (const line of table.trim().split("\n")) {
    const [struct, ...fields] = line.split(" ");
    for (const field of fields) {
      const [name = "", type = ""] = field.split(":");
      types.set(`${struct}.${name}`, type);
    }
  }
  return types;
}

/** The type of a field, for example v1.PodPhase; undefined: it has no name of its own. `message` as in OpenAPI. */
export function namedGoType(message: string, field: string): string | undefined {
  known ??= read();
  const [version = "", struct = ""] = message.split(".").slice(-2);
  const type = known.get(`${struct}.${field}`);
  if (type === undefined || type.includes(".")) return type;
  return type.replace(/[A-Z]\w*/g, (name) => `${version}.${name}`);
}
