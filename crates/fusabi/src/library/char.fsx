module Char

let isDigit (c: char) = Native.charIsDigit c
let isLetter (c: char) = Native.charIsLetter c
let isLetterOrDigit (c: char) = Native.charIsLetterOrDigit c
let isWhiteSpace (c: char) = Native.charIsWhiteSpace c
let isUpper (c: char) = Native.charIsUpper c
let isLower (c: char) = Native.charIsLower c
let toUpper (c: char) = Native.charToUpper c
let toLower (c: char) = Native.charToLower c
let IsDigit (c: char) = Native.charIsDigit c
let IsLetter (c: char) = Native.charIsLetter c
let IsLetterOrDigit (c: char) = Native.charIsLetterOrDigit c
let IsWhiteSpace (c: char) = Native.charIsWhiteSpace c
let IsUpper (c: char) = Native.charIsUpper c
let IsLower (c: char) = Native.charIsLower c
let ToUpper (c: char) = Native.charToUpper c
let ToLower (c: char) = Native.charToLower c
