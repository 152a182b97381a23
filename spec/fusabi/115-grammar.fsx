// The grammar (§1.15) where two readings are near: records and computations, arguments, slices, type arguments.
type Options = { Title: string; Size: int }
let show label options = label + ":" + options.Title
printfn "%s" (show "x" { Title = "t"; Size = 1 })
// expect: x:t
let run (options: Options) = options.Size
printfn "%d" (run { Title = ""; Size = 2 })
// expect: 2
let empty = { }
let wrap x = Some x
printfn "%A" (wrap { Title = "w"; Size = 0 })
// expect: Some { Title = "w"; Size = 0 }
let f x = x + 1
let g x = x * 2
printfn "%d %d" (g (f 1)) (g f(1))
// expect: 4 4
let grid = [|[|1; 2|]; [|3; 4|]|]
printfn "%d" grid.[1].[0]
// expect: 3
let table : Map<string, int list> = Map.ofList [("a", [1])]
printfn "%A" table.["a"]
// expect: [1]
let nested: Option<Option<int>> = Some(Some 1)
printfn "%A" nested
// expect: Some (Some 1)
let compare' a b = a < b && b > a
printfn "%b" (compare' 1 2)
// expect: true
let pair: int * (int -> int) = 1, (fun x -> x + 1)
printfn "%d" (snd pair (fst pair))
// expect: 2
let block = begin 1 + 1 end
printfn "%d" block
// expect: 2
