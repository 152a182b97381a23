let n = 3000000
// Copies of a record with one field changed, and a field that is assigned.
type Point = { X: int; Y: int; mutable Hits: int }

let run n =
    let mutable p = { X = 0; Y = 1; Hits = 0 }
    for i in 1 .. n do
        p <- { p with X = p.X + p.Y }
        p.Hits <- i
    p.X + p.Hits
printfn "%d" (run n)
