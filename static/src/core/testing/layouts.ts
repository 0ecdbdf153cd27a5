/** What keyboards write: for each key of the main block, plain and with Shift. */

const CODES = [
  ..."QWERTYUIOP".split("").map((each) => `Key${each}`),
  "BracketLeft",
  "BracketRight",
  ..."ASDFGHJKL".split("").map((each) => `Key${each}`),
  "Semicolon",
  "Quote",
  ..."ZXCVBNM".split("").map((each) => `Key${each}`),
  "Comma",
  "Period",
  "Slash",
  "Digit7",
  "Digit8",
  "Backslash",
  "Minus",
];

const US = "qwertyuiop[]asdfghjkl;'zxcvbnm,./78\\-";
const US_SHIFT = 'QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?&*|_';

const WRITTEN: Record<string, [string[], string[]]> = {
  us: [US.split(""), US_SHIFT.split("")],
  german: [
    "qwertzuiopü+asdfghjklöäyxcvbnm,.-78#ß".split(""),
    "QWERTZUIOPÜ*ASDFGHJKLÖÄYXCVBNM;:_/('?".split(""),
  ],
  french: [
    "azertyuiop^$qsdfghjklmùwxcvbn,;:!è_*)".split(""),
    "AZERTYUIOP¨£QSDFGHJKLM%WXCVBN?./§78µ°".split(""),
  ],
  polish: [US.split(""), US_SHIFT.split("")],
  arabic: [
    [
      "ض",
      "ص",
      "ث",
      "ق",
      "ف",
      "غ",
      "ع",
      "ه",
      "خ",
      "ح",
      "ج",
      "د",
      "ش",
      "س",
      "ي",
      "ب",
      "ل",
      "ا",
      "ت",
      "ن",
      "م",
      "ك",
      "ط",
      "ئ",
      "ء",
      "ؤ",
      "ر",
      "لا",
      "ى",
      "ة",
      "و",
      "ز",
      "ظ",
      "7",
      "8",
      "\\",
      "-",
    ],
    [
      "َ",
      "ً",
      "ُ",
      "ٌ",
      "لإ",
      "إ",
      "‘",
      "÷",
      "×",
      "؛",
      "<",
      ">",
      "ِ",
      "ٍ",
      "]",
      "[",
      "لأ",
      "أ",
      "ـ",
      "،",
      "/",
      ":",
      '"',
      "~",
      "ْ",
      "}",
      "{",
      "لآ",
      "آ",
      "’",
      ",",
      ".",
      "؟",
      "&",
      "*",
      "|",
      "_",
    ],
  ],
  russian: [
    "йцукенгшщзхъфывапролджэячсмитьбю.78\\-".split(""),
    "ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,?*/_".split(""),
  ],
};

/** Keys that write nothing are the same everywhere. */
const NAMED = [
  "Enter",
  "Escape",
  "F6",
  "Home",
  "End",
  "PageUp",
  "PageDown",
  "ArrowUp",
  "ArrowDown",
];

export const LAYOUTS = Object.keys(WRITTEN);

export interface Key {
  code: string;
  key: string;
  shiftKey: boolean;
}

export function keysOn(layout: string): Key[] {
  const [plain = [], shift = []] = WRITTEN[layout] ?? [];
  const written = CODES.flatMap((code, n) => [
    { code, key: plain[n] ?? "", shiftKey: false },
    { code, key: shift[n] ?? "", shiftKey: true },
  ]);
  const named = NAMED.flatMap((key) => [
    { code: key, key, shiftKey: false },
    { code: key, key, shiftKey: true },
  ]);
  return [...written, ...named];
}
