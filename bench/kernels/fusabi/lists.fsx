let n = 20
// A pipeline over a list of 100,000, so many times.
let run n =
    let mutable sum = 0
    for turn in 1 .. n do
        sum <- sum + ([ 1 .. 100000 ] |> List.map (fun x -> x * turn) |> List.filter (fun x -> x % 3 = 0) |> List.fold (fun sum x -> sum + x) 0)
    sum
printfn "%d" (run n)
