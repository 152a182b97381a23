// Patterns (§1.7): every form.
type Shape =
    | Circle of radius: float
    | Rect of width: int * height: int
    | Point
type Person = { Name: string; Age: int }
let constant x =
    match x with
    | 0 | -1 -> "few"
    | 1 -> "one"
    | n when n > 100 -> "lots"
    | _ -> "some"
printfn "%s %s %s %s" (constant -1) (constant 1) (constant 101) (constant 50)
// expect: few one lots some
let shape s =
    match s with
    | Circle r when r > 10.0 -> "big circle"
    | Circle _ -> "circle"
    | Rect(width = w; height = h) when w = h -> "square"
    | Rect(w, h) -> sprintf "%dx%d" w h
    | Shape.Point -> "point"
printfn "%s %s %s %s" (shape (Circle 11.0)) (shape (Rect(2, 2))) (shape (Rect(2, 3))) (shape Point)
// expect: big circle square 2x3 point
let list xs =
    match xs with
    | [] -> "empty"
    | [x] -> sprintf "one %d" x
    | [x; y] -> sprintf "two %d %d" x y
    | x :: _ :: rest -> sprintf "%d and %d more" x (List.length rest + 1)
printfn "%s, %s, %s" (list []) (list [1; 2]) (list [1; 2; 3])
// expect: empty, two 1 2, 1 and 2 more
let array = function
    | [|a; b|] -> a + b
    | _ -> 0
printfn "%d" (array [|1; 2|])
// expect: 3
let person p =
    match p with
    | { Name = "Fox"; Age = age } -> age
    | { Age = 0 } -> -1
    | _ -> -2
printfn "%d" (person { Name = "Fox"; Age = 3 })
// expect: 3
let (x, _) as pair = (1, 2)
printfn "%d %A" x pair
// expect: 1 (1, 2)
let both (n & m) = n + m
printfn "%d" (both 4)
// expect: 8
let (|Even|Odd|) n = if n % 2 = 0 then Even else Odd
let (|Between|_|) low high n = if n >= low && n <= high then Some n else None
let parity = function
    | Between 10 20 n -> sprintf "%d between" n
    | Even -> "even"
    | Odd -> "odd"
printfn "%s %s %s" (parity 2) (parity 3) (parity 15)
// expect: even odd 15 between

// `KeyValue` matches what the walk over a map gives.
for KeyValue (key, value) in Map.ofList [ 1, "one"; 2, "two" ] do printfn "%d %s" key value
// expect: 1 one
// expect: 2 two
// An active pattern may be written with `function`, with parameters before it or without.
let (|Begins|Nothing|) = function
    | first :: _ -> Begins first
    | [] -> Nothing
let (|Divides|_|) by = function
    | n when n % by = 0 -> Some(n / by)
    | _ -> None
match [ 12 ], [] with
| Begins(Divides 5 n), _ -> printfn "five times %d" n
| Begins(Divides 4 n), Nothing -> printfn "four times %d" n
| _ -> printfn "neither"
// expect: four times 3
