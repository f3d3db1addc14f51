// Checks the buckets and arms against the examples of the server: node build/check.js vectors.json
import { readFileSync } from "node:fs";
import { armOf, bucket, isHeldOut, type Allocation } from "./assignment.js";

interface Vectors {
  buckets: [salt: string, unit: string, bucket: number][];
  assignments: (Allocation & { holdout: number; arms: Record<string, number | null> })[];
}

const [file = "vectors.json"] = process.argv.slice(2);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;
let checked = 0;
function same(found: number | null, expected: number | null, what: string): void {
  if (found !== expected) throw new Error(`${what}: ${found}, not ${expected}`);
  checked++;
}

for (const [salt, unit, expected] of vectors.buckets) same(bucket(salt, unit), expected, `${salt} ${unit}`);
for (const one of vectors.assignments) {
  for (const [unit, expected] of Object.entries(one.arms)) {
    const found = isHeldOut(unit, one.holdout) ? null : (armOf(one, unit) ?? null);
    same(found, expected, `${one.experiment} ${unit}`);
  }
}
console.log(`${checked} examples are as the server has them`);
