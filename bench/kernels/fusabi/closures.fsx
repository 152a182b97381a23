let n = 3000000
// Calls of a closure that is not known where it is called.
let twice f x = f (f x)

let run n =
    let mutable sum = 0
    for i in 1 .. n do
        sum <- twice (fun x -> x + i) sum % 1000003
    sum
printfn "%d" (run n)
