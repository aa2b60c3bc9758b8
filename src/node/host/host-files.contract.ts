// What every implementation of HostFiles must do.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { removeWithMounts, type HostFiles } from "./host-files.ts";

export interface FilesUnderTest {
  readonly files: HostFiles;
  /** An empty directory. */
  readonly root: string;
  /** Whether mounts can be made. */
  readonly canMount: boolean;
}
const text = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString();

export function hostFilesContract(name: string, make: () => Promise<FilesUnderTest & AsyncDisposable>): void {
  describe(`host files: ${name}`, () => {
    let test: FilesUnderTest & AsyncDisposable;
    let files: HostFiles;
    let root = "";
    before(async () => {
      test = await make();
      ({ files, root } = test);
    });
    after(() => test[Symbol.asyncDispose]());

    it("writes, reads and replaces files with their modes", async () => {
      await files.makeDirectory(`${root}/a/b`, 0o700);
      await files.writeFile(`${root}/a/b/f`, "hello", 0o600);
      await files.writeFile(`${root}/a/b/f`, "hullo!", 0o666);
      assert.equal(text(await files.readFile(`${root}/a/b/f`, 100)), "hullo!");
      assert.equal(text(await files.readFile(`${root}/a/b/f`, 2)), "hu");
      assert.equal(text(await files.readEnd(`${root}/a/b/f`, 3)), "lo!");
      assert.equal((await files.stat(`${root}/a/b/f`))?.mode, 0o666);
      assert.equal((await files.stat(`${root}/a/b`))?.mode, 0o700);
      assert.deepEqual(await files.list(`${root}/a`), ["b"]);
    });
    it("calls what is missing missing", async () => {
      assert.equal(await files.readFile(`${root}/none`, 1), undefined);
      assert.equal(await files.stat(`${root}/none/deep`), undefined);
      assert.equal(await files.readLink(`${root}/none`), undefined);
      assert.equal(await files.realPath(`${root}/none`), undefined);
      assert.deepEqual(await files.list(`${root}/none`), []);
      assert.equal(await files.removeDirectory(`${root}/none`), false);
      await files.remove(`${root}/none`);
    });
    it("follows links, exchanges them, and removes the link alone", async () => {
      await files.makeDirectory(`${root}/l/one`);
      await files.makeDirectory(`${root}/l/two`);
      await files.writeFile(`${root}/l/one/f`, "1");
      await files.writeFile(`${root}/l/two/f`, "2");
      await files.link("one", `${root}/l/now`);
      assert.equal(text(await files.readFile(`${root}/l/now/f`, 9)), "1");
      await files.link("two", `${root}/l/next`);
      await files.rename(`${root}/l/next`, `${root}/l/now`);
      assert.equal(text(await files.readFile(`${root}/l/now/f`, 9)), "2");
      assert.equal(await files.realPath(`${root}/l/now/f`), `${root}/l/two/f`);
      assert.equal((await files.lstat(`${root}/l/now`))?.type, "link");
      await files.remove(`${root}/l/now`);
      assert.deepEqual(await files.list(`${root}/l`), ["one", "two"]);
    });
    it("bind-mounts inside a root and refuses to leave it", async (t) => {
      if (!test.canMount) return t.skip("mounts cannot be made here");
      await files.makeDirectory(`${root}/vol/sub`);
      await files.chmod(`${root}/vol`, 0o2777);
      await files.writeFile(`${root}/vol/sub/f`, "in");
      await files.link("/etc", `${root}/vol/out`);
      await files.bindInside(`${root}/vol`, "sub", `${root}/target`);
      assert.deepEqual(await files.mountsBelow(root), [`${root}/target`]);
      await assert.rejects(files.remove(`${root}/target`), /still mounted/);
      await assert.rejects(files.bindInside(`${root}/vol`, "out", `${root}/bad`), /outside of the volume/);
      await assert.rejects(files.bindInside(`${root}/vol`, "../x", `${root}/bad`), /outside of the volume/);
      await files.bindInside(`${root}/vol`, "new/deep", `${root}/made`);
      const made = await files.stat(`${root}/vol/new/deep`);
      assert.deepEqual([made?.type, made?.mode], ["directory", 0o2777]);
      await removeWithMounts(files, `${root}/target`);
      await removeWithMounts(files, `${root}/made`);
      assert.deepEqual(await files.mountsBelow(root), []);
      assert.equal(text(await files.readFile(`${root}/vol/sub/f`, 9)), "in");
    });
    it("mounts what it is told to", async (t) => {
      if (!test.canMount) return t.skip("mounts cannot be made here");
      await files.makeDirectory(`${root}/shown`);
      await files.writeFile(`${root}/shown/f`, "x");
      await files.mount(`${root}/here`, { type: "bind", source: `${root}/shown`, options: ["rbind", "ro"] });
      assert.deepEqual(await files.mountsBelow(root), [`${root}/here`]);
      await removeWithMounts(files, `${root}/here`);
      assert.equal(text(await files.readFile(`${root}/shown/f`, 9)), "x");
    });
    it("mounts memory", async (t) => {
      if (!test.canMount) return t.skip("mounts cannot be made here");
      await files.mountTmpfs(`${root}/mem`, { sizeBytes: 1 << 20 });
      await files.writeFile(`${root}/mem/f`, "x");
      assert.deepEqual(await files.mountsBelow(`${root}/mem`), [`${root}/mem`]);
      await removeWithMounts(files, `${root}/mem`);
      assert.equal(await files.stat(`${root}/mem`), undefined);
    });
    it("knows its file system", async () => assert.ok((await files.fileSystem(root)).capacityBytes > 0));
  });
}
