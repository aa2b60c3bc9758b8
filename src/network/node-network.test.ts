import { test } from "node:test";
import assert from "node:assert/strict";
import { planBridge } from "./node-network.ts";

const facts = { bridge: "br", gateway: "10.244.0.1", prefixLength: 24, ownAddresses: ["10.96.0.10"], mtu: 1500 };

test("a bridge is made once, and an address that is no longer wanted goes", () => {
  assert.deepEqual(planBridge(facts, { link: false, addresses: [] }), [
    "link add br type bridge",
    "link set br mtu 1500 up",
    "addr add 10.244.0.1/24 dev br",
    "addr add 10.96.0.10/32 dev br",
  ]);
  assert.deepEqual(planBridge(facts, { link: true, addresses: ["10.244.0.1/24", "10.9.9.9/32", "10.96.0.10/32"] }), [
    "link set br mtu 1500 up",
    "addr del 10.9.9.9/32 dev br",
  ]);
});
