/** How a product is computed, where there is a choice. */
export const algorithms = ['classical', 'strassen'] as const

/** `strassen`: fewer multiplications where the product is large enough for that to pay; docs/STRASSEN.md. */
export type Algorithm = (typeof algorithms)[number]
