// closures, counters, currying, composition, higher order
let counter () =
    let n = ref 0
    fun () ->
        n.Value <- n.Value + 1
        n.Value
let c1, c2 = counter (), counter ()
c1 () |> ignore
c1 () |> ignore
printfn "%d %d" (c1 ()) (c2 ())
let add a b c = a * 100 + b * 10 + c
let add1 = add 1
let add12 = add1 2
printfn "%d %d" (add12 3) (add1 9 9)
let compose = List.fold (>>) id
printfn "%d" (compose [ (+) 1; (*) 2; fun x -> x - 3 ] 10)
let flip f a b = f b a
printfn "%d" (flip (-) 1 10)
let twice f = f >> f
printfn "%d" (twice twice ((*) 2) 1)
let rec fix f x = f (fix f) x
printfn "%d" (fix (fun self n -> if n <= 1 then 1 else n * self (n - 1)) 10)
let adders = [ for i in 1 .. 3 -> fun x -> x + i ]
printfn "%A" (adders |> List.map (fun f -> f 10))
let curry f a b = f (a, b)
let uncurry f (a, b) = f a b
printfn "%d %d" (curry fst 1 2) (uncurry (+) (3, 4))
let apply2 (f: int -> int -> int) = f 2 5
printfn "%d %d %d" (apply2 pown) (apply2 max) (apply2 (fun _ -> fun b -> b))
let memoize f =
    let cache = ref Map.empty
    fun x ->
        match Map.tryFind x cache.Value with
        | Some v -> v
        | None ->
            let v = f x
            cache.Value <- Map.add x v cache.Value
            v
let mutable calls = 0
let slow x = calls <- calls + 1; x * x
let fast = memoize slow
printfn "%d %d %d calls=%d" (fast 4) (fast 4) (fast 5) calls
let pipeline = [1..10] |> List.filter (fun x -> x % 2 = 1) |> List.map ((*) 3) |> List.sum
printfn "%d" pipeline
(1, 2) ||> printfn "%d-%d"
printfn "%s" <| string (List.length <| [1; 2])
let (|>>) x f = List.map f x
printfn "%A" ([1; 2] |>> (+) 1)
let inline square x = x * x
printfn "%d %.2f" (square 5) (square 1.5)
