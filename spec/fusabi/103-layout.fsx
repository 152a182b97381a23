// Layout (§1.3): columns, permitted undentation, `in`, brackets over several lines.
let compute a b =
    let sum = a + b
    let product =
        a
        * b
    sum + product
printfn "%d" (compute 2 3)
// expect: 11
let piped =
    [1; 2; 3; 4]
    |> List.filter (fun x ->
        let even = x % 2 = 0
        even)
    |> List.map (fun x ->
        x * 10)
printfn "%A" piped
// expect: [20; 40]
let undented =
       [1; 2]
    |> List.map (fun x -> x + 1)
printfn "%A" undented
// expect: [2; 3]
let classify n =
    match n with
    | 0 -> "zero"
    | n when n < 0 ->
        "negative"
    | _ -> if n > 100 then "big"
           else "small"
printfn "%s %s %s" (classify 0) (classify -5) (classify 7)
// expect: zero negative small
let xs = [
    1
    2
    3
]
printfn "%d" (List.length xs)
// expect: 3
let nested = let a = 1 in let b = 2 in a + b
printfn "%d" nested
// expect: 3
let add = fun a b -> a + b
let add10 = add 10
in printfn "%d" (add10 5)
// expect: 15
let long =
    1 +
    2 +
    3
printfn "%d" long
// expect: 6
if true then printfn "one"; printfn "line"
// expect: one
// expect: line
