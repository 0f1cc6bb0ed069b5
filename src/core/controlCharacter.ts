const CONTROL = /[\u0000-\u001f\u007f-\u009f]/

/** Whether a text has a C0 or C1 control character, which would spoil a path, a table or a log. */
export function hasControlCharacter(text: string): boolean {
  return CONTROL.test(text)
}
