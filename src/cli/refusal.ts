/** Why the program does not do what it was asked: one sentence for the one who asked. It ends with exit code 2. */
export class Refusal extends Error {}
