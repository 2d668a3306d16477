/** Whole rows of a tile or a piece. */

/** Copies `rows` rows of `n` float32. */
export function copyRows(from: usize, fromStride: i32, to: usize, toStride: i32, rows: i32, n: i32): void {
  const bytes = <usize>n << 2;
  for (let k = 0; k < rows; k++) {
    const source = from + (<usize>(k * fromStride) << 2);
    const target = to + (<usize>(k * toStride) << 2);
    let i: usize = 0;
    for (; i + 64 <= bytes; i += 64) {
      v128.store(target + i, v128.load(source + i));
      v128.store(target + i, v128.load(source + i, 16), 16);
      v128.store(target + i, v128.load(source + i, 32), 32);
      v128.store(target + i, v128.load(source + i, 48), 48);
    }
    for (; i + 16 <= bytes; i += 16) v128.store(target + i, v128.load(source + i));
    for (; i < bytes; i += 4) store<f32>(target + i, load<f32>(source + i));
  }
}

/** Channels-last to rows: to[k][i] = from[i][k]. */
export function rowsOfPixels(from: usize, to: usize, toStride: i32, channels: i32, n: i32): void {
  const step = <usize>toStride << 2;
  for (let i = 0; i < n; i++) {
    let at = to + (<usize>i << 2);
    for (let k = 0; k < channels; k++) {
      store<f32>(at, load<f32>(from));
      from += 4;
      at += step;
    }
  }
}

/** Rows to channels-last: to[i][k] = from[k][i]. */
export function pixelsOfRows(from: usize, fromStride: i32, to: usize, channels: i32, n: i32): void {
  const step = <usize>fromStride << 2;
  for (let i = 0; i < n; i++) {
    let at = from + (<usize>i << 2);
    for (let k = 0; k < channels; k++) {
      store<f32>(to, load<f32>(at));
      to += 4;
      at += step;
    }
  }
}
