// The OpenAPI subset in which a custom resource describes its own shape.

import {
  type Infer,
  type Message,
  atomicList,
  bool,
  float64,
  int64,
  lazy,
  map,
  mapList,
  message,
  oneOf,
  optional,
  pointer,
  required,
  string,
} from "#api/schema.ts";

export const ExternalDocumentation = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ExternalDocumentation",
  "A link to further documentation.",
  {
    description: optional(1, string, "What is to be found at the link."),
    url: optional(2, string, "Address of the documentation page."),
  },
);
export interface ExternalDocumentation extends Infer<typeof ExternalDocumentation> {}

export const JSON = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON",
  "Any JSON value, kept exactly as given.",
  {},
  [],
  { jsonForm: "any" },
);
export type JSON = unknown;

export const ValidationRule = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ValidationRule",
  "A CEL check on a part of an object.",
  {
    rule: required(1, string, "CEL expression that must be true; self is the value at this place."),
    message: optional(2, string, "Text shown when the check fails."),
    messageExpression: optional(3, string, "CEL expression that builds the failure text; goes before message."),
    reason: pointer(
      4,
      oneOf("FieldValueRequired", "FieldValueDuplicate", "FieldValueInvalid", "FieldValueForbidden"),
      "Kind of error reported when the check fails; default FieldValueInvalid.",
    ),
    fieldPath: optional(5, string, "Field to blame in the error, as a path relative to this place."),
    optionalOldSelf: pointer(6, bool, "If true, the rule also runs on creation, and oldSelf is an optional value."),
  },
);
export interface ValidationRule extends Infer<typeof ValidationRule> {}

export const JSONSchemaProps: Message<any> = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps",
  "Describes what values are allowed at one place of an object.",
  {
    id: optional(1, string, "Identifier of the schema; must not be used here."),
    $schema: optional(2, string, "Address of the schema language; not checked."),
    $ref: pointer(3, string, "Reference to another schema; must not be used here."),
    description: optional(4, string, "Help text, as shown by kubectl explain."),
    type: optional(5, string, "Type of the value: object, array, string, integer, number or boolean."),
    format: optional(6, string, "Finer form of the value, such as int32 or date-time; unknown ones are ignored."),
    title: optional(7, string, "Short heading for the value."),
    default: pointer(8, JSON, "Value filled in if the field is absent."),
    maximum: pointer(9, float64, "Largest number allowed, itself included unless exclusiveMaximum is true."),
    exclusiveMaximum: optional(10, bool, "If true, the value must be below maximum and not equal to it."),
    minimum: pointer(11, float64, "Smallest number allowed, itself included unless exclusiveMinimum is true."),
    exclusiveMinimum: optional(12, bool, "If true, the value must be above minimum and not equal to it."),
    maxLength: pointer(13, int64, "Most characters that a string may have."),
    minLength: pointer(14, int64, "Fewest characters that a string must have."),
    pattern: optional(15, string, "Regular expression that a string must match."),
    maxItems: pointer(16, int64, "Most items that an array may have."),
    minItems: pointer(17, int64, "Fewest items that an array must have."),
    uniqueItems: optional(18, bool, "Would forbid equal items; true is not allowed, use the set list type instead."),
    multipleOf: pointer(19, float64, "The number must be a whole multiple of this one."),
    enum: optional(20, atomicList(JSON), "Complete list of the allowed values."),
    maxProperties: pointer(21, int64, "Most entries that an object may have."),
    minProperties: pointer(22, int64, "Fewest entries that an object must have."),
    required: optional(23, atomicList(string), "Names of the fields that must be present."),
    items: pointer(
      24,
      lazy((): Message<any> => JSONSchemaPropsOrArray),
      "Schema of the items of an array.",
    ),
    allOf: optional(
      25,
      atomicList(lazy((): Message<any> => JSONSchemaProps)),
      "The value must fit every one of these schemas.",
    ),
    oneOf: optional(
      26,
      atomicList(lazy((): Message<any> => JSONSchemaProps)),
      "The value must fit exactly one of these schemas.",
    ),
    anyOf: optional(
      27,
      atomicList(lazy((): Message<any> => JSONSchemaProps)),
      "The value must fit at least one of these schemas.",
    ),
    not: pointer(
      28,
      lazy((): Message<any> => JSONSchemaProps),
      "The value must not fit this schema.",
    ),
    properties: optional(
      29,
      map(lazy((): Message<any> => JSONSchemaProps)),
      "Schema of each named field of an object.",
    ),
    additionalProperties: pointer(
      30,
      lazy((): Message<any> => JSONSchemaPropsOrBool),
      "Schema of entries not named in properties, for maps with free keys.",
    ),
    patternProperties: optional(
      31,
      map(lazy((): Message<any> => JSONSchemaProps)),
      "Schemas of fields by name pattern; must not be used here.",
    ),
    dependencies: optional(
      32,
      map(lazy((): Message<any> => JSONSchemaPropsOrStringArray)),
      "Fields that require other fields; must not be used here.",
    ),
    additionalItems: pointer(
      33,
      lazy((): Message<any> => JSONSchemaPropsOrBool),
      "Schema of surplus array items; must not be used here.",
    ),
    definitions: optional(
      34,
      map(lazy((): Message<any> => JSONSchemaProps)),
      "Schemas for reuse by reference; must not be used here.",
    ),
    externalDocs: pointer(35, ExternalDocumentation, "Link to further documentation."),
    example: pointer(36, JSON, "A sample value for readers; not checked."),
    nullable: optional(37, bool, "If true, null is allowed as a value."),
    "x-kubernetes-preserve-unknown-fields": pointer(
      38,
      bool,
      "If true, fields that the schema does not know are kept instead of removed.",
    ),
    "x-kubernetes-embedded-resource": optional(
      39,
      bool,
      "If true, the value is a complete object with apiVersion, kind and metadata.",
    ),
    "x-kubernetes-int-or-string": optional(40, bool, "If true, the value may be a whole number or a string."),
    "x-kubernetes-list-map-keys": optional(
      41,
      atomicList(string),
      "Fields that together identify an item; needed when the list type is map.",
    ),
    "x-kubernetes-list-type": pointer(
      42,
      string,
      "How lists merge: atomic (default) as a whole, set by value, map by key fields.",
    ),
    "x-kubernetes-map-type": pointer(
      43,
      string,
      "How objects merge: granular (default) field by field, atomic as a whole.",
    ),
    "x-kubernetes-validations": optional(
      44,
      mapList(ValidationRule, "rule"),
      "CEL checks on the value at this place.",
      { patch: "merge", patchKey: "rule" },
    ),
  },
);
export type JSONSchemaProps = any;

export const JSONSchemaPropsOrArray: Message<any> = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray",
  "Either one schema or a list of schemas.",
  {
    Schema: required(
      1,
      lazy((): Message<any> => JSONSchemaProps),
      "The schema, if there is just one.",
      { pointer: true },
    ),
    JSONSchemas: required(2, atomicList(lazy((): Message<any> => JSONSchemaProps)), "The schemas, if there is a list."),
  },
  [],
  { jsonForm: "JSONSchemaProps|array<JSONSchemaProps>" },
);
export type JSONSchemaPropsOrArray = any;

export const JSONSchemaPropsOrBool: Message<any> = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool",
  "Either a schema or plain true or false.",
  {
    Allows: required(1, bool, "The true or false value, if no schema is given."),
    Schema: required(
      2,
      lazy((): Message<any> => JSONSchemaProps),
      "The schema, if one is given.",
      { pointer: true },
    ),
  },
  [],
  { jsonForm: "JSONSchemaProps|bool" },
);
export type JSONSchemaPropsOrBool = any;

export const JSONSchemaPropsOrStringArray: Message<any> = message(
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray",
  "Either a schema or a list of field names.",
  {
    Schema: required(
      1,
      lazy((): Message<any> => JSONSchemaProps),
      "The schema, if one is given.",
      { pointer: true },
    ),
    Property: required(2, atomicList(string), "The field names, if no schema is given."),
  },
  [],
  { jsonForm: "JSONSchemaProps|array<string>" },
);
export type JSONSchemaPropsOrStringArray = any;
