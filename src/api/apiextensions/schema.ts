// Wire types of apiextensions.

import {
  type Infer,
  type Message,
  atomicList,
  bool,
  bytes,
  float64,
  int32,
  int64,
  known,
  lazy,
  map,
  mapList,
  message,
  oneOf,
  optional,
  pointer,
  rawExtension,
  required,
  string,
  struct,
  time,
  topLevel,
} from "#api/schema.ts";
import { ObjectMeta } from "#api/meta/schema.ts";
import { Status } from "#api/meta/status-schema.ts";

export const ConversionRequest = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ConversionRequest",
  "",
  {
    uid: required(1, string, ""),
    desiredAPIVersion: required(2, string, ""),
    objects: required(3, atomicList(rawExtension), ""),
  },
);
export interface ConversionRequest extends Infer<typeof ConversionRequest> {}

export const ConversionResponse = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ConversionResponse",
  "",
  {
    uid: required(1, string, ""),
    convertedObjects: required(2, atomicList(rawExtension), ""),
    result: required(3, Status, ""),
  },
);
export interface ConversionResponse extends Infer<typeof ConversionResponse> {}

export const ConversionReview = topLevel(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ConversionReview",
  "",
  {
    request: pointer(1, ConversionRequest, ""),
    response: pointer(2, ConversionResponse, ""),
  },
);
export interface ConversionReview extends Infer<typeof ConversionReview> {}

export const CustomResourceColumnDefinition = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceColumnDefinition",
  "",
  {
    name: required(1, string, ""),
    type: required(2, string, ""),
    format: optional(3, string, ""),
    description: optional(4, string, ""),
    priority: optional(5, int32, ""),
    jsonPath: required(6, string, ""),
  },
);
export interface CustomResourceColumnDefinition extends Infer<typeof CustomResourceColumnDefinition> {}

export const ServiceReference = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ServiceReference",
  "",
  {
    namespace: required(1, string, ""),
    name: required(2, string, ""),
    path: pointer(3, string, ""),
    port: pointer(4, int32, ""),
  },
);
export interface ServiceReference extends Infer<typeof ServiceReference> {}

export const WebhookClientConfig = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.WebhookClientConfig",
  "",
  {
    url: pointer(3, string, ""),
    service: pointer(1, ServiceReference, ""),
    caBundle: optional(2, bytes, ""),
  },
);
export interface WebhookClientConfig extends Infer<typeof WebhookClientConfig> {}

export const WebhookConversion = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.WebhookConversion",
  "",
  {
    clientConfig: pointer(2, WebhookClientConfig, ""),
    conversionReviewVersions: required(3, atomicList(string), ""),
  },
);
export interface WebhookConversion extends Infer<typeof WebhookConversion> {}

export const CustomResourceConversion = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceConversion",
  "",
  {
    strategy: required(1, known("None", "Webhook"), ""),
    webhook: pointer(2, WebhookConversion, ""),
  },
);
export interface CustomResourceConversion extends Infer<typeof CustomResourceConversion> {}

export const CustomResourceDefinitionNames = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionNames",
  "",
  {
    plural: required(1, string, ""),
    singular: optional(2, string, ""),
    shortNames: optional(3, atomicList(string), ""),
    kind: required(4, string, ""),
    listKind: optional(5, string, ""),
    categories: optional(6, atomicList(string), ""),
  },
);
export interface CustomResourceDefinitionNames extends Infer<typeof CustomResourceDefinitionNames> {}

export const JSON = message("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON", "", {}, [], {
  jsonForm: "any",
});
export type JSON = unknown;

export const ExternalDocumentation = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ExternalDocumentation",
  "",
  {
    description: optional(1, string, ""),
    url: optional(2, string, ""),
  },
);
export interface ExternalDocumentation extends Infer<typeof ExternalDocumentation> {}

export const ValidationRule = message("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ValidationRule", "", {
  rule: required(1, string, ""),
  message: optional(2, string, ""),
  messageExpression: optional(3, string, ""),
  reason: pointer(
    4,
    oneOf("FieldValueRequired", "FieldValueDuplicate", "FieldValueInvalid", "FieldValueForbidden"),
    "",
  ),
  fieldPath: optional(5, string, ""),
  optionalOldSelf: pointer(6, bool, ""),
});
export interface ValidationRule extends Infer<typeof ValidationRule> {}

export const JSONSchemaProps: Message<any> = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps",
  "",
  {
    id: optional(1, string, ""),
    $schema: optional(2, string, ""),
    $ref: pointer(3, string, ""),
    description: optional(4, string, ""),
    type: optional(5, string, ""),
    format: optional(6, string, ""),
    title: optional(7, string, ""),
    default: pointer(8, JSON, ""),
    maximum: pointer(9, float64, ""),
    exclusiveMaximum: optional(10, bool, ""),
    minimum: pointer(11, float64, ""),
    exclusiveMinimum: optional(12, bool, ""),
    maxLength: pointer(13, int64, ""),
    minLength: pointer(14, int64, ""),
    pattern: optional(15, string, ""),
    maxItems: pointer(16, int64, ""),
    minItems: pointer(17, int64, ""),
    uniqueItems: optional(18, bool, ""),
    multipleOf: pointer(19, float64, ""),
    enum: optional(20, atomicList(JSON), ""),
    maxProperties: pointer(21, int64, ""),
    minProperties: pointer(22, int64, ""),
    required: optional(23, atomicList(string), ""),
    items: pointer(
      24,
      lazy((): Message<any> => JSONSchemaPropsOrArray),
      "",
    ),
    allOf: optional(25, atomicList(lazy((): Message<any> => JSONSchemaProps)), ""),
    oneOf: optional(26, atomicList(lazy((): Message<any> => JSONSchemaProps)), ""),
    anyOf: optional(27, atomicList(lazy((): Message<any> => JSONSchemaProps)), ""),
    not: pointer(
      28,
      lazy((): Message<any> => JSONSchemaProps),
      "",
    ),
    properties: optional(29, map(lazy((): Message<any> => JSONSchemaProps)), ""),
    additionalProperties: pointer(
      30,
      lazy((): Message<any> => JSONSchemaPropsOrBool),
      "",
    ),
    patternProperties: optional(31, map(lazy((): Message<any> => JSONSchemaProps)), ""),
    dependencies: optional(32, map(lazy((): Message<any> => JSONSchemaPropsOrStringArray)), ""),
    additionalItems: pointer(
      33,
      lazy((): Message<any> => JSONSchemaPropsOrBool),
      "",
    ),
    definitions: optional(34, map(lazy((): Message<any> => JSONSchemaProps)), ""),
    externalDocs: pointer(35, ExternalDocumentation, ""),
    example: pointer(36, JSON, ""),
    nullable: optional(37, bool, ""),
    "x-kubernetes-preserve-unknown-fields": pointer(38, bool, ""),
    "x-kubernetes-embedded-resource": optional(39, bool, ""),
    "x-kubernetes-int-or-string": optional(40, bool, ""),
    "x-kubernetes-list-map-keys": optional(41, atomicList(string), ""),
    "x-kubernetes-list-type": pointer(42, string, ""),
    "x-kubernetes-map-type": pointer(43, string, ""),
    "x-kubernetes-validations": optional(44, mapList(ValidationRule, "rule"), "", { patch: "merge", patchKey: "rule" }),
  },
);
export type JSONSchemaProps = any;

export const CustomResourceValidation = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceValidation",
  "",
  {
    openAPIV3Schema: pointer(1, JSONSchemaProps, ""),
  },
);
export interface CustomResourceValidation extends Infer<typeof CustomResourceValidation> {}

export const CustomResourceSubresourceStatus = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus",
  "",
  {},
);
export interface CustomResourceSubresourceStatus extends Infer<typeof CustomResourceSubresourceStatus> {}

export const CustomResourceSubresourceScale = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceScale",
  "",
  {
    specReplicasPath: required(1, string, ""),
    statusReplicasPath: required(2, string, ""),
    labelSelectorPath: pointer(3, string, ""),
  },
);
export interface CustomResourceSubresourceScale extends Infer<typeof CustomResourceSubresourceScale> {}

export const CustomResourceSubresources = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresources",
  "",
  {
    status: pointer(1, CustomResourceSubresourceStatus, "What was last observed; written by the system."),
    scale: pointer(2, CustomResourceSubresourceScale, ""),
  },
);
export interface CustomResourceSubresources extends Infer<typeof CustomResourceSubresources> {}

export const SelectableField = message("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.SelectableField", "", {
  jsonPath: required(1, string, ""),
});
export interface SelectableField extends Infer<typeof SelectableField> {}

export const CustomResourceDefinitionVersion = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion",
  "",
  {
    name: required(1, string, ""),
    served: required(2, bool, ""),
    storage: required(3, bool, ""),
    deprecated: optional(7, bool, ""),
    deprecationWarning: pointer(8, string, ""),
    schema: pointer(4, CustomResourceValidation, ""),
    subresources: pointer(5, CustomResourceSubresources, ""),
    additionalPrinterColumns: optional(6, atomicList(CustomResourceColumnDefinition), ""),
    selectableFields: optional(9, atomicList(SelectableField), ""),
  },
);
export interface CustomResourceDefinitionVersion extends Infer<typeof CustomResourceDefinitionVersion> {}

export const CustomResourceDefinitionSpec = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionSpec",
  "",
  {
    group: required(1, string, ""),
    names: required(3, CustomResourceDefinitionNames, ""),
    scope: required(4, known("Cluster", "Namespaced"), ""),
    versions: required(7, atomicList(CustomResourceDefinitionVersion), ""),
    conversion: pointer(9, CustomResourceConversion, ""),
    preserveUnknownFields: optional(10, bool, ""),
  },
);
export interface CustomResourceDefinitionSpec extends Infer<typeof CustomResourceDefinitionSpec> {}

export const CustomResourceDefinitionCondition = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionCondition",
  "",
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
      "",
    ),
    status: required(2, known("True", "False", "Unknown"), "What was last observed; written by the system."),
    lastTransitionTime: optional(3, time, ""),
    reason: optional(4, string, ""),
    message: optional(5, string, ""),
    observedGeneration: optional(6, int64, ""),
  },
);
export interface CustomResourceDefinitionCondition extends Infer<typeof CustomResourceDefinitionCondition> {}

export const CustomResourceDefinitionStatus = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionStatus",
  "",
  {
    conditions: optional(1, mapList(CustomResourceDefinitionCondition, "type"), "", { always: true }),
    acceptedNames: struct(2, CustomResourceDefinitionNames, ""),
    storedVersions: optional(3, atomicList(string), "", { always: true }),
    observedGeneration: optional(4, int64, ""),
  },
);
export interface CustomResourceDefinitionStatus extends Infer<typeof CustomResourceDefinitionStatus> {}

export const CustomResourceDefinition = topLevel(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition",
  "",
  {
    metadata: struct(1, ObjectMeta, "Name, labels and the other data that every object carries."),
    spec: required(2, CustomResourceDefinitionSpec, "What is wanted."),
    status: struct(3, CustomResourceDefinitionStatus, "What was last observed; written by the system."),
  },
);
export interface CustomResourceDefinition extends Infer<typeof CustomResourceDefinition> {}

export const JSONSchemaPropsOrArray: Message<any> = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray",
  "",
  {
    Schema: required(
      1,
      lazy((): Message<any> => JSONSchemaProps),
      "",
      { pointer: true },
    ),
    JSONSchemas: required(2, atomicList(lazy((): Message<any> => JSONSchemaProps)), ""),
  },
  [],
  { jsonForm: "JSONSchemaProps|array<JSONSchemaProps>" },
);
export type JSONSchemaPropsOrArray = any;

export const JSONSchemaPropsOrBool: Message<any> = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool",
  "",
  {
    Allows: required(1, bool, ""),
    Schema: required(
      2,
      lazy((): Message<any> => JSONSchemaProps),
      "",
      { pointer: true },
    ),
  },
  [],
  { jsonForm: "JSONSchemaProps|bool" },
);
export type JSONSchemaPropsOrBool = any;

export const JSONSchemaPropsOrStringArray: Message<any> = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray",
  "",
  {
    Schema: required(
      1,
      lazy((): Message<any> => JSONSchemaProps),
      "",
      { pointer: true },
    ),
    Property: required(2, atomicList(string), ""),
  },
  [],
  { jsonForm: "JSONSchemaProps|array<string>" },
);
export type JSONSchemaPropsOrStringArray = any;
