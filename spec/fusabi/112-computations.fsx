// Computation expressions (§1.12): built-in builders and one of a program's own.
type MaybeBuilder() =
    member _.Bind(value, next) = Option.bind next value
    member _.Return value = Some value
    member _.ReturnFrom value = value
    member _.Zero() = None
let maybe = MaybeBuilder()
let divide a b = if b = 0 then None else Some(a / b)
let doubled =
    maybe {
        let! x = divide 20 2
        let y = x + 1
        let! z = divide y 1
        return z * 2
    }
printfn "%A" doubled
// expect: Some 22
printfn "%A" (maybe { let! x = divide 1 0 in return x })
// expect: None
let sum =
    option {
        let! a = Some 1
        let! b = Some 2
        return a + b
    }
printfn "%A" sum
// expect: Some 3
let checkedSum =
    result {
        let! a = Ok 1
        let! b = Error "bad"
        return a + b
    }
printfn "%A" checkedSum
// expect: Error "bad"
let numbers =
    seq {
        yield 1
        for i in 2..3 do
            yield i
        yield! [4; 5]
    }
printfn "%A" (Seq.toList numbers)
// expect: [1; 2; 3; 4; 5]
let work =
    async {
        do! Async.Sleep 1
        let! x = async { return 20 }
        return x + 1
    }
printfn "%d" (Async.RunSynchronously work)
// expect: 21
