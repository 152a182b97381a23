// Ending what was started: `finally` runs, `with` does not; by itself, by a failing neighbour (§1.12).
let work = async {
    try
        printfn "working"
        do! Async.Sleep 100
        printfn "never"
    finally printfn "finally" }
Async.Start work
printfn "%s" (Async.poll work)
Async.cancel work
printfn "%s" (Async.poll work)
Async.RunSynchronously (Async.Sleep 1)
printfn "done"
let holder : Async<unit> option ref = ref None
let me () = Option.get holder.Value
let self = async {
    try
      try
        do! Async.Sleep 1
        Async.cancel (me ())
        printfn "not here"
      with _ -> printfn "not caught"
    finally printfn "self finally" }
holder.Value <- Some self
Async.Start (me ())
Async.RunSynchronously (Async.Sleep 5)
printfn "%s" (Async.poll (me ()))
let failing = async { do! Async.Sleep 1
                      return failwith "boom" }
let other = async {
   try
      do! Async.Sleep 50
      return 1
   finally printfn "other ends" }
match Async.RunSynchronously (Async.catch (Async.parallel [other; failing])) with
| Ok _ -> printfn "?"
| Error e -> printfn "failed: %s" e.Message
let started = async { do! Async.Sleep 2
                      printfn "s" }
Async.Start started
Async.await started
printfn "%s" (Async.poll started)
// expect: working
// expect: running
// expect: cancelled
// expect: finally
// expect: done
// expect: self finally
// expect: cancelled
// expect: other ends
// expect: failed: boom
// expect: s
// expect: completed
