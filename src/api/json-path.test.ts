import assert from "node:assert/strict";
import { test } from "node:test";
import { findValues, printJsonPath } from "./json-path.ts";
import { JsonPathError, parseJsonPath } from "./json-path-parse.ts";

const shop = {
  name: "corner",
  open: true,
  empty: null,
  labels: { "app.kubernetes.io/name": "shop", tier: "web" },
  items: [
    { name: "apple", price: 3, tags: ["a", "b"] },
    { name: "bread", price: 5, tags: [] },
    { name: "cheese", price: 9 },
  ],
};

const templates: readonly (readonly [string, string])[] = [
  ["plain text", "plain text"],
  ["{.name}", "corner"],
  ["{$.name}-{@.open}", "corner-true"],
  ["{.items[0].name}", "apple"],
  ["{.items[-1].name}", "cheese"],
  ["{.items[*].name}", "apple bread cheese"],
  ["{.items[0:2].name}", "apple bread"],
  ["{.items[::2].name}", "apple cheese"],
  ["{.items[0,2].name}", "apple cheese"],
  ["{.items[0]['name','price']}", "apple 3"],
  ["{.labels.app\\.kubernetes\\.io/name}", "shop"],
  ["{.labels['app\\.kubernetes\\.io/name']}", "shop"],
  ["{..price}", "3 5 9"],
  ["{.items[?(@.price>4)].name}", "bread cheese"],
  ['{.items[?(@.name=="bread")].price}', "5"],
  ["{.items[?(@.tags)].name}", "apple bread"],
  ['{range .items[*]}{.name}{"\\t"}{end}!', "apple\tbread\tcheese\t!"],
  ["{range .none[*]}{.name}{end}!", "!"],
  ["{.labels}", '{"app.kubernetes.io/name":"shop","tier":"web"}'],
  ["{.missing.deep}", ""],
  ["{.empty}", "null"],
  ["{.empty.deep}", ""],
];
for (const [template, expected] of templates)
  test(`${template} prints ${JSON.stringify(expected)}`, () => {
    assert.equal(printJsonPath(template, shop, { allowMissing: true }), expected);
  });

const failures: readonly (readonly [string, string])[] = [
  [".items[", "unterminated array"],
  [".items[a]", "invalid array index a"],
  [".items[9]", "array index out of bounds: index 9, length 3"],
  ["....a", "invalid multiple recursive descent"],
  ['.items[?(@.name=="x"]', "unterminated filter"],
  [".missing", "missing is not found"],
  [".name[0]", "string is not array or slice"],
  ["hello", "unrecognized identifier hello"],
];
for (const [path, why] of failures)
  test(`${path} fails: ${why}`, () => {
    assert.throws(
      () => findValues(parseJsonPath(path), shop, { allowMissing: false }),
      (error: unknown) => error instanceof JsonPathError && error.message === why,
    );
  });
