import assert from "node:assert/strict";
import { test } from "node:test";
import { accessErrors, askedAccess, type AccessSpec } from "./access-spec.ts";

const spec = (over: object, rest: object = {}): AccessSpec =>
  ({ user: "u", resourceAttributes: { verb: "list", resource: "pods", ...over }, ...rest }) as AccessSpec;

test("what a review may say", () => {
  const at = "spec.resourceAttributes";
  const cases: readonly (readonly [AccessSpec, readonly string[], string?])[] = [
    [spec({}), []],
    [
      { user: "u" },
      [`${at}: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified`],
    ],
    [
      spec({}, { nonResourceAttributes: { path: "/" } }),
      [
        'spec.nonResourceAttributes: Invalid value: {"Path":"/","Verb":""}: cannot be specified in combination with resourceAttributes',
      ],
    ],
    [spec({}, { user: "" }), ['spec.user: Invalid value: "": at least one of user or group must be specified']],
    [
      spec({ fieldSelector: { rawSelector: "a=b", requirements: [{ key: "a", operator: "New" }] } }),
      [`${at}.fieldSelector.rawSelector: Invalid value: "a=b": may not specified at the same time as requirements`],
    ],
    [
      spec({ labelSelector: {} }),
      [
        `${at}.labelSelector.requirements: Required value: when ${at}.labelSelector is specified, requirements or rawSelector is required`,
      ],
    ],
    [
      spec({ fieldSelector: { requirements: [{ key: "", operator: "In" }] } }),
      [
        `${at}.fieldSelector.requirements[0].key: Required value: must be specified`,
        `${at}.fieldSelector.requirements[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
      ],
    ],
    [spec({}), [`${at}.namespace: Invalid value: "": must match metadata.namespace`], "n"],
    [
      { user: "u", nonResourceAttributes: { path: "/", verb: "get" } },
      ['spec.nonResourceAttributes: Invalid value: {"Path":"/","Verb":"get"}: disallowed on this kind of request'],
      "n",
    ],
  ];
  for (const [asked, expected, namespace] of cases)
    assert.deepEqual(
      accessErrors(asked, false, namespace).map(({ field, message }) => `${field}: ${message}`),
      expected,
    );
  assert.deepEqual(accessErrors(spec({}, { user: "" }), true), []);
});

test("selectors of a review: what is not understood is left out, and told", () => {
  const asked = (over: object) => {
    const { info, problems } = askedAccess(spec(over));
    return [info.fieldSelector, info.labelSelector, ...problems];
  };
  const text = (name: string, how: string): string => `spec.resourceAttributes.${name} ${how} due to parse error`;
  assert.deepEqual(asked({ fieldSelector: { rawSelector: "b!=c,a=b" } }), ["a=b,b!=c", undefined]);
  assert.deepEqual(asked({ fieldSelector: { rawSelector: "a!!b" } }), [
    undefined,
    undefined,
    text("fieldSelector", "ignored"),
  ]);
  const one = { key: "spec.nodeName", operator: "In", values: ["n"] };
  assert.deepEqual(asked({ fieldSelector: { requirements: [one, { key: "x", operator: "Exists" }] } }), [
    "spec.nodeName=n",
    undefined,
    text("fieldSelector", "partially ignored"),
  ]);
  assert.deepEqual(asked({ labelSelector: { requirements: [{ key: "x", operator: "New" }] } }), [
    undefined,
    undefined,
    text("labelSelector", "ignored"),
  ]);
});
