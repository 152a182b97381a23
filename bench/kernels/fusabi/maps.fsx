let n = 100000
// A persistent map: insertions and lookups. Lua has tables that are changed in place only.
let run n =
    let mutable map = Map.empty
    for i in 1 .. n do
        map <- Map.add (i * 7919 % n) i map
    let mutable sum = 0
    for i in 1 .. n do
        match Map.tryFind i map with
        | Some value -> sum <- sum + value
        | None -> ()
    sum
printfn "%d" (run n)
