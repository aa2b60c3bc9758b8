// The beta and alpha versions of kinds, off unless a cluster asks for them, in the order of discovery. Nothing imports
// this file but who serves one of them: kinds that are off cost nothing. A kind that is stored in a version which itself
// may be off is listed in that version too.
import {
  MutatingAdmissionPolicyBindingV1Alpha1,
  MutatingAdmissionPolicyBindingV1Beta1,
  MutatingAdmissionPolicyV1Alpha1,
  MutatingAdmissionPolicyV1Beta1,
} from "#api/admissionregistration/previews.ts";
import { StorageVersion } from "#api/apiserverinternal/storage-version.ts";
import { ClusterTrustBundle, ClusterTrustBundleV1Alpha1 } from "#api/certificates/cluster-trust-bundle.ts";
import { PodCertificateRequest } from "#api/certificates/pod-certificate-request.ts";
import { LeaseCandidate, LeaseCandidateV1Alpha2 } from "#api/coordination/lease-candidate.ts";
import { IPAddressV1Beta1, ServiceCIDRV1Beta1 } from "#api/networking/previews.ts";
import { DeviceTaintRule } from "#api/resource/device-taint-rule.ts";
import { ResourcePoolStatusRequest } from "#api/resource/pool-status-request.ts";
import {
  DeviceClassV1Beta1,
  ResourceClaimTemplateV1Beta1,
  ResourceClaimV1Beta1,
  ResourceSliceV1Beta1,
} from "#api/resource/v1beta1.ts";
import {
  DeviceClassV1Beta2,
  DeviceTaintRuleV1Beta2,
  ResourceClaimTemplateV1Beta2,
  ResourceClaimV1Beta2,
  ResourceSliceV1Beta2,
} from "#api/resource/v1beta2.ts";
import { PodGroup } from "#api/scheduling/pod-group.ts";
import { Workload } from "#api/scheduling/workload.ts";
import { VolumeAttributesClassV1Beta1 } from "#api/storage/previews.ts";
import { StorageVersionMigration } from "#api/storagemigration/storage-version-migration.ts";
import type { AnyKind } from "./kind.ts";

export const previewKinds: readonly AnyKind[] = [
  ClusterTrustBundle,
  PodCertificateRequest,
  ClusterTrustBundleV1Alpha1,
  IPAddressV1Beta1,
  ServiceCIDRV1Beta1,
  VolumeAttributesClassV1Beta1,
  MutatingAdmissionPolicyV1Beta1,
  MutatingAdmissionPolicyBindingV1Beta1,
  MutatingAdmissionPolicyV1Alpha1,
  MutatingAdmissionPolicyBindingV1Alpha1,
  PodGroup,
  Workload,
  LeaseCandidate,
  LeaseCandidateV1Alpha2,
  StorageVersion,
  DeviceClassV1Beta2,
  DeviceTaintRuleV1Beta2,
  ResourceClaimV1Beta2,
  ResourceClaimTemplateV1Beta2,
  ResourceSliceV1Beta2,
  DeviceClassV1Beta1,
  ResourceClaimV1Beta1,
  ResourceClaimTemplateV1Beta1,
  ResourceSliceV1Beta1,
  DeviceTaintRule,
  ResourcePoolStatusRequest,
  StorageVersionMigration,
];
