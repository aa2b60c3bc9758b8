import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  channelProtocol,
  decodeMessage,
  encodeMessage,
  portForwardProtocols,
  remoteCommandProtocols,
} from "./channel-protocol.ts";

test("what is encoded is decoded, in every protocol", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...remoteCommandProtocols, ...portForwardProtocols, ""),
      fc.integer({ min: 0, max: 9 }),
      fc.uint8Array({ maxLength: 200 }),
      (name, channel, data) => {
        const protocol = channelProtocol(name);
        const message = encodeMessage(protocol, channel, data);
        assert.equal(typeof message === "string", name.includes("base64"));
        assert.deepEqual(decodeMessage(protocol, Buffer.from(message)), {
          type: "data",
          channel,
          data: Buffer.from(data),
        });
      },
    ),
  );
});

const messages: [protocol: string, message: Buffer, decoded: unknown][] = [
  ["v5.channel.k8s.io", Buffer.from([255, 0]), { type: "close", channel: 0 }],
  ["v5.channel.k8s.io", Buffer.from([255]), undefined],
  ["v4.channel.k8s.io", Buffer.from([255, 0]), { type: "data", channel: 255, data: Buffer.from([0]) }],
  ["v4.channel.k8s.io", Buffer.alloc(0), undefined],
  ["base64.channel.k8s.io", Buffer.from("xaGk="), undefined],
  ["base64.channel.k8s.io", Buffer.from("0aGk="), { type: "data", channel: 0, data: Buffer.from("hi") }],
];
for (const [protocol, message, decoded] of messages)
  test(`${protocol} reads ${JSON.stringify(message.toString("latin1"))}`, () =>
    assert.deepEqual(decodeMessage(channelProtocol(protocol), message), decoded));

for (const [name, version] of [
  ["v5.channel.k8s.io", 5],
  ["v4.base64.channel.k8s.io", 4],
  ["channel.k8s.io", 1],
  ["", 1],
] as const)
  test(`version of "${name}" is ${version}`, () => assert.equal(channelProtocol(name).version, version));
