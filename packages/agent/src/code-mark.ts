/** How many characters at the start of the program, and at the end of its code, say that they belong together. */
export const CODE_MARK = 20;
