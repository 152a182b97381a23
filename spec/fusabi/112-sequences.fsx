// Sequences are computed as they are walked, anew for each walk (§1.12). One that is left before its end goes no further: what
// stands in its `finally` is not done.
let g name n = seq {
    try
        for i in 1 .. n do
            printfn "%s %d" name i
            yield i
    finally
        printfn "%s ends" name }
// whole walk
for x in g "a" 2 do printfn "got %d" x
// abandoned by break
for x in g "b" 5 do
    if x = 2 then break
printfn "after break"
printfn "%A" (Seq.toList (Seq.take 2 (g "c" 5)))
printfn "%A" (Seq.head (g "d" 5))
// exception through
let bad = seq {
    yield 1
    failwith "inside"
    yield 2 }
try
    for x in bad do printfn "x %d" x
with e -> printfn "caught %s" e.Message
// catch inside
let safe = seq {
    try
        yield 1
        failwith "boom"
    with e ->
        yield 99 }
printfn "%A" (Seq.toList safe)
// nesting yield!
let rec tree n = seq {
    if n > 0 then
        yield! tree (n - 1)
        yield n
        yield! tree (n - 1) }
printfn "%A" (Seq.toList (tree 3))
printfn "%A" (Seq.toList (tree 3) = Seq.toList (tree 3))
let rec nat n = seq { yield n
                      yield! nat (n + 1) }
printfn "%A" (nat 0 |> Seq.take 3 |> Seq.toList)
printfn "%A" (nat 0 |> Seq.skip 3000 |> Seq.head)
// re-iteration
let again = g "e" 1
printfn "%A" (Seq.sum again + Seq.sum again)
// use
type Res(name: string) =
    member _.Name = name
    member _.Dispose() = printfn "dispose %s" name
let withUse = seq {
    use r = Res("r")
    yield r.Name
    yield "x" }
printfn "%A" (Seq.toList withUse)
printfn "%A" (Seq.head withUse)
// exception in consumer
try
    for x in g "f" 3 do
        failwith "consumer"
with e -> printfn "%s" e.Message
let f () =
    let mutable r = 0
    for x in g "h" 3 do
        if x = 1 then r <- 5
    r
printfn "%d" (f ())
let mutable i = 0
let w = seq {
    while i < 3 do
        i <- i + 1
        yield i }
printfn "%A" (Seq.toList w)
let m = seq {
    for x in [1;2;3] do
        match x with
        | 2 -> yield 20
        | _ -> yield! [x; x] }
printfn "%A" (List.ofSeq m)
// expect: a 1
// expect: got 1
// expect: a 2
// expect: got 2
// expect: a ends
// expect: b 1
// expect: b 2
// expect: after break
// expect: c 1
// expect: c 2
// expect: [1; 2]
// expect: d 1
// expect: 1
// expect: x 1
// expect: caught inside
// expect: [1; 99]
// expect: [1; 2; 1; 3; 1; 2; 1]
// expect: true
// expect: [0; 1; 2]
// expect: 3000
// expect: e 1
// expect: e ends
// expect: e 1
// expect: e ends
// expect: 2
// expect: ["r"; "x"]
// expect: "r"
// expect: f 1
// expect: consumer
// expect: h 1
// expect: h 2
// expect: h 3
// expect: h ends
// expect: 5
// expect: [1; 2; 3]
// expect: [1; 1; 20; 3; 3]
