// Operators (§1.2): levels, grouping, prefix signs, sections, operators of one's own.
printfn "%d" (1 + 2 * 3 - 4 / 2)
// expect: 5
printfn "%b" (1 + 1 = 2 && not (2 > 3) || false)
// expect: true
printfn "%.1f" (2.0 ** 3.0 ** 2.0)
// expect: 512.0
printfn "%A" (1 :: 2 :: [3] @ [4])
// expect: [1; 2; 3; 4]
let f x = x * 10
printfn "%d %d" (f -1) (f 5 - 1)
// expect: -10 49
printfn "%d" (List.fold (+) 0 [1; 2; 3])
// expect: 6
printfn "%b" ((=) 1 1)
// expect: true
let (+.) a b = a * 10 + b
let inline (|?) a b = match a with Some v -> v | None -> b
printfn "%d %d" (1 +. 2 +. 3) (None |? 7)
// expect: 123 7
let twice = (*) 2 >> (+) 1
printfn "%d" (3 |> twice)
// expect: 7
let r = ref 1
r := !r + 1
printfn "%d" !r
// expect: 2
printfn "%d" (f(2) + f (3))
// expect: 50
