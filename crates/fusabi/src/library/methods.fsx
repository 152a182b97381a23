// Properties and methods of the language's types (§1.13): each takes the value before the dot first.
module Methods

#load "map.fsx" "set.fsx" "list.fsx" "regex.fsx"

module ``.string`` =
    // `s.[from .. from + count)` for methods that name themselves in what they say.
    let part name (s: string) from count =
        let length = Native.textLength s
        if from < 0 || count < 0 || from > length - count then
            failwith (name + ": " + string count + " characters from place " + string from + " are outside of a text of " + string length)
        Native.textSlice s from (from + count)

    let IndexOf (s: string) (wanted: string) = Native.textFind s wanted
    let IndexOf'2 (s: string) (wanted: char) = Native.textFind s (string wanted)
    let LastIndexOf (s: string) (wanted: string) = Native.textFindLast s wanted
    let LastIndexOf'2 (s: string) (wanted: char) = Native.textFindLast s (string wanted)
    let Substring (s: string) (from: int) = part "Substring" s from (Native.textLength s - from)
    let Substring'2 (s: string) (from: int, count: int) = part "Substring" s from count

    let Insert (s: string) (at: int, other: string) =
        let before = part "Insert" s 0 at
        before + other + Native.textSlice s at (Native.textLength s)

    let Remove (s: string) (from: int) = part "Remove" s 0 from

    let Remove'2 (s: string) (from: int, count: int) =
        let removed = part "Remove" s from count
        Native.textSlice s 0 from + Native.textSlice s (from + Native.textLength removed) (Native.textLength s)

    let Trim (s: string) () = Native.textTrim s
    let TrimStart (s: string) () = Native.textTrimStart s
    let TrimEnd (s: string) () = Native.textTrimEnd s

    // An empty separator divides nothing, as in .NET.
    let Split'2 (s: string) (separator: string) = if separator = "" then [| s |] else Native.textSplit s separator
    let Split (s: string) (separator: char) = Native.textSplit s (string separator)

    let Split'3 (s: string) (separators: char array) =
        Native.listToArray (Native.textSplitAny s (Native.textOfCharArray separators))

    let Replace (s: string) (wanted: string, other: string) =
        if wanted = "" then failwith "Replace: the text to replace is empty"
        Native.textReplace s wanted other

    let Replace'2 (s: string) (wanted: char, other: char) = Native.textReplace s (string wanted) (string other)
    let ToUpper (s: string) () = Native.textUpper s
    let ToLower (s: string) () = Native.textLower s
    let ToUpperInvariant (s: string) () = Native.textUpper s
    let ToLowerInvariant (s: string) () = Native.textLower s
    let PadLeft (s: string) (width: int) = Native.textPadStart s width " "
    let PadLeft'2 (s: string) (width: int, fill: char) = Native.textPadStart s width (string fill)
    let PadRight (s: string) (width: int) = Native.textPadEnd s width " "
    let PadRight'2 (s: string) (width: int, fill: char) = Native.textPadEnd s width (string fill)
    let ToCharArray (s: string) () = Native.textToChars s

module ``.list`` =
    let Head (xs: 'a list) = List.head xs
    let Tail (xs: 'a list) = List.tail xs
    let Item (xs: 'a list) i = List.item i xs

module ``.option`` =
    let Value (o: 'a option) =
        match o with
        | Some x -> x
        | None -> failwith "Value: the option is None"

module ``.voption`` =
    let Value (o: 'a voption) =
        match o with
        | ValueSome x -> x
        | ValueNone -> failwith "Value: the option is ValueNone"

module ``.Map`` =
    let ContainsKey (m: Map.map<'k, 'v>) key = Map.containsKey key m
    let TryFind (m: Map.map<'k, 'v>) key = Map.tryFind key m
    let Add (m: Map.map<'k, 'v>) (key: 'k, value: 'v) = Map.add key value m
    let Remove (m: Map.map<'k, 'v>) key = Map.remove key m
    let Item (m: Map.map<'k, 'v>) key = Map.findIn "Item" key m
    let Keys (m: Map.map<'k, 'v>) = Map.keys m
    let Values (m: Map.map<'k, 'v>) = Map.values m
    let Count (m: Map.map<'k, 'v>) = Map.count m
    let IsEmpty (m: Map.map<'k, 'v>) = Map.isEmpty m

module ``.Set`` =
    let Contains (s: Set.set<'a>) item = Set.contains item s
    let Add (s: Set.set<'a>) item = Set.add item s
    let Remove (s: Set.set<'a>) item = Set.remove item s
    let Count (s: Set.set<'a>) = Set.count s
    let IsEmpty (s: Set.set<'a>) = Set.isEmpty s

module ``.exn`` =
    let Message (e: exn) = Native.message e

module ``.Regex`` =
    let IsMatch (regex: Regex'.regex) (text: string) = Regex'.isMatch regex.pattern text
    let Match (regex: Regex'.regex) (text: string) = Regex'.find regex.pattern text
    let Matches (regex: Regex'.regex) (text: string) = Regex'.findAll regex.pattern text
    let Replace (regex: Regex'.regex) (text: string, replacement: string) = Regex'.replace regex.pattern replacement text
    let Split (regex: Regex'.regex) (text: string) = Native.listToArray (Regex'.split regex.pattern text)

module ``.Match`` =
    let Success (found: Regex'.matched) = found.success
    let Value (found: Regex'.matched) = 
        match found.groups with
        | whole :: _ -> whole
        | [] -> ""
    let Index (found: Regex'.matched) = found.index
    let Groups (found: Regex'.matched) = found.groups

module ``.obj`` =
    let Equals (x: 'a) (y: 'b) = Native.equal x (Native.cast y)
