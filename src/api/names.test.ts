import { test } from "node:test";
import assert from "node:assert/strict";
import * as n from "./names.ts";

const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const word =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

test("each format accepts what it should and says what is wrong with the rest", () => {
  const long = "a".repeat(64);
  const table: readonly [(value: string) => string[], string, string[]][] = [
    [n.isDnsSubdomain, "a.b-c.1", []],
    [n.isDnsSubdomain, "a..b", [subdomain]],
    [n.isDnsSubdomain, "Web", [subdomain]],
    [n.isDnsSubdomain, "a".repeat(254), ["must be no more than 253 characters"]],
    [n.isDnsLabel, "a-1", []],
    [n.isDnsLabel, "a.b", ["must not contain dots"]],
    [n.isDnsLabel, "-a", [label]],
    [n.isDnsLabel, "", [label]],
    [n.isDnsLabel, long, ["must be no more than 63 characters"]],
    [n.isDns1035Label, "1a", [n.isDns1035Label("")[0]!]],
    [n.isDns1035Label, "a1", []],
    [n.isQualifiedName, "app.kubernetes.io/Name_1", []],
    [n.isQualifiedName, "a b", [`name part ${word}`]],
    [n.isQualifiedName, "/a", ["prefix part must be non-empty"]],
    [n.isQualifiedName, "a/", ["name part must be non-empty", `name part ${word}`]],
    [n.isQualifiedName, "A/b", [`prefix part ${subdomain}`]],
    [
      n.isQualifiedName,
      "a/b/c",
      [`a valid label key ${word} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`],
    ],
    [n.isQualifiedName, long, ["name part must be no more than 63 bytes"]],
    [n.isLabelValue, "", []],
    [n.isLabelValue, "v1.2_x", []],
    [n.isLabelValue, long, ["must be no more than 63 bytes"]],
    [n.isPathSegment, "system:node", []],
    [n.isPathSegment, "..", ["may not be '..'"]],
    [n.isPathSegment, "a/b%", ["may not contain '/'", "may not contain '%'"]],
    [n.isConfigMapKey, "a.b_c", []],
    [n.isConfigMapKey, "..a", ["must not start with '..'"]],
    [n.isEnvVarName, ".", ["must not be '.'"]],
    [n.isRelaxedEnvVarName, "a b", []],
    [n.isRelaxedEnvVarName, "", ["environment variable name must be non-empty"]],
    [n.isPortName, "http-2", []],
    [n.isPortName, "80", ["must contain at least one letter (a-z)"]],
    [n.isPortName, "-a--", ["must not contain consecutive hyphens", "must not begin or end with a hyphen"]],
    [n.isWildcardDnsSubdomain, "*.a.b", []],
  ];
  for (const [check, value, messages] of table) assert.deepEqual(check(value), messages, value);
  assert.deepEqual(n.isLabelValue("-").length, 1);
  assert.deepEqual(n.isPortNumber(0), ["must be between 1 and 65535, inclusive"]);
});

test("a prefix may end in a dash, a name may not", () => {
  assert.deepEqual(n.isName("dnsSubdomain", "web-", true), []);
  assert.deepEqual(n.isName("dnsSubdomain", "web-"), [subdomain]);
  assert.deepEqual(n.isName("pathSegment", "..", true), []);
  assert.deepEqual(n.isName("pathSegment", ".."), ["may not be '..'"]);
});
