// Bindings and functions (§1.5): patterns on the left, currying, recursion, mutability.
let (a, b) = (1, 2)
let h :: _ = [3; 4]
let _ = a
let () = ()
printfn "%d %d %d" a b h
// expect: 1 2 3
let add (x: int) (y: int) : int = x + y
let increment = add 1
printfn "%d" (increment 41)
// expect: 42
let rec even n = if n = 0 then true else odd (n - 1)
and odd n = if n = 0 then false else even (n - 1)
printfn "%b" (even 10001)
// expect: false
let rec loop n total = if n = 0 then total else loop (n - 1) (total + n)
printfn "%d" (loop 100000 0)
// expect: 5000050000
let mutable counter = 0
let bump () = counter <- counter + 1
bump ()
bump ()
printfn "%d" counter
// expect: 2
let swap (p, q) = (q, p)
printfn "%A" (swap (1, "x"))
// expect: ("x", 1)
let describe = function
    | 0 -> "none"
    | 1 -> "one"
    | _ -> "many"
printfn "%s" ([0; 1; 2] |> List.map describe |> String.concat " ")
// expect: none one many
let apply f x = f x
printfn "%d" (apply (fun x -> x + 1) 1)
// expect: 2
let identity<'a> (x: 'a) : 'a = x
printfn "%s" (identity "id")
// expect: id
