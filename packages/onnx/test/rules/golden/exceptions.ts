/** Cases that PyTorch's float64 does not compute, by title, each with the reason. */
export const withoutGolden: Readonly<Record<string, string>> = {};
