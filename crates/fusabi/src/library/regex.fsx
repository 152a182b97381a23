// Regular expressions of linear time (crate regex); places count scalars.
module Regex'

type regex = { pattern: string }

// What was found; `groups` begins with the whole.
type matched = { success: bool; index: int; groups: string list }

let make (pattern: string) =
    Native.regexCheck pattern
    { pattern = pattern }

let isMatch (pattern: string) (text: string) = Native.regexMatches text pattern

let find (pattern: string) (text: string) =
    let spans = Native.regexSpans text pattern
    if Native.arrayLength spans = 0 then
        { success = false; index = 0; groups = [] }
    else
        { success = true; index = spans.[0]; groups = Native.regexGroups text pattern spans.[0] }

let findAll (pattern: string) (text: string) =
    let spans = Native.regexSpans text pattern
    let mutable found = []
    let mutable i = 0
    while i < Native.arrayLength spans do
        found <- { success = true; index = spans.[i]; groups = Native.regexGroups text pattern spans.[i] } :: found
        i <- i + 2
    Native.listReverse found

let replace (pattern: string) (replacement: string) (text: string) = Native.regexReplace text pattern replacement
let split (pattern: string) (text: string) = Native.regexSplit text pattern
let escape (text: string) = Native.regexEscape text
