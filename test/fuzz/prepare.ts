// What random requests find in the server: namespaces with their accounts, and one good object of every kind.
import { Chance } from "./chance.ts";
import type { FuzzServer } from "./fuzz-server.ts";
import { faults } from "./oracle.ts";
import { toLine, type FuzzRequest } from "./request.ts";
import { Requests } from "./requests.ts";

const create = (url: string, object: object): FuzzRequest => ({
  method: "POST",
  url,
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify(object)),
});

/** Refusals of good objects, by their kind. */
export async function prepare(server: FuzzServer): Promise<string[]> {
  await server.ask(create("/api/v1/namespaces", { metadata: { name: "n1" } }));
  for (const namespace of ["default", "n1", "kube-system"])
    await server.ask(create(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: "default" } }));
  const requests = new Requests(new Chance(0), server.plane.registry);
  const refused: string[] = [];
  for (const kind of server.plane.registry.kinds()) {
    const request = await requests.seed(kind);
    if (!request) refused.push(`${kind.plural}.${kind.group}: no seed`);
    else {
      const answer = await server.ask(request);
      const found = await faults(request, answer);
      const isThere = answer.code === 201 || answer.code === 409;
      if (!isThere || found.length > 0)
        refused.push(`${kind.plural}.${kind.group}: ${answer.code} ${answer.body.toString()} ${found.join("\n")}`);
    }
  }
  return refused;
}

/** Of costly requests the beginning says which they are. */
const lineLimit = 20_000;

/** Asks; throws with the request in a form that can go into the corpus when anything is wrong with the answer. */
export async function check(server: FuzzServer, request: FuzzRequest, where: string): Promise<void> {
  const answer = await server.ask(request);
  const found = await faults(request, answer);
  if (found.length === 0) return;
  throw new Error(
    [
      `${where}: ${found.join("\n")}`,
      `answer: ${answer.code} ${answer.body.toString().slice(0, 2_000)}`,
      toLine(request).slice(0, lineLimit),
    ].join("\n"),
  );
}
