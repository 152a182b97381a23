// Computations that are started (§1.12): they run until they first wait, go on whenever the program waits and after its end;
// all of several, at most so long, ended before their time.
let step (name: string) (ms: int) = async {
    printfn "%s begins" name
    do! Async.Sleep ms
    printfn "%s ends" name
    return ms
}
printfn "%A" (Async.RunSynchronously (Async.Parallel [step "a" 30; step "b" 10; step "c" 20]))
Async.StartImmediate (async {
    printfn "in"
    do! Async.Sleep 5
    printfn "later" })
printfn "out"
let r = Async.RunSynchronously (Async.withTimeout 20 (async {
    try
        do! Async.Sleep 1000
        return 1
    finally printfn "cleaned" }))
printfn "%A" r
Async.Start (async { failwith "lost" })
printfn "end"
Async.Start (async {
    do! Async.Sleep 5
    printfn "after the end" })
let rec loop n = async {
    if n = 0 then return "looped" else return! loop (n - 1) }
printfn "%s" (Async.RunSynchronously (loop 100000))
// expect: a begins
// expect: b begins
// expect: c begins
// expect: b ends
// expect: c ends
// expect: a ends
// expect: [|30; 10; 20|]
// expect: in
// expect: out
// expect: later
// expect: cleaned
// expect: None
// expect: end
// expect: looped
// expect: after the end
