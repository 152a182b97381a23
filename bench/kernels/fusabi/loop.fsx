let n = 30000000
// A loop over integers: a generator of random numbers.
let run n =
    let mutable x = 42
    for _ in 1 .. n do
        x <- (x * 3877 + 29573) % 139968
    x
printfn "%d" (run n)
