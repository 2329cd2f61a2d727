/** Grows when an export of a processor changes its meaning; src/kernel/kernel.ts refuses one that it does not know. */
export const abi: i32 = 7
