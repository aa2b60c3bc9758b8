import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import * as q from "./quantity.ts";

test("the canonical text of a quantity", () => {
  const table: readonly [string | number, string][] = [
    ["0", "0"],
    ["0Mi", "0"],
    ["0m", "0"],
    ["1", "1"],
    [1.5, "1500m"],
    [2, "2"],
    ["0.5", "500m"],
    [".5", "500m"],
    ["1.", "1."],
    ["1.0", "1"],
    ["1.500", "1.500"],
    ["+5", "+5"],
    ["1000m", "1"],
    ["1500m", "1500m"],
    ["1000", "1k"],
    ["100000", "100k"],
    ["1024", "1024"],
    ["1024Mi", "1Gi"],
    ["512Mi", "512Mi"],
    ["1.5Gi", "1536Mi"],
    ["0.5Ki", "512"],
    ["0.5Mi", "512Ki"],
    ["1000Ki", "1000Ki"],
    ["2048Ki", "2Mi"],
    ["100Ei", "9223372036854775807"],
    ["1e3", "1e3"],
    ["1000e3", "1e6"],
    ["1E3", "1E3"],
    ["12e-4", "1200e-6"],
    ["1E", "1E"],
    ["0.1n", "1n"],
    ["-0.1n", "-1n"],
    ["1.0000000001", "1000000001n"],
    ["-1.5", "-1500m"],
    ["-2Gi", "-2Gi"],
    ["0.0001Ki", "102400u"],
  ];
  for (const [text, canonical] of table) assert.equal(q.canonicalQuantity(text), canonical, String(text));
});

test("what is no quantity is refused in upstream's words", () => {
  for (const text of ["", "abc", "1 Gi", "1.2.3", "1Gi2x", "1Kib"]) {
    assert.throws(() => q.parseQuantity(text), /^Error: quantities must match the regular expression/, text);
  }
  for (const text of ["1e", "1mm", "1K", "--1", "1e999"]) {
    assert.throws(() => q.parseQuantity(text), { message: "unable to parse quantity's suffix" }, text);
  }
});

test("values, sums and comparison", () => {
  assert.equal(q.toNumber("500m"), 0.5);
  assert.equal(q.toNumber("1Gi"), 1073741824);
  assert.equal(q.milliValue("1"), 1000);
  assert.equal(q.milliValue("100u"), 1);
  assert.equal(q.integerValue("1500m"), 2);
  assert.equal(q.integerValue("-1500m"), -2);
  assert.equal(q.addQuantity("1Gi", "512Mi"), "1536Mi");
  assert.equal(q.addQuantity("0", "1Gi"), "1Gi");
  assert.equal(q.subtractQuantity("1", "250m"), "750m");
  assert.equal(q.sumQuantities(["100m", "200m", "0.7"]), "1");
  assert.equal(q.sumQuantities([]), "0");
  assert.equal(q.compareQuantity("1Gi", "1024Mi"), 0);
  assert.ok(q.compareQuantity("1G", "1Gi") < 0 && q.compareQuantity("1", "999m") > 0);
  assert.equal(q.quantityOf(2 ** 31, "BinarySI"), "2Gi");
  assert.equal(q.quantityOfMilli(2500), "2500m");
});

test("laws: canonical is a fixed point and keeps the value; sums are exact", () => {
  const number = fc.tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.constantFrom("", ".5", ".25", ".001"));
  const suffix = fc.constantFrom("n", "u", "m", "", "k", "M", "G", "T", "Ki", "Mi", "Gi", "Ti", "e3", "e-3", "E6");
  const text = fc.tuple(number, suffix).map(([[whole, part], s]) => `${whole}${part}${s}`);
  fc.assert(
    fc.property(text, text, (a, b) => {
      const canonical = q.canonicalQuantity(a);
      assert.equal(q.canonicalQuantity(canonical), canonical);
      assert.equal(q.compareQuantity(canonical, a), 0);
      assert.equal(q.compareQuantity(q.addQuantity(a, b), q.addQuantity(b, a)), 0);
      assert.equal(q.compareQuantity(q.subtractQuantity(q.addQuantity(a, b), b), a), 0);
    }),
  );
});
