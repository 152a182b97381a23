// Unions (§1.9): cases, generics, recursion, enumerations, members.
type Shape =
    | Circle of int
    | Rect of w: int * h: int
    | Point
    member s.Area =
        match s with
        | Circle r -> 3 * r * r
        | Rect(w, h) -> w * h
        | Point -> 0
type Tree<'a> =
    | Leaf
    | Node of Tree<'a> * 'a * Tree<'a>
type Colour =
    | Red = 0
    | Green = 1
[<RequireQualifiedAccess>]
type Mode = On | Off
printfn "%d %d %d" (Circle 1).Area (Rect(2, 3)).Area Point.Area
// expect: 3 6 0
let rec depth tree =
    match tree with
    | Leaf -> 0
    | Node(left, _, right) -> 1 + max (depth left) (depth right)
printfn "%d" (depth (Node(Node(Leaf, 1, Leaf), 2, Leaf)))
// expect: 2
printfn "%d" (int Colour.Green)
// expect: 1
printfn "%A" (List.map Circle [1; 2])
// expect: [Circle 1; Circle 2]
let half n = if n % 2 = 0 then Some(n / 2) else None
printfn "%A %A" (half 4) (half 3)
// expect: Some 2 None
let parse s : Result<int, string> = if s = "1" then Ok 1 else Error "no"
printfn "%A" (parse "2")
// expect: Error "no"
printfn "%b" (Mode.On = Mode.Off)
// expect: false

// A module may have the name of a case or of a type: what stands behind the dot says which is meant.
type Mail = Mail of string
module Mail =
    let make (text: string) = if text.Contains "@" then Some(Mail text) else None
printfn "%A %A" (Mail.make "a@b") (Mail.make "ab")
// expect: Some (Mail "a@b") None
// Abbreviations of a group may be used by the types before them.
type Worth =
    | Whole of int
    | Named of Names
and Names = Map<string, Worth>
printfn "%A" (Named(Map.ofList [ ("n", Whole 1) ]))
// expect: Named (map [("n", Whole 1)])
