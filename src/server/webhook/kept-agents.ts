// Agents, and so the connections they keep, by everything that a connection depends on. The one that was not asked for
// the longest ends when there are too many.
import { Agent, type AgentOptions } from "node:https";

export class KeptAgents {
  readonly #agents = new Map<string, Agent>();
  readonly #most: number;
  constructor(most: number) {
    this.#most = most;
  }
  /** `options` count for an agent that is new. */
  get(key: string, options: AgentOptions): Agent {
    const agent = this.#agents.get(key) ?? new Agent({ keepAlive: true, ...options });
    this.#agents.delete(key);
    this.#agents.set(key, agent);
    for (const [oldest, old] of this.#agents) {
      if (this.#agents.size <= this.#most) break;
      old.destroy();
      this.#agents.delete(oldest);
    }
    return agent;
  }
}
