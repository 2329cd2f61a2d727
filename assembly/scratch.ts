/** At the head of a workspace: a micro-tile of 128 f64, larger than any row of the table needs. What is packed follows it. */
export const scratchBytes: usize = 1024
