// Sequences and asynchronous computations inside each other, early `return` (E8), all statements (§1.12).
let g name n = seq {
    try
        for i in 1 .. n do
            yield i
    finally
        printfn "%s ends" name }
let rec down n = seq {
    yield n
    yield! up (n - 1) }
and up n = seq { if n > 0 then yield! down n }
printfn "%A" (Seq.toList (down 3))
let primes =
    let rec sieve (n: int) (found: int list) = seq {
        if List.exists (fun p -> n % p = 0) found then yield! sieve (n + 1) found
        else
            yield n
            yield! sieve (n + 1) (n :: found) }
    sieve 2 []
printfn "%A" (Seq.toList (Seq.take 5 primes))
let inner = seq { for x in g "i" 2 do for y in g "j" 2 do yield x * 10 + y }
printfn "%A" (Seq.toList inner)
let r = seq { try yield 1
                  yield! seq { failwith "deep" }
              finally printfn "outer finally" }
try Seq.iter (fun x -> printfn "%d" x) r with e -> printfn "got %s" e.Message
let later i = async {
    do! Async.Sleep 1
    return i }
let asyncInSeq = seq { for i in 1 .. 2 do yield Async.RunSynchronously (later i) }
printfn "%A" (Seq.toList asyncInSeq)
let early c = async {
    if c then return "early"
    do! Async.Sleep 1
    return "late" }
printfn "%s %s" (Async.RunSynchronously (early true)) (Async.RunSynchronously (early false))
let loopy = async {
    let mutable n = 0
    while n < 3 do
        do! Async.Sleep 1
        n <- n + 1
    for i in [1; 2] do
        do! Async.Sleep 1
        n <- n + i
    let m = n
    match! async { return m } with
    | 6 -> return "six"
    | _ -> return "?" }
printfn "%s" (Async.RunSynchronously loopy)
let both = async {
    let! a = async { return 1 }
    and! b = async { return 2 }
    return a + b }
printfn "%d" (Async.RunSynchronously both)
let tried = async {
    try
        let! x = async { return failwith "no" }
        return x
    with e -> return e.Message }
printfn "%s" (Async.RunSynchronously tried)
let fin = async {
    try return 1
    finally printfn "fin" }
printfn "%d" (Async.RunSynchronously fin)
let tf = async {
    for i in 1 .. 3 do
        if i = 2 then return i
    return 9 }
printfn "%d" (Async.RunSynchronously tf)
printfn "%A" (Async.RunSynchronously (Async.withTimeout 5 (async { do! Async.Sleep 50 })))
let retry = async { do! Async.Sleep 3
                    return "slow" }
printfn "%A" (Async.RunSynchronously (Async.withTimeout 1 retry))
printfn "%A" (Async.RunSynchronously (Async.withTimeout 10 retry))
// expect: [3; 2; 1]
// expect: [2; 3; 5; 7; 11]
// expect: j ends
// expect: j ends
// expect: i ends
// expect: [11; 12; 21; 22]
// expect: 1
// expect: outer finally
// expect: got deep
// expect: [1; 2]
// expect: early late
// expect: six
// expect: 3
// expect: no
// expect: fin
// expect: 1
// expect: 2
// expect: None
// expect: None
// expect: Some "slow"
