// Computations (§1.12): one line per function.
let five = async { return 5 }
let bad: Async<int> = async { return failwith "bad" }
printfn "%A" (Async.RunSynchronously five)
// expect: 5
printfn "%A" (Async.RunSynchronously (async { do! Async.Sleep 1; return 1 }))
// expect: 1
printfn "%A" (Async.RunSynchronously (async { do! Async.sleep 1; do! sleep 1; return 2 }))
// expect: 2
printfn "%A" (Async.RunSynchronously (Async.Parallel [five; five]))
// expect: [|5; 5|]
printfn "%A" (Async.RunSynchronously (Async.parallel [five; five]))
// expect: [5; 5]
Async.StartImmediate (async { printfn "started" })
// expect: started
Async.Start (async { return () })
printfn "%A" (Async.RunSynchronously (Async.Ignore five))
// expect: ()
printfn "%A" ((match Async.RunSynchronously (Async.Catch five) with Choice1Of2 x -> x | Choice2Of2 _ -> 0))
// expect: 5
printfn "%A" ((match Async.RunSynchronously (Async.Catch bad) with Choice1Of2 _ -> "" | Choice2Of2 e -> e.Message))
// expect: "bad"
printfn "%A" ((match Async.RunSynchronously (Async.catch bad) with Ok _ -> "" | Error e -> e.Message))
// expect: "bad"
printfn "%A" (Async.RunSynchronously (Async.withTimeout 1000 five))
// expect: Some 5
printfn "%A" (Async.await five)
// expect: 5
let work = async { return 1 }
Async.cancel work
printfn "%A" (Async.poll work)
// expect: "cancelled"
