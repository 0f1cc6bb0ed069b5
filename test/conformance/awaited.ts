/**
 * Cases that are known not to pass on our own server, each with what is missing. A case that passes must go from here:
 * the suite fails until it does.
 */
export const AWAITED: Readonly<Record<string, string>> = {}
