import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import * as f from "./field-set.ts";
import { keyElement, parseElement, pathText } from "./path-element.ts";

const element = fc.constantFrom("f:a", "f:b", 'k:{"n":1}', 'v:"x"', "i:0");
const path = fc.array(element, { minLength: 1, maxLength: 3 });
const set = fc.array(path, { maxLength: 6 }).map((paths) => f.setOf(...paths));
const list = (s: f.FieldSet): string[] => [...f.paths(s)].map((p) => p.join(" "));

test("laws: sets are what their lists of paths say", () => {
  fc.assert(
    fc.property(set, set, (a, b) => {
      const [x, y] = [new Set(list(a)), new Set(list(b))];
      assert.deepEqual(new Set(list(f.union(a, b))), x.union(y));
      assert.deepEqual(new Set(list(f.intersection(a, b))), x.intersection(y));
      assert.deepEqual(new Set(list(f.difference(a, b))), x.difference(y));
      const beneath = (p: string): boolean => [...y].some((q) => p === q || p.startsWith(`${q} `));
      assert.deepEqual(
        list(f.without(a, b)),
        list(a).filter((p) => !beneath(p)),
      );
      assert.ok(list(a).every((p) => f.isMember(a, p.split(" "))));
      assert.equal(f.equalSets(a, b), x.size === y.size && x.isSubsetOf(y));
    }),
  );
});

test("law: FieldsV1 reads back", () => {
  fc.assert(fc.property(set, (a) => assert.ok(f.equalSets(f.parseFields(f.formatFields(a))!, a))));
});

test("elements have one spelling; malformed ones are refused", () => {
  assert.equal(parseElement('k:{"b" : 1, "a":"x"}'), 'k:{"a":"x","b":1}');
  assert.equal(parseElement("i:007"), "i:7");
  assert.equal(parseElement("f:a:b"), "f:a:b");
  for (const text of ["", "x:1", "k:[1]", "k:{", "v:", "i:x"]) assert.equal(parseElement(text), undefined, text);
  assert.equal(f.parseFields({ "f:a": 1 }), undefined);
  assert.equal(f.parseFields({ "q:a": {} }), undefined);
});

test("paths as conflicts print them", () => {
  assert.equal(
    pathText(["f:spec", "f:ports", keyElement({ port: 80, name: "a" }), "f:x", 'v:"y"', "i:3"]),
    '.spec.ports[name="a",port=80].x[="y"][3]',
  );
});
