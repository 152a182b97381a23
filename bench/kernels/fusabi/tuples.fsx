let n = 3000000
// Functions that take and give tuples.
let step (a, b) = (b, (a + b) % 1000003)
let weight (a, b) = a * 3 + b

let run n =
    let mutable pair = (0, 1)
    let mutable sum = 0
    for i in 1 .. n do
        pair <- step pair
        sum <- (sum + weight (i, fst pair)) % 1000003
    sum
printfn "%d" (run n)
