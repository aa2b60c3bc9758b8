// Custom resource definitions: names, versions, conversion and status.

import {
  type Infer,
  atomicList,
  bool,
  bytes,
  int32,
  int64,
  known,
  mapList,
  message,
  optional,
  pointer,
  rawExtension,
  required,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { JSONSchemaProps } from "#api/apiextensions/json-schema.ts";
import { ObjectMeta } from "#api/meta/schema.ts";
import { Status } from "#api/meta/status-schema.ts";

export const ConversionRequest = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ConversionRequest",
  "Objects that a webhook should convert.",
  {
    uid: required(1, string, "Identifier of this call, to be copied to the answer."),
    desiredAPIVersion: required(2, string, "Version to convert to, such as example.com/v1."),
    objects: required(3, atomicList(rawExtension), "Objects to convert, possibly in different versions."),
  },
);
export interface ConversionRequest extends Infer<typeof ConversionRequest> {}

export const ConversionResponse = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ConversionResponse",
  "The webhook's answer to a conversion request.",
  {
    uid: required(1, string, "Identifier copied from the request."),
    convertedObjects: required(2, atomicList(rawExtension), "Converted objects, in the same order as in the request."),
    result: required(3, Status, "Success, or Failure with a message; on failure nothing is converted."),
  },
);
export interface ConversionResponse extends Infer<typeof ConversionResponse> {}

export const ConversionReview = topLevel(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ConversionReview",
  "Message between the API server and a conversion webhook.",
  {
    request: pointer(1, ConversionRequest, "Objects that the server wants converted."),
    response: pointer(2, ConversionResponse, "The webhook's answer with the converted objects."),
  },
);
export interface ConversionReview extends Infer<typeof ConversionReview> {}

export const CustomResourceColumnDefinition = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceColumnDefinition",
  "One column in the output of kubectl get.",
  {
    name: required(1, string, "Heading of the column."),
    type: required(2, string, "Type of the values: string, integer, number, boolean or date."),
    format: optional(3, string, "Finer form of the values, such as int64; may be left out."),
    description: optional(4, string, "What the column shows, for people."),
    priority: optional(5, int32, "0 (default) always shows the column; higher only with wide output."),
    jsonPath: required(6, string, "Simple path to the value in the object, such as .spec.replicas."),
  },
);
export interface CustomResourceColumnDefinition extends Infer<typeof CustomResourceColumnDefinition> {}

export const ServiceReference = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ServiceReference",
  "The Service behind which a conversion webhook runs.",
  {
    namespace: required(1, string, "Namespace in which the Service lives."),
    name: required(2, string, "Name of the Service."),
    path: pointer(3, string, "URL path to call on the Service; absent means the root."),
    port: pointer(4, int32, "Port of the Service, from 1 to 65535; default 443.", { default: 443 }),
  },
);
export interface ServiceReference extends Infer<typeof ServiceReference> {}

export const WebhookClientConfig = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.WebhookClientConfig",
  "How the API server reaches the conversion webhook: by URL or by Service.",
  {
    url: pointer(3, string, "Address of the webhook, which must begin with https://; excludes service."),
    service: pointer(1, ServiceReference, "Service in the cluster that runs the webhook; excludes url."),
    caBundle: optional(
      2,
      bytes,
      "Certificates in PEM form, base64-encoded, that vouch for the webhook; absent uses the system's.",
    ),
  },
);
export interface WebhookClientConfig extends Infer<typeof WebhookClientConfig> {}

export const WebhookConversion = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.WebhookConversion",
  "How to call the conversion webhook.",
  {
    clientConfig: pointer(2, WebhookClientConfig, "Address and certificates of the webhook."),
    conversionReviewVersions: required(
      3,
      atomicList(string),
      "ConversionReview versions the webhook understands, best first, such as v1.",
    ),
  },
);
export interface WebhookConversion extends Infer<typeof WebhookConversion> {}

export const CustomResourceConversion = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceConversion",
  "How objects are converted between versions.",
  {
    strategy: required(
      1,
      known("None", "Webhook"),
      "None (default) only changes apiVersion; Webhook asks a webhook to do the conversion.",
    ),
    webhook: pointer(2, WebhookConversion, "How to call the webhook; required when strategy is Webhook."),
  },
);
export interface CustomResourceConversion extends Infer<typeof CustomResourceConversion> {}

export const CustomResourceDefinitionNames = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionNames",
  "The names under which a custom kind is known.",
  {
    plural: required(1, string, "Name in URLs, plural and lower case, such as widgets."),
    singular: optional(2, string, "Singular name for the command line; default is the kind in lower case."),
    shortNames: optional(3, atomicList(string), "Abbreviations for the command line, such as wd."),
    kind: required(4, string, "Name in manifests, singular and in CamelCase, such as Widget."),
    listKind: optional(5, string, "Kind of a list of objects; default is the kind followed by List."),
    categories: optional(6, atomicList(string), "Groups it belongs to, such as all for kubectl get all."),
  },
);
export interface CustomResourceDefinitionNames extends Infer<typeof CustomResourceDefinitionNames> {}

export const CustomResourceValidation = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceValidation",
  "Holds the schema of a custom kind.",
  {
    openAPIV3Schema: pointer(1, JSONSchemaProps, "OpenAPI schema used to check objects and to remove unknown fields."),
  },
);
export interface CustomResourceValidation extends Infer<typeof CustomResourceValidation> {}

export const CustomResourceSubresourceStatus = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus",
  "Turns on the /status endpoint; it has no settings.",
  {},
);
export interface CustomResourceSubresourceStatus extends Infer<typeof CustomResourceSubresourceStatus> {}

export const CustomResourceSubresourceScale = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceScale",
  "Lets a custom kind be scaled with kubectl scale or an autoscaler.",
  {
    specReplicasPath: required(1, string, "Path to the wanted replica count, under .spec, such as .spec.replicas."),
    statusReplicasPath: required(
      2,
      string,
      "Path to the present replica count, under .status, such as .status.replicas.",
    ),
    labelSelectorPath: pointer(3, string, "Path to the label selector as text; an autoscaler needs it."),
  },
);
export interface CustomResourceSubresourceScale extends Infer<typeof CustomResourceSubresourceScale> {}

export const CustomResourceSubresources = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresources",
  "Extra endpoints of a custom kind.",
  {
    status: pointer(
      1,
      CustomResourceSubresourceStatus,
      "Turns on /status, so that spec and status are written separately.",
    ),
    scale: pointer(
      2,
      CustomResourceSubresourceScale,
      "Turns on /scale, so that the replica count can be set uniformly.",
    ),
  },
);
export interface CustomResourceSubresources extends Infer<typeof CustomResourceSubresources> {}

export const SelectableField = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.SelectableField",
  "A field that clients can filter by.",
  {
    jsonPath: required(1, string, "Simple path to the field, such as .spec.color; must be text, number or true/false."),
  },
);
export interface SelectableField extends Infer<typeof SelectableField> {}

export const CustomResourceDefinitionVersion = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion",
  "One version of a custom kind, with its schema.",
  {
    name: required(1, string, "Version name as seen in URLs, such as v1 or v1beta1."),
    served: required(2, bool, "If true, clients can use this version."),
    storage: required(3, bool, "If true, objects are stored in this version; exactly one version must say so."),
    deprecated: optional(7, bool, "If true, clients using this version receive a warning; default false."),
    deprecationWarning: pointer(8, string, "Text of that warning; a standard text is used if absent."),
    schema: pointer(4, CustomResourceValidation, "Structure that objects of this version must have."),
    subresources: pointer(5, CustomResourceSubresources, "Extra endpoints of this version: status and scale."),
    additionalPrinterColumns: optional(
      6,
      atomicList(CustomResourceColumnDefinition),
      "Columns for kubectl get; only the age is shown if none are given.",
    ),
    selectableFields: optional(9, atomicList(SelectableField), "Fields usable in field selectors, at most 8."),
  },
);
export interface CustomResourceDefinitionVersion extends Infer<typeof CustomResourceDefinitionVersion> {}

export const CustomResourceDefinitionSpec = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionSpec",
  "Names, scope and versions of the new kind.",
  {
    group: required(1, string, "API group of the kind, such as example.com."),
    names: required(3, CustomResourceDefinitionNames, "The names under which the kind is known."),
    scope: required(
      4,
      known("Cluster", "Namespaced"),
      "Namespaced if objects live in namespaces, Cluster if they do not.",
    ),
    versions: required(7, atomicList(CustomResourceDefinitionVersion), "All versions of the kind, at least one."),
    conversion: pointer(
      9,
      CustomResourceConversion,
      "How objects are converted between versions; by default only apiVersion changes.",
      { default: { strategy: "None" } },
    ),
    preserveUnknownFields: optional(
      10,
      bool,
      "Old switch for keeping unknown fields; must be false in new definitions.",
    ),
  },
);
export interface CustomResourceDefinitionSpec extends Infer<typeof CustomResourceDefinitionSpec> {}

export const CustomResourceDefinitionCondition = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionCondition",
  "One fact about the definition that is true, false or unknown.",
  {
    type: required(
      1,
      known(
        "Established",
        "NamesAccepted",
        "NonStructuralSchema",
        "Terminating",
        "KubernetesAPIApprovalPolicyConformant",
        "StorageMigrating",
      ),
      "What the fact is about; Established means the new kind can be used.",
    ),
    status: required(2, known("True", "False", "Unknown"), "Whether the fact holds: True, False or Unknown."),
    lastTransitionTime: optional(3, time, "When the status last changed from one value to another.", { always: true }),
    reason: optional(4, string, "Why the status is as it is, in one CamelCase word."),
    message: optional(5, string, "Explanation of the status for people; may be empty."),
    observedGeneration: optional(6, int64, "Generation of the definition that this entry was made for."),
  },
);
export interface CustomResourceDefinitionCondition extends Infer<typeof CustomResourceDefinitionCondition> {}

export const CustomResourceDefinitionStatus = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionStatus",
  "What the server has made of the definition.",
  {
    conditions: optional(
      1,
      mapList(CustomResourceDefinitionCondition, "type"),
      "Notable facts, such as Established or NamesAccepted.",
      { always: true },
    ),
    acceptedNames: struct(
      2,
      CustomResourceDefinitionNames,
      "Names in use now; they differ from the wanted ones if those clash.",
    ),
    storedVersions: optional(
      3,
      atomicList(string),
      "Versions in which objects may have been stored; remove a version only when it is not listed.",
      { always: true },
    ),
    observedGeneration: optional(4, int64, "Generation of the definition that the server last acted on."),
  },
);
export interface CustomResourceDefinitionStatus extends Infer<typeof CustomResourceDefinitionStatus> {}

export const CustomResourceDefinition = topLevel(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition",
  "Adds a new kind of object to the API.",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, CustomResourceDefinitionSpec, "What is wanted."),
    status: struct(3, CustomResourceDefinitionStatus, "What was last observed; written by the system."),
  },
);
export interface CustomResourceDefinition extends Infer<typeof CustomResourceDefinition> {}
