/** Why the program does not do what it was asked: one sentence for the one who asked. It ends with exit code 2. */
export class Refusal extends Error {}

/** What a signal has ended before it was done: one sentence. The program ends with exit code 1. */
export class Stopped extends Error {}
