/**
 * Generalized Wasserstein Dice of a tile of labels: W_i = sum_c M[y_i][c] p_ic, M of float64 row by row.
 */

/** sums[4 y], [4 y + 2], [4 y + 3] += W, 1, 1 for each label y that counts; `distance` is scratch of a row of float64. */
export function wassersteinSums(
  e: usize, eStride: i32, labels: usize, r: usize, distances: usize, channels: i32, n: i32, distance: usize, sums: usize,
): void {
  memory.fill(distance, 0, <usize>n << 3);
  for (let k = 0; k < channels; k++) {
    const row = e + (<usize>(k * eStride) << 2);
    const column = distances + (<usize>k << 3);
    for (let i: usize = 0; i < <usize>n; i++) {
      const y = max(load<i32>(labels + (i << 2)), 0);
      const at = distance + (i << 3);
      const d = load<f64>(column + (<usize>(y * channels) << 3));
      store<f64>(at, load<f64>(at) + d * <f64>load<f32>(row + (i << 2)));
    }
  }
  for (let i: usize = 0; i < <usize>n; i++) {
    const y = load<i32>(labels + (i << 2));
    if (y < 0) continue;
    const at = sums + (<usize>y << 5);
    const whole = 1 + <f64>load<f32>(r + (i << 2));
    store<f64>(at, load<f64>(at) + load<f64>(distance + (i << 3)) / whole);
    store<f64>(at, load<f64>(at, 16) + 1, 16);
    store<f64>(at, load<f64>(at, 24) + 1, 24);
  }
}

/** dL/dp into rows of float64, for softmaxFieldGrad: `slopes`[y] M[y][c]; 0 where ignored. */
export function wassersteinSlopes(
  labels: usize, distances: usize, slopes: usize, channels: i32, n: i32, to: usize, toStride: i32,
): void {
  for (let k = 0; k < channels; k++) {
    const row = to + (<usize>(k * toStride) << 3);
    const column = distances + (<usize>k << 3);
    for (let i: usize = 0; i < <usize>n; i++) {
      const y = load<i32>(labels + (i << 2));
      let slope: f64 = 0;
      if (y >= 0) {
        slope = load<f64>(slopes + (<usize>y << 3)) * load<f64>(column + (<usize>(y * channels) << 3));
      }
      store<f64>(row + (i << 3), slope);
    }
  }
}
