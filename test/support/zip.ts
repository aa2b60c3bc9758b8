// Reads single files out of a zip archive, as far as npm packages with a zip inside need it.
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

const endMark = 0x06054b50;
const entryMark = 0x02014b50;

/** The content of the entry named `name`; throws when the archive has none. */
export function readFromZip(archive: string, name: string): Buffer {
  const file = openSync(archive, "r");
  try {
    const sizeBytes = statSync(archive).size;
    const read = (at: number, length: number): Buffer => {
      const buffer = Buffer.alloc(length);
      readSync(file, buffer, 0, length, at);
      return buffer;
    };
    const tailAt = Math.max(0, sizeBytes - 65_557);
    const tail = read(tailAt, sizeBytes - tailAt);
    let end = tail.length - 22;
    while (end >= 0 && tail.readUInt32LE(end) !== endMark) end--;
    if (end < 0) throw new Error(`${archive} is not a zip archive`);
    const directory = read(tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === entryMark;) {
      const nameBytes = directory.readUInt16LE(at + 28);
      const found = directory.toString("utf8", at + 46, at + 46 + nameBytes);
      if (found === name) {
        const method = directory.readUInt16LE(at + 10);
        const packed = directory.readUInt32LE(at + 20);
        const local = directory.readUInt32LE(at + 42);
        const header = read(local, 30);
        const data = read(local + 30 + header.readUInt16LE(26) + header.readUInt16LE(28), packed);
        return method === 0 ? data : inflateRawSync(data);
      }
      at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    }
    throw new Error(`${archive} has no entry ${name}`);
  } finally {
    closeSync(file);
  }
}
