// Who is in which arm of an experiment, without asking the server: the same hash, the same arms.
const BUCKETS = 10_000;
const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** Which units have which arm; ranges are in ten-thousandths of a layer, weights add up to 10,000. */
export interface Allocation {
  experiment: string;
  layer: string;
  first: number;
  size: number;
  ramp: number;
  weights: readonly number[];
}

/** FNV-1a of 32 bits over the UTF-8 of a text; `state` is the hash of what comes before. */
function fnv1a(text: string, state = OFFSET_BASIS): number {
  for (const byte of new TextEncoder().encode(text)) state = Math.imul(state ^ byte, PRIME) >>> 0;
  return state;
}

/** The bucket of a unit's id under a salt, 0 to 9,999. */
export function bucket(salt: string, unit: string): number {
  return fnv1a(String(fnv1a(unit, fnv1a(salt)))) % BUCKETS;
}

/** The place of a unit's arm, 0 for the control; undefined if it is not in the experiment. */
export function armOf(allocation: Allocation, unit: string): number | undefined {
  const place = bucket(`layer:${allocation.layer}:`, unit) - allocation.first;
  if (place < 0 || place >= rounded(allocation.size * allocation.ramp)) return undefined;
  const chosen = bucket(`arm:${allocation.experiment}:`, unit);
  let end = 0;
  return allocation.weights.findIndex((weight) => chosen < (end += weight));
}

/** Whether a unit is among those that no experiment touches; ask it before `armOf`. */
export function isHeldOut(unit: string, share: number): boolean {
  return share > 0 && bucket("holdout", unit) < rounded(share * BUCKETS);
}

/** Rounded as the server does: a half goes to the even neighbour. */
function rounded(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
