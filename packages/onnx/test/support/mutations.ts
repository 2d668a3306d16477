/** Damage of the kinds that happen, and of those that are done on purpose. */

/** One to four changes of a file. `others` are what is spliced in. */
export function mutated(
  bytes: Uint8Array,
  others: readonly Uint8Array[],
  random: () => number,
): Uint8Array<ArrayBuffer> {
  const upTo = (n: number): number => Math.floor(random() * n);
  let made = new Uint8Array(bytes);
  for (let changes = 1 + upTo(4); changes > 0; changes--) {
    const at = upTo(made.length);
    switch (upTo(8)) {
      case 0:
        made[at] = upTo(256);
        break;
      case 1:
        made[at] = (made[at] ?? 0) ^ (1 << upTo(8));
        break;
      case 2:
        // Lengths and tags are varints: a little more, a little less, or more bytes.
        made[at] = (made[at] ?? 0) + upTo(5) - 2;
        break;
      case 3:
        made = made.slice(0, at);
        break;
      case 4:
        made = spliced(made, at, at + upTo(20), new Uint8Array(0));
        break;
      case 5: {
        const other = others[upTo(others.length)] as Uint8Array;
        const from = upTo(other.length);
        made = spliced(made, at, at + upTo(40), other.subarray(from, from + upTo(40)));
        break;
      }
      case 6:
        made = spliced(made, at, at, made.slice(at, at + upTo(200)));
        break;
      default:
        made = spliced(made, at, at + 1, Uint8Array.of(0xff, 0xff, 0xff, 0xff, upTo(2) ? 0x07 : 0x7f));
    }
  }
  return made;
}

function spliced(bytes: Uint8Array, from: number, to: number, put: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(from + put.length + Math.max(0, bytes.length - to));
  out.set(bytes.subarray(0, from));
  out.set(put, from);
  out.set(bytes.subarray(to), from + put.length);
  return out;
}
