// Places count scalars from 0 (§1.11).
module String

#load "list.fsx"

let trim (s: string) = Native.textTrim s
let trimStart (s: string) = Native.textTrimStart s
let trimEnd (s: string) = Native.textTrimEnd s
let toLower (s: string) = Native.textLower s
let toUpper (s: string) = Native.textUpper s

let split (separator: string) (s: string) =
    if separator = "" then failwith "String.split: the separator is empty"
    Native.listOfArray (Native.textSplit s separator)

let concat (separator: string) (parts: string seq) = Native.textJoin separator (List.ofSeq parts)

// The peer's: one list, nothing between.
let concat'2 (parts: string list) = Native.textJoin "" parts
let join (separator: string) (parts: string seq) = Native.textJoin separator (List.ofSeq parts)
let format (form: string) (values: obj list) = Native.textFormat form values

let replace (wanted: string) (other: string) (s: string) =
    if wanted = "" then failwith "String.replace: the text to replace is empty"
    Native.textReplace s wanted other

let ofInt (n: int) = string n
let toInt (s: string) = if Native.parseIsInt s then Some (Native.parseInt s) else None
let ofFloat (x: float) = string x
let toFloat (s: string) = if Native.parseIsFloat s then Some (Native.parseFloat s) else None

let replicate (count: int) (s: string) =
    if count < 0 then failwith "String.replicate: the count is negative"
    Native.textRepeat s count

let map f (s: string) =
    let mutable made = []
    for c in s do
        made <- f c :: made
    Native.textOfChars (Native.listReverse made)

let mapi f (s: string) =
    let mutable made = []
    let mutable i = 0
    for c in s do
        made <- f i c :: made
        i <- i + 1
    Native.textOfChars (Native.listReverse made)

let iter (f: char -> unit) (s: string) =
    for c in s do
        f c

let iteri (f: int -> char -> unit) (s: string) =
    let mutable i = 0
    for c in s do
        f i c
        i <- i + 1

let collect (f: char -> string) (s: string) =
    let mutable made = []
    for c in s do
        made <- f c :: made
    Native.textJoin "" (Native.listReverse made)

let exists (f: char -> bool) (s: string) =
    let mutable found = false
    for c in s do
        if f c then
            found <- true
            break
    found

let forall (f: char -> bool) (s: string) =
    let mutable all = true
    for c in s do
        if not (f c) then
            all <- false
            break
    all

let filter (f: char -> bool) (s: string) =
    let mutable made = []
    for c in s do
        if f c then made <- c :: made
    Native.textOfChars (Native.listReverse made)

let init (count: int) (f: int -> string) =
    if count < 0 then failwith "String.init: the count is negative"
    Native.textJoin "" (List.init count f)

let isEmpty (s: string) = s = ""
let IsNullOrEmpty (s: string) = isNull s || s = ""
let IsNullOrWhiteSpace (s: string) = isNull s || Native.textTrim s = ""
let Join (separator: string, parts: string seq) = Native.textJoin separator (List.ofSeq parts)
let Concat (parts: string seq) = Native.textJoin "" (List.ofSeq parts)
