// Options and results (§3.3): one line per function.
let fails f = try (ignore (f ()); "no exception") with e -> e.Message
let none: int option = None
let bad: Result<int, string> = Error "bad"
let good: Result<int, string> = Ok 1
printfn "%A" (Option.isSome (Some 1), Option.isSome none)
// expect: (true, false)
printfn "%A" (Option.isNone (Some 1), Option.isNone none)
// expect: (false, true)
printfn "%A" (Option.defaultValue 9 (Some 1), Option.defaultValue 9 none)
// expect: (1, 9)
printfn "%A" (Option.defaultWith (fun () -> 9) (Some 1), Option.defaultWith (fun () -> 9) none)
// expect: (1, 9)
printfn "%A" (Option.map (fun x -> x + 1) (Some 1), Option.map (fun x -> x + 1) none)
// expect: (Some 2, None)
printfn "%A" (Option.map2 (+) (Some 1) (Some 2), Option.map2 (+) none (Some 2))
// expect: (Some 3, None)
printfn "%A" (Option.map3 (fun a b c -> a + b + c) (Some 1) (Some 2) (Some 3))
// expect: Some 6
printfn "%A" (Option.bind (fun x -> if x > 0 then Some (x * 2) else None) (Some 4))
// expect: Some 8
Option.iter (fun x -> printfn "iter %d" x) (Some 1)
// expect: iter 1
printfn "%A" (Option.filter (fun x -> x > 1) (Some 1), Option.filter (fun x -> x > 0) (Some 1))
// expect: (None, Some 1)
printfn "%A" (Option.exists (fun x -> x = 1) (Some 1), Option.exists (fun x -> x = 1) none)
// expect: (true, false)
printfn "%A" (Option.forall (fun x -> x = 2) (Some 1), Option.forall (fun x -> x = 2) none)
// expect: (false, true)
printfn "%A" (Option.contains 1 (Some 1), Option.contains 2 (Some 1))
// expect: (true, false)
printfn "%A" (Option.count (Some 1), Option.count none)
// expect: (1, 0)
printfn "%A" (Option.fold (+) 10 (Some 1), Option.fold (+) 10 none)
// expect: (11, 10)
printfn "%A" (Option.foldBack (fun x s -> x - s) (Some 1) 10)
// expect: -9
printfn "%A" (Option.get (Some 1))
// expect: 1
printfn "%s" (fails (fun () -> Option.get none))
// expect: Option.get: the option is None
printfn "%A" (Option.flatten (Some (Some 1)), Option.flatten (Some none))
// expect: (Some 1, None)
printfn "%A" (Option.orElse (Some 2) none, Option.orElse (Some 2) (Some 1))
// expect: (Some 2, Some 1)
printfn "%A" (Option.orElseWith (fun () -> Some 2) none)
// expect: Some 2
printfn "%A" (Option.toList (Some 1), Option.toList none)
// expect: ([1], [])
printfn "%A" (Option.toArray (Some 1))
// expect: [|1|]
printfn "%A" (Option.ofObj "a")
// expect: Some "a"
printfn "%A" (Option.toObj (Some "a"))
// expect: "a"
printfn "%A" ((Some 1).IsSome, none.IsNone, (Some 1).Value)
// expect: (true, true, 1)
printfn "%s" (fails (fun () -> none.Value))
// expect: Value: the option is None
let nothing: int voption = ValueNone
printfn "%A" (ValueOption.isSome (ValueSome 1), ValueOption.isNone nothing)
// expect: (true, true)
printfn "%A" (ValueOption.defaultValue 9 nothing)
// expect: 9
printfn "%A" (ValueOption.map (fun x -> x + 1) (ValueSome 1))
// expect: ValueSome 2
printfn "%A" (ValueOption.bind (fun x -> ValueSome (x * 2)) (ValueSome 4))
// expect: ValueSome 8
printfn "%A" (ValueOption.get (ValueSome 1))
// expect: 1
printfn "%s" (fails (fun () -> ValueOption.get nothing))
// expect: ValueOption.get: the option is ValueNone
printfn "%A" ((ValueSome 1).IsSome, nothing.IsNone, (ValueSome 1).Value)
// expect: (true, true, 1)
printfn "%A" (Result.isOk good, Result.isOk bad)
// expect: (true, false)
printfn "%A" (Result.isError good, Result.isError bad)
// expect: (false, true)
printfn "%A" (Result.defaultValue 9 good, Result.defaultValue 9 bad)
// expect: (1, 9)
printfn "%A" (Result.defaultWith String.length bad)
// expect: 3
printfn "%A" (Result.map (fun x -> x + 1) good, Result.map (fun x -> x + 1) bad)
// expect: (Ok 2, Error "bad")
printfn "%A" (Result.mapError String.length bad, Result.mapError String.length good)
// expect: (Error 3, Ok 1)
printfn "%A" (Result.bind (fun x -> if x > 1 then Ok x else Error "small") good)
// expect: Error "small"
Result.iter (fun x -> printfn "iter %d" x) good
// expect: iter 1
printfn "%A" (Result.exists (fun x -> x = 1) good, Result.exists (fun x -> x = 1) bad)
// expect: (true, false)
printfn "%A" (Result.forall (fun x -> x = 2) good, Result.forall (fun x -> x = 2) bad)
// expect: (false, true)
printfn "%A" (Result.contains 1 good, Result.contains 1 bad)
// expect: (true, false)
printfn "%A" (Result.count good, Result.count bad)
// expect: (1, 0)
printfn "%A" (Result.fold (+) 10 good, Result.fold (+) 10 bad)
// expect: (11, 10)
printfn "%A" (Result.toOption good, Result.toOption bad)
// expect: (Some 1, None)
printfn "%A" (Result.toList good, Result.toList bad)
// expect: ([1], [])
printfn "%A" (good.IsOk, bad.IsError)
// expect: (true, true)
