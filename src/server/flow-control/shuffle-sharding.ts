// Shuffle sharding: each flow is dealt a hand of queues by its hash, so that a flow which fills its own queues leaves
// nearly every other flow a queue that it does not share.

/** FNV-1a, 32 bits. */
function hash32(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619);
  return hash >>> 0;
}
export const flowHash = (flow: string): bigint =>
  (BigInt(hash32(flow, 2_166_136_261)) << 32n) | BigInt(hash32(`${flow}\0`, 3_323_198_485));

/** `handSize` different numbers below `deckSize`, which the hash decides. */
export function dealHand(hash: bigint, deckSize: number, handSize: number): number[] {
  const hand: number[] = [];
  let rest = hash;
  for (let i = 0; i < Math.min(handSize, deckSize); i++) {
    const left = BigInt(deckSize - i);
    let card = Number(rest % left);
    rest /= left;
    // The card's place among those not dealt yet.
    for (const dealt of hand.toSorted((a, b) => a - b)) if (card >= dealt) card++;
    hand.push(card);
  }
  return hand;
}
