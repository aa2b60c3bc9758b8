// The built-in kinds, in the order of discovery. Adding a kind is one file and one line here.
import type { AnyKind } from "#api/kind.ts";
import { Binding } from "#api/core/binding.ts";
import { ComponentStatus } from "#api/core/component-status.ts";
import { ConfigMap } from "#api/core/config-map.ts";
import { Endpoints } from "#api/core/endpoints.ts";
import { Event } from "#api/core/event.ts";
import { LimitRange } from "#api/core/limit-range.ts";
import { Namespace } from "#api/core/namespace.ts";
import { Node } from "#api/core/node.ts";
import { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import { PersistentVolume } from "#api/core/persistent-volume.ts";
import { Pod } from "#api/core/pod.ts";
import { PodTemplate } from "#api/core/pod-template.ts";
import { ReplicationController } from "#api/core/replication-controller.ts";
import { ResourceQuota } from "#api/core/resource-quota.ts";
import { Secret } from "#api/core/secret.ts";
import { ServiceAccount } from "#api/core/service-account.ts";
import { Service } from "#api/core/service.ts";
import { APIService } from "#api/apiregistration/api-service.ts";
import { ControllerRevision } from "#api/apps/controller-revision.ts";
import { DaemonSet } from "#api/apps/daemon-set.ts";
import { Deployment } from "#api/apps/deployment.ts";
import { ReplicaSet } from "#api/apps/replica-set.ts";
import { StatefulSet } from "#api/apps/stateful-set.ts";
import { Event as EventsEvent } from "#api/events/event.ts";
import { SelfSubjectReview } from "#api/authentication/self-subject-review.ts";
import { TokenReview } from "#api/authentication/token-review.ts";
import { LocalSubjectAccessReview } from "#api/authorization/local-subject-access-review.ts";
import { SelfSubjectAccessReview } from "#api/authorization/self-subject-access-review.ts";
import { SelfSubjectRulesReview } from "#api/authorization/self-subject-rules-review.ts";
import { SubjectAccessReview } from "#api/authorization/subject-access-review.ts";
import { HorizontalPodAutoscaler } from "#api/autoscaling/horizontal-pod-autoscaler.ts";
import { HorizontalPodAutoscaler as HorizontalPodAutoscalerV1 } from "#api/autoscaling-v1/horizontal-pod-autoscaler.ts";
import { CronJob } from "#api/batch/cron-job.ts";
import { Job } from "#api/batch/job.ts";
import { CertificateSigningRequest } from "#api/certificates/certificate-signing-request.ts";
import { IngressClass } from "#api/networking/ingress-class.ts";
import { Ingress } from "#api/networking/ingress.ts";
import { IPAddress } from "#api/networking/ip-address.ts";
import { NetworkPolicy } from "#api/networking/network-policy.ts";
import { ServiceCIDR } from "#api/networking/service-cidr.ts";
import { PodDisruptionBudget } from "#api/policy/pod-disruption-budget.ts";
import { ClusterRoleBinding } from "#api/rbac/cluster-role-binding.ts";
import { ClusterRole } from "#api/rbac/cluster-role.ts";
import { RoleBinding } from "#api/rbac/role-binding.ts";
import { Role } from "#api/rbac/role.ts";
import { CSIDriver } from "#api/storage/csi-driver.ts";
import { CSINode } from "#api/storage/csi-node.ts";
import { CSIStorageCapacity } from "#api/storage/csi-storage-capacity.ts";
import { StorageClass } from "#api/storage/storage-class.ts";
import { VolumeAttachment } from "#api/storage/volume-attachment.ts";
import { VolumeAttributesClass } from "#api/storage/volume-attributes-class.ts";
import { MutatingAdmissionPolicy } from "#api/admissionregistration/mutating-admission-policy.ts";
import { MutatingAdmissionPolicyBinding } from "#api/admissionregistration/mutating-admission-policy-binding.ts";
import { MutatingWebhookConfiguration } from "#api/admissionregistration/mutating-webhook-configuration.ts";
import { ValidatingAdmissionPolicy } from "#api/admissionregistration/validating-admission-policy.ts";
import { ValidatingAdmissionPolicyBinding } from "#api/admissionregistration/validating-admission-policy-binding.ts";
import { ValidatingWebhookConfiguration } from "#api/admissionregistration/validating-webhook-configuration.ts";
import { CustomResourceDefinition } from "#api/apiextensions/custom-resource-definition.ts";
import { PriorityClass } from "#api/scheduling/priority-class.ts";
import { Lease } from "#api/coordination/lease.ts";
import { RuntimeClass } from "#api/node/runtime-class.ts";
import { EndpointSlice } from "#api/discovery/endpoint-slice.ts";
import { FlowSchema } from "#api/flowcontrol/flow-schema.ts";
import { PriorityLevelConfiguration } from "#api/flowcontrol/priority-level-configuration.ts";
import { DeviceClass } from "#api/resource/device-class.ts";
import { ResourceClaim } from "#api/resource/resource-claim.ts";
import { ResourceClaimTemplate } from "#api/resource/resource-claim-template.ts";
import { ResourceSlice } from "#api/resource/resource-slice.ts";

export const kinds: readonly AnyKind[] = [
  Binding,
  ComponentStatus,
  ConfigMap,
  Endpoints,
  Event,
  LimitRange,
  Namespace,
  Node,
  PersistentVolumeClaim,
  PersistentVolume,
  Pod,
  PodTemplate,
  ReplicationController,
  ResourceQuota,
  Secret,
  ServiceAccount,
  Service,
  APIService,
  ControllerRevision,
  DaemonSet,
  Deployment,
  ReplicaSet,
  StatefulSet,
  EventsEvent,
  SelfSubjectReview,
  TokenReview,
  LocalSubjectAccessReview,
  SelfSubjectAccessReview,
  SelfSubjectRulesReview,
  SubjectAccessReview,
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerV1,
  CronJob,
  Job,
  CertificateSigningRequest,
  IngressClass,
  Ingress,
  IPAddress,
  NetworkPolicy,
  ServiceCIDR,
  PodDisruptionBudget,
  ClusterRoleBinding,
  ClusterRole,
  RoleBinding,
  Role,
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  StorageClass,
  VolumeAttachment,
  VolumeAttributesClass,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  MutatingWebhookConfiguration,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
  CustomResourceDefinition,
  PriorityClass,
  Lease,
  RuntimeClass,
  EndpointSlice,
  FlowSchema,
  PriorityLevelConfiguration,
  DeviceClass,
  ResourceClaim,
  ResourceClaimTemplate,
  ResourceSlice,
];
