import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import * as s from "./selectors.ts";

test("label selectors: what they match, and their text", () => {
  const labels = { a: "1", env: "prod", empty: "", "x/y": "in" };
  const table: readonly [string, boolean, string][] = [
    ["", true, ""],
    ["a=1", true, "a=1"],
    ["a==1,env!=dev", true, "a==1,env!=dev"],
    ["env in (prod, dev)", true, "env in (dev,prod)"],
    ["env notin (prod)", false, "env notin (prod)"],
    ["missing notin (x),missing!=y", true, "missing notin (x),missing!=y"],
    ["b,a", false, "a,b"],
    [" !b , a ", true, "a,!b"],
    ["a>0,a<2", true, "a>0,a<2"],
    ["env>0", false, "env>0"],
    ["empty=", true, "empty="],
    ["empty=,a", true, "a,empty="],
    ["empty in ()", true, "empty in ()"],
    ["env in (,prod)", true, "env in (,prod)"],
    ["x/y=in", true, "x/y=in"],
    ["in=a", false, "in=a"],
    ["constructor", false, "constructor"],
  ];
  for (const [text, matches, printed] of table) {
    const selector = s.parseLabelSelector(text);
    assert.equal(s.matchesLabels(selector, labels), matches, text);
    assert.equal(s.selectorText(selector), printed);
  }
  assert.ok(s.matchesLabels(s.parseLabelSelector("!a"), undefined));
});

test("broken label selectors have upstream's texts", () => {
  const table: readonly [string, RegExp | string][] = [
    ["a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ["a=b=c", "found '=', expected: ',' or 'end of string'"],
    ["a,", "found '', expected: identifier after ','"],
    ["=b", "found '=', expected: !, identifier, or 'end of string'"],
    ["!", "unable to parse requirement: found '', expected: identifier"],
    ["a in b", "unable to parse requirement: found 'b' expected: '('"],
    ["a in (b c)", "unable to parse requirement: found 'c', expected: ',' or ')'"],
    ["a in (b", "unable to parse requirement: found '', expected: ',' or ')'"],
    ["a=(b)", "unable to parse requirement: found '(', expected: identifier"],
    [
      "a>b",
      "unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
    ["-a", /^unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of/],
    ["a=b@", /^unable to parse requirement: values\[0\]\[a\]: Invalid value: "b@": a valid label must be/],
  ];
  for (const [text, message] of table) {
    assert.throws(() => s.parseLabelSelector(text), { reason: "BadRequest", message }, text);
  }
});

test("LabelSelector objects", () => {
  const selector = {
    matchLabels: { b: "1" },
    matchExpressions: [
      { key: "a", operator: "NotIn", values: ["y", "x"] },
      { key: "c", operator: "Exists" },
      { key: "d", operator: "DoesNotExist" },
    ],
  };
  assert.equal(s.selectorText(selector), "a notin (x,y),b=1,c,!d");
  assert.ok(s.matchesLabels(selector, { b: "1", c: "" }));
  assert.ok(!s.matchesLabels(selector, { b: "1", c: "", a: "x" }));
  assert.ok(s.matchesLabels({}, undefined));
  assert.ok(!s.matchesLabels(undefined, {}));
  assert.ok(s.matchesLabels(s.exactLabels({ a: "b" }), { a: "b", c: "d" }));
  assert.ok(s.equalSelectors({ matchLabels: { a: "1", b: "2" } }, { matchLabels: { b: "2", a: "1" } }));
  assert.throws(() => s.requirementsOf({ matchExpressions: [{ key: "a", operator: "Like" }] }), {
    message: '"Like" is not a valid label selector operator',
  });
  const edited = { matchLabels: { a: "1" } as Record<string, string> };
  assert.ok(s.matchesLabels(edited, { a: "1" }));
  edited.matchLabels["a"] = "2";
  assert.ok(!s.matchesLabels(edited, { a: "1" }));
});

test("field selectors", () => {
  const selector = s.parseFieldSelector("status.phase!=Failed,spec.nodeName=n1,a==x\\,y\\=z\\\\");
  assert.deepEqual(selector, [
    { field: "a", operator: "=", value: "x,y=z\\" },
    { field: "spec.nodeName", operator: "=", value: "n1" },
    { field: "status.phase", operator: "!=", value: "Failed" },
  ]);
  assert.equal(s.fieldSelectorText(selector), "a=x\\,y\\=z\\\\,spec.nodeName=n1,status.phase!=Failed");
  const fields: Record<string, string> = { a: "x,y=z\\", "spec.nodeName": "n1" };
  assert.ok(s.matchesFields(selector, (field) => fields[field] ?? ""));
  assert.equal(s.exactFieldValue(selector, "spec.nodeName"), "n1");
  assert.equal(s.exactFieldValue(selector, "status.phase"), undefined);
  assert.deepEqual(s.parseFieldSelector(",,"), []);
  const table: readonly [string, string][] = [
    ["abc", "invalid selector: 'abc'; can't understand 'abc'"],
    ["a=b=c", "invalid field selector: unescaped character in value: 61"],
    ["a=b\\x", "invalid field selector: invalid escape sequence: \\x"],
    ["a=b\\", "invalid field selector: invalid escape sequence: \\"],
  ];
  for (const [text, message] of table) assert.throws(() => s.parseFieldSelector(text), { message }, text);
});

test("law: the text of a selector reads back as the same selector", () => {
  const name = fc.stringMatching(/^[a-z0-9]([a-z0-9]{0,3}[a-z0-9])?$/);
  const requirement = fc.oneof(
    fc.tuple(name, fc.constantFrom("=", "==", "!="), name).map((t) => t.join("")),
    fc
      .tuple(name, fc.constantFrom(" in ", " notin "), fc.array(name, { minLength: 1, maxLength: 3 }))
      .map(([k, o, v]) => `${k}${o}(${v.join(",")})`),
    name,
    name.map((k) => `!${k}`),
  );
  fc.assert(
    fc.property(fc.array(requirement, { maxLength: 4 }), (list) => {
      const selector = s.parseLabelSelector(list.join(","));
      assert.deepEqual(s.parseLabelSelector(s.selectorText(selector)), selector);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (value) => {
      const selector = [{ field: "f", operator: "=", value }] as const;
      assert.deepEqual(s.parseFieldSelector(s.fieldSelectorText(selector)), selector);
    }),
  );
});
