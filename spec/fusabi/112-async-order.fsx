// Who goes on first is decided by how long each sleeps, and by nothing else; cancelling runs `finally` and no `with` (§1.12).
// exceptions and ordering in several started
let mutable seen = 0
let tick (name: string) = async {
    for i in 1 .. 3 do
        do! Async.Sleep 10
        printfn "%s%d" name i }
Async.Start (tick "a")
Async.Start (tick "b")
Async.RunSynchronously (Async.Sleep 15)
printfn "main"
// nested parallel + cancel by timeout cleans both
let w name = async {
    try do! Async.Sleep 500
    finally printfn "%s cleaned" name }
printfn "%A" (Async.RunSynchronously (Async.withTimeout 5 (Async.Ignore (Async.parallel [w "x"; w "y"]))))
// finally that sleeps
let slow = async {
    try do! Async.Sleep 500
    finally
        Async.RunSynchronously (Async.Sleep 3)
        printfn "slow cleaned" }
printfn "%A" (Async.RunSynchronously (Async.withTimeout 5 slow))
// cancelled waiting
let never = async { do! Async.Sleep 100000 }
Async.Start never
let waiter = async {
    try
        Async.await never
        printfn "?"
    with e -> printfn "waiter: %s" e.Message }
Async.Start waiter
Async.cancel never
// callbacks inside a native
printfn "%A" (List.sortWith (fun a b -> Async.RunSynchronously (async { return compare a b })) [3;1;2])
try
    printfn "%A" (List.sortWith (fun a b -> Async.RunSynchronously (async { do! Async.Sleep 1
                                                                            return compare a b })) [3;1;2])
with e -> printfn "E %s" e.Message
let fail2 = async { do! Async.Sleep 1
                    failwith "later failure" }
Async.Start fail2
printfn "%A" (Async.RunSynchronously (Async.catch (async { Async.await fail2 })))
printfn "%s" (Async.poll fail2)
try Async.RunSynchronously (Async.Sleep -1) with e -> printfn "%s" e.Message
let notStarted = async { return 1 }
printfn "%s" (Async.poll notStarted)
Async.cancel notStarted
try printfn "%d" (Async.RunSynchronously notStarted) with e -> printfn "%s" e.Message
let hot = async {
    let mutable i = 0
    while i < 200000 do i <- i + 1
    printfn "hot" }
Async.Start (async { printfn "1"
                     do! Async.Sleep 0
                     printfn "2" })
Async.RunSynchronously hot
printfn "3"
// expect: a1
// expect: b1
// expect: main
// expect: a2
// expect: b2
// expect: y cleaned
// expect: x cleaned
// expect: None
// expect: slow cleaned
// expect: None
// expect: [1; 2; 3]
// expect: waiter: the computation was cancelled
// expect: a3
// expect: b3
// expect: [1; 2; 3]
// expect: Error (Failure "later failure")
// expect: failed
// expect: fiber.sleep: nobody sleeps for -1 milliseconds
// expect: pending
// expect: the computation was cancelled
// expect: 1
// expect: hot
// expect: 3
// expect: 2
