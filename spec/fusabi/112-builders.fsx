// Builders of a program's own (§1.12): every operation is the member of its name.
type Log = { Lines: string list }
type TraceBuilder() =
    member _.Bind(value, next) =
        printfn "Bind %A" value
        next value
    member _.Return value =
        printfn "Return %A" value
        [value]
    member _.ReturnFrom values =
        printfn "ReturnFrom %A" values
        values
    member _.Yield value =
        printfn "Yield %A" value
        [value]
    member _.YieldFrom values =
        printfn "YieldFrom %A" values
        values
    member _.Zero() =
        printfn "Zero"
        []
    member _.Combine(first, second) =
        printfn "Combine"
        first @ second ()
    member _.Delay work =
        printfn "Delay"
        work
    member _.Run work =
        printfn "Run"
        work ()
    member _.For(items, body) =
        printfn "For"
        List.collect body (Seq.toList items)
    member _.While(condition, body) =
        printfn "While"
        let mutable all = []
        while condition () do
            all <- all @ body ()
        all
    member _.TryWith(body, handler) =
        printfn "TryWith"
        try body () with e -> handler e
    member _.TryFinally(body, last) =
        printfn "TryFinally"
        try body () finally last ()
    member _.Using(resource, body) =
        printfn "Using %A" resource
        body resource
    member _.MergeSources(first, second) =
        printfn "MergeSources"
        (first, second)
let trace = TraceBuilder()
printfn "%A" (trace { return 1 })
// expect: Delay
// expect: Run
// expect: Return 1
// expect: [1]
printfn "%A" (trace { let! x = 2
                      return x + 1 })
// expect: Delay
// expect: Run
// expect: Bind 2
// expect: Return 3
// expect: [3]
printfn "%A" (trace { yield 1
                      yield! [2; 3] })
// expect: Delay
// expect: Run
// expect: Yield 1
// expect: Delay
// expect: Combine
// expect: YieldFrom [2; 3]
// expect: [1; 2; 3]
printfn "%A" (trace { for i in 1 .. 2 do
                          yield i })
// expect: Delay
// expect: Run
// expect: For
// expect: Yield 1
// expect: Yield 2
// expect: [1; 2]
let mutable left = 2
printfn "%A" (trace {
    while left > 0 do
        left <- left - 1
        yield left })
// expect: Delay
// expect: Run
// expect: Delay
// expect: While
// expect: Yield 1
// expect: Yield 0
// expect: [1; 0]
printfn "%A" (trace {
    try
        failwith "bad"
        return "never"
    with e -> return e.Message })
// expect: Delay
// expect: Run
// expect: Delay
// expect: TryWith
// expect: Return "bad"
// expect: ["bad"]
printfn "%A" (trace {
    try
        return 1
    finally
        printfn "last" })
// expect: Delay
// expect: Run
// expect: Delay
// expect: TryFinally
// expect: Return 1
// expect: last
// expect: [1]
printfn "%A" (trace {
    use! r = 7
    return r })
// expect: Delay
// expect: Run
// expect: Bind 7
// expect: Using 7
// expect: Return 7
// expect: [7]
printfn "%A" (trace {
    let! a = 1
    and! b = 2
    return a + b })
// expect: Delay
// expect: Run
// expect: MergeSources
// expect: Bind (1, 2)
// expect: Return 3
// expect: [3]
printfn "%A" (trace {
    match! 5 with
    | 5 -> return "five"
    | _ -> return "other" })
// expect: Delay
// expect: Run
// expect: Bind 5
// expect: Return "five"
// expect: ["five"]
printfn "%A" (trace {
    if left > 100 then yield 1 })
// expect: Delay
// expect: Run
// expect: Zero
// expect: []
printfn "%A" (trace { return! [1; 2] })
// expect: Delay
// expect: Run
// expect: ReturnFrom [1; 2]
// expect: [1; 2]
